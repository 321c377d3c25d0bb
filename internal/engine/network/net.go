package network

import (
	"fmt"
	"math"
	"sync"
)

// Costs are whole ten-thousandths of a metre or second, so that sums do not
// depend on their order. They are saturating: what costs farOff or more, 214 km
// or 59 hours, is out of reach.
const (
	perUnit = 10_000
	farOff  = 1<<31 - 1 // twice that fits a uint32
)

// toUnits rounds metres or seconds to units.
func toUnits(cost float64) uint32 {
	if !(cost < farOff/perUnit) {
		return farOff
	}
	return uint32(max(0, math.Round(cost*perUnit)))
}

func fromUnits(units uint32) float64 {
	if units >= farOff {
		return math.Inf(1)
	}
	return float64(units) / perUnit
}

// arrow is an arc with its cost, at least one unit: a chain of arrows never
// stands still.
type arrow struct {
	to   int32
	cost uint32
}

// arrows are those out of every node n: arrow[first[n]:first[n+1]].
type arrows struct {
	first []int32
	arrow []arrow
}

func (a *arrows) of(n int32) []arrow { return a.arrow[a.first[n]:a.first[n+1]] }

// Net is a graph with the cost of every edge in both directions. It does not
// change; any number of goroutines may search it.
type Net struct {
	g     *Graph // nil: a bare net of nodes and arcs
	nodes int

	// What leads out of a node and what leads into it. In a net of a graph the
	// two have the same places, since every edge is walked both ways, and edge
	// tells the edge of each place.
	out, in arrows
	edge    []int32

	there, back []uint32 // of each whole edge: with and against its line; farOff: nobody gets from end to end
	profile     *profile // nil: the cost of an edge is even along its line

	walker  *Walker // nil: costs are metres
	heights Heights
	report  Report

	shift  uint      // bucket = cost >> shift
	rooms  sync.Pool // of *room
	walks  sync.Pool // of *Vicinity
	labels sync.Once
	blank  []uint64 // labels that reach nothing
}

// NewNet makes a bare net of arcs with costs in metres or seconds: those out of
// node n lead to to[first[n]:first[n+1]].
func NewNet(first, to []int32, cost []float64) (*Net, error) {
	nodes := len(first) - 1
	if nodes < 0 || first[0] != 0 || int(first[nodes]) != len(to) || len(to) != len(cost) {
		return nil, fmt.Errorf("arcs of %d nodes: %d ends, %d costs", nodes, len(to), len(cost))
	}
	n := &Net{nodes: nodes, out: arrows{first: first, arrow: make([]arrow, len(to))}}
	entering := make([]int32, nodes+1)
	for v := range nodes {
		if first[v+1] < first[v] {
			return nil, fmt.Errorf("the arcs of node %d end before they begin", v)
		}
	}
	for i, t := range to {
		if t < 0 || int(t) >= nodes {
			return nil, fmt.Errorf("arc %d leads to node %d of %d", i, t, nodes)
		}
		if !(cost[i] >= 0) {
			return nil, fmt.Errorf("arc %d costs %v", i, cost[i])
		}
		n.out.arrow[i] = arrow{t, max(1, toUnits(cost[i]))}
		entering[t+1]++
	}
	for v := range nodes {
		entering[v+1] += entering[v]
	}
	n.in = arrows{first: entering, arrow: make([]arrow, len(to))}
	next := append([]int32(nil), entering...)
	for v := range nodes {
		for _, a := range n.out.of(int32(v)) {
			n.in.arrow[next[a.to]] = arrow{int32(v), a.cost}
			next[a.to]++
		}
	}
	n.settle()
	return n, nil
}

// ByMetres returns the net whose costs are metres, the same in both directions.
func (g *Graph) ByMetres() *Net {
	n := &Net{g: g, nodes: len(g.node), there: make([]uint32, len(g.edge))}
	for i := range g.edge {
		n.there[i] = max(1, toUnits(g.edge[i].length))
	}
	n.back = n.there
	n.lay()
	return n
}

