package dxf

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// hatch reads the boundaries of a hatched area.
func (d *drawing) hatch(l *layer, e *entity, m matrix, tolerance func(float64) float64) {
	r := &hatchReader{groups: e.groups, tolerance: tolerance}
	r.skipTo(91)
	var loops []orb.LineString
	for n := r.count(91); n > 0 && !r.done(); n-- {
		if loop := r.loop(); len(loop) > 2 {
			loops = append(loops, transformed(loop, m))
		}
	}
	var all []orb.Point
	for i, loop := range loops {
		if loop[0] != loop[len(loop)-1] {
			loops[i] = append(loop, loop[0])
		}
		all = append(all, loops[i]...)
	}
	a := d.attributesOf(e)
	if a.fault = d.faultOf(e, all); a.fault != "" {
		d.add(l, areaKind, nil, a, 0)
		return
	}
	g, _ := geofile.AreasOfRings(loops, false)
	d.add(l, areaKind, g, a, len(all))
}

// hatchReader walks through the groups of a HATCH, whose meaning depends on their
// order.
type hatchReader struct {
	groups    []group
	tolerance func(float64) float64
}

func (r *hatchReader) done() bool { return len(r.groups) == 0 }

func (r *hatchReader) skipTo(code int) {
	for !r.done() && r.groups[0].code != code {
		r.groups = r.groups[1:]
	}
}

// take is the next group when it has the code, else NaN.
func (r *hatchReader) take(code int) float64 {
	if r.done() || r.groups[0].code != code {
		return math.NaN()
	}
	v := r.groups[0].number()
	r.groups = r.groups[1:]
	return v
}

// takeOr is as take with a default.
func (r *hatchReader) takeOr(code int, none float64) float64 {
	if v := r.take(code); !math.IsNaN(v) {
		return v
	}
	return none
}

// count is a number of things to come: no more than there are groups.
func (r *hatchReader) count(code int) int {
	v := r.take(code)
	if math.IsNaN(v) || v < 0 {
		return 0
	}
	return int(math.Min(v, float64(len(r.groups))))
}

func (r *hatchReader) point(x, y int) orb.Point {
	a := r.take(x)
	return orb.Point{a, r.take(y)}
}

// loop reads a boundary.
func (r *hatchReader) loop() orb.LineString {
	r.skipTo(92)
	flags := r.takeOr(92, 0)
	var out orb.LineString
	if int(flags)&2 != 0 {
		out = r.polyline()
	} else {
		for n := r.count(93); n > 0 && !r.done(); n-- {
			edge := r.edge()
			// Edges may run against the boundary.
			if k := len(out); k > 0 && len(edge) > 1 && distance(out[k-1], edge[0]) > distance(out[k-1], edge[len(edge)-1]) {
				edge.Reverse()
			}
			if k := len(out); k > 0 && len(edge) > 0 && distance(out[k-1], edge[0]) < 1e-6 {
				edge = edge[1:]
			}
			out = append(out, edge...)
		}
	}
	for range r.count(97) {
		r.take(330) // what the boundary was made from
	}
	return out
}

func distance(p, q orb.Point) float64 { return math.Hypot(p[0]-q[0], p[1]-q[1]) }

func (r *hatchReader) polyline() orb.LineString {
	r.take(72)
	r.take(73)
	var corners []vertex
	for n := r.count(93); n > 0 && !r.done(); n-- {
		p := r.point(10, 20)
		corners = append(corners, vertex{p, r.takeOr(42, 0)})
	}
	return path(corners, true, r.tolerance)
}

func (r *hatchReader) edge() orb.LineString {
	switch r.take(72) {
	case 1:
		p := r.point(10, 20)
		return orb.LineString{p, r.point(11, 21)}
	case 2:
		centre := r.point(10, 20)
		radius := r.take(40)
		from, sweep := r.angles(math.Pi / 180)
		return arc(centre, radius, from, sweep, r.tolerance(radius))
	case 3:
		centre, major := r.point(10, 20), r.point(11, 21)
		ratio := r.take(40)
		from, sweep := r.angles(math.Pi / 180)
		if sweep < 0 {
			line := ellipse(centre, major, ratio, from+sweep, from, r.tolerance(math.Hypot(major[0], major[1])))
			line.Reverse()
			return line
		}
		return ellipse(centre, major, ratio, from, from+sweep, r.tolerance(math.Hypot(major[0], major[1])))
	case 4:
		return r.spline()
	}
	r.skipTo(72)
	return nil
}

// angles reads from where to where an arc runs, and in which direction.
func (r *hatchReader) angles(unit float64) (from, sweep float64) {
	from = r.take(50) * unit
	to := r.take(51) * unit
	counterclockwise := r.takeOr(73, 1) != 0
	from, to = turn(from, to)
	if math.IsNaN(from + to) {
		return math.NaN(), math.NaN()
	}
	if !counterclockwise {
		return -from, -(to - from)
	}
	return from, to - from
}

func (r *hatchReader) spline() orb.LineString {
	s := spline{degree: int(r.takeOr(94, 3))}
	r.take(73)
	r.take(74)
	knots, points := r.count(95), r.count(96)
	for ; knots > 0 && !r.done(); knots-- {
		s.knots = append(s.knots, r.take(40))
	}
	for ; points > 0 && !r.done(); points-- {
		s.control = append(s.control, r.point(10, 20))
		if w := r.take(42); !math.IsNaN(w) {
			s.weights = append(s.weights, w)
		}
	}
	if len(r.groups) > 0 && r.groups[0].code == 97 && len(r.groups) > 1 && r.groups[1].code == 11 {
		for n := r.count(97); n > 0 && !r.done(); n-- {
			r.point(11, 21)
		}
	}
	r.take(12)
	r.take(22)
	r.take(13)
	r.take(23)
	return s.line()
}
