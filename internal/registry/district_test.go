package registry_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestADistrictIsFoundedWithItsPolicyAndZone(t *testing.T) {
	b := newBench(t)
	d, err := b.CreateDistrict(t.Context(), registry.NewDistrict{
		Code: "500223", Name: "潼南区", Boundary: box(105.6, 29.8, 0.5), PolicyKey: "tongnan-2021", Notice: "© OpenStreetMap contributors", Demo: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.GKSRID != 4544 {
		t.Errorf("Gauss-Krüger zone EPSG:%d, want 4544 (105E)", d.GKSRID)
	}
	if d.BBox != (registry.BBox{105.6, 29.8, 106.1, 30.3}) || d.PolicyKey != "tongnan-2021" || d.ProfileKey == "" || !d.Demo || d.Notice == "" {
		t.Errorf("founded %s", asJSON(t, d))
	}
	if got := b.audited("district"); !slices.Equal(got, []string{"district.create"}) {
		t.Errorf("audit trail: %v", got)
	}
	all, err := b.Districts(t.Context(), account.Everything)
	if err != nil || len(all) != 2 || all[0].Code != "500110" || all[1].Code != "500223" {
		t.Errorf("districts: %s, %v", asJSON(t, all), err)
	}
	one, err := b.Districts(t.Context(), account.Scope{District: "500223"})
	if err != nil || len(one) != 1 || one[0].Code != "500223" {
		t.Errorf("districts of one: %s, %v", asJSON(t, one), err)
	}
}

func TestADistrictWithWrongValuesIsRefused(t *testing.T) {
	b := newBench(t)
	good := registry.NewDistrict{Code: "500223", Name: "潼南区", Boundary: box(105.6, 29.8, 0.5), PolicyKey: "tongnan-2021"}
	for field, spoil := range map[string]func(*registry.NewDistrict){
		"code":        func(n *registry.NewDistrict) { n.Code = "5002" },
		"name":        func(n *registry.NewDistrict) { n.Name = "" },
		"boundary":    func(n *registry.NewDistrict) { n.Boundary = nil },
		"policy_key":  func(n *registry.NewDistrict) { n.PolicyKey = "nowhere-1999" },
		"profile_key": func(n *registry.NewDistrict) { n.ProfileKey = "nothing" },
	} {
		n := good
		spoil(&n)
		_, err := b.CreateDistrict(t.Context(), n)
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if n := b.count(`select count(*) from district`); n != 1 {
		t.Errorf("%d districts", n)
	}
}

func TestOnlyAnAdministratorFoundsADistrict(t *testing.T) {
	b := newBench(t)
	for _, p := range []account.Person{planner, officer, viewer} {
		ctx, _ := b.as(p)
		_, err := b.CreateDistrict(ctx, registry.NewDistrict{Code: b.district[:3] + "223", Name: "某区", Boundary: square(106, 29), PolicyKey: "tongnan-2021"})
		var refused *account.OutsideError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
}

func TestTheDistrictAroundAPlace(t *testing.T) {
	b := newBench(t)
	if _, err := b.CreateDistrict(t.Context(), registry.NewDistrict{Code: "500223", Name: "潼南区", Boundary: box(107.05, 28.9, 0.5), PolicyKey: "tongnan-2021"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bound orb.Bound
		want  string
	}{
		"inside":            {boundOf(106.9, 28.95, 0.01), "500110"},
		"a point":           {orb.Point{106.9, 28.95}.Bound(), "500110"},
		"mostly the second": {boundOf(107.04, 28.95, 0.1), "500223"},
		"around all":        {boundOf(100, 20, 20), "500223"},
		"far away":          {boundOf(0, 0, 1), ""},
	} {
		got, err := b.DistrictAround(t.Context(), c.bound)
		if got != c.want || (c.want == "") != errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%s: %q (%v), want %q", name, got, err, c.want)
		}
	}
}

func TestSubdistrictsThatArriveLateTakeInWhatLiesInThem(t *testing.T) {
	b := newBench(t)
	row := eligible("a", "甲")
	row.Location = &orb.Point{107.2, 29.0} // outside both
	b.upsertCommunities(row)
	if got := b.community("a").SubdistrictCode; got != "" {
		t.Fatalf("subdistrict is %q", got)
	}
	b.write(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := b.UpsertSubdistricts(ctx, tx, b.district, []registry.SubdistrictRow{{Code: "500110003", Name: "万东镇", Geometry: box(107.15, 28.95, 0.1)}})
		return err
	})
	if got := b.community("a"); got.SubdistrictCode != "500110003" || got.SubdistrictName != "万东镇" || got.Version != 2 {
		t.Errorf("after the subdistrict came: %s", asJSON(t, got))
	}
	list, err := b.Subdistricts(t.Context(), account.Everything, b.district)
	if err != nil || len(list) != 3 || list[2].Communities != 1 || list[2].BBox == nil {
		t.Errorf("subdistricts: %s, %v", asJSON(t, list), err)
	}
	if again := b.upsertCommunities(row); again.Unchanged != 1 {
		t.Errorf("the ledger again: %+v", again)
	}
}
