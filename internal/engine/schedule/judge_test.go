package schedule

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestDraggingAZoneShowsWhatBreaks(t *testing.T) {
	p := Problem{
		Years: []Year{{Year: 2022, Budget: 100, MinCommunities: 2}, {Year: 2023, Budget: 100, MinFloorAreaM2: 30}},
		Zones: []Zone{
			{Value: 4, Cost: 60, Communities: 2, FloorAreaM2: 20, Households: 7, Ready: true},
			{Value: 3, Cost: 70, Communities: 1, FloorAreaM2: 30, Households: 5, ReadyFrom: 2023},
			{Value: 2, Cost: 30, Communities: 1, FloorAreaM2: 10, Households: 3, Locked: 2022, Ready: true},
			{Value: 2, Cost: 10, Begun: 2023, Ready: true},
		},
	}
	cases := map[string]struct {
		years  []int
		broken []Breach
		misses [2]float64 // communities of 2022, m² of 2023
	}{
		"as planned":         {[]int{2022, 2023, 2022, 2023}, nil, [2]float64{}},
		"nothing given":      {nil, []Breach{{LockMoved, []int{2}, 0, 0, 2022}, {BegunMoved, []int{3}, 0, 0, 2023}}, [2]float64{2, 30}},
		"not ready":          {[]int{0, 2022, 2022, 2023}, []Breach{{NotReady, []int{1}, 2022, 0, 2023}}, [2]float64{0, 30}},
		"over the budget":    {[]int{2023, 2023, 2022, 2023}, []Breach{{OverBudget, []int{0, 1}, 2023, 40, 0}}, [2]float64{1, 0}},
		"lock moved":         {[]int{2022, 0, 2023, 2023}, []Breach{{LockMoved, []int{2}, 2023, 0, 2022}}, [2]float64{0, 20}},
		"outside the years":  {[]int{2022, 2023, 2022, 2031}, []Breach{{BegunMoved, []int{3}, 2031, 0, 2023}, {OutsideYears, []int{3}, 2031, 0, 0}}, [2]float64{}},
		"locks do not count": {[]int{2022, 2022, 2022, 2023}, []Breach{{OverBudget, []int{0, 1}, 2022, 60, 0}, {NotReady, []int{1}, 2022, 0, 2023}}, [2]float64{0, 30}},
	}
	for name, c := range cases {
		plan := Judge(p, c.years)
		if !slices.EqualFunc(plan.Broken, c.broken, sameBreach) {
			t.Errorf("%s: broken %+v, want %+v", name, plan.Broken, c.broken)
		}
		if misses := [2]float64{float64(plan.Years[0].MissingCommunities), plan.Years[1].MissingFloorAreaM2}; misses != c.misses {
			t.Errorf("%s: misses %v, want %v", name, misses, c.misses)
		}
		for _, b := range plan.Broken {
			checkSentence(t, b.Sentence())
		}
	}
	plan := Judge(p, []int{2022, 2023, 2022, 2023})
	want := []YearTotals{
		{Year: 2022, Zones: 2, Cost: 90, Budget: 100, Communities: 3, FloorAreaM2: 30, Households: 10},
		{Year: 2023, Zones: 2, Cost: 80, Budget: 100, Communities: 1, FloorAreaM2: 30, Households: 5},
	}
	if !slices.Equal(plan.Years, want) {
		t.Errorf("totals %+v", plan.Years)
	}
}

func sameBreach(a, b Breach) bool {
	return a.Kind == b.Kind && slices.Equal(a.Zones, b.Zones) && a.Year == b.Year && a.Wanted == b.Wanted && math.Abs(a.Yuan-b.Yuan) < 1e-6
}

// Every breach is listed once, and nothing that holds.
func TestBreachesAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(0, 1_000_000).Draw(t, "problem")
		tr := smallTraits(k)
		tr.zones, tr.locks = 1+k%14, true
		p := district(uint64(k), tr)
		years := rapid.SliceOfN(rapid.SampledFrom([]int{0, 2020, 2021, 2022, 2023, 2024, 2025, 2040}), tr.zones, tr.zones).Draw(t, "years")
		plan := Judge(p, years)
		v := referenceVerdict(p, plan.Year)
		if !near(v.score, plan.Score) || !near(v.short, plan.Shortfall) {
			t.Fatalf("score %v, shortfall %v; want %v, %v", plan.Score, plan.Shortfall, v.score, v.short)
		}
		got := map[BreachKind]int{}
		over := map[int]float64{}
		for _, b := range plan.Broken {
			got[b.Kind]++
			if b.Kind == OverBudget || b.Kind == LocksOverBudget {
				over[b.Year] = max(over[b.Year], b.Yuan)
			}
		}
		if len(over) != len(v.over) {
			t.Fatalf("over budget %v, want %v", over, v.over)
		}
		for year, yuan := range v.over {
			if math.Abs(over[year]-yuan) > 0.01 {
				t.Fatalf("%d over by %v, want %v", year, over[year], yuan)
			}
		}
		want := map[BreachKind]int{}
		for i, z := range p.Zones {
			y := plan.Year[i]
			in := slices.ContainsFunc(p.Years, func(q Year) bool { return q.Year == y })
			if y != 0 && !in {
				want[OutsideYears]++
			}
			if z.Locked != 0 && y != z.Locked {
				want[LockMoved]++
			}
			if z.Locked == 0 && z.Begun != 0 && y != z.Begun && (y != 0 || z.Begun >= 2022) {
				want[BegunMoved]++
			}
			if y != 0 && !z.Ready && (z.ReadyFrom == 0 || z.ReadyFrom > y) && (z.Begun == 0 || z.Begun > y) {
				want[NotReady]++
			}
		}
		for _, kind := range []BreachKind{OutsideYears, LockMoved, BegunMoved, NotReady} {
			if got[kind] != want[kind] {
				t.Fatalf("%s: %d, want %d of %+v", kind, got[kind], want[kind], plan.Broken)
			}
		}
	})
}

