package siting

import (
	"cmp"
	"math"
	"slices"
)

// reachWithin lists the rows that no usable site can serve within a limit.
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
// limit (the lower number where two are alike) and lists the rows that have none.
func nearest(p *Problem, open []bool, limit float64) (shares []Share, unserved []int) {
	for i, w := range p.Weight {
		best, least := int32(-1), math.Inf(1)
		for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
			j, v := p.Costs.Site[k], p.Costs.Cost[k]
			if open[j] && v <= limit && (v < least || (v == least && j < best)) {
				best, least = j, v
			}
		}
		if best < 0 || least > largest {
			unserved = append(unserved, i)
			continue
		}
		shares = append(shares, Share{Row: i, Site: int(best), Weight: w, Cost: least})
	}
	return shares, unserved
}

// finish fills in an answer from the chosen sites and recomputes its value from
// nothing but them.
func (q *Question) finish(p *Problem, c *candidates, sites []int32, a *Answer) {
	a.Model = q.Model
	a.Sites = make([]int, 0, len(sites))
	isOpen := slices.Clone(c.fixed)
	for _, j := range sites {
		a.Sites = append(a.Sites, int(j))
		isOpen[j] = true
	}
	slices.Sort(a.Sites)
	limit := q.limit()
	a.Unreachable = c.unreachable(p, limit)
	shares, unserved := nearest(p, isOpen, limit)
	a.Shares = shares
	a.Unserved = without(unserved, a.Unreachable)
	a.Value = q.value(p, a)
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

// without returns the ascending list less the members of another.
func without(list, other []int) []int {
	return slices.DeleteFunc(list, func(i int) bool {
		_, found := slices.BinarySearchFunc(other, i, cmp.Compare[int])
		return found
	})
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
		for _, s := range a.Shares {
			sum += s.Weight * s.Cost
		}
		for _, i := range a.Unserved {
			sum += p.Weight[i] * q.Beyond
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

// prove fills in bound, gap and whether the answer is proven. The bound is in
// terms of the value.
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
