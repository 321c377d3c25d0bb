package formation

import (
	"cmp"
	"math"
	"slices"
)

// packing chooses disjoint columns of greatest sum: set packing, with the
// number of chosen columns between lo and hi.
//
// Its bound comes from Lagrangian duals: prices u ≥ 0 of the nodes and μ of a
// zone with score(S) ≤ u(S) + μ for every column S, so that no choice is worth
// more than Σu + max(μ·hi, μ·lo). What a column's price exceeds its score by,
// its slack, is what choosing it costs against the bound; so is the price of a
// node left outside.
type packing struct {
	cols   *columns
	lo, hi int // hi MaxInt: free

	price []float64 // feasible duals of the best bound
	mu    float64
	bound float64
	work  int64
	stop  func() bool
}

func newPacking(cols *columns, lo, hi int, stop func() bool) *packing {
	p := &packing{cols: cols, lo: lo, hi: hi, stop: stop, price: make([]float64, cols.n)}
	// The first prices: of all columns that hold a node, the dearest share.
	for c := range int32(cols.len()) {
		own := cols.members(c)
		each := cols.score[c] / float64(len(own))
		for _, i := range own {
			p.price[i] = math.Max(p.price[i], each)
		}
	}
	for _, u := range p.price {
		p.bound += u
	}
	return p
}

// subgradient improves prices and bound.
func (p *packing) subgradient(rounds int, value float64) {
	c := p.cols
	n := c.n
	u := slices.Clone(p.price)
	mu := p.mu
	grad, move := make([]float64, n), make([]float64, n)
	extra := make([]float64, n) // by root: what its best column exceeds its price by
	theta, still := 1.0, 0
	limited := p.hi < math.MaxInt || p.lo > 0
	for range rounds {
		if p.stop() {
			return
		}
		total := 0.0
		for i := range grad {
			grad[i] = 1
			total += u[i]
		}
		chosen := 0
		for r := range n {
			best, at := 0.0, int32(-1)
			for k := c.root[r]; k < c.root[r+1]; k++ {
				rest := c.score[k] - mu
				for _, i := range c.mem[c.off[k]:c.off[k+1]] {
					rest -= u[i]
				}
				if rest > best {
					best, at = rest, k
				}
			}
			extra[r] = best
			total += best
			if at >= 0 {
				chosen++
				for _, i := range c.members(at) {
					grad[i]--
				}
			}
		}
		p.work += int64(len(c.mem))/4 + int64(n)
		total += p.zonesTerm(mu)
		if total < p.bound-1e-12*math.Abs(p.bound) {
			if total < p.bound-1e-4*(p.bound-value) {
				still = 0
			}
			p.bound, p.mu = total, mu
			for i := range n {
				p.price[i] = u[i] + extra[i]
			}
		}
		if still++; still > 6 {
			theta *= 0.7
			still = 0
		}
		norm := 0.0
		for i := range grad {
			if u[i] == 0 && grad[i] > 0 {
				grad[i] = 0
			}
			move[i] = grad[i] + 0.6*move[i]
			norm += move[i] * move[i]
		}
		muGrad := 0.0
		if limited {
			muGrad = p.zonesSlack(mu) - float64(chosen)
			norm += muGrad * muGrad
		}
		if norm == 0 || theta < 1e-3 {
			break
		}
		step := theta * math.Max(total-value, 1e-9*math.Abs(total)) / norm
		for i := range u {
			u[i] = math.Max(0, u[i]-step*move[i])
		}
		if limited {
			mu -= step * muGrad
			if p.hi == math.MaxInt {
				mu = math.Min(mu, 0)
			}
			if p.lo == 0 {
				mu = math.Max(mu, 0)
			}
		}
	}
}

// zonesTerm is what the price of a zone adds to the bound.
func (p *packing) zonesTerm(mu float64) float64 {
	if mu > 0 {
		return mu * float64(p.hi)
	}
	return mu * float64(p.lo)
}

func (p *packing) zonesSlack(mu float64) float64 {
	if mu > 0 || (mu == 0 && p.hi < math.MaxInt) {
		return float64(p.hi)
	}
	return float64(p.lo)
}

func (p *packing) slackOf(k int32) float64 {
	rest := p.mu - p.cols.score[k]
	for _, i := range p.cols.members(k) {
		rest += p.price[i]
	}
	return math.Max(0, rest)
}

