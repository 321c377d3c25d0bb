package siting

import (
	"math"
	"slices"
)

// blocks is a stronger bound for covering where the Lagrangian one leaves a gap:
// the sites are divided into blocks that share few rows. Only for rows on the
// border of blocks is covering once enforced by multipliers, and only the number
// of sites by a price for each; within a block the choice is then made exactly
// (Lagrangian decomposition without the integrality property; Geoffrion 1974).
// With m the multiplier × weight of a border row that k blocks reach,
//
//	paid − n·price + Σ best of the blocks − Σ m·(k−1)
//
// is never more than the value of any choice.
type blocks struct {
	*search
	c     *core
	given []int32
	block []int32 // of each site
	count int
	reach [][]int32 // of each row: the blocks that serve it
	multi []float64 // multiplier × weight of each row
	price float64   // of a site, on top of the core's own
	cover [][]bool  // of each row: for each block of reach, whether its best covers it
	open  []bool    // sites of the bests
}

const (
	smallBlock  = 6 // sites that the best answer has in a block at first
	largeBlock  = 24
	blockRounds = 5     // with blocks of one size
	blockEffort = 10000 // costs looked at for each of a block's costs
)

// boundByBlocks raises the bound, and tries what the blocks' bests are together:
// with small blocks, which are quickly decided, then with larger ones, which
// share less.
func (s *search) boundByBlocks(c *core, given []int32, multipliers []float64, part float64) {
	a := newAscent(c, s.meter)
	a.begin(multipliers)
	b := &blocks{search: s, c: c, given: given, multi: make([]float64, c.rows()), open: make([]bool, c.sites())}
	b.price = (a.pick.last + a.pick.next) / 2
	for i, v := range a.best {
		b.multi[i] = v * c.weight[i]
	}
	until := s.allowance(part, 20)
	for size := smallBlock; size <= largeBlock && size <= c.n; size *= 2 {
		b.partition(size)
		if b.count < 2 {
			return
		}
		pace := 0.7
		for round := 0; round < blockRounds; round++ {
			if s.meter.used >= until || s.done() {
				return
			}
			bound, whole := b.evaluate(until)
			if !whole {
				return
			}
			s.raise(bound)
			b.tryTogether()
			b.move(bound, pace)
			pace *= 0.8
		}
	}
}

// partition grows blocks around the sites of the best answer.
func (b *blocks) partition(size int) {
	b.count = 0
	share := b.overlaps()
	n := b.c.sites()
	b.block = make([]int32, n)
	isOpen := make([]bool, n)
	for j := range b.block {
		b.block[j] = -1
	}
	for _, j := range b.sitesOf(b.c) {
		isOpen[j] = true
	}
	pull := make([]float64, n) // what a free site shares with the block that grows
	for j := b.outermost(share); j >= 0; j = b.outermost(share) {
		clear(pull)
		for opened := 0; j >= 0; {
			b.block[j] = int32(b.count)
			if isOpen[j] {
				if opened++; opened >= size {
					break
				}
			}
			next, most := -1, 0.0
			for k := range pull {
				pull[k] += share[j*n+k]
				if b.block[k] < 0 && pull[k]/(1+share[k*n+k]) > most {
					next, most = k, pull[k]/(1+share[k*n+k])
				}
			}
			j = next
		}
		b.count++
	}
	b.join(share, isOpen, size/2)
	b.reach, b.cover = make([][]int32, b.c.rows()), make([][]bool, b.c.rows())
	for i := range b.reach {
		for e := b.c.first[i]; e < b.c.first[i+1]; e++ {
			if k := b.block[b.c.site[e]]; !slices.Contains(b.reach[i], k) {
				b.reach[i] = append(b.reach[i], k)
			}
		}
		b.cover[i] = make([]bool, len(b.reach[i]))
	}
}

// join adds blocks in which the best answer has few sites to the block that they
// share most with.
func (b *blocks) join(share []float64, isOpen []bool, least int) {
	n := b.c.sites()
	for small := b.smallest(isOpen, least); small >= 0; {
		pull := make([]float64, b.count)
		for j := range n {
			for k := range n {
				if b.block[j] == small && b.block[k] != small {
					pull[b.block[k]] += share[j*n+k]
				}
			}
		}
		best := int32(-1)
		for k, p := range pull {
			if p > 0 && (best < 0 || p > pull[best]) {
				best = int32(k)
			}
		}
		if best < 0 {
			best = int32(b.count - 1) // it stands alone: with any other it costs nothing
			if best == small {
				best--
			}
			if best < 0 {
				return
			}
		}
		last := int32(b.count - 1)
		for j, k := range b.block {
			if k == small {
				b.block[j] = best
			}
		}
		for j, k := range b.block {
			if k == last && small != last {
				b.block[j] = small
			}
		}
		b.count--
		small = b.smallest(isOpen, least)
	}
}

// smallest is the block with the fewest sites of the best answer, if it has less
// than least; −1: none has.
func (b *blocks) smallest(isOpen []bool, least int) int32 {
	opened := make([]int, b.count)
	for j, k := range b.block {
		if isOpen[j] {
			opened[k]++
		}
	}
	best := int32(-1)
	for k, o := range opened {
		if o < least && (best < 0 || o < opened[best]) {
			best = int32(k)
		}
	}
	return best
}

