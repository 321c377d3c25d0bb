package schedule

import (
	"math"
	"math/bits"
)

// bounder proves upper bounds by Lagrangian relaxation. Relaxed are "a zone is
// in at most one year" (u), "a pair counts only where both zones are" (pi) and
// the targets (mu); what is left falls apart into one knapsack per year, one
// small choice per pair and a filling of shortfalls, each solved exactly. Every
// value of the multipliers gives a valid bound; subgradient steps look for
// small ones. The knapsacks make the bound at least as good as that of the
// linear program. (M. L. Fisher, "The Lagrangian Relaxation Method for Solving
// Integer Programming Problems", Management Science 27, 1981; S. Martello and
// P. Toth, "Knapsack Problems", 1990.)
type bounder struct {
	c *core
	// shortfall: bound −shortfall from above instead of the score.
	shortfall bool
	limit     float64 // largest shortfall that plans of interest have

	years   []knapsack
	room    []int64
	q       []float64 // [zone*years+year] relaxed profit
	in      []bool    // [zone*years+year] taken by the knapsack of the year
	count   []int32   // years that took the zone
	paired  [][2]int8 // choice of each pair
	missing []float64 // by goal
	have    []float64 // by goal, in shares of the target
	slope   dual      // subgradient
	trial   dual
	scale   []float64 // of mu, by goal
	dearest float64   // mu: above it, sums would lose the digits of the score
	stopped func() bool
	rounds  int // of improve so far
}

// dual are the multipliers.
type dual struct {
	u, pi, mu []float64 // zone; [(pair*2+side)*years+year]; goal
}

func (c *core) newDual() dual {
	return dual{make([]float64, c.n), make([]float64, len(c.pairs)*2*c.years), make([]float64, len(c.goals))}
}

func (d dual) copyFrom(o dual) {
	copy(d.u, o.u)
	copy(d.pi, o.pi)
	copy(d.mu, o.mu)
}

func newBounder(c *core, shortfall bool, stopped func() bool) *bounder {
	b := &bounder{
		c: c, shortfall: shortfall, stopped: stopped,
		years: make([]knapsack, c.years), room: make([]int64, c.years),
		q: make([]float64, c.n*c.years), in: make([]bool, c.n*c.years), count: make([]int32, c.n),
		paired: make([][2]int8, len(c.pairs)), missing: make([]float64, len(c.goals)), have: make([]float64, len(c.goals)),
		slope: c.newDual(), trial: c.newDual(), scale: make([]float64, len(c.goals)),
	}
	if b.dearest = 1; !shortfall {
		b.dearest = 1000 * (c.trivialBound() + 1)
	}
	for k := range c.goals {
		share, zones := 0.0, 0.0
		for i := range c.n {
			if s := c.share(k, i); s > 0 {
				share, zones = share+s, zones+1
			}
		}
		b.scale[k] = 1
		if share > 0 {
			b.scale[k] = zones / share
		}
	}
	return b
}

// share of goal k that zone i brings.
func (c *core) share(k, i int) float64 {
	g := &c.goals[k]
	return float64(min(g.amount[i], g.need)) / float64(g.want)
}

// pairBonus is what the bounded objective gives a pair.
func (b *bounder) pairBonus() float64 {
	if b.shortfall {
		return 0
	}
	return b.c.bonus
}

// start sets multipliers to begin with: half of the bonus to either zone.
func (b *bounder) start(d dual) {
	clear(d.u)
	clear(d.mu)
	for k := range d.pi {
		d.pi[k] = b.pairBonus() / 2
	}
	if b.shortfall {
		for k := range d.mu {
			d.mu[k] = 1
		}
	}
}

// fixed is the only place that a mask leaves: a year, none, or free.
func fixed(mask uint64) int {
	if mask&(mask-1) != 0 {
		return free
	}
	if mask == noneBit {
		return none
	}
	return single(mask)
}

