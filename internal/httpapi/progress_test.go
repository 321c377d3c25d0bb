package httpapi

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/progress"
)

// reporting is a world with a project of 60 households in 4,800 m² that is
// implemented this month, and its draft.
func reporting(t *testing.T) (w *world, path string, r progress.MonthReport) {
	w = newWorld(t)
	const month = "2025-03"
	p := implemented(w, own, 2025)
	w.sql(`update community set households = 60, building_count = 4, floor_area_m2 = 4800
		where id in (select community_id from project_community where project_id = (select id from project where code = $1 and district_code = $2))`, p.Code, own.district)
	w.sql(`insert into milestone (project_id, kind, on_date) select id, 'start', '2025-01-10' from project where code = $1 and district_code = $2`, p.Code, own.district)
	path = "/districts/" + own.district + "/months/" + month
	got := w.as("officer", write("POST", path+"/reports", 0, fmt.Sprintf(`{"subdistrict_code":%q,"form":"annex6"}`, own.subdistrict)))
	if got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return w, path, decode[progress.MonthReport](t, got)
}

func lineJSONOf(r progress.MonthReport, area string) string {
	const none = `{"area_wan":0,"households":0,"buildings":0}`
	plan := fmt.Sprintf(`{"area_wan":%s,"households":60,"buildings":4}`, area)
	return fmt.Sprintf(`{"project":%q,"plan":%s,"g1":%s,"g2":{"area_wan":0.48,"households":60,"buildings":4},"g3":%s,"investment_wan":500,"spent_wan":20,"remark":"","starts_on":null}`,
		r.Lines[0].Project, plan, none, none)
}

func TestAMonthFromDraftToTheClosedForm(t *testing.T) {
	w, path, r := reporting(t)
	one := path + "/reports/" + r.ID.String()

	doubted := w.as("officer", write("PUT", one, r.Version, `{"difficulties":"","lines":[`+lineJSONOf(r, "4800")+`]}`))
	problem := doubted.problem(t)
	if doubted.status != 422 || !strings.HasSuffix(problem.Type, ":area-unit") || !strings.Contains(string(doubted.body), `"suggested":0.48`) ||
		!strings.Contains(problem.Detail, "是否把平方米填成了万平方米？") {
		t.Errorf("square metres: %d %s", doubted.status, doubted.body)
	}
	tooMuch := w.as("officer", write("PUT", one, r.Version, `{"difficulties":"","lines":[`+lineJSONOf(r, "0.4799")+`]}`))
	if p := tooMuch.problem(t); tooMuch.status != 422 || p.Errors[0].Location != "body.lines[0].g1.area_wan" {
		t.Errorf("more than the plan: %d %s", tooMuch.status, tooMuch.body)
	}
	saved := w.as("officer", write("PUT", one, r.Version, `{"difficulties":"缺挖掘许可","lines":[`+lineJSONOf(r, "0.48")+`]}`))
	if saved.status != 200 || saved.header.Get("ETag") != `"2"` {
		t.Fatalf("%d %s", saved.status, saved.body)
	}
	stale := w.as("officer", write("PUT", one, r.Version, `{"difficulties":"","lines":[`+lineJSONOf(r, "0.48")+`]}`))
	if stale.status != 412 || !strings.Contains(string(stale.body), "缺挖掘许可") {
		t.Errorf("the second officer is not shown the first one's text: %d %s", stale.status, stale.body)
	}
	if got := w.as("officer", write("POST", one+"/submit", 2, "")); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	w.sql(`delete from project where code <> $1 and district_code = $2`, r.Lines[0].Project, own.district)
	closed := w.as("planner", write("POST", path+"/close", 0, `{}`))
	if closed.status != 200 {
		t.Fatalf("%d %s", closed.status, closed.body)
	}
	twice := w.as("planner", write("POST", path+"/close", 0, `{}`))
	if p := twice.problem(t); twice.status != 409 || !strings.HasSuffix(p.Type, ":frozen") || !strings.Contains(p.Detail, "不能重复关闭") {
		t.Errorf("closed twice: %d %s", twice.status, twice.body)
	}
	edited := w.as("officer", write("PUT", one, 4, `{"difficulties":"","lines":[]}`))
	if p := edited.problem(t); edited.status != 409 || !strings.HasSuffix(p.Type, ":frozen") {
		t.Errorf("edited after freezing: %d %s", edited.status, edited.body)
	}

	district := decode[[]progress.MonthReport](t, closed)[0]
	all := path + "/reports/" + district.ID.String()
	for _, file := range []string{"/print", "/export?format=xlsx", "/export?format=csv"} {
		before := w.as("planner", ask{method: "GET", path: root + all + file})
		if before.status != 200 || len(before.body) == 0 {
			t.Fatalf("%s: %d %s", file, before.status, before.body)
		}
		w.sql(`update project set name = name || '（更名）', year = 2024 where district_code = $1`, own.district)
		after := w.as("planner", ask{method: "GET", path: root + all + file})
		if !bytes.Equal(before.body, after.body) {
			t.Errorf("%s gives other bytes later", file)
		}
	}
	page := w.as("planner", ask{method: "GET", path: root + all + "/print"})
	if policy := page.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("content policy %q", policy)
	}
	if page.header.Get("Content-Type") != "text/html; charset=utf-8" || !bytes.Contains(page.body, []byte("万盛街道：缺挖掘许可")) {
		t.Errorf("page %s", page.body)
	}
}

func TestBadMonths(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]int{
		"/districts/500110/months/2026-13":                    404,
		"/districts/500110/months/march":                      404,
		"/districts/500110/months/2026-03/reports/none":       404,
		"/districts/500110/months/2026-03/rollup/annex5":      422,
		"/districts/500110/projects/none/months/2026-03":      404,
		"/districts/500110/months/2026-03/reports/none/print": 404,
	} {
		if got := w.as("planner", ask{method: "GET", path: root + path}); got.status != want {
			t.Errorf("%s: %d, want %d\n%s", path, got.status, want, got.body)
		}
	}
	ahead := w.as("planner", write("POST", "/districts/500110/months/2199-01/reports", 0, `{"subdistrict_code":"500110001","form":"annex6"}`))
	if ahead.status != 422 {
		t.Errorf("a month to come: %d %s", ahead.status, ahead.body)
	}
	unknown := w.as("planner", write("POST", "/districts/500110/months/2026-03/reports", 0, `{"subdistrict_code":"500110999","form":"annex6"}`))
	if unknown.status != 404 {
		t.Errorf("an unknown subdistrict: %d %s", unknown.status, unknown.body)
	}
}