// lay makes the arrows of the edges that can be passed.
func (n *Net) lay() {
	g := n.g
	first := make([]int32, n.nodes+1)
	edges := make([]int32, 0, len(g.arc))
	n.out.arrow = make([]arrow, 0, len(g.arc))
	even := n.profile == nil // both directions cost the same
	if !even {
		n.in.arrow = make([]arrow, 0, len(g.arc))
	}
	for v := range n.nodes {
		loop := int32(-1)
		for _, a := range g.arc[g.first[v]:g.first[v+1]] {
			if !n.Passable(int(a.edge)) {
				continue
			}
			there, back := n.there[a.edge], n.back[a.edge]
			// A loop comes twice, once for each direction.
			if e := &g.edge[a.edge]; int(e.from) != v || e.from == e.to && loop == a.edge {
				there, back = back, there
			}
			loop = a.edge
			edges = append(edges, a.edge)
			n.out.arrow = append(n.out.arrow, arrow{a.to, there})
			if !even {
				n.in.arrow = append(n.in.arrow, arrow{a.to, back})
			}
		}
		first[v+1] = int32(len(edges))
	}
	n.edge = edges
	n.out.first, n.in.first = first, first
	if even {
		n.in = n.out
	}
	n.settle()
}

// settle chooses the width of buckets: about half of a usual arc, so that few
// nodes are looked at twice and few buckets are empty.
func (n *Net) settle() {
	sum, arcs := uint64(0), uint64(1)
	for _, a := range n.out.arrow {
		if a.cost < farOff {
			sum += uint64(a.cost)
			arcs++
		}
	}
	half := sum / arcs / 2
	for n.shift = 12; n.shift < 24 && 2<<n.shift <= half; n.shift++ {
	}
}

// Nodes returns how many nodes the net has.
func (n *Net) Nodes() int { return n.nodes }

// Graph returns the graph that the net was made of; nil of a bare net.
func (n *Net) Graph() *Graph { return n.g }

// Passable tells whether the walker gets along an edge from end to end.
func (n *Net) Passable(edge int) bool { return n.there[edge] < farOff && n.back[edge] < farOff }

// Symmetric tells whether every way costs the same there and back.
func (n *Net) Symmetric() bool {
	if n.g == nil {
		return len(n.out.arrow) == 0
	}
	return n.profile == nil // else there may be ways even where no edge is passable
}

// access is what metres over open ground cost: they are walked, on the flat.
func (n *Net) access(metres float64) float64 {
	if n.walker != nil {
		return metres / n.walker.SpeedMS
	}
	return metres
}

// shut tells whether the walker does not get along a stretch of an edge, or, where
// it has no length, does not get to that point. An edge that is not passable is
// shut where stairs or barred ways are from end to end, else inside its steep
// pieces only; its ends belong to the junctions and are never shut.
func (n *Net) shut(e int32, from, to float64) bool {
	if n.Passable(int(e)) {
		return false
	}
	if n.profile != nil && !n.bars(&n.g.road[n.g.edge[e].road]) {
		return n.profile.of(e).steep(from, to)
	}
	return max(from, to) > 0 && min(from, to) < n.g.edge[e].length
}

// bars tells whether a road is nothing for the walker, however steep it is.
func (n *Net) bars(r *Road) bool {
	return n.walker != nil && n.walker.StepFree && (r.Stairs || r.Barred)
}

// upTo returns what it costs to walk from the start of an edge to a point of it
// with its line, and from there back to the start, where that is not shut.
func (n *Net) upTo(e int32, at float64) (there, back float64) {
	if n.profile != nil {
		return n.profile.of(e).upTo(at)
	}
	part := at / n.g.edge[e].length
	return part * fromUnits(n.there[e]), part * fromUnits(n.back[e])
}

// along is the cost of walking on an edge from one of its points to another;
// infinite where the walker does not get along.
func (n *Net) along(e int32, from, to float64) float64 {
	switch {
	case n.shut(e, from, to):
		return math.Inf(1)
	case from == to:
		return 0
	}
	thereFrom, backFrom := n.upTo(e, from)
	thereTo, backTo := n.upTo(e, to)
	if to > from {
		return thereTo - thereFrom
	}
	return backFrom - backTo
}
