package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// subject is a thing on the map that is edited while others look at it, with all
// that it has been.
type subject struct {
	layer, name string
	from        maptile.Zoom // tiles tell its states apart from here on
	homes       [2]orb.Point // south-western corners of where it lies
	side        float64      // degrees

	mu     sync.RWMutex
	states []state

	// Of whose turn it is to edit.
	code, tag string
	home      int
	there     bool
}

// state is what a subject was from one edit until the next.
type state struct {
	mark            string // that a tile shows, and that no other state of it has
	at              *orb.Bound
	instance        int
	began, answered time.Time // of the edit that made it so; not answered yet: zero
}

func (s *subject) bound() *orb.Bound {
	corner := s.homes[s.home]
	return &orb.Bound{Min: corner, Max: orb.Point{corner[0] + s.side, corner[1] + s.side}}
}

func (s *subject) shape() map[string]any {
	corner := s.homes[s.home]
	return map[string]any{"type": "Polygon", "coordinates": square(corner[0], corner[1], s.side)}
}

// place is somewhere around what the subject is or was last.
func (s *subject) place(r *rand.Rand) orb.Point {
	corner := s.homes[r.IntN(2)]
	return orb.Point{corner[0] + (r.Float64()*1.5-0.25)*s.side, corner[1] + (r.Float64()*1.5-0.25)*s.side}
}

// begin notes a state that is about to be asked for, and returns how its answer is
// noted.
func (s *subject) begin(mark string, at *orb.Bound, instance int) (answered func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.states)
	s.states = append(s.states, state{mark: mark, at: at, instance: instance, began: time.Now()})
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.states[n].answered = time.Now()
	}
}

// shows tells whether the state is sure to be seen in a tile: some units of it lie
// inside.
func (s state) shows(tile maptile.Tile) bool {
	if s.at == nil {
		return false
	}
	b := tile.Bound()
	least := 8.0 / 4096 * (b.Max[0] - b.Min[0])
	return min(b.Max[0], s.at.Max[0])-max(b.Min[0], s.at.Min[0]) > least && min(b.Max[1], s.at.Max[1])-max(b.Min[1], s.at.Min[1]) > least
}

// look is one answer to a reader.
type look struct {
	tile         maptile.Tile
	instance     int
	asked, ended time.Time
	shown        map[string]string // marks by the names of subjects
}

// lateness tells how long before the question the state that a tile shows had been
// replaced by another one, whose edit was answered; zero where it had not.
// ownFault: by an edit through the very instance that was asked.
func (s *subject) lateness(l look) (late time.Duration, ownFault bool, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	mark, seen := l.shown[s.name]
	at := len(s.states) - 1
	for ; at >= 0; at-- {
		is := s.states[at]
		if !is.began.After(l.ended) && (seen && is.mark == mark || !seen && !is.shows(l.tile)) {
			break
		}
	}
	if at < 0 {
		return 0, false, fmt.Errorf("%s shows %q in %v, which it never was", s.name, mark, l.tile)
	}
	for _, next := range s.states[at+1:] {
		if next.answered.IsZero() || !next.answered.Before(l.asked) {
			continue
		}
		late = max(late, l.asked.Sub(next.answered))
		ownFault = ownFault || next.instance == l.instance
	}
	return late, ownFault, nil
}

// editor changes subjects through either of two instances.
type editor struct {
	clients [2]*client
	random  *rand.Rand
	number  func() int
	done    map[string]int // edits by what they were
}

// edit does one thing to a subject.
func (e *editor) edit(ctx context.Context, s *subject) error {
	instance := e.random.IntN(2)
	c := e.clients[instance]
	n := e.number()
	what := "create"
	if s.there {
		what = []string{"fields", "fields", "move", "move", "delete"}[e.random.IntN(5)]
		if s.layer == "buildings" {
			what = "fields" // their shapes come from files
		}
	}
	home := s.home
	mark := fmt.Sprint(n)
	if s.layer == "zones" {
		mark = fmt.Sprintf("%s#%d", s.name, n)
	}
	body := map[string]any{"households": n}
	if s.layer == "zones" {
		body = map[string]any{"name": mark}
	}
	switch what {
	case "move":
		s.home = 1 - s.home
		body["geometry"] = s.shape()
	case "create":
		s.home = e.random.IntN(2)
		body["geometry"] = s.shape()
		if s.layer == "communities" {
			body["code"], body["name"] = s.name, s.name
		}
	case "fields":
		if s.layer == "zones" {
			body["geometry"] = s.shape()
		}
	}
	after := s.bound()
	if what == "delete" {
		mark, after = "", nil
	}
	all := fmt.Sprintf("/districts/%s/%s", c.w.district, s.layer)
	one, changing := all+"/"+s.code, http.MethodPatch
	if s.layer == "zones" {
		changing = http.MethodPut
	}
	answered := s.begin(mark, after, instance)
	var a answer
	var err error
	switch what {
	case "create":
		a, err = c.ask(ctx, http.MethodPost, all, body)
	case "delete":
		a, err = c.ask(ctx, http.MethodDelete, one, nil, "If-Match", s.tag)
	default:
		a, err = c.ask(ctx, changing, one, body, "If-Match", s.tag)
	}
	if err != nil || a.status >= 300 {
		return fmt.Errorf("%s of %s, which lay at %d: %d %.300s %w", what, s.name, home, a.status, a.body, err)
	}
	answered()
	e.done[s.layer+": "+what]++
	s.there, s.tag = what != "delete", a.head.Get("ETag")
	if what == "create" {
		location := a.head.Get("Location")
		s.code = location[strings.LastIndex(location, "/")+1:]
	}
	return nil
}
