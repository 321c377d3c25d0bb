package raster

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// crs is a coordinate system that a model may be in.
type crs struct {
	name       string
	geographic bool
	plane      func(orb.Point) orb.Point // degrees to its own units
	degrees    func(orb.Point) orb.Point
}

func same(p orb.Point) orb.Point { return p }

// crsOf finds a coordinate system by its EPSG code: WGS 84 and CGCS2000 in
// degrees, UTM zones of WGS 84, the Gauss-Krüger zones of CGCS2000 and web
// Mercator. The two datums are one to within centimetres.
func crsOf(epsg int) (crs, error) {
	name := fmt.Sprintf("EPSG:%d", epsg)
	switch {
	case epsg == 4326:
		return crs{"WGS 84", true, same, same}, nil
	case epsg == 4490:
		return crs{"CGCS2000", true, same, same}, nil
	case epsg == 3857:
		return crs{name, false, toMercator, fromMercator}, nil
	case epsg >= 32601 && epsg <= 32660:
		return utm(name, epsg-32600, 0), nil
	case epsg >= 32701 && epsg <= 32760:
		return utm(name, epsg-32700, 10_000_000), nil
	}
	if zone, ok := geo.ZoneOfSRID(epsg); ok {
		return crs{
			name, false,
			func(p orb.Point) orb.Point {
				east, north := zone.Forward(p)
				return orb.Point{east, north}
			},
			func(p orb.Point) orb.Point { return zone.Inverse(p[0], p[1]) },
		}, nil
	}
	return crs{}, fault("不支持高程文件的坐标系 EPSG:%d；可用 WGS 84（4326）、CGCS2000（4490 及其高斯投影带）、UTM（326xx、327xx）和 Web 墨卡托（3857）", epsg)
}

// utm is a zone of the Universal Transverse Mercator: a 6° zone with the scale
// 0.9996 on its central meridian.
func utm(name string, zone int, falseNorthing float64) crs {
	const scale, falseEasting = 0.9996, 500_000
	z := geo.GaussKruger{CentralMeridian: float64(zone*6 - 183)}
	return crs{
		name, false,
		func(p orb.Point) orb.Point {
			east, north := z.Forward(p)
			return orb.Point{falseEasting + scale*east, falseNorthing + scale*north}
		},
		func(p orb.Point) orb.Point {
			return z.Inverse((p[0]-falseEasting)/scale, (p[1]-falseNorthing)/scale)
		},
	}
}

const mercatorRadius = 6378137

func toMercator(p orb.Point) orb.Point {
	return orb.Point{
		mercatorRadius * p[0] * math.Pi / 180,
		mercatorRadius * math.Asinh(math.Tan(p[1]*math.Pi/180)),
	}
}

func fromMercator(p orb.Point) orb.Point {
	return orb.Point{
		p[0] / mercatorRadius * 180 / math.Pi,
		math.Atan(math.Sinh(p[1]/mercatorRadius)) * 180 / math.Pi,
	}
}

// rim is how many points of each side of a bound are looked at when it is taken
// to another coordinate system, in which its sides are not straight.
const rim = 16

func around(b orb.Bound, to func(orb.Point) orb.Point) orb.Bound {
	moved := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for k := 0; k <= rim; k++ {
		t := float64(k) / rim
		x, y := b.Min[0]+t*(b.Max[0]-b.Min[0]), b.Min[1]+t*(b.Max[1]-b.Min[1])
		for _, p := range []orb.Point{{x, b.Min[1]}, {x, b.Max[1]}, {b.Min[0], y}, {b.Max[0], y}} {
			moved = moved.Extend(to(p))
		}
	}
	return moved
}

func (c crs) planeOf(degrees orb.Bound) orb.Bound { return around(degrees, c.plane) }
func (c crs) degreesOf(plane orb.Bound) orb.Bound { return around(plane, c.degrees) }

// step is how many degrees lie between samples around a place (degrees).
func (c crs) step(at orb.Point, stepX, stepY float64) (x, y float64) {
	if c.geographic {
		return stepX, stepY
	}
	p := c.plane(at)
	east, south := c.degrees(orb.Point{p[0] + stepX, p[1]}), c.degrees(orb.Point{p[0], p[1] - stepY})
	return math.Abs(east[0] - at[0]), math.Abs(south[1] - at[1])
}
