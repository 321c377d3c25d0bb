package geo

import (
	"slices"

	"github.com/paulmach/orb"
)

// sweep checks rings for OGC validity in O(n log n), whatever their order: a
// line moves over the points from west to east and keeps the edges it meets in
// order (Shamos and Hoey 1976). Two edges that cross become neighbours before
// they do, so only neighbours are tested; points where rings touch are events
// and are judged by the order of the edges around them. The same order tells
// which ring lies directly inside which.
type sweep struct {
	edges  []edge
	origin []int32 // edge index of the first edge of each ring
	poly   []int32 // polygon of each ring
	order  []int32 // vertices by place; vertex i is the start of edge i
	status *status

	parent []int32 // ring that directly encloses each ring
	seen   []bool
	ccw    []bool

	event     int32
	ringEvent []int32 // last event that a ring was met at
	polyEvent []int32
	polyTouch []int32 // touch node of the polygon at its last event
	sets      []int32 // union-find over rings and touch points, by ring then point

	ended, begun, through []int32 // scratch
	around                []spoke
}

// edge is one side of a ring with a before b in the order of the sweep.
type edge struct {
	a, b    orb.Point
	ring    int32
	forward bool // the ring runs from a to b
}

// flaw is what the sweep found: the fault and the rings it lies between.
type flaw struct {
	at    orb.Point
	ring  int32
	other int32
	what  flawKind
}

type flawKind int

const (
	flawCross flawKind = iota // edges cross
	flawTouch                 // a ring touches itself
	flawShare                 // edges lie on each other
	flawSplit                 // touching rings cut the interior apart
)

// newSweep takes rings without repeated points and without the closing point.
func newSweep(rings [][]orb.Point, poly []int32) *sweep {
	n := 0
	for _, r := range rings {
		n += len(r)
	}
	s := &sweep{
		edges: make([]edge, 0, n), poly: poly,
		origin: make([]int32, len(rings)+1),
		parent: make([]int32, len(rings)), seen: make([]bool, len(rings)), ccw: make([]bool, len(rings)),
		ringEvent: make([]int32, len(rings)), sets: make([]int32, len(rings)),
		order: make([]int32, n),
	}
	polys := int32(0)
	for r, ring := range rings {
		s.sets[r] = int32(r)
		polys = max(polys, poly[r]+1)
		s.origin[r] = int32(len(s.edges))
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			e := edge{a: a, b: b, ring: int32(r), forward: true}
			if less(b, a) {
				e.a, e.b, e.forward = b, a, false
			}
			s.edges = append(s.edges, e)
		}
	}
	s.origin[len(rings)] = int32(n)
	s.polyEvent, s.polyTouch = make([]int32, polys), make([]int32, polys)
	for i := range s.order {
		s.order[i] = int32(i)
	}
	slices.SortFunc(s.order, func(i, j int32) int { return compare(s.vertex(i), s.vertex(j)) })
	s.status = newStatus(s.edges)
	return s
}

func (s *sweep) vertex(i int32) orb.Point {
	if e := &s.edges[i]; e.forward {
		return e.a
	}
	return s.edges[i].b
}

// before is the edge that ends in vertex i.
func (s *sweep) before(i int32) int32 {
	if r := s.edges[i].ring; i == s.origin[r] {
		return s.origin[r+1] - 1
	}
	return i - 1
}

// run returns the westernmost flaw between edges, or nil. Afterwards parent
// is known for every ring.
func (s *sweep) run() *flaw {
	for i := 0; i < len(s.order); {
		p := s.vertex(s.order[i])
		j := i + 1
		for j < len(s.order) && s.vertex(s.order[j]) == p {
			j++
		}
		s.event++
		if f := s.visit(p, s.order[i:j]); f != nil {
			return f
		}
		i = j
	}
	return nil
}

// visit moves the sweep line over the point p, where the given vertices lie.
func (s *sweep) visit(p orb.Point, vertices []int32) *flaw {
	ended, begun, through := s.ended[:0], s.begun[:0], s.through[:0]
	for _, v := range vertices {
		for _, e := range [2]int32{s.before(v), v} {
			if s.edges[e].b == p {
				ended = append(ended, e)
			} else {
				begun = append(begun, e)
			}
		}
	}

	// All edges through p lie side by side.
	on, below := none, none
	if len(ended) > 0 {
		on = ended[0]
	} else {
		on, below = s.status.find(p)
	}
	above := none
	if on == none {
		above = s.status.next(below)
	} else {
		for below = on; below != none && s.meets(below, p); below = s.status.below[below] {
			through = s.keepThrough(through, below, p)
		}
		for above = s.status.above[on]; above != none && s.meets(above, p); above = s.status.above[above] {
			through = s.keepThrough(through, above, p)
		}
	}
	s.ended, s.begun, s.through = ended, begun, through

	if len(vertices) > 1 || len(through) > 0 {
		if f := s.touch(p, vertices, through); f != nil {
			return f
		}
	}

	if len(ended) == 1 && len(begun) == 1 && len(through) == 0 {
		s.status.replace(ended[0], begun[0])
		return s.neighbours(below, begun[0], above)
	}
	for _, e := range ended {
		s.status.remove(e)
	}
	for _, e := range through {
		s.status.remove(e)
	}
	begun = append(begun, through...)
	s.begun = begun
	slices.SortFunc(begun, func(i, j int32) int { return -orient(p, s.edges[i].b, s.edges[j].b) })
	last := below
	for _, e := range begun {
		if last != below && orient(p, s.edges[last].b, s.edges[e].b) == 0 {
			return &flaw{at: p, ring: s.edges[e].ring, other: s.edges[last].ring, what: flawShare}
		}
		s.status.insert(e, last)
		s.place(e, last)
		last = e
	}
	if len(begun) == 0 {
		return s.cross(below, above)
	}
	if f := s.cross(below, begun[0]); f != nil {
		return f
	}
	return s.cross(last, above)
}

