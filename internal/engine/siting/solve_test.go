package siting_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// street has homes and sites along a line; the cost is the distance.
func street(homes, sites []float64) *siting.Problem {
	var weight []float64
	var cost [][]float64
	for _, h := range homes {
		weight = append(weight, 1)
		var row []float64
		for _, s := range sites {
			row = append(row, math.Abs(h-s))
		}
		cost = append(cost, row)
	}
	return complete(weight, cost)
}

// quarters is a crowded town: homes and candidates in a few dense quarters.
func quarters(homes, sites int, reach float64) *siting.Problem {
	rng := rand.New(rand.NewPCG(7, 7))
	type place struct{ x, y float64 }
	var places []place
	for range homes {
		k := float64(rng.IntN(4))
		places = append(places, place{3000*k + 900*rng.NormFloat64(), 900 * rng.NormFloat64()})
	}
	p := &siting.Problem{Sites: sites}
	for _, a := range places {
		var near []int32
		var costs []float64
		for j, b := range places[:sites] {
			if d := math.Hypot(a.x-b.x, a.y-b.y); d <= reach {
				near, costs = append(near, int32(j)), append(costs, d)
			}
		}
		p.Weight = append(p.Weight, float64(1+rng.IntN(60)))
		p.Costs.Add(near, costs)
	}
	return p
}

func TestWhatCannotBeWorkedWithIsRefused(t *testing.T) {
	good := siting.Question{Model: siting.MCLP, N: 1, Limit: 5}
	tests := []struct {
		name   string
		change func(p *siting.Problem, q *siting.Question)
		field  string
	}{
		{"no candidates", func(p *siting.Problem, q *siting.Question) { p.Sites = 0 }, "Sites"},
		{"negative n", func(p *siting.Problem, q *siting.Question) { q.N = -1 }, "N"},
		{"n over the candidates", func(p *siting.Problem, q *siting.Question) { q.N = 4 }, "N"},
		{"n over the candidates that are not fixed", func(p *siting.Problem, q *siting.Question) { q.N, p.Fixed = 3, []int{1, 1} }, "N"},
		{"negative cost", func(p *siting.Problem, q *siting.Question) { p.Costs.Cost[2] = -1 }, "Costs.Cost"},
		{"cost that is no number", func(p *siting.Problem, q *siting.Question) { p.Costs.Cost[2] = math.NaN() }, "Costs.Cost"},
		{"site of a cost out of range", func(p *siting.Problem, q *siting.Question) { p.Costs.Site[2] = 3 }, "Costs.Site"},
		{"site twice in a row", func(p *siting.Problem, q *siting.Question) { p.Costs.Site[1] = 0 }, "Costs.Site"},
		{"costs without rows", func(p *siting.Problem, q *siting.Question) { p.Costs = siting.Costs{} }, "Costs"},
		{"row that ends before it begins", func(p *siting.Problem, q *siting.Question) { p.Costs.First[2] = 2 }, "Costs.First"},
		{"negative weight", func(p *siting.Problem, q *siting.Question) { p.Weight[1] = -2 }, "Weight"},
		{"weight that is no number", func(p *siting.Problem, q *siting.Question) { p.Weight[1] = math.NaN() }, "Weight"},
		{"infinite weight", func(p *siting.Problem, q *siting.Question) { p.Weight[1] = math.Inf(1) }, "Weight"},
		{"no limit", func(p *siting.Problem, q *siting.Question) { q.Limit = 0 }, "Limit"},
		{"negative limit", func(p *siting.Problem, q *siting.Question) { q.Limit = -3 }, "Limit"},
		{"limit that is no number", func(p *siting.Problem, q *siting.Question) { q.Limit = math.NaN() }, "Limit"},
		{"fixed site out of range", func(p *siting.Problem, q *siting.Question) { p.Fixed = []int{3} }, "Fixed"},
		{"conflict out of range", func(p *siting.Problem, q *siting.Question) { p.Conflicts = [][2]int{{0, -1}} }, "Conflicts"},
		{"conflict with itself", func(p *siting.Problem, q *siting.Question) { p.Conflicts = [][2]int{{1, 1}} }, "Conflicts"},
		{"no capacity", func(p *siting.Problem, q *siting.Question) { p.Capacity = []float64{1, 0, 1} }, "Capacity"},
		{"capacity that is no number", func(p *siting.Problem, q *siting.Question) { p.Capacity = []float64{1, math.NaN(), 1} }, "Capacity"},
		{"capacities for other sites", func(p *siting.Problem, q *siting.Question) { p.Capacity = []float64{1} }, "Capacity"},
		{"unknown model", func(p *siting.Problem, q *siting.Question) { q.Model = "best" }, "Model"},
		{"negative gap", func(p *siting.Problem, q *siting.Question) { q.Gap = -1 }, "Gap"},
		{"negative effort", func(p *siting.Problem, q *siting.Question) { q.Effort = -1 }, "Effort"},
		{"cost beyond that is no number", func(p *siting.Problem, q *siting.Question) { q.Beyond = math.NaN() }, "Beyond"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, q := street([]float64{0, 4, 9}, []float64{1, 5, 8}), good
			test.change(p, &q)
			for _, ask := range []func() error{
				func() error { _, err := siting.Solve(t.Context(), p, q); return err },
				func() error { _, err := siting.Curve(t.Context(), p, q); return err },
			} {
				err := ask()
				var input *siting.InputError
				if !errors.As(err, &input) || input.Field != test.field || !errors.Is(err, siting.ErrInput) {
					t.Errorf("got %v, want an error about %s", err, test.field)
				}
			}
		})
	}
}

