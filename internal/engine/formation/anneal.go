package formation

import (
	"math"
	"math/rand/v2"
	"slices"
)

// patch is a part of the state that one worker improves on its own: some zones,
// whole, and nodes outside any zone.
type patch struct {
	nodes  []int32
	zones  []zone
	lo, hi int // number of zones allowed
}

func (p *patch) value() float64 {
	sum := 0.0
	for _, z := range p.zones {
		sum += z.score
	}
	return sum
}

// annealer improves a patch by small moves: a node joins, leaves, changes zone
// or trades places with another; a full zone ejects one to take another in; two
// zones are merged and split again along a random spanning tree. Worse states
// are accepted with falling probability (simulated annealing); the best one seen
// is returned. It suits zones of many members, where listing sets is hopeless.
type annealer struct {
	s   *space
	sc  *scratch
	rng *rand.Rand
	own []int32 // per node: local zone, −1 outside, −2 not in the patch

	nodes  []int32
	zones  []zone // nodes nil: slot is free
	count  int
	lo, hi int
	value  float64
	temp   float64

	best      []zone
	bestValue float64
	bestShort int
	saved     bool
	fresh     bool // the current state is better than best and not yet saved

	a, b, c []int32 // trial zones
	order   []int32
	parent  []int32
	weigh   []float64
	sums    []float64
	grow    grower
}

func newAnnealer(s *space, sc *scratch) *annealer {
	x := &annealer{s: s, sc: sc, own: make([]int32, s.nodes())}
	for i := range x.own {
		x.own[i] = -2
	}
	x.grow = grower{s: s, sc: sc}
	return x
}

// improve returns the zones of the best state seen and whether it is better.
func (x *annealer) improve(p patch, rng *rand.Rand, moves int, hot, cold float64) ([]zone, bool) {
	x.rng, x.nodes, x.lo, x.hi = rng, p.nodes, p.lo, p.hi
	x.grow.rng, x.grow.noise = rng, 0.5
	for _, v := range p.nodes {
		x.own[v] = -1
	}
	x.zones, x.count, x.value = x.zones[:0], 0, 0
	for _, z := range p.zones {
		x.put(zone{slices.Clone(z.nodes), z.score})
	}
	x.best, x.bestValue, x.bestShort, x.fresh, x.saved = nil, x.value, x.short(), false, false
	ratio := math.Pow(cold/hot, 1/math.Max(1, float64(moves)))
	x.temp = hot * x.s.scale
	for i := range moves {
		if i&255 == 255 && x.sc.stopped() {
			break
		}
		x.move()
		x.temp *= ratio
	}
	x.save()
	for _, v := range p.nodes {
		x.own[v] = -2
	}
	return x.best, x.saved
}

func (x *annealer) short() int { return max(0, x.lo-x.count) }

// save keeps the current state when it is the best so far; called before it is
// left for a worse one, so that a climb costs one copy.
func (x *annealer) save() {
	if !x.fresh {
		return
	}
	x.fresh, x.saved = false, true
	x.best, x.bestValue, x.bestShort = x.best[:0], x.value, x.short()
	for _, z := range x.zones {
		if z.nodes != nil {
			x.best = append(x.best, zone{slices.Clone(z.nodes), z.score})
		}
	}
}

// accept decides on a move that changes the value by delta and the number of
// zones by more.
func (x *annealer) accept(delta float64, more int) bool {
	if after := x.count + more; after > x.hi || (after < x.lo && more < 0) {
		return false
	}
	if x.count < x.lo && more > 0 { // a zone that is asked for is worth its price
		x.save()
		return true
	}
	if delta >= 0 {
		return true
	}
	if delta < -20*x.temp || x.rng.Float64() >= math.Exp(delta/x.temp) {
		return false
	}
	x.save()
	return true
}

func (x *annealer) settle(delta float64) {
	x.value += delta
	short := x.short()
	x.fresh = short < x.bestShort || (short == x.bestShort && x.value > x.bestValue+1e-9*x.s.scale)
}

