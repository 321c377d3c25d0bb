package coverage_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

const station = "health_station"

// town has a clinic in the west and one beyond the edge of the east:
//
//	west                      | east
//	A1 A2 (clinic)      A3    |  B1   L (loose)        (clinic)
//	C (no building)           |
//
// 0.001° of longitude is 97.5 m here.
func town(t *testing.T) *bench {
	b := newBench(t)
	a := b.community("A", west, orb.Point{106.901, 29}, 90, nil)
	b.building("A1", a, west, orb.Point{106.900, 29}, 10, 1000.0)
	b.building("A2", a, west, orb.Point{106.902, 29}, 20, 2000.0)
	b.building("A3", a, west, orb.Point{106.920, 29}, nil, 3000.0)
	bee := b.community("B", east, orb.Point{106.960, 29}, nil, nil)
	b.building("B1", bee, east, orb.Point{106.960, 29}, 7, 700.0)
	b.community("C", west, orb.Point{106.901, 29.001}, 33, 3300.5)
	b.building("L", 0, east, orb.Point{106.970, 29}, 5, 500.0)
	b.facility("clinic-west", station, orb.Point{106.903, 29})
	b.facility("clinic-far", station, orb.Point{106.990, 29})
	return b
}

func TestCoverageByRadius(t *testing.T) {
	b := town(t)
	z := b.zone("一号片区", box(106.899, 28.999, 106.925, 29.002))
	polygon := coverage.Area{Kind: coverage.AreaPolygon, Geometry: geojson.NewGeometry(box(106.919, 28.999, 106.961, 29.001))}
	cases := map[string]struct {
		radius float64
		area   coverage.Area
		want   coverage.Summary
	}{
		// A has 90 households for 3 buildings with 10, 20 and no households: a third and two thirds are where it says.
		"the district": {300, coverage.Area{}, coverage.Summary{
			Buildings: 5, CoveredBuildings: 2, Households: 90 + 7 + 33 + 5, CoveredHouseholds: 90 + 33,
			FloorAreaM2: 6000 + 700 + 3300.5 + 500, CoveredFloorAreaM2: 3000 + 3300.5, Facilities: 2, Communities: 3, UncoveredCommunities: 1,
		}},
		"a kilometre and a half": {2000, coverage.Area{Kind: coverage.AreaDistrict}, coverage.Summary{
			Buildings: 5, CoveredBuildings: 4, Households: 135, CoveredHouseholds: 90 + 33 + 5,
			FloorAreaM2: 10500.5, CoveredFloorAreaM2: 6000 + 3300.5 + 500, Facilities: 2, Communities: 3, UncoveredCommunities: 1,
		}},
		"a short walk": {150, coverage.Area{}, coverage.Summary{
			Buildings: 5, CoveredBuildings: 1, Households: 135, CoveredHouseholds: 60,
			FloorAreaM2: 10500.5, CoveredFloorAreaM2: 2000, Facilities: 2, Communities: 3, UncoveredCommunities: 2,
		}},
		"the east": {2000, coverage.Area{Kind: coverage.AreaSubdistrict, Code: east}, coverage.Summary{
			Buildings: 2, CoveredBuildings: 1, Households: 12, CoveredHouseholds: 5,
			FloorAreaM2: 1200, CoveredFloorAreaM2: 500, Facilities: 2, Communities: 1, UncoveredCommunities: 1,
		}},
		"a zone": {300, coverage.Area{Kind: coverage.AreaZone, Code: z.Code}, coverage.Summary{
			Buildings: 3, CoveredBuildings: 2, Households: 123, CoveredHouseholds: 123,
			FloorAreaM2: 9300.5, CoveredFloorAreaM2: 6300.5, Facilities: 2, Communities: 2,
		}},
		"a polygon with a part of a community": {300, polygon, coverage.Summary{
			Buildings: 2, Households: 7, FloorAreaM2: 3700, Facilities: 2, Communities: 2, UncoveredCommunities: 2,
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			run, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: &c.radius}, Area: c.area}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, run.Summary, cmpopts.IgnoreFields(coverage.Summary{}, "MeanM")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if mean := b.meanMetres(run.ID); math.Abs(run.Summary.MeanM-mean) > 0.051 {
				t.Errorf("households are %v m from a facility on average, want %v", run.Summary.MeanM, mean)
			}
			kept, err := b.runs.Get(t.Context(), account.Everything, b.district, run.ID)
			if diff := cmp.Diff(run, kept, cmpopts.EquateApproxTime(0), cmpopts.IgnoreUnexported(coverage.Run{}), geometries); err != nil || diff != "" {
				t.Errorf("kept otherwise: %v\n%s", err, diff)
			}
			var sum coverage.Summary
			communities, err := b.runs.Communities(t.Context(), account.Everything, b.district, run.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range communities {
				sum.Households += r.Households
				sum.CoveredHouseholds += r.CoveredHouseholds
				sum.Communities++
			}
			if sum.Communities != c.want.Communities || sum.Households > c.want.Households || sum.CoveredHouseholds > c.want.CoveredHouseholds {
				t.Errorf("communities add up to %+v", sum)
			}
			var rows, covered int64
			if err := b.db.Pool.QueryRow(t.Context(), `select count(*), count(*) filter (where covered) from coverage_building where run_id = $1 and building_id > 0`, run.ID).
				Scan(&rows, &covered); err != nil || rows != c.want.Buildings || covered != c.want.CoveredBuildings {
				t.Errorf("%d rows, %d covered, %v", rows, covered, err)
			}
		})
	}
	if got, err := b.runs.List(t.Context(), account.Everything, b.district, 2); err != nil || len(got) != 2 || got[0].CreatedAt.Before(got[1].CreatedAt) {
		t.Errorf("list: %v %v", got, err)
	}
}

