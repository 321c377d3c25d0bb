package region

import (
	"math"
)

// enumerate finds the cheapest tree of the network by dynamic programming over
// sets of terminals (Dreyfus and Wagner 1971; Erickson, Monma and Veinott
// 1987): the cheapest tree that holds a set and a node is two such trees
// that meet in the node, or a smaller one and an edge. What can't lead to a
// tree cheaper than the best is dropped on the way. Afterwards the best tree is
// a cheapest one.
//
// It takes memory for 2^(terminals-1) × nodes and at most 3^(terminals-1) ×
// nodes steps besides the searches.
func (s *solver) enumerate(net *network) {
	sp := s.space
	n, q := net.nodes(), net.terminals-1
	limit := s.best.cost - s.tolerance - net.fixed
	const start, unknown = math.MinInt32, math.MaxInt32
	// cost[set*n+v] is that of the cheapest tree without the toll of v; made
	// tells how it comes about: an arc that leads to v, or two sets.
	cost := filled([]float64(nil), n<<q, math.Inf(1))
	made := filled([]int32(nil), n<<q, unknown)
	held := make([][]int32, 1<<q) // nodes with a cost
	far := make([]float64, n*net.terminals)

	search := func(cost []float64, made []int32) (reached []int32) {
		for len(sp.heap) > 0 {
			top := sp.heap.pop()
			u := top.node
			if top.key > cost[u] {
				continue
			}
			reached = append(reached, u)
			base := top.key + net.toll[u]
			for _, h := range net.out[net.first[u]:net.first[u+1]] {
				if d := base + net.edges[h.arc>>1].price; d < cost[h.head] && d < limit {
					cost[h.head], made[h.head] = d, h.arc
					sp.heap.push(d, h.head)
				}
			}
		}
		return reached
	}
	// Ways from single terminals; the last one, the goal, only for the bounds.
	goalCost, goalMade := filled([]float64(nil), n, math.Inf(1)), make([]int32, n)
	for t := range net.terminals {
		c, m := goalCost, goalMade
		if t < q {
			c, m = cost[(1<<t)*n:(1<<t+1)*n], made[(1<<t)*n:(1<<t+1)*n]
		}
		c[t], m[t] = 0, start
		sp.heap = sp.heap[:0]
		sp.heap.push(0, int32(t))
		reached := search(c, m)
		if t < q {
			held[1<<t] = reached
		}
		for v := range n {
			far[v*net.terminals+t] = c[v]
		}
	}
	for set := 3; set < 1<<q; set++ {
		if set&(set-1) == 0 {
			continue
		}
		c, m := cost[set*n:(set+1)*n], made[set*n:(set+1)*n]
		lowest := set & -set
		sp.heap = sp.heap[:0]
		for part := (set - 1) & set; part > 0; part = (part - 1) & set {
			if part&lowest == 0 {
				continue
			}
			one, other := part, set^part
			if len(held[one]) > len(held[other]) {
				one, other = other, one
			}
			x, y := cost[one*n:(one+1)*n], cost[other*n:(other+1)*n]
			for _, v := range held[one] {
				if d := x[v] + y[v]; d < c[v] {
					c[v], m[v] = d, -int32(part)
				}
			}
		}
		// A tree of this set must still reach every terminal outside.
		for _, v := range s.open(c, limit) {
			rest := 0.0
			for t := range net.terminals {
				if t == q || set>>t&1 == 0 {
					rest = max(rest, far[int(v)*net.terminals+t])
				}
			}
			if c[v]+net.toll[v]+rest >= limit {
				c[v] = math.Inf(1)
				continue
			}
			sp.heap.push(c[v], v)
		}
		held[set] = search(c, m)
	}
	all := 1<<q - 1
	if cost[all*n+q] >= limit {
		return
	}
	// Walk back from the goal.
	sp.begin(n)
	sp.picked = sp.picked[:0]
	type state struct{ set, v int32 }
	todo := []state{{int32(all), int32(q)}}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		sp.pick(x.v)
		switch m := made[int(x.set)*n+int(x.v)]; {
		case m == start:
		case m >= 0:
			todo = append(todo, state{x.set, net.tail(m)})
		default:
			todo = append(todo, state{-m, x.v}, state{x.set ^ -m, x.v})
		}
	}
	s.keep(net, sp.settle(net))
}

// open lists the nodes with a cost below the limit.
func (s *solver) open(cost []float64, limit float64) []int32 {
	list := s.space.settled[:0]
	for v, c := range cost {
		if c < limit {
			list = append(list, int32(v))
		}
	}
	s.space.settled = list
	return list
}
