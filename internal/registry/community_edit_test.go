package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestWhatHasNoPlaceIsAnnouncedForTheLists(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(a2000("甲", "甲"))
	ctx, scope := b.as(planner)
	told := func(what string, want ...orb.Bound) {
		t.Helper()
		if got := slices.Compact(b.changed("communities")); !slices.Equal(got, want) {
			t.Errorf("%s is announced at %v, want %v", what, got, want)
		}
	}
	told("an import", postgis.Nowhere())
	if b.upsertCommunities(a2000("甲", "甲")).Unchanged != 1 {
		t.Error("the same row again changed something")
	}
	told("an import that changes nothing")
	seen, err := b.PolicyChoice(ctx, scope, b.district)
	if err != nil {
		t.Fatal(err)
	}
	if _, changed, err := b.SavePolicy(ctx, scope, b.district, seen.Version, registry.PolicyDraft{Params: map[string]any{"built_2000": "in"}, Reason: "按目标条款"}); err != nil || changed != 1 {
		t.Fatalf("changed %d, %v", changed, err)
	}
	told("another verdict", postgis.Nowhere())

	created, err := b.CreateCommunity(ctx, scope, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{Name: ptr("乙"), SubdistrictCode: ptr(west)}})
	if err != nil {
		t.Fatal(err)
	}
	told("a creation", postgis.Nowhere())
	if _, err := b.UpdateCommunity(ctx, scope, b.district, created.Code, 1, registry.CommunityPatch{Remark: ptr("待核")}); err != nil {
		t.Fatal(err)
	}
	told("an edit", postgis.Nowhere())
	at := orb.Point{106.9, 28.95}
	if _, err := b.UpdateCommunity(ctx, scope, b.district, created.Code, 2, registry.CommunityPatch{Location: &at}); err != nil {
		t.Fatal(err)
	}
	told("a first place", at.Bound())
	if created, err = b.CreateCommunity(ctx, scope, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{Name: ptr("丙"), SubdistrictCode: ptr(west)}}); err != nil {
		t.Fatal(err)
	}
	b.changed("")
	if err := b.DeleteCommunity(ctx, scope, b.district, created.Code, 1); err != nil {
		t.Fatal(err)
	}
	told("a deletion", postgis.Nowhere())
}

func TestAnEditIsJudgedAuditedAndAnnounced(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	created, err := b.CreateCommunity(ctx, scope, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{
		Name: ptr("  幸福小区 "), Location: &orb.Point{106.9, 28.95},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if created.Name != "幸福小区" || created.Version != 1 || created.Code == "" || created.SubdistrictCode != west || created.SubdistrictName != "万盛街道" {
		t.Errorf("created %s", asJSON(t, created))
	}
	if created.Verdict != policy.Borderline || len(created.VerdictProof) == 0 {
		t.Errorf("of a community of which nothing is known: verdict %q, proof %v", created.Verdict, created.VerdictProof)
	}
	if got := b.changed("communities"); len(got) != 1 || !got[0].Contains(orb.Point{106.9, 28.95}) {
		t.Errorf("creation was announced at %v", got)
	}

	updated, err := b.UpdateCommunity(ctx, scope, b.district, created.Code, 1, registry.CommunityPatch{
		Geometry: square(106.96, 28.95), InShantytownPlan: ptr(true), BuiltYear: ptr(1990), Households: ptr(40),
	})
	if err != nil {
		t.Fatal(err)
	}
	if updated.Verdict != policy.Out || updated.Eligibility != policy.Out || updated.Version != 2 || updated.BBox == nil || *updated.LandAreaM2 < 9000 {
		t.Errorf("updated to %s", asJSON(t, updated))
	}
	if got := b.changed("communities"); len(got) != 2 || !got[0].Contains(orb.Point{106.9, 28.95}) || !got[1].Contains(orb.Point{106.9605, 28.9505}) {
		t.Errorf("the move was announced at %v, want the old and the new place", got)
	}

	same, err := b.UpdateCommunity(ctx, scope, b.district, created.Code, 2, registry.CommunityPatch{BuiltYear: ptr(1990)})
	if err != nil || same.Version != 2 {
		t.Errorf("an edit that changes nothing: version %d, %v", same.Version, err)
	}
	if err := b.DeleteCommunity(ctx, scope, b.district, created.Code, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Community(ctx, scope, b.district, created.Code); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("after deletion: %v", err)
	}
	if got, want := b.audited("community"), []string{"community.create", "community.update", "community.delete"}; !slices.Equal(got, want) {
		t.Errorf("audit trail %v, want %v", got, want)
	}
	if n := b.count(`select count(*) from audit_entry where action = 'community.update' and account_id = $1
		and before ->> 'built_year' is null and after ->> 'built_year' = '1990'`, planner.ID); n != 1 {
		t.Error("the audit trail does not say who changed what")
	}
}

func TestALostRaceIsNotALostUpdate(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"))
	b.upsertBuildings(slices.Values([]registry.BuildingRow{{Code: "b", Geometry: square(106.9, 28.95)}}))
	b.write(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := b.UpsertFacilities(ctx, tx, b.district, slices.Values([]registry.FacilityRow{{Code: "f", FacilityType: "health_station", Geometry: orb.Point{106.9, 28.95}}}))
		return err
	})
	ctx, scope := b.as(planner)
	for name, write := range map[string]func(version, i int) error{
		"community": func(version, i int) error {
			_, err := b.UpdateCommunity(ctx, scope, b.district, "a", version, registry.CommunityPatch{Households: ptr(1000 + i)})
			return err
		},
		"building": func(version, i int) error {
			_, err := b.UpdateBuilding(ctx, scope, b.district, "b", version, registry.BuildingPatch{Households: ptr(1000 + i)})
			return err
		},
		"facility": func(version, i int) error {
			_, err := b.UpdateFacility(ctx, scope, b.district, "f", version, registry.FacilityPatch{Capacity: ptr(1000 + i)})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			errs := make([]error, 8)
			var wait sync.WaitGroup
			for i := range errs {
				wait.Go(func() { errs[i] = write(1, i) })
			}
			wait.Wait()
			var won, lost int
			for _, err := range errs {
				switch {
				case err == nil:
					won++
				case errors.Is(err, postgis.ErrVersion):
					lost++
				default:
					t.Error(err)
				}
			}
			if won != 1 || lost != 7 {
				t.Errorf("%d won, %d lost", won, lost)
			}
		})
	}
	for name, remove := range map[string]func() error{
		"community": func() error { return b.DeleteCommunity(ctx, scope, b.district, "a", 1) },
		"facility":  func() error { return b.DeleteFacility(ctx, scope, b.district, "f", 1) },
		"override": func() error {
			_, err := b.OverrideEligibility(ctx, scope, b.district, "a", 1, policy.Out, "理由")
			return err
		},
	} {
		if err := remove(); !errors.Is(err, postgis.ErrVersion) {
			t.Errorf("%s at an old version: %v", name, err)
		}
	}
}

