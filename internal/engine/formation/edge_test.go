package formation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// row is n units of worth 1 in a line, 100 m apart, each of 100 households.
func row(n int) Problem {
	p := Problem{Totals: []TotalRule{{Name: "communities"}, {Name: "households"}}}
	for i := range n {
		p.Units = append(p.Units, Unit{Value: 1, X: 100 * float64(i), Totals: []float64{1, 100}})
		if i > 0 {
			p.Links = append(p.Links, Link{int32(i - 1), int32(i), 100})
		}
	}
	return p
}

func solve(t *testing.T, p Problem) Answer {
	t.Helper()
	a, err := Solve(context.Background(), p, Options{Steps: 3_000_000})
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, p, a)
	return a
}

func TestUnusualInputsAreAnswered(t *testing.T) {
	heap := row(6) // all at one place
	for i := range heap.Units {
		heap.Units[i].X = 0
	}
	for i := range heap.Links {
		heap.Links[i].LengthM = 0
	}
	heap.Weights = Weights{Strings: 0.1, Compact: 0.5}
	worthless := row(6)
	free := row(6)
	for i := range worthless.Units {
		worthless.Units[i].Value = 0
		free.Units[i].Totals = []float64{0, 0}
	}
	free.Weights = Weights{Budget: 0.2, BudgetTotal: 1, Balance: 0.3, BalanceTotal: 1}
	alone := row(3)
	alone.Links = nil
	alone.Totals[0].Min = 2
	twice := row(4)
	twice.Links = append(twice.Links, twice.Links...)
	twice.Links = append(twice.Links, Link{1, 1, 5})
	for name, c := range map[string]struct {
		p     Problem
		value float64
	}{
		"nothing at all":              {Problem{}, 0},
		"no units but rules":          {Problem{Totals: []TotalRule{{Min: 2}}, Weights: Weights{Strings: 1}}, 0},
		"all at the same place":       {heap, 6},
		"values of zero":              {worthless, 0},
		"totals of zero":              {free, 6},
		"units without links":         {alone, 0},
		"parallel links and a loop":   {twice, 4},
		"a single unit without rules": {Problem{Units: []Unit{{Value: 2}}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if a := solve(t, c.p); math.Abs(a.Value-c.value) > 1e-9 || !a.Proven {
				t.Errorf("value %v (proven %v), want %v", a.Value, a.Proven, c.value)
			}
		})
	}
}

