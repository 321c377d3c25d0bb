package network

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// mergeMetres is how near to each other vertices on one deck are the same one
// that was written down twice: less than any survey tells apart.
const mergeMetres = 0.05

// Cleaning says what BuildClean does beyond Build.
type Cleaning struct {
	// Closed are places on roads where nobody passes: locked gates, walls across.
	// The roads there are cut into dead ends, all of them that have the vertex.
	Closed []orb.Point
}

// Cleaned counts what was done to the roads.
type Cleaned struct {
	Roads    int // walkable ones
	LeftOut  int // of them, those without a line
	Merged   int // vertices moved onto one that lay within 5 cm
	Gaps     int // ends joined to a road within SnapMetres
	NoLength int // edges without length, left out
	Twice    int // edges that another one covers, left out
	Closed   int // closed places found on roads, which were cut there
}

// BuildClean makes the graph as Build does, of roads cleaned further: vertices
// within 5 cm on one deck become one, edges that cover each other become one,
// and roads are cut where they are closed. People walk every way in both
// directions, whatever is signed for traffic. Nodes and edges are numbered along
// a Hilbert curve, which makes searches fast.
func BuildClean(roads []Road, c Cleaning) *Graph {
	b := &builder{roads: roads, lines: make([]orb.LineString, len(roads))}
	b.clean()
	b.merge()
	b.snap()
	b.shut(c.Closed)
	g := b.cut()
	g.arrange(g.once())
	g.link()
	return g
}

// Cleaned returns what was done to the roads that the graph was built from.
func (g *Graph) Cleaned() Cleaned { return g.cleaned }

// merge moves vertices onto an earlier one of their deck within mergeMetres.
func (b *builder) merge() {
	kept := newVertices()
	for road, line := range b.lines {
		d := deckOf(&b.roads[road])
		for v, p := range line {
			if at := kept.near(p, d); at != p {
				line[v] = at
				b.cleaned.Merged++
			}
		}
		if line = slices.Compact(line); line != nil && len(line) < 2 {
			b.cleaned.LeftOut++
			line = nil
		}
		b.lines[road] = line
	}
}

// vertices are those met so far, in cells of a metre.
type vertices struct {
	head map[cell]int32 // the first of the list of a cell, from 1
	list []listed
}

type cell struct {
	x, y int64
	deck
}

type listed struct {
	at   orb.Point
	next int32
}

func newVertices() *vertices { return &vertices{map[cell]int32{}, make([]listed, 1)} }

// near returns the nearest vertex within mergeMetres; if there is none, the
// point itself, which is kept.
func (vs *vertices) near(p orb.Point, d deck) orb.Point {
	best, at := mergeMetres, p
	look := func(x, y float64) {
		for i := vs.head[cell{int64(x), int64(y), d}]; i > 0; i = vs.list[i].next {
			q := vs.list[i].at
			if m := metres(p, q); p == q || m < best {
				best, at = m, q
			}
		}
	}
	x, y := math.Floor(p[0]), math.Floor(p[1])
	for cx := math.Floor(p[0] - mergeMetres); cx <= math.Floor(p[0]+mergeMetres); cx++ {
		for cy := math.Floor(p[1] - mergeMetres); cy <= math.Floor(p[1]+mergeMetres); cy++ {
			look(cx, cy)
		}
	}
	if at == p && !(best == 0) {
		home := cell{int64(x), int64(y), d}
		vs.list = append(vs.list, listed{p, vs.head[home]})
		vs.head[home] = int32(len(vs.list) - 1)
	}
	return at
}

// shut marks the places where roads are closed: the vertices within mergeMetres
// of a closed place, or else the point of the nearest segment on the ground
// within SnapMetres, which becomes a vertex.
func (b *builder) shut(places []orb.Point) {
	b.closed = map[orb.Point]bool{}
	if len(places) == 0 {
		return
	}
	var segments []corner
	for road, line := range b.lines {
		for v := range max(0, len(line)-1) {
			segments = append(segments, corner{int32(road), int32(v)})
		}
	}
	ends := func(i int) (orb.Point, orb.Point) {
		s := segments[i]
		return b.lines[s.road][s.vertex], b.lines[s.road][s.vertex+1]
	}
	near := newGrid(len(segments), ends)
	inserts := map[corner][]insertion{}
	for _, p := range places {
		if !finite(orb.LineString{p}) {
			continue
		}
		var vertices []orb.Point
		best, at := SnapMetres, anchor{corner: corner{-1, 0}}
		near.around(p.Bound().Pad(SnapMetres), func(i int32) {
			from, to := ends(int(i))
			for _, v := range []orb.Point{from, to} {
				if metres(p, v) <= mergeMetres {
					vertices = append(vertices, v)
				}
			}
			d := deckOf(&b.roads[segments[i].road])
			t := project(p, from, to)
			if m := metres(p, between(from, to, t)); m < best && !d.bridge && !d.tunnel {
				best, at = m, anchor{segments[i], t}
			}
		})
		switch {
		case len(vertices) > 0:
			for _, v := range vertices {
				b.closed[v] = true
			}
		case at.road >= 0:
			from, to := b.lines[at.road][at.vertex], b.lines[at.road][at.vertex+1]
			target := between(from, to, at.part)
			b.closed[target] = true
			if target != from && target != to {
				inserts[at.corner] = append(inserts[at.corner], insertion{at.part, target})
			}
		default:
			continue
		}
		b.cleaned.Closed++
	}
	b.insert(inserts)
}

// once returns the edges that are to stay: of those that cover each other one,
// the easiest to walk.
func (g *Graph) once() (keep []int32) {
	type key struct {
		low, high orb.Point
		vertices  int32
	}
	seen := map[key][]int32{}
	for i := range g.edge {
		e := &g.edge[i]
		k := key{g.shape[e.start], g.shape[e.end-1], e.end - e.start}
		if after(k.low, k.high) {
			k.low, k.high = k.high, k.low
		}
		twin := slices.IndexFunc(seen[k], func(j int32) bool { return g.covers(e, &g.edge[j]) })
		if twin < 0 {
			seen[k] = append(seen[k], int32(i))
			continue
		}
		g.cleaned.Twice++
		if old := seen[k][twin]; g.road[e.road].toil() < g.road[g.edge[old].road].toil() {
			seen[k][twin] = int32(i)
		}
	}
	for _, edges := range seen {
		keep = append(keep, edges...)
	}
	slices.Sort(keep)
	return keep
}

func after(a, b orb.Point) bool { return a[0] > b[0] || a[0] == b[0] && a[1] > b[1] }

// covers tells whether two edges join the same nodes by the same vertices.
func (g *Graph) covers(a, b *edge) bool {
	one, other := g.shape[a.start:a.end], g.shape[b.start:b.end]
	if a.from == b.from && a.to == b.to && slices.Equal(one, other) {
		return true
	}
	if a.from != b.to || a.to != b.from {
		return false
	}
	for i, p := range one {
		if other[len(other)-1-i] != p {
			return false
		}
	}
	return true
}

// toil orders roads by how hard they are to walk.
func (r *Road) toil() (n int) {
	if r.Stairs {
		n += 4
	}
	if r.Barred {
		n += 2
	}
	if r.Crossing {
		n++
	}
	return n
}
