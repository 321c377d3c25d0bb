package dashboard_test

import (
	"testing"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dashboard"
	"github.com/lianpian/lianpian/internal/postgis"
)

func do(t *testing.T, db *postgis.DB, queries ...string) {
	t.Helper()
	for _, q := range queries {
		if _, err := db.Pool.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// stagesOf are the projects of the year by stage, and those that count by library
// and year.
func stagesOf(b dashboard.Board) (stages map[string]int, years map[string]int) {
	stages, years = map[string]int{}, map[string]int{}
	for _, s := range b.Stages {
		stages[s.Stage] = s.Projects
	}
	for _, p := range b.Projects {
		if p.Counts && p.Phase != nil && *p.Phase == "implement" && p.Year != nil {
			years[p.Library] += p.Projects
		}
	}
	return stages, years
}

func TestAProjectThatWasClosedBecauseItIsDoneStillCounts(t *testing.T) {
	db, s := town(t)
	stages, years := stagesOf(board(t, s, account.Everything, true))
	owed := board(t, s, account.Everything, true).Months[9].Owed
	if stages["acceptance"] == 0 {
		t.Fatal("nothing is accepted")
	}
	do(t, db, `
		update project p set state = 'closed', state_reason = '已完工', proposed_phase = phase, phase = null
		where phase = 'implement' and year = 2026
		  and exists (select from milestone m where m.project_id = p.id and m.kind = 'acceptance')`)
	b := board(t, s, account.Everything, true)
	again, yearsAgain := stagesOf(b)
	for stage, n := range stages {
		if again[stage] != n {
			t.Errorf("%s: %d projects before they were closed, %d after", stage, n, again[stage])
		}
	}
	for library, n := range years {
		if yearsAgain[library] != n {
			t.Errorf("%s: %d projects before, %d after", library, n, yearsAgain[library])
		}
	}
	if b.Months[9].Owed != owed {
		t.Errorf("%d reports are owed in October, not %d", b.Months[9].Owed, owed)
	}
}

func TestAProjectThatWentOnInTheOtherLibraryDoesNotCountTwice(t *testing.T) {
	db, s := town(t)
	_, years := stagesOf(board(t, s, account.Everything, true))
	do(t, db, `update project set state = 'withdrawn', phase = null where id = (
		select min(id) from project where library = 'comprehensive' and phase = 'implement')`)
	if _, again := stagesOf(board(t, s, account.Everything, true)); again["comprehensive"] != years["comprehensive"]-1 {
		t.Errorf("%d of %d count", again["comprehensive"], years["comprehensive"])
	}
}

func TestAMonthHoldsWhatWasHandedIn(t *testing.T) {
	db, s := town(t)
	november := board(t, s, account.Everything, true).Months[10]
	if november.State != "partial" || november.Reports == 0 || november.Reports >= november.Owed {
		t.Fatalf("November: %+v", november)
	}
	const area = `select coalesce(sum(g2_area_wan + g3_area_wan) * 10000, 0)::integer
		from month_line l join month_report r on r.id = l.report_id where month = '2026-11-01'`
	shown := int(november.WorkingM2 + november.DoneM2 + 0.5)
	if want := one(t, db, area+` and state = 'submitted'`); shown != want {
		t.Errorf("%d m² on the board, %d handed in", shown, want)
	}
	if all := one(t, db, area); shown >= all {
		t.Errorf("%d m² on the board, %d with drafts and what was sent back", shown, all)
	}
	if want := one(t, db, `select count(*) from month_report where month = '2026-11-01' and state = 'submitted'`); november.Reports != want {
		t.Errorf("%d reports, not %d", november.Reports, want)
	}
	do(t, db, `update month_report set state = 'draft' where month = '2026-11-01' and state = 'submitted'`)
	november = board(t, s, account.Everything, true).Months[10]
	if november.State != "none" || november.Reports != 0 || november.PlanM2 != 0 || november.Owed == 0 {
		t.Errorf("only drafts: %+v", november)
	}
	if december := board(t, s, account.Everything, true).Months[11]; december.Owed != 0 {
		t.Errorf("December has not begun: %+v", december)
	}
}

// contractor makes a zone of two communities that were asked, and returns the scope
// of who works there.
func contractor(t *testing.T, db *postgis.DB) account.Scope {
	t.Helper()
	do(t, db, `delete from survey`,
		`insert into survey (id, district_code, community_id, state, started_on)
		 select gen_random_uuid(), district_code, id, 'open', '2026-11-01' from community order by id limit 2`)
	var zone int64
	err := db.Pool.QueryRow(t.Context(), `
		insert into zone (district_code, scenario_id, code, name, geom)
		select '`+district.Code+`', s.id, 'Z', 'Z', ST_Multi(ST_Buffer(c.location, 0.001)) from community c, scenario s
		where s.district_code = '`+district.Code+`' and s.main order by c.id limit 1 returning id`).Scan(&zone)
	if err != nil {
		t.Fatal(err)
	}
	do(t, db, `delete from zone_community`, `insert into zone_community select z.id, s.community_id from zone z, survey s`)
	return account.Scope{District: district.Code, Zones: []int64{zone}}
}

// Of 341 who were asked 339 to 337 agreed: the list hides it, and shows the other
// community's 578 and 514. The sums must not tell.
func TestAContractorCannotWorkOutASmallCountFromTheSums(t *testing.T) {
	db, s := town(t)
	scope := contractor(t, db)
	do(t, db, `insert into survey_count (survey_id, households, asked, agreed) select id, 600, 578, 514 from survey order by community_id limit 1`)
	var first dashboard.BoardConsent
	for not := 1; not <= 4; not++ {
		do(t, db, `delete from survey_count where households = 400`)
		_, err := db.Pool.Exec(t.Context(), `insert into survey_count (survey_id, households, asked, agreed)
			select id, 400, 346, 346 - $1::integer from survey order by community_id desc limit 1`, not)
		if err != nil {
			t.Fatal(err)
		}
		k := board(t, s, scope, false).Consent
		if !k.Rounded || k.Households != 1000 || k.Asked != 580+350 || k.Agreed != 510+350 {
			t.Errorf("%d did not agree: %+v", not, k)
		}
		if not == 1 {
			first = k
		}
		if k != first {
			t.Errorf("%d did not agree, and the board tells: %+v", not, k)
		}
		if k := board(t, s, scope, true).Consent; k.Rounded || k.Asked != 578+346 || k.Agreed != 514+346-not {
			t.Errorf("who may see the counts: %+v", k)
		}
	}
}
