package schedule

import (
	"cmp"
	"slices"
)

// Judge says the totals of a given assignment, why each zone is where it is,
// and every hard rule that the assignment breaks. years has the year of each
// zone, 0 = none (missing entries count as 0). For a zone that began before
// the plan its year of beginning counts as none. Judge works out no bound:
// Bound, Gap, ShortfallBound and Proven stay zero. Figures that Check refuses
// count as 0.
func Judge(p Problem, years []int) Plan {
	if len(p.Years) > maxYears {
		p.Years = p.Years[:maxYears]
	}
	return newModel(p).judge(p, years)
}

func (m *model) judge(p Problem, years []int) Plan {
	plan := Plan{Year: make([]int, m.n)}
	copy(plan.Year, years)
	pos := make([]int8, m.n)
	for i, y := range plan.Year {
		if m.before[i] && y == p.Zones[i].Begun {
			plan.Year[i] = 0
		}
		pos[i] = int8(m.positionOf(plan.Year[i]))
	}
	s := m.sum(pos)
	plan.Years = m.totals(pos, s)
	plan.Score, plan.Shortfall = m.score(pos), m.shortfall(s)
	plan.Broken = append(m.overBudgets(pos, s), m.misplaced(p, plan.Year, pos)...)
	plan.Why = m.reasons(p, plan.Year, pos, s)
	return plan
}

func (m *model) totals(pos []int8, s sums) []YearTotals {
	all := make([]YearTotals, m.years)
	for t := range all {
		y := &all[t]
		y.Year, y.Cost = m.calendar[t], float64(s.cost[t])/100
		if m.budget[t] != unlimited {
			y.Budget = float64(m.budget[t]) / 100
		}
		y.Communities, y.FloorAreaM2 = int(s.have[0][t]), float64(s.have[1][t])/100
		y.MissingCommunities = int(max(0, m.target[0][t]-s.have[0][t]))
		y.MissingFloorAreaM2 = float64(max(0, m.target[1][t]-s.have[1][t])) / 100
	}
	for i, t := range pos {
		if t >= 0 {
			all[t].Zones++
			all[t].Households += m.households[i]
		}
	}
	return all
}

// overBudgets names for each year the locked zones when they alone break its
// budget, and the others when they have a part in it.
func (m *model) overBudgets(pos []int8, s sums) []Breach {
	locks := make([][]int, m.years)
	others := make([][]int, m.years)
	cost := make([]int64, m.years)
	for i, t := range pos {
		switch {
		case t < 0 || m.cost[i] == 0:
		case m.held[i] == t:
			locks[t] = append(locks[t], i)
			cost[t] += m.cost[i]
		default:
			others[t] = append(others[t], i)
		}
	}
	var alone, together []Breach
	for t, b := range m.budget {
		if cost[t] > b {
			alone = append(alone, Breach{Kind: LocksOverBudget, Zones: locks[t], Year: m.calendar[t], Yuan: float64(cost[t]-b) / 100})
		}
		if s.cost[t] > b && len(others[t]) > 0 {
			together = append(together, Breach{Kind: OverBudget, Zones: others[t], Year: m.calendar[t], Yuan: float64(s.cost[t]-b) / 100})
		}
	}
	return append(alone, together...)
}

func (m *model) misplaced(p Problem, years []int, pos []int8) []Breach {
	var found []Breach
	for i, z := range p.Zones {
		y := years[i]
		add := func(kind BreachKind, wanted int) {
			found = append(found, Breach{Kind: kind, Zones: []int{i}, Year: y, Wanted: wanted})
		}
		begun := z.Begun != 0 && (z.Begun <= y || z.Begun == z.Locked)
		if y != 0 && !z.readyIn(y) && !begun {
			add(NotReady, z.ReadyFrom)
		}
		switch {
		case z.Locked != 0 && y != z.Locked:
			add(LockMoved, z.Locked)
		case z.Locked == 0 && z.Begun != 0 && y != z.Begun && (y != 0 || !m.before[i]):
			add(BegunMoved, z.Begun)
		}
		if y != 0 && pos[i] == none {
			add(OutsideYears, 0)
		}
	}
	order := []BreachKind{NotReady, LockMoved, BegunMoved, OutsideYears}
	slices.SortStableFunc(found, func(a, b Breach) int {
		return cmp.Or(slices.Index(order, a.Kind)-slices.Index(order, b.Kind), a.Year-b.Year)
	})
	return found
}
