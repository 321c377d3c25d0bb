package schedule

import (
	"math"
	"slices"
	"testing"
	"unicode"
)

type namedProblem struct {
	name string
	p    Problem
	kind ContradictionKind
}

// changed is a copy of p after change.
func changed(p Problem, change func(*Problem)) Problem {
	p.Zones, p.Years = slices.Clone(p.Zones), slices.Clone(p.Years)
	change(&p)
	return p
}

func fatalProblems(good Problem) []namedProblem {
	nan := math.NaN()
	return []namedProblem{
		{"value is no number", changed(good, func(p *Problem) { p.Zones[1].Value = nan }), BadFigure},
		{"value is infinite", changed(good, func(p *Problem) { p.Zones[1].Value = math.Inf(1) }), BadFigure},
		{"cost is no number", changed(good, func(p *Problem) { p.Zones[0].Cost = nan }), BadFigure},
		{"cost below zero", changed(good, func(p *Problem) { p.Zones[0].Cost = -1 }), BadFigure},
		{"area is no number", changed(good, func(p *Problem) { p.Zones[0].FloorAreaM2 = nan }), BadFigure},
		{"communities below zero", changed(good, func(p *Problem) { p.Zones[0].Communities = -2 }), BadFigure},
		{"budget is no number", changed(good, func(p *Problem) { p.Years[0].Budget = nan }), BadFigure},
		{"budget is infinite", changed(good, func(p *Problem) { p.Years[0].Budget = math.Inf(1) }), BadFigure},
		{"target is no number", changed(good, func(p *Problem) { p.Years[0].MinFloorAreaM2 = nan }), BadFigure},
		{"discount is no number", changed(good, func(p *Problem) { p.DiscountRate = nan }), BadFigure},
		{"discount below zero", changed(good, func(p *Problem) { p.DiscountRate = -0.1 }), BadFigure},
		{"weight is no number", changed(good, func(p *Problem) { p.Continuation = nan }), BadFigure},
		{"no years", changed(good, func(p *Problem) { p.Years = nil }), NoYears},
		{"a year twice", changed(good, func(p *Problem) { p.Years[1].Year = p.Years[0].Year }), YearsOutOfOrder},
		{"years backwards", changed(good, func(p *Problem) { slices.Reverse(p.Years) }), YearsOutOfOrder},
		{"year 0", changed(good, func(p *Problem) { p.Years[0].Year = 0 }), YearsOutOfOrder},
		{"sixty-one years", changed(good, func(p *Problem) {
			for len(p.Years) < 61 {
				p.Years = append(p.Years, Year{Year: p.Years[len(p.Years)-1].Year + 1})
			}
		}), TooManyYears},
		{"no such neighbour", changed(good, func(p *Problem) { p.Zones[2].Neighbours = []int{99} }), NeighbourUnknown},
		{"neighbour below zero", changed(good, func(p *Problem) { p.Zones[2].Neighbours = []int{-1} }), NeighbourUnknown},
		{"neighbour of itself", changed(good, func(p *Problem) { p.Zones[2].Neighbours = []int{2} }), NeighbourUnknown},
	}
}

func TestContradictionsAreNamed(t *testing.T) {
	// Four zones of 100 yuan, 2 communities and 50 m², ready from 2023 on.
	good := Problem{Years: []Year{{Year: 2022, Budget: 150}, {Year: 2023, Budget: 250}}}
	for range 4 {
		good.Zones = append(good.Zones, Zone{Value: 1, Cost: 100, Communities: 2, FloorAreaM2: 50, ReadyFrom: 2022})
	}
	if found := Check(good); len(found) > 0 {
		t.Fatalf("nothing is wrong, but: %+v", found)
	}
	cases := append(fatalProblems(good), []namedProblem{
		{"lock outside of the years", changed(good, func(p *Problem) { p.Zones[0].Locked = 2030 }), LockOutsideYears},
		{"locked before ready", changed(good, func(p *Problem) { p.Zones[0].Locked, p.Zones[0].ReadyFrom = 2022, 2023 }), LockNotReady},
		{"locked and never ready", changed(good, func(p *Problem) { p.Zones[0].Locked, p.Zones[0].ReadyFrom = 2022, 0 }), LockNotReady},
		{"locked before it began", changed(good, func(p *Problem) { p.Zones[0].Locked, p.Zones[0].Begun = 2022, 2023 }), LockAgainstBegun},
		{"locked after it began", changed(good, func(p *Problem) { p.Zones[0].Locked, p.Zones[0].Begun = 2023, 2022 }), LockAgainstBegun},
		{"begun after the plan", changed(good, func(p *Problem) { p.Zones[0].Begun = 2027 }), BegunOutsideYears},
		{"locks above the budget", changed(good, func(p *Problem) { p.Zones[0].Locked, p.Zones[1].Locked = 2022, 2022 }), LocksAboveBudget},
		{"begun and locked above the budget", changed(good, func(p *Problem) { p.Zones[0].Locked, p.Zones[1].Begun = 2022, 2022 }), LocksAboveBudget},
		{"more communities than there are", changed(good, func(p *Problem) { p.Years[0].MinCommunities = 9 }), TargetAboveAll},
		{"more area than is ready", changed(good, func(p *Problem) {
			p.Years[0].MinFloorAreaM2 = 151
			p.Zones[3].ReadyFrom = 2023
		}), TargetAboveAll},
		{"more than all in all years together", changed(good, func(p *Problem) { p.Years[0].Budget, p.Years[0].MinCommunities, p.Years[1].MinCommunities = 0, 4, 5 }), TargetsAboveAll},
		{"more than the budget pays", changed(good, func(p *Problem) { p.Years[0].MinCommunities = 4 }), TargetAboveBudget},
	}...)
	for _, c := range cases {
		found := Check(c.p)
		at := slices.IndexFunc(found, func(f Contradiction) bool { return f.Kind == c.kind })
		if at < 0 {
			t.Errorf("%s: found %+v, want %s", c.name, found, c.kind)
			continue
		}
		for _, f := range found {
			checkSentence(t, f.Sentence())
		}
	}
}

func TestALockThatBreaksTheBudgetOnlyIsNoMoreThanNamed(t *testing.T) {
	p := Problem{Years: []Year{{Year: 2022, Budget: 150}}, Zones: []Zone{{Cost: 200, Locked: 2022, Ready: true}, {Value: 5, Cost: 10, Ready: true}, {Value: 5, Ready: true}}}
	found := Check(p)
	if len(found) != 1 || found[0].Kind != LocksAboveBudget || found[0].Fatal || found[0].Wanted != 200 || found[0].Possible != 150 {
		t.Errorf("found %+v", found)
	}
	plan := solve(t, p, Options{})
	if !slices.Equal(plan.Year, []int{2022, 0, 2022}) {
		t.Errorf("years %v: the lock stays, nothing that costs anything joins it", plan.Year)
	}
	if len(plan.Broken) != 1 || plan.Broken[0].Kind != LocksOverBudget || plan.Broken[0].Yuan != 50 || !slices.Equal(plan.Broken[0].Zones, []int{0}) {
		t.Errorf("broken %+v", plan.Broken)
	}
}

// checkSentence wants a whole Chinese sentence with nothing left to fill in.
func checkSentence(t testing.TB, s string) {
	t.Helper()
	r := []rune(s)
	if len(r) == 0 || r[len(r)-1] != '。' || !slices.ContainsFunc(r, func(c rune) bool { return unicode.Is(unicode.Han, c) }) || slices.Contains(r, '%') && !slices.ContainsFunc(r, unicode.IsDigit) {
		t.Errorf("no sentence: %q", s)
	}
}
