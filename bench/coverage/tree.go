package main

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// tree is a k-d tree of points in the plane: the middle one of each half is the
// root of it.
type tree []orb.Point

func newTree(points []orb.Point) tree {
	t := slices.Clone(points)
	var sort func(part []orb.Point, axis int)
	sort = func(part []orb.Point, axis int) {
		if len(part) < 2 {
			return
		}
		slices.SortFunc(part, func(a, b orb.Point) int { return cmp.Compare(a[axis], b[axis]) })
		middle := len(part) / 2
		sort(part[:middle], 1-axis)
		sort(part[middle+1:], 1-axis)
	}
	sort(t, 0)
	return t
}

// nearest returns how far the nearest point is.
func (t tree) nearest(p orb.Point) float64 {
	return math.Sqrt(search(t, 0, p, math.Inf(1)))
}

// search returns the least squared distance, of what is found and the best so far.
func search(part []orb.Point, axis int, p orb.Point, best float64) float64 {
	if len(part) == 0 {
		return best
	}
	middle := len(part) / 2
	at := part[middle]
	dx, dy := at[0]-p[0], at[1]-p[1]
	best = min(best, dx*dx+dy*dy)
	near, far := part[:middle], part[middle+1:]
	across := p[axis] - at[axis]
	if across > 0 {
		near, far = far, near
	}
	best = search(near, 1-axis, p, best)
	if across*across < best {
		best = search(far, 1-axis, p, best)
	}
	return best
}