func (x *annealer) put(z zone) {
	slot := slices.IndexFunc(x.zones, func(z zone) bool { return z.nodes == nil })
	if slot < 0 {
		slot = len(x.zones)
		x.zones = append(x.zones, zone{})
	}
	x.zones[slot] = z
	for _, v := range z.nodes {
		x.own[v] = int32(slot)
	}
	x.count++
	x.value += z.score
}

func (x *annealer) drop(slot int32) {
	x.value -= x.zones[slot].score
	x.zones[slot] = zone{}
	x.count--
}

// reset gives a zone other members.
func (x *annealer) reset(slot int32, nodes []int32, score float64) {
	z := &x.zones[slot]
	z.nodes = append(z.nodes[:0], nodes...)
	z.score = score
	for _, v := range nodes {
		x.own[v] = slot
	}
}

func (x *annealer) move() {
	s := x.s
	x.sc.work += 4
	v := x.nodes[x.rng.IntN(len(x.nodes))]
	if s.mateOf != nil && s.mateOf[v] >= 0 {
		return
	}
	from := x.own[v]
	dice := x.rng.Float64()
	near := s.around(v)
	if len(near) == 0 {
		if from < 0 {
			x.found(v)
		}
		return
	}
	w := near[x.rng.IntN(len(near))]
	to := x.own[w]
	switch {
	case to == -2:
	case from < 0 && to < 0:
		if dice < 0.1 {
			x.found(v)
		}
	case from < 0:
		x.insert(v, to)
	case to < 0:
		if dice < 0.3 {
			x.leave(v)
		}
	case from == to:
		switch {
		case dice < 0.02:
			x.split(from, from)
		case dice < 0.06:
			x.leave(v)
		}
	case dice < 0.02:
		x.split(from, to)
	default:
		x.shift(v, w)
	}
}

// found grows a new zone from outside nodes around v.
func (x *annealer) found(v int32) {
	if x.count >= x.hi {
		return
	}
	z, ok := x.grow.grow([]int32{v}, func(w int32) bool { return x.own[w] == -1 })
	if ok && x.accept(z.score, 1) {
		x.put(z)
		x.settle(0)
	}
}

func without(dst, nodes []int32, v int32) []int32 {
	dst = dst[:0]
	for _, w := range nodes {
		if w != v {
			dst = append(dst, w)
		}
	}
	return dst
}

func (x *annealer) leave(v int32) {
	slot := x.own[v]
	z := &x.zones[slot]
	if len(z.nodes) == 1 {
		if x.accept(-z.score, -1) {
			x.own[v] = -1
			x.drop(slot)
			x.settle(0)
		}
		return
	}
	x.a = without(x.a, z.nodes, v)
	score, ok := x.s.score(x.sc, x.a)
	if ok && x.accept(score-z.score, 0) {
		delta := score - z.score
		x.own[v] = -1
		x.reset(slot, x.a, score)
		x.settle(delta)
	}
}

// insert puts an outside node into a zone; a full zone ejects another for it,
// which may find a place in a third.
func (x *annealer) insert(v, to int32) {
	z := &x.zones[to]
	x.b = append(append(x.b[:0], z.nodes...), v)
	if score, ok := x.s.score(x.sc, x.b); ok {
		if delta := score - z.score; x.accept(delta, 0) {
			x.reset(to, x.b, score)
			x.settle(delta)
		}
		return
	}
	x.eject(v, to)
}