func TestWrongValuesOfAnEditAreNamed(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"))
	ctx, scope := b.as(planner)
	zigzag := make(orb.Ring, 0, 20_001)
	for i := range 20_000 {
		zigzag = append(zigzag, orb.Point{106.9 + float64(i%2)*0.01, 28.9 + float64(i*7919%20_000)*1e-6})
	}
	zigzag = append(zigzag, zigzag[0])
	for name, c := range map[string]struct {
		patch registry.CommunityPatch
		field string
	}{
		"no name":                 {registry.CommunityPatch{Name: ptr("")}, "name"},
		"built in 1890":           {registry.CommunityPatch{BuiltYear: ptr(1890)}, "built_year"},
		"negative":                {registry.CommunityPatch{Households: ptr(-5)}, "households"},
		"infinite":                {registry.CommunityPatch{FloorAreaM2: ptr(1e300)}, "floor_area_m2"},
		"odd kind":                {registry.CommunityPatch{UnitKind: ptr("castle")}, "unit_kind"},
		"odd management":          {registry.CommunityPatch{ManagementMode: ptr("none")}, "management_mode"},
		"unknown subdistrict":     {registry.CommunityPatch{SubdistrictCode: ptr("x")}, "subdistrict_code"},
		"unknown neighborhood":    {registry.CommunityPatch{NeighborhoodCode: ptr("x")}, "neighborhood_code"},
		"place beyond the Earth":  {registry.CommunityPatch{Location: &orb.Point{106.9, 91}}, "location"},
		"place is NaN":            {registry.CommunityPatch{Location: &orb.Point{nan(), 29}}, "location"},
		"20,000 points of zigzag": {registry.CommunityPatch{Geometry: orb.MultiPolygon{{zigzag}}}, "geometry"},
		"a name taken away":       {registry.CommunityPatch{Clear: []string{"name"}}, "name"},
		"an unknown field":        {registry.CommunityPatch{Clear: []string{"colour"}}, "colour"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.UpdateCommunity(ctx, scope, b.district, "a", 1, c.patch)
			var invalid *registry.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("error is %v, want an *InvalidError", err)
			}
			if invalid.Field != c.field || invalid.Detail == "" {
				t.Errorf("refused %q: %v, want %q", invalid.Field, err, c.field)
			}
		})
	}
	if v := b.community("a").Version; v != 1 {
		t.Errorf("version is %d", v)
	}
}

