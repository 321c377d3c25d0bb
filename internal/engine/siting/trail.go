package siting

import "slices"

// trail is what one ascent leaves to the next on a part of its core, by row and
// by site of the trunk: where it ended, where it was going, and how fast.
type trail struct {
	multipliers, drift, shares []float64
	pace                       float64
	sites                      int
}

// resumed is the weight of the first choice where an ascent goes on.
const resumed = 0.1

// resume begins where an ascent on a larger core has ended. rows and sites are
// the numbers that the core's rows and sites have there.
func (a *ascent) resume(t *trail, rows, sites []int32) {
	start := make([]float64, len(rows))
	for i, r := range rows {
		start[i] = t.multipliers[r]
	}
	a.begin(start)
	if t.drift == nil {
		return
	}
	for i, r := range rows {
		a.drift[i] = t.drift[r] + resumed*(a.short[i]-t.drift[r])
	}
	for k, j := range sites {
		a.shares[k] = t.shares[j] + resumed*(a.shares[k]-t.shares[j])
	}
	a.pace = max(0.02, t.pace)
}

// leave writes down where the ascent has ended.
func (a *ascent) leave(t *trail, rows, sites []int32) *trail {
	n := &trail{slices.Clone(t.multipliers), slices.Clone(t.drift), slices.Clone(t.shares), a.pace, t.sites}
	if n.drift == nil {
		n.drift = make([]float64, len(t.multipliers))
	}
	if n.shares == nil {
		n.shares = make([]float64, t.sites)
	}
	for i, r := range rows {
		n.multipliers[r], n.drift[r] = a.best[i], a.drift[i]
	}
	for k, j := range sites {
		n.shares[j] = a.shares[k]
	}
	return n
}
