package network

import (
	"cmp"
	"math"
	"slices"
)

// Direction says which way is walked between places and sources.
type Direction int8

const (
	ToSource   Direction = iota // from the place to the source: there
	FromSource                  // from the source to the place: back
)

// arrows returns those that a search from sources follows.
func (n *Net) arrows(dir Direction) *arrows {
	if dir == ToSource {
		return &n.in
	}
	return &n.out
}

// state is what a search from sources has found, and what it has searched: the
// sources that it began with, those that came and went since, drawn paths, and
// the sources that step onto those.
type state struct {
	n     *Net
	dir   Direction
	limit uint32
	label []label // by node; those of joints of drawn paths after them

	base    *Doors // sources from 0 on; nil: none
	added   []member
	removed map[int32]bool
	drawn   *joints // nil: none
	moved   []moved // by source
}

// moved is a source that is tied otherwise, since paths were drawn.
type moved struct {
	source int32
	member
	less bool // it lacks a foot that it had
}

// member is one of some places.
type member struct {
	doors *Doors
	place int
}

// baseLen returns how many sources there were to begin with.
func (s *state) baseLen() int {
	if s.base == nil {
		return 0
	}
	return s.base.ties.Len()
}

// source returns a source by its number, as it is tied now.
func (s *state) source(i int32) member {
	if k, is := s.whichMoved(i); is {
		return s.moved[k].member
	}
	return s.original(i)
}

func (s *state) whichMoved(source int32) (k int, is bool) {
	if len(s.moved) == 0 {
		return 0, false
	}
	return slices.BinarySearchFunc(s.moved, source, func(m moved, source int32) int { return cmp.Compare(m.source, source) })
}

// original returns a source as it was tied without drawn paths.
func (s *state) original(i int32) member {
	if n := s.baseLen(); int(i) >= n {
		return s.added[int(i)-n]
	}
	return member{s.base, int(i)}
}

// seed visits the labels that a source gives to the nodes around it.
func (s *state) seed(source int32, visit func(node int32, l label)) {
	m := s.source(source)
	first, last := m.doors.feet(m.place)
	for k := first; k < last; k++ {
		w := &m.doors.way[k]
		from, to := w.ofSource(s.dir)
		visit(w.from, newLabel(from, source))
		visit(w.to, newLabel(to, source))
	}
}

// tied returns a place as it is tied with what is drawn.
func (s *state) tied(d *Doors, i int) (*Doors, int) {
	if s.drawn == nil {
		return d, i
	}
	m := s.drawn.tie(member{d, i})
	return m.doors, m.place
}

// onEdge visits the feet of sources on an edge or stroke; on none (-1) there are
// none.
func (s *state) onEdge(e int32, visit func(source int32, d *Doors, foot int32)) {
	if e < 0 {
		return
	}
	if s.base != nil && int(e) < len(s.n.g.edge) {
		for _, k := range s.base.ties.onEdge(e) {
			if source := s.base.ties.owner[k]; s.stays(source) {
				visit(source, s.base, k)
			}
		}
	}
	s.others(func(source int32, m member) {
		first, last := m.doors.feet(m.place)
		for k := first; k < last; k++ {
			if m.doors.ties.tie[k].edge == e {
				visit(source, m.doors, k)
			}
		}
	})
}

// atNode visits the feet of sources whose edge or stroke ends at a node, with the
// cost between the two.
func (s *state) atNode(v int32, visit func(source int32, d *Doors, foot int32, cost uint32)) {
	if s.base != nil && int(v) < s.n.nodes {
		s.base.atNode(v, s.dir, func(foot int32, cost uint32) {
			if source := s.base.ties.owner[foot]; s.stays(source) {
				visit(source, s.base, foot, cost)
			}
		})
	}
	s.others(func(source int32, m member) {
		first, last := m.doors.feet(m.place)
		for k := first; k < last; k++ {
			w := &m.doors.way[k]
			from, to := w.ofSource(s.dir)
			if w.from == v {
				visit(source, m.doors, k, from)
			}
			if w.to == v {
				visit(source, m.doors, k, to)
			}
		}
	})
}

// stays tells whether a source of the base is still there, tied as ever.
func (s *state) stays(source int32) bool {
	if s.removed[source] {
		return false
	}
	_, is := s.whichMoved(source)
	return !is
}

// others visits the sources that are there and not as in the base.
func (s *state) others(visit func(source int32, m member)) {
	for _, m := range s.moved {
		if !s.removed[m.source] {
			visit(m.source, m.member)
		}
	}
	for i, m := range s.added {
		if source := int32(s.baseLen() + i); s.stays(source) {
			visit(source, m)
		}
	}
}

// entry is how a place comes upon a way.
type entry struct {
	foot  int32 // of the place
	node  int32 // the end of its edge, or a joint on it; -1: straight along to a source
	end   bool  // the end of the edge where its line ends
	joint bool  // a joint on the edge
	doors *Doors
	other int32 // where straight along: the foot of the source
}

// best returns the least label that a place gets, and by which entry.
func (s *state) best(d *Doors, i int) (best label, by entry) {
	best = unlabelled
	first, last := d.feet(i)
	for k := first; k < last; k++ {
		w := &d.way[k]
		from, to := w.ofPlace(s.dir)
		if l := s.label[w.from] + uint64(from)<<32; l < best {
			best, by = l, entry{foot: k, node: w.from}
		}
		if l := s.label[w.to] + uint64(to)<<32; l < best {
			best, by = l, entry{foot: k, node: w.to, end: true}
		}
		if len(s.added) == 0 && s.drawn == nil && (s.base == nil || !s.base.ties.uses(w.edge)) {
			continue
		}
		s.onEdge(w.edge, func(source int32, of *Doors, foot int32) {
			if l := newLabel(s.straight(d, k, &of.ties.tie[foot]), source); l < best {
				best, by = l, entry{foot: k, node: -1, doors: of, other: foot}
			}
		})
		if s.drawn != nil {
			for _, j := range s.drawn.byEdge[w.edge] {
				joint := int32(s.n.nodes) + j
				if l := s.label[joint] + uint64(s.straight(d, k, &tie{at: s.drawn.joint[j].at}))<<32; l < best {
					best, by = l, entry{foot: k, node: joint, joint: true}
				}
			}
		}
	}
	return best, by
}

// straight is the cost between a foot of a place and something else on the same
// edge, straight along it.
func (s *state) straight(d *Doors, foot int32, other *tie) uint32 {
	place := &d.ties.tie[foot]
	from, to := place.at, other.at
	if s.dir == FromSource {
		from, to = to, from
	}
	return toUnits(s.along(place.edge, from, to) + s.n.access(place.access+other.access))
}

// Cost returns the nearest source of a tied place and what the way costs; -1 and
// infinite where there is none within the limit.
func (s *state) Cost(d *Doors, i int) (source int, cost float64) {
	best, _ := s.best(s.tied(d, i))
	if costOf(best) > s.limit {
		return -1, math.Inf(1)
	}
	return int(sourceOf(best)), fromUnits(costOf(best))
}

// Node returns the nearest source of a node of the net and what the way costs.
func (s *state) Node(n int) (source int, cost float64) {
	l := s.label[n]
	if costOf(l) >= farOff {
		return -1, math.Inf(1)
	}
	return int(sourceOf(l)), fromUnits(costOf(l))
}

// Net returns the net that was searched.
func (s *state) Net() *Net { return s.n }

// Direction returns which way is walked.
func (s *state) Direction() Direction { return s.dir }
