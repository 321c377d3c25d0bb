package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/zone"
)

// bare is a zone of the scenario on bare ground, steps of 0.001° from a spot.
func (w *world) bare(s spot, name string, west, south, east, north float64) zone.Zone {
	w.t.Helper()
	bound := orb.Bound{Min: orb.Point{s.at[0] + west/1000, s.at[1] + south/1000}, Max: orb.Point{s.at[0] + east/1000, s.at[1] + north/1000}}
	z, err := w.zones.Create(w.t.Context(), account.Everything, s.district, zone.Draft{Name: name, Geometry: bound.ToPolygon()})
	w.must(err)
	return z
}

func TestWhatAnEditOfZonesIsRefusedWith(t *testing.T) {
	w := newWorld(t)
	left, above, right := w.bare(own, "左", 20, 20, 30, 30), w.bare(own, "上", 20, 30, 30, 40), w.bare(own, "右", 30, 20, 40, 30)
	main := w.mainScenario(own)
	post := func(path, body string) answer {
		return w.as("officer", write("POST", "/districts/500110/"+path, 0, body))
	}
	bulge := lineJSON(own, orb.Point{30, 22}, orb.Point{32, 22}, orb.Point{32, 26}, orb.Point{30, 26})

	got := post("zones/reshape", `{"zones":`+seenJSON(left, above)+`,"line":`+bulge+`}`)
	p := got.problem(t)
	if got.status != http.StatusConflict || p.Type != "urn:lianpian:problem:topology" || len(p.Errors) != 1 {
		t.Fatalf("%d %+v", got.status, p)
	}
	if fault, _ := p.Errors[0].Value.(map[string]any); fault["at"] == nil || fault["area_m2"].(float64) < 50_000 || len(fault["zones"].([]any)) != 2 {
		t.Errorf("%+v", fault)
	}

	got = post("zones/reshape", `{"zones":`+seenJSON(left)+`,"line":`+bulge+`}`)
	edit := decode[zone.Edit](t, got)
	if got.status != http.StatusOK || len(edit.Zones) != 2 || edit.Removed == nil || edit.Scenario != main.Code {
		t.Fatalf("%d\n%s", got.status, got.body)
	}

	got = post("zones/merge", `{"zones":`+seenJSON(above, right)+`}`)
	p = got.problem(t)
	current, _ := p.Current.(map[string]any)
	if got.status != http.StatusPreconditionFailed || current["code"] != right.Code || current["version"] != 2.0 || current["geometry"] == nil {
		t.Errorf("%d %+v", got.status, p)
	}

	got = w.as("planner", write("PATCH", "/districts/500110/scenarios/"+main.Code+"/years", 0,
		fmt.Sprintf(`{"revision":%d,"zones":[{"code":%q,"year":2027,"locked":false}]}`, edit.Revision-1, right.Code)))
	if p = got.problem(t); got.status != http.StatusPreconditionFailed || p.Current == nil {
		t.Errorf("years: %d %+v", got.status, p)
	}
	got = w.as("planner", write("PATCH", "/districts/500110/scenarios/"+main.Code+"/years", 0,
		fmt.Sprintf(`{"revision":%d,"zones":[{"code":%q,"year":2027,"locked":false}]}`, edit.Revision, right.Code)))
	if got.status != http.StatusOK {
		t.Fatalf("years: %d\n%s", got.status, got.body)
	}
	got = post("scenarios/"+main.Code+"/undo", fmt.Sprintf(`{"revision":%d}`, edit.Revision))
	p = got.problem(t)
	if got.status != http.StatusConflict || p.Type != "urn:lianpian:problem:changed-since" || !strings.Contains(p.Detail, "右") || len(p.Errors) != 1 || p.Errors[0].Value != right.Code {
		t.Errorf("%d %+v", got.status, p)
	}

	got = post("zones/"+above.Code+"/split", `{"line":`+bulge+`}`)
	if got.status != http.StatusPreconditionRequired {
		t.Errorf("split without a version: %d", got.status)
	}
	got = w.as("officer", write("POST", "/districts/500110/zones/"+above.Code+"/split", 1, `{"line":`+bulge+`}`))
	if p = got.problem(t); got.status != http.StatusUnprocessableEntity || p.Errors[0].Location != "body.line" {
		t.Errorf("split beside the zone: %d %+v", got.status, p)
	}
	for what, line := range map[string]string{"no line": `{"type":"Point","coordinates":[106.8,29]}`, "nothing": `null`, "one point": lineJSON(own, orb.Point{1, 1})} {
		got = w.as("officer", write("POST", "/districts/500110/zones/"+above.Code+"/split", 1, `{"line":`+line+`}`))
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", what, got.status, got.body)
		}
	}
}

