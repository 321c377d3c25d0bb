package network

import (
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// plan is the network as it would be were drawn paths built, as far as it matters
// to who steps onto what: joints are junctions and cut edges into parts, and what
// hangs together does so by the paths, too. Edges are those of the graph, then
// strokes, then parts.
type plan struct {
	g      *Graph
	stroke []planned
	node   []int32 // of each joint: its junction, a node of the graph or of the search
	parts  []edgePart
	cut    map[int32][]int32 // the parts of an edge, in order

	island map[int32]float64 // metres that hang together with an island of the graph, where more than its own do
	path   []float64         // and with a path
}

// planned is a stroke with its junctions.
type planned struct {
	*stroke
	step     bool // people step onto it from beside it
	from, to int32
}

// edgePart is a part of an edge between two junctions.
type edgePart struct {
	edge       int32
	begin, end float64
	from, to   int32
}

// sameMetres is how near to each other places of an edge are one.
const sameMetres = 1e-6

// planOf makes the plan of what is drawn.
func (js *joints) planOf() *plan {
	if js.plan == nil {
		p := &plan{g: js.n.g, cut: map[int32][]int32{}, island: map[int32]float64{}}
		p.join(js)
		for _, e := range slices.Sorted(maps.Keys(js.byEdge)) {
			p.divide(js, e)
		}
		for _, s := range js.stroke {
			p.stroke = append(p.stroke, planned{
				stroke: s, step: s.path >= 0 && js.paths[s.path].kind != DrawnBridge && s.metres > sameMetres,
				from: p.node[int(s.from)-js.n.nodes], to: p.node[int(s.to)-js.n.nodes],
			})
		}
		p.connect(js)
		js.plan = p
	}
	return js.plan
}

// join finds the junctions of joints: of those at one place of an edge the first,
// at an end of it the node there.
func (p *plan) join(js *joints) {
	for k, j := range js.joint {
		node := int32(js.n.nodes + k)
		if j.edge >= 0 {
			e := &p.g.edge[j.edge]
			first := slices.IndexFunc(js.joint[:k], func(o jointAt) bool { return o.edge == j.edge && math.Abs(o.at-j.at) <= sameMetres })
			switch {
			case j.at <= sameMetres:
				node = e.from
			case j.at >= e.length-sameMetres:
				node = e.to
			case first >= 0:
				node = p.node[first]
			}
		}
		p.node = append(p.node, node)
	}
	for _, s := range js.stroke { // one that has no length
		if s.metres <= sameMetres {
			p.node[int(s.to)-js.n.nodes] = p.node[int(s.from)-js.n.nodes]
		}
	}
}

// divide cuts an edge at its joints.
func (p *plan) divide(js *joints, e int32) {
	list := slices.Clone(js.byEdge[e])
	slices.SortStableFunc(list, func(a, b int32) int {
		switch {
		case js.joint[a].at < js.joint[b].at:
			return -1
		case js.joint[a].at > js.joint[b].at:
			return 1
		}
		return 0
	})
	edge := &p.g.edge[e]
	this := edgePart{edge: e, from: edge.from}
	finish := func(end float64, to int32) {
		this.end, this.to = end, to
		p.cut[e] = append(p.cut[e], int32(len(p.g.edge)+len(js.stroke)+len(p.parts)))
		p.parts = append(p.parts, this)
		this = edgePart{edge: e, begin: end, from: to}
	}
	for _, j := range list {
		if at := js.joint[j].at; at > this.begin+sameMetres && at < edge.length-sameMetres {
			finish(at, p.node[j])
		}
	}
	finish(edge.length, edge.to)
}

// connect adds up what hangs together.
func (p *plan) connect(js *joints) {
	group := make([]int, len(js.paths)) // of each path: the first path that it hangs together with
	for i := range group {
		group[i] = i
	}
	unite := func(a, b int) {
		a, b = min(group[a], group[b]), max(group[a], group[b])
		for i := range group {
			if group[i] == b {
				group[i] = a
			}
		}
	}
	of := map[int32]int{} // an island: a path that joins it
	for i, path := range js.paths {
		for _, j := range path.joint {
			if j.edge >= 0 {
				island := p.g.island[p.g.edge[j.edge].from]
				if other, known := of[island]; known {
					unite(i, other)
				}
				of[island] = i
			}
		}
	}
	for _, s := range js.stroke {
		if s.path < 0 {
			unite(js.pathOf(s.from), js.pathOf(s.to))
		}
	}
	sum := make([]float64, len(js.paths))
	for i, path := range js.paths {
		sum[group[i]] += path.Metres()
	}
	for _, island := range slices.Sorted(maps.Keys(of)) {
		sum[group[of[island]]] += p.g.islands[island].Metres
	}
	for island, i := range of {
		p.island[island] = sum[group[i]]
	}
	for i := range js.paths {
		p.path = append(p.path, sum[group[i]])
	}
}

// original returns the edge or stroke that an edge is a part of.
func (p *plan) original(edge int32) int32 {
	if k := int(edge) - len(p.g.edge) - len(p.stroke); k >= 0 {
		return p.parts[k].edge
	}
	return edge
}

// metresOf returns how much hangs together with an edge.
func (p *plan) metresOf(edge int32) float64 {
	edge = p.original(edge)
	if k := int(edge) - len(p.g.edge); k >= 0 {
		return p.path[max(0, p.stroke[k].path)]
	}
	island := p.g.island[p.g.edge[edge].from]
	if grown, joined := p.island[island]; joined {
		return grown
	}
	return p.g.islands[island].Metres
}

// nodeOf returns the junction that a foot is at, or -1.
func (p *plan) nodeOf(f tie) int32 {
	k := int(f.edge) - len(p.g.edge)
	if k < 0 {
		return p.g.nodeOf(f)
	}
	var begin, end float64
	var from, to int32
	if k < len(p.stroke) {
		s := &p.stroke[k]
		end, from, to = s.metres, s.from, s.to
	} else {
		part := &p.parts[k-len(p.stroke)]
		begin, end, from, to = part.begin, part.end, part.from, part.to
	}
	switch {
	case f.at <= begin+sameMetres:
		return from
	case f.at >= end-sameMetres:
		return to
	}
	return -1
}

// at returns where a foot is.
func (p *plan) at(f tie) orb.Point {
	edge := p.original(f.edge)
	if k := int(edge) - len(p.g.edge); k >= 0 {
		return p.stroke[k].at(f.at)
	}
	return p.g.at(edge, f.at)
}

// offer visits the parts of a segment of an edge.
func (p *plan) offer(edge, vertex int32, visit func(part int32, a, b orb.Point, from, to float64)) {
	a, b := p.g.shape[vertex], p.g.shape[vertex+1]
	begin, end := p.g.along[vertex], p.g.along[vertex+1]
	at := func(m float64) orb.Point { return between(a, b, min(1, max(0, (m-begin)/(end-begin)))) }
	for _, k := range p.cut[edge] {
		part := &p.parts[int(k)-len(p.g.edge)-len(p.stroke)]
		if from, to := max(begin, part.begin), min(end, part.end); from < to {
			visit(k, at(from), at(to), from, to)
		}
	}
}

// strokes visits the segments of strokes that people step onto.
func (p *plan) strokes(visit func(edge int32, a, b orb.Point, from, to float64)) {
	for k := range p.stroke {
		s := &p.stroke[k]
		if !s.step {
			continue
		}
		along := 0.0
		for v := 1; v < len(s.line); v++ {
			from := along
			if along += metres(s.line[v-1], s.line[v]); v == len(s.line)-1 {
				along = s.metres
			}
			visit(int32(len(p.g.edge)+k), s.line[v-1], s.line[v], from, along)
		}
	}
}
