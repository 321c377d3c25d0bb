package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/doctor"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// office is a register with the ways out of it and into it.
type office struct {
	t        *testing.T
	db       *postgis.DB
	reg      *registry.Store
	zones    *zone.Store
	exporter *exporter.Exporter
	doctor   *doctor.Doctor
	district string
	files    string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	db := postgistest.New(t)
	o := &office{t: t, db: db, reg: registry.New(db, lib), zones: zone.New(db), district: postgistest.District(t, db), files: t.TempDir()}
	o.reg.Follow(o.zones.CommunitiesMoved)
	o.exporter = exporter.New(db, lib)
	im, err := importer.New(db, o.reg, lib, o.files)
	if err != nil {
		t.Fatal(err)
	}
	o.doctor = doctor.New(db, o.reg, o.zones, im, lib, o.files, time.Now)
	o.reg.FollowUndo(o.zones.UndoImport)
	o.reg.FollowUndo(o.doctor.ImportUndone)
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// furnished has a few things of every kind, with every field and odd shapes.
func (o *office) furnished() *office {
	o.t.Helper()
	ring := func(x, y, w, h float64) orb.Ring {
		return orb.Ring{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}}
	}
	hole := func(x, y, w, h float64) orb.Ring {
		r := ring(x, y, w, h)
		slices.Reverse(r)
		return r
	}
	row := func(g orb.Geometry, values map[string]any) registry.ImportRow {
		return registry.ImportRow{Geometry: g, Values: values}
	}
	var buildings []registry.ImportRow
	for i := range 24 {
		x, y := 106.9003+float64(i%6)*0.0008, 28.9503+float64(i/6)*0.0008
		buildings = append(buildings, row(orb.Polygon{ring(x+0.0000001234*float64(i), y, 0.0002, 0.0001)}, map[string]any{
			"code": fmt.Sprintf("楼-%02d", i), "name": fmt.Sprintf("%d栋", i+1), "use": "residential", "storeys": int64(6 + i%3), "height_m": 18.25,
			"built_year": int64(1985 + i), "households": int64(24 + i), "floor_area_m2": 1234.5 + float64(i),
		}))
	}
	buildings = append(buildings, row(orb.MultiPolygon{ // a courtyard and an annex
		{ring(106.91, 28.95, 0.001, 0.001), hole(106.9103, 28.9503, 0.0004, 0.0004)}, {ring(106.912, 28.95, 0.0003, 0.0003)},
	}, map[string]any{"code": "楼-院", "name": "回字楼“东”", "households": int64(60)}))
	sets := []struct {
		layer string
		rows  []registry.ImportRow
	}{
		{"neighborhoods", []registry.ImportRow{row(orb.Polygon{ring(106.89, 28.94, 0.03, 0.03)}, map[string]any{"code": "N1", "name": "和平社区", "subdistrict_code": "500110001"})}},
		{"communities", []registry.ImportRow{
			row(orb.MultiPolygon{{ring(106.9, 28.95, 0.005, 0.004), hole(106.904, 28.953, 0.0004, 0.0004)}}, map[string]any{
				"code": "C1", "name": "煤建一村", "address": "万盛大道 12 号", "neighborhood_code": "N1", "unit_kind": "compound", "built_year": int64(1988),
				"households": int64(640), "building_count": int64(24), "floor_area_m2": 41234.75, "management_mode": "self_managed", "neglected": true,
				"municipal_missing": "雨污管网、消防", "service_missing": "卫生服务站、社区食堂、助餐、文化活动中心（含青少年、老年活动中心）、health_station", "households_agreed": int64(600), "floor_area_agreed_m2": 39000.5,
				"prior_works": "partial", "in_shantytown_plan": false, "demolish_rebuild": false, "self_built_majority": false, "urban_village": false,
				"poor_conditions": true, "remark": "沿街“门面”，二期，近 Bäckerei Köhler 🏠",
			}),
			row(orb.Polygon{ring(106.91, 28.95, 0.003, 0.002)}, map[string]any{"code": "C2", "name": "电厂宿舍", "unit_kind": "single_building", "neglected": false, "municipal_missing": "", "service_missing": ""}),
		}},
		{"buildings", buildings},
		{"facilities", []registry.ImportRow{
			row(orb.Point{106.9012345678, 28.9512345678}, map[string]any{"code": "F1", "facility_type": "health_station", "name": "卫生服务站", "address": "万盛大道 3 号", "capacity": int64(40)}),
			row(orb.Point{106.915, 28.955}, map[string]any{"code": "F2", "facility_type": "kindergarten", "name": "机关幼儿园", "capacity": int64(270)}),
		}},
		{"idle_buildings", []registry.ImportRow{row(orb.Polygon{ring(106.903, 28.956, 0.0004, 0.0002)}, map[string]any{
			"code": "I1", "name": "旧锅炉房", "address": "煤建一村内", "floor_area_m2": 320.5, "storeys": int64(2), "owner_kind": "state", "use_before": "锅炉房",
			"available_from": time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), "remark": "可作日间照料",
		})}},
		{"roads", []registry.ImportRow{
			row(orb.LineString{{106.9, 28.949}, {106.905, 28.9491}, {106.91, 28.9489}}, map[string]any{"source_ref": "r1", "name": "万盛大道", "class": "primary", "walkable": true, "oneway": true}),
			row(orb.LineString{{106.9, 28.949}, {106.9001, 28.9495}}, map[string]any{"source_ref": "r2", "class": "steps", "walkable": true, "stairs": true, "level": int64(-1)}),
		}},
		{"barriers", []registry.ImportRow{row(orb.LineString{{106.9, 28.95}, {106.905, 28.95}}, map[string]any{"source_ref": "b1", "name": "围墙", "class": "wall"})}},
	}
	o.must(o.db.Write(o.t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		for _, s := range sets {
			write, _ := o.reg.LayerWriter(s.layer)
			if _, err := write(ctx, tx, o.district, "测试", slices.Values(s.rows)); err != nil {
				return fmt.Errorf("%s: %w", s.layer, err)
			}
		}
		if _, err := o.reg.AttachBuildings(ctx, tx, o.district); err != nil {
			return err
		}
		_, err := o.zones.Import(ctx, tx, account.Everything, o.district, "", slices.Values([]registry.ImportRow{
			row(orb.Polygon{ring(106.899, 28.949, 0.02, 0.01)}, map[string]any{"name": "一号片区"}),
			row(orb.MultiPolygon{{ring(106.93, 28.949, 0.004, 0.004)}, {ring(106.936, 28.949, 0.004, 0.004)}}, map[string]any{"name": "二号片区"}),
		}))
		return err
	}))
	return o
}

