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
	piece    *stroke // where drawn
}

func (l leg) metres() float64 {
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
	s.atNode(v, func(source int32, d *Doors, foot int32, cost uint32) {
		if !by.seed && newLabel(cost, source) == l {
			t, w := &d.ties.tie[foot], &d.way[foot]
			end := 0.0
			if atFrom, _ := w.ofSource(s.dir); w.from != v || w.from == w.to && atFrom != cost {
				end = s.lengthOf(t.edge)
			}
			by = link{at: v, seed: true, leg: s.leg(t.edge, end, t.at), doors: d, foot: foot}
		}
	})
	if by.seed {
		return by
	}
	if int(v) < s.n.nodes {
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
	for _, h := range s.drawn.hops[v] {
		if s.label[h.to]+uint64(h.behind(s.dir))<<32 == l && (by.to < 0 || h.to < by.to) {
			*by = link{at: v, to: h.to, leg: h.leg}
		}
	}
}

// reached completes the least label of a place.
func (s *state) reached(d *Doors, i int, metresFrom func(v int32) float64) Reached {
	d, i = s.tied(d, i)
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
	t, to := &d.ties.tie[by.foot], 0.0
	switch {
	case by.node < 0:
		to = by.doors.ties.tie[by.other].at
	case by.joint:
		to = s.drawn.joint[int(by.node)-s.n.nodes].at
	case by.end:
		to = s.lengthOf(t.edge)
	}
	return s.leg(t.edge, t.at, to)
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
