package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The Chinese map offsets. GCJ-02 shifts WGS 84 by some hundred metres after a
// formula that was never published; the one below is what every map library
// uses and agrees with the map services to about a metre. BD-09 shifts GCJ-02
// once more. CGCS2000 and WGS 84 differ by less than 5 cm and count as equal.
// All points are lon/lat degrees; outside China all four are the identity.
const (
	gcjAxis         = 6378245.0              // Krasovsky 1940
	gcjEccentricity = 0.00669342162296594323 // its e²
	bdPi            = math.Pi * 3000 / 180
)

// insideChina is the box within which the offsets apply.
func insideChina(p orb.Point) bool {
	return p[0] >= 72.004 && p[0] <= 137.8347 && p[1] >= 0.8293 && p[1] <= 55.8271
}

// WGS84ToGCJ02 adds the offset of Chinese public maps (高德, 腾讯).
func WGS84ToGCJ02(p orb.Point) orb.Point {
	if !insideChina(p) {
		return p
	}
	return gcjShift(p)
}

// GCJ02ToWGS84 takes the offset away, exact to a millimetre.
func GCJ02ToWGS84(p orb.Point) orb.Point {
	if !insideChina(p) {
		return p
	}
	return invert(p, gcjShift)
}

// WGS84ToBD09 adds the offset of Baidu maps.
func WGS84ToBD09(p orb.Point) orb.Point {
	if !insideChina(p) {
		return p
	}
	return bdShift(gcjShift(p))
}

// BD09ToWGS84 takes the offset of Baidu maps away, exact to a millimetre.
func BD09ToWGS84(p orb.Point) orb.Point {
	if !insideChina(p) {
		return p
	}
	return invert(p, func(q orb.Point) orb.Point { return bdShift(gcjShift(q)) })
}

// invert finds the point that shift takes to p. The shifts change by under 1 %
// over a step, so each round gains two digits or more.
func invert(p orb.Point, shift func(orb.Point) orb.Point) orb.Point {
	q := p
	for range 20 {
		s := shift(q)
		dx, dy := p[0]-s[0], p[1]-s[1]
		q = orb.Point{q[0] + dx, q[1] + dy}
		if math.Abs(dx) < 1e-11 && math.Abs(dy) < 1e-11 {
			break
		}
	}
	return q
}

func gcjShift(p orb.Point) orb.Point {
	x, y := p[0]-105, p[1]-35
	root := math.Sqrt(math.Abs(x))
	wave := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3

	lat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + wave
	lat += (20*math.Sin(y*math.Pi) + 40*math.Sin(y/3*math.Pi)) * 2 / 3
	lat += (160*math.Sin(y/12*math.Pi) + 320*math.Sin(y*math.Pi/30)) * 2 / 3

	lon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + wave
	lon += (20*math.Sin(x*math.Pi) + 40*math.Sin(x/3*math.Pi)) * 2 / 3
	lon += (150*math.Sin(x/12*math.Pi) + 300*math.Sin(x/30*math.Pi)) * 2 / 3

	phi := p[1] / 180 * math.Pi
	sin := math.Sin(phi)
	magic := 1 - gcjEccentricity*sin*sin
	meridian := gcjAxis * (1 - gcjEccentricity) / (magic * math.Sqrt(magic))
	parallel := gcjAxis / math.Sqrt(magic) * math.Cos(phi)
	return orb.Point{
		p[0] + lon*180/(parallel*math.Pi),
		p[1] + lat*180/(meridian*math.Pi),
	}
}

func bdShift(p orb.Point) orb.Point {
	z := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*bdPi)
	theta := math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*bdPi)
	return orb.Point{z*math.Cos(theta) + 0.0065, z*math.Sin(theta) + 0.006}
}
