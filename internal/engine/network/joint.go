package network

import (
	"math"

	"github.com/paulmach/orb"
)

// joints are drawn paths as they lie in a net: their joints follow the nodes of
// the net in number. They do not change but for what they remember, and are for
// one goroutine.
type joints struct {
	n      *Net
	paths  []*Drawn
	joint  []jointAt
	path   []int32 // of each joint
	byEdge map[int32][]int32
	hops   map[int32][]hop // from nodes and joints
	stroke []*stroke
	end    []drawnEnd

	plan *plan // made when first needed
	tied map[*Doors]*retied
}

// drawnEnd is where a drawn path ends, on a street or on open ground.
type drawnEnd struct {
	at   orb.Point
	node int32
	path int32
	open bool
}

// endMetres is how near to each other drawn paths end that go on from one to the
// other: people draw by hand.
const endMetres = 1

// hop is a way from a node or joint to another: what it costs to walk it and to
// walk it back, and how it is walked from the one to the other.
type hop struct {
	to        int32
	out, into uint32
	leg       leg
}

// ahead is the cost of a hop in a search that goes on over it, behind that of one
// that comes over it.
func (h *hop) ahead(dir Direction) uint32 {
	if dir == ToSource { // the search goes against the walk
		return h.into
	}
	return h.out
}

func (h *hop) behind(dir Direction) uint32 { return h.ahead(1 - dir) }

// drawn lays drawn paths into the net.
func (n *Net) drawn(paths []*Drawn) *joints {
	js := &joints{n: n, byEdge: map[int32][]int32{}, hops: map[int32][]hop{}, tied: map[*Doors]*retied{}}
	for _, p := range paths {
		js.add(p)
	}
	return js
}

func (js *joints) add(d *Drawn) {
	n, path := js.n, int32(len(js.paths))
	js.paths = append(js.paths, d)
	before := int32(-1)
	for k, j := range d.joint {
		node := int32(n.nodes + len(js.joint))
		js.joint, js.path = append(js.joint, j), append(js.path, path)
		if j.edge >= 0 {
			js.onto(j, node)
		}
		if k > 0 {
			s := n.stroke(d.line[k-1], d.kind)
			s.path = path
			js.strike(s, before, node)
		}
		before = node
	}
	last := len(d.joint) - 1
	js.meet(
		drawnEnd{d.line[0][0], before - int32(last), path, d.joint[0].edge < 0},
		drawnEnd{d.line[last-1][len(d.line[last-1])-1], before, path, d.joint[last].edge < 0})
}

// strike puts in a stroke between two joints.
func (js *joints) strike(s *stroke, from, to int32) {
	s.from, s.to = from, to
	js.stroke = append(js.stroke, s)
	js.link(from, to, s.cost(0, s.metres), s.cost(s.metres, 0), leg{edge: -1, from: 0, to: s.metres, piece: s})
}

// meet links the ends of a path with those of other paths that are at the same
// place, where that is not on a street anyway.
func (js *joints) meet(ends ...drawnEnd) {
	for _, end := range ends {
		for _, other := range js.end {
			if (end.open || other.open) && metres(end.at, other.at) <= endMetres {
				s := js.n.stroke(orb.LineString{end.at, other.at}, DrawnFootpath)
				s.path = -1
				js.strike(s, end.node, other.node)
			}
		}
	}
	js.end = append(js.end, ends...)
}

// onto links a joint with the ends of its edge and the other joints there.
func (js *joints) onto(j jointAt, node int32) {
	n := js.n
	e := &n.g.edge[j.edge]
	reach := func(other int32, at float64) {
		js.link(node, other, n.along(j.edge, j.at, at), n.along(j.edge, at, j.at), leg{edge: j.edge, from: j.at, to: at})
	}
	reach(e.from, 0)
	reach(e.to, e.length)
	for _, k := range js.byEdge[j.edge] {
		other := int32(n.nodes) + k
		if math.Abs(js.joint[k].at-j.at) <= sameMetres { // one junction, even in the middle of a steep edge
			js.link(node, other, 0, 0, leg{edge: j.edge, from: j.at, to: j.at})
			continue
		}
		reach(other, js.joint[k].at)
	}
	js.byEdge[j.edge] = append(js.byEdge[j.edge], node-int32(n.nodes))
}

// link puts in a way between two nodes, that costs there and back.
func (js *joints) link(v, w int32, there, back float64, walked leg) {
	if math.IsInf(there, 1) || math.IsInf(back, 1) {
		return
	}
	out, into := max(1, toUnits(there)), max(1, toUnits(back))
	js.hops[v] = append(js.hops[v], hop{w, out, into, walked})
	js.hops[w] = append(js.hops[w], hop{v, into, out, walked.reversed()})
}

// pathOf returns the path of a joint, which is a node of the search.
func (js *joints) pathOf(node int32) int { return int(js.path[int(node)-js.n.nodes]) }

// strokeOf returns the stroke that an edge of a search is; nil: it is one of the
// graph.
func (s *state) strokeOf(edge int32) *stroke {
	if k := int(edge) - len(s.n.g.edge); k >= 0 {
		return s.drawn.stroke[k]
	}
	return nil
}

// along is Net.along, of strokes, too.
func (s *state) along(edge int32, from, to float64) float64 {
	if piece := s.strokeOf(edge); piece != nil {
		return piece.cost(from, to)
	}
	return s.n.along(edge, from, to)
}

// leg returns a stretch of an edge or stroke.
func (s *state) leg(edge int32, from, to float64) leg {
	if piece := s.strokeOf(edge); piece != nil {
		return leg{edge: -1, from: from, to: to, piece: piece}
	}
	return leg{edge: edge, from: from, to: to}
}

// lengthOf returns the length of an edge or stroke.
func (s *state) lengthOf(edge int32) float64 {
	if piece := s.strokeOf(edge); piece != nil {
		return piece.metres
	}
	return s.n.g.edge[edge].length
}

// fromJoint is the cost between a joint and a source with a foot on its edge.
func (s *state) fromJoint(j jointAt, source *tie) uint32 {
	from, to := j.at, source.at
	if s.dir == FromSource {
		from, to = to, from
	}
	return toUnits(s.n.along(j.edge, from, to) + s.n.access(source.access))
}
