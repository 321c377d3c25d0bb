package region

import "slices"

// open is a subproblem that branch has still to look at.
type open struct {
	net   *network
	bound float64
	depth int
}

// branch searches on where bound and cost don't meet: trees with a certain
// node and trees without it, each bounded and reduced on its own, the ones with
// the lowest bound first, until none is left or effort ends. The bound is the
// lowest of those left.
func (s *solver) branch(net *network) {
	waiting := []open{{net, s.bound, 0}}
	for len(waiting) > 0 {
		next := 0
		for i := range waiting {
			if waiting[i].bound < waiting[next].bound {
				next = i
			}
		}
		o := waiting[next]
		s.bound = max(s.bound, o.bound)
		if o.bound >= s.best.cost-s.tolerance {
			break
		}
		if s.space.work > effort {
			return
		}
		waiting[next] = waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		net := o.net
		if o.depth > 0 {
			if net, o.bound = s.tighten(net, o.bound, o.depth, 1); net == nil {
				continue
			}
		}
		v := s.crossroads(net)
		if v < 0 { // a tree spans all nodes, so the cheapest edges make it
			s.space.pickAll(net)
			s.keep(net, s.space.settle(net))
			continue
		}
		waiting = append(waiting, open{net.withTerminal(v), o.bound, o.depth + 1})
		if without := s.space.prune(net.keepOnly(s.space, func(u int32) bool { return u != v })); without != nil {
			waiting = append(waiting, open{without, o.bound, o.depth + 1})
		}
	}
	s.bound = s.best.cost
}

// crossroads is the node to branch on: the one at which the best tree branches
// most, then the one with the most edges. -1: all nodes are terminals.
func (s *solver) crossroads(net *network) int32 {
	degree := filled(s.space.degree, net.nodes(), 0)
	s.space.degree = degree
	for i := range net.edges {
		if _, used := slices.BinarySearch(s.best.links, net.edges[i].link); used {
			degree[net.edges[i].a]++
			degree[net.edges[i].b]++
		}
	}
	best, most := int32(-1), int32(-1)
	for v := int32(net.terminals); int(v) < net.nodes(); v++ {
		if edges := net.first[v+1] - net.first[v]; degree[v]<<16+edges > most {
			best, most = v, degree[v]<<16+edges
		}
	}
	return best
}

// pickAll picks every node.
func (sp *steinerSpace) pickAll(net *network) {
	sp.begin(net.nodes())
	sp.picked = sp.picked[:0]
	for v := range int32(net.nodes()) {
		sp.pick(v)
	}
}
