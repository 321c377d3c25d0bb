package formation

import (
	"cmp"
	"math"
	"slices"
)

// sifting is the pricing of one component whose columns are too many to keep.
type sifting struct {
	comp  int
	nodes []int32
	price []float64
}

// price bounds components that have too many columns to be kept: the columns
// are listed again under given prices, and only those near them stay; what the
// dearest column of every root exceeds its price by makes the bound hold.
func (r *run) price() {
	s := r.s
	if r.coupled {
		return
	}
	var list []int
	for c, nodes := range s.comps {
		if !r.compDone[c] && r.pools[c] == nil && len(nodes) > 1 {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(len(s.comps[a]), len(s.comps[b])) })
	for _, c := range list {
		if r.over() {
			return
		}
		r.priceOne(c)
		r.tell(false)
	}
}

func (r *run) priceOne(c int) {
	s := r.s
	k := &sifting{comp: c, nodes: r.byWalk(s.comps[c])}
	n := len(k.nodes)
	// A whole pass may take a third of the effort that is left.
	budget := (r.limit - r.steps) / 3
	perRoot := budget / 10 / int64(n)
	if perRoot < 100 || !r.affordable(k, perRoot) {
		return
	}
	// The first prices are the values, scaled to what the answer makes of them.
	value, worth := 0.0, 0.0
	for _, slot := range r.slotsOf(k.nodes) {
		value += r.st.slots[slot].score
	}
	for _, v := range k.nodes {
		worth += s.nValue[v]
	}
	if value <= 0 {
		return
	}
	for _, v := range k.nodes {
		k.price = append(k.price, s.nValue[v]*value/worth)
	}
	cols, _, _ := r.siftAll(k, 300, min(perRoot, 3000), math.MaxInt64)
	if r.over() {
		return
	}
	r.settle(k, cols, value)
	for range 3 {
		cols, exceed, whole := r.siftAll(k, 300, 50*perRoot, 3*budget/10)
		if !whole {
			return
		}
		bound := 0.0
		for i, u := range k.price {
			bound += u + exceed[i]
		}
		before := r.compBound[c]
		r.compBound[c] = math.Min(before, bound)
		r.setPool(c, r.settle(k, cols, value))
		r.tell(false)
		// Once more only while it brings something and is affordable.
		if r.over() || bound < value*1.0005 || r.steps > r.limit/2 {
			return
		}
	}
}

// affordable samples a few roots and says whether all sets can be visited.
func (r *run) affordable(k *sifting, perRoot int64) bool {
	const sample = 16
	n := len(k.nodes)
	var visited [sample]int64
	price := make([]float64, n)
	r.each(sample, func(w *worker, i int) {
		root := (2*i + 1) * n / (2 * sample)
		var out columns
		w.solve.enum.sift(k.nodes, root, root+1, price, 0, 3*perRoot, math.MaxInt64, &out, make([]float64, n))
		visited[i] = w.solve.enum.visited
	})
	sum := int64(0)
	for _, v := range visited {
		sum += v
	}
	return sum/sample <= perRoot && r.ctx.Err() == nil
}

// siftAll lists the columns of all roots under the prices, in parts that the
// workers share. A pass that needs more than about so many sets is given up:
// the sample may have missed the thickets.
func (r *run) siftAll(k *sifting, keep int, perRoot, sets int64) (*columns, []float64, bool) {
	n := len(k.nodes)
	parts := min(24, n)
	cols := make([]columns, parts)
	exceed := make([]float64, n)
	whole := make([]bool, parts)
	r.each(parts, func(w *worker, i int) {
		whole[i] = w.solve.enum.sift(k.nodes, i*n/parts, (i+1)*n/parts, k.price, keep, perRoot, sets/int64(parts), &cols[i], exceed)
	})
	out := &columns{n: n, nodes: k.nodes, off: []int32{0}}
	for i := range cols {
		for root := i * n / parts; root < (i+1)*n/parts; root++ {
			out.root = append(out.root, int32(out.len()))
			for c := cols[i].root[root]; c < cols[i].root[root+1]; c++ {
				out.mem = append(out.mem, cols[i].members(c)...)
				out.off = append(out.off, int32(len(out.mem)))
				out.score = append(out.score, cols[i].score[c])
			}
		}
		cols[i] = columns{}
	}
	out.root = append(out.root, int32(out.len()))
	return out, exceed, !slices.Contains(whole, false)
}

// settle finds good prices for the columns; they need not hold for others.
func (r *run) settle(k *sifting, cols *columns, value float64) *packing {
	var p *packing
	r.each(1, func(w *worker, _ int) {
		p = newPacking(cols, 0, math.MaxInt, w.solve.sc.stopped)
		copy(p.price, k.price)
		// Raise the prices where a column exceeds them.
		p.bound = 0
		for root := range cols.n {
			worst := 0.0
			for c := cols.root[root]; c < cols.root[root+1]; c++ {
				rest := cols.score[c]
				for _, m := range cols.members(c) {
					rest -= p.price[m]
				}
				worst = math.Max(worst, rest)
			}
			p.price[root] += worst
		}
		for _, u := range p.price {
			p.bound += u
		}
		p.subgradient(400, value)
		w.solve.sc.work += p.work
	})
	k.price = slices.Clone(p.price)
	return p
}
