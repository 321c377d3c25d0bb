package main

import (
	"cmp"
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"
)

// faces cuts the plane along lines into the polygons between them, without
// gaps or overlaps: neighbours share their vertices to the last digit, also
// after rounding to degrees. Lines that end in the open are dropped.
func faces(lines []geom.Geometry) ([]geom.Polygon, error) {
	noded, err := geom.UnionMany(lines)
	if err != nil {
		return nil, err
	}
	next := map[geom.XY][]geom.XY{}
	add := func(a, b geom.XY) {
		if a != b && !slices.Contains(next[a], b) {
			next[a] = append(next[a], b)
		}
	}
	for _, part := range noded.Dump() {
		l, ok := part.AsLineString()
		if !ok {
			continue
		}
		s := l.Coordinates()
		for i := 1; i < s.Length(); i++ {
			a, b := onGrid(s.GetXY(i-1)), onGrid(s.GetXY(i))
			add(a, b)
			add(b, a)
		}
	}
	prune(next)
	for at, to := range next {
		slices.SortFunc(to, func(a, b geom.XY) int { return cmp.Compare(bearing(at, a), bearing(at, b)) })
	}
	return trace(next), nil
}

// onGrid moves a point to where it will be after writing.
func onGrid(p geom.XY) geom.XY { return pointToPlane(pointToDegrees(p)) }

func bearing(a, b geom.XY) float64 { return math.Atan2(b.Y-a.Y, b.X-a.X) }

// prune removes dead ends.
func prune(next map[geom.XY][]geom.XY) {
	for again := true; again; {
		again = false
		for at, to := range next {
			if len(to) > 1 {
				continue
			}
			again = true
			delete(next, at)
			for _, other := range to {
				next[other] = slices.DeleteFunc(next[other], func(p geom.XY) bool { return p == at })
			}
		}
	}
}

// trace walks every directed edge once, always turning as far left as
// possible, and keeps the counter-clockwise rings.
func trace(next map[geom.XY][]geom.XY) []geom.Polygon {
	type edge struct{ a, b geom.XY }
	starts := make([]geom.XY, 0, len(next))
	for at := range next {
		starts = append(starts, at)
	}
	slices.SortFunc(starts, func(a, b geom.XY) int { return compareLines([]geom.XY{a}, []geom.XY{b}) })
	seen := map[edge]bool{}
	var out []geom.Polygon
	for _, start := range starts {
		for _, to := range next[start] {
			e := edge{start, to}
			if seen[e] {
				continue
			}
			ring := []geom.XY{start}
			for !seen[e] {
				seen[e] = true
				ring = append(ring, e.b)
				around := next[e.b]
				i := slices.Index(around, e.a)
				e = edge{e.b, around[(i-1+len(around))%len(around)]}
			}
			if signedArea(ring) > 0 {
				out = append(out, geom.NewPolygon([]geom.LineString{lineOf(ring).MustAsLineString()}))
			}
		}
	}
	return out
}

func signedArea(ring []geom.XY) float64 {
	var s float64
	for i := 1; i < len(ring); i++ {
		s += ring[i-1].X*ring[i].Y - ring[i].X*ring[i-1].Y
	}
	return s / 2
}
