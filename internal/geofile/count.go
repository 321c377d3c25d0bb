package geofile

import (
	"github.com/paulmach/orb"
)

// CountPoints is the number of points of a geometry.
func CountPoints(g orb.Geometry) int {
	n := 0
	switch g := g.(type) {
	case orb.Point:
		return 1
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.Ring:
		return len(g)
	case orb.MultiLineString:
		for _, l := range g {
			n += len(l)
		}
	case orb.Polygon:
		for _, r := range g {
			n += len(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			n += CountPoints(p)
		}
	case orb.Collection:
		for _, c := range g {
			n += CountPoints(c)
		}
	case orb.Bound:
		return 5
	}
	return n
}

// ShapeOf is the shape of one geometry, NoShape for nil and empty ones.
func ShapeOf(g orb.Geometry) Shape {
	if CountPoints(g) == 0 {
		return NoShape
	}
	switch g := g.(type) {
	case orb.Point, orb.MultiPoint:
		return Points
	case orb.LineString, orb.MultiLineString:
		return Lines
	case orb.Polygon, orb.MultiPolygon, orb.Ring, orb.Bound:
		return Areas
	case orb.Collection:
		s := NoShape
		for _, member := range g {
			s = s.With(ShapeOf(member))
		}
		return s
	}
	return NoShape
}

// With is the shape of a layer that holds both.
func (s Shape) With(other Shape) Shape {
	switch {
	case s == NoShape:
		return other
	case other == NoShape || other == s:
		return s
	}
	return Mixed
}

// Multi is a geometry as one of several parts: layers in most formats have one
// type, and areas and lines may have several parts. Points stay as they are.
func Multi(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.LineString:
		return orb.MultiLineString{g}
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.Ring:
		return orb.MultiPolygon{{g}}
	case orb.Bound:
		return orb.MultiPolygon{g.ToPolygon()}
	}
	return g
}
