package region

import (
	"cmp"
	"math"
	"slices"
)

// exactParts is the number of parts up to which Connect is exact whatever the
// prices.
const exactParts = 8

// solver holds the best tree and the best bound found so far.
type solver struct {
	space     *steinerSpace
	best      tree
	bound     float64
	tolerance float64   // costs this close are equal
	seen      []float64 // costs of trees from which a search went out
}

// bridge is an edge between the regions of two terminals and the cost of the
// way from one to the other over it.
type bridge struct {
	cost float64
	edge int32
}

// start finds a first tree: every node is given to its nearest terminal, and
// the regions are joined by the cheapest ways over their borders (K. Mehlhorn,
// A faster approximation algorithm for the Steiner problem in graphs, Inf.
// Processing Letters 27, 1988). If the terminals can't be joined it returns
// the number of the group of each instead.
func (s *solver) start(net *network) (groups []int32) {
	sp := s.space
	n := net.nodes()
	sp.dist = filled(sp.dist, n, math.Inf(1))
	sp.pred = filled(sp.pred, n, -1)
	sp.base = filled(sp.base, n, -1)
	sp.heap = sp.heap[:0]
	for t := range int32(net.terminals) {
		sp.dist[t], sp.base[t] = 0, t
		sp.heap.push(0, t)
	}
	// dist is the cost of the way from the terminal without the node's own toll.
	for len(sp.heap) > 0 {
		top := sp.heap.pop()
		u := top.node
		if top.key > sp.dist[u] {
			continue
		}
		base := top.key + net.toll[u]
		for _, h := range net.out[net.first[u]:net.first[u+1]] {
			if d := base + net.edges[h.arc>>1].price; d < sp.dist[h.head] {
				sp.dist[h.head], sp.pred[h.head], sp.base[h.head] = d, h.arc, sp.base[u]
				sp.heap.push(d, h.head)
			}
		}
	}
	bridges := sp.bridges[:0]
	for i := range net.edges {
		e := &net.edges[i]
		if p, q := sp.base[e.a], sp.base[e.b]; p >= 0 && q >= 0 && p != q {
			bridges = append(bridges, bridge{sp.dist[e.a] + net.toll[e.a] + e.price + net.toll[e.b] + sp.dist[e.b], int32(i)})
		}
	}
	sp.bridges = bridges
	slices.SortFunc(bridges, func(x, y bridge) int {
		if c := cmp.Compare(x.cost, y.cost); c != 0 {
			return c
		}
		return cmp.Compare(x.edge, y.edge)
	})
	sp.begin(n)
	sp.picked = sp.picked[:0]
	sp.sets = sized(sp.sets, n)
	sp.sets[:net.terminals].reset()
	for t := range int32(net.terminals) {
		sp.pick(t)
	}
	joined := 1
	for _, b := range bridges {
		e := &net.edges[b.edge]
		if !sp.sets.join(sp.base[e.a], sp.base[e.b]) {
			continue
		}
		joined++
		for _, v := range []int32{e.a, e.b} {
			for sp.pick(v) && sp.pred[v] >= 0 {
				v = net.tail(sp.pred[v])
			}
		}
	}
	if joined < net.terminals {
		groups = make([]int32, net.terminals)
		for t := range groups {
			groups[t] = sp.sets.root(int32(t))
		}
		return groups
	}
	s.best.cost = math.Inf(1)
	s.keep(net, sp.settle(net))
	s.tolerance = 1e-9 * s.best.cost
	return nil
}

// tail is the node that an arc leaves.
func (net *network) tail(arc int32) int32 {
	if arc&1 == 0 {
		return net.edges[arc>>1].a
	}
	return net.edges[arc>>1].b
}

// keep takes over the tree that was settled last if it is cheaper than the best.
func (s *solver) keep(net *network, cost float64) {
	if cost >= s.best.cost-s.tolerance {
		return
	}
	s.best.cost = cost
	s.best.links, s.best.communities = s.best.links[:0], s.best.communities[:0]
	for _, e := range s.space.kruskal {
		s.best.links = append(s.best.links, net.edges[e].link)
	}
	for _, v := range s.space.picked {
		if c := net.community[v]; c >= 0 {
			s.best.communities = append(s.best.communities, c)
		}
	}
	slices.Sort(s.best.links)
	slices.Sort(s.best.communities)
}

// effort bounds what solve spends beyond what exactness for up to exactParts
// parts takes, in arcs looked at: some 15 ms.
const effort = 750_000

// solve improves the tree and raises the bound until they meet or effort ends.
func (s *solver) solve(net *network) {
	s.space.work = 0
	net, s.bound = s.tighten(net, math.Inf(-1), 0, 3)
	switch {
	case net == nil:
		s.bound = s.best.cost
	case s.enumerable(net):
		s.enumerate(net)
		s.bound = s.best.cost
	default:
		s.branch(net)
	}
}

// tighten bounds and reduces a network from one root after the other, from
// the one given on, and looks for better trees by the way, until several
// rounds made it hardly smaller. It returns the smaller network and the bound
// of its trees; nil: it has none that is cheaper than the best.
func (s *solver) tighten(net *network, bound float64, root, patience int) (*network, float64) {
	sp := s.space
	for stalled := 0; stalled < patience; root++ {
		root := int32(root % net.terminals)
		now := sp.ascend(net, root)
		bound = max(bound, now)
		sp.supported(net, root)
		if cost := sp.gather(net, root, sp.allowed); !slices.Contains(s.seen, cost) && !math.IsInf(cost, 1) {
			s.seen = append(s.seen, cost)
			// The first network is the whole district; what is left of it after
			// one round is searched much faster.
			if net != &sp.whole {
				cost = sp.exchange(net, cost, s.tolerance)
			}
			s.keep(net, cost)
		}
		before := len(net.edges)
		net = sp.reduce(net, root, now, s.best.cost-s.tolerance)
		if net == nil || bound >= s.best.cost-s.tolerance {
			return nil, s.best.cost
		}
		if stalled++; len(net.edges) < before-before/10 {
			stalled = 0
		}
		if sp.work > effort && net.terminals > exactParts {
			break
		}
	}
	return net, bound
}

// enumerable tells whether dynamic programming may take as long as it takes
// on the network, or won't take long.
func (s *solver) enumerable(net *network) bool {
	if net.terminals <= exactParts {
		return true
	}
	if net.terminals > 12 {
		return false
	}
	steps, searches := 1, 1
	for range net.terminals - 1 {
		steps, searches = steps*3, searches*2
	}
	return net.nodes()*(steps/2+10*searches) < 2*effort
}
