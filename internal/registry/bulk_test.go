package registry_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Each bulk upsert, with two rows and a change of the first one.
func bulkCases() map[string]struct {
	table  string
	upsert func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error)
} {
	type upsert = func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error)
	const district = "500110"
	name := func(changed bool) string {
		if changed {
			return "新名字"
		}
		return "旧名字"
	}
	line := orb.LineString{{106.9, 28.95}, {106.91, 28.96}}
	areas := func(call func(*registry.Store) func(context.Context, *postgis.Tx, string, iter.Seq[registry.AreaRow]) (registry.BulkResult, error)) upsert {
		return func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return call(s)(ctx, tx, district, slices.Values([]registry.AreaRow{
				{SourceRef: "osm:w1", Class: "a", Name: name(changed), Geometry: square(106.9, 28.95)},
				{SourceRef: "osm:w2", Class: "b", Geometry: square(106.91, 28.95)},
			}))
		}
	}
	return map[string]struct {
		table  string
		upsert upsert
	}{
		"subdistricts": {"subdistrict", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertSubdistricts(ctx, tx, district, []registry.SubdistrictRow{
				{Code: "500110901", Name: name(changed), Geometry: square(106.9, 28.95), Source: "测绘"},
				{Code: "500110902", Name: "无界街道", Generated: []string{"name"}},
			})
		}},
		"neighborhoods": {"neighborhood", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertNeighborhoods(ctx, tx, district, []registry.NeighborhoodRow{
				{Code: "n1", Name: name(changed), SubdistrictCode: west, Geometry: square(106.9, 28.95)},
				{Code: "n2", Name: "社区二", Generated: []string{"name", "geometry"}, Geometry: square(106.91, 28.95)},
			})
		}},
		"communities": {"community", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			a := eligible("", name(changed))
			a.SourceRef, a.Geometry = "osm:w1", square(106.9, 28.95)
			b := registry.CommunityRow{Code: "b", Name: "点小区", Location: &orb.Point{107, 29}, Generated: []string{"location", "built_year"}, BuiltYear: ptr(1999)}
			return s.UpsertCommunities(ctx, tx, district, []registry.CommunityRow{a, b})
		}},
		"buildings": {"building", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertBuildings(ctx, tx, district, slices.Values([]registry.BuildingRow{
				{SourceRef: "osm:w1", Name: name(changed), Storeys: ptr(6), HeightM: ptr(18.5), Geometry: square(106.9, 28.95)},
				{Code: "b", SubdistrictCode: east, Households: ptr(24), Generated: []string{"households"}, Geometry: square(107, 29), Use: "residential"},
			}))
		}},
		"facilities": {"facility", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertFacilities(ctx, tx, district, slices.Values([]registry.FacilityRow{
				{SourceRef: "osm:n1", FacilityType: "health_station", Name: name(changed), Geometry: orb.Point{106.9, 28.95}},
				{SourceRef: "osm:n1", FacilityType: "kindergarten", Capacity: ptr(90), Geometry: orb.Point{106.9, 28.95}},
			}))
		}},
		"roads": {"road", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertRoads(ctx, tx, district, slices.Values([]registry.RoadRow{
				{SourceRef: "osm:w1", Class: "residential", Name: name(changed), Walkable: true, Geometry: line, Tags: map[string]string{"surface": "asphalt", "access": "yes"}},
				{SourceRef: "osm:w2", Class: "steps", Walkable: true, Stairs: true, Level: -1, Geometry: line},
			}))
		}},
		"idle buildings": {"idle_building", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertIdleBuildings(ctx, tx, district, slices.Values([]registry.IdleBuildingRow{
				{SourceRef: "f:1", Name: name(changed), FloorAreaM2: ptr(320.5), OwnerKind: "state", Geometry: square(106.9, 28.95)},
				{Code: "b", UseBefore: "锅炉房", AvailableFrom: ptr(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)), Location: &orb.Point{107, 29}},
			}))
		}},
		"barriers": {"barrier", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertBarriers(ctx, tx, district, slices.Values([]registry.BarrierRow{
				{SourceRef: "osm:w1", Class: "wall", Name: name(changed), Geometry: line}, {SourceRef: "osm:w2", Class: "fence", Geometry: line},
			}))
		}},
		"gates": {"gate", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertGates(ctx, tx, district, slices.Values([]registry.GateRow{
				{SourceRef: "osm:n1", Class: "gate", Name: name(changed), Passable: true, Geometry: orb.Point{106.9, 28.95}},
				{SourceRef: "osm:n2", Class: "bollard", Geometry: orb.Point{106.91, 28.95}},
			}))
		}},
		"crossings": {"crossing", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertCrossings(ctx, tx, district, slices.Values([]registry.CrossingRow{
				{SourceRef: "osm:n1", Class: "marked", Name: name(changed), Geometry: orb.Point{106.9, 28.95}},
				{SourceRef: "osm:n2", Geometry: orb.Point{106.91, 28.95}},
			}))
		}},
		"waterways": {"waterway", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertWaterways(ctx, tx, district, slices.Values([]registry.WaterwayRow{
				{SourceRef: "osm:w1", Class: "river", Name: name(changed), Geometry: line}, {SourceRef: "osm:w2", Class: "stream", Tunnel: true, Geometry: line},
			}))
		}},
		"railways": {"railway", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertRailways(ctx, tx, district, slices.Values([]registry.RailwayRow{
				{SourceRef: "osm:w1", Class: "rail", Name: name(changed), Geometry: line}, {SourceRef: "osm:w2", Class: "rail", Bridge: true, Level: 1, Geometry: line},
			}))
		}},
		"water": {"water", areas(func(s *registry.Store) func(context.Context, *postgis.Tx, string, iter.Seq[registry.AreaRow]) (registry.BulkResult, error) {
			return s.UpsertWater
		})},
		"land use": {"land_use", areas(func(s *registry.Store) func(context.Context, *postgis.Tx, string, iter.Seq[registry.AreaRow]) (registry.BulkResult, error) {
			return s.UpsertLandUse
		})},
		"green": {"green", areas(func(s *registry.Store) func(context.Context, *postgis.Tx, string, iter.Seq[registry.AreaRow]) (registry.BulkResult, error) {
			return s.UpsertGreen
		})},
		"places": {"place", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertPlaces(ctx, tx, district, slices.Values([]registry.PlaceRow{
				{SourceRef: "osm:n1", Class: "suburb", Name: name(changed), Geometry: orb.Point{106.9, 28.95}},
				{SourceRef: "osm:n2", Class: "village", Name: "村", Geometry: orb.Point{106.91, 28.95}},
			}))
		}},
		"admin areas": {"admin_area", func(ctx context.Context, s *registry.Store, tx *postgis.Tx, changed bool) (registry.BulkResult, error) {
			return s.UpsertAdminAreas(ctx, tx, district, slices.Values([]registry.AdminAreaRow{
				{SourceRef: "osm:r1", Level: 6, Name: name(changed), Geometry: square(106.9, 28.95)},
				{SourceRef: "osm:r2", Level: 8, Geometry: square(106.91, 28.95)},
			}))
		}},
	}
}

