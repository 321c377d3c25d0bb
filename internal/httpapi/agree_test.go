package httpapi

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	town "github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/dashboard"
	"github.com/lianpian/lianpian/internal/importer/programme"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/survey"
	"github.com/lianpian/lianpian/internal/works"
)

// invented is a world with another district that has an invented programme:
// also projects without priced works, one of them confirmed for a year without
// a budget, works by another plan and works of a community that left.
func invented(t *testing.T, now time.Time) *world {
	t.Helper()
	w := newWorldOn(t, func() time.Time { return now })
	size := town.Size{Buildings: 2_000, Communities: 200, Roads: 100, Facilities: 20}
	w.must(town.Load(t.Context(), w.db, town.New(size, town.Seed)))
	w.sql(`update community set verdict = (array['in', 'in', 'in', 'borderline', 'out'])[1 + id % 5], floor_area_m2 = households * 80,
		municipal_missing = array['供水管网'], service_missing = array['health_station'] where district_code = $1`, town.Code)
	lib, err := policy.Load()
	w.must(err)
	p, err := lib.Policy("wansheng-2020")
	w.must(err)
	w.must(pgx.BeginFunc(t.Context(), w.db.Pool, func(tx pgx.Tx) error {
		_, err := programme.Invent(t.Context(), tx, programme.Options{
			District: town.Code, Policy: p, Projects: 60, Months: 14, Surveyed: 0.5, Now: now, Seed: 1,
		})
		return err
	}))
	project := func(code, state string, years int, phase *string, estimate *float64) {
		w.sql(`insert into project (district_code, code, name, library, state, phase, year, estimated_wan)
			values ($1, $2, $2, 'comprehensive', $3, $4, $5, $6)`, town.Code, code, state, phase, now.In(clock.China).Year()+years, estimate)
	}
	plan, reserve, wan := "plan", "reserve", 123.4567
	project("估算", "confirmed", 0, &plan, &wan)
	project("无数", "confirmed", 0, &plan, nil)
	project("远期", "confirmed", 7, &plan, &wan)
	project("储备", "confirmed", 8, &reserve, &wan)
	project("申请", "applied", 0, nil, &wan)
	w.sql(`insert into work_item (project_id, policy_key, item_no, answer, quantity, price_yuan)
		select id, 'tongnan-2021', 1, 'do', 10, 1000 from project where code = '估算'`)
	w.sql(`insert into work_item (project_id, community_id, policy_key, item_no, answer, quantity, price_yuan)
		select p.id, (select min(c.id) from community c where c.district_code = p.district_code), 'wansheng-2020', 2, 'do', 10, 1000
		from project p where code = '无数'`)
	w.sql(`insert into cost_share (project_id, source, amount_yuan) select id, 'residents', 234.56 from project where code in ('估算', '无数')`)
	w.sql(`update project set state = 'closed', state_reason = '并入', phase = null where id = (
		select m.project_id from milestone m join project p on p.id = m.project_id
		where p.district_code = $1 and p.state = 'confirmed' and m.kind = 'acceptance'
		  and not exists (select from milestone f where f.project_id = m.project_id and f.kind = 'filing' and f.on_date is not null)
		order by 1 limit 1)`, town.Code)
	w.sql(`update approval_step set change = 'dropped' where (project_id, key) = (
		select s.project_id, s.key from approval_step s join project p on p.id = s.project_id
		where p.district_code = $1 and p.live and s.milestone = '' and s.done_on is null and s.due_on < $2::date order by 1, 2 limit 1)`, town.Code, now.In(clock.China).Format(time.DateOnly))
	return w
}

// at asks the administrator's way for something of the invented district.
func at[T any](t *testing.T, w *world, path string) T {
	t.Helper()
	a := w.as("administrator", ask{method: "GET", path: root + "/districts/" + town.Code + "/" + path})
	if a.status != 200 {
		t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return decode[T](t, a)
}

// twice compares figures that are on two screens.
func twice[T comparable](t *testing.T, what string, board, list T) {
	t.Helper()
	if board != list {
		t.Errorf("%s: %v on the board, %v in the list", what, board, list)
	}
}

func TestFiguresThatAreOnTwoScreensAreTheSame(t *testing.T) {
	for name, now := range map[string]time.Time{
		// Reports are due on the 25th: from then until the month is over some are late.
		"something of every kind is late":  time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC),
		"the first hour of a year":         time.Date(2026, 12, 31, 16, 30, 0, 0, time.UTC),
		"the last hour in which it is due": time.Date(2027, 2, 25, 15, 30, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) { agree(t, now, name == "something of every kind is late") })
	}
}

