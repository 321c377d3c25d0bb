package siting

import "slices"

// renew improves the best answer by parts: it sets free the open sites around a
// random row, with all candidates there, and decides that small part anew, as
// well as can be done in little time, while all else stays (large neighbourhood
// search; Shaw 1998). The parts become larger when the small ones are used up.
func (s *search) renew(c *core, given []int32, part float64) {
	const smallest, largest = 4, 16
	c = c.shortened(near + 4*c.sites()/max(1, c.n))
	v := newVicinity(c)
	until := s.allowance(part, 3)
	for size := smallest; size <= largest; size += 4 {
		for idle := 0; idle < 3*c.n/size+10; idle++ {
			if s.meter.used >= until || s.done() {
				return
			}
			before := s.value
			s.renewAround(v, s.rng.IntN(c.rows()), size, given)
			if s.value < before {
				idle = -1
			}
		}
		if size >= c.n {
			return
		}
	}
}

// renewAround decides the open sites around a row anew.
func (s *search) renewAround(v *vicinity, row, size int, given []int32) {
	c := v.c
	isOpen := make([]bool, c.sites())
	kept := slices.Clone(given)
	sites := s.sitesOf(c)
	for _, j := range sites {
		isOpen[j] = true
	}
	state := make([]int8, c.sites())
	for j := range state {
		state[j] = closed
	}
	inside := v.around(row, size, isOpen)
	for _, j := range inside {
		state[j] = free
	}
	for _, j := range sites {
		if state[j] == closed {
			state[j] = open
			kept = append(kept, c.name[j])
		}
	}
	closeConflicts(c, state)
	s.meter.add(2 * len(c.site))
	k := c.cut(state)
	if k.settled() {
		return
	}
	m := *s.meter
	m.allowed = min(m.allowed, m.used+renewEffort*int64(len(k.site)))
	sub := newSearch(k, &m, s.rng.Uint64())
	sub.small = true
	var here []int32
	for _, j := range inside {
		if isOpen[j] {
			here = append(here, c.name[j])
		}
	}
	sub.offer(here)
	before := sub.value
	sub.run()
	s.meter.take(sub.meter)
	if sub.value < before {
		s.offer(append(slices.Clone(sub.best), kept...))
	}
}

// closeConflicts closes what is in conflict with an open site.
func closeConflicts(c *core, state []int8) {
	if c.apart == nil {
		return
	}
	for j, st := range state {
		if st == open {
			for _, o := range c.apart[j] {
				state[o] = closed
			}
		}
	}
}

// shortened is a core in which rows know only their cheapest sites: a smaller one
// for a search whose answers are weighed on the whole core.
func (c *core) shortened(most int) *core {
	if c.flat || len(c.site) <= most*c.rows() {
		return c
	}
	k := *c
	k.first, k.site, k.cost, k.base = []int32{0}, nil, nil, slices.Clone(c.base)
	for i := range c.rows() {
		end := min(c.first[i+1], c.first[i]+int32(most))
		if end < c.first[i+1] {
			k.base[i] = c.cost[end]
		}
		k.site = append(k.site, c.site[c.first[i]:end]...)
		k.cost = append(k.cost, c.cost[c.first[i]:end]...)
		k.first = append(k.first, int32(len(k.site)))
	}
	return &k
}

// vicinity says which sites are near each other: those that serve the same rows,
// each row by its cheapest sites only.
type vicinity struct {
	c    *core
	rows [][]int32 // by site
}

// renewEffort is what one part may take, in costs looked at for each of its
// costs: enough to prove small ones.
const renewEffort = 100

// near is how many sites of a row are looked at.
const near = 40

func newVicinity(c *core) *vicinity {
	v := &vicinity{c: c, rows: make([][]int32, c.sites())}
	for i := range c.rows() {
		for _, j := range v.sites(int32(i)) {
			v.rows[j] = append(v.rows[j], int32(i))
		}
	}
	return v
}

func (v *vicinity) sites(i int32) []int32 {
	first := v.c.first[i]
	return v.c.site[first:min(v.c.first[i+1], first+near)]
}

// around lists the sites around a row, the nearest first, until size open ones
// are among them.
func (v *vicinity) around(row, size int, isOpen []bool) []int32 {
	seen := make([]bool, v.c.sites())
	var list []int32
	count := 0
	visit := func(i int32) {
		for _, j := range v.sites(i) {
			if !seen[j] && count < size {
				seen[j] = true
				list = append(list, j)
				if isOpen[j] {
					count++
				}
			}
		}
	}
	visit(int32(row))
	for k := 0; k < len(list) && count < size; k++ {
		for _, i := range v.rows[list[k]] {
			visit(i)
		}
	}
	return list
}
