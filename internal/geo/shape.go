package geo

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// AsMultiPolygon returns an area as MultiPolygon, the one type that areas are
// stored in. It does not check the rings; points and lines are WrongType.
func AsMultiPolygon(g orb.Geometry) (orb.MultiPolygon, *Fault) {
	switch g := g.(type) {
	case nil:
		return nil, emptyFault()
	case orb.MultiPolygon:
		if len(g) == 0 {
			return nil, emptyFault()
		}
		return g, nil
	case orb.Polygon:
		if len(g) == 0 {
			return nil, emptyFault()
		}
		return orb.MultiPolygon{g}, nil
	case orb.Ring:
		return orb.MultiPolygon{{g}}, nil
	case orb.Bound:
		return orb.MultiPolygon{g.ToPolygon()}, nil
	}
	return nil, &Fault{Kind: WrongType, Detail: fmt.Sprintf("需要面（Polygon 或 MultiPolygon），收到的是 %s。", g.GeoJSONType())}
}

// Rewind returns a copy with the winding of RFC 7946: shells counter-clockwise,
// holes clockwise.
func Rewind(m orb.MultiPolygon) orb.MultiPolygon {
	m = m.Clone()
	for _, p := range m {
		for i, ring := range p {
			if area := signedArea(ring); (area < 0) == (i == 0) && area != 0 {
				slices.Reverse(ring)
			}
		}
	}
	return m
}

// signedArea is twice the area in square degrees, positive when
// counter-clockwise, measured from the first point so that a small building
// far from 0° keeps its digits.
func signedArea(ring orb.Ring) float64 {
	sum := 0.0
	for i := 1; i+1 < len(ring); i++ {
		ax, ay := ring[i][0]-ring[0][0], ring[i][1]-ring[0][1]
		bx, by := ring[i+1][0]-ring[0][0], ring[i+1][1]-ring[0][1]
		sum += ax*by - ay*bx
	}
	return sum
}
