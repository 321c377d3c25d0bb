package formation

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// grower grows one zone at a time out of nodes that nobody owns.
type grower struct {
	s     *space
	sc    *scratch
	rng   *rand.Rand // nil: no noise
	noise float64
	brief bool // stop as soon as the minimums are reached
	sums  []float64
	front []int32
	reach []float64 // per frontier node: cheapest link into the zone
	nodes []int32
}

// grow makes a zone from the given nodes and those around them that are free,
// and returns the best of all stages of growth (nil when none is a zone).
// The nodes it returns are a copy.
func (g *grower) grow(from []int32, free func(int32) bool) (zone, bool) {
	s, sc := g.s, g.sc
	g.nodes, g.front, g.reach = g.nodes[:0], g.front[:0], g.reach[:0]
	g.sums = append(g.sums[:0], make([]float64, s.nT)...)
	stamp := sc.mark()
	add := func(v int32) {
		g.nodes = append(g.nodes, v)
		for t := range s.nT {
			g.sums[t] += s.nTot[int(v)*s.nT+t]
		}
		for e := s.aStart[v]; e < s.aStart[v+1]; e++ {
			w := s.aAdj[e]
			if sc.seen[w] == stamp {
				if i := slices.Index(g.front, w); i >= 0 && s.aLen[e] < g.reach[i] {
					g.reach[i] = s.aLen[e]
				}
				continue
			}
			if free(w) && (s.mateOf == nil || s.mateOf[w] < 0) {
				sc.seen[w] = stamp
				g.front, g.reach = append(g.front, w), append(g.reach, s.aLen[e])
			}
		}
	}
	for _, v := range from {
		sc.seen[v] = stamp
	}
	for _, v := range from {
		add(v)
	}
	best, bestSize := math.Inf(-1), 0
	judge := func() {
		for t := range s.nT {
			if g.sums[t] < s.floor[t] {
				return
			}
		}
		keep := sc.stamp
		if score, ok := s.score(sc, g.nodes); ok && score > best {
			best, bestSize = score, len(g.nodes)
		}
		if sc.stamp != keep { // companions() used the stamps: set ours again
			stamp = g.restamp()
		}
	}
	judge()
	for len(g.front) > 0 && !(g.brief && bestSize > 0) {
		sc.work += int64(len(g.front))
		pick, pickKey := -1, math.Inf(1)
		for i := 0; i < len(g.front); i++ {
			v := g.front[i]
			if !g.fits(v) {
				g.dropFront(i)
				i--
				continue
			}
			if key := g.attraction(v, g.reach[i], free); key < pickKey {
				pick, pickKey = i, key
			}
		}
		if pick < 0 {
			break
		}
		v := g.front[pick]
		g.dropFront(pick)
		if d := s.p.MaxDiameterM; d > 0 && !g.near(v, d) {
			continue
		}
		add(v)
		judge()
	}
	if bestSize == 0 {
		return zone{}, false
	}
	return zone{slices.Clone(g.nodes[:bestSize]), best}, true
}

func (g *grower) restamp() int32 {
	stamp := g.sc.mark()
	for _, v := range g.nodes {
		g.sc.seen[v] = stamp
	}
	for _, v := range g.front {
		g.sc.seen[v] = stamp
	}
	return stamp
}

func (g *grower) dropFront(i int) {
	k := len(g.front) - 1
	g.front[i], g.reach[i] = g.front[k], g.reach[k]
	g.front, g.reach = g.front[:k], g.reach[:k]
}

func (g *grower) fits(v int32) bool {
	s := g.s
	for t := range s.nT {
		if g.sums[t]+s.nTot[int(v)*s.nT+t] > s.cap[t] {
			return false
		}
	}
	if s.apartOf != nil {
		for _, w := range s.apartOf[v] {
			if slices.Contains(g.nodes, w) {
				return false
			}
		}
	}
	return true
}

// near says whether the zone with v still keeps the walking diameter. A later
// unit could open a shorter walk; growth does not wait for it.
func (g *grower) near(v int32, d float64) bool {
	units := g.sc.units[:0]
	for _, w := range g.nodes {
		units = append(units, g.s.unitsOf(w)...)
	}
	units = append(units, g.s.unitsOf(v)...)
	g.sc.units = units
	return g.s.withinDiameter(g.sc, units, d)
}

// attraction is lower for what should join first: near, valuable, and with few
// others to go to.
func (g *grower) attraction(v int32, link float64, free func(int32) bool) float64 {
	s := g.s
	elsewhere := 0
	for _, w := range s.around(v) {
		if free(w) {
			elsewhere++
		}
	}
	key := 0.15*float64(elsewhere) - 0.3*s.nValue[v]/s.scale
	if s.meanLink > 0 {
		key += (0.2 + s.p.Weights.Strings) * link / s.meanLink
	}
	if s.p.Weights.Compact > 0 && s.meanDist > 0 {
		x, y, k := 0.0, 0.0, 0.0
		for _, w := range g.nodes {
			x += s.nX[w]
			y += s.nY[w]
			k += s.nCount[w]
		}
		d := math.Hypot(s.nX[v]/s.nCount[v]-x/k, s.nY[v]/s.nCount[v]-y/k)
		key += s.p.Weights.Compact * d / s.meanDist
	}
	if g.rng != nil {
		key += g.noise * g.rng.Float64()
	}
	return key
}