// agree compares the board with the lists on a day; lateOnes: of every kind
// something is late on it.
func agree(t *testing.T, now time.Time, lateOnes bool) {
	w := invented(t, now)
	b := at[dashboard.Board](t, w, "dashboard")
	twice(t, "today", b.Today, now.In(clock.China).Format(time.DateOnly))
	t.Run("money by year", func(t *testing.T) { sameMoney(t, w, b) })
	t.Run("projects", func(t *testing.T) { sameProjects(t, b, at[program.Overview](t, w, "projects-overview")) })
	t.Run("consent", func(t *testing.T) { sameConsent(t, b, at[survey.List](t, w, "surveys?limit=5000")) })
	t.Run("late", func(t *testing.T) { sameLate(t, w, b, now.In(clock.China), lateOnes) })
	t.Run("months", func(t *testing.T) { sameMonths(t, w, b) })
	t.Run("tasks", func(t *testing.T) { sameTasks(t, w, b) })
}

func sameMoney(t *testing.T, w *world, b dashboard.Board) {
	fen := func(yuan float64) int64 { return int64(math.Round(yuan * 100)) }
	pool := at[works.Pool](t, w, "fund-pool")
	years := map[int]dashboard.YearMoney{}
	for _, y := range b.Money.Years {
		years[y.Year] = y
	}
	needs, without := 0, 0
	for _, y := range pool.Years {
		k, is := years[y.Year]
		delete(years, y.Year)
		if !is && y.Projects+y.Funds == 0 && y.BudgetYuan == nil {
			continue // nothing but a target
		}
		say := func(what string) string { return fmt.Sprintf("%s of %d", what, y.Year) }
		twice(t, say("projects"), k.Projects, y.Projects)
		twice(t, say("need"), fen(k.NeedYuan), fen(y.NeedYuan))
		twice(t, say("available"), fen(*k.FundsYuan), fen(y.FundsYuan))
		twice(t, say("allocated"), fen(k.AllocatedYuan), fen(y.Allocated))
		twice(t, say("gap"), fen(k.UnfundedYuan), fen(y.Unfunded))
		twice(t, say("cost"), fen(k.CostYuan), fen(y.CostYuan))
		twice(t, say("paid directly"), fen(k.DirectYuan), fen(y.DirectYuan))
		twice(t, say("a budget"), k.BudgetYuan != nil, y.BudgetYuan != nil)
		if k.BudgetYuan != nil && y.BudgetYuan != nil {
			twice(t, say("budget"), *k.BudgetYuan, *y.BudgetYuan)
		}
		full := at[works.Pool](t, w, fmt.Sprintf("fund-pool?year=%d", y.Year)).Year
		var need, gap int64
		for _, p := range full.ProjectList {
			need, gap = need+fen(p.NeedYuan), gap+fen(p.UnfundedYuan)
		}
		twice(t, say("need, project by project,"), need, fen(k.NeedYuan))
		twice(t, say("gap, project by project,"), gap, fen(k.UnfundedYuan))
		if k.NeedYuan > 0 {
			needs++
			if k.BudgetYuan == nil && k.NoBudget {
				without++
			}
		}
		for _, p := range full.ProjectList {
			want, listed := map[string]int64{"估算": 123456700 - 23456, "无数": 0, "远期": 123456700, "储备": 123456700}[p.Code]
			if listed && fen(p.NeedYuan) != want {
				t.Errorf("%s needs %v, not %d fen", p.Code, p.NeedYuan, want)
			}
			if p.Code == "申请" {
				t.Error("an application that nobody confirmed needs money")
			}
		}
	}
	if len(years) > 0 || needs < 3 || without < 2 {
		t.Errorf("years only on the board: %v; %d years need money, %d of them have no budget", years, needs, without)
	}
}

func sameProjects(t *testing.T, b dashboard.Board, o program.Overview) {
	type key struct {
		library, state, phase string
		year                  int
	}
	byYear, byState := map[key]dashboard.ProjectSum{}, map[key]int{}
	for _, p := range b.Projects {
		byState[key{library: p.Library, state: p.State}] += p.Projects
		if p.State != "applied" && p.State != "accepted" && p.State != "confirmed" {
			continue
		}
		k := key{library: p.Library}
		if p.Phase != nil {
			k.phase = *p.Phase
		}
		if p.Year != nil {
			k.year = *p.Year
		}
		sum := byYear[k]
		sum.Projects, sum.Communities, sum.Households = sum.Projects+p.Projects, sum.Communities+p.Communities, sum.Households+p.Households
		sum.FloorAreaM2 += p.FloorAreaM2
		byYear[k] = sum
	}
	for _, c := range o.Counts {
		twice(t, fmt.Sprintf("%s %s", c.Library, c.State), byState[key{library: string(c.Library), state: string(c.State)}], c.Projects)
	}
	listed := map[key]dashboard.ProjectSum{}
	for _, y := range o.Years {
		k := key{library: string(y.Library), phase: y.Phase}
		if y.Year != nil {
			k.year = *y.Year
		}
		sum := listed[k]
		sum.Projects, sum.Communities, sum.Households = sum.Projects+y.Projects, sum.Communities+y.Communities, sum.Households+y.Households
		sum.FloorAreaM2 += y.FloorAreaM2
		listed[k] = sum
	}
	for k := range byYear {
		x, y := byYear[k], listed[k]
		twice(t, fmt.Sprintf("area of %v", k), math.Round(x.FloorAreaM2), math.Round(y.FloorAreaM2))
		x.FloorAreaM2, y.FloorAreaM2 = 0, 0
		twice(t, fmt.Sprintf("%v", k), x, y)
	}
	twice(t, "years and phases", len(byYear), len(listed))
}

