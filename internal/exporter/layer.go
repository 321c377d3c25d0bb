package exporter

import (
	"io"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// attribute is a field of a layer with where its value comes from.
type attribute[T any] struct {
	geofile.Field
	of func(*T) any // nil, string, int64, float64, bool or time.Time, as the field's kind asks
}

// sheetOf describes a layer; layer makes it of rows.
type sheetOf[T any] struct {
	name, title string
	shape       geofile.Shape
	style       geofile.Style
	attributes  []attribute[T]
	place       func(*T) orb.Geometry // nil: a table
}

// layer makes a layer of rows, in lon/lat degrees (EPSG:4490).
func (s sheetOf[T]) layer(rows []T) geofile.Layer {
	l := geofile.Layer{
		Name: s.name, Title: s.title, Shape: s.shape, Style: s.style, Count: int64(len(rows)),
		Bound: orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}},
	}
	l.CRS, _ = geo.NewCRS(geo.SRIDCGCS2000)
	for _, a := range s.attributes {
		l.Fields = append(l.Fields, a.Field)
	}
	if s.place != nil {
		for i := range rows {
			if g := s.place(&rows[i]); g != nil {
				if l.Bound.IsEmpty() {
					l.Bound = g.Bound()
				}
				l.Bound = l.Bound.Union(g.Bound())
			}
		}
	}
	l.Features = func(yield func(geofile.Feature, error) bool) {
		for i := range rows {
			f := geofile.Feature{ID: int64(i + 1), Values: make([]any, len(s.attributes))}
			if s.place != nil {
				f.Geometry = s.place(&rows[i])
			}
			for k, a := range s.attributes {
				f.Values[k] = a.of(&rows[i])
			}
			if !yield(f, nil) {
				return
			}
		}
	}
	return l
}

// The kinds of attributes: name and title, the name within ten bytes, and where
// the value comes from.
func texts[T any](name, title, short string, of func(*T) string) attribute[T] {
	return attribute[T]{geofile.Field{Name: name, Title: title, Short: short, Kind: geofile.Text}, func(r *T) any {
		if s := of(r); s != "" {
			return s
		}
		return nil
	}}
}

func counts[T any](name, title, short, unit string, of func(*T) *int64) attribute[T] {
	return attribute[T]{geofile.Field{Name: name, Title: title, Short: short, Kind: geofile.Integer, Unit: unit}, func(r *T) any {
		if v := of(r); v != nil {
			return *v
		}
		return nil
	}}
}

func figures[T any](name, title, short, unit string, of func(*T) *float64) attribute[T] {
	return attribute[T]{geofile.Field{Name: name, Title: title, Short: short, Kind: geofile.Real, Unit: unit}, func(r *T) any {
		if v := of(r); v != nil {
			return *v
		}
		return nil
	}}
}

func whethers[T any](name, title, short string, of func(*T) *bool) attribute[T] {
	return attribute[T]{geofile.Field{Name: name, Title: title, Short: short, Kind: geofile.Boolean}, func(r *T) any {
		if v := of(r); v != nil {
			return *v
		}
		return nil
	}}
}

func days[T any](name, title, short string, of func(*T) time.Time) attribute[T] {
	return attribute[T]{geofile.Field{Name: name, Title: title, Short: short, Kind: geofile.Date}, func(r *T) any {
		at := of(r)
		if at.IsZero() {
			return nil
		}
		y, m, d := at.In(clock.China).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}}
}

func (a attribute[T]) noted(note string) attribute[T] {
	a.Note = note
	return a
}

func wide(v *int) *int64 {
	if v == nil {
		return nil
	}
	n := int64(*v)
	return &n
}

func this[N any](n N) *N { return &n }

// listed joins words, translated.
func listed(codes []string) string {
	said := make([]string, len(codes))
	for i, c := range codes {
		said[i] = word(c)
	}
	return strings.Join(said, "、")
}

// shapeOf is a shape, or no geometry where there is none.
func shapeOf(m orb.MultiPolygon) orb.Geometry {
	if len(m) == 0 {
		return nil
	}
	return geo.Rewind(m)
}

// Dictionary writes what the fields of layers mean, as a table for spreadsheets.
func Dictionary(w io.Writer, layers []geofile.Layer) error {
	rows := [][]string{{"图层", "图层名称", "字段", "字段名称", "短字段名", "类型", "单位", "说明"}}
	kinds := map[geofile.Kind]string{
		geofile.Text: "文本", geofile.Integer: "整数", geofile.Real: "小数", geofile.Boolean: "是否", geofile.Date: "日期",
	}
	for _, l := range layers {
		for _, f := range l.Fields {
			rows = append(rows, []string{l.Name, l.Title, f.Name, f.Title, f.Short, kinds[f.Kind], f.Unit, f.Note})
		}
	}
	return writeCSV(w, rows)
}