func TestATakenCodeIsAConflict(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	b.upsertCommunities(eligible("a", "甲"))
	_, err := b.CreateCommunity(ctx, scope, b.district, registry.NewCommunity{Code: "a", CommunityPatch: registry.CommunityPatch{Name: ptr("乙")}})
	var duplicate *registry.DuplicateError
	if !errors.As(err, &duplicate) || duplicate.Field != "code" || !slices.Equal(duplicate.Codes, []string{"a"}) {
		t.Errorf("community: %v", err)
	}
	facility := registry.NewFacility{Code: "f", FacilityType: "health_station", Location: orb.Point{106.9, 28.95}}
	if _, err := b.CreateFacility(ctx, scope, b.district, facility); err != nil {
		t.Fatal(err)
	}
	if _, err := b.CreateFacility(ctx, scope, b.district, facility); !errors.Is(err, postgis.ErrConflict) {
		t.Errorf("facility: %v", err)
	}
	if _, err := b.CreateDistrict(t.Context(), registry.NewDistrict{Code: b.district, Name: "又一个", Boundary: square(106, 28), PolicyKey: "wansheng-2020"}); !errors.Is(err, postgis.ErrConflict) {
		t.Errorf("district: %v", err)
	}
}

func TestAPatchInJSONTellsAbsentFromNull(t *testing.T) {
	var p registry.CommunityPatch
	if err := json.Unmarshal([]byte(`{"name":"新名","built_year":null,"municipal_missing":[],"location":[106.9,28.9]}`), &p); err != nil {
		t.Fatal(err)
	}
	if *p.Name != "新名" || p.Households != nil || !slices.Equal(p.Clear, []string{"built_year"}) || p.MunicipalMissing == nil || *p.Location != (orb.Point{106.9, 28.9}) {
		t.Errorf("read %+v", p)
	}
	var n registry.NewCommunity
	if err := json.Unmarshal([]byte(`{"code":"c1","name":"名","households":null}`), &n); err != nil {
		t.Fatal(err)
	}
	if n.Code != "c1" || *n.Name != "名" || !slices.Equal(n.Clear, []string{"households"}) {
		t.Errorf("read %+v", n)
	}

	b := newBench(t)
	row := eligible("a", "甲")
	row.Generated = []string{"built_year", "households"}
	b.upsertCommunities(row)
	ctx, scope := b.as(planner)
	got, err := b.UpdateCommunity(ctx, scope, b.district, "a", 1, p)
	if err != nil {
		t.Fatal(err)
	}
	if got.BuiltYear != nil || *got.Households != 100 || len(*got.MunicipalMissing) != 0 || got.Name != "新名" {
		t.Errorf("updated to %s", asJSON(t, got))
	}
	if !slices.Equal(got.Generated, []string{"households"}) {
		t.Errorf("generated is %v", got.Generated)
	}
	if got.Verdict == policy.In {
		t.Error("a community of unknown year is in")
	}
}

func TestBuildingsFollowTheOutlineUnlessNamed(t *testing.T) {
	b := newBench(t)
	ctx, scope := b.as(planner)
	small, large := eligible("small", "小"), eligible("large", "大")
	small.Geometry, large.Geometry = box(106.90, 28.95, 0.002), box(106.90, 28.95, 0.01)
	b.upsertCommunities(small, large)
	b.upsertBuildings(slices.Values([]registry.BuildingRow{
		{Code: "in-both", Geometry: box(106.9005, 28.9505, 0.0005)},
		{Code: "in-large", Geometry: box(106.905, 28.955, 0.0005)},
		{Code: "outside", Geometry: box(107.0, 29.0, 0.0005)},
		{Code: "named", CommunityCode: "small", Geometry: box(107.0, 29.01, 0.0005)},
	}))
	if n := b.attach(); n != 4 {
		t.Errorf("%d buildings changed, want 4", n)
	}
	want := func(when string, communities map[string]string) {
		t.Helper()
		for code, community := range communities {
			if got := b.building(code); got.CommunityCode != community {
				t.Errorf("%s: %s belongs to %q, want %q", when, code, got.CommunityCode, community)
			}
		}
	}
	want("at first", map[string]string{"in-both": "small", "in-large": "large", "outside": "", "named": "small"})
	if got := b.building("named").SubdistrictCode; got != west {
		t.Errorf("a named building lies in %q, want the subdistrict of its community", got)
	}
	if got := b.building("outside").SubdistrictCode; got != east {
		t.Errorf("a loose building lies in %q, want that of its place", got)
	}

	if _, err := b.UpdateCommunity(ctx, scope, b.district, "small", 1, registry.CommunityPatch{Geometry: box(106.9999, 28.9999, 0.002)}); err != nil {
		t.Fatal(err)
	}
	want("after the outline moved", map[string]string{"in-both": "large", "outside": "small", "named": "small"})

	if _, err := b.UpdateCommunity(ctx, scope, b.district, "small", 2, registry.CommunityPatch{SubdistrictCode: ptr(east)}); err != nil {
		t.Fatal(err)
	}
	if got := b.building("named").SubdistrictCode; got != east {
		t.Errorf("after its community changed subdistrict, a building lies in %q", got)
	}

	outside := b.building("outside")
	if _, err := b.UpdateBuilding(ctx, scope, b.district, "outside", outside.Version, registry.BuildingPatch{CommunityCode: ptr("")}); err != nil {
		t.Fatal(err)
	}
	b.attach()
	want("after a person said that it belongs to none", map[string]string{"outside": ""})
	outside = b.building("outside")
	got, err := b.UpdateBuilding(ctx, scope, b.district, "outside", outside.Version, registry.BuildingPatch{Clear: []string{"community_code"}})
	if err != nil || got.CommunityCode != "small" || got.Version != outside.Version+1 {
		t.Errorf("after the person took it back: %q, version %d, %v", got.CommunityCode, got.Version, err)
	}

	if err := b.DeleteCommunity(ctx, scope, b.district, "small", 3); err != nil {
		t.Fatal(err)
	}
	want("after the community was deleted", map[string]string{"named": "", "outside": "", "in-both": "large"})
	if n := b.attach(); n != 0 {
		t.Errorf("attaching again changed %d", n)
	}
}