func sameConsent(t *testing.T, b dashboard.Board, l survey.List) {
	twice(t, "open", b.Consent.Open, l.Summary.Open)
	twice(t, "closed", b.Consent.Closed, l.Summary.Closed)
	twice(t, "overdue", b.Consent.Overdue, l.Summary.Late)
	passed, out, households, asked, agreed := 0, 0, 0, 0, 0
	for _, e := range l.Items {
		if e.State == survey.Closed && e.Outcome == policy.Met {
			passed++
		}
		if e.Sums != nil {
			households, asked, agreed = households+e.Sums.Households, asked+*e.Sums.Asked, agreed+*e.Sums.Agreed
		}
	}
	for _, e := range b.Eligibility {
		if e.Verdict == "out" {
			out = e.Communities
		}
	}
	twice(t, "passed", b.Consent.Passed, passed)
	twice(t, "households", b.Consent.Households, households)
	twice(t, "asked", b.Consent.Asked, asked)
	twice(t, "agreed", b.Consent.Agreed, agreed)
	if b.Consent.Unasked > l.Summary.None || b.Consent.Unasked < l.Summary.None-out {
		t.Errorf("%d not asked on the board, %d in the list, %d out of scope", b.Consent.Unasked, l.Summary.None, out)
	}
}

func lateOf(b dashboard.Board, kind string) int {
	at := slices.IndexFunc(b.Late.ByKind, func(k dashboard.LateKind) bool { return k.Kind == kind })
	return b.Late.ByKind[at].Count
}

func sameLate(t *testing.T, w *world, b dashboard.Board, now time.Time, lateOnes bool) {
	today := now.Format(time.DateOnly)
	steps := at[approval.DueList](t, w, "approval-steps?which=late&limit=1000")
	filings := 0
	for _, p := range at[[]progress.ListedProgress](t, w, "progress?alerts=true") {
		if p.Filing.DueOn != "" && p.Filing.DueOn < today {
			filings++
		}
	}
	filed := 0
	for _, s := range steps.Items {
		if s.Key == "filing" {
			filed++
		}
	}
	twice(t, "late filings", lateOf(b, "filing"), filings)
	twice(t, "late steps besides the filings", lateOf(b, "step"), steps.Late-filed)
	reports := 0
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := range 3 {
		for _, u := range at[progress.MonthBoard](t, w, "months/"+first.AddDate(0, -back, 0).Format("2006-01")).Units {
			if u.Late {
				reports++
			}
		}
	}
	twice(t, "late reports", lateOf(b, "report"), reports)
	for _, k := range b.Late.ByKind {
		if lateOnes && k.Count == 0 {
			t.Errorf("nothing of the kind %q is late: the test shows nothing", k.Kind)
		}
	}
	twice(t, "late surveys", lateOf(b, "survey"), at[survey.List](t, w, "surveys").Summary.Late)
}

func sameMonths(t *testing.T, w *world, b dashboard.Board) {
	some := false
	for _, m := range b.Months {
		board := at[progress.MonthBoard](t, w, "months/"+m.Month)
		reports, lines := 0, 0
		for _, u := range board.Units {
			if u.State == "submitted" || u.State == "frozen" { // the board shows what was handed in
				reports++
				lines += u.Lines
			}
		}
		twice(t, "reports of "+m.Month, m.Reports, reports)
		twice(t, "projects reported of "+m.Month, m.Projects, lines)
		some = some || lines > 0
	}
	if !some {
		t.Error("no month has a report")
	}
}

func sameTasks(t *testing.T, w *world, b dashboard.Board) {
	tasks := map[string]int{}
	for _, task := range at[dashboard.Tasks](t, w, "tasks").Tasks {
		tasks[task.Kind] = task.Count
	}
	o := at[program.Overview](t, w, "projects-overview")
	twice(t, "applications", tasks["accept"], o.Waiting.Applied)
	twice(t, "accepted", tasks["confirm"], o.Waiting.Accepted)
	twice(t, "open surveys", tasks["survey"], b.Consent.Open)
	twice(t, "projects with strays", tasks["stray"], o.Strays)
	twice(t, "to be filed", tasks["filing"], len(at[[]progress.ListedProgress](t, w, "progress?alerts=true")))
	due := map[string]bool{}
	for _, s := range at[approval.DueList](t, w, "approval-steps?which=due&within=7&limit=1000").Items {
		if s.Key != "filing" {
			due[s.Project] = true
		}
	}
	twice(t, "projects with steps due", tasks["step"], len(due))
	var unresolved int
	w.must(w.db.Pool.QueryRow(context.Background(), `
		select count(distinct project_id) from published_review_opinion o join project p on p.id = o.project_id
		where p.live and o.district_code = $1 and resolved is null and verdict <> 'agree'`, town.Code).Scan(&unresolved))
	twice(t, "projects with opinions to answer", tasks["opinion"], unresolved)
}
