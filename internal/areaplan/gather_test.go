package areaplan_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/areaplan/areaplantest"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

func codesOf[T any](rows []T, code func(*T) string) []string {
	list := []string{}
	for i := range rows {
		list = append(list, code(&rows[i]))
	}
	return list
}

func communities(p *areaplan.Plan) []string {
	return codesOf(p.Communities, func(c *areaplan.Community) string { return c.Code })
}

func buildings(p *areaplan.Plan) []string {
	return codesOf(p.Buildings, func(b *areaplan.Building) string { return b.Code })
}

func TestAPlanHoldsWhatItsZonesHoldOnce(t *testing.T) {
	town := areaplantest.New(t)
	p := town.Plan(town.East.Code, town.Zone.Code)
	if names := codesOf(p.Zones, func(z *areaplan.Zone) string { return z.Name }); !slices.Equal(names, []string{"二号片区", "一号/片区 & <试点>"}) {
		t.Errorf("zones %q: not in the order that was asked for", names)
	}
	if got := communities(p); !slices.Equal(got, []string{"0013", "0014", "0012"}) {
		t.Errorf("communities %q", got)
	}
	if got := buildings(p); !slices.Equal(got, []string{"b3", "b6", "b1", "b2", "b4", "b5"}) {
		t.Errorf("buildings %q", got)
	}
	if diff := cmp.Diff([]string{town.East.Code, town.Zone.Code}, p.Communities[0].Zones); diff != "" {
		t.Errorf("the zones of a community of two: %s", diff)
	}
	// Each zone counts the shared community, together they count it once.
	first, second := p.Zones[0].Totals, p.Zones[1].Totals
	if first.Communities != 2 || second.Communities != 2 || p.Totals.Communities != 3 {
		t.Errorf("communities %d and %d, together %d", first.Communities, second.Communities, p.Totals.Communities)
	}
	if first.Households != 150 || second.Households != 451 || p.Totals.Households != 571 {
		t.Errorf("households %d and %d, together %d", first.Households, second.Households, p.Totals.Households)
	}
	var households int64
	var floor float64
	for i := range p.Communities {
		households += *p.Communities[i].Households
		floor += *p.Communities[i].FloorAreaM2
	}
	for i := range p.Buildings {
		if b := &p.Buildings[i]; b.CommunityCode == "" {
			if b.Households != nil {
				households += *b.Households
			}
			floor += *b.FloorAreaM2
		}
	}
	if households != p.Totals.Households || floor-p.Totals.FloorAreaM2 > 0.005 {
		t.Errorf("the rows sum up to %d households and %.2f m², the totals say %d and %.2f", households, floor, p.Totals.Households, p.Totals.FloorAreaM2)
	}
	if p.Period != "2026–2028年" || p.Before != "2000年底前" {
		t.Errorf("period %q, before %q", p.Period, p.Before)
	}
}

func TestAPlanReadsBackAsItself(t *testing.T) {
	town := areaplantest.New(t)
	p := town.Plan(town.Zone.Code)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back areaplan.Plan
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&back)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(again)); diff != "" {
		t.Errorf("the plan is another one after it was read back: %s", diff)
	}
}

