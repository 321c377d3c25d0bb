// Package region answers questions about sets of communities (小区) and the
// links (连线) between them: is a set contiguous (连片), into which parts does
// it fall, which community holds it together, what is the cheapest way to make
// it one, which links string it together, how far is it across, how compact is
// its shape.
//
// Communities and links are indices, lengths are metres, shapes lie in a
// metric plane. There is no SQL, HTTP or file here: numbers in, answers with
// certificates out. Every answer depends on its input alone, ties go to the
// lowest index, so the same question has the same answer.
//
// A set of communities is given as a slice of indices in any order. An index
// named twice counts once. An index that the graph doesn't know is a community
// without links: a part of its own, so no set with it and anything else is
// contiguous; Connect, which would have to spend money on it, refuses it. The
// empty set has no parts and counts as contiguous.
package region

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// Link ties two communities. A usable link counts under the rules in force; a
// link that isn't usable takes no part in contiguity, strings and walks, but
// Connect may buy it.
type Link struct {
	A, B    int32   // communities, in either order
	LengthM float64 // metres to walk or to renew, finite, not negative
	Usable  bool
}

// What may be wrong with a link or a price.
var (
	ErrUnknownCommunity = errors.New("no such community")
	ErrSelfLink         = errors.New("a community is not its own neighbour")
	ErrBadLength        = errors.New("a length is a finite number of metres, not below zero")
	ErrBadPrice         = errors.New("a price is a number not below zero, or +Inf for what is forbidden")
	ErrTooMany          = errors.New("more communities or links than indices")
)

// LinkError tells which link NewGraph refuses. It wraps ErrUnknownCommunity,
// ErrSelfLink or ErrBadLength.
type LinkError struct {
	Index int // of the link
	Link  Link
	Fault error
}

func (e *LinkError) Error() string {
	return fmt.Sprintf("link %d between communities %d and %d (%g m): %v", e.Index, e.Link.A, e.Link.B, e.Link.LengthM, e.Fault)
}

func (e *LinkError) Unwrap() error { return e.Fault }

// Graph is the link graph of a district's communities. It never changes and
// may be used by many goroutines at once.
type Graph struct {
	communities int
	links       []Link
	// The arcs that leave community c are first[c]…first[c+1], those over
	// usable links before others from others[c], each by the index of the community
	// they go to.
	first, others []int32
	to, via       []int32 // community and link of each arc
	workspaces    sync.Pool
}

// NewGraph builds the graph of communities 0…communities-1. Links keep their
// index in links. Of several usable links between the same two communities the
// shortest counts, and so of several that aren't usable (ties: the lowest
// index). The error is a *LinkError, or ErrTooMany.
func NewGraph(communities int, links []Link) (*Graph, error) {
	if communities < 0 || communities > math.MaxInt32-1 || len(links) > math.MaxInt32/2 {
		return nil, fmt.Errorf("link graph of %d communities and %d links: %w", communities, len(links), ErrTooMany)
	}
	for i, l := range links {
		var fault error
		switch n := int32(communities); {
		case l.A < 0 || l.A >= n || l.B < 0 || l.B >= n:
			fault = ErrUnknownCommunity
		case l.A == l.B:
			fault = ErrSelfLink
		case !(l.LengthM >= 0) || math.IsInf(l.LengthM, 1):
			fault = ErrBadLength
		}
		if fault != nil {
			return nil, &LinkError{Index: i, Link: l, Fault: fault}
		}
	}
	g := &Graph{communities: communities, links: slices.Clone(links)}
	g.arrange()
	g.workspaces.New = func() any { return newWorkspace(communities) }
	return g, nil
}

// arrange fills the adjacency: both directions of every link, sorted per
// community, then thinned to one arc of a kind per neighbour.
func (g *Graph) arrange() {
	n := g.communities
	type arc struct {
		from, to, link int32
		unusable       bool
		length         float64
	}
	arcs := make([]arc, 0, 2*len(g.links))
	for i, l := range g.links {
		arcs = append(arcs,
			arc{l.A, l.B, int32(i), !l.Usable, l.LengthM},
			arc{l.B, l.A, int32(i), !l.Usable, l.LengthM})
	}
	slices.SortFunc(arcs, func(a, b arc) int {
		switch {
		case a.from != b.from:
			return int(a.from - b.from)
		case a.unusable != b.unusable:
			if b.unusable {
				return -1
			}
			return 1
		case a.to != b.to:
			return int(a.to - b.to)
		case a.length < b.length:
			return -1
		case a.length > b.length:
			return 1
		}
		return int(a.link - b.link)
	})
	arcs = slices.CompactFunc(arcs, func(a, b arc) bool {
		return a.from == b.from && a.to == b.to && a.unusable == b.unusable
	})
	g.first, g.others = make([]int32, n+1), make([]int32, n)
	g.to, g.via = make([]int32, len(arcs)), make([]int32, len(arcs))
	next := 0
	for c := range n {
		g.first[c] = int32(next)
		for next < len(arcs) && int(arcs[next].from) == c && !arcs[next].unusable {
			next++
		}
		g.others[c] = int32(next)
		for next < len(arcs) && int(arcs[next].from) == c {
			next++
		}
	}
	g.first[n] = int32(next)
	for i, a := range arcs {
		g.to[i], g.via[i] = a.to, a.link
	}
}

// Communities is the number of communities of the graph.
func (g *Graph) Communities() int { return g.communities }

// Links is the number of links the graph was built from.
func (g *Graph) Links() int { return len(g.links) }

// Link returns a link by its index.
func (g *Graph) Link(link int32) Link { return g.links[link] }

// Neighbors returns the communities that usable links tie to c, lowest first,
// and the index of the link to each. The slices are the graph's own: read only.
func (g *Graph) Neighbors(c int32) (communities, links []int32) {
	if c < 0 || int(c) >= g.communities {
		return nil, nil
	}
	from, to := g.first[c], g.others[c]
	return g.to[from:to:to], g.via[from:to:to]
}