// out is a layer of the register as a file of a format.
func (o *office) out(layer, format, crs, encoding string) (name string, content []byte) {
	o.t.Helper()
	r, err := o.exporter.OpenRegister(o.t.Context(), account.Everything, o.district, []string{layer})
	o.must(err)
	defer r.Close(o.t.Context())
	single, err := delivery.Register(o.t.Context(), r, delivery.RegisterOrder{Format: format, CRS: crs, Encoding: encoding}, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), o.files, nil)
	o.must(err)
	var b bytes.Buffer
	o.must(single.Write(&b))
	if !strings.HasSuffix(single.Name, ".zip") || format == "shp" {
		return single.Name, b.Bytes()
	}
	pack, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	o.must(err)
	for _, f := range pack.File {
		if f.Name == "字段说明.csv" {
			continue
		}
		in, err := f.Open()
		o.must(err)
		content, err = io.ReadAll(in)
		o.must(err)
		return f.Name, content
	}
	o.t.Fatalf("%s holds no layer", single.Name)
	return "", nil
}

// in brings a file in by the doctor, taking what it proposes.
func (o *office) in(layer, name string, content []byte) (*importer.Report, error) {
	o.t.Helper()
	path := filepath.Join(o.files, uuid.NewString()+filepath.Ext(name))
	o.must(os.WriteFile(path, content, 0o600))
	ctx := o.t.Context()
	i, err := o.doctor.Begin(ctx, o.district, doctor.Upload{
		Path: path, Name: name, Size: int64(len(content)), Decisions: doctor.Decisions{Layers: []doctor.LayerDecision{{Target: layer}}},
	})
	o.must(err)
	args, err := json.Marshal(doctor.Args{Inspection: i.ID})
	o.must(err)
	if _, err := o.doctor.Inspect(ctx, args, nil); err != nil {
		return nil, err
	}
	if i, err = o.doctor.Inspection(ctx, i.ID); err != nil {
		return nil, err
	}
	if i.Diagnosis == nil {
		return nil, fmt.Errorf("no diagnosis: %s", i.Error)
	}
	if len(i.Diagnosis.Questions) > 0 {
		for _, q := range i.Diagnosis.Questions {
			if q.Kind != "duplicates" {
				o.t.Errorf("asks about its own file: %s %s", q.Kind, q.Text)
			}
		}
		if i, _, err = o.doctor.Decide(ctx, i.ID, i.Version, i.Diagnosis.Proposal); err != nil {
			return nil, err
		}
	}
	if i, err = o.doctor.AskImport(ctx, i.ID, i.Version); err != nil {
		return nil, err
	}
	report, err := o.doctor.Import(ctx, args, nil)
	if err != nil {
		return nil, err
	}
	return report.(*importer.Report), nil
}

