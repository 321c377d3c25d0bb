package network

import (
	"slices"

	"github.com/paulmach/orb"
)

// Path is a way through the network, with the way over open ground at its ends.
type Path struct {
	Line    orb.LineString // from place to place; at least two points
	Metres  float64
	Parts   []Part // the edges walked, in order
	Streets []Street
}

// Part is a walked piece of an edge, between two points given in metres from the
// start of the edge; From is more than To where it is walked against its line.
type Part struct {
	Edge     int
	From, To float64
}

// Street is what is walked of the roads of one name.
type Street struct {
	Name   string // "" where the road has none
	Metres float64
}

// LineOf returns the vertices of a part as they are walked.
func (g *Graph) LineOf(p Part) orb.LineString { return g.cut(int32(p.Edge), p.From, p.To) }

// Path returns the way of a route of the last search.
func (s *Searcher) Path(target int) (Path, bool) {
	r := s.routes[target]
	if !r.Found() {
		return Path{}, false
	}
	start, end := s.from.foot[r.from], s.to[target].foot[r.to]
	p := Path{Metres: r.Metres, Parts: s.parts(r, start, end)}
	p.Line = append(p.Line, start.Place)
	for _, part := range p.Parts {
		for _, at := range s.g.LineOf(part) {
			p.step(at)
		}
		p.walk(s.g.Way(part.Edge).Name, max(part.From, part.To)-min(part.From, part.To))
	}
	p.step(end.Place)
	if len(p.Line) == 1 {
		p.Line = append(p.Line, end.Place)
	}
	return p, true
}

// step goes on to a point, unless that is where the path is.
func (p *Path) step(to orb.Point) {
	if p.Line[len(p.Line)-1] != to {
		p.Line = append(p.Line, to)
	}
}

// walk counts metres of a street.
func (p *Path) walk(name string, metres float64) {
	for i := range p.Streets {
		if p.Streets[i].Name == name {
			p.Streets[i].Metres += metres
			return
		}
	}
	p.Streets = append(p.Streets, Street{name, metres})
}

// parts follows a route back from its end.
func (s *Searcher) parts(r Route, start, end Foot) []Part {
	if r.node < 0 {
		return []Part{{start.Edge, start.At, end.At}}
	}
	var parts []Part
	edge := &s.g.edge[end.Edge]
	into := Part{end.Edge, 0, end.At}
	// At a node where both ends of the edge are, or either is, the shorter way.
	if edge.from != r.node || edge.to == r.node && edge.length-end.At < end.At {
		into.From = edge.length
	}
	parts = append(parts, into)
	n := r.node
	for s.back[n].edge >= 0 {
		by := s.back[n]
		e := &s.g.edge[by.edge]
		part := Part{int(by.edge), 0, e.length}
		if e.to != n {
			part.From, part.To = e.length, 0
		}
		parts = append(parts, part)
		n = by.to
	}
	edge = &s.g.edge[start.Edge]
	outOf := Part{start.Edge, start.At, 0}
	if edge.from != n || edge.to == n && edge.length-start.At < start.At {
		outOf.To = edge.length
	}
	parts = append(parts, outOf)
	slices.Reverse(parts)
	walked := slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return p.From == p.To })
	if len(walked) == 0 {
		return parts[:1] // both feet are at the node
	}
	return walked
}