func TestAPlanSaysStringsPartsAndCosts(t *testing.T) {
	town := areaplantest.New(t)
	p := town.Plan(town.Zone.Code, town.East.Code)
	z := p.Zones[0]
	if len(z.Strings) != 1 || z.Strings[0].Name != "和平路" || z.Strings[0].From != "0012" || z.Strings[0].ToName != "-2+3" || len(z.Strings[0].Path) != 3 {
		t.Errorf("strings %+v", z.Strings)
	}
	if z.Parts != 1 || p.Zones[1].Parts != 2 {
		t.Errorf("parts %d and %d", z.Parts, p.Zones[1].Parts)
	}
	// 420 × 2500 + 1200.5 × 310.25, to the fen
	if z.CostYuan != 1_422_455.13 || z.CostBasis != "items" {
		t.Errorf("the works cost %.2f by %s", z.CostYuan, z.CostBasis)
	}
	if p.Zones[1].CostYuan != 885_000 || p.Zones[1].CostBasis != "estimate" {
		t.Errorf("the project without works costs %.2f by %s", p.Zones[1].CostYuan, p.Zones[1].CostBasis)
	}
	if len(p.Projects) != 2 || p.Projects[0].Progress != "已开工" || p.Projects[1].Progress != "处于前期谋划阶段" || p.Projects[0].Shares["central"] != 1_000_000 {
		t.Errorf("projects %+v", p.Projects)
	}
	if len(p.Items) != 3 || p.Items[0].Name == "" || p.Items[0].Category == "" || p.Items[1].CommunityCode != "0012" || p.Items[2].AmountYuan != nil {
		t.Errorf("items %+v", p.Items)
	}
}

func TestCoverageIsOfTheNewestRunThatLooksAtAllZones(t *testing.T) {
	town := areaplantest.New(t)
	p := town.Plan(town.Zone.Code)
	if len(p.Coverage) != 1 || p.Coverage[0].Run.FacilityType != "health_station" {
		t.Fatalf("coverage %+v", p.Coverage)
	}
	c := p.Coverage[0]
	s := c.Run.Summary
	if c.Households != s.Households || c.HouseholdsCovered != s.CoveredHouseholds || c.Households == 0 {
		t.Errorf("the plan says %d of %d, the run %d of %d", c.HouseholdsCovered, c.Households, s.CoveredHouseholds, s.Households)
	}
	if !c.Covered["b1"] || c.Covered["b3"] {
		t.Errorf("covered %v", c.Covered)
	}
	if len(c.Gaps) == 0 || len(c.Reach) == 0 {
		t.Errorf("%d gaps, reach of %d polygons", len(c.Gaps), len(c.Reach))
	}
	// A run of one zone says nothing of two.
	if two := town.Plan(town.Zone.Code, town.East.Code); len(two.Coverage) != 0 {
		t.Errorf("two zones have the coverage of one: %+v", two.Coverage)
	}
	whole := town.Cover("", 500)
	two := town.Plan(town.Zone.Code, town.East.Code)
	if len(two.Coverage) != 1 || two.Coverage[0].Run.ID != whole.ID {
		t.Fatalf("the run of the district is not taken: %+v", two.Coverage)
	}
	if two.Coverage[0].Households != two.Totals.Households {
		t.Errorf("coverage counts %d households, the plan %d", two.Coverage[0].Households, two.Totals.Households)
	}
	if _, judged := two.Coverage[0].Covered["b7"]; judged {
		t.Error("a building outside the zones is judged")
	}
}

func TestSurroundingsAreClippedAndBesideTheZones(t *testing.T) {
	town := areaplantest.New(t)
	p := town.Plan(town.Zone.Code)
	if got := codesOf(p.Surroundings.Communities, func(a *areaplan.Area) string { return a.Code }); !slices.Equal(got, []string{"0014", "0015"}) {
		t.Errorf("communities around: %q", got)
	}
	if len(p.Surroundings.Buildings) != 2 {
		t.Errorf("%d buildings around, want those that are in no zone of the plan", len(p.Surroundings.Buildings))
	}
	roads := codesOf(p.Surroundings.Roads, func(l *areaplan.Line) string { return l.Class + l.Name })
	if !slices.Equal(roads, []string{"secondary和平路", "residential"}) {
		t.Errorf("roads %q", roads)
	}
	road := p.Surroundings.Roads[0].Path
	if road[0][0] < 106.88 || road[len(road)-1][0] > 106.93 {
		t.Errorf("the road is not clipped: %v", road)
	}
	if len(p.Surroundings.Water) != 1 || len(p.Surroundings.Green) != 1 || len(p.Surroundings.Subdistricts) != 1 {
		t.Errorf("water %d, green %d, subdistricts %d", len(p.Surroundings.Water), len(p.Surroundings.Green), len(p.Surroundings.Subdistricts))
	}
	facilities := codesOf(p.Facilities, func(f *areaplan.Facility) string { return f.Code })
	if !slices.Equal(facilities, []string{"p1", "f1"}) || !p.Facilities[0].Proposed || !p.Facilities[1].Inside {
		t.Errorf("facilities %+v", p.Facilities)
	}
}

