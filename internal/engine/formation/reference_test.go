package formation

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// This file is a second opinion: it shares no code with the search. It reads the
// problem as the documentation says it and answers slowly.

// refLinks are the shortest links of every pair.
func refLinks(p Problem) map[[2]int32]float64 {
	out := map[[2]int32]float64{}
	for _, l := range p.Links {
		if l.A == l.B {
			continue
		}
		k := [2]int32{min(l.A, l.B), max(l.A, l.B)}
		if d, ok := out[k]; !ok || l.LengthM < d {
			out[k] = l.LengthM
		}
	}
	return out
}

// refCheck returns what a proposed zone breaks, "" when nothing.
func refCheck(p Problem, links map[[2]int32]float64, zone []int32) string {
	if len(zone) == 0 {
		return "no units"
	}
	in := map[int32]int{}
	for i, u := range zone {
		if _, twice := in[u]; twice {
			return fmt.Sprintf("unit %d twice", u)
		}
		in[u] = i
	}
	for _, z := range p.Locked {
		for _, u := range z {
			if _, ok := in[u]; ok {
				return fmt.Sprintf("unit %d is locked", u)
			}
		}
	}
	for t, r := range p.Totals {
		sum := 0.0
		for _, u := range zone {
			sum += p.Units[u].Totals[t]
		}
		if sum < r.Min-1e-6 {
			return fmt.Sprintf("total %d: %v < %v", t, sum, r.Min)
		}
		if r.Max != 0 && sum > r.Max+1e-6 {
			return fmt.Sprintf("total %d: %v > %v", t, sum, r.Max)
		}
	}
	if p.KeepWithin {
		for _, u := range zone {
			if w := p.Units[u].Within; w < 0 || w != p.Units[zone[0]].Within {
				return fmt.Sprintf("unit %d within %d", u, w)
			}
		}
	}
	k := len(zone)
	dist := make([][]float64, k)
	for i := range dist {
		dist[i] = make([]float64, k)
		for j := range dist[i] {
			if i != j {
				dist[i][j] = math.Inf(1)
				if d, ok := links[[2]int32{min(zone[i], zone[j]), max(zone[i], zone[j])}]; ok {
					dist[i][j] = d
				}
			}
		}
	}
	for m := range k {
		for i := range k {
			for j := range k {
				dist[i][j] = math.Min(dist[i][j], dist[i][m]+dist[m][j])
			}
		}
	}
	for i := range k {
		for j := range k {
			if math.IsInf(dist[i][j], 1) {
				return fmt.Sprintf("units %d and %d are not connected", zone[i], zone[j])
			}
			if p.MaxDiameterM > 0 && dist[i][j] > p.MaxDiameterM+1e-6 {
				return fmt.Sprintf("units %d and %d are %v m apart", zone[i], zone[j], dist[i][j])
			}
		}
	}
	for _, q := range p.Together {
		_, a := in[q[0]]
		_, b := in[q[1]]
		if a != b {
			return fmt.Sprintf("together %v", q)
		}
	}
	for _, q := range p.Apart {
		_, a := in[q[0]]
		_, b := in[q[1]]
		if a && b {
			return fmt.Sprintf("apart %v", q)
		}
	}
	return ""
}

