package site_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/site"
)

// village is a town with homes and stock around a junction at 1000 m.
func village(t *testing.T) *town {
	w := newTown(t)
	w.street(1000, 500, 1000, 0)
	w.home("H1", 900, 10, 10)
	w.home("H2", 1100, 10, 20)
	w.home("H3", 1300, 10, 30)
	w.building("shop", 950, -10, nil, "commercial", "")
	w.building("rented", 1050, -10, 4, "residential", "公租房1号楼")
	w.building("office", 1250, -10, nil, "", "万盛居委会")
	w.building("school", 1150, -10, nil, "education", "")
	w.facility("service", "community_service_station", 1200, -10, nil)
	w.facility("market", "wet_market", 1210, -10, nil)
	w.building("far away", 6000, -10, nil, "commercial", "")
	return w
}

func (w *town) request(n int, kinds ...string) site.Request {
	return site.Request{
		Model: site.CoverMost, FacilityType: daycare, Method: coverage.MethodWalk, Limit: within(250), N: n, Candidates: kinds,
	}
}

// chosen are the places of an answer, by kind and code.
func chosen(a *site.Answer) (list []string) {
	for _, s := range a.Sites {
		list = append(list, s.Kind+" "+s.Code)
	}
	slices.Sort(list)
	return list
}

func TestCandidatesAreOfTheKindsAskedFor(t *testing.T) {
	w := village(t)
	for kind, want := range map[string]int{
		site.Stock:     4,     // shop, rented, office, service; nobody walks to the one far away
		site.Buildings: 3 + 4, // homes, shop, rented, office, school
		site.Junctions: 1,
		site.Points:    2,
	} {
		r := w.request(1, kind)
		if kind == site.Points {
			r.Points = w.points(1000, -10, 1200, -10)
		}
		a := w.solve(r).Answer
		if a.Candidates != want || len(a.Sites) != 1 || a.Sites[0].Kind != kind {
			t.Errorf("%s: %d candidates, want %d; %+v", kind, a.Candidates, want, a.Sites)
		}
		named := kind == site.Stock || kind == site.Buildings
		if a.Sites[0].Name == "" && !named || (a.Sites[0].Code != "") != named {
			t.Errorf("%s: %+v", kind, a.Sites[0])
		}
	}
	// A building that is stock is one candidate, not two.
	r := w.request(1, site.Buildings, site.Stock, site.Junctions, site.Points)
	r.Points = w.points(1000, -10)
	if a := w.solve(r).Answer; a.Candidates != 1+4+4+1 {
		t.Errorf("all kinds: %d candidates", a.Candidates)
	}
	junction := w.solve(w.request(1, site.Junctions)).Answer.Sites[0].Location
	if d := coverage.Metres(junction, w.at(1000, 0)); d > 0.05 {
		t.Errorf("the junction lies %v m from where it is", d)
	}
}

