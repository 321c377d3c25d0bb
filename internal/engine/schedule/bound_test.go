package schedule

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// smallCore is a random problem with few free zones; every other one has years
// that are alike but for their targets.
func smallCore(k int) *core {
	tr := smallTraits(k)
	tr.zones, tr.years, tr.targets = 2+k%7, 2+k/2%3/2, k%8 == 0 || k%2 == 1
	tr.likeCosts = k%2 == 0
	p := district(uint64(k)+77, tr)
	if k%2 == 0 {
		for i := range p.Zones {
			p.Zones[i].Ready, p.Zones[i].Locked, p.Zones[i].Begun = true, 0, 0
		}
		p.DiscountRate, p.Continuation = 0, p.Continuation*float64(k%4/2)*12
		for t := range p.Years {
			p.Years[t].Budget = p.Years[0].Budget
		}
		if k%16 == 0 {
			p.Years[0].MinCommunities, p.Years[0].MinFloorAreaM2 = 0, 0
		}
	}
	c, _ := newModel(p).core()
	return c
}

// everyPlan calls each with all assignments of a core that its rooms pay for.
func everyPlan(c *core, each func(*state)) {
	s := newState(c)
	var try func(i int)
	try = func(i int) {
		if i == c.n {
			s.refresh()
			each(s)
			return
		}
		try(i + 1)
		for t := range c.years {
			if s.open(i, t) {
				s.set(i, int8(t))
				try(i + 1)
				s.set(i, none)
			}
		}
	}
	try(0)
}

func TestEveryMultiplierGivesABoundAndTakesNoBetterPlanAway(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	never := func() bool { return false }
	for k := range 1500 {
		c := smallCore(k)
		for _, shortfall := range []bool{false, true} {
			b := newBounder(c, shortfall, never)
			b.limit = []float64{0, 0.3, 99}[k%3]
			// A random part of the problem, as a branch would leave it.
			masks := slices.Clone(c.mask)
			for i := range masks {
				if part := masks[i] & rng.Uint64() & rng.Uint64(); rng.IntN(3) == 0 && part != 0 {
					masks[i] = part
				}
			}
			d := c.newDual()
			b.start(d)
			for j := range d.u {
				d.u[j] = rng.Float64() * 60
			}
			for j := range d.pi {
				d.pi[j] = rng.Float64() * c.bonus
			}
			for j := range d.mu {
				d.mu[j] = rng.Float64()
				if !shortfall {
					d.mu[j] *= 300
				}
			}
			type plan struct {
				pos   []int8
				value float64
			}
			var within []plan
			top := math.Inf(-1)
			everyPlan(c, func(s *state) {
				for i, y := range s.pos {
					if place := uint64(noneBit); y >= 0 && masks[i]>>y&1 == 0 || y < 0 && masks[i]&place == 0 {
						return
					}
				}
				if s.short() > b.limit+tiny {
					return
				}
				v := s.score
				if shortfall {
					v = -s.short()
				}
				within = append(within, plan{slices.Clone(s.pos), v})
				top = max(top, v)
			})
			value := b.value(masks, d)
			if value < top-1e-7*math.Abs(top)-1e-9 {
				t.Fatalf("problem %d: bound %v, best %v", k, value, top)
			}
			if len(within) == 0 || math.IsInf(value, -1) {
				continue
			}
			if b.misses(masks) > b.limit+tiny {
				t.Fatalf("problem %d: a plan within the limit %v is said to miss %v", k, b.limit, b.misses(masks))
			}
			cutoff := top - 0.02*rng.Float64()*math.Abs(top) - 1e-5
			left := slices.Clone(masks)
			some := b.fix(left, d, value, cutoff)
			for round := range 2 {
				for _, q := range within {
					if q.value <= cutoff+1e-6*math.Abs(cutoff)+2e-6 {
						continue
					}
					for i, y := range q.pos {
						place := uint64(noneBit)
						if y >= 0 {
							place = 1 << y
						}
						if !some || left[i]&place == 0 {
							t.Fatalf("problem %d, round %d: place %d of zone %d taken away from a plan of %v with cutoff %v", k, round, y, i, q.value, cutoff)
						}
					}
				}
				bound := b.improve(left, d, cutoff, 30, nil)
				if some = !math.IsInf(bound, -1); bound < top-1e-7*math.Abs(top)-1e-7 && cutoff < top-1e-6*math.Abs(top)-2e-6 {
					t.Fatalf("problem %d, round %d: improved to %v, best %v, cutoff %v", k, round, bound, top, cutoff)
				}
			}
		}
	}
}

