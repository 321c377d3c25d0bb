package coverage

import (
	"math"

	"github.com/paulmach/orb"
)

// The CGCS2000 ellipsoid, as in EPSG:4490.
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257222101
	semiMinor  = semiMajor * (1 - flattening)
	ecc2       = flattening * (2 - flattening)
	degree     = math.Pi / 180
)

// place is a point in degrees, with what the distance needs of its latitude.
type place struct {
	lon, lat float64
	sinU     float64 // of the reduced latitude
	cosU     float64
}

func placeAt(lon, lat float64) place {
	sinU, cosU := math.Sincos(math.Atan((1 - flattening) * math.Tan(lat*degree)))
	return place{lon, lat, sinU, cosU}
}

// metres is the length of the geodesic between two places on the ellipsoid by
// Vincenty's inverse formula (Survey Review 23, 1975): good to 0.1 mm over any
// distance inside a district. It does not converge for places on opposite sides
// of the Earth, for which it returns a rough upper bound.
func metres(p, q place) float64 {
	if p.lon == q.lon && p.lat == q.lat {
		return 0
	}
	l := (q.lon - p.lon) * degree
	lambda := l
	for range 100 {
		sinL, cosL := math.Sincos(lambda)
		a := q.cosU * sinL
		b := p.cosU*q.sinU - p.sinU*q.cosU*cosL
		sinS := math.Sqrt(a*a + b*b)
		if sinS == 0 {
			return 0
		}
		cosS := p.sinU*q.sinU + p.cosU*q.cosU*cosL
		sigma := math.Atan2(sinS, cosS)
		sinA := p.cosU * q.cosU * sinL / sinS
		cos2A := 1 - sinA*sinA
		cos2M := 0.0 // along the equator
		if cos2A > 0 {
			cos2M = cosS - 2*p.sinU*q.sinU/cos2A
		}
		c := flattening / 16 * cos2A * (4 + flattening*(4-3*cos2A))
		was := lambda
		lambda = l + (1-c)*flattening*sinA*(sigma+c*sinS*(cos2M+c*cosS*(2*cos2M*cos2M-1)))
		if math.Abs(lambda-was) > 1e-13 {
			continue
		}
		u2 := cos2A * (semiMajor*semiMajor/(semiMinor*semiMinor) - 1)
		k1 := 1 + u2/16384*(4096+u2*(-768+u2*(320-175*u2)))
		k2 := u2 / 1024 * (256 + u2*(-128+u2*(74-47*u2)))
		delta := k2 * sinS * (cos2M + k2/4*(cosS*(2*cos2M*cos2M-1)-
			k2/6*cos2M*(4*sinS*sinS-3)*(4*cos2M*cos2M-3)))
		return semiMinor * k1 * (sigma - delta)
	}
	return math.Pi * semiMajor
}

// floorMetric is a flat metric that never overstates a distance: with it, the
// straight line between two places, in degrees, is at most as long as their
// geodesic, but for rounding errors far below a millimetre. It is what lets a search stop early and still be exact.
type floorMetric struct{ perLon, perLat float64 } // metres per degree

// floorFor makes the metric for places inside a box of degrees. A degree of
// longitude is shortest where the latitude is highest, a degree of latitude
// where it is lowest; a geodesic leaves the box by less than the square of its
// longitudes, in radians, over eight.
func floorFor(west, south, east, north float64) floorMetric {
	bulge := (east - west) * degree * (east - west) * degree / 8
	lowest := max(0, max(south, -north)*degree-bulge) // smallest |latitude|
	highest := min(math.Pi/2, max(math.Abs(south), math.Abs(north))*degree+bulge)
	w := func(lat float64) float64 { s := math.Sin(lat); return 1 - ecc2*s*s }
	return floorMetric{
		perLon: semiMajor / math.Sqrt(w(highest)) * math.Cos(highest) * degree,
		perLat: semiMajor * (1 - ecc2) / math.Pow(w(lowest), 1.5) * degree,
	}
}

// Metres is the length of the geodesic between two points in longitude/latitude
// on the CGCS2000 ellipsoid.
func Metres(a, b orb.Point) float64 { return metres(placeAt(a[0], a[1]), placeAt(b[0], b[1])) }
