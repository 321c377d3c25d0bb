// Package network is the walking graph: roads that share vertices become nodes
// and edges in compact arrays, places get feet on them, and searches find how far
// one walks between them, in metres or in the seconds of a walker on slopes and
// stairs, along which streets, and what a new place or path would change. All
// coordinates and lengths are metres in a plane. It must never know of databases,
// HTTP or files.
//
// A Graph is priced as a Net; Ties put places on the graph and Doors price them;
// a Field knows the nearest source of every node; an Overlay tries changes of it;
// a Vicinity searches around one place; a Walk is the certificate of a cost. The
// Searcher walks between the outlines of communities, in metres only.
package network

import "github.com/paulmach/orb"

// Road is a way that may be walked.
type Road struct {
	Line     orb.LineString // metres
	Walkable bool           // the others are left out
	Stairs   bool
	Crossing bool // a marked crossing of a street, where one waits
	Barred   bool // not for wheels (wheelchair=no)
	Bridge   bool
	Tunnel   bool
	Level    int     // drawing level; 0 is the ground
	Incline  float64 // as tagged: rise over run in the direction of the line; 0: not known
	Name     string
	Class    string
}

// Graph is a network that does not change once it is built; any number of
// goroutines may read it. Nodes and edges are numbered from 0: by Build in the
// order in which the roads come by them, by BuildClean along a curve that keeps
// together what lies together.
type Graph struct {
	road  []Road // as given, without their lines
	node  []orb.Point
	edge  []edge
	shape []orb.Point // the vertices of all edges, one after the other
	along []float64   // of each vertex: metres from the start of its edge

	// The arcs out of node n are arc[first[n]:first[n+1]].
	first []int32
	arc   []arc

	island  []int32 // by node
	islands []Island
	cleaned Cleaned

	near   grid    // over the segments of all edges
	vertex []int32 // of each segment: its first vertex
	owner  []int32 // of each segment: its edge
}

type edge struct {
	from, to   int32 // nodes
	road       int32
	start, end int32 // shape[start:end]
	length     float64
}

type arc struct{ to, edge int32 }

// Nodes returns how many nodes there are.
func (g *Graph) Nodes() int { return len(g.node) }

// Edges returns how many edges there are.
func (g *Graph) Edges() int { return len(g.edge) }

// Node returns where a node is.
func (g *Graph) Node(n int) orb.Point { return g.node[n] }

// Ends returns the nodes that an edge leads from and to.
func (g *Graph) Ends(e int) (from, to int) { return int(g.edge[e].from), int(g.edge[e].to) }

// Length returns the length of an edge in metres.
func (g *Graph) Length(e int) float64 { return g.edge[e].length }

// Road returns the number of the road that an edge is a part of, in the list
// that the graph was built from.
func (g *Graph) Road(e int) int { return int(g.edge[e].road) }

// Way returns that road, without its line.
func (g *Graph) Way(e int) *Road { return &g.road[g.edge[e].road] }

// Line returns the vertices of an edge. They must not be changed.
func (g *Graph) Line(e int) orb.LineString {
	return orb.LineString(g.shape[g.edge[e].start:g.edge[e].end])
}

// at returns the point of an edge that lies a number of metres from its start.
func (g *Graph) at(e int32, metres float64) orb.Point {
	start, end := g.edge[e].start, g.edge[e].end
	i := start + 1
	for i < end-1 && g.along[i] < metres {
		i++
	}
	a, b := g.shape[i-1], g.shape[i]
	span := g.along[i] - g.along[i-1]
	if span <= 0 {
		return a
	}
	return between(a, b, min(1, max(0, (metres-g.along[i-1])/span)))
}

// cut returns the vertices of an edge between two of its points, in the
// direction from the one to the other.
func (g *Graph) cut(e int32, from, to float64) orb.LineString {
	low, high := min(from, to), max(from, to)
	line := orb.LineString{g.at(e, low)}
	for i := g.edge[e].start; i < g.edge[e].end; i++ {
		if g.along[i] > low && g.along[i] < high {
			line = append(line, g.shape[i])
		}
	}
	line = append(line, g.at(e, high))
	if from > to {
		line.Reverse()
	}
	return line
}
