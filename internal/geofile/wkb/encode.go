// Package wkb reads and writes well-known binary, the form that geometries have
// in GeoPackages and databases (OGC 06-103r4, clause 8). It must never trust a
// count that stands in the bytes.
package wkb

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Types of geometries.
const (
	point = 1 + iota
	lineString
	polygon
	multiPoint
	multiLineString
	multiPolygon
	collection
)

// Append adds a geometry to dst, little-endian and two-dimensional.
func Append(dst []byte, g orb.Geometry) ([]byte, error) {
	switch g := g.(type) {
	case orb.Point:
		return coordinate(head(dst, point), g), nil
	case orb.MultiPoint:
		dst = count(head(dst, multiPoint), len(g))
		for _, p := range g {
			dst = coordinate(head(dst, point), p)
		}
	case orb.LineString:
		return coordinates(head(dst, lineString), g), nil
	case orb.MultiLineString:
		dst = count(head(dst, multiLineString), len(g))
		for _, l := range g {
			dst = coordinates(head(dst, lineString), l)
		}
	case orb.Ring:
		return rings(dst, orb.Polygon{g}), nil
	case orb.Polygon:
		return rings(dst, g), nil
	case orb.MultiPolygon:
		dst = count(head(dst, multiPolygon), len(g))
		for _, p := range g {
			dst = rings(dst, p)
		}
	case orb.Bound:
		return rings(dst, g.ToPolygon()), nil
	case orb.Collection:
		dst = count(head(dst, collection), len(g))
		var err error
		for _, member := range g {
			if dst, err = Append(dst, member); err != nil {
				return dst, err
			}
		}
	default:
		return dst, fmt.Errorf("geometry of type %T cannot be written", g)
	}
	return dst, nil
}

func head(dst []byte, kind uint32) []byte {
	return binary.LittleEndian.AppendUint32(append(dst, 1), kind)
}

func count(dst []byte, n int) []byte { return binary.LittleEndian.AppendUint32(dst, uint32(n)) }

func coordinate(dst []byte, p orb.Point) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(p[1]))
}

func coordinates[P ~[]orb.Point](dst []byte, points P) []byte {
	dst = count(dst, len(points))
	for _, p := range points {
		dst = coordinate(dst, p)
	}
	return dst
}

func rings(dst []byte, p orb.Polygon) []byte {
	dst = count(head(dst, polygon), len(p))
	for _, r := range p {
		dst = coordinates(dst, r)
	}
	return dst
}
