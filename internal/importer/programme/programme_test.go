package programme_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/importer/programme"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

var day = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

// invent makes a programme in a small generated district.
func invent(t *testing.T, db *postgis.DB, key string, seed uint64) programme.Made {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := lib.Policy(key)
	if err != nil {
		t.Fatal(err)
	}
	var made programme.Made
	err = pgx.BeginFunc(t.Context(), db.Pool, func(tx pgx.Tx) error {
		made, err = programme.Invent(t.Context(), tx, programme.Options{
			District: district.Code, Policy: p, Projects: 40, Months: 14, Surveyed: 0.5, Now: day, Seed: seed,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func town(t *testing.T) *postgis.DB {
	t.Helper()
	db := postgistest.New(t)
	size := district.Size{Buildings: 2_000, Communities: 200, Roads: 100, Facilities: 20}
	if err := district.Load(t.Context(), db, district.New(size, district.Seed)); err != nil {
		t.Fatal(err)
	}
	_, err := db.Pool.Exec(t.Context(), `
		update community set verdict = (array['in', 'in', 'in', 'borderline', 'out'])[1 + id % 5], floor_area_m2 = households * 80, households_agreed = households * 7 / 10,
		       municipal_missing = array['供水管网'], service_missing = array['health_station']`)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func count(t *testing.T, db *postgis.DB, query string) (n int) {
	t.Helper()
	if err := db.Pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheProgrammeShowsEveryState(t *testing.T) {
	db := town(t)
	made := invent(t, db, "wansheng-2020", 1)
	if made.Projects != 40 {
		t.Errorf("%+v", made)
	}
	for what, query := range map[string]string{
		"states":               `select 5 - count(distinct state) from project`,
		"phases":               `select 3 - count(distinct phase) from project where phase is not null`,
		"libraries":            `select 2 - count(distinct library) from project`,
		"years":                `select 5 - count(distinct year) from project where year is not null`,
		"late filing":          `select 1 - least(1, count(*)) from milestone a where kind = 'acceptance' and on_date < date '2026-11-15' and not exists (select from milestone f where f.project_id = a.project_id and f.kind = 'filing')`,
		"open surveys":         `select 1 - least(1, count(*)) from survey where state = 'open'`,
		"overdue surveys":      `select 1 - least(1, count(*)) from survey where state = 'open' and due_on < date '2026-11-30'`,
		"returned reports":     `select 1 - least(1, count(*)) from month_report where state = 'returned'`,
		"years without a fund": `select count(*) from fund where year > 2027`,
		"unfunded":             `select 1 - least(1, count(*)) from published_project_cost where cost_yuan > allocated_yuan and allocated_yuan > 0`,
		"outside the scope":    `select count(*) from project_community m join community c on c.id = m.community_id where c.eligibility = 'out'`,
		"not generated":        `select count(*) from project where generated = '{}'`,
		"consent of a survey is that of the register": `
			select count(*) from survey s join community c on c.id = s.community_id
			join lateral (select sum(agreed) as agreed, sum(households) as households from survey_count k where k.survey_id = s.id) k on true
			where s.state = 'closed' and abs(k.agreed * c.households - c.households_agreed * k.households) > 2 * k.households`,
	} {
		if n := count(t, db, query); n != 0 {
			t.Errorf("%s: %d too many or too few", what, n)
		}
	}
}

func TestTheReportsAgreeWithTheProjects(t *testing.T) {
	db := town(t)
	invent(t, db, "wansheng-2020", 1)
	const lines = `select count(*) from month_line l join month_report r on r.id = l.report_id
		join published_project_cost k on k.project_id = l.project_id
		left join milestone b on b.project_id = l.project_id and b.kind = 'start'
		left join milestone d on d.project_id = l.project_id and d.kind = 'works_done'
		where `
	for what, wrong := range map[string]string{
		"an investment that is not the cost":   `k.items > 0 and abs(l.investment_wan - k.cost_yuan / 10000) > 0.0001`,
		"more spent than the investment":       `l.spent_wan > l.investment_wan`,
		"spent before the works began":         `l.spent_wan > 0 and (b.on_date is null or b.on_date > r.month + 24)`,
		"done without the works being done":    `(l.g3_area_wan > 0) <> coalesce(d.on_date <= r.month + 24, false)`,
		"under way without the works' begin":   `l.g2_area_wan > 0 and (b.on_date is null or b.on_date > r.month + 24)`,
		"not under way though the works began": `l.g2_area_wan + l.g3_area_wan = 0 and b.on_date <= r.month + 24`,
	} {
		if n := count(t, db, lines+wrong); n != 0 {
			t.Errorf("%s: %d lines", what, n)
		}
	}
	if n := count(t, db, lines+`k.items > 0 and l.spent_wan > 0`); n == 0 {
		t.Error("nothing was spent")
	}
}

func TestTheSameSeedGivesTheSameProgramme(t *testing.T) {
	contents := func(seed uint64) string {
		db := town(t)
		invent(t, db, "wansheng-2020", seed)
		var b strings.Builder
		for _, table := range []string{"project", "survey", "survey_count", "condition_check", "work_item", "cost_share", "fund", "fund_allocation", "approval_step", "milestone", "month_report", "month_line"} {
			fmt.Fprintln(&b, table, digest(t.Context(), t, db, table))
		}
		return b.String()
	}
	first, again, other := contents(1), contents(1), contents(2)
	if first != again {
		t.Errorf("the same seed:\n%s\n%s", first, again)
	}
	if strings.Contains(first, "empty") {
		t.Error(first)
	}
	if first == other {
		t.Error("another seed gives the same programme")
	}
}

// digest is the contents of a table but for when its rows were written.
func digest(ctx context.Context, t *testing.T, db *postgis.DB, table string) (sum string) {
	t.Helper()
	err := db.Pool.QueryRow(ctx, `select coalesce(md5(string_agg(row, '|' order by row)), 'empty') from (
		select (to_jsonb(x) - 'at' - 'id')::text as row from `+pgx.Identifier{table}.Sanitize()+` x) r`).Scan(&sum)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestAPlanWithOtherItemsIsTakenToo(t *testing.T) {
	db := town(t)
	if made := invent(t, db, "tongnan-2021", 1); made.Items == 0 || made.Steps == 0 {
		t.Errorf("%+v", made)
	}
}
