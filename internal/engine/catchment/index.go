package catchment

import "github.com/lianpian/lianpian/internal/engine/network"

// index finds homes by the nodes that their edges end at. It does not change.
type index struct {
	doors *network.Doors
	homes int
	home  func(i int) int // by number in the index
	first []int32         // those at node n are item[first[n]:first[n+1]]
	item  []int32
}

// index makes the index of some homes.
func (h *Homes) index(homes int, home func(i int) int) *index {
	x := &index{doors: h.doors, homes: homes, home: home, first: make([]int32, h.net.Nodes()+1)}
	ties, graph := h.doors.Ties(), h.net.Graph()
	each := func(visit func(node int, i int32)) {
		for i := range homes {
			for _, foot := range ties.Feet(home(i)) {
				from, to := graph.Ends(foot.Edge)
				visit(from, int32(i))
				visit(to, int32(i))
			}
		}
	}
	each(func(node int, _ int32) { x.first[node+1]++ })
	for n := range h.net.Nodes() {
		x.first[n+1] += x.first[n]
	}
	x.item = make([]int32, x.first[h.net.Nodes()])
	next := append([]int32(nil), x.first...)
	each(func(node int, i int32) {
		x.item[next[node]] = i
		next[node]++
	})
	return x
}

// everyone returns the index of all homes.
func (h *Homes) everyone() *index {
	h.all.Do(func() { h.indexed = h.index(h.Len(), func(i int) int { return i }) })
	return h.indexed
}

// node returns the homes at a node; one may come twice.
func (x *index) node(n int) []int32 { return x.item[x.first[n]:x.first[n+1]] }

// edge returns the homes on an edge, and others at its start.
func (x *index) edge(e int) []int32 {
	from, _ := x.doors.Net().Graph().Ends(e)
	return x.node(from)
}
