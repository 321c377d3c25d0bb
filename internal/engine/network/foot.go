package network

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Foot is a point of an edge by which a place reaches the network.
type Foot struct {
	Edge  int
	At    float64   // metres from the start of the edge
	Cost  float64   // metres from the place to the point
	Place orb.Point // where at the place the way to it begins
}

// Feet are all the feet of one place. They belong to the graph that made them.
type Feet struct {
	foot []Foot
	door []door // one for each node that a foot leads to
}

// door is the shortest way from a place to a node by a foot on an edge there.
type door struct {
	node, foot int32
	cost       float64
}

// Empty tells whether the place does not reach the network at all.
func (f Feet) Empty() bool { return len(f.foot) == 0 }

// List returns the feet.
func (f Feet) List() []Foot { return f.foot }

// Feet makes the feet of a place from a list of them. Feet outside their edge
// are moved to its end.
func (g *Graph) Feet(list []Foot) Feet {
	f := Feet{foot: slices.Clone(list)}
	best := map[int32]door{}
	try := func(d door) {
		if old, known := best[d.node]; !known || d.cost < old.cost {
			best[d.node] = d
		}
	}
	for i := range f.foot {
		foot := &f.foot[i]
		e := g.edge[foot.Edge]
		foot.At = min(e.length, max(0, foot.At))
		try(door{e.from, int32(i), foot.Cost + foot.At})
		try(door{e.to, int32(i), foot.Cost + e.length - foot.At})
	}
	for _, d := range best {
		f.door = append(f.door, d)
	}
	slices.SortFunc(f.door, func(a, b door) int { return cmp.Compare(a.node, b.node) })
	return f
}

// Nearest returns the nearest point of every edge within reach (metres) of a
// point, the nearest first.
func (g *Graph) Nearest(p orb.Point, reach float64) []Foot {
	var feet []Foot
	for _, e := range g.edgesNear(p.Bound().Pad(reach)) {
		foot := Foot{Edge: int(e), Cost: math.Inf(1), Place: p}
		for v := g.edge[e].start; v < g.edge[e].end-1; v++ {
			t := project(p, g.shape[v], g.shape[v+1])
			if m := metres(p, between(g.shape[v], g.shape[v+1], t)); m < foot.Cost {
				foot.Cost, foot.At = m, g.along[v]+t*(g.along[v+1]-g.along[v])
			}
		}
		if foot.Cost <= reach {
			feet = append(feet, foot)
		}
	}
	slices.SortStableFunc(feet, func(a, b Foot) int { return cmp.Compare(a.Cost, b.Cost) })
	return feet
}

// edgesNear returns the edges that may meet a bound, in order.
func (g *Graph) edgesNear(b orb.Bound) []int32 {
	var edges []int32
	g.near.around(b, func(i int32) { edges = append(edges, g.owner[i]) })
	slices.Sort(edges)
	return slices.Compact(edges)
}

// Access says how a place reaches the network.
type Access struct {
	Free float64 // metres of open ground within which every edge is reached, straight from the place
	Far  float64 // metres within which the nearest edge is reached where there is none within Free

	Usable func(edge int) bool           // edges that may be stepped on; nil: all
	Clear  func(from, to orb.Point) bool // ways over open ground that nothing bars; nil: all
}

// step is how far apart the points of an edge are at which its distance to a
// place is looked at. Walking along an edge changes that distance by no more
// than what is walked, so the shortest way to the network's nodes is exact but
// for where Free ends, and the shortest meeting of two places on one edge is at
// most this much too long.
const step = 10 // metres

// FeetOf finds how a place (point, line or area; inside an area is at the place)
// reaches the network: by every stretch of an edge within Free, its two ends and
// points between, or else by the nearest point within Far.
func (g *Graph) FeetOf(place orb.Geometry, a Access) Feet {
	s := newSite(place)
	if s.empty() {
		return Feet{}
	}
	var feet []Foot
	for _, e := range g.edgesNear(s.bound.Pad(a.Free)) {
		if a.Usable == nil || a.Usable(int(e)) {
			feet = g.stretches(feet, e, s, a)
		}
	}
	if len(feet) > 0 || a.Far <= a.Free {
		return g.Feet(feet)
	}
	for _, e := range g.edgesNear(s.bound.Pad(a.Far)) {
		if a.Usable != nil && !a.Usable(int(e)) {
			continue
		}
		foot := Foot{Edge: int(e), Cost: math.Inf(1)}
		for v := g.edge[e].start; v < g.edge[e].end-1; v++ {
			if near, ok := g.nearestOn(e, v, s, a.Far); ok && near.Cost < foot.Cost {
				foot = near
			}
		}
		if foot.Cost <= a.Far {
			feet = append(feet, foot)
		}
	}
	slices.SortStableFunc(feet, func(a, b Foot) int { return cmp.Compare(a.Cost, b.Cost) })
	for i, foot := range feet {
		if a.Clear == nil || a.Clear(foot.Place, g.at(int32(foot.Edge), foot.At)) {
			return g.Feet(feet[i : i+1])
		}
	}
	return Feet{}
}

