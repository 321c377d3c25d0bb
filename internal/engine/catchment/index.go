package catchment

import "github.com/lianpian/lianpian/internal/engine/network"

// index finds homes by the nodes that their edges end at; it may be of some of
// them only. It does not change.
type index struct {
	doors *network.Doors
	first []int32 // the homes at node n are home[first[n]:first[n+1]]
	home  []int32
}

// index returns that of all homes, which is made when it is first asked for.
func (h *Homes) index() *index {
	h.once.Do(func() {
		x := &index{doors: h.doors, first: make([]int32, h.net.Nodes()+1)}
		x.each(func(node int, _ int32) { x.first[node+1]++ })
		for n := range h.net.Nodes() {
			x.first[n+1] += x.first[n]
		}
		x.home = make([]int32, x.first[h.net.Nodes()])
		next := append([]int32(nil), x.first...)
		x.each(func(node int, home int32) {
			x.home[next[node]] = home
			next[node]++
		})
		h.indexed = x
	})
	return h.indexed
}

// only returns the index of some of its homes.
func (x *index) only(some marks) *index {
	o := &index{doors: x.doors, first: make([]int32, len(x.first))}
	for n := range len(x.first) - 1 {
		for _, home := range x.node(n) {
			if some.has(home) {
				o.home = append(o.home, home)
			}
		}
		o.first[n+1] = int32(len(o.home))
	}
	return o
}

// each visits the nodes of all homes; one may come twice.
func (x *index) each(visit func(node int, home int32)) {
	graph := x.doors.Net().Graph()
	for e := range graph.Edges() {
		from, to := graph.Ends(e)
		x.doors.Ties().On(e, func(home int) {
			visit(from, int32(home))
			visit(to, int32(home))
		})
	}
}

// node returns the homes at a node; one may come twice.
func (x *index) node(n int) []int32 { return x.home[x.first[n]:x.first[n+1]] }

// edge returns the homes on an edge, and others at its start.
func (x *index) edge(e int) []int32 {
	from, _ := x.doors.Net().Graph().Ends(e)
	return x.node(from)
}

// marks are a set of homes.
type marks []uint64

func newMarks(homes int) marks { return make(marks, (homes+63)/64) }

func (m marks) set(home int32) { m[home/64] |= 1 << (home % 64) }

func (m marks) has(home int32) bool { return m[home/64]&(1<<(home%64)) != 0 }
