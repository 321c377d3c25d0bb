package main

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// town is the generated district as the engine sees it: places in metres in a
// plane around its middle.
type town struct {
	roads      []network.Road
	homes      []orb.Point
	households []float64
	facilities [][]orb.Point // of each type
}

const (
	side      = 30_000.0 // metres
	perBlock  = 4        // paths from one street to the next
	roadsLost = 0.22     // share of the pieces of paths that are not there

	middleLon, middleLat = 106.9, 28.97 // of the generated district
	metresPerDegree      = 111_320.0
)

// build generates a town: buildings and facilities are those of the generated
// district, streets with footpaths between them are a bent mesh with gaps, so
// that ways wind and some paths end nowhere.
func build(buildings, nodes, facilities, types int, seed uint64) *town {
	t := &town{facilities: make([][]orb.Point, types)}
	size := district.Scaled(buildings)
	size.Buildings, size.Facilities = buildings, facilities
	d := district.New(size, seed)
	for b := range d.Buildings() {
		t.homes = append(t.homes, plane(b.Area.Bound().Center()))
		t.households = append(t.households, float64(b.Households))
	}
	for i, f := range d.Facilities {
		t.facilities[i%types] = append(t.facilities[i%types], plane(f.Place))
	}
	t.mesh(side*math.Sqrt(float64(buildings)/float64(district.Full.Buildings)), nodes, seed)
	return t
}

func plane(p orb.Point) orb.Point {
	return orb.Point{
		(p[0] - middleLon) * metresPerDegree * math.Cos(middleLat*math.Pi/180),
		(p[1] - middleLat) * metresPerDegree,
	}
}

// mesh lays about so many crossings on a square. Every perBlock-th line is a
// street, which has no gaps.
func (t *town) mesh(side float64, nodes int, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 3))
	n := int(math.Ceil(math.Sqrt(float64(nodes))))
	step := side / float64(n-1)
	crossing := make([]orb.Point, n*n)
	for i := range crossing {
		x, y := float64(i%n)*step-side/2, float64(i/n)*step-side/2
		crossing[i] = orb.Point{
			x + 90*math.Sin(y/1700) + (random.Float64()-0.5)*step*0.4,
			y + 90*math.Sin(x/2100) + (random.Float64()-0.5)*step*0.4,
		}
	}
	add := func(from, to, line int) {
		isStreet := line%perBlock == 0
		if !isStreet && random.Float64() < roadsLost {
			return
		}
		a, b := crossing[from], crossing[to]
		road := network.Road{Walkable: true, Class: "footway", Line: orb.LineString{a, {
			(a[0]+b[0])/2 + (random.Float64()-0.5)*8, (a[1]+b[1])/2 + (random.Float64()-0.5)*8,
		}, b}}
		if isStreet {
			road.Class = "residential"
		} else if random.IntN(25) == 0 {
			road.Class, road.Stairs = "steps", true
		}
		t.roads = append(t.roads, road)
	}
	for i := range crossing {
		if (i+1)%n != 0 {
			add(i, i+1, i/n)
		}
		if i+n < len(crossing) {
			add(i, i+n, i%n)
		}
	}
}

// hills are heights of up to 200 m above the valleys, and slopes of up to about
// one in four.
type hills struct{}

func (hills) Height(p orb.Point) (float64, bool) {
	x, y := p[0], p[1]
	return 300 + 70*math.Sin(x/1300)*math.Cos(y/1700) + 25*math.Sin(x/430+y/610) + 6*math.Cos(x/150-y/190), true
}
