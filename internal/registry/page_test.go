package registry_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/registry"
)

func communityCode(c registry.Community) string { return c.Code }

// walk reads a list page by page and fails on a page of the wrong size.
func walk[T any](t *testing.T, size int, page func(cursor string) (registry.Page[T], error)) []T {
	t.Helper()
	var all []T
	cursor := ""
	for range 1000 {
		p, err := page(cursor)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p.Items...)
		if p.NextCursor == "" {
			if int64(len(all)) != p.Total {
				t.Errorf("%d rows on all pages, total says %d", len(all), p.Total)
			}
			return all
		}
		if len(p.Items) != size {
			t.Fatalf("a page of %d rows before the last, want %d", len(p.Items), size)
		}
		cursor = p.NextCursor
	}
	t.Fatal("the pages never end")
	return nil
}

func TestPagingNeitherLosesNorRepeats(t *testing.T) {
	b := newBench(t)
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"阿里小区", "重庆村", "幸福小区", "安居苑", "Alpha", "百合园", "曾家院子"}
	var rows []registry.CommunityRow
	for i := range 97 { // many equal names, years and unknowns
		r := registry.CommunityRow{Code: fmt.Sprintf("c%02d", i), Name: names[random.IntN(len(names))]}
		if random.IntN(3) > 0 {
			r.BuiltYear = ptr(1980 + random.IntN(6))
		}
		if random.IntN(4) > 0 {
			r.Households = ptr(random.IntN(5))
		}
		if random.IntN(2) > 0 {
			r.FloorAreaM2 = ptr(float64(random.IntN(4)) / 3)
		}
		rows = append(rows, r)
	}
	b.upsertCommunities(rows...)
	for _, sort := range []string{"", "name", "-name", "built_year", "-built_year", "households", "-households", "floor_area_m2", "-floor_area_m2", "code", "-code"} {
		for _, size := range []int{1, 7, 96, 97, 98} {
			t.Run(fmt.Sprintf("%s by %d", sort, size), func(t *testing.T) {
				whole, err := b.Communities(t.Context(), account.Everything, b.district, registry.CommunityFilter{Sort: sort, Limit: 1000})
				if err != nil {
					t.Fatal(err)
				}
				all := walk(t, size, func(cursor string) (registry.Page[registry.Community], error) {
					return b.Communities(t.Context(), account.Everything, b.district, registry.CommunityFilter{Sort: sort, Limit: size, Cursor: cursor})
				})
				got := codes(all, communityCode)
				if !slices.Equal(got, codes(whole.Items, communityCode)) {
					t.Errorf("pages and whole differ: %v", got)
				}
				if len(slices.Compact(sorted(got))) != len(rows) {
					t.Errorf("%d different rows, want %d", len(slices.Compact(sorted(got))), len(rows))
				}
			})
		}
	}
}

func TestOrderOfLists(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(
		registry.CommunityRow{Code: "1", Name: "重庆村", BuiltYear: ptr(1990)},
		registry.CommunityRow{Code: "2", Name: "安居苑", BuiltYear: ptr(1985)},
		registry.CommunityRow{Code: "3", Name: "幸福小区"},
		registry.CommunityRow{Code: "4", Name: "百合园", BuiltYear: ptr(1990)},
	)
	for sort, want := range map[string][]string{
		"name":        {"2", "4", "1", "3"}, // ān bǎi chóng xìng
		"-name":       {"3", "1", "4", "2"},
		"built_year":  {"2", "1", "4", "3"}, // unknown last
		"-built_year": {"1", "4", "2", "3"}, // also here
		"-code":       {"4", "3", "2", "1"},
	} {
		p, err := b.Communities(t.Context(), account.Everything, b.district, registry.CommunityFilter{Sort: sort})
		if err != nil {
			t.Fatal(err)
		}
		if got := codes(p.Items, communityCode); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", sort, got, want)
		}
	}
}

func TestACursorThatWasTamperedWithIsRefused(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"), eligible("b", "乙"))
	first, err := b.Communities(t.Context(), account.Everything, b.district, registry.CommunityFilter{Sort: "built_year", Limit: 1})
	if err != nil || first.NextCursor == "" {
		t.Fatal(first, err)
	}
	for name, f := range map[string]registry.CommunityFilter{
		"of another order":  {Sort: "name", Cursor: first.NextCursor},
		"not base64":        {Cursor: "!!"},
		"not JSON":          {Cursor: "AAAA"},
		"text for a number": {Sort: "built_year", Cursor: "eyJzIjoiYnVpbHRfeWVhciIsInYiOiJ4IiwiYyI6ImEifQ"}, // {"s":"built_year","v":"x","c":"a"}
		"an unknown order":  {Sort: "password"},
	} {
		_, err := b.Communities(t.Context(), account.Everything, b.district, f)
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v, want an *InvalidError", name, err)
		}
	}
}

func TestFiltersOfCommunities(t *testing.T) {
	b := newBench(t)
	in, out, unknown := eligible("in", "幸福小区"), eligible("out", "和平小区"), registry.CommunityRow{Code: "unknown", Name: "50%_折小区"}
	in.Geometry, in.Address = square(106.90, 28.95), "建设路1号"
	out.InShantytownPlan, out.BuiltYear, out.Location = ptr(true), ptr(1999), &orb.Point{107.0, 29.0}
	b.upsertCommunities(in, out, unknown)
	for name, c := range map[string]struct {
		filter registry.CommunityFilter
		want   []string
	}{
		"nothing":           {registry.CommunityFilter{}, []string{"in", "out", "unknown"}},
		"in":                {registry.CommunityFilter{Eligibility: []policy.Verdict{policy.In}}, []string{"in"}},
		"out or borderline": {registry.CommunityFilter{Eligibility: []policy.Verdict{policy.Out, policy.Borderline}}, []string{"out", "unknown"}},
		"subdistrict":       {registry.CommunityFilter{Subdistricts: []string{east}}, []string{"out"}},
		"none of any":       {registry.CommunityFilter{Subdistricts: []string{}}, nil},
		"year from":         {registry.CommunityFilter{YearFrom: ptr(1985)}, []string{"in", "out"}},
		"year to":           {registry.CommunityFilter{YearTo: ptr(1985)}, []string{"in"}},
		"name":              {registry.CommunityFilter{Q: " 和平 "}, []string{"out"}},
		"address":           {registry.CommunityFilter{Q: "建设路"}, []string{"in"}},
		"percent is text":   {registry.CommunityFilter{Q: "%_折"}, []string{"unknown"}},
		"box":               {registry.CommunityFilter{BBox: &registry.BBox{106.8, 28.9, 106.9005, 28.9505}}, []string{"in"}},
		"box round a point": {registry.CommunityFilter{BBox: &registry.BBox{106.99, 28.99, 107.01, 29.01}}, []string{"out"}},
		"codes":             {registry.CommunityFilter{Codes: []string{"out", "nowhere"}}, []string{"out"}},
	} {
		p, err := b.Communities(t.Context(), account.Everything, b.district, c.filter)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := sorted(codes(p.Items, communityCode)); !slices.Equal(got, sorted(c.want)) || p.Total != int64(len(c.want)) {
			t.Errorf("%s: %v of %d, want %v", name, got, p.Total, c.want)
		}
		for _, item := range p.Items {
			if item.VerdictProof != nil {
				t.Errorf("%s: a list carries proofs", name)
			}
		}
	}
}
