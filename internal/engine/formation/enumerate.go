package formation

import (
	"cmp"
	"math"
	"slices"
)

// columns are candidate zones over local nodes 0…n−1, grouped by their smallest
// local node (root).
type columns struct {
	n     int
	nodes []int32 // local → node
	off   []int32 // column c has members mem[off[c]:off[c+1]], local
	mem   []int32
	score []float64
	root  []int32 // columns root[r]…root[r+1] have the smallest member r
}

func (c *columns) len() int { return len(c.score) }

func (c *columns) members(i int32) []int32 { return c.mem[c.off[i]:c.off[i+1]] }

// enumerator lists every connected set of nodes that is a valid zone, each once
// (Wernicke's ESU: a set grows only by nodes that come after its root and that
// no earlier member already touched). Sets over a maximum are not grown further:
// totals only rise.
type enumerator struct {
	s    *space
	sc   *scratch
	rank []int32 // per node: local index, or −1 outside the region
	out  *columns

	all     bool  // keep columns whose score is not positive
	most    int   // columns at most
	effort  int64 // sets visited at most
	visited int64
	stopped bool

	// With prices, only the columns of every root whose score exceeds their
	// price by most are kept, and best tells by how much the dearest does.
	price  []float64 // per local; nil: keep all
	keep   int
	paid   []float64 // price of the set, by depth
	best   float64
	sifted []sifted
	heap   []int32 // members of the sifted
	bar    float64 // what a further one has to exceed

	root  int32
	set   []int32   // nodes
	ext   []int32   // stack of extension lists
	touch []bool    // per local: in the set, or in an extension list
	sums  []float64 // totals by depth
	at    []int32   // per local: its place in the set plus 1, 0 outside
	trees [][]edge  // by depth: the set's minimum spanning tree, links ascending
	moms  []moment  // by depth
	join  [64]uint8 // disjoint sets while a tree is made
	least []float64 // per total: smallest figure of a node in the region
	large []float64 // per total: largest
}

// edge is a link between two members of the set, by their places in it.
type edge struct {
	len  float64
	a, b int32
}

// moment holds the sums that the penalties need.
type moment struct{ value, x, y, q float64 }

func newEnumerator(s *space, sc *scratch) *enumerator {
	e := &enumerator{s: s, sc: sc, rank: make([]int32, s.nodes())}
	for i := range e.rank {
		e.rank[i] = -1
	}
	return e
}

// sifted is a column that was kept for its rest: its score less its price.
type sifted struct {
	rest, score float64
	from, to    int32
}

// list enumerates the zones inside the given nodes, whose order is that of the
// roots. It reports whether the list is complete.
func (e *enumerator) list(nodes []int32, out *columns, most int, effort int64, all bool) bool {
	e.begin(nodes, out)
	e.most, e.effort, e.all, e.price = most, effort, all, nil
	for i := range nodes {
		out.root = append(out.root, int32(out.len()))
		e.from(int32(i))
		if e.stopped {
			break
		}
	}
	for len(out.root) <= len(nodes) {
		out.root = append(out.root, int32(out.len()))
	}
	e.end()
	return !e.stopped
}

// sift enumerates the zones of the roots first…last−1 and keeps, for each root,
// those that exceed their price by most. exceed gets for every root what the
// dearest exceeds its price by (0 at least). It reports whether it saw all;
// a root that needs more than effort sets is cut short, and after all sets the
// rest of the roots is left out.
func (e *enumerator) sift(nodes []int32, first, last int, price []float64, keep int, effort, all int64, out *columns, exceed []float64) bool {
	e.begin(nodes, out)
	e.most, e.effort, e.all, e.price, e.keep = math.MaxInt, effort, false, price, keep
	whole, visited := true, int64(0)
	for i := range nodes {
		out.root = append(out.root, int32(out.len()))
		if i < first || i >= last {
			continue
		}
		if visited >= all || e.sc.stopped() {
			whole = false
			continue
		}
		e.effort = min(effort, all-visited)
		e.best, e.bar, e.visited = 0, math.Inf(-1), 0
		e.sifted, e.heap, e.stopped = e.sifted[:0], e.heap[:0], false
		e.from(int32(i))
		whole = whole && !e.stopped
		visited += e.visited
		exceed[i] = e.best
		e.cull()
		for _, k := range e.sifted {
			out.mem = append(out.mem, e.heap[k.from:k.to]...)
			out.off = append(out.off, int32(len(out.mem)))
			out.score = append(out.score, k.score)
		}
	}
	out.root = append(out.root, int32(out.len()))
	e.visited = visited
	e.end()
	return whole && !e.sc.stopped()
}

