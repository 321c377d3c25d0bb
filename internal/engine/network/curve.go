package network

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// Curve returns the order in which a Hilbert curve passes by some points:
// neighbours in the plane are mostly neighbours in it.
func Curve(points []orb.Point) []int32 {
	order := make([]int32, len(points))
	if len(points) == 0 {
		return order
	}
	bound := orb.MultiPoint(points).Bound()
	side := max(bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1])
	place := make([]uint64, len(points))
	for i, p := range points {
		order[i] = int32(i)
		if side > 0 {
			const last = 1<<curveBits - 1
			place[i] = hilbert(uint32((p[0]-bound.Min[0])/side*last), uint32((p[1]-bound.Min[1])/side*last))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(place[a], place[b]), cmp.Compare(a, b))
	})
	return order
}

const curveBits = 20 // a millionth of the side of a district is a few centimetres

// hilbert returns how far along the curve a cell is (the classic turn of the
// quadrants, one bit of each coordinate at a time).
func hilbert(x, y uint32) (along uint64) {
	for bit := uint32(1) << (curveBits - 1); bit > 0; bit >>= 1 {
		right, up := x&bit != 0, y&bit != 0
		along <<= 2
		switch {
		case right && up:
			along += 2
		case right:
			along += 3
		case up:
			along++
		}
		if !up {
			if right {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return along
}

// arrange keeps some edges and the nodes at their ends, and numbers both along
// the curve: nodes by their place, edges by their first node.
func (g *Graph) arrange(keep []int32) {
	number := make([]int32, len(g.node))
	used := make([]bool, len(g.node))
	for _, i := range keep {
		used[g.edge[i].from], used[g.edge[i].to] = true, true
	}
	var node []orb.Point
	for _, n := range Curve(g.node) {
		if used[n] {
			number[n] = int32(len(node))
			node = append(node, g.node[n])
		}
	}
	g.node = node
	low := func(i int32) (int32, int32) {
		from, to := number[g.edge[i].from], number[g.edge[i].to]
		return min(from, to), max(from, to)
	}
	slices.SortFunc(keep, func(a, b int32) int {
		low1, high1 := low(a)
		low2, high2 := low(b)
		return cmp.Or(cmp.Compare(low1, low2), cmp.Compare(high1, high2), cmp.Compare(a, b))
	})
	edges := make([]edge, len(keep))
	shape := make([]orb.Point, 0, len(g.shape))
	along := make([]float64, 0, len(g.along))
	for k, i := range keep {
		e := g.edge[i]
		start := int32(len(shape))
		shape, along = append(shape, g.shape[e.start:e.end]...), append(along, g.along[e.start:e.end]...)
		edges[k] = edge{number[e.from], number[e.to], e.road, start, int32(len(shape)), e.length}
	}
	g.edge, g.shape, g.along = edges, shape, along
}