// Everything of the rows as text, without what identity and the clock add.
func (b *bench) dump(table string) string {
	b.t.Helper()
	var text *string
	err := b.db.Pool.QueryRow(b.t.Context(), `select string_agg((to_jsonb(t) - 'id')::text, e'\n' order by (to_jsonb(t) - 'id')::text) from `+table+` t`).Scan(&text)
	if err != nil {
		b.t.Fatal(err)
	}
	if text == nil {
		return ""
	}
	return *text
}

func TestTheSameRowsTwiceChangeNothing(t *testing.T) {
	for name, c := range bulkCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			run := func(changed bool) registry.BulkResult {
				t.Helper()
				var out registry.BulkResult
				b.write(func(ctx context.Context, tx *postgis.Tx) (err error) {
					out, err = c.upsert(ctx, b.Store, tx, changed)
					return err
				})
				return out
			}
			if got, want := run(false), (registry.BulkResult{Inserted: 2}); got != want {
				t.Fatalf("first time: %+v, want %+v", got, want)
			}
			if len(b.audited(c.table)) != 1 {
				t.Errorf("audit trail of %s: %v, want one entry", c.table, b.audited(c.table))
			}
			if b.mu.Lock(); name != "neighborhoods" && len(b.changes) == 0 {
				t.Error("no map was told")
			}
			b.changes = nil
			b.mu.Unlock()
			before := b.dump(c.table)
			if got, want := run(false), (registry.BulkResult{Unchanged: 2}); got != want {
				t.Errorf("second time: %+v, want %+v", got, want)
			}
			if after := b.dump(c.table); after != before {
				t.Errorf("the second time changed\n%s\nto\n%s", before, after)
			}
			if len(b.changes) != 0 || len(b.audited(c.table)) != 1 {
				t.Errorf("the second time was announced (%v) or audited (%v)", b.changes, b.audited(c.table))
			}
			if got, want := run(true), (registry.BulkResult{Updated: 1, Unchanged: 1}); got != want {
				t.Errorf("with one change: %+v, want %+v", got, want)
			}
			// The second upsert of one transaction sees the first.
			b.write(func(ctx context.Context, tx *postgis.Tx) error {
				for _, changed := range []bool{false, true, true} {
					if _, err := c.upsert(ctx, b.Store, tx, changed); err != nil {
						return err
					}
				}
				return nil
			})
			if got, want := run(true), (registry.BulkResult{Unchanged: 2}); got != want {
				t.Errorf("after all: %+v, want %+v", got, want)
			}
		})
	}
}