// meanMetres is the mean over households of the distance by PostGIS.
func (b *bench) meanMetres(run uuid.UUID) (mean float64) {
	b.t.Helper()
	err := b.db.Pool.QueryRow(b.t.Context(), `
		select coalesce(sum(r.households * near.metres) / nullif(sum(r.households), 0), avg(near.metres), 0)
		from coverage_building r
		left join building b on b.id = r.building_id
		left join community c on c.id = -r.building_id
		cross join lateral (
		    select min(ST_Distance(f.geom::geography, coalesce(b.point, c.location)::geography)) as metres
		    from facility f where f.facility_type = 'health_station'
		) near
		where r.run_id = $1 and near.metres is not null`, run).Scan(&mean)
	if err != nil {
		b.t.Fatal(err)
	}
	return mean
}

// geometries compares areas by what they are as JSON.
var geometries = cmp.Comparer(func(a, b *geojson.Geometry) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
})

func TestARunSaysWhatItRestsOn(t *testing.T) {
	b := town(t)
	b.exec(`update community set generated = array['households'] where code = 'A'`)
	ctx, scope := b.as(account.Planner, account.Scope{})
	ask := coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}}}
	first, err := b.runs.Run(ctx, scope, b.district, ask)
	if err != nil {
		t.Fatal(err)
	}
	if first.CreatedBy != "planner" || first.Method != coverage.MethodRadius || first.Inputs.Buildings != 5 || first.Inputs.Facilities != 2 ||
		first.Inputs.BuildingsUpdatedAt == nil || len(first.Inputs.Digest) != 64 || !first.Summary.Generated || first.Standard != nil {
		t.Errorf("%+v", first)
	}
	notes := strings.Join(first.Notes, "\n")
	for _, part := range []string{"1 个小区没有楼栋数据", "演示数据"} {
		if !strings.Contains(notes, part) {
			t.Errorf("the notes do not say %q: %s", part, notes)
		}
	}
	again, err := b.runs.Run(ctx, scope, b.district, ask)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := json.Marshal([]any{first.Summary, first.Inputs, first.Notes})
	two, _ := json.Marshal([]any{again.Summary, again.Inputs, again.Notes})
	if string(one) != string(two) {
		t.Errorf("the same inputs gave\n%s\n%s", one, two)
	}
	b.exec(`update building set households = 11, updated_at = now() where code = 'A1'`)
	moved, err := b.runs.Run(ctx, scope, b.district, ask)
	if err != nil || moved.Inputs.Digest == first.Inputs.Digest {
		t.Errorf("other inputs, the same digest: %v", err)
	}
	var entries int
	if err := b.db.Pool.QueryRow(t.Context(), `select count(*) from audit_entry where action = 'coverage.run' and account_name = 'planner'`).Scan(&entries); err != nil || entries != 3 {
		t.Errorf("%d entries in the trail, %v", entries, err)
	}
	// A run is a record: it stays what it was when a building goes.
	b.exec(`delete from building where code = 'A1'`)
	if kept, err := b.runs.Get(t.Context(), scope, b.district, first.ID); err != nil || kept.Summary.Buildings != 5 {
		t.Errorf("%+v %v", kept.Summary, err)
	}
}

