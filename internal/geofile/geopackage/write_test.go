package geopackage_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
)

var at = time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)

func written(t *testing.T, layers ...geofile.Layer) string {
	t.Helper()
	var out bytes.Buffer
	if err := geopackage.Write(t.Context(), &out, layers, geopackage.Options{At: at, Description: "演示区", Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "片区 方案?#1.gpkg")
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func projected(c geo.CRS) []geofile.Layer {
	layers := geofiletest.Layers()
	for i := range layers {
		layers[i] = layers[i].Projected(c)
	}
	return layers
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	for name, c := range geofiletest.Systems(t) {
		t.Run(name, func(t *testing.T) {
			layers := projected(c)
			set, err := geopackage.Open(t.Context(), written(t, layers...), geofile.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = set.Close() }()
			if set.Format != "geopackage" || len(set.Layers) != len(layers) || len(set.Findings) > 0 {
				t.Fatalf("%s, %d layers, %v", set.Format, len(set.Layers), set.Findings)
			}
			for i := range layers {
				geofiletest.Same(t, layers[i], set.Layers[i], geofiletest.Loss{})
				if title := set.Layers[i].Fields[3].Title; title != "建筑面积" {
					t.Errorf("the field has the title %q", title)
				}
			}
		})
	}
}

func TestGDALReadsEveryLayer(t *testing.T) {
	for name, c := range geofiletest.Systems(t) {
		t.Run(name, func(t *testing.T) {
			path := written(t, projected(c)...)
			said := geofiletest.Ogrinfo(t, path)
			geofiletest.Says(t, said,
				"Layer name: facilities", "IDENTIFIER=服务设施", "Geometry: Point", "DESCRIPTION=演示区",
				"Layer name: communities", "Geometry: Multi Polygon", "Layer name: roads", "Geometry: Multi Line String",
				"Feature Count: 4", "Layer name: zones", "Feature Count: 0",
				"households: Integer64", "floor_area_m2: Real", "self_built: Integer(Boolean)", "surveyed_on: Date", "code: String (20.0)",
				"崂山五村", "綦江区古南街道，第二行", "2026/10/31", "31200.25", "-9007199254740993")
			switch {
			case c.SRID() == 0:
				geofiletest.Says(t, said, "CGCS2000", `PARAMETER["Longitude of natural origin",106.5`, `PARAMETER["False easting",350000`)
			case c.Geographic():
				geofiletest.Says(t, said, `ID["EPSG",`+c.String()[5:]+"]]", "Data axis to CRS axis mapping: 2,1")
			default:
				geofiletest.Says(t, said, `ID["EPSG",`+c.String()[5:]+"]]")
			}
		})
	}
}

func TestTheIndexIsWhole(t *testing.T) {
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("sqlite3 (Debian sqlite3) is not there")
	}
	for _, n := range []int{0, 1, 51, 52, 2601, 2602, 9000} {
		var features []geofile.Feature
		for i := range n {
			x, y := 106.9+float64(i*7919%10007)/1e5, 28.9+float64(i*104729%9973)/1e5
			features = append(features, geofile.Feature{Geometry: orb.Polygon{{{x, y}, {x + 0.0001, y}, {x, y + 0.0001}, {x, y}}}})
		}
		features = append(features, geofile.Feature{}) // nowhere
		l := geofile.Layer{Name: `odd "name" of 楼栋`, Shape: geofile.Areas, Features: geofiletest.Features(features)}
		said, err := exec.CommandContext(t.Context(), program, written(t, l), `
			select rtreecheck('rtree_odd "name" of 楼栋_geom');
			select count(*) from "rtree_odd ""name"" of 楼栋_geom";
			select count(*) from "odd ""name"" of 楼栋";
			select count(*) from "rtree_odd ""name"" of 楼栋_geom" where minx >= 106.95 and maxy <= 28.95;
			pragma integrity_check; pragma foreign_key_check;`).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		inside := 0
		for _, f := range features {
			if f.Geometry != nil && f.Geometry.Bound().Min[0] >= 106.95 && f.Geometry.Bound().Max[1] <= 28.95 {
				inside++
			}
		}
		lines := strings.Fields(string(said))
		if len(lines) != 5 || lines[0] != "ok" || lines[4] != "ok" || atoi(t, lines[1]) != n || atoi(t, lines[2]) != n+1 {
			t.Fatalf("%d features: %s", n, said)
		}
		if found := atoi(t, lines[3]); found < inside-2 || found > inside+2 { // coordinates of the index are rounded outward
			t.Errorf("%d features: the index finds %d, want %d", n, found, inside)
		}
	}
}

func TestTheIndexFollowsEdits(t *testing.T) {
	program, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("ogrinfo (Debian gdal-bin) is not there")
	}
	path := written(t, geofiletest.Layers()...)
	for _, sql := range []string{
		"delete from communities where fid = 1",
		"update communities set geom = null where fid = 2",
		"update communities set geom = (select geom from communities where fid = 4) where fid = 3",
		"update communities set fid = 99 where fid = 4",
		"insert into communities (geom, code) select geom, 'new' from communities where fid = 3",
	} {
		if said, err := exec.CommandContext(t.Context(), program, path, "-sql", sql).CombinedOutput(); err != nil || strings.Contains(string(said), "ERROR") {
			t.Fatalf("%s: %v %s", sql, err, said)
		}
	}
	said, err := exec.CommandContext(t.Context(), program, "-ro", path, "-sql", "select group_concat(id) as ids from (select id from rtree_communities_geom order by id)").CombinedOutput()
	if err != nil || !strings.Contains(string(said), "= 3,99,100") {
		t.Errorf("%v %s", err, said)
	}
}

