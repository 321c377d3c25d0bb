// Package geofiletest helps tests of file formats: layers with every kind of field
// and shape, and the comparison of what was written with what came back. It must
// never be used outside of tests.
package geofiletest

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// Features makes a sequence of features that can be run through again.
func Features(features []geofile.Feature) iter.Seq2[geofile.Feature, error] {
	return func(yield func(geofile.Feature, error) bool) {
		for _, f := range features {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// kinds are fields, one of each kind.
func kinds() []geofile.Field {
	return []geofile.Field{
		{Name: "code", Title: "小区编码", Short: "code", Kind: geofile.Text},
		{Name: "name", Title: "小区名称", Short: "name", Kind: geofile.Text, Note: "以地名办公布的为准"},
		{Name: "households", Title: "户数", Kind: geofile.Integer, Unit: "户"},
		{Name: "floor_area_m2", Title: "建筑面积", Kind: geofile.Real, Unit: "m²"},
		{Name: "floor_area_agreed_m2", Title: "同意建筑面积", Kind: geofile.Real, Unit: "m²"},
		{Name: "eligible", Title: "符合条件", Kind: geofile.Boolean},
		{Name: "decided_on", Title: "决定日期", Kind: geofile.Date},
	}
}

// Layer is a layer of five features around a place in Chongqing, in the given
// system; the last has no geometry and no values.
func Layer(shape geofile.Shape, c geo.CRS) geofile.Layer {
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	values := [][]any{
		{"WS-001", "老旧小区“一号院”", int64(1234), 45678.91, 0.1, true, day},
		{"WS-002", "万盛,\"东林\"街道\n二号", int64(0), -3.5, 1e-7, false, day.AddDate(-40, 2, 3)},
		{"WS-003", "三号 ＡＢ", int64(-5), 123456789.125, 2.0 / 3, nil, nil},
		{"WS-004", nil, nil, nil, nil, true, day},
		{"WS-005", nil, nil, nil, nil, nil, nil},
	}
	shapes := Shapes(shape)
	features := make([]geofile.Feature, len(values))
	bound := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for i, v := range values {
		features[i] = geofile.Feature{ID: int64(i + 1), Geometry: shapes[i], Values: v}
		if shapes[i] != nil {
			bound = bound.Union(shapes[i].Bound())
		}
	}
	return geofile.Layer{
		Name: "communities", Title: "小区", Shape: shape, Fields: kinds(), Count: int64(len(features)), Bound: bound,
		Style:    geofile.Style{Fill: "#f4c27a", Stroke: "#8a5a00", Width: 0.3, Label: "name"},
		Features: Features(features),
	}.Projected(c)
}

// Shapes are five geometries of a shape in lon/lat degrees; the last is nil.
func Shapes(shape geofile.Shape) []orb.Geometry {
	square := func(x, y, size float64) orb.Ring {
		return orb.Ring{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}}
	}
	hole := func(x, y, size float64) orb.Ring { r := square(x, y, size); r.Reverse(); return r }
	const x, y = 106.9303125, 28.9651875
	switch shape {
	case geofile.Points:
		return []orb.Geometry{orb.Point{x, y}, orb.Point{x + 1e-8, y}, orb.Point{106.5, 29.5}, orb.Point{x, y + 0.01}, nil}
	case geofile.Lines:
		return []orb.Geometry{
			orb.LineString{{x, y}, {x + 0.001, y + 0.002}, {x + 0.003, y}},
			orb.MultiLineString{{{x, y}, {x, y + 0.001}}, {{x + 0.01, y}, {x + 0.01, y + 0.001}}},
			orb.LineString{{106.5, 29.5}, {106.50001, 29.5}},
			orb.LineString{{x, y}, {x + 0.1, y + 0.1}},
			nil,
		}
	case geofile.Areas:
		return []orb.Geometry{
			orb.Polygon{square(x, y, 0.001)},
			orb.Polygon{square(x, y, 0.01), hole(x+0.001, y+0.001, 0.002), hole(x+0.005, y+0.005, 0.001)},
			orb.MultiPolygon{{square(x, y, 0.001)}, {square(x+0.01, y, 0.005), hole(x+0.011, y+0.001, 0.001)}},
			// An island in the lake of a park.
			orb.MultiPolygon{{square(x, y, 0.01), hole(x+0.002, y+0.002, 0.006)}, {square(x+0.004, y+0.004, 0.002)}},
			nil,
		}
	case geofile.Mixed:
		return []orb.Geometry{
			orb.Point{x, y},
			orb.LineString{{x, y}, {x + 0.001, y}},
			orb.Polygon{square(x, y, 0.001)},
			orb.MultiPolygon{{square(x, y, 0.001)}, {square(x+0.01, y, 0.005)}},
			nil,
		}
	}
	return make([]orb.Geometry, 5)
}

// Rows reads all of a source.
func Rows(ctx context.Context, s geofile.Source) (rows []geofile.Row, found []geofile.Finding, err error) {
	err = s.Rows(ctx, func(f geofile.Finding) { found = append(found, f) }, func(r geofile.Row) error {
		rows = append(rows, r)
		return nil
	})
	return rows, found, err
}

// Kinds are the kinds of findings.
func Kinds(findings []geofile.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Kind)
	}
	return out
}

