package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/link"
)

// row says what a route answers each person in each place. The six numbers are
// those of nobody, administrator, planner, officer, contractor and viewer.
type row struct {
	route string
	ask   func(w *world, s spot, person string) ask

	own, next, away string // "" is not asked: the place makes no difference
	audited         bool   // what succeeds leaves an audit entry
	again           bool   // the route has a row before this one; this is about other things of its kind
}

const (
	everybody  = "200 200 200 200 200 200"
	signedIn   = "401 200 200 200 200 200"
	otherPlace = "401 200 403 403 403 403"
)

// get asks a fixed address; {district} is filled in.
func get(path string) func(*world, spot, string) ask {
	return func(_ *world, s spot, _ string) ask {
		return ask{method: http.MethodGet, path: root + strings.ReplaceAll(path, "{district}", s.district)}
	}
}

// in asks about something of the place.
func in(method, path string, code func(w *world, s spot) any) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		return ask{method: method, path: fmt.Sprintf("%s/districts/%s/"+path, root, s.district, code(w, s))}
	}
}

func standingCommunity(w *world, s spot) any { return w.standing[s.name].community }
func standingBuilding(w *world, s spot) any  { return w.standing[s.name].building }
func standingFacility(w *world, s spot) any  { return w.standing[s.name].facility }
func standingZone(w *world, s spot) any      { return w.standing[s.name].zone }
func standingRun(w *world, s spot) any       { return w.standing[s.name].run }
func standingProposal(w *world, s spot) any  { return w.standing[s.name].proposal }

func mainScenario(w *world, s spot) any {
	var code string
	w.must(w.db.Pool.QueryRow(w.t.Context(), `select code from published_scenario where district_code = $1 and main`, s.district).Scan(&code))
	return code
}

// write sends a body about a thing of a version.
func write(method, path string, version int, body string) ask {
	q := ask{method: method, path: root + path, body: body}
	if version > 0 {
		q.headers = map[string]string{"If-Match": strconv.Quote(strconv.Itoa(version))}
	}
	return q
}

// district, kind and code of an address.
func thing(s spot, kind string, code string) string {
	return "/districts/" + s.district + "/" + kind + "/" + code
}

// someAccount is a fresh account of the place's district.
func someAccount(w *world, s spot) account.Account {
	a, err := w.accounts.Create(w.t.Context(), account.Draft{
		Name: fmt.Sprintf("somebody-%d", w.counter.Add(1)), Role: account.Viewer, District: s.district,
	})
	w.must(err)
	return a
}

// bind binds an identity at a provider to an account.
func (w *world) bind(a account.Account) {
	w.sql(`insert into account_identity (issuer, subject_hash, account_id, bound_at) values ('https://sso.example', sha256($1), $2, now()) on conflict do nothing`, a.ID[:], a.ID)
}

func draft(w *world, s spot) string {
	return fmt.Sprintf(`{"name":"片区 %d","geometry":%s}`, w.counter.Add(1), geometryJSON(square(s.at, 0.003)))
}

