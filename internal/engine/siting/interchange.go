package siting

import "math"

// interchange is the local search: it adds, drops and swaps sites while that
// makes the value of a core less. What every move is worth is kept as in
// Resende and Werneck, "A fast swap-based local search procedure for location
// problems" (2007), after Whitaker (1983): saved when the site is added, lost
// when the other is dropped, and what of this is counted twice.
type interchange struct {
	c      *core
	meter  *meter
	open   []int32 // sites, by slot
	slot   []int32 // of each site; −1: not open
	apart  []int32 // of each site: open sites in conflict with it
	gain   []float64
	loss   []float64 // by slot
	extra  []float64 // by site, then slot
	banned []bool    // sites that may not be added; nil: none
}

func newInterchange(c *core, m *meter) *interchange {
	s := &interchange{c: c, meter: m, slot: make([]int32, c.sites()), apart: make([]int32, c.sites()), gain: make([]float64, c.sites())}
	for j := range s.slot {
		s.slot[j] = -1
	}
	return s
}

// start opens the given sites, none of which may be in conflict.
func (s *interchange) start(sites []int32) {
	for len(s.open) > 0 {
		s.drop(s.open[0])
	}
	for _, j := range sites {
		s.add(j)
	}
}

func (s *interchange) add(j int32) {
	s.slot[j] = int32(len(s.open))
	s.open = append(s.open, j)
	s.count(j, 1)
}

func (s *interchange) drop(j int32) {
	last := s.open[len(s.open)-1]
	s.open[s.slot[j]], s.slot[last] = last, s.slot[j]
	s.open, s.slot[j] = s.open[:len(s.open)-1], -1
	s.count(j, -1)
}

func (s *interchange) count(j, by int32) {
	if s.c.apart != nil {
		for _, o := range s.c.apart[j] {
			s.apart[o] += by
		}
	}
}

// weigh works out gain, and with swaps loss and extra, for the open sites.
func (s *interchange) weigh(swaps bool) {
	c, slots := s.c, len(s.open)
	clear(s.gain)
	if swaps {
		s.loss = zeroed(s.loss, slots)
		s.extra = zeroed(s.extra, slots*c.sites())
		s.meter.add(slots * c.sites() / 4)
	}
	looked := 0
	for i := range c.rows() {
		w, end := c.weight[i], c.first[i+1]
		e := c.first[i]
		for e < end && s.slot[c.site[e]] < 0 {
			e++
		}
		if e == end {
			for k := c.first[i]; k < end; k++ {
				s.gain[c.site[k]] += w * (c.base[i] - c.cost[k])
			}
			looked += 2 * int(end-c.first[i])
			continue
		}
		near, d1, d2 := int(s.slot[c.site[e]]), c.cost[e], c.base[i]
		looked += int(e - c.first[i])
		if !c.flat {
			for k := c.first[i]; k < e; k++ {
				s.gain[c.site[k]] += w * (d1 - c.cost[k])
			}
		}
		if !swaps {
			continue
		}
		f := e + 1
		for f < end && s.slot[c.site[f]] < 0 {
			f++
		}
		looked += int(f - c.first[i])
		if f < end {
			d2 = c.cost[f]
		}
		if d2 <= d1 {
			continue
		}
		s.loss[near] += w * (d2 - d1)
		for k := c.first[i]; k < e; k++ {
			s.extra[int(c.site[k])*slots+near] += w * (d2 - d1)
		}
		for k := e + 1; k < f; k++ {
			s.extra[int(c.site[k])*slots+near] += w * (d2 - c.cost[k])
		}
	}
	s.meter.add(looked)
}

func zeroed(v []float64, n int) []float64 {
	if cap(v) < n {
		return make([]float64, n)
	}
	v = v[:n]
	clear(v)
	return v
}

// grow adds sites while one makes the value less, the best first.
func (s *interchange) grow() {
	for len(s.open) < s.c.n && !s.meter.stopped() {
		s.weigh(false)
		best, most := int32(-1), s.c.price+s.tiny()
		for j, g := range s.gain {
			if g > most && s.slot[j] < 0 && s.apart[j] == 0 && !s.isBanned(j) {
				best, most = int32(j), g
			}
		}
		if best < 0 {
			return
		}
		s.add(best)
	}
}

func (s *interchange) isBanned(j int) bool { return s.banned != nil && s.banned[j] }

// tiny is a gain that rounding could have made.
func (s *interchange) tiny() float64 {
	if s.c.whole {
		return 0.5
	}
	return 1e-9
}

// climb makes the best move until none is left.
func (s *interchange) climb() {
	for !s.meter.stopped() {
		s.weigh(true)
		in, out := s.best()
		if in < 0 && out < 0 {
			return
		}
		if out >= 0 {
			s.drop(out)
		}
		if in >= 0 {
			s.add(in)
		}
	}
}

// best returns the move that saves most: sites to open and to close, −1: none.
func (s *interchange) best() (in, out int32) {
	in, out = -1, -1
	most := s.tiny()
	if most < 0.5 {
		for i := range s.loss {
			most = max(most, 1e-12*s.loss[i])
		}
	}
	slots, price := len(s.open), s.c.price
	least, leastSlot := math.Inf(1), -1
	for o, l := range s.loss {
		if l < least {
			least, leastSlot = l, o
		}
		if price-l > most {
			in, out, most = -1, s.open[o], price-l
		}
	}
	for j := range s.gain {
		if s.slot[j] >= 0 || s.apart[j] > 1 || s.isBanned(j) {
			continue
		}
		if g := s.gain[j] - price; g > most && slots < s.c.n && s.apart[j] == 0 {
			in, out, most = int32(j), -1, g
		}
		if s.apart[j] == 1 {
			o := s.inTheWay(int32(j))
			if g := s.gain[j] - s.loss[o] + s.extra[j*slots+o]; g > most {
				in, out, most = int32(j), s.open[o], g
			}
			continue
		}
		if leastSlot >= 0 && s.gain[j]-least > most {
			in, out, most = int32(j), s.open[leastSlot], s.gain[j]-least
		}
		extra := s.extra[j*slots : (j+1)*slots]
		for o, x := range extra {
			if g := s.gain[j] - s.loss[o] + x; g > most {
				in, out, most = int32(j), s.open[o], g
			}
		}
	}
	return in, out
}

// inTheWay returns the slot of the one open site in conflict with j.
func (s *interchange) inTheWay(j int32) int {
	for _, o := range s.c.apart[j] {
		if s.slot[o] >= 0 {
			return int(s.slot[o])
		}
	}
	return -1
}

// names returns the open sites by their numbers in the problem.
func (s *interchange) names() []int32 {
	list := make([]int32, len(s.open))
	for k, j := range s.open {
		list[k] = s.c.name[j]
	}
	return list
}

// dropLeast closes the site that is missed least, but not one of them.
func (s *interchange) dropLeast(not int32) {
	s.weigh(true)
	out := -1
	for k, l := range s.loss {
		if s.open[k] != not && (out < 0 || l < s.loss[out]) {
			out = k
		}
	}
	s.drop(s.open[out])
}
