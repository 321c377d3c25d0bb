package formation

import (
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

// subgradient improves prices and bound. Every few rounds it looks at all
// columns, which gives a bound that holds; between, only at those whose price
// was near their score, which gives a direction.
func (p *packing) subgradient(rounds int, value float64) {
	c := p.cols
	n := c.n
	u := slices.Clone(p.price)
	mu := p.mu
	grad, move := make([]float64, n), make([]float64, n)
	extra := make([]float64, n) // by root: what its best column exceeds its price by
	theta, still := 1.0, 0
	limited := p.hi < math.MaxInt || p.lo > 0
	near := newNearColumns(c)
	for round := range rounds {
		if p.stop() {
			return
		}
		total := p.zonesTerm(mu)
		for i := range grad {
			grad[i] = 1
			total += u[i]
		}
		full := !near.pays || round%8 == 0 || round == rounds-1
		if full {
			near.all(c, u, mu)
			p.work += int64(len(c.mem))/8 + int64(n)*2
		} else {
			near.few(c, u, mu)
			p.work += near.members/8 + int64(n)*2
		}
		chosen := 0
		for r := range n {
			extra[r] = near.best[r]
			total += near.best[r]
			if at := near.at[r]; at >= 0 {
				chosen++
				for _, i := range c.members(at) {
					grad[i]--
				}
			}
		}
		if full && total < p.bound-1e-12*math.Abs(p.bound) {
			if total < p.bound-1e-4*(p.bound-value) {
				still = 0
			}
			p.bound, p.mu = total, mu
			for i := range n {
				p.price[i] = u[i] + extra[i]
			}
			if p.bound <= value {
				return
			}
		}
		patience := 6
		if near.pays {
			patience = 16
		}
		if still++; still > patience {
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

// nearColumns finds the best column of every root under given prices.
type nearColumns struct {
	best    []float64
	at      []int32
	pays    bool    // there are enough columns for a short list to save time
	list    []int32 // columns near their price, by root
	root    []int32
	members int64
	margin  float64
}

func newNearColumns(c *columns) *nearColumns {
	k := &nearColumns{best: make([]float64, c.n), at: make([]int32, c.n), pays: c.len() > 2000}
	for _, s := range c.score {
		k.margin += math.Abs(s) / float64(len(c.score))
	}
	k.margin *= 0.1
	return k
}

func (k *nearColumns) all(c *columns, u []float64, mu float64) {
	k.list, k.root, k.members = k.list[:0], k.root[:0], 0
	for r := range c.n {
		k.root = append(k.root, int32(len(k.list)))
		best, at := 0.0, int32(-1)
		from := c.off[c.root[r]]
		for i := c.root[r]; i < c.root[r+1]; i++ {
			rest, to := c.score[i]-mu, c.off[i+1]
			for _, m := range c.mem[from:to] {
				rest -= u[m]
			}
			if rest > best {
				best, at = rest, i
			}
			if k.pays && rest > -k.margin {
				k.list = append(k.list, i)
				k.members += int64(to - from)
			}
			from = to
		}
		k.best[r], k.at[r] = best, at
	}
	k.root = append(k.root, int32(len(k.list)))
	switch share := len(k.list); { // keep about a tenth
	case share > c.len()/6:
		k.margin *= 0.7
	case share < c.len()/20:
		k.margin *= 1.2
	}
}

func (k *nearColumns) few(c *columns, u []float64, mu float64) {
	for r := range c.n {
		best, at := 0.0, int32(-1)
		for _, i := range k.list[k.root[r]:k.root[r+1]] {
			rest := c.score[i] - mu
			for _, m := range c.mem[c.off[i]:c.off[i+1]] {
				rest -= u[m]
			}
			if rest > best {
				best, at = rest, i
			}
		}
		k.best[r], k.at[r] = best, at
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

// nearest keeps about so many columns: those with the least slack.
func (p *packing) nearest(most int) *packing {
	if p.cols.len() <= most {
		return p
	}
	slack := make([]float64, p.cols.len())
	for k := range slack {
		slack[k] = p.slackOf(int32(k))
	}
	slices.Sort(slack)
	return p.reduce(p.bound - slack[most])
}

// sum of the scores of a choice.
func (c *columns) sum(choice []int32) float64 {
	total := 0.0
	for _, k := range choice {
		total += c.score[k]
	}
	return total
}
