package cql

import (
	"math"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/paulmach/orb"
)

var shapes = map[string]bool{
	"POINT": true, "MULTIPOINT": true, "LINESTRING": true, "MULTILINESTRING": true,
	"POLYGON": true, "MULTIPOLYGON": true, "GEOMETRYCOLLECTION": true,
}

// shape reads well-known text or BBOX(west, south, east, north), and checks it.
func (p *parser) shape(word string, at int) (*node, *Error) {
	var g orb.Geometry
	var fault *Error
	if word == "BBOX" {
		g, fault = p.box()
	} else {
		g, fault = p.text(word)
	}
	if fault != nil {
		return nil, fault
	}
	if f := geo.Check(g, geo.Limits{MaxPoints: geo.MaxDrawnPoints}); f != nil {
		return nil, &Error{at, "图形无效：" + f.Detail, "the geometry is not valid: " + strings.ReplaceAll(string(f.Kind), "_", " ")}
	}
	return p.make(&node{op: opShape, kind: Geometry, value: g, at: at})
}

func (p *parser) place(at orb.Point) orb.Point {
	if p.schema.Point == nil {
		return at
	}
	return p.schema.Point(at)
}

func (p *parser) coordinate() (float64, *Error) {
	negative := p.take("-")
	if !negative {
		p.take("+")
	}
	t := p.next()
	v, err := strconv.ParseFloat(t.text, 64)
	if t.kind != tokenNumber || err != nil || math.IsInf(v, 0) {
		return 0, &Error{t.at, "此处应为坐标", "a coordinate is wanted here"}
	}
	if negative {
		v = -v
	}
	return v, nil
}

// box is a rectangle of the filter's coordinate reference system. Its edges are
// cut into pieces where that is not longitude/latitude, since they bend.
func (p *parser) box() (orb.Geometry, *Error) {
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	var all []float64
	for {
		v, fault := p.coordinate()
		if fault != nil {
			return nil, fault
		}
		all = append(all, v)
		if len(all) > 6 || !p.take(",") {
			break
		}
	}
	if fault := p.want(")"); fault != nil {
		return nil, fault
	}
	if len(all) == 6 { // with heights
		all = []float64{all[0], all[1], all[3], all[4]}
	}
	if len(all) != 4 {
		return nil, &Error{p.peek().at, "BBOX 应有四个数", "BBOX takes four numbers"}
	}
	return Rectangle([4]float64(all), p.schema.Point), nil
}

// Rectangle is a box of a coordinate reference system as a shape in
// longitude/latitude; point is as in Schema.
func Rectangle(b [4]float64, point func(orb.Point) orb.Point) orb.Polygon {
	corners := []orb.Point{{b[0], b[1]}, {b[2], b[1]}, {b[2], b[3]}, {b[0], b[3]}, {b[0], b[1]}}
	pieces := 1
	if point == nil {
		point = func(p orb.Point) orb.Point { return p }
	} else {
		pieces = 16
	}
	ring := orb.Ring{}
	for i := 1; i < len(corners); i++ {
		from, to := corners[i-1], corners[i]
		for k := range pieces {
			s := float64(k) / float64(pieces)
			ring = append(ring, point(orb.Point{from[0] + s*(to[0]-from[0]), from[1] + s*(to[1]-from[1])}))
		}
	}
	ring = append(ring, ring[0])
	if ring.Orientation() == orb.CW {
		ring.Reverse()
	}
	return orb.Polygon{ring}
}

// text reads well-known text behind its first word.
func (p *parser) text(word string) (orb.Geometry, *Error) {
	p.take("Z")
	switch word {
	case "POINT":
		points, fault := p.points()
		if fault == nil && len(points) != 1 {
			fault = &Error{p.peek().at, "POINT 应有一个坐标", "POINT takes one position"}
		}
		if fault != nil {
			return nil, fault
		}
		return points[0], nil
	case "LINESTRING":
		points, fault := p.points()
		return orb.LineString(points), fault
	case "MULTIPOINT":
		points, fault := p.points()
		return orb.MultiPoint(points), fault
	case "MULTILINESTRING":
		lists, fault := list(p, p.points)
		lines := orb.MultiLineString{}
		for _, l := range lists {
			lines = append(lines, l)
		}
		return lines, fault
	case "POLYGON":
		return p.polygon()
	case "MULTIPOLYGON":
		polygons, fault := list(p, p.polygon)
		return orb.MultiPolygon(polygons), fault
	}
	members, fault := list(p, func() (orb.Geometry, *Error) {
		t := p.next()
		if !shapes[t.word()] {
			return nil, &Error{t.at, "此处应为图形", "a geometry is wanted here"}
		}
		if fault := p.enter(); fault != nil {
			return nil, fault
		}
		defer p.leave()
		return p.text(t.word())
	})
	return orb.Collection(members), fault
}

func (p *parser) polygon() (orb.Polygon, *Error) {
	rings, fault := list(p, p.points)
	polygon := orb.Polygon{}
	for _, r := range rings {
		polygon = append(polygon, r)
	}
	return polygon, fault
}

// list reads things in parentheses with commas between them.
func list[T any](p *parser, read func() (T, *Error)) ([]T, *Error) {
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	var all []T
	for {
		v, fault := read()
		if fault != nil {
			return nil, fault
		}
		all = append(all, v)
		if !p.take(",") {
			return all, p.want(")")
		}
	}
}

// points reads positions; those of a MULTIPOINT may have parentheses of their own.
func (p *parser) points() ([]orb.Point, *Error) {
	return list(p, func() (orb.Point, *Error) {
		wrapped := p.take("(")
		var v [2]float64
		for i := range v {
			c, fault := p.coordinate()
			if fault != nil {
				return orb.Point{}, fault
			}
			v[i] = c
		}
		if t := p.peek(); t.kind == tokenNumber || t.is("-") { // a height
			if _, fault := p.coordinate(); fault != nil {
				return orb.Point{}, fault
			}
		}
		if wrapped {
			if fault := p.want(")"); fault != nil {
				return orb.Point{}, fault
			}
		}
		return p.place(v), nil
	})
}