func TestWithoutFacilitiesNothingIsCovered(t *testing.T) {
	b := town(t)
	b.exec(`delete from facility`)
	run, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(20_000)}}})
	if err != nil {
		t.Fatal(err)
	}
	if run.Summary.CoveredBuildings != 0 || run.Summary.CoveredHouseholds != 0 || run.Summary.UncoveredCommunities != 3 || run.Summary.Facilities != 0 {
		t.Errorf("%+v", run.Summary)
	}
	if len(run.Notes) == 0 || !strings.Contains(run.Notes[0], "没有“社区卫生服务站”的数据") {
		t.Errorf("notes %q", run.Notes)
	}
	empty, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Kind: coverage.AreaPolygon, Geometry: geojson.NewGeometry(box(106.81, 28.91, 106.82, 28.92))}}})
	if err != nil || empty.Summary.Buildings != 0 || !strings.Contains(strings.Join(empty.Notes, ""), "没有楼栋") {
		t.Errorf("%+v %v", empty, err)
	}
}

func TestHouseholdsOfACommunityAreSplitByFloorArea(t *testing.T) {
	b := newBench(t)
	c := b.community("A", west, orb.Point{106.9, 29}, 100, nil)
	b.building("A1", c, west, orb.Point{106.900, 29}, nil, 1000.0)
	b.building("A2", c, west, orb.Point{106.920, 29}, nil, 3000.0)
	b.facility("f", station, orb.Point{106.900, 29})
	run, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}}})
	if err != nil || run.Summary.Households != 100 || run.Summary.CoveredHouseholds != 25 {
		t.Errorf("%+v %v", run.Summary, err)
	}
	if !strings.Contains(strings.Join(run.Notes, ""), "分摊") {
		t.Errorf("notes %q", run.Notes)
	}
}

func TestAnImpossibleRequestIsRefused(t *testing.T) {
	b := town(t)
	bowTie := geojson.NewGeometry(orb.Polygon{{{106.9, 28.9}, {106.91, 28.91}, {106.91, 28.9}, {106.9, 28.91}, {106.9, 28.9}}})
	zigzag := make(orb.Ring, 20_000)
	for i := range zigzag {
		zigzag[i] = orb.Point{106.9 + 0.05*math.Sin(float64(i)*2.4), 29 + 0.05*math.Cos(float64(i)*1.7)}
	}
	zigzag[19_999] = zigzag[0]
	cases := map[string]struct {
		request coverage.Request
		field   string
	}{
		"an unknown type":       {coverage.Request{FacilityType: "casino", Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}}}, "facility_type"},
		"no type":               {coverage.Request{Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}}}, "facility_type"},
		"radius 0":              {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(0)}}}, "limit"},
		"radius -1":             {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(-1)}}}, "limit"},
		"radius NaN":            {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(math.NaN())}}}, "limit"},
		"radius infinite":       {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(math.Inf(1))}}}, "limit"},
		"radius 20,001":         {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(20_001)}}}, "limit"},
		"another method":        {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Method: "crow"}}, "method"},
		"an unknown kind":       {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Kind: "moon"}}}, "area"},
		"a code without a kind": {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Code: west}}}, "area"},
		"no such subdistrict":   {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Kind: "subdistrict", Code: "x"}}}, "area"},
		"no such zone":          {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Kind: "zone", Code: "x"}}}, "area"},
		"a zone without a code": {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Kind: "zone"}}}, "area"},
		"a polygon without one": {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Kind: "polygon"}}}, "area"},
		"a bow tie":             {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Kind: "polygon", Geometry: bowTie}}}, "area"},
		"20,000 zig-zag points": {coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: coverage.Area{Kind: "polygon", Geometry: geojson.NewGeometry(orb.Polygon{zigzag})}}}, "area"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := b.runs.Run(t.Context(), account.Everything, b.district, c.request)
			var invalid *coverage.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Detail == "" {
				t.Errorf("got %v, want a fault of %s", err, c.field)
			}
			if took := time.Since(start); postgistest.Late(t, b.db, took, time.Second) {
				t.Errorf("refused after %v", took)
			}
		})
	}
	if _, err := b.runs.Run(t.Context(), account.Everything, "999999", coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}}}); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("no such district: %v", err)
	}
	if runs, err := b.runs.List(t.Context(), account.Everything, b.district, 0); err != nil || len(runs) != 0 {
		t.Errorf("kept %v %v", runs, err)
	}
}