func TestWhatHasNoAnswerIsSaidWithItsReason(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name     string
		problem  siting.Problem
		question siting.Question
		field    string
	}{
		{"too many conflicts for n", siting.Problem{Conflicts: [][2]int{{0, 1}, {1, 2}, {0, 2}}}, siting.Question{Model: siting.MCLP, N: 2, Limit: 9}, "Conflicts"},
		{"fixed site bars all others", siting.Problem{Fixed: []int{1}, Conflicts: [][2]int{{0, 1}, {2, 1}}}, siting.Question{Model: siting.PMedian, N: 1}, "Conflicts"},
		{"conflict between the only sites of two rows", siting.Problem{Conflicts: [][2]int{{0, 2}}}, siting.Question{Model: siting.LSCP, Limit: 1}, "Conflicts"},
		{"capacities under the demand", siting.Problem{Capacity: []float64{1, 0.5, 1}}, siting.Question{Model: siting.LSCP, Limit: 9}, "Capacity"},
		{"n sites hold less than the demand", siting.Problem{Capacity: []float64{2, 1, 2}}, siting.Question{Model: siting.PCenter, N: 1}, "N"},
		{"nothing may be opened", siting.Problem{}, siting.Question{Model: siting.PMedian}, "N"},
		{"capacity of one site is enough, of n chosen none", siting.Problem{Capacity: []float64{inf, 1, 1}, Conflicts: [][2]int{{0, 1}, {0, 2}}}, siting.Question{Model: siting.PMedian, N: 2}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := street([]float64{0, 4, 9}, []float64{0, 4, 9})
			p.Fixed, p.Conflicts, p.Capacity = test.problem.Fixed, test.problem.Conflicts, test.problem.Capacity
			a, err := siting.Solve(t.Context(), p, test.question)
			var none *siting.InfeasibleError
			if test.field == "" {
				if err != nil {
					t.Errorf("got %v, want the unlimited site alone", err)
				}
				return
			}
			if !errors.As(err, &none) || none.Field != test.field || !errors.Is(err, siting.ErrInfeasible) {
				t.Errorf("got %+v, %v; want an error about %s", a, err, test.field)
			}
		})
	}
}

func TestRowsWithoutAWayAreListedAndNotCounted(t *testing.T) {
	p := &siting.Problem{Weight: []float64{2, 3, 5}, Sites: 2}
	p.Costs.Add([]int32{0}, []float64{7})
	p.Costs.Add(nil, nil)
	p.Costs.Add([]int32{0, 1}, []float64{9, math.Inf(1)})
	for model, want := range map[siting.Model]float64{siting.PMedian: 2*7 + 5*9, siting.PCenter: 9} {
		a, err := siting.Solve(t.Context(), p, siting.Question{Model: model, N: 1})
		if err != nil {
			t.Fatal(err)
		}
		if a.Value != want || !a.Proven || !cmp.Equal(a.Unreachable, []int{1}) {
			t.Errorf("%s: value %v, unreachable %v", model, a.Value, a.Unreachable)
		}
	}
}

