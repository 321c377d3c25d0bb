package siting

import (
	"math"
)

// ascent raises the Lagrangian bound of a core. The rule that every row is
// served by one open site is given a price per row, the multiplier: what the
// row would pay for a unit of its weight. What the rows would pay a site more
// than it costs is the site's worth, and
//
//	paid + Σ weight · multiplier − Σ of the n largest worths
//
// is never more than the value of any choice (Cornuejols, Fisher and Nemhauser
// 1977). Multipliers are moved as in the volume algorithm (Barahona and Anbil
// 2000), which also gives the share to which each site is open in the relaxed
// optimum.
type ascent struct {
	c      *core
	load   *loads // nil: no capacities
	meter  *meter
	group  []int32 // sites of which at most one can be open; nil: no conflicts
	groups int

	low    []float64 // of each row: its least cost
	at     []float64 // multipliers that are tried
	best   []float64 // multipliers of the best bound
	bound  float64
	worth  []float64 // of each site at the tried multipliers
	chosen []bool    // the sites whose worth counts
	short  []float64 // 1 − how many chosen sites serve the row
	drift  []float64 // average of short
	shares []float64 // average of chosen
	order  []int32
	pick   pick

	pace          float64 // of a move, as a share of what is left to the target
	blend         float64 // largest weight of the last choice in the averages
	failed, tried int
	// Site worths and the last one chosen at the best multipliers.
	bestPick  pick
	bestWorth []float64
	bestOpen  []bool
}

func newAscent(c *core, m *meter) *ascent {
	rows, sites := c.rows(), c.sites()
	a := &ascent{
		c: c, meter: m, low: make([]float64, rows), at: make([]float64, rows), best: make([]float64, rows),
		short: make([]float64, rows), drift: make([]float64, rows),
		worth: make([]float64, sites), chosen: make([]bool, sites), shares: make([]float64, sites),
		bestWorth: make([]float64, sites), bestOpen: make([]bool, sites),
		bound: math.Inf(-1), pace: 1, blend: 0.2,
	}
	if c.apart != nil {
		a.group, a.groups = cliques(c.apart)
	}
	for i := range rows {
		a.low[i] = c.cost[c.first[i]]
	}
	return a
}

// begin evaluates the first multipliers.
func (a *ascent) begin(multipliers []float64) {
	for i, v := range multipliers {
		a.at[i] = min(max(v, a.low[i]), a.c.base[i])
	}
	a.bound = a.evaluate()
	a.keep()
	copy(a.drift, a.short)
	for j, o := range a.chosen {
		a.shares[j] = 0
		if o {
			a.shares[j] = 1
		}
	}
}

func (a *ascent) keep() {
	copy(a.best, a.at)
	copy(a.bestWorth, a.worth)
	copy(a.bestOpen, a.chosen)
	a.bestPick = a.pick
}

// evaluate returns the bound at the tried multipliers, a hair lower so that
// rounding does not lift it over the truth.
func (a *ascent) evaluate() float64 {
	c := a.c
	for j := range a.worth {
		a.worth[j] = -c.price
	}
	sum, looked := 0.0, 0
	for i, v := range a.at {
		w := c.weight[i]
		sum += w * v
		e, end := c.first[i], c.first[i+1]
		if c.flat {
			v *= w
			for _, j := range c.site[e:end] {
				a.worth[j] += v
			}
			looked += int(end - e)
			continue
		}
		k := e
		for ; k < end && c.cost[k] < v; k++ {
			a.worth[c.site[k]] += w * (v - c.cost[k])
		}
		looked += int(k - e)
	}
	if a.load != nil {
		a.load.limitWorth(a)
	}
	a.choose()
	a.meter.add(2*looked + 2*c.rows() + 4*c.sites())
	if a.load != nil {
		a.load.miss(a)
	} else {
		a.miss()
	}
	a.tried++
	return c.paid + sum - a.pick.sum - 1e-12*(math.Abs(sum)+math.Abs(a.pick.sum))
}

// miss works out short: how far each row is from being served by one site.
func (a *ascent) miss() {
	c := a.c
	for i, v := range a.at {
		s := 1.0
		for k := c.first[i]; k < c.first[i+1] && (c.flat || c.cost[k] < v); k++ {
			if a.chosen[c.site[k]] {
				s--
			}
		}
		a.short[i] = s
	}
}

// climb makes up to steps steps towards target, the value of the best choice
// known, and ends early once the bound reaches enough.
func (a *ascent) climb(steps int, target, enough float64) {
	for range steps {
		if a.bound >= enough || a.meter.stopped() || a.pace < 1e-4 {
			return
		}
		if !a.move(target) {
			return
		}
	}
}

// move makes one step; false: the multipliers are at rest.
func (a *ascent) move(target float64) bool {
	c := a.c
	norm := 0.0
	for i, d := range a.drift {
		if d > 0 && a.best[i] >= c.base[i] || d < 0 && a.best[i] <= a.low[i] {
			continue
		}
		norm += c.weight[i] * d * d
	}
	if norm == 0 {
		return false
	}
	if math.IsInf(target, 1) { // no choice is known yet
		target = a.bound + 0.1*math.Abs(a.bound) + 1
	}
	length := a.pace * max(target-a.bound, 1e-6*math.Abs(target)) / norm
	for i, d := range a.drift {
		a.at[i] = min(max(a.best[i]+length*d, a.low[i]), c.base[i])
	}
	bound := a.evaluate()
	a.average()
	if bound > a.bound {
		a.bound = bound
		a.keep()
		a.failed = 0
		if a.agrees() {
			a.pace = min(2, a.pace*1.1)
		}
		return true
	}
	if a.failed++; a.failed >= 5 {
		a.pace *= 0.66
		a.failed = 0
	}
	if a.pace < 2e-3 && a.blend > 0.04 { // once more, with steadier averages
		a.pace, a.blend = 0.05, a.blend/2
	}
	return true
}

// agrees says whether the new direction is that of the average.
func (a *ascent) agrees() bool {
	dot := 0.0
	for i, d := range a.drift {
		dot += a.c.weight[i] * d * a.short[i]
	}
	return dot > 0
}

// average mixes the last choice into the averages, with the weight that makes
// the average direction shortest, within bounds.
func (a *ascent) average() {
	along, across := 0.0, 0.0
	for i, d := range a.drift {
		if d > 0 && a.best[i] >= a.c.base[i] || d < 0 && a.best[i] <= a.low[i] {
			continue
		}
		turn := a.short[i] - d
		along -= a.c.weight[i] * d * turn
		across += a.c.weight[i] * turn * turn
	}
	fresh := a.blend / 10
	if along > 0 {
		fresh = min(a.blend, max(along/across, fresh))
	}
	for i, s := range a.short {
		a.drift[i] += fresh * (s - a.drift[i])
	}
	for j, o := range a.chosen {
		x := 0.0
		if o {
			x = 1
		}
		a.shares[j] += fresh * (x - a.shares[j])
	}
}
