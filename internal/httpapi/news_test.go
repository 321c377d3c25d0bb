package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/survey"
)

func TestWhoseBusinessAChangeIs(t *testing.T) {
	person := func(role account.Role, scope account.Scope) account.Person {
		scope.District = "1"
		return account.Person{Name: string(role), Role: role, District: "1", Scope: scope}
	}
	planner := person(account.Planner, account.Scope{})
	viewer := person(account.Viewer, account.Scope{})
	officer := person(account.Officer, account.Scope{Subdistricts: []string{"a", "b"}})
	contractor := person(account.Contractor, account.Scope{Zones: []int64{1, 2}})
	idle := person(account.Contractor, account.Scope{Zones: []int64{}})
	of := func(layer string) postgis.Change { return postgis.Change{District: "1", Layer: layer} }
	in := func(layer string, subdistricts ...string) postgis.Change {
		c := of(layer)
		c.Subdistricts = subdistricts
		return c
	}
	ofZones := func(layer string, zones ...int64) postgis.Change {
		c := in(layer, "c")
		c.Zones = zones
		return c
	}
	together := func(c postgis.Change) postgis.Change { c.Together = true; return c }
	everybody := func(c postgis.Change) postgis.Change { c.Everybody = true; return c }
	by := func(layer, name string) postgis.Change {
		c := of(layer)
		c.Person = name
		return c
	}
	for name, c := range map[string]struct {
		change                                     postgis.Change
		planner, viewer, officer, contractor, idle business
	}{
		"everything":                         {postgis.Change{}, theirs, theirs, theirs, theirs, theirs},
		"the plan of the district":           {everybody(of("policy")), theirs, theirs, theirs, theirs, theirs},
		"the plan, and a zone":               {everybody(ofZones("zones", 3)), theirs, theirs, partly, partly, partly},
		"nothing is said":                    {of("communities"), theirs, theirs, nobodys, unclear, nobodys},
		"nothing is said of a survey":        {of("surveys"), theirs, theirs, nobodys, nobodys, nobodys},
		"a community of the officer's":       {in("communities", "a"), theirs, theirs, theirs, unclear, nobodys},
		"communities of two":                 {in("communities", "a", "b"), theirs, theirs, theirs, unclear, nobodys},
		"communities also of others":         {in("communities", "a", "c"), theirs, theirs, partly, unclear, nobodys},
		"a community of others":              {in("communities", "c"), theirs, theirs, nobodys, unclear, nobodys},
		"a survey of the officer's":          {in("surveys", "a"), theirs, theirs, theirs, nobodys, nobodys},
		"a zone of the contractor's":         {ofZones("zones", 1), theirs, theirs, nobodys, theirs, nobodys},
		"zones also of others":               {ofZones("zones", 1, 3), theirs, theirs, nobodys, partly, nobodys},
		"a zone of others":                   {ofZones("zones", 3), theirs, theirs, nobodys, nobodys, nobodys},
		"a run over the officer's part":      {together(in("coverage", "a")), theirs, theirs, theirs, nobodys, nobodys},
		"a run over more than that":          {together(in("coverage", "a", "c")), theirs, theirs, nobodys, nobodys, nobodys},
		"a job of the officer's":             {by("jobs", "officer"), theirs, nobodys, theirs, nobodys, nobodys},
		"a job of the planner's":             {by("jobs", "planner"), theirs, nobodys, nobodys, nobodys, nobodys},
		"a package that a contractor orders": {by("packages", "contractor"), theirs, nobodys, nobodys, theirs, theirs},
	} {
		for _, of := range []struct {
			person account.Person
			want   business
		}{{planner, c.planner}, {viewer, c.viewer}, {officer, c.officer}, {contractor, c.contractor}, {idle, c.idle}} {
			if got := businessOf(of.person, c.change); got != of.want {
				t.Errorf("%s, to the %s: %d, want %d", name, of.person.Name, got, of.want)
			}
		}
	}
}

// hearing is an open stream of a district.
type hearing struct {
	*world
	lines <-chan string
	last  string // id of the last event
}

// hear opens the stream of the district of most people, from an event on.
func (w *world) hear(person, after string) *hearing {
	w.t.Helper()
	path := "/districts/500110/events"
	if after != "" {
		path += "?after=" + after
	}
	lines, leave := w.listen(person, path)
	w.t.Cleanup(leave)
	h := &hearing{world: w, lines: lines}
	h.until("retry: ")
	return h
}

