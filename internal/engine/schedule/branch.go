package schedule

import (
	"cmp"
	"math"
	"slices"
)

// tree is the branch and bound: depth first, one child per year that a zone may
// still be in, the most promising first.
type tree struct {
	b     *bounder
	c     *core
	st    *state
	best  *best
	order []int32
	// work left, in steps; evaluating a bound once costs each.
	work, each int
	rounds     int     // of subgradient per node
	top        float64 // largest score that was used to cut
	hint       []int8
	plain      bool  // without plans made of relaxed solutions: leaves only
	twin       []int // the first year that is like this one in everything
}

func newTree(c *core, b *best, shortfall bool, order []int32, work int, stopped func() bool) *tree {
	t := &tree{
		b: newBounder(c, shortfall, stopped), c: c, st: newState(c), best: b, order: order, work: work,
		each: 1 + c.n*c.years/24 + len(c.pairs)*c.years/30, rounds: 10, top: math.Inf(-1), hint: make([]int8, c.n),
	}
	t.b.limit = b.short
	t.twin = c.twins()
	return t
}

// twins says of every year which is the first that is like it in everything, so
// that their contents could be exchanged: with equal budgets and no discount.
func (c *core) twins() []int {
	twin := make([]int, c.years)
	for y := range twin {
		twin[y] = y
		for x := range y {
			if twin[x] == x && twin[y] == y && c.alike(x, y) {
				twin[y] = x
			}
		}
	}
	return twin
}

func (c *core) alike(x, y int) bool {
	if c.room[x] != c.room[y] || len(c.goalsOf[x])+len(c.goalsOf[y]) > 0 || c.bonus > 0 && len(c.pairs) > 0 {
		return false
	}
	for i, mask := range c.mask {
		if mask>>x&1 != mask>>y&1 || c.profit[i*c.years+x] != c.profit[i*c.years+y] {
			return false
		}
	}
	return true
}

// repeats are the years that need no child of their own: nothing is fixed in
// them, nor in an earlier twin that the zone may be in.
func (t *tree) repeats(masks []uint64, i int) uint64 {
	used, skip := uint64(0), uint64(0)
	for _, mask := range masks {
		if fixed(mask) >= 0 {
			used |= mask
		}
	}
	for y, x := range t.twin {
		for ; x < y; x++ {
			if t.twin[x] == t.twin[y] && (used>>x|used>>y)&1 == 0 && masks[i]>>x&1 == 1 {
				skip |= 1 << y
				break
			}
		}
	}
	return skip
}

// cutoff is what a plan must be better than.
func (t *tree) cutoff() float64 {
	v := t.best.score
	if t.b.shortfall {
		v = -t.best.short
	}
	t.top = max(t.top, v)
	return v
}

// repair makes a plan of the relaxed solution.
func (t *tree) repair() float64 {
	if t.plain {
		return t.cutoff()
	}
	for i := range t.c.n {
		t.hint[i] = none
		top := math.Inf(-1)
		for y := range t.c.years {
			if v := t.c.profit[i*t.c.years+y]; t.b.in[i*t.c.years+y] && v > top {
				t.hint[i], top = int8(y), v
			}
		}
	}
	t.st.refill(t.order, t.hint)
	t.best.keep(t.st)
	return t.cutoff()
}

// root lowers the bound of the whole problem; masks and d keep what was found.
func (t *tree) root(masks []uint64, d dual, rounds int) float64 {
	t.b.start(d)
	if t.b.misses(masks) > t.b.limit+tiny {
		return t.cutoff()
	}
	return max(t.improve(masks, d, rounds), t.cutoff())
}

func (t *tree) improve(masks []uint64, d dual, rounds int) float64 {
	before := t.b.rounds
	bound := t.b.improve(masks, d, t.cutoff(), rounds, t.repair)
	t.work -= (t.b.rounds - before + 1) * t.each
	return bound
}

