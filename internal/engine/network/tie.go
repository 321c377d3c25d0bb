package network

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/panics"
)

// TieRules say how places are tied to a network.
type TieRules struct {
	Reach  float64 // metres within which there must be an edge
	Near   float64 // metres beyond the nearest within which others are used, too; 0: 20
	Most   int     // feet of one place; 0: 4
	Island float64 // metres of ways from which on a part of the network is no mere remnant; 0: 200, negative: every part counts

	// Several goroutines ask at once.
	Usable func(edge int) bool           // edges that may be stepped on; nil: all
	Clear  func(from, to orb.Point) bool // straight ways that nothing bars; nil: all
}

func (r TieRules) withDefaults() TieRules {
	if r.Near == 0 {
		r.Near = 20
	}
	if r.Most <= 0 {
		r.Most = 4
	}
	if r.Island == 0 {
		r.Island = 200
	}
	return r
}

// Ties are places tied to the edges near them, each at the point of the edge
// that is nearest to the place. They do not change.
type Ties struct {
	g     *Graph
	rules TieRules
	place []orb.Point
	first []int32 // the feet of place i are tie[first[i]:first[i+1]], the nearest first
	tie   []tie

	// The feet on an edge: a list of feet by their edges.
	used    []uint64 // a bit for each edge that has any
	onFirst []int32  // by edge, where there are many feet; else nil
	on      []int32
	owner   []int32 // of each foot: its place

	seek sync.Once
	near *grid // over the places; made when first needed
	at   []int32
}

type tie struct {
	edge       int32
	at, access float64 // metres: along the edge, and from the place to it
}

// Tie ties places to the network: to the nearest edge within reach that is
// usable and has a clear straight way to it, and to further ones that are hardly
// farther. A remnant of the network that leads nowhere is used only where there
// is nothing else within reach. A place without an edge within reach is not
// reached: nothing stands in for it.
func (g *Graph) Tie(places []orb.Point, rules TieRules) *Ties {
	rules = rules.withDefaults()
	t := &Ties{g: g, rules: rules, place: places, first: make([]int32, len(places)+1)}
	const share = 1024 // places that a hand takes at a time
	shares := (len(places) + share - 1) / share
	done := make([][]tie, shares)
	each(shares, func() func(int) {
		m := &tier{g: g, rules: rules}
		return func(k int) {
			for i := k * share; i < min(len(places), (k+1)*share); i++ {
				before := len(done[k])
				done[k] = m.tie(done[k], places[i])
				t.first[i+1] = int32(len(done[k]) - before)
			}
		}
	})
	for i := range places {
		t.first[i+1] += t.first[i]
	}
	t.tie = slices.Concat(done...)
	t.index()
	return t
}

// each does n pieces of work on all processors; who does which does not matter. Where
// one panics, so does each: who waits may be able to catch it.
func each(n int, worker func() func(i int)) {
	hands := min(n, runtime.GOMAXPROCS(0))
	if hands <= 1 {
		do := worker()
		for i := range n {
			do(i)
		}
		return
	}
	var hand panics.Group
	for h := range hands {
		hand.Go(func() {
			do := worker()
			for i := h; i < n; i += hands {
				do(i)
			}
		})
	}
	hand.Wait()
}

// index makes the list of feet by edges.
func (t *Ties) index() {
	t.owner = make([]int32, len(t.tie))
	for i := range t.place {
		for k := t.first[i]; k < t.first[i+1]; k++ {
			t.owner[k] = int32(i)
		}
	}
	t.used = make([]uint64, len(t.g.edge)/64+1)
	for k := range t.tie {
		e := t.tie[k].edge
		t.used[e/64] |= 1 << (e % 64)
	}
	t.on = make([]int32, len(t.tie))
	if len(t.tie) < len(t.g.edge)/64 {
		for k := range t.on {
			t.on[k] = int32(k)
		}
		slices.SortStableFunc(t.on, func(a, b int32) int { return cmp.Compare(t.tie[a].edge, t.tie[b].edge) })
		return
	}
	t.onFirst = make([]int32, len(t.g.edge)+1)
	for k := range t.tie {
		t.onFirst[t.tie[k].edge+1]++
	}
	for e := range t.g.edge {
		t.onFirst[e+1] += t.onFirst[e]
	}
	next := slices.Clone(t.onFirst)
	for k := range t.tie {
		e := t.tie[k].edge
		t.on[next[e]] = int32(k)
		next[e]++
	}
}

// uses tells whether there are any feet on an edge.
func (t *Ties) uses(e int32) bool { return t.used[e/64]&(1<<(e%64)) != 0 }

// onEdge returns the feet on an edge.
func (t *Ties) onEdge(e int32) []int32 {
	if !t.uses(e) {
		return nil
	}
	if t.onFirst != nil {
		return t.on[t.onFirst[e]:t.onFirst[e+1]]
	}
	from, _ := slices.BinarySearchFunc(t.on, e, func(k, e int32) int { return cmp.Compare(t.tie[k].edge, e) })
	to := from
	for to < len(t.on) && t.tie[t.on[to]].edge == e {
		to++
	}
	return t.on[from:to]
}

// Len returns how many places there are, tied or not.
func (t *Ties) Len() int { return len(t.place) }

// Place returns where a place is.
func (t *Ties) Place(i int) orb.Point { return t.place[i] }

// Reached tells whether a place is tied to the network.
func (t *Ties) Reached(i int) bool { return t.first[i] < t.first[i+1] }

// Feet returns the feet of a place, the nearest first; none where it is not
// reached. Their cost is metres.
func (t *Ties) Feet(i int) []Foot {
	var feet []Foot
	for _, k := range t.tie[t.first[i]:t.first[i+1]] {
		feet = append(feet, Foot{int(k.edge), k.at, k.access, t.place[i]})
	}
	return feet
}

// On visits the places that are tied to an edge. One may come twice.
func (t *Ties) On(edge int, visit func(place int)) {
	for _, k := range t.onEdge(int32(edge)) {
		visit(int(t.owner[k]))
	}
}
