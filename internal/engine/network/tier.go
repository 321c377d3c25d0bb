package network

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// tier ties one place after the other.
type tier struct {
	g      *Graph
	rules  TieRules
	plan   *plan // nil: nothing is drawn
	near   []tie
	feet   []tie
	passed []int32 // edges that another one's foot at their common node serves
}

// tie appends the feet of a place.
func (m *tier) tie(list []tie, p orb.Point) []tie {
	if !finite(orb.LineString{p}) || !(m.rules.Reach > 0) {
		return list
	}
	for radius := min(m.rules.Reach, 50); ; radius = min(m.rules.Reach, 2*radius) {
		m.look(p, radius)
		last := radius == m.rules.Reach
		for _, remnants := range []bool{false, true} {
			if remnants && !last {
				break
			}
			m.choose(p, remnants)
			if len(m.feet) > 0 && (last || m.feet[0].access+m.rules.Near <= radius) {
				return append(list, m.feet...)
			}
		}
		if last {
			return list
		}
	}
}

// look finds the nearest points of all segments within a radius, the nearest
// first.
func (m *tier) look(p orb.Point, radius float64) {
	m.near = m.near[:0]
	g := m.g
	g.near.around(p.Bound().Pad(radius), func(i int32) {
		v := g.vertex[i]
		if m.plan != nil && m.plan.cut[g.owner[i]] != nil {
			m.plan.offer(g.owner[i], v, func(part int32, a, b orb.Point, from, to float64) {
				m.offer(p, radius, part, a, b, from, to)
			})
			return
		}
		m.offer(p, radius, g.owner[i], g.shape[v], g.shape[v+1], g.along[v], g.along[v+1])
	})
	if m.plan != nil {
		m.plan.strokes(func(edge int32, a, b orb.Point, from, to float64) { m.offer(p, radius, edge, a, b, from, to) })
	}
	slices.SortFunc(m.near, func(a, b tie) int {
		if a.access != b.access {
			return cmp.Compare(a.access, b.access)
		}
		return cmp.Or(cmp.Compare(a.edge, b.edge), cmp.Compare(a.at, b.at))
	})
}

// offer notes the point of a segment of an edge that is nearest to a place, if it
// is within the radius.
func (m *tier) offer(p orb.Point, radius float64, edge int32, a, b orb.Point, from, to float64) {
	t := project(p, a, b)
	q := between(a, b, t)
	if dx, dy := q[0]-p[0], q[1]-p[1]; dx*dx+dy*dy > radius*radius*(1+1e-9) {
		return
	}
	if access := metres(p, q); access <= radius {
		at := to // exactly, so that the end of an edge is known as its node
		if t < 1 {
			at = from + t*(to-from)
		}
		m.near = append(m.near, tie{edge, at, access})
	}
}

// choose takes from what was found the feet that the rules allow: one of an
// edge. Edges that are reached at the same node have one foot together, so that
// it does not matter which of them comes first.
func (m *tier) choose(p orb.Point, remnants bool) {
	m.feet, m.passed = m.feet[:0], m.passed[:0]
	for _, f := range m.near {
		if len(m.feet) == m.rules.Most || len(m.feet) > 0 && f.access > m.feet[0].access+m.rules.Near {
			break
		}
		if (m.metresOf(f.edge) < m.rules.Island) != remnants || !m.usable(f.edge) ||
			slices.ContainsFunc(m.feet, func(o tie) bool { return o.edge == f.edge }) || slices.Contains(m.passed, f.edge) ||
			m.rules.Clear != nil && f.access > 0 && !m.rules.Clear(p, m.at(f)) {
			continue
		}
		if slices.ContainsFunc(m.feet, func(o tie) bool { return m.sameNode(o, f) }) {
			m.passed = append(m.passed, f.edge)
			continue
		}
		m.feet = append(m.feet, f)
	}
}

// metresOf returns how much hangs together with an edge.
func (m *tier) metresOf(edge int32) float64 {
	if m.plan != nil {
		return m.plan.metresOf(edge)
	}
	return m.g.islands[m.g.island[m.g.edge[edge].from]].Metres
}

func (m *tier) usable(edge int32) bool {
	if m.plan != nil {
		if edge = m.plan.original(edge); int(edge) >= len(m.g.edge) {
			return m.plan.stroke[int(edge)-len(m.g.edge)].step
		}
	}
	return m.rules.Usable == nil || m.rules.Usable(int(edge))
}

// at returns where a foot is.
func (m *tier) at(f tie) orb.Point {
	if m.plan != nil {
		return m.plan.at(f)
	}
	return m.g.at(f.edge, f.at)
}

func (m *tier) sameNode(a, b tie) bool {
	if m.plan != nil {
		n := m.plan.nodeOf(a)
		return n >= 0 && n == m.plan.nodeOf(b)
	}
	return m.g.sameNode(a, b)
}

// sameNode tells whether two feet are at one node.
func (g *Graph) sameNode(a, b tie) bool {
	n := g.nodeOf(a)
	return n >= 0 && n == g.nodeOf(b)
}

// nodeOf returns the node that a foot is at, or -1.
func (g *Graph) nodeOf(f tie) int32 {
	e := &g.edge[f.edge]
	switch {
	case f.at <= 0:
		return e.from
	case f.at >= e.length:
		return e.to
	}
	return -1
}

// Foot returns the foot nearest to a place that the rules allow, such as of one
// that was clicked.
func (g *Graph) Foot(p orb.Point, rules TieRules) (Foot, bool) {
	m := &tier{g: g, rules: rules.withDefaults()}
	for _, t := range m.tie(nil, p) {
		return Foot{int(t.edge), t.at, t.access, p}, true
	}
	return Foot{}, false
}
