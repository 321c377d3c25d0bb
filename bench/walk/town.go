package main

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// town generates a town of streets: the crossings of a square lattice, each
// moved a little, every street with a bend, and of the streets between
// neighbours only a share. The same town for the same seed.
func town(side int, spacing, share float64, seed uint64) []network.Road {
	random := rand.New(rand.NewPCG(seed, 1))
	at := make([]orb.Point, side*side)
	for i := range at {
		at[i] = orb.Point{
			(float64(i%side) + 0.5*random.Float64()) * spacing,
			(float64(i/side) + 0.5*random.Float64()) * spacing,
		}
	}
	// Roads come in no order that would help a search.
	order := random.Perm(2 * side * side)
	var roads []network.Road
	for _, k := range order {
		i := k / 2
		j := i + 1
		if k%2 == 1 {
			j = i + side
		}
		if j >= len(at) || k%2 == 0 && j%side == 0 || random.Float64() > share {
			continue
		}
		bend := orb.Point{(at[i][0] + at[j][0]) / 2, (at[i][1]+at[j][1])/2 + (random.Float64()-0.5)*spacing/10}
		roads = append(roads, network.Road{Line: orb.LineString{at[i], bend, at[j]}, Walkable: true, Class: "residential"})
	}
	return roads
}

// places are scattered over the town.
func places(n int, side int, spacing float64, seed uint64) []orb.Point {
	random := rand.New(rand.NewPCG(seed, 2))
	list := make([]orb.Point, n)
	for i := range list {
		list[i] = orb.Point{random.Float64() * float64(side) * spacing, random.Float64() * float64(side) * spacing}
	}
	return list
}

// hills are the heights of the ground: slopes of up to about 13 %.
type hills struct{}

func (hills) Height(p orb.Point) (float64, bool) {
	return 300 + 60*math.Sin(p[0]/700)*math.Cos(p[1]/900) + 8*math.Sin(p[0]/130), true
}
