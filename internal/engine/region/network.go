package region

import (
	"math"
	"slices"
)

// network is a Steiner tree problem: find the cheapest tree that holds all
// terminals, which are the nodes 0…terminals-1. An edge costs its price, a node
// its toll; terminals have none.
//
// Each edge e is two arcs, 2e from a to b and 2e+1 back. As an arborescence
// that leaves one terminal, the root, enters every other node of it by exactly
// one arc, an arc may carry the toll of its head: then all cost is on arcs.
type network struct {
	terminals int
	fixed     float64 // what every tree costs besides: tolls of terminals
	toll      []float64
	community []int32 // of each node; -1: a part of the set
	edges     []edge
	first     []int32 // first[v]…first[v+1] are the arcs that leave v
	out       []half
}

type edge struct {
	a, b  int32
	link  int32
	price float64
}

// half is an arc as seen from its tail.
type half struct{ arc, head int32 }

func (net *network) nodes() int { return len(net.toll) }

// arrange fills the adjacency from the edges.
func (net *network) arrange() {
	n := net.nodes()
	net.first = filled(net.first, n+1, 0)
	for i := range net.edges {
		net.first[net.edges[i].a]++
		net.first[net.edges[i].b]++
	}
	sum := int32(0)
	for v := range net.first {
		sum += net.first[v]
		net.first[v] = sum
	}
	net.out = sized(net.out, 2*len(net.edges))
	// From the last edge down, so that every list comes out in edge order.
	for i := len(net.edges) - 1; i >= 0; i-- {
		e := &net.edges[i]
		net.first[e.b]--
		net.out[net.first[e.b]] = half{int32(2*i + 1), e.a}
		net.first[e.a]--
		net.out[net.first[e.a]] = half{int32(2 * i), e.b}
	}
}

// steinerSpace is the memory of Connect.
type steinerSpace struct {
	whole   network
	node    []int32 // of each community outside the set; -1: not in the network
	byPart  []int32 // positions of members, part after part
	partEnd []int32
	seen    []int32 // per node: the edge that ties it to the node at hand

	heap     heap
	dist     []float64
	back     []float64
	pred     []int32
	base     []int32
	reduced  []float64
	settled  []int32
	bridges  []bridge
	sets     unionFind
	stamp    []uint32
	now      uint32
	picked   []int32
	kruskal  []int32
	degree   []int32
	allowed  []bool
	branch   [][]half
	work     int // arcs looked at
	terminal []terminalState
}

// build makes the problem of the set in w: its parts are the terminals, the
// communities outside that aren't forbidden the other nodes. Links inside a
// part are no edges; of several between two nodes the cheapest is one.
func (sp *steinerSpace) build(g *Graph, w *workspace, price Price) (*network, error) {
	net := &sp.whole
	parts := len(w.sizes)
	net.terminals, net.fixed = parts, 0
	net.toll, net.community = net.toll[:0], net.community[:0]
	for range parts {
		net.toll, net.community = append(net.toll, 0), append(net.community, -1)
	}
	sp.node = sized(sp.node, g.communities)
	for c := range int32(g.communities) {
		if i := w.at(c); i >= 0 {
			sp.node[c] = w.part[i]
			continue
		}
		toll, err := price.community(c)
		if err != nil {
			return nil, err
		}
		if math.IsInf(toll, 1) {
			sp.node[c] = -1
			continue
		}
		sp.node[c] = int32(len(net.toll))
		net.toll, net.community = append(net.toll, toll), append(net.community, c)
	}

	sp.partEnd = filled(sp.partEnd, parts, 0)
	sum := int32(0)
	for p, size := range w.sizes {
		sp.partEnd[p] = sum
		sum += size
	}
	sp.byPart = sized(sp.byPart, len(w.members))
	for i, c := range w.members {
		p := w.part[i]
		sp.byPart[sp.partEnd[p]] = c
		sp.partEnd[p]++
	}

	net.edges = net.edges[:0]
	sp.seen = filled(sp.seen, net.nodes(), -1)
	tie := func(v int32, c int32, firstEdge int) error {
		for a := g.first[c]; a < g.first[c+1]; a++ {
			u := sp.node[g.to[a]]
			if u <= v { // forbidden, the same part, or tied from the other end
				continue
			}
			p, err := price.link(g, g.via[a])
			if err != nil {
				return err
			}
			if math.IsInf(p, 1) {
				continue
			}
			if old := sp.seen[u]; int(old) >= firstEdge {
				if p < net.edges[old].price {
					net.edges[old].price, net.edges[old].link = p, g.via[a]
				}
				continue
			}
			sp.seen[u] = int32(len(net.edges))
			net.edges = append(net.edges, edge{v, u, g.via[a], p})
		}
		return nil
	}
	start := int32(0)
	for p, end := range sp.partEnd {
		firstEdge := len(net.edges)
		for _, c := range sp.byPart[start:end] {
			if err := tie(int32(p), c, firstEdge); err != nil {
				return nil, err
			}
		}
		start = end
	}
	for v := parts; v < net.nodes(); v++ {
		if err := tie(int32(v), net.community[v], len(net.edges)); err != nil {
			return nil, err
		}
	}
	net.arrange()
	return net, nil
}

