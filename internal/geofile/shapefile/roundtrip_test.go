package shapefile

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

// systems are those that planners hand files over in.
var systems = []string{"EPSG:4490", "EPSG:4326", "EPSG:4545", "EPSG:4524", "gk:cm=106.5,fe=100000,prefix=0,fn=-3000000"}

func system(t *testing.T, text string) geo.CRS {
	t.Helper()
	c, err := geo.ParseCRS(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t *testing.T, opts WriteOptions, layers ...geofile.Layer) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(t.Context(), &b, layers, opts); err != nil {
		t.Fatal(err)
	}
	return save(t, "小区.zip", b.Bytes())
}

func save(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string, opts geofile.Options) *geofile.Dataset {
	t.Helper()
	d, err := Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func rows(t *testing.T, s geofile.Source) ([]geofile.Row, []geofile.Finding) {
	t.Helper()
	rows, found, err := geofiletest.Rows(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return rows, found
}

// What is written comes back: every shape, system and encoding.
func TestRoundTrip(t *testing.T) {
	for _, shape := range []geofile.Shape{geofile.Points, geofile.Lines, geofile.Areas, geofile.NoShape} {
		for _, crs := range systems {
			for _, encoding := range []string{"utf-8", "gbk"} {
				t.Run(fmt.Sprintf("%s %s %s", shape, crs, encoding), func(t *testing.T) {
					c := system(t, crs)
					layer := geofiletest.Layer(shape, c)
					d := open(t, write(t, WriteOptions{Encoding: encoding}, layer), geofile.Options{})
					if len(d.Layers) != 1 || len(d.Findings) != 0 {
						t.Fatalf("got %d layers, findings %v", len(d.Layers), d.Findings)
					}
					compare(t, layer, d.Layers[0])
				})
			}
		}
	}
}

func compare(t *testing.T, layer geofile.Layer, s geofile.Source) {
	t.Helper()
	if s.Name != layer.Name || s.Shape != layer.Shape || s.Count != layer.Count {
		t.Errorf("got %q %q %d", s.Name, s.Shape, s.Count)
	}
	if layer.Shape != geofile.NoShape && (s.CRS == nil || s.CRS.WKT() != layer.CRS.WKT()) {
		t.Errorf("got system %v, want %s", s.CRS, layer.CRS)
	}
	for i, f := range s.Fields {
		if want := layer.Fields[i]; f.Title != want.Title || f.Kind != want.Kind || len(f.Name) > 10 {
			t.Errorf("field %d: got %+v, want %+v", i, f, want)
		}
	}
	got, _ := rows(t, s)
	i := 0
	for f := range layer.Features {
		if i >= len(got) {
			t.Fatalf("only %d rows", len(got))
		}
		if got[i].Number != int64(i+1) || got[i].Fault != "" {
			t.Errorf("row %d: number %d, fault %q", i+1, got[i].Number, got[i].Fault)
		}
		if d := geofiletest.Differ(f.Geometry, got[i].Geometry, geofiletest.Tolerance(layer.CRS)); d != "" {
			t.Errorf("row %d: %s", i+1, d)
		}
		if !reflect.DeepEqual(got[i].Values, f.Values) {
			t.Errorf("row %d: got %v, want %v", i+1, got[i].Values, f.Values)
		}
		i++
	}
}

func TestMixedLayersBecomeSeveralShapefiles(t *testing.T) {
	d := open(t, write(t, WriteOptions{}, geofiletest.Layer(geofile.Mixed, geo.CRS{})), geofile.Options{})
	got := map[string]int{}
	for _, s := range d.Layers {
		r, _ := rows(t, s)
		got[fmt.Sprintf("%s %s", s.Name, s.Shape)] = len(r)
	}
	want := map[string]int{"communities_point point": 1, "communities_line line": 1, "communities_area area": 2, "communities_table ": 1}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMultiPointsAndLayersOfOneNameKeepApart(t *testing.T) {
	layer := geofiletest.Layer(geofile.Points, geo.CRS{})
	layer.Features = geofiletest.Features([]geofile.Feature{
		{Geometry: orb.Point{106, 29}, Values: make([]any, 7)},
		{Geometry: orb.MultiPoint{{106, 29}, {107, 29}}, Values: make([]any, 7)},
	})
	d := open(t, write(t, WriteOptions{}, layer, layer), geofile.Options{})
	var names []string
	for _, s := range d.Layers {
		names = append(names, s.Name)
	}
	if want := "communities communities_2 communities_multipoint communities_multipoint_2"; strings.Join(names, " ") != want {
		t.Errorf("got %v, want %s", names, want)
	}
}

func TestAnyNumberAndTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layer := geofile.Layer{Name: "a", Shape: geofile.Points, Fields: []geofile.Field{
			{Name: "text", Kind: geofile.Text},
			{Name: "real", Kind: geofile.Real},
			{Name: "whole", Kind: geofile.Integer},
			{Name: "when", Kind: geofile.Date},
		}}
		var features []geofile.Feature
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			text := strings.TrimRight(strings.ReplaceAll(rapid.StringN(0, 60, 240).Draw(t, "text"), "\x00", ""), " ")
			day := time.Unix(86400*int64(rapid.IntRange(-300_000, 300_000).Draw(t, "day")), 0).UTC()
			var v any
			if text != "" {
				v = text
			}
			p := orb.Point{rapid.Float64Range(-1e7, 1e8).Draw(t, "x"), rapid.Float64Range(-1e7, 1e8).Draw(t, "y")}
			features = append(features, geofile.Feature{Geometry: p, Values: []any{
				v, rapid.Float64().Filter(func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }).Draw(t, "real"),
				rapid.Int64Range(-99_999_999_999_999, 999_999_999_999_999).Draw(t, "whole"), day,
			}})
		}
		layer.Features = geofiletest.Features(features)
		var b bytes.Buffer
		if err := Write(context.Background(), &b, []geofile.Layer{layer}, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		file, err := os.CreateTemp("", "roundtrip-*.zip")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(file.Name())
		defer file.Close()
		if _, err := file.Write(b.Bytes()); err != nil {
			t.Fatal(err)
		}
		d, err := Open(context.Background(), file.Name(), geofile.Options{Encoding: "utf-8"})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		got, _, err := geofiletest.Rows(context.Background(), d.Layers[0])
		if err != nil || len(got) != len(features) {
			t.Fatalf("%d rows, %v", len(got), err)
		}
		for i, f := range features {
			if !reflect.DeepEqual(got[i].Geometry, f.Geometry) || !reflect.DeepEqual(got[i].Values, f.Values) {
				t.Fatalf("row %d: got %v %v, want %v %v", i, got[i].Geometry, got[i].Values, f.Geometry, f.Values)
			}
		}
	})
}

