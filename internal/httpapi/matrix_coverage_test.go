package httpapi

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/site"
)

// They come first: other rows may take away what they look at.
func init() { matrix = append(slices.Clone(coverageRows), matrix...) }

// ofSubdistrict are settings over the subdistrict of a spot.
func ofSubdistrict(s spot) coverage.Settings {
	radius := 300.0
	return coverage.Settings{
		Limit: coverage.Limit{Metres: &radius}, Area: coverage.Area{Kind: coverage.AreaSubdistrict, Code: s.subdistrict},
	}
}

func someBatch(w *world, s spot) any {
	b, err := w.coverage.RunBatch(w.t.Context(), account.Everything, s.district,
		coverage.BatchRequest{FacilityTypes: []string{"health_station", "wet_market"}, Settings: ofSubdistrict(s)})
	w.must(err)
	return b.ID
}

// someTrial is one that the person began.
func someTrial(w *world, s spot, person string) uuid.UUID {
	ctx := account.With(w.t.Context(), account.Person{ID: w.people[person].ID, Name: person, Role: account.Administrator})
	t, err := w.coverage.BeginTrial(ctx, account.Everything, s.district, w.standing[s.name].run)
	w.must(err)
	return t.ID
}

func someSiting(w *world, s spot) site.Siting {
	q, err := w.sites.Ask(w.t.Context(), account.Everything, s.district, site.Request{
		Model: site.CoverMost, FacilityType: "wet_market", N: 1, Candidates: []string{site.Buildings},
		Area: coverage.Area{Kind: coverage.AreaSubdistrict, Code: s.subdistrict},
	})
	w.must(err)
	w.sql(`update siting set answer = jsonb_build_object('sites', jsonb_build_array(jsonb_build_object('kind', 'points', 'location', jsonb_build_array($2::float8, $3::float8)))) where id = $1`,
		q.ID, s.at[0], s.at[1])
	return q
}

func someSitingID(w *world, s spot) any { return someSiting(w, s).ID }

func someProposed(w *world, s spot) site.Proposed {
	p, err := w.sites.Propose(w.t.Context(), account.Everything, s.district, w.mainScenario(s).Code,
		site.NewProposed{FacilityType: "wet_market", Location: s.at})
	w.must(err)
	return p
}

const (
	readsRun  = "401 200 200 200 404 200"
	readsNext = "401 200 200 404 404 200"
	makesOwn  = "401 201 201 201 403 403"
	makesNext = "401 201 201 403 403 403"
	makesAway = "401 201 403 403 403 403"
	triesOwn  = "401 200 200 200 403 403"
	triesAway = "401 200 403 403 403 403"
)

