package dxf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

func system(t *testing.T, text string) geo.CRS {
	t.Helper()
	c, err := geo.ParseCRS(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func save(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.dxf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func write(t *testing.T, layers ...geofile.Layer) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(t.Context(), &b, layers, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t *testing.T, data []byte, opts geofile.Options) *geofile.Dataset {
	t.Helper()
	d, err := Open(t.Context(), save(t, data), opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func rows(t *testing.T, s geofile.Source) []geofile.Row {
	t.Helper()
	rows, _, err := geofiletest.Rows(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func source(t *testing.T, d *geofile.Dataset, name string) geofile.Source {
	t.Helper()
	var names []string
	for _, s := range d.Layers {
		if s.Name == name {
			return s
		}
		names = append(names, s.Name)
	}
	t.Fatalf("no layer %q among %q", name, names)
	return geofile.Source{}
}

// Features that were written come back whole: parts, holes, values, system.
func TestRoundTrip(t *testing.T) {
	for _, shape := range []geofile.Shape{geofile.Points, geofile.Lines, geofile.Areas} {
		for i, crs := range []string{"EPSG:4545", "EPSG:4524", "gk:cm=106.5,fe=100000,prefix=0,fn=-3000000", "EPSG:4545"} {
			t.Run(fmt.Sprintf("%s %s", shape, crs), func(t *testing.T) {
				layer := geofiletest.Layer(shape, system(t, crs))
				opts, encoding := WriteOptions{}, "UTF-8"
				if i == 3 {
					opts.Encoding, encoding = "gbk", "GB18030"
				}
				var b bytes.Buffer
				if err := Write(t.Context(), &b, []geofile.Layer{layer}, opts); err != nil {
					t.Fatal(err)
				}
				d := open(t, b.Bytes(), geofile.Options{})
				s := source(t, d, "小区")
				if s.Shape != shape || s.CRS == nil || s.CRS.String() != crs || s.Encoding != encoding {
					t.Errorf("got %q %v %s", s.Shape, s.CRS, s.Encoding)
				}
				got := rows(t, s)
				i := 0
				for f := range layer.Features {
					if f.Geometry == nil {
						continue
					}
					if d := geofiletest.Differ(f.Geometry, got[i].Geometry, 0.001); d != "" || got[i].Fault != "" {
						t.Errorf("row %d: %s %s", i, d, got[i].Fault)
					}
					i++
				}
				if i != len(got) {
					t.Errorf("%d rows, want %d", len(got), i)
				}
				want := map[string]string{"code": "WS-001", "name": "老旧小区“一号院”", "households": "1234", "floor_area_m2": "45678.91", "eligible": "是", "decided_on": "2026-03-04"}
				for i, f := range s.Fields {
					if v, ok := want[f.Name]; ok && got[0].Values[i] != v {
						t.Errorf("%s: got %v", f.Name, got[0].Values[i])
					}
					delete(want, f.Name)
				}
				if len(want) > 0 {
					t.Errorf("no fields %v", want)
				}
				if labels := rows(t, source(t, d, "小区_注记")); len(labels) != 3 || labels[0].Values[0] != "老旧小区“一号院”" {
					t.Errorf("labels: %v", labels)
				}
			})
		}
	}
}

func TestLongValuesAndManyLayers(t *testing.T) {
	a := geofiletest.Layer(geofile.Areas, system(t, "EPSG:4545"))
	b := a
	a.Title = `小区<"一">/二`
	long := strings.Repeat("九龙坡区", 200)
	a.Features = geofiletest.Features([]geofile.Feature{{Geometry: geofile.Transform(geofiletest.Shapes(geofile.Areas)[1], a.CRS.Forward), Values: []any{"c", long}}})
	d := open(t, write(t, a, b, b), geofile.Options{})
	s := source(t, d, "小区__一___二")
	if got := rows(t, s); got[0].Values[4] != long {
		t.Errorf("got %v", got[0].Values)
	}
	source(t, d, "小区")
	source(t, d, "小区_2")
}

func TestDegreesAreNotWritten(t *testing.T) {
	var refused *geofile.RefusedError
	err := Write(t.Context(), &bytes.Buffer{}, []geofile.Layer{geofiletest.Layer(geofile.Areas, geo.CRS{})}, WriteOptions{})
	if !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

var quiet = []string{"--config", "CPL_LOG", os.DevNull}

// GDAL, and with it QGIS, reads the drawing in both encodings without being told
// of them. It warns that it cannot recode from 65001, and takes texts as they are.
func TestGDALReadsTheDrawing(t *testing.T) {
	for encoding, options := range map[string][]string{"gbk": nil, "utf-8": quiet} {
		layers := []geofile.Layer{geofiletest.Layer(geofile.Areas, system(t, "EPSG:4545")), geofiletest.Layer(geofile.Points, system(t, "EPSG:4545"))}
		var b bytes.Buffer
		if err := Write(t.Context(), &b, layers, WriteOptions{Encoding: encoding}); err != nil {
			t.Fatal(err)
		}
		dump := geofiletest.OGRDump(t, save(t, b.Bytes()), options...)
		for _, want := range []string{
			"Feature Count: 20", "Layer (String) = 小区\n", "Layer (String) = 小区_2", "Text (String) = 老旧小区“一号院”",
			"LINESTRING (395732.6736 3205882.253,395830.1542 3205881.3719,395831.1556 3205992.2174,395733.6759 3205993.0985,395732.6736 3205882.253)", "POINT Z (395732.6736 3205882.253",
		} {
			if !strings.Contains(dump, want) {
				t.Errorf("%s: GDAL does not say %q:\n%.6000s", encoding, want, dump)
			}
		}
	}
}

func TestWhatGDALWritesIsRead(t *testing.T) {
	layer := geofiletest.Layer(geofile.Areas, system(t, "EPSG:4545"))
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a.dxf"), filepath.Join(dir, "b.dxf")
	if err := os.WriteFile(first, write(t, layer), 0o600); err != nil {
		t.Fatal(err)
	}
	geofiletest.OGR2OGR(t, append(quiet, "-f", "DXF", second, first)...)
	d, err := Open(t.Context(), second, geofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := rows(t, source(t, d, "小区"))
	if len(got) != 10 || got[0].Fault != "" {
		t.Fatalf("%d rings", len(got))
	}
	if texts := rows(t, source(t, d, "小区_注记")); texts[0].Values[0] != "老旧小区“一号院”" {
		t.Errorf("got %v", texts)
	}
}
