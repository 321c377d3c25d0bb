package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/lianpian/lianpian/internal/registry"
)

func init() {
	matrix = append(slices.Clone(policyRows), matrix...)
	asksOnly = append(asksOnly, root+"/districts/{district}/policy/diff")
}

// The plan belongs to the whole district; trying readings shows counts of
// residents who agreed.
var policyRows = []row{
	{route: "GET /districts/{district}/policy", own: signedIn, away: otherPlace, ask: get("/districts/{district}/policy")},
	{
		route: "PUT /districts/{district}/policy", audited: true, own: "401 200 200 403 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("PUT", "/districts/"+s.district+"/policy", w.districtVersion(s),
				fmt.Sprintf(`{"policy_key":"wansheng-2020","params":{"consent_share":%.4f}}`, 0.5+float64(w.counter.Add(1))/10000))
		},
	},
	{
		route: "POST /districts/{district}/policy/diff", own: "401 200 200 200 403 403", away: otherPlaceCounts,
		ask: func(_ *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/policy/diff", 0, `{"params":{"built_2000":"in"}}`)
		},
	},
	{route: "GET /districts/{district}/policy/readings", own: signedIn, away: otherPlace, ask: get("/districts/{district}/policy/readings")},
	{route: "GET /districts/{district}/policy/strays", own: signedIn, away: otherPlace, ask: get("/districts/{district}/policy/strays")},
}

const otherPlaceCounts = "401 200 403 403 403 403"

func (w *world) districtVersion(s spot) (version int) {
	w.t.Helper()
	w.must(w.db.Pool.QueryRow(w.t.Context(), `select version from district where code = $1`, s.district).Scan(&version))
	return version
}

func TestTwoPeopleChooseAPolicy(t *testing.T) {
	w := newWorld(t)
	path := "/districts/" + own.district + "/policy"
	first := w.as("planner", ask{method: "GET", path: root + path})
	if first.status != http.StatusOK || first.header.Get("ETag") == "" {
		t.Fatalf("%d, ETag %q\n%s", first.status, first.header.Get("ETag"), first.body)
	}
	seen := map[string]string{"If-Match": first.header.Get("ETag")}
	save := func(person, body string, headers map[string]string) answer {
		return w.as(person, ask{method: "PUT", path: root + path, body: body, headers: headers})
	}
	body := `{"params":{"built_2000":"in"},"reason":"与目标条款一致"}`
	if got := save("planner", body, nil); got.status != http.StatusPreconditionRequired {
		t.Errorf("without a version: %d", got.status)
	}
	got := save("planner", body, seen)
	saved := decode[PolicySaved](t, got)
	if got.status != http.StatusOK || got.header.Get("ETag") == first.header.Get("ETag") {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	if h := saved.History; len(h) != 1 || h[0].By != "planner" || h[0].Reason != "与目标条款一致" ||
		len(h[0].Changes) != 1 || h[0].Changes[0].Key != "built_2000" || h[0].Changes[0].To != "in" {
		t.Errorf("history %+v", h)
	}
	for _, q := range saved.Parameters {
		changed := q.Key == "built_2000"
		if q.Overridden != changed || (q.ChangedBy == "planner") != changed || q.Clause == "" || q.Issue == "" {
			t.Errorf("parameter %s: %+v", q.Key, q)
		}
	}
	stale := save("administrator", `{"params":{}}`, seen)
	p := stale.problem(t)
	if stale.status != http.StatusPreconditionFailed || p.Current == nil {
		t.Errorf("the second officer: %d\n%s", stale.status, stale.body)
	}
	for _, c := range []struct{ body, location string }{
		{`{"policy_key":"nowhere-1999"}`, "body.policy_key"},
		{`{"params":{"built_2000":"maybe"}}`, "body.params.built_2000"},
		{`{"params":{"consent_share":2}}`, "body.params.consent_share"},
		{`{"params":{"no_such":1}}`, "body.params.no_such"},
		{`{"reason":"请联系13900001111"}`, "body.reason"},
	} {
		got := w.as("planner", write("PUT", path, w.districtVersion(own), c.body))
		p := got.problem(t)
		if got.status != http.StatusUnprocessableEntity || len(p.Errors) != 1 || p.Errors[0].Location != c.location {
			t.Errorf("%s: %d %+v", c.body, got.status, p)
		}
	}
	diff := decode[registry.PolicyDiff](t, w.as("officer", write("POST", path+"/diff", 0, `{"params":{}}`)))
	if diff.Before.Params["built_2000"] != "in" || len(diff.After.Params) != 0 || diff.Judged == 0 {
		t.Errorf("diff %+v", diff)
	}
}
