package main

import (
	"cmp"
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"
)

// All work happens on a plane in metres, tangent to the CGCS2000 ellipsoid at
// the middle of the district: over its 4 km the error is under 0.01 %. Only
// what is written goes back to degrees, rounded to 1e-7 (1 cm).
const (
	midLon = 121.5005
	midLat = 31.2387

	semiMajor  = 6378137.0
	flattening = 1 / 298.257222101
	mercatorR  = 6378137.0
)

var perDegree = func() geom.XY {
	e2 := flattening * (2 - flattening)
	s := math.Sin(midLat * math.Pi / 180)
	w := 1 - e2*s*s
	east := semiMajor / math.Sqrt(w) * math.Cos(midLat*math.Pi/180)
	north := semiMajor * (1 - e2) / math.Pow(w, 1.5)
	return geom.XY{X: east * math.Pi / 180, Y: north * math.Pi / 180}
}()

func toPlane(g geom.Geometry) geom.Geometry { return g.TransformXY(pointToPlane) }

func pointToPlane(p geom.XY) geom.XY {
	return geom.XY{X: (p.X - midLon) * perDegree.X, Y: (p.Y - midLat) * perDegree.Y}
}

func toDegrees(g geom.Geometry) geom.Geometry { return g.TransformXY(pointToDegrees) }

func pointToDegrees(p geom.XY) geom.XY {
	return geom.XY{X: round(midLon+p.X/perDegree.X, 7), Y: round(midLat+p.Y/perDegree.Y, 7)}
}

func round(v float64, digits int) float64 {
	k := math.Pow10(digits)
	return math.Round(v*k) / k
}

// mercatorArea is the area in Web Mercator, which the raw files give for whole
// objects.
func mercatorArea(g geom.Geometry) float64 {
	return g.TransformXY(func(p geom.XY) geom.XY {
		lon, lat := midLon+p.X/perDegree.X, midLat+p.Y/perDegree.Y
		return geom.XY{
			X: mercatorR * lon * math.Pi / 180,
			Y: mercatorR * math.Log(math.Tan(math.Pi/4+lat*math.Pi/360)),
		}
	}).Area()
}

// unite is the union of polygons that may touch along a tile's edge. Where
// rounding left a hair between two pieces, it is closed, and the vertices that
// the cut put on straight edges go.
func unite(gs []geom.Geometry) (geom.Geometry, error) {
	whole, err := geom.UnionMany(gs)
	if err != nil {
		return geom.Geometry{}, err
	}
	if len(gs) > 1 && len(polygons(whole)) > 1 {
		if whole, err = closeGaps(whole, 0.15); err != nil {
			return geom.Geometry{}, err
		}
	}
	return tidy(whole, 0.03), nil
}

// closeGaps joins parts that lie within 2r of each other.
func closeGaps(g geom.Geometry, r float64) (geom.Geometry, error) {
	mitre := geom.BufferJoinStyleMitre(5)
	out, err := geom.Buffer(g, r, mitre)
	if err != nil {
		return geom.Geometry{}, err
	}
	return geom.Buffer(out, -r, mitre)
}

// tidy drops vertices that say nothing and parts under a square metre.
func tidy(g geom.Geometry, tolerance float64) geom.Geometry {
	if s, err := g.Simplify(tolerance); err == nil && !s.IsEmpty() {
		g = s
	}
	var keep []geom.Polygon
	for _, p := range polygons(g) {
		if p.Area() >= 1 {
			keep = append(keep, p)
		}
	}
	return multi(keep)
}

// polygons are the polygonal parts of g, largest first.
func polygons(g geom.Geometry) []geom.Polygon {
	var ps []geom.Polygon
	for _, part := range g.Dump() {
		if p, ok := part.AsPolygon(); ok && !p.IsEmpty() {
			ps = append(ps, p)
		}
	}
	slices.SortStableFunc(ps, func(a, b geom.Polygon) int {
		if c := cmp.Compare(b.Area(), a.Area()); c != 0 {
			return c
		}
		return compareXY(a.Envelope().Center(), b.Envelope().Center())
	})
	return ps
}

func compareXY(a, b geom.Point) int {
	p, _ := a.XY()
	q, _ := b.XY()
	if c := cmp.Compare(p.X, q.X); c != 0 {
		return c
	}
	return cmp.Compare(p.Y, q.Y)
}

func multi(ps []geom.Polygon) geom.Geometry { return geom.NewMultiPolygon(ps).AsGeometry() }

// largest is the biggest polygon of g, empty where there is none.
func largest(g geom.Geometry) geom.Geometry {
	ps := polygons(g)
	if len(ps) == 0 {
		return geom.Geometry{}
	}
	return ps[0].AsGeometry()
}

// withoutHoles fills the holes of a polygon that are smaller than area.
func withoutHoles(g geom.Geometry, area float64) geom.Geometry {
	var ps []geom.Polygon
	for _, p := range polygons(g) {
		rings := []geom.LineString{p.ExteriorRing()}
		for i := range p.NumInteriorRings() {
			hole := p.InteriorRingN(i)
			if geom.NewPolygon([]geom.LineString{hole}).Area() >= area {
				rings = append(rings, hole)
			}
		}
		ps = append(ps, geom.NewPolygon(rings))
	}
	return multi(ps)
}

func rectangle(west, south, east, north float64) geom.Geometry {
	return geom.NewSingleRingPolygonXY(west, south, east, south, east, north, west, north, west, south).AsGeometry()
}

// inside is a point of g for labels: on its surface.
func inside(g geom.Geometry) geom.XY {
	p, _ := largest(g).PointOnSurface().XY()
	return p
}

// middle is the point of a footprint that decides to which area it belongs. It
// is what PostGIS's ST_PointOnSurface finds in the shape as it is written, so
// that file and database agree: on the level line half-way between the vertices
// next above and below the middle of the box, the middle of the widest stretch.
func middle(footprint geom.Geometry) geom.XY {
	g := toDegrees(footprint)
	lo, hi, ok := g.Envelope().MinMaxXYs()
	if !ok {
		return geom.XY{}
	}
	below, above, half := lo.Y, hi.Y, (lo.Y+hi.Y)/2
	s := g.DumpCoordinates()
	for i := range s.Length() {
		if y := s.GetXY(i).Y; y <= half {
			below = max(below, y)
		} else {
			above = min(above, y)
		}
	}
	level := (below + above) / 2
	var widest float64
	best := inside(g)
	for _, p := range polygons(g) {
		var xs []float64
		for _, ring := range p.DumpRings() {
			c := ring.Coordinates()
			for i := 1; i < c.Length(); i++ {
				a, b := c.GetXY(i-1), c.GetXY(i)
				if (a.Y > level) != (b.Y > level) {
					xs = append(xs, a.X+(level-a.Y)/(b.Y-a.Y)*(b.X-a.X))
				}
			}
		}
		slices.Sort(xs)
		for i := 1; i < len(xs); i += 2 {
			if w := xs[i] - xs[i-1]; w > widest {
				widest, best = w, geom.XY{X: (xs[i] + xs[i-1]) / 2, Y: level}
			}
		}
	}
	return pointToPlane(best)
}

func holds(area geom.Geometry, p geom.XY) bool {
	return geom.Intersects(area, geom.NewPointXY(p.X, p.Y).AsGeometry())
}

func metres(a, b geom.XY) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

func intersectionArea(a, b geom.Geometry) float64 {
	g, err := geom.Intersection(a, b)
	if err != nil {
		return 0
	}
	return g.Area()
}
