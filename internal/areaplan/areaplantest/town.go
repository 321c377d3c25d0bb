// Package areaplantest makes a small district with two zones, for tests of plans
// and of what is made from them. It must never be imported by the program.
package areaplantest

import (
	"log/slog"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/walking"
	"github.com/lianpian/lianpian/internal/zone"
)

// Codes of the two subdistricts of the town.
const (
	West = "500110001"
	East = "500110002"
)

// Now is when plans of the town are made: already the next day in China.
var Now = time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)

// Town is a district with two zones that share a community. The first, Zone, lies
// in both subdistricts and holds a community with an outline, one that is only a
// point, and buildings of none; its texts try to be formulas and file names. The
// second, East, holds two communities of the east, one of them also of the first.
type Town struct {
	t        testing.TB
	DB       *postgis.DB
	Lib      *policy.Library
	Zones    *zone.Store
	Runs     *coverage.Store
	Plans    *areaplan.Gatherer
	District string
	Zone     zone.Zone
	East     zone.Zone
}

// New makes a town.
func New(t testing.TB) *Town {
	t.Helper()
	db := postgistest.New(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	zones := zone.New(db)
	runs := coverage.New(db, lib, walking.New(db, slog.New(slog.DiscardHandler)))
	s := &Town{
		t: t, DB: db, Lib: lib, Zones: zones, Runs: runs, District: postgistest.District(t, db),
		Plans: areaplan.New(db, zones, runs, lib, "lianpian test"),
	}
	s.Exec(`update district set demo = true, notice = '演示区：属性为生成数据' where code = $1`, s.District)
	s.register()
	s.ground()
	s.Zone = s.found("一号/片区 & <试点>", "=cmd|' /C calc'!A0\n第二行", orb.Polygon{
		// clockwise, with a hole: files wind it the other way round
		{{106.9, 28.95}, {106.9, 28.96}, {106.91, 28.96}, {106.91, 28.95}, {106.9, 28.95}},
		{{106.908, 28.951}, {106.909, 28.951}, {106.909, 28.952}, {106.908, 28.952}, {106.908, 28.951}},
	})
	s.East = s.found("二号片区", "", orb.Polygon{{{106.905, 28.955}, {106.915, 28.955}, {106.915, 28.965}, {106.905, 28.965}, {106.905, 28.955}}})
	s.Exec(`update zone set year = 2026 where code = $1`, s.Zone.Code)
	s.Exec(`update zone set year = 2028 where code = $1`, s.East.Code)
	s.Exec(`
		insert into zone_string (zone_id, a_id, b_id, geom, name, length_m, streets)
		select z.id, a.id, b.id, ST_GeomFromText('LINESTRING(106.902 28.952, 106.904 28.955, 106.906 28.956)', 4490), '和平路', 640.5,
		       '[{"name":"和平路","length_m":500},{"name":"","length_m":140.5}]'
		from zone z, community a, community b
		where z.code = $1 and a.code = '0012' and b.code = '0013'
		on conflict do nothing`, s.Zone.Code)
	s.programme()
	s.Cover(s.Zone.Code, 300)
	s.Cover(s.Zone.Code, 300) // the newest counts
	return s
}

// Exec runs a statement.
func (s *Town) Exec(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.DB.Pool.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Town) found(name, note string, shape orb.Polygon) zone.Zone {
	s.t.Helper()
	z, err := s.Zones.Create(s.t.Context(), account.Everything, s.District, zone.Draft{Name: name, Note: note, Geometry: shape})
	if err != nil {
		s.t.Fatal(err)
	}
	return z
}

// Cover runs the coverage of health stations by straight lines over a zone, ""
// being the whole district.
func (s *Town) Cover(zoneCode string, radius float64) coverage.Run {
	s.t.Helper()
	area := coverage.Area{Kind: coverage.AreaZone, Code: zoneCode}
	if zoneCode == "" {
		area = coverage.Area{Kind: coverage.AreaDistrict}
	}
	run, err := s.Runs.Run(s.t.Context(), account.Everything, s.District, coverage.Request{
		FacilityType: "health_station", Settings: coverage.Settings{Limit: coverage.Limit{Metres: &radius}, Area: area},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

// Plan gathers the plan of zones as everybody may read it.
func (s *Town) Plan(zones ...string) *areaplan.Plan {
	s.t.Helper()
	p, err := s.Plans.Gather(s.t.Context(), account.Everything, s.District, areaplan.Request{Zones: zones, Map: true}, Now)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}