func TestAPlanHoldsOnlyWhatThePersonMayRead(t *testing.T) {
	town := areaplantest.New(t)
	officer := account.Scope{District: town.District, Subdistricts: []string{areaplantest.West}}
	gather := func(ctx context.Context, scope account.Scope, zones ...string) (*areaplan.Plan, error) {
		return town.Plans.Gather(ctx, scope, town.District, areaplan.Request{Zones: zones, Map: true}, areaplantest.Now)
	}
	p, err := gather(t.Context(), officer, town.Zone.Code)
	if err != nil {
		t.Fatal(err)
	}
	if got := communities(p); !slices.Equal(got, []string{"0012"}) {
		t.Errorf("communities %q", got)
	}
	if got := buildings(p); !slices.Equal(got, []string{"b1", "b2", "b4"}) {
		t.Errorf("buildings %q", got)
	}
	if !p.Totals.Partial || p.Totals.Households != 420 || len(p.Zones[0].Strings) != 0 {
		t.Errorf("totals %+v, strings %+v", p.Totals, p.Zones[0].Strings)
	}
	for _, a := range p.Surroundings.Communities {
		if a.Code == "0014" {
			t.Error("a community of another subdistrict is around")
		}
	}
	if len(p.Projects) != 1 || len(p.Facilities) != 1 {
		t.Errorf("projects %+v, facilities %+v", p.Projects, p.Facilities)
	}
	if _, err := gather(t.Context(), officer, town.East.Code); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a zone outside the scope: %v", err)
	}
	if _, err := gather(t.Context(), account.Scope{District: "500152"}, town.Zone.Code); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a zone of another district: %v", err)
	}
}

func TestSmallCountsAreMasked(t *testing.T) {
	town := areaplantest.New(t)
	contractor := account.With(t.Context(), account.Person{Name: "施工", Role: account.Contractor, District: town.District})
	p, err := town.Plans.Gather(contractor, account.Scope{District: town.District}, town.District, areaplan.Request{Zones: []string{town.Zone.Code}}, areaplantest.Now)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Communities[1]
	if c.HouseholdsAgreed != nil || c.AreaAgreedM2 != nil || !c.CountsMasked {
		t.Errorf("2 households of 420 did not agree, and the contractor is told: %+v", c)
	}
	if all := town.Plan(town.Zone.Code).Communities[1]; all.HouseholdsAgreed == nil || *all.HouseholdsAgreed != 418 {
		t.Errorf("who may see small counts is not shown them: %+v", all)
	}
}

func TestZonesThatMakeNoPlan(t *testing.T) {
	town := areaplantest.New(t)
	other, err := town.Zones.CreateScenario(t.Context(), account.Everything, town.District, zone.ScenarioDraft{Name: "另一方案"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(r areaplan.Request) error {
		_, err := town.Plans.Gather(t.Context(), account.Everything, town.District, r, areaplantest.Now)
		return err
	}
	for name, r := range map[string]areaplan.Request{
		"none":             {},
		"twice the same":   {Zones: []string{town.Zone.Code, town.Zone.Code}},
		"another scenario": {Zones: []string{town.Zone.Code}, Scenario: other.Code},
	} {
		var invalid *zone.InvalidError
		if err := ask(r); !errors.As(err, &invalid) || invalid.Detail == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := ask(areaplan.Request{Zones: []string{town.Zone.Code, "missing"}}); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a zone that there is not: %v", err)
	}
}
