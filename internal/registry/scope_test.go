package registry_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// townsfolk is a district with things in both subdistricts, in none, and in a
// contractor's zone.
func townsfolk(t *testing.T) (*bench, map[string]account.Person) {
	b := newBench(t)
	w, e, none := eligible("west", "西小区"), eligible("east", "东小区"), eligible("nowhere", "某小区")
	w.Geometry, e.Geometry = square(106.90, 28.95), square(107.0, 28.95)
	b.upsertCommunities(w, e, none)
	b.upsertBuildings(slices.Values([]registry.BuildingRow{
		{Code: "west", Geometry: box(106.9002, 28.9502, 0.0002)},
		{Code: "east", Geometry: box(107.0002, 28.9502, 0.0002)},
		{Code: "loose", Geometry: box(107.0102, 28.9502, 0.0002)},
		{Code: "guest", CommunityCode: "nowhere", Geometry: box(107.0152, 28.9502, 0.0002)}, // on the zone's ground, of a community outside it
		{Code: "elsewhere", Geometry: box(107.2, 28.9502, 0.0002)},
	}))
	b.write(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := b.UpsertFacilities(ctx, tx, b.district, slices.Values([]registry.FacilityRow{
			{Code: "west", FacilityType: "health_station", Name: "西小区卫生站", Geometry: orb.Point{106.9005, 28.9505}},
			{Code: "east", FacilityType: "health_station", Name: "东小区卫生站", Geometry: orb.Point{107.0005, 28.9505}},
			{Code: "elsewhere", FacilityType: "kindergarten", Name: "远小区幼儿园", Geometry: orb.Point{107.2, 28.95}},
		}))
		return err
	})
	b.attach()
	zone := b.insertZone("东片区", box(106.99, 28.94, 0.03), "east")
	contractor := account.Person{ID: uuid.New(), Name: "contractor", Role: account.Contractor, District: "500110", Scope: account.Scope{District: "500110", Zones: []int64{zone}}}
	idle := contractor
	idle.Scope.Zones = []int64{}
	stranger := planner
	stranger.Scope.District, stranger.District = "500223", "500223"
	return b, map[string]account.Person{
		"planner": planner, "officer": officer, "viewer": viewer, "contractor": contractor, "contractor without zones": idle, "planner of another district": stranger,
	}
}

