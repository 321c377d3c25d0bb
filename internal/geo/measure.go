package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Area returns square metres on the CGCS2000 ellipsoid itself, no projection
// between. Edges are straight in longitude and latitude, as RFC 7946 has them;
// PostGIS ST_Area(geography) draws geodesics instead, which differs by 1e-6 for
// edges of 100 m and 1e-4 for edges of 10 km. Holes count negative; points and
// lines have no area. The winding does not matter: the first ring of a polygon
// is its shell.
func Area(g orb.Geometry) float64 {
	switch g := g.(type) {
	case orb.Ring:
		return math.Abs(ringArea(g))
	case orb.Polygon:
		sum := 0.0
		for i, ring := range g {
			if a := math.Abs(ringArea(ring)); i == 0 {
				sum = a
			} else {
				sum -= a
			}
		}
		return math.Max(0, sum)
	case orb.MultiPolygon:
		sum := 0.0
		for _, p := range g {
			sum += Area(p)
		}
		return sum
	case orb.Bound:
		return Area(g.ToPolygon())
	case orb.Collection:
		sum := 0.0
		for _, member := range g {
			sum += Area(member)
		}
		return sum
	}
	return 0
}

// Nodes and weights of Gauss-Legendre quadrature on [0, 1], five points.
var gaussNodes = [5][2]float64{
	{0.5, 0.28444444444444444},
	{0.23076534494715845, 0.23931433524968324},
	{0.76923465505284155, 0.23931433524968324},
	{0.04691007703066802, 0.11846344252809454},
	{0.95308992296933198, 0.11846344252809454},
}

// ringArea integrates, by Green's theorem, the area between the ring and the
// parallel of its first point; measuring from there keeps the digits of a
// building's area.
func ringArea(ring orb.Ring) float64 {
	if len(ring) < 3 {
		return 0
	}
	const rad = math.Pi / 180
	base := ring[0][1] * rad
	sum := 0.0
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		dLon := (b[0] - a[0]) * rad
		if dLon == 0 {
			continue
		}
		from, to := a[1]*rad, b[1]*rad
		for _, node := range gaussNodes {
			sum += dLon * node[1] * stripArea(base, from+(to-from)*node[0])
		}
	}
	return sum
}

// stripArea is the area per radian of longitude between two parallels.
func stripArea(from, to float64) float64 {
	e2 := eccentricity * eccentricity
	sum := 0.0
	for _, node := range gaussNodes {
		sin, cos := math.Sincos(from + (to-from)*node[0])
		w := 1 - e2*sin*sin
		sum += node[1] * cos / (w * w)
	}
	return sum * (to - from) * semiMajor * semiMajor * (1 - e2)
}
