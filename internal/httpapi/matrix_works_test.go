package httpapi

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/works"
)

// They come first: other rows take zones away.
func init() {
	matrix = append(slices.Clone(worksRows), matrix...)
	asksOnly = append(asksOnly,
		root+"/districts/{district}/projects/{code}/money/apportion",
		root+"/districts/{district}/fund-pool/match")
}

// worksProject is a confirmed project of the place's zone with one community.
func worksProject(w *world, s spot) string {
	code := fmt.Sprintf("works-%d", w.counter.Add(1))
	c := w.community(s)
	w.sql(`insert into project (district_code, code, name, library, state, phase, year, estimated_wan, scenario_code, zone_code, subdistrict_codes)
		select $1, $2, '某项目', 'comprehensive', 'confirmed', 'implement', 2027, 100, z.scenario_code, z.code, array[$3]
		from published_zone z where z.district_code = $1 and z.code = $4`, s.district, code, s.subdistrict, w.standing[s.name].zone)
	w.sql(`insert into project_community (project_id, community_id, live)
		select p.id, c.id, true from project p join community c on c.district_code = $1 and c.code = $3 where p.district_code = $1 and p.code = $2`,
		s.district, code, c.Code)
	return code
}

func worksProjectCode(w *world, s spot) any { return worksProject(w, s) }

func someFund(w *world, s spot) works.Fund {
	f, err := w.works.AddFund(w.t.Context(), account.Everything, s.district, works.FundDraft{Year: 2027, Source: works.Own, Name: "区级配套", AmountYuan: 1000})
	w.must(err)
	return f
}

// seen sends a body about version 0 too.
func seen(method, path string, version int, body string) ask {
	q := write(method, path, 0, body)
	q.headers = map[string]string{"If-Match": strconv.Quote(strconv.Itoa(version))}
	return q
}

func versionIn(w *world, query string, args ...any) (version int) {
	w.must(w.db.Pool.QueryRow(w.t.Context(), query, args...).Scan(&version))
	return version
}

const (
	readsProject = "401 200 200 200 200 200"
	readsBeside  = "401 200 200 404 404 200"
	plansOwn     = "401 200 200 200 403 403"
	plansBeside  = "401 200 200 404 403 403"
	decides      = "401 200 200 403 403 403"
)

func yearAsk(w *world, s spot, tail, body string) ask {
	version := versionIn(w, `select coalesce(max(version), 0) from fund_year where district_code = $1 and year = 2027`, s.district)
	return seen("PUT", "/districts/"+s.district+"/fund-pool/years/2027"+tail, version, body)
}

var worksRows = slices.Concat(projectMoneyRows, []row{
	{route: "GET /districts/{district}/prices", own: signedIn, away: otherPlace, ask: get("/districts/{district}/prices")},
	{
		route: "PUT /districts/{district}/prices", audited: true, own: decides, away: triesAway,
		ask: func(w *world, s spot, _ string) ask {
			version := versionIn(w, `select coalesce(max(version), 0) from price_book where district_code = $1`, s.district)
			return seen("PUT", "/districts/"+s.district+"/prices", version, `{"prices":[{"item_no":1,"unit":"户","price_yuan":3000}]}`)
		},
	},
	{route: "GET /districts/{district}/fund-pool", own: signedIn, away: otherPlace, ask: get("/districts/{district}/fund-pool?year=2027")},
	{
		route: "POST /districts/{district}/fund-pool/funds", audited: true, own: "401 201 201 403 403 403", away: makesAway,
		ask: func(_ *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/fund-pool/funds", 0, `{"year":2027,"source":"central","name":"中央补助","amount_yuan":1,"restriction":{}}`)
		},
	},
	{
		route: "PUT /districts/{district}/fund-pool/funds/{fund}", audited: true, own: decides, away: triesAway,
		ask: func(w *world, s spot, _ string) ask {
			f := someFund(w, s)
			return write("PUT", "/districts/"+s.district+"/fund-pool/funds/"+f.Code, f.Version, `{"year":2027,"source":"central","name":"中央补助","amount_yuan":1,"restriction":{}}`)
		},
	},
	{
		route: "DELETE /districts/{district}/fund-pool/funds/{fund}", audited: true, own: "401 204 204 403 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			f := someFund(w, s)
			return write("DELETE", "/districts/"+s.district+"/fund-pool/funds/"+f.Code, f.Version, "")
		},
	},
	{
		route: "PUT /districts/{district}/fund-pool/years/{year}", audited: true, own: decides, away: triesAway,
		ask: func(w *world, s spot, _ string) ask { return yearAsk(w, s, "", `{"budget_yuan":1000000}`) },
	},
	{
		route: "POST /districts/{district}/fund-pool/match", own: decides, away: triesAway,
		ask: func(w *world, s spot, _ string) ask {
			someFund(w, s)
			return write("POST", "/districts/"+s.district+"/fund-pool/match", 0, `{"year":2027}`)
		},
	},
	{
		route: "PUT /districts/{district}/fund-pool/years/{year}/allocations", audited: true, own: decides, away: triesAway,
		ask: func(w *world, s spot, _ string) ask { return yearAsk(w, s, "/allocations", `{"allocations":[]}`) },
	},
})

var projectMoneyRows = []row{
	{route: "GET /districts/{district}/projects/{code}/works", own: readsProject, next: readsBeside, away: otherPlace, ask: in("GET", "projects/%s/works", worksProjectCode)},
	{route: "GET /districts/{district}/projects/{code}/money", own: readsProject, next: readsBeside, away: otherPlace, ask: in("GET", "projects/%s/money", worksProjectCode)},
	{
		route: "PUT /districts/{district}/projects/{code}/works", audited: true, own: plansOwn, next: plansBeside, away: triesAway,
		ask: func(w *world, s spot, _ string) ask {
			return seen("PUT", thing(s, "projects", worksProject(w, s))+"/works", 0, `{"lines":[{"item_no":1,"answer":"do","quantity":10,"unit":"户","price_yuan":3000}]}`)
		},
	},
	{
		route: "PUT /districts/{district}/projects/{code}/money", audited: true, own: plansOwn, next: plansBeside, away: triesAway,
		ask: func(w *world, s spot, _ string) ask {
			return seen("PUT", thing(s, "projects", worksProject(w, s))+"/money", 0, `{"shares":[{"source":"central","amount_yuan":1000}],"settled":false,"apportionment":{"parts":[]}}`)
		},
	},
	{
		route: "POST /districts/{district}/projects/{code}/money/apportion", own: plansOwn, next: plansBeside, away: triesAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", thing(s, "projects", worksProject(w, s))+"/money/apportion", 0,
				`{"parts":[{"name":"按户","basis":"household","amount_yuan":100,"groups":[{"name":"1栋","households":3}],"low_income_pays":0,"destitute_pays":0,"relief_by":"others"}]}`)
		},
	},
}
