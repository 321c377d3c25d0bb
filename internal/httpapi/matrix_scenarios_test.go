package httpapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/zone"
)

// They come first: other rows may take the zone away that the contractor works on.
func init() { matrix = append(slices.Clone(scenarioRows), matrix...) }

// mainScenario is the main scenario of the spot's district.
func (w *world) mainScenario(s spot) zone.Scenario {
	w.t.Helper()
	sc, err := w.zones.Scenario(context.Background(), account.Everything, s.district, "")
	w.must(err)
	return sc
}

// scenario is a new, empty one.
func (w *world) scenario(s spot) zone.Scenario {
	w.t.Helper()
	sc, err := w.zones.CreateScenario(context.Background(), account.Everything, s.district,
		zone.ScenarioDraft{Name: fmt.Sprintf("方案 %d", w.counter.Add(1))})
	w.must(err)
	return sc
}

func mainCode(w *world, s spot) any { return w.mainScenario(s).Code }

// beside is bare ground near a spot, so that the things that are there stay what
// they are.
func beside(s spot) spot {
	s.at[0] += 0.02
	return s
}

// lineJSON is a line of a test; the places are steps of 0.001° from a spot.
func lineJSON(s spot, steps ...orb.Point) string {
	text := ""
	for i, p := range steps {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf("[%.6f,%.6f]", s.at[0]+p[0]/1000, s.at[1]+p[1]/1000)
	}
	return `{"type":"LineString","coordinates":[` + text + `]}`
}

func seenJSON(zones ...zone.Zone) string {
	text := ""
	for i, z := range zones {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(`{"code":%q,"version":%d}`, z.Code, z.Version)
	}
	return "[" + text + "]"
}

// Scenarios belong to the whole district; zones of a scenario to who may draw
// there.
var scenarioRows = []row{
	{route: "GET /districts/{district}/scenarios", own: signedIn, away: otherPlace, ask: get("/districts/{district}/scenarios")},
	{
		route: "POST /districts/{district}/scenarios", audited: true, own: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/scenarios", 0, fmt.Sprintf(`{"name":"方案 %d","copy_of":%q}`, w.counter.Add(1), w.mainScenario(s).Code))
		},
	},
	{route: "GET /districts/{district}/scenarios/{code}", own: signedIn, next: signedIn, away: otherPlace, ask: in("GET", "scenarios/%s", mainCode)},
	{
		route: "PATCH /districts/{district}/scenarios/{code}", audited: true, own: "401 200 200 403 403 403", next: "401 200 200 403 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			sc := w.scenario(s)
			return write("PATCH", thing(s, "scenarios", sc.Code), sc.Version, `{"note":"备选"}`)
		},
	},
	{
		route: "DELETE /districts/{district}/scenarios/{code}", audited: true, own: "401 204 204 403 403 403", next: "401 204 204 403 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			sc := w.scenario(s)
			return write("DELETE", thing(s, "scenarios", sc.Code), sc.Version, "")
		},
	},
	{route: "GET /districts/{district}/scenarios/{code}/phasing", own: signedIn, next: signedIn, away: otherPlace, ask: in("GET", "scenarios/%s/phasing", mainScenario)},
	{route: "GET /districts/{district}/scenarios/{code}/schedule", own: signedIn, next: signedIn, away: otherPlace, ask: in("GET", "scenarios/%s/schedule", mainScenario)},
	{route: "GET /districts/{district}/scenarios/{code}/revisions", own: signedIn, next: signedIn, away: otherPlace, ask: in("GET", "scenarios/%s/revisions", mainCode)},
	{route: "GET /districts/{district}/scenarios/{code}/zones", own: signedIn, next: signedIn, away: otherPlace, ask: in("GET", "scenarios/%s/zones?revision=1", mainCode)},
	{
		route: "GET /districts/{district}/scenarios/{code}/compare", own: signedIn, next: signedIn, away: otherPlace,
		ask: func(w *world, s spot, _ string) ask {
			code := w.mainScenario(s).Code
			return ask{method: "GET", path: root + thing(s, "scenarios", code) + "/compare?revision=1&with=" + code}
		},
	},
	{
		route: "POST /districts/{district}/scenarios/{code}/undo", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 403 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			w.zone(beside(s))
			sc := w.mainScenario(s)
			return write("POST", thing(s, "scenarios", sc.Code)+"/undo", 0, fmt.Sprintf(`{"revision":%d}`, sc.Revision))
		},
	},
	{
		route: "POST /districts/{district}/scenarios/{code}/restore", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 403 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			w.zone(beside(s))
			sc := w.mainScenario(s)
			return write("POST", thing(s, "scenarios", sc.Code)+"/restore", 0, fmt.Sprintf(`{"revision":%d}`, sc.Revision-1))
		},
	},
	{
		route: "PATCH /districts/{district}/scenarios/{code}/years", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			z := w.zone(beside(s))
			sc := w.mainScenario(s)
			return write("PATCH", thing(s, "scenarios", sc.Code)+"/years", 0, fmt.Sprintf(`{"revision":%d,"zones":[{"code":%q,"year":2027,"locked":true}]}`, sc.Revision, z.Code))
		},
	},
	{
		route: "POST /districts/{district}/scenarios/{code}/take", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", thing(s, "scenarios", w.scenario(s).Code)+"/take", 0, fmt.Sprintf(`{"from":%q,"zones":[%q]}`, w.mainScenario(s).Code, w.zone(beside(s)).Code))
		},
	},
	{
		route: "POST /districts/{district}/zones/{code}/paint", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			z := w.zone(beside(s))
			return write("POST", thing(s, "zones", z.Code)+"/paint", z.Version, fmt.Sprintf(`{"add":[%q],"boundary":"keep"}`, w.standing[s.name].community))
		},
	},
	{
		route: "POST /districts/{district}/zones/{code}/split", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			z := w.zone(beside(s))
			return write("POST", thing(s, "zones", z.Code)+"/split", z.Version, `{"line":`+lineJSON(beside(s), orb.Point{1, -3}, orb.Point{1, 3})+`}`)
		},
	},
	{
		route: "POST /districts/{district}/zones/merge", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/zones/merge", 0, `{"zones":`+seenJSON(w.zone(beside(s)), w.zone(beside(s)))+`}`)
		},
	},
	{
		route: "POST /districts/{district}/zones/reshape", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/zones/reshape", 0,
				`{"zones":`+seenJSON(w.zone(beside(s)), w.zone(beside(s)))+`,"line":`+lineJSON(beside(s), orb.Point{2, -1}, orb.Point{1, -1}, orb.Point{1, 1}, orb.Point{2, 1})+`}`)
		},
	},
}
