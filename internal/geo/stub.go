package geo

import "github.com/paulmach/orb"

// Check returns the first fault of a geometry, or nil when the database may have it.
func Check(g orb.Geometry, l Limits) *Fault { panic("soon") }

// Crossings counts self-crossings and stops at max.
func Crossings(p orb.MultiPolygon, max int) int { panic("soon") }

// AsMultiPolygon accepts Polygon and MultiPolygon.
func AsMultiPolygon(g orb.Geometry) (orb.MultiPolygon, *Fault) { panic("soon") }

// Rewind returns the shape with RFC 7946 winding.
func Rewind(p orb.MultiPolygon) orb.MultiPolygon { panic("soon") }

// DecodeGeoJSONGeometry decodes and checks one GeoJSON geometry.
func DecodeGeoJSONGeometry(data []byte, l Limits) (orb.Geometry, *Fault) { panic("soon") }

// GCJ02ToWGS84 and the others convert lon/lat degrees.
func GCJ02ToWGS84(p orb.Point) orb.Point { panic("soon") }
func WGS84ToGCJ02(p orb.Point) orb.Point { panic("soon") }
func BD09ToWGS84(p orb.Point) orb.Point  { panic("soon") }
func WGS84ToBD09(p orb.Point) orb.Point  { panic("soon") }

// GaussKruger is one Gauss-Krüger zone on the CGCS2000 ellipsoid.
type GaussKruger struct {
	CentralMeridian float64 // degrees east
	FalseEasting    float64 // metres, usually 500,000
	ZonePrefix      int     // zone number written before the easting; 0 for none
}

func (z GaussKruger) Forward(p orb.Point) (east, north float64) { panic("soon") }
func (z GaussKruger) Inverse(east, north float64) orb.Point     { panic("soon") }

// ThreeDegreeSRID is the EPSG code of the 3-degree zone (without prefix) nearest to a longitude.
func ThreeDegreeSRID(lon float64) int { panic("soon") }

// Area returns square metres on the ellipsoid.
func Area(g orb.Geometry) float64 { panic("soon") }
