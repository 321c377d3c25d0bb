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
	o.touched, o.edges, o.added, o.drawn, o.moved = o.touched[:0], o.edges[:0], o.added[:0], nil, nil
	clear(o.removed)
}

// Add makes a place a source and returns its number, which goes on from those of
// the field.
func (o *Overlay) Add(d *Doors, i int) (source int) {
	source = o.baseLen() + len(o.added)
	m := member{d, i}
	o.added = append(o.added, m)
	if now := o.tie(m); now != m {
		o.moved = append(o.moved, moved{int32(source), now, lacks(now, m)})
	}
	o.edgesOf(int32(source))
	o.seedAll(int32(source))
	o.spread(nil)
	return source
}

// tie returns a place as it is tied with what is drawn.
func (o *Overlay) tie(m member) member {
	d, i := o.tied(m.doors, m.place)
	return member{d, i}
}

// seedAll gives labels to the nodes and joints around a source.
func (o *Overlay) seedAll(source int32) {
	o.seed(source, o.lower)
	if o.drawn == nil {
		return
	}
	m := o.source(source)
	first, last := m.doors.feet(m.place)
	for k := first; k < last; k++ {
		t := &m.doors.ties.tie[k]
		for _, j := range o.drawn.byEdge[t.edge] {
			o.lower(int32(o.n.nodes)+j, newLabel(o.fromJoint(o.drawn.joint[j], t), source))
		}
	}
}

// Remove takes a source away.
func (o *Overlay) Remove(source int) {
	if source < 0 || source >= o.baseLen()+len(o.added) || o.removed[int32(source)] {
		return
	}
	o.removed[int32(source)] = true
	o.edgesOf(int32(source))
	for _, v := range o.lose(int32(source)) {
		o.relabel(v)
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

// relabel gives a node or joint the labels that come to it from around it.
func (o *Overlay) relabel(v int32) {
	if int(v) < o.n.nodes {
		for _, a := range o.n.arrows(1 - o.dir).of(v) {
			o.lower(v, o.label[a.to]+uint64(a.cost)<<32)
		}
	}
	o.atNode(v, func(source int32, _ *Doors, _ int32, cost uint32) { o.lower(v, newLabel(cost, source)) })
	if o.drawn == nil {
		return
	}
	for _, h := range o.drawn.hops[v] {
		o.lower(v, o.label[h.to]+uint64(h.behind(o.dir))<<32)
	}
	if j := int(v) - o.n.nodes; j >= 0 {
		joint := o.drawn.joint[j]
		o.onEdge(joint.edge, func(source int32, d *Doors, foot int32) {
			o.lower(v, newLabel(o.fromJoint(joint, &d.ties.tie[foot]), source))
		})
	}
}

// edgesOf notes the edges of the graph that a source is on.
func (o *Overlay) edgesOf(source int32) {
	m := o.source(source)
	first, last := m.doors.feet(m.place)
	for k := first; k < last; k++ {
		if e := m.doors.ties.tie[k].edge; o.strokeOf(e) == nil {
			o.edges = append(o.edges, e)
		}
	}
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
	for _, i := range o.Retied(d) {
		if o.mark[i] != o.round {
			places = append(places, i)
		}
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