// stretches adds the feet on one edge.
func (g *Graph) stretches(feet []Foot, e int32, s *site, a Access) []Foot {
	add := func(at float64, place orb.Point, cost float64) {
		if n := len(feet); n > 0 && feet[n-1].Edge == int(e) && feet[n-1].At == at {
			return // the end of the segment before
		}
		if a.Clear == nil || cost == 0 || a.Clear(place, g.at(e, at)) {
			feet = append(feet, Foot{int(e), at, cost, place})
		}
	}
	for v := g.edge[e].start; v < g.edge[e].end-1; v++ {
		from, to := g.shape[v], g.shape[v+1]
		if !(orb.MultiPoint{from, to}).Bound().Intersects(s.bound.Pad(a.Free)) {
			continue
		}
		near, ok := g.nearestOn(e, v, s, a.Free)
		if !ok {
			continue
		}
		begin, span := g.along[v], g.along[v+1]-g.along[v]
		// From the nearest point outwards: within Free it is reached, and where
		// Free ends, the stretch does. What comes within Free again beyond that is
		// found from the samples there.
		pieces := int(math.Ceil(span / step))
		last, lastIn := 0.0, false
		for k := 0; k <= pieces; k++ {
			at := begin + span*float64(k)/float64(pieces)
			place, cost, in := s.nearest(g.at(e, at), a.Free)
			if k > 0 && in != lastIn {
				if border, p, c, ok := g.border(e, s, a.Free, last, at, lastIn); ok {
					add(border, p, c)
				}
			}
			if k > 0 && near.At > last && near.At < at {
				add(near.At, near.Place, near.Cost)
				if !in && !lastIn { // a stretch between two samples
					for _, beyond := range []float64{last, at} {
						if border, p, c, ok := g.border(e, s, a.Free, near.At, beyond, true); ok {
							add(border, p, c)
						}
					}
				}
			}
			if in {
				add(at, place, cost)
			}
			last, lastIn = at, in
		}
	}
	return feet
}

// border finds where between two points of an edge, of which one is within reach
// of the site, reach ends; the point returned is within.
func (g *Graph) border(e int32, s *site, reach, from, to float64, fromIn bool) (at float64, place orb.Point, cost float64, ok bool) {
	in, out := from, to
	if !fromIn {
		in, out = to, from
	}
	for math.Abs(out-in) > 0.01 {
		middle := (in + out) / 2
		if p, c, within := s.nearest(g.at(e, middle), reach); within {
			in, place, cost, ok = middle, p, c, true
		} else {
			out = middle
		}
	}
	return in, place, cost, ok
}

// nearestOn returns the foot on the segment of an edge from vertex v that is
// nearest to the site, where that is within reach.
func (g *Graph) nearestOn(e, v int32, s *site, reach float64) (Foot, bool) {
	a, b := g.shape[v], g.shape[v+1]
	if _, cost, ok := s.nearest(a, reach); ok && cost == 0 {
		return Foot{int(e), g.along[v], 0, a}, true
	}
	best := math.Inf(1)
	var at float64
	var place orb.Point
	s.segments((orb.MultiPoint{a, b}).Bound().Pad(reach), func(c, d orb.Point) {
		if best == 0 {
			return
		}
		t, p := closest(a, b, c, d)
		if m := metres(between(a, b, t), p); m < best {
			best, at, place = m, t, p
		}
	})
	return Foot{int(e), g.along[v] + at*(g.along[v+1]-g.along[v]), best, place}, best <= reach
}

// site is the ground of a place.
type site struct {
	bound orb.Bound
	area  orb.MultiPolygon
	part  [][2]orb.Point // segments; a single point is one without length
	grid  grid           // over them where they are many
}

// manyParts is from how many segments on a site has an index.
const manyParts = 48

func newSite(place orb.Geometry) *site {
	s := &site{}
	s.take(place)
	for i, p := range s.part {
		if i == 0 {
			s.bound = p[0].Bound()
		}
		s.bound = s.bound.Extend(p[0]).Extend(p[1])
	}
	if len(s.part) >= manyParts {
		s.grid = newGrid(len(s.part), func(i int) (orb.Point, orb.Point) { return s.part[i][0], s.part[i][1] })
	}
	return s
}

func (s *site) empty() bool { return len(s.part) == 0 }

func (s *site) take(place orb.Geometry) {
	switch g := place.(type) {
	case orb.Point:
		s.takeLine(orb.LineString{g, g})
	case orb.MultiPoint:
		for _, p := range g {
			s.take(p)
		}
	case orb.LineString:
		s.takeLine(g)
	case orb.MultiLineString:
		for _, line := range g {
			s.takeLine(line)
		}
	case orb.Polygon:
		s.area = append(s.area, g)
		for _, ring := range g {
			s.takeLine(orb.LineString(ring))
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			s.take(polygon)
		}
	case orb.Collection:
		for _, member := range g {
			s.take(member)
		}
	}
}

func (s *site) takeLine(line orb.LineString) {
	if !finite(line) {
		return
	}
	for i := 1; i < len(line); i++ {
		s.part = append(s.part, [2]orb.Point{line[i-1], line[i]})
	}
}

// segments visits those that may meet a bound.
func (s *site) segments(b orb.Bound, visit func(c, d orb.Point)) {
	if len(s.part) >= manyParts {
		s.grid.around(b, func(i int32) { visit(s.part[i][0], s.part[i][1]) })
		return
	}
	for _, p := range s.part {
		visit(p[0], p[1])
	}
}

// nearest returns the point of the site that is nearest to p and how far it is,
// where that is within reach. What lies inside is at the site.
func (s *site) nearest(p orb.Point, reach float64) (at orb.Point, cost float64, ok bool) {
	if !s.bound.Pad(reach).Contains(p) {
		return at, 0, false
	}
	if len(s.area) > 0 && s.bound.Contains(p) && planar.MultiPolygonContains(s.area, p) {
		return p, 0, true
	}
	cost = math.Inf(1)
	s.segments(p.Bound().Pad(reach), func(c, d orb.Point) {
		q := between(c, d, project(p, c, d))
		if m := metres(p, q); m < cost {
			at, cost = q, m
		}
	})
	return at, cost, cost <= reach
}
