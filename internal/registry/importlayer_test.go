package registry_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// bring brings rows into a layer.
func (b *bench) bring(layer string, rows ...registry.ImportRow) (registry.BulkResult, error) {
	b.t.Helper()
	write, ok := b.LayerWriter(layer)
	if !ok {
		b.t.Fatalf("no layer %s", layer)
	}
	var out registry.BulkResult
	err := b.db.Write(b.t.Context(), func(ctx context.Context, tx *postgis.Tx) (err error) {
		out, err = write(ctx, tx, b.district, "测绘成果.zip", slices.Values(rows))
		return err
	})
	return out, err
}

func (b *bench) mustBring(want registry.BulkResult, layer string, rows ...registry.ImportRow) {
	b.t.Helper()
	got, err := b.bring(layer, rows...)
	if err != nil || got != want {
		b.t.Fatalf("%s: %+v, %v; want %+v", layer, got, err, want)
	}
}

var (
	twoLines = orb.MultiLineString{{{106.9, 28.95}, {106.901, 28.95}}, {{106.902, 28.95}, {106.903, 28.95}}}
	hook     = orb.Polygon{{ // its centroid is outside
		{106.9, 28.95}, {106.902, 28.95}, {106.902, 28.952}, {106.9018, 28.952}, {106.9018, 28.9502}, {106.9, 28.9502}, {106.9, 28.95},
	}}
)

// someValue is a value of a field that the register takes.
func someValue(layer string, f geofile.Field) any {
	special := map[string]any{
		"unit_kind": "compound", "management_mode": "professional", "prior_works": "none", "subdistrict_code": "万盛街道",
		"neighborhood_code": "n1", "community_code": "given", "facility_type": "health_station", "owner_kind": "state",
		"use": "residential", "municipal_missing": "雨污管网、消防", "service_missing": "", "built_year": int64(1990), "storeys": int64(6),
		"class": "residential",
	}
	if v, ok := special[f.Name]; ok {
		return v
	}
	switch f.Kind {
	case geofile.Integer:
		return int64(12)
	case geofile.Real:
		return 34.5
	case geofile.Boolean:
		return true
	case geofile.Date:
		return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	}
	return f.Name + "-值"
}

func shapeFor(s geofile.Shape) orb.Geometry {
	switch s {
	case geofile.Points:
		return orb.Point{106.9005, 28.9505}
	case geofile.Lines:
		return twoLines[0]
	}
	return square(106.9, 28.95)[0]
}

// Every field of every layer reaches its column, in every shape, and the same
// row again changes nothing.
func TestEveryFieldOfEveryLayerIsStored(t *testing.T) {
	tables := map[string]string{
		"communities": "community", "buildings": "building", "facilities": "facility", "neighborhoods": "neighborhood",
		"idle_buildings": "idle_building", "roads": "road", "barriers": "barrier",
	}
	for _, layer := range registry.ImportLayers() {
		for _, shape := range layer.Shapes {
			t.Run(layer.Name+" "+string(shape), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				b.write(func(ctx context.Context, tx *postgis.Tx) error {
					_, err := b.UpsertNeighborhoods(ctx, tx, b.district, []registry.NeighborhoodRow{{Code: "n1", Name: "社区"}})
					return err
				})
				b.upsertCommunities(registry.CommunityRow{Code: "given", Name: "已有小区"})
				row := registry.ImportRow{Number: 1, Geometry: shapeFor(shape), Values: map[string]any{}}
				for _, f := range layer.Fields {
					row.Values[f.Name] = someValue(layer.Name, f)
				}
				if fault := b.CheckImportRow(layer.Name, row); fault != nil {
					t.Fatal(fault)
				}
				b.mustBring(registry.BulkResult{Inserted: 1}, layer.Name, row)
				b.mustBring(registry.BulkResult{Unchanged: 1}, layer.Name, row)
				key := "code"
				if layer.Base {
					key = "source_ref"
				}
				var stored map[string]any
				if err := b.db.Pool.QueryRow(t.Context(), `select to_jsonb(t) from `+tables[layer.Name]+` t where `+key+` = $1`, row.Values[key]).Scan(&stored); err != nil {
					t.Fatal(err)
				}
				for _, f := range layer.Fields {
					column := map[string]string{"community_code": "community_id"}[f.Name]
					if column == "" {
						column = f.Name
					}
					value, there := stored[column]
					if !there || value == nil || value == "" {
						t.Errorf("%s: %v of a row with %v", f.Name, value, row.Values[f.Name])
					}
				}
				if sub := stored["subdistrict_code"]; sub != nil && sub != west {
					t.Errorf("subdistrict_code is %v, want the code of 万盛街道", sub)
				}
			})
		}
	}
}

