package network

import (
	"slices"

	"github.com/paulmach/orb"
)

// spot is what can become a node: a place, and where no road ends there, a deck.
type spot struct {
	deck
	end  bool  // a road ends here: all decks meet
	uses int32 // by vertices
	node int32 // from 1; 0: none yet
}

// spots are those of all vertices of some lines, in the order of the vertices.
type spots struct {
	spot []spot
	of   []int32 // the spot of each vertex
}

// spotted finds out which vertices are at one spot.
func (b *builder) spotted() *spots {
	s := &spots{}
	at := map[orb.Point]int32{} // the first spot of a place
	for _, line := range b.lines {
		for v, p := range line {
			i, known := at[p]
			if !known {
				i = int32(len(s.spot))
				at[p] = i
				s.spot = append(s.spot, spot{})
			}
			s.of = append(s.of, i)
			if v == 0 || v == len(line)-1 {
				s.spot[i].end = true
			}
		}
	}
	type onDeck struct {
		place int32
		deck
	}
	further := map[onDeck]int32{} // spots of places where roads pass on several decks
	k := 0
	for road, line := range b.lines {
		d := deckOf(&b.roads[road])
		for range line {
			i := s.of[k]
			if here := &s.spot[i]; here.uses == 0 && !here.end {
				here.deck = d
			} else if !here.end && here.deck != d {
				other, known := further[onDeck{i, d}]
				if !known {
					other = int32(len(s.spot))
					further[onDeck{i, d}] = other
					s.spot = append(s.spot, spot{deck: d})
				}
				i, s.of[k] = other, other
			}
			s.spot[i].uses++
			k++
		}
	}
	return s
}

// cut makes nodes where roads end or meet, and edges between them.
func (b *builder) cut() *Graph {
	g := &Graph{road: slices.Clone(b.roads), cleaned: b.cleaned}
	for i := range g.road {
		g.road[i].Line = nil
	}
	spots := b.spotted()
	newNode := func(p orb.Point) int32 {
		g.node = append(g.node, p)
		return int32(len(g.node) - 1)
	}
	nodeAt := func(vertex int, p orb.Point) (node int32, is bool) {
		s := &spots.spot[spots.of[vertex]]
		switch {
		case b.closed[p]: // every road that comes here ends here for itself
			return newNode(p), true
		case !s.end && s.uses < 2:
			return 0, false
		case s.node == 0:
			s.node = newNode(p) + 1
		}
		return s.node - 1, true
	}
	begin := 0 // the number of the line's first vertex
	for road, line := range b.lines {
		if len(line) >= 2 {
			from, _ := nodeAt(begin, line[0])
			start := 0
			for v := 1; v < len(line); v++ {
				to, is := nodeAt(begin+v, line[v])
				if !is {
					continue
				}
				g.add(int32(road), from, to, line[start:v+1])
				from, start = to, v
				if b.closed[line[v]] && v < len(line)-1 {
					from = newNode(line[v])
				}
			}
		}
		begin += len(line)
	}
	return g
}

// add appends an edge, unless it has no length.
func (g *Graph) add(road, from, to int32, line orb.LineString) {
	start := int32(len(g.shape))
	walked := 0.0
	for i, p := range line {
		if i > 0 {
			walked += metres(line[i-1], p)
		}
		g.shape = append(g.shape, p)
		g.along = append(g.along, walked)
	}
	if walked == 0 {
		g.shape, g.along = g.shape[:start], g.along[:start]
		g.cleaned.NoLength++
		return
	}
	g.edge = append(g.edge, edge{from, to, road, start, int32(len(g.shape)), walked})
}

// link makes the arcs and the index of the edges.
func (g *Graph) link() {
	g.first = make([]int32, len(g.node)+1)
	for _, e := range g.edge {
		g.first[e.from+1]++
		g.first[e.to+1]++
	}
	for n := range g.node {
		g.first[n+1] += g.first[n]
	}
	g.arc = make([]arc, 2*len(g.edge))
	next := slices.Clone(g.first)
	for i, e := range g.edge {
		g.arc[next[e.from]] = arc{e.to, int32(i)}
		next[e.from]++
		g.arc[next[e.to]] = arc{e.from, int32(i)}
		next[e.to]++
	}
	for i, e := range g.edge {
		for v := e.start; v < e.end-1; v++ {
			g.vertex, g.owner = append(g.vertex, v), append(g.owner, int32(i))
		}
	}
	g.findIslands()
	g.near = newGrid(len(g.vertex), func(i int) (orb.Point, orb.Point) {
		return g.shape[g.vertex[i]], g.shape[g.vertex[i]+1]
	})
}