func (x *annealer) eject(v, to int32) {
	s := x.s
	z := &x.zones[to]
	out := z.nodes[x.rng.IntN(len(z.nodes))]
	if s.mateOf != nil && s.mateOf[out] >= 0 {
		return
	}
	x.b = append(without(x.b, z.nodes, out), v)
	score, ok := s.score(x.sc, x.b)
	if !ok {
		return
	}
	delta := score - z.score
	// Where could the ejected one go?
	third, thirdScore := int32(-1), 0.0
	last := to
	for _, w := range s.around(out) {
		slot := x.own[w]
		if slot < 0 || slot == last || slot == to {
			continue
		}
		last = slot
		x.c = append(append(x.c[:0], x.zones[slot].nodes...), out)
		if sc, ok := s.score(x.sc, x.c); ok && sc-x.zones[slot].score > thirdScore {
			third, thirdScore = slot, sc-x.zones[slot].score
		}
	}
	if !x.accept(delta+thirdScore, 0) {
		return
	}
	x.own[out] = -1
	x.reset(to, x.b, score)
	if third >= 0 {
		x.c = append(append(x.c[:0], x.zones[third].nodes...), out)
		x.reset(third, x.c, x.zones[third].score+thirdScore)
	}
	x.settle(delta + thirdScore)
}

// shift moves v into the zone of its neighbour w; when one of the two zones
// does not bear it, the two trade v against a node of the other zone.
func (x *annealer) shift(v, w int32) {
	s := x.s
	from, to := x.own[v], x.own[w]
	za, zb := &x.zones[from], &x.zones[to]
	x.a = without(x.a, za.nodes, v)
	x.b = append(append(x.b[:0], zb.nodes...), v)
	sb, okB := s.score(x.sc, x.b)
	if okB && len(x.a) == 0 {
		if delta := sb - za.score - zb.score; x.accept(delta, -1) {
			x.drop(from)
			x.value -= zb.score
			x.reset(to, x.b, sb)
			x.value += sb
			x.settle(0)
		}
		return
	}
	if okB {
		if sa, okA := s.score(x.sc, x.a); okA {
			if delta := sa + sb - za.score - zb.score; x.accept(delta, 0) {
				x.reset(from, x.a, sa)
				x.reset(to, x.b, sb)
				x.settle(delta)
			}
			return
		}
	}
	out := zb.nodes[x.rng.IntN(len(zb.nodes))]
	if !x.touches(out, from, v) || (s.mateOf != nil && s.mateOf[out] >= 0) {
		return
	}
	x.a = append(x.a, out)
	x.b = append(without(x.b, zb.nodes, out), v)
	sa, okA := s.score(x.sc, x.a)
	if !okA {
		return
	}
	if sb, okB = s.score(x.sc, x.b); !okB {
		return
	}
	if delta := sa + sb - za.score - zb.score; x.accept(delta, 0) {
		x.reset(from, x.a, sa)
		x.reset(to, x.b, sb)
		x.settle(delta)
	}
}

// touches says whether v has a neighbour in the zone other than one node.
func (x *annealer) touches(v, slot, but int32) bool {
	for _, w := range x.s.around(v) {
		if x.own[w] == slot && w != but {
			return true
		}
	}
	return false
}