func TestSameLayersGiveSameBytes(t *testing.T) {
	var files [2]bytes.Buffer
	for i := range files {
		opts := WriteOptions{At: time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)}
		if err := Write(t.Context(), &files[i], []geofile.Layer{geofiletest.Layer(geofile.Areas, geo.CRS{}), geofiletest.Layer(geofile.Mixed, geo.CRS{})}, opts); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("the bytes differ")
	}
}

func TestLongTextsAreCutAtACharacter(t *testing.T) {
	for encoding, want := range map[string]int{"utf-8": 84, "gbk": 127} {
		layer := geofiletest.Layer(geofile.Points, geo.CRS{})
		values := make([]any, 7)
		values[1] = strings.Repeat("楼", 200)
		values[0] = "面积m²"
		layer.Features = geofiletest.Features([]geofile.Feature{{Geometry: orb.Point{106, 29}, Values: values}})
		var told []geofile.Finding
		d := open(t, write(t, WriteOptions{Encoding: encoding, Notice: func(f geofile.Finding) { told = append(told, f) }}, layer), geofile.Options{})
		got, _ := rows(t, d.Layers[0])
		if got[0].Values[1] != strings.Repeat("楼", want) {
			t.Errorf("%s: got %d characters", encoding, len([]rune(got[0].Values[1].(string))))
		}
		kinds := strings.Join(geofiletest.Kinds(told), " ")
		if encoding == "gbk" && (kinds != "characters_beyond_gbk text_cut" || got[0].Values[0] != "面积m²") || encoding == "utf-8" && kinds != "text_cut" {
			t.Errorf("%s: told %v, got %v", encoding, told, got[0].Values[0])
		}
	}
}

