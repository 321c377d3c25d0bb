// Package district generates a district of any size, the same one for the same
// seed: a city of blocks with communities, buildings, roads and facilities, for
// benchmarks and for tests that need numbers. Nothing in it is real. It must
// never be loaded into a database that people work with.
package district

import (
	"math"
	"math/rand/v2"
	"sort"

	"github.com/paulmach/orb"
)

// Code is the code of the generated district.
const Code = "509999"

// Seed is what the project's own figures are measured with.
const Seed = 20240607

// Size says how much is generated. The city grows with its buildings, so that
// it is as dense at any size.
type Size struct {
	Buildings, Communities, Roads, Facilities int
}

// Full is the district that the project's figures are about: a city of 30 by
// 30 km.
var Full = Size{Buildings: 300_000, Communities: 3_000, Roads: 60_000, Facilities: 5_000}

// Scaled returns the full district's proportions with so many buildings.
func Scaled(buildings int) Size {
	part := float64(buildings) / float64(Full.Buildings)
	share := func(n int) int { return max(1, int(math.Round(float64(n)*part))) }
	return Size{buildings, share(Full.Communities), share(Full.Roads), share(Full.Facilities)}
}

const (
	fullSide    = 30_000.0 // m
	blockSide   = 260.0    // m between the middles of two streets
	street      = 26.0     // m that a block leaves to its streets
	mostInBlock = 150      // buildings

	middleLon, middleLat = 106.9, 28.97
	metresPerDegree      = 111_320.0
)

// Subdistrict, Community, Building, Road and Facility are the generated rows.
// Coordinates are longitude/latitude.
type (
	Subdistrict struct {
		Code, Name string
		Area       orb.MultiPolygon
	}
	Community struct {
		Code, Name, Subdistrict string
		BuiltYear, Households   int
		Verdict                 string
		Area                    orb.MultiPolygon
		Location                orb.Point
	}
	Building struct {
		Code                           string
		Community                      int // index, or -1
		Subdistrict, Use               string
		Storeys, BuiltYear, Households int
		Area                           orb.MultiPolygon
	}
	Road struct {
		Ref, Class, Name string
		Line             orb.LineString
	}
	Facility struct {
		Code, Type, Name, Subdistrict string
		Place                         orb.Point
	}
)

// District is a generated district in memory, apart from its buildings, which
// are many: Buildings yields them.
type District struct {
	Size         Size
	Boundary     orb.MultiPolygon
	Subdistricts []Subdistrict
	Communities  []Community
	Roads        []Road
	Facilities   []Facility

	seed   uint64
	side   int // blocks along a side
	corner []orb.Point
	blocks []block
}

// block is the ground between four streets.
type block struct {
	col, row  int
	density   float64
	buildings int
	community int // index, or -1
	first     int // number of its first building
}

// New generates a district.
func New(size Size, seed uint64) *District {
	d := &District{Size: size, seed: seed}
	random := rand.New(rand.NewPCG(seed, 1))
	metres := fullSide * math.Sqrt(float64(size.Buildings)/float64(Full.Buildings))
	d.side = max(4, int(math.Round(metres/blockSide)))
	d.layStreets(random)
	d.fillBlocks(random)
	d.drawSubdistricts()
	d.nameCommunities(random)
	d.drawRoads(random)
	d.placeFacilities(random)
	return d
}

// layStreets bends a regular grid, so that streets run in all directions.
func (d *District) layStreets(random *rand.Rand) {
	n := d.side + 1
	phase := random.Float64() * 6
	d.corner = make([]orb.Point, n*n)
	for row := range n {
		for col := range n {
			x := (float64(col) - float64(d.side)/2) * blockSide
			y := (float64(row) - float64(d.side)/2) * blockSide
			x += 90*math.Sin(y/1700+phase) + (random.Float64()-0.5)*30
			y += 90*math.Sin(x/2100+2*phase) + (random.Float64()-0.5)*30
			d.corner[row*n+col] = orb.Point{x, y}
		}
	}
	last := n - 1
	ring := orb.Ring{}
	margin := 200.0
	for _, at := range [][2]int{{0, 0}, {last, 0}, {last, last}, {0, last}} {
		p := d.corner[at[1]*n+at[0]]
		ring = append(ring, lonLat(orb.Point{p[0] + math.Copysign(margin, p[0]), p[1] + math.Copysign(margin, p[1])}))
	}
	ring = append(ring, ring[0])
	d.Boundary = orb.MultiPolygon{{ring}}
}

