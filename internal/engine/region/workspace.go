package region

import "slices"

// workspace is what a question about a set needs while it is answered. It is
// kept between questions so that none has to clear or allocate anything as
// large as the district.
type workspace struct {
	members   []int32 // the set's known communities, sorted, each once
	strangers []int32 // indices the graph doesn't know, sorted, each once
	// place[c] is the position of c in members if stamp[c] is now.
	stamp []uint32
	place []int32
	now   uint32

	part  []int32 // part of each position, numbered by their lowest community
	sizes []int32 // members of each part
	queue []int32

	inner   subgraph
	steiner steinerSpace
}

func newWorkspace(communities int) *workspace {
	return &workspace{stamp: make([]uint32, communities), place: make([]int32, communities)}
}

// open takes a workspace and puts the set into it. Give it back with close.
func (g *Graph) open(members []int32) *workspace {
	w := g.workspaces.Get().(*workspace)
	w.members, w.strangers = w.members[:0], w.strangers[:0]
	for _, c := range members {
		if c < 0 || int(c) >= g.communities {
			w.strangers = append(w.strangers, c)
		} else {
			w.members = append(w.members, c)
		}
	}
	for _, list := range []*[]int32{&w.members, &w.strangers} {
		if !slices.IsSorted(*list) {
			slices.Sort(*list)
		}
		*list = slices.Compact(*list)
	}
	w.now++
	if w.now == 0 { // after 2³² questions old stamps could be taken for new ones
		clear(w.stamp)
		w.now = 1
	}
	for i, c := range w.members {
		w.stamp[c], w.place[c] = w.now, int32(i)
	}
	return w
}

func (g *Graph) close(w *workspace) { g.workspaces.Put(w) }

// at is the position of c among the members, or -1.
func (w *workspace) at(c int32) int32 {
	if w.stamp[c] != w.now {
		return -1
	}
	return w.place[c]
}

// sized returns s with length n, reusing its memory; its content is undefined.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n+n/4)[:n]
	}
	return s[:n]
}

// filled is sized with every element set to v.
func filled[T any](s []T, n int, v T) []T {
	s = sized(s, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// findParts numbers the connected parts by their lowest community and fills
// part and sizes.
func (w *workspace) findParts(g *Graph) (parts int) {
	w.part = filled(w.part, len(w.members), -1)
	w.sizes = w.sizes[:0]
	for i := range w.members {
		if w.part[i] >= 0 {
			continue
		}
		part := int32(len(w.sizes))
		w.part[i] = part
		w.queue = append(w.queue[:0], int32(i))
		for next := 0; next < len(w.queue); next++ {
			c := w.members[w.queue[next]]
			for a := g.first[c]; a < g.others[c]; a++ {
				if j := w.at(g.to[a]); j >= 0 && w.part[j] < 0 {
					w.part[j] = part
					w.queue = append(w.queue, j)
				}
			}
		}
		w.sizes = append(w.sizes, int32(len(w.queue)))
	}
	return len(w.sizes)
}

// subgraph is the set's own graph: usable links with both ends inside,
// between positions instead of communities.
type subgraph struct {
	first []int32
	to    []int32
	link  []int32
}

// findInner fills the subgraph.
func (w *workspace) findInner(g *Graph) *subgraph {
	s := &w.inner
	s.first = sized(s.first, len(w.members)+1)
	s.to, s.link = s.to[:0], s.link[:0]
	for i, c := range w.members {
		s.first[i] = int32(len(s.to))
		for a := g.first[c]; a < g.others[c]; a++ {
			if j := w.at(g.to[a]); j >= 0 {
				s.to = append(s.to, j)
				s.link = append(s.link, g.via[a])
			}
		}
	}
	s.first[len(w.members)] = int32(len(s.to))
	return s
}
