package schedule

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxFigure bounds costs, budgets (yuan), areas (m²), values and weights;
// maxTotal the fen of all zones together; maxYears the years of a plan.
const (
	maxFigure = 1e13
	maxTotal  = 4e18
	maxYears  = 60
)

// ContradictionKind says what can't be, or can't all be.
type ContradictionKind string

// The kinds of contradiction. The first five make a problem that can't be
// worked on; with the others Solve works, and lists what stays broken or short.
const (
	BadFigure         ContradictionKind = "bad_figure"          // not a number, negative or absurdly large
	NoYears           ContradictionKind = "no_years"            // zones but no year to put them into
	TooManyYears      ContradictionKind = "too_many_years"      // more than 60
	YearsOutOfOrder   ContradictionKind = "years_out_of_order"  // not ascending, or one twice
	NeighbourUnknown  ContradictionKind = "neighbour_unknown"   // no such zone, or the zone itself
	LockOutsideYears  ContradictionKind = "lock_outside_years"  // locked to a year that the plan has not
	LockNotReady      ContradictionKind = "lock_not_ready"      // locked to a year before it is ready
	LockAgainstBegun  ContradictionKind = "lock_against_begun"  // locked to another year of the plan than it began in
	BegunOutsideYears ContradictionKind = "begun_outside_years" // began in or after the plan, in a year that the plan has not
	LocksAboveBudget  ContradictionKind = "locks_above_budget"  // locked zones cost more than the year has
	TargetAboveAll    ContradictionKind = "target_above_all"    // more wanted than all zones have that can be in the year
	TargetsAboveAll   ContradictionKind = "targets_above_all"   // the years together want more than all zones have
	TargetAboveBudget ContradictionKind = "target_above_budget" // more wanted than the year's budget can pay
)

// Contradiction is something in a problem that can't be, or can't all be.
type Contradiction struct {
	Kind ContradictionKind
	// Fatal: Solve refuses the problem.
	Fatal bool
	// Zone it is about; −1 = none.
	Zone int
	// Year it is about; 0 = none.
	Year int
	// Field of the zone, year or problem that holds the figure or target.
	Field string
	// Wanted and at most Possible: yuan, communities or m².
	Wanted, Possible float64
}

// Sentence says the contradiction in Chinese. The zone is named by the caller.
func (c Contradiction) Sentence() string {
	switch c.Kind {
	case BadFigure:
		return fmt.Sprintf("数值无效：%s。", c.Field)
	case NoYears:
		return "没有给出计划年份。"
	case TooManyYears:
		return fmt.Sprintf("计划年份过多，最多%d年。", maxYears)
	case YearsOutOfOrder:
		return fmt.Sprintf("计划年份须按先后排列且不重复：%d年。", c.Year)
	case NeighbourUnknown:
		return "相邻片区不存在，或为该片区自身。"
	case LockOutsideYears:
		return fmt.Sprintf("片区锁定在%d年，不在计划年份之内。", c.Year)
	case LockNotReady:
		return fmt.Sprintf("片区锁定在%d年，但该年同意率尚未过半。", c.Year)
	case LockAgainstBegun:
		return fmt.Sprintf("片区锁定在%d年，与开工年份%.0f年不符。", c.Year, c.Wanted)
	case BegunOutsideYears:
		return fmt.Sprintf("片区开工年份%d年不在计划年份之内。", c.Year)
	case LocksAboveBudget:
		return fmt.Sprintf("%d年锁定片区需%s，预算只有%s。", c.Year, yuan(c.Wanted), yuan(c.Possible))
	case TargetAboveAll:
		return fmt.Sprintf("%d年目标%s，可安排在该年的片区总共只有%s。", c.Year, amount(c.Field, c.Wanted), amount(c.Field, c.Possible))
	case TargetsAboveAll:
		return fmt.Sprintf("各年目标合计%s，全部片区总共只有%s。", amount(c.Field, c.Wanted), amount(c.Field, c.Possible))
	case TargetAboveBudget:
		return fmt.Sprintf("%d年目标%s，该年预算最多够%s。", c.Year, amount(c.Field, c.Wanted), amount(c.Field, c.Possible))
	}
	return ""
}

