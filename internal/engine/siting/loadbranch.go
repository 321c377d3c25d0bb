package siting

import (
	"container/heap"
	"math"
	"slices"
)

// loadTree is branch and bound where sites have capacities.
type loadTree struct {
	*loadSearch
	parts parts
	made  int
}

func (t *loadTree) push(p *part) {
	t.made++
	p.number = t.made
	heap.Push(&t.parts, p)
}

// explore bounds a part, decides what it can, and divides it by one site.
func (t *loadTree) explore(p *part) {
	steps := 50
	if t.made == 1 {
		steps = 400
	}
	for {
		if p.bound >= t.limit() || t.settled(p.state) || !t.enoughRoom(p.state) {
			return
		}
		c, l, ok := t.cut(p.state)
		if !ok {
			return
		}
		index := t.index(c)
		a := newAscent(c, t.meter)
		a.load = l
		a.resume(p.trail, c.row, index)
		a.climb(steps, t.value, t.limit())
		p.bound = max(p.bound, a.bound)
		p.trail = a.leave(p.trail, c.row, index)
		if a.bound >= t.limit() {
			return
		}
		if t.meter.stopped() {
			t.push(p)
			return
		}
		t.improve(t.proposed(c, a))
		if !t.decide(p, c, a) {
			t.divide(p, c, a)
			return
		}
	}
}

// settled looks at a part with nothing left to decide: no further site may be
// opened, or all may.
func (t *loadTree) settled(state []int8) bool {
	isOpen, opened, left := slices.Clone(t.fixed), 0, 0
	for j, st := range state {
		switch {
		case t.fixed[j]:
		case st == open:
			isOpen[j] = true
			opened++
		case st == free:
			left++
		}
	}
	switch {
	case left == 0 || opened >= t.c.n:
	case t.c.price == 0 && t.c.apart == nil && opened+left <= t.c.n:
		for j, st := range state {
			isOpen[j] = isOpen[j] || st == free
		}
	default:
		return false
	}
	t.offer(isOpen)
	return true
}

// enoughRoom says whether the sites that are open and the largest that may still
// be opened can hold all that has to be served.
func (t *loadTree) enoughRoom(state []int8) bool {
	needed, room := 0.0, 0.0
	for i, w := range t.c.weight {
		if math.IsInf(t.c.base[i], 1) {
			needed += w
		}
	}
	if needed == 0 {
		return true
	}
	n := t.c.n
	var rest []float64
	for j, st := range state {
		switch {
		case t.fixed[j]:
			room += t.capacity[j]
		case st == open:
			room += t.capacity[j]
			n--
		case st == free:
			rest = append(rest, t.capacity[j])
		}
	}
	slices.Sort(rest)
	for k := range min(n, len(rest)) {
		room += rest[len(rest)-1-k]
	}
	return room >= needed*(1-1e-9)
}

// cut is the core of a part without its closed sites; false: a row that has to
// be served is left without a site.
func (t *loadTree) cut(state []int8) (*core, *loads, bool) {
	shut := make([]int8, len(state))
	n := t.c.n
	opened := 0.0
	for j, st := range state {
		if st == closed {
			shut[j] = closed
		}
		if st == open && !t.fixed[j] {
			n--
			opened += t.c.price
		}
	}
	c := t.c.cut(shut)
	t.meter.add(2 * len(t.c.site))
	if math.IsInf(c.paid, 1) || math.IsNaN(c.paid) {
		return nil, nil, false
	}
	c.n = max(0, n)
	c.paid += opened
	capacity, isOpen := make([]float64, c.sites()), make([]bool, c.sites())
	for k, j := range t.index(c) {
		capacity[k] = t.capacity[j]
		isOpen[k] = t.fixed[j] || state[j] == open
	}
	return c, newLoads(c, capacity, isOpen), true
}

// index are the numbers in the whole core of a cut one's sites.
func (t *loadTree) index(c *core) []int32 {
	list, j := make([]int32, c.sites()), int32(0)
	for k, name := range c.name {
		for t.c.name[j] != name {
			j++
		}
		list[k] = j
	}
	return list
}

// proposed is the set that the relaxation has chosen, less what is in conflict.
func (t *loadTree) proposed(c *core, a *ascent) []bool {
	isOpen := slices.Clone(t.fixed)
	for k, j := range t.index(c) {
		if a.load.open[k] || (a.bestOpen[k] && t.mayOpen(isOpen, int(j))) {
			isOpen[j] = true
		}
	}
	return isOpen
}

// decide carries what the bound decides into the state of a part, and says
// whether that was much.
func (t *loadTree) decide(p *part, c *core, a *ascent) bool {
	inner := make([]int8, c.sites())
	for k, o := range a.load.open {
		if o {
			inner[k] = open
		}
	}
	decided := a.decide(t.limit(), inner)
	for k, j := range t.index(c) {
		if p.state[j] == free && inner[k] != free && !t.fixed[j] {
			t.set(p.state, int(j), inner[k])
		}
	}
	return decided*5 >= c.sites()
}

// set decides a site, and closes those in conflict if it is opened.
func (t *loadTree) set(state []int8, j int, to int8) {
	state[j] = to
	if to == open && t.c.apart != nil {
		for _, o := range t.c.apart[j] {
			state[o] = closed
		}
	}
}

// divide makes two parts, with a site open and with it closed.
func (t *loadTree) divide(p *part, c *core, a *ascent) {
	best, least := -1, math.Inf(1)
	index := t.index(c)
	for k, x := range a.shares {
		j := index[k]
		if d := math.Abs(x - 0.5); p.state[j] == free && !t.fixed[j] && d < least {
			best, least = int(j), d
		}
	}
	if best < 0 { // sites that serve nobody any more are all that is left
		for j, st := range p.state {
			if st == free && !t.fixed[j] {
				p.state[j] = closed
			}
		}
		t.settled(p.state)
		return
	}
	for _, to := range []int8{closed, open} {
		state := slices.Clone(p.state)
		t.set(state, best, to)
		t.push(&part{bound: p.bound, state: state, trail: p.trail})
	}
}
