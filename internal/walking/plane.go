package walking

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// farMeridian is how many degrees from the central meridian of its zone a
// district may lie. On it lengths are true; at 6° and a latitude of 30° they are
// 0.4 % too large.
const farMeridian = 6

// Plane is where the network is measured in metres: the district's Gauss-Krüger
// zone. A district that lies far outside its zone, as one outside China does, is
// measured in a zone of its own, whose central meridian runs through it.
type Plane struct{ zone geo.GaussKruger }

func planeOf(srid int, centre orb.Point) Plane {
	zone, known := geo.ZoneOfSRID(srid)
	if !known || math.Abs(centre.Lon()-zone.CentralMeridian) > farMeridian {
		zone = geo.GaussKruger{CentralMeridian: math.Round(centre.Lon()), FalseEasting: 500_000}
	}
	return Plane{zone}
}

// Metres takes longitude/latitude (CGCS2000) to metres.
func (p Plane) Metres(at orb.Point) orb.Point {
	east, north := p.zone.Forward(at)
	return orb.Point{east, north}
}

// Degrees takes metres back to longitude/latitude.
func (p Plane) Degrees(at orb.Point) orb.Point { return p.zone.Inverse(at[0], at[1]) }

// MetresLine is Metres for each point of a line.
func (p Plane) MetresLine(line orb.LineString) orb.LineString { return each(line, p.Metres) }

// DegreesLine is Degrees for each point of a line.
func (p Plane) DegreesLine(line orb.LineString) orb.LineString { return each(line, p.Degrees) }

func each(line orb.LineString, to func(orb.Point) orb.Point) orb.LineString {
	moved := make(orb.LineString, len(line))
	for i, at := range line {
		moved[i] = to(at)
	}
	return moved
}

// PlaneOf is the plane of a district with the EPSG code of its Gauss-Krüger zone
// and a point in its middle, as its network has it.
func PlaneOf(srid int, centre orb.Point) Plane { return planeOf(srid, centre) }
