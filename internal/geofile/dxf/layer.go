package dxf

import (
	"strings"

	"github.com/paulmach/orb"
)

// kind is what the features of a layer are.
type kind int

const (
	areaKind kind = iota
	lineKind
	pointKind
	textKind
	kinds
)

// layer is a layer of the drawing with what is on it.
type layer struct {
	name     string
	features [kinds][]*feature
	groups   map[string]*feature // of Write: the parts of one feature
	segments []segment           // of lines and arcs that may join
}

// feature is a shape with what is known of it.
type feature struct {
	attributes
	geometry orb.Geometry
	rings    []orb.LineString // of a feature in parts
	closed   bool             // a line that was drawn as closed
}

// attributes are what an entity says beside its shape.
type attributes struct {
	entity, handle string
	block, text    string
	name           string // of a text within the area
	height         float64
	group          string // of Write: which feature this is a part of
	extra          []pair
	fault          string
}

type pair struct{ name, value string }

func (a *attributes) set(name, value string) {
	if name = strings.TrimSpace(name); name != "" && len(a.extra) < maxExtra {
		a.extra = append(a.extra, pair{name, value})
	}
}

// segment is a line that may join others at its ends.
type segment struct {
	line       orb.LineString
	attributes attributes
}

const (
	maxExtra = 200
	// appName marks the extended data that Write leaves with entities.
	appName  = "LIANPIAN"
	groupKey = "#"
)

// attributesOf reads what all entities have, and the extended data of Write. That
// of other programs is of no use here.
func (d *drawing) attributesOf(e *entity) attributes {
	a := attributes{entity: e.kind}
	a.handle, _ = e.first(5)
	own := false
	for _, g := range e.groups {
		switch {
		case g.code == 1001:
			own = g.value == appName
		case own && g.code == 1000:
			text := d.text(g.value)
			name, value, ok := strings.Cut(text, "=")
			switch {
			case !ok:
			case name == groupKey:
				a.group = value
			case name == "+": // a text of more than one string
				if n := len(a.extra); n > 0 {
					a.extra[n-1].value += value
				}
			default:
				a.set(name, value)
			}
		}
	}
	return a
}

// add adds a feature that is complete.
func (d *drawing) add(l *layer, k kind, g orb.Geometry, a attributes, points int) *feature {
	d.left -= int64(points) + 4
	f := &feature{attributes: a, geometry: g}
	l.features[k] = append(l.features[k], f)
	return f
}

// line adds a line; whether it is an area shows when all is read.
func (d *drawing) line(l *layer, e *entity, line orb.LineString, closed bool) {
	a := d.attributesOf(e)
	if a.fault = d.faultOf(e, line); a.fault != "" {
		d.add(l, lineKind, nil, a, 0)
		return
	}
	if a.group != "" {
		d.part(l, a, line, closed)
		return
	}
	d.add(l, lineKind, line, a, len(line)).closed = closed
}

// part adds a part of a feature that Write wrote in several.
func (d *drawing) part(l *layer, a attributes, line orb.LineString, closed bool) {
	k := lineKind
	if closed {
		k = areaKind
	}
	key := string(rune('0'+k)) + a.group
	if f := l.groups[key]; f != nil {
		f.rings = append(f.rings, line)
		d.left -= int64(len(line))
		return
	}
	if l.groups == nil {
		l.groups = map[string]*feature{}
	}
	f := d.add(l, k, nil, a, len(line))
	f.rings = []orb.LineString{line}
	l.groups[key] = f
}

// segment adds a line that may join others.
func (d *drawing) segment(l *layer, e *entity, line orb.LineString) {
	a := d.attributesOf(e)
	if a.fault = d.faultOf(e, line); a.fault != "" {
		d.add(l, lineKind, nil, a, 0)
		return
	}
	d.left -= int64(len(line)) + 4
	l.segments = append(l.segments, segment{line, a})
}

func (d *drawing) point(l *layer, e *entity, p orb.Point, more attributes) {
	a := d.attributesOf(e)
	a.block = more.block
	a.extra = append(a.extra, more.extra...)
	if a.fault = d.faultOf(e, []orb.Point{p}); a.fault != "" {
		d.add(l, pointKind, nil, a, 0)
		return
	}
	if a.group != "" {
		if f := l.groups["p"+a.group]; f != nil {
			f.geometry = append(pointsOf(f.geometry), p)
			return
		}
	}
	f := d.add(l, pointKind, p, a, 1)
	if a.group != "" {
		if l.groups == nil {
			l.groups = map[string]*feature{}
		}
		l.groups["p"+a.group] = f
	}
}

func pointsOf(g orb.Geometry) orb.MultiPoint {
	switch g := g.(type) {
	case orb.Point:
		return orb.MultiPoint{g}
	case orb.MultiPoint:
		return g
	}
	return nil
}

func (d *drawing) label(l *layer, e *entity, p orb.Point, text string) {
	a := d.attributesOf(e)
	a.text, a.height = text, e.number(40, 0)
	if a.fault = d.faultOf(e, []orb.Point{p}); a.fault != "" {
		d.add(l, textKind, nil, a, 0)
		return
	}
	d.add(l, textKind, p, a, 1)
}
