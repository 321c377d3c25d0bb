package geo

import (
	"slices"

	"github.com/paulmach/orb"
)

// crossingWork bounds the pairs of edges that Crossings looks at (about 0.3 s).
const crossingWork = 20_000_000

// Crossings counts the places where edges of the shape's rings cross, overlap
// or touch, and stops at max. A worker that repairs shapes decides by it
// whether ST_MakeValid can be risked, so whatever cannot be counted with
// bounded work, or is no shape at all, counts as max. Shapes whose edges are
// in order give 0, also the largest.
func Crossings(m orb.MultiPolygon, max int) int {
	if max <= 0 {
		return 0
	}
	var rings [][]orb.Point
	var poly []int32
	for i, p := range m {
		for _, ring := range p {
			if checkPoints(ring) != nil {
				return max
			}
			points := slices.Compact(slices.Clone(ring))
			for len(points) > 1 && points[0] == points[len(points)-1] {
				points = points[:len(points)-1]
			}
			if len(points) > 1 {
				rings = append(rings, points)
				poly = append(poly, int32(i))
			}
		}
	}
	s := newSweep(rings, poly)
	if s.run() == nil {
		return 0
	}
	return s.countPairs(max)
}

// countPairs compares every edge with those whose boxes meet its own, in the
// order of their western ends.
func (s *sweep) countPairs(limit int) int {
	byWest := make([]int32, len(s.edges))
	for i := range byWest {
		byWest[i] = int32(i)
	}
	slices.SortFunc(byWest, func(i, j int32) int { return compare(s.edges[i].a, s.edges[j].a) })

	count, work := 0, 0
	touches := map[orb.Point]bool{}
	var active []int32
	for _, i := range byWest {
		e := &s.edges[i]
		kept := active[:0]
		for _, j := range active {
			f := &s.edges[j]
			if f.b[0] < e.a[0] {
				continue
			}
			kept = append(kept, j)
			if work++; work > crossingWork {
				return limit
			}
			if max(e.a[1], e.b[1]) < min(f.a[1], f.b[1]) || min(e.a[1], e.b[1]) > max(f.a[1], f.b[1]) {
				continue
			}
			if s.pair(i, j, touches) {
				count++
			}
			if count+len(touches) >= limit {
				return limit
			}
		}
		active = append(kept, i)
	}
	return count + len(touches)
}

// pair says whether two edges cross or overlap; a point where they merely
// touch goes into touches, once however many edges end there.
func (s *sweep) pair(i, j int32, touches map[orb.Point]bool) bool {
	e, f := &s.edges[i], &s.edges[j]
	if crossProperly(e.a, e.b, f.a, f.b) {
		return true
	}
	if orient(e.a, e.b, f.a) == 0 && orient(e.a, e.b, f.b) == 0 {
		from, to := e.a, e.b
		if less(from, f.a) {
			from = f.a
		}
		if less(f.b, to) {
			to = f.b
		}
		if less(from, to) {
			return true
		}
	}
	if s.before(i) == j || s.before(j) == i {
		return false
	}
	for _, p := range [4]orb.Point{e.a, e.b, f.a, f.b} {
		if s.within(i, p) && s.within(j, p) {
			touches[p] = true
		}
	}
	return false
}

// within says whether p lies on the edge.
func (s *sweep) within(i int32, p orb.Point) bool {
	e := &s.edges[i]
	return !less(p, e.a) && !less(e.b, p) && orient(e.a, e.b, p) == 0
}