// split draws a random spanning tree over two neighbouring zones (or one), and
// cuts it where both halves are zones; without such a cut, or by chance, the two
// become one.
func (x *annealer) split(one, two int32) {
	s := x.s
	same := one == two
	if same && x.count >= x.hi {
		return
	}
	before := x.zones[one].score
	if !same {
		before += x.zones[two].score
	}
	x.spanningTree(one, two)
	k := len(x.order)
	if !same && x.rng.IntN(3) == 0 {
		if score, ok := s.score(x.sc, x.order); ok && x.accept(score-before, -1) {
			x.drop(two)
			x.value -= x.zones[one].score
			x.c = append(x.c[:0], x.order...)
			x.reset(one, x.c, score)
			x.value += score
			x.settle(0)
			return
		}
	}
	sums := append(x.sums[:0], make([]float64, k*s.nT)...)
	x.sums = sums
	for i := k - 1; i >= 0; i-- {
		v := x.order[i]
		for t := range s.nT {
			sums[i*s.nT+t] += s.nTot[int(v)*s.nT+t]
			if i > 0 {
				sums[int(x.parent[i])*s.nT+t] += sums[i*s.nT+t]
			}
		}
	}
	// Of the cuts that keep the totals, the best of a few.
	best, bestA, bestB, cut := math.Inf(-1), 0.0, 0.0, -1
	tries := 0
	begin := 1
	if k > 1 {
		begin = 1 + x.rng.IntN(k-1)
	}
	for step := 0; step < k-1 && tries < 4; step++ {
		i := 1 + (begin-1+step)%(k-1)
		fits := true
		for t := range s.nT {
			below := sums[i*s.nT+t]
			above := sums[t] - below
			fits = fits && below >= s.floor[t] && below <= s.cap[t] && above >= s.floor[t] && above <= s.cap[t]
		}
		if !fits {
			continue
		}
		tries++
		x.halves(i)
		sa, ok := s.score(x.sc, x.a)
		if !ok {
			continue
		}
		if sb, ok := s.score(x.sc, x.b); ok && sa+sb > best {
			best, bestA, bestB, cut = sa+sb, sa, sb, i
		}
	}
	if cut < 0 {
		return
	}
	delta := best - before
	if same {
		if !x.accept(delta, 1) {
			return
		}
		x.halves(cut)
		x.value -= before
		x.reset(one, x.a, bestA)
		x.value += bestA
		x.put(zone{slices.Clone(x.b), bestB})
		x.settle(0)
		return
	}
	if x.accept(delta, 0) {
		x.halves(cut)
		x.reset(one, x.a, bestA)
		x.reset(two, x.b, bestB)
		x.settle(delta)
	}
}

// spanningTree orders the nodes of the two zones so that each comes after its
// parent; links are drawn with a preference for short ones.
func (x *annealer) spanningTree(one, two int32) {
	s := x.s
	x.c = append(x.c[:0], x.zones[one].nodes...)
	if one != two {
		x.c = append(x.c, x.zones[two].nodes...)
	}
	x.order, x.parent = x.order[:0], x.parent[:0]
	x.weigh = x.weigh[:0]
	// Prim with random keys; the sets are small. a holds waiting nodes, b their parents.
	stamp := x.sc.mark()
	in := func(v int32) bool { return x.own[v] == one || x.own[v] == two }
	x.a, x.b = x.a[:0], x.b[:0]
	root := x.c[x.rng.IntN(len(x.c))]
	x.order, x.parent = append(x.order, root), append(x.parent, -1)
	x.sc.seen[root] = stamp
	at := int32(0)
	for {
		v := x.order[at]
		for e := s.aStart[v]; e < s.aStart[v+1]; e++ {
			if w := s.aAdj[e]; in(w) && x.sc.seen[w] != stamp {
				x.a, x.b = append(x.a, w), append(x.b, at)
				x.weigh = append(x.weigh, s.aLen[e]*(0.3+x.rng.Float64()))
			}
		}
		best := -1
		for i := 0; i < len(x.a); i++ {
			if x.sc.seen[x.a[i]] == stamp {
				last := len(x.a) - 1
				x.a[i], x.b[i], x.weigh[i] = x.a[last], x.b[last], x.weigh[last]
				x.a, x.b, x.weigh = x.a[:last], x.b[:last], x.weigh[:last]
				i--
				continue
			}
			if best < 0 || x.weigh[i] < x.weigh[best] {
				best = i
			}
		}
		x.sc.work += int64(len(x.a))
		if best < 0 {
			return
		}
		w := x.a[best]
		x.sc.seen[w] = stamp
		x.order, x.parent = append(x.order, w), append(x.parent, x.b[best])
		at = int32(len(x.order) - 1)
	}
}

// halves puts what hangs below tree node i into b and the rest into a.
func (x *annealer) halves(i int) {
	k := len(x.order)
	below := append(x.weigh[:0], make([]float64, k)...)
	x.weigh = below
	x.a, x.b = x.a[:0], x.b[:0]
	for j := range k {
		if j == i || (j > i && below[x.parent[j]] > 0) {
			below[j] = 1
			x.b = append(x.b, x.order[j])
		} else {
			x.a = append(x.a, x.order[j])
		}
	}
}
