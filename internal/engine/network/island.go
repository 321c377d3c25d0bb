package network

// Island is a part of the network that hangs together and with nothing else.
type Island struct {
	Nodes, Edges int
	Metres       float64
}

// Islands returns the parts of the network, in the order of their first nodes.
func (g *Graph) Islands() []Island { return g.islands }

// Island returns which of the islands a node is on.
func (g *Graph) Island(node int) int { return int(g.island[node]) }

func (g *Graph) findIslands() {
	root := make([]int32, len(g.node))
	for n := range root {
		root[n] = int32(n)
	}
	find := func(n int32) int32 {
		for root[n] != n {
			root[n] = root[root[n]]
			n = root[n]
		}
		return n
	}
	for i := range g.edge {
		// The lower number is the root, so that islands are numbered by first nodes.
		a, b := find(g.edge[i].from), find(g.edge[i].to)
		root[max(a, b)] = min(a, b)
	}
	g.island = make([]int32, len(g.node))
	for n := range root {
		r := find(int32(n))
		if r == int32(n) {
			g.island[n] = int32(len(g.islands))
			g.islands = append(g.islands, Island{})
		} else {
			g.island[n] = g.island[r]
		}
		g.islands[g.island[n]].Nodes++
	}
	for i := range g.edge {
		island := &g.islands[g.island[g.edge[i].from]]
		island.Edges++
		island.Metres += g.edge[i].length
	}
}
