package ogc

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// CRS is a coordinate reference system as the OGC APIs name it, by an address
// that also says the order of its axes: latitude before longitude and northing
// before easting in EPSG's, longitude first in CRS84, easting first in EPSG:3857.
type CRS struct {
	URI    string
	srid   int
	turned bool // the second axis of ours comes first
	system geo.CRS
}

const epsg = "http://www.opengis.net/def/crs/EPSG/0/"

// CRS84 is longitude/latitude, which everything is in that says nothing else.
var CRS84 = CRS{URI: "http://www.opengis.net/def/crs/OGC/1.3/CRS84", srid: geo.SRIDCGCS2000}

// StorageCRS is the system of the stored coordinates.
const StorageCRS = epsg + "4490"

// Systems lists the systems that features may be asked for and sent in: CRS84,
// CGCS2000 and WGS 84, Web Mercator, and the Gauss-Krüger zones of CGCS2000.
var Systems = systems()

func systems() []CRS {
	all := []CRS{CRS84}
	add := func(srid int, turned bool) {
		if system, ok := geo.NewCRS(srid); ok {
			all = append(all, CRS{epsg + strconv.Itoa(srid), srid, turned, system})
		}
	}
	add(geo.SRIDCGCS2000, true)
	add(geo.SRIDWGS84, true)
	add(geo.SRIDWebMercator, false)
	for srid := 4491; srid <= 4554; srid++ {
		add(srid, true)
	}
	return all
}

// SystemURIs are the addresses of Systems.
func SystemURIs() []string {
	uris := make([]string, 0, len(Systems))
	for _, c := range Systems {
		uris = append(uris, c.URI)
	}
	return uris
}

// ParseCRS finds the system of an address, with or without angle brackets; "" is
// CRS84.
func ParseCRS(uri string) (CRS, bool) {
	uri = strings.TrimSuffix(strings.TrimPrefix(uri, "<"), ">")
	if uri == "" {
		return CRS84, true
	}
	for _, c := range Systems {
		if c.URI == uri {
			return c, true
		}
	}
	return CRS{}, false
}

// Geographic tells whether coordinates are degrees, and not metres.
func (c CRS) Geographic() bool { return c.system.Geographic() }

// Inverse takes a position, in the order of the system's axes, to longitude and
// latitude.
func (c CRS) Inverse(p orb.Point) orb.Point {
	if c.turned {
		p[0], p[1] = p[1], p[0]
	}
	return c.system.Inverse(p)
}

// point is Inverse for those who need none where nothing is to be done.
func (c CRS) point() func(orb.Point) orb.Point {
	if c.URI == CRS84.URI {
		return nil
	}
	return c.Inverse
}

// sql is a stored geometry as GeoJSON in the system. Degrees are written as they
// are stored, metres to the micrometre, so that what is sent back unchanged is
// unchanged. Degrees of CGCS2000 and of WGS 84 are the same here.
func (c CRS) sql(geom string) string {
	digits := 15
	if !c.Geographic() {
		digits = 6
		geom = fmt.Sprintf("ST_Transform(%s, %d)", geom, c.srid)
	}
	geom = "ST_ForcePolygonCCW(" + geom + ")"
	if c.turned {
		geom = "ST_FlipCoordinates(" + geom + ")"
	}
	return fmt.Sprintf("ST_AsGeoJSON(%s, %d, 0)", geom, digits)
}
