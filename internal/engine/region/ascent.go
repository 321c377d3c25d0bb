package region

import "math"

// terminalState is how far dual ascent got with a terminal.
type terminalState struct {
	active bool
	size   int // arcs scanned around it when it was last grown
}

// ascend raises a lower bound on every tree of the network by dual ascent:
// each terminal but the root keeps a set of nodes from which reduced cost zero
// leads to it, and as long as the root is outside, all arcs that enter the set
// can be made cheaper together, and the bound dearer, by the least reduced
// cost among them. The terminal with the least set goes first.
//
// A terminal's growth by many such steps is one shortest-path search backwards
// from it: the set after a rise of D is what is nearer than D, and an arc from
// u to v is in the cut from the distance of v to that of u. A search goes on
// until the set has doubled or another terminal's turn has come, so
// that the work is proportional to the last sets.
//
// The reduced costs are left in sp.reduced, by arc. Every node from which none
// lead to it at zero cost stays unreached; all terminals end up reached from
// the root at zero cost.
func (sp *steinerSpace) ascend(net *network, root int32) (bound float64) {
	n := net.nodes()
	bound = net.fixed
	sp.reduced = sized(sp.reduced, 2*len(net.edges))
	largest := 0.0
	for i := range net.edges {
		e := &net.edges[i]
		sp.reduced[2*i] = e.price + net.toll[e.b]
		sp.reduced[2*i+1] = e.price + net.toll[e.a]
		largest = max(largest, sp.reduced[2*i], sp.reduced[2*i+1])
	}
	zero := largest * 1e-12
	sp.dist = filled(sp.dist, n, math.Inf(1))
	sp.terminal = sized(sp.terminal, net.terminals)
	for t := range sp.terminal {
		sp.terminal[t] = terminalState{active: int32(t) != root}
	}
	for {
		t, next := int32(-1), math.MaxInt
		for i := range sp.terminal {
			if !sp.terminal[i].active {
				continue
			}
			switch {
			case t < 0 || sp.terminal[i].size < sp.terminal[t].size:
				if t >= 0 {
					next = sp.terminal[t].size
				}
				t = int32(i)
			case sp.terminal[i].size < next:
				next = sp.terminal[i].size
			}
		}
		if t < 0 {
			return bound
		}
		if next == math.MaxInt {
			next = math.MaxInt / 2 // the last one goes all the way
		}
		bound += sp.grow(net, t, root, next, zero)
	}
}

// grow raises the set of terminal t until its turn is over and returns by how
// much the bound rises.
func (sp *steinerSpace) grow(net *network, t, root int32, next int, zero float64) float64 {
	state := &sp.terminal[t]
	sp.settled = sp.settled[:0]
	sp.heap = sp.heap[:0]
	sp.dist[t] = 0
	sp.heap.push(0, t)
	size, limit := 0, 0
	rise, end := 0.0, math.Inf(1) // end: the search goes no farther
	state.active = false          // unless the search is cut short
	for len(sp.heap) > 0 {
		top := sp.heap.pop()
		v := top.node
		if top.key > sp.dist[v] {
			continue
		}
		rise = top.key
		if v == root || (int(v) < net.terminals && v != t && sp.terminal[v].active) {
			break
		}
		if rise > 0 {
			if limit == 0 {
				limit = max(2*size+8, next)
			}
			if size >= limit {
				state.active = true
				break
			}
		}
		sp.settled = append(sp.settled, v)
		size += int(net.first[v+1] - net.first[v])
		for _, h := range net.out[net.first[v]:net.first[v+1]] {
			if d := top.key + sp.reduced[h.arc^1]; d < sp.dist[h.head] && d <= end {
				sp.dist[h.head] = d
				sp.heap.push(d, h.head)
				if h.head == root || (int(h.head) < net.terminals && h.head != t && sp.terminal[h.head].active) {
					end = d
				}
			}
		}
	}
	state.size = size
	sp.work += 2 * size
	if rise > 0 {
		for _, v := range sp.settled {
			at := sp.dist[v]
			for _, h := range net.out[net.first[v]:net.first[v+1]] {
				if by := min(rise, sp.dist[h.head]) - at; by > 0 {
					left := sp.reduced[h.arc^1] - by
					if left < zero {
						left = 0
					}
					sp.reduced[h.arc^1] = left
				}
			}
		}
	}
	for _, v := range sp.settled {
		sp.dist[v] = math.Inf(1)
		for _, h := range net.out[net.first[v]:net.first[v+1]] {
			sp.dist[h.head] = math.Inf(1)
		}
	}
	sp.dist[t] = math.Inf(1)
	return rise
}