// refScore is the objective as the package documentation gives it.
func refScore(p Problem, links map[[2]int32]float64, zone []int32) float64 {
	mean, meanLink, meanDist, meanCost := 0.0, 0.0, 0.0, 0.0
	for _, u := range p.Units {
		mean += u.Value / float64(len(p.Units))
		if p.Weights.Budget > 0 {
			meanCost += u.Totals[p.Weights.BudgetTotal] / float64(len(p.Units))
		}
	}
	if mean == 0 {
		mean = 1
	}
	for _, l := range p.Links {
		meanLink += l.LengthM / float64(len(p.Links))
		meanDist += math.Hypot(p.Units[l.A].X-p.Units[l.B].X, p.Units[l.A].Y-p.Units[l.B].Y) / float64(len(p.Links))
	}
	k := float64(len(zone))
	value, x, y := 0.0, 0.0, 0.0
	for _, u := range zone {
		value += p.Units[u].Value
		x += p.Units[u].X / k
		y += p.Units[u].Y / k
	}
	// Kruskal.
	type edge struct {
		a, b int
		len  float64
	}
	var edges []edge
	for i, a := range zone {
		for j, b := range zone[:i] {
			if d, ok := links[[2]int32{min(a, b), max(a, b)}]; ok {
				edges = append(edges, edge{i, j, d})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if a.len < b.len {
			return -1
		}
		return 1
	})
	part := make([]int, len(zone))
	for i := range part {
		part[i] = i
	}
	length := 0.0
	for _, e := range edges {
		if a, b := part[e.a], part[e.b]; a != b {
			length += e.len
			for i := range part {
				if part[i] == b {
					part[i] = a
				}
			}
		}
	}
	w := p.Weights
	score := value - w.Each*mean
	if meanLink > 0 {
		score -= w.Strings * mean * length / meanLink
	}
	spread := 0.0
	for _, u := range zone {
		spread += (math.Pow(p.Units[u].X-x, 2) + math.Pow(p.Units[u].Y-y, 2)) / k
	}
	if ideal := k * meanDist * meanDist * math.Sqrt(3) / (4 * math.Pi); spread > ideal {
		score -= w.Compact * mean * k * (1 - ideal/spread)
	}
	if w.Balance > 0 {
		target := w.BalanceTarget
		if r := p.Totals[w.BalanceTotal]; target == 0 && r.Min > 0 && r.Max > 0 && !math.IsInf(r.Max, 1) {
			target = (r.Min + r.Max) / 2
		}
		sum := 0.0
		for _, u := range zone {
			sum += p.Units[u].Totals[w.BalanceTotal]
		}
		if target > 0 {
			score -= w.Balance * mean * k * math.Min(1, math.Abs(sum-target)/target)
		}
	}
	if w.Budget > 0 && meanCost > 0 {
		for _, u := range zone {
			score -= w.Budget * mean * p.Units[u].Totals[w.BudgetTotal] / meanCost
		}
	}
	return score
}

// refBest is the best value for every number of proposed zones (−Inf: cannot be),
// by dynamic programming over subsets. At most 25 units; ok is false when there
// are too many zones or states to be patient for.
func refBest(p Problem) (best []float64, ok bool) {
	n := len(p.Units)
	links := refLinks(p)
	adj := make([]uint32, n)
	for l := range links {
		adj[l[0]] |= 1 << l[1]
		adj[l[1]] |= 1 << l[0]
	}
	locked := uint32(0)
	for _, z := range p.Locked {
		for _, u := range z {
			locked |= 1 << u
		}
	}
	tooMuch := func(set uint32) bool {
		for t, r := range p.Totals {
			sum := 0.0
			for m := set; m != 0; m &= m - 1 {
				sum += p.Units[bits.TrailingZeros32(m)].Totals[t]
			}
			if r.Max > 0 && sum > r.Max+1e-6 {
				return true
			}
		}
		return false
	}
	type candidate struct {
		set   uint32
		score float64
	}
	byLowest := make([][]candidate, n)
	seen := map[uint32]bool{}
	var queue []uint32
	for u := range n {
		if s := uint32(1) << u; s&locked == 0 && !tooMuch(s) {
			seen[s] = true
			queue = append(queue, s)
		}
	}
	for i := 0; i < len(queue); i++ {
		if len(queue) > 300_000 {
			return nil, false
		}
		s := queue[i]
		var zone []int32
		around := uint32(0)
		for m := s; m != 0; m &= m - 1 {
			u := bits.TrailingZeros32(m)
			zone = append(zone, int32(u))
			around |= adj[u]
		}
		if refCheck(p, links, zone) == "" {
			low := zone[0]
			byLowest[low] = append(byLowest[low], candidate{s, refScore(p, links, zone)})
		}
		for m := around &^ s &^ locked; m != 0; m &= m - 1 {
			if next := s | m&-m; !seen[next] && !tooMuch(next) {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	// memo[set]: best by number of zones inside the set of units still open.
	memo := map[uint32][]float64{0: {0}}
	var solve func(set uint32) []float64
	solve = func(set uint32) []float64 {
		if out, had := memo[set]; had {
			return out
		}
		if len(memo) > 400_000 {
			return nil
		}
		u := bits.TrailingZeros32(set)
		out := slices.Clone(solve(set &^ (1 << u)))
		for _, c := range byLowest[u] {
			if c.set&^set != 0 {
				continue
			}
			for k, v := range solve(set &^ c.set) {
				for len(out) <= k+1 {
					out = append(out, math.Inf(-1))
				}
				out[k+1] = math.Max(out[k+1], v+c.score)
			}
		}
		memo[set] = out
		return out
	}
	best = solve((uint32(1)<<n - 1) &^ locked)
	return best, len(memo) <= 400_000
}

// refOptimum is the best value and how many zones are missing to MinZones at least.
func refOptimum(p Problem) (value float64, short int, ok bool) {
	best, ok := refBest(p)
	if !ok {
		return 0, 0, false
	}
	lo, hi := max(0, p.MinZones-len(p.Locked)), math.MaxInt
	if p.MaxZones > 0 {
		hi = p.MaxZones - len(p.Locked)
	}
	most := 0
	for k, v := range best {
		if k <= hi && !math.IsInf(v, -1) {
			most = max(most, k)
		}
	}
	short = max(0, lo-most)
	value = math.Inf(-1)
	for k, v := range best {
		if k <= hi && k >= lo-short {
			value = math.Max(value, v)
		}
	}
	return value, short, true
}
