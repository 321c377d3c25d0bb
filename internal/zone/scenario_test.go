package zone_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/zone"
)

func (b *bench) scenario(name, copyOf string) zone.Scenario {
	b.t.Helper()
	sc, err := b.zones.CreateScenario(b.t.Context(), account.Everything, b.district, zone.ScenarioDraft{Name: name, CopyOf: copyOf})
	if err != nil {
		b.t.Fatal(err)
	}
	return sc
}

func (b *bench) list(scenario string) []zone.Zone {
	b.t.Helper()
	zones, err := b.zones.List(b.t.Context(), account.Everything, b.district, scenario)
	if err != nil {
		b.t.Fatal(err)
	}
	return zones
}

func (b *bench) called(scenario, name string) zone.Zone {
	b.t.Helper()
	for _, z := range b.list(scenario) {
		if z.Name == name {
			return z
		}
	}
	b.t.Fatalf("scenario %q has no zone %q", scenario, name)
	return zone.Zone{}
}

func TestEveryDistrictHasAMainScenario(t *testing.T) {
	b := newBench(t)
	list, err := b.zones.Scenarios(t.Context(), account.Everything, b.district)
	if err != nil || len(list) != 1 || !list[0].Main || list[0].Name != "现行方案" || list[0].Revision != 1 || list[0].Zones != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	if diff := cmp.Diff(zone.DefaultRules(), list[0].Rules); diff != "" {
		t.Error(diff)
	}
}

func TestACopyIsIndependent(t *testing.T) {
	b := newBench(t)
	zones := b.quarter()
	year := 2026
	if _, err := b.zones.SetYears(t.Context(), account.Everything, b.district, "", 5, []zone.Year{{Code: zones[0].Code, Year: &year, Locked: true}}); err != nil {
		t.Fatal(err)
	}
	original, err := b.zones.Scenario(t.Context(), account.Everything, b.district, "")
	if err != nil {
		t.Fatal(err)
	}
	twin := b.scenario("乙案", original.Code)
	if twin.Zones != 4 || twin.Revision != 1 || twin.Main || twin.Totals != original.Totals {
		t.Errorf("%+v", twin)
	}
	copied := b.called(twin.Code, "甲")
	if copied.Code == zones[0].Code || copied.Year == nil || *copied.Year != 2026 || !copied.YearLocked || copied.Totals != zones[0].Totals ||
		b.members(copied) != b.members(zones[0]) || !copied.Shape().Equal(zones[0].Shape()) {
		t.Errorf("%+v", copied)
	}
	if history, err := b.zones.History(t.Context(), account.Everything, b.district, copied.Code); err != nil || len(history) != 1 {
		t.Errorf("history %v, %v", history, err)
	}
	before := b.now()
	e := b.split(copied, orb.Point{106.905, 28.95}, orb.Point{106.905, 28.96})
	if e.Scenario != twin.Code || e.Revision != 2 || len(b.list(twin.Code)) != 5 {
		t.Errorf("%+v", e)
	}
	if diff := cmp.Diff(before, b.now()); diff != "" {
		t.Errorf("the original changed:\n%s", diff)
	}
	// And the other way: the copy does not follow the original.
	if err := b.zones.Delete(t.Context(), account.Everything, b.district, zones[1].Code, 1); err != nil {
		t.Fatal(err)
	}
	if got := b.called(twin.Code, "乙"); got.Totals != zones[1].Totals {
		t.Errorf("%+v", got)
	}
	if len(b.list("")) != 3 {
		t.Error("who names no scenario does not read the main one")
	}
}

