package geofile

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// ring is a ring with what places it among others.
type ring struct {
	points orb.Ring
	bound  orb.Bound
	area   float64 // signed, positive counterclockwise
	shell  *ring
	holes  []orb.Ring
	order  int
}

// AreasOfRings puts rings together, which may be open. With clockwise, as in
// Shapefiles, shells run clockwise and holes the other way; where a file did not
// follow this, rewound is true, and what lies within what decides, as it does
// without clockwise: a ring within an even number of others is a shell, one within
// an odd number a hole.
func AreasOfRings(lines []orb.LineString, clockwise bool) (g orb.Geometry, rewound bool) {
	rings := make([]*ring, len(lines))
	for i, l := range lines {
		r := orb.Ring(l)
		rings[i] = &ring{points: r, bound: r.Bound(), area: SignedArea(r), order: i}
	}
	if len(rings) == 1 {
		return orb.Polygon{rings[0].points}, clockwise && rings[0].area > 0
	}
	if !clockwise || !byDirection(rings) {
		rewound = clockwise
		byNesting(rings)
	}
	var out orb.MultiPolygon
	for _, r := range rings {
		if r.shell != nil {
			r.shell.holes = append(r.shell.holes, r.points)
		}
	}
	for _, r := range rings {
		if r.shell == nil {
			out = append(out, append(orb.Polygon{r.points}, r.holes...))
		}
	}
	if len(out) == 1 {
		return out[0], rewound
	}
	return out, rewound
}

// byDirection finds the shell of each hole; false when there is none for one.
func byDirection(rings []*ring) bool {
	var shells []*ring // from large to small
	for _, r := range bySize(rings) {
		if r.area <= 0 {
			shells = append(shells, r)
			continue
		}
		for _, s := range slices.Backward(shells) {
			if s.area < 0 && s.holds(r) {
				r.shell = s
				break
			}
		}
		if r.shell == nil {
			return false
		}
	}
	return len(shells) > 0
}

// byNesting makes a ring within an even number of others a shell, and one within
// an odd number a hole of the smallest of them.
func byNesting(rings []*ring) {
	sorted := bySize(rings)
	depth := map[*ring]int{}
	for i, r := range sorted {
		r.shell = nil
		for _, s := range slices.Backward(sorted[:i]) {
			if s.area != 0 && r.area != 0 && s.holds(r) {
				depth[r] = depth[s] + 1
				if depth[r]%2 == 1 {
					r.shell = s
				}
				break
			}
		}
	}
}

func bySize(rings []*ring) []*ring {
	sorted := slices.Clone(rings)
	slices.SortStableFunc(sorted, func(a, b *ring) int { return cmp.Compare(abs(b.area), abs(a.area)) })
	return sorted
}

func abs(v float64) float64 { return max(v, -v) }

// holds tells whether another ring lies within this one: by its first point that
// is not on the edge.
func (r *ring) holds(o *ring) bool {
	if !r.bound.Contains(o.bound.Min) || !r.bound.Contains(o.bound.Max) {
		return false
	}
	for _, p := range o.points {
		if where := Within(r.points, p); where != 0 {
			return where > 0
		}
	}
	return true // all points on the edge
}

// Within is 1 for a point inside of a ring, -1 outside and 0 on its edge.
func Within(ring orb.Ring, p orb.Point) int {
	inside := false
	for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
		a, b := ring[j], ring[i]
		cross := (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
		if cross == 0 && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) && p[1] >= min(a[1], b[1]) && p[1] <= max(a[1], b[1]) {
			return 0
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && (cross > 0) == (b[1] > a[1]) {
			inside = !inside
		}
	}
	if inside {
		return 1
	}
	return -1
}

// SignedArea is twice the area, positive counterclockwise, of a ring that may be
// open. Coordinates count from its first point: large ones would lose digits.
func SignedArea(r orb.Ring) float64 {
	sum := 0.0
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += (p[0]-r[0][0])*(q[1]-r[0][1]) - (q[0]-r[0][0])*(p[1]-r[0][1])
	}
	return sum
}
