package catchment_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/catchment"
)

func patches(t testing.TB, homes []catchment.Uncovered, rules catchment.PatchRules) []catchment.Patch {
	t.Helper()
	list, err := catchment.Patches(context.Background(), homes, rules)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestHomesNearEachOtherAreOnePatch(t *testing.T) {
	homes := []catchment.Uncovered{
		{Home: 7, At: orb.Point{0, 0}, Households: 10, FloorArea: 900, Excess: 100},
		{Home: 3, At: orb.Point{90, 0}, Households: 30, FloorArea: 2700, Excess: 300},
		{Home: 9, At: orb.Point{180, 0}, FloorArea: 100, Excess: math.Inf(1)},
		{Home: 1, At: orb.Point{280, 0}, Households: 20, FloorArea: 2000, Excess: 50}, // 100 m away is not nearer than 100
		{Home: 2, At: orb.Point{5000, 0}, Households: 20, FloorArea: 3000, Excess: math.Inf(1)},
	}
	got := patches(t, homes, catchment.PatchRules{})
	for i := range got {
		got[i].Outline = nil
	}
	want := []catchment.Patch{
		{ID: 3, Homes: []int32{3, 7, 9}, Households: 40, FloorArea: 3700, NoWay: 1, WorstExcess: 300, MeanExcess: 250},
		{ID: 2, Homes: []int32{2}, Households: 20, FloorArea: 3000, NoWay: 1},
		{ID: 1, Homes: []int32{1}, Households: 20, FloorArea: 2000, WorstExcess: 50, MeanExcess: 50},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("patches (-want +got):\n%s", diff)
	}
}

func TestABarrierPartsAPatch(t *testing.T) {
	homes := []catchment.Uncovered{
		{Home: 0, At: orb.Point{0, 0}}, {Home: 1, At: orb.Point{60, 0}}, {Home: 2, At: orb.Point{0, 60}}, {Home: 3, At: orb.Point{60, 60}},
	}
	river := func(a, b orb.Point) bool { return (a[0] < 30) != (b[0] < 30) }
	var got [][]int32
	for _, p := range patches(t, homes, catchment.PatchRules{Barred: river}) {
		got = append(got, p.Homes)
	}
	if diff := cmp.Diff([][]int32{{0, 2}, {1, 3}}, got); diff != "" {
		t.Errorf("homes of patches (-want +got):\n%s", diff)
	}
}

func TestThereIsNoPatchWithoutAGap(t *testing.T) {
	if got := patches(t, nil, catchment.PatchRules{}); len(got) != 0 {
		t.Errorf("%d patches of nothing", len(got))
	}
}

func TestPatchesRefuseFiguresThatAreNone(t *testing.T) {
	for _, c := range []struct {
		what  string
		home  catchment.Uncovered
		rules catchment.PatchRules
	}{
		{"place", catchment.Uncovered{At: orb.Point{math.NaN(), 0}}, catchment.PatchRules{}},
		{"households", catchment.Uncovered{Households: -1}, catchment.PatchRules{}},
		{"floor area", catchment.Uncovered{FloorArea: math.Inf(1)}, catchment.PatchRules{}},
		{"excess", catchment.Uncovered{Excess: math.NaN()}, catchment.PatchRules{}},
		{"gap", catchment.Uncovered{}, catchment.PatchRules{Gap: -5}},
		{"margin", catchment.Uncovered{}, catchment.PatchRules{Margin: math.Inf(1)}},
	} {
		var bad *catchment.InputError
		if _, err := catchment.Patches(context.Background(), []catchment.Uncovered{c.home}, c.rules); !errors.As(err, &bad) || bad.What != c.what {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// chained puts homes into patches by looking at all pairs.
func chained(homes []catchment.Uncovered, gap float64) [][]int32 {
	label := make([]int, len(homes))
	for i := range label {
		label[i] = i
	}
	for i, a := range homes {
		for j, b := range homes {
			if math.Hypot(a.At[0]-b.At[0], a.At[1]-b.At[1]) < gap {
				from, to := max(label[i], label[j]), min(label[i], label[j])
				for k := range label {
					if label[k] == from {
						label[k] = to
					}
				}
			}
		}
	}
	sets := map[int][]int32{}
	for i, l := range label {
		sets[l] = append(sets[l], homes[i].Home)
	}
	var list [][]int32
	for _, s := range sets {
		list = append(list, s)
	}
	slices.SortFunc(list, slices.Compare)
	return list
}

func TestPatchesAreThoseOfAllPairs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(rt, "homes")
		homes := make([]catchment.Uncovered, n)
		for i := range homes {
			homes[i] = catchment.Uncovered{Home: int32(i), At: orb.Point{
				rapid.Float64Range(-600, 600).Draw(rt, "x"), rapid.Float64Range(-600, 600).Draw(rt, "y"),
			}}
		}
		var got [][]int32
		for _, p := range patches(t, homes, catchment.PatchRules{}) {
			got = append(got, p.Homes)
			for _, h := range p.Homes {
				if !planar.MultiPolygonContains(p.Outline, homes[h].At) {
					rt.Fatalf("home %d at %v is outside of the outline of its patch", h, homes[h].At)
				}
			}
			checkArea(rt, p.Outline)
		}
		slices.SortFunc(got, slices.Compare)
		if diff := cmp.Diff(chained(homes, 100), got); diff != "" {
			rt.Fatalf("patches (-want +got):\n%s", diff)
		}
	})
}

func TestAnOutlineRunsAroundAYard(t *testing.T) {
	var homes []catchment.Uncovered
	for i := range 24 { // in a ring of 120 m radius
		sin, cos := math.Sincos(float64(i) * math.Pi / 12)
		homes = append(homes, catchment.Uncovered{Home: int32(i), At: orb.Point{36_500_000 + 120*cos, 3_200_000 + 120*sin}})
	}
	got := patches(t, homes, catchment.PatchRules{})
	if len(got) != 1 || len(got[0].Outline) != 1 || len(got[0].Outline[0]) != 2 {
		t.Fatalf("outlines %v, want one polygon with one hole", got)
	}
	checkArea(t, got[0].Outline)
	want := math.Pi * (155*155 - 85*85) // but for the scallops between the discs
	if area := planar.Area(got[0].Outline); area > want || area < 0.95*want {
		t.Errorf("%.0f m², want a little less than %.0f", area, want)
	}
}

func TestAPatchAsWideAsADistrictHasAnOutline(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	var homes []catchment.Uncovered
	for i := range 60_000 {
		homes = append(homes, catchment.Uncovered{Home: int32(i), At: orb.Point{random.Float64() * 15_000, random.Float64() * 15_000}})
	}
	got := patches(t, homes, catchment.PatchRules{Gap: 150})
	for _, p := range got {
		for _, h := range p.Homes[:min(50, len(p.Homes))] {
			if !planar.MultiPolygonContains(p.Outline, homes[h].At) {
				t.Fatalf("home %d is outside of the outline of its patch", h)
			}
		}
	}
	if len(got) != 1 {
		t.Errorf("%d patches, want 1", len(got))
	}
}
