package catchment

import (
	"math"
	"slices"
)

// flow is an assignment while homes are put in. Nodes are the facilities and,
// as the last one, "nobody", who takes everyone at a penalty.
type flow struct {
	r        *Ranges
	capacity []float64
	left     []float64 // of each node: free capacity
	amount   []float64 // of each option
	unserved []float64 // of each home
	penalty  float64

	// price of a node is the dual: moving somebody from j to k costs at least
	// price[j] - price[k].
	price []float64

	out   [][]move        // of each node: where somebody there might move
	known map[int64]int32 // of a pair of nodes: which of the first one's moves

	// Of the search under way.
	reached []arrival
	settled []bool
	touched []int32
	queue   []candidate
	end     float64 // the cheapest way to a node with capacity left so far
}

// move is an arc between two nodes: all who could move that way, and what it
// costs at least.
type move struct {
	to    int32
	least float64
	wait  waits
}

// waits is a heap of homes that could move from one node to another, the
// cheapest first. Homes that have left are taken off when they come up.
type waits []waiting

type waiting struct {
	cost     float64 // what the move adds, below 0 where it saves
	from, to int32   // options; to is -1 for nobody
	home     int32
}

// arrival is how a node was reached in the search: by which move from where.
type arrival struct {
	cost float64 // from the home that is put in
	by   waiting
	from int32 // node, or -1: the home itself
}

// candidate is a node in the queue of the search.
type candidate struct {
	key  float64
	node int32
}

func newFlow(r *Ranges, capacity []float64) *flow {
	nodes := r.Facilities() + 1
	f := &flow{
		r: r, capacity: capacity, left: append(slices.Clone(capacity), math.Inf(1)),
		amount: make([]float64, len(r.option)), unserved: make([]float64, r.Homes()),
		penalty: penalty(r), price: make([]float64, nodes),
		out: make([][]move, nodes), known: map[int64]int32{},
		reached: make([]arrival, nodes), settled: make([]bool, nodes), end: math.Inf(1),
	}
	for n := range f.reached {
		f.reached[n].cost = math.Inf(1)
	}
	return f
}

// nobody is the node of those who are not served.
func (f *flow) nobody() int32 { return int32(len(f.left) - 1) }

// insert puts a home in, as cheaply as those who are in already allow.
func (f *flow) insert(home int32, demand float64) {
	for demand > 0 {
		end := f.search(home)
		demand -= f.augment(home, end, demand)
		f.reset()
	}
}

// search finds the cheapest way to place one more of a home: at a node with
// capacity left, after moves along the way. It is Dijkstra's on costs reduced by
// the prices, which it raises so that they stay duals.
func (f *flow) search(home int32) (end int32) {
	for e := f.r.first[home]; e < f.r.first[home+1]; e++ {
		o := f.r.option[e]
		f.reach(o.Facility, arrival{o.Cost, waiting{to: e, home: home}, -1})
	}
	f.reach(f.nobody(), arrival{f.penalty, waiting{to: -1, home: home}, -1})
	for {
		next := f.pop()
		n := next.node
		if f.settled[n] {
			continue
		}
		if f.left[n] > 0 {
			f.raise(f.reached[n].cost)
			return n
		}
		f.settled[n] = true
		f.leave(n)
	}
}

// leave goes on from a node by all moves that may lead anywhere more cheaply.
func (f *flow) leave(n int32) {
	cost := f.reached[n].cost
	for i := range f.out[n] {
		m := &f.out[n][i]
		least := cost + m.least
		if least >= f.reached[m.to].cost || least+f.price[m.to] > f.end || f.settled[m.to] {
			continue
		}
		if w, any := f.cheapest(m); any {
			f.reach(m.to, arrival{cost + w.cost, w, n})
		}
	}
}

func (f *flow) reach(n int32, a arrival) {
	if f.settled[n] || a.cost >= f.reached[n].cost {
		return
	}
	if math.IsInf(f.reached[n].cost, 1) {
		f.touched = append(f.touched, n)
	}
	f.reached[n] = a
	key := a.cost + f.price[n]
	if key > f.end {
		return // never comes up
	}
	if f.left[n] > 0 {
		f.end = key
	}
	f.push(candidate{key, n})
}

// raise lifts the prices of the nodes that were passed to what it costs to get
// from there to the end.
func (f *flow) raise(total float64) {
	for _, n := range f.touched {
		if f.settled[n] {
			f.price[n] = max(f.price[n], total-f.reached[n].cost)
		}
	}
}

// augment places as much of a home as the way found allows and returns how much
// that was.
func (f *flow) augment(home, end int32, demand float64) float64 {
	amount := min(demand, f.left[end])
	for n := end; f.reached[n].from >= 0; n = f.reached[n].from {
		amount = min(amount, f.amount[f.reached[n].by.from])
	}
	f.left[end] -= amount
	for n := end; ; n = f.reached[n].from {
		a := f.reached[n]
		f.settle(a.by, amount)
		if a.from < 0 {
			return amount
		}
		f.amount[a.by.from] -= amount
	}
}

// settle adds so much of a home to its option, and lets it wait for moves from
// there if it was not there before.
func (f *flow) settle(w waiting, amount float64) {
	if w.to < 0 {
		f.unserved[w.home] += amount
		return
	}
	f.amount[w.to] += amount
	if f.amount[w.to] > amount {
		return
	}
	at := f.r.option[w.to]
	for e := f.r.first[w.home]; e < f.r.first[w.home+1]; e++ {
		if o := f.r.option[e]; o.Facility != at.Facility {
			f.wait(at.Facility, o.Facility, waiting{o.Cost - at.Cost, w.to, e, w.home})
		}
	}
	f.wait(at.Facility, f.nobody(), waiting{f.penalty - at.Cost, w.to, -1, w.home})
}

func (f *flow) wait(from, to int32, w waiting) {
	key := int64(from)*int64(len(f.left)) + int64(to)
	i, known := f.known[key]
	if !known {
		i = int32(len(f.out[from]))
		f.known[key] = i
		f.out[from] = append(f.out[from], move{to: to})
	}
	m := &f.out[from][i]
	m.wait = push(m.wait, w, cheaper)
	m.least = m.wait[0].cost
}

// cheapest returns who would move most cheaply, of those who are still there.
func (f *flow) cheapest(m *move) (w waiting, any bool) {
	for len(m.wait) > 0 {
		if w = m.wait[0]; f.amount[w.from] > 0 {
			m.least = w.cost
			return w, true
		}
		m.wait, _ = pop(m.wait, cheaper)
	}
	m.least = math.Inf(1)
	return w, false
}

// reset forgets the search.
func (f *flow) reset() {
	for _, n := range f.touched {
		f.reached[n].cost, f.settled[n] = math.Inf(1), false
	}
	f.touched, f.queue, f.end = f.touched[:0], f.queue[:0], math.Inf(1)
}

func (f *flow) push(c candidate) { f.queue = push(f.queue, c, nearer) }

func (f *flow) pop() (c candidate) {
	f.queue, c = pop(f.queue, nearer)
	return c
}

func nearer(a, b candidate) bool { return a.key < b.key || a.key == b.key && a.node < b.node }

func cheaper(a, b waiting) bool { return a.cost < b.cost || a.cost == b.cost && a.from < b.from }
