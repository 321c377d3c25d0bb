package formation

import (
	"cmp"
	"math"
	"slices"
)

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

// chosen is a column of a choice, apart from the packing it was found in.
type chosen struct {
	score   float64
	members []int32
}

// deepening is branch and bound with new prices at every branch: where the plain
// search does not end soon, one node is decided in every way it can be, and
// each way is priced again.
type deepening struct {
	target float64 // what has to be beaten
	eps    float64
	best   []chosen
	left   int64 // effort
	taken  []chosen
	value  float64 // of taken
}

// deepest is how many columns may remain for deepening to be worth while.
const deepest = 3000

// solve searches what is still open and returns whether it was searched
// completely, and a bound for it (with what is taken).
func (d *deepening) solve(p *packing, rounds int, depth int) (complete bool, bound float64) {
	target := d.target + d.eps - d.value
	before := p.work
	p.subgradient(rounds, target)
	d.left -= p.work - before
	if p.bound <= target {
		return true, d.value + p.bound
	}
	p = p.reduce(target)
	// Setting up a branch costs about ten steps for every member of a column.
	d.left -= int64(len(p.cols.mem))*10 + int64(p.cols.n)*10
	effort := 20_000 + 10*int64(p.cols.len())
	switch {
	case depth == 0 && p.cols.len() > deepest: // all on the plain search
		effort = d.left
	case depth == 0:
		effort = max(effort, d.left/2)
	}
	effort = min(effort, max(d.left, 0))
	best, complete := p.branch(target, effort)
	d.left -= p.work
	if best != nil {
		d.best = slices.Clone(d.taken)
		for _, k := range best {
			d.best = append(d.best, chosen{p.cols.score[k], slices.Clone(p.cols.members(k))})
		}
		d.target = d.value + p.cols.sum(best)
	}
	if complete {
		return true, d.target
	}
	if d.left <= 0 || depth > 60 || p.cols.len() > deepest || p.stop() {
		return false, d.value + p.bound
	}
	pivot := p.pivot()
	if pivot < 0 {
		return false, d.value + p.bound
	}
	complete, bound = true, d.target
	way := func(k int32) {
		if d.left <= 0 {
			complete, bound = false, math.Max(bound, d.value+p.bound)
			return
		}
		child := p.fix(pivot, k)
		d.left -= int64(len(p.cols.mem)) * 3
		if k >= 0 {
			d.taken = append(d.taken, chosen{p.cols.score[k], p.cols.members(k)})
			d.value += p.cols.score[k]
		}
		if child.lo <= child.hi && d.value+child.bound > d.target+d.eps {
			done, top := d.solve(child, 40, depth+1)
			complete = complete && done
			bound = math.Max(bound, top)
		}
		if k >= 0 {
			d.taken = d.taken[:len(d.taken)-1]
			d.value -= p.cols.score[k]
		}
	}
	d.left -= int64(p.cols.len())
	for _, k := range p.holding(pivot) {
		way(k)
	}
	way(-1)
	return complete, math.Max(bound, d.target)
}

// pivot is the dearest node with few columns.
func (p *packing) pivot() int32 {
	count := make([]float64, p.cols.n)
	for k := range int32(p.cols.len()) {
		for _, i := range p.cols.members(k) {
			count[i]++
		}
	}
	best, at := 0.0, int32(-1)
	for i, n := range count {
		if n > 0 && (p.price[i]+1e-9)/(1+n) > best {
			best, at = (p.price[i]+1e-9)/(1+n), int32(i)
		}
	}
	return at
}

// holding are the columns with a node, by slack.
func (p *packing) holding(node int32) []int32 {
	var out []int32
	for k := range int32(p.cols.len()) {
		if slices.Contains(p.cols.members(k), node) {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b int32) int { return cmp.Compare(p.slackOf(a), p.slackOf(b)) })
	return out
}

// fix decides a node: it is covered by column k, or outside (−1).
func (p *packing) fix(node, k int32) *packing {
	gone := make([]bool, p.cols.n)
	gone[node] = true
	out := &packing{lo: p.lo, hi: p.hi, price: slices.Clone(p.price), mu: p.mu, stop: p.stop}
	if k >= 0 {
		for _, i := range p.cols.members(k) {
			gone[i] = true
		}
		out.lo = max(0, out.lo-1)
		if out.hi < math.MaxInt {
			out.hi--
		}
	}
	if out.lo == 0 { // a negative price of a zone would promise nothing then
		out.mu = math.Max(0, out.mu)
	}
	for i, g := range gone {
		if g {
			out.price[i] = 0
		}
		out.bound += out.price[i]
	}
	out.bound += out.zonesTerm(out.mu)
	cols := &columns{n: p.cols.n, nodes: p.cols.nodes, off: []int32{0}}
	for r := range p.cols.n {
		cols.root = append(cols.root, int32(cols.len()))
	column:
		for c := p.cols.root[r]; c < p.cols.root[r+1]; c++ {
			for _, i := range p.cols.members(c) {
				if gone[i] {
					continue column
				}
			}
			cols.mem = append(cols.mem, p.cols.members(c)...)
			cols.off = append(cols.off, int32(len(cols.mem)))
			cols.score = append(cols.score, p.cols.score[c])
		}
	}
	cols.root = append(cols.root, int32(cols.len()))
	out.cols = cols
	return out
}
