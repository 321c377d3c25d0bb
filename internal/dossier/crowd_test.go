package dossier

import (
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
)

// The reach: a district of 3,000 communities with full checklists.
func TestThreeThousandFilesAreListedInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a district")
	}
	b := newBench(t)
	b.exec(`insert into community (district_code, code, name, subdistrict_code, built_year, households)
		select $1, 'C' || i, '小区' || i, $2, 1980 + i % 30, 100 from generate_series(1, 3000) i`, b.district, west)
	b.exec(`insert into condition_check (community_id, policy_key, kind, no, result, checked_on)
		select c.id, 'wansheng-2020', 'item', i::text, 'ok', '2026-11-01' from community c, generate_series(1, 39) i`)
	b.exec(`insert into condition_check (community_id, policy_key, kind, no, result, checked_on)
		select c.id, 'wansheng-2020', 'management', '1.' || i, 'ok', '2026-11-01' from community c, generate_series(1, 25) i`)
	b.exec(`insert into community_fact (community_id, field, source, as_of)
		select c.id, f, '房产档案', '2026-11-01' from community c, unnest('{address,households,built_year,subdistrict_code,neglected}'::text[]) f`)
	b.exec(`insert into survey (id, district_code, community_id, started_on)
		select gen_random_uuid(), $1, id, '2026-11-01' from community`, b.district)
	b.exec(`insert into survey_count (survey_id, building_code, households, asked, agreed) select id, '', 100, 50, 40 from survey`)
	b.exec(`insert into project (district_code, code, name, library, state) select $1, 'P' || i, '项目' || i, 'comprehensive', 'applied' from generate_series(1, 500) i`, b.district)
	b.exec(`insert into project_community (project_id, community_id, live)
		select p.id, c.id, true from community c join project p on p.code = 'P' || (1 + c.id % 500)`)
	b.exec(`vacuum analyze`)
	best := func(f func() error) time.Duration {
		least := time.Hour
		for range 5 {
			began := time.Now()
			b.must(f())
			least = min(least, time.Since(began))
		}
		return least
	}
	ctx := t.Context()
	list := best(func() error {
		files, err := b.Files(ctx, account.Everything, b.district, Filter{Limit: 100})
		if err == nil && files.Total != 3000 {
			t.Errorf("%d files", files.Total)
		}
		return err
	})
	one := best(func() error {
		_, err := b.File(ctx, account.Everything, b.district, "C1500")
		return err
	})
	t.Logf("list of 3,000 files: %v; one file: %v", list, one)
	const limit = 400 * time.Millisecond // 200 ms asked for, doubled for a busy machine
	if list > limit || one > limit {
		t.Errorf("list %v, one %v, limit %v", list, one, limit)
	}
}
