package flatgeobuf_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/flatgeobuf"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

func bytesOf(t testing.TB, l geofile.Layer) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := flatgeobuf.Write(t.Context(), &out, []geofile.Layer{l}, flatgeobuf.Options{Description: "演示区", Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func file(t testing.TB, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.fgb")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func open(t testing.TB, content []byte) geofile.Source {
	t.Helper()
	set, err := flatgeobuf.Open(t.Context(), file(t, content), geofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set.Layers[0]
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	for name, c := range geofiletest.Systems(t) {
		for _, l := range geofiletest.Layers() {
			t.Run(name+" "+l.Name, func(t *testing.T) {
				l := l.Projected(c)
				s := open(t, bytesOf(t, l))
				geofiletest.Same(t, l, s, geofiletest.Loss{Order: true})
				if s.Fields[3].Title != "建筑面积" {
					t.Errorf("titles %v", s.Fields)
				}
			})
		}
	}
}

func TestGDALReadsEveryLayer(t *testing.T) {
	for name, c := range geofiletest.Systems(t) {
		for _, l := range geofiletest.Layers() {
			t.Run(name+" "+l.Name, func(t *testing.T) {
				said := geofiletest.Ogrinfo(t, file(t, bytesOf(t, l.Projected(c))))
				geofiletest.Says(t, said, "Layer name: "+l.Name, fmt.Sprintf("Feature Count: %d", l.Count), "households: Integer64", "floor_area_m2: Real", "self_built: Integer(Boolean)", "surveyed_on: DateTime")
				if l.Count > 0 {
					geofiletest.Says(t, said, "崂山五村", "綦江区古南街道，第二行", "2026/10/31", "-9007199254740993")
				}
				if c.SRID() != 0 {
					geofiletest.Says(t, said, `ID["EPSG",`+c.String()[5:]+"]]")
				} else {
					geofiletest.Says(t, said, `PARAMETER["Longitude of natural origin",106.5`, `PARAMETER["False easting",350000`)
				}
			})
		}
	}
}

// grid is a layer of many squares; the first has no place where nowhere is set.
func grid(n int, nowhere bool) geofile.Layer {
	features := make([]geofile.Feature, n)
	for i := range features {
		x, y := 106.9+float64(i*7919%10007)/1e5, 28.9+float64(i*104729%9973)/1e5
		features[i] = geofile.Feature{Geometry: orb.Polygon{{{x, y}, {x + 0.0001, y}, {x, y + 0.0001}, {x, y}}}, Values: []any{fmt.Sprint(i)}}
	}
	if nowhere {
		features[0].Geometry = nil
	}
	return geofile.Layer{Name: "grid", Shape: geofile.Areas, Fields: []geofile.Field{{Name: "code", Kind: geofile.Text}}, Count: int64(n), Features: geofiletest.Features(features)}
}

func TestTheIndexFindsWhatGDALFindsWithoutIt(t *testing.T) {
	program, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("ogrinfo (Debian gdal-bin) is not there")
	}
	for _, n := range []int{1, 2, 16, 17, 256, 257, 5000} {
		l := grid(n, false)
		path := file(t, bytesOf(t, l))
		inside := 0
		for f := range l.Features {
			if b := f.Geometry.Bound(); b.Max[0] >= 106.92 && b.Min[0] <= 106.95 && b.Max[1] >= 28.91 && b.Min[1] <= 28.94 {
				inside++
			}
		}
		said, err := exec.CommandContext(t.Context(), program, "-ro", "-al", "-so", "-spat", "106.92", "28.91", "106.95", "28.94", path).CombinedOutput()
		if err != nil || !strings.Contains(string(said), fmt.Sprintf("Feature Count: %d\n", inside)) {
			t.Errorf("of %d features %d lie inside; %v\n%s", n, inside, err, said)
		}
	}
}

func TestFeaturesWithoutAPlaceGoWithoutAnIndex(t *testing.T) {
	content := bytesOf(t, grid(20, true))
	geofiletest.Says(t, geofiletest.Ogrinfo(t, file(t, content)), "Feature Count: 20")
	rows, _ := geofiletest.Read(t, open(t, content))
	if len(rows) != 20 || rows[0].Geometry != nil || rows[0].Values[0] != "0" || rows[1].Geometry == nil {
		t.Errorf("%+v", rows[:2])
	}
}

func TestTheSameLayerGivesTheSameBytes(t *testing.T) {
	if !bytes.Equal(bytesOf(t, grid(300, false)), bytesOf(t, grid(300, false))) {
		t.Error("two files of one layer differ")
	}
}

func TestOneLayerAFile(t *testing.T) {
	if err := flatgeobuf.Write(t.Context(), &bytes.Buffer{}, geofiletest.Layers(), flatgeobuf.Options{}); !errors.Is(err, flatgeobuf.ErrOneLayer) {
		t.Errorf("got %v", err)
	}
}

func TestFilesOfGDAL(t *testing.T) {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("ogr2ogr (Debian gdal-bin) is not there")
	}
	source := filepath.Join(t.TempDir(), "a.geojson")
	err = os.WriteFile(source, []byte(`{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"名称":"崂山五村","户数":420,"d":"2026-01-02","x":1.5,"b":true,"t":"2026-01-02T03:04:05"},"geometry":{"type":"Polygon","coordinates":[[[106.9,28.9,5],[107,28.9,5],[107,29,5],[106.9,28.9,5]]]}},
		{"type":"Feature","properties":{"名称":"点"},"geometry":{"type":"Point","coordinates":[106.9,28.9]}}]}`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range []string{"YES", "NO"} {
		path := filepath.Join(t.TempDir(), "b.fgb")
		if said, err := exec.CommandContext(t.Context(), program, "-f", "FlatGeobuf", "-lco", "SPATIAL_INDEX="+index, "-dim", "XYZ", "-t_srs", "EPSG:4545", "-nln", "小区", path, source).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, said)
		}
		set, err := flatgeobuf.Open(t.Context(), path, geofile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l := set.Layers[0]
		rows, findings := geofiletest.Read(t, l)
		if l.CRS == nil || l.CRS.SRID() != 4545 || l.Shape != geofile.Mixed || len(rows) != 2 || len(findings) != 1 {
			t.Fatalf("%+v %+v %v", l, rows, findings)
		}
		for _, r := range rows {
			if p, ok := r.Geometry.(orb.Point); ok && geofiletest.Apart(l.CRS.Inverse(p), orb.Point{106.9, 28.9}) > 1e-8 {
				t.Errorf("the point lies at %v", l.CRS.Inverse(p))
			}
		}
		if text := fmt.Sprint(rows[0].Values, rows[1].Values); !strings.Contains(text, "崂山五村") || !strings.Contains(text, "420") || !strings.Contains(text, "true") || !strings.Contains(text, "2026-01-02 00:00:00 +0000 UTC") {
			t.Errorf("values %s", text)
		}
	}
}

func TestWhatIsNoFlatGeobufIsRefused(t *testing.T) {
	whole := bytesOf(t, grid(300, false))
	large := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(large[8:], 0xfffffff0)
	old := bytes.Clone(whole)
	old[3] = 2
	for name, content := range map[string][]byte{
		"empty": nil, "a text": []byte("编号,名称\n1,崂山五村\n"), "the mark": whole[:8], "half a header": whole[:40],
		"within the index": whole[:2000], "a header of 4 GB": large, "another version": old,
	} {
		_, err := flatgeobuf.Open(t.Context(), file(t, content), geofile.Options{})
		var refused *geofile.RefusedError
		if !errors.As(err, &refused) || refused.Detail == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := flatgeobuf.Open(t.Context(), file(t, whole), geofile.Options{Limits: geofile.Limits{Rows: 299}})
	var refused *geofile.RefusedError
	if !errors.As(err, &refused) {
		t.Errorf("too many rows: %v", err)
	}
}

func TestACutFileEndsInASentence(t *testing.T) {
	content := bytesOf(t, grid(300, false))
	s := open(t, content[:len(content)-10])
	err := s.Rows(t.Context(), func(geofile.Finding) {}, func(geofile.Row) error { return nil })
	var refused *geofile.RefusedError
	if !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

func TestLargeGeometriesAreFaults(t *testing.T) {
	set, err := flatgeobuf.Open(t.Context(), file(t, bytesOf(t, geofiletest.Layers()[2])), geofile.Options{Limits: geofile.Limits{Points: 6}})
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := geofiletest.Read(t, set.Layers[0])
	faults := 0
	for _, r := range rows {
		if strings.Contains(r.Fault, "6 个坐标点") && r.Geometry == nil {
			faults++
		}
	}
	if faults != 2 {
		t.Errorf("%d faults: %+v", faults, rows)
	}
}

func FuzzOpen(f *testing.F) {
	for _, l := range geofiletest.Layers() {
		f.Add(bytesOf(f, l))
	}
	f.Add(bytesOf(f, grid(40, false)))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "f.fgb")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := flatgeobuf.Open(t.Context(), path, geofile.Options{Limits: geofile.Limits{Rows: 1000, Points: 1000}})
		if err != nil {
			return
		}
		_ = set.Layers[0].Rows(context.WithoutCancel(t.Context()), func(geofile.Finding) {}, func(geofile.Row) error { return nil })
	})
}