// overlaps are the weights that each two sites both serve; for a site and
// itself, the weight that it shares with all others.
func (b *blocks) overlaps() []float64 {
	c, n := b.c, b.c.sites()
	share := make([]float64, n*n)
	looked := 0
	for i := range c.rows() {
		list := c.site[c.first[i]:c.first[i+1]]
		for _, j := range list {
			for _, k := range list {
				if j != k {
					share[int(j)*n+int(k)] += c.weight[i]
					share[int(j)*n+int(j)] += c.weight[i]
				}
			}
		}
		looked += len(list) * len(list)
	}
	b.meter.add(looked)
	return share
}

// outermost is the site without a block that shares least with others that have
// none; −1: all have one.
func (b *blocks) outermost(share []float64) int {
	n, best, least := b.c.sites(), -1, math.Inf(1)
	for j := range n {
		if b.block[j] >= 0 {
			continue
		}
		sum := 0.0
		for k := range n {
			if k != j && b.block[k] < 0 {
				sum += share[j*n+k]
			}
		}
		if sum < least {
			best, least = j, sum
		}
	}
	return best
}

// evaluate decides all blocks and returns the bound; whole is false if the
// effort was spent before.
func (b *blocks) evaluate(until int64) (bound float64, whole bool) {
	bound = b.c.paid - b.price*float64(b.c.n)
	for i, list := range b.reach {
		bound -= b.multi[i] * b.factor(i) * float64(len(list)-1)
	}
	clear(b.open)
	for k := range int32(b.count) {
		if b.meter.used >= until || b.meter.stopped() {
			return 0, false
		}
		part, rows := b.part(k)
		m := *b.meter
		m.allowed = min(m.allowed, m.used+blockEffort*int64(len(part.site)))
		sub := newSearch(part, &m, b.rng.Uint64())
		sub.small = true
		sub.run()
		b.meter.take(sub.meter)
		bound += sub.bound
		b.note(k, sub, part, rows)
	}
	return bound - 1e-11*math.Abs(bound), true
}

// factor is 0 for rows of one block, whose weight counts in full.
func (b *blocks) factor(i int) float64 {
	if len(b.reach[i]) > 1 {
		return 1
	}
	return 0
}

// part is the core of a block, and the rows that its rows are.
func (b *blocks) part(k int32) (*core, []int32) {
	c := b.c
	part := &core{n: c.sites(), price: c.price + b.price, first: []int32{0}, flat: true}
	number := make([]int32, c.sites())
	for j := range number {
		if b.block[j] == k {
			number[j] = int32(len(part.name))
			part.name = append(part.name, int32(j))
		}
	}
	var list []entry
	for i, blocks := range b.reach {
		if !slices.Contains(blocks, k) {
			continue
		}
		list = list[:0]
		for e := c.first[i]; e < c.first[i+1]; e++ {
			if j := c.site[e]; b.block[j] == k {
				list = append(list, entry{0, number[j]})
			}
		}
		weight := c.weight[i] * c.base[i]
		if len(blocks) > 1 {
			weight = b.multi[i]
		}
		if weight > 0 {
			part.addRow(int32(i), weight, 1, list)
		}
	}
	if c.apart != nil {
		for j := range number {
			if b.block[j] != k {
				number[j] = -1
			}
		}
		part.apart = c.apartOf(number, len(part.name))
	}
	b.meter.add(len(c.site))
	return part, part.row
}

// note writes down what the best of a block opens and covers.
func (b *blocks) note(k int32, sub *search, part *core, rows []int32) {
	isOpen := make([]bool, part.sites())
	for j, name := range part.name {
		_, isOpen[j] = slices.BinarySearch(sub.best, name)
		b.open[name] = isOpen[j]
	}
	for i, row := range rows {
		covered := false
		for e := part.first[i]; e < part.first[i+1]; e++ {
			covered = covered || isOpen[part.site[e]]
		}
		b.cover[row][slices.Index(b.reach[row], k)] = covered
	}
}

// tryTogether completes and improves what the blocks' bests are together.
func (b *blocks) tryTogether() {
	local := newInterchange(b.c, b.meter)
	for j, o := range b.open {
		if o && local.apart[j] == 0 {
			local.add(int32(j))
		}
	}
	for len(local.open) > b.c.n {
		local.dropLeast(-1)
	}
	local.grow()
	local.climb()
	b.offer(append(local.names(), b.given...))
}

// move changes the multipliers of border rows, and the price, towards a better bound.
func (b *blocks) move(bound, pace float64) {
	miss := make([]float64, len(b.reach))
	norm := 0.0
	for i, list := range b.reach {
		if len(list) < 2 {
			continue
		}
		miss[i] = 1
		for _, c := range b.cover[i] {
			if c {
				miss[i]--
			}
		}
		top := b.c.weight[i] * b.c.base[i]
		if miss[i] > 0 && b.multi[i] >= top || miss[i] < 0 && b.multi[i] <= 0 {
			miss[i] = 0
		}
		norm += b.c.weight[i] * miss[i] * miss[i]
	}
	opened := 0
	for _, o := range b.open {
		if o {
			opened++
		}
	}
	if norm > 0 {
		length := pace * 0.5 * (b.value - bound) / norm
		for i, s := range miss {
			top := b.c.weight[i] * b.c.base[i]
			b.multi[i] = min(top, max(0, b.multi[i]+length*s*b.c.weight[i]))
		}
	}
	if b.price > 0 {
		b.price *= 1 + 0.007*pace*float64(max(-5, min(5, opened-b.c.n)))
	}
}
