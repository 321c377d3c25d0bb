package main

import (
	"bytes"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/lianpian/lianpian/demo"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// The files that ship are what the pieces give, byte for byte, each time.
func TestRunningAgainGivesTheSameBytes(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("processors that fuse multiply and add round the last digit differently")
	}
	dir := t.TempDir()
	if err := run("raw", dir, quiet()); err != nil {
		t.Fatal(err)
	}
	shipped := 0
	for _, sub := range []string{"data", "samples"} {
		err := fs.WalkDir(demo.Files(), sub, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			shipped++
			want, err := fs.ReadFile(demo.Files(), path)
			if err != nil {
				return err
			}
			got, err := os.ReadFile(filepath.Join(dir, path))
			if err != nil {
				t.Errorf("%s ships but is not made", path)
			} else if !bytes.Equal(got, want) {
				t.Errorf("%s differs from what ships: run go run ./demo/build", path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if shipped != len(demo.Tables())+4 {
		t.Errorf("%d files ship", shipped)
	}
}

func TestARawFolderWithoutFilesIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir, filepath.Join(dir, "out"), quiet()); err == nil {
		t.Fatal("no error")
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("something was written")
	}
}

func TestPolygonsCutAtATileEdgeBecomeOne(t *testing.T) {
	for name, pieces := range map[string][]geom.Geometry{
		"edge shared":        {rectangle(0, 0, 10, 10), rectangle(10, 0, 30, 10)},
		"a hair in between":  {rectangle(0, 0, 9.9, 10), rectangle(10, 0, 30, 10)},
		"overlap":            {rectangle(0, 0, 12, 10), rectangle(10, 0, 30, 10)},
		"the same one twice": {rectangle(0, 0, 30, 10), rectangle(0, 0, 30, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := unite(pieces)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(polygons(g)); n != 1 {
				t.Fatalf("%d parts", n)
			}
			if math.Abs(g.Area()-300) > 0.5 {
				t.Errorf("area %v, want 300", g.Area())
			}
			if n := g.DumpCoordinates().Length(); n != 5 {
				t.Errorf("%d vertices, want the 5 of a rectangle", n)
			}
		})
	}
}

func TestLinesAreJoinedWhereTilesCutThem(t *testing.T) {
	l := func(xy ...float64) geom.Geometry { return geom.NewLineStringXY(xy...).AsGeometry() }
	for name, c := range map[string]struct {
		pieces []geom.Geometry
		want   []string
	}{
		"in any order": {
			[]geom.Geometry{l(20, 0, 30, 5), l(0, 0, 10, 0), l(10, 0, 20, 0)},
			[]string{"LINESTRING(0 0,20 0,30 5)"},
		},
		"direction is kept": {
			[]geom.Geometry{l(30, 5, 20, 0), l(20, 0, 0, 0)},
			[]string{"LINESTRING(30 5,20 0,0 0)"},
		},
		"a missing part leaves two, the longer first": {
			[]geom.Geometry{l(0, 0, 10, 0), l(40, 0, 60, 0)},
			[]string{"LINESTRING(40 0,60 0)", "LINESTRING(0 0,10 0)"},
		},
		"the same piece twice": {
			[]geom.Geometry{l(0, 0, 10, 0), l(0, 0, 10, 0)},
			[]string{"LINESTRING(0 0,10 0)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			lines := joinLines(c.pieces)
			if len(lines) != len(c.want) {
				t.Fatalf("%d lines: %v", len(lines), lines)
			}
			for i := range lines {
				if got := lineOf(lines[i]).AsText(); got != c.want[i] {
					t.Errorf("got %s, want %s", got, c.want[i])
				}
			}
		})
	}
}

func TestFacesShareTheirVertices(t *testing.T) {
	l := func(xy ...float64) geom.Geometry { return geom.NewLineStringXY(xy...).AsGeometry() }
	parts, err := faces([]geom.Geometry{
		rectangle(0, 0, 90, 60).Boundary(),
		l(30.123, -20, 41.7, 80),   // cuts right through
		l(-5, 33.333, 200, 21.111), // cuts right through
		l(60, 40, 65, 45),          // ends in the open
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(parts) != 4 {
		t.Fatalf("%d parts, want 4", len(parts))
	}
	var gs []geom.Geometry
	var sum float64
	for _, p := range parts {
		gs = append(gs, p.AsGeometry())
		sum += p.Area()
	}
	all, err := geom.UnionMany(gs)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(sum-5400) > 2 || math.Abs(all.Area()-sum) > 1e-6 {
		t.Errorf("parts measure %v, together %v, want 5400", sum, all.Area())
	}
}

func TestCellsDivideThePlane(t *testing.T) {
	centres := []geom.XY{{X: 0, Y: 0}, {X: 100, Y: 10}, {X: 40, Y: 90}}
	square := rectangle(-50, -50, 150, 150)
	var sum float64
	for i := range centres {
		share, err := geom.Intersection(square, cell(centres, i))
		if err != nil {
			t.Fatal(err)
		}
		if !holds(share, centres[i]) {
			t.Errorf("centre %d is not in its cell", i)
		}
		sum += share.Area()
	}
	if math.Abs(sum-40000) > 1e-6 {
		t.Errorf("the cells measure %v, want 40000", sum)
	}
}

func TestThePlaneMeasuresMetres(t *testing.T) {
	g := toPlane(rectangle(121.50, 31.23, 121.51, 31.24))
	const want = 1056283.68 // ST_Area(ST_MakeEnvelope(121.50, 31.23, 121.51, 31.24, 4490)::geography)
	if got := g.Area(); math.Abs(got/want-1) > 1e-4 {
		t.Errorf("area %v, want %v", got, want)
	}
	p := geom.XY{X: 121.4876543, Y: 31.2287654}
	if back := pointToDegrees(pointToPlane(p)); back != p {
		t.Errorf("there and back gives %v, want %v", back, p)
	}
}

func TestWalkable(t *testing.T) {
	for name, c := range map[string]struct {
		class  string
		tunnel bool
		tags   map[string]string
		want   bool
	}{
		"a street":                    {"residential", false, nil, true},
		"steps in a tunnel":           {"steps", true, nil, true},
		"a road tunnel":               {"primary", true, nil, false},
		"a trunk road":                {"trunk", false, nil, false},
		"a trunk road for walkers":    {"trunk", false, map[string]string{"foot": "yes"}, true},
		"a cycleway":                  {"cycleway", false, nil, false},
		"a shared cycleway":           {"cycleway", false, map[string]string{"foot": "designated"}, true},
		"a private drive":             {"service", false, map[string]string{"access": "private"}, false},
		"a private drive for walkers": {"service", false, map[string]string{"access": "private", "foot": "yes"}, true},
		"a street closed to walkers":  {"secondary", false, map[string]string{"foot": "no"}, false},
	} {
		if got := walkable(c.class, c.tunnel, c.tags); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestFacilityKinds(t *testing.T) {
	poi := func(kind, name string, area float64) piece {
		p := piece{props: map[string]any{"kind": kind, "name": name}}
		if area > 0 {
			p.props["area"] = area
		}
		return p
	}
	for _, c := range []struct {
		poi  piece
		want string
	}{
		{poi("toilets", "", 0), "public_toilet"},
		{poi("school", "明珠小学", 0), "primary_school"},
		{poi("school", "东昌南校", 0), "middle_school"},
		{poi("school", "浦光大楼", 0), ""},
		{poi("subway_entrance", "2号口", 0), ""}, // a gate is no facility
		{poi("gate", "", 0), ""},
		{poi("hospital", "上海东方医院", 0), ""}, // no community health centre
		{poi("police", "China MSA", 0), ""},
		{poi("park", "滨江公园", 90000), "park_c15"},
		{poi("park", "滨江公园", 20000), "park_c10"},
		{poi("park", "", 900), "pocket_park"},
	} {
		if got := facilityKind(c.poi); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.poi.text("kind"), c.poi.text("name"), got, c.want)
		}
	}
}
