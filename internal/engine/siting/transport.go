package siting

import (
	"math"
	"slices"
)

// transport finds the cheapest way to serve rows from open sites with
// capacities: every row starts at the site that is cheapest for it, then what is
// too much at a site is moved along shortest paths over the sites to where there
// is room (successive shortest paths; Ahuja, Magnanti and Orlin 1993, section
// 9.7). What nobody serves is at one more place, nowhere, that has room for all.
type transport struct {
	meter  *meter
	site   []int32   // by place: the site
	room   []float64 // by place
	load   []float64 // by place
	weight []float64 // by row
	// The places that serve row i are place[first[i]:first[i+1]], ascending by
	// cost; the last one of each row is nowhere.
	first []int32
	place []int32
	cost  []float64
	held  []float64 // of each such pair: weight of the row that is at the place
	hard  []bool    // rows that have to be served
	pairs [][]int32 // by place: pairs with weight

	step     [][]hop // cheapest move from place to place
	stale    []bool  // step of the place has to be worked out again
	distance []float64
	from     []int32
	eps      float64
}

// hop is the cheapest move of a row's weight from one place to another.
type hop struct {
	cost     float64
	pair, to int32
}

func newTransport(c *core, capacity []float64, isOpen []bool, m *meter) *transport {
	t := &transport{meter: m, weight: c.weight, first: []int32{0}}
	number := make([]int32, c.sites())
	for j, o := range isOpen {
		number[j] = -1
		if o {
			number[j] = int32(len(t.site))
			t.site, t.room = append(t.site, int32(j)), append(t.room, capacity[j])
		}
	}
	nowhere := int32(len(t.site))
	t.room = append(t.room, math.Inf(1))
	worst, total := 0.0, 0.0
	for i := range c.rows() {
		total += c.weight[i]
		worst = max(worst, c.cost[c.first[i+1]-1])
	}
	dear := float64(len(t.room)+1) * (worst + 1) // more than any way over all places
	for i := range c.rows() {
		for e := c.first[i]; e < c.first[i+1]; e++ {
			if p := number[c.site[e]]; p >= 0 {
				t.place, t.cost = append(t.place, p), append(t.cost, c.cost[e])
			}
		}
		hard := math.IsInf(c.base[i], 1)
		base := c.base[i]
		if hard {
			base = dear
		}
		t.hard = append(t.hard, hard)
		t.place, t.cost = append(t.place, nowhere), append(t.cost, base)
		t.first = append(t.first, int32(len(t.place)))
	}
	m.add(2 * len(c.site))
	t.eps = 1e-10 * max(total, 1e-290)
	t.prepare()
	return t
}

func (t *transport) prepare() {
	places := len(t.room)
	t.held, t.load = make([]float64, len(t.place)), make([]float64, places)
	t.pairs, t.step, t.stale = make([][]int32, places), make([][]hop, places), make([]bool, places)
	t.distance, t.from = make([]float64, places), make([]int32, places)
	for p := range places {
		t.stale[p], t.step[p] = true, make([]hop, places)
	}
}

// solve serves all rows, with no place over its room.
func (t *transport) solve() {
	for i, w := range t.weight {
		t.put(t.first[i], w)
	}
	for p := range t.site {
		for t.load[p] > t.room[p]+t.eps && !t.meter.stopped() {
			end := t.reach(p)
			if end < 0 || !t.push(p, end) {
				return
			}
		}
	}
}

// valid says whether no place is over its room: not so if solve was cut short.
func (t *transport) valid() bool {
	for p := range t.site {
		if t.load[p] > t.room[p]+2*t.eps {
			return false
		}
	}
	return true
}

func (t *transport) put(pair int32, weight float64) {
	p := t.place[pair]
	if t.held[pair] == 0 {
		t.pairs[p] = append(t.pairs[p], pair)
	}
	t.held[pair] += weight
	t.load[p] += weight
	t.stale[p] = true
}

func (t *transport) take(pair int32, weight float64) {
	p := t.place[pair]
	t.load[p] -= weight
	t.stale[p] = true
	t.held[pair] -= weight
	if t.held[pair] <= t.eps*1e-3 {
		t.load[p] -= t.held[pair]
		t.held[pair] = 0
		k := slices.Index(t.pairs[p], pair)
		t.pairs[p] = slices.Delete(t.pairs[p], k, k+1)
	}
}

// reach finds the cheapest way from a place to one with room (Bellman and Ford
// with a queue: moves may save, but never round a circle). −1: there is none.
func (t *transport) reach(start int) int {
	for p := range t.distance {
		t.distance[p], t.from[p] = math.Inf(1), -1
	}
	t.distance[start] = 0
	queue, waiting := []int{start}, make([]bool, len(t.room))
	for most := 50 * len(t.room) * len(t.room); len(queue) > 0 && most > 0; most-- {
		p := queue[0]
		queue, waiting[p] = queue[1:], false
		if p == len(t.site) {
			continue
		}
		t.refresh(p)
		for q, h := range t.step[p] {
			d := t.distance[p] + h.cost
			if q == start || !(d < t.distance[q]-1e-12*(1+math.Abs(d))) {
				continue
			}
			t.distance[q], t.from[q] = d, int32(p)
			if !waiting[q] {
				queue, waiting[q] = append(queue, q), true
			}
		}
		t.meter.add(len(t.room))
	}
	best := -1
	for p, d := range t.distance {
		if p != start && t.room[p]-t.load[p] > t.eps && d < math.Inf(1) && (best < 0 || d < t.distance[best]) {
			best = p
		}
	}
	return best
}

// refresh works out the cheapest moves from a place.
func (t *transport) refresh(p int) {
	if !t.stale[p] {
		return
	}
	t.stale[p] = false
	for q := range t.step[p] {
		t.step[p][q] = hop{math.Inf(1), -1, -1}
	}
	looked := 0
	for _, pair := range t.pairs[p] {
		i, _ := slices.BinarySearchFunc(t.first, pair+1, func(f, at int32) int { return int(f - at) })
		for e := t.first[i-1]; e < t.first[i]; e++ {
			if q := t.place[e]; int(q) != p && t.cost[e]-t.cost[pair] < t.step[p][q].cost {
				t.step[p][q] = hop{t.cost[e] - t.cost[pair], pair, e}
			}
		}
		looked += int(t.first[i] - t.first[i-1])
	}
	t.meter.add(looked)
}

// push moves as much as can be moved along the way that reach has found.
func (t *transport) push(start, end int) bool {
	amount, hops := min(t.load[start]-t.room[start], t.room[end]-t.load[end]), 0
	for q := end; q != start; q = int(t.from[q]) {
		amount = min(amount, t.held[t.step[t.from[q]][q].pair])
		if hops++; hops > len(t.room) {
			return false
		}
	}
	if amount <= 0 {
		return false
	}
	for q := end; q != start; q = int(t.from[q]) {
		h := t.step[t.from[q]][q]
		t.take(h.pair, amount)
		t.put(h.to, amount)
	}
	return true
}

// total returns what serving costs, and the weight that has to be served but is
// nowhere.
func (t *transport) total() (cost, missing float64) {
	for i := range t.weight {
		for e := t.first[i]; e < t.first[i+1]; e++ {
			switch {
			case t.held[e] == 0:
			case e == t.first[i+1]-1 && t.hard[i]:
				missing += t.held[e]
			default:
				cost += t.held[e] * t.cost[e]
			}
		}
	}
	return cost, missing
}