func TestARefusedRowChangesNothingAndIsNamed(t *testing.T) {
	b := newBench(t)
	good := registry.BuildingRow{SourceRef: "osm:w1", Geometry: square(106.9, 28.95)}
	bow := orb.MultiPolygon{{{{106.9, 28.9}, {106.91, 28.91}, {106.91, 28.9}, {106.9, 28.91}, {106.9, 28.9}}}}
	building := func(change func(*registry.BuildingRow)) func(context.Context, *postgis.Tx) error {
		return func(ctx context.Context, tx *postgis.Tx) error {
			bad := good
			bad.SourceRef = "osm:w2"
			change(&bad)
			_, err := b.UpsertBuildings(ctx, tx, b.district, slices.Values([]registry.BuildingRow{good, bad}))
			return err
		}
	}
	community := func(change func(*registry.CommunityRow)) func(context.Context, *postgis.Tx) error {
		return func(ctx context.Context, tx *postgis.Tx) error {
			bad := eligible("y", "乙")
			change(&bad)
			_, err := b.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{eligible("x", "甲"), bad})
			return err
		}
	}
	for name, c := range map[string]struct {
		write func(context.Context, *postgis.Tx) error
		field string
		row   int
	}{
		"storeys 0":            {building(func(r *registry.BuildingRow) { r.Storeys = ptr(0) }), "storeys", 1},
		"height 2,000 m":       {building(func(r *registry.BuildingRow) { r.HeightM = ptr(2000.0) }), "height_m", 1},
		"built 1890":           {building(func(r *registry.BuildingRow) { r.BuiltYear = ptr(1890) }), "built_year", 1},
		"no identity":          {building(func(r *registry.BuildingRow) { r.SourceRef = "" }), "code", 1},
		"no shape":             {building(func(r *registry.BuildingRow) { r.Geometry = nil }), "geometry", 1},
		"unknown community":    {building(func(r *registry.BuildingRow) { r.CommunityCode = "nowhere" }), "community_code", 1},
		"unknown subdistrict":  {building(func(r *registry.BuildingRow) { r.SubdistrictCode = "nowhere" }), "subdistrict_code", 1},
		"NUL in a name":        {building(func(r *registry.BuildingRow) { r.Name = "a\x00b" }), "name", 1},
		"broken UTF-8":         {building(func(r *registry.BuildingRow) { r.Name = "\xff\xfe" }), "name", 1},
		"a bow tie slipped in": {building(func(r *registry.BuildingRow) { r.Geometry = bow }), "geometry", -1},
		"slash in a code":      {building(func(r *registry.BuildingRow) { r.Code = "a/b" }), "code", 1},
		"community, no name":   {community(func(r *registry.CommunityRow) { r.Name = " " }), "name", 1},
		"community, 1890":      {community(func(r *registry.CommunityRow) { r.BuiltYear = ptr(1890) }), "built_year", 1},
		"community, -1 户":      {community(func(r *registry.CommunityRow) { r.Households = ptr(-1) }), "households", 1},
		"community, NaN m²":    {community(func(r *registry.CommunityRow) { r.FloorAreaM2 = ptr(nan()) }), "floor_area_m2", 1},
		"community, odd works": {community(func(r *registry.CommunityRow) { r.PriorWorks = ptr("some") }), "prior_works", 1},
		"community, bow tie":   {community(func(r *registry.CommunityRow) { r.Geometry = bow }), "geometry", -1},
		"community, lost":      {community(func(r *registry.CommunityRow) { r.NeighborhoodCode = "nowhere" }), "neighborhood_code", 1},
		"odd facility type": {func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertFacilities(ctx, tx, b.district, slices.Values([]registry.FacilityRow{{Code: "f", FacilityType: "castle", Geometry: orb.Point{107, 29}}}))
			return err
		}, "facility_type", 0},
		"place of no name": {func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertPlaces(ctx, tx, b.district, slices.Values([]registry.PlaceRow{{SourceRef: "osm:n1", Geometry: orb.Point{107, 29}}}))
			return err
		}, "name", 0},
		"road of no line": {func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertRoads(ctx, tx, b.district, slices.Values([]registry.RoadRow{{SourceRef: "osm:w1"}}))
			return err
		}, "geometry", 0},
	} {
		t.Run(name, func(t *testing.T) {
			err := b.db.Write(t.Context(), c.write)
			var invalid *registry.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("error is %v, want an *InvalidError", err)
			}
			if invalid.Field != c.field || invalid.Row != c.row {
				t.Errorf("refused %q in row %d (%v), want %q in row %d", invalid.Field, invalid.Row, err, c.field, c.row)
			}
			if n := b.count(`select (select count(*) from building) + (select count(*) from community) + (select count(*) from facility)`); n != 0 {
				t.Errorf("%d rows are there", n)
			}
		})
	}
}