// until returns the changes before a line that begins with a text; nil where the
// stream ends.
func (h *hearing) until(text string) []MapChange {
	h.t.Helper()
	heard := []MapChange{}
	deadline := time.After(30 * time.Second)
	for {
		select {
		case line, open := <-h.lines:
			data, is := strings.CutPrefix(line, "data: ")
			switch {
			case !open:
				return nil
			case strings.HasPrefix(line, "id: "):
				h.last = strings.TrimPrefix(line, "id: ")
			case is:
				var c MapChange
				h.must(json.Unmarshal([]byte(data), &c))
				heard = append(heard, c)
			}
			if strings.HasPrefix(line, text) {
				return heard
			}
		case <-deadline:
			h.t.Fatalf("no line %q; heard %v", text, heard)
		}
	}
}

// of returns what is heard of what happens.
func (h *hearing) of(happens func()) []MapChange {
	h.t.Helper()
	happens()
	h.tell(postgis.Change{District: own.district, Layer: "bell", Everybody: true})
	heard := h.until(`data: {"layer":"bell"`)
	if heard == nil {
		return nil
	}
	h.until("id: ")
	return heard[:len(heard)-1]
}

func (w *world) tell(c postgis.Change) {
	w.t.Helper()
	w.must(w.db.Write(context.Background(), func(_ context.Context, tx *postgis.Tx) error {
		tx.Changed(c)
		return nil
	}))
}

func layersOf(heard []MapChange) []string {
	layers := []string{}
	for _, c := range heard {
		if !slices.Contains(layers, c.Layer) {
			layers = append(layers, c.Layer)
		}
	}
	return layers
}

// crowded is a world with the people of the sweep.
func crowded(t *testing.T) *world {
	w := newWorld(t)
	for _, p := range crowd(w) {
		if p.draft.Role != "" {
			w.signUp(p.name, p.draft)
		}
	}
	return w
}

func TestNobodyHearsOfWhatLiesBeyondTheirPart(t *testing.T) {
	w := crowded(t)
	c := w.community(next)
	project := someProject(w, next, program.Comprehensive)
	for name, act := range map[string]struct {
		happens func()
		layer   string
		hear    []string // who, beside those who see the whole district
	}{
		"a community":   {func() { w.community(next) }, "communities", []string{"neighbour", "both", "builder"}},
		"a facility":    {func() { w.facility(next) }, "facilities", []string{"neighbour", "both", "builder"}},
		"bare ground":   {func() { w.facility(beside(next)) }, "facilities", []string{"neighbour", "both"}},
		"a zone":        {func() { w.zone(beside(next)) }, "zones", []string{"neighbour", "both"}},
		"stock":         {func() { w.idleBuilding(next) }, "idle_buildings", []string{"neighbour", "both", "builder"}},
		"a building":    {func() { w.editBuilding(next) }, "buildings", []string{"neighbour", "both", "builder"}},
		"an import":     {func() { w.importCommunity(next) }, "communities", []string{"neighbour", "both", "builder"}},
		"a project":     {func() { someProject(w, next, program.Comprehensive) }, "projects", []string{"neighbour", "both", "builder"}},
		"an attachment": {func() { standingPaper(w, next) }, "dossiers", []string{"neighbour", "both", "builder"}},
		"a survey": {func() {
			_, err := w.surveys.Open(context.Background(), account.Everything, next.district, survey.Draft{Community: w.standing["next"].community})
			w.must(err)
		}, "surveys", []string{"neighbour", "both", "builder"}},
		"works": {func() {
			q := seen("PUT", thing(next, "projects", project.Code)+"/works", 0, `{"lines":[{"item_no":1,"answer":"do","quantity":10,"unit":"户","price_yuan":3000}]}`)
			if got := w.as("planner", q); got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}, "works", []string{"neighbour", "both", "builder"}},
		"a verdict":            {func() { w.override(next, c) }, "communities", []string{"neighbour", "both", "builder"}},
		"a job of the planner": {func() { w.job(next, "planner") }, "jobs", nil},
		"a job of the officer": {func() { w.job(own, "officer") }, "jobs", []string{"officer"}},
		"a month's report":     {func() { someReport(w, next) }, "progress", []string{"neighbour", "both"}},
	} {
		t.Run(name, func(t *testing.T) {
			hearings := map[string]*hearing{}
			people := []string{"planner", "steward", "officer", "neighbour", "both", "contractor", "builder", "idle"}
			for _, person := range people {
				hearings[person] = w.hear(person, "")
			}
			act.happens()
			for _, person := range people {
				heard := hearings[person].of(func() {})
				whole := slices.Contains([]string{"planner", "steward"}, person)
				if got, want := slices.Contains(layersOf(heard), act.layer), whole || slices.Contains(act.hear, person); got != want {
					t.Errorf("the %s hears of it: %v, want %v: %+v", person, got, want, heard)
				}
				if person == "officer" && act.hear != nil && act.hear[0] != "officer" || person == "contractor" || person == "idle" {
					for _, c := range heard {
						if c.BBox != nil || !slices.Contains([]string{"scenarios", "bell"}, c.Layer) {
							t.Errorf("the %s hears %+v", person, c)
						}
					}
				}
			}
		})
	}
}