func TestTheSameLayersGiveTheSameBytes(t *testing.T) {
	var files [][]byte
	for range 2 {
		b, err := os.ReadFile(written(t, geofiletest.Layers()...))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, b)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two files of the same layers differ")
	}
}

func TestMixedShapesAndSingleParts(t *testing.T) {
	square := orb.Polygon{{{106, 29}, {106.1, 29}, {106.1, 29.1}, {106, 29}}}
	mixed := geofile.Layer{Name: "sketch", Title: "草图", Shape: geofile.Mixed, Count: 3, Features: geofiletest.Features([]geofile.Feature{
		{Geometry: square}, {Geometry: orb.Point{106, 29}}, {Geometry: orb.LineString{{106, 29}, {106.1, 29}}},
	})}
	single := geofile.Layer{Name: "single", Shape: geofile.Areas, Count: 1, Features: geofiletest.Features([]geofile.Feature{{Geometry: square}})}
	set, err := geopackage.Open(t.Context(), written(t, mixed, single), geofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	geofiletest.Same(t, mixed, set.Layers[0], geofiletest.Loss{})
	single.Features = geofiletest.Features([]geofile.Feature{{Geometry: orb.MultiPolygon{square}}})
	geofiletest.Same(t, single, set.Layers[1], geofiletest.Loss{})
}

func TestAFeatureThatPanicsPanicsWhereItIsWritten(t *testing.T) {
	l := geofiletest.Layers()[0]
	whole := l.Features
	l.Features = func(yield func(geofile.Feature, error) bool) {
		whole(yield)
		panic("a nil zone")
	}
	dir := t.TempDir()
	defer func() {
		if broken := recover(); broken != "a nil zone" {
			t.Errorf("caught %v", broken)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	}()
	err := geopackage.Write(t.Context(), &bytes.Buffer{}, []geofile.Layer{l}, geopackage.Options{Dir: dir})
	t.Errorf("written: %v", err)
}

func TestWritingEndsAtTheFirstFault(t *testing.T) {
	broken := errors.New("the database went away")
	l := geofiletest.Layers()[0]
	whole := l.Features
	l.Features = func(yield func(geofile.Feature, error) bool) {
		for f := range whole {
			if !yield(f, nil) {
				return
			}
		}
		yield(geofile.Feature{}, broken)
	}
	dir := t.TempDir()
	if err := geopackage.Write(t.Context(), &bytes.Buffer{}, []geofile.Layer{l}, geopackage.Options{Dir: dir}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	l.Features = func(yield func(geofile.Feature, error) bool) {
		for i := 0; yield(geofile.Feature{Geometry: orb.Point{106, 29}, Values: make([]any, 6)}, nil); i++ {
			if i == 1000 {
				cancel()
			}
		}
	}
	if err := geopackage.Write(ctx, &bytes.Buffer{}, []geofile.Layer{l}, geopackage.Options{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
