package formation

import (
	"math"
	"slices"
)

// scratch is one worker's memory, so that scoring a zone allocates nothing.
type scratch struct {
	pos   []int32   // per unit: index in the zone being scored, or −1
	units []int32   // the zone being scored
	key   []float64 // cheapest link into the tree
	via   []int32   // that link
	todo  []int32   // units not yet in the tree
	dist  []float64
	done  []bool
	seen  []int32 // per node: stamp
	stamp int32
	work  int64       // steps spent
	stop  func() bool // the caller wants to end
}

func newScratch(s *space) *scratch {
	sc := &scratch{pos: make([]int32, len(s.p.Units)), seen: make([]int32, s.nodes())}
	for i := range sc.pos {
		sc.pos[i] = -1
	}
	return sc
}

func (sc *scratch) stopped() bool { return sc.stop != nil && sc.stop() }

func (sc *scratch) mark() int32 {
	sc.stamp++
	if sc.stamp == math.MaxInt32 {
		clear(sc.seen)
		sc.stamp = 1
	}
	return sc.stamp
}

// score of a zone of nodes, and whether it holds every hard constraint.
func (s *space) score(sc *scratch, nodes []int32) (float64, bool) {
	sc.work += int64(len(nodes)) + 2
	if len(nodes) == 0 {
		return 0, false
	}
	for t := range s.nT {
		sum := 0.0
		for _, v := range nodes {
			sum += s.nTot[int(v)*s.nT+t]
		}
		if sum > s.cap[t] || sum < s.floor[t] {
			return 0, false
		}
	}
	if !s.companions(sc, nodes) {
		return 0, false
	}
	sc.units = sc.units[:0]
	if s.single {
		for _, v := range nodes {
			sc.units = append(sc.units, s.nUnit[v])
		}
	} else {
		for _, v := range nodes {
			sc.units = append(sc.units, s.unitsOf(v)...)
		}
	}
	units := sc.units
	length, connected := s.tree(sc, units)
	if !connected {
		return 0, false
	}
	if d := s.p.MaxDiameterM; d > 0 && over(length, d) && !s.withinDiameter(sc, units, d) {
		return 0, false
	}
	value, x, y, q, k := 0.0, 0.0, 0.0, 0.0, 0.0
	for _, v := range nodes {
		value += s.nValue[v]
		x += s.nX[v]
		y += s.nY[v]
		q += s.nQ[v]
		k += s.nCount[v]
	}
	return value - s.penalties(nodes, length, x, y, q, k).Sum(), true
}

func (s *space) penalties(nodes []int32, length, x, y, q, k float64) Penalties {
	var out Penalties
	w := &s.p.Weights
	out.Each = w.Each * s.scale
	if w.Strings > 0 && s.meanLink > 0 {
		out.Strings = w.Strings * s.scale * length / s.meanLink
	}
	if w.Compact > 0 {
		spread := (q - (x*x+y*y)/k) / k
		if ideal := k * s.meanDist * s.meanDist * discSpread; spread > ideal {
			out.Compact = w.Compact * s.scale * k * (1 - ideal/spread)
		}
	}
	if w.Balance > 0 && s.target > 0 {
		sum := 0.0
		for _, v := range nodes {
			sum += s.nTot[int(v)*s.nT+w.BalanceTotal]
		}
		out.Balance = w.Balance * s.scale * k * math.Min(1, math.Abs(sum-s.target)/s.target)
	}
	if w.Budget > 0 && s.meanCost > 0 {
		sum := 0.0
		for _, v := range nodes {
			sum += s.nTot[int(v)*s.nT+w.BudgetTotal]
		}
		out.Budget = w.Budget * s.scale * sum / s.meanCost
	}
	return out
}

// discSpread is √3/4π: the mean squared distance from the centroid of k points
// of a triangular lattice of spacing d that fill a disc is k·d²·√3/4π.
var discSpread = math.Sqrt(3) / (4 * math.Pi)

// companions checks the apart and together rules.
func (s *space) companions(sc *scratch, nodes []int32) bool {
	if s.apartOf == nil && s.mateOf == nil {
		return true
	}
	stamp := sc.mark()
	for _, v := range nodes {
		sc.seen[v] = stamp
	}
	for _, v := range nodes {
		if s.apartOf != nil {
			for _, w := range s.apartOf[v] {
				if sc.seen[w] == stamp {
					return false
				}
			}
		}
		if s.mateOf != nil && s.mateOf[v] >= 0 {
			for _, w := range s.mates[s.mateOf[v]] {
				if sc.seen[w] != stamp {
					return false
				}
			}
		}
	}
	return true
}