// search explores below masks, whose bound is above, and returns a bound of
// what it had to leave; −Inf when nothing was left.
func (t *tree) search(masks []uint64, d dual, above float64, depth int) float64 {
	if t.work <= 0 || t.b.stopped() {
		return above
	}
	bound := above
	if depth > 0 {
		if t.b.misses(masks) > t.b.limit+tiny {
			return math.Inf(-1)
		}
		bound = min(above, t.improve(masks, d, t.rounds))
	}
	if cutoff := t.cutoff(); bound <= cutoff+t.b.slack(cutoff) {
		return math.Inf(-1)
	}
	value := t.b.value(masks, d)
	if math.IsInf(value, -1) {
		return value
	}
	at := t.pick(masks, d)
	if at < 0 {
		t.leaf(masks)
		return math.Inf(-1)
	}
	left := math.Inf(-1)
	for _, place := range t.children(masks, d, at, value) {
		below, inner := slices.Clone(masks), t.c.newDual()
		below[at] = place
		inner.copyFrom(d)
		left = max(left, t.search(below, inner, bound, depth+1))
	}
	return left
}

func (t *tree) leaf(masks []uint64) {
	t.st.clear()
	for i, mask := range masks {
		t.st.set(i, int8(fixed(mask)))
	}
	t.best.keep(t.st)
}

// pick is the zone where the relaxed solution breaks most of what was relaxed;
// −1 when all are fixed.
func (t *tree) pick(masks []uint64, d dual) int {
	c, at, most := t.c, -1, -1.0
	conflict := make([]float64, c.n)
	for i := range c.n {
		conflict[i] = math.Abs(1-float64(t.b.count[i])) * (math.Abs(d.u[i]) + 1e-9)
	}
	if t.b.pairBonus() > 0 {
		for e, p := range c.pairs {
			for side, i := range p {
				for y := range c.years {
					at := (e*2+side)*c.years + y
					if t.b.in[int(i)*c.years+y] != (t.b.paired[e][side] == int8(y)) {
						conflict[i] += d.pi[at]
					}
				}
			}
		}
	}
	for i, mask := range masks {
		if fixed(mask) != free {
			continue
		}
		// Ties go to dear zones: they decide most of a year's room.
		if v := conflict[i] + 1e-12*float64(c.cost[i]); v > most {
			at, most = i, v
		}
	}
	return at
}

// children are the places of a zone, the most promising first.
func (t *tree) children(masks []uint64, d dual, i int, value float64) []uint64 {
	type child struct {
		place  uint64
		expect float64
	}
	var all []child
	out := 0.0
	for rest := masks[i] &^ noneBit; rest != 0; rest &= rest - 1 {
		out += t.b.leave(i, single(rest), d)
	}
	for rest := masks[i] &^ noneBit &^ t.repeats(masks, i); rest != 0; rest &= rest - 1 {
		y := single(rest)
		k := &t.b.years[y]
		enter := k.dantzig - k.bound + t.b.q[i*t.c.years+y] - d.u[i] - k.price*float64(t.c.cost[i])
		if t.c.cost[i] <= t.b.room[y] {
			all = append(all, child{1 << y, value + out - t.b.leave(i, y, d) + enter})
		}
	}
	if masks[i]&noneBit != 0 {
		all = append(all, child{noneBit, value - d.u[i] + out})
	}
	slices.SortStableFunc(all, func(a, b child) int { return cmp.Compare(b.expect, a.expect) })
	places := make([]uint64, len(all))
	for k, c := range all {
		places[k] = c.place
	}
	return places
}

// misses is a lower bound of the shortfall that masks allow: each target by
// itself, with the whole room of its year.
func (b *bounder) misses(masks []uint64) float64 {
	total := 0.0
	for k := range b.c.goals {
		total += b.c.goals[k].missing(b.c.most(k, masks))
	}
	return total
}

// most is an upper bound of what zones can bring to goal k: the fractional
// knapsack over those that are not fixed.
func (c *core) most(k int, masks []uint64) int64 {
	g := &c.goals[k]
	room, total := c.room[g.year], int64(0)
	for i, mask := range masks {
		if mask == 1<<g.year {
			room -= c.cost[i]
			total += g.amount[i]
		}
	}
	for _, i := range g.byCost {
		mask := masks[i]
		if mask == 1<<g.year || mask>>g.year&1 == 0 || c.cost[i] > room && c.cost[i] > c.room[g.year] {
			continue
		}
		if c.cost[i] > room {
			return total + int64(math.Floor(float64(g.amount[i])*float64(max(0, room))/float64(c.cost[i])*(1+1e-12)))
		}
		room -= c.cost[i]
		total += g.amount[i]
	}
	return total
}
