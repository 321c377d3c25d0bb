package siting

import (
	"container/heap"
	"math"
	"slices"
)

// branch is branch and bound on a core, the part with the lowest bound first,
// so that the proven bound rises with every step.
func (s *search) branch(trunk *core, given []int32, multipliers []float64) {
	t := &tree{search: s, trunk: trunk, given: given, rises: make([][2]rise, trunk.sites())}
	t.push(&part{bound: s.bound, state: make([]int8, trunk.sites()), trail: &trail{multipliers: multipliers, pace: 1, sites: trunk.sites()}})
	for len(t.parts) > 0 {
		s.raise(t.parts[0].bound)
		if s.done() {
			return
		}
		t.explore(heap.Pop(&t.parts).(*part))
	}
	if !s.meter.stopped() {
		s.raise(s.limitReached())
	}
}

// tree is the state of branch and bound.
type tree struct {
	*search
	trunk *core
	given []int32 // names of sites that are open in every part
	parts parts
	made  int
	rises [][2]rise // by site of the trunk: of closing and of opening it
}

// part is a part of the search: what is decided of the trunk's sites.
type part struct {
	bound  float64 // rounded up where values are whole
	raw    float64 // as the ascent has left it
	number int
	state  []int8
	trail  *trail // shared, never changed
}

// parts are a heap by bound, then the newest first.
type parts []*part

func (p parts) Len() int { return len(p) }
func (p parts) Less(i, k int) bool {
	return p[i].bound < p[k].bound || (p[i].bound == p[k].bound && p[i].number > p[k].number)
}
func (p parts) Swap(i, k int) { p[i], p[k] = p[k], p[i] }
func (p *parts) Push(x any)   { *p = append(*p, x.(*part)) }
func (p *parts) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

func (t *tree) push(p *part) {
	t.made++
	if t.root.whole { // what rounds to the same is as good: then the newest goes first, and deep
		p.bound = math.Ceil(p.bound - 1e-6)
	}
	p.number = t.made
	heap.Push(&t.parts, p)
}

// explore bounds a part, decides what it can, and divides it by one site.
func (t *tree) explore(p *part) {
	if p.bound >= t.limit() {
		return
	}
	for {
		c, given := t.part(p.state)
		if c.n < 0 {
			return // more would have to be open than may be: nothing better is left
		}
		if c.settled() {
			t.offer(given)
			return
		}
		sites := t.numbers(c)
		a := newAscent(c, t.meter)
		a.resume(p.trail, c.row, sites)
		a.climb(40, t.value, t.limit())
		p.bound, p.raw = max(p.bound, a.bound), a.bound
		p.trail = a.leave(p.trail, c.row, sites)
		if a.bound >= t.limit() {
			return
		}
		if t.meter.stopped() {
			t.push(p)
			return
		}
		t.tryRelaxed(a, newInterchange(c, t.meter), given)
		inner := make([]int8, c.sites())
		decided := a.decide(t.limit(), inner)
		for k, st := range inner {
			if st != free {
				p.state[sites[k]] = st
			}
		}
		if decided*5 < c.sites() && t.divide(p, a, inner, sites) {
			return
		}
	}
}

// part cuts the trunk by a state and names the sites that are open.
func (t *tree) part(state []int8) (c *core, given []int32) {
	given = slices.Clone(t.given)
	for j, st := range state {
		if st == open {
			given = append(given, t.trunk.name[j])
			t.closeAround(int32(j), state)
		}
	}
	t.meter.add(2 * len(t.trunk.site))
	return t.trunk.cut(state), given
}

func (t *tree) closeAround(j int32, state []int8) {
	if t.trunk.apart != nil {
		for _, o := range t.trunk.apart[j] {
			state[o] = closed
		}
	}
}

// numbers are the numbers in the trunk of a part's sites.
func (t *tree) numbers(c *core) []int32 {
	list, j := make([]int32, c.sites()), int32(0)
	for k, name := range c.name {
		for t.trunk.name[j] != name {
			j++
		}
		list[k] = j
	}
	return list
}