func TestRowsWithoutIdentityComeInOnce(t *testing.T) {
	for layer, row := range map[string]registry.ImportRow{
		"communities":    {Geometry: square(106.9, 28.95), Values: map[string]any{"name": "甲"}},
		"buildings":      {Geometry: square(106.9, 28.95)},
		"facilities":     {Geometry: orb.Point{106.9, 28.95}, Values: map[string]any{"facility_type": "health_station"}},
		"neighborhoods":  {Geometry: square(106.9, 28.95), Values: map[string]any{"name": "甲社区"}},
		"idle_buildings": {Geometry: square(106.9, 28.95)},
		"roads":          {Geometry: twoLines[0]},
		"barriers":       {Geometry: twoLines[0]},
	} {
		t.Run(layer, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.mustBring(registry.BulkResult{Inserted: 1}, layer, row)
			b.mustBring(registry.BulkResult{Unchanged: 1}, layer, row)
		})
	}
}

func TestARoadInPartsIsSeveralRoads(t *testing.T) {
	b := newBench(t)
	rows := []registry.ImportRow{{Geometry: twoLines, Values: map[string]any{"name": "滨江路"}}, {Geometry: twoLines, Values: map[string]any{"name": "滨江路"}}}
	b.mustBring(registry.BulkResult{Inserted: 2}, "roads", rows...)
	if n := b.count(`select count(distinct source_ref) from road where name = '滨江路' and walkable`); n != 2 {
		t.Errorf("%d roads", n)
	}
	b.mustBring(registry.BulkResult{Inserted: 1}, "roads", registry.ImportRow{Geometry: twoLines[0], Values: map[string]any{"class": "motorway"}})
	if n := b.count(`select count(*) from road where class = 'motorway' and not walkable`); n != 1 {
		t.Error("people walk on a motorway")
	}
}

func TestAFacilityOfAnAreaLiesInside(t *testing.T) {
	b := newBench(t)
	b.mustBring(registry.BulkResult{Inserted: 1}, "facilities",
		registry.ImportRow{Geometry: hook, Values: map[string]any{"code": "f", "facility_type": "社区卫生服务站"}})
	f, err := b.Facility(t.Context(), account.Everything, b.district, "f")
	if err != nil {
		t.Fatal(err)
	}
	if f.FacilityType != "health_station" || !planar.PolygonContains(hook, *f.Location) {
		t.Errorf("a %s at %v", f.FacilityType, *f.Location)
	}
}