func TestWhatAScenarioIsRefusedWith(t *testing.T) {
	w := newWorld(t)
	main := w.mainScenario(own)
	address := "/districts/500110/scenarios"
	made := w.as("planner", write("POST", address, 0, `{"name":"乙案","copy_of":"`+main.Code+`"}`))
	sc := decode[zone.Scenario](t, made)
	if made.status != http.StatusCreated || made.header.Get("ETag") != `"1"` || !strings.HasSuffix(made.header.Get("Location"), sc.Code) || sc.Zones != 2 {
		t.Fatalf("%d\n%s", made.status, made.body)
	}
	for what, c := range map[string]struct {
		q    ask
		want int
		kind string
	}{
		"a name twice":        {write("POST", address, 0, `{"name":"乙案"}`), http.StatusConflict, "conflict"},
		"a copy of nothing":   {write("POST", address, 0, `{"name":"丙案","copy_of":"none"}`), http.StatusNotFound, "not-found"},
		"no name":             {write("POST", address, 0, `{"name":"  "}`), http.StatusUnprocessableEntity, "invalid"},
		"deleting the main":   {write("DELETE", address+"/"+main.Code, main.Version, ""), http.StatusConflict, "conflict"},
		"a stale rename":      {write("PATCH", address+"/"+sc.Code, 7, `{"name":"丙案"}`), http.StatusPreconditionFailed, "stale"},
		"nonsense rules":      {write("PATCH", address+"/"+sc.Code, 1, `{"rules":{"max_gap_m":-5,"max_walk_m":null,"barriers":{},"cost":{"per_household_yuan":0,"per_floor_area_yuan":0}}}`), http.StatusUnprocessableEntity, "invalid"},
		"comparing with none": {ask{method: "GET", path: root + address + "/" + sc.Code + "/compare?with=none"}, http.StatusNotFound, "not-found"},
		"a future revision":   {ask{method: "GET", path: root + address + "/" + sc.Code + "/zones?revision=99"}, http.StatusUnprocessableEntity, "invalid"},
		"undoing the copy":    {write("POST", address+"/"+sc.Code+"/undo", 0, `{"revision":1}`), http.StatusUnprocessableEntity, "invalid"},
		"a zone of none":      {write("POST", "/districts/500110/zones", 0, `{"name":"x","scenario":"none","geometry":`+geometryJSON(square(own.at, 0.003))+`}`), http.StatusNotFound, "not-found"},
	} {
		got := w.as("planner", c.q)
		p := got.problem(t)
		if got.status != c.want || p.Type != "urn:lianpian:problem:"+c.kind {
			t.Errorf("%s: %d %+v", what, got.status, p)
		}
		if current, _ := p.Current.(map[string]any); c.kind == "stale" && current["name"] != "乙案" {
			t.Errorf("%s: current %v", what, p.Current)
		}
	}
	// What somebody narrower sees of the copy is what they see of the original.
	for person, zones := range map[string]int{"planner": 2, "officer": 1, "viewer": 2} {
		got := w.as(person, ask{method: "GET", path: root + "/districts/500110/zones?scenario=" + sc.Code})
		if list := decode[zoneList](t, got); len(list.Items) != zones {
			t.Errorf("%s reads %d zones", person, len(list.Items))
		}
	}
	// No zone of the copy is the contractor's.
	for _, path := range []string{"/zones?scenario=" + sc.Code, "/scenarios/" + sc.Code, "/scenarios/" + sc.Code + "/revisions", "/scenarios/" + main.Code + "/compare?with=" + sc.Code} {
		if got := w.as("contractor", ask{method: "GET", path: root + "/districts/500110" + path}); got.status != http.StatusNotFound {
			t.Errorf("the contractor reads %s: %d\n%s", path, got.status, got.body)
		}
	}
	got := w.as("contractor", ask{method: "GET", path: root + address})
	if list := decode[scenarioList](t, got); len(list.Items) != 1 || list.Items[0].Zones != 1 || list.Items[0].Code != main.Code {
		t.Errorf("the contractor reads scenarios %s", got.body)
	}
	got = w.as("contractor", ask{method: "GET", path: root + address + "/" + main.Code + "/zones?revision=3"})
	if list := decode[zoneList](t, got); len(list.Items) > 1 {
		t.Errorf("the contractor reads %d zones of the past", len(list.Items))
	}
}
