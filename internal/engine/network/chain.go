package network

import "math"

// link is a step of a way from a node towards its source.
type link struct {
	at   int32 // the node
	seed bool  // the step leads to the source itself, by one of its feet
	to   int32 // else: the next node
	leg  leg

	doors *Doors // where seed: of the source, and the foot
	foot  int32
}

// leg is a stretch of an edge or of a drawn path.
type leg struct {
	edge     int32 // -1: drawn
	from, to float64
	piece    *stroke // where drawn: from its start (0) to its end (1), or back
}

func (l leg) metres() float64 {
	if l.edge < 0 {
		return l.piece.metres
	}
	return math.Abs(l.to - l.from)
}

func (l leg) reversed() leg { return leg{l.edge, l.to, l.from, l.piece} }

// metres is the length of the step, with the way over open ground to a source.
func (l link) metres() float64 {
	if l.seed {
		return l.leg.metres() + l.doors.ties.tie[l.foot].access
	}
	return l.leg.metres()
}

// before returns the step by which a node has its label: to its source itself,
// where that explains the label, else over the arrow to the node of the lowest
// number that does. It depends on nothing but the labels.
func (s *state) before(v int32) (by link) {
	l := s.label[v]
	by = link{at: v, to: -1}
	if int(v) < s.n.nodes {
		s.atNode(v, func(source int32, d *Doors, foot int32, cost uint32) {
			if !by.seed && newLabel(cost, source) == l {
				t := &d.ties.tie[foot]
				e := &s.n.g.edge[t.edge]
				end := 0.0
				if atFrom, _ := d.way[foot].ofSource(s.dir); e.from != v || e.from == e.to && atFrom != cost {
					end = e.length
				}
				by = link{at: v, seed: true, leg: leg{edge: t.edge, from: end, to: t.at}, doors: d, foot: foot}
			}
		})
		if by.seed {
			return by
		}
		s.byArrow(v, l, &by)
	}
	if s.drawn != nil {
		s.byDrawing(v, l, &by)
	}
	return by
}

// byArrow looks for the step among the arrows of the net.
func (s *state) byArrow(v int32, l label, by *link) {
	a := s.n.arrows(1 - s.dir)
	for k := a.first[v]; k < a.first[v+1]; k++ {
		u := a.arrow[k].to
		if s.label[u]+uint64(a.arrow[k].cost)<<32 != l || by.to >= 0 && by.to <= u {
			continue
		}
		e := s.n.edge[k]
		stretch := leg{edge: e, from: 0, to: s.n.g.edge[e].length}
		if s.n.g.edge[e].from != v {
			stretch = stretch.reversed()
		}
		*by = link{at: v, to: u, leg: stretch}
	}
}

// byDrawing looks for the step among what drawn paths bring.
func (s *state) byDrawing(v int32, l label, by *link) {
	if j := int(v) - s.n.nodes; j >= 0 {
		joint := s.drawn.joint[j]
		s.onEdge(joint.edge, func(source int32, d *Doors, foot int32) {
			t := &d.ties.tie[foot]
			if !by.seed && newLabel(s.fromJoint(joint, t), source) == l {
				*by = link{at: v, seed: true, leg: leg{edge: t.edge, from: joint.at, to: t.at}, doors: d, foot: foot}
			}
		})
	}
	if by.seed {
		return
	}
	for _, b := range s.drawn.behind[v] {
		if s.label[b.to]+uint64(b.cost)<<32 == l && (by.to < 0 || b.to < by.to) {
			*by = link{at: v, to: b.to, leg: b.leg}
		}
	}
}

// reached completes the least label of a place.
func (s *state) reached(d *Doors, i int, metresFrom func(v int32) float64) Reached {
	best, by := s.best(d, i)
	if costOf(best) > s.limit {
		return nowhere
	}
	r := Reached{Source: int(sourceOf(best)), Cost: fromUnits(costOf(best))}
	if s.n.walker == nil {
		r.Metres = r.Cost
		return r
	}
	r.Metres = d.ties.tie[by.foot].access + s.enter(d, by).metres()
	if by.node < 0 {
		r.Metres += by.doors.ties.tie[by.other].access
	} else {
		r.Metres += metresFrom(by.node)
	}
	return r
}

// enter is the stretch of the edge of an entry's foot that is walked.
func (s *state) enter(d *Doors, by entry) leg {
	t := &d.ties.tie[by.foot]
	l := leg{edge: t.edge, from: t.at}
	switch {
	case by.node < 0:
		l.to = by.doors.ties.tie[by.other].at
	case int(by.node) >= s.n.nodes:
		l.to = s.drawn.joint[int(by.node)-s.n.nodes].at
	case by.end:
		l.to = s.n.g.edge[t.edge].length
	}
	return l
}

// metresBack follows a node to its source.
func (s *state) metresBack(v int32) (sum float64) {
	for {
		by := s.before(v)
		sum += by.metres()
		if by.seed || by.to < 0 {
			return sum
		}
		v = by.to
	}
}