// cull keeps the best of the sifted.
func (e *enumerator) cull() {
	if len(e.sifted) <= e.keep {
		return
	}
	slices.SortStableFunc(e.sifted, func(a, b sifted) int { return cmp.Compare(b.rest, a.rest) })
	e.sifted = e.sifted[:e.keep]
	e.bar = e.sifted[e.keep-1].rest
	var heap []int32
	for i := range e.sifted {
		k := &e.sifted[i]
		from := int32(len(heap))
		heap = append(heap, e.heap[k.from:k.to]...)
		k.from, k.to = from, int32(len(heap))
	}
	e.heap = heap
}

func (e *enumerator) begin(nodes []int32, out *columns) {
	s := e.s
	out.n, out.nodes = len(nodes), nodes
	out.off, out.mem, out.score, out.root = append(out.off[:0], 0), out.mem[:0], out.score[:0], out.root[:0]
	e.out, e.visited, e.stopped = out, 0, false
	for i, v := range nodes {
		e.rank[v] = int32(i)
	}
	for len(e.touch) < len(nodes) {
		e.touch, e.at = append(e.touch, false), append(e.at, 0)
	}
	e.least, e.large = e.least[:0], e.large[:0]
	for t := range s.nT {
		lo, hi := math.Inf(1), 0.0
		for _, v := range nodes {
			lo, hi = math.Min(lo, s.nTot[int(v)*s.nT+t]), math.Max(hi, s.nTot[int(v)*s.nT+t])
		}
		e.least, e.large = append(e.least, lo), append(e.large, hi)
	}
	e.sums = append(e.sums[:0], make([]float64, s.nT)...)
	e.paid = append(e.paid[:0], 0)
}

func (e *enumerator) end() {
	for _, v := range e.out.nodes {
		e.rank[v] = -1
	}
	e.sc.work += e.visited * 10
}

// from visits all sets whose root is local node i.
func (e *enumerator) from(i int32) {
	v := e.out.nodes[i]
	e.root = i
	e.touch[i] = true
	e.set, e.ext = e.set[:0], e.ext[:0]
	if e.fits(v, 0) {
		e.push(v, 0)
		e.grow(0, 1)
		e.pop(0)
	}
	e.touch[i] = false
}

func (e *enumerator) fits(v int32, depth int) bool {
	s := e.s
	sums, own := e.sums[depth*s.nT:(depth+1)*s.nT], s.nTot[int(v)*s.nT:(int(v)+1)*s.nT]
	for t, f := range own {
		if sums[t]+f > s.cap[t] {
			return false
		}
	}
	if s.apartOf != nil {
		for _, w := range s.apartOf[v] {
			for _, x := range e.set {
				if x == w {
					return false
				}
			}
		}
	}
	return true
}

func (e *enumerator) push(v int32, depth int) {
	s := e.s
	e.set = append(e.set, v)
	for len(e.sums) < (depth+2)*s.nT {
		e.sums = append(e.sums, 0)
	}
	for t := range s.nT {
		e.sums[(depth+1)*s.nT+t] = e.sums[depth*s.nT+t] + s.nTot[int(v)*s.nT+t]
	}
	for len(e.trees) < depth+2 {
		e.trees, e.moms = append(e.trees, nil), append(e.moms, moment{})
	}
	m := e.moms[depth]
	e.moms[depth+1] = moment{m.value + s.nValue[v], m.x + s.nX[v], m.y + s.nY[v], m.q + s.nQ[v]}
	if e.price != nil {
		e.paid = append(e.paid[:depth+1], e.paid[depth]+e.price[e.rank[v]])
	}
	e.extendTree(v, depth)
	e.at[e.rank[v]] = int32(depth) + 1
}

func (e *enumerator) pop(depth int) {
	e.at[e.rank[e.set[depth]]] = 0
	e.set = e.set[:depth]
}

// extendTree makes the minimum spanning tree of the set with v: it uses only
// links of the tree without v and links that end in v (Kruskal over those).
func (e *enumerator) extendTree(v int32, depth int) {
	s := e.s
	if !s.single || depth >= len(e.join) || (s.p.Weights.Strings == 0 && s.p.MaxDiameterM == 0) {
		return
	}
	k := 0
	var arms [64]edge
	for a := s.aStart[v]; a < s.aStart[v+1]; a++ {
		r := e.rank[s.aAdj[a]]
		if r < 0 || e.at[r] == 0 {
			continue
		}
		arm := edge{s.aLen[a], e.at[r] - 1, int32(depth)}
		i := k
		for ; i > 0 && arms[i-1].len > arm.len; i-- {
			arms[i] = arms[i-1]
		}
		arms[i] = arm
		k++
	}
	old, tree := e.trees[depth], e.trees[depth+1][:0]
	if k == 1 { // nothing can be replaced
		i := 0
		for ; i < len(old) && old[i].len <= arms[0].len; i++ {
			tree = append(tree, old[i])
		}
		tree = append(append(tree, arms[0]), old[i:]...)
		e.trees[depth+1] = tree
		return
	}
	join := &e.join
	for i := range depth + 1 {
		join[i] = uint8(i)
	}
	for i, j := 0, 0; i < len(old) || j < k; {
		var next edge
		if j >= k || (i < len(old) && old[i].len <= arms[j].len) {
			next = old[i]
			i++
		} else {
			next = arms[j]
			j++
		}
		a, b := next.a, next.b
		for int32(join[a]) != a {
			a = int32(join[a])
		}
		for int32(join[b]) != b {
			b = int32(join[b])
		}
		if a != b {
			join[max(a, b)] = uint8(min(a, b))
			if tree = append(tree, next); len(tree) == depth {
				break
			}
		}
	}
	e.trees[depth+1] = tree
}

