package catchment

import (
	"math"
	"slices"
)

// hearing is the settling of disputes in a trial.
type hearing struct {
	t        *Trial
	disputes []dispute
	found    []Nearest // of each of them, so far
	reach    float64   // how far facilities are looked for, and with how much slack
	slack    float64
	looked   map[int]bool // the facilities around which was looked, with as much
}

// rounding is how much less than the least pace says a cost may be.
const rounding = 0.01

// settle finds the nearest facilities of disputed homes among all that there are
// in the trial, as Cover.settle does. Only facilities that are near enough to one
// of the homes as the crow flies are looked at: first those that are the nearest
// one way, and then all that can be better than what was found.
func (t *Trial) settle(disputes []dispute) []Nearest {
	h := &hearing{t: t, disputes: disputes, found: slices.Repeat([]Nearest{none}, len(disputes)), looked: map[int]bool{}}
	for _, d := range disputes {
		h.slack = max(h.slack, 1.1*apart(d))
		h.reach = max(h.reach, min(t.c.question.Reach, 2*max(d.there, d.back)))
	}
	for len(disputes) > 0 {
		known := h.known()
		h.look()
		if known && h.missing() <= h.slack || h.slack >= endless && h.reach >= min(endless, t.c.question.Reach) {
			break
		}
		h.more()
	}
	return h.found
}

// most is what a better facility may cost a home at most.
func (h *hearing) most(i int) float64 { return min(h.found[i].Cost(), h.t.c.question.Reach) }

// known tells whether it is known for all homes what a better facility may cost,
// and is looked for as far as that.
func (h *hearing) known() bool {
	for i := range h.found {
		if most := h.most(i); most > h.reach || math.IsInf(most, 1) {
			return false
		}
	}
	return true
}

// missing is the slack that what was found so far needs.
func (h *hearing) missing() (slack float64) {
	for i, d := range h.disputes {
		slack = max(slack, missing(h.found[i], d, h.t.c.question.Reach))
	}
	return slack
}

// more lets the next look go far enough for what was found, or a good deal
// farther where something was not.
func (h *hearing) more() {
	if slack := more(h.slack, h.missing(), h.t.c.question.Limit); slack > h.slack {
		h.slack = slack
		clear(h.looked)
	}
	reach := 0.0
	for i := range h.found {
		reach = max(reach, h.most(i))
	}
	if math.IsInf(reach, 1) {
		reach = min(4*h.reach, h.t.c.question.Reach)
	}
	if reach > h.reach {
		clear(h.looked)
	}
	h.reach = reach
}

// look looks at the homes around all candidates.
func (h *hearing) look() {
	t := h.t
	for f := range t.facilities() {
		if t.closed[f] || h.looked[f] || !h.candidate(f) {
			continue
		}
		h.looked[f] = true
		t.survey.explore(f, bands{t.to, t.from, h.reach, h.slack})
		for i, d := range h.disputes {
			if x, found := t.survey.look(d.home, h.most(i)); found && x.nearest(f).better(h.found[i]) {
				h.found[i] = x.nearest(f)
			}
		}
	}
}

// candidate tells whether a facility may be the nearest one of a home.
func (h *hearing) candidate(f int) bool {
	s, doors := h.t.site(f), h.t.c.homes.doors
	place, homes, pace := s.doors.Ties().Place(s.place), doors.Ties(), doors.Net().LeastPace()
	for i, d := range h.disputes {
		if d.to == f || d.from == f || h.slack >= endless {
			return true
		}
		home := homes.Place(int(d.home))
		straight := math.Hypot(place[0]-home[0], place[1]-home[1])
		if most := h.most(i); !math.IsInf(most, 1) && straight*pace <= most+rounding {
			return true
		}
	}
	return false
}
