package catchment

import (
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// Trial is a cover with changes that are tried: facilities come, move and go, and
// paths are drawn. Only what can change is searched. The cover under it stays as
// it is. A trial is for one goroutine.
type Trial struct {
	c        *Cover
	to, from *network.Overlay // there and back; the same where the net is symmetric
	survey   *survey

	added  []Site // facilities that follow those of the cover in number
	closed map[int]bool
	drawn  []*network.Drawn
}

// Site is a place for a facility.
type Site struct {
	doors *network.Doors
	place int
}

// Site ties a place to the network.
func (h *Homes) Site(p orb.Point, rules network.TieRules) Site {
	return h.Sites(h.net.Graph().Tie([]orb.Point{p}, rules))[0]
}

// Sites returns tied places as sites.
func (h *Homes) Sites(ties *network.Ties) []Site {
	doors := h.net.Doors(ties)
	sites := make([]Site, ties.Len())
	for i := range sites {
		sites[i] = Site{doors, i}
	}
	return sites
}

// Reached tells whether a site is tied to the network.
func (s Site) Reached() bool { return s.doors.Reached(s.place) }

// Trial begins one.
func (c *Cover) Trial() *Trial {
	t := &Trial{c: c, to: c.to.Overlay(), closed: map[int]bool{}}
	t.from = t.to
	if c.to != c.from {
		t.from = c.from.Overlay()
		t.survey = c.homes.newSurvey()
	}
	return t
}

// Reset takes all changes back, in time for what they changed.
func (t *Trial) Reset() {
	t.to.Undo()
	if t.from != t.to {
		t.from.Undo()
	}
	clear(t.closed)
	t.added, t.drawn = t.added[:0], t.drawn[:0]
}

// Add opens a facility and returns its number, which goes on from those of the
// cover. One that is not tied to the network serves nobody.
func (t *Trial) Add(s Site) (facility int) {
	facility = t.to.Add(s.doors, s.place)
	if t.from != t.to {
		t.from.Add(s.doors, s.place)
	}
	t.added = append(t.added, s)
	return facility
}

// Close takes a facility away, of the cover or an added one.
func (t *Trial) Close(facility int) {
	if facility < 0 || facility >= t.facilities() || t.closed[facility] {
		return
	}
	t.closed[facility] = true
	t.to.Remove(facility)
	if t.from != t.to {
		t.from.Remove(facility)
	}
}

// Reached tells whether a facility is tied to the network, or to what is drawn.
func (t *Trial) Reached(facility int) bool {
	s := t.site(facility)
	return t.to.Reached(s.doors, s.place)
}

// facilities returns how many numbers of facilities there are, closed or not.
func (t *Trial) facilities() int { return t.c.facilities.Ties().Len() + len(t.added) }

// site returns a facility by its number.
func (t *Trial) site(facility int) Site {
	if old := t.c.facilities.Ties().Len(); facility >= old {
		return t.added[facility-old]
	}
	return Site{t.c.facilities, facility}
}

// Move takes a facility to another place, where it has the number returned.
func (t *Trial) Move(facility int, s Site) (moved int) {
	t.Close(facility)
	return t.Add(s)
}

// Draw makes paths walkable, as if they were built: homes and facilities near
// footpaths and stairs step onto them by the rules that they are tied by, as
// network.Overlay.Draw says, also where it differs from a network built anew.
func (t *Trial) Draw(paths ...*network.Drawn) {
	t.to.Draw(paths...)
	if t.from != t.to {
		t.from.DrawAs(t.to)
	}
	t.drawn = append(t.drawn, paths...)
}

// Effect tells what all changes together do; sizes of all homes, nil: every home
// is one household. It is exact.
func (t *Trial) Effect(sizes []Size) Effect {
	var changes []Change
	if t.to == t.from {
		for _, h := range t.to.Changed(t.c.homes.doors) {
			facility, cost := t.to.Cost(t.c.homes.doors, int(h))
			changes = t.change(changes, h, Nearest{int32(facility), cost, cost})
		}
	} else {
		for _, a := range t.affected() {
			changes = t.change(changes, a.home, a.after)
		}
	}
	return t.c.effect(changes, sizes)
}

// change adds a change, if it is one.
func (t *Trial) change(list []Change, home int32, after Nearest) []Change {
	if before := t.c.nearest[home]; before != after {
		return append(list, Change{home, before, after})
	}
	return list
}
