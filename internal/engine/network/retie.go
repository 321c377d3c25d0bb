package network

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// retied are the places of some doors that are tied otherwise with what is drawn.
type retied struct {
	places []int32 // in order
	number map[int32]int
	doors  *Doors // of them alone, by these numbers
}

// tie returns a place as it is tied with what is drawn.
func (js *joints) tie(m member) member {
	r := js.retied(m.doors)
	if k, is := r.number[int32(m.place)]; is {
		return member{r.doors, k}
	}
	return m
}

// retied ties the places again to which what is drawn may matter: by the rules by
// which they were tied, to the network with the paths built.
func (js *joints) retied(d *Doors) *retied {
	if r := js.tied[d]; r != nil {
		return r
	}
	t := &Ties{g: js.n.g, first: make([]int32, 1)}
	r := &retied{number: map[int32]int{}, doors: &Doors{n: js.n, ties: t}}
	plan := js.planOf()
	m := &tier{g: js.n.g, rules: d.ties.rules, plan: plan}
	for _, i := range plan.around(d.ties) {
		before := d.ties.tie[d.ties.first[i]:d.ties.first[i+1]]
		feet := m.tie(nil, d.ties.place[i])
		for k := range feet {
			feet[k] = plan.settle(feet[k], before)
		}
		if slices.Equal(feet, before) {
			continue
		}
		r.number[i] = len(r.places)
		r.places = append(r.places, i)
		t.place = append(t.place, d.ties.place[i])
		for range feet {
			t.owner = append(t.owner, int32(len(t.place)-1))
		}
		t.tie = append(t.tie, feet...)
		t.first = append(t.first, int32(len(t.tie)))
	}
	for k := range t.tie {
		r.doors.way = append(r.doors.way, js.ways(&t.tie[k]))
	}
	js.tied[d] = r
	return r
}

// ways prices a foot on an edge or stroke.
func (js *joints) ways(t *tie) ways {
	k := int(t.edge) - len(js.n.g.edge)
	if k < 0 {
		return js.n.ways(t)
	}
	s, access := js.stroke[k], js.n.access(t.access)
	return ways{
		edge: t.edge, from: s.from, to: s.to,
		outFrom: toUnits(access + s.cost(t.at, 0)), outTo: toUnits(access + s.cost(t.at, s.metres)),
		intoFrom: toUnits(access + s.cost(0, t.at)), intoTo: toUnits(access + s.cost(s.metres, t.at)),
	}
}

// lacks tells whether a place lacks a foot that it had before.
func lacks(now, before member) bool {
	feet := func(m member) []tie {
		first, last := m.doors.feet(m.place)
		return m.doors.ties.tie[first:last]
	}
	return slices.ContainsFunc(feet(before), func(t tie) bool { return !slices.Contains(feet(now), t) })
}

// settle returns a foot on a whole edge; where it is one that was there before,
// exactly that one. A foot at a joint is one at the end of a stroke there, since
// it is at a junction then, even in the middle of a steep edge.
func (p *plan) settle(f tie, before []tie) tie {
	if node := p.nodeOf(f); int(node) >= len(p.g.node) {
		for k := range p.stroke {
			if s := &p.stroke[k]; s.from == node || s.to == node {
				f.edge, f.at = int32(len(p.g.edge)+k), 0
				if s.from != node {
					f.at = s.metres
				}
				return f
			}
		}
	}
	f.edge = p.original(f.edge)
	if k := int(f.edge) - len(p.g.edge); k >= 0 {
		switch end := p.stroke[k].metres; { // exactly, as ends are outside of stairs
		case f.at <= sameMetres:
			f.at = 0
		case f.at >= end-sameMetres:
			f.at = end
		}
		return f
	}
	for _, b := range before {
		if b.edge == f.edge && math.Abs(b.at-f.at) <= sameMetres && math.Abs(b.access-f.access) <= sameMetres {
			return b
		}
	}
	return f
}

// around returns, in order, the places that may be tied otherwise by the plan:
// those that are no farther from a path, an edge that it cuts, or a remnant of the
// network that is none any more, than their feet may be.
func (p *plan) around(t *Ties) (places []int32) {
	near := map[int32]bool{}
	look := func(a, b orb.Point) {
		bound := orb.MultiPoint{a, b}.Bound().Pad(t.rules.Reach)
		t.within(bound, func(i int32) {
			at := t.place[i]
			if !near[i] && metres(at, between(a, b, project(at, a, b))) <= p.farthest(t, i)+sameMetres {
				near[i] = true
				places = append(places, i)
			}
		})
	}
	p.strokes(func(_ int32, a, b orb.Point, _, _ float64) { look(a, b) })
	for edge, parts := range p.cut {
		if e := &p.g.edge[edge]; len(parts) > 1 { // of each part the nearest point
			for v := e.start; v < e.end-1; v++ {
				look(p.g.shape[v], p.g.shape[v+1])
			}
		}
	}
	p.grown(t.rules.Island, look)
	slices.Sort(places)
	return places
}

// farthest is how far a new foot of a place may be at most.
func (p *plan) farthest(t *Ties, i int32) float64 {
	if t.first[i] == t.first[i+1] {
		return t.rules.Reach
	}
	f := t.tie[t.first[i]]
	if p.g.islands[p.g.island[p.g.edge[f.edge].from]].Metres < t.rules.Island {
		return t.rules.Reach // for want of anything better
	}
	return min(t.rules.Reach, f.access+t.rules.Near)
}

// grown visits the segments of the parts of the network that are no remnants any
// more, since paths join them to others.
func (p *plan) grown(remnant float64, visit func(a, b orb.Point)) {
	for _, part := range p.parts {
		island := p.g.island[p.g.edge[part.edge].from]
		if p.g.islands[island].Metres >= remnant || p.island[island] < remnant || part.begin > 0 {
			continue
		}
		seen := map[int32]bool{part.edge: true}
		for wait := []int32{part.edge}; len(wait) > 0; {
			e := &p.g.edge[wait[len(wait)-1]]
			wait = wait[:len(wait)-1]
			for v := e.start; v < e.end-1; v++ {
				visit(p.g.shape[v], p.g.shape[v+1])
			}
			for _, n := range [2]int32{e.from, e.to} {
				for _, a := range p.g.arc[p.g.first[n]:p.g.first[n+1]] {
					if !seen[a.edge] {
						seen[a.edge] = true
						wait = append(wait, a.edge)
					}
				}
			}
		}
	}
}

// fewPlaces are looked through one by one.
const fewPlaces = 64

// within visits the places in a bound.
func (t *Ties) within(b orb.Bound, visit func(i int32)) {
	look := func(i int32) {
		if b.Contains(t.place[i]) {
			visit(i)
		}
	}
	if len(t.place) <= fewPlaces {
		for i := range t.place {
			look(int32(i))
		}
		return
	}
	t.seek.Do(func() {
		for i, p := range t.place {
			if finite(orb.LineString{p}) {
				t.at = append(t.at, int32(i))
			}
		}
		g := newGrid(len(t.at), func(k int) (a, b orb.Point) { return t.place[t.at[k]], t.place[t.at[k]] })
		t.near = &g
	})
	t.near.around(b, func(k int32) { look(t.at[k]) })
}