// The tree by itself, from the worst plan there is and without repairs to hide
// what it cuts wrongly.
func TestTheTreeFindsTheBestPlanByItself(t *testing.T) {
	for k := range 1500 {
		c := smallCore(k)
		want := worth{math.Inf(1), 0}
		everyPlan(c, func(s *state) {
			if s.worth().over(want) {
				want = s.worth()
			}
		})
		s := newState(c)
		found := &best{slices.Clone(s.pos), s.worth()}
		for _, shortfall := range []bool{true, false} {
			tr := newTree(c, found, shortfall, c.byRatio(), 1<<40, func() bool { return false })
			if !shortfall {
				// Bounded by the least shortfall, from a plan without a score.
				tr.b.limit = want.short
				found.score = math.Inf(-1)
			}
			tr.plain = true
			masks, d := slices.Clone(c.mask), c.newDual()
			tr.b.start(d)
			if left := tr.search(masks, d, math.Inf(1), 0); !math.IsInf(left, -1) {
				t.Fatalf("problem %d: left %v", k, left)
			}
		}
		if math.Abs(found.short-want.short) > 1e-6 || !near(found.score, want.score) {
			t.Errorf("problem %d: found %+v, best %+v", k, found.worth, want)
		}
	}
}

func TestOnlyExchangeableYearsAreBranchedOnOnce(t *testing.T) {
	p := Problem{Years: []Year{{Year: 2022, Budget: 10}, {Year: 2023, Budget: 10}, {Year: 2024, Budget: 10}}}
	for range 4 {
		p.Zones = append(p.Zones, Zone{Value: 3, Cost: 4, Communities: 1, Ready: true})
	}
	twins := func(change func(*Problem)) []int {
		c, _ := newModel(changed(p, change)).core()
		return c.twins()
	}
	all, neverAlike := []int{0, 0, 0}, []int{0, 1, 2}
	cases := map[string]struct {
		change func(*Problem)
		want   []int
	}{
		"all the same":        {func(*Problem) {}, all},
		"a discount":          {func(p *Problem) { p.DiscountRate = 0.1 }, neverAlike},
		"another budget":      {func(p *Problem) { p.Years[1].Budget = 9 }, []int{0, 1, 0}},
		"a target":            {func(p *Problem) { p.Years[0].MinCommunities = 1 }, []int{0, 1, 1}},
		"ready later":         {func(p *Problem) { p.Zones[2].Ready, p.Zones[2].ReadyFrom = false, 2023 }, []int{0, 1, 1}},
		"neighbours":          {func(p *Problem) { p.Continuation, p.Zones[0].Neighbours = 1, []int{1} }, neverAlike},
		"next to one of 2021": {func(p *Problem) { p.Continuation, p.Zones[0].Begun, p.Zones[0].Neighbours = 1, 2021, []int{1} }, []int{0, 1, 1}},
	}
	for name, c := range cases {
		if got := twins(c.change); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	c, _ := newModel(p).core()
	tr := newTree(c, &best{pos: make([]int8, c.n)}, false, nil, 0, nil)
	masks := slices.Clone(c.mask)
	if skip := tr.repeats(masks, 3); skip != 0b110 {
		t.Errorf("nothing fixed: skips %b", skip)
	}
	masks[0] = 0b001
	if skip := tr.repeats(masks, 3); skip != 0b100 {
		t.Errorf("the first year in use: skips %b", skip)
	}
	masks[1] = 0b010
	if skip := tr.repeats(masks, 3); skip != 0 {
		t.Errorf("two years in use: skips %b", skip)
	}
}
