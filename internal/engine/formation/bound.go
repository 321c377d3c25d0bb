package formation

import (
	"cmp"
	"math"
	"slices"
)

// quickBound is a bound for one component without looking at any zone. Placing m
// nodes in at most z zones costs at least the m − z cheapest links of the
// component's minimum spanning forest, for no forest with as many links is
// shorter; the values are at most the m largest, each less its share of the
// budget penalty; and no total can exceed z times its maximum.
func (s *space) quickBound(c, mostZones int) float64 {
	nodes := s.comps[c]
	z := min(s.mostZones(c), mostZones)
	if z <= 0 {
		return 0
	}
	worth := make([]float64, len(nodes))
	for i, v := range nodes {
		worth[i] = s.worth(v)
	}
	limit := s.filled(nodes, worth, float64(z))
	slices.SortFunc(worth, func(a, b float64) int { return cmp.Compare(b, a) })
	forest := s.forest(nodes)
	perMetre := 0.0
	if s.meanLink > 0 {
		perMetre = s.p.Weights.Strings * s.scale / s.meanLink
	}
	best, sum := 0.0, 0.0
	for m := range worth {
		sum += worth[m]
		// Units, not nodes, are tied by links; a node of several units needs at
		// least as many.
		if k := m - z; k >= 0 && k < len(forest) {
			sum -= perMetre * forest[k]
		}
		best = math.Max(best, sum)
	}
	return math.Min(best, limit)
}

// worth of a node at most: its value less what it adds to the budget penalty,
// and less its share of what each zone costs. A zone that holds a part of the
// maximum of a total pays at least that part.
func (s *space) worth(v int32) float64 {
	out := s.nValue[v]
	if w := &s.p.Weights; w.Budget > 0 && s.meanCost > 0 {
		out -= w.Budget * s.scale * s.nTot[int(v)*s.nT+w.BudgetTotal] / s.meanCost
	}
	if t := s.shareBy; t >= 0 {
		out -= s.p.Weights.Each * s.scale * s.nTot[int(v)*s.nT+t] / s.cap[t]
	}
	return math.Max(0, out)
}

// bestShare is the bounded total by which nodes pay most of what each zone
// costs; −1: none, or nothing to pay.
func (s *space) bestShare() int {
	best, most := -1, 0.0
	if s.p.Weights.Each == 0 {
		return best
	}
	for t := range s.nT {
		if math.IsInf(s.cap[t], 1) || s.cap[t] <= 0 {
			continue
		}
		sum := 0.0
		for v := range s.nodes() {
			sum += s.nTot[v*s.nT+t]
		}
		if sum/s.cap[t] > most {
			best, most = t, sum/s.cap[t]
		}
	}
	return best
}

// filled is the most worth that fits under z times each maximum (fractional
// knapsack, the tightest of all totals).
func (s *space) filled(nodes []int32, worth []float64, z float64) float64 {
	limit := math.Inf(1)
	order := make([]int, len(nodes))
	for t := range s.nT {
		if math.IsInf(s.max[t], 1) {
			continue
		}
		need := 0.0
		for i, v := range nodes {
			order[i] = i
			need += s.nTot[int(v)*s.nT+t]
		}
		if need <= z*s.cap[t] {
			continue
		}
		ratio := func(i int) float64 { return worth[i] / math.Max(1e-300, s.nTot[int(nodes[i])*s.nT+t]) }
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ratio(b), ratio(a)) })
		room, sum := z*s.cap[t], 0.0
		for _, i := range order {
			size := s.nTot[int(nodes[i])*s.nT+t]
			if size > room {
				sum += worth[i] * room / size
				break
			}
			room -= size
			sum += worth[i]
		}
		limit = math.Min(limit, sum)
	}
	return limit
}

// forest is the minimum spanning forest of the nodes over their links: its
// lengths, ascending.
func (s *space) forest(nodes []int32) []float64 {
	type arm struct {
		a, b int32
		len  float64
	}
	local := make(map[int32]int32, len(nodes))
	for i, v := range nodes {
		local[v] = int32(i)
	}
	var arms []arm
	for i, v := range nodes {
		for e := s.aStart[v]; e < s.aStart[v+1]; e++ {
			if j, ok := local[s.aAdj[e]]; ok && int32(i) < j {
				arms = append(arms, arm{int32(i), j, s.aLen[e]})
			}
		}
	}
	slices.SortFunc(arms, func(a, b arm) int { return cmp.Compare(a.len, b.len) })
	joined := newUnion(len(nodes))
	var out []float64
	for _, a := range arms {
		if joined.join(a.a, a.b) {
			out = append(out, a.len)
		}
	}
	return out
}

// bound of the whole: the components' bounds together, and no more than the
// allowed number of zones can hold.
func (r *run) bound() float64 {
	sum := 0.0
	for _, b := range r.compBound {
		sum += b
	}
	if r.jointBound < sum {
		sum = r.jointBound
	}
	return sum
}
