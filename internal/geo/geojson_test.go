package geo

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func TestDecodeGeoJSONGeometry(t *testing.T) {
	square := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}
	tests := []struct {
		name string
		text string
		want orb.Geometry
	}{
		{"point", `{"type":"Point","coordinates":[106.9,28.9]}`, orb.Point{106.9, 28.9}},
		{"point with height", `{"type":"Point","coordinates":[106.9,28.9,312.5]}`, orb.Point{106.9, 28.9}},
		{"point with height and measure", `{"type":"Point","coordinates":[106.9,28.9,312.5,7]}`, orb.Point{106.9, 28.9}},
		{"exponents", `{"type":"Point","coordinates":[1.069e2,-2.89E+1]}`, orb.Point{106.9, -28.9}},
		{"white space", " {\n\"type\" : \"Point\" , \"coordinates\" : [ 106.9 ,\t28.9 ] } ", orb.Point{106.9, 28.9}},
		{"members we do not know", `{"bbox":[1,2,3,4],"crs":null,"type":"Point","coordinates":[1,2],"x":{"coordinates":[9,9]}}`, orb.Point{1, 2}},
		{"points", `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`, orb.MultiPoint{{1, 2}, {3, 4}}},
		{"line", `{"type":"LineString","coordinates":[[1,2],[3,4]]}`, orb.LineString{{1, 2}, {3, 4}}},
		{"lines", `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}`, orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}},
		{"polygon", `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]}`, orb.Polygon{square}},
		{"polygon with heights", `{"type":"Polygon","coordinates":[[[0,0,1],[4,0,2],[4,4,3],[0,4,4],[0,0,1]]]}`, orb.Polygon{square}},
		{"polygons", `{"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,4],[0,0]]]]}`, orb.MultiPolygon{{square}}},
		{
			"collection", `{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}`,
			orb.Collection{orb.Point{1, 2}, orb.LineString{{1, 2}, {3, 4}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, f := DecodeGeoJSONGeometry([]byte(tt.text), Limits{})
			if f != nil {
				t.Fatal(f)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeGeoJSONGeometryRefuses(t *testing.T) {
	tests := []struct {
		name string
		text string
		want FaultKind
	}{
		{"nothing", ``, Malformed},
		{"null", `null`, Malformed},
		{"a list", `[1,2]`, Malformed},
		{"half a text", `{"type":"Point","coordinates":[1,`, Malformed},
		{"text after the end", `{"type":"Point","coordinates":[1,2]} x`, Malformed},
		{"no type", `{"coordinates":[1,2]}`, Malformed},
		{"type in capitals", `{"TYPE":"Point","coordinates":[1,2]}`, Malformed},
		{"a type that is a number", `{"type":3,"coordinates":[1,2]}`, Malformed},
		{"a feature", `{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}`, WrongType},
		{"a curve", `{"type":"CircularString","coordinates":[[1,2]]}`, WrongType},
		{"no coordinates", `{"type":"Point"}`, Malformed},
		{"coordinates null", `{"type":"Point","coordinates":null}`, Malformed},
		{"NaN", `{"type":"Point","coordinates":[NaN,28.9]}`, NotFinite},
		{"minus infinity", `{"type":"Point","coordinates":[106.9,-Infinity]}`, NotFinite},
		{"NaN only inside a string", `{"type":"NaN" "coordinates":[1,2]}`, Malformed},
		{"1e309", `{"type":"Point","coordinates":[1e309,28.9]}`, NotFinite},
		{"-1e309 in a ring", `{"type":"Polygon","coordinates":[[[0,0],[4,-1e309],[4,4],[0,0]]]}`, NotFinite},
		{"an infinite height", `{"type":"Point","coordinates":[1,2,1e999]}`, NotFinite},
		{"a text coordinate", `{"type":"Point","coordinates":["a",28.9]}`, Malformed},
		{"a number in quotes", `{"type":"Point","coordinates":[106.9,"28.9"]}`, Malformed},
		{"a null coordinate", `{"type":"Point","coordinates":[106.9,null]}`, Malformed},
		{"a boolean coordinate", `{"type":"Point","coordinates":[106.9,true]}`, Malformed},
		{"an object coordinate", `{"type":"Point","coordinates":[106.9,{}]}`, Malformed},
		{"one ordinate", `{"type":"Point","coordinates":[106.9]}`, Malformed},
		{"five ordinates", `{"type":"Point","coordinates":[1,2,3,4,5]}`, Malformed},
		{"a point too deep", `{"type":"Point","coordinates":[[1,2]]}`, Malformed},
		{"a polygon too shallow", `{"type":"Polygon","coordinates":[[0,0],[4,0],[4,4],[0,0]]}`, Malformed},
		{"a polygon too deep", `{"type":"Polygon","coordinates":[[[[0,0],[4,0],[4,4],[0,0]]]]}`, Malformed},
		{"coordinates as an object", `{"type":"LineString","coordinates":{"0":[1,2]}}`, Malformed},
		{"out of range", `{"type":"Point","coordinates":[28.9,106.9]}`, OutOfRange},
		{"a point without coordinates", `{"type":"Point","coordinates":[ ]}`, Empty},
		{"an empty polygon", `{"type":"Polygon","coordinates":[]}`, Empty},
		{"an empty ring", `{"type":"Polygon","coordinates":[[]]}`, Empty},
		{"no polygons", `{"type":"MultiPolygon","coordinates":[]}`, Empty},
		{"a polygon without rings", `{"type":"MultiPolygon","coordinates":[[]]}`, Empty},
		{"an empty collection", `{"type":"GeometryCollection","geometries":[]}`, Empty},
		{"a collection without members", `{"type":"GeometryCollection"}`, Malformed},
		{"a collection of null", `{"type":"GeometryCollection","geometries":[null]}`, Malformed},
		{"collections too deep", strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 20) + strings.Repeat(`]}`, 20), WrongType},
		{"bow tie", `{"type":"Polygon","coordinates":[[[0,0],[4,4],[4,0],[0,4],[0,0]]]}`, SelfIntersection},
		{"unclosed ring", `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4]]]}`, Unclosed},
		{"closed in the plane but not in height is closed", `{"type":"Polygon","coordinates":[[[0,0,1],[4,0,1],[4,4,1],[0,0,9]]]}`, ""},
		{"deep brackets", `{"type":"MultiPolygon","coordinates":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, Malformed},
		{"brackets deeper than JSON may be", strings.Repeat("[", 100_000), Malformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, f := DecodeGeoJSONGeometry([]byte(tt.text), Limits{})
			switch {
			case tt.want == "" && f != nil:
				t.Error(f)
			case tt.want != "" && f == nil:
				t.Errorf("accepted as %v", g)
			case tt.want != "" && f.Kind != tt.want:
				t.Errorf("got %v, want %q", f, tt.want)
			case f != nil && g != nil:
				t.Error("a refused geometry must be nil")
			}
		})
	}
}

func TestDecodeGeoJSONGeometryStopsAtTheLimit(t *testing.T) {
	lists := map[string]string{
		"points":           `{"type":"LineString","coordinates":[` + repeat("[1,2]", 2_000_000) + `]}`,
		"empty rings":      `{"type":"Polygon","coordinates":[` + repeat("[]", 2_000_000) + `]}`,
		"empty geometries": `{"type":"GeometryCollection","geometries":[` + repeat("{}", 500_000) + `]}`,
	}
	for name, text := range lists {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, f := DecodeGeoJSONGeometry([]byte(text), Limits{MaxPoints: MaxDrawnPoints})
			runtime.ReadMemStats(&after)
			if f == nil || (f.Kind != TooManyPoints && f.Kind != Malformed) {
				t.Errorf("got %v", f)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 80<<20 {
				t.Errorf("allocated %d MB for %d MB of text", used>>20, len(text)>>20)
			}
		})
	}
}

func repeat(member string, n int) string {
	return strings.TrimSuffix(strings.Repeat(member+",", n), ",")
}

// Whatever the text, decoding must neither fail hard nor let anything through
// that Check refuses, and what it lets through must survive being written.
func FuzzDecodeGeoJSONGeometry(f *testing.F) {
	for _, seed := range []string{
		`{"type":"Point","coordinates":[106.9,28.9,1]}`,
		`{"type":"Point","coordinates":[NaN,1e309]}`,
		`{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`,
		`{"type":"LineString","coordinates":[[1,2],[3,4]]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[4,4],[4,0],[0,4],[0,0]]]}`,
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,0]]],[]]}`,
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`,
		`{"type":"Polygon","coordinates":[[["a",0]]]}`,
		`{"type":`, `[]`, `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, fault := DecodeGeoJSONGeometry(data, Limits{MaxPoints: 1000})
		if read, unread := ReadGeoJSONGeometry(data, Limits{MaxPoints: 1000}); unread != nil && fault == nil || fault == nil && !cmp.Equal(read, g) {
			t.Fatalf("read unchecked as %v, %v, and checked as %v", read, unread, g)
		}
		if fault != nil {
			if g != nil || fault.Detail == "" || fault.Kind == "" {
				t.Fatalf("half a fault: %v %v", g, fault)
			}
			return
		}
		if fault := Check(g, Limits{MaxPoints: 1000}); fault != nil {
			t.Fatalf("let through: %v", fault)
		}
		again, fault := DecodeGeoJSONGeometry([]byte(write(g)), Limits{MaxPoints: 1000})
		if fault != nil {
			t.Fatalf("%s: %v", write(g), fault)
		}
		if diff := cmp.Diff(g, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzCheck builds rings from bytes: small integers make touches and overlaps.
func FuzzCheck(f *testing.F) {
	f.Add([]byte{0, 0, 4, 0, 4, 4, 0, 4}, uint8(4))
	f.Add([]byte{0, 0, 4, 4, 4, 0, 0, 4}, uint8(4))
	f.Add([]byte{0, 0, 9, 0, 9, 9, 0, 9, 2, 2, 2, 4, 4, 4}, uint8(4))
	f.Fuzz(func(t *testing.T, data []byte, cut uint8) {
		var p orb.Polygon
		var ring orb.Ring
		for i := 0; i+1 < len(data) && i < 200; i += 2 {
			ring = append(ring, orb.Point{float64(data[i] % 12), float64(data[i+1] % 12)})
			if cut > 0 && len(ring) == int(cut) {
				p = append(p, append(ring, ring[0]))
				ring = nil
			}
		}
		if len(ring) > 0 {
			p = append(p, append(ring, ring[0]))
		}
		f := Check(p, Limits{})
		if f == nil && Crossings(orb.MultiPolygon{p}, 10) != 0 {
			t.Fatalf("valid, yet it crosses: %v", p)
		}
		if f == nil && Area(p) <= 0 {
			t.Fatalf("valid, yet without area: %v", p)
		}
	})
}

func write(g orb.Geometry) string {
	point := func(p orb.Point) string { return fmt.Sprintf("[%v,%v]", p[0], p[1]) }
	points := func(l []orb.Point) string { return join(l, point) }
	switch g := g.(type) {
	case orb.Point:
		return `{"type":"Point","coordinates":` + point(g) + `}`
	case orb.MultiPoint:
		return `{"type":"MultiPoint","coordinates":` + points(g) + `}`
	case orb.LineString:
		return `{"type":"LineString","coordinates":` + points(g) + `}`
	case orb.MultiLineString:
		return `{"type":"MultiLineString","coordinates":` + join(g, func(l orb.LineString) string { return points(l) }) + `}`
	case orb.Polygon:
		return `{"type":"Polygon","coordinates":` + join(g, func(r orb.Ring) string { return points(r) }) + `}`
	case orb.MultiPolygon:
		return `{"type":"MultiPolygon","coordinates":` + join(g, func(p orb.Polygon) string {
			return join(p, func(r orb.Ring) string { return points(r) })
		}) + `}`
	case orb.Collection:
		return `{"type":"GeometryCollection","geometries":` + join(g, write) + `}`
	}
	return "null"
}

func join[T any](list []T, one func(T) string) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = one(v)
	}
	return "[" + strings.Join(parts, ",") + "]"
}
