package region

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"
)

// hull is the convex hull of points, counter-clockwise, without collinear
// ones and without repeating the first (A. M. Andrew, Another efficient
// algorithm for convex hulls in two dimensions, Inf. Processing Letters 9, 1979).
func hull(points []orb.Point) []orb.Point {
	p := slices.Clone(points)
	slices.SortFunc(p, func(a, b orb.Point) int {
		if c := cmp.Compare(a[0], b[0]); c != 0 {
			return c
		}
		return cmp.Compare(a[1], b[1])
	})
	p = slices.Compact(p)
	if len(p) < 3 {
		return p
	}
	left := func(a, b, c orb.Point) bool {
		return (b[0]-a[0])*(c[1]-a[1])-(b[1]-a[1])*(c[0]-a[0]) > 0
	}
	out := make([]orb.Point, 0, 2*len(p))
	for _, q := range p {
		for len(out) >= 2 && !left(out[len(out)-2], out[len(out)-1], q) {
			out = out[:len(out)-1]
		}
		out = append(out, q)
	}
	lower := len(out) + 1
	for _, q := range slices.Backward(p[:len(p)-1]) {
		for len(out) >= lower && !left(out[len(out)-2], out[len(out)-1], q) {
			out = out[:len(out)-1]
		}
		out = append(out, q)
	}
	return out[:len(out)-1]
}

// smallestCircle is the smallest circle around points, exact but for rounding,
// in expected linear time (E. Welzl, Smallest enclosing disks, LNCS 555, 1991,
// in its iterative form). The order it takes them in is shuffled, always in
// the same way.
func smallestCircle(points []orb.Point) (center orb.Point, radius float64) {
	p := slices.Clone(points)
	random := rand.New(rand.NewPCG(1991, uint64(len(p))))
	random.Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
	outside := func(q orb.Point) bool {
		return math.Hypot(q[0]-center[0], q[1]-center[1]) > radius*(1+1e-14)
	}
	for i, a := range p {
		if i > 0 && !outside(a) {
			continue
		}
		center, radius = a, 0
		for j, b := range p[:i] {
			if !outside(b) {
				continue
			}
			center, radius = over(a, b)
			for _, c := range p[:j] {
				if outside(c) {
					center, radius = through(a, b, c)
				}
			}
		}
	}
	return center, radius
}

// over is the circle whose diameter is from a to b.
func over(a, b orb.Point) (center orb.Point, radius float64) {
	return orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}, math.Hypot(b[0]-a[0], b[1]-a[1]) / 2
}

// through is the circle through three points; if they lie in line, the one
// over the two that are farthest apart.
func through(a, b, c orb.Point) (center orb.Point, radius float64) {
	bx, by, cx, cy := b[0]-a[0], b[1]-a[1], c[0]-a[0], c[1]-a[1]
	d := 2 * (bx*cy - by*cx)
	x := (cy*(bx*bx+by*by) - by*(cx*cx+cy*cy)) / d
	y := (bx*(cx*cx+cy*cy) - cx*(bx*bx+by*by)) / d
	radius = math.Hypot(x, y)
	if d == 0 || math.IsInf(radius, 0) || math.IsNaN(radius) {
		center, radius = over(a, b)
		for _, pair := range [2][2]orb.Point{{a, c}, {b, c}} {
			if m, r := over(pair[0], pair[1]); r > radius {
				center, radius = m, r
			}
		}
		return center, radius
	}
	return orb.Point{a[0] + x, a[1] + y}, radius
}
