package progress_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/registry"
)

const (
	west = "500110001" // 万盛街道
	east = "500110002" // 东林街道
)

// desk is a district whose projects get somewhere.
type desk struct {
	t        *testing.T
	db       *postgis.DB
	progress *progress.Store
	district string
	today    time.Time
	count    int
}

func newDesk(t *testing.T, today string) *desk {
	t.Helper()
	db := postgistest.New(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: db, district: postgistest.District(t, db)}
	d.at(today)
	now := func() time.Time { return d.today }
	reg := registry.New(db, lib)
	d.progress = progress.New(db, program.New(db, reg, lib, now), reg, lib, now)
	return d
}

// at moves the clock to noon of a day.
func (d *desk) at(today string) {
	d.t.Helper()
	t, err := time.Parse("2006-01-02", today)
	if err != nil {
		d.t.Fatal(err)
	}
	d.today = t.Add(4 * time.Hour)
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) exec(sql string, args ...any) {
	d.t.Helper()
	_, err := d.db.Pool.Exec(d.t.Context(), sql, args...)
	d.must(err)
}

// community is one of so many households in buildings of eight, each with 80 m².
func (d *desk) community(subdistrict string, households int) int64 {
	d.t.Helper()
	d.count++
	var id int64
	d.must(d.db.Pool.QueryRow(d.t.Context(), `
		insert into community (district_code, code, name, subdistrict_code, households, building_count, floor_area_m2, built_year, verdict)
		values ($1, $2, $3, $4, $5, $6, $7, 1995, 'in') returning id`,
		d.district, fmt.Sprintf("C%d", d.count), fmt.Sprintf("小区%d", d.count), subdistrict, households, households/8, households*80).Scan(&id))
	return id
}

type projectOptions struct {
	year    int
	central bool
	state   string
	zone    string
}

// project is a confirmed one that is implemented in a year, of communities.
func (d *desk) project(code string, o projectOptions, communities ...int64) {
	d.t.Helper()
	if o.state == "" {
		o.state = "confirmed"
	}
	phase := any("implement")
	if o.state != "confirmed" {
		phase = nil
	}
	var zone, scenario any
	if o.zone != "" {
		zone = o.zone
		var main string
		d.must(d.db.Pool.QueryRow(d.t.Context(), `select code from published_scenario where district_code = $1 and main`, d.district).Scan(&main))
		scenario = main
	}
	d.exec(`
		insert into project (district_code, code, name, library, state, phase, year, central_subsidy, estimated_wan, subdistrict_codes, scenario_code, zone_code)
		values ($1, $2, $2 || '项目', 'comprehensive', $3, $4, $5, $6, 500,
		        (select array_agg(distinct subdistrict_code order by subdistrict_code) from community where id = any($7)), $8, $9)`,
		d.district, code, o.state, phase, o.year, o.central, communities, scenario, zone)
	d.exec(`
		insert into project_community (project_id, community_id, live)
		select p.id, c, p.live from project p, unnest($3::bigint[]) c where p.district_code = $1 and p.code = $2`,
		d.district, code, communities)
}

func (d *desk) milestone(project string, kind progress.Kind, on string) {
	d.t.Helper()
	d.exec(`insert into milestone (project_id, kind, on_date) select id, $3, $4::date from project where district_code = $1 and code = $2`,
		d.district, project, kind, on)
}

func (d *desk) plan(project string, kind progress.Kind, on string) {
	d.t.Helper()
	d.exec(`insert into milestone (project_id, kind, planned_on) select id, $3, $4::date from project where district_code = $1 and code = $2`,
		d.district, project, kind, on)
}

// as is a context in which a person of the role and scope acts.
func (d *desk) as(role account.Role, scope account.Scope) (context.Context, account.Scope) {
	scope.District = d.district
	return account.With(d.t.Context(), account.Person{ID: uuid.New(), Name: string(role), Role: role, District: d.district, Scope: scope}), scope
}

func month(t *testing.T, text string) progress.Month {
	t.Helper()
	m, err := progress.ParseMonth(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// draft begins the report of a unit.
func (d *desk) draft(m, unit string, form progress.Form) progress.MonthReport {
	d.t.Helper()
	r, err := d.progress.CreateReport(d.t.Context(), account.Everything, d.district, month(d.t, m), progress.NewMonthReport{Subdistrict: unit, Form: form})
	d.must(err)
	return r
}

// rows are the rows of a report as a person would send them.
func rows(r progress.MonthReport) progress.MonthReportDraft {
	out := progress.MonthReportDraft{Difficulties: r.Difficulties}
	for _, l := range r.Lines {
		out.Lines = append(out.Lines, l.MonthLineDraft)
	}
	return out
}

func (d *desk) save(r progress.MonthReport, draft progress.MonthReportDraft) (progress.MonthReport, error) {
	return d.progress.SaveReport(d.t.Context(), account.Everything, d.district, month(d.t, r.Month), *r.ID, r.Version, draft)
}

func (d *desk) submit(r progress.MonthReport) (progress.MonthReport, error) {
	return d.progress.SubmitReport(d.t.Context(), account.Everything, d.district, month(d.t, r.Month), *r.ID, r.Version)
}

// handIn drafts a report, fills in what waits and hands it in.
func (d *desk) handIn(m, unit string, form progress.Form) progress.MonthReport {
	d.t.Helper()
	r := d.draft(m, unit, form)
	draft := rows(r)
	for i := range draft.Lines {
		draft.Lines[i].Remark = "等待施工图"
		on := "2027-01-05"
		draft.Lines[i].StartsOn = &on
	}
	r, err := d.save(r, draft)
	d.must(err)
	r, err = d.submit(r)
	d.must(err)
	return r
}

func (d *desk) close(m, reason string) ([]progress.MonthReport, error) {
	return d.progress.CloseMonth(d.t.Context(), account.Everything, d.district, month(d.t, m), progress.MonthClosing{Reason: reason})
}
