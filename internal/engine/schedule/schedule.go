// Package schedule puts renovation zones into years under annual budgets and
// targets, and says how far from the best possible plan the answer can be at
// most. It takes numbers and gives numbers; it knows no database, no HTTP, no
// files, and draws no random number that the caller's seed does not decide.
//
// What is wanted, in this order:
//
//  1. locked zones stay in their years, whatever they break (it is listed);
//  2. no other zone is in a year before it is ready, and none makes a year
//     cost more than its budget;
//  3. the targets of the years are missed by as little as possible: Shortfall,
//     the sum over all targets of the missing share (0.25 = a quarter of one
//     target is missing);
//  4. among such plans the score is largest: the sum over the zones in a year
//     of Value / (1+DiscountRate)^(year − first year), plus Continuation for
//     every pair of neighbours that are in the same year or in two years that
//     follow each other in the list of years.
//
// A zone that began before the first year is no longer to be scheduled; it
// always counts as standing just before the first year of the plan, so that its
// neighbours continue it when they are put into the first year.
package schedule

import "fmt"

// Problem is what is to be scheduled.
type Problem struct {
	Zones []Zone
	// Years in ascending order, each once. They need not be consecutive.
	Years []Year
	// DiscountRate per year, at least 0: 0.08 makes a value one year later
	// worth 1/1.08. With 0 all years are worth the same and only ties go to
	// the earlier year.
	DiscountRate float64
	// Continuation is what a pair of neighbours in the same or in adjoining
	// years adds to the score, in units of Zone.Value, at least 0.
	Continuation float64
}

// Zone is a renovation zone.
type Zone struct {
	// Value of renovating it in the first year, at least 0: need × readiness.
	Value float64
	// Cost in yuan, counted in whole fen.
	Cost        float64
	Communities int
	// FloorAreaM2 is counted to 0.01 m².
	FloorAreaM2 float64
	Households  int
	// Ready: consent above half, so that any year will do. A zone that is not
	// ready can't be put into a year before ReadyFrom; with ReadyFrom 0 into
	// none at all.
	Ready     bool
	ReadyFrom int
	// Locked is the year that a person put the zone into; 0 = free.
	Locked int
	// Begun is the year in which work began; 0 = not begun. Within the plan it
	// holds the zone as Locked would.
	Begun int
	// Neighbours are indexes into Problem.Zones. Naming a pair from one side is
	// enough; naming it twice does not count twice.
	Neighbours []int
}

// Year is a year of the plan with what may be spent and what should be reached.
type Year struct {
	Year int
	// Budget in yuan; 0 or less = none given, so that the year is unlimited.
	Budget float64
	// Targets; 0 = none. They give way to budgets and locks, never silently.
	MinCommunities int
	MinFloorAreaM2 float64
}

// Options of Solve.
type Options struct {
	// Seed of the search: the same problem, seed and steps give the same plan.
	Seed uint64
	// Steps is the effort: moves of the local search, and in proportion to it
	// the work on the bound. 0 = DefaultSteps.
	Steps int
	// Better, when given, is called with the first plan and with better ones as
	// they are found, each better than the one before, from Solve's goroutine.
	// Their bounds are those known so far.
	Better func(Plan)
}

// DefaultSteps takes under two seconds for 300 zones and 5 years on one core.
const DefaultSteps = 3_000_000

// Plan is an assignment of zones to years with its reasons and proofs.
type Plan struct {
	// Year of each zone; 0 = none.
	Year  []int
	Why   []Reason
	Years []YearTotals
	// Score of the plan, and a proven upper bound for the score of every plan
	// that keeps the hard rules and misses its targets by no more than this one.
	Score, Bound float64
	// Gap is (Bound − Score) / Bound: 0.02 = at most 2 % below the best.
	Gap float64
	// Shortfall of this plan, and a proven lower bound for that of every plan.
	Shortfall, ShortfallBound float64
	// Proven: no plan misses its targets by less (to within a millionth of one
	// target), and none that misses them by no more has a larger score (to
	// within one part in 10⁹).
	Proven bool
	// Broken lists every hard rule that does not hold, by kind, year and zone.
	// In a plan of Solve only locks can be the cause.
	Broken []Breach
}

// YearTotals are the totals of one year of a plan.
type YearTotals struct {
	Year        int
	Zones       int
	Cost        float64 // yuan
	Budget      float64 // yuan; 0 = none given
	Communities int
	FloorAreaM2 float64
	Households  int
	// What is missing to the targets; 0 = reached or none given.
	MissingCommunities int
	MissingFloorAreaM2 float64
}

// BreachKind says which hard rule is broken.
type BreachKind string

// The kinds of breach.
const (
	// LocksOverBudget: the locked zones of a year alone cost more than it has.
	LocksOverBudget BreachKind = "locks_over_budget"
	// OverBudget: the year costs more than it has, and zones that are not
	// locked are among the cause.
	OverBudget BreachKind = "over_budget"
	// NotReady: the zone is in a year before its consent is above half.
	NotReady BreachKind = "not_ready"
	// LockMoved: the zone is not in the year that it is locked to.
	LockMoved BreachKind = "lock_moved"
	// BegunMoved: the zone is not in the year in which it began.
	BegunMoved BreachKind = "begun_moved"
	// OutsideYears: the year of the zone is none of the plan's.
	OutsideYears BreachKind = "outside_years"
)

// Breach is a hard rule that does not hold.
type Breach struct {
	Kind BreachKind
	// Zones that break it: for LocksOverBudget the locked ones of the year, for
	// OverBudget the others of the year, otherwise the one zone.
	Zones []int
	// Year that the zones are in; 0 = none.
	Year int
	// Yuan over the budget; 0 where no budget is concerned.
	Yuan float64
	// Wanted is the year that the rule asks for: of the lock, of the beginning,
	// or the first year of readiness (0 = none known).
	Wanted int
}

// Sentence says the breach in Chinese. Zones are named by the caller.
func (b Breach) Sentence() string {
	switch b.Kind {
	case LocksOverBudget:
		return fmt.Sprintf("%d年仅锁定片区的费用就超出预算%s。", b.Year, yuan(b.Yuan))
	case OverBudget:
		return fmt.Sprintf("%d年超出预算%s。", b.Year, yuan(b.Yuan))
	case NotReady:
		if b.Wanted == 0 {
			return fmt.Sprintf("安排在%d年，但同意率尚未过半，未给出可实施年份。", b.Year)
		}
		return fmt.Sprintf("安排在%d年，但最早%d年才具备条件。", b.Year, b.Wanted)
	case LockMoved:
		return fmt.Sprintf("该片区锁定在%d年，现%s。", b.Wanted, placed(b.Year))
	case BegunMoved:
		return fmt.Sprintf("该片区已于%d年开工，现%s。", b.Wanted, placed(b.Year))
	case OutsideYears:
		return fmt.Sprintf("%d年不在计划年份之内。", b.Year)
	}
	return ""
}

func placed(year int) string {
	if year == 0 {
		return "未安排年份"
	}
	return fmt.Sprintf("安排在%d年", year)
}

// yuan writes an amount as planners do: in 万元 from ten thousand on.
func yuan(v float64) string {
	if v >= 10_000 {
		return fmt.Sprintf("%.2f万元", v/10_000)
	}
	return fmt.Sprintf("%.2f元", v)
}