// score of the set, from the sums by depth; its totals are known to hold.
func (e *enumerator) score(depth int) (float64, bool) {
	s := e.s
	if !s.single || s.mateOf != nil || depth > len(e.join) {
		return s.score(e.sc, e.set)
	}
	length := 0.0
	if s.p.Weights.Strings > 0 || s.p.MaxDiameterM > 0 {
		for _, t := range e.trees[depth] {
			length += t.len
		}
	}
	if d := s.p.MaxDiameterM; d > 0 && over(length, d) {
		return s.score(e.sc, e.set)
	}
	m := &e.moms[depth]
	return m.value - s.penalties(e.set, length, m.x, m.y, m.q, float64(depth)).Sum(), true
}

// grow records the set and extends it; e.ext[from:] is the extension list that
// the set inherits, before the neighbours of its newest node.
func (e *enumerator) grow(from, depth int) {
	s := e.s
	if e.visited++; e.visited > e.effort || (e.visited&1023 == 0 && e.sc.stopped()) {
		e.stopped = true
	}
	enough, hopeless := e.prospects(depth)
	if e.stopped || hopeless {
		return
	}
	if enough {
		if score, ok := e.score(depth); ok && (e.all || score > 0) {
			e.record(score, depth)
		}
	}
	newest := e.set[len(e.set)-1]
	first := len(e.ext)
	for _, w := range s.around(newest) {
		if r := e.rank[w]; r > e.root && !e.touch[r] {
			e.touch[r] = true
			e.ext = append(e.ext, w)
		}
	}
	last := len(e.ext)
	// The candidates are what was inherited and what is new; each set that takes
	// one of them inherits only those before it.
	for i := last - 1; i >= from && !e.stopped; i-- {
		w := e.ext[i]
		if !e.fits(w, depth) {
			continue
		}
		e.push(w, depth)
		e.ext = append(e.ext[:last], e.ext[from:i]...)
		e.grow(last, depth+1)
		e.ext = e.ext[:last]
		e.pop(depth)
	}
	for _, w := range e.ext[first:last] {
		e.touch[e.rank[w]] = false
	}
	e.ext = e.ext[:first]
}

// record keeps a zone.
func (e *enumerator) record(score float64, depth int) {
	out := e.out
	if e.price != nil {
		rest := score - e.paid[depth]
		e.best = math.Max(e.best, rest)
		if e.keep == 0 || rest <= e.bar {
			return
		}
		from := int32(len(e.heap))
		for _, v := range e.set {
			e.heap = append(e.heap, e.rank[v])
		}
		e.sifted = append(e.sifted, sifted{rest, score, from, int32(len(e.heap))})
		if len(e.sifted) >= 4*e.keep {
			e.cull()
		}
		return
	}
	if out.len() >= e.most {
		e.stopped = true
		return
	}
	for _, v := range e.set {
		out.mem = append(out.mem, e.rank[v])
	}
	out.off = append(out.off, int32(len(out.mem)))
	out.score = append(out.score, score)
}

// prospects says whether the set reaches all minimums, and whether nothing that
// grows from it can.
func (e *enumerator) prospects(depth int) (enough, hopeless bool) {
	s := e.s
	sums := e.sums[depth*s.nT : (depth+1)*s.nT]
	enough = true
	more := -1.0
	for t := range s.nT {
		if sums[t] >= s.floor[t] {
			continue
		}
		enough = false
		if more < 0 { // how many nodes can still be added
			more = float64(len(e.out.nodes))
			for r := range s.nT {
				if e.least[r] > 0 && !math.IsInf(s.max[r], 1) {
					more = math.Min(more, math.Floor((s.max[r]-sums[r])/e.least[r]+slack))
				}
			}
		}
		if sums[t]+more*e.large[t] < s.floor[t] {
			return false, true
		}
	}
	return enough, false
}
