package siting

import (
	"container/heap"
	"math"
	"slices"
)

// loadSearch answers a core whose sites have capacities: sets that the
// Lagrangian relaxation proposes are completed and improved by swaps, each set
// served by a transport, and branch and bound decides site by site.
type loadSearch struct {
	c        *core // with the fixed sites
	capacity []float64
	fixed    []bool
	meter    *meter
	enough   func(bound, value float64) bool
	target   float64
	hopeless float64

	best  []bool // open sites with the fixed ones; nil: nothing found
	value float64
	bound float64
	tried map[string]bool
}

func newLoadSearch(c *core, capacity []float64, fixed []bool, m *meter) *loadSearch {
	return &loadSearch{
		c: c, capacity: capacity, fixed: fixed, meter: m,
		enough: func(bound, value float64) bool { return false },
		target: math.Inf(-1), hopeless: math.Inf(1),
		value: math.Inf(1), bound: c.paid, tried: map[string]bool{},
	}
}

func (s *loadSearch) limit() float64 {
	slack := 1e-10 * math.Abs(s.value)
	if s.c.whole {
		slack = 1 - 1e-6
	}
	if math.IsInf(s.value, 1) {
		return s.hopeless
	}
	return min(s.value-slack, s.hopeless)
}

func (s *loadSearch) done() bool {
	return s.bound >= s.limit() || s.value <= s.target || (s.best != nil && s.enough(s.bound, s.value)) || s.meter.stopped()
}

func (s *loadSearch) raise(bound float64) {
	if s.c.whole {
		bound = math.Ceil(bound - 1e-6)
	}
	s.bound = max(s.bound, min(bound, s.value))
}

// offer takes a set if it is better than the best; it returns its value, +Inf
// where it can't serve all that has to be served, and who is left over.
func (s *loadSearch) offer(isOpen []bool) (value float64, t *transport) {
	t = newTransport(s.c, s.capacity, isOpen, s.meter)
	t.solve()
	cost, missing := t.total()
	value = s.c.paid + cost
	for j, o := range isOpen {
		if o && !s.fixed[j] {
			value += s.c.price
		}
	}
	if missing > 10*t.eps || !t.valid() {
		return math.Inf(1), t
	}
	if value < s.value {
		s.value, s.best = value, slices.Clone(isOpen)
	}
	return value, t
}

// run does the whole search.
func (s *loadSearch) run() {
	s.improve(slices.Clone(s.fixed))
	t := &loadTree{loadSearch: s}
	start := &trail{multipliers: make([]float64, s.c.rows()), pace: 1, sites: s.c.sites()}
	for i := range start.multipliers {
		start.multipliers[i] = s.c.cost[s.c.first[i]]
	}
	t.push(&part{bound: s.bound, state: make([]int8, s.c.sites()), trail: start})
	for len(t.parts) > 0 {
		s.raise(t.parts[0].bound)
		if s.done() {
			return
		}
		t.explore(heap.Pop(&t.parts).(*part))
	}
	if !s.meter.stopped() {
		s.raise(min(s.value, s.hopeless+0.5))
	}
}

// improve completes a set, then drops and swaps sites while that helps.
func (s *loadSearch) improve(isOpen []bool) {
	key := make([]byte, len(isOpen))
	for j, o := range isOpen {
		if o {
			key[j] = 1
		}
	}
	if s.tried[string(key)] {
		return
	}
	s.tried[string(key)] = true
	value := s.complete(isOpen)
	until := s.meter.share(0.1).allowed
	for s.meter.used < until && s.swapOnce(isOpen, &value, until) {
	}
}

// complete opens sites, those first that reach most of what is left over, until
// nothing is or no more may be opened. It returns the value.
func (s *loadSearch) complete(isOpen []bool) float64 {
	for {
		value, t := s.offer(isOpen)
		j := s.wanted(isOpen, t)
		if j < 0 || (s.c.price > 0 && !math.IsInf(value, 1)) || s.meter.stopped() {
			return value
		}
		isOpen[j] = true
	}
}

// wanted is the site that would save most if it served only what is nowhere, or
// where nothing is, only what could go there for less; −1: none may be opened.
func (s *loadSearch) wanted(isOpen []bool, t *transport) int {
	if s.count(isOpen) >= s.c.n {
		return -1
	}
	saves, left := make([]float64, s.c.sites()), make([]float64, s.c.sites())
	copy(left, s.capacity)
	for i := range s.c.rows() {
		dearest := t.first[i+1] - 1
		for e := t.first[i]; e < t.first[i+1]; e++ {
			if t.held[e] > 0 {
				dearest = e
			}
		}
		for e := s.c.first[i]; e < s.c.first[i+1]; e++ {
			j := s.c.site[e]
			if d := t.cost[dearest] - s.c.cost[e]; d > 0 {
				w := min(left[j], t.held[dearest])
				left[j] -= w
				saves[j] += w * d
			}
		}
	}
	best := -1
	for j := range saves {
		if saves[j] > 0 && s.mayOpen(isOpen, j) && (best < 0 || saves[j] > saves[best]) {
			best = j
		}
	}
	return best
}

func (s *loadSearch) count(isOpen []bool) int {
	n := 0
	for j, o := range isOpen {
		if o && !s.fixed[j] {
			n++
		}
	}
	return n
}

// mayOpen says whether a site is closed and in conflict with no open one.
func (s *loadSearch) mayOpen(isOpen []bool, j int) bool {
	if isOpen[j] {
		return false
	}
	if s.c.apart != nil {
		for _, o := range s.c.apart[j] {
			if isOpen[o] {
				return false
			}
		}
	}
	return true
}

// swapOnce makes the first change that helps: drop a site, or put another in
// its place.
func (s *loadSearch) swapOnce(isOpen []bool, value *float64, until int64) bool {
	try := func() bool {
		v, _ := s.offer(isOpen)
		if v < *value-1e-9*math.Abs(*value) {
			*value = v
			return true
		}
		return false
	}
	for out := range isOpen {
		if !isOpen[out] || s.fixed[out] {
			continue
		}
		isOpen[out] = false
		if s.c.price > 0 && try() {
			return true
		}
		for in := range isOpen {
			if in == out || !s.mayOpen(isOpen, in) {
				continue
			}
			if s.meter.used >= until || s.meter.stopped() {
				isOpen[out] = true
				return false
			}
			isOpen[in] = true
			if s.c.price == 0 && try() {
				return true
			}
			isOpen[in] = false
		}
		isOpen[out] = true
	}
	return false
}