// said is what a layer says of each thing, by its key.
type said struct {
	values map[string]any
	shape  orb.Geometry
}

// says reads a layer: the fields that files carry, and shapes.
func (o *office) says(layer string) map[string]said {
	o.t.Helper()
	table, key := tableOf[layer], "code"
	fields := zone.ImportLayer().Fields
	for _, l := range registry.ImportLayers() {
		if l.Name == layer {
			fields = l.Fields
		}
		if l.Name == layer && l.Base {
			key = "source_ref"
		}
	}
	if layer == "zones" {
		key = "name"
	}
	rows, err := o.db.Pool.Query(o.t.Context(), `select `+key+`, to_jsonb(t), geom from `+table+` t`)
	o.must(err)
	defer rows.Close()
	all := map[string]said{}
	for rows.Next() {
		var k string
		var record map[string]any
		var g postgis.Geom
		o.must(rows.Scan(&k, &record, &g))
		values := map[string]any{}
		for _, f := range fields {
			if f.Name != "source_ref" && f.Name != "community_code" && (layer != "zones" || f.Name == "name") {
				values[f.Name] = record[f.Name]
			}
		}
		all[k] = said{values, g.Geometry}
	}
	o.must(rows.Err())
	return all
}

var tableOf = map[string]string{
	"communities": "community", "buildings": "building", "facilities": "facility", "idle_buildings": "idle_building",
	"neighborhoods": "neighborhood", "zones": "zone", "roads": "road", "barriers": "barrier",
}

// points are the vertices of a shape.
func points(g orb.Geometry) []orb.Point {
	switch g := g.(type) {
	case orb.Point:
		return []orb.Point{g}
	case orb.LineString:
		return g
	case orb.Polygon:
		var all []orb.Point
		for _, r := range g {
			all = append(all, r...)
		}
		return all
	case orb.MultiPolygon:
		var all []orb.Point
		for _, p := range g {
			all = append(all, points(p)...)
		}
		return all
	}
	return nil
}

// apart is how far the vertices of two shapes are from those of the other, in
// metres; infinite where one has more than the other.
func apart(a, b orb.Geometry) float64 {
	pa, pb := points(a), points(b)
	if len(pa) != len(pb) {
		return math.Inf(1)
	}
	far := 0.0
	for _, p := range pa {
		nearest := math.Inf(1)
		for _, q := range pb {
			x, y := (p[0]-q[0])*111_320*math.Cos(p[1]*math.Pi/180), (p[1]-q[1])*110_900
			nearest = min(nearest, math.Hypot(x, y))
		}
		far = max(far, nearest)
	}
	return far
}

func TestTheRegisterComesBackFromEveryFormat(t *testing.T) {
	source := newOffice(t).furnished()
	plane := []string{"EPSG:4490", "EPSG:4326", "EPSG:4545", "EPSG:4524", "gk:cm=107,fe=500000"}
	for _, c := range []struct {
		format    string
		systems   []string
		encodings []string
		mute      bool // carries no fields
	}{
		{"gpkg", plane, []string{""}, false},
		{"fgb", plane, []string{""}, false},
		{"geojson", plane, []string{""}, false},
		{"kml", plane[:1], []string{""}, false},
		{"kmz", plane[:1], []string{""}, false},
		{"shp", plane, []string{"utf-8", "gbk"}, false},
		{"csv", plane, []string{"utf-8", "gbk"}, false},
		{"xlsx", plane[:3], []string{""}, false},
	} {
		if !slices.Contains(delivery.RegisterFormats(), c.format) {
			t.Logf("the register does not go out as %s", c.format)
			continue
		}
		for _, crs := range c.systems {
			for _, encoding := range c.encodings {
				t.Run(strings.TrimSpace(c.format+" "+crs+" "+encoding), func(t *testing.T) { roundTrip(t, source, c.format, crs, encoding) })
			}
		}
	}
}

