package formation

import (
	"math"
	"slices"
)

// A pool is what remains of a component's columns when prices are known: those
// near their price. Nearly all columns of a good answer are among them, so
// patches several times larger than those that can be listed can be solved.

// poolPerNode is how many columns a node has in a pool on average.
const poolPerNode = 150

// poolEffort is spent on one patch; measured: with less, patches stay too small.
var poolEffort = effortOf{rounds: 60, branch: 400_000}

func (r *run) setPool(c int, p *packing) {
	p = p.nearest(poolPerNode * p.cols.n)
	r.pools[c] = p
	for i, v := range p.cols.nodes {
		r.inPool[v] = int32(i)
	}
}

// pick improves a patch with columns of the pool.
func (t *task) pick(x *solver, pool *packing, inPool []int32) {
	local := slices.Clone(t.patch.nodes)
	slices.SortFunc(local, func(a, b int32) int { return int(inPool[a] - inPool[b]) })
	at := make(map[int32]int32, len(local)) // index in the pool → in the patch
	for i, v := range local {
		at[inPool[v]] = int32(i)
	}
	cols := &columns{n: len(local), nodes: local, off: []int32{0}}
	price := make([]float64, len(local))
	bound := 0.0
	for i, v := range local {
		cols.root = append(cols.root, int32(cols.len()))
		root := inPool[v]
		price[i] = pool.price[root]
		bound += price[i]
	column:
		for k := pool.cols.root[root]; k < pool.cols.root[root+1]; k++ {
			from := len(cols.mem)
			for _, m := range pool.cols.members(k) {
				own, inside := at[m]
				if !inside {
					cols.mem = cols.mem[:from]
					continue column
				}
				cols.mem = append(cols.mem, own)
			}
			cols.off = append(cols.off, int32(len(cols.mem)))
			cols.score = append(cols.score, pool.cols.score[k])
		}
		x.sc.work += int64(pool.cols.root[root+1]-pool.cols.root[root]) * 3
	}
	cols.root = append(cols.root, int32(cols.len()))
	p := &packing{cols: cols, hi: math.MaxInt, price: price, bound: bound, stop: x.sc.stopped}
	t.verdict = x.choose(p, t.patch.value(), poolEffort)
	t.zones, t.better = t.verdict.zones, t.verdict.zones != nil
}