// The position of a fault is that of the row of the file, also where one row
// makes several and where a name is not known.
func TestTheFaultOfARowNamesIt(t *testing.T) {
	road := registry.ImportRow{Geometry: twoLines}
	for name, c := range map[string]struct {
		layer string
		rows  []registry.ImportRow
		field string
		row   int
	}{
		"a road of points": {"roads", []registry.ImportRow{road, {Geometry: orb.Point{1, 2}}}, "geometry", 1},
		"a long name after a road in parts": {"roads", []registry.ImportRow{road, {
			Geometry: twoLines, Values: map[string]any{"name": string(make([]byte, 2000))},
		}}, "name", 1},
		"an unknown subdistrict": {"buildings", []registry.ImportRow{
			{Geometry: square(106.9, 28.95)}, {Geometry: square(106.91, 28.95), Values: map[string]any{"subdistrict_code": "不存在街道"}},
		}, "subdistrict_code", 1},
		"text for a number":        {"buildings", []registry.ImportRow{{Geometry: square(106.9, 28.95), Values: map[string]any{"storeys": "六层"}}}, "storeys", 0},
		"half a storey":            {"buildings", []registry.ImportRow{{Geometry: square(106.9, 28.95), Values: map[string]any{"storeys": 6.5}}}, "storeys", 0},
		"a community of no name":   {"communities", []registry.ImportRow{{Geometry: square(106.9, 28.95)}}, "name", 0},
		"an idle building nowhere": {"idle_buildings", []registry.ImportRow{{Values: map[string]any{"name": "旧仓库"}}}, "geometry", 0},
		"an odd owner":             {"idle_buildings", []registry.ImportRow{{Geometry: orb.Point{106.9, 28.95}, Values: map[string]any{"owner_kind": "king"}}}, "owner_kind", 0},
		"a castle":                 {"facilities", []registry.ImportRow{{Geometry: orb.Point{106.9, 28.95}, Values: map[string]any{"facility_type": "castle"}}}, "facility_type", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			_, err := b.bring(c.layer, c.rows...)
			var invalid *registry.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Row != c.row {
				t.Errorf("error is %v (%+v), want %s of row %d", err, invalid, c.field, c.row)
			}
		})
	}
}

func TestIdleBuildingsAreKeptLikeFacilities(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(officer)
	made, err := b.CreateIdleBuilding(ctx, scope, b.district, registry.NewIdleBuilding{
		Name: "旧锅炉房", Location: orb.Point{106.9, 28.95}, FloorAreaM2: ptr(220.0), OwnerKind: "state", AvailableFrom: ptr("2026-05-01"),
	})
	if err != nil || made.SubdistrictCode != west || *made.AvailableFrom != "2026-05-01" || made.Version != 1 {
		t.Fatalf("%+v, %v", made, err)
	}
	changed, err := b.UpdateIdleBuilding(ctx, scope, b.district, made.Code, 1, registry.IdleBuildingPatch{UseBefore: ptr("锅炉房"), Clear: []string{"available_from"}})
	if err != nil || changed.UseBefore != "锅炉房" || changed.AvailableFrom != nil || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	if _, err := b.UpdateIdleBuilding(ctx, scope, b.district, made.Code, 1, registry.IdleBuildingPatch{Name: ptr("新名")}); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("an old version: %v", err)
	}
	for name, n := range map[string]registry.NewIdleBuilding{
		"a number of a person": {Name: "联系 13812345678", Location: orb.Point{106.9, 28.95}},
		"an odd owner":         {OwnerKind: "king", Location: orb.Point{106.9, 28.95}},
		"an odd day":           {AvailableFrom: ptr("2026-02-30"), Location: orb.Point{106.9, 28.95}},
		"nowhere":              {Location: orb.Point{999, 28.95}},
		"no area":              {FloorAreaM2: ptr(nan()), Location: orb.Point{106.9, 28.95}},
	} {
		var invalid *registry.InvalidError
		if _, err := b.CreateIdleBuilding(ctx, scope, b.district, n); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	page, err := b.IdleBuildings(ctx, scope, b.district, registry.IdleBuildingFilter{Q: "锅炉", Sort: "-floor_area_m2"})
	if err != nil || len(page.Items) != 1 || page.Total != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	elsewhere := account.Scope{District: b.district, Subdistricts: []string{east}}
	if page, err := b.IdleBuildings(ctx, elsewhere, b.district, registry.IdleBuildingFilter{}); err != nil || len(page.Items) != 0 {
		t.Errorf("another subdistrict sees %+v, %v", page, err)
	}
	if err := b.DeleteIdleBuilding(ctx, scope, b.district, made.Code, 2); err != nil {
		t.Error(err)
	}
	if got := b.audited("idle_building"); !slices.Equal(got, []string{"idle_building.create", "idle_building.update", "idle_building.delete"}) {
		t.Errorf("audited %v", got)
	}
	if bounds := b.changed("idle_buildings"); len(bounds) != 4 {
		t.Errorf("maps were told %v", bounds)
	}
}