// value is the bound at multipliers d over the assignments that masks allow;
// −Inf when they allow none. It leaves the relaxed solution in b.
func (b *bounder) value(masks []uint64, d dual) float64 {
	c := b.c
	total := 0.0
	if !b.shortfall {
		total = c.base
	}
	copy(b.room, c.room)
	clear(b.in)
	clear(b.count)
	b.price(d)
	for t := range b.years {
		b.years[t].items = b.years[t].items[:0]
	}
	for i, mask := range masks {
		if mask == 0 {
			return math.Inf(-1)
		}
		switch t := fixed(mask); t {
		case free:
			total += d.u[i]
			for rest := mask &^ noneBit; rest != 0; rest &= rest - 1 {
				t := bits.TrailingZeros64(rest)
				if q := b.q[i*c.years+t] - d.u[i]; q > 0 {
					b.years[t].add(i, c.cost[i], q)
				}
			}
		case none:
		default:
			total += b.q[i*c.years+t]
			b.room[t] -= c.cost[i]
			b.in[i*c.years+t] = true
			b.count[i]++
		}
	}
	for t := range b.years {
		if b.room[t] < 0 {
			return math.Inf(-1)
		}
		k := &b.years[t]
		k.drop(b.room[t])
		k.solve(b.room[t])
		total += k.bound
		for j, it := range k.items {
			if k.chosen[j] {
				b.in[int(it.zone)*c.years+t] = true
				b.count[it.zone]++
			}
		}
	}
	return total + b.pairUp(masks, d) + b.fillMissing(d)
}

// drop leaves out what no longer fits.
func (k *knapsack) drop(room int64) {
	kept := k.items[:0]
	for _, it := range k.items {
		if it.cost <= room {
			kept = append(kept, it)
		}
	}
	k.items = kept
}

// price works out the relaxed profits without u.
func (b *bounder) price(d dual) {
	c := b.c
	if b.shortfall {
		clear(b.q)
	} else {
		copy(b.q, c.profit)
		for e, p := range c.pairs {
			for side, i := range p {
				from := (e*2 + side) * c.years
				q := b.q[int(i)*c.years:]
				for t, v := range d.pi[from : from+c.years] {
					q[t] += v
				}
			}
		}
	}
	for k, mu := range d.mu {
		if mu > 0 {
			t := c.goals[k].year
			for i := range c.n {
				b.q[i*c.years+t] += mu * c.share(k, i)
			}
		}
	}
}

// pairUp chooses for each pair the years where its bonus exceeds what the
// multipliers already give its zones.
func (b *bounder) pairUp(masks []uint64, d dual) float64 {
	c := b.c
	total := 0.0
	if b.pairBonus() == 0 {
		return 0
	}
	for e, p := range c.pairs {
		one, two := d.pi[e*2*c.years:(e*2+1)*c.years], d.pi[(e*2+1)*c.years:(e*2+2)*c.years]
		top, choice := 0.0, [2]int8{none, none}
		for s := range c.years {
			if masks[p[0]]>>s&1 == 0 {
				continue
			}
			for t := max(0, s-1); t <= min(c.years-1, s+1); t++ {
				if masks[p[1]]>>t&1 == 0 {
					continue
				}
				if v := c.bonus - one[s] - two[t]; v > top {
					top, choice = v, [2]int8{int8(s), int8(t)}
				}
			}
		}
		b.paired[e] = choice
		total += top
	}
	return total
}

// fillMissing chooses the shortfalls: up to limit in all, where mu pays most.
func (b *bounder) fillMissing(d dual) float64 {
	c := b.c
	total := 0.0
	for k := range c.goals {
		b.missing[k] = 0
		total -= d.mu[k] * float64(c.goals[k].need) / float64(c.goals[k].want)
	}
	if b.shortfall {
		return total // mu ≤ 1: no shortfall pays
	}
	for left := b.limit; left > 0; {
		top := none
		for k := range c.goals {
			if b.missing[k] == 0 && d.mu[k] > 0 && (top == none || d.mu[k] > d.mu[top]) {
				top = k
			}
		}
		if top == none {
			break
		}
		b.missing[top] = min(left, float64(c.goals[top].need)/float64(c.goals[top].want))
		left -= b.missing[top]
		total += d.mu[top] * b.missing[top]
	}
	return total
}

// gradient of the bound at the relaxed solution; it returns its squared length
// over the multipliers that a step can move.
func (b *bounder) gradient(masks []uint64, d dual) float64 {
	c := b.c
	length := 0.0
	for i, mask := range masks {
		g := 0.0
		if fixed(mask) == free {
			g = 1 - float64(b.count[i])
			if g > 0 && d.u[i] <= 0 && mask&noneBit != 0 {
				g = 0
			}
		}
		b.slope.u[i] = g
		length += g * g
	}
	if b.pairBonus() > 0 {
		for e, p := range c.pairs {
			for side, i := range p {
				for t := range c.years {
					at := (e*2+side)*c.years + t
					g := 0.0
					if b.in[int(i)*c.years+t] {
						g++
					}
					if b.paired[e][side] == int8(t) {
						g--
					}
					if g > 0 && d.pi[at] <= 0 {
						g = 0
					}
					b.slope.pi[at] = g
					length += g * g
				}
			}
		}
	}
	for k := range c.goals {
		g := b.missing[k] - float64(c.goals[k].need)/float64(c.goals[k].want)
		t := c.goals[k].year
		for i := range c.n {
			if b.in[i*c.years+t] {
				g += c.share(k, i)
			}
		}
		if g *= b.scale[k]; math.Abs(g) < 1e-9 {
			g = 0 // of rounding: a step against it would have no end
		}
		if g > 0 && d.mu[k] <= 0 || b.shortfall && g < 0 && d.mu[k] >= 1 {
			g = 0
		}
		b.slope.mu[k] = g
		length += g * g
	}
	return length
}

