package network

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Doors are tied places with the costs of the ways between them and the nodes at
// the ends of their edges, for one net. They do not change.
type Doors struct {
	n    *Net
	ties *Ties
	way  []ways // of each foot

	byNode sync.Once
	sorted []int32 // feet by node: 2k for the start of the edge of foot k, 2k+1 for its end
}

// ways are the costs from a place by one foot to the two ends of the edge, and
// from there to the place.
type ways struct {
	edge             int32
	from, to         int32 // nodes
	outFrom, outTo   uint32
	intoFrom, intoTo uint32
}

// Doors prices the ways between tied places and the network. The way over open
// ground counts as walked: its metres, or its seconds on the flat.
func (n *Net) Doors(t *Ties) *Doors {
	d := &Doors{n: n, ties: t, way: make([]ways, len(t.tie))}
	const share = 4096
	each((len(t.tie)+share-1)/share, func() func(int) {
		return func(k int) {
			for i := k * share; i < min(len(t.tie), (k+1)*share); i++ {
				d.way[i] = n.ways(&t.tie[i])
			}
		}
	})
	return d
}

func (n *Net) ways(t *tie) ways {
	e := &n.g.edge[t.edge]
	access := n.access(t.access)
	thereAt, backAt := n.upTo(t.edge, t.at)
	if math.IsInf(thereAt, 1) {
		return ways{t.edge, e.from, e.to, farOff, farOff, farOff, farOff}
	}
	thereEnd, backEnd := n.upTo(t.edge, e.length)
	return ways{
		edge: t.edge, from: e.from, to: e.to,
		outFrom: toUnits(access + backAt), outTo: toUnits(access + thereEnd - thereAt),
		intoFrom: toUnits(access + thereAt), intoTo: toUnits(access + backEnd - backAt),
	}
}

// Ties returns the places without their costs.
func (d *Doors) Ties() *Ties { return d.ties }

// Net returns the net that the costs are for.
func (d *Doors) Net() *Net { return d.n }

// Reached tells whether the walker gets from a place onto the net.
func (d *Doors) Reached(i int) bool {
	for k := d.ties.first[i]; k < d.ties.first[i+1]; k++ {
		if d.n.Passable(int(d.ties.tie[k].edge)) {
			return true
		}
	}
	return false
}

// feet returns the numbers of the feet of a place: from first to before last.
func (d *Doors) feet(i int) (first, last int32) { return d.ties.first[i], d.ties.first[i+1] }

// atNode visits the feet whose edge ends at a node, and what the way between
// place and node costs in the direction of a source: from the node for ToSource.
func (d *Doors) atNode(v int32, dir Direction, visit func(foot int32, cost uint32)) {
	d.byNode.Do(d.sortByNode)
	from, _ := slices.BinarySearchFunc(d.sorted, v, func(k, v int32) int { return cmp.Compare(d.nodeOf(k), v) })
	for _, k := range d.sorted[from:] {
		if d.nodeOf(k) != v {
			return
		}
		atFrom, atTo := d.way[k/2].ofSource(dir)
		if k%2 == 0 {
			visit(k/2, atFrom)
		} else {
			visit(k/2, atTo)
		}
	}
}

func (d *Doors) nodeOf(k int32) int32 {
	if k%2 == 0 {
		return d.way[k/2].from
	}
	return d.way[k/2].to
}

func (d *Doors) sortByNode() {
	d.sorted = make([]int32, 2*len(d.way))
	for k := range d.sorted {
		d.sorted[k] = int32(k)
	}
	slices.SortStableFunc(d.sorted, func(a, b int32) int { return cmp.Compare(d.nodeOf(a), d.nodeOf(b)) })
}

// ofSource returns the costs between the ends of the edge and a source.
func (w *ways) ofSource(dir Direction) (from, to uint32) {
	if dir == ToSource {
		return w.intoFrom, w.intoTo
	}
	return w.outFrom, w.outTo
}

// ofPlace returns the costs between a place that looks for a source and the ends
// of its edge.
func (w *ways) ofPlace(dir Direction) (from, to uint32) {
	if dir == ToSource {
		return w.outFrom, w.outTo
	}
	return w.intoFrom, w.intoTo
}
