package siting

import (
	"cmp"
	"math"
	"slices"
)

// answer fills in an answer from the chosen sites and recomputes its value from
// nothing but them. bound is in terms of the value; limit is the cost beyond
// which nobody is served.
func (r *run) answer(sites []int32, bound, limit float64) *Answer {
	a := &Answer{Model: r.q.Model, Sites: make([]int, 0, len(sites))}
	isOpen := slices.Clone(r.c.fixed)
	for _, j := range sites {
		a.Sites = append(a.Sites, int(j))
		isOpen[j] = true
	}
	slices.Sort(a.Sites)
	reach := largest
	if r.q.Model == LSCP || r.q.Model == MCLP {
		reach = limit
	}
	a.Unreachable = r.c.unreachable(r.p, reach)
	a.Shares = nearest(r.p, isOpen, limit)
	if r.p.Capacity != nil {
		a.Shares = r.loadedShares(isOpen, limit, a.Shares)
	}
	a.Unserved = without(unserved(r.p, a.Shares), a.Unreachable)
	a.Value = r.q.value(r.p, a)
	a.prove(bound, r.m)
	return a
}

// unreachable lists the rows that no usable site can serve within a limit.
func (c *candidates) unreachable(p *Problem, limit float64) []int {
	var list []int
	for i := range p.Weight {
		found := false
		for k := p.Costs.First[i]; k < p.Costs.First[i+1] && !found; k++ {
			v := p.Costs.Cost[k]
			found = v <= limit && v <= largest && c.usable(p.Costs.Site[k])
		}
		if !found {
			list = append(list, i)
		}
	}
	return list
}

// nearest assigns every row to the open site with the least cost within the
// limit (the lower number where two are alike).
func nearest(p *Problem, open []bool, limit float64) []Share {
	var shares []Share
	for i, w := range p.Weight {
		best, least := int32(-1), math.Inf(1)
		for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
			j, v := p.Costs.Site[k], p.Costs.Cost[k]
			if open[j] && v <= limit && v <= largest && (v < least || (v == least && j < best)) {
				best, least = j, v
			}
		}
		if best >= 0 {
			shares = append(shares, Share{Row: i, Site: int(best), Weight: w, Cost: least})
		}
	}
	return shares
}

// loadedShares assigns as much weight as the capacities of the open sites allow
// at the least sum of weight × cost. Rows without weight go to the nearest site.
func (r *run) loadedShares(isOpen []bool, limit float64, near []Share) []Share {
	base := math.Inf(1)
	if r.q.Model == PMedian && r.q.Beyond > 0 {
		base = r.q.Beyond
	}
	k, capacity, _ := r.c.loadCore(r.p, 0, limit, base, false)
	open := make([]bool, k.sites())
	for n, j := range k.name {
		open[n] = isOpen[j]
	}
	t := newTransport(k, capacity, open, r.m.unbounded())
	t.solve()
	var shares []Share
	for i, row := range k.row {
		for e := t.first[i]; e < t.first[i+1]-1; e++ {
			if t.held[e] > 0 {
				site := k.name[t.site[t.place[e]]]
				shares = append(shares, Share{Row: int(row), Site: int(site), Weight: t.held[e], Cost: t.cost[e]})
			}
		}
	}
	for _, s := range near {
		if s.Weight == 0 {
			shares = append(shares, s)
		}
	}
	slices.SortFunc(shares, func(a, b Share) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Site, b.Site)) })
	return shares
}

// unserved lists the rows that are not served in full.
func unserved(p *Problem, shares []Share) []int {
	served := make([]float64, len(p.Weight))
	seen := make([]bool, len(p.Weight))
	for _, s := range shares {
		served[s.Row] += s.Weight
		seen[s.Row] = true
	}
	var list []int
	for i, w := range p.Weight {
		if !seen[i] || served[i] < w*(1-1e-9) {
			list = append(list, i)
		}
	}
	return list
}

// without returns an ascending list less the members of another.
func without(list, other []int) []int {
	return slices.DeleteFunc(list, func(i int) bool {
		_, found := slices.BinarySearch(other, i)
		return found
	})
}

// limit is the cost beyond which nobody is served.
func (q *Question) limit() float64 {
	switch {
	case q.Model == LSCP || q.Model == MCLP:
		return q.Limit
	case q.Model == PMedian && q.Beyond > 0:
		return q.Beyond
	}
	return largest
}

// value of an answer by its shares.
func (q *Question) value(p *Problem, a *Answer) float64 {
	sum, worst := 0.0, 0.0
	switch q.Model {
	case LSCP:
		return float64(len(a.Sites))
	case MCLP:
		for _, s := range a.Shares {
			sum += s.Weight
		}
		return sum
	case PMedian:
		left := map[int]float64{}
		for _, i := range a.Unserved {
			left[i] = p.Weight[i]
		}
		for _, s := range a.Shares {
			sum += s.Weight * s.Cost
			if _, short := left[s.Row]; short {
				left[s.Row] -= s.Weight
			}
		}
		for _, i := range a.Unserved {
			sum += max(0, left[i]) * q.Beyond
		}
		return sum
	}
	for _, s := range a.Shares {
		if p.Weight[s.Row] > 0 {
			worst = max(worst, s.Cost)
		}
	}
	return worst
}

// prove fills in bound, gap and whether the answer is proven.
func (a *Answer) prove(bound float64, m *meter) {
	if a.Model == MCLP {
		a.Bound = max(bound, a.Value)
	} else {
		a.Bound = min(bound, a.Value)
	}
	a.Gap = gap(a.Value, a.Bound)
	a.Proven = a.Gap <= 1e-9
	a.Effort = m.steps()
	switch {
	case a.Proven:
		a.Bound, a.Gap, a.Stopped = a.Value, 0, NotStopped
	case m.stopped():
		a.Stopped = m.why()
	default:
		a.Stopped = StoppedGood
	}
}

// gap between a value and its bound, as a share of the larger.
func gap(value, bound float64) float64 {
	if value == bound {
		return 0
	}
	return math.Abs(value-bound) / max(math.Abs(value), math.Abs(bound))
}
