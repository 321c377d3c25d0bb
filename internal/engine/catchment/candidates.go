package catchment

import (
	"math"
	"slices"
)

// hearing is the settling of disputes in a trial.
type hearing struct {
	t        *Trial
	disputes []dispute
	number   map[int32]int // of a home: which dispute
	at       *index
	found    []Nearest
	slack    float64
	looked   map[int]float64 // at facilities: with how much slack
}

// settle finds the nearest facilities of disputed homes among all that there are
// in the trial, as Cover.settle does. Only facilities that are near enough to one
// of the homes as the crow flies are looked at: first those that are the nearest
// one way, and then all that can be better than what was found.
func (t *Trial) settle(disputes []dispute) []Nearest {
	h := &hearing{
		t: t, disputes: disputes, number: map[int32]int{}, looked: map[int]float64{},
		at:    t.c.homes.index(len(disputes), func(i int) int { return int(disputes[i].home) }),
		found: slices.Repeat([]Nearest{none}, len(disputes)),
	}
	for i, d := range disputes {
		h.number[d.home] = i
		h.slack = max(h.slack, 1.1*math.Abs(d.there-d.back))
	}
	for len(disputes) > 0 {
		complete := h.complete()
		h.look()
		needed := 0.0
		for i, d := range disputes {
			needed = max(needed, missing(h.found[i], d, t.c.question.Reach))
		}
		if complete && needed <= h.slack || h.slack >= endless {
			break
		}
		h.slack = more(h.slack, needed, t.c.question.Limit)
	}
	return h.found
}

// most is what a better facility may cost a home at most.
func (h *hearing) most(i int) float64 { return min(h.found[i].Cost(), h.t.c.question.Reach) }

// complete tells whether it is known for all homes what a better facility may
// cost.
func (h *hearing) complete() bool {
	for i := range h.found {
		if math.IsInf(h.most(i), 1) {
			return false
		}
	}
	return true
}

// look looks for homes around all candidates.
func (h *hearing) look() {
	t := h.t
	for f := range t.facilities() {
		if slack, known := h.looked[f]; t.closed[f] || known && slack >= h.slack || !h.candidate(f) {
			continue
		}
		h.looked[f] = h.slack
		s := t.site(f)
		for _, x := range t.survey.around(h.at, s.doors, s.place, bands{t.to, t.from, t.c.question.Reach, h.slack}) {
			if i := h.number[x.home]; x.nearest(f).better(h.found[i]) {
				h.found[i] = x.nearest(f)
			}
		}
	}
}

// candidate tells whether a facility may be the nearest one of a home.
func (h *hearing) candidate(f int) bool {
	s := h.t.site(f)
	place, homes := s.doors.Ties().Place(s.place), h.at.doors.Ties()
	pace := h.at.doors.Net().LeastPace()
	for i, d := range h.disputes {
		if d.to == f || d.from == f {
			return true
		}
		home := homes.Place(int(d.home))
		straight := math.Hypot(place[0]-home[0], place[1]-home[1])
		if most := h.most(i); !math.IsInf(most, 1) && straight*pace <= most || h.slack >= endless {
			return true
		}
	}
	return false
}
