package main

import (
	"cmp"
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"
)

// joinLines puts the pieces of one line together at the points where tiles cut
// it. It gives one line, or several where a part is missing. Pieces keep their
// direction (one-way streets depend on it) as long as head meets tail.
func joinLines(pieces []geom.Geometry) [][]geom.XY {
	var lines [][]geom.XY
	for _, g := range pieces {
		for _, part := range g.Dump() {
			if l, ok := part.AsLineString(); ok {
				if xy := distinct(l.Coordinates()); len(xy) > 1 && !slices.ContainsFunc(lines, func(o []geom.XY) bool { return slices.Equal(o, xy) }) {
					lines = append(lines, xy)
				}
			}
		}
	}
	slices.SortFunc(lines, compareLines)
	for joined := true; joined; {
		joined = false
	search:
		for i := range lines {
			for j := range lines {
				if i != j && near(lines[i][len(lines[i])-1], lines[j][0]) {
					lines[i] = append(lines[i], lines[j][1:]...)
					lines = slices.Delete(lines, j, j+1)
					joined = true
					break search
				}
			}
		}
	}
	for i, l := range lines {
		lines[i] = straighten(l)
	}
	slices.SortFunc(lines, func(a, b []geom.XY) int {
		if c := cmp.Compare(length(b), length(a)); c != 0 {
			return c
		}
		return compareLines(a, b)
	})
	return lines
}

func distinct(s geom.Sequence) []geom.XY {
	var xy []geom.XY
	for i := range s.Length() {
		if p := s.GetXY(i); len(xy) == 0 || xy[len(xy)-1] != p {
			xy = append(xy, p)
		}
	}
	return xy
}

func near(a, b geom.XY) bool { return metres(a, b) < 0.5 }

func compareLines(a, b []geom.XY) int {
	return slices.CompareFunc(a, b, func(p, q geom.XY) int {
		if c := cmp.Compare(p.X, q.X); c != 0 {
			return c
		}
		return cmp.Compare(p.Y, q.Y)
	})
}

func length(l []geom.XY) float64 {
	var m float64
	for i := 1; i < len(l); i++ {
		m += metres(l[i-1], l[i])
	}
	return m
}

// straighten drops vertices that lie on the line between their neighbours, such
// as those that a tile's edge has put there.
func straighten(l []geom.XY) []geom.XY {
	out := l[:1:1]
	for i := 1; i < len(l)-1; i++ {
		if offset(out[len(out)-1], l[i+1], l[i]) > 0.02 {
			out = append(out, l[i])
		}
	}
	return append(out, l[len(l)-1])
}

// offset is the distance of p from the segment a–b.
func offset(a, b, p geom.XY) float64 {
	d := geom.XY{X: b.X - a.X, Y: b.Y - a.Y}
	n := d.X*d.X + d.Y*d.Y
	if n == 0 {
		return metres(a, p)
	}
	t := math.Max(0, math.Min(1, ((p.X-a.X)*d.X+(p.Y-a.Y)*d.Y)/n))
	return metres(geom.XY{X: a.X + t*d.X, Y: a.Y + t*d.Y}, p)
}

func lineOf(xy []geom.XY) geom.Geometry {
	flat := make([]float64, 0, 2*len(xy))
	for _, p := range xy {
		flat = append(flat, p.X, p.Y)
	}
	return geom.NewLineStringXY(flat...).AsGeometry()
}