// step moves multipliers against the gradient.
func (b *bounder) step(masks []uint64, d dual, size float64) {
	for i, g := range b.slope.u {
		d.u[i] -= size * g
		if masks[i]&noneBit != 0 {
			d.u[i] = max(0, d.u[i])
		}
	}
	if b.pairBonus() > 0 {
		for k, g := range b.slope.pi {
			if g != 0 {
				d.pi[k] = max(0, d.pi[k]-size*g)
			}
		}
	}
	for k, g := range b.slope.mu {
		d.mu[k] = min(b.dearest, max(0, d.mu[k]-size*g*b.scale[k]))
	}
}

// improve lowers the bound by at most rounds subgradient steps from d, leaves
// the multipliers of the lowest in d, and takes from masks the places where
// the bound proves nothing better than cutoff to be. eased is called at each
// new lowest bound with the relaxed solution in b.
func (b *bounder) improve(masks []uint64, d dual, cutoff float64, rounds int, eased func() float64) float64 {
	lowest := math.Inf(1)
	theta, since := 1.0, 0
	patience := max(4, rounds/30)
	b.trial.copyFrom(d)
	for k := range rounds {
		if k > 0 && b.stopped() {
			break
		}
		b.rounds++
		v := b.value(masks, b.trial)
		if math.IsInf(v, -1) {
			return v
		}
		if v < lowest-1e-7*math.Abs(lowest) || math.IsInf(lowest, 1) {
			since = 0
		} else {
			since++
		}
		if v < lowest {
			lowest = v
			d.copyFrom(b.trial)
			if eased != nil {
				cutoff = max(cutoff, eased())
			}
			if v <= cutoff+b.slack(cutoff) {
				return v
			}
			if !b.fix(masks, b.trial, v, cutoff) {
				return cutoff
			}
		}
		if since >= patience {
			since = 0
			if theta /= 2; theta < 2e-3 {
				break
			}
			b.trial.copyFrom(d)
			b.value(masks, b.trial)
		}
		length := b.gradient(masks, b.trial)
		if length == 0 {
			break
		}
		target := cutoff
		if math.IsInf(cutoff, -1) {
			target = v - math.Abs(v)*0.05
		}
		b.step(masks, b.trial, theta*max(v-target, b.slack(v))/length)
	}
	return lowest
}

// slack is how much better than a cutoff a plan must be to count.
func (b *bounder) slack(v float64) float64 {
	if b.shortfall {
		return shortSlack / 2
	}
	return tolerance(v) / 2
}

// fix takes places from masks by the price of forcing a zone there; false when
// a zone is left without any.
func (b *bounder) fix(masks []uint64, d dual, v, cutoff float64) bool {
	c := b.c
	if math.IsInf(cutoff, -1) {
		return true
	}
	need := cutoff + b.slack(cutoff)
	for i, mask := range masks {
		if fixed(mask) != free {
			continue
		}
		out := 0.0 // price of leaving all years that pay
		for rest := mask &^ noneBit; rest != 0; rest &= rest - 1 {
			out += b.leave(i, single(rest), d)
		}
		if mask&noneBit != 0 && v-d.u[i]+out <= need {
			masks[i] &^= noneBit
		}
		for rest := mask &^ noneBit; rest != 0; rest &= rest - 1 {
			t := single(rest)
			k := &b.years[t]
			enter := min(0, k.dantzig-k.bound+b.q[i*c.years+t]-d.u[i]-k.price*float64(c.cost[i]))
			if c.cost[i] > b.room[t] || v+out-b.leave(i, t, d)+enter <= need {
				masks[i] &^= 1 << t
			}
		}
		if masks[i] == 0 {
			return false
		}
	}
	return true
}

// leave is what the bound of a year changes when zone i may not be in it: 0 or
// less.
func (b *bounder) leave(i, t int, d dual) float64 {
	k := &b.years[t]
	if b.c.cost[i] > b.room[t] {
		return 0 // it was not in the knapsack
	}
	worth := b.q[i*b.c.years+t] - d.u[i] - k.price*float64(b.c.cost[i])
	return min(0, k.dantzig-k.bound-max(0, worth))
}