var matrix = []row{
	// session
	{route: "POST /session", own: "401 401 401 401 401 401", ask: func(w *world, _ spot, _ string) ask {
		return write("POST", "/session", 0, fmt.Sprintf(`{"name":"nobody-%d","password":"wrong"}`, w.counter.Add(1)))
	}},
	{route: "POST /session/link", own: "401 401 401 401 401 401", ask: func(*world, spot, string) ask {
		return write("POST", "/session/link", 0, `{"token":"made-up"}`)
	}},
	{route: "GET /session/provider", own: everybody, ask: get("/session/provider")},
	{route: "POST /session/provider", own: "404 404 404 404 404 404", ask: func(*world, spot, string) ask { return write("POST", "/session/provider", 0, `{}`) }}, // none is configured
	{route: "GET /session/provider/callback", own: "404 404 404 404 404 404", ask: get("/session/provider/callback?code=x&state=y")},
	{route: "POST /session/provider/logout", own: "404 404 404 404 404 404", ask: func(*world, spot, string) ask {
		return write("POST", "/session/provider/logout", 0, `{}`)
	}},
	{route: "DELETE /session/identity", audited: true, own: "401 204 204 204 204 204", ask: func(w *world, _ spot, person string) ask {
		if a, ok := w.people[person]; ok {
			w.bind(a)
		}
		return write("DELETE", "/session/identity", 0, "")
	}},
	{route: "GET /session", own: signedIn, ask: get("/session")},
	{route: "DELETE /session", own: "204 204 204 204 204 204", ask: func(w *world, _ spot, person string) ask {
		if a, ok := w.people[person]; ok { // of a session of its own: the others are still needed
			token, _, err := w.accounts.Redeem(w.t.Context(), w.link(a.Name), "192.0.2.1", "")
			w.must(err)
			return ask{method: "DELETE", path: root + "/session", headers: map[string]string{"Cookie": cookieName + "=" + token}}
		}
		return ask{method: "DELETE", path: root + "/session"}
	}},
	{route: "PUT /session/password", audited: true, own: "401 204 204 204 204 204", ask: func(w *world, _ spot, _ string) ask {
		return write("PUT", "/session/password", 0, fmt.Sprintf(`{"current":%q,"new":"another horse %d"}`, secret, w.counter.Add(1)))
	}},

	// people
	{route: "GET /accounts", own: "401 200 403 403 403 403", ask: get("/accounts")},
	{route: "POST /accounts", audited: true, own: "401 201 403 403 403 403", away: "401 201 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		return write("POST", "/accounts", 0, fmt.Sprintf(`{"name":"person-%d","role":"viewer","district":%q}`, w.counter.Add(1), s.district))
	}},
	{route: "PATCH /accounts/{id}", audited: true, own: "401 200 403 403 403 403", away: "401 200 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		a := someAccount(w, s)
		return write("PATCH", "/accounts/"+a.ID.String(), a.Version, `{"display_name":"某人"}`)
	}},
	{route: "DELETE /accounts/{id}", audited: true, own: "401 204 403 403 403 403", away: "401 204 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		a := someAccount(w, s)
		return write("DELETE", "/accounts/"+a.ID.String(), a.Version, "")
	}},
	{route: "POST /accounts/{id}/link", audited: true, own: "401 200 403 403 403 403", away: "401 200 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		return write("POST", "/accounts/"+someAccount(w, s).ID.String()+"/link", 0, "")
	}},
	{route: "GET /sessions", own: signedIn, ask: get("/sessions")},
	{route: "DELETE /sessions", audited: true, own: "401 204 204 204 204 204", ask: func(*world, spot, string) ask { return write("DELETE", "/sessions", 0, "") }},
	{route: "DELETE /sessions/{id}", audited: true, own: "401 204 204 204 204 204", ask: func(w *world, _ spot, person string) ask {
		name := person
		if person == "nobody" {
			name = "viewer"
		}
		_, opened, err := w.accounts.Redeem(w.t.Context(), w.link(name), "192.0.2.1", "")
		w.must(err)
		return write("DELETE", "/sessions/"+opened.ID.String(), 0, "")
	}},
	{route: "GET /accounts/{id}/sessions", own: "401 200 403 403 403 403", away: "401 200 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		return ask{method: "GET", path: root + "/accounts/" + someAccount(w, s).ID.String() + "/sessions"}
	}},
	{route: "DELETE /accounts/{id}/sessions", audited: true, own: "401 204 403 403 403 403", away: "401 204 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		return write("DELETE", "/accounts/"+someAccount(w, s).ID.String()+"/sessions", 0, "")
	}},
	{route: "DELETE /accounts/{id}/identity", audited: true, own: "401 204 403 403 403 403", away: "401 204 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		a := someAccount(w, s)
		w.bind(a)
		return write("DELETE", "/accounts/"+a.ID.String()+"/identity", 0, "")
	}},
	{route: "PUT /accounts/{id}/lock", audited: true, own: "401 200 403 403 403 403", away: "401 200 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		return write("PUT", "/accounts/"+someAccount(w, s).ID.String()+"/lock", 1, "")
	}},
	{route: "DELETE /accounts/{id}/lock", audited: true, own: "401 200 403 403 403 403", away: "401 200 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		return write("DELETE", "/accounts/"+someAccount(w, s).ID.String()+"/lock", 1, "")
	}},
	{route: "GET /session/tokens", own: signedIn, ask: get("/session/tokens")},
	{route: "POST /session/tokens", audited: true, own: "401 201 201 201 201 201", ask: func(*world, spot, string) ask {
		return write("POST", "/session/tokens", 0, `{"name":"QGIS","access":"read","days":30}`)
	}},
	{route: "DELETE /session/tokens/{id}", audited: true, own: "401 200 200 200 200 200", ask: func(w *world, s spot, person string) ask {
		if a, ok := w.people[person]; ok {
			return write("DELETE", "/session/tokens/"+w.apiToken(a.Name, account.AccessRead, "").ID.String(), 0, "")
		}
		return write("DELETE", "/session/tokens/"+w.apiToken("viewer", account.AccessRead, "").ID.String(), 0, "")
	}},
	{route: "GET /tokens", own: "401 200 403 403 403 403", ask: get("/tokens")},
	{route: "DELETE /tokens/{id}", audited: true, own: "401 200 403 403 403 403", away: "401 200 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		return write("DELETE", "/tokens/"+w.apiToken(someAccount(w, s).Name, account.AccessRead, "").ID.String(), 0, "")
	}},
	{route: "GET /audit/export", audited: true, own: "401 200 403 403 403 403", away: "401 200 403 403 403 403", ask: get("/audit/export?district={district}&format=csv")},
	{route: "GET /audit", own: "401 200 403 403 403 403", away: "401 200 403 403 403 403", ask: get("/audit?district={district}")},

	{route: "POST /districts", audited: true, own: "401 201 403 403 403 403", ask: func(w *world, s spot, _ string) ask {
		return write("POST", "/districts", 0, fmt.Sprintf(`{"code":"%06d","name":"新区","geometry":%s}`,
			800000+w.counter.Add(1), geometryJSON(square(s.at, 0.1))))
	}},

	// what every district has alike
	{route: "GET /policies", own: signedIn, ask: get("/policies")},
	{route: "GET /policies/{key}", own: signedIn, ask: get("/policies/wansheng-2020")},
	{route: "GET /facility-types", own: signedIn, ask: get("/facility-types?profile=gb50180")},

	// districts
	{route: "GET /districts", own: signedIn, ask: get("/districts")},
	{route: "GET /districts/{district}", own: signedIn, away: otherPlace, ask: get("/districts/{district}")},
	{route: "GET /districts/{district}/subdistricts", own: signedIn, away: otherPlace, ask: get("/districts/{district}/subdistricts")},
	{route: "GET /districts/{district}/search", own: signedIn, away: otherPlace, ask: get("/districts/{district}/search?q=a")},

	// communities
	{route: "GET /districts/{district}/communities", own: signedIn, away: otherPlace, ask: get("/districts/{district}/communities")},
	{
		route: "POST /districts/{district}/communities", audited: true, own: "401 201 201 201 403 403", next: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/communities", 0, fmt.Sprintf(`{"name":"新小区 %d","subdistrict_code":%q,"geometry":%s}`,
				w.counter.Add(1), s.subdistrict, geometryJSON(square(s.at, 0.001))))
		},
	},
	{route: "GET /districts/{district}/communities/{code}", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "communities/%s", standingCommunity)},
	{
		route: "PATCH /districts/{district}/communities/{code}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			c := w.community(s)
			return write("PATCH", thing(s, "communities", c.Code), c.Version, `{"households":120}`)
		},
	},
	{
		route: "DELETE /districts/{district}/communities/{code}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			c := w.community(s)
			return write("DELETE", thing(s, "communities", c.Code), c.Version, "")
		},
	},
	{
		route: "PUT /districts/{district}/communities/{code}/eligibility", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			c := w.community(s)
			return write("PUT", thing(s, "communities", c.Code)+"/eligibility", c.Version, `{"verdict":"in","reason":"原则上纳入"}`)
		},
	},
	{
		route: "DELETE /districts/{district}/communities/{code}/eligibility", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			c := w.community(s)
			c, err := w.registry.OverrideEligibility(w.t.Context(), account.Everything, s.district, c.Code, c.Version, "in", "原则上纳入")
			w.must(err)
			return write("DELETE", thing(s, "communities", c.Code)+"/eligibility", c.Version, "")
		},
	},
	{route: "GET /districts/{district}/communities/{code}/buildings", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "communities/%s/buildings", standingCommunity)},

	// buildings
	{route: "GET /districts/{district}/buildings", own: signedIn, away: otherPlace, ask: get("/districts/{district}/buildings")},
	{route: "GET /districts/{district}/buildings/{code}", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "buildings/%s", standingBuilding)},
	{
		route: "PATCH /districts/{district}/buildings/{code}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			b, err := w.registry.Building(w.t.Context(), account.Everything, s.district, w.standing[s.name].building)
			w.must(err)
			return write("PATCH", thing(s, "buildings", b.Code), b.Version, fmt.Sprintf(`{"households":%d}`, 20+w.counter.Add(1)))
		},
	},

	// facilities
	{route: "GET /districts/{district}/facilities", own: signedIn, away: otherPlace, ask: get("/districts/{district}/facilities")},
	{
		route: "POST /districts/{district}/facilities", audited: true, own: "401 201 201 201 403 403", next: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(_ *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/facilities", 0, fmt.Sprintf(`{"facility_type":"health_station","location":[%v,%v]}`, s.at[0], s.at[1]))
		},
	},
	{route: "GET /districts/{district}/facilities/{code}", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "facilities/%s", standingFacility)},
	{
		route: "PATCH /districts/{district}/facilities/{code}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			f := w.facility(s)
			return write("PATCH", thing(s, "facilities", f.Code), f.Version, `{"name":"卫生服务站"}`)
		},
	},
	{
		route: "DELETE /districts/{district}/facilities/{code}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			f := w.facility(s)
			return write("DELETE", thing(s, "facilities", f.Code), f.Version, "")
		},
	},

	// zones
	{route: "GET /districts/{district}/zones", own: signedIn, away: otherPlace, ask: get("/districts/{district}/zones")},
	{ // before other rows put zones in the way
		route: "POST /districts/{district}/zones/boundary", own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/zones/boundary", 0, fmt.Sprintf(`{"communities":[%q],"zone":%q}`, w.standing[s.name].community, w.standing[s.name].zone))
		},
	},
	{
		route: "POST /districts/{district}/zones", audited: true, own: "401 201 201 201 403 403", next: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/zones", 0, draft(w, s))
		},
	},
	{
		route: "POST /districts/{district}/zones/measure", own: "401 200 200 200 403 403", next: "401 200 200 200 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/zones/measure", 0, `{"geometry":`+geometryJSON(square(s.at, 0.003))+`}`)
		},
	},
	{route: "GET /districts/{district}/zones/{code}", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "zones/%s", standingZone)},
	{
		route: "PUT /districts/{district}/zones/{code}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			z := w.zone(s)
			return write("PUT", thing(s, "zones", z.Code), z.Version, draft(w, s))
		},
	},
	{
		route: "DELETE /districts/{district}/zones/{code}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			z := w.zone(s)
			return write("DELETE", thing(s, "zones", z.Code), z.Version, "")
		},
	},
	{route: "GET /districts/{district}/zones/{code}/communities", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "zones/%s/communities", standingZone)},
	{route: "GET /districts/{district}/zones/{code}/history", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "zones/%s/history", standingZone)},
	{route: "GET /districts/{district}/zones/{code}/contiguity", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "zones/%s/contiguity", standingZone)},
	{route: "GET /districts/{district}/zones/{code}/strings", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "zones/%s/strings?format=csv", standingZone)},
	{
		route: "POST /districts/{district}/zones/contiguity", own: "401 200 200 200 403 403", next: "401 200 200 422 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/zones/contiguity", 0, fmt.Sprintf(`{"communities":[%q]}`, w.standing[s.name].community))
		},
	},
	{route: "GET /districts/{district}/zones/{code}/export", own: "401 200 200 200 200 403", next: "401 200 200 404 404 403", away: "401 200 403 403 403 403", ask: in("GET", "zones/%s/export?format=xlsx", standingZone)},

	// proposals; a contractor sees none
	{route: "GET /districts/{district}/proposals", own: signedIn, away: otherPlace, ask: get("/districts/{district}/proposals")},
	{
		route: "POST /districts/{district}/proposals", audited: true, own: "401 202 202 202 403 403", next: "401 202 202 403 403 403", away: "401 202 403 403 403 403",
		ask: func(_ *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/proposals", 0, fmt.Sprintf(`{"subdistricts":[%q],"eligibility":["in","out","borderline"],"seconds":0.1}`, s.subdistrict))
		},
	},
	{route: "GET /districts/{district}/proposals/{id}", own: "401 200 200 200 404 200", next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "proposals/%s", standingProposal)},
	{route: "GET /districts/{district}/proposals/{id}/explanations", own: "401 200 200 200 404 200", next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "proposals/%s/explanations", standingProposal)},
	{route: "DELETE /districts/{district}/proposals/{id}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403", ask: in("DELETE", "proposals/%s", standingProposal)},
	{
		route: "POST /districts/{district}/proposals/{id}/accept", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", fmt.Sprintf("/districts/%s/proposals/%s/accept", s.district, w.standing[s.name].proposal), 0, `{}`)
		},
	},

	// phases: of a scenario as a whole; those who look at them come first, with the scenarios
	{
		route: "PUT /districts/{district}/scenarios/{code}/phasing", audited: true, own: "401 200 200 403 403 403", next: "401 200 200 403 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			var version int
			w.must(w.db.Pool.QueryRow(w.t.Context(), `select coalesce(max(version), 0) from phasing where district_code = $1`, s.district).Scan(&version))
			q := write("PUT", fmt.Sprintf("/districts/%s/scenarios/%s/phasing", s.district, mainScenario(w, s)), 0, `{"years":[{"year":2027}]}`)
			q.headers = map[string]string{"If-Match": strconv.Quote(strconv.Itoa(version))}
			return q
		},
	},
	{
		route: "POST /districts/{district}/scenarios/{code}/schedule", own: "401 200 200 200 403 403", next: "401 200 200 200 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", fmt.Sprintf("/districts/%s/scenarios/%s/schedule", s.district, mainScenario(w, s)), 0, `{}`)
		},
	},
	{
		route: "POST /districts/{district}/scenarios/{code}/schedule/judge", own: "401 200 200 200 403 403", next: "401 200 200 200 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", fmt.Sprintf("/districts/%s/scenarios/%s/schedule/judge", s.district, mainScenario(w, s)), 0, `{"zones":[]}`)
		},
	},

	// coverage; a contractor sees no run that looked beyond their zones
	{route: "GET /districts/{district}/coverage/runs", own: signedIn, away: otherPlace, ask: get("/districts/{district}/coverage/runs")},
	{
		route: "POST /districts/{district}/coverage/runs", audited: true, own: "401 201 201 201 403 403", next: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(_ *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/coverage/runs", 0, fmt.Sprintf(`{"facility_type":"health_station","limit":{"metres":300},"area":{"kind":"subdistrict","code":%q}}`, s.subdistrict))
		},
	},
	{route: "GET /districts/{district}/coverage/runs/{id}", own: "401 200 200 200 404 200", next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "coverage/runs/%s", standingRun)},
	{route: "GET /districts/{district}/coverage/runs/{id}/communities", own: "401 200 200 200 404 200", next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "coverage/runs/%s/communities", standingRun)},

	// links: of two communities in the place
	{route: "GET /districts/{district}/links", own: signedIn, away: otherPlace, ask: get("/districts/{district}/links")},
	{
		route: "PUT /districts/{district}/links/{a}/{b}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("PUT", thing(s, "links", w.community(s).Code)+"/"+w.community(s).Code, 0, `{"verdict":"together","reason":"围墙上有门"}`)
		},
	},
	{
		route: "DELETE /districts/{district}/links/{a}/{b}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			a, b := w.community(s).Code, w.community(s).Code
			_, err := w.links.Override(w.t.Context(), account.Everything, s.district, a, b, link.Never, "隔着高差")
			w.must(err)
			return write("DELETE", thing(s, "links", a)+"/"+b, 0, "")
		},
	},

	// background work; an officer's own place is what the officer asked for
	{
		route: "POST /districts/{district}/imports", audited: true, own: "401 202 202 202 403 403", away: "401 202 403 403 403 403",
		ask: func(_ *world, s spot, _ string) ask {
			body, kind := form("a,b\n", "ledger.csv", nil)
			return ask{method: "POST", path: root + "/districts/" + s.district + "/imports", body: body, headers: map[string]string{"Content-Type": kind}}
		},
	},
	{route: "GET /districts/{district}/jobs", own: "401 200 200 200 403 403", away: "401 200 403 403 403 403", ask: get("/districts/{district}/jobs?kind=import")},
	{route: "GET /jobs/{id}", own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 404 404 403 403", ask: jobAsk("GET", "")},
	{route: "DELETE /jobs/{id}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 404 404 403 403", ask: jobAsk("DELETE", "")},
	{route: "GET /jobs/{id}/events", own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 404 404 403 403", ask: jobAsk("GET", "/events")},
	// what one asked for oneself is open to everybody who could ask, in the own district
	{route: "GET /jobs/{id}", again: true, own: "401 200 200 200 200 200", away: "401 200 404 404 403 403", ask: ownJob("GET", "")},
	{route: "DELETE /jobs/{id}", again: true, audited: true, own: "401 200 200 200 200 200", away: "401 200 404 404 403 403", ask: ownJob("DELETE", "")},
	{route: "GET /jobs/{id}/events", again: true, own: "401 200 200 200 200 200", away: "401 200 404 404 403 403", ask: ownJob("GET", "/events")},

	// the map
	{route: "GET /districts/{district}/events", own: signedIn, away: otherPlace, ask: get("/districts/{district}/events")},
	{route: "GET /districts/{district}/tiles/{layers}/{z}/{x}/{y}.mvt", own: signedIn, away: otherPlace, ask: get("/districts/{district}/tiles/communities/12/3263/1702.mvt")},
	{route: "GET /districts/{district}/tiles/{layers}.json", own: signedIn, away: otherPlace, ask: get("/districts/{district}/tiles/base.json")},
	{route: "GET /districts/{district}/style.json", own: signedIn, away: otherPlace, ask: get("/districts/{district}/style.json")},

	// for programs, without a person
	{route: "GET /openapi.json", own: everybody, ask: get("/openapi.json")},
	{route: "GET /healthz", own: everybody, ask: func(*world, spot, string) ask { return ask{method: "GET", path: "/healthz"} }},
	{route: "GET /readyz", own: everybody, ask: func(*world, spot, string) ask { return ask{method: "GET", path: "/readyz"} }},
	{route: "GET /metrics", own: "404 200 404 404 404 404", ask: func(*world, spot, string) ask { return ask{method: "GET", path: "/metrics"} }},
	{route: "GET /*", own: everybody, ask: func(*world, spot, string) ask { return ask{method: "GET", path: "/sign-in"} }},
	{route: "HEAD /*", own: everybody, ask: func(*world, spot, string) ask { return ask{method: "HEAD", path: "/"} }},
}

// jobAsk is about a job of the officer in the own place, of the planner in the
// next, and of somebody else in another district.
func jobAsk(method, suffix string) func(*world, spot, string) ask {
	by := map[string]string{"own": "officer", "next": "planner", "away": "administrator"}
	return func(w *world, s spot, _ string) ask {
		return ask{method: method, path: root + "/jobs/" + w.job(s, by[s.name]).ID.String() + suffix}
	}
}

// ownJob is about a job that the person asked for.
func ownJob(method, suffix string) func(*world, spot, string) ask {
	return func(w *world, s spot, person string) ask {
		return ask{method: method, path: root + "/jobs/" + w.job(s, person).ID.String() + suffix}
	}
}

func TestEveryRouteKnowsEveryPerson(t *testing.T) {
	w := newWorld(t)
	for _, r := range matrix {
		for _, at := range []struct {
			spot spot
			want string
		}{{own, r.own}, {next, r.next}, {away, r.away}} {
			if at.want == "" {
				continue
			}
			want := strings.Fields(at.want)
			if len(want) != len(everyone) {
				t.Fatalf("%s, %s: %q names %d people", r.route, at.spot.name, at.want, len(want))
			}
			for i, person := range everyone {
				q := r.ask(w, at.spot, person)
				before := w.auditLength()
				got := w.as(person, q)
				if strconv.Itoa(got.status) != want[i] {
					t.Errorf("%s, %s, as %s: %d, want %s\n%.300s", r.route, at.spot.name, person, got.status, want[i], got.body)
				}
				if wrote := w.auditLength() > before; r.audited && wrote != (got.status < 300) {
					t.Errorf("%s, %s, as %s: status %d, audit entry written: %v", r.route, at.spot.name, person, got.status, wrote)
				}
			}
		}
	}
}

// asksOnly are the routes that send something and write nothing.
var asksOnly = []string{
	root + "/districts/{district}/zones/measure",
	root + "/districts/{district}/zones/contiguity",
	root + "/districts/{district}/zones/boundary",
	root + "/districts/{district}/scenarios/{code}/schedule",
	root + "/districts/{district}/scenarios/{code}/schedule/judge",
	root + "/districts/{district}/coverage/runs/{id}/trials",
	root + "/districts/{district}/coverage/trials/{trial}/changes",
	root + "/districts/{district}/coverage/trials/{trial}/paths",
	root + "/districts/{district}/coverage/trials/{trial}",
}

// asksOnlyBy are the methods that never write.
var asksOnlyBy = []string{http.MethodGet, http.MethodOptions}

func TestNoRouteIsMissingFromTheMatrix(t *testing.T) {
	s, err := build(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]row{}
	for _, r := range matrix {
		if _, twice := known[r.route]; twice {
			if !r.again {
				t.Errorf("%s has two rows", r.route)
			}
			continue
		}
		known[r.route] = r
	}
	routes := 0
	err = chi.Walk(s.router, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes++
		name := method + " " + strings.TrimPrefix(pattern, root)
		r, ok := known[name]
		if !ok {
			t.Errorf("%s has no row: say who may use it", name)
			return nil
		}
		delete(known, name)
		declared, guarded := s.routes[method+" "+pattern]
		if (strings.HasPrefix(pattern, root) || strings.HasPrefix(pattern, ogcDoor)) && !guarded {
			t.Errorf("%s does not go through the guard", name)
		}
		if guarded && !slices.Contains(asksOnlyBy, method) && !declared.open && !r.audited && !slices.Contains(asksOnly, pattern) {
			t.Errorf("%s writes without leaving an audit entry", name)
		}
		if strings.Contains(pattern, "{district}") && r.away == "" || strings.Contains(pattern, "/{code}") && r.next == "" {
			t.Errorf("%s is not asked about other places", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range known {
		t.Errorf("%s has a row but does not exist", name)
	}
	if routes < 40 {
		t.Errorf("only %d routes were walked", routes)
	}
}

func TestUnknownThingsAreNotFound(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"/districts/999999", "/districts/500110/communities/none", "/districts/500110/zones/none",
		"/districts/500110/coverage/runs/" + uuid.NewString(), "/jobs/" + uuid.NewString(), "/jobs/no-uuid", "/policies/none", "/none",
		"/districts/500110/tiles/none/1/1/1.mvt", "/districts/999999/tiles/base.json",
	} {
		got := w.as("administrator", ask{method: "GET", path: root + path})
		if got.status != http.StatusNotFound {
			t.Errorf("%s: %d\n%s", path, got.status, got.body)
			continue
		}
		got.problem(t)
	}
}
