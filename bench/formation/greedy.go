package main

import (
	"math"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/formation"
)

// plainGreedy is what one would write in an afternoon, and the peer that the
// search is measured beside: from the most valuable community on, a zone takes
// in its most valuable neighbour that fits, until none does; a zone that stays
// under a minimum is dissolved.
func plainGreedy(p formation.Problem) [][]int32 {
	n := len(p.Units)
	around := make([][]int32, n)
	for _, l := range p.Links {
		around[l.A] = append(around[l.A], l.B)
		around[l.B] = append(around[l.B], l.A)
	}
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch {
		case p.Units[a].Value > p.Units[b].Value:
			return -1
		case p.Units[a].Value < p.Units[b].Value:
			return 1
		}
		return 0
	})
	taken := make([]bool, n)
	var zones [][]int32
	for _, first := range order {
		if taken[first] {
			continue
		}
		sums := slices.Clone(p.Units[first].Totals)
		fits := func(u int32) bool {
			for t, r := range p.Totals {
				if r.Max > 0 && sums[t]+p.Units[u].Totals[t] > r.Max {
					return false
				}
			}
			return true
		}
		alone := true
		for t, r := range p.Totals {
			alone = alone && (r.Max == 0 || sums[t] <= r.Max)
		}
		if !alone {
			continue
		}
		zone := []int32{first}
		taken[first] = true
		for {
			best := int32(-1)
			for _, u := range zone {
				for _, v := range around[u] {
					if !taken[v] && (best < 0 || p.Units[v].Value > p.Units[best].Value) && fits(v) {
						best = v
					}
				}
			}
			if best < 0 {
				break
			}
			taken[best] = true
			zone = append(zone, best)
			for t := range sums {
				sums[t] += p.Units[best].Totals[t]
			}
		}
		enough := true
		for t, r := range p.Totals {
			enough = enough && sums[t] >= r.Min
		}
		if enough {
			zones = append(zones, zone)
			continue
		}
		for _, u := range zone[1:] {
			taken[u] = false
		}
		taken[first] = false
	}
	return zones
}

// valueOf is the value of zones by the search's own objective; zones that lower
// it are left away.
func valueOf(p formation.Problem, zones [][]int32) float64 {
	sum := 0.0
	for _, score := range formation.Scores(p, zones) {
		sum += math.Max(0, score)
	}
	return sum
}