func TestScenariosAreSavedByVersion(t *testing.T) {
	b := newBench(t)
	b.quarter()
	ctx, scope := b.as(account.Planner, account.Scope{})
	sc, err := b.zones.CreateScenario(ctx, scope, b.district, zone.ScenarioDraft{Name: " 乙案 "})
	if err != nil || sc.Name != "乙案" || sc.CreatedBy != "planner" {
		t.Fatalf("%+v, %v", sc, err)
	}
	rules := zone.DefaultRules()
	rules.MaxGapM, rules.Cost.PerHouseholdYuan = 80, 20_000
	name, yes, no := "丙案", true, false
	sc, err = b.zones.UpdateScenario(ctx, scope, b.district, sc.Code, 1, zone.ScenarioPatch{Name: &name, Rules: &rules, Main: &yes})
	if err != nil || sc.Version != 2 || sc.Name != name || !sc.Main || cmp.Diff(rules, sc.Rules) != "" {
		t.Fatalf("%+v, %v", sc, err)
	}
	list, err := b.zones.Scenarios(ctx, scope, b.district)
	if err != nil || len(list) != 2 || list[0].Code != sc.Code || list[1].Main || list[1].Version != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	old := list[1]
	if len(b.list("")) != 0 {
		t.Error("the main scenario did not change")
	}
	bad := zone.DefaultRules()
	bad.MaxGapM = -1
	empty := " "
	var invalid *zone.InvalidError
	var taken *zone.ScenarioNameTakenError
	for what, p := range map[string]zone.ScenarioPatch{"no name": {Name: &empty}, "bad rules": {Rules: &bad}, "no main": {Main: &no}} {
		if _, err := b.zones.UpdateScenario(ctx, scope, b.district, sc.Code, 2, p); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.zones.UpdateScenario(ctx, scope, b.district, old.Code, 2, zone.ScenarioPatch{Name: &name}); !errors.As(err, &taken) {
		t.Errorf("a taken name: %v", err)
	}
	if _, err := b.zones.UpdateScenario(ctx, scope, b.district, old.Code, 1, zone.ScenarioPatch{Name: &empty}); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a stale save: %v", err)
	}
	if err := b.zones.DeleteScenario(ctx, scope, b.district, sc.Code, 2); !errors.Is(err, zone.ErrMainScenario) {
		t.Errorf("deleting the main one: %v", err)
	}
	if err := b.zones.DeleteScenario(ctx, scope, b.district, old.Code, 2); err != nil {
		t.Fatal(err)
	}
	if n := b.measure(`select count(*) from zone`); n != 0 {
		t.Errorf("%v zones are left", n)
	}
	if _, err := b.zones.Scenario(ctx, scope, b.district, old.Code); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the deleted one: %v", err)
	}
	officer, own := b.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	var outside *account.OutsideError
	if _, err := b.zones.CreateScenario(officer, own, b.district, zone.ScenarioDraft{Name: "丁案"}); !errors.As(err, &outside) {
		t.Errorf("an officer: %v", err)
	}
}

func TestTwoPlannersInOneScenario(t *testing.T) {
	b := newBench(t)
	zones := b.quarter()
	// Eight people at once: two at each zone.
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		z := zones[i/2]
		wg.Go(func() {
			_, results[i] = b.zones.Update(t.Context(), account.Everything, b.district, z.Code, 1,
				zone.Draft{Name: fmt.Sprintf("%s%d", z.Name, i), Geometry: z.Shape()})
		})
	}
	wg.Wait()
	for i, z := range zones {
		first, other := results[2*i], results[2*i+1]
		if first != nil {
			first, other = other, first
		}
		var lost *zone.VersionError
		if first != nil || !errors.As(other, &lost) || !errors.Is(other, postgis.ErrVersion) || lost.Code != z.Code || lost.Seen != 1 || lost.Now != 2 {
			t.Errorf("%s: %v and %v", z.Name, first, other)
		}
	}
	sc, err := b.zones.Scenario(t.Context(), account.Everything, b.district, "")
	if err != nil || sc.Revision != 9 {
		t.Errorf("revision %d, %v", sc.Revision, err)
	}
	// A merge loses the race as a whole.
	_, err = b.zones.Merge(t.Context(), account.Everything, b.district, []zone.Seen{{Code: zones[0].Code, Version: 2}, {Code: zones[1].Code, Version: 1}}, "", nil)
	var lost *zone.VersionError
	if !errors.As(err, &lost) || lost.Code != zones[1].Code || b.get(zones[0]).Version != 2 {
		t.Errorf("merge: %v", err)
	}
	// Years are about what the person saw of these zones, not of others.
	year := 2028
	if _, err := b.zones.SetYears(t.Context(), account.Everything, b.district, "", 4, []zone.Year{{Code: zones[0].Code, Year: &year}}); !errors.As(err, &lost) || lost.Code != zones[0].Code {
		t.Errorf("years: %v", err)
	}
}