func TestFiguresThatAreNoneAreRefused(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, spoil := range map[string]func(*Problem){
		"value NaN":                           func(p *Problem) { p.Units[1].Value = nan },
		"value infinite":                      func(p *Problem) { p.Units[1].Value = inf },
		"value negative":                      func(p *Problem) { p.Units[1].Value = -1 },
		"place NaN":                           func(p *Problem) { p.Units[1].X = nan },
		"place infinite":                      func(p *Problem) { p.Units[1].Y = -inf },
		"total NaN":                           func(p *Problem) { p.Units[1].Totals[0] = nan },
		"total negative":                      func(p *Problem) { p.Units[1].Totals[0] = -2 },
		"total missing":                       func(p *Problem) { p.Units[1].Totals = nil },
		"link to nowhere":                     func(p *Problem) { p.Links[0].B = 9 },
		"link from below":                     func(p *Problem) { p.Links[0].A = -1 },
		"length NaN":                          func(p *Problem) { p.Links[0].LengthM = nan },
		"minimum infinite":                    func(p *Problem) { p.Totals[0].Min = inf },
		"maximum NaN":                         func(p *Problem) { p.Totals[0].Max = nan },
		"diameter NaN":                        func(p *Problem) { p.MaxDiameterM = nan },
		"together with nobody":                func(p *Problem) { p.Together = [][2]int32{{0, 7}} },
		"apart from nobody":                   func(p *Problem) { p.Apart = [][2]int32{{-3, 0}} },
		"locked nobody":                       func(p *Problem) { p.Locked = [][]int32{{12}} },
		"zones below none":                    func(p *Problem) { p.MinZones = -1 },
		"weight NaN":                          func(p *Problem) { p.Weights.Compact = nan },
		"weight of a total that is not there": func(p *Problem) { p.Weights.Budget, p.Weights.BudgetTotal = 1, 5 },
	} {
		t.Run(name, func(t *testing.T) {
			p := row(4)
			spoil(&p)
			_, err := Solve(context.Background(), p, Options{})
			var input *InputError
			if !errors.As(err, &input) || !errors.Is(err, ErrInput) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestContradictionsAreNamedBeforeWork(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Problem)
		kind  ContradictionKind
		fatal bool
		units []int32
		want  [2]float64 // figure, limit
	}{
		"minimum over maximum":   {func(p *Problem) { p.Totals[1].Min, p.Totals[1].Max = 500, 300 }, MinOverMax, true, nil, [2]float64{500, 300}},
		"unit alone too large":   {func(p *Problem) { p.Totals[1].Max = 250; p.Units[2].Totals[1] = 400 }, UnitOverMax, false, []int32{2}, [2]float64{400, 250}},
		"nothing reaches":        {func(p *Problem) { p.Totals[1].Min = 900 }, NothingReachesMin, false, nil, [2]float64{600, 900}},
		"locked over":            {func(p *Problem) { p.Totals[0].Max = 2; p.Locked = [][]int32{{0, 1, 2}} }, LockedOverMax, false, []int32{0, 1, 2}, [2]float64{3, 2}},
		"locked under":           {func(p *Problem) { p.Totals[0].Min = 2; p.Locked = [][]int32{{3}} }, LockedUnderMin, false, []int32{3}, [2]float64{1, 2}},
		"locked in two parts":    {func(p *Problem) { p.Locked = [][]int32{{0, 1, 3}} }, LockedNotContiguous, false, []int32{3}, [2]float64{2, 1}},
		"locked twice":           {func(p *Problem) { p.Locked = [][]int32{{0, 1}, {1, 2}} }, LockedSharesUnit, false, []int32{1}, [2]float64{1, 0}},
		"locked across":          {func(p *Problem) { p.KeepWithin = true; p.Units[1].Within = 4; p.Locked = [][]int32{{0, 1}} }, LockedNotWithin, false, []int32{1}, [2]float64{1, 0}},
		"locked apart":           {func(p *Problem) { p.Apart = [][2]int32{{0, 1}}; p.Locked = [][]int32{{0, 1}} }, LockedApart, false, []int32{0, 1}, [2]float64{1, 0}},
		"locked too wide":        {func(p *Problem) { p.MaxDiameterM = 150; p.Locked = [][]int32{{0, 1, 2}} }, LockedOverDiameter, false, []int32{0, 1, 2}, [2]float64{200, 150}},
		"locked and empty":       {func(p *Problem) { p.Locked = [][]int32{{}} }, LockedEmpty, false, nil, [2]float64{0, 1}},
		"together across":        {func(p *Problem) { p.Links = p.Links[1:]; p.Together = [][2]int32{{0, 3}} }, TogetherNotConnected, true, []int32{0, 3}, [2]float64{2, 1}},
		"together and apart":     {func(p *Problem) { p.Together, p.Apart = [][2]int32{{0, 1}, {1, 2}}, [][2]int32{{0, 2}} }, TogetherAlsoApart, true, []int32{0, 2}, [2]float64{1, 0}},
		"together in two places": {func(p *Problem) { p.KeepWithin = true; p.Units[1].Within = 4; p.Together = [][2]int32{{0, 1}} }, TogetherNotWithin, true, []int32{0, 1}, [2]float64{4, 0}},
		"together too much":      {func(p *Problem) { p.Totals[1].Max = 150; p.Together = [][2]int32{{0, 1}} }, TogetherOverMax, true, []int32{0, 1}, [2]float64{200, 150}},
		"together with a locked": {func(p *Problem) { p.Locked = [][]int32{{0}}; p.Together = [][2]int32{{0, 1}} }, TogetherLocked, false, []int32{0, 1}, [2]float64{1, 0}},
		"zones":                  {func(p *Problem) { p.MinZones, p.MaxZones = 3, 2 }, ZonesMinOverMax, true, nil, [2]float64{3, 2}},
		"too many zones":         {func(p *Problem) { p.Totals[1].Min = 250; p.MinZones = 3 }, ZonesTooMany, true, nil, [2]float64{3, 2}},
		"more locked than zones": {func(p *Problem) { p.Locked = [][]int32{{0}, {1}}; p.MaxZones = 1 }, ZonesLockedOver, true, nil, [2]float64{2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			p := row(6)
			c.spoil(&p)
			list := Check(p)
			i := slices.IndexFunc(list, func(x Contradiction) bool { return x.Kind == c.kind })
			if i < 0 {
				t.Fatalf("not named: %+v", list)
			}
			got := list[i]
			if got.Fatal != c.fatal || !slices.Equal(got.Units, c.units) || got.Figure != c.want[0] || got.Limit != c.want[1] {
				t.Errorf("%+v", got)
			}
			a, err := Solve(context.Background(), p, Options{Steps: 100_000})
			var refused *ContradictionError
			if errors.As(err, &refused) != c.fatal {
				t.Fatalf("Solve: %v", err)
			}
			if err == nil {
				mustHold(t, p, a)
			}
		})
	}
}

func TestLockedZonesStayAsTheyAreAndSayWhatTheyBreak(t *testing.T) {
	p := row(8)
	p.Totals[0].Max = 2
	p.Locked = [][]int32{{3, 2, 1}}
	a := solve(t, p)
	if z := a.Zones[0]; !z.Locked || !slices.Equal(z.Units, []int32{1, 2, 3}) || len(z.Broken) != 1 || z.Broken[0].Kind != LockedOverMax {
		t.Errorf("%+v", z)
	}
	if a.Value != 5 {
		t.Errorf("value %v: the other five can be placed", a.Value)
	}
}

func TestTheAnswerDependsOnSeedAndStepsOnly(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 12 {
		p := small(rng, 150)
		if slices.ContainsFunc(Check(p), func(c Contradiction) bool { return c.Fatal }) {
			continue
		}
		var first Answer
		for i, workers := range []int{1, 3, 2, 1} {
			a, err := Solve(context.Background(), p, Options{Seed: 9, Steps: 20_000_000, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = a
			} else if !reflect.DeepEqual(first, a) {
				t.Fatalf("%d workers: value %v in %d steps, one worker %v in %d", workers, a.Value, a.Steps, first.Value, first.Steps)
			}
		}
	}
}

// fuse is a context that ends when it has been asked a number of times.
type fuse struct {
	context.Context
	left atomic.Int64
}

func (f *fuse) Err() error {
	if f.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestCancellingAtAnyTimeLeavesAValidAnswer(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 4))
	for range 60 {
		p := small(rng, 20+rng.IntN(120))
		ctx := &fuse{Context: context.Background()}
		ctx.left.Store(int64(math.Exp(9*rng.Float64())) - 1)
		best := math.Inf(-1)
		a, err := Solve(ctx, p, Options{Steps: 10_000_000, Workers: 2, Better: func(a Answer) {
			mustHold(t, p, a)
			if a.ShortOf == 0 && a.Value < best-1e-9 {
				t.Errorf("%v after %v", a.Value, best)
			}
			if a.ShortOf == 0 {
				best = a.Value
			}
		}})
		if refused := new(ContradictionError); errors.As(err, &refused) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, p, a)
		if a.ShortOf == 0 && a.Value < best-1e-9 {
			t.Errorf("ended with %v after %v", a.Value, best)
		}
	}
}

func TestEveryUnitIsExplained(t *testing.T) {
	p := row(9)
	p.Totals[0].Min, p.Totals[0].Max = 2, 3
	p.Units[8].Totals[1] = 5000 // alone over the maximum
	p.Totals[1].Max = 900
	p.Links = p.Links[:4] // 0–4 in a row, 5, 6, 7, 8 without links
	p.Units[4].Value = 0.1
	p.Apart = [][2]int32{{3, 4}}
	a := solve(t, p)
	list := Explain(p, a)
	if len(list) != len(p.Units) {
		t.Fatalf("%d explanations", len(list))
	}
	kinds := map[int32]ReasonKind{4: KeptApart, 5: NoLink, 8: AloneOver}
	for _, e := range list {
		if e.Zone >= 0 {
			if !slices.Contains(a.Zones[e.Zone].Units, e.Unit) || e.Reason != nil || len(e.Links) == 0 {
				t.Errorf("%+v", e)
			}
			continue
		}
		if e.Reason == nil {
			t.Fatalf("unit %d: no reason", e.Unit)
		}
		if want, ok := kinds[e.Unit]; ok && e.Reason.Kind != want {
			t.Errorf("unit %d: %+v, want %s", e.Unit, *e.Reason, want)
		}
	}
	if e := list[0]; e.NeededFor != 0 {
		t.Errorf("the zone of two needs both: %+v", e)
	}
}

func TestAFullZoneGivesTheFigureThatWouldBreak(t *testing.T) {
	p := row(3)
	p.Totals[0].Min = 2
	p.Totals[1].Max = 250
	p.Units[2].Value = 0.5
	a := solve(t, p)
	if len(a.Outside) != 1 {
		t.Fatalf("outside: %+v", a.Outside)
	}
	if r := a.Outside[0]; r.Unit != 2 || r.Kind != BreaksMax || r.Total != 1 || r.Value != 300 || r.Limit != 250 || r.Zone != 0 {
		t.Errorf("%+v", r)
	}
}

func TestAWorkerThatPanicsDoesSoWhereItIsWaitedFor(t *testing.T) {
	idle := func() *worker { return &worker{solve: &solver{sc: &scratch{}}} }
	r := &run{workers: []*worker{idle(), idle()}}
	defer func() {
		if broken := recover(); !strings.Contains(fmt.Sprint(broken), "a nil patch") {
			t.Errorf("caught %v", broken)
		}
	}()
	r.each(4, func(*worker, int) { panic("a nil patch") })
	t.Error("nothing panicked")
}
