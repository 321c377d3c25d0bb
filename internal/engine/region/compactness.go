package region

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Compactness tells how compact a shape is by three measures, each from 0 (a
// thread) to 1, without unit. They are those of PostGIS on the same shape.
//
// Holes and parts count as they do there. Area is that of all parts without
// their holes (ST_Area). The perimeter goes along every part and every hole
// (ST_Perimeter). The circle and the hull are drawn around all parts together
// and cover the holes (ST_MinimumBoundingRadius, ST_ConvexHull). So a hole, and
// a part far from the others, make a shape less compact by all three.
type Compactness struct {
	// PolsbyPopper is 4π·area/perimeter²: the area beside that of a circle of
	// the same perimeter (D. D. Polsby and R. D. Popper, The third criterion,
	// Yale Law & Policy Review 9, 1991). A ragged edge lowers it.
	PolsbyPopper float64
	// Reock is the area beside that of the smallest circle around the shape
	// (E. C. Reock, Measuring compactness as a requirement of legislative
	// apportionment, Midwest J. Political Science 5, 1961). Length lowers it.
	Reock float64
	// HullRatio is the area beside that of the convex hull. Bays lower it.
	HullRatio float64
}

// What a shape must have to be measured.
var (
	ErrNoArea        = errors.New("the shape has no area")
	ErrBadCoordinate = errors.New("a coordinate is not a finite number")
	ErrNotAnArea     = errors.New("only areas can be compact")
)

// CompactnessOf measures a shape whose coordinates are metres in a plane, such
// as Gauss-Krüger eastings and northings (degrees would measure the latitude).
// The shape is an orb.Polygon, MultiPolygon, Ring or Bound that is valid as
// ST_IsValid has it; parts that overlap would count twice. The errors are
// ErrNoArea, ErrBadCoordinate and ErrNotAnArea.
func CompactnessOf(shape orb.Geometry) (Compactness, error) {
	var area orb.MultiPolygon
	switch g := shape.(type) {
	case orb.MultiPolygon:
		area = g
	case orb.Polygon:
		area = orb.MultiPolygon{g}
	case orb.Ring:
		area = orb.MultiPolygon{{g}}
	case orb.Bound:
		area = orb.MultiPolygon{g.ToPolygon()}
	default:
		return Compactness{}, fmt.Errorf("compactness of %T: %w", shape, ErrNotAnArea)
	}
	total, perimeter := 0.0, 0.0
	var outline []orb.Point
	var origin orb.Point
	for _, polygon := range area {
		for i, ring := range polygon {
			if len(ring) == 0 {
				continue
			}
			for _, p := range ring {
				if math.IsNaN(p[0]+p[1]) || math.IsInf(p[0]+p[1], 0) {
					return Compactness{}, fmt.Errorf("compactness of a shape with a point at %v: %w", p, ErrBadCoordinate)
				}
			}
			// Seven-digit northings would take half the digits of a product.
			if len(outline) == 0 {
				origin = ring[0]
			}
			size, length := measure(ring, origin)
			perimeter += length
			if i > 0 {
				total -= size
				continue
			}
			total += size
			for _, p := range ring {
				outline = append(outline, orb.Point{p[0] - origin[0], p[1] - origin[1]})
			}
		}
	}
	around := hull(outline)
	hullSize, _ := measure(around, orb.Point{})
	if !(total > 0) || !(hullSize > 0) {
		return Compactness{}, fmt.Errorf("compactness: %w", ErrNoArea)
	}
	_, radius := smallestCircle(around)
	return Compactness{
		PolsbyPopper: min(1, 4*math.Pi*total/(perimeter*perimeter)),
		Reock:        min(1, total/(math.Pi*radius*radius)),
		HullRatio:    min(1, total/hullSize),
	}, nil
}

// measure returns the area and the length of a ring, closed or not.
func measure(ring []orb.Point, origin orb.Point) (area, length float64) {
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		area += (p[0]-origin[0])*(q[1]-origin[1]) - (q[0]-origin[0])*(p[1]-origin[1])
		length += math.Hypot(q[0]-p[0], q[1]-p[1])
	}
	return math.Abs(area) / 2, length
}