// importCommunity brings in a community as a file does.
func (w *world) importCommunity(s spot) {
	w.t.Helper()
	w.must(w.db.Write(context.Background(), func(ctx context.Context, tx *postgis.Tx) error {
		row := registry.CommunityRow{Code: fmt.Sprintf("file-%d", w.counter.Add(1)), Name: "导入的小区", SubdistrictCode: s.subdistrict, Geometry: square(s.at, 0.001)}
		_, err := w.registry.UpsertCommunities(ctx, tx, s.district, []registry.CommunityRow{row})
		return err
	}))
}

// editBuilding counts the households of the place's building anew.
func (w *world) editBuilding(s spot) {
	w.t.Helper()
	b, err := w.registry.Building(context.Background(), account.Everything, s.district, w.standing[s.name].building)
	w.must(err)
	households := 20 + int(w.counter.Add(1))
	_, err = w.registry.UpdateBuilding(context.Background(), account.Everything, s.district, b.Code, b.Version, registry.BuildingPatch{Households: &households})
	w.must(err)
}

func (w *world) override(s spot, c registry.Community) {
	w.t.Helper()
	c, err := w.registry.Community(context.Background(), account.Everything, s.district, c.Code)
	w.must(err)
	_, err = w.registry.OverrideEligibility(context.Background(), account.Everything, s.district, c.Code, c.Version, "in", "原则上纳入")
	w.must(err)
}

// A bulk write is one change: whoever has a part in it hears that there is
// something, and not how far it reaches.
func TestAChangeOfSeveralPartsTellsNoExtent(t *testing.T) {
	w := crowded(t)
	both := postgis.Change{
		District: own.district, Layer: "communities", Bound: orb.Bound{Min: own.at, Max: next.at}, Subdistricts: []string{own.subdistrict, next.subdistrict},
	}
	for person, extent := range map[string]bool{"planner": true, "both": true, "officer": false, "contractor": false} {
		heard := w.hear(person, "").of(func() { w.tell(both) })
		if len(heard) != 1 || heard[0].Layer != "communities" || (heard[0].BBox != nil) != extent {
			t.Errorf("the %s hears %+v", person, heard)
		}
	}
}

func TestAStreamGoesOnElsewhereForTheSamePerson(t *testing.T) {
	w := crowded(t)
	here := w.hear("officer", "")
	heard := here.of(func() { w.facility(next); w.facility(own) })
	if len(heard) != 1 || heard[0].BBox == nil || heard[0].BBox[0] != own.at[0] {
		t.Fatalf("here: %+v", heard)
	}
	w.facility(next)
	w.facility(own)

	other, err := postgis.Open(t.Context(), w.db.URL(), slog.New(slog.DiscardHandler))
	w.must(err)
	t.Cleanup(other.Close)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	config := w.server.Config
	config.DB = other
	second, err := New(ctx, config)
	w.must(err)
	go func() { _ = other.Listen(ctx) }()
	first := w.http
	w.http = httptest.NewServer(second)
	t.Cleanup(func() { stop(); w.http.Close(); w.http = first })
	there := w.hear("officer", here.last)
	heard = there.of(func() { w.facility(next); w.facility(own) })
	if len(heard) != 2 || heard[0].BBox == nil || heard[0].BBox[0] != own.at[0] || heard[1].BBox[0] != own.at[0] {
		t.Errorf("there: %+v", heard)
	}
	heard = w.hear("neighbour", "0").of(func() {})
	if len(heard) != 1 || heard[0] != (MapChange{}) {
		t.Errorf("from before the list: %+v", heard)
	}
}

func TestAStreamFollowsWhoItsPersonIsNow(t *testing.T) {
	w := crowded(t)
	h := w.hear("officer", "")
	a := w.people["officer"]
	a, err := w.accounts.Update(t.Context(), a.ID, a.Version, account.Patch{Subdistricts: &[]string{next.subdistrict}})
	w.must(err)
	if heard := h.of(func() { w.facility(own); w.facility(next) }); len(heard) == 0 || heard[0] != (MapChange{}) || slices.ContainsFunc(heard, func(c MapChange) bool { return c.BBox != nil && c.BBox[0] == own.at[0] }) {
		t.Errorf("moved to another subdistrict: %+v", heard)
	}
	if heard := h.of(func() { w.facility(own); w.facility(next) }); len(heard) != 1 || heard[0].BBox == nil || heard[0].BBox[0] != next.at[0] {
		t.Errorf("afterwards: %+v", heard)
	}
	_, err = w.accounts.SetLocked(t.Context(), a.ID, a.Version, true)
	w.must(err)
	if heard := h.of(func() { w.facility(next) }); heard != nil {
		t.Errorf("locked: %+v", heard)
	}
}