func TestNoSiteIsInAnExclusionZone(t *testing.T) {
	w := village(t)
	r := w.request(1, site.Points)
	r.Points = w.points(1100, -10, 1300, -10)
	if got := w.solve(r).Answer; got.After != 64 {
		t.Errorf("anywhere: %+v", got)
	}
	ring := orb.Ring{w.at(1090, -20), w.at(1110, -20), w.at(1110, 0), w.at(1090, 0), w.at(1090, -20)}
	for name, shape := range map[string]orb.Geometry{"a polygon": orb.Polygon{ring}, "many": orb.MultiPolygon{{ring}}, "clockwise": orb.Polygon{reversed(ring)}} {
		r.Excluded = geojson.NewGeometry(shape)
		got := w.solve(r).Answer
		if got.Candidates != 1 || len(got.Sites) != 1 || coverage.Metres(got.Sites[0].Location, w.at(1300, -10)) > 0.01 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func reversed(r orb.Ring) orb.Ring {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

// The distance is measured by PostGIS on the ellipsoid, between new sites and to
// the existing ones that are kept.
func TestSitesKeepTheirDistance(t *testing.T) {
	w := newSmall(t, 3)
	r := w.request(site.CoverMost, coverage.MethodWalk, 2, true)
	free := w.solve(r).Answer
	r.ApartM = 500
	apart := w.solve(r).Answer
	var nearest float64
	places := []orb.Point{}
	for _, s := range apart.Sites {
		places = append(places, s.Location)
	}
	err := w.db.Pool.QueryRow(t.Context(), `
		with new as (select ordinality as no, geom from unnest($1::geometry[]) with ordinality as n (geom, ordinality)),
		far as (
		    select ST_Distance(a.geom::geography, b.geom::geography) as metres from new a join new b on a.no < b.no
		    union all
		    select ST_Distance(n.geom::geography, f.geom::geography) from new n, facility f where f.facility_type = $2
		)
		select coalesce(min(metres), 0) from far`, geoms(places), daycare).Scan(&nearest)
	if err != nil || nearest < 500 || len(places) == 0 {
		t.Errorf("%d sites, the nearest two %v m from each other, %v", len(places), nearest, err)
	}
	if apart.After > free.After || !apart.Proven {
		t.Errorf("%v households with the distance, %v without", apart.After, free.After)
	}
	if want := w.bestApart(2, 500); apart.After != want {
		t.Errorf("%v households, trying all says %v", apart.After, want)
	}
}

func geoms(places []orb.Point) (list []postgis.Geom) {
	for _, p := range places {
		list = append(list, postgis.Geom{Geometry: p})
	}
	return list
}

// bestApart tries all choices of candidates that keep a distance.
func (w *small) bestApart(n int, apart float64) (most float64) {
choices:
	for chosen := range 1 << len(w.candidates) {
		open := slices.Clone(w.existing)
		for i, c := range w.candidates {
			if chosen>>i&1 == 0 {
				continue
			}
			for _, o := range open {
				if coverage.Metres(w.at(c.x, c.y), w.at(o.x, o.y)) < apart {
					continue choices
				}
			}
			open = append(open, c)
		}
		if len(open) > n+len(w.existing) {
			continue
		}
		covered := 0.0
		for _, h := range w.homes {
			if slices.ContainsFunc(open, func(c spot) bool { return cost(coverage.MethodWalk, h, c) <= 350 }) {
				covered += float64(h.households)
			}
		}
		most = max(most, covered)
	}
	return most
}

// An officer's sites lie in the officer's own subdistrict.
func TestAnOfficerLooksAtHome(t *testing.T) {
	w := newTown(t) // the border is at about 7790 m
	w.home("H", 7600, 10, 10)
	w.building("west", 7700, -10, nil, "commercial", "")
	w.building("east", 7900, -10, nil, "commercial", "")
	ctx, scope := w.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	r := w.request(1, site.Stock)
	r.Limit, r.Area = within(500), coverage.Area{Kind: coverage.AreaSubdistrict, Code: west}
	q, err := w.sites.Ask(ctx, scope, w.district, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.work(t.Context(), q.ID, scope.Subdistricts); err != nil {
		t.Fatal(err)
	}
	a := w.get(q.ID).Answer
	if diff := cmp.Diff([]string{"stock west"}, chosen(a)); diff != "" || a.Candidates != 1 {
		t.Errorf("%d candidates (-want +got):\n%s", a.Candidates, diff)
	}
	r.Area = coverage.Area{}
	var outside *account.OutsideError
	if _, err := w.sites.Ask(ctx, scope, w.district, r); !errors.As(err, &outside) {
		t.Errorf("an officer asks for the district: %v", err)
	}
}

func TestAnImpossibleQuestionIsRefused(t *testing.T) {
	w := village(t)
	minus, nothing := -1.0, 0.0
	bad := geojson.NewGeometry(orb.Polygon{{{106.9, 28.9}, {106.91, 28.91}, {106.91, 28.9}, {106.9, 28.91}, {106.9, 28.9}}})
	for name, c := range map[string]struct {
		change func(r *site.Request)
		field  string
	}{
		"an unknown model":        {func(r *site.Request) { r.Model = "best" }, "model"},
		"no sites":                {func(r *site.Request) { r.N = 0 }, "n"},
		"sites below zero":        {func(r *site.Request) { r.N = -3 }, "n"},
		"501 sites":               {func(r *site.Request) { r.N = 501 }, "n"},
		"a curve of 201":          {func(r *site.Request) { r.CurveTo = 201 }, "curve_to"},
		"a distance below zero":   {func(r *site.Request) { r.ApartM = -1 }, "apart_m"},
		"a distance that is none": {func(r *site.Request) { r.ApartM = math.NaN() }, "apart_m"},
		"a capacity below zero":   {func(r *site.Request) { r.Capacity = &minus }, "capacity"},
		"no capacity":             {func(r *site.Request) { r.Capacity = &nothing }, "capacity"},
		"no candidates":           {func(r *site.Request) { r.Candidates = nil }, "candidates"},
		"unknown candidates":      {func(r *site.Request) { r.Candidates = []string{"moon"} }, "candidates"},
		"no points":               {func(r *site.Request) { r.Candidates = []string{site.Points} }, "points"},
		"points for nothing":      {func(r *site.Request) { r.Points = w.points(0, 0) }, "points"},
		"a point that is none":    {func(r *site.Request) { r.Candidates, r.Points = []string{site.Points}, []orb.Point{{math.NaN(), 1}} }, "points[0]"},
		"an exclusion of nothing": {func(r *site.Request) { r.Excluded = bad }, "excluded"},
	} {
		r := w.request(1, site.Stock)
		c.change(&r)
		_, err := w.sites.Ask(t.Context(), everything, w.district, r)
		var invalid *site.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Detail == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(r *site.Request){
		"an unknown type":   func(r *site.Request) { r.FacilityType = "casino" },
		"a limit of zero":   func(r *site.Request) { r.Limit = within(0) },
		"no standard":       func(r *site.Request) { r.FacilityType, r.Limit = "play_area", coverage.Limit{} },
		"no heights":        func(r *site.Request) { r.Method, r.Limit = coverage.MethodWalkSlope, coverage.Limit{} },
		"no such scenario":  func(r *site.Request) { r.Scenario = "x" },
		"no such community": func(r *site.Request) { r.Area = coverage.Area{Kind: "subdistrict", Code: "x"} },
	} {
		r := w.request(1, site.Stock)
		change(&r)
		var invalid *coverage.InvalidError
		if _, err := w.sites.Ask(t.Context(), everything, w.district, r); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := w.sites.List(t.Context(), everything, w.district, 10); err != nil || len(list) != 0 {
		t.Errorf("kept %v %v", list, err)
	}
}

// What only the data show to be impossible ends the job with a sentence.
func TestAQuestionWithoutAnAnswerSaysWhy(t *testing.T) {
	cases := map[string]struct {
		change func(w *town, r *site.Request)
		says   string
	}{
		"more sites than candidates": {func(w *town, r *site.Request) { r.N = 5 }, "新建 5 处超过了候选位置的数量（4）"},
		"no candidates": {func(w *town, r *site.Request) {
			w.exec(`delete from building where use <> 'residential' or name <> ''`)
			w.exec(`delete from facility`)
		}, "没有符合条件的候选位置"},
		"no homes": {func(w *town, r *site.Request) { w.exec(`update building set households = 0`) }, "没有需要服务的住户"},
		"an island": {func(w *town, r *site.Request) {
			w.street(0, 3000, 500, 3000)
			w.home("I", 100, 3010, 5)
			r.Model, r.Candidates = site.LeastWalk, []string{site.Points}
			r.Points = w.points(1000, -10, 200, 3010)
		}, "新建数量太少"},
		"too little capacity": {func(w *town, r *site.Request) {
			one := 1.0
			r.Model, r.N, r.Capacity = site.CoverAll, 0, &one
		}, "服务能力"},
		"all too near": {func(w *town, r *site.Request) { r.Model, r.N, r.ApartM, r.Limit = site.CoverAll, 0, 5000, within(75) }, "最小间距"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := village(t)
			r := w.request(1, site.Stock)
			c.change(w, &r)
			q := w.ask(r)
			err := w.work(t.Context(), q.ID, nil)
			var refusal *job.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Detail, c.says) || strings.Contains(refusal.Detail, "siting") {
				t.Errorf("got %v, want a sentence with %q", err, c.says)
			}
			if q = w.get(q.ID); q.Answer != nil || q.State != "failed" {
				t.Errorf("%+v", q)
			}
		})
	}
}
