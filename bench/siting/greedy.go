package main

import (
	"math"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// greedyCover is the peer for covering: the site that covers most of what is
// left, n times (MCLP, 0 < n), or until all is covered (LSCP).
func greedyCover(p *siting.Problem, n int, limit float64, model siting.Model) float64 {
	gain, covered := make([]float64, p.Sites), make([]bool, len(p.Weight))
	worth := func(i int) float64 {
		if model == siting.LSCP {
			return 1
		}
		return p.Weight[i]
	}
	total, opened := 0.0, 0
	for model == siting.LSCP || opened < n {
		clear(gain)
		each(p, func(i, j int, cost float64) {
			if !covered[i] && cost <= limit {
				gain[j] += worth(i)
			}
		})
		best := 0
		for j, g := range gain {
			if g > gain[best] {
				best = j
			}
		}
		if gain[best] == 0 {
			break
		}
		opened++
		each(p, func(i, j int, cost float64) {
			if j == best && !covered[i] && cost <= limit {
				covered[i] = true
				total += worth(i)
			}
		})
	}
	if model == siting.LSCP {
		return float64(opened)
	}
	return total
}

// greedyWalks is the peer for p-median and p-center: the site that lowers the
// sum, or the worst walk, most, n times. Every row has a way to every site.
func greedyWalks(p *siting.Problem, n int, model siting.Model) float64 {
	walk := make([]float64, len(p.Weight))
	for i := range walk {
		walk[i] = math.Inf(1)
	}
	value := func() float64 {
		sum, worst := 0.0, 0.0
		for i, w := range walk {
			sum += p.Weight[i] * w
			worst = max(worst, w)
		}
		if model == siting.PCenter {
			return worst
		}
		return sum
	}
	for range n {
		sums, worst := make([]float64, p.Sites), make([]float64, p.Sites)
		each(p, func(i, j int, cost float64) {
			sums[j] += p.Weight[i] * min(cost, walk[i])
			worst[j] = max(worst[j], min(cost, walk[i]))
		})
		if model == siting.PCenter {
			sums = worst
		}
		best := 0
		for j, s := range sums {
			if s < sums[best] {
				best = j
			}
		}
		each(p, func(i, j int, cost float64) {
			if j == best {
				walk[i] = min(walk[i], cost)
			}
		})
	}
	return value()
}

// each calls for every cost of a problem.
func each(p *siting.Problem, call func(i, j int, cost float64)) {
	for i := range p.Weight {
		for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
			call(i, int(p.Costs.Site[k]), p.Costs.Cost[k])
		}
	}
}
