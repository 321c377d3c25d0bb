package main

import (
	"math"
	"math/rand/v2"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// town is a kind of generated instance: demand points and candidates in a square.
type town struct {
	name            string
	points, sites   int
	sideM           float64
	centres         int     // quarters; 0: spread evenly
	spreadM         float64 // standard deviation of a quarter
	even            bool    // every point has the weight 1
	limitM          float64 // longest way that is known
	sitesEverywhere bool    // candidates spread evenly, not among the points
}

type place struct{ x, y float64 }

// problem generates the instance of a seed; costs are straight lines in metres.
func (t town) problem(seed uint64) *siting.Problem {
	rng := rand.New(rand.NewPCG(seed, 0x5171))
	points := t.scatter(rng, t.points)
	sites := make([]place, t.sites)
	for j := range sites {
		if t.sitesEverywhere {
			sites[j] = place{rng.Float64() * t.sideM, rng.Float64() * t.sideM}
		} else {
			sites[j] = points[rng.IntN(len(points))]
		}
	}
	p := &siting.Problem{Sites: t.sites}
	for _, a := range points {
		w := 1.0
		if !t.even {
			w = float64(6 + rng.IntN(90))
		}
		p.Weight = append(p.Weight, w)
		var near []int32
		var costs []float64
		for j, b := range sites {
			if d := math.Hypot(a.x-b.x, a.y-b.y); d <= t.limitM {
				near, costs = append(near, int32(j)), append(costs, math.Round(d*10)/10)
			}
		}
		p.Costs.Add(near, costs)
	}
	return p
}

// scatter places points in clusters of different sizes, or evenly.
func (t town) scatter(rng *rand.Rand, n int) []place {
	centres := make([]place, t.centres)
	share := make([]float64, t.centres)
	total := 0.0
	for k := range centres {
		centres[k] = place{rng.Float64() * t.sideM, rng.Float64() * t.sideM}
		share[k] = 0.2 + rng.ExpFloat64()
		total += share[k]
	}
	inside := func(v float64) bool { return v >= 0 && v < t.sideM }
	var list []place
	for len(list) < n {
		if t.centres == 0 || rng.IntN(10) == 0 {
			list = append(list, place{rng.Float64() * t.sideM, rng.Float64() * t.sideM})
			continue
		}
		k, at := 0, rng.Float64()*total
		for at > share[k] && k < len(share)-1 {
			at -= share[k]
			k++
		}
		p := place{centres[k].x + rng.NormFloat64()*t.spreadM, centres[k].y + rng.NormFloat64()*t.spreadM}
		if inside(p.x) && inside(p.y) {
			list = append(list, p)
		}
	}
	return list
}
