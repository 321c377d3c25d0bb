package region

import (
	"math"
	"slices"
)

// reduce returns the network without the nodes and edges that no tree cheaper
// than limit can use, by the reduced costs that ascend left for the root and
// its bound: a tree with node v costs at least the bound, the reduced way from
// the root to v and from v to a terminal. nil: there is no cheaper tree.
func (sp *steinerSpace) reduce(net *network, root int32, bound, limit float64) *network {
	slack := limit - bound
	if slack <= 0 {
		return nil
	}
	n := net.nodes()
	sp.dist = filled(sp.dist, n, math.Inf(1)) // from the root
	sp.back = filled(sp.back, n, math.Inf(1)) // to the nearest terminal that isn't the root
	sp.heap = sp.heap[:0]
	sp.dist[root] = 0
	sp.heap.push(0, root)
	sp.spread(net, sp.dist, slack, 0)
	for t := range int32(net.terminals) {
		if t != root {
			sp.back[t] = 0
			sp.heap.push(0, t)
		}
	}
	sp.spread(net, sp.back, slack, 1)

	small := &network{terminals: net.terminals, fixed: net.fixed}
	sp.node = sized(sp.node, n)
	for v := range n {
		sp.node[v] = -1
		if v < net.terminals || sp.dist[v]+sp.back[v] < slack {
			sp.node[v] = int32(len(small.toll))
			small.toll = append(small.toll, net.toll[v])
			small.community = append(small.community, net.community[v])
		}
	}
	for i := range net.edges {
		e := net.edges[i]
		a, b := sp.node[e.a], sp.node[e.b]
		if a < 0 || b < 0 ||
			(sp.dist[e.a]+sp.reduced[2*i]+sp.back[e.b] >= slack && sp.dist[e.b]+sp.reduced[2*i+1]+sp.back[e.a] >= slack) {
			continue
		}
		e.a, e.b = a, b
		small.edges = append(small.edges, e)
	}
	small.arrange()
	return sp.prune(small)
}

// spread runs the shortest-path search from what is in the heap by reduced
// costs, along the arcs (against 0) or backwards (against 1), up to the slack.
func (sp *steinerSpace) spread(net *network, dist []float64, slack float64, against int32) {
	for len(sp.heap) > 0 {
		top := sp.heap.pop()
		if top.key > dist[top.node] {
			continue
		}
		if top.key >= slack {
			sp.heap = sp.heap[:0]
			return
		}
		for _, h := range net.out[net.first[top.node]:net.first[top.node+1]] {
			if d := top.key + sp.reduced[h.arc^against]; d < dist[h.head] {
				dist[h.head] = d
				sp.heap.push(d, h.head)
			}
		}
	}
}

// prune drops what hangs on by one edge or isn't connected with the terminals.
// nil: the terminals aren't connected.
func (sp *steinerSpace) prune(net *network) *network {
	n := net.nodes()
	// Which nodes can be reached from the first terminal?
	sp.begin(n)
	sp.picked = sp.picked[:0]
	sp.pick(0)
	for next := 0; next < len(sp.picked); next++ {
		v := sp.picked[next]
		for _, h := range net.out[net.first[v]:net.first[v+1]] {
			sp.pick(h.head)
		}
	}
	for t := range net.terminals {
		if sp.stamp[t] != sp.now {
			return nil
		}
	}
	sp.degree = filled(sp.degree, n, 0)
	var ends []int32
	gone := func(v int32) bool { return sp.degree[v] == 0 && int(v) >= net.terminals }
	for v := range int32(n) {
		if sp.stamp[v] == sp.now {
			sp.degree[v] = net.first[v+1] - net.first[v]
		}
		if int(v) >= net.terminals && sp.degree[v] == 1 {
			ends = append(ends, v)
		}
	}
	dropped := len(sp.picked) < n
	for len(ends) > 0 {
		v := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		dropped = true
		for _, h := range net.out[net.first[v]:net.first[v+1]] {
			if u := h.head; !gone(u) && int(u) >= net.terminals {
				sp.degree[u]--
				if sp.degree[u] == 1 {
					ends = append(ends, u)
				}
			}
		}
		sp.degree[v] = 0
	}
	if !dropped {
		return net
	}
	return net.keepOnly(sp, func(v int32) bool { return !gone(v) })
}

// keepOnly is the network of the nodes that stay. Terminals always do.
func (net *network) keepOnly(sp *steinerSpace, stays func(v int32) bool) *network {
	small := &network{terminals: net.terminals, fixed: net.fixed}
	sp.node = sized(sp.node, net.nodes())
	for v := range int32(net.nodes()) {
		sp.node[v] = -1
		if stays(v) {
			sp.node[v] = int32(len(small.toll))
			small.toll = append(small.toll, net.toll[v])
			small.community = append(small.community, net.community[v])
		}
	}
	for _, e := range net.edges {
		if a, b := sp.node[e.a], sp.node[e.b]; a >= 0 && b >= 0 {
			e.a, e.b = a, b
			small.edges = append(small.edges, e)
		}
	}
	small.arrange()
	return small
}

// withTerminal is the network of the trees that hold node v, which isn't a
// terminal yet.
func (net *network) withTerminal(v int32) *network {
	t := int32(net.terminals)
	more := &network{
		terminals: net.terminals + 1, fixed: net.fixed + net.toll[v],
		toll: slices.Clone(net.toll), community: slices.Clone(net.community), edges: slices.Clone(net.edges),
	}
	more.toll[v], more.community[v] = net.toll[t], net.community[t]
	more.toll[t], more.community[t] = 0, net.community[v]
	swap := func(u int32) int32 {
		switch u {
		case v:
			return t
		case t:
			return v
		}
		return u
	}
	for i := range more.edges {
		e := &more.edges[i]
		e.a, e.b = swap(e.a), swap(e.b)
	}
	more.arrange()
	return more
}
