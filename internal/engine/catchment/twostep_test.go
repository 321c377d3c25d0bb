package catchment_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/catchment"
)

func TestTwoStepByHand(t *testing.T) {
	// Facility 0 with 10 places is shared by homes of 40 and 60, facility 1 with 5
	// reaches the second only, and facility 2 reaches nobody.
	r := rangesOf(t, 3, []float64{300}, []float64{500, 200}, []float64{0})
	demand, supply := []float64{40, 60, 20}, []float64{10, 5, 8}
	a, err := catchment.TwoStep(r, demand, supply, nil)
	if err != nil {
		t.Fatal(err)
	}
	near := cmpopts.EquateApprox(0, 1e-12)
	if diff := cmp.Diff([]float64{0.1, 5.0 / 60, 0}, a.Ratio, near); diff != "" {
		t.Errorf("ratios (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{0.1, 0.1 + 5.0/60, 0}, a.Score, near); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
}

func TestDecayWeighsTheNearMore(t *testing.T) {
	gaussian, zones := catchment.Gaussian(1000), catchment.Zones([]float64{600, 1200, 1800}, []float64{1, 0.68, 0.22})
	for _, c := range []struct {
		name string
		got  float64
		want float64
	}{
		{"Gaussian at the door", gaussian(0), 1},
		{"Gaussian half-way", gaussian(500), (math.Exp(-0.125) - math.Exp(-0.5)) / (1 - math.Exp(-0.5))},
		{"Gaussian at the limit", gaussian(1000), 0},
		{"Gaussian beyond", gaussian(5000), 0},
		{"first zone to its end", zones(600), 1},
		{"second zone", zones(601), 0.68},
		{"beyond all zones", zones(1801), 0},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestTwoStepRefusesWhatHasNoRatio(t *testing.T) {
	r := rangesOf(t, 1, []float64{100})
	var bad *catchment.InputError
	if _, err := catchment.TwoStep(r, []float64{1}, []float64{unlimited}, nil); !errors.As(err, &bad) || bad.What != "supply" {
		t.Errorf("endless supply: %v", err)
	}
	negative := func(float64) float64 { return -1 }
	if _, err := catchment.TwoStep(r, []float64{1}, []float64{1}, negative); !errors.As(err, &bad) || bad.What != "weight" {
		t.Errorf("negative weight: %v", err)
	}
}

func TestDemandThatIsHardlyANumberIsNone(t *testing.T) {
	for _, demand := range []float64{5e-324, 5.562684646268003e-309, 1e-291} {
		a, err := catchment.TwoStep(rangesOf(t, 1, []float64{1}), []float64{demand}, []float64{1}, nil)
		if err != nil || a.Reach[0] != 0 || a.Ratio[0] != 0 || a.Score[0] != 0 {
			t.Errorf("of %v: %+v, %v", demand, a, err)
		}
	}
}

func TestDemandTimesScoreIsSupply(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		homes, facilities := rapid.IntRange(0, 30).Draw(rt, "homes"), rapid.IntRange(1, 8).Draw(rt, "facilities")
		var pairs []catchment.Pair
		demand := rapid.SliceOfN(rapid.Float64Range(0, 500), homes, homes).Draw(rt, "demand")
		supply := rapid.SliceOfN(rapid.Float64Range(0, 300), facilities, facilities).Draw(rt, "supply")
		decay := rapid.SampledFrom([]func(float64) float64{nil, catchment.Gaussian(700)}).Draw(rt, "decay")
		for h := range homes {
			for j := range facilities {
				if rapid.IntRange(0, 2).Draw(rt, "in range") == 0 {
					cost := rapid.Float64Range(0, 1000).Draw(rt, "cost")
					pairs = append(pairs, catchment.Pair{Home: int32(h), Option: catchment.Option{Facility: int32(j), Cost: cost}})
				}
			}
		}
		r, err := catchment.NewRanges(homes, facilities, pairs)
		if err != nil {
			rt.Fatal(err)
		}
		a, err := catchment.TwoStep(r, demand, supply, decay)
		if err != nil {
			rt.Fatal(err)
		}
		given, got := 0.0, 0.0
		for j := range facilities {
			if a.Reach[j] > 0 {
				given += supply[j]
			}
		}
		for h := range homes {
			got += demand[h] * a.Score[h]
		}
		if math.Abs(given-got) > 1e-9*(1+given) {
			rt.Fatalf("supply %v, demand times score %v", given, got)
		}
	})
}
