package zone

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/geo"
)

const (
	// reachM is how near to a boundary a line has to end to end on it.
	reachM = 2.0
	// together is the distance, in degrees (about 15 mm), below which places on
	// two boundaries are meant to be the same: maps round to seven digits.
	together = 1.5e-7
	// exactly is what rounding leaves of a place on an edge, in degrees: a vertex
	// there moves the edge by less than anybody can measure.
	exactly = 1e-10
)

// onRing is a place on a ring of a shape.
type onRing struct {
	part, ring int
	segment    int       // it lies on the segment from this vertex to the next, before the next
	at         orb.Point // a vertex of the ring where one is together with it
	metres     float64   // from the place that was asked about
}

// nearest finds the place on the boundary of a shape that is nearest to p; only
// says which rings count.
func nearest(shape orb.MultiPolygon, p orb.Point, only func(part, ring int) bool) (onRing, bool) {
	best := onRing{metres: math.Inf(1)}
	for i, polygon := range shape {
		for j, ring := range polygon {
			if only != nil && !only(i, j) {
				continue
			}
			for k := 0; k+1 < len(ring); k++ {
				at, metres := footOn(ring[k], ring[k+1], p)
				if metres < best.metres {
					best = onRing{i, j, k, at, metres}
				}
			}
		}
	}
	return best, !math.IsInf(best.metres, 1)
}

// footOn is the place on the segment a–b that is nearest to p, and its distance
// in metres on a plane that touches the ellipsoid about there.
func footOn(a, b, p orb.Point) (orb.Point, float64) {
	const degree = 111_320.0
	k := math.Cos(p[1] * math.Pi / 180)
	abX, abY := (b[0]-a[0])*k, b[1]-a[1]
	apX, apY := (p[0]-a[0])*k, p[1]-a[1]
	t := 0.0
	if length := abX*abX + abY*abY; length > 0 {
		t = math.Max(0, math.Min(1, (apX*abX+apY*abY)/length))
	}
	at := orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
	switch {
	case apart(p, a) < together:
		at = a
	case apart(p, b) < together:
		at = b
	case apart(at, a) < together:
		at = a
	case apart(at, b) < together:
		at = b
	case apart(at, p) < exactly:
		at = p // a vertex of a neighbour, perhaps: it stays what it is
	}
	return at, degree * math.Hypot((p[0]-at[0])*k, p[1]-at[1])
}

func apart(a, b orb.Point) float64 { return math.Max(math.Abs(a[0]-b[0]), math.Abs(a[1]-b[1])) }

// withVertex returns a copy of the shape with a vertex at the place, and the
// index of that vertex in its ring.
func withVertex(shape orb.MultiPolygon, place onRing) (orb.MultiPolygon, int) {
	ring := shape[place.part][place.ring]
	switch place.at {
	case ring[place.segment]:
		return shape, place.segment
	case ring[place.segment+1]:
		return shape, (place.segment + 1) % (len(ring) - 1)
	}
	shape = shape.Clone()
	with := make(orb.Ring, 0, len(ring)+1)
	with = append(with, ring[:place.segment+1]...)
	with = append(with, place.at)
	with = append(with, ring[place.segment+1:]...)
	shape[place.part][place.ring] = with
	return shape, place.segment + 1
}

// between returns the two ways along a closed ring from vertex i to vertex j,
// both from i to j: the one in the ring's direction first.
func between(ring orb.Ring, i, j int) (onward, back orb.LineString) {
	n := len(ring) - 1
	for k := i; ; k = (k + 1) % n {
		onward = append(onward, ring[k])
		if k == j {
			break
		}
	}
	for k := i; ; k = (k - 1 + n) % n {
		back = append(back, ring[k])
		if k == j {
			break
		}
	}
	return onward, back
}

// vertices calls yield for every vertex of a shape in a bound, once for each ring.
func vertices(shape orb.MultiPolygon, within orb.Bound, yield func(orb.Point)) {
	for _, polygon := range shape {
		for _, ring := range polygon {
			for k := 0; k+1 < len(ring); k++ {
				if within.Contains(ring[k]) {
					yield(ring[k])
				}
			}
		}
	}
}

// stitched returns a shape with the vertices of another on its boundary as its
// own, so that the edges that they share are the same edges; and whether that
// took any. Within is how far, in degrees, such a vertex may lie off. A shape
// that would no longer be sound stays as it is.
func stitched(shape, other orb.MultiPolygon, within float64) (orb.MultiPolygon, bool) {
	near := shape.Bound().Pad(within)
	if !near.Intersects(other.Bound()) {
		return shape, false
	}
	var points []orb.Point
	vertices(other, near, func(p orb.Point) { points = append(points, p) })
	if len(points) == 0 {
		return shape, false
	}
	index := newPointIndex(points, within)
	changed := false
	with := make(orb.MultiPolygon, len(shape))
	for i, polygon := range shape {
		with[i] = make(orb.Polygon, len(polygon))
		for j, ring := range polygon {
			grown := make(orb.Ring, 0, len(ring))
			for k := 0; k+1 < len(ring); k++ {
				grown = append(grown, ring[k])
				grown = append(grown, index.along(ring[k], ring[k+1])...)
			}
			grown = append(grown, ring[len(ring)-1])
			changed = changed || len(grown) > len(ring)
			with[i][j] = grown
		}
	}
	if !changed || geo.Check(with, geo.Limits{MaxPoints: geo.MaxDrawnPoints}) != nil {
		return shape, false
	}
	return with, true
}

// aligned returns a shape whose vertices are those of a model where they are
// together with them.
func aligned(shape, model orb.MultiPolygon) (orb.MultiPolygon, bool) {
	near := shape.Bound().Pad(together)
	if !near.Intersects(model.Bound()) {
		return shape, false
	}
	var points []orb.Point
	vertices(model, near, func(p orb.Point) { points = append(points, p) })
	index := newPointIndex(points, together)
	changed := false
	with := shape.Clone()
	for i, polygon := range with {
		for j, ring := range polygon {
			for k := range ring {
				if p, found := index.at(ring[k]); found && p != ring[k] {
					ring[k], changed = p, true
				}
			}
			with[i][j] = slices.Compact(ring)
		}
	}
	if !changed || geo.Check(with, geo.Limits{MaxPoints: geo.MaxDrawnPoints}) != nil {
		return shape, false
	}
	return with, true
}

// dust is the area in square degrees (about ten square centimetres) of what only
// rounding makes.
const dust = 1e-13

// dusted returns an area without polygons and holes that only rounding made; nil
// where nothing else is left.
func dusted(g orb.Geometry) orb.MultiPolygon {
	shape, _ := g.(orb.MultiPolygon)
	if p, single := g.(orb.Polygon); single {
		shape = orb.MultiPolygon{p}
	}
	var left orb.MultiPolygon
	for _, polygon := range shape {
		if len(polygon) == 0 || math.Abs(planar.Area(polygon[0])) < dust {
			continue
		}
		kept := orb.Polygon{polygon[0]}
		for _, hole := range polygon[1:] {
			if math.Abs(planar.Area(hole)) >= dust {
				kept = append(kept, hole)
			}
		}
		left = append(left, kept)
	}
	return geo.Rewind(left)
}
