package network

import (
	"math"

	"github.com/paulmach/orb"
)

// joints are the joints of drawn paths in a search, which follow the nodes of
// the net in number, and what leads from and to them.
type joints struct {
	joint         []jointAt
	byEdge        map[int32][]int32
	ahead, behind map[int32][]hop
	end           []drawnEnd
}

// drawnEnd is where a drawn path ends, on a street or on open ground.
type drawnEnd struct {
	at   orb.Point
	node int32
	open bool
}

// endMetres is how near to each other drawn paths end that go on from one to the
// other: people draw by hand.
const endMetres = 1

// hop is a way from a node or joint to another: its cost in the direction of the
// search, and how it is walked from the one to the other.
type hop struct {
	to   int32
	cost uint32
	leg  leg
}

// stroke is a piece of a drawn path with its costs.
type stroke struct {
	line        orb.LineString
	metres      float64
	there, back float64
	up, down    float64
	stairs      bool
}

func (s *stroke) climb(back bool) (up, down float64) {
	if back {
		return s.down, s.up
	}
	return s.up, s.down
}

func newJoints() *joints {
	return &joints{byEdge: map[int32][]int32{}, ahead: map[int32][]hop{}, behind: map[int32][]hop{}}
}

// add lays a drawn path into the net.
func (js *joints) add(n *Net, dir Direction, d *Drawn) {
	before := int32(-1)
	for k, j := range d.joint {
		node := int32(n.nodes + len(js.joint))
		js.joint = append(js.joint, j)
		if j.edge >= 0 {
			js.onto(n, dir, j, node)
		}
		if k > 0 {
			s := n.stroke(d.line[k-1], d.kind)
			js.link(dir, before, node, s.there, s.back, leg{edge: -1, from: 0, to: 1, piece: s})
		}
		before = node
	}
	last := len(d.joint) - 1
	js.meet(n, dir,
		drawnEnd{d.line[0][0], before - int32(last), d.joint[0].edge < 0},
		drawnEnd{d.line[last-1][len(d.line[last-1])-1], before, d.joint[last].edge < 0})
}

// meet links the ends of a path with those of other paths that are at the same
// place, where that is not on a street anyway.
func (js *joints) meet(n *Net, dir Direction, ends ...drawnEnd) {
	for _, end := range ends {
		js.meetEnd(n, dir, end)
	}
	js.end = append(js.end, ends...)
}

func (js *joints) meetEnd(n *Net, dir Direction, end drawnEnd) {
	for _, other := range js.end {
		if (end.open || other.open) && metres(end.at, other.at) <= endMetres {
			s := n.stroke(orb.LineString{end.at, other.at}, DrawnFootpath)
			js.link(dir, end.node, other.node, s.there, s.back, leg{edge: -1, from: 0, to: 1, piece: s})
		}
	}
}

// onto links a joint with the ends of its edge and the other joints there.
func (js *joints) onto(n *Net, dir Direction, j jointAt, node int32) {
	e := &n.g.edge[j.edge]
	reach := func(other int32, at float64) {
		js.link(dir, node, other, n.along(j.edge, j.at, at), n.along(j.edge, at, j.at), leg{edge: j.edge, from: j.at, to: at})
	}
	reach(e.from, 0)
	reach(e.to, e.length)
	for _, k := range js.byEdge[j.edge] {
		reach(int32(n.nodes)+k, js.joint[k].at)
	}
	js.byEdge[j.edge] = append(js.byEdge[j.edge], node-int32(n.nodes))
}

// link puts in a way between two nodes, that costs there and back.
func (js *joints) link(dir Direction, v, w int32, there, back float64, walked leg) {
	if math.IsInf(there, 1) || math.IsInf(back, 1) {
		return
	}
	out, into := max(1, toUnits(there)), max(1, toUnits(back))
	if dir == ToSource { // the search goes against the walk
		out, into = into, out
	}
	js.ahead[v] = append(js.ahead[v], hop{w, out, walked})
	js.ahead[w] = append(js.ahead[w], hop{v, into, walked.reversed()})
	js.behind[v] = append(js.behind[v], hop{w, into, walked})
	js.behind[w] = append(js.behind[w], hop{v, out, walked.reversed()})
}

// fromJoint is the cost between a joint and a source with a foot on its edge.
func (s *state) fromJoint(j jointAt, source *tie) uint32 {
	from, to := j.at, source.at
	if s.dir == FromSource {
		from, to = to, from
	}
	return toUnits(s.n.along(j.edge, from, to) + s.n.access(source.access))
}

// stroke prices a piece of a drawn path for the walker of the net: its slopes by
// the same rules as those of edges. A walker who needs a way without steps does
// not get along stairs or a piece that is too steep.
func (n *Net) stroke(line orb.LineString, kind DrawnKind) *stroke {
	s := &stroke{line: line, metres: lengthOf(line), stairs: kind == DrawnStairs}
	if n.walker == nil {
		s.there, s.back = s.metres, s.metres
		return s
	}
	pieces := []rise{{s.metres, 0}}
	if n.heights != nil && s.metres > 0 {
		pieces = n.rises(line, kind)
	}
	for _, r := range pieces {
		up, down := n.walker.Pace(r.slope), n.walker.Pace(-r.slope)
		if s.stairs {
			up, down = 1/n.walker.StairsMS, 1/n.walker.StairsMS
		}
		if n.walker.StepFree && (s.stairs || math.Abs(r.slope) > wheelsUpTo) {
			s.there, s.back = math.Inf(1), math.Inf(1)
			return s
		}
		s.there, s.back = s.there+up*r.metres, s.back+down*r.metres
		s.up, s.down = s.up+r.metres*max(0, r.slope), s.down+r.metres*max(0, -r.slope)
	}
	return s
}

// rises returns the slopes of a drawn piece.
func (n *Net) rises(line orb.LineString, kind DrawnKind) []rise {
	along := make([]float64, len(line))
	for i := 1; i < len(line); i++ {
		along[i] = along[i-1] + metres(line[i-1], line[i])
	}
	length := along[len(along)-1]
	if kind == DrawnBridge && length >= slopeMetres {
		from, knownFrom := n.heights.Height(line[0])
		to, knownTo := n.heights.Height(line[len(line)-1])
		if !knownFrom || !knownTo {
			return []rise{{length, 0}}
		}
		return []rise{newRise(length, to-from)}
	}
	pieces, _ := overGround(n.heights, line, along)
	return pieces
}
