package siting

import (
	"math"
	"math/rand/v2"
	"slices"
)

// search answers a core: greedy and interchange first, then the Lagrangian
// bound, which decides most sites and starts the interchange from other sets,
// then branch and bound on what is left.
type search struct {
	root  *core
	frame *core // of a cover: the root less rows and sites that others imply
	meter *meter
	rng   *rand.Rand
	// enough says that a bound is good enough for a value; never nil.
	enough func(bound, value float64) bool
	// target ends the search once a value is not above it, hopeless once the
	// bound is: both for those who only ask whether there is a better one.
	target, hopeless float64

	best  []int32 // names of the open sites, ascending
	value float64
	last  float64 // value of what was offered last
	bound float64
	began int64           // what the meter had counted when the search began
	small bool            // a small part of another search: no time for all means
	tried map[string]bool // sets that the interchange has started from
}

func newSearch(root *core, m *meter, seed uint64) *search {
	s := &search{
		root: root, meter: m, rng: rand.New(rand.NewPCG(seed, 0x517e)),
		enough: func(bound, value float64) bool { return false },
		target: math.Inf(-1), hopeless: math.Inf(1),
		bound: root.paid, tried: map[string]bool{}, began: m.used,
	}
	s.value = root.value(make([]bool, root.sites()))
	return s
}

// slack is how much better than the best value another has to be to count.
func (s *search) slack() float64 {
	if s.root.whole {
		return 1 - 1e-6
	}
	return 1e-10 * math.Abs(s.value)
}

// limit is the bound from which on a part of the search can't do better.
func (s *search) limit() float64 { return min(s.value-s.slack(), s.hopeless) }

// limitReached is the bound once nothing is left that is neither decided nor
// hopeless.
func (s *search) limitReached() float64 { return min(s.value, s.hopeless+0.5) }

// done says whether nothing more is wanted.
func (s *search) done() bool {
	return s.bound >= s.limit() || s.value <= s.target || s.enough(s.bound, s.value) || s.meter.stopped()
}

// allowance is the count up to which a side work may go on: a part of the effort
// that is left, and not more than some times what the search has used so far,
// since easy problems are soon proven without it.
func (s *search) allowance(part float64, times int64) int64 {
	return min(s.meter.share(part).allowed, s.meter.used+times*(s.meter.used-s.began))
}

// raise lifts the proven bound.
func (s *search) raise(bound float64) {
	if s.root.whole {
		bound = math.Ceil(bound - 1e-6)
	}
	s.bound = max(s.bound, min(bound, s.value))
}

// offer takes a set of sites, by name, if it is better than the best. A cover is
// completed first: a row left open for the price of a site gets one.
func (s *search) offer(names []int32) {
	isOpen := make([]bool, s.root.sites())
	names = slices.Clone(names)
	if s.root.cover && s.root.apart == nil && s.frame != nil {
		names = s.frame.completed(names)
	}
	slices.Sort(names)
	k := 0
	for j, n := range s.root.name {
		for k < len(names) && names[k] < n {
			k++
		}
		isOpen[j] = k < len(names) && names[k] == n
	}
	s.meter.add(2 * s.root.rows())
	s.last = s.root.value(isOpen)
	if s.last < s.value {
		s.value, s.best = s.last, names
	}
}

// run does the whole search.
func (s *search) run() {
	s.first()
	if s.done() {
		return
	}
	c, given := s.root, []int32(nil)
	multipliers := s.guess(c)
	for {
		c, given, multipliers = s.reduced(c, given, multipliers)
		if s.frame == nil {
			s.frame = c
		}
		if c.n < 0 { // what would be better needs more sites than may be open
			s.raise(s.limitReached())
			return
		}
		s.offer(given)
		if c.settled() {
			s.raise(s.limitReached())
			return
		}
		before := c.sites()
		c, given, multipliers = s.ascend(c, given, multipliers)
		if s.done() {
			return
		}
		if !s.small && !c.settled() {
			s.renew(c, given, 0.2)
		}
		if s.done() {
			return
		}
		if c.sites() > before*9/10 {
			break
		}
	}
	if c.flat && c.price == 0 && !s.small {
		s.boundByBlocks(c, given, multipliers, 0.5)
	}
	s.branch(c, given, multipliers)
}

// first finds a first answer: greedy, then interchange.
func (s *search) first() {
	local := newInterchange(s.root, s.meter)
	local.grow()
	local.climb()
	s.offer(local.names())
}

// guess is a first set of multipliers: between the costs of the nearest and the
// second nearest open site of the best answer.
func (s *search) guess(c *core) []float64 {
	isOpen := map[int32]bool{}
	for _, n := range s.best {
		isOpen[n] = true
	}
	list := make([]float64, c.rows())
	for i := range list {
		near, second := -1.0, -1.0
		for e := c.first[i]; e < c.first[i+1] && second < 0; e++ {
			if !isOpen[c.name[c.site[e]]] {
				continue
			}
			if near < 0 {
				near = c.cost[e]
			} else {
				second = c.cost[e]
			}
		}
		if near < 0 {
			near = c.base[i]
		}
		if second < 0 {
			second = c.base[i]
		}
		list[i] = near + 0.3*(second-near)
	}
	return list
}

// ascend raises the bound at the root, tries the sets that the relaxation
// proposes, and leaves what is still to be decided.
func (s *search) ascend(c *core, given []int32, multipliers []float64) (*core, []int32, []float64) {
	a := newAscent(c, s.meter)
	a.begin(multipliers)
	local := newInterchange(c, s.meter)
	for round := 0; round < 30 && !s.done() && a.pace >= 1e-3; round++ {
		a.climb(20, s.value, s.limit())
		s.raise(a.bound)
		s.tryRelaxed(a, local, given)
	}
	state := make([]int8, c.sites())
	a.decide(s.limit(), state)
	return s.apply(c, given, a.best, state)
}

// tryRelaxed starts the interchange from what the relaxation has chosen.
func (s *search) tryRelaxed(a *ascent, local *interchange, given []int32) {
	var sites []int32
	key := make([]byte, 0, 4*a.c.n)
	for j, o := range a.bestOpen {
		if o && !slices.ContainsFunc(sites, func(k int32) bool { return a.c.areApart(int32(j), k) }) {
			sites = append(sites, int32(j))
			n := a.c.name[j]
			key = append(key, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		}
	}
	if s.tried[string(key)] {
		return
	}
	s.tried[string(key)] = true
	local.start(sites)
	local.grow()
	local.climb()
	s.offer(append(local.names(), given...))
}

func (c *core) areApart(a, b int32) bool {
	if c.apart == nil {
		return false
	}
	_, found := slices.BinarySearch(c.apart[a], b)
	return found
}

// apply cuts a core by what is decided: it closes sites in conflict with open
// ones and takes the multipliers along.
func (s *search) apply(c *core, given []int32, multipliers []float64, state []int8) (*core, []int32, []float64) {
	given = slices.Clone(given)
	for j, st := range state {
		if st != open {
			continue
		}
		given = append(given, c.name[j])
		if c.apart != nil {
			for _, o := range c.apart[j] {
				state[o] = closed
			}
		}
	}
	k := c.cut(state)
	s.meter.add(2 * len(c.site))
	list := make([]float64, k.rows())
	for i, r := range k.row {
		list[i] = multipliers[r]
	}
	return k, given, list
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
