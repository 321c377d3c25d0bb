package registry

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/geo"
)

// rowValues hands out the values of an ImportRow by kind; the first one of
// another kind is its fault.
type rowValues struct {
	entity string
	row    ImportRow
	fault  *InvalidError
}

func (v *rowValues) refuse(field string, value any, detail string) {
	if v.fault == nil {
		v.fault = &InvalidError{Entity: v.entity, Field: field, Row: -1, Value: value, Detail: detail}
	}
}

func (v *rowValues) text(field string) string {
	switch value := v.row.Values[field].(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(value)
	case int64:
		return fmt.Sprint(value)
	default:
		v.refuse(field, value, "应为文字")
		return ""
	}
}

func (v *rowValues) whole(field string) *int {
	value := v.row.Values[field]
	if value == nil {
		return nil
	}
	n, ok := value.(int64)
	if f, isReal := value.(float64); isReal && f == math.Trunc(f) && math.Abs(f) < 1e15 {
		n, ok = int64(f), true
	}
	if !ok || n < math.MinInt32 || n > math.MaxInt32 {
		v.refuse(field, value, "应为整数")
		return nil
	}
	whole := int(n)
	return &whole
}

func (v *rowValues) real(field string) *float64 {
	switch value := v.row.Values[field].(type) {
	case nil:
	case float64:
		return &value
	case int64:
		f := float64(value)
		return &f
	default:
		v.refuse(field, value, "应为数值")
	}
	return nil
}

func (v *rowValues) yes(field string) *bool {
	switch value := v.row.Values[field].(type) {
	case nil:
	case bool:
		return &value
	default:
		v.refuse(field, value, "应为是或否")
	}
	return nil
}

// is is yes where the base map counts every field as said.
func (v *rowValues) is(field string, otherwise bool) bool {
	if value := v.yes(field); value != nil {
		return *value
	}
	return otherwise
}

// source is where the row says that it comes from, else the file.
func (v *rowValues) source(file string) (source string, said bool) {
	if own := v.text("source"); own != "" {
		return own, true
	}
	return file, false
}

// unsaid are those of the fields that the row says nothing about.
func (v *rowValues) unsaid(fields ...string) []string {
	return slices.DeleteFunc(fields, func(f string) bool {
		text, isText := v.row.Values[f].(string)
		return v.row.Values[f] != nil && (!isText || strings.TrimSpace(text) != "")
	})
}

func (v *rowValues) day(field string) *time.Time {
	switch value := v.row.Values[field].(type) {
	case nil:
	case time.Time:
		return &value
	default:
		v.refuse(field, value, "应为日期")
	}
	return nil
}

// list reads several words that stand in one text; nil where it says nothing.
func (v *rowValues) list(field string) *[]string {
	if words, ok := v.row.Values[field].([]string); ok {
		return &words
	}
	if v.row.Values[field] == nil {
		return nil
	}
	words := strings.FieldsFunc(v.text(field), func(r rune) bool { return strings.ContainsRune("、,，;；|", r) })
	list := []string{}
	for _, word := range words {
		if word = strings.TrimSpace(word); word != "" {
			list = append(list, word)
		}
	}
	return &list
}

// area is the row's geometry as the outline of a thing; nil where it has none.
func (v *rowValues) area() orb.MultiPolygon {
	if v.row.Geometry == nil {
		return nil
	}
	area, fault := geo.AsMultiPolygon(v.row.Geometry)
	if fault != nil {
		v.refuse("geometry", nil, fault.Detail)
		return nil
	}
	return geo.Rewind(area)
}

// placed is the geometry of a thing that has an outline or only a point.
func (v *rowValues) placed() (orb.MultiPolygon, *orb.Point) {
	if p, ok := onePoint(v.row.Geometry); ok {
		return nil, &p
	}
	return v.area(), nil
}

func onePoint(g orb.Geometry) (orb.Point, bool) {
	switch g := g.(type) {
	case orb.Point:
		return g, true
	case orb.MultiPoint:
		if len(g) == 1 {
			return g[0], true
		}
	}
	return orb.Point{}, false
}

// spot is the geometry of a thing that is a point: of an area a point inside.
func (v *rowValues) spot() orb.Point {
	if p, ok := onePoint(v.row.Geometry); ok {
		return p
	}
	area := v.area()
	if len(area) == 0 {
		v.refuse("geometry", nil, "缺少图形")
		return orb.Point{}
	}
	center, _ := planar.CentroidArea(area)
	if planar.MultiPolygonContains(area, center) {
		return center
	}
	return across(area[0], center[1])
}

// across is the middle of the widest stretch of a polygon at a latitude, or at
// that of its middle where it is not there.
func across(p orb.Polygon, lat float64) orb.Point {
	b := p.Bound()
	if lat <= b.Min[1] || lat >= b.Max[1] {
		lat = b.Center()[1]
	}
	var cuts []float64
	for _, ring := range p {
		for i := 1; i < len(ring); i++ {
			a, c := ring[i-1], ring[i]
			if (a[1] <= lat) != (c[1] <= lat) {
				cuts = append(cuts, a[0]+(lat-a[1])/(c[1]-a[1])*(c[0]-a[0]))
			}
		}
	}
	best, width := b.Center(), 0.0
	slices.Sort(cuts)
	for i := 1; i < len(cuts); i += 2 {
		if w := cuts[i] - cuts[i-1]; w > width {
			best, width = orb.Point{(cuts[i] + cuts[i-1]) / 2, lat}, w
		}
	}
	return best
}

// parts are the lines of the row's geometry.
func (v *rowValues) parts() []orb.LineString {
	switch g := v.row.Geometry.(type) {
	case orb.LineString:
		return []orb.LineString{g}
	case orb.MultiLineString:
		return g
	case nil:
		v.refuse("geometry", nil, "缺少图形")
	default:
		v.refuse("geometry", nil, "图形应为线")
	}
	return nil
}

// reference is the identity of a row within its source: what the file says or,
// without, the thing's name and shape, so that the same file brings in the same
// things twice.
func (v *rowValues) reference(also ...string) string {
	if ref := v.text("source_ref"); ref != "" {
		return ref
	}
	h := sha256.New()
	for _, part := range append([]string{v.entity}, also...) {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	writeShape(h, v.row.Geometry)
	return "file:" + hex.EncodeToString(h.Sum(nil)[:10])
}

// writeShape writes the points of a shape to about a centimetre, so that what a
// format rounds off makes no other thing.
func writeShape(w interface{ Write([]byte) (int, error) }, g orb.Geometry) {
	if g == nil {
		return
	}
	point := func(p orb.Point) {
		var b [16]byte
		binary.LittleEndian.PutUint64(b[:8], uint64(int64(math.Round(p[0]*1e7))))
		binary.LittleEndian.PutUint64(b[8:], uint64(int64(math.Round(p[1]*1e7))))
		_, _ = w.Write(b[:])
	}
	switch g := g.(type) {
	case orb.Point:
		point(g)
	case orb.MultiPoint:
		for _, p := range g {
			point(p)
		}
	case orb.LineString:
		for _, p := range g {
			point(p)
		}
	case orb.Ring:
		writeShape(w, orb.LineString(g))
	case orb.MultiLineString:
		for _, line := range g {
			writeShape(w, line)
		}
	case orb.Polygon:
		for _, ring := range g {
			writeShape(w, ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			writeShape(w, polygon)
		}
	}
}
