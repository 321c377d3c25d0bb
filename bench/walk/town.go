package main

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// streets are the crossings of a square lattice, each moved a little, and of the
// streets between neighbours a share, in no order that would help a search. They
// are the same for the same seed.
type streets struct {
	at    []orb.Point
	ends  [][2]int32
	bends []orb.Point // in the middle of each
}

func lattice(side int, spacing, share float64, seed uint64) streets {
	random := rand.New(rand.NewPCG(seed, 1))
	s := streets{at: make([]orb.Point, side*side)}
	number := random.Perm(side * side)
	place := func(row, col int) int32 { return int32(number[row*side+col]) }
	for row := range side {
		for col := range side {
			s.at[place(row, col)] = orb.Point{
				(float64(col) + 0.5*random.Float64()) * spacing,
				(float64(row) + 0.5*random.Float64()) * spacing,
			}
		}
	}
	for _, k := range random.Perm(2 * side * side) {
		row, col := k/2/side, k/2%side
		to := [2]int{row, col + 1}
		if k%2 == 1 {
			to = [2]int{row + 1, col}
		}
		if to[0] == side || to[1] == side || random.Float64() > share {
			continue
		}
		a, b := place(row, col), place(to[0], to[1])
		s.ends = append(s.ends, [2]int32{a, b})
		s.bends = append(s.bends, orb.Point{
			(s.at[a][0] + s.at[b][0]) / 2,
			(s.at[a][1]+s.at[b][1])/2 + (random.Float64()-0.5)*spacing/10,
		})
	}
	return s
}

// roads are the streets as an importer would bring them.
func (s streets) roads() []network.Road {
	roads := make([]network.Road, len(s.ends))
	for i, e := range s.ends {
		roads[i] = network.Road{Line: orb.LineString{s.at[e[0]], s.bends[i], s.at[e[1]]}, Walkable: true, Class: "residential"}
	}
	return roads
}

// arcs are the streets as bare arcs, both ways, with the nodes along the curve
// of the network or, plain, in the order in which they come.
func (s streets) arcs(plain bool) *textbook {
	number := make([]int32, len(s.at))
	for n, i := range network.Curve(s.at) {
		if number[i] = int32(n); plain {
			number[i] = i
		}
	}
	t := &textbook{number: number, first: make([]int32, len(s.at)+1), to: make([]int32, 2*len(s.ends)), cost: make([]float64, 2*len(s.ends))}
	for _, e := range s.ends {
		t.first[number[e[0]]+1]++
		t.first[number[e[1]]+1]++
	}
	for n := range s.at {
		t.first[n+1] += t.first[n]
	}
	next := append([]int32(nil), t.first...)
	for _, e := range s.ends {
		a, b := number[e[0]], number[e[1]]
		// Both of the peers that are compared have the same costs to the unit.
		cost := math.Round(math.Hypot(s.at[e[1]][0]-s.at[e[0]][0], s.at[e[1]][1]-s.at[e[0]][1])*1e4) / 1e4
		t.to[next[a]], t.cost[next[a]] = b, cost
		t.to[next[b]], t.cost[next[b]] = a, cost
		next[a]++
		next[b]++
	}
	return t
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
