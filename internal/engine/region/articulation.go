package region

import "slices"

// Articulation is a community without which its part of the set falls apart.
type Articulation struct {
	Community int32
	FallsInto int // number of pieces its part falls into, two or more

	tree     *walk
	position int32
}

// Parts returns the pieces into which the community's part of the set falls
// without it: smallest first (ties: the lowest community first), each sorted.
// They are put together on demand: of a chain of n communities all pieces of
// all articulations would be n² numbers.
func (a Articulation) Parts() [][]int32 {
	t := a.tree
	if t == nil {
		return nil
	}
	// Pieces are subtrees of the walk that can't get past the community, each
	// an interval of the order of the walk, and whatever is left of the part.
	start, end := t.partOf(a.position)
	rest := make([]int32, 0, end-start-1)
	rest = append(rest, t.order[start:a.position]...)
	pieces := make([][]int32, 0, a.FallsInto)
	next := a.position + 1
	for next < t.end[a.position] {
		if t.low[next] >= a.position {
			pieces = append(pieces, slices.Clone(t.order[next:t.end[next]]))
		} else {
			rest = append(rest, t.order[next:t.end[next]]...)
		}
		next = t.end[next]
	}
	rest = append(rest, t.order[next:end]...)
	if len(rest) > 0 {
		pieces = append(pieces, rest)
	}
	for _, p := range pieces {
		slices.Sort(p)
	}
	smallestFirst(pieces)
	return pieces
}

// walk is a depth-first walk over a set. Positions count in the order of the
// walk, so a subtree is an interval.
type walk struct {
	order  []int32 // communities
	end    []int32 // first position after the subtree
	low    []int32 // lowest position that the subtree reaches by one step back
	starts []int32 // position at which each part begins, and the end of all
}

func (t *walk) partOf(position int32) (start, end int32) {
	i, found := slices.BinarySearch(t.starts, position)
	if !found {
		i--
	}
	return t.starts[i], t.starts[i+1]
}

// Articulations returns the communities without which the set would fall into
// more parts than it has, lowest first (R. E. Tarjan, Depth-first search and
// linear graph algorithms, SIAM J. Computing 1, 1972; iterative).
func (g *Graph) Articulations(members []int32) []Articulation {
	w := g.open(members)
	defer g.close(w)
	s := w.findInner(g)
	n := len(w.members)
	t := &walk{order: make([]int32, 0, n), end: make([]int32, n), low: make([]int32, n)}
	position := filled(w.part, n, -1) // of each member in the walk
	w.part = position
	type step struct{ member, arc, parent int32 }
	var stack []step
	falls := make([]int32, n) // pieces cut off below each position
	for root := range n {
		if position[root] >= 0 {
			continue
		}
		t.starts = append(t.starts, int32(len(t.order)))
		enter := func(member, parent int32) {
			p := int32(len(t.order))
			position[member] = p
			t.order = append(t.order, w.members[member])
			t.low[p] = p
			stack = append(stack, step{member, s.first[member], parent})
		}
		enter(int32(root), -1)
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			p := position[top.member]
			if top.arc < s.first[top.member+1] {
				next := s.to[top.arc]
				top.arc++
				switch q := position[next]; {
				case q < 0:
					enter(next, top.member)
				case next != top.parent:
					t.low[p] = min(t.low[p], q)
				}
				continue
			}
			t.end[p] = int32(len(t.order))
			if top.parent >= 0 {
				q := position[top.parent]
				t.low[q] = min(t.low[q], t.low[p])
				if t.low[p] >= q {
					falls[q]++
				}
			}
			stack = stack[:len(stack)-1]
		}
	}
	t.starts = append(t.starts, int32(n))
	var found []Articulation
	for member, p := range position {
		pieces := falls[p]
		if _, isStart := slices.BinarySearch(t.starts, p); !isStart {
			pieces++ // what lies on the other side of the parent
		}
		if falls[p] > 0 && pieces > 1 {
			found = append(found, Articulation{Community: w.members[member], FallsInto: int(pieces), tree: t, position: p})
		}
	}
	return found
}