func TestTakeBringsZonesOver(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	b := newBench(t)
	zones := b.quarter()
	plan := b.scenario("乙案", "")
	// In the other scenario one zone lies over the right half of 甲 and all of 乙.
	wide, err := b.zones.Create(t.Context(), account.Everything, b.district, zone.Draft{Name: "甲", Scenario: plan.Code, Geometry: box(w+5*u, s, w+20*u, s+10*u)})
	if err != nil || b.members(wide) != "[A2 A4 B1 B2 B3 B4]" {
		t.Fatalf("%v, %s", err, b.members(wide))
	}
	e, err := b.zones.Take(t.Context(), account.Everything, b.district, "", plan.Code, []string{wide.Code})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{zones[1].Code}, e.Removed); diff != "" || len(e.Zones) != 2 {
		t.Errorf("%d zones, %s", len(e.Zones), diff)
	}
	left, taken := b.get(zones[0]), b.called("", "甲（2）")
	if b.members(left) != "[A1 A3]" || b.members(taken) != b.members(wide) || taken.Code == wide.Code {
		t.Errorf("%s and %s", b.members(left), b.members(taken))
	}
	near(t, "what is left", area(left.Shape()), 50*u*u)
	near(t, "what was taken", area(taken.Shape()), area(wide.Shape()))
	if o := b.overlap(); o > 1e-15 {
		t.Errorf("overlap %g", o)
	}
	if got := b.get(wide); got.Version != 1 || !got.Shape().Equal(wide.Shape()) {
		t.Error("the other scenario changed")
	}
	if lone := append(unshared(left.Shape(), taken.Shape()), unshared(taken.Shape(), b.get(zones[2]).Shape())...); len(lone) > 0 {
		t.Errorf("vertices that only one zone has: %v", lone)
	}
	b.undo(e.Revision)
	if len(b.list("")) != 4 || b.members(b.get(zones[0])) != "[A1 A2 A3 A4]" {
		t.Error("not taken back")
	}
	var invalid *zone.InvalidError
	if _, err := b.zones.Take(t.Context(), account.Everything, b.district, plan.Code, plan.Code, []string{wide.Code}); !errors.As(err, &invalid) {
		t.Errorf("from itself: %v", err)
	}
	if _, err := b.zones.Take(t.Context(), account.Everything, b.district, "", plan.Code, []string{zones[0].Code}); !errors.As(err, &invalid) {
		t.Errorf("a zone of another scenario: %v", err)
	}
}

