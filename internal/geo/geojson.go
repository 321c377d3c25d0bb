package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// DecodeGeoJSONGeometry reads one GeoJSON geometry object (not a Feature) and
// checks it with Check. Third and fourth ordinates are dropped. The points are
// counted while reading, so that a large text is refused before it is held.
func DecodeGeoJSONGeometry(data []byte, l Limits) (orb.Geometry, *Fault) {
	d := decoder{limit: l.MaxPoints}
	if d.limit <= 0 {
		d.limit = MaxImportPoints
	}
	g, f := d.geometry(data, 0)
	if f != nil {
		return nil, f
	}
	if f := Check(g, l); f != nil {
		return nil, f
	}
	return g, nil
}

type decoder struct {
	limit int // points allowed
	seen  int // points and empty lists so far
	text  []byte
	pos   int
}

func (d *decoder) geometry(data []byte, depth int) (orb.Geometry, *Fault) {
	var object map[string]json.RawMessage // exact member names; a struct would also take "TYPE"
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, syntaxFault(data)
	}
	if object == nil {
		return nil, malformed("应为 GeoJSON 几何对象，收到的是 null。")
	}
	var kind string
	if err := json.Unmarshal(object["type"], &kind); err != nil {
		return nil, malformed("GeoJSON 几何缺少文本类型的 type。")
	}
	if kind == "GeometryCollection" {
		return d.collection(object["geometries"], depth)
	}
	level, ok := map[string]int{
		"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
	}[kind]
	if !ok {
		return nil, &Fault{Kind: WrongType, Detail: fmt.Sprintf("不支持的 GeoJSON 类型 %.40q，应为几何对象。", kind)}
	}
	if object["coordinates"] == nil {
		return nil, malformed("GeoJSON 几何缺少 coordinates。")
	}
	d.text, d.pos = object["coordinates"], 0
	switch level {
	case 0:
		if string(bytes.Join(bytes.Fields(d.text), nil)) == "[]" {
			return nil, emptyFault()
		}
		p, f := d.position()
		return p, f
	case 1:
		points, f := d.points()
		if kind == "MultiPoint" {
			return orb.MultiPoint(points), f
		}
		return orb.LineString(points), f
	case 2:
		lists, f := list(d, d.points)
		if f != nil {
			return nil, f
		}
		if kind == "Polygon" {
			return polygonOf(lists), nil
		}
		lines := make(orb.MultiLineString, len(lists))
		for i, points := range lists {
			lines[i] = points
		}
		return lines, nil
	}
	polygons, f := list(d, func() ([][]orb.Point, *Fault) { return list(d, d.points) })
	m := make(orb.MultiPolygon, len(polygons))
	for i, lists := range polygons {
		m[i] = polygonOf(lists)
	}
	return m, f
}

func polygonOf(lists [][]orb.Point) orb.Polygon {
	p := make(orb.Polygon, len(lists))
	for i, points := range lists {
		p[i] = points
	}
	return p
}

func (d *decoder) collection(data json.RawMessage, depth int) (orb.Geometry, *Fault) {
	if depth >= maxNesting {
		return nil, &Fault{Kind: WrongType, Detail: "几何集合嵌套过深。"}
	}
	var members []json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, malformed("GeometryCollection 缺少 geometries 列表。")
	}
	c := make(orb.Collection, 0, min(len(members), d.limit))
	for _, member := range members {
		if f := d.tally(); f != nil {
			return nil, f
		}
		d.seen--
		g, f := d.geometry(member, depth+1)
		if f != nil {
			return nil, f
		}
		c = append(c, g)
	}
	return c, nil
}

// The text below is valid JSON (encoding/json has read it); only its shape is
// still open.

func (d *decoder) points() ([]orb.Point, *Fault) { return list(d, d.position) }

// list reads an array of what one call of member reads.
func list[T any](d *decoder, member func() (T, *Fault)) ([]T, *Fault) {
	if d.next() != '[' {
		return nil, d.shapeFault()
	}
	d.pos++
	var out []T
	if d.next() == ']' {
		d.pos++
		return out, d.tally()
	}
	for {
		m, f := member()
		if f != nil {
			return nil, f
		}
		out = append(out, m)
		if d.next() != ',' { // in valid JSON this is ]
			d.pos++
			return out, nil
		}
		d.pos++
	}
}

// tally counts what takes memory: points, and empty lists in their place.
func (d *decoder) tally() *Fault {
	if d.seen++; d.seen > d.limit {
		return tooManyFault(d.limit)
	}
	return nil
}

func (d *decoder) position() (orb.Point, *Fault) {
	var p orb.Point
	if f := d.tally(); f != nil {
		return p, f
	}
	if d.next() != '[' {
		return p, d.shapeFault()
	}
	d.pos++
	for n := 0; ; n++ {
		c := d.next()
		if c != '-' && (c < '0' || c > '9') {
			return p, d.shapeFault()
		}
		start := d.pos
		for d.pos < len(d.text) && bytes.IndexByte([]byte("+-.0123456789eE"), d.text[d.pos]) >= 0 {
			d.pos++
		}
		v, _ := strconv.ParseFloat(string(d.text[start:d.pos]), 64) // 1e309 gives +Inf
		if math.IsInf(v, 0) {
			return p, notFinite()
		}
		if n < 2 {
			p[n] = v
		}
		if d.next() == ',' {
			d.pos++
			continue
		}
		d.pos++
		if n < 1 || n > 3 {
			return p, malformed(fmt.Sprintf("坐标应有 2 至 4 个数，收到 %d 个。", n+1))
		}
		return p, nil
	}
}

// next skips white space and shows the next character, 0 at the end.
func (d *decoder) next() byte {
	for d.pos < len(d.text) {
		switch c := d.text[d.pos]; c {
		case ' ', '\t', '\r', '\n':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

func (d *decoder) shapeFault() *Fault {
	if d.next() == '"' {
		return malformed("坐标应为数，收到的是文本。")
	}
	return malformed("coordinates 的层次与几何类型不符，或坐标不是数。")
}

// syntaxFault tells NaN and Infinity, which some programs write, from other
// text that is not JSON.
func syntaxFault(data []byte) *Fault {
	inString := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && (bytes.HasPrefix(data[i:], []byte("NaN")) || bytes.HasPrefix(data[i:], []byte("Infinity"))):
			return notFinite()
		}
	}
	return malformed("不是有效的 GeoJSON 文本。")
}

func notFinite() *Fault {
	return &Fault{Kind: NotFinite, Detail: "坐标不是有限的数（NaN 或无穷大）。"}
}

func malformed(detail string) *Fault { return &Fault{Kind: Malformed, Detail: detail} }
