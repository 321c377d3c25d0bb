package region

import (
	"cmp"
	"slices"
)

// Strings are the links that tie a set together (串点成线) at the least total
// length: a tree per part.
type Strings struct {
	Links   []int32 // link indices, lowest first
	LengthM float64 // total, metres
}

// Strings returns the minimal spanning forest of the set over usable links
// with both ends in it (J. B. Kruskal, On the shortest spanning subtree of a
// graph, Proc. AMS 7, 1956). It is the certificate of a contiguous set: one
// link fewer than communities. Of equally long links the one with the lower
// index is taken.
func (g *Graph) Strings(members []int32) Strings {
	w := g.open(members)
	defer g.close(w)
	w.queue = w.queue[:0]
	for _, c := range w.members {
		for a := g.first[c]; a < g.others[c]; a++ {
			if g.to[a] > c && w.at(g.to[a]) >= 0 {
				w.queue = append(w.queue, g.via[a])
			}
		}
	}
	slices.SortFunc(w.queue, func(a, b int32) int {
		if c := cmp.Compare(g.links[a].LengthM, g.links[b].LengthM); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
	w.part = sized(w.part, len(w.members))
	sets := unionFind(w.part)
	sets.reset()
	var out Strings
	for _, link := range w.queue {
		l := &g.links[link]
		if sets.join(w.place[l.A], w.place[l.B]) {
			out.Links = append(out.Links, link)
			out.LengthM += l.LengthM
		}
	}
	slices.Sort(out.Links)
	return out
}

// unionFind holds disjoint sets: the parent of each element, with path halving.
type unionFind []int32

func (u unionFind) reset() {
	for i := range u {
		u[i] = int32(i)
	}
}

func (u unionFind) root(i int32) int32 {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

// join unites two sets and tells whether they were apart.
func (u unionFind) join(a, b int32) bool {
	a, b = u.root(a), u.root(b)
	if a == b {
		return false
	}
	if a > b {
		a, b = b, a
	}
	u[b] = a
	return true
}
