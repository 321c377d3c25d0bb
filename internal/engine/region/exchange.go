package region

import (
	"cmp"
	"math"
	"slices"
)

// piece is a part of a tree that may be exchanged: a key path (between two
// nodes that are terminals or branch, over nodes that are neither), or a
// branching node that is no terminal with all key paths to it.
type piece struct {
	nodes []int32 // inside the piece
	edges []int32
	cost  float64
}

// exchange improves the tree in sp.picked and sp.kruskal: it takes out one
// piece after the other and joins what remains by the cheapest ways, until no
// exchange pays (key-path exchange and key-vertex elimination: E. Uchoa and R.
// F. Werneck, Fast local search for the Steiner problem in graphs, ACM J.
// Experimental Algorithmics 17, 2012). cost is the tree's; that of the
// improved one is returned.
func (sp *steinerSpace) exchange(net *network, cost, tolerance float64) float64 {
	n := net.nodes()
	sp.dist = filled(sp.dist, n, math.Inf(1))
	sp.pred = sized(sp.pred, n)
	sp.base = sized(sp.base, n)
	// Where a piece was replaced the search goes on with the next; it ends when
	// none of a full round pays.
	list, next := sp.pieces(net), 0
	for failed := 0; failed < len(list); next++ {
		if next >= len(list) {
			next = 0
		}
		if !sp.replace(net, &list[next], tolerance) {
			failed++
			continue
		}
		cost = sp.settle(net)
		list, failed = sp.pieces(net), 0
	}
	return cost
}

// pieces lists the pieces of the tree in sp.kruskal, the dearest first.
func (sp *steinerSpace) pieces(net *network) []piece {
	sp.branch = sized(sp.branch, net.nodes())
	for _, v := range sp.picked {
		sp.branch[v] = sp.branch[v][:0]
	}
	for _, e := range sp.kruskal {
		a, b := net.edges[e].a, net.edges[e].b
		sp.branch[a] = append(sp.branch[a], half{2 * e, b})
		sp.branch[b] = append(sp.branch[b], half{2*e + 1, a})
	}
	isKey := func(v int32) bool { return int(v) < net.terminals || len(sp.branch[v]) != 2 }
	follow := func(p *piece, h half) (end int32) {
		for {
			p.edges = append(p.edges, h.arc>>1)
			p.cost += net.edges[h.arc>>1].price
			v := h.head
			if isKey(v) {
				return v
			}
			p.nodes = append(p.nodes, v)
			p.cost += net.toll[v]
			if next := sp.branch[v][0]; next.arc>>1 != h.arc>>1 {
				h = next
			} else {
				h = sp.branch[v][1]
			}
		}
	}
	var list []piece
	for _, v := range sp.picked {
		if !isKey(v) {
			continue
		}
		whole := piece{nodes: []int32{v}, cost: net.toll[v]}
		for _, h := range sp.branch[v] {
			var p piece
			if end := follow(&p, h); v < end {
				list = append(list, p)
			}
			if int(v) >= net.terminals {
				whole.nodes = append(whole.nodes, p.nodes...)
				whole.edges = append(whole.edges, p.edges...)
				whole.cost += p.cost
			}
		}
		if int(v) >= net.terminals {
			list = append(list, whole)
		}
	}
	slices.SortStableFunc(list, func(x, y piece) int { return cmp.Compare(y.cost, x.cost) })
	return list
}

