package siting

import (
	"math"
	"slices"
)

// candidates are the sites that can be chosen: not fixed, and not in conflict
// with a fixed one. number is by site of the problem, −1 for the others.
type candidates struct {
	name   []int32
	number []int32
	fixed  []bool
	apart  [][]int32 // by number
	any    bool      // any conflict at all
}

func (p *Problem) candidates() *candidates {
	c := &candidates{number: make([]int32, p.Sites), fixed: make([]bool, p.Sites)}
	for _, j := range p.Fixed {
		c.fixed[j] = true
	}
	barred := slices.Clone(c.fixed)
	for _, q := range p.Conflicts {
		barred[q[0]] = barred[q[0]] || c.fixed[q[1]]
		barred[q[1]] = barred[q[1]] || c.fixed[q[0]]
	}
	for j := range c.number {
		c.number[j] = -1
		if !barred[j] {
			c.number[j] = int32(len(c.name))
			c.name = append(c.name, int32(j))
		}
	}
	c.apart = make([][]int32, len(c.name))
	for _, q := range p.Conflicts {
		a, b := c.number[q[0]], c.number[q[1]]
		if a >= 0 && b >= 0 {
			c.apart[a] = append(c.apart[a], b)
			c.apart[b] = append(c.apart[b], a)
			c.any = true
		}
	}
	for j := range c.apart {
		slices.Sort(c.apart[j])
		c.apart[j] = slices.Compact(c.apart[j])
	}
	return c
}

// usable says whether a site can be open at all.
func (c *candidates) usable(j int32) bool { return c.fixed[j] || c.number[j] >= 0 }

// empty returns a core of the candidates without rows.
func (c *candidates) empty(n int) *core {
	k := &core{n: min(n, len(c.name)), name: c.name, first: []int32{0}}
	if c.any {
		k.apart = c.apart
	}
	return k
}

// reach returns the entries of row i that usable candidates offer for at most
// limit, and the least cost of a fixed site; −1: none.
func (c *candidates) reach(p *Problem, i int, limit float64, list []entry) (entries []entry, fixed float64) {
	list, fixed = list[:0], -1
	for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
		j, v := p.Costs.Site[k], p.Costs.Cost[k]
		if v > limit || v > largest {
			continue
		}
		if c.fixed[j] {
			if fixed < 0 || v < fixed {
				fixed = v
			}
		} else if n := c.number[j]; n >= 0 {
			list = append(list, entry{v, n})
		}
	}
	return list, fixed
}

// coverCore asks for the fewest sites that cover all rows that wanted names.
// Without conflicts a row that is not covered costs as much as a site that
// covers it, which never is worse than the truth; with conflicts, when it may be
// that not all can be covered, more than all sites together.
func (c *candidates) coverCore(p *Problem, limit float64, wanted func(i int) bool) *core {
	k := c.empty(len(c.name))
	k.price, k.flat, k.cover, k.whole = 1, true, true, true
	base := 1.0
	if c.any {
		base = float64(len(c.name) + 1)
	}
	var list []entry
	for i := range p.Weight {
		var fixed float64
		list, fixed = c.reach(p, i, limit, list)
		if wanted(i) && fixed < 0 && len(list) > 0 {
			k.addCovered(int32(i), 1, base, list)
		}
	}
	return k
}

// weightCore asks for n sites that leave the least weight uncovered. total is
// the weight that can be covered.
func (c *candidates) weightCore(p *Problem, n int, limit float64) (k *core, total float64) {
	k = c.empty(n)
	k.flat = true
	var list []entry
	for i, w := range p.Weight {
		var fixed float64
		list, fixed = c.reach(p, i, limit, list)
		if fixed >= 0 || len(list) > 0 {
			total += w
		}
		if w > 0 && fixed < 0 && len(list) > 0 {
			k.addCovered(int32(i), w, 1, list)
		}
	}
	k.whole = k.isWhole()
	return k, total
}

// addCovered adds a row whose costs do not count.
func (c *core) addCovered(row int32, weight, base float64, list []entry) {
	for e := range list {
		list[e].cost = 0
	}
	c.addRow(row, weight, base, list)
}

// medianCore asks for n sites with the least sum of weight × cost. With beyond
// 0, when all have to be served, a row that is not costs penalty, more than the
// dearest way to serve all; otherwise penalty is +Inf.
func (c *candidates) medianCore(p *Problem, n int, beyond float64) (k *core, penalty float64) {
	k = c.empty(n)
	penalty = 1
	lists := make([]entry, 0, p.Sites)
	limit := largest
	if beyond > 0 {
		limit = beyond
	}
	if beyond == 0 {
		for i, w := range p.Weight {
			list, fixed := c.reach(p, i, limit, lists)
			worst := max(0, fixed)
			for _, e := range list {
				worst = max(worst, e.cost)
			}
			penalty += w * worst
		}
	}
	for i, w := range p.Weight {
		list, fixed := c.reach(p, i, limit, lists)
		if w == 0 || (fixed < 0 && len(list) == 0 && !c.reachable(p, i)) {
			continue
		}
		base := fixed
		switch {
		case fixed >= 0:
		case beyond > 0:
			base = beyond
		default:
			base = penalty / w
		}
		k.addRow(int32(i), w, base, slices.DeleteFunc(list, func(e entry) bool { return e.cost >= base }))
	}
	k.whole = k.isWhole()
	return k, penalty
}

// reachable says whether row i has a way to a usable site.
func (c *candidates) reachable(p *Problem, i int) bool {
	for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
		if p.Costs.Cost[k] <= largest && c.usable(p.Costs.Site[k]) {
			return true
		}
	}
	return false
}

// loadCore is a core for sites with capacities: its sites are all usable ones,
// the fixed with the others, and its rows those with a weight, since capacity is
// counted in weight. A row has the costs that cost gives for those within the
// limit, and base where it is not served.
func (c *candidates) loadCore(p *Problem, n int, limit, base float64, flat bool) (k *core, capacity []float64, fixed []bool) {
	k = &core{n: n, first: []int32{0}}
	number := make([]int32, p.Sites)
	for j := range int32(p.Sites) {
		if c.usable(j) {
			number[j] = int32(len(k.name))
			k.name = append(k.name, j)
			capacity, fixed = append(capacity, p.Capacity[j]), append(fixed, c.fixed[j])
		}
	}
	var list []entry
	for i, w := range p.Weight {
		if w == 0 || !c.reachable(p, i) {
			continue
		}
		list = list[:0]
		for e := p.Costs.First[i]; e < p.Costs.First[i+1]; e++ {
			j, v := p.Costs.Site[e], p.Costs.Cost[e]
			if v > limit || v > largest || v >= base && !flat || !c.usable(j) {
				continue
			}
			if flat {
				v = 0
			}
			list = append(list, entry{v, number[j]})
		}
		if len(list) > 0 || !math.IsInf(base, 1) {
			k.addRow(int32(i), w, base, list)
		}
	}
	k.apart = c.apartAmong(k.name)
	return k, capacity, fixed
}

// apartAmong are the conflicts between candidates, by their place in names.
func (c *candidates) apartAmong(names []int32) [][]int32 {
	if !c.any {
		return nil
	}
	place := make([]int32, len(c.name))
	for k, j := range names {
		if n := c.number[j]; n >= 0 {
			place[n] = int32(k)
		}
	}
	apart := make([][]int32, len(names))
	for n, others := range c.apart {
		for _, o := range others {
			apart[place[n]] = append(apart[place[n]], place[o])
		}
	}
	return apart
}
