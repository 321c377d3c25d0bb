package dxf

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// readEntities draws the entities of the model.
func (d *drawing) readEntities(ctx context.Context, s *scanner) error {
	for {
		g, err := s.next()
		if err != nil {
			return err
		}
		if g.code != 0 {
			continue
		}
		if g.value == "ENDSEC" {
			return nil
		}
		e, err := s.entity(g.value)
		if err != nil {
			return err
		}
		if err := d.draw(ctx, e, place{m: identity}); err != nil {
			return err
		}
	}
}

// layerOf is the layer of an entity; within a block, layer 0 is that of the
// insertion.
func (d *drawing) layerOf(e *entity, at place) *layer {
	name := d.text(e.layer)
	if name == "0" && at.layer != "" {
		name = at.layer
	}
	l := d.layers[name]
	if l == nil {
		l = &layer{name: name}
		d.layers[name] = l
		d.order = append(d.order, l)
	}
	return l
}

// draw adds an entity to its layer.
func (d *drawing) draw(ctx context.Context, e *entity, at place) error {
	if e.flags(67) == 1 {
		return nil // on a sheet of paper
	}
	if d.entities++; d.entities > maxEntities {
		return geofile.Refuse("DXF 图形超过 %d 个对象的上限（包括图块展开后的）", maxEntities)
	}
	if len(at.in) > 0 {
		if d.copied++; d.copied > maxCopied {
			return geofile.Refuse("DXF 图块展开后超过 %d 个对象的上限；请在 CAD 里删去不需要的图块后再导入", maxCopied)
		}
	}
	if d.entities%1024 == 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	switch e.kind {
	case "INSERT":
		if err := d.insert(ctx, e, at); err != nil {
			return err
		}
	case "ATTDEF", "SEQEND", "ATTRIB", "VERTEX", "VIEWPORT":
	default:
		d.shape(e, at)
	}
	if d.left < 0 {
		return d.tooMany()
	}
	return nil
}

// shape adds an entity that has a shape of its own.
func (d *drawing) shape(e *entity, at place) {
	l := d.layerOf(e, at)
	m := e.ocs().then(at.m)
	tolerance := func(radius float64) float64 { return max(chordError/max(at.m.size(), 1e-9), radius*1e-5) }
	number := e.number
	centre := orb.Point{number(10, 0), number(20, 0)}
	switch e.kind {
	case "LINE":
		d.segment(l, e, transformed(orb.LineString{centre, {number(11, 0), number(21, 0)}}, at.m))
	case "ARC":
		from, to := number(50, 0)*math.Pi/180, number(51, 0)*math.Pi/180
		from, to = turn(from, to)
		if math.IsNaN(from + to) {
			d.line(l, e, nil, false)
			return
		}
		d.segment(l, e, transformed(arc(centre, number(40, 0), from, to-from, tolerance(number(40, 0))), m))
	case "CIRCLE":
		d.line(l, e, transformed(arc(centre, number(40, 0), 0, 2*math.Pi, tolerance(number(40, 0))), m), true)
	case "ELLIPSE":
		major := orb.Point{number(11, 0), number(21, 0)}
		from, to := number(41, 0), number(42, 2*math.Pi)
		full := math.Abs(to-from-2*math.Pi) < 1e-6
		d.line(l, e, transformed(ellipse(centre, major, number(40, 1), from, to, tolerance(math.Hypot(major[0], major[1]))), at.m), full)
	case "LWPOLYLINE":
		line, closed := e.lightPolyline(tolerance)
		d.line(l, e, transformed(line, m), closed)
	case "POLYLINE":
		d.polyline(l, e, at, m, tolerance)
	case "SPLINE":
		line, closed := e.spline()
		d.line(l, e, transformed(line, at.m), closed)
	case "POINT":
		d.point(l, e, at.m.point(centre), attributes{})
	case "TEXT", "MTEXT":
		if text := d.entityText(e); text != "" {
			d.label(l, e, textPlace(e, m, at.m), text)
		}
	case "SOLID", "TRACE", "3DFACE":
		d.corners(l, e, at, m)
	case "HATCH":
		d.hatch(l, e, m, tolerance)
	default:
		d.note("unread_entities", l.name, "没有读取的图形对象："+geofile.Shorten(d.text(e.kind), 30))
	}
}

// textPlace is where a text stands: the second point of TEXT is its anchor when it
// is not written from the left.
func textPlace(e *entity, m, world matrix) orb.Point {
	if e.kind == "MTEXT" {
		return world.point(orb.Point{e.number(10, 0), e.number(20, 0)})
	}
	if e.flags(72) != 0 || e.flags(73) != 0 {
		if _, ok := e.first(11); ok {
			return m.point(orb.Point{e.number(11, 0), e.number(21, 0)})
		}
	}
	return m.point(orb.Point{e.number(10, 0), e.number(20, 0)})
}