func TestAnyFigureIsJudgedWithoutPanic(t *testing.T) {
	good := district(2, traits{zones: 5, years: 3, tight: 0.5, locks: true, neighbours: true, targets: true})
	for _, c := range fatalProblems(good) {
		plan := Judge(c.p, []int{2022, 2023, -7, 1 << 40, 2024, 2022, 2022})
		if len(plan.Year) != len(c.p.Zones) || math.IsNaN(plan.Score) || math.IsNaN(plan.Shortfall) {
			t.Errorf("%s: %+v", c.name, plan)
		}
	}
}

func TestEveryZoneIsGivenItsReason(t *testing.T) {
	p := Problem{
		DiscountRate: 0.1,
		Years:        []Year{{Year: 2022, Budget: 100}, {Year: 2023, Budget: 100}},
		Zones: []Zone{
			{Value: 10, Cost: 80, Ready: true},                      // first year
			{Value: 9, Cost: 70, Ready: true, Neighbours: []int{0}}, // the first year lacks 60
			{Value: 1, Cost: 60, Ready: true},                       // no room: both years lack 50
			{Value: 5, Cost: 10},                                    // never ready
			{Value: 5, Cost: 10, Begun: 2020},                       // done with
			{Value: 5, Cost: 10, Locked: 2022, Ready: true},         // locked
			{Value: 5, Cost: 10, Begun: 2023, Ready: true},          // begun
			{Value: 0, Cost: 1, Ready: true},                        // worth nothing
			{Value: 3, Cost: 10, ReadyFrom: 2023},                   // only later
		},
	}
	plan := solve(t, p, Options{})
	want := []ReasonKind{BestYear, NextBestYear, NoBudget, NeverReady, BegunBefore, HeldByLock, HeldByBegun, NothingWorth, NextBestYear}
	for i, r := range plan.Why {
		if r.Kind != want[i] {
			t.Errorf("zone %d: %s (%+v), want %s", i, r.Kind, r, want[i])
		}
		checkSentence(t, r.Sentence())
		for _, o := range r.Others {
			checkSentence(t, o.Sentence())
		}
	}
	if r := plan.Why[1]; len(r.Others) != 1 || r.Others[0].Kind != LacksMoney || r.Others[0].Yuan != 60 || !slices.Equal(r.Continues, []int{0}) {
		t.Errorf("zone 1: %+v, want 60 yuan missing in 2022, next to zone 0", r)
	}
	if r := plan.Why[2]; r.Year != 2022 || r.Yuan != 50 {
		t.Errorf("zone 2: %+v, want 50 yuan missing in 2022", r)
	}
	years := slices.Clone(plan.Year)
	years[0] = 0
	if r := Judge(p, years).Why[0]; r.Kind != CouldBeAdded || r.Year != 2022 || r.Adds != 10 {
		t.Errorf("zone 0 left out: %+v", r)
	}
	years = []int{0, 2023, 0, 0, 0, 2022, 2023, 0, 0}
	if r := Judge(p, years).Why[1]; r.Kind != OtherBetter || r.Year != 2022 || !near(r.Adds, 9) {
		t.Errorf("zone 1 late for nothing: %+v", r)
	}
}

// Nothing that Solve leaves could simply be added or moved for the better.
func TestNoPlanLeavesASimpleImprovement(t *testing.T) {
	for k := range 200 {
		p := district(uint64(k), traits{zones: 20, years: 4, tight: 0.5, discount: 0.05, neighbours: true, targets: k%2 == 0, locks: true})
		for i, r := range solve(t, p, Options{Steps: 5000}).Why {
			if r.Kind == CouldBeAdded || r.Kind == OtherBetter {
				t.Errorf("problem %d, zone %d: %s %+v", k, i, r.Kind, r)
			}
		}
	}
}
