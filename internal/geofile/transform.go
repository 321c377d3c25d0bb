package geofile

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// Transform returns a copy of a geometry with every point moved.
func Transform(g orb.Geometry, move func(orb.Point) orb.Point) orb.Geometry {
	switch g := g.(type) {
	case nil:
		return nil
	case orb.Point:
		return move(g)
	case orb.MultiPoint:
		return orb.MultiPoint(moved(g, move))
	case orb.LineString:
		return orb.LineString(moved(g, move))
	case orb.Ring:
		return orb.Ring(moved(g, move))
	case orb.MultiLineString:
		out := make(orb.MultiLineString, len(g))
		for i := range g {
			out[i] = moved(g[i], move)
		}
		return out
	case orb.Polygon:
		out := make(orb.Polygon, len(g))
		for i := range g {
			out[i] = moved(g[i], move)
		}
		return out
	case orb.MultiPolygon:
		out := make(orb.MultiPolygon, len(g))
		for i := range g {
			out[i] = Transform(g[i], move).(orb.Polygon)
		}
		return out
	case orb.Collection:
		out := make(orb.Collection, len(g))
		for i := range g {
			out[i] = Transform(g[i], move)
		}
		return out
	case orb.Bound:
		return Transform(g.ToPolygon(), move)
	}
	return g
}

func moved[P ~[]orb.Point](points P, move func(orb.Point) orb.Point) P {
	out := make(P, len(points))
	for i, p := range points {
		out[i] = move(p)
	}
	return out
}

// projectBound is the bound of a projected box: its edges bend, so points along
// them count too.
func projectBound(b orb.Bound, c geo.CRS) orb.Bound {
	if b.IsEmpty() {
		return b
	}
	out := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	const steps = 16
	for i := range steps + 1 {
		s := float64(i) / steps
		x, y := b.Min[0]+s*(b.Max[0]-b.Min[0]), b.Min[1]+s*(b.Max[1]-b.Min[1])
		for _, p := range []orb.Point{{x, b.Min[1]}, {x, b.Max[1]}, {b.Min[0], y}, {b.Max[0], y}} {
			out = out.Extend(c.Forward(p))
		}
	}
	return out
}
