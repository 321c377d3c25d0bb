package site_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/site"
	"github.com/lianpian/lianpian/internal/zone"
)

func (w *town) accept(id uuid.UUID, a site.Acceptance) []site.Proposed {
	w.t.Helper()
	list, err := w.sites.Accept(w.t.Context(), everything, w.district, id, a)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *town) proposed(scenario string) []site.Proposed {
	w.t.Helper()
	list, err := w.sites.Proposed(w.t.Context(), everything, w.district, scenario)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func codes(list []site.Proposed) (codes []string) {
	for _, p := range list {
		codes = append(codes, p.Code)
	}
	slices.Sort(codes)
	return codes
}

// scenario makes one, as a copy of another where that is not "".
func (w *town) scenario(name, of string) string {
	w.t.Helper()
	zones := zone.New(w.db)
	zones.FollowCopies(w.sites.Copy)
	made, err := zones.CreateScenario(w.t.Context(), everything, w.district, zone.ScenarioDraft{Name: name, CopyOf: of})
	if err != nil {
		w.t.Fatal(err)
	}
	return made.Code
}

func TestAnAcceptedSiteIsAFacilityOfItsScenario(t *testing.T) {
	w := village(t)
	other := w.scenario("另一方案", "")
	q := w.solve(w.request(2, site.Stock))
	made := w.accept(q.ID, site.Acceptance{})
	main := q.Request.Scenario
	if len(made) != 2 || cmp.Diff(codes(made), codes(w.proposed(main))) != "" || len(w.proposed(other)) != 0 {
		t.Fatalf("%+v", made)
	}
	for i, p := range made {
		if p.Scenario != main || p.FacilityType != daycare || p.Siting == nil || *p.Siting != q.ID || p.Location != q.Answer.Sites[i].Location || p.Capacity != nil || p.Version != 1 {
			t.Errorf("%+v", p)
		}
		if s := q.Answer.Sites[i]; s.Name != "" && (!strings.Contains(p.Name, s.Name) || !strings.Contains(p.Note, s.Name)) || !strings.HasPrefix(p.Name, "拟建") {
			t.Errorf("%q of %+v", p.Name, s)
		}
		if again := w.get(q.ID).Answer.Sites[i].Accepted; again != p.Code {
			t.Errorf("the siting says %q, want %q", again, p.Code)
		}
	}
	// It counts for who asks with its scenario, and for nobody else.
	with, without, elsewhere := w.cover(q.Request, main), w.cover(q.Request, ""), w.cover(q.Request, other)
	if float64(with.Summary.CoveredHouseholds) != q.Answer.After || with.Inputs.Proposed != 2 || with.Summary.Facilities != without.Summary.Facilities+2 {
		t.Errorf("with the scenario %+v", with.Summary)
	}
	if without.Summary.CoveredHouseholds != 0 || elsewhere.Summary.CoveredHouseholds != 0 || without.Inputs.Proposed != 0 {
		t.Errorf("without %+v", without.Summary)
	}
	answers, err := w.runs.Buildings(t.Context(), everything, w.district, with.ID, coverage.BuildingFilter{Status: []string{coverage.Covered}})
	if err != nil || len(answers.Items) == 0 || !strings.HasPrefix(answers.Items[0].FacilityName, "拟建") {
		t.Errorf("%+v %v", answers, err)
	}
	// What is accepted already serves: nothing is left for a new site to gain.
	again := w.solve(w.request(1, site.Stock))
	if again.Answer.Before != q.Answer.After || again.Answer.After != again.Answer.Before {
		t.Errorf("asked again: %+v", again.Answer)
	}
}

func TestAcceptingTwiceMakesOneFacility(t *testing.T) {
	w := village(t)
	other := w.scenario("另一方案", "")
	q := w.solve(w.request(2, site.Stock))
	first := w.accept(q.ID, site.Acceptance{Sites: []int{1}})
	both := w.accept(q.ID, site.Acceptance{Sites: []int{1, 0, 1}})
	all := w.accept(q.ID, site.Acceptance{})
	if len(first) != 1 || len(both) != 2 || both[1].Code != first[0].Code || text(t, both) != text(t, all) || len(w.proposed(q.Request.Scenario)) != 2 {
		t.Errorf("%+v\n%+v\n%+v", first, both, all)
	}
	// Another scenario is another matter, and the siting goes on telling of its own.
	elsewhere := w.accept(q.ID, site.Acceptance{Scenario: other, Sites: []int{0}})
	if len(elsewhere) != 1 || elsewhere[0].Code == both[0].Code || elsewhere[0].Scenario != other || len(w.proposed(other)) != 1 {
		t.Errorf("%+v", elsewhere)
	}
	if said := w.get(q.ID).Answer.Sites[0].Accepted; said != both[0].Code {
		t.Errorf("accepted as %q, want %q", said, both[0].Code)
	}
	for name, a := range map[string]site.Acceptance{"no such site": {Sites: []int{2}}, "below the first": {Sites: []int{-1}}} {
		var invalid *site.InvalidError
		if _, err := w.sites.Accept(t.Context(), everything, w.district, q.ID, a); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.sites.Accept(t.Context(), everything, w.district, q.ID, site.Acceptance{Scenario: "x"}); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("no such scenario: %v", err)
	}
	var invalid *site.InvalidError
	if _, err := w.sites.Accept(t.Context(), everything, w.district, w.ask(w.request(1, site.Stock)).ID, site.Acceptance{}); !errors.As(err, &invalid) {
		t.Errorf("without an answer: %v", err)
	}
}

// Two who accept at the same moment make one facility.
func TestAcceptingAtOnceMakesOneFacility(t *testing.T) {
	w := village(t)
	q := w.solve(w.request(1, site.Stock))
	ended := make(chan error)
	for range 4 {
		go func() {
			_, err := w.sites.Accept(t.Context(), everything, w.district, q.ID, site.Acceptance{})
			ended <- err
		}()
	}
	for range 4 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if list := w.proposed(q.Request.Scenario); len(list) != 1 {
		t.Errorf("%+v", list)
	}
}

func TestAWithdrawnFacilityIsGone(t *testing.T) {
	w := village(t)
	q := w.solve(w.request(1, site.Stock))
	made := w.accept(q.ID, site.Acceptance{})[0]
	main := made.Scenario
	copied := w.scenario("副本", main)
	if err := w.sites.Withdraw(t.Context(), everything, w.district, main, made.Code, 7); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("at another version: %v", err)
	}
	if err := w.sites.Withdraw(t.Context(), everything, w.district, copied, made.Code, made.Version); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("of another scenario: %v", err)
	}
	if err := w.sites.Withdraw(t.Context(), everything, w.district, main, made.Code, made.Version); err != nil {
		t.Fatal(err)
	}
	if err := w.sites.Withdraw(t.Context(), everything, w.district, main, made.Code, made.Version); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	if len(w.proposed(main)) != 0 || w.cover(q.Request, main).Summary.CoveredHouseholds != 0 || len(w.proposed(copied)) != 1 {
		t.Errorf("%+v, in the copy %+v", w.proposed(main), w.proposed(copied))
	}
	if again := w.accept(q.ID, site.Acceptance{}); len(again) != 1 || again[0].Code == made.Code {
		t.Errorf("accepted again: %+v", again)
	}
}