// fillBlocks decides how many buildings stand in each block: many around a few
// centres, few between them.
func (d *District) fillBlocks(random *rand.Rand) {
	type centre struct{ x, y, spread, weight float64 }
	half := float64(d.side) * blockSide / 2
	centres := make([]centre, 20)
	for i := range centres {
		centres[i] = centre{
			x: (random.Float64()*1.7 - 0.85) * half, y: (random.Float64()*1.7 - 0.85) * half,
			spread: half * (0.05 + 0.12*random.Float64()), weight: 1 / float64(i+1),
		}
	}
	d.blocks = make([]block, 0, d.side*d.side)
	for row := range d.side {
		for col := range d.side {
			middle := d.inBlock(col, row, 0.5, 0.5)
			density := 0.004
			for _, c := range centres {
				r := math.Hypot(middle[0]-c.x, middle[1]-c.y) / c.spread
				density += c.weight * math.Exp(-r*r/2)
			}
			density *= 0.5 + random.Float64()
			d.blocks = append(d.blocks, block{col: col, row: row, density: density, community: -1})
		}
	}
	d.shareOut()
	order := d.densestFirst()
	for i, at := range order[:min(d.Size.Communities, len(order))] {
		d.blocks[at].community = i
	}
	d.Communities = make([]Community, min(d.Size.Communities, len(order)))
	number := 0
	for i := range d.blocks {
		d.blocks[i].first = number
		number += d.blocks[i].buildings
	}
}

// shareOut gives every block its part of the buildings, none more than fit.
func (d *District) shareOut() {
	left := d.Size.Buildings
	for left > 0 {
		total := 0.0
		for _, b := range d.blocks {
			if b.buildings < mostInBlock {
				total += b.density
			}
		}
		if total == 0 {
			break // the city is full
		}
		given := 0
		for i := range d.blocks {
			b := &d.blocks[i]
			n := min(int(b.density/total*float64(left)), mostInBlock-b.buildings, left-given)
			b.buildings += n
			given += n
		}
		if given == 0 { // only fractions are left
			for _, at := range d.densestFirst() {
				if b := &d.blocks[at]; given < left && b.buildings < mostInBlock {
					b.buildings++
					given++
				}
			}
		}
		left -= given
	}
}

func (d *District) densestFirst() []int {
	order := make([]int, len(d.blocks))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return d.blocks[order[i]].density > d.blocks[order[j]].density })
	return order
}

// inBlock returns the place at u, v (0 to 1) between a block's corners, in
// metres from the middle of the city.
func (d *District) inBlock(col, row int, u, v float64) orb.Point {
	n := d.side + 1
	a, b := d.corner[row*n+col], d.corner[row*n+col+1]
	e, c := d.corner[(row+1)*n+col], d.corner[(row+1)*n+col+1]
	mix := func(i int) float64 {
		return (a[i]*(1-u)+b[i]*u)*(1-v) + (e[i]*(1-u)+c[i]*u)*v
	}
	return orb.Point{mix(0), mix(1)}
}

// quad is the part of a block between two corners given in its own terms.
func (d *District) quad(b block, u0, v0, u1, v1 float64) orb.MultiPolygon {
	at := func(u, v float64) orb.Point { return lonLat(d.inBlock(b.col, b.row, u, v)) }
	return orb.MultiPolygon{{orb.Ring{at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1), at(u0, v0)}}}
}

// lonLat turns metres from the middle of the city into degrees.
func lonLat(p orb.Point) orb.Point {
	return orb.Point{
		middleLon + p[0]/(metresPerDegree*math.Cos(middleLat*math.Pi/180)),
		middleLat + p[1]/metresPerDegree,
	}
}