func roundTrip(t *testing.T, source *office, format, crs, encoding string) {
	target := newOffice(t)
	for _, layer := range []string{"neighborhoods", "communities", "buildings", "facilities", "idle_buildings", "zones", "roads", "barriers"} {
		name, content := source.out(layer, format, crs, encoding)
		if _, err := target.in(layer, name, content); err != nil {
			t.Errorf("%s: %s: %v", layer, name, err)
			continue
		}
		want, got := source.says(layer), target.says(layer)
		if len(got) != len(want) {
			t.Errorf("%s: %d things, want %d", layer, len(got), len(want))
		}
		for key, w := range want {
			g, there := got[key]
			if !there {
				t.Errorf("%s: %s is missing", layer, key)
				continue
			}
			if d := apart(w.shape, g.shape); !(d <= 0.001) {
				t.Errorf("%s: %s is %.4f m apart", layer, key, d)
			}
			for field, value := range w.values {
				if a, b := fmt.Sprint(value), fmt.Sprint(g.values[field]); a != b && !(value == "" && g.values[field] == nil) {
					t.Errorf("%s: %s: %s is %v, was %v", layer, key, field, g.values[field], value)
				}
			}
		}
	}
	// The totals that planners read.
	const totals = `
		select (select concat(count(*), ' ', sum(households), ' ', round(sum(floor_area_m2)::numeric, 2), ' ', string_agg(eligibility, ',' order by code)) from community)
		    || ' / ' || (select concat(count(*), ' ', sum(households), ' ', round(sum(floor_area_m2)::numeric, 2), ' ', count(community_id)) from building)
		    || ' / ' || (select string_agg(z.name || (select count(*) from zone_community zc where zc.zone_id = z.id), ',' order by z.name) from zone z)`
	var was, is string
	source.must(source.db.Pool.QueryRow(t.Context(), totals).Scan(&was))
	target.must(target.db.Pool.QueryRow(t.Context(), totals).Scan(&is))
	if was != is {
		t.Errorf("totals %s, were %s", is, was)
	}
}

func TestAnExportBroughtBackInAnotherSystemChangesNothing(t *testing.T) {
	for _, c := range []struct{ format, crs string }{
		{"gpkg", "EPSG:4545"}, {"shp", "EPSG:4524"}, {"geojson", "gk:cm=107,fe=500000"}, {"csv", "EPSG:4524"}, {"kml", "EPSG:4490"},
	} {
		t.Run(c.format+" "+c.crs, func(t *testing.T) {
			o := newOffice(t).furnished()
			if _, err := o.db.Pool.Exec(t.Context(), `
				update building set generated = '{geometry,households}'; update community set generated = '{built_year,location}'; update zone set year = 2027`); err != nil {
				t.Fatal(err)
			}
			for _, layer := range []string{"neighborhoods", "communities", "buildings", "facilities", "idle_buildings", "zones", "roads", "barriers"} {
				name, content := o.out(layer, c.format, c.crs, "")
				was := o.whole(layer)
				report, err := o.in(layer, name, content)
				if err != nil {
					t.Errorf("%s: %v", layer, err)
					continue
				}
				if report.Updated+report.Inserted > 0 || report.Unchanged == 0 {
					t.Errorf("%s: %d inserted, %d updated, %d unchanged", layer, report.Inserted, report.Updated, report.Unchanged)
				}
				if is := o.whole(layer); is != was {
					for n, line := range strings.Split(was, "\n") {
						if now := strings.Split(is, "\n")[n]; now != line {
							t.Errorf("%s: changed\n%.600s\nto\n%.600s", layer, line, now)
							break
						}
					}
				}
			}
		})
	}
}

// whole is everything that the register has of a layer.
func (o *office) whole(layer string) (text string) {
	o.t.Helper()
	o.must(o.db.Pool.QueryRow(o.t.Context(), `select coalesce(string_agg(t::text, E'\n' order by t.id), '') from `+tableOf[layer]+` t`).Scan(&text))
	return text
}