var coverageRows = []row{
	{route: "GET /districts/{district}/coverage/runs/{id}/parts", own: readsRun, next: readsNext, away: otherPlace, ask: in("GET", "coverage/runs/%s/parts?by=neighborhood", standingRun)},
	{route: "GET /districts/{district}/coverage/runs/{id}/buildings", own: readsRun, next: readsNext, away: otherPlace, ask: in("GET", "coverage/runs/%s/buildings", standingRun)},
	{
		route: "GET /districts/{district}/coverage/runs/{id}/buildings/{code}", own: readsRun, next: readsNext, away: otherPlace,
		ask: func(w *world, s spot, _ string) ask {
			st := w.standing[s.name]
			return ask{method: "GET", path: fmt.Sprintf("%s/districts/%s/coverage/runs/%s/buildings/%s", root, s.district, st.run, st.building)}
		},
	},
	{route: "GET /districts/{district}/coverage/runs/{id}/gaps", own: readsRun, next: readsNext, away: otherPlace, ask: in("GET", "coverage/runs/%s/gaps", standingRun)},
	{route: "GET /districts/{district}/coverage/runs/{id}/isochrones", own: readsRun, next: readsNext, away: otherPlace, ask: in("GET", "coverage/runs/%s/isochrones", standingRun)},
	{
		route: "GET /districts/{district}/coverage/runs/{id}/compare/{other}", own: readsRun, next: readsNext, away: otherPlace,
		ask: func(w *world, s spot, _ string) ask {
			st := w.standing[s.name]
			return ask{method: "GET", path: fmt.Sprintf("%s/districts/%s/coverage/runs/%s/compare/%s", root, s.district, st.run, st.run)}
		},
	},

	// a trial is known to whoever began it
	{
		route: "POST /districts/{district}/coverage/runs/{id}/trials", own: makesOwn, next: "401 201 201 404 403 403", away: makesAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", fmt.Sprintf("/districts/%s/coverage/runs/%s/trials", s.district, w.standing[s.name].run), 0, "")
		},
	},
	{
		route: "POST /districts/{district}/coverage/trials/{trial}/changes", own: triesOwn, next: triesOwn, away: triesAway,
		ask: func(w *world, s spot, person string) ask {
			return write("POST", fmt.Sprintf("/districts/%s/coverage/trials/%s/changes", s.district, someTrial(w, s, person)), 0,
				fmt.Sprintf(`{"changes":[{"kind":"add","location":[%f,%f]}]}`, s.at[0], s.at[1]))
		},
	},
	{
		route: "POST /districts/{district}/coverage/trials/{trial}/paths", own: triesOwn, next: triesOwn, away: triesAway,
		ask: func(w *world, s spot, person string) ask {
			return write("POST", fmt.Sprintf("/districts/%s/coverage/trials/%s/paths", s.district, someTrial(w, s, person)), 0, `{"changes":[]}`)
		},
	},
	{
		route: "DELETE /districts/{district}/coverage/trials/{trial}", own: "401 204 204 204 403 403", next: "401 204 204 204 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, person string) ask {
			return write("DELETE", fmt.Sprintf("/districts/%s/coverage/trials/%s", s.district, someTrial(w, s, person)), 0, "")
		},
	},

	{route: "GET /districts/{district}/coverage/batches", own: signedIn, away: otherPlace, ask: get("/districts/{district}/coverage/batches")},
	{
		route: "POST /districts/{district}/coverage/batches", audited: true, own: makesOwn, next: makesNext, away: makesAway,
		ask: func(_ *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/coverage/batches", 0,
				fmt.Sprintf(`{"facility_types":["health_station"],"area":{"kind":"subdistrict","code":%q}}`, s.subdistrict))
		},
	},
	{route: "GET /districts/{district}/coverage/batches/{batch}", own: readsRun, next: readsNext, away: otherPlace, ask: in("GET", "coverage/batches/%s", someBatch)},
	{
		route: "GET /districts/{district}/coverage/batches/{batch}/export", own: "401 200 200 200 404 403", next: "401 200 200 404 404 403", away: triesAway,
		ask: in("GET", "coverage/batches/%s/export?format=csv", someBatch),
	},
	{route: "GET /districts/{district}/neighborhoods", own: signedIn, away: otherPlace, ask: get("/districts/{district}/neighborhoods")},
	{route: "GET /districts/{district}/elevations", own: signedIn, away: otherPlace, ask: get("/districts/{district}/elevations")},
	{
		route: "DELETE /districts/{district}/elevations/{source}", audited: true, own: "401 204 204 403 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			ref := fmt.Sprintf("hgt:%d", w.counter.Add(1))
			w.sql(`insert into elevation (district_code, source_ref, name, format, source_crs, source_step_m, west, north, step_x, step_y, cols, rows, voids, lowest_m, highest_m, digest)
				values ($1, $2, 'n', 'hgt', 'EPSG:4326', 90, 106, 29, 0.001, 0.001, 2, 2, 0, 1, 2, 'd')`, s.district, ref)
			return write("DELETE", thing(s, "elevations", ref), 0, "")
		},
	},
	{route: "GET /districts/{district}/network", own: signedIn, away: otherPlace, ask: get("/districts/{district}/network")},
	{route: "GET /districts/{district}/zones/{code}/services", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "zones/%s/services", standingZone)},
	{route: "GET /districts/{district}/communities/{code}/services", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "communities/%s/services", standingCommunity)},

	// sites
	{route: "GET /districts/{district}/sitings", own: signedIn, away: otherPlace, ask: get("/districts/{district}/sitings")},
	{
		route: "POST /districts/{district}/sitings", audited: true, own: "401 202 202 202 403 403", next: "401 202 202 403 403 403", away: "401 202 403 403 403 403",
		ask: func(_ *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/sitings", 0,
				fmt.Sprintf(`{"model":"mclp","facility_type":"wet_market","n":1,"candidates":["buildings"],"area":{"kind":"subdistrict","code":%q}}`, s.subdistrict))
		},
	},
	{route: "GET /districts/{district}/sitings/{siting}", own: readsRun, next: readsNext, away: otherPlace, ask: in("GET", "sitings/%s", someSitingID)},
	{route: "DELETE /districts/{district}/sitings/{siting}", audited: true, own: triesOwn, next: "401 200 200 404 403 403", away: triesAway, ask: in("DELETE", "sitings/%s", someSitingID)},
	{
		route: "POST /districts/{district}/sitings/{siting}/accept", audited: true, own: triesOwn, next: "401 200 200 404 403 403", away: triesAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", fmt.Sprintf("/districts/%s/sitings/%s/accept", s.district, someSiting(w, s).ID), 0, `{}`)
		},
	},
	{route: "GET /districts/{district}/scenarios/{code}/facilities", own: signedIn, next: signedIn, away: otherPlace, ask: in("GET", "scenarios/%s/facilities", mainCode)},
	{
		route: "POST /districts/{district}/scenarios/{code}/facilities", audited: true, own: makesOwn, next: makesNext, away: makesAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", thing(s, "scenarios", w.mainScenario(s).Code)+"/facilities", 0,
				fmt.Sprintf(`{"facility_type":"wet_market","location":[%f,%f]}`, s.at[0], s.at[1]))
		},
	},
	{
		route: "DELETE /districts/{district}/scenarios/{code}/facilities/{facility}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			p := someProposed(w, s)
			return write("DELETE", thing(s, "scenarios", p.Scenario)+"/facilities/"+p.Code, p.Version, "")
		},
	},
}