func amount(field string, v float64) string {
	if field == fieldCommunities {
		return fmt.Sprintf("%.0f个小区", v)
	}
	return fmt.Sprintf("%.2f万平方米", v/10_000)
}

// The names of the two targets.
const (
	fieldCommunities = "MinCommunities"
	fieldFloorArea   = "MinFloorAreaM2"
)

var targetFields = [2]string{fieldCommunities, fieldFloorArea}

// unit of the integers of a target.
var targetUnits = [2]float64{1, 100}

// ProblemError refuses a problem; it holds all that Check found.
type ProblemError struct{ Contradictions []Contradiction }

func (e *ProblemError) Error() string {
	var said []string
	for _, c := range e.Contradictions {
		if c.Fatal {
			said = append(said, c.Sentence())
		}
	}
	return strings.Join(said, "")
}

// Check names what in a problem can't be, or can't all be, before any work
// starts. It never changes what Solve does.
func Check(p Problem) []Contradiction {
	found := checkFigures(p)
	if slices.ContainsFunc(found, func(c Contradiction) bool { return c.Fatal }) {
		return found
	}
	m := newModel(p)
	return append(append(found, m.checkHeld(p)...), m.checkTargets()...)
}

func checkFigures(p Problem) []Contradiction {
	var found []Contradiction
	fatal := func(kind ContradictionKind, zone, year int, field string) {
		found = append(found, Contradiction{Kind: kind, Fatal: true, Zone: zone, Year: year, Field: field})
	}
	figures := func(zone, year int, names []string, values ...float64) {
		for k, v := range values {
			if !(v >= 0 && v <= maxFigure) {
				fatal(BadFigure, zone, year, names[k])
			}
		}
	}
	figures(-1, 0, []string{"DiscountRate", "Continuation"}, p.DiscountRate, p.Continuation)
	if len(p.Years) == 0 && len(p.Zones) > 0 {
		fatal(NoYears, -1, 0, "")
	}
	if len(p.Years) > maxYears {
		fatal(TooManyYears, -1, 0, "")
	}
	for t, y := range p.Years {
		if y.Year <= 0 || t > 0 && y.Year <= p.Years[t-1].Year {
			fatal(YearsOutOfOrder, -1, y.Year, "")
		}
		// A negative budget is none; only what is no number is refused.
		figures(-1, y.Year, []string{"Budget", fieldCommunities, fieldFloorArea}, max(y.Budget, 0), float64(y.MinCommunities), y.MinFloorAreaM2)
	}
	total, area := 0.0, 0.0
	for i, z := range p.Zones {
		figures(i, 0, []string{"Value", "Cost", "Communities", "FloorAreaM2", "Households", "ReadyFrom", "Locked", "Begun"},
			z.Value, z.Cost, float64(z.Communities), z.FloorAreaM2, float64(z.Households), float64(z.ReadyFrom), float64(z.Locked), float64(z.Begun))
		for _, j := range z.Neighbours {
			if j < 0 || j >= len(p.Zones) || j == i {
				fatal(NeighbourUnknown, i, 0, "Neighbours")
			}
		}
		total, area = total+z.Cost*100, area+z.FloorAreaM2*100
	}
	if total > maxTotal {
		fatal(BadFigure, -1, 0, "Cost")
	}
	if area > maxTotal {
		fatal(BadFigure, -1, 0, "FloorAreaM2")
	}
	return found
}