func TestEveryReadKeepsToTheScope(t *testing.T) {
	b, people := townsfolk(t)
	for who, want := range map[string]struct{ communities, buildings, facilities, subdistricts []string }{
		"planner":                  {[]string{"east", "nowhere", "west"}, []string{"east", "elsewhere", "guest", "loose", "west"}, []string{"east", "elsewhere", "west"}, []string{west, east}},
		"viewer":                   {[]string{"east", "nowhere", "west"}, []string{"east", "elsewhere", "guest", "loose", "west"}, []string{"east", "elsewhere", "west"}, []string{west, east}},
		"officer":                  {[]string{"west"}, []string{"west"}, []string{"west"}, []string{west}},
		"contractor":               {[]string{"east"}, []string{"east", "loose"}, []string{"east"}, []string{east}},
		"contractor without zones": {},
	} {
		t.Run(who, func(t *testing.T) {
			ctx, scope := b.as(people[who])
			communities, err := b.Communities(ctx, scope, b.district, registry.CommunityFilter{Sort: "code"})
			if err != nil {
				t.Fatal(err)
			}
			buildings, err := b.Buildings(ctx, scope, b.district, registry.BuildingFilter{})
			if err != nil {
				t.Fatal(err)
			}
			facilities, err := b.Facilities(ctx, scope, b.district, registry.FacilityFilter{Sort: "code"})
			if err != nil {
				t.Fatal(err)
			}
			subdistricts, err := b.Subdistricts(ctx, scope, b.district)
			if err != nil {
				t.Fatal(err)
			}
			for what, c := range map[string]struct{ got, want []string }{
				"communities":  {codes(communities.Items, communityCode), want.communities},
				"buildings":    {codes(buildings.Items, func(b registry.Building) string { return b.Code }), want.buildings},
				"facilities":   {codes(facilities.Items, func(f registry.Facility) string { return f.Code }), want.facilities},
				"subdistricts": {codes(subdistricts, func(s registry.Subdistrict) string { return s.Code }), want.subdistricts},
			} {
				if !slices.Equal(c.got, c.want) {
					t.Errorf("sees the %s %v, want %v", what, c.got, c.want)
				}
			}
			district, err := b.District(ctx, scope, b.district)
			if err != nil {
				t.Fatal(err)
			}
			if c := district.Counts; c.Communities != communities.Total || c.Buildings != buildings.Total || c.Facilities != facilities.Total {
				t.Errorf("counts %+v do not agree with the lists", c)
			}
			for _, code := range []string{"west", "east", "nowhere"} {
				seen := slices.Contains(want.communities, code)
				if _, err := b.Community(ctx, scope, b.district, code); seen != (err == nil) || !seen && !errors.Is(err, postgis.ErrNotFound) {
					t.Errorf("community %s: %v", code, err)
				}
				if _, err := b.CommunityBuildings(ctx, scope, b.district, code); seen != (err == nil) || !seen && !errors.Is(err, postgis.ErrNotFound) {
					t.Errorf("buildings of community %s: %v", code, err)
				}
			}
			for _, code := range []string{"west", "east", "loose", "guest"} {
				seen := slices.Contains(want.buildings, code)
				if _, err := b.Building(ctx, scope, b.district, code); seen != (err == nil) || !seen && !errors.Is(err, postgis.ErrNotFound) {
					t.Errorf("building %s: %v", code, err)
				}
			}
			shapes, err := b.CommunityShapes(ctx, scope, b.district, nil)
			if err != nil || len(shapes) > len(want.communities) {
				t.Errorf("shapes of %d communities, %v", len(shapes), err)
			}
			hits, err := b.Search(ctx, scope, b.district, "小区", 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hits {
				if h.Kind == "community" && !slices.Contains(want.communities, h.Code) || h.Kind == "facility" && !slices.Contains(want.facilities, h.Code) {
					t.Errorf("a search finds %s %s", h.Kind, h.Code)
				}
			}
			if len(hits) != len(want.communities)+len(want.facilities) {
				t.Errorf("a search finds %d things", len(hits))
			}
		})
	}
	t.Run("planner of another district", func(t *testing.T) {
		ctx, scope := b.as(people["planner of another district"])
		_, list := b.Communities(ctx, scope, b.district, registry.CommunityFilter{})
		_, one := b.Community(ctx, scope, b.district, "west")
		_, buildings := b.Buildings(ctx, scope, b.district, registry.BuildingFilter{})
		_, facilities := b.Facilities(ctx, scope, b.district, registry.FacilityFilter{})
		_, search := b.Search(ctx, scope, b.district, "小区", 0)
		_, district := b.District(ctx, scope, b.district)
		_, subdistricts := b.Subdistricts(ctx, scope, b.district)
		for what, err := range map[string]error{"list": list, "one": one, "buildings": buildings, "facilities": facilities, "search": search, "district": district, "subdistricts": subdistricts} {
			if !errors.Is(err, postgis.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if all, err := b.Districts(ctx, scope); err != nil || len(all) != 0 {
			t.Errorf("districts: %v, %v", all, err)
		}
	})
}

func TestEveryWriteKeepsToTheScope(t *testing.T) {
	const (
		allowed = iota
		hidden  // as if it were not there
		outside // seen, or made, where the person may not act
	)
	writes := map[string]func(context.Context, *bench, account.Scope) error{
		"update a western community": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.UpdateCommunity(ctx, s, b.district, "west", 1, registry.CommunityPatch{Remark: ptr("x")})
			return err
		},
		"update an eastern community": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.UpdateCommunity(ctx, s, b.district, "east", 1, registry.CommunityPatch{Remark: ptr("x")})
			return err
		},
		"move a western community east": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.UpdateCommunity(ctx, s, b.district, "west", 1, registry.CommunityPatch{SubdistrictCode: ptr(east)})
			return err
		},
		"create a western community": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.CreateCommunity(ctx, s, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{Name: ptr("新"), Location: &orb.Point{106.9, 28.95}}})
			return err
		},
		"create an eastern community": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.CreateCommunity(ctx, s, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{Name: ptr("新"), Location: &orb.Point{107.0, 28.95}}})
			return err
		},
		"create a community nowhere": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.CreateCommunity(ctx, s, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{Name: ptr("新")}})
			return err
		},
		"delete an eastern community": func(ctx context.Context, b *bench, s account.Scope) error {
			return b.DeleteCommunity(ctx, s, b.district, "east", 1)
		},
		"override a western community": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.OverrideEligibility(ctx, s, b.district, "west", 1, policy.Out, "理由")
			return err
		},
		"update a western building": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.UpdateBuilding(ctx, s, b.district, "west", 2, registry.BuildingPatch{Storeys: ptr(7)})
			return err
		},
		"give a western building to the east": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.UpdateBuilding(ctx, s, b.district, "west", 2, registry.BuildingPatch{CommunityCode: ptr("east")})
			return err
		},
		"create a western facility": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.CreateFacility(ctx, s, b.district, registry.NewFacility{FacilityType: "health_station", Location: orb.Point{106.9, 28.95}})
			return err
		},
		"move a western facility east": func(ctx context.Context, b *bench, s account.Scope) error {
			_, err := b.UpdateFacility(ctx, s, b.district, "west", 1, registry.FacilityPatch{Location: &orb.Point{107, 28.95}})
			return err
		},
		"delete an eastern facility": func(ctx context.Context, b *bench, s account.Scope) error {
			return b.DeleteFacility(ctx, s, b.district, "east", 1)
		},
	}
	expected := map[string]map[string]int{
		"planner": {},
		"officer": {
			"update an eastern community": hidden, "move a western community east": outside, "create an eastern community": outside,
			"create a community nowhere": outside, "delete an eastern community": hidden, "give a western building to the east": outside,
			"move a western facility east": outside, "delete an eastern facility": hidden,
		},
		"planner of another district": {},
		"viewer":                      {},
		"contractor": {
			"update a western community": hidden, "move a western community east": hidden, "override a western community": hidden,
			"update a western building": hidden, "give a western building to the east": hidden, "move a western facility east": hidden,
		},
	}
	for write := range writes {
		expected["planner of another district"][write] = hidden
		expected["viewer"][write] = outside
		if _, ok := expected["contractor"][write]; !ok {
			expected["contractor"][write] = outside
		}
	}
	for write, do := range writes {
		t.Run(write, func(t *testing.T) {
			t.Parallel()
			b, people := townsfolk(t)
			for _, who := range []string{"officer", "viewer", "contractor", "planner of another district"} {
				before := b.dump("community") + b.dump("building") + b.dump("facility")
				ctx, scope := b.as(people[who])
				want := expected[who][write]
				if want == allowed {
					continue // once, below
				}
				err := do(ctx, b, scope)
				var refused *account.OutsideError
				if want == hidden && !errors.Is(err, postgis.ErrNotFound) || want == outside && !errors.As(err, &refused) {
					t.Errorf("%s: %v", who, err)
				}
				// The scope alone says the same, whoever acts.
				if who != "viewer" {
					if err := do(b.t.Context(), b, scope); err == nil {
						t.Errorf("the scope of the %s allows it", who)
					}
				}
				if after := b.dump("community") + b.dump("building") + b.dump("facility"); after != before {
					t.Errorf("%s: something was written", who)
				}
			}
			who := "planner"
			if expected["officer"][write] == allowed {
				who = "officer"
			}
			ctx, scope := b.as(people[who])
			if err := do(ctx, b, scope); err != nil {
				t.Errorf("%s: %v", who, err)
			}
		})
	}
}