func transformed(line orb.LineString, m matrix) orb.LineString {
	if m == identity {
		return line
	}
	for i, p := range line {
		line[i] = m.point(p)
	}
	return line
}

// vertex is a corner of a polyline, and the bulge of what follows it.
type vertex struct {
	at    orb.Point
	bulge float64
}

// lightPolyline reads the corners of a LWPOLYLINE.
func (e *entity) lightPolyline(tolerance func(float64) float64) (orb.LineString, bool) {
	var corners []vertex
	for _, g := range e.groups {
		switch g.code {
		case 10:
			corners = append(corners, vertex{at: orb.Point{g.number(), 0}})
		case 20:
			if n := len(corners); n > 0 {
				corners[n-1].at[1] = g.number()
			}
		case 42:
			if n := len(corners); n > 0 {
				corners[n-1].bulge = g.number()
			}
		}
	}
	closed := e.flags(70)&1 == 1
	return path(corners, closed, tolerance), closed
}

// path is the line through corners; closed, it ends where it begins.
func path(corners []vertex, closed bool, tolerance func(float64) float64) orb.LineString {
	if len(corners) == 0 {
		return nil
	}
	out := make(orb.LineString, 0, len(corners)+1)
	out = append(out, corners[0].at)
	for i := 1; i < len(corners); i++ {
		p, q := corners[i-1], corners[i]
		out = bulged(out, p.at, q.at, p.bulge, tolerance(math.Hypot(q.at[0]-p.at[0], q.at[1]-p.at[1])))
	}
	if last := corners[len(corners)-1]; closed && last.at != corners[0].at {
		out = bulged(out, last.at, corners[0].at, last.bulge, tolerance(0))
	}
	return out
}

// polyline reads an old POLYLINE with its vertices; meshes are not read.
func (d *drawing) polyline(l *layer, e *entity, at place, m matrix, tolerance func(float64) float64) {
	flags := e.flags(70)
	if flags&(16|64) != 0 {
		d.note("unread_entities", l.name, "没有读取的图形对象：三维网格")
		return
	}
	if flags&8 != 0 {
		m = at.m // in the coordinates of the world
	}
	var corners []vertex
	for _, v := range e.children {
		if v.kind != "VERTEX" || v.flags(70)&16 != 0 {
			continue // a control point of the curve
		}
		corners = append(corners, vertex{orb.Point{v.number(10, 0), v.number(20, 0)}, v.number(42, 0)})
	}
	closed := flags&1 == 1
	d.line(l, e, transformed(path(corners, closed, tolerance), m), closed)
}

func (e *entity) spline() (orb.LineString, bool) {
	s := spline{degree: e.flags(71)}
	var fit orb.LineString
	for _, g := range e.groups {
		switch g.code {
		case 40:
			s.knots = append(s.knots, g.number())
		case 41:
			s.weights = append(s.weights, g.number())
		case 10:
			s.control = append(s.control, orb.Point{g.number(), 0})
		case 20:
			if n := len(s.control); n > 0 {
				s.control[n-1][1] = g.number()
			}
		case 11:
			fit = append(fit, orb.Point{g.number(), 0})
		case 21:
			if n := len(fit); n > 0 {
				fit[n-1][1] = g.number()
			}
		}
	}
	closed := e.flags(70)&1 == 1
	if len(s.control) == 0 {
		return fit, closed
	}
	return s.line(), closed
}

// corners reads the three or four corners of a face. Those of SOLID and TRACE run in
// a zigzag.
func (d *drawing) corners(l *layer, e *entity, at place, m matrix) {
	var p [4]orb.Point
	n := 0
	for i := range p {
		if _, ok := e.first(10 + i); ok {
			p[i] = orb.Point{e.number(10+i, 0), e.number(20+i, 0)}
			n++
		}
	}
	if n < 3 {
		return
	}
	if n == 3 {
		p[3] = p[2]
	}
	if e.kind == "3DFACE" {
		m = at.m
	} else {
		p[2], p[3] = p[3], p[2]
	}
	ring := orb.LineString{p[0], p[1], p[2], p[3]}
	if p[2] == p[3] {
		ring = ring[:3]
	}
	d.line(l, e, transformed(append(ring, p[0]), m), true)
}

// faultOf says why a shape cannot be used, "" when it can.
func (d *drawing) faultOf(e *entity, points []orb.Point) string {
	switch {
	case e.tooLong, len(points) > d.opts.Limits.Points:
		return fmt.Sprintf("图形超过 %d 个点的上限", d.opts.Limits.Points)
	case len(points) == 0:
		return "图形没有坐标"
	}
	for _, p := range points {
		if math.IsNaN(p[0]) || math.IsInf(p[0], 0) || math.IsNaN(p[1]) || math.IsInf(p[1], 0) {
			return "坐标不是数字"
		}
	}
	return ""
}
