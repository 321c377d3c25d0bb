package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/schedule"
)

// kind of district to measure.
type kind struct {
	zones, years       int
	neighbours, locked bool
	targets            bool
	discount           float64
}

var kinds = []kind{
	{zones: 12, years: 3, discount: 0.05, neighbours: true, locked: true},
	{zones: 25, years: 5, discount: 0.05},
	{zones: 25, years: 5, discount: 0.05, neighbours: true, locked: true},
	{zones: 25, years: 5, discount: 0.05, neighbours: true, locked: true, targets: true},
	{zones: 25, years: 5},
	{zones: 60, years: 5, discount: 0.05, neighbours: true, locked: true},
	{zones: 300, years: 5, discount: 0.05},
	{zones: 300, years: 5, discount: 0.05, neighbours: true, locked: true},
	{zones: 300, years: 5, discount: 0.05, neighbours: true, locked: true, targets: true},
	{zones: 300, years: 10, discount: 0.05, neighbours: true, locked: true},
	{zones: 1000, years: 5, discount: 0.05, neighbours: true, locked: true},
}

func (k kind) String() string {
	s := fmt.Sprintf("%d zones, %d years", k.zones, k.years)
	if k.discount == 0 {
		s += ", no discount"
	}
	if k.neighbours {
		s += ", neighbours"
	}
	if k.locked {
		s += ", locks"
	}
	if k.targets {
		s += ", targets"
	}
	return s
}

func (k kind) district(seed uint64) schedule.Problem {
	rng := rand.New(rand.NewPCG(seed, 2022))
	p := schedule.Problem{DiscountRate: k.discount}
	side := int(math.Ceil(math.Sqrt(float64(k.zones))))
	total, communities, area, value := 0.0, 0, 0.0, 0.0
	for i := range k.zones {
		z := schedule.Zone{Communities: 1 + rng.IntN(12), Ready: rng.IntN(4) > 0}
		z.FloorAreaM2 = math.Round(float64(z.Communities) * (3000 + rng.Float64()*9000))
		z.Households = int(z.FloorAreaM2 / 80)
		z.Cost = math.Round(z.FloorAreaM2 * (250 + rng.Float64()*400))
		z.Value = z.Cost / 1e5 * (0.4 + 1.2*rng.Float64())
		if !z.Ready {
			z.ReadyFrom = 2023 + rng.IntN(k.years)
		}
		if k.locked && rng.IntN(12) == 0 {
			z.Locked, z.Ready = 2022+rng.IntN(k.years), true
		}
		if k.neighbours {
			if i%side > 0 && rng.IntN(5) > 0 {
				z.Neighbours = append(z.Neighbours, i-1)
			}
			if i >= side && rng.IntN(5) > 0 {
				z.Neighbours = append(z.Neighbours, i-side)
			}
		}
		total, communities, area, value = total+z.Cost, communities+z.Communities, area+z.FloorAreaM2, value+z.Value
		p.Zones = append(p.Zones, z)
	}
	if k.neighbours {
		p.Continuation = 0.08 * value / float64(k.zones)
	}
	for t := range k.years {
		y := schedule.Year{Year: 2022 + t, Budget: math.Round(total / 2 / float64(k.years) * (0.7 + 0.6*rng.Float64()))}
		if k.targets {
			share := y.Budget / total
			y.MinCommunities = int(float64(communities) * share * (0.8 + 0.3*rng.Float64()))
			y.MinFloorAreaM2 = math.Round(area * share * (0.8 + 0.3*rng.Float64()))
		}
		p.Years = append(p.Years, y)
	}
	return p
}

// ratioGreedy is the peer: zones by value per yuan, each into the first year
// that it is ready for and that has room.
func ratioGreedy(p schedule.Problem) []int {
	years, left, order := make([]int, len(p.Zones)), make([]float64, len(p.Years)), make([]int, len(p.Zones))
	for t, y := range p.Years {
		left[t] = y.Budget
		for i, z := range p.Zones {
			if z.Locked == y.Year {
				years[i] = y.Year
				left[t] -= z.Cost
			}
		}
	}
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(p.Zones[b].Value/p.Zones[b].Cost, p.Zones[a].Value/p.Zones[a].Cost)
	})
	for _, i := range order {
		z := p.Zones[i]
		for t, y := range p.Years {
			if years[i] == 0 && z.Cost <= left[t] && (z.Ready || z.ReadyFrom <= y.Year) {
				years[i] = y.Year
				left[t] -= z.Cost
			}
		}
	}
	return years
}
