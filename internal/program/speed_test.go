package program_test

import (
	"context"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/program"
)

// limit is what every list has to answer within at 3,000 communities and 500
// projects.
const limit = 200 * time.Millisecond

func TestListsOfALargeDistrictAnswerInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a district of 3,000 communities")
	}
	w := newWorld(t)
	w.large()
	ctx, scope := w.planner()
	lists := map[string]func() error{
		"projects, a page": func() error { _, err := w.store.Projects(ctx, scope, w.district, program.Filter{}); return err },
		"projects, all": func() error {
			_, err := w.store.Projects(ctx, scope, w.district, program.Filter{Limit: 500})
			return err
		},
		"projects, by text": func() error {
			_, err := w.store.Projects(ctx, scope, w.district, program.Filter{Q: "小区 17"})
			return err
		},
		"projects, strays": func() error {
			_, err := w.store.Projects(ctx, scope, w.district, program.Filter{Strays: true})
			return err
		},
		"overview": func() error { _, err := w.store.Overview(ctx, scope, w.district); return err },
		"priorities": func() error {
			_, err := w.store.Priorities(ctx, scope, w.district, program.Comprehensive, "")
			return err
		},
		"groups, neighborhoods": func() error { _, err := w.store.Groups(ctx, scope, w.district, "neighborhood"); return err },
		"groups, zones":         func() error { _, err := w.store.Groups(ctx, scope, w.district, "zone"); return err },
		"a file":                func() error { _, err := w.store.File(ctx, scope, w.district, "P0007"); return err },
	}
	for name, list := range lists {
		postgistest.Within(t, w.db, limit, name, func() { w.must(list()) })
	}
}

// large fills the district with 3,000 communities, 500 projects of five of them
// each, and a survey of every second community.
func (w *world) large() {
	w.t.Helper()
	w.sql(`insert into neighborhood (district_code, code, name, subdistrict_code)
		select $1, 'n' || i, '社区 ' || i, '50011000' || 1 + i % 2 from generate_series(0, 59) i`, w.district)
	w.sql(`insert into community (district_code, code, name, subdistrict_code, neighborhood_code, households, floor_area_m2, building_count,
		       built_year, neglected, municipal_missing, households_agreed, verdict, verdict_proof, location)
		select $1, 'C' || i, '小区 ' || i, '50011000' || 1 + i % 2, 'n' || i % 60,
		       case when i % 10 > 0 then 100 end, 8000, 4, 1960 + i % 40, i % 3 = 0, '{a,b}', i % 100,
		       case when i % 50 = 0 then 'out' else 'in' end,
		       jsonb_build_array(jsonb_build_object('clause', '二(一)', 'rule', 'S1', 'outcome', 'met', 'text', repeat('判定依据', 20), 'fact', 'built_year')),
		       ST_SetSRID(ST_MakePoint(106.81 + (i % 60) * 0.0045, 28.91 + (i / 60) * 0.003), 4490)
		from generate_series(0, 2999) i`, w.district)
	w.sql(`insert into building (district_code, code, community_id, households, geom)
		select district_code, code || '-' || n, id, 25, ST_Multi(ST_Expand(location, 0.0001))
		from community, generate_series(1, 4) n`)
	w.sql(`insert into project (district_code, code, name, library, applicant, applied_on, state, phase, year, subdistrict_codes, readiness)
		select $1, 'P' || lpad(i::text, 4, '0'), '项目 ' || i, case when i % 3 = 0 then 'management' else 'comprehensive' end, '居委会',
		       date '2025-01-01' + i, case when i % 4 = 0 then 'applied' else 'confirmed' end,
		       case when i % 4 > 0 then (array['reserve','plan','implement'])[1 + i % 3] end, 2026 + i % 4, '{500110001}',
		       '{"cost_share": {"holds": true}}'
		from generate_series(0, 499) i`, w.district)
	w.sql(`insert into project_community (project_id, community_id, live)
		select p.id, c.id, true from project p join community c on substr(c.code, 2)::int between substr(p.code, 2)::int * 5 and substr(p.code, 2)::int * 5 + 4`)
	w.sql(`insert into survey (id, district_code, community_id, started_on)
		select gen_random_uuid(), district_code, id, '2026-01-01' from community where id % 2 = 0`)
	w.sql(`insert into survey_count (survey_id, building_code, households, asked, agreed, floor_area_m2, agreed_area_m2)
		select id, 'b' || n, 25, 20, 15, 2000, 1200 from survey, generate_series(1, 4) n`)
	_, err := w.db.Pool.Exec(context.Background(), `analyze`)
	w.must(err)
}