func TestFollowersHearOfMovedCommunities(t *testing.T) {
	b := newBench(t)
	told := map[int64]int{}
	b.Follow(func(_ context.Context, _ *postgis.Tx, district string, ids []int64) error {
		if district != b.district {
			t.Errorf("told of district %s", district)
		}
		for _, id := range ids {
			told[id]++
		}
		return nil
	})
	ctx, scope := b.as(planner)
	b.upsertCommunities(eligible("a", "甲"))
	id := b.count(`select id from community where code = 'a'`)
	steps := []struct {
		name string
		do   func() error
		want int
	}{
		{"a fact", func() error {
			_, err := b.UpdateCommunity(ctx, scope, b.district, "a", 1, registry.CommunityPatch{Households: ptr(700)})
			return err
		}, 1},
		{"a place", func() error {
			_, err := b.UpdateCommunity(ctx, scope, b.district, "a", 2, registry.CommunityPatch{Location: &orb.Point{106.9, 28.95}})
			return err
		}, 2},
		{"deletion", func() error { return b.DeleteCommunity(ctx, scope, b.district, "a", 3) }, 3},
	}
	if told[id] != 1 {
		t.Errorf("told %d times of the import", told[id])
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Fatal(err)
		}
		if told[id] != s.want {
			t.Errorf("after %s: told %d times, want %d", s.name, told[id], s.want)
		}
	}
	b.Follow(func(context.Context, *postgis.Tx, string, []int64) error { return errors.New("no") })
	_, err := b.CreateCommunity(ctx, scope, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{Name: ptr("丙")}})
	if err == nil || b.count(`select count(*) from community`) != 0 {
		t.Errorf("a follower that cannot follow did not roll the write back: %v", err)
	}
}

func TestEligibilityIsAnnouncedWhereTheBuildingsStandAndOnlyWhenItTurns(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"))
	b.upsertBuildings(slices.Values([]registry.BuildingRow{{Code: "afar", CommunityCode: "a", Geometry: square(107.02, 28.99)}}))
	afar := orb.Point{107.0205, 28.9905}
	b.changed("")
	ctx, scope := b.as(planner)
	edit := func(version int, patch registry.CommunityPatch) []orb.Bound {
		t.Helper()
		if _, err := b.UpdateCommunity(ctx, scope, b.district, "a", version, patch); err != nil {
			t.Fatal(err)
		}
		return b.changed("eligibility")
	}
	before, err := b.Community(ctx, scope, b.district, "a")
	if err != nil {
		t.Fatal(err)
	}
	if got := edit(before.Version, registry.CommunityPatch{Remark: ptr("已核对")}); len(got) != 0 {
		t.Errorf("a remark was announced as a turn of the eligibility at %v", got)
	}
	if got := edit(before.Version+1, registry.CommunityPatch{InShantytownPlan: ptr(true)}); len(got) != 1 || !got[0].Contains(afar) {
		t.Errorf("an edit turned the eligibility, announced at %v, want around %v", got, afar)
	}
	again := eligible("a", "甲")
	again.InShantytownPlan = ptr(false)
	b.upsertCommunities(again)
	if got := b.changed("eligibility"); len(got) != 1 || !got[0].Contains(afar) {
		t.Errorf("a file turned the eligibility back, announced at %v, want around %v", got, afar)
	}
}
