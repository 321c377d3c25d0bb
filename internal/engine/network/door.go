package network

import (
	"cmp"
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
	w := ways{edge: t.edge, from: e.from, to: e.to}
	if !n.Passable(int(t.edge)) { // one end may be in reach all the same
		w.outFrom, w.outTo = toUnits(access+n.along(t.edge, t.at, 0)), toUnits(access+n.along(t.edge, t.at, e.length))
		w.intoFrom, w.intoTo = toUnits(access+n.along(t.edge, 0, t.at)), toUnits(access+n.along(t.edge, e.length, t.at))
		return w
	}
	thereAt, backAt := n.upTo(t.edge, t.at)
	thereEnd, backEnd := n.upTo(t.edge, e.length)
	w.outFrom, w.outTo = toUnits(access+backAt), toUnits(access+thereEnd-thereAt)
	w.intoFrom, w.intoTo = toUnits(access+thereAt), toUnits(access+backEnd-backAt)
	return w
}

// Ties returns the places without their costs.
func (d *Doors) Ties() *Ties { return d.ties }

// Net returns the net that the costs are for.
func (d *Doors) Net() *Net { return d.n }

// Reached tells whether the walker gets from a place onto the net: one of its
// feet is where the walker can stand. A foot on stairs or inside a steep piece is
// no use to a walker without steps, wherever else the edge may lead; one on a flat
// stretch between two steep pieces reaches what lies on that stretch.
func (d *Doors) Reached(i int) bool {
	for k := d.ties.first[i]; k < d.ties.first[i+1]; k++ {
		if t := &d.ties.tie[k]; !d.n.shut(t.edge, t.at, t.at) {
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
