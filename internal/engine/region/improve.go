package region

import "math"

// gather grows a tree from one terminal by the cheapest way to the nearest
// terminal that isn't in it yet (H. Takahashi and A. Matsuyama, An approximate
// solution for the Steiner problem in graphs, Math. Japonica 24, 1980), over
// the nodes for which allowed is nil or true, and settles it. It returns +Inf
// if they don't join the terminals.
func (sp *steinerSpace) gather(net *network, from int32, allowed []bool) float64 {
	n := net.nodes()
	sp.dist = filled(sp.dist, n, math.Inf(1))
	sp.pred = sized(sp.pred, n)
	sp.heap = sp.heap[:0]
	sp.begin(n)
	sp.picked = sp.picked[:0]
	sp.pick(from)
	sp.dist[from], sp.pred[from] = 0, -1
	sp.heap.push(0, from)
	missing := net.terminals - 1
	for missing > 0 && len(sp.heap) > 0 {
		top := sp.heap.pop()
		u := top.node
		if top.key > sp.dist[u] {
			continue
		}
		base := top.key
		switch {
		case sp.stamp[u] == sp.now:
		case int(u) < net.terminals:
			missing--
			for v := u; sp.pick(v); v = net.tail(sp.pred[v]) {
				sp.dist[v] = 0
				sp.heap.push(0, v)
			}
			continue
		default:
			base += net.toll[u]
		}
		for _, h := range net.out[net.first[u]:net.first[u+1]] {
			if allowed != nil && !allowed[h.head] {
				continue
			}
			if d := base + net.edges[h.arc>>1].price; d < sp.dist[h.head] {
				sp.dist[h.head], sp.pred[h.head] = d, h.arc
				sp.heap.push(d, h.head)
			}
		}
	}
	if missing > 0 {
		return math.Inf(1)
	}
	return sp.settle(net)
}

// supported fills sp.allowed with the nodes that reduced cost zero leads to
// from the root. The terminals are among them.
func (sp *steinerSpace) supported(net *network, root int32) {
	sp.allowed = filled(sp.allowed, net.nodes(), false)
	sp.settled = append(sp.settled[:0], root)
	sp.allowed[root] = true
	for next := 0; next < len(sp.settled); next++ {
		v := sp.settled[next]
		for _, h := range net.out[net.first[v]:net.first[v+1]] {
			if sp.reduced[h.arc] == 0 && !sp.allowed[h.head] {
				sp.allowed[h.head] = true
				sp.settled = append(sp.settled, h.head)
			}
		}
	}
}
