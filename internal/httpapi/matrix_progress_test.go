package httpapi

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/progress"
)

// They come first, while the contractor's zone is there.
func init() { matrix = append(slices.Clone(progressRows), matrix...) }

// freshMonth is one that no row has used: one of 2008 to 2025.
func freshMonth(w *world) progress.Month {
	n := int(w.months.Add(1))
	m, err := progress.ParseMonth(fmt.Sprintf("%04d-%02d", 2008+n/12, n%12+1))
	w.must(err)
	return m
}

// someReport is a draft of the spot's subdistrict in a month of its own.
func someReport(w *world, s spot) (progress.Month, progress.MonthReport) {
	m := freshMonth(w)
	r, err := w.progress.CreateReport(w.t.Context(), account.Everything, s.district, m, progress.NewMonthReport{Subdistrict: s.subdistrict, Form: progress.Annex6})
	w.must(err)
	return m, r
}

func reportPath(s spot, m progress.Month, r progress.MonthReport) string {
	return "/districts/" + s.district + "/months/" + m.String() + "/reports/" + r.ID.String()
}

// readReport reads something of a fresh draft.
func readReport(suffix string) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		m, r := someReport(w, s)
		return ask{method: "GET", path: root + reportPath(s, m, r) + suffix}
	}
}

// writeReport writes about a fresh draft, or one that was handed in.
func writeReport(method, suffix, body string, handedIn bool) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		m, r := someReport(w, s)
		if handedIn {
			var err error
			r, err = w.progress.SubmitReport(w.t.Context(), account.Everything, s.district, m, *r.ID, r.Version)
			w.must(err)
		}
		return write(method, reportPath(s, m, r)+suffix, r.Version, body)
	}
}

// implemented is a fresh project that is implemented in a year.
func implemented(w *world, s spot, year int) program.Project {
	p := someProject(w, s, program.Comprehensive)
	w.sql(`update project set state = 'confirmed', phase = 'implement', year = $3, central_subsidy = true where district_code = $1 and code = $2`,
		s.district, p.Code, year)
	return p
}

const (
	fillsOwn  = "401 200 200 200 200 403"
	fillsNext = "401 200 200 404 404 403"
	reportsIn = "401 200 200 200 403 403"
	reportsTo = "401 200 200 404 403 403"
)

var progressRows = []row{
	{route: "GET /districts/{district}/progress", own: signedIn, away: otherPlace, ask: get("/districts/{district}/progress?alerts=true")},
	{route: "GET /districts/{district}/targets", own: signedIn, away: otherPlace, ask: get("/districts/{district}/targets?year=2020")},
	{
		route: "GET /districts/{district}/projects/{code}/progress", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace,
		ask: in("GET", "projects/%s/progress", someProjectCode),
	},
	{
		route: "PUT /districts/{district}/projects/{code}/progress", audited: true, own: fillsOwn, next: fillsNext, away: othersAway,
		ask: func(w *world, s spot, _ string) ask {
			q := write("PUT", thing(s, "projects", implemented(w, s, 2026).Code)+"/progress", 0, `{"milestones":[{"kind":"start","on_date":"2026-03-01","planned_on":null}],"handover":[]}`)
			q.headers = map[string]string{"If-Match": `"0"`}
			return q
		},
	},
	{
		route: "GET /districts/{district}/projects/{code}/months", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace,
		ask: in("GET", "projects/%s/months", someProjectCode),
	},
	{
		route: "GET /districts/{district}/projects/{code}/months/{month}", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace,
		ask: in("GET", "projects/%s/months/2026-01", someProjectCode),
	},
	{route: "GET /districts/{district}/months", own: signedIn, away: otherPlace, ask: get("/districts/{district}/months?year=2026")},
	{route: "GET /districts/{district}/months/{month}", own: signedIn, away: otherPlace, ask: get("/districts/{district}/months/2026-03")},
	{
		route: "GET /districts/{district}/months/{month}/rollup/{form}", own: "401 200 200 404 404 200", away: otherPlace,
		ask: get("/districts/{district}/months/2026-03/rollup/annex6"),
	},
	{
		route: "POST /districts/{district}/months/{month}/close", audited: true, own: decidesOwn, away: othersAway,
		ask: func(w *world, s spot, _ string) ask { // Januaries of 1990 and after, which hold nothing
			return write("POST", fmt.Sprintf("/districts/%s/months/%d-01/close", s.district, 1989+w.closings.Add(1)), 0, `{}`)
		},
	},
	{
		route: "POST /districts/{district}/months/{month}/reports", audited: true,
		own: "401 201 201 201 403 403", next: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/months/"+freshMonth(w).String()+"/reports", 0,
				fmt.Sprintf(`{"subdistrict_code":%q,"form":"annex6"}`, s.subdistrict))
		},
	},
	{
		route: "GET /districts/{district}/months/{month}/reports/{id}",
		own:   "401 200 200 200 404 200", next: "401 200 200 404 404 200", away: otherPlace, ask: readReport(""),
	},
	{
		route: "PUT /districts/{district}/months/{month}/reports/{id}", audited: true, own: reportsIn, next: reportsTo, away: othersAway,
		ask: writeReport("PUT", "", `{"difficulties":"缺资金","lines":[]}`, false),
	},
	{
		route: "POST /districts/{district}/months/{month}/reports/{id}/submit", audited: true, own: reportsIn, next: reportsTo, away: othersAway,
		ask: writeReport("POST", "/submit", "", false),
	},
	{
		route: "POST /districts/{district}/months/{month}/reports/{id}/return", audited: true, own: decidesOwn, next: decidesOwn, away: othersAway,
		ask: writeReport("POST", "/return", `{"reason":"请核对户数"}`, true),
	},
	{
		route: "GET /districts/{district}/months/{month}/reports/{id}/print",
		own:   "401 200 200 200 404 200", next: "401 200 200 404 404 200", away: otherPlace, ask: readReport("/print"),
	},
	{
		route: "GET /districts/{district}/months/{month}/reports/{id}/export",
		own:   "401 200 200 200 404 403", next: "401 200 200 404 404 403", away: "401 200 403 403 403 403", ask: readReport("/export?format=xlsx"),
	},
	{ // last: what it leaves is carried over into every later year
		route: "PUT /districts/{district}/projects/{code}/months/{month}", audited: true, own: fillsOwn, next: fillsNext, away: othersAway,
		ask: func(w *world, s spot, _ string) ask {
			m := freshMonth(w)
			p := implemented(w, s, m.Year())
			measures := `{"area_wan":0,"households":0,"buildings":0}`
			body := fmt.Sprintf(`{"line":{"project":%q,"plan":%[2]s,"g1":%[2]s,"g2":%[2]s,"g3":%[2]s,"investment_wan":1,"spent_wan":0,"remark":"","starts_on":null}}`, p.Code, measures)
			q := write("PUT", thing(s, "projects", p.Code)+"/months/"+m.String(), 0, body)
			q.headers = map[string]string{"If-Match": strconv.Quote("0")}
			return q
		},
	},
}
