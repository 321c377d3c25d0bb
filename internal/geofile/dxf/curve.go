package dxf

import (
	"math"

	"github.com/paulmach/orb"
)

// Curves become lines whose middle lies within chordError of the curve: in drawings
// in metres five millimetres.
const (
	chordError  = 0.005
	maxArcSteps = 720
)

// steps is how many lines an arc needs.
func steps(radius, sweep, tolerance float64) int {
	if !(radius > tolerance) || math.IsNaN(sweep) {
		return 2
	}
	angle := 2 * math.Acos(1-tolerance/radius)
	return int(math.Max(2, math.Min(maxArcSteps, math.Ceil(math.Abs(sweep)/angle))))
}

// arc is the line of a circle from one angle to another, in radians.
func arc(centre orb.Point, radius, from, sweep, tolerance float64) orb.LineString {
	n := steps(radius, sweep, tolerance)
	out := make(orb.LineString, n+1)
	for i := range out {
		sin, cos := math.Sincos(from + sweep*float64(i)/float64(n))
		out[i] = orb.Point{centre[0] + radius*cos, centre[1] + radius*sin}
	}
	return out
}

// bulged appends the points after p of a segment to q that has a bulge: the tangent
// of a quarter of the angle of its arc, positive to the left.
func bulged(out orb.LineString, p, q orb.Point, bulge, tolerance float64) orb.LineString {
	chord := math.Hypot(q[0]-p[0], q[1]-p[1])
	if math.IsNaN(bulge) || math.Abs(bulge) < 1e-9 || chord == 0 || math.Abs(bulge) > 1e6 {
		return append(out, q)
	}
	sweep := 4 * math.Atan(bulge)
	radius := chord / 2 / math.Abs(math.Sin(sweep/2))
	// The centre stands off the middle of the chord, to the left of it.
	off := chord / 2 / math.Tan(sweep/2)
	centre := orb.Point{
		(p[0]+q[0])/2 - (q[1]-p[1])/chord*off,
		(p[1]+q[1])/2 + (q[0]-p[0])/chord*off,
	}
	from := math.Atan2(p[1]-centre[1], p[0]-centre[0])
	curve := arc(centre, radius, from, sweep, tolerance)
	out = append(out, curve[1:len(curve)-1]...)
	return append(out, q)
}

// ellipse is the line of an ellipse: the end of its major axis from the centre, the
// ratio of the axes, and its parameters from and to in radians.
func ellipse(centre, major orb.Point, ratio, from, to, tolerance float64) orb.LineString {
	from, to = turn(from, to)
	n := steps(math.Hypot(major[0], major[1]), to-from, tolerance)
	out := make(orb.LineString, n+1)
	for i := range out {
		sin, cos := math.Sincos(from + (to-from)*float64(i)/float64(n))
		out[i] = orb.Point{
			centre[0] + cos*major[0] - sin*ratio*major[1],
			centre[1] + cos*major[1] + sin*ratio*major[0],
		}
	}
	return out
}

// turn takes the end of a counterclockwise arc to at most one turn after its
// beginning.
func turn(from, to float64) (float64, float64) {
	sweep := math.Mod(to-from, 2*math.Pi)
	if sweep <= 1e-12 {
		sweep += 2 * math.Pi
	}
	return from, from + sweep
}

// spline is a NURBS curve by de Boor's algorithm. Where its numbers do not fit each
// other, its control points are taken.
type spline struct {
	degree  int
	knots   []float64
	control []orb.Point
	weights []float64
}

const maxDegree = 25

func (s spline) line() orb.LineString {
	n := len(s.control)
	if s.degree < 1 || s.degree > maxDegree || n <= s.degree || len(s.knots) != n+s.degree+1 || !ordered(s.knots) {
		return s.control
	}
	if len(s.weights) != n {
		s.weights = nil
	}
	var out orb.LineString
	const perSpan = 12
	for k := s.degree; k < n; k++ {
		from, to := s.knots[k], s.knots[k+1]
		if to <= from {
			continue
		}
		if len(out) == 0 {
			out = append(out, s.at(k, from))
		}
		for i := 1; i <= perSpan; i++ {
			out = append(out, s.at(k, from+(to-from)*float64(i)/perSpan))
		}
	}
	if len(out) == 0 {
		return s.control
	}
	return out
}

func ordered(knots []float64) bool {
	for i, k := range knots {
		if math.IsNaN(k) || i > 0 && k < knots[i-1] {
			return false
		}
	}
	return true
}

// at is the point of the curve in the span after knot k.
func (s spline) at(k int, u float64) orb.Point {
	var x, y, w [maxDegree + 1]float64
	for j := range s.degree + 1 {
		i := k - s.degree + j
		w[j] = 1
		if s.weights != nil {
			w[j] = s.weights[i]
		}
		x[j], y[j] = s.control[i][0]*w[j], s.control[i][1]*w[j]
	}
	for r := 1; r <= s.degree; r++ {
		for j := s.degree; j >= r; j-- {
			i := k - s.degree + j
			a := 0.0
			if width := s.knots[i+s.degree-r+1] - s.knots[i]; width > 0 {
				a = (u - s.knots[i]) / width
			}
			x[j], y[j], w[j] = (1-a)*x[j-1]+a*x[j], (1-a)*y[j-1]+a*y[j], (1-a)*w[j-1]+a*w[j]
		}
	}
	return orb.Point{x[s.degree] / w[s.degree], y[s.degree] / w[s.degree]}
}
