package network

import (
	"math"
	"slices"
)

// Draw makes drawn paths walkable, as if they were built: places near footpaths
// and stairs, of sources as of who looks for them, step onto them by the rules
// that they were tied by, and leave streets that are too much farther then. Nobody
// steps onto a bridge but at its ends. What an existing edge costs stays the same,
// though its slopes would be averaged over other pieces, were it cut where a path
// joins it; and an end or crossing within 5 cm of a junction, or an end within
// half a metre of another street, does not become one with it.
func (o *Overlay) Draw(paths ...*Drawn) {
	if len(paths) == 0 {
		return
	}
	if o.drawn != nil {
		paths = slices.Concat(o.drawn.paths, paths)
	}
	o.lay(o.n.drawn(paths))
}

// DrawAs draws what is drawn in another overlay on the same net, where what is
// drawn in this one came first. Both are for the same goroutine from then on.
func (o *Overlay) DrawAs(other *Overlay) {
	if other.drawn != nil {
		o.lay(other.drawn)
	}
}

// lay takes joints that begin with those that there are.
func (o *Overlay) lay(js *joints) {
	before := len(o.label) - o.n.nodes
	o.drawn = js
	for _, j := range js.joint[before:] {
		o.label = append(o.label, unlabelled)
		if j.edge >= 0 {
			o.edges = append(o.edges, j.edge)
		}
	}
	sources, lost := o.move()
	for _, v := range lost {
		o.relabel(v)
	}
	for j := before; j < len(js.joint); j++ {
		o.relabel(int32(o.n.nodes + j))
	}
	for _, source := range sources {
		o.seedAll(source)
	}
	o.spread(nil)
}

// move ties sources to what is drawn. It returns those that step elsewhere than
// before, and where labels went, since the foot that they came by may be gone.
func (o *Overlay) move() (sources, lost []int32) {
	var now []moved
	for _, source := range o.movable() {
		first, before := o.original(source), o.source(source)
		m := o.tie(first)
		if m != before && !o.removed[source] {
			sources = append(sources, source)
			o.edgesOf(source)
			if lacks(m, before) {
				lost = append(lost, o.lose(source)...)
			}
		}
		if m != first {
			now = append(now, moved{source, m, lacks(m, first)})
		}
	}
	o.moved = now
	for _, source := range sources {
		o.edgesOf(source)
	}
	return sources, lost
}

// movable are the sources that may step elsewhere than before, in order.
func (o *Overlay) movable() (sources []int32) {
	for _, m := range o.moved {
		sources = append(sources, m.source)
	}
	if o.base != nil {
		sources = append(sources, o.drawn.retied(o.base).places...)
	}
	for i := range o.added {
		sources = append(sources, int32(o.baseLen()+i))
	}
	slices.Sort(sources)
	return slices.Compact(sources)
}

// Moved visits the sources that are tied otherwise, since paths were drawn; less
// says that they lack a foot that they had.
func (o *Overlay) Moved(visit func(source int, less bool)) {
	for _, m := range o.moved {
		visit(int(m.source), m.less)
	}
}

// Retied returns the places, in order, that are tied otherwise, since paths were
// drawn.
func (o *Overlay) Retied(d *Doors) (places []int32) {
	if o.drawn == nil {
		return nil
	}
	return o.drawn.retied(d).places
}

// Reached tells whether the walker gets from a place onto the net or onto what is
// drawn, as Doors.Reached.
func (o *Overlay) Reached(d *Doors, i int) bool {
	m := o.tie(member{d, i})
	first, last := m.doors.feet(m.place)
	for k := first; k < last; k++ {
		if t := &m.doors.ties.tie[k]; !math.IsInf(o.along(t.edge, t.at, t.at), 1) {
			return true
		}
	}
	return false
}