// Differ says how two geometries differ by more than a tolerance in their units,
// "" when they do not. Where rings begin, their direction, and whether a single part
// counts as several, is the same.
func Differ(a, b orb.Geometry, tolerance float64) string {
	if a == nil || b == nil {
		if a == nil && b == nil {
			return ""
		}
		return fmt.Sprintf("%v and %v", a, b)
	}
	x, y := partsOf(a), partsOf(b)
	if len(x) != len(y) {
		return fmt.Sprintf("%d and %d parts", len(x), len(y))
	}
	for i := range x {
		if x[i].kind != y[i].kind {
			return fmt.Sprintf("part %d: %s and %s", i, x[i].kind, y[i].kind)
		}
		if !sameLine(x[i], y[i], tolerance) {
			return fmt.Sprintf("part %d (%s): %v and %v", i, x[i].kind, x[i].points, y[i].points)
		}
	}
	return ""
}

type stretch struct {
	kind   string
	points []orb.Point
}

func partsOf(g orb.Geometry) []stretch {
	var out []stretch
	switch g := g.(type) {
	case orb.Point:
		out = append(out, stretch{"point", []orb.Point{g}})
	case orb.MultiPoint:
		for _, p := range g {
			out = append(out, stretch{"point", []orb.Point{p}})
		}
	case orb.LineString:
		out = append(out, stretch{"line", g})
	case orb.MultiLineString:
		for _, l := range g {
			out = append(out, stretch{"line", l})
		}
	case orb.Polygon:
		for i, r := range g {
			kind := "hole"
			if i == 0 {
				kind = "shell"
			}
			out = append(out, stretch{kind, r})
		}
	case orb.MultiPolygon:
		for _, p := range g {
			out = append(out, partsOf(p)...)
		}
	}
	return out
}

func sameLine(a, b stretch, tolerance float64) bool {
	if a.kind == "shell" || a.kind == "hole" {
		return sameRing(a.points, b.points, tolerance)
	}
	return samePoints(a.points, b.points, tolerance)
}

func samePoints(a, b []orb.Point, tolerance float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !near(a[i], b[i], tolerance) {
			return false
		}
	}
	return true
}

func near(a, b orb.Point, tolerance float64) bool {
	return math.Abs(a[0]-b[0]) <= tolerance && math.Abs(a[1]-b[1]) <= tolerance
}

func sameRing(a, b []orb.Point, tolerance float64) bool {
	if len(a) != len(b) || len(a) < 2 {
		return len(a) == len(b)
	}
	a, b = a[1:], b[1:] // closed
	n := len(a)
	for start := range n {
		forward, backward := true, true
		for i := range n {
			forward = forward && near(a[i], b[(start+i)%n], tolerance)
			backward = backward && near(a[i], b[((start-i)%n+n)%n], tolerance)
			if !forward && !backward {
				break
			}
		}
		if forward || backward {
			return true
		}
	}
	return false
}

// Tolerance is a millimetre in the units of a system.
func Tolerance(c geo.CRS) float64 {
	if c.Geographic() {
		return 0.001 / 111_320
	}
	return 0.001
}
