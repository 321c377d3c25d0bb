package catchment_test

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// town is a small random town: streets of a bent grid with gaps, some of them
// stairs, on hills or not, with homes and facilities, of which some are on an
// island or far from any street.
type town struct {
	graph             *network.Graph
	net               *network.Net
	homes, facilities *network.Ties
	random            *rand.Rand
	side              float64 // metres
}

type hills struct{ steepness float64 }

func (h hills) Height(p orb.Point) (float64, bool) {
	return h.steepness * (40*math.Sin(p[0]/170) + 30*math.Cos(p[1]/230) + 12*math.Sin((p[0]+p[1])/60)), true
}

var rules = network.TieRules{Reach: 120}

// newTown makes a town of side by side crossings; steepness 0: costs are metres.
func newTown(seed uint64, side, homes, facilities int, steepness float64) *town {
	random := rand.New(rand.NewPCG(seed, 5))
	t := &town{random: random, side: 90 * float64(side)}
	crossing := func(col, row int) orb.Point {
		return orb.Point{90*float64(col) + 20*math.Sin(float64(7*row+col)), 90*float64(row) + 20*math.Cos(float64(5*col+row))}
	}
	var roads []network.Road
	add := func(a, b orb.Point) {
		if random.Float64() < 0.8 {
			roads = append(roads, network.Road{Line: orb.LineString{a, b}, Walkable: true, Class: "residential", Stairs: random.IntN(12) == 0})
		}
	}
	for row := range side {
		for col := range side {
			if col+1 < side {
				add(crossing(col, row), crossing(col+1, row))
			}
			if row+1 < side {
				add(crossing(col, row), crossing(col, row+1))
			}
		}
	}
	far := t.side + 400 // an island of two streets
	roads = append(roads, network.Road{Line: orb.LineString{{far, 0}, {far + 200, 0}, {far + 200, 200}}, Walkable: true})
	t.graph = network.Build(roads)
	t.net = t.graph.ByMetres()
	if steepness > 0 {
		var err error
		if t.net, err = t.graph.BySeconds(network.Walker{SpeedMS: 1, StairsMS: 0.5, StepFree: random.IntN(4) == 0}, hills{steepness}); err != nil {
			panic(err) // the walker above is a good one
		}
	}
	t.homes = t.graph.Tie(t.points(homes), rules)
	t.facilities = t.graph.Tie(t.points(facilities), rules)
	return t
}

// points are some places in town.
func (t *town) points(n int) []orb.Point {
	points := make([]orb.Point, n)
	for i := range points {
		points[i] = t.point()
	}
	return points
}

func (t *town) point() orb.Point {
	switch t.random.IntN(25) {
	case 0:
		return orb.Point{t.side + 380 + 240*t.random.Float64(), 240 * t.random.Float64()} // on the island
	case 1:
		return orb.Point{t.side + 300, 2000} // far from everything
	}
	return orb.Point{t.random.Float64() * t.side, t.random.Float64() * t.side}
}
