package registry_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// says tells whether err is a refusal of the field with a sentence that holds part.
func says(err error, field, part string) bool {
	var invalid *registry.InvalidError
	return errors.As(err, &invalid) && invalid.Field == field && strings.Contains(invalid.Detail, part)
}

func TestNoMoreAgreeThanThereAre(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	row := eligible("a", "甲")
	row.Households, row.HouseholdsAgreed, row.FloorAreaM2, row.FloorAreaAgreedM2 = ptr(100), ptr(80), ptr(8000.0), ptr(6000.0)
	b.upsertCommunities(row)
	for name, c := range map[string]struct {
		patch       registry.CommunityPatch
		field, says string
	}{
		"households agreed alone": {registry.CommunityPatch{HouseholdsAgreed: ptr(5000)}, "households_agreed", "5000 户多于总户数 100 户"},
		"households alone":        {registry.CommunityPatch{Households: ptr(79)}, "households_agreed", "80 户多于总户数 79 户"},
		"both":                    {registry.CommunityPatch{Households: ptr(10), HouseholdsAgreed: ptr(11)}, "households_agreed", "11 户多于总户数 10 户"},
		"area agreed alone":       {registry.CommunityPatch{FloorAreaAgreedM2: ptr(8000.5)}, "floor_area_agreed_m2", "大于总建筑面积 8000.00 平方米"},
		"area alone":              {registry.CommunityPatch{FloorAreaM2: ptr(5999.0)}, "floor_area_agreed_m2", "大于总建筑面积 5999.00 平方米"},
	} {
		if _, err := b.UpdateCommunity(ctx, scope, b.district, "a", 1, c.patch); !says(err, c.field, c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := b.CreateCommunity(ctx, scope, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{
			Name: ptr("乙"), Location: &orb.Point{106.9, 28.95}, Households: ptr(10), HouseholdsAgreed: ptr(11),
		}}); !says(err, "households_agreed", "11 户") {
			t.Errorf("a new one: %v", err)
		}
	}
	all, err := b.UpdateCommunity(ctx, scope, b.district, "a", 1, registry.CommunityPatch{HouseholdsAgreed: ptr(100), FloorAreaAgreedM2: ptr(8000.0)})
	if err != nil || *all.HouseholdsAgreed != 100 {
		t.Errorf("all of them: %v", err)
	}
}

func TestAFaultOfOldDoesNotHinderAnotherChange(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	b.upsertCommunities(eligible("a", "甲"))
	b.count(`with u as (update community set households = 10, households_agreed = 11, remark = '13812345678' returning 1) select count(*) from u`)
	if _, err := b.UpdateCommunity(ctx, scope, b.district, "a", 1, registry.CommunityPatch{BuiltYear: ptr(1991)}); err != nil {
		t.Error(err)
	}
}

func TestABulkRowGoesWithWhatIsStored(t *testing.T) {
	b := newBench(t)
	stored := eligible("a", "甲")
	stored.Households, stored.HouseholdsAgreed, stored.FloorAreaM2, stored.FloorAreaAgreedM2 = ptr(100), ptr(80), ptr(8000.0), ptr(6000.0)
	b.upsertCommunities(stored)
	for name, c := range map[string]struct {
		row   registry.CommunityRow
		field string
	}{
		"both of the row":         {registry.CommunityRow{Code: "b", Name: "乙", Households: ptr(1), HouseholdsAgreed: ptr(2)}, "households_agreed"},
		"households of the row":   {registry.CommunityRow{Code: "a", Name: "甲", Households: ptr(79)}, "households_agreed"},
		"who agreed, of the row":  {registry.CommunityRow{Code: "a", Name: "甲", HouseholdsAgreed: ptr(101)}, "households_agreed"},
		"area of the row":         {registry.CommunityRow{Code: "a", Name: "甲", FloorAreaM2: ptr(5000.0)}, "floor_area_agreed_m2"},
		"agreed area, of the row": {registry.CommunityRow{Code: "a", Name: "甲", FloorAreaAgreedM2: ptr(9000.0)}, "floor_area_agreed_m2"},
	} {
		err := b.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{c.row})
			return err
		})
		if !says(err, c.field, "同意改造") {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.upsertCommunities(registry.CommunityRow{Code: "a", Name: "甲", Households: ptr(200), HouseholdsAgreed: ptr(150)})
}

func TestNumbersOfPersonsAreRefusedInEveryText(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	b.upsertCommunities(eligible("a", "甲"))
	number := ptr("找张三 138-0013-8000")
	community := func(p registry.CommunityPatch) error {
		_, err := b.UpdateCommunity(ctx, scope, b.district, "a", 1, p)
		return err
	}
	_, override := b.OverrideEligibility(ctx, scope, b.district, "a", 1, policy.In, *number)
	_, building := b.UpdateBuilding(ctx, scope, b.district, "b", 1, registry.BuildingPatch{Name: number})
	_, facility := b.CreateFacility(ctx, scope, b.district, registry.NewFacility{FacilityType: "health_station", Name: *number, Location: orb.Point{106.9, 28.95}})
	_, made := b.CreateFacility(ctx, scope, b.district, registry.NewFacility{Code: "f", FacilityType: "health_station", Location: orb.Point{106.9, 28.95}})
	if made != nil {
		t.Fatal(made)
	}
	_, address := b.UpdateFacility(ctx, scope, b.district, "f", 1, registry.FacilityPatch{Address: number})
	for name, c := range map[string]struct {
		err   error
		field string
	}{
		"name":             {community(registry.CommunityPatch{Name: number}), "name"},
		"address":          {community(registry.CommunityPatch{Address: number}), "address"},
		"remark":           {community(registry.CommunityPatch{Remark: number}), "remark"},
		"override":         {override, "reason"},
		"a new facility":   {facility, "name"},
		"facility address": {address, "address"},
	} {
		if !says(c.err, c.field, "居民个人信息") || strings.Contains(c.err.Error(), "8000") {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if !errors.Is(building, postgis.ErrNotFound) {
		t.Error(building)
	}
	b.upsertBuildings(func(yield func(registry.BuildingRow) bool) {
		yield(registry.BuildingRow{Code: "b", Geometry: square(106.9, 28.95)})
	})
	if _, err := b.UpdateBuilding(ctx, scope, b.district, "b", 1, registry.BuildingPatch{Name: number}); !says(err, "name", "居民个人信息") {
		t.Errorf("building: %v", err)
	}
}