func TestCostBeyondCountsWhereNoOpenSiteServes(t *testing.T) {
	p := street([]float64{0, 100}, []float64{0, 99})
	a, err := siting.Solve(t.Context(), p, siting.Question{Model: siting.PMedian, N: 1, Beyond: 40})
	if err != nil {
		t.Fatal(err)
	}
	if a.Value != 40 || !cmp.Equal(a.Sites, []int{0}) || !cmp.Equal(a.Unserved, []int{1}) || len(a.Unreachable) != 0 {
		t.Errorf("got %+v", a)
	}
}

func TestRowIsSharedBetweenSitesWithCapacity(t *testing.T) {
	p := street([]float64{0, 10}, []float64{0, 10})
	p.Weight, p.Capacity = []float64{30, 10}, []float64{20, 20}
	a, err := siting.Solve(t.Context(), p, siting.Question{Model: siting.PMedian, N: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []siting.Share{{Row: 0, Site: 0, Weight: 20}, {Row: 0, Site: 1, Weight: 10, Cost: 10}, {Row: 1, Site: 1, Weight: 10}}
	if diff := cmp.Diff(want, a.Shares); diff != "" || a.Value != 100 || !a.Proven {
		t.Errorf("value %v, proven %v, shares (-want +got):\n%s", a.Value, a.Proven, diff)
	}
}

func TestSameQuestionHasTheSameAnswer(t *testing.T) {
	p := quarters(1500, 120, 700)
	for _, q := range []siting.Question{
		{Model: siting.MCLP, N: 12, Limit: 700, Effort: 20_000, Seed: 3},
		{Model: siting.LSCP, Limit: 700, Effort: 20_000},
		{Model: siting.PMedian, N: 9, Beyond: 700, Effort: 20_000},
		{Model: siting.PCenter, N: 119, Effort: 20_000},
	} {
		first, err := siting.Solve(t.Context(), p, q)
		if err != nil {
			t.Fatal(q.Model, err)
		}
		second, err := siting.Solve(t.Context(), p, q)
		if err != nil {
			t.Fatal(q.Model, err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s: %s", q.Model, diff)
		}
	}
}

func TestBoundsHoldWhereverTheEffortEnds(t *testing.T) {
	p := quarters(800, 60, 900)
	for _, q := range []siting.Question{
		{Model: siting.MCLP, N: 6, Limit: 900},
		{Model: siting.LSCP, Limit: 900},
		{Model: siting.PMedian, N: 6, Beyond: 900},
	} {
		q.Effort = 3_000_000
		best, err := siting.Solve(t.Context(), p, q)
		if err != nil || !best.Proven {
			t.Fatalf("%s: %+v, %v", q.Model, best, err)
		}
		for _, q.Effort = range []int{1, 10, 100, 500, 2000, 8000, 30_000} {
			a, err := siting.Solve(t.Context(), p, q)
			if err != nil {
				t.Fatal(err)
			}
			low, high := min(a.Value, a.Bound), max(a.Value, a.Bound)
			if best.Value < low*(1-1e-9) || best.Value > high*(1+1e-9) || a.Proven != (a.Stopped == siting.NotStopped) {
				t.Errorf("%s, effort %d: value %v, bound %v, stopped %q; the best is %v", q.Model, q.Effort, a.Value, a.Bound, a.Stopped, best.Value)
			}
		}
	}
}

func TestSearchEndsWithTheCallersContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := quarters(1500, 120, 700)
	a, err := siting.Solve(ctx, p, siting.Question{Model: siting.MCLP, N: 12, Limit: 700})
	if err != nil {
		t.Fatal(err)
	}
	if a.Proven || a.Stopped != siting.StoppedCaller || a.Bound < a.Value {
		t.Errorf("value %v, bound %v, proven %v, stopped %q", a.Value, a.Bound, a.Proven, a.Stopped)
	}
	if _, err := siting.Solve(ctx, p, siting.Question{Model: siting.PMedian, N: 12}); !errors.Is(err, siting.ErrUndecided) && !errors.Is(err, siting.ErrInfeasible) {
		t.Errorf("got %v, want that it is undecided", err)
	}
}

func TestGapThatIsGoodEnoughEndsTheSearch(t *testing.T) {
	p := quarters(1500, 120, 700)
	a, err := siting.Solve(t.Context(), p, siting.Question{Model: siting.MCLP, N: 12, Limit: 700, Gap: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	if a.Gap > 0.05 || (!a.Proven && a.Stopped != siting.StoppedGood) {
		t.Errorf("gap %v, stopped %q", a.Gap, a.Stopped)
	}
}
