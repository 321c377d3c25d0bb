package geopackage_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
)

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func file(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.gpkg")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// edited is a GeoPackage of the sample layers after some SQL.
func edited(t *testing.T, sql string) string {
	t.Helper()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("sqlite3 (Debian sqlite3) is not there")
	}
	path := written(t, geofiletest.Layers()...)
	if said, err := exec.CommandContext(t.Context(), program, path, sql).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	return path
}

func TestWhatIsNoGeoPackageIsRefused(t *testing.T) {
	whole, err := os.ReadFile(written(t, geofiletest.Layers()...))
	if err != nil {
		t.Fatal(err)
	}
	garbled := bytes.Clone(whole)
	for i := 4096; i < len(garbled); i++ {
		garbled[i] = byte(i * 31)
	}
	for name, path := range map[string]string{
		"a text file":           file(t, []byte("编号,名称\n0012,崂山五村\n")),
		"empty":                 file(t, nil),
		"only the first bytes":  file(t, []byte("SQLite format 3\x00")),
		"the first page":        file(t, whole[:4096]),
		"garbage after page 1":  file(t, garbled),
		"no catalogue":          edited(t, "drop table gpkg_contents"),
		"no layers":             edited(t, "delete from gpkg_contents"),
		"a catalogue of tables": edited(t, "with recursive n(i) as (values(1) union all select i+1 from n where i < 600) insert into gpkg_contents(table_name, data_type) select 't'||i, 'features' from n"),
	} {
		set, err := geopackage.Open(t.Context(), path, geofile.Options{})
		var refused *geofile.RefusedError
		if !errors.As(err, &refused) || refused.Detail == "" {
			t.Errorf("%s: %v, %v", name, set, err)
		}
	}
}

func TestTheFileStaysAsItIs(t *testing.T) {
	path := written(t, geofiletest.Layers()...)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	set, err := geopackage.Open(t.Context(), path, geofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range set.Layers {
		geofiletest.Read(t, l)
	}
	if err := set.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("reading changed the file (%v)", err)
	}
	if beside, err := filepath.Glob(filepath.Dir(path) + "/*"); err != nil || len(beside) != 1 {
		t.Errorf("beside it: %v", beside)
	}
}

func TestGeometriesOfEveryMake(t *testing.T) {
	const pointXYZ = "01e90300000000000000c05a400000000000003d400000000000001440"
	head := func(flags byte, envelope int) string {
		return hex.EncodeToString(append([]byte{'G', 'P', 0, flags, 0x8a, 0x11, 0, 0}, make([]byte, envelope)...))
	}
	xy := "0101000000" + "0000000000c05a40" + "0000000000003d40"
	bigEndian := "0000000001" + "405ac00000000000" + "403d000000000000"
	for name, test := range map[string]struct {
		blob    string
		want    orb.Geometry
		fault   bool
		finding bool
	}{
		"no envelope":                 {head(1, 0) + xy, orb.Point{107, 29}, false, false},
		"big-endian":                  {head(0, 0) + bigEndian, orb.Point{107, 29}, false, false},
		"envelope with Z":             {head(5, 48) + xy, orb.Point{107, 29}, false, false},
		"envelope with M":             {head(7, 48) + xy, orb.Point{107, 29}, false, false},
		"envelope with Z and M":       {head(9, 64) + xy, orb.Point{107, 29}, false, false},
		"no such envelope":            {head(11, 64) + xy, nil, true, false},
		"Z":                           {head(1, 0) + pointXYZ, orb.Point{107, 29}, false, true},
		"Z of extended form":          {head(1, 0) + "0101000080" + pointXYZ[10:], orb.Point{107, 29}, false, true},
		"M":                           {head(1, 0) + "01d1070000" + pointXYZ[10:], orb.Point{107, 29}, false, true},
		"bare well-known binary":      {xy, orb.Point{107, 29}, false, false},
		"with an SRID":                {"01010000208a110000" + xy[10:], orb.Point{107, 29}, false, false},
		"empty":                       {head(0x11, 0) + "0101000000" + "000000000000f87f000000000000f87f", nil, false, false},
		"empty blob":                  {"", nil, false, false},
		"empty polygon":               {head(1, 0) + "010300000000000000", nil, false, false},
		"cut":                         {head(1, 0) + xy[:20], nil, true, false},
		"four thousand million rings": {head(1, 0) + "0103000000ffffffff", nil, true, false},
		"a curve":                     {head(1, 0) + "010800000000000000", nil, true, false},
		"no header":                   {"ffff", nil, true, false},
		"a collection of one":         {head(1, 0) + "010700000001000000" + xy, orb.Point{107, 29}, false, false},
		"a collection":                {head(1, 0) + "010700000002000000" + xy + xy, orb.Collection{orb.Point{107, 29}, orb.Point{107, 29}}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := edited(t, `drop trigger rtree_facilities_geom_insert; delete from facilities; insert into facilities (fid, geom) values (7, x'`+test.blob+`')`)
			set, err := geopackage.Open(t.Context(), path, geofile.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = set.Close() }()
			rows, findings := geofiletest.Read(t, set.Layers[0])
			if len(rows) != 1 || (rows[0].Fault != "") != test.fault || (len(findings) == 1) != test.finding {
				t.Fatalf("%+v %v", rows, findings)
			}
			if test.want == nil && rows[0].Geometry != nil || test.want != nil && !orb.Equal(test.want, rows[0].Geometry) {
				t.Errorf("got %v", rows[0].Geometry)
			}
		})
	}
}