func TestTwoRowsForOneThingAreRefused(t *testing.T) {
	b := newBench(t)
	for name, rows := range map[string][]registry.CommunityRow{
		"same code":       {eligible("a", "甲"), eligible("a", "乙")},
		"same source_ref": {{Name: "甲", SourceRef: "osm:w1"}, {Name: "乙", SourceRef: "osm:w1"}},
		"same source_ref, two codes": {
			{Code: "a", Name: "甲", SourceRef: "osm:w1"}, {Code: "b", Name: "乙", SourceRef: "osm:w1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := b.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
				_, err := b.UpsertCommunities(ctx, tx, b.district, rows)
				return err
			})
			var duplicate *registry.DuplicateError
			if !errors.As(err, &duplicate) || !errors.Is(err, postgis.ErrConflict) {
				t.Fatalf("error is %v, want a *DuplicateError", err)
			}
			if len(duplicate.Codes) == 0 {
				t.Errorf("%v names none", err)
			}
		})
	}
}

func TestARowThatDoesNotSayLeavesAloneWhatIsStored(t *testing.T) {
	b := newBench(t)
	full := eligible("a", "甲")
	full.Geometry, full.Address, full.Remark = square(106.9, 28.95), "一路1号", "备注"
	full.Generated = []string{"households", "built_year"}
	b.upsertCommunities(full)
	before := b.community("a")

	if got := b.upsertCommunities(registry.CommunityRow{Code: "a", Name: "甲"}); got != (registry.BulkResult{Unchanged: 1}) {
		t.Errorf("a row without facts: %+v", got)
	}
	if after := b.community("a"); asJSON(t, after) != asJSON(t, before) {
		t.Errorf("a row without facts changed\n%s\nto\n%s", asJSON(t, before), asJSON(t, after))
	}
	b.upsertCommunities(registry.CommunityRow{Code: "a", Name: "甲", Households: ptr(120)})
	after := b.community("a")
	if *after.Households != 120 || *after.BuiltYear != 1985 || after.Address != "一路1号" {
		t.Errorf("one new fact: %s", asJSON(t, after))
	}
	if !slices.Equal(after.Generated, []string{"built_year"}) {
		t.Errorf("generated is %v: a figure that a file gives is real", after.Generated)
	}
	if after.Version != before.Version+1 {
		t.Errorf("version %d, want %d", after.Version, before.Version+1)
	}
}

