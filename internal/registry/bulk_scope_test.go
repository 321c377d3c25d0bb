package registry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestABulkUpsertKeepsToThePersonsArea(t *testing.T) {
	b, people := townsfolk(t)
	community := func(r registry.CommunityRow) func(context.Context, *postgis.Tx) error {
		return func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{r})
			return err
		}
	}
	building := func(r registry.BuildingRow) func(context.Context, *postgis.Tx) error {
		return func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertBuildings(ctx, tx, b.district, slices.Values([]registry.BuildingRow{r}))
			return err
		}
	}
	facility := func(at orb.Point) func(context.Context, *postgis.Tx) error {
		return func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertFacilities(ctx, tx, b.district, slices.Values([]registry.FacilityRow{{Code: "new", FacilityType: "health_station", Geometry: at}}))
			return err
		}
	}
	for name, c := range map[string]struct {
		write func(context.Context, *postgis.Tx) error
		who   string
		field string // "" is allowed, "*" an *account.OutsideError
	}{
		"own, by code":              {community(registry.CommunityRow{Code: "n1", Name: "新", SubdistrictCode: west}), "officer", ""},
		"own, by place":             {community(registry.CommunityRow{Code: "n2", Name: "新", Location: &orb.Point{106.9, 28.95}}), "officer", ""},
		"own, stored":               {community(registry.CommunityRow{Code: "west", Name: "西小区", Households: ptr(500)}), "officer", ""},
		"foreign, by code":          {community(registry.CommunityRow{Code: "n3", Name: "新", SubdistrictCode: east}), "officer", "subdistrict_code"},
		"foreign, by place":         {community(registry.CommunityRow{Code: "n4", Name: "新", Location: &orb.Point{107.0, 28.95}}), "officer", "subdistrict_code"},
		"nowhere":                   {community(registry.CommunityRow{Code: "n5", Name: "新"}), "officer", "subdistrict_code"},
		"foreign, claimed":          {community(registry.CommunityRow{Code: "east", Name: "东小区", SubdistrictCode: west}), "officer", "subdistrict_code"},
		"own building":              {building(registry.BuildingRow{Code: "n1", Geometry: box(106.9, 28.95, 0.0005)}), "officer", ""},
		"foreign building":          {building(registry.BuildingRow{Code: "n2", Geometry: box(107.0, 28.95, 0.0005)}), "officer", "subdistrict_code"},
		"foreign building, claimed": {building(registry.BuildingRow{Code: "east", SubdistrictCode: west, Geometry: box(106.9, 28.95, 0.0005)}), "officer", "subdistrict_code"},
		"own facility":              {facility(orb.Point{106.9, 28.95}), "officer", ""},
		"foreign facility":          {facility(orb.Point{107.0, 28.95}), "officer", "subdistrict_code"},
		"a subdistrict": {func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertSubdistricts(ctx, tx, b.district, []registry.SubdistrictRow{{Code: west, Name: "改名街道"}})
			return err
		}, "officer", "*"},
		"the base map": {func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.UpsertWater(ctx, tx, b.district, slices.Values([]registry.AreaRow{{SourceRef: "osm:w1", Geometry: square(106.9, 28.95)}}))
			return err
		}, "officer", "*"},
		"by a contractor":             {community(registry.CommunityRow{Code: "east", Name: "东小区", Households: ptr(1)}), "contractor", "*"},
		"by one of another district":  {community(registry.CommunityRow{Code: "n6", Name: "新", SubdistrictCode: west}), "planner of another district", "*"},
		"by a planner, into anywhere": {community(registry.CommunityRow{Code: "n7", Name: "新"}), "planner", ""},
	} {
		t.Run(name, func(t *testing.T) {
			undo := errors.New("undo")
			err := b.db.Write(account.With(t.Context(), people[c.who]), func(ctx context.Context, tx *postgis.Tx) error {
				if err := c.write(ctx, tx); err != nil {
					return err
				}
				return undo
			})
			var invalid *registry.InvalidError
			var refused *account.OutsideError
			switch c.field {
			case "":
				if !errors.Is(err, undo) {
					t.Errorf("refused: %v", err)
				}
			case "*":
				if !errors.As(err, &refused) {
					t.Errorf("error is %v, want an *OutsideError", err)
				}
			default:
				if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Row != 0 {
					t.Errorf("error is %v, want an *InvalidError of %s in row 0", err, c.field)
				}
			}
		})
	}
}

func TestTextThatCannotBeStoredOrIsTooLongIsRefused(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"))
	ctx, scope := b.as(planner)
	for name, p := range map[string]registry.CommunityPatch{
		"long name":        {Name: ptr(strings.Repeat("长", 1000))},
		"long remark":      {Remark: ptr(strings.Repeat("长", 10_000))},
		"NUL in a code":    {SubdistrictCode: ptr("\x00")},
		"NUL in a list":    {MunicipalMissing: &[]string{"\x00"}},
		"bad UTF-8":        {Address: ptr("\xff")},
		"empty list entry": {ServiceMissing: &[]string{""}},
	} {
		_, err := b.UpdateCommunity(ctx, scope, b.district, "a", 1, p)
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v, want an *InvalidError", name, err)
		}
	}
	odd := "a\x00\xff"
	reads := map[string]func() error{
		"community": func() error { _, err := b.Community(ctx, scope, b.district, odd); return err },
		"district":  func() error { _, err := b.Community(ctx, account.Everything, odd, "a"); return err },
		"building":  func() error { _, err := b.Building(ctx, scope, b.district, odd); return err },
		"facility":  func() error { _, err := b.Facility(ctx, scope, b.district, odd); return err },
	}
	for name, read := range reads {
		if err := read(); !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%s of an odd code: %v", name, err)
		}
	}
	list, err := b.Communities(ctx, scope, b.district, registry.CommunityFilter{Codes: []string{odd, "a"}, Subdistricts: []string{odd}, YearFrom: ptr(1 << 40)})
	if err != nil || list.Total != 0 {
		t.Errorf("a filter by odd values: %d, %v", list.Total, err)
	}
}