func TestWhoMayRunAndReadCoverage(t *testing.T) {
	b := town(t)
	zWest, zBoth := b.zone("西", box(106.899, 28.999, 106.925, 29.002)), b.zone("都", box(106.899, 28.999, 106.965, 29.002))
	var westID int64
	if err := b.db.Pool.QueryRow(t.Context(), `select id from zone where code = $1`, zWest.Code).Scan(&westID); err != nil {
		t.Fatal(err)
	}
	roles := map[string]struct {
		role  account.Role
		scope account.Scope
	}{
		"planner":    {account.Planner, account.Scope{}},
		"officer":    {account.Officer, account.Scope{Subdistricts: []string{west}}},
		"contractor": {account.Contractor, account.Scope{Zones: []int64{westID}}},
		"viewer":     {account.Viewer, account.Scope{}},
	}
	areas := map[string]struct {
		area      coverage.Area
		run, read string
	}{
		"the district":      {coverage.Area{}, "planner", "planner viewer"},
		"own subdistrict":   {coverage.Area{Kind: "subdistrict", Code: west}, "planner officer", "planner officer viewer"},
		"another":           {coverage.Area{Kind: "subdistrict", Code: east}, "planner", "planner viewer"},
		"own zone":          {coverage.Area{Kind: "zone", Code: zWest.Code}, "planner officer", "planner officer viewer contractor"},
		"a zone across":     {coverage.Area{Kind: "zone", Code: zBoth.Code}, "planner", "planner viewer"},
		"a polygon at home": {coverage.Area{Kind: "polygon", Geometry: geojson.NewGeometry(box(106.899, 28.999, 106.925, 29.002))}, "planner officer", "planner officer viewer"},
		"a polygon across":  {coverage.Area{Kind: "polygon", Geometry: geojson.NewGeometry(box(106.899, 28.999, 106.965, 29.002))}, "planner", "planner viewer"},
	}
	for name, a := range areas {
		made, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: a.area}})
		if err != nil {
			t.Fatal(err)
		}
		for who, r := range roles {
			t.Run(name+"/"+who, func(t *testing.T) {
				ctx, scope := b.as(r.role, r.scope)
				_, err := b.runs.Run(ctx, scope, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}, Area: a.area}})
				var outside *account.OutsideError
				var unseen *coverage.InvalidError // a zone that the person cannot see
				if may := strings.Contains(a.run, who); may && err != nil || !may && !errors.As(err, &outside) && !errors.As(err, &unseen) {
					t.Errorf("run: may %v, %v", may, err)
				}
				_, err = b.runs.Get(ctx, scope, b.district, made.ID)
				if may := strings.Contains(a.read, who); may && err != nil || !may && !errors.Is(err, postgis.ErrNotFound) {
					t.Errorf("read: may %v, %v", may, err)
				}
				list, err := b.runs.List(ctx, scope, b.district, 0)
				listed := false
				for _, run := range list {
					listed = listed || run.ID == made.ID
				}
				if err != nil || listed != strings.Contains(a.read, who) {
					t.Errorf("listed: %v %v", listed, err)
				}
			})
		}
	}
	if _, err := b.runs.Get(t.Context(), account.Scope{District: "500152"}, b.district, uuid.New()); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("another district: %v", err)
	}
}

func TestOldRunsAreDeleted(t *testing.T) {
	b := town(t)
	b.exec(`
		insert into coverage_run (id, district_code, facility_type, method, radius_m, area, inputs, summary, created_at)
		select gen_random_uuid(), $1, 'health_station', 'radius', 300, '{"kind":"district"}', '{}', '{}', now() - i * interval '1 day'
		from generate_series(1, 205) i`, b.district)
	run, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}}})
	if err != nil {
		t.Fatal(err)
	}
	list, err := b.runs.List(t.Context(), account.Everything, b.district, 0)
	var all int
	if e := b.db.Pool.QueryRow(t.Context(), `select count(*) from coverage_run`).Scan(&all); e != nil || err != nil || all != 200 || len(list) != 200 || list[0].ID != run.ID {
		t.Errorf("%d runs, %d listed, %v %v", all, len(list), err, e)
	}
}
