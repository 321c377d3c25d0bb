package works_test

import (
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/works"
)

// TestPoolsOfFiveHundredProjects measures the lists of a district of 3,000
// communities and 500 projects, each with the whole catalogue answered. They are
// to stay under 200 ms on an idle machine; what fails here is several times that.
func TestPoolsOfFiveHundredProjects(t *testing.T) {
	b := newBench(t)
	b.exec(`delete from project`)
	b.exec(`insert into community (district_code, code, name, subdistrict_code, households, building_count, floor_area_m2)
		select $1, 'c' || n, '小区' || n, $2, 100 + n % 400, 3, 8000 from generate_series(1, 3000) n`, district, wanSheng)
	b.exec(`insert into project (district_code, code, name, library, state, phase, year, subdistrict_codes, applied_on, central_subsidy)
		select $1, 'p' || n, '项目' || n, case when n % 4 = 0 then 'management' else 'comprehensive' end, 'confirmed', 'implement',
		       2025 + n % 4, array[case when n % 2 = 0 then $2 else $3 end], '2026-01-01', n % 3 = 0
		from generate_series(1, 500) n`, district, wanSheng, dongLin)
	b.exec(`insert into project_community (project_id, community_id, live)
		select p.id, c.id, true from project p join community c on c.code in (select 'c' || (substr(p.code, 2)::integer * 6 - k) from generate_series(0, 5) k)`)
	b.exec(`insert into work_item (project_id, policy_key, item_no, answer, quantity, price_yuan, reason)
		select p.id, 'wansheng-2020', i, case when i % 5 = 4 then 'not_needed' else 'do' end, i % 7 + 1, 20000 + i * 100, '完好' from project p, generate_series(1, 39) i`)
	b.exec(`insert into cost_share (project_id, source, amount_yuan) select id, 'pipelines', 100000 from project`)
	b.exec(`insert into fund (district_code, year, source, name, amount_yuan, restriction)
		select $1, 2026, 'central', '资金' || n, 4000000, case n % 4 when 0 then '{"categories": ["inside", "adjacent"]}'::jsonb when 1 then '{"libraries": ["management"]}'::jsonb
		       when 2 then '{"central_subsidy": true}'::jsonb else '{}'::jsonb end
		from generate_series(1, 40) n`, district)
	b.exec(`analyze`)

	var match works.Match
	for _, list := range []struct {
		name string
		ask  func() error
	}{
		{"the years", func() error {
			_, err := b.works.Pool(t.Context(), account.Everything, district, 0)
			return err
		}},
		{"a year in full", func() error {
			_, err := b.works.Pool(t.Context(), account.Everything, district, 2026)
			return err
		}},
		{"the match", func() (err error) {
			match, err = b.works.Match(t.Context(), account.Everything, district, works.MatchAsk{Year: 2026})
			return err
		}},
		{"a project's menu", func() error {
			_, err := b.works.Works(t.Context(), account.Everything, district, "p7")
			return err
		}},
		{"a project's money", func() error {
			_, err := b.works.Money(t.Context(), account.Everything, district, "p7")
			return err
		}},
	} {
		best := time.Hour
		for range 4 {
			started := time.Now()
			if err := list.ask(); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(started))
		}
		t.Logf("%s: %v", list.name, best.Round(time.Millisecond))
		if best > time.Second {
			t.Errorf("%s takes %v", list.name, best)
		}
	}
	if len(match.Projects) != 125 || match.Funded == 0 || match.Funded == 125 {
		t.Errorf("%d of %d projects funded", match.Funded, len(match.Projects))
	}
}
