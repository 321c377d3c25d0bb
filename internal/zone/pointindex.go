package zone

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// pointIndex finds points near a place or a segment: they are kept by columns of
// longitude, in each column by latitude.
type pointIndex struct {
	tolerance   float64 // in degrees: what is nearer is the same place
	west, width float64
	columns     [][]orb.Point
}

func newPointIndex(points []orb.Point, tolerance float64) *pointIndex {
	x := &pointIndex{tolerance: tolerance, width: 1}
	if len(points) == 0 {
		return x
	}
	bound := orb.MultiPoint(points).Bound()
	n := max(1, min(1024, len(points)/4))
	x.west = bound.Min[0]
	x.width = math.Max((bound.Max[0]-bound.Min[0])/float64(n), 10*x.tolerance)
	x.columns = make([][]orb.Point, n+1)
	for _, p := range points {
		c := x.column(p[0])
		x.columns[c] = append(x.columns[c], p)
	}
	for _, c := range x.columns {
		slices.SortFunc(c, func(a, b orb.Point) int {
			switch {
			case a[1] < b[1] || a[1] == b[1] && a[0] < b[0]:
				return -1
			case a == b:
				return 0
			}
			return 1
		})
	}
	return x
}

func (x *pointIndex) column(lon float64) int {
	return max(0, min(len(x.columns)-1, int((lon-x.west)/x.width)))
}

// in calls yield for the points in a bound.
func (x *pointIndex) in(b orb.Bound, yield func(orb.Point)) {
	if len(x.columns) == 0 {
		return
	}
	for c := x.column(b.Min[0]); c <= x.column(b.Max[0]); c++ {
		column := x.columns[c]
		from, _ := slices.BinarySearchFunc(column, b.Min[1], func(p orb.Point, south float64) int {
			if p[1] < south {
				return -1
			}
			return 1
		})
		for _, p := range column[from:] {
			if p[1] > b.Max[1] {
				break
			}
			if p[0] >= b.Min[0] && p[0] <= b.Max[0] {
				yield(p)
			}
		}
	}
}

// at returns the point that is the same place as p, the nearest one.
func (x *pointIndex) at(p orb.Point) (found orb.Point, ok bool) {
	best := x.tolerance
	x.in(orb.Bound{Min: p, Max: p}.Pad(x.tolerance), func(q orb.Point) {
		if d := apart(p, q); d < best || d == best && !ok {
			best, found, ok = d, q, true
		}
	})
	return found, ok
}

// along returns the points that lie on the segment a–b, but not at its ends, in
// the order from a to b, each once.
func (x *pointIndex) along(a, b orb.Point) []orb.Point {
	type on struct {
		t float64
		p orb.Point
	}
	var found []on
	length := (b[0]-a[0])*(b[0]-a[0]) + (b[1]-a[1])*(b[1]-a[1])
	x.in(orb.Bound{Min: a, Max: a}.Extend(b).Pad(x.tolerance), func(p orb.Point) {
		if apart(p, a) < x.tolerance || apart(p, b) < x.tolerance {
			return
		}
		t := ((p[0]-a[0])*(b[0]-a[0]) + (p[1]-a[1])*(b[1]-a[1])) / length
		if t <= 0 || t >= 1 || apart(p, orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}) >= x.tolerance {
			return
		}
		found = append(found, on{t, p})
	})
	slices.SortFunc(found, func(p, q on) int {
		switch {
		case p.t < q.t:
			return -1
		case p.t > q.t:
			return 1
		}
		return 0
	})
	points := make([]orb.Point, 0, len(found))
	for _, f := range found {
		if len(points) == 0 || apart(points[len(points)-1], f.p) >= x.tolerance {
			points = append(points, f.p)
		}
	}
	return points
}