// tree is the length of a minimum spanning tree over the units' own links
// (Prim), and whether there is one. sc.via holds its links afterwards, for all
// units but the first.
func (s *space) tree(sc *scratch, units []int32) (float64, bool) {
	k := len(units)
	for len(sc.key) < k {
		sc.key, sc.via = append(sc.key, 0), append(sc.via, 0)
	}
	key, via, todo := sc.key[:k], sc.via[:k], sc.todo[:0]
	for i, u := range units {
		sc.pos[u] = int32(i)
		key[i] = math.Inf(1)
		if i > 0 {
			todo = append(todo, int32(i))
		}
	}
	length, at := 0.0, int32(0)
	key[0] = 0
	for {
		u := units[at]
		key[at] = -1 // in the tree
		for e := s.uStart[u]; e < s.uStart[u+1]; e++ {
			if j := sc.pos[s.uAdj[e]]; j >= 0 && s.uLen[e] < key[j] {
				key[j], via[j] = s.uLen[e], s.uLink[e]
			}
		}
		if len(todo) == 0 {
			break
		}
		best := 0
		for i, j := range todo {
			if key[j] < key[todo[best]] {
				best = i
			}
		}
		at = todo[best]
		if math.IsInf(key[at], 1) {
			length = math.Inf(1)
			break
		}
		length += key[at]
		todo[best] = todo[len(todo)-1]
		todo = todo[:len(todo)-1]
	}
	sc.todo = todo[:0]
	for _, u := range units {
		sc.pos[u] = -1
	}
	sc.work += int64(k*k/8 + k)
	return length, !math.IsInf(length, 1)
}

// withinDiameter says whether no two units are farther apart than d on the
// shortest walk over the units' own links.
func (s *space) withinDiameter(sc *scratch, units []int32, d float64) bool {
	for i, u := range units {
		sc.pos[u] = int32(i)
	}
	fits := true
	for i := range units {
		far := s.farthest(sc, units, int32(i))
		if over(far, d) {
			fits = false
			break
		}
		if 2*far <= d { // everything is within far of this one
			break
		}
	}
	for _, u := range units {
		sc.pos[u] = -1
	}
	return fits
}

// farthest is the longest of the shortest walks from one unit of the marked zone.
func (s *space) farthest(sc *scratch, units []int32, from int32) float64 {
	k := len(units)
	for len(sc.dist) < k {
		sc.dist, sc.done = append(sc.dist, 0), append(sc.done, false)
	}
	dist, todo := sc.dist[:k], sc.todo[:0]
	for i := range dist {
		dist[i] = math.Inf(1)
		todo = append(todo, int32(i))
	}
	dist[from] = 0
	far := 0.0
	for len(todo) > 0 {
		best := 0
		for i, j := range todo {
			if dist[j] < dist[todo[best]] {
				best = i
			}
		}
		at := todo[best]
		todo[best] = todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		far = dist[at]
		if math.IsInf(far, 1) {
			break
		}
		u := units[at]
		for e := s.uStart[u]; e < s.uStart[u+1]; e++ {
			if j := sc.pos[s.uAdj[e]]; j >= 0 && far+s.uLen[e] < dist[j] {
				dist[j] = far + s.uLen[e]
			}
		}
	}
	sc.todo = todo[:0]
	sc.work += int64(k*k/8 + k)
	return far
}

// wholeDiameter measures the walking diameter of a connected set of units.
func (s *space) wholeDiameter(units []int32) float64 {
	sc := newScratch(s)
	for i, u := range units {
		sc.pos[u] = int32(i)
	}
	far := 0.0
	for i := range units {
		far = math.Max(far, s.farthest(sc, units, int32(i)))
	}
	return far
}

// partsOf splits units into the parts that their own links tie together.
func (s *space) partsOf(units []int32) [][]int32 {
	in := make(map[int32]bool, len(units))
	for _, u := range units {
		in[u] = true
	}
	var parts [][]int32
	for _, first := range units {
		if !in[first] {
			continue
		}
		delete(in, first)
		part := []int32{first}
		for i := 0; i < len(part); i++ {
			u := part[i]
			for e := s.uStart[u]; e < s.uStart[u+1]; e++ {
				if v := s.uAdj[e]; in[v] {
					delete(in, v)
					part = append(part, v)
				}
			}
		}
		slices.Sort(part)
		parts = append(parts, part)
	}
	return parts
}

// Scores says what the objective gives for sets of units of a valid problem,
// whatever totals they break; NaN for one that is not contiguous.
func Scores(p Problem, zones [][]int32) []float64 {
	target := newSpace(p).target
	bare := p
	bare.Totals = make([]TotalRule, len(p.Totals))
	bare.Locked, bare.Together, bare.Apart, bare.KeepWithin, bare.MaxDiameterM = nil, nil, nil, false, 0
	s := newSpace(bare)
	s.target = target
	sc := newScratch(s)
	out := make([]float64, len(zones))
	for i, units := range zones {
		score, ok := s.score(sc, s.nodesOf(units))
		if out[i] = score; !ok {
			out[i] = math.NaN()
		}
	}
	return out
}