func (s *sweep) meets(e int32, p orb.Point) bool {
	return orient(s.edges[e].a, s.edges[e].b, p) == 0
}

func (s *sweep) keepThrough(through []int32, e int32, p orb.Point) []int32 {
	if s.edges[e].b == p {
		return through
	}
	return append(through, e)
}

func (s *sweep) neighbours(below, e, above int32) *flaw {
	if f := s.cross(below, e); f != nil {
		return f
	}
	return s.cross(e, above)
}

func (s *sweep) cross(i, j int32) *flaw {
	if i == none || j == none {
		return nil
	}
	e, f := &s.edges[i], &s.edges[j]
	if !crossProperly(e.a, e.b, f.a, f.b) {
		return nil
	}
	return &flaw{at: crossing(e.a, e.b, f.a, f.b), ring: e.ring, other: f.ring, what: flawCross}
}

// place notes, at the westernmost point of a ring, which ring encloses it: e
// is its lower edge there and below the edge underneath.
func (s *sweep) place(e, below int32) {
	r := s.edges[e].ring
	if s.seen[r] {
		return
	}
	s.seen[r] = true
	s.ccw[r] = s.edges[e].forward
	s.parent[r] = none
	if below == none {
		return
	}
	q := s.edges[below].ring
	if s.ccw[q] == s.edges[below].forward { // the inside of q is above this edge
		s.parent[r] = q
	} else {
		s.parent[r] = s.parent[q]
	}
}

// spoke is one edge seen from a point where rings touch.
type spoke struct {
	to   orb.Point
	pass int32 // the two spokes of one ring have the same pass
	ring int32
}

// touch judges a point where more than one ring passes, or an edge passes
// through a vertex. Rings may touch each other there, but no ring itself; they
// may not cross or share an edge, nor close a circle of touching rings.
func (s *sweep) touch(p orb.Point, vertices, through []int32) *flaw {
	around := s.around[:0]
	add := func(ring int32, a, b orb.Point) *flaw {
		if s.ringEvent[ring] == s.event {
			return &flaw{at: p, ring: ring, other: ring, what: flawTouch}
		}
		s.ringEvent[ring] = s.event
		pass := int32(len(around))
		around = append(around, spoke{a, pass, ring}, spoke{b, pass, ring})
		return s.join(p, ring)
	}
	for _, v := range vertices {
		in, out := s.edges[s.before(v)], s.edges[v]
		if f := add(out.ring, in.far(p), out.far(p)); f != nil {
			return f
		}
	}
	for _, e := range through {
		if f := add(s.edges[e].ring, s.edges[e].a, s.edges[e].b); f != nil {
			return f
		}
	}
	s.around = around

	slices.SortFunc(around, func(a, b spoke) int {
		if east, west := less(p, a.to), less(p, b.to); east != west {
			if east {
				return -1
			}
			return 1
		}
		return -orient(p, a.to, b.to)
	})
	// Passes that do not cross nest like brackets.
	var open []spoke
	for i, sp := range around {
		if i > 0 && less(p, sp.to) == less(p, around[i-1].to) && orient(p, around[i-1].to, sp.to) == 0 {
			return &flaw{at: p, ring: sp.ring, other: around[i-1].ring, what: flawShare}
		}
		if n := len(open); n > 0 && open[n-1].pass == sp.pass {
			open = open[:n-1]
		} else {
			open = append(open, sp)
		}
	}
	if len(open) > 0 {
		return &flaw{at: p, ring: open[0].ring, other: open[1].ring, what: flawCross}
	}
	return nil
}

// far is the end of the edge that is not p.
func (e edge) far(p orb.Point) orb.Point {
	if e.a == p {
		return e.b
	}
	return e.a
}

// join records that a ring passes the touching point p. Rings of one polygon
// and their touching points must form a forest, or the interior falls apart.
func (s *sweep) join(p orb.Point, ring int32) *flaw {
	poly := s.poly[ring]
	if s.polyEvent[poly] != s.event {
		s.polyEvent[poly] = s.event
		s.polyTouch[poly] = int32(len(s.sets))
		s.sets = append(s.sets, s.polyTouch[poly])
	}
	a, b := s.set(ring), s.set(s.polyTouch[poly])
	if a == b {
		return &flaw{at: p, ring: ring, other: ring, what: flawSplit}
	}
	s.sets[b] = a
	return nil
}

func (s *sweep) set(i int32) int32 {
	for s.sets[i] != i {
		s.sets[i] = s.sets[s.sets[i]]
		i = s.sets[i]
	}
	return i
}
