// Package geofiletest holds layers that every format has to carry, and compares
// what comes back. It must never be imported by anything but tests.
package geofiletest

import (
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// Systems are the coordinate systems that files go out in, by names for tests.
func Systems(t testing.TB) map[string]geo.CRS {
	t.Helper()
	out := map[string]geo.CRS{}
	for name, text := range map[string]string{
		"CGCS2000": "EPSG:4490", "WGS 84": "EPSG:4326", "zone by meridian": "EPSG:4545", "zone with prefix": "EPSG:4524",
		"zone of the town": "gk:cm=106.5,fe=350000,prefix=0",
	} {
		c, err := geo.ParseCRS(text)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = c
	}
	return out
}

// Fields are one of each kind.
func Fields() []geofile.Field {
	return []geofile.Field{
		{Name: "code", Title: "编号", Short: "CODE", Kind: geofile.Text, Length: 20},
		{Name: "name", Title: "名称", Short: "NAME", Kind: geofile.Text, Length: 80},
		{Name: "households", Title: "户数", Short: "HOUSEHOLDS", Kind: geofile.Integer, Unit: "户", Note: "在册户数"},
		{Name: "floor_area_m2", Title: "建筑面积", Short: "FLOOR_AREA", Kind: geofile.Real, Unit: "m²"},
		{Name: "self_built", Title: "自建", Short: "SELF_BUILT", Kind: geofile.Boolean},
		{Name: "surveyed_on", Title: "调查日期", Short: "SURVEYED", Kind: geofile.Date},
	}
}

// Values are rows for Fields: Chinese beyond GBK's first plane of frequent
// characters, quotes, a line break, large and missing numbers.
func Values() [][]any {
	day := time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)
	return [][]any{
		{"0012", "崂山五村", int64(420), 31200.25, true, day},
		{"0013", `"引号" <b>&amp; 'x'`, int64(-9_007_199_254_740_993), -0.1, false, day.AddDate(-26, -10, -30)},
		{"0014", "綦江区古南街道，第二行\n在此", nil, nil, nil, nil},
		{"0015", "", int64(0), 0.0, false, day},
	}
}

func place(x, y float64) orb.Point { return orb.Point{106.9 + x/100, 28.95 + y/100} }

func ring(x, y, size float64) orb.Ring {
	return orb.Ring{place(x, y), place(x+size, y), place(x+size, y+size*0.7), place(x+size*0.3, y+size), place(x, y)}
}

func hole(x, y, size float64) orb.Ring {
	r := ring(x, y, size)
	slices.Reverse(r)
	return r
}

// Layers are a layer of each shape, in lon/lat degrees, and one without features.
func Layers() []geofile.Layer {
	return []geofile.Layer{
		layer("facilities", "服务设施", geofile.Points,
			place(0, 0), place(0.123456, 0.654321), place(-0.5, 1), place(1, -0.25)),
		layer("roads", "道路", geofile.Lines,
			orb.MultiLineString{{place(0, 0), place(1, 1), place(2, 1.5)}},
			orb.MultiLineString{{place(0, 0), place(0, 1)}, {place(1, 0), place(1, 1), place(1.2, 1.3)}},
			orb.MultiLineString{{place(-1, -1), place(-1.000001, -1.000001)}},
			orb.MultiLineString{{place(3, 3), place(4, 3)}}),
		layer("communities", "小区", geofile.Areas,
			orb.MultiPolygon{{ring(0, 0, 1)}},
			orb.MultiPolygon{{ring(2, 0, 1), hole(2.4, 0.3, 0.2)}},
			orb.MultiPolygon{{ring(4, 0, 1), hole(4.4, 0.3, 0.2)}, {ring(6, 0, 0.5)}},
			orb.MultiPolygon{{ring(0, 2, 0.01)}}),
		layer("zones", "片区", geofile.Areas),
	}
}

func layer(name, title string, shape geofile.Shape, shapes ...orb.Geometry) geofile.Layer {
	l := geofile.Layer{
		Name: name, Title: title, Shape: shape, Fields: Fields(), Count: int64(len(shapes)),
		Style: geofile.Style{Fill: "#d9a066", Stroke: "#7f5a2b", Width: 0.3, Opacity: 0.6, Label: "name", By: "self_built", Classes: []geofile.Class{
			{Value: true, Title: "自建", Fill: "#3366cc", Stroke: "#224488"},
		}},
	}
	features := make([]geofile.Feature, len(shapes))
	for i, g := range shapes {
		features[i] = geofile.Feature{ID: int64(i + 1), Geometry: g, Values: Values()[i%len(Values())]}
		l.Bound = g.Bound().Union(boundOr(l.Bound, g.Bound()))
	}
	l.Features = Features(features)
	return l
}

func boundOr(b, other orb.Bound) orb.Bound {
	if b == (orb.Bound{}) {
		return other
	}
	return b
}