// joined links nodes that must go together through free nodes: from the first
// by shortest hops to each of the others.
func (g *grower) joined(mates []int32, free func(int32) bool) []int32 {
	s := g.s
	out := []int32{mates[0]}
	for _, goal := range mates[1:] {
		if slices.Contains(out, goal) {
			continue
		}
		from := map[int32]int32{}
		queue := slices.Clone(out)
		for _, v := range out {
			from[v] = -1
		}
		found := false
		for i := 0; i < len(queue) && !found; i++ {
			for _, w := range s.around(queue[i]) {
				if _, had := from[w]; had || !free(w) || (s.mateOf[w] >= 0 && s.mateOf[w] != s.mateOf[goal]) {
					continue
				}
				from[w] = queue[i]
				queue = append(queue, w)
				if w == goal {
					found = true
					break
				}
			}
		}
		if !found {
			return nil
		}
		for v := goal; from[v] >= 0; v = from[v] {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// greedy is the first answer: zones grown one after the other from the node
// that has the fewest free neighbours left, then whatever still fits is taken in.
func (s *space) greedy(sc *scratch, brief bool) *state {
	st := newState(s)
	g := &grower{s: s, sc: sc, brief: brief}
	free := func(v int32) bool { return st.zoneOf[v] < 0 }
	take := func(from []int32) bool {
		z, ok := g.grow(from, free)
		if ok && (z.score > 0 || st.count < s.loZones) {
			st.add(z)
			return true
		}
		return false
	}
	for _, mates := range s.mates {
		if from := g.joined(mates, free); from != nil {
			take(from)
		}
	}
	most := 0
	degree := make([]int, s.nodes())
	for v := range degree {
		degree[v] = int(s.aStart[v+1] - s.aStart[v])
		most = max(most, degree[v])
	}
	buckets := make([][]int32, most+1)
	for v := s.nodes() - 1; v >= 0; v-- {
		buckets[degree[v]] = append(buckets[degree[v]], int32(v))
	}
	tried := make([]bool, s.nodes())
	for low := 0; low <= most; {
		k := len(buckets[low])
		if k == 0 {
			low++
			continue
		}
		v := buckets[low][k-1]
		buckets[low] = buckets[low][:k-1]
		if !free(v) || tried[v] || degree[v] != low || (s.mateOf != nil && s.mateOf[v] >= 0) {
			continue
		}
		tried[v] = true
		if !take([]int32{v}) {
			continue
		}
		for _, a := range st.slots[st.zoneOf[v]].nodes {
			for _, w := range s.around(a) {
				if free(w) {
					degree[w]--
					buckets[degree[w]] = append(buckets[degree[w]], w)
					low = min(low, degree[w])
				}
			}
		}
	}
	s.absorb(sc, st)
	s.thin(st)
	return st
}

// absorb lets zones take in the nodes beside them that raise their score.
func (s *space) absorb(sc *scratch, st *state) {
	var trial []int32
	for again, rounds := true, 0; again && rounds < 5; rounds++ {
		again = false
		for v := range int32(s.nodes()) {
			if st.zoneOf[v] >= 0 || (s.mateOf != nil && s.mateOf[v] >= 0) {
				continue
			}
			var best zone
			gain, into, last := 1e-9*s.scale, int32(-1), int32(-1)
			for _, w := range s.around(v) {
				slot := st.zoneOf[w]
				if slot < 0 || slot == last {
					continue
				}
				last = slot
				trial = append(append(trial[:0], st.slots[slot].nodes...), v)
				if score, ok := s.score(sc, trial); ok && score-st.slots[slot].score > gain {
					gain, into = score-st.slots[slot].score, slot
					best = zone{slices.Clone(trial), score}
				}
			}
			if into >= 0 {
				st.remove(into)
				st.add(best)
				again = true
			}
		}
	}
}

// thin keeps the best zones when there are more than may be.
func (s *space) thin(st *state) {
	if st.count <= s.hiZones {
		return
	}
	var slots []int32
	for i, z := range st.slots {
		if z.nodes != nil {
			slots = append(slots, int32(i))
		}
	}
	slices.SortStableFunc(slots, func(a, b int32) int { return cmp.Compare(st.slots[b].score, st.slots[a].score) })
	for _, slot := range slots[s.hiZones:] {
		st.remove(slot)
	}
}
