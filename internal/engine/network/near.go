package network

import "github.com/paulmach/orb"

// Searched is a field or an overlay.
type Searched interface {
	searched() *state
	owned(source int32, visit func(node int32))
}

func (s *state) searched() *state { return s }

// owned visits the nodes of which a source is the nearest one; one may come twice.
func (f *Field) owned(source int32, visit func(node int32)) {
	for _, v := range f.nodesOf(source) {
		visit(v)
	}
}

func (o *Overlay) owned(source int32, visit func(node int32)) {
	look := func(v int32) {
		if l := o.label[v]; costOf(l) < farOff && sourceOf(l) == source {
			visit(v)
		}
	}
	if int(source) < o.baseLen() {
		o.field.owned(source, look)
	}
	for _, v := range o.touched {
		look(v)
	}
}

// Surroundings search around one place after the other, but pass a node only
// where that place is hardly farther from it than the nearest source of a field
// is. What is found is exact for places to which the way is no longer than by the
// slack than to their nearest source. They keep their memory and are for one
// goroutine.
type Surroundings struct {
	change
	near  *state
	slack uint32
}

// Surroundings returns new ones, without a place.
func (n *Net) Surroundings() *Surroundings {
	s := &state{n: n, label: append([]label(nil), n.unlabelled()...)}
	return &Surroundings{change: change{state: s, room: newRoom(n.shift), before: n.unlabelled()}}
}

// Explore finds the nodes from or to which, as with near, a place is within limit
// (metres or seconds) and no more than slack farther than the nearest source of
// near. Paths drawn in near are walked. The place is the only source, number 0,
// until the next call.
func (s *Surroundings) Explore(d *Doors, i int, near Searched, limit, slack float64) {
	s.begin(near, limit, slack)
	d, i = s.tied(d, i)
	s.from(member{d, i})
}

// ExploreMoved is Explore from one of the sources of near, but near the field that
// near changes.
func (s *Surroundings) ExploreMoved(near *Overlay, source int, limit, slack float64) {
	s.begin(near, limit, slack)
	s.near = &near.field.state
	s.from(near.source(int32(source)))
}

func (s *Surroundings) from(m member) {
	s.added = append(s.added, m)
	s.seedAll(m)
	s.spread()
}

// seedAll gives labels to the nodes and joints around the place.
func (s *Surroundings) seedAll(m member) {
	s.seed(0, s.extend)
	first, last := m.doors.feet(m.place)
	for k := first; k < last && s.drawn != nil; k++ {
		t := &m.doors.ties.tie[k]
		for _, j := range s.drawn.byEdge[t.edge] {
			s.extend(int32(s.n.nodes)+j, newLabel(s.fromJoint(s.drawn.joint[j], t), 0))
		}
	}
}

// ExploreSource is Explore from one of the sources of near. The nodes of which
// that is the nearest source are not searched: they know their cost.
func (s *Surroundings) ExploreSource(near Searched, source int, limit, slack float64) {
	s.begin(near, limit, slack)
	m := s.near.source(int32(source))
	s.added = append(s.added, m)
	near.owned(int32(source), func(v int32) {
		if cost := costOf(s.near.label[v]); cost <= s.limit && s.label[v] == unlabelled {
			s.label[v] = newLabel(cost, 0)
			s.touched = append(s.touched, v)
		}
	})
	for _, v := range s.touched[:len(s.touched):len(s.touched)] {
		s.leave(v, s.label[v])
	}
	s.seedAll(m)
	s.spread()
}

// ExploreDrawn finds the nodes from or to which a way over a path drawn in near
// to a source is within limit and no more than slack longer than to the nearest
// source in the field that near changes: all whose ways the paths may shorten by
// so much.
func (s *Surroundings) ExploreDrawn(near *Overlay, limit, slack float64) {
	s.begin(near, limit, slack)
	s.near = &near.field.state
	if s.drawn == nil {
		return
	}
	for j := range s.drawn.joint {
		node := int32(s.n.nodes + j)
		s.extend(node, newLabel(costOf(near.label[node]), 0))
	}
	s.spread()
}

// begin forgets the place before.
func (s *Surroundings) begin(near Searched, limit, slack float64) {
	for _, node := range s.touched {
		s.label[node] = unlabelled
	}
	s.touched, s.added, s.label = s.touched[:0], s.added[:0], s.label[:s.n.nodes]
	s.near = near.searched()
	s.dir, s.drawn = s.near.dir, s.near.drawn
	s.limit, s.slack = min(farOff-1, toUnits(limit)), toUnits(slack)
	if s.drawn != nil {
		for range s.drawn.joint {
			s.label = append(s.label, unlabelled)
		}
	}
}

// extend is lower where that is near enough. Joints always are: they are few.
func (s *Surroundings) extend(node int32, l label) {
	if int(node) >= s.n.nodes || uint64(costOf(l)) <= uint64(costOf(s.near.label[node]))+uint64(s.slack) {
		s.lower(node, l)
	}
}

func (s *Surroundings) spread() {
	r := s.room
	for b := r.next(0); b >= 0; b = r.next(b) {
		for r.head[b] != 0 {
			node, cost := r.pop(b)
			if l := s.label[node]; costOf(l) == cost {
				s.leave(node, l)
			}
		}
		r.full[b/64] &^= 1 << (b % 64)
	}
	r.empty()
}

// leave carries the label of a node on.
func (s *Surroundings) leave(node int32, l label) {
	if int(node) < s.n.nodes {
		for _, arrow := range s.n.arrows(s.dir).of(node) {
			if next := l + uint64(arrow.cost)<<32; next < s.label[arrow.to] {
				s.extend(arrow.to, next)
			}
		}
	}
	if s.drawn != nil {
		for _, hop := range s.drawn.hops[node] {
			s.extend(hop.to, l+uint64(hop.ahead(s.dir))<<32)
		}
	}
}

// Of returns how far a tied place is from the explored one, in the direction
// explored.
func (s *Surroundings) Of(d *Doors, i int) Reached { return s.reached(d, i, s.metresBack) }

// Nodes returns the nodes that were found, in no order that means anything. They
// hold until the next search.
func (s *Surroundings) Nodes() []int32 { return s.touched }

// Edges returns the edges on which places may be found without a node: those that
// the explored place is on and those that drawn paths join.
func (s *Surroundings) Edges() (edges []int) {
	for _, m := range s.added {
		first, last := m.doors.feet(m.place)
		for k := first; k < last; k++ {
			if e := m.doors.ties.tie[k].edge; s.strokeOf(e) == nil {
				edges = append(edges, int(e))
			}
		}
	}
	if s.drawn != nil {
		for _, j := range s.drawn.joint {
			if j.edge >= 0 {
				edges = append(edges, int(j.edge))
			}
		}
	}
	return edges
}

// LeastPace returns the least that a straight metre costs, whatever way is taken;
// costs may be less by a hundredth, since they are rounded.
func (n *Net) LeastPace() float64 {
	const rounding = 0.999
	if n.walker == nil {
		return rounding
	}
	return rounding * min(n.walker.Pace(-0.05), 1/n.walker.StairsMS)
}

// Bound returns the bound of a drawn path.
func (d *Drawn) Bound() orb.Bound { return orb.MultiLineString(d.line).Bound() }