// replace looks for cheaper ways than a piece. If there are some, it leaves
// the nodes of the new tree in sp.picked.
func (sp *steinerSpace) replace(net *network, p *piece, tolerance float64) bool {
	limit := p.cost - tolerance
	// Number what remains of the tree.
	const out = -2
	for _, v := range sp.picked {
		sp.base[v] = -1
	}
	for _, v := range p.nodes {
		sp.base[v] = out
	}
	cut := sp.kruskal[:0:0]
	cut = append(cut, p.edges...)
	slices.Sort(cut)
	rests := int32(0)
	sp.heap = sp.heap[:0]
	for _, root := range sp.picked {
		if sp.base[root] != -1 {
			continue
		}
		sp.base[root] = rests
		sp.settled = append(sp.settled[:0], root)
		for next := 0; next < len(sp.settled); next++ {
			for _, h := range sp.branch[sp.settled[next]] {
				if sp.base[h.head] == -1 {
					if _, isCut := slices.BinarySearch(cut, h.arc>>1); !isCut {
						sp.base[h.head] = rests
						sp.settled = append(sp.settled, h.head)
					}
				}
			}
		}
		rests++
	}
	if rests == 2 {
		return sp.shorten(net, p, limit)
	}
	sp.settled = sp.settled[:0]
	for _, v := range sp.picked {
		if sp.base[v] >= 0 {
			sp.dist[v], sp.pred[v] = 0, -1
			sp.settled = append(sp.settled, v)
		}
	}
	for _, v := range sp.settled {
		sp.scan(net, v, 0, limit/2)
	}
	// A way between two rests that is cheaper than the limit has no node
	// farther than half of it from the nearer end.
	for len(sp.heap) > 0 {
		top := sp.heap.pop()
		if top.key > sp.dist[top.node] {
			continue
		}
		sp.settled = append(sp.settled, top.node)
		sp.scan(net, top.node, top.key+net.toll[top.node], limit/2)
	}
	bridges := sp.bridges[:0]
	for _, u := range sp.settled {
		sp.work += 2 * int(net.first[u+1]-net.first[u])
		du := sp.dist[u]
		if sp.pred[u] >= 0 {
			du += net.toll[u]
		}
		for _, h := range net.out[net.first[u]:net.first[u+1]] {
			v := h.head
			if math.IsInf(sp.dist[v], 1) || sp.base[v] <= sp.base[u] {
				continue
			}
			d := du + net.edges[h.arc>>1].price + sp.dist[v]
			if sp.pred[v] >= 0 {
				d += net.toll[v]
			}
			if d < limit {
				bridges = append(bridges, bridge{d, h.arc >> 1})
			}
		}
	}
	sp.bridges = bridges
	slices.SortFunc(bridges, func(x, y bridge) int {
		if c := cmp.Compare(x.cost, y.cost); c != 0 {
			return c
		}
		return cmp.Compare(x.edge, y.edge)
	})
	sp.sets = sized(sp.sets, max(int(rests), net.nodes()))
	sp.sets[:rests].reset()
	joined, total := int32(1), 0.0
	used := bridges[:0]
	for _, b := range bridges {
		e := &net.edges[b.edge]
		if total+b.cost >= limit || joined == rests {
			break
		}
		if sp.sets.join(sp.base[e.a], sp.base[e.b]) {
			joined++
			total += b.cost
			used = append(used, b)
		}
	}
	pays := joined == rests
	if pays {
		sp.unpick(net, p)
		for _, b := range used {
			e := &net.edges[b.edge]
			for _, v := range []int32{e.a, e.b} {
				for sp.pick(v) {
					v = net.tail(sp.pred[v])
				}
			}
		}
	}
	for _, u := range sp.settled {
		sp.dist[u] = math.Inf(1)
	}
	return pays
}

// shorten is replace where two rests remain: it searches from the smaller one
// until the other is met.
func (sp *steinerSpace) shorten(net *network, p *piece, limit float64) bool {
	sizes := [2]int{}
	for _, v := range sp.picked {
		if sp.base[v] >= 0 {
			sizes[sp.base[v]]++
		}
	}
	from := int32(0)
	if sizes[1] < sizes[0] {
		from = 1
	}
	sp.begin(net.nodes()) // marks the rest to be met
	sp.settled = sp.settled[:0]
	for _, v := range sp.picked {
		switch sp.base[v] {
		case from:
			sp.dist[v], sp.pred[v] = 0, -1
			sp.heap.push(0, v)
		case 1 - from:
			sp.stamp[v] = sp.now
		}
	}
	met := int32(-1) // the arc by which
	for len(sp.heap) > 0 {
		top := sp.heap.pop()
		u := top.node
		if top.key > sp.dist[u] {
			continue
		}
		sp.settled = append(sp.settled, u)
		sp.work += int(net.first[u+1] - net.first[u])
		base := top.key
		if sp.pred[u] >= 0 {
			base += net.toll[u]
		}
		if base >= limit {
			continue
		}
		for _, h := range net.out[net.first[u]:net.first[u+1]] {
			d := base + net.edges[h.arc>>1].price
			switch {
			case d >= limit:
			case sp.stamp[h.head] == sp.now:
				limit, met = d, h.arc
			case d < sp.dist[h.head]:
				sp.dist[h.head], sp.pred[h.head] = d, h.arc
				sp.heap.push(d, h.head)
			}
		}
	}
	for _, v := range sp.settled {
		sp.dist[v] = math.Inf(1)
	}
	if met < 0 {
		return false
	}
	sp.unpick(net, p)
	for v := net.tail(met); sp.pick(v); {
		v = net.tail(sp.pred[v])
	}
	return true
}

// unpick takes the nodes of a piece from the picked ones.
func (sp *steinerSpace) unpick(net *network, p *piece) {
	sp.begin(net.nodes())
	for _, v := range p.nodes {
		sp.stamp[v] = sp.now
	}
	rest := sp.picked[:0]
	for _, v := range sp.picked {
		if sp.stamp[v] != sp.now {
			rest = append(rest, v)
		}
	}
	sp.picked = rest
	sp.begin(net.nodes())
	for _, v := range rest {
		sp.stamp[v] = sp.now
	}
}

// scan looks at the edges of a node of the search in replace.
func (sp *steinerSpace) scan(net *network, u int32, base, limit float64) {
	for _, h := range net.out[net.first[u]:net.first[u+1]] {
		if d := base + net.edges[h.arc>>1].price; d < sp.dist[h.head] && d <= limit {
			sp.dist[h.head], sp.pred[h.head], sp.base[h.head] = d, h.arc, sp.base[u]
			sp.heap.push(d, h.head)
		}
	}
}
