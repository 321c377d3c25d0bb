package siting

import (
	"cmp"
	"math"
	"slices"
)

// rise is what deciding a site in one way has done to the bound so far.
type rise struct {
	sum   float64
	times int
}

func (r rise) mean() float64 { return r.sum / float64(max(1, r.times)) }

const (
	probeSteps = 15   // of the ascent, for each way
	fewProbes  = 4    // sites that are tried out at a part
	trusted    = 4    // times after which the average of a site is believed
	allProbes  = 0.05 // of the effort may go into trying out all sites once
)

// divide makes two parts, with a site open and with it closed: the site that
// lifts the bounds of both most. At the first part all sites are tried out, later
// those that did most so far, until they were tried often enough (reliability
// branching; Achterberg, Koch and Martin 2005). It returns false if that has
// decided a site instead.
func (t *tree) divide(p *part, a *ascent, inner []int8, sites []int32) bool {
	candidates := t.unsure(a, inner, sites)
	if len(candidates) == 0 { // all is decided: one more look at the part settles it
		t.push(&part{bound: p.bound, state: p.state, trail: p.trail})
		return true
	}
	decided := false
	if t.made == 1 {
		until := t.allowance(allProbes, 1)
		for _, j := range candidates {
			if t.meter.used < until && p.state[j] == free {
				decided = t.probe(p, j) || decided
			}
		}
		slices.SortStableFunc(candidates, t.byScore)
	} else {
		slices.SortStableFunc(candidates, t.byScore)
		for _, j := range candidates[:min(len(candidates), fewProbes)] {
			if p.state[j] == free && min(t.rises[j][0].times, t.rises[j][1].times) < trusted {
				decided = t.probe(p, j) || decided
			}
		}
		slices.SortStableFunc(candidates, t.byScore)
	}
	if decided {
		return false
	}
	for _, st := range []int8{closed, open} {
		state := slices.Clone(p.state)
		state[candidates[0]] = st
		t.push(&part{bound: p.bound, state: state, trail: p.trail})
	}
	return true
}

// byScore sorts sites by how much deciding them has lifted both bounds.
func (t *tree) byScore(x, y int32) int { return cmp.Compare(t.score(y), t.score(x)) }

func (t *tree) score(j int32) float64 {
	const least = 1e-6
	return max(t.rises[j][0].mean(), least) * max(t.rises[j][1].mean(), least)
}

// unsure are the free sites by how open the relaxation has left them.
func (t *tree) unsure(a *ascent, inner []int8, sites []int32) []int32 {
	var list []int32
	doubt := map[int32]float64{}
	for k, x := range a.shares {
		if inner[k] == free {
			list = append(list, sites[k])
			doubt[sites[k]] = math.Abs(x - 0.5)
		}
	}
	slices.SortFunc(list, func(x, y int32) int { return cmp.Or(cmp.Compare(doubt[x], doubt[y]), cmp.Compare(x, y)) })
	return list
}

// probe tries out both ways to decide a site. If one can't be better than the
// best answer, the site is decided the other way, and it returns true.
func (t *tree) probe(p *part, site int32) bool {
	for k, st := range []int8{closed, open} {
		state := slices.Clone(p.state)
		state[site] = st
		c, given := t.part(state)
		bound := math.Inf(1)
		if c.n < 0 {
			// more are open than may be
		} else if c.settled() {
			t.offer(given)
		} else {
			a := newAscent(c, t.meter)
			a.resume(p.trail, c.row, t.numbers(c))
			a.climb(probeSteps, t.value, t.limit())
			bound = a.bound
		}
		if bound >= t.limit() {
			p.state[site] = closed + open - st
			if p.state[site] == open {
				t.closeAround(site, p.state)
			}
			return true
		}
		t.rises[site][k].sum += max(0, bound-p.raw)
		t.rises[site][k].times++
	}
	return false
}
