package areaplan_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/walking"
	"github.com/lianpian/lianpian/internal/zone"
)

const (
	west = "500110001"
	east = "500110002"
)

// now is when the tests export: already the next day in China.
var now = time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)

// sample is a zone with two communities (one with a polygon, one with a point),
// buildings with and without a community, hostile texts and generated figures.
type sample struct {
	t        *testing.T
	db       *postgis.DB
	plans    *areaplan.Gatherer
	district string
	zone     zone.Zone
}

func newSample(t *testing.T) *sample {
	db := postgistest.New(t)
	zones := zone.New(db)
	lib := library(t)
	runs := coverage.New(db, lib, walking.New(db, slog.New(slog.DiscardHandler)))
	s := &sample{t: t, db: db, plans: areaplan.New(db, zones, runs, lib, "test"), district: postgistest.District(t, db)}
	s.exec(`update district set demo = true, notice = '演示区：属性为生成数据' where code = $1`, s.district)
	s.exec(`
		insert into community (district_code, code, name, address, subdistrict_code, built_year, households, floor_area_m2, management_mode,
		                       verdict, verdict_proof, geom, location, remark, generated, source, updated_at)
		values
		($1, '0012', '崂山五村', '=HYPERLINK("http://example.com","x")', '500110001', 1987, 420, 31200.5, 'self_managed', 'in',
		 '[{"clause":"二(一)1","rule":"S1","outcome":"met","text":"建成于 1987 年，早于 2000 年。","fact":"built_year"}]',
		 ST_Multi(ST_MakeEnvelope(106.901, 28.951, 106.903, 28.953, 4490)), ST_SetSRID(ST_MakePoint(106.902, 28.952), 4490),
		 '', array['households', 'built_year'], 'OpenStreetMap', '2026-03-01T18:00:00Z'),
		($1, '0013', '-2+3', '@SUM(A1)', '500110002', null, null, null, '', 'borderline',
		 '[{"clause":"二(一)1","rule":"S1","outcome":"unknown","text":"建成年份未知。","fact":"built_year"}]',
		 null, ST_SetSRID(ST_MakePoint(106.906, 28.956), 4490), '含 & < > "引号" 与
换行', '{}', '台账', '2026-03-02T00:00:00Z')`, s.district)
	s.exec(`
		insert into building (district_code, code, name, community_id, subdistrict_code, use, storeys, households, floor_area_m2, geom, generated, source)
		select $1, v.code, v.name, c.id, v.sub, v.use, v.storeys, v.households, v.area,
		       ST_Multi(ST_MakeEnvelope(v.x, v.y, v.x + 0.0002, v.y + 0.0001, 4490)), v.made, 'osm'
		from (values ('b1', '1栋', '0012', '500110001', 'residential', 6, 40, 3000.25, 106.9011, 28.9511, array['households']),
		             ('b2', '+2栋', '0012', '500110001', 'residential', 7, null, null, 106.9021, 28.9521, '{}'),
		             ('b3', '', '0013', '500110002', 'residential', 5, 30, 2100.75, 106.9061, 28.9561, '{}'),
		             ('b4', '小卖部', null, '500110001', 'commercial', 1, null, 80.5, 106.9041, 28.9511, '{}'),
		             ('b5', '值班房', null, '500110002', '', null, 1, 20.25, 106.9045, 28.9515, '{}'))
		     as v(code, name, community, sub, use, storeys, households, area, x, y, made)
		left join community c on c.code = v.community`, s.district)
	s.exec(`insert into facility (district_code, code, facility_type, geom) values ($1, 'f', 'health_station', ST_SetSRID(ST_MakePoint(106.902, 28.952), 4490))`, s.district)
	var err error
	s.zone, err = zones.Create(t.Context(), account.Everything, s.district, zone.Draft{
		Name: "一号/片区 & <试点>", Note: "=cmd|' /C calc'!A0\n第二行", Geometry: orb.Polygon{
			// clockwise, with a hole: RFC 7946 wants it the other way round
			{{106.9, 28.95}, {106.9, 28.96}, {106.91, 28.96}, {106.91, 28.95}, {106.9, 28.95}},
			{{106.908, 28.951}, {106.909, 28.951}, {106.909, 28.952}, {106.908, 28.952}, {106.908, 28.951}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	radius := 300.0
	for range 2 {
		if _, err := runs.Run(t.Context(), account.Everything, s.district, coverage.Request{FacilityType: "health_station", Settings: coverage.Settings{Limit: coverage.Limit{Metres: &radius}, Area: coverage.Area{Kind: coverage.AreaZone, Code: s.zone.Code}}}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *sample) exec(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.db.Pool.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sample) plan(ctx context.Context, scope account.Scope, r areaplan.Request) *areaplan.Plan {
	s.t.Helper()
	if r.Zones == nil {
		r.Zones = []string{s.zone.Code}
	}
	p, err := s.plans.Gather(ctx, scope, s.district, r, now)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}
