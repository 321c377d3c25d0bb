package formation

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// mustHold fails the test for everything that the answer says and is not so.
func mustHold(t *testing.T, p Problem, a Answer) {
	t.Helper()
	links := refLinks(p)
	in := make([]int, len(p.Units))
	value, proposed := 0.0, 0
	for i, z := range a.Zones {
		if z.Locked {
			want := slices.Clone(p.Locked[i])
			slices.Sort(want)
			if !slices.Equal(z.Units, slices.Compact(want)) {
				t.Fatalf("locked zone %d has units %v, was %v", i, z.Units, p.Locked[i])
			}
			continue
		}
		proposed++
		for _, u := range z.Units {
			in[u]++
		}
		if why := refCheck(p, links, z.Units); why != "" {
			t.Fatalf("zone %v: %s\n%+v", z.Units, why, p)
		}
		if got := refScore(p, links, z.Units); math.Abs(got-z.Score) > 1e-6 {
			t.Fatalf("zone %v: score %v, is %v", z.Units, z.Score, got)
		}
		value += z.Score
		// The certificate ties all units together.
		if len(z.Links) != len(z.Units)-1 {
			t.Fatalf("zone %v: %d links in the certificate", z.Units, len(z.Links))
		}
		tied := newUnion(len(p.Units))
		for _, l := range z.Links {
			a, b := p.Links[l].A, p.Links[l].B
			if !slices.Contains(z.Units, a) || !slices.Contains(z.Units, b) || !tied.join(a, b) {
				t.Fatalf("zone %v: link %d does not tie two parts of it", z.Units, l)
			}
		}
	}
	for u, k := range in {
		if k > 1 {
			t.Fatalf("unit %d is in %d zones", u, k)
		}
	}
	if p.MaxZones > 0 && len(a.Zones) > p.MaxZones {
		t.Fatalf("%d zones, at most %d allowed", len(a.Zones), p.MaxZones)
	}
	if len(a.Zones)+a.ShortOf < p.MinZones {
		t.Fatalf("%d zones and %d missing, at least %d asked for", len(a.Zones), a.ShortOf, p.MinZones)
	}
	if math.Abs(value-a.Value) > 1e-6 {
		t.Fatalf("value %v, zones sum to %v", a.Value, value)
	}
	if a.ShortOf == 0 && a.Bound < a.Value-1e-9 {
		t.Fatalf("bound %v under value %v", a.Bound, a.Value)
	}
	outside := map[int32]bool{}
	for _, r := range a.Outside {
		outside[r.Unit] = true
		if r.Kind == "" {
			t.Fatalf("unit %d is outside without a reason", r.Unit)
		}
	}
	for u := range p.Units {
		locked := slices.ContainsFunc(p.Locked, func(z []int32) bool { return slices.Contains(z, int32(u)) })
		if (in[u] == 0 && !locked) != outside[int32(u)] {
			t.Fatalf("unit %d: in %d zones, locked %v, outside %v", u, in[u], locked, outside[int32(u)])
		}
	}
}

func TestSmallInstancesAreSolvedToOptimality(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	total, optimal, proven, worst := 0, 0, 0, 0.0
	for i := 0; total < 600; i++ {
		n := 1 + rng.IntN(14)
		if i%10 == 0 {
			n = 15 + rng.IntN(11)
		}
		p := small(rng, n)
		a, err := Solve(context.Background(), p, Options{Seed: uint64(i), Steps: 5_000_000, Workers: 1})
		if fatal := new(ContradictionError); errors.As(err, &fatal) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, p, a)
		best, short, ok := refOptimum(p)
		if !ok {
			continue
		}
		total++
		if a.Proven {
			proven++
		}
		switch {
		case a.ShortOf != short:
			t.Errorf("instance %d (%d units): %d zones missing, reference %d", i, n, a.ShortOf, short)
		case a.Value > best+1e-6:
			t.Errorf("instance %d (%d units): value %v over the reference's %v", i, n, a.Value, best)
		case a.ShortOf == 0 && a.Bound < best-1e-6:
			t.Errorf("instance %d (%d units): bound %v under the optimum %v", i, n, a.Bound, best)
		case a.Value >= best-1e-6:
			optimal++
		default:
			off := (best - a.Value) / math.Abs(best)
			worst = max(worst, off)
			t.Logf("instance %d (%d units): %v of %v, proven %v", i, n, a.Value, best, a.Proven)
			if a.Proven {
				t.Errorf("instance %d is called proven and is not optimal", i)
			}
		}
	}
	t.Logf("%d instances: %.1f %% optimal, %.1f %% proven, worst %.2f %% off", total, 100*float64(optimal)/float64(total), 100*float64(proven)/float64(total), 100*worst)
	if float64(optimal) < 0.95*float64(total) || worst > 0.03 {
		t.Errorf("%d of %d optimal, worst %v off", optimal, total, worst)
	}
}

func TestNoHardConstraintIsBrokenInRandomInstances(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 3))
	instances := 10_000
	if testing.Short() {
		instances = 1_000
	}
	zones, fatal := 0, 0
	for i := 0; i-fatal < instances; i++ {
		p := small(rng, 1+rng.IntN(40))
		a, err := Solve(context.Background(), p, Options{Seed: uint64(i), Steps: 60_000, Workers: 1 + i%2})
		if c := new(ContradictionError); errors.As(err, &c) {
			fatal++
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, p, a)
		zones += len(a.Zones)
	}
	t.Logf("%d instances with %d zones, %d more refused for contradictions", instances, zones, fatal)
}

func TestNoHardConstraintIsBrokenInLargerInstances(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	for i := range 30 {
		p := small(rng, 100+rng.IntN(300))
		if i%2 == 0 { // many members a zone
			p.Totals[0].Min, p.Totals[0].Max = 10, 40
			p.Totals[1].Min, p.Totals[1].Max = 2000, 9000
			p.MinZones = 0
		}
		a, err := Solve(context.Background(), p, Options{Seed: uint64(i), Steps: 8_000_000, Workers: 2, Better: func(a Answer) { mustHold(t, p, a) }})
		if refused := new(ContradictionError); errors.As(err, &refused) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, p, a)
	}
}

// The search is worth its effort: it must beat its own first answer clearly.
func TestTheSearchImprovesOnTheFirstAnswer(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var first, last, bound float64
	for i := range 6 {
		p := row(0)
		p.Totals[0].Min, p.Totals[0].Max = 2, 6
		p.Totals[1].Min, p.Totals[1].Max = 500, 1500
		p.Weights = Weights{Strings: 0.1, Compact: 0.1}
		for range 120 {
			p.Units = append(p.Units, Unit{
				Value: 0.2 + rng.Float64(), X: 1200 * rng.Float64(), Y: 1200 * rng.Float64(),
				Totals: []float64{1, 50 + 500*rng.Float64()},
			})
		}
		for a := range p.Units {
			for b := range a {
				if d := math.Hypot(p.Units[a].X-p.Units[b].X, p.Units[a].Y-p.Units[b].Y); d < 150 {
					p.Links = append(p.Links, Link{int32(b), int32(a), d})
				}
			}
		}
		seen := false
		a, err := Solve(context.Background(), p, Options{Seed: uint64(i), Steps: 30_000_000, Better: func(a Answer) {
			if !seen {
				first += a.Value
			}
			seen = true
		}})
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, p, a)
		last += a.Value
		bound += a.Bound
	}
	t.Logf("first %.2f, last %.2f, bound %.2f", first, last, bound)
	if last < 1.04*first || last < 0.99*bound {
		t.Errorf("first answer %v, last %v, bound %v", first, last, bound)
	}
}