func TestPaintMovesCommunities(t *testing.T) {
	b := newBench(t)
	zones := b.quarter()
	paint := func(z zone.Zone, p zone.Paint) zone.Edit {
		t.Helper()
		e, err := b.zones.Paint(t.Context(), account.Everything, b.district, seen(b.get(z))[0], p)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	// Kept, the boundary stays what it is, and both zones hold B1.
	paint(zones[0], zone.Paint{Add: []string{"B1", "B1"}, Remove: []string{"A1", "D4"}})
	z := b.get(zones[0])
	if z.Membership != zone.ByHand || z.BoundaryRule != zone.Drawn || !z.Shape().Equal(zones[0].Shape()) || b.members(z) != "[A2 A3 A4 B1]" || b.members(zones[1]) != "[B1 B2 B3 B4]" {
		t.Errorf("%s %s %s %s", z.Membership, z.BoundaryRule, b.members(z), b.members(zones[1]))
	}
	if e := paint(zones[0], zone.Paint{Add: []string{"B1"}}); len(e.Zones) != 0 || e.Revision != 6 {
		t.Errorf("painting what is there: %+v", e)
	}
	// Taken, they leave the others, with their ground.
	e := paint(zones[0], zone.Paint{Add: []string{"B1", "B3", "C1", "C2", "C3", "C4"}, Derive: true, Take: true})
	z = b.get(zones[0])
	if z.BoundaryRule != zone.Derived || b.members(z) != "[A2 A3 A4 B1 B3 C1 C2 C3 C4]" || b.members(b.get(zones[1])) != "[B2 B4]" || b.get(zones[1]).Membership != zone.Majority {
		t.Errorf("%s %s %s", z.BoundaryRule, b.members(z), b.members(b.get(zones[1])))
	}
	if diff := cmp.Diff([]string{zones[2].Code}, e.Removed); diff != "" {
		t.Error(diff)
	}
	if o := b.overlap(); o > 1e-11 {
		t.Errorf("overlap %g", o)
	}
	inside := b.measure(`select count(*) from zone z join community c on ST_Area(ST_Intersection(z.geom, c.geom)) * 2 > ST_Area(c.geom) where z.code = $1`, z.Code)
	if inside != 9 {
		t.Errorf("%v communities lie in the boundary", inside)
	}
	var invalid *zone.InvalidError
	for what, p := range map[string]zone.Paint{
		"an unknown one":  {Add: []string{"none"}},
		"in and out":      {Add: []string{"D1"}, Remove: []string{"D1"}},
		"nothing is left": {Remove: []string{"A2", "A3", "A4", "B1", "B3", "C1", "C2", "C3", "C4"}, Derive: true},
	} {
		if _, err := b.zones.Paint(t.Context(), account.Everything, b.district, seen(z)[0], p); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Without communities the totals say so.
	e = paint(zones[3], zone.Paint{Remove: []string{"D1", "D2", "D3", "D4"}})
	if z := e.Zones[0]; z.Totals.Communities != 0 || z.Totals.EligibleCommunities != 0 || z.Totals.AreaM2 < 1e6 {
		t.Errorf("%+v", z.Totals)
	}
}

func TestMembershipByRule(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	b := newBench(t)
	b.community("inside", west, box(w+u, s+u, w+2*u, s+2*u), 1, "in")
	b.community("most", west, box(w+8*u, s+u, w+11*u, s+2*u), 2, "in")
	b.community("little", west, box(w+9*u, s+4*u, w+15*u, s+5*u), 4, "in")
	b.community("a hand", west, box(w+10*u-1e-7, s+6*u, w+15*u, s+6*u+1e-5), 8, "in") // a square centimetre
	b.community("beside", west, box(w+10*u, s+7*u, w+15*u, s+8*u), 16, "in")
	b.community("point", west, orb.Point{w + 5*u, s + 5*u}, 32, "in")
	b.community("away", west, box(w+30*u, s, w+31*u, s+u), 64, "in")
	shape := box(w, s, w+10*u, s+10*u)
	var z zone.Zone
	for i, c := range []struct {
		rule, want string
		households int64
	}{
		{zone.Within, "[inside point]", 33},
		{zone.Majority, "[inside most point]", 35},
		{zone.Touched, "[inside little most point]", 39},
	} {
		var err error
		draft := zone.Draft{Name: "甲", Geometry: shape, Membership: c.rule}
		if i == 0 {
			z, err = b.zones.Create(t.Context(), account.Everything, b.district, draft)
		} else {
			z, err = b.zones.Update(t.Context(), account.Everything, b.district, z.Code, i, draft)
		}
		if err != nil || z.Membership != c.rule || b.members(z) != c.want || z.Totals.Households != c.households {
			t.Errorf("%s: %s, %v, %+v", c.rule, b.members(z), err, z.Totals)
		}
		m, err := b.zones.Measure(t.Context(), account.Everything, b.district, zone.Question{Shape: shape, Membership: c.rule})
		if err != nil || m.Totals != z.Totals {
			t.Errorf("%s measured: %+v, %v", c.rule, m.Totals, err)
		}
	}
	chosen := []string{"away", "inside"}
	z, err := b.zones.Update(t.Context(), account.Everything, b.district, z.Code, 3, zone.Draft{Name: "甲", Geometry: shape, Communities: chosen})
	if err != nil || z.Membership != zone.ByHand || b.members(z) != "[away inside]" || z.Totals.Households != 65 {
		t.Errorf("by hand: %s, %v", b.members(z), err)
	}
	m, err := b.zones.Measure(t.Context(), account.Everything, b.district, zone.Question{Communities: chosen})
	if err != nil || m.Households != 65 || m.AreaM2 != 0 || m.Contiguity == nil || m.Contiguity.Parts != 2 || m.Consent != nil {
		t.Errorf("measured without a boundary: %+v, %v", m, err)
	}
	b.exec(`update community set households_agreed = 32 where code = 'away'`)
	if m, err = b.zones.Measure(t.Context(), account.Everything, b.district, zone.Question{Communities: chosen}); err != nil || m.Consent == nil || *m.Consent != (zone.Consent{HouseholdsAsked: 64, HouseholdsAgreed: 32, Share: 0.5}) {
		t.Errorf("consent %+v, %v", m.Consent, err)
	}
	// A drawn boundary leaves the choice alone, and so does the register.
	z, err = b.zones.Update(t.Context(), account.Everything, b.district, z.Code, 4, zone.Draft{Name: "甲", Geometry: box(w+20*u, s, w+30*u, s+10*u)})
	if err != nil || b.members(z) != "[away inside]" {
		t.Errorf("drawn anew: %s, %v", b.members(z), err)
	}
	z, err = b.zones.Update(t.Context(), account.Everything, b.district, z.Code, 5, zone.Draft{Name: "甲", Communities: []string{"most"}})
	if err != nil || z.BoundaryRule != zone.Derived || b.members(z) != "[most]" {
		t.Errorf("derived: %+v, %v", z, err)
	}
	var invalid *zone.InvalidError
	for what, d := range map[string]zone.Draft{
		"no such rule":         {Name: "x", Geometry: shape, Membership: "all"},
		"chosen and ruled":     {Name: "x", Geometry: shape, Membership: zone.Within, Communities: chosen},
		"an unknown community": {Name: "x", Geometry: shape, Communities: []string{"none"}},
		"no shape, no choice":  {Name: "x", Communities: []string{}},
	} {
		if _, err := b.zones.Create(t.Context(), account.Everything, b.district, d); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestComparisonOfTwoScenarios(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	b := newBench(t)
	zones := b.quarter()
	b.community("X", west, box(w+30*u, s, w+31*u, s+u), 7, "in")
	main, err := b.zones.Scenario(t.Context(), account.Everything, b.district, "")
	if err != nil {
		t.Fatal(err)
	}
	plan := b.scenario("乙案", main.Code)
	rules := zone.DefaultRules()
	rules.Cost = zone.Cost{PerHouseholdYuan: 100}
	if _, err := b.zones.UpdateScenario(t.Context(), account.Everything, b.district, plan.Code, 1, zone.ScenarioPatch{Rules: &rules}); err != nil {
		t.Fatal(err)
	}
	// In the plan A2 and A4 change over to 乙, 丙 is gone, and there is a new one with X.
	b.reshape(orb.LineString{{w + 10*u, s}, {w + 5*u, s + 5*u}, {w + 5*u, s + 5.5*u}, {w + 10*u, s + 10*u}}, b.called(plan.Code, "甲"))
	a4, err := b.zones.Paint(t.Context(), account.Everything, b.district, seen(b.called(plan.Code, "乙"))[0], zone.Paint{Add: []string{"A2", "A4"}, Take: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.zones.Delete(t.Context(), account.Everything, b.district, b.called(plan.Code, "丙").Code, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := b.zones.Create(t.Context(), account.Everything, b.district, zone.Draft{Name: "戊", Scenario: plan.Code, Geometry: box(w+29*u, s-u, w+32*u, s+2*u)}); err != nil {
		t.Fatal(err)
	}
	_ = a4
	b.exec(`
		insert into coverage_run (id, district_code, facility_type, method, radius_m, area, inputs, summary)
		values ('00000000-0000-0000-0000-000000000001', $1, 'health_station', 'radius', 300, '{"kind":"district"}', '{}', '{}')`, b.district)
	b.exec(`
		insert into coverage_community
		select '00000000-0000-0000-0000-000000000001', id, code, name, '', '', 0, 0, households, case when code in ('A1', 'C1', 'X') then households else 0 end, 0, 0
		from community`)
	c, err := b.zones.Compare(t.Context(), account.Everything, b.district, zone.At{Scenario: main.Code}, zone.At{Scenario: plan.Code})
	if err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for _, p := range c.Zones {
		pairs = append(pairs, p.NameA+"/"+p.NameB+" "+p.Change)
	}
	if diff := cmp.Diff([]string{"丁/丁 same", "丙/ only_a", "乙/乙 changed", "甲/甲 changed", "/戊 only_b"}, pairs, cmp.Transformer("set", func(list []string) map[string]bool {
		set := map[string]bool{}
		for _, s := range list {
			set[s] = true
		}
		return set
	})); diff != "" {
		t.Error(diff)
	}
	var moves []string
	for _, m := range c.Moved {
		from, to := "", ""
		if m.From != nil {
			from = m.From.Name
		}
		if m.To != nil {
			to = m.To.Name
		}
		moves = append(moves, fmt.Sprintf("%s %d %s>%s", m.Code, m.Households, from, to))
	}
	if diff := cmp.Diff([]string{"A2 100 甲>乙", "A4 100 甲>乙", "C1 100 丙>", "C2 100 丙>", "C3 100 丙>", "C4 100 丙>", "X 7 >戊"}, moves); diff != "" {
		t.Error(diff)
	}
	if c.TotalsA.Households != 1600 || c.TotalsB.Households != 1207 || c.CostA != nil || c.CostB == nil || *c.CostB != 120_700 || c.A.Zones != 4 || c.B.Zones != 4 {
		t.Errorf("%+v, %+v, costs %v, %v", c.TotalsA, c.TotalsB, c.CostA, c.CostB)
	}
	if len(c.Coverage) != 1 || c.Coverage[0].CoveredHouseholdsA != 200 || c.Coverage[0].CoveredHouseholdsB != 107 {
		t.Errorf("coverage %+v", c.Coverage)
	}
	// A scenario beside its own past.
	c, err = b.zones.Compare(t.Context(), account.Everything, b.district, zone.At{Scenario: plan.Code, Revision: 1}, zone.At{Scenario: main.Code})
	if err != nil || len(c.Moved) != 0 || c.A.Revision != 1 || len(c.Zones) != 4 {
		t.Errorf("%+v, %v", c, err)
	}
	for _, p := range c.Zones {
		if p.Change != "same" || *p.TotalsA != *p.TotalsB {
			t.Errorf("%+v", p)
		}
	}
	// An officer of the east learns of none of it.
	c, err = b.zones.Compare(t.Context(), account.Scope{Subdistricts: []string{east}}, b.district, zone.At{Scenario: main.Code}, zone.At{Scenario: plan.Code})
	if err != nil || len(c.Zones) != 0 || len(c.Moved) != 0 || c.TotalsA != (zone.Totals{}) || len(c.Coverage) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	_ = zones
}

func TestComparisonIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a district")
	}
	b := newBench(t)
	b.exec(`
		insert into community (district_code, code, name, subdistrict_code, geom, location, households, verdict)
		select $1, 'C' || i, '小区' || i, '500110001', ST_Multi(ST_MakeEnvelope(x, y, x + 0.0008, y + 0.0008, 4490)), ST_SetSRID(ST_MakePoint(x + 0.0004, y + 0.0004), 4490), 50 + i % 100, 'in'
		from (select i, 106.80 + 0.001 * (i % 100) as x, 28.95 + 0.001 * (i / 100) as y from generate_series(0, 9999) i) grid`, b.district)
	b.exec(`analyze community`)
	var drafts []zone.Draft
	for i := range 300 {
		x, y := 106.80+0.005*float64(i%20), 28.95+0.0066*float64(i/20)
		drafts = append(drafts, zone.Draft{Name: fmt.Sprintf("片区%d", i), Geometry: box(x, y, x+0.005, y+0.0066)})
	}
	begin := time.Now()
	if _, err := b.zones.Found(t.Context(), account.Everything, b.district, "", "新建", drafts); err != nil {
		t.Fatal(err)
	}
	t.Logf("300 zones of 10,000 communities made in %v", time.Since(begin))
	begin = time.Now()
	main, err := b.zones.Scenario(t.Context(), account.Everything, b.district, "")
	if err != nil {
		t.Fatal(err)
	}
	plan := b.scenario("乙案", main.Code)
	t.Logf("copied in %v", time.Since(begin))
	begin = time.Now()
	c, err := b.zones.Compare(t.Context(), account.Everything, b.district, zone.At{Scenario: main.Code, Revision: 2}, zone.At{Scenario: plan.Code})
	took := time.Since(begin)
	if err != nil || len(c.Zones) != 300 || len(c.Moved) != 0 {
		t.Fatalf("%d zones, %d moved, %v", len(c.Zones), len(c.Moved), err)
	}
	t.Logf("compared in %v", took)
	if took > 3*time.Second {
		t.Errorf("compared in %v", took)
	}
	begin = time.Now()
	if _, err := b.zones.Restore(t.Context(), account.Everything, b.district, "", 1); err != nil {
		t.Fatal(err)
	}
	t.Logf("restored to nothing in %v", time.Since(begin))
	begin = time.Now()
	if _, err := b.zones.Restore(t.Context(), account.Everything, b.district, "", 2); err != nil {
		t.Fatal(err)
	}
	t.Logf("restored to 300 zones in %v", time.Since(begin))
}

func TestAZoneThatGoesWhileARevisionIsReadLeavesTheOthersTheirFigures(t *testing.T) {
	b := newBench(t)
	b.community("A", west, box(106.902, 28.952, 106.904, 28.954), 40, "in")
	b.community("B", west, box(106.922, 28.952, 106.924, 28.954), 7, "in")
	left, right := b.create("一号片区", box(106.90, 28.95, 106.91, 28.96)), b.create("二号片区", box(106.92, 28.95, 106.93, 28.96))
	scope := account.Scope{District: b.district}
	for _, z := range []zone.Zone{left, right} {
		id, err := b.zones.ID(t.Context(), b.district, z.Code)
		if err != nil {
			t.Fatal(err)
		}
		scope.Zones = append(scope.Zones, id)
	}
	other, err := b.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(context.Background()) }()
	if _, err := other.Exec(t.Context(), `lock table community in access exclusive mode`); err != nil { // the figures wait for it
		t.Fatal(err)
	}
	type read struct {
		zones []zone.Zone
		err   error
	}
	went := make(chan read, 1)
	go func() {
		zones, err := b.zones.ZonesAt(t.Context(), scope, b.district, "", 3)
		went <- read{zones, err}
	}()
	postgistest.Blocked(t, b.db)
	if _, err := other.Exec(t.Context(), `delete from zone where code = $1`, left.Code); err != nil {
		t.Fatal(err)
	}
	if err := other.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := <-went
	if got.err != nil || len(got.zones) != 2 || got.zones[0].Totals.Households != 40 || got.zones[1].Totals.Households != 7 {
		t.Errorf("%+v, %v", got.zones, got.err)
	}
}
