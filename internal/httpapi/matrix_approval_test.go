package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/approval"
)

// They come first: other rows may take away what they look at.
func init() {
	matrix = append(slices.Clone(approvalRows), matrix...)
	asksOnly = append(asksOnly, root+"/districts/{district}/projects/{code}/approval/trial")
}

// approvedProject is a confirmed project of its own in the zone of a place.
func approvedProject(w *world, s spot) string {
	code := fmt.Sprintf("审-%d", w.counter.Add(1))
	w.sql(`insert into project (district_code, code, name, library, state, estimated_wan, subdistrict_codes, scenario_code, zone_code)
		select $1, $2, $2, 'comprehensive', 'confirmed', 980, array[$3], z.scenario_code, z.code
		from published_zone z where z.district_code = $1 and z.code = $4`, s.district, code, s.subdistrict, w.standing[s.name].zone)
	return code
}

func approvedProjectCode(w *world, s spot) any { return approvedProject(w, s) }

func someOpinion(w *world, s spot) (string, uuid.UUID) {
	code := approvedProject(w, s)
	o, err := w.approvals.Opine(w.t.Context(), account.Everything, s.district, code, approval.OpinionDraft{Department: "财政局", Verdict: "agree"})
	w.must(err)
	return code, o.ID
}

// onProject changes the approval of a project of the place.
func onProject(method, suffix string, seen bool, body string) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		q := write(method, "/districts/"+s.district+"/projects/"+approvedProject(w, s)+suffix, 0, body)
		if seen {
			q.headers = map[string]string{"If-Match": `"0"`}
		}
		return q
	}
}

func onOpinion(method, body string) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		code, id := someOpinion(w, s)
		return write(method, "/districts/"+s.district+"/projects/"+code+"/opinions/"+id.String(), 1, body)
	}
}

const opinionBody = `{"department":"财政局","verdict":"object","text":"资金没有落实"}`

var approvalRows = []row{
	{route: "GET /districts/{district}/approval-steps", own: signedIn, away: otherPlace, ask: get("/districts/{district}/approval-steps")},
	{route: "GET /districts/{district}/opinions", own: signedIn, away: otherPlace, ask: get("/districts/{district}/opinions")},
	{route: "GET /districts/{district}/projects/{code}/approval", own: signedIn, next: readsNext, away: otherPlace, ask: in("GET", "projects/%s/approval", approvedProjectCode)},
	{route: "GET /districts/{district}/projects/{code}/opinions", own: signedIn, next: readsNext, away: otherPlace, ask: in("GET", "projects/%s/opinions", approvedProjectCode)},
	{
		route: "PUT /districts/{district}/projects/{code}/approval", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: triesAway,
		ask: onProject("PUT", "/approval", true, `{"inputs":{"land_right_change":false}}`),
	},
	{
		route: "PATCH /districts/{district}/projects/{code}/approval", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: triesAway,
		ask: onProject("PATCH", "/approval", true, `{"steps":[{"key":"plan","due_on":"2026-12-01"}]}`),
	},
	{
		route: "POST /districts/{district}/projects/{code}/approval/trial", own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: triesAway,
		ask: onProject("POST", "/approval/trial", false, `{"inputs":{"land_right_change":false}}`),
	},
	{
		route: "POST /districts/{district}/projects/{code}/opinions", audited: true, own: makesOwn, next: "401 201 201 404 403 403", away: makesAway,
		ask: onProject("POST", "/opinions", false, opinionBody),
	},
	{
		route: "PUT /districts/{district}/projects/{code}/opinions/{id}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: triesAway,
		ask: onOpinion("PUT", opinionBody),
	},
	{
		route: "DELETE /districts/{district}/projects/{code}/opinions/{id}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: onOpinion("DELETE", ""),
	},
}

func TestAnApprovalThatSomebodyElseSavedIsShown(t *testing.T) {
	w := newWorld(t)
	path := "/districts/500110/projects/" + approvedProject(w, own) + "/approval"
	first := write("PUT", path, 0, `{"inputs":{"land_right_change":true}}`)
	first.headers = map[string]string{"If-Match": `"0"`}
	if got := w.as("planner", first); got.status != http.StatusOK || got.header.Get("ETag") != `"1"` {
		t.Fatalf("%d %s %s", got.status, got.header.Get("ETag"), got.body)
	}
	got := w.as("officer", first)
	p := got.problem(t)
	if got.status != http.StatusPreconditionFailed || p.Current == nil {
		t.Errorf("%d %+v", got.status, p)
	}
}

func TestAWrongApprovalInputNamesItsField(t *testing.T) {
	w := newWorld(t)
	q := write("PUT", "/districts/500110/projects/"+approvedProject(w, own)+"/approval", 0, `{"inputs":{"land_right_change":"也许"}}`)
	q.headers = map[string]string{"If-Match": `"0"`}
	got := w.as("planner", q)
	p := got.problem(t)
	if got.status != http.StatusUnprocessableEntity || p.Errors[0].Location != "body.inputs.land_right_change" || !strings.Contains(p.Detail, "是或否") {
		t.Errorf("%d %+v", got.status, p)
	}
}
