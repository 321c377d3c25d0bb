package httpapi

import (
	"fmt"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
)

// They come first, while the standing zones are there; only the zones that
// become projects come last, as they would be in the way of others.
func init() { matrix = append(append(slices.Clone(projectRows), matrix...), zoneProjectRow) }

// someProject is a fresh project of a fresh community, brought by steps to where
// it is wanted. The own place's project renovates the contractor's zone.
func someProject(w *world, s spot, library program.Library, steps ...program.Step) program.Project {
	ctx := w.t.Context()
	n := program.NewProject{
		Library: library, Applicant: "社区居民委员会", AppliedOn: "2026-01-02",
		Communities: []string{w.community(s).Code}, ZoneCode: w.standing[s.name].zone,
	}
	p, err := w.program.Create(ctx, account.Everything, s.district, n)
	w.must(err)
	for _, step := range steps {
		p, err = w.program.Step(ctx, account.Everything, s.district, p.Code, p.Version, step, program.StepAsk{Reason: "测试"})
		w.must(err)
	}
	return p
}

func someProjectCode(w *world, s spot) any { return someProject(w, s, program.Comprehensive).Code }

// projectWrite writes about a fresh project.
func projectWrite(method, suffix string, library program.Library, body string, steps ...program.Step) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		p := someProject(w, s, library, steps...)
		if suffix == "/follow" {
			w.sql(`insert into milestone (project_id, kind, on_date) select id, 'acceptance', '2026-03-01' from project where district_code = $1 and code = $2`, s.district, p.Code)
		}
		return write(method, thing(s, "projects", p.Code)+suffix, p.Version, body)
	}
}

const (
	editsOwn   = "401 200 200 200 403 403"
	editsNext  = "401 200 200 404 403 403"
	decidesOwn = "401 200 200 403 403 403"
	othersAway = "401 200 403 403 403 403"
	goesOnOwn  = "401 201 201 403 403 403"
	goesOnNext = "401 201 201 404 403 403"
	goesOnAway = "401 201 403 403 403 403"
)

var projectRows = []row{
	{route: "GET /districts/{district}/projects", own: signedIn, away: otherPlace, ask: get("/districts/{district}/projects")},
	{route: "GET /districts/{district}/projects-overview", own: signedIn, away: otherPlace, ask: get("/districts/{district}/projects-overview")},
	{route: "GET /districts/{district}/project-priorities", own: signedIn, away: otherPlace, ask: get("/districts/{district}/project-priorities")},
	{route: "GET /districts/{district}/project-groups", own: signedIn, away: otherPlace, ask: get("/districts/{district}/project-groups?by=zone")},
	{
		route: "POST /districts/{district}/projects", audited: true, own: "401 201 201 201 403 403", next: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/projects", 0,
				fmt.Sprintf(`{"library":"comprehensive","applicant":"居委会","applied_on":"2026-01-02","communities":[%q]}`, w.community(s).Code))
		},
	},
	{
		route: "GET /districts/{district}/projects/{code}", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace,
		ask: in("GET", "projects/%s", someProjectCode),
	},
	{
		route: "PATCH /districts/{district}/projects/{code}", audited: true, own: editsOwn, next: editsNext, away: othersAway,
		ask: projectWrite("PATCH", "", program.Comprehensive, `{"note":"先修水管"}`),
	},
	{
		route: "PUT /districts/{district}/projects/{code}/communities", audited: true, own: editsOwn, next: editsNext, away: othersAway,
		ask: func(w *world, s spot, _ string) ask {
			p := someProject(w, s, program.Comprehensive)
			return write("PUT", thing(s, "projects", p.Code)+"/communities", p.Version, fmt.Sprintf(`{"communities":[%q]}`, w.community(s).Code))
		},
	},
	{
		route: "PUT /districts/{district}/projects/{code}/phase", audited: true, own: decidesOwn, next: decidesOwn, away: othersAway,
		ask: projectWrite("PUT", "/phase", program.Comprehensive, `{"phase":"plan","year":2027}`, program.Accept, program.Confirm),
	},
	{
		route: "POST /districts/{district}/projects/{code}/accept", audited: true, own: editsOwn, next: editsNext, away: othersAway,
		ask: projectWrite("POST", "/accept", program.Comprehensive, `{}`),
	},
	{
		route: "POST /districts/{district}/projects/{code}/confirm", audited: true, own: decidesOwn, next: "401 200 200 404 403 403", away: othersAway,
		ask: projectWrite("POST", "/confirm", program.Comprehensive, `{"reason":"会议决定"}`, program.Accept),
	},
	{
		route: "POST /districts/{district}/projects/{code}/return", audited: true, own: editsOwn, next: editsNext, away: othersAway,
		ask: projectWrite("POST", "/return", program.Comprehensive, `{"reason":"材料不全"}`),
	},
	{
		route: "POST /districts/{district}/projects/{code}/withdraw", audited: true, own: editsOwn, next: editsNext, away: othersAway,
		ask: projectWrite("POST", "/withdraw", program.Comprehensive, `{}`),
	},
	{
		route: "POST /districts/{district}/projects/{code}/reapply", audited: true, own: editsOwn, next: editsNext, away: othersAway,
		ask: projectWrite("POST", "/reapply", program.Comprehensive, `{}`, program.Return),
	},
	{
		route: "POST /districts/{district}/projects/{code}/close", audited: true, own: decidesOwn, next: "401 200 200 404 403 403", away: othersAway,
		ask: projectWrite("POST", "/close", program.Management, `{"reason":"已完成"}`, program.Accept, program.Confirm),
	},
	{
		route: "POST /districts/{district}/projects/{code}/promote", audited: true, own: goesOnOwn, next: goesOnNext, away: goesOnAway,
		ask: projectWrite("POST", "/promote", program.Management, `{"applied_on":"2026-02-02"}`, program.Accept, program.Confirm),
	},
	{
		route: "POST /districts/{district}/projects/{code}/follow", audited: true, own: goesOnOwn, next: goesOnNext, away: goesOnAway,
		ask: projectWrite("POST", "/follow", program.Comprehensive, `{"applied_on":"2026-02-02"}`, program.Accept, program.Confirm),
	},
}

var zoneProjectRow = row{
	// an officer has no zones elsewhere to make projects of
	route: "POST /districts/{district}/projects-from-zones", audited: true, own: editsOwn, next: "401 200 200 422 403 403", away: othersAway,
	ask: func(w *world, s spot, _ string) ask {
		z := w.zone(s)
		w.community(s)
		return write("POST", "/districts/"+s.district+"/projects-from-zones", 0,
			fmt.Sprintf(`{"library":"comprehensive","applicant":"居委会","applied_on":"2026-01-02","zones":[%q]}`, z.Code))
	},
}
