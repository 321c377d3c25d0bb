package network

import (
	"maps"
	"slices"
)

// Overlay is a field that can be changed for a trial and changed back: sources
// come and go, paths are drawn. Only what a change makes different is searched.
// The field under it stays as it is. An overlay is for one goroutine.
type Overlay struct {
	change
	field *Field
	edges []int32 // where sources or joints came or went
	mark  []uint32
	round uint32
}

// Overlay returns a new one, that is as the field.
func (f *Field) Overlay() *Overlay {
	o := &Overlay{field: f}
	s := f.state
	s.label = append(make([]label, 0, len(f.label)+64), f.label...)
	s.removed = map[int32]bool{}
	o.change = change{state: &s, room: newRoom(f.n.shift), before: f.label}
	return o
}

// Undo takes all changes back.
func (o *Overlay) Undo() {
	o.label = o.label[:o.n.nodes]
	for _, v := range o.touched {
		o.label[v] = o.before[v]
	}
	o.touched, o.edges, o.added, o.drawn = o.touched[:0], o.edges[:0], o.added[:0], nil
	clear(o.removed)
}

// Add makes a place a source and returns its number, which goes on from those of
// the field.
func (o *Overlay) Add(d *Doors, i int) (source int) {
	source = o.baseLen() + len(o.added)
	o.added = append(o.added, member{d, i})
	o.edgesOf(int32(source))
	o.seed(int32(source), o.lower)
	first, last := d.feet(i)
	for k := first; k < last && o.drawn != nil; k++ {
		t := &d.ties.tie[k]
		for _, j := range o.drawn.byEdge[t.edge] {
			o.lower(int32(o.n.nodes)+j, newLabel(o.fromJoint(o.drawn.joint[j], t), int32(source)))
		}
	}
	o.spread(nil)
	return source
}

// Remove takes a source away.
func (o *Overlay) Remove(source int) {
	if source < 0 || source >= o.baseLen()+len(o.added) || o.removed[int32(source)] {
		return
	}
	o.removed[int32(source)] = true
	o.edgesOf(int32(source))
	lost := o.lose(int32(source))
	for _, v := range lost {
		if int(v) < o.n.nodes {
			for _, a := range o.n.arrows(1 - o.dir).of(v) {
				o.lower(v, o.label[a.to]+uint64(a.cost)<<32)
			}
			o.atNode(v, func(other int32, _ *Doors, _ int32, cost uint32) { o.lower(v, newLabel(cost, other)) })
		}
		o.lowerDrawn(v)
	}
	o.spread(nil)
}

// lose takes away the labels of a source and returns where they were.
func (o *Overlay) lose(source int32) (lost []int32) {
	take := func(v int32) {
		if l := o.label[v]; costOf(l) < farOff && sourceOf(l) == source {
			o.touch(v)
			o.label[v] = unlabelled
			lost = append(lost, v)
		}
	}
	if int(source) < o.baseLen() {
		for _, v := range o.field.nodesOf(source) {
			take(v)
		}
	}
	for _, v := range slices.Clone(o.touched) {
		take(v)
	}
	for v := o.n.nodes; v < len(o.label); v++ {
		take(int32(v))
	}
	return lost
}

// lowerDrawn gives a node the labels that drawn paths bring to it.
func (o *Overlay) lowerDrawn(v int32) {
	if o.drawn == nil {
		return
	}
	for _, b := range o.drawn.behind[v] {
		o.lower(v, o.label[b.to]+uint64(b.cost)<<32)
	}
	if j := int(v) - o.n.nodes; j >= 0 {
		joint := o.drawn.joint[j]
		o.onEdge(joint.edge, func(source int32, d *Doors, foot int32) {
			o.lower(v, newLabel(o.fromJoint(joint, &d.ties.tie[foot]), source))
		})
	}
}

func (o *Overlay) edgesOf(source int32) {
	m := o.source(source)
	first, last := m.doors.feet(m.place)
	for k := first; k < last; k++ {
		o.edges = append(o.edges, m.doors.ties.tie[k].edge)
	}
}

// Draw makes drawn paths walkable.
func (o *Overlay) Draw(paths ...*Drawn) {
	if o.drawn == nil {
		o.drawn = newJoints()
	}
	before := len(o.drawn.joint)
	for _, p := range paths {
		o.drawn.add(o.n, o.dir, p)
	}
	for j := before; j < len(o.drawn.joint); j++ {
		o.label = append(o.label, unlabelled)
		if e := o.drawn.joint[j].edge; e >= 0 {
			o.edges = append(o.edges, e)
		}
	}
	for j := before; j < len(o.drawn.joint); j++ {
		o.lowerDrawn(int32(o.n.nodes + j))
	}
	o.spread(nil)
}

// Of returns the nearest source of a tied place as things are in the trial, the
// cost of the way and its metres.
func (o *Overlay) Of(d *Doors, i int) Reached { return o.reached(d, i, o.metresBack) }

// Touched returns the nodes that have another label than in the field, in order.
func (o *Overlay) Touched() []int32 {
	slices.Sort(o.touched)
	o.touched = slices.Compact(o.touched)
	changed := make([]int32, 0, len(o.touched))
	for _, v := range o.touched {
		if o.label[v] != o.before[v] {
			changed = append(changed, v)
		}
	}
	return changed
}

// Changed returns the places, in order, for which Cost may be another one than
// in the field: all others have the same.
func (o *Overlay) Changed(d *Doors) (places []int32) {
	if len(o.mark) != d.ties.Len() {
		o.mark, o.round = make([]uint32, d.ties.Len()), 0
	}
	if o.round++; o.round == 0 {
		clear(o.mark)
		o.round = 1
	}
	look := func(e int32) {
		for _, k := range d.ties.onEdge(e) {
			if i := d.ties.owner[k]; o.mark[i] != o.round {
				o.mark[i] = o.round
				places = append(places, i)
			}
		}
	}
	g := o.n.g
	for _, v := range o.touched {
		if o.label[v] != o.before[v] {
			for _, a := range g.arc[g.first[v]:g.first[v+1]] {
				look(a.edge)
			}
		}
	}
	for _, e := range o.edges {
		look(e)
	}
	slices.Sort(places)
	return places
}

// Removed returns the sources that were taken away, in order.
func (o *Overlay) Removed() []int {
	var sources []int
	for _, s := range slices.Sorted(maps.Keys(o.removed)) {
		sources = append(sources, int(s))
	}
	return sources
}
