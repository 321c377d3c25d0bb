package network

import (
	"math"

	"github.com/paulmach/orb"
)

func metres(a, b orb.Point) float64 { return math.Hypot(b[0]-a[0], b[1]-a[1]) }

// between is the point at part t of the way from a to b; exactly a and b at 0
// and 1.
func between(a, b orb.Point, t float64) orb.Point {
	switch t {
	case 0:
		return a
	case 1:
		return b
	}
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// project returns which part of the way from a to b is nearest to p.
func project(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	square := dx*dx + dy*dy
	if square == 0 {
		return 0
	}
	return min(1, max(0, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/square))
}

// side tells on which side of the line through a and b a point lies: its sign is
// the orientation of the three.
func side(a, b, p orb.Point) float64 {
	return (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
}

// meet tells whether two segments have a point in common, ends included.
func meet(a, b, c, d orb.Point) bool {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	ab1, ab2 := side(a, b, c), side(a, b, d)
	cd1, cd2 := side(c, d, a), side(c, d, b)
	return !(ab1 > 0 && ab2 > 0 || ab1 < 0 && ab2 < 0 || cd1 > 0 && cd2 > 0 || cd1 < 0 && cd2 < 0)
}

// closest returns which part of the way from a to b is nearest to the segment
// from c to d, and the point of that one.
func closest(a, b, c, d orb.Point) (t float64, at orb.Point) {
	if meet(a, b, c, d) {
		if across := side(c, d, a) - side(c, d, b); across != 0 {
			t = min(1, max(0, side(c, d, a)/across))
			return t, between(a, b, t)
		}
	}
	best := math.Inf(1)
	try := func(u float64, q orb.Point) {
		if m := metres(between(a, b, u), q); m < best {
			best, t, at = m, u, q
		}
	}
	try(project(c, a, b), c)
	try(project(d, a, b), d)
	try(0, between(c, d, project(a, c, d)))
	try(1, between(c, d, project(b, c, d)))
	return t, at
}

func finite(line orb.LineString) bool {
	for _, p := range line {
		if math.IsNaN(p[0]) || math.IsInf(p[0], 0) || math.IsNaN(p[1]) || math.IsInf(p[1], 0) {
			return false
		}
	}
	return true
}
