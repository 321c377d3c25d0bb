package doctor

import (
	"math"

	"github.com/paulmach/orb"
)

// grid finds landmarks near a place. It measures in metres around the middle of
// what it holds, which over a district is good to a thousandth or two.
type grid struct {
	plane
	size  float64 // of a cell, metres
	cells map[[2]int32][]int32
	marks []landmark
	at    []orb.Point // metres
}

func newGrid(marks []landmark, size float64) *grid {
	g := &grid{size: size, cells: map[[2]int32][]int32{}, marks: marks}
	if len(marks) == 0 {
		return g
	}
	points := make([]orb.Point, 0, len(marks))
	for _, m := range marks {
		points = append(points, m.at)
	}
	g.origin, _ = medianPoint(points)
	for i, p := range points {
		m := g.metres(p)
		g.at = append(g.at, m)
		g.cells[g.cell(m)] = append(g.cells[g.cell(m)], int32(i))
	}
	return g
}

func (g *grid) cell(m orb.Point) [2]int32 {
	return [2]int32{int32(math.Floor(m[0] / g.size)), int32(math.Floor(m[1] / g.size))}
}

// near calls each for every landmark within metres of a place, with the way
// there in metres east and north.
func (g *grid) near(p orb.Point, metres float64, each func(m landmark, way orb.Point)) {
	m := g.metres(p)
	low, high := g.cell(orb.Point{m[0] - metres, m[1] - metres}), g.cell(orb.Point{m[0] + metres, m[1] + metres})
	for x := low[0]; x <= high[0]; x++ {
		for y := low[1]; y <= high[1]; y++ {
			for _, i := range g.cells[[2]int32{x, y}] {
				way := orb.Point{g.at[i][0] - m[0], g.at[i][1] - m[1]}
				if way[0]*way[0]+way[1]*way[1] <= metres*metres {
					each(g.marks[i], way)
				}
			}
		}
	}
}

// segmentGrid finds the road nearest to a place.
type segmentGrid struct {
	plane
	size  float64
	cells map[[2]int32][]int32
	parts []segment // metres
}

func newSegmentGrid(roads []segment, size float64) *segmentGrid {
	g := &segmentGrid{size: size, cells: map[[2]int32][]int32{}}
	points := make([]orb.Point, 0, len(roads))
	for _, s := range roads {
		points = append(points, s.a)
	}
	g.origin, _ = medianPoint(points)
	for i, s := range roads {
		part := segment{g.metres(s.a), g.metres(s.b)}
		g.parts = append(g.parts, part)
		steps := int(math.Hypot(part.b[0]-part.a[0], part.b[1]-part.a[1])/(size/2)) + 1
		last := [2]int32{math.MinInt32, 0}
		for k := range min(steps, 10_000) + 1 {
			t := float64(k) / float64(steps)
			c := [2]int32{int32(math.Floor((part.a[0] + t*(part.b[0]-part.a[0])) / size)), int32(math.Floor((part.a[1] + t*(part.b[1]-part.a[1])) / size))}
			if c != last {
				g.cells[c] = append(g.cells[c], int32(i))
				last = c
			}
		}
	}
	return g
}

// nearest is the distance in metres to the nearest road, at most most, and the
// place on it.
func (g *segmentGrid) nearest(p orb.Point, most float64) (metres float64, at orb.Point) {
	m := g.metres(p)
	cx, cy := int32(math.Floor(m[0]/g.size)), int32(math.Floor(m[1]/g.size))
	best, place := most, m
	for x := cx - 1; x <= cx+1; x++ {
		for y := cy - 1; y <= cy+1; y++ {
			for _, i := range g.cells[[2]int32{x, y}] {
				on := nearestOn(m, g.parts[i])
				if far := math.Hypot(on[0]-m[0], on[1]-m[1]); far < best {
					best, place = far, on
				}
			}
		}
	}
	return best, moved(p, [2]float64{place[0] - m[0], place[1] - m[1]})
}

// nearestOn is the place of a segment that is nearest to a point, all in metres.
func nearestOn(p orb.Point, s segment) orb.Point {
	dx, dy := s.b[0]-s.a[0], s.b[1]-s.a[1]
	t := 0.0
	if n := dx*dx + dy*dy; n > 0 {
		t = math.Max(0, math.Min(1, ((p[0]-s.a[0])*dx+(p[1]-s.a[1])*dy)/n))
	}
	return orb.Point{s.a[0] + t*dx, s.a[1] + t*dy}
}