func TestDeepCollectionsAndManyPointsAreBounded(t *testing.T) {
	deep := strings.Repeat("010700000001000000", 100_000) + "0101000000" + "0000000000c05a40" + "0000000000003d40"
	path := edited(t, `drop trigger rtree_facilities_geom_insert; delete from facilities;
		insert into facilities (geom) values (x'475000018a110000`+deep[:18*1000]+`')`)
	set, err := geopackage.Open(t.Context(), path, geofile.Options{Limits: geofile.Limits{Points: 4, AllPoints: 16}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	if rows, _ := geofiletest.Read(t, set.Layers[0]); len(rows) != 1 || rows[0].Fault == "" {
		t.Errorf("%+v", rows)
	}
	rows, err := collect(t.Context(), set.Layers[2])
	if err != nil || !slices.ContainsFunc(rows, func(r geofile.Row) bool { return strings.Contains(r.Fault, "4 个坐标点") }) {
		t.Errorf("%+v %v", rows, err)
	}
	set, err = geopackage.Open(t.Context(), path, geofile.Options{Limits: geofile.Limits{AllPoints: 8}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	var refused *geofile.RefusedError
	if _, err := collect(t.Context(), set.Layers[2]); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
	if _, err := geopackage.Open(t.Context(), path, geofile.Options{Limits: geofile.Limits{Rows: 3}}); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

func collect(ctx context.Context, s geofile.Source) ([]geofile.Row, error) {
	var rows []geofile.Row
	err := s.Rows(ctx, func(geofile.Finding) {}, func(r geofile.Row) error { rows = append(rows, r); return nil })
	return rows, err
}

func TestHostileViewsEndWithTheirContext(t *testing.T) {
	for name, view := range map[string]string{
		"without end":   `with recursive n(i) as (values(1) union all select i from n) select i as fid, null as geom from n where i > 1`,
		"a large value": `select 1 as fid, null as geom, zeroblob(900000000) as big`,
	} {
		t.Run(name, func(t *testing.T) {
			path := edited(t, `create view trap as `+view+`; insert into gpkg_contents (table_name, data_type) values ('trap', 'features');
				insert into gpkg_geometry_columns values ('trap', 'geom', 'GEOMETRY', 4490, 0, 0)`)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			begin := time.Now()
			set, err := geopackage.Open(ctx, path, geofile.Options{})
			if err == nil {
				_, err = collect(ctx, set.Layers[len(set.Layers)-1])
				_ = set.Close()
			}
			var refused *geofile.RefusedError
			if !errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &refused) || time.Since(begin) > 10*time.Second {
				t.Errorf("got %v after %v", err, time.Since(begin))
			}
		})
	}
}

func TestViewsAndOddTablesAreRead(t *testing.T) {
	path := edited(t, `
		create view "小区视图" as select fid, geom, name from communities where fid < 3;
		insert into gpkg_contents (table_name, data_type, identifier, srs_id) values ('小区视图', 'features', '小区视图', 4490);
		insert into gpkg_geometry_columns values ('小区视图', 'geom', 'MULTIPOLYGON', 4490, 0, 0);
		create table notes (id integer primary key, "备注" varchar(20), price decimal(10,2), seen datetime, picture blob, flag boolean, day date);
		insert into notes values (1, '好', 12, '2026-01-02T03:04:05Z', x'ffd8ff00', 1, '1995年'), (2, x'e5a5bd', 1.5, null, 'text', null, '2026-02-03');
		insert into gpkg_contents (table_name, data_type) values ('notes', 'attributes'), ('missing', 'features');`)
	set, err := geopackage.Open(t.Context(), path, geofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	if len(set.Findings) != 1 || set.Findings[0].Layer != "missing" {
		t.Errorf("%v", set.Findings)
	}
	view, notes := set.Layers[len(set.Layers)-2], set.Layers[len(set.Layers)-1]
	rows, _ := geofiletest.Read(t, view)
	if view.Name != "小区视图" || view.Count != 2 || len(rows) != 2 || rows[0].Geometry == nil || rows[1].Values[len(rows[1].Values)-1] != `"引号" <b>&amp; 'x'` {
		t.Errorf("%+v", rows)
	}
	rows, _ = geofiletest.Read(t, notes)
	want := fmt.Sprint([][]any{
		{"好", 12.0, "2026-01-02T03:04:05Z", nil, true, "1995年"},
		{"好", 1.5, nil, "text", nil, time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)},
	})
	if got := fmt.Sprint([][]any{rows[0].Values, rows[1].Values}); notes.Shape != geofile.NoShape || got != want {
		t.Errorf("%s: %s\nwant %s", notes.Shape, got, want)
	}
}

func TestFilesOfGDAL(t *testing.T) {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("ogr2ogr (Debian gdal-bin) is not there")
	}
	source := file(t, []byte(`{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"名称":"崂山五村","户数":420,"d":"2026-01-02","x":1.5,"b":true},"geometry":{"type":"Polygon","coordinates":[[[106.9,28.9,5],[107,28.9,5],[107,29,5],[106.9,28.9,5]]]}},
		{"type":"Feature","properties":{"名称":null},"geometry":null},
		{"type":"Feature","properties":{"名称":"点"},"geometry":{"type":"Point","coordinates":[106.9,28.9]}}]}`))
	path := filepath.Join(t.TempDir(), "b.gpkg")
	if said, err := exec.CommandContext(t.Context(), program, "-f", "GPKG", "-t_srs", "EPSG:4545", "-nln", "小区", path, source).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	set, err := geopackage.Open(t.Context(), path, geofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	l := set.Layers[0]
	rows, findings := geofiletest.Read(t, l)
	if l.Name != "小区" || l.CRS == nil || l.CRS.SRID() != 4545 || l.Shape != geofile.Mixed || len(rows) != 3 || rows[1].Geometry != nil || len(findings) != 1 {
		t.Fatalf("%+v %+v %v", l, rows, findings)
	}
	corner := l.CRS.Inverse(rows[2].Geometry.(orb.Point))
	if geofiletest.Apart(corner, orb.Point{106.9, 28.9}) > 1e-8 {
		t.Errorf("the point lies at %v", corner)
	}
}

func FuzzOpen(f *testing.F) {
	var out bytes.Buffer
	l := geofiletest.Layers()[0]
	if err := geopackage.Write(f.Context(), &out, []geofile.Layer{l}, geopackage.Options{Dir: f.TempDir()}); err != nil {
		f.Fatal(err)
	}
	f.Add(5000, []byte{0xff}, out.Len())
	f.Add(100, []byte{0, 1, 2}, 9000)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, at int, patch []byte, size int) {
		content := bytes.Clone(out.Bytes())
		if size < 0 || size > len(content) || at < 0 || at+len(patch) > size {
			return
		}
		copy(content[at:], patch)
		path := filepath.Join(dir, "f.gpkg")
		if err := os.WriteFile(path, content[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		set, err := geopackage.Open(ctx, path, geofile.Options{Limits: geofile.Limits{Rows: 1000}})
		if err != nil {
			return
		}
		for _, l := range set.Layers {
			_, _ = collect(ctx, l)
		}
		if ctx.Err() != nil {
			t.Fatal("reading does not end")
		}
		_ = set.Close()
	})
}
