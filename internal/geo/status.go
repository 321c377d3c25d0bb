package geo

import "github.com/paulmach/orb"

// status is the order, from below to above, of the edges that the sweep line
// meets: a treap whose nodes are the edges themselves, threaded as a list.
type status struct {
	edges       []edge
	root        int32
	left, right []int32
	up          []int32
	below       []int32 // neighbours in the order, -1 at the ends
	above       []int32
	weight      []uint32
	seed        uint32
}

const none = int32(-1)

func newStatus(edges []edge) *status {
	n := len(edges)
	links := make([]int32, 5*n)
	return &status{
		edges: edges, root: none,
		left: links[:n], right: links[n : 2*n], up: links[2*n : 3*n],
		below: links[3*n : 4*n], above: links[4*n:],
		weight: make([]uint32, n), seed: 2463534242,
	}
}

// find returns an edge through p, or none and the highest edge below p.
func (s *status) find(p orb.Point) (on, below int32) {
	below = none
	for node := s.root; node != none; {
		e := &s.edges[node]
		switch side := orient(e.a, e.b, p); {
		case side > 0:
			below, node = node, s.right[node]
		case side < 0:
			node = s.left[node]
		default:
			return node, none
		}
	}
	return none, below
}

func (s *status) lowest() int32 {
	node := s.root
	for node != none && s.left[node] != none {
		node = s.left[node]
	}
	return node
}

// next is the edge above node; the lowest of all for none.
func (s *status) next(node int32) int32 {
	if node == none {
		return s.lowest()
	}
	return s.above[node]
}

// insert puts node directly above the edge below (none: lowest of all).
func (s *status) insert(node, below int32) {
	s.seed ^= s.seed << 13
	s.seed ^= s.seed >> 17
	s.seed ^= s.seed << 5
	s.weight[node] = s.seed
	s.left[node], s.right[node] = none, none

	above := s.next(below)
	s.below[node], s.above[node] = below, above
	if below != none {
		s.above[below] = node
	}
	if above != none {
		s.below[above] = node
	}
	switch {
	case below != none && s.right[below] == none:
		s.right[below], s.up[node] = node, below
	case above != none:
		s.left[above], s.up[node] = node, above
	default:
		s.root, s.up[node] = node, none
	}
	for s.up[node] != none && s.weight[s.up[node]] < s.weight[node] {
		s.rotateUp(node)
	}
}

func (s *status) remove(node int32) {
	for s.left[node] != none || s.right[node] != none {
		l, r := s.left[node], s.right[node]
		if r == none || (l != none && s.weight[l] > s.weight[r]) {
			s.rotateUp(l)
		} else {
			s.rotateUp(r)
		}
	}
	s.relink(s.up[node], node, none)
	if b := s.below[node]; b != none {
		s.above[b] = s.above[node]
	}
	if a := s.above[node]; a != none {
		s.below[a] = s.below[node]
	}
}

// replace gives the place of one edge to another: where a ring simply goes on.
func (s *status) replace(old, node int32) {
	s.left[node], s.right[node], s.up[node] = s.left[old], s.right[old], s.up[old]
	s.below[node], s.above[node], s.weight[node] = s.below[old], s.above[old], s.weight[old]
	s.relink(s.up[old], old, node)
	if l := s.left[node]; l != none {
		s.up[l] = node
	}
	if r := s.right[node]; r != none {
		s.up[r] = node
	}
	if b := s.below[node]; b != none {
		s.above[b] = node
	}
	if a := s.above[node]; a != none {
		s.below[a] = node
	}
}

func (s *status) rotateUp(node int32) {
	parent := s.up[node]
	s.relink(s.up[parent], parent, node)
	s.up[node] = s.up[parent]
	var moved int32
	if s.left[parent] == node {
		moved = s.right[node]
		s.left[parent], s.right[node] = moved, parent
	} else {
		moved = s.left[node]
		s.right[parent], s.left[node] = moved, parent
	}
	if moved != none {
		s.up[moved] = parent
	}
	s.up[parent] = node
}

// relink makes parent point at node where it pointed at old.
func (s *status) relink(parent, old, node int32) {
	switch {
	case parent == none:
		s.root = node
	case s.left[parent] == old:
		s.left[parent] = node
	default:
		s.right[parent] = node
	}
}