// reduce keeps the columns that an answer better than value can hold.
func (p *packing) reduce(value float64) *packing {
	allowed := p.bound - value
	out := &columns{n: p.cols.n, nodes: p.cols.nodes, off: []int32{0}}
	for r := range p.cols.n {
		out.root = append(out.root, int32(out.len()))
		for k := p.cols.root[r]; k < p.cols.root[r+1]; k++ {
			if p.slackOf(k) < allowed {
				out.mem = append(out.mem, p.cols.members(k)...)
				out.off = append(out.off, int32(len(out.mem)))
				out.score = append(out.score, p.cols.score[k])
			}
		}
	}
	out.root = append(out.root, int32(out.len()))
	p.work += int64(len(p.cols.mem)) / 4
	return &packing{cols: out, lo: p.lo, hi: p.hi, price: slices.Clone(p.price), mu: p.mu, bound: p.bound, stop: p.stop}
}

// branching is the depth-first search over a reduced packing.
type branching struct {
	p       *packing
	slack   []float64
	holding [][]int32 // per node: its columns, by slack
	state   []int8    // per node: 0 open, 1 covered, 2 left outside
	chosen  []int32
	best    []int32
	found   bool
	allowed float64 // slack that a better answer may use up
	left    int64   // effort
	visits  int64
	order   []int32
}

// branch looks for a choice worth more than value, exactly unless the effort
// ends. It returns the best choice found (nil: none better) and whether the
// search was complete.
func (p *packing) branch(value float64, effort int64) (best []int32, complete bool) {
	n := p.cols.n
	b := &branching{
		p: p, slack: make([]float64, p.cols.len()), holding: make([][]int32, n), state: make([]int8, n),
		allowed: p.bound - value, left: effort,
	}
	for k := range int32(p.cols.len()) {
		b.slack[k] = p.slackOf(k)
		for _, i := range p.cols.members(k) {
			b.holding[i] = append(b.holding[i], k)
		}
	}
	for i := range b.holding {
		slices.SortStableFunc(b.holding[i], func(x, y int32) int { return cmp.Compare(b.slack[x], b.slack[y]) })
	}
	for i := range int32(n) {
		if p.price[i] > 0 || (p.lo > 0 && len(b.holding[i]) > 0) {
			b.order = append(b.order, i)
		}
	}
	slices.SortStableFunc(b.order, func(x, y int32) int { return cmp.Compare(p.price[y], p.price[x]) })
	b.descend(0)
	p.work += effort - max(b.left, 0)
	if !b.found {
		return nil, b.left > 0
	}
	return b.best, b.left > 0
}

// descend tries everything from here on that uses less slack than allowed.
func (b *branching) descend(used float64) {
	p := b.p
	// The node with the fewest ways on is decided first.
	pick, fewest := int32(-1), math.MaxInt
	for _, i := range b.order {
		if b.state[i] != 0 {
			continue
		}
		ways := 0
		if used+p.price[i] < b.allowed {
			ways++
		}
		if len(b.chosen) < p.hi {
			for _, k := range b.holding[i] {
				b.left--
				if used+b.slack[k] >= b.allowed || ways >= fewest {
					break
				}
				if b.open(k) {
					ways++
				}
			}
		}
		if ways == 0 {
			return
		}
		if ways < fewest {
			if pick, fewest = i, ways; ways == 1 {
				break
			}
		}
	}
	b.visits++
	if b.visits&255 == 0 && p.stop() {
		b.left = 0
	}
	if b.left <= 0 {
		return
	}
	if pick < 0 {
		b.leaf(used)
		return
	}
	if len(b.chosen) < p.hi {
		for _, k := range b.holding[pick] {
			if used+b.slack[k] >= b.allowed || b.left <= 0 {
				break
			}
			if !b.open(k) {
				continue
			}
			b.set(k, 1)
			b.chosen = append(b.chosen, k)
			b.descend(used + b.slack[k])
			b.chosen = b.chosen[:len(b.chosen)-1]
			b.set(k, 0)
		}
	}
	if used+p.price[pick] < b.allowed {
		b.state[pick] = 2
		b.descend(used + p.price[pick])
		b.state[pick] = 0
	}
}

func (b *branching) leaf(used float64) {
	p := b.p
	if len(b.chosen) < p.lo {
		return
	}
	if limit := p.zonesTerm(p.mu); limit != 0 {
		used += math.Max(0, limit-p.mu*float64(len(b.chosen)))
	}
	if used < b.allowed {
		b.allowed = used
		b.best = append(b.best[:0], b.chosen...)
		b.found = true
	}
}

func (b *branching) open(k int32) bool {
	for _, i := range b.p.cols.members(k) {
		if b.state[i] != 0 {
			return false
		}
	}
	return true
}

func (b *branching) set(k int32, state int8) {
	for _, i := range b.p.cols.members(k) {
		b.state[i] = state
	}
}

// sum of the scores of a choice.
func (c *columns) sum(choice []int32) float64 {
	total := 0.0
	for _, k := range choice {
		total += c.score[k]
	}
	return total
}
