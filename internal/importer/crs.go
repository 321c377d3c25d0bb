package importer

import (
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// datum turns the coordinates of a file into CGCS2000 longitude/latitude, which
// equals WGS 84 to a metre.
type datum struct {
	name    string
	convert func(orb.Point) orb.Point // nil: nothing to do
}

// datumOf finds the coordinate system that a person named; "" is WGS 84.
func datumOf(crs string) (datum, error) {
	switch strings.ToLower(strings.TrimSpace(crs)) {
	case "", "wgs84", "epsg:4326", "4326":
		return datum{name: "WGS 84"}, nil
	case "cgcs2000", "epsg:4490", "4490":
		return datum{name: "CGCS2000"}, nil
	case "gcj02", "gcj-02":
		return datum{"GCJ-02", geo.GCJ02ToWGS84}, nil
	case "bd09", "bd-09":
		return datum{"BD-09", geo.BD09ToWGS84}, nil
	}
	return datum{}, refuse("不认识的坐标系“%s”，可用：wgs84、cgcs2000、gcj02、bd09", shorten(crs, 30))
}

func (d datum) point(p orb.Point) orb.Point {
	if d.convert == nil {
		return p
	}
	return d.convert(p)
}

// area converts a shape in place.
func (d datum) area(a orb.MultiPolygon) orb.MultiPolygon {
	if d.convert == nil {
		return a
	}
	for _, polygon := range a {
		for _, ring := range polygon {
			for i, p := range ring {
				ring[i] = d.convert(p)
			}
		}
	}
	return a
}
