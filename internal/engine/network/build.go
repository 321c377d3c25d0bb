package network

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// SnapMetres is how far a road that ends nowhere may end from another one and
// still be joined to it: less than the width of a footpath.
const SnapMetres = 0.5

// deck is the height that a road lies on. What passes above or below something
// else is on another deck.
type deck struct {
	level          int
	bridge, tunnel bool
}

func deckOf(r *Road) deck { return deck{r.Level, r.Bridge, r.Tunnel} }

// Build makes the graph of the walkable roads. As in OpenStreetMap, roads join
// where they have a vertex in common: on the same deck everywhere, on different
// decks only where one of them ends, so that a bridge meets the street at its
// end and not the one that it leads over. An end within SnapMetres of another
// road is joined to it. Roads that are not finite are left out.
func Build(roads []Road) *Graph {
	b := &builder{roads: roads, lines: make([]orb.LineString, len(roads))}
	b.clean()
	b.snap()
	g := b.cut()
	g.link()
	return g
}

type builder struct {
	roads   []Road
	lines   []orb.LineString // of the roads, without repeated vertices; nil: left out
	closed  map[orb.Point]bool
	cleaned Cleaned
}

func (b *builder) clean() {
	for i := range b.roads {
		r := &b.roads[i]
		if !r.Walkable {
			continue
		}
		b.cleaned.Roads++
		if !finite(r.Line) {
			b.cleaned.LeftOut++
			continue
		}
		if line := slices.Compact(slices.Clone(r.Line)); len(line) >= 2 {
			b.lines[i] = line
		} else {
			b.cleaned.LeftOut++
		}
	}
}

// corner is a vertex of a road.
type corner struct{ road, vertex int32 }

// snap moves ends that touch nothing onto the road within reach of them.
func (b *builder) snap() {
	uses := map[orb.Point]int32{}
	var segments []corner
	for road, line := range b.lines {
		for vertex, p := range line {
			uses[p]++
			if vertex > 0 {
				segments = append(segments, corner{int32(road), int32(vertex - 1)})
			}
		}
	}
	near := newGrid(len(segments), func(i int) (orb.Point, orb.Point) {
		s := segments[i]
		return b.lines[s.road][s.vertex], b.lines[s.road][s.vertex+1]
	})
	// The index is of the roads as they were; a vertex that was moved is looked
	// at where it is now.
	inserts := map[corner][]insertion{}
	for road, line := range b.lines {
		if line == nil {
			continue
		}
		for _, vertex := range []int{0, len(line) - 1} {
			end := line[vertex]
			if uses[end] > 1 || line[0] == line[len(line)-1] {
				continue
			}
			at, found := b.anchor(&near, segments, corner{int32(road), int32(vertex)})
			if !found {
				continue
			}
			a, c := b.lines[at.road][at.vertex], b.lines[at.road][at.vertex+1]
			target := between(a, c, at.part)
			if at.part > 0 && at.part < 1 {
				inserts[at.corner] = append(inserts[at.corner], insertion{at.part, target})
			}
			uses[end]--
			uses[target] += 2
			line[vertex] = target
			b.cleaned.Gaps++
		}
	}
	b.insert(inserts)
}

// anchor is a place on a segment of a road.
type anchor struct {
	corner
	part float64 // of the segment
}

// anchor finds what an end is joined to: the nearest vertex within reach, else
// the nearest segment. The inside of a bridge or tunnel is not joined from
// another deck.
func (b *builder) anchor(near *grid, segments []corner, of corner) (best anchor, found bool) {
	line := b.lines[of.road]
	end := line[of.vertex]
	own := deckOf(&b.roads[of.road])
	vertexAt, segmentAt := math.Inf(1), math.Inf(1)
	var bySegment anchor
	near.around(end.Bound().Pad(SnapMetres), func(i int32) {
		s := segments[i]
		if s.road == of.road && b.leadsTo(of, s) {
			return
		}
		other := b.lines[s.road]
		d := deckOf(&b.roads[s.road])
		inside := d == own || !d.bridge && !d.tunnel
		for k := range int32(2) {
			v := s.vertex + k
			isEnd := v == 0 || int(v) == len(other)-1
			if m := metres(end, other[v]); (isEnd || inside) && m < SnapMetres && m < vertexAt {
				vertexAt, best, found = m, anchor{s, float64(k)}, true
			}
		}
		if t := project(end, other[s.vertex], other[s.vertex+1]); inside && t > 0 && t < 1 {
			if m := metres(end, between(other[s.vertex], other[s.vertex+1], t)); m < SnapMetres && m < segmentAt {
				segmentAt, bySegment = m, anchor{s, t}
			}
		}
	})
	if !found && !math.IsInf(segmentAt, 1) {
		return bySegment, true
	}
	return best, found
}

// leadsTo tells whether a segment of the road is the one that leads to its own
// end, or so near to it along the road that joining them would make no way.
func (b *builder) leadsTo(end, segment corner) bool {
	line := b.lines[end.road]
	walked := 0.0
	if end.vertex == 0 {
		for v := int32(0); v < segment.vertex; v++ {
			walked += metres(line[v], line[v+1])
		}
	} else {
		for v := int32(len(line)) - 1; v > segment.vertex+1; v-- {
			walked += metres(line[v], line[v-1])
		}
	}
	return walked <= 2*SnapMetres
}

// insertion is a new vertex of a segment.
type insertion struct {
	part float64
	at   orb.Point
}

// insert puts new vertices into segments.
func (b *builder) insert(at map[corner][]insertion) {
	roads := map[int32]bool{}
	for c := range at {
		roads[c.road] = true
	}
	for road := range roads {
		line := b.lines[road]
		longer := make(orb.LineString, 0, len(line)+1)
		for v, p := range line {
			longer = append(longer, p)
			added := at[corner{road, int32(v)}]
			slices.SortFunc(added, func(a, b insertion) int { return cmp.Compare(a.part, b.part) })
			for _, n := range added {
				longer = append(longer, n.at)
			}
		}
		b.lines[road] = slices.Compact(longer)
	}
}
