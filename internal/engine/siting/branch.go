package siting

import (
	"container/heap"
	"math"
	"slices"
)

// branch is branch and bound on a core, the part with the lowest bound first,
// so that the proven bound rises with every step.
func (s *search) branch(trunk *core, given []int32, multipliers []float64) {
	t := &tree{search: s, trunk: trunk, given: given}
	t.push(&part{bound: s.bound, multipliers: multipliers, state: make([]int8, trunk.sites())})
	for len(t.parts) > 0 {
		s.raise(t.parts[0].bound)
		if s.done() {
			return
		}
		t.explore(heap.Pop(&t.parts).(*part))
	}
	if !s.meter.stopped() {
		s.raise(min(s.value, s.hopeless+0.5)) // nothing is left that is not hopeless
	}
}

// tree is the state of branch and bound.
type tree struct {
	*search
	trunk *core
	given []int32 // names of sites that are open in every part
	parts parts
	made  int
}

// part is a part of the search: what is decided of the trunk's sites.
type part struct {
	bound       float64
	number      int
	state       []int8
	multipliers []float64 // by row of the trunk; shared, never changed
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
	p.number = t.made
	heap.Push(&t.parts, p)
}

// explore bounds a part, decides what it can, and divides it by one site.
func (t *tree) explore(p *part) {
	if p.bound >= t.limit() {
		return
	}
	multipliers := slices.Clone(p.multipliers)
	for {
		c, given := t.part(p.state)
		if c.sites() == 0 || c.rows() == 0 || c.n == 0 {
			t.offer(given)
			return
		}
		a := t.bounded(c, multipliers)
		p.bound = max(p.bound, a.bound)
		for i, r := range c.row {
			multipliers[r] = a.best[i]
		}
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
		t.note(c, inner, p.state)
		if decided*5 < c.sites() {
			t.divide(p, c, a, inner, multipliers)
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

// bounded raises the bound of a part.
func (t *tree) bounded(c *core, multipliers []float64) *ascent {
	a := newAscent(c, t.meter)
	start := make([]float64, c.rows())
	for i, r := range c.row {
		start[i] = multipliers[r]
	}
	a.begin(start)
	a.climb(40, t.value, t.limit())
	return a
}

// note carries what was decided in a part over to the trunk's state.
func (t *tree) note(c *core, inner, state []int8) {
	k := 0
	for j, st := range inner {
		for t.trunk.name[k] != c.name[j] {
			k++
		}
		if st != free {
			state[k] = st
		}
	}
}

// divide makes two parts, with a site open and with it closed: the site that
// the relaxation is least sure about.
func (t *tree) divide(p *part, c *core, a *ascent, inner []int8, multipliers []float64) {
	best, least := -1, math.Inf(1)
	for j, x := range a.shares {
		if d := math.Abs(x - 0.5); inner[j] == free && d < least {
			best, least = j, d
		}
	}
	if best < 0 { // all is decided: one more look at the part settles it
		t.push(&part{bound: p.bound, state: p.state, multipliers: multipliers})
		return
	}
	site := slices.Index(t.trunk.name, c.name[best])
	for _, st := range []int8{closed, open} {
		state := slices.Clone(p.state)
		state[site] = st
		t.push(&part{bound: p.bound, state: state, multipliers: multipliers})
	}
}