// A file in GBK says that it is in GB18030 as soon as a text needs that, and reads
// back whole; GDAL reads the same.
func TestCharactersThatGBKLacksAreKept(t *testing.T) {
	for text, page := range map[string]string{"煤建一村": "936", "Bäckerei Köhler": "GB18030", "新村🏠𠮷": "GB18030", "每户 20 €": "GB18030"} {
		layer := geofiletest.Layer(geofile.Points, geo.CRS{})
		values := make([]any, 7)
		values[0] = text
		layer.Features = geofiletest.Features([]geofile.Feature{{Geometry: orb.Point{106, 29}, Values: values}})
		var told []geofile.Finding
		content := write(t, WriteOptions{Encoding: "gbk", Notice: func(f geofile.Finding) { told = append(told, f) }}, layer)
		got, _ := rows(t, open(t, content, geofile.Options{}).Layers[0])
		if got[0].Values[0] != text {
			t.Errorf("%q: got %q", text, got[0].Values[0])
		}
		files := unzip(t, content)
		declared, _ := os.ReadFile(filepath.Join(files, "communities.cpg"))
		notice, _ := os.ReadFile(filepath.Join(files, "注意.txt"))
		if wide := page != "936"; string(declared) != page || (len(told) > 0) != wide || strings.Contains(string(notice), "GB18030") != wide {
			t.Errorf("%q: code page %s, told %v, notice %s", text, declared, told, notice)
		}
		if out := geofiletest.OGRDump(t, filepath.Join(files, "communities.shp")); !strings.Contains(out, text) {
			t.Errorf("%q: GDAL reads %s", text, out)
		}
	}
}

func TestWriterRefusesWhatTheFormatCannotHold(t *testing.T) {
	layer := geofiletest.Layer(geofile.Areas, geo.CRS{})
	w := WriteOptions{Encoding: "big5"}
	if err := Write(t.Context(), &bytes.Buffer{}, []geofile.Layer{layer}, w); err == nil {
		t.Error("Big5 was taken")
	}
	many := layer
	many.Fields = make([]geofile.Field, 256)
	if err := Write(t.Context(), &bytes.Buffer{}, []geofile.Layer{many}, WriteOptions{}); err == nil {
		t.Error("256 fields were taken")
	}
	wrong := layer
	wrong.Features = geofiletest.Features([]geofile.Feature{{Values: []any{1}}})
	if err := Write(t.Context(), &bytes.Buffer{}, []geofile.Layer{wrong}, WriteOptions{}); err == nil {
		t.Error("a value of another type was taken")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Write(stopped, &bytes.Buffer{}, []geofile.Layer{layer}, WriteOptions{}); err == nil {
		t.Error("a cancelled writing went on")
	}
}

func TestAFileOverTwoGigabytesIsRefused(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	layer := geofiletest.Layer(geofile.Areas, geo.CRS{})
	s, err := newSet(areaShape, layer, &writer{limit: 1000, encode: func(s string) ([]byte, int, int) { return []byte(s), 0, 0 }})
	if err != nil {
		t.Fatal(err)
	}
	for f := range layer.Features {
		if err = s.add(f); err != nil {
			break
		}
	}
	if err != error(errTooLong) {
		t.Errorf("got %v", err)
	}
	if err := s.remove(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
