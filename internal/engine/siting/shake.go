package siting

import "slices"

// shake disturbs the best answer and climbs again, over and over (iterated local
// search): some random sites are opened, for each the least useful other one is
// closed. It ends after rounds without success, or when its share of the effort
// is spent.
func (s *search) shake(c *core, given []int32, rounds int, part float64) {
	local := newInterchange(c, s.meter)
	best := s.sitesOf(c)
	if len(best) == 0 || len(best) >= c.sites() {
		return
	}
	local.start(best)
	for len(local.open) > c.n { // the best answer may lack what is given
		local.dropLeast(-1)
	}
	local.climb()
	best = slices.Clone(local.open)
	until := s.meter.share(part).allowed
	for idle := 0; idle < rounds && s.meter.used < until && !s.done(); idle++ {
		for range 1 + s.rng.IntN(3) {
			s.disturb(local)
		}
		local.climb()
		before := s.value
		s.offer(append(local.names(), given...))
		switch {
		case s.value < before:
			idle = -1
			best = slices.Clone(local.open)
		case s.last > before:
			local.start(best)
		default: // as good: go on from there
			best = slices.Clone(local.open)
		}
	}
}

// sitesOf are the sites of the best answer that a core has.
func (s *search) sitesOf(c *core) []int32 {
	var list []int32
	for j, n := range c.name {
		if _, found := slices.BinarySearch(s.best, n); found {
			list = append(list, int32(j))
		}
	}
	return list
}

// disturb opens a random site instead of those in conflict with it, or else of
// the one that is missed least.
func (s *search) disturb(local *interchange) {
	c := local.c
	j := int32(s.rng.IntN(c.sites()))
	if local.slot[j] >= 0 || c.n < 2 {
		return
	}
	full := len(local.open) >= c.n
	if c.apart != nil {
		for _, o := range c.apart[j] {
			if local.slot[o] >= 0 {
				local.drop(o)
				full = false
			}
		}
	}
	local.add(j)
	if full {
		local.dropLeast(j)
	}
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
