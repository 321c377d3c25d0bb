package dxf

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"github.com/lianpian/lianpian/internal/geofile"
)

// join makes lines of the single lines and arcs of a layer that meet at their ends,
// as where somebody exploded a polyline. Where more than two meet, a line ends.
func (d *drawing) join(l *layer, gap float64) {
	ends := newEnds(l.segments, gap)
	used := make([]bool, len(l.segments))
	for i := range l.segments {
		if used[i] {
			continue
		}
		used[i] = true
		line := l.segments[i].line
		line = ends.follow(l.segments, used, line, i, 1)
		if distance(line[0], line[len(line)-1]) > gap || len(line) < 3 {
			line.Reverse()
			line = ends.follow(l.segments, used, line, i, 0)
			line.Reverse()
		}
		a := l.segments[i].attributes
		l.features[lineKind] = append(l.features[lineKind], &feature{attributes: a, geometry: line})
	}
	l.segments = nil
}

// ends finds which segments meet where. end 0 is the beginning of a segment, 1 its
// end.
type ends struct {
	nodes [][2]int // node of both ends of each segment
	at    [][]int  // ends at each node: 2·segment + end
}

func newEnds(segments []segment, gap float64) *ends {
	e := &ends{nodes: make([][2]int, len(segments))}
	cells := map[[2]int64][]int{} // nodes by place
	var places []orb.Point
	size := math.Max(gap, 1e-9)
	node := func(p orb.Point) int {
		cx, cy := int64(math.Floor(p[0]/size)), int64(math.Floor(p[1]/size))
		for dx := int64(-1); dx <= 1; dx++ {
			for dy := int64(-1); dy <= 1; dy++ {
				for _, n := range cells[[2]int64{cx + dx, cy + dy}] {
					if distance(places[n], p) <= gap {
						return n
					}
				}
			}
		}
		n := len(places)
		places = append(places, p)
		e.at = append(e.at, nil)
		cells[[2]int64{cx, cy}] = append(cells[[2]int64{cx, cy}], n)
		return n
	}
	for i, s := range segments {
		for end, p := range []orb.Point{s.line[0], s.line[len(s.line)-1]} {
			n := node(p)
			e.nodes[i][end] = n
			e.at[n] = append(e.at[n], 2*i+end)
		}
	}
	return e
}

// follow lengthens a line at the given end of a segment as far as it is clear how.
func (e *ends) follow(segments []segment, used []bool, line orb.LineString, i, end int) orb.LineString {
	out := append(orb.LineString(nil), line...)
	for {
		meeting := e.at[e.nodes[i][end]]
		if len(meeting) != 2 {
			return out
		}
		next := meeting[0]
		if next/2 == i {
			next = meeting[1]
		}
		if next/2 == i || used[next/2] {
			return out
		}
		i, end = next/2, 1-next%2
		used[i] = true
		more := segments[i].line
		if end == 0 { // entered at its end
			more = append(orb.LineString(nil), more...)
			more.Reverse()
		}
		out = append(out, more[1:]...)
	}
}

// nameAreas gives each area the text that stands within it: the largest, when it is
// the smallest area of its layer around that text.
func (d *drawing) nameAreas() {
	var texts []*feature
	for _, l := range d.order {
		for _, f := range l.features[textKind] {
			if _, ok := f.geometry.(orb.Point); ok {
				texts = append(texts, f)
			}
		}
	}
	if len(texts) == 0 {
		return
	}
	for _, l := range d.order {
		var tree rtree.RTreeG[*feature]
		for _, f := range l.features[areaKind] {
			if f.geometry != nil && f.group == "" {
				b := f.geometry.Bound()
				tree.Insert(b.Min, b.Max, f)
			}
		}
		heights := map[*feature]float64{}
		for _, text := range texts {
			p := text.geometry.(orb.Point)
			var best *feature
			size := math.Inf(1)
			tree.Search(p, p, func(_, _ [2]float64, f *feature) bool {
				if s := areaOf(f.geometry); s < size && holds(f.geometry, p) {
					best, size = f, s
				}
				return true
			})
			if best == nil {
				continue
			}
			if height, ok := heights[best]; !ok || text.height > height {
				heights[best] = text.height
				best.name = text.text
			}
		}
	}
}

func areaOf(g orb.Geometry) float64 {
	total := 0.0
	eachPolygon(g, func(p orb.Polygon) {
		for i, r := range p {
			if a := math.Abs(geofile.SignedArea(r)); i == 0 {
				total += a
			} else {
				total -= a
			}
		}
	})
	return total
}

// holds tells whether a point lies within an area.
func holds(g orb.Geometry, at orb.Point) bool {
	inside := false
	eachPolygon(g, func(p orb.Polygon) {
		for _, r := range p {
			if geofile.Within(r, at) >= 0 {
				inside = !inside
			}
		}
	})
	return inside
}

func eachPolygon(g orb.Geometry, visit func(orb.Polygon)) {
	switch g := g.(type) {
	case orb.Polygon:
		visit(g)
	case orb.MultiPolygon:
		for _, p := range g {
			visit(p)
		}
	}
}
