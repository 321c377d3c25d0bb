package registry_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestLifeOfAFacility(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	f, err := b.CreateFacility(ctx, scope, b.district, registry.NewFacility{FacilityType: "health_station", Name: "卫生站", Location: orb.Point{106.9, 28.95}})
	if err != nil {
		t.Fatal(err)
	}
	if f.SubdistrictCode != west || f.Version != 1 || f.Code == "" {
		t.Errorf("created %s", asJSON(t, f))
	}
	b.changed("facilities")
	var patch registry.FacilityPatch
	if err := json.Unmarshal([]byte(`{"location":[107.0,29.0],"capacity":12,"name":null}`), &patch); err != nil {
		t.Fatal(err)
	}
	moved, err := b.UpdateFacility(ctx, scope, b.district, f.Code, 1, patch)
	if err != nil {
		t.Fatal(err)
	}
	if moved.SubdistrictCode != east || *moved.Capacity != 12 || moved.Name != "" || moved.Version != 2 {
		t.Errorf("moved to %s", asJSON(t, moved))
	}
	if got := b.changed("facilities"); len(got) != 2 || !got[0].Contains(orb.Point{106.9, 28.95}) || !got[1].Contains(orb.Point{107, 29}) {
		t.Errorf("the move was announced at %v", got)
	}
	for name, p := range map[string]registry.FacilityPatch{
		"facility_type":    {FacilityType: ptr("castle")},
		"capacity":         {Capacity: ptr(-1)},
		"location":         {Location: &orb.Point{300, 0}},
		"subdistrict_code": {SubdistrictCode: ptr("nowhere")},
	} {
		_, err := b.UpdateFacility(ctx, scope, b.district, f.Code, 2, p)
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.DeleteFacility(ctx, scope, b.district, f.Code, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Facility(ctx, scope, b.district, f.Code); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("after deletion: %v", err)
	}
	if got, want := b.audited("facility"), []string{"facility.create", "facility.update", "facility.delete"}; !slices.Equal(got, want) {
		t.Errorf("audit trail %v", got)
	}
}

func TestFacilitiesAreListedByType(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	for i, key := range []string{"health_station", "kindergarten", "health_station", "wet_market"} {
		if _, err := b.CreateFacility(ctx, scope, b.district, registry.NewFacility{
			Code: string(rune('a' + i)), FacilityType: key, Name: key, Location: orb.Point{106.9 + float64(i)*0.02, 28.95},
		}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		filter registry.FacilityFilter
		want   []string
	}{
		"all":       {registry.FacilityFilter{}, []string{"a", "c", "b", "d"}},
		"one type":  {registry.FacilityFilter{Types: []string{"health_station"}}, []string{"a", "c"}},
		"two types": {registry.FacilityFilter{Types: []string{"wet_market", "kindergarten"}, Sort: "-code"}, []string{"d", "b"}},
		"in a box":  {registry.FacilityFilter{BBox: &registry.BBox{106.91, 28.9, 106.93, 29}}, []string{"b"}},
		"by name":   {registry.FacilityFilter{Q: "market"}, []string{"d"}},
	} {
		all := walk(t, 1, func(cursor string) (registry.Page[registry.Facility], error) {
			f := c.filter
			f.Limit, f.Cursor = 1, cursor
			return b.Facilities(t.Context(), account.Everything, b.district, f)
		})
		if got := codes(all, func(f registry.Facility) string { return f.Code }); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestBuildingsAreEditedAndListed(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	b.upsertBuildings(slices.Values([]registry.BuildingRow{
		{Code: "b2", Name: "二栋", Storeys: ptr(6), Geometry: square(106.9, 28.95), Generated: []string{"storeys"}},
		{Code: "b1", Name: "一栋", Geometry: square(106.91, 28.95)},
		{Code: "b3", Name: "三栋", Storeys: ptr(3), Geometry: square(106.92, 28.95)},
	}))
	b.changed("buildings")
	got, err := b.UpdateBuilding(ctx, scope, b.district, "b2", 1, registry.BuildingPatch{Storeys: ptr(7), Households: ptr(28), Clear: []string{"name"}})
	if err != nil {
		t.Fatal(err)
	}
	if *got.Storeys != 7 || *got.Households != 28 || got.Name != "" || got.Version != 2 || len(got.Generated) != 0 || got.FootprintM2 < 9000 {
		t.Errorf("updated to %s", asJSON(t, got))
	}
	if bounds := b.changed("buildings"); len(bounds) == 0 || !bounds[0].Contains(orb.Point{106.9005, 28.9505}) {
		t.Errorf("announced at %v", bounds)
	}
	for field, p := range map[string]registry.BuildingPatch{
		"storeys":        {Storeys: ptr(0)},
		"height_m":       {HeightM: ptr(-1.0)},
		"built_year":     {BuiltYear: ptr(2500)},
		"community_code": {CommunityCode: ptr("nowhere")},
	} {
		_, err := b.UpdateBuilding(ctx, scope, b.district, "b2", 2, p)
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for sort, want := range map[string][]string{"": {"b1", "b2", "b3"}, "storeys": {"b3", "b2", "b1"}, "-storeys": {"b2", "b3", "b1"}} {
		all := walk(t, 2, func(cursor string) (registry.Page[registry.Building], error) {
			return b.Buildings(ctx, scope, b.district, registry.BuildingFilter{Sort: sort, Limit: 2, Cursor: cursor})
		})
		if got := codes(all, func(b registry.Building) string { return b.Code }); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", sort, got, want)
		}
	}
	shapes, err := b.BuildingShapes(ctx, scope, b.district, []string{"b1", "nowhere"})
	if err != nil || len(shapes) != 1 || shapes["b1"].Bound() != square(106.91, 28.95).Bound() {
		t.Errorf("shapes: %v, %v", shapes, err)
	}
}
