package atlas

import (
	"math"

	"github.com/paulmach/orb"
)

// clipRing cuts a ring to a box (I. E. Sutherland and G. W. Hodgman, Reentrant
// Polygon Clipping, CACM 17, 1974). Parts outside collapse onto its edges, so the
// box should be wider than what is shown.
func clipRing(ring []orb.Point, box orb.Bound) []orb.Point {
	for side := range 4 {
		axis, keepAbove, edge := side%2, side < 2, box.Min[side%2]
		if !keepAbove {
			edge = box.Max[axis]
		}
		in := func(p orb.Point) bool { return (p[axis] >= edge) == keepAbove || p[axis] == edge }
		var out []orb.Point
		for i, b := range ring {
			a := ring[(i+len(ring)-1)%len(ring)]
			if in(a) != in(b) {
				t := (edge - a[axis]) / (b[axis] - a[axis])
				cut := orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
				cut[axis] = edge
				out = append(out, cut)
			}
			if in(b) {
				out = append(out, b)
			}
		}
		ring = out
	}
	return ring
}

// clipLine cuts a line to the runs of it inside a box (Y.-D. Liang and B. A.
// Barsky, A New Concept and Method for Line Clipping, ACM TOG 3, 1984).
func clipLine(line []orb.Point, box orb.Bound) [][]orb.Point {
	var out [][]orb.Point
	var run []orb.Point
	for i := 1; i < len(line); i++ {
		a, b, ok := clipSegment(line[i-1], line[i], box)
		if !ok {
			continue
		}
		if len(run) > 0 && run[len(run)-1] != a {
			out, run = append(out, run), nil
		}
		if len(run) == 0 {
			run = append(run, a)
		}
		run = append(run, b)
	}
	if len(run) > 1 {
		out = append(out, run)
	}
	return out
}

func clipSegment(a, b orb.Point, box orb.Bound) (from, to orb.Point, ok bool) {
	t0, t1 := 0.0, 1.0
	for axis := range 2 {
		d := b[axis] - a[axis]
		for _, edge := range [2][2]float64{{-d, a[axis] - box.Min[axis]}, {d, box.Max[axis] - a[axis]}} {
			p, q := edge[0], edge[1]
			switch {
			case p == 0 && q < 0:
				return a, b, false
			case p < 0:
				t0 = math.Max(t0, q/p)
			case p > 0:
				t1 = math.Min(t1, q/p)
			}
		}
	}
	if t0 > t1 {
		return a, b, false
	}
	at := func(t float64) orb.Point { return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])} }
	from, to = a, b
	if t0 > 0 {
		from = at(t0)
	}
	if t1 < 1 {
		to = at(t1)
	}
	return from, to, true
}

// within tells whether one box lies inside another.
func within(inner, outer orb.Bound) bool {
	return inner.Min[0] >= outer.Min[0] && inner.Min[1] >= outer.Min[1] && inner.Max[0] <= outer.Max[0] && inner.Max[1] <= outer.Max[1]
}

// padded grows a box on all sides.
func padded(b orb.Bound, by float64) orb.Bound {
	return orb.Bound{Min: orb.Point{b.Min[0] - by, b.Min[1] - by}, Max: orb.Point{b.Max[0] + by, b.Max[1] + by}}
}

// meets tells whether two boxes share a point; empty ones never do.
func meets(a, b orb.Bound) bool {
	return a.Min[0] <= b.Max[0] && b.Min[0] <= a.Max[0] && a.Min[1] <= b.Max[1] && b.Min[1] <= a.Max[1]
}

func ringArea(ring []orb.Point) float64 {
	var sum float64
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		sum += a[0]*b[1] - b[0]*a[1]
	}
	return math.Abs(sum) / 2
}
