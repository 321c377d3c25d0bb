package dashboard_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dashboard"
	"github.com/lianpian/lianpian/internal/importer/programme"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

var today = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

// town is a generated district with a programme, and the store that looks at it.
func town(t *testing.T) (*postgis.DB, *dashboard.Store) {
	t.Helper()
	db := postgistest.New(t)
	size := district.Size{Buildings: 2_000, Communities: 200, Roads: 100, Facilities: 20}
	if err := district.Load(t.Context(), db, district.New(size, district.Seed)); err != nil {
		t.Fatal(err)
	}
	_, err := db.Pool.Exec(t.Context(), `
		update community set verdict = (array['in', 'in', 'in', 'borderline', 'out'])[1 + id % 5], floor_area_m2 = households * 80,
		       households_agreed = households * 7 / 10, municipal_missing = array['供水管网'], service_missing = array['health_station']`)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := lib.Policy("wansheng-2020")
	if err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(t.Context(), db.Pool, func(tx pgx.Tx) error {
		_, err := programme.Invent(t.Context(), tx, programme.Options{
			District: district.Code, Policy: p, Projects: 40, Months: 14, Surveyed: 0.5, Now: today, Seed: 1,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, dashboard.New(db, registry.New(db, lib), lib, func() time.Time { return today })
}

func board(t *testing.T, s *dashboard.Store, scope account.Scope, counts bool) dashboard.Board {
	t.Helper()
	b, err := s.Board(t.Context(), scope, district.Code, 0, counts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheBoardAddsUp(t *testing.T) {
	db, s := town(t)
	b := board(t, s, account.Everything, true)
	if !b.Whole || b.Year != 2026 || b.Policy.Key != "wansheng-2020" || b.Generated == 0 {
		t.Errorf("head: %+v", b.Policy)
	}
	communities := 0
	for _, e := range b.Eligibility {
		communities += e.Communities
	}
	projects := 0
	for _, p := range b.Projects {
		projects += p.Projects
	}
	stages := 0
	for _, g := range b.Stages {
		stages += g.Projects
	}
	for what, pair := range map[string][2]int{
		"communities":                {communities, one(t, db, `select count(*) from community`)},
		"projects":                   {projects, one(t, db, `select count(*) from project`)},
		"projects of the year":       {stages, one(t, db, `select count(*) from project where state = 'confirmed' and phase = 'implement' and year = 2026`)},
		"cost of the works":          {int(b.Money.CostYuan), one(t, db, `select sum(amount_yuan)::integer from work_item where answer = 'do'`)},
		"open surveys":               {b.Consent.Open, one(t, db, `select count(*) from survey where state = 'open'`)},
		"closed surveys":             {b.Consent.Closed, one(t, db, `select count(*) from survey where state = 'closed'`)},
		"households that were asked": {b.Consent.Asked, one(t, db, `select sum(asked) from survey_count`)},
		"area done in October":       {int(b.Months[9].DoneM2), one(t, db, `select (sum(g3_area_wan) * 10000)::integer from month_line l join month_report r on r.id = l.report_id where month = '2026-10-01' and state in ('submitted', 'frozen')`)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d on the board, %d in the tables", what, pair[0], pair[1])
		}
	}
	var shared float64
	for _, source := range b.Money.Sources {
		shared += source.SharedYuan
	}
	if int(shared) != int(b.Money.SharedYuan) {
		t.Errorf("the sources add up to %f, not %f", shared, b.Money.SharedYuan)
	}
}

func one(t *testing.T, db *postgis.DB, query string) (n int) {
	t.Helper()
	if err := db.Pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// subdistrictOf is one that has projects.
func subdistrictOf(t *testing.T, db *postgis.DB) (code string) {
	t.Helper()
	err := db.Pool.QueryRow(t.Context(), `select subdistrict_codes[1] from project where phase = 'implement' and year = 2026 order by 1 limit 1`).Scan(&code)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestAnOfficerSeesTheOwnPart(t *testing.T) {
	db, s := town(t)
	code := subdistrictOf(t, db)
	scope := account.Scope{District: district.Code, Subdistricts: []string{code}}
	all, own := board(t, s, account.Everything, true), board(t, s, scope, true)
	if own.Whole || own.Money.Funds != nil || own.Money.Years[0].FundsYuan != nil {
		t.Error("an officer sees the district's fund pool")
	}
	sum := func(b dashboard.Board) (n int) {
		for _, e := range b.Eligibility {
			n += e.Communities
		}
		return n
	}
	if sum(own) == 0 || sum(own) >= sum(all) {
		t.Errorf("%d of %d communities", sum(own), sum(all))
	}
	for _, i := range own.Late.Items {
		if i.Kind == "report" && i.Code != code {
			t.Errorf("a report of %s", i.Code)
		}
	}
	m, err := s.Map(t.Context(), scope, district.Code)
	if err != nil || len(m.Subdistricts) != 1 || len(m.Communities) != sum(own) {
		t.Errorf("the map: %d subdistricts, %d communities, %v", len(m.Subdistricts), len(m.Communities), err)
	}
}

func TestAContractorSeesNothingWithoutAZone(t *testing.T) {
	_, s := town(t)
	b := board(t, s, account.Scope{District: district.Code, Zones: []int64{}}, false)
	if len(b.Projects) != 0 || b.Late.Total != 0 || b.Consent.Closed != 0 || b.Money.CostYuan != 0 {
		t.Errorf("%+v", b)
	}
}

func TestAnotherDistrictIsNotFound(t *testing.T) {
	_, s := town(t)
	scope := account.Scope{District: "500110"}
	_, err := s.Board(t.Context(), scope, district.Code, 0, true)
	_, err2 := s.Map(t.Context(), scope, district.Code)
	_, err3 := s.Tasks(t.Context(), account.Person{Role: account.Planner, Scope: scope}, district.Code)
	_, err4 := s.Duties(t.Context(), scope, district.Code)
	for _, err := range []error{err, err2, err3, err4} {
		if !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	}
}

func TestWhatIsLate(t *testing.T) {
	db, s := town(t)
	b := board(t, s, account.Everything, true)
	kinds := map[string]int{}
	for _, k := range b.Late.ByKind {
		kinds[k.Kind] = k.Count
	}
	if kinds["filing"]+kinds["step"]+kinds["report"]+kinds["survey"] != b.Late.Total {
		t.Errorf("%+v", b.Late.ByKind)
	}
	want := one(t, db, `
		select count(*) from milestone a where kind = 'acceptance' and on_date + 15 < date '2026-11-30'
		and not exists (select from milestone f where f.project_id = a.project_id and f.kind = 'filing')`)
	if kinds["filing"] != want || want == 0 {
		t.Errorf("filings: %d late, %d in the tables", kinds["filing"], want)
	}
	for i, item := range b.Late.Items {
		if item.Days < 1 || i > 0 && b.Late.Items[i-1].Days < item.Days {
			t.Errorf("item %d is %d days late", i, item.Days)
		}
	}
}

func TestAFilingIsLateOnTheSixteenthDay(t *testing.T) {
	db, s := town(t)
	var id int64
	if err := db.Pool.QueryRow(t.Context(), `select project_id from milestone where kind = 'start' order by 1 limit 1`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		days int
		late bool
	}{{14, false}, {15, false}, {16, true}} {
		_, err := db.Pool.Exec(t.Context(), `delete from milestone where kind in ('acceptance', 'filing')`)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.Pool.Exec(t.Context(), `insert into milestone (project_id, kind, on_date) values ($1, 'acceptance', date '2026-11-30' - $2::integer)`, id, c.days)
		if err != nil {
			t.Fatal(err)
		}
		b := board(t, s, account.Everything, true)
		if got := b.Late.ByKind[0].Count > 0; got != c.late {
			t.Errorf("accepted %d days ago: late %v", c.days, got)
		}
	}
}

func TestTargetsAreThoseThatProgressCounts(t *testing.T) {
	_, s := town(t)
	var asked []int
	s.CountTargets(func(_ context.Context, _ account.Scope, _ string, year int) ([]dashboard.BoardTarget, error) {
		asked = append(asked, year)
		half, n := 0.5, 4
		list := []dashboard.BoardTarget{{ID: "state", Year: year}, {ID: "own", Year: year, Own: true, Share: &half, Count: &n}}
		return list, nil
	})
	b := board(t, s, account.Everything, true)
	if !slices.Equal(asked, []int{2026, 2025, 2022, 2020}) {
		t.Errorf("asked for %v", asked)
	}
	var own []int
	for _, target := range b.Targets {
		if target.Own {
			own = append(own, target.Year)
		}
		if target.Over != (target.Year < 2026) {
			t.Errorf("%d is over: %v", target.Year, target.Over)
		}
	}
	if !slices.Equal(own, []int{2026}) || b.Targets[0].Share == nil || b.Targets[len(b.Targets)-1].Share != nil {
		t.Errorf("%+v", b.Targets)
	}
}