func TestALedgerMeetsTheOutlinesOfAMapByName(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(
		registry.CommunityRow{SourceRef: "osm:w1", Name: "幸福小区", Geometry: square(106.9, 28.95)},
		registry.CommunityRow{SourceRef: "osm:w2", Name: "和平小区", Geometry: square(106.91, 28.95)},
		registry.CommunityRow{SourceRef: "osm:w3", Name: "和平小区", Geometry: square(106.92, 28.95)},
		registry.CommunityRow{SourceRef: "osm:w4", Name: "两行小区", Geometry: square(106.93, 28.95)},
	)
	ledger := func(name, subdistrict string) registry.CommunityRow {
		return registry.CommunityRow{SourceRef: "ledger:" + subdistrict + name, Name: name, SubdistrictCode: subdistrict, Households: ptr(50), MatchName: true}
	}
	rows := []registry.CommunityRow{
		ledger("幸福小区", west), ledger("和平小区", west), ledger("新小区", east), ledger("两行小区", ""), ledger("两行小区", west),
	}
	if got, want := b.upsertCommunities(rows...), (registry.BulkResult{Inserted: 4, Updated: 1}); got != want {
		t.Errorf("ledger: %+v, want %+v (幸福小区 is one, 和平小区 could be two)", got, want)
	}
	if c := b.community("osm-w1"); c.Households == nil || *c.Households != 50 || c.BBox == nil {
		t.Errorf("the outline did not meet its row: %s", asJSON(t, c))
	}
	if got, want := b.upsertCommunities(rows...), (registry.BulkResult{Unchanged: 5}); got != want {
		t.Errorf("ledger again: %+v, want %+v", got, want)
	}
}

func TestPlaceOfACommunityIsInsideItsOutline(t *testing.T) {
	b := newBench(t)
	shape := square(106.9, 28.95)
	for name, c := range map[string]struct {
		row  registry.CommunityRow
		want orb.Point // the zero point: anywhere inside
	}{
		"inside":  {registry.CommunityRow{Geometry: shape, Location: &orb.Point{106.9002, 28.9502}}, orb.Point{106.9002, 28.9502}},
		"outside": {registry.CommunityRow{Geometry: shape, Location: &orb.Point{107, 29}}, orb.Point{}},
		"none":    {registry.CommunityRow{Geometry: shape}, orb.Point{}},
	} {
		t.Run(name, func(t *testing.T) {
			row := c.row
			row.Code, row.Name = name, name
			b.upsertCommunities(row)
			got := b.community(name)
			if got.Location == nil || !shape.Bound().Contains(*got.Location) {
				t.Fatalf("location is %v", got.Location)
			}
			if c.want != (orb.Point{}) && *got.Location != c.want {
				t.Errorf("location is %v, want %v", *got.Location, c.want)
			}
			if got.SubdistrictCode != west {
				t.Errorf("subdistrict is %q, want that of the place", got.SubdistrictCode)
			}
			if b.upsertCommunities(row).Unchanged != 1 {
				t.Error("the same row again changed something")
			}
		})
	}
}

func TestMovedThingsAreAnnouncedAtBothPlaces(t *testing.T) {
	b := newBench(t)
	at := func(lon float64) iter.Seq[registry.BuildingRow] {
		return slices.Values([]registry.BuildingRow{{SourceRef: "osm:w1", Geometry: square(lon, 28.95)}})
	}
	b.upsertBuildings(at(106.90))
	b.changed("buildings")
	b.upsertBuildings(at(106.95))
	got := b.changed("buildings")
	if len(got) != 2 || !got[0].Contains(orb.Point{106.90, 28.95}) || !got[1].Contains(orb.Point{106.95, 28.95}) || got[0].Intersects(got[1]) {
		t.Errorf("announced %v, want the old place and the new one", got)
	}
}

func TestWhatIsAnnouncedOfAnImportLiesAroundItsRows(t *testing.T) {
	row := func(code string, lon float64) registry.BuildingRow {
		return registry.BuildingRow{SourceRef: "osm:" + code, Geometry: box(lon, 28.951, 0.0004)}
	}
	cases := map[string]struct {
		rows []registry.BuildingRow
		want []orb.Bound
	}{
		"neighbours have one box": {
			[]registry.BuildingRow{row("A", 106.901), row("B", 106.903)},
			[]orb.Bound{boundOf(106.901, 28.951, 0.0004).Union(boundOf(106.903, 28.951, 0.0004))},
		},
		"what lies far apart has two": {
			[]registry.BuildingRow{row("A", 106.901), row("B", 106.991)},
			[]orb.Bound{boundOf(106.901, 28.951, 0.0004), boundOf(106.991, 28.951, 0.0004)},
		},
		"what lies everywhere has one": {
			func() (rows []registry.BuildingRow) {
				for i := range 40 {
					rows = append(rows, row(fmt.Sprint(i), 106+0.06*float64(i)))
				}
				return rows
			}(),
			[]orb.Bound{boundOf(106, 28.951, 0.0004).Union(boundOf(106+0.06*39, 28.951, 0.0004))},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.upsertBuildings(slices.Values(c.rows))
			got := b.changed("buildings")
			slices.SortFunc(got, func(a, b orb.Bound) int { return cmp.Compare(a.Min[0], b.Min[0]) })
			if len(got) != len(c.want) {
				t.Fatalf("announced %v, want %v", got, c.want)
			}
			for i, want := range c.want {
				if far := max(math.Abs(got[i].Min[0]-want.Min[0]), math.Abs(got[i].Min[1]-want.Min[1]), math.Abs(got[i].Max[0]-want.Max[0]), math.Abs(got[i].Max[1]-want.Max[1])); far > 1e-9 {
					t.Errorf("announced %v, want %v", got[i], want)
				}
			}
		})
	}
}