// A copy of a scenario has its own facilities at the same places.
func TestACopyTakesProposedFacilitiesAlong(t *testing.T) {
	w := village(t)
	q := w.solve(w.request(2, site.Stock))
	made := w.accept(q.ID, site.Acceptance{})
	copied := w.scenario("副本", q.Request.Scenario)
	list := w.proposed(copied)
	if len(list) != 2 || slices.Contains(codes(made), list[0].Code) || slices.Contains(codes(made), list[1].Code) {
		t.Fatalf("%+v", list)
	}
	if a, b := w.cover(q.Request, copied).Summary, w.cover(q.Request, q.Request.Scenario).Summary; cmp.Diff(a, b) != "" {
		t.Errorf("the copy covers %+v, its origin %+v", a, b)
	}
	if said := w.get(q.ID).Answer.Sites[0].Accepted; said != made[0].Code {
		t.Errorf("accepted as %q, want %q", said, made[0].Code)
	}
	// The copy has been accepted, too.
	if again := w.accept(q.ID, site.Acceptance{Scenario: copied}); cmp.Diff(codes(list), codes(again)) != "" {
		t.Errorf("%+v", again)
	}
}

func TestWhoMayPropose(t *testing.T) {
	w := newTown(t)
	main := w.scenario("方案", "")
	at := map[string]site.NewProposed{
		"at home": {FacilityType: daycare, Location: w.at(0, -10)}, "next door": {FacilityType: daycare, Location: w.at(8500, -10)},
	}
	planned, err := w.sites.Propose(t.Context(), everything, w.district, main, at["next door"])
	if err != nil || planned.Name != "拟建老年人日间照料中心（托老所）" {
		t.Fatal(planned, err)
	}
	for role, may := range map[account.Role][]string{
		account.Planner: {"at home", "next door"}, account.Officer: {"at home"}, account.Viewer: nil, account.Contractor: nil,
	} {
		scope := account.Scope{}
		switch role {
		case account.Officer:
			scope.Subdistricts = []string{west}
		case account.Contractor:
			scope.Zones = []int64{1}
		}
		ctx, scope := w.as(role, scope)
		for where, n := range at {
			p, err := w.sites.Propose(ctx, scope, w.district, main, n)
			var outside *account.OutsideError
			if slices.Contains(may, where) != (err == nil) || err != nil && !errors.As(err, &outside) {
				t.Errorf("%s, %s: %v", role, where, err)
			}
			if err == nil && p.CreatedBy != string(role) {
				t.Errorf("%s: %+v", role, p)
			}
		}
		err := w.sites.Withdraw(ctx, scope, w.district, main, planned.Code, 1)
		if role != account.Planner && err == nil || role == account.Planner && err != nil {
			t.Errorf("%s withdraws: %v", role, err)
		}
		if role == account.Planner {
			planned, _ = w.sites.Propose(t.Context(), everything, w.district, main, at["next door"])
		}
	}
	ctx, scope := w.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	list, err := w.sites.Proposed(ctx, scope, w.district, main)
	for _, p := range list {
		if coverage.Metres(p.Location, w.at(0, -10)) > 1 {
			t.Errorf("an officer reads %+v", p)
		}
	}
	if err != nil || len(list) == 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// An officer accepts at home; what lies next door is not accepted, and nothing
// else of the same question either.
func TestAnOfficerAcceptsAtHome(t *testing.T) {
	w := newTown(t)
	w.home("H", 7700, 10, 10)
	r := w.request(2, site.Points)
	r.Points = w.points(7600, -10, 7900, -10)
	r.Model, r.Limit = site.LeastWalk, within(500)
	q := w.solve(r)
	if len(q.Answer.Sites) == 1 { // the second one is of no use
		r.N, r.Points = 1, w.points(7900, -10)
		q = w.solve(r)
	}
	ctx, scope := w.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	var outside *account.OutsideError
	if _, err := w.sites.Accept(ctx, scope, w.district, q.ID, site.Acceptance{}); !errors.As(err, &outside) {
		t.Errorf("next door: %v", err)
	}
	if list := w.proposed(q.Request.Scenario); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	r.N, r.Points = 1, w.points(7600, -10)
	if list, err := w.sites.Accept(ctx, scope, w.district, w.solve(r).ID, site.Acceptance{}); err != nil || len(list) != 1 || list[0].CreatedBy != "officer" {
		t.Errorf("at home: %+v %v", list, err)
	}
}

func TestAnImpossibleProposalIsRefused(t *testing.T) {
	w := newTown(t)
	main := w.scenario("方案", "")
	minus := -1
	for name, c := range map[string]struct {
		n     site.NewProposed
		field string
	}{
		"an unknown type":       {site.NewProposed{FacilityType: "casino", Location: w.at(0, 0)}, "facility_type"},
		"no place":              {site.NewProposed{FacilityType: "elder_beds", Location: w.at(0, 0)}, "facility_type"},
		"a capacity below zero": {site.NewProposed{FacilityType: daycare, Location: w.at(0, 0), Capacity: &minus}, "capacity"},
		"out of the district":   {site.NewProposed{FacilityType: daycare, Location: w.at(-50_000, 0)}, "location"},
		"off the Earth":         {site.NewProposed{FacilityType: daycare, Location: [2]float64{400, 29}}, "location"},
	} {
		_, err := w.sites.Propose(t.Context(), everything, w.district, main, c.n)
		var invalid *site.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Detail == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.sites.Propose(t.Context(), everything, w.district, "x", site.NewProposed{FacilityType: daycare, Location: w.at(0, 0)}); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("no such scenario: %v", err)
	}
	if _, err := w.sites.Proposed(t.Context(), account.Scope{District: "500152"}, w.district, main); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("another district: %v", err)
	}
}
