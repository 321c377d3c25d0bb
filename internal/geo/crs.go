package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// CRS is a coordinate reference system that files come and go in. Within the
// product all coordinates are CGCS2000 lon/lat degrees, which equal WGS 84 to
// 5 cm. The zero value is those: EPSG:4490. Use NewCRS, ParseCRS or CustomCRS
// for others.
type CRS struct {
	srid     int // EPSG code; 0 with a plane is a custom Gauss-Krüger zone
	plane    *GaussKruger
	scale    float64 // on the central meridian, 1 for Gauss-Krüger, 0.9996 for UTM
	mercator bool
}

// EPSG codes that are no Gauss-Krüger zone.
const (
	SRIDCGCS2000    = 4490
	SRIDWGS84       = 4326
	SRIDWebMercator = 3857
)

// NewCRS returns the system of an EPSG code: 4490, 4326, 3857, the Gauss-Krüger
// zones of CGCS2000 (4491–4554, with and without zone number) and UTM on WGS 84
// north of the equator (32643–32653). ok is false for any other.
func NewCRS(srid int) (c CRS, ok bool) {
	switch {
	case srid == SRIDCGCS2000, srid == SRIDWGS84:
		return CRS{srid: srid}, true
	case srid == SRIDWebMercator:
		return CRS{srid: srid, mercator: true}, true
	case srid >= 32643 && srid <= 32653:
		zone := GaussKruger{CentralMeridian: float64((srid-32600)*6 - 183), FalseEasting: 500_000}
		return CRS{srid: srid, plane: &zone, scale: 0.9996}, true
	}
	zone, ok := ZoneOfSRID(srid)
	if !ok {
		return CRS{}, false
	}
	return CRS{srid: srid, plane: &zone, scale: 1}, true
}

// CustomCRS is a Gauss-Krüger zone of a town's own on the CGCS2000 ellipsoid.
func CustomCRS(zone GaussKruger) CRS { return CRS{plane: &zone, scale: 1} }

// ParseCRS reads "EPSG:4545", "4545", or a custom zone as
// "gk:cm=107.5,fe=500000,prefix=0", with fn=… for a false northing. String is its
// inverse.
func ParseCRS(text string) (CRS, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if definition, custom := strings.CutPrefix(text, "gk:"); custom {
		return parseCustom(definition)
	}
	srid, err := strconv.Atoi(strings.TrimPrefix(text, "epsg:"))
	if err != nil {
		return CRS{}, fmt.Errorf("coordinate reference system %q: neither an EPSG code nor gk:cm=…", text)
	}
	c, ok := NewCRS(srid)
	if !ok {
		return CRS{}, fmt.Errorf("coordinate reference system EPSG:%d is not supported", srid)
	}
	return c, nil
}

func parseCustom(definition string) (CRS, error) {
	zone := GaussKruger{CentralMeridian: math.NaN(), FalseEasting: 500_000}
	for part := range strings.SplitSeq(definition, ",") {
		key, value, _ := strings.Cut(part, "=")
		v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return CRS{}, fmt.Errorf("custom Gauss-Krüger zone: %q is not a number", value)
		}
		switch strings.TrimSpace(key) {
		case "cm":
			zone.CentralMeridian = v
		case "fe":
			zone.FalseEasting = v
		case "prefix":
			if v != math.Trunc(v) {
				return CRS{}, fmt.Errorf("custom Gauss-Krüger zone: prefix has to be a whole number")
			}
			zone.ZonePrefix = int(math.Max(-1, math.Min(100, v)))
		case "fn":
			zone.FalseNorthing = v
		default:
			return CRS{}, fmt.Errorf("custom Gauss-Krüger zone: unknown parameter %q", key)
		}
	}
	switch {
	case !(zone.CentralMeridian >= 60 && zone.CentralMeridian <= 150):
		return CRS{}, fmt.Errorf("custom Gauss-Krüger zone: the central meridian cm has to lie between 60 and 150")
	case math.Abs(zone.FalseEasting) > 1e7 || math.Abs(zone.FalseNorthing) > 1e7 || zone.ZonePrefix < 0 || zone.ZonePrefix > 99:
		return CRS{}, fmt.Errorf("custom Gauss-Krüger zone: fe, fn or prefix out of range")
	}
	return CustomCRS(zone), nil
}

// SRID is the EPSG code, 0 for a custom zone.
func (c CRS) SRID() int {
	if c.srid == 0 && c.plane == nil {
		return SRIDCGCS2000
	}
	return c.srid
}

// String is what ParseCRS reads.
func (c CRS) String() string {
	if c.SRID() != 0 {
		return "EPSG:" + strconv.Itoa(c.SRID())
	}
	text := "gk:cm=" + plain(c.plane.CentralMeridian) + ",fe=" + plain(c.plane.FalseEasting) + ",prefix=" + strconv.Itoa(c.plane.ZonePrefix)
	if c.plane.FalseNorthing != 0 {
		text += ",fn=" + plain(c.plane.FalseNorthing)
	}
	return text
}

// Geographic tells whether coordinates are lon/lat degrees, and not metres.
func (c CRS) Geographic() bool { return c.plane == nil && !c.mercator }

// Zone returns the Gauss-Krüger zone of a plane system; ok is false for others
// and for UTM.
func (c CRS) Zone() (zone GaussKruger, ok bool) {
	if c.plane == nil || c.scale != 1 {
		return GaussKruger{}, false
	}
	return *c.plane, true
}

// Forward takes lon/lat degrees to the coordinates of the system: (lon, lat) or
// (easting, northing) in metres, in this order whatever the registry's axes are.
func (c CRS) Forward(p orb.Point) orb.Point {
	switch {
	case c.mercator:
		return orb.Point{semiMajor * p[0] * math.Pi / 180, semiMajor * math.Atanh(math.Sin(p[1]*math.Pi/180))}
	case c.plane == nil:
		return p
	}
	bare := GaussKruger{CentralMeridian: c.plane.CentralMeridian}
	east, north := bare.Forward(p)
	return orb.Point{float64(c.plane.ZonePrefix)*1e6 + c.plane.FalseEasting + c.scale*east, c.plane.FalseNorthing + c.scale*north}
}

// Inverse takes coordinates of the system to lon/lat degrees.
func (c CRS) Inverse(p orb.Point) orb.Point {
	switch {
	case c.mercator:
		return orb.Point{p[0] / semiMajor * 180 / math.Pi, math.Asin(math.Tanh(p[1]/semiMajor)) * 180 / math.Pi}
	case c.plane == nil:
		return p
	}
	bare := GaussKruger{CentralMeridian: c.plane.CentralMeridian}
	return bare.Inverse((p[0]-c.plane.FalseEasting-float64(c.plane.ZonePrefix)*1e6)/c.scale, (p[1]-c.plane.FalseNorthing)/c.scale)
}