func TestFiftyThousandBuildings(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	b := newBench(t)
	const n, side = 50_000, 224
	rows := func(yield func(registry.BuildingRow) bool) {
		for i := range n {
			lon, lat := 106.81+float64(i%side)*0.0012, 28.91+float64(i/side)*0.0008
			if !yield(registry.BuildingRow{
				SourceRef: fmt.Sprintf("test:%d", i), Storeys: ptr(6), Households: ptr(i % 60), Use: "residential",
				Geometry: box(lon, lat, 0.0004),
			}) {
				return
			}
		}
	}
	var communities []registry.CommunityRow
	for i := range 500 {
		r := eligible(fmt.Sprintf("c%d", i), fmt.Sprintf("小区%d", i))
		r.Geometry = box(106.81+float64(i%25)*0.01, 28.91+float64(i/25)*0.009, 0.007)
		communities = append(communities, r)
	}
	b.upsertCommunities(communities...)
	for _, step := range []struct {
		name string
		want registry.BulkResult
	}{{"new", registry.BulkResult{Inserted: n}}, {"again", registry.BulkResult{Unchanged: n}}} {
		start := time.Now()
		got := b.upsertBuildings(rows)
		t.Logf("%d buildings, %s: %v", n, step.name, time.Since(start).Round(time.Millisecond))
		if got != step.want {
			t.Errorf("%s: %+v, want %+v", step.name, got, step.want)
		}
		start = time.Now()
		attached := b.attach()
		t.Logf("attach, %s: %v, %d changed", step.name, time.Since(start).Round(time.Millisecond), attached)
		if step.name == "new" && attached != n || step.name == "again" && attached != 0 {
			t.Errorf("attach, %s: %d changed", step.name, attached)
		}
	}
	wrong := b.count(`
		select count(*) from building b
		where b.community_id is distinct from (select c.id from community c where ST_Intersects(c.geom, b.point))
		   or b.subdistrict_code is null`)
	if wrong != 0 {
		t.Errorf("%d buildings are attached wrongly", wrong)
	}
	start := time.Now()
	list, err := b.Buildings(t.Context(), account.Everything, b.district, registry.BuildingFilter{Limit: 100})
	if err != nil || list.Total != n {
		t.Errorf("list: %d of %v", list.Total, err)
	}
	t.Logf("first page: %v", time.Since(start).Round(time.Millisecond))
}

func TestARowThatRepeatsWhatIsStoredKeepsItsSourceAndItsMarks(t *testing.T) {
	b := newBench(t)
	stored := registry.BuildingRow{Code: "b1", Storeys: ptr(6), Households: ptr(24), Geometry: square(106.9, 28.95), Source: "openstreetmap", Generated: []string{"households", "storeys"}}
	again := stored
	again.Source, again.Generated = "file:register.zip", nil
	changed := again
	changed.Storeys = ptr(7)
	b.upsertBuildings(slices.Values([]registry.BuildingRow{stored}))
	for _, c := range []struct {
		name   string
		row    registry.BuildingRow
		source string
		marks  []string
	}{
		{"the same", again, "openstreetmap", []string{"households", "storeys"}},
		{"another number of storeys", changed, "file:register.zip", []string{"households"}},
	} {
		b.upsertBuildings(slices.Values([]registry.BuildingRow{c.row}))
		got, err := b.Building(t.Context(), account.Everything, b.district, "b1")
		if err != nil {
			t.Fatal(err)
		}
		if got.Source != c.source || !slices.Equal(got.Generated, c.marks) {
			t.Errorf("%s: source %s, generated %v; want %s, %v", c.name, got.Source, got.Generated, c.source, c.marks)
		}
	}
}
