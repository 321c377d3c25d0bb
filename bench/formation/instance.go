package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/formation"
)

// setting is what is asked of an instance.
type setting struct {
	name       string
	lo, hi     float64 // communities a zone
	households [2]float64
	costMax    float64
	weights    formation.Weights
}

// Totals of every instance, in this order.
const (
	communities = iota
	households
	cost
)

var settings = []setting{
	{
		name: "2-8", lo: 2, hi: 8, households: [2]float64{800, 3000}, costMax: 30e6,
		weights: formation.Weights{Strings: 0.1, Compact: 0.1},
	},
	{
		name: "10-40", lo: 10, hi: 40, households: [2]float64{4000, 14000}, costMax: 160e6,
		weights: formation.Weights{Strings: 0.1, Compact: 0.1, Balance: 0.05, BalanceTotal: households},
	},
}

// instance makes n communities in clusters (old quarters) on a plane, at least
// 60 m from each other as their footprints are not points: links join communities
// whose places are at most 150 m apart, the nearest 8 at most.
func instance(n int, set setting, seed uint64) formation.Problem {
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	p := formation.Problem{
		Totals: []formation.TotalRule{
			{Name: "communities", Min: set.lo, Max: set.hi},
			{Name: "households", Min: set.households[0], Max: set.households[1]},
			{Name: "cost", Max: set.costMax},
		},
		Weights: set.weights,
	}
	clusters := max(1, n/60)
	side := 1000 * math.Sqrt(float64(clusters))
	centres := make([][3]float64, clusters)
	for i := range centres {
		centres[i] = [3]float64{rng.Float64() * side, rng.Float64() * side, 220 + 180*rng.Float64()}
	}
	apart := map[[2]int][]formation.Unit{}
	place := func() (x, y float64) {
		for range 50 {
			c := centres[rng.IntN(clusters)]
			x, y = c[0]+c[2]*rng.NormFloat64(), c[1]+c[2]*rng.NormFloat64()
			free := true
			for dx := -1; dx <= 1; dx++ {
				for dy := -1; dy <= 1; dy++ {
					for _, u := range apart[[2]int{int(x/60) + dx, int(y/60) + dy}] {
						free = free && math.Hypot(u.X-x, u.Y-y) >= 60
					}
				}
			}
			if free {
				break
			}
		}
		return x, y
	}
	for range n {
		x, y := place()
		size := math.Exp(5.4 + 0.7*rng.NormFloat64()) // median of 220 households
		size = math.Round(min(max(size, 20), 2500))
		p.Units = append(p.Units, formation.Unit{
			Value: 0.2 + rng.Float64() + 0.5*rng.Float64()*rng.Float64(),
			X:     x, Y: y,
			Totals: []float64{1, size, math.Round(size * (7000 + 6000*rng.Float64()))},
			Within: -1,
		})
		cell := [2]int{int(x / 60), int(y / 60)}
		apart[cell] = append(apart[cell], p.Units[len(p.Units)-1])
	}
	p.Links = proximity(p.Units, 150, 8)
	return p
}

func proximity(units []formation.Unit, reach float64, most int) []formation.Link {
	type cell [2]int
	grid := map[cell][]int32{}
	at := func(u formation.Unit) cell { return cell{int(math.Floor(u.X / reach)), int(math.Floor(u.Y / reach))} }
	for i, u := range units {
		grid[at(u)] = append(grid[at(u)], int32(i))
	}
	var links []formation.Link
	for i, u := range units {
		var own []formation.Link
		c := at(u)
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				for _, j := range grid[cell{c[0] + dx, c[1] + dy}] {
					if d := math.Hypot(u.X-units[j].X, u.Y-units[j].Y); int(j) != i && d <= reach {
						own = append(own, formation.Link{A: min(int32(i), j), B: max(int32(i), j), LengthM: d})
					}
				}
			}
		}
		slices.SortFunc(own, func(a, b formation.Link) int {
			switch {
			case a.LengthM < b.LengthM:
				return -1
			case a.LengthM > b.LengthM:
				return 1
			}
			return int(a.A-b.A) + int(a.B-b.B)
		})
		links = append(links, own[:min(most, len(own))]...)
	}
	slices.SortFunc(links, func(a, b formation.Link) int {
		if a.A != b.A {
			return int(a.A - b.A)
		}
		return int(a.B - b.B)
	})
	return slices.CompactFunc(links, func(a, b formation.Link) bool { return a.A == b.A && a.B == b.B })
}