// tree is a solution in terms of the graph.
type tree struct {
	links, communities []int32
	cost               float64
}

// settle turns the nodes picked (all terminals and others, connected) into
// a tree: the cheapest edges that span them, without dead ends. It returns its
// cost and leaves its edges in sp.kruskal and its nodes in sp.picked.
func (sp *steinerSpace) settle(net *network) float64 {
	sp.begin(net.nodes())
	for _, v := range sp.picked {
		sp.stamp[v] = sp.now
	}
	candidates := sp.kruskal[:0]
	for _, v := range sp.picked {
		for _, h := range net.out[net.first[v]:net.first[v+1]] {
			if h.arc&1 == 0 && sp.stamp[h.head] == sp.now {
				candidates = append(candidates, h.arc>>1)
			}
		}
	}
	slices.SortFunc(candidates, func(x, y int32) int {
		switch p, q := net.edges[x].price, net.edges[y].price; {
		case p < q:
			return -1
		case p > q:
			return 1
		}
		return int(x - y)
	})
	sp.sets = sized(sp.sets, net.nodes())
	for _, v := range sp.picked {
		sp.sets[v] = v
	}
	sp.degree = sized(sp.degree, net.nodes())
	for _, v := range sp.picked {
		sp.degree[v] = 0
	}
	kept := candidates[:0]
	for _, e := range candidates {
		if a, b := net.edges[e].a, net.edges[e].b; sp.sets.join(a, b) {
			kept = append(kept, e)
			sp.degree[a]++
			sp.degree[b]++
		}
	}
	for trimmed := true; trimmed; {
		trimmed = false
		rest := kept[:0]
		for _, e := range kept {
			a, b := net.edges[e].a, net.edges[e].b
			if (sp.degree[a] == 1 && int(a) >= net.terminals) || (sp.degree[b] == 1 && int(b) >= net.terminals) {
				sp.degree[a]--
				sp.degree[b]--
				trimmed = true
				continue
			}
			rest = append(rest, e)
		}
		kept = rest
	}
	sp.kruskal = kept
	cost := net.fixed
	for _, e := range kept {
		cost += net.edges[e].price
	}
	nodes := sp.picked[:0]
	for _, v := range sp.picked {
		if int(v) < net.terminals || sp.degree[v] > 0 {
			nodes = append(nodes, v)
			cost += net.toll[v]
		}
	}
	sp.picked = nodes
	return cost
}

// begin starts a new marking of nodes.
func (sp *steinerSpace) begin(nodes int) {
	if len(sp.stamp) < nodes {
		sp.stamp, sp.now = make([]uint32, nodes), 0
	}
	sp.now++
	if sp.now == 0 {
		clear(sp.stamp)
		sp.now = 1
	}
}

// pick adds a node to the picked ones unless it is among them.
func (sp *steinerSpace) pick(v int32) bool {
	if sp.stamp[v] == sp.now {
		return false
	}
	sp.stamp[v] = sp.now
	sp.picked = append(sp.picked, v)
	return true
}