// checkHeld looks at what locks and beginnings ask for.
func (m *model) checkHeld(p Problem) []Contradiction {
	var found []Contradiction
	locked := make([]int64, m.years)
	for i, z := range p.Zones {
		if m.held[i] >= 0 {
			locked[m.held[i]] += m.cost[i]
		}
		if z.Locked == 0 {
			if z.Begun != 0 && m.held[i] == none && !m.before[i] {
				found = append(found, Contradiction{Kind: BegunOutsideYears, Zone: i, Year: z.Begun})
			}
			continue
		}
		switch {
		case m.held[i] == none:
			found = append(found, Contradiction{Kind: LockOutsideYears, Zone: i, Year: z.Locked})
		case z.lockedUnready():
			found = append(found, Contradiction{Kind: LockNotReady, Zone: i, Year: z.Locked})
		}
		if z.Begun != 0 && z.Begun != z.Locked && (z.Begun > z.Locked || m.positionOf(z.Begun) >= 0) {
			found = append(found, Contradiction{Kind: LockAgainstBegun, Zone: i, Year: z.Locked, Wanted: float64(z.Begun)})
		}
	}
	for t, cost := range locked {
		if cost > m.budget[t] {
			found = append(found, Contradiction{Kind: LocksAboveBudget, Zone: -1, Year: m.calendar[t], Wanted: float64(cost) / 100, Possible: float64(m.budget[t]) / 100})
		}
	}
	return found
}

// lockedUnready: work that has begun needs no consent any more.
func (z *Zone) lockedUnready() bool {
	return !z.readyIn(z.Locked) && (z.Begun == 0 || z.Begun > z.Locked)
}

func (m *model) checkTargets() []Contradiction {
	var found []Contradiction
	pos, room := m.start()
	held := m.sum(pos)
	for k := range 2 {
		unit := targetUnits[k]
		wanted, all := int64(0), int64(0)
		for t, want := range m.target[k] {
			wanted += want
			possible := m.most(k, t, unlimited, m.freeMask)
			if held.have[k][t]+possible < want {
				found = append(found, Contradiction{Kind: TargetAboveAll, Zone: -1, Year: m.calendar[t], Field: targetFields[k], Wanted: float64(want) / unit, Possible: float64(held.have[k][t]+possible) / unit})
			} else if possible = m.most(k, t, room[t], m.freeMask); held.have[k][t]+possible < want {
				found = append(found, Contradiction{Kind: TargetAboveBudget, Zone: -1, Year: m.calendar[t], Field: targetFields[k], Wanted: float64(want) / unit, Possible: float64(held.have[k][t]+possible) / unit})
			}
		}
		for i := range m.n {
			if m.mask(i) != 0 {
				all += m.amount[k][i]
			}
		}
		if wanted > all {
			found = append(found, Contradiction{Kind: TargetsAboveAll, Zone: -1, Field: targetFields[k], Wanted: float64(wanted) / unit, Possible: float64(all) / unit})
		}
	}
	return found
}

func (m *model) freeMask(i int) uint64 {
	if m.held[i] != free {
		return 0
	}
	return m.allowed[i]
}

// most is an upper bound of target amount k that zones allowed by mask can
// bring into year t for room fen: the fractional knapsack, rounded down.
func (m *model) most(k, t int, room int64, mask func(int) uint64) int64 {
	var zones []int
	total := int64(0)
	cost := int64(0)
	for i := range m.n {
		if mask(i)>>t&1 == 1 && m.amount[k][i] > 0 && m.cost[i] <= room {
			zones = append(zones, i)
			total += m.amount[k][i]
			cost += m.cost[i]
		}
	}
	if cost <= room {
		return total
	}
	ratio := func(i int) float64 { return float64(m.cost[i]) / float64(m.amount[k][i]) }
	slices.SortFunc(zones, func(a, b int) int { return cmp.Or(cmp.Compare(ratio(a), ratio(b)), a-b) })
	total = 0
	for _, i := range zones {
		if m.cost[i] > room {
			return total + int64(math.Floor(float64(m.amount[k][i])*float64(room)/float64(m.cost[i])*(1+1e-12)))
		}
		room -= m.cost[i]
		total += m.amount[k][i]
	}
	return total
}
