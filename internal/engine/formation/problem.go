// Package formation proposes contiguous renovation zones with proof: it gathers
// communities into disjoint zones that hold every hard constraint, and says how
// far the answer can be from the best possible one. Numbers in, answers out: it
// knows no database, no HTTP, no files and no clock.
//
// # What is maximised
//
// The sum over all zones of Score, where
//
//	Score(zone) = Σ Value of its units − Each − Strings − Compact − Balance − Budget
//
// Every penalty is at least 0 and is made scale-free by three figures of the
// problem itself: v̄, the mean value of all units (1 when all are 0); L̄, the
// mean length of all links; d̄, the mean distance of two linked units.
//
//	Each    = w·v̄, whatever the zone: few large zones rather than many small ones
//	Strings = w·v̄·(length of the minimum spanning tree over the zone's links)/L̄
//	Compact = w·v̄·k·(1 − c)   c = min(1, k·d̄²·√3/4π / mean squared distance of
//	          the zone's k units from their centroid): 1 for k units packed like a
//	          disc, small for a ribbon
//	Balance = w·v̄·k·min(1, |total − target|/target)
//	Budget  = w·v̄·(the zone's total)/(mean of that total over all units)
//
// So a weight of 0.1 reads: at worst (or, for Strings and Budget, at the mean
// link and the mean cost) a community loses a tenth of the mean value. A zone
// whose score would not be positive is not formed, unless MinZones asks for it.
package formation

import (
	"errors"
	"fmt"
	"math"
)

// Unit is a community that may be placed.
type Unit struct {
	Value  float64   // what placing it is worth, ≥ 0; made by the caller from need and consent
	X, Y   float64   // metres, in one plane for all units
	Totals []float64 // one figure ≥ 0 for every TotalRule, in the rules' own units
	Within int32     // the neighborhood or subdistrict it lies in; −1: none
}

// Link is a pair of units that may be neighbours in a zone. The caller has
// already dropped pairs that are too far apart or cut off by a barrier.
type Link struct {
	A, B    int32
	LengthM float64
}

// TotalRule bounds the sum of one figure over each zone. Sums are compared with
// a tolerance of 1e-9 of the bound.
type TotalRule struct {
	Name string
	Min  float64 // 0: none
	Max  float64 // 0 or +Inf: none
}

// Weights say how much each objective counts against the value; 0: not at all.
type Weights struct {
	Each    float64
	Strings float64
	Compact float64

	Balance       float64
	BalanceTotal  int     // index into Problem.Totals
	BalanceTarget float64 // 0: the middle of that rule's Min and Max; without both, no balance

	Budget      float64
	BudgetTotal int // index into Problem.Totals
}

// Problem is what is asked.
type Problem struct {
	Units  []Unit
	Links  []Link
	Totals []TotalRule
	// KeepWithin keeps every zone inside one Within; a unit that lies in none
	// (−1) is then not placed.
	KeepWithin bool
	// MaxDiameterM bounds the longest of the shortest walks between two units of
	// a zone over the zone's own links; 0: none.
	MaxDiameterM float64
	Together     [][2]int32 // in the same zone, or both outside
	Apart        [][2]int32 // never in the same zone
	// Locked are existing zones: they stay exactly as they are and their units
	// are not available. They count towards MinZones and MaxZones, not towards
	// the value.
	Locked             [][]int32
	MinZones, MaxZones int // MaxZones 0: free
	Weights            Weights
}

// ErrInput is wrapped by every error about figures that cannot be worked with.
var ErrInput = errors.New("formation: unusable input")

// InputError names the figure that cannot be worked with. It wraps ErrInput.
type InputError struct {
	What  string // "unit", "link", "total", "together", "apart", "locked", "weights", "problem"
	Index int
	Why   string
}

func (e *InputError) Error() string {
	return fmt.Sprintf("formation: %s %d: %s", e.What, e.Index, e.Why)
}

func (e *InputError) Unwrap() error { return ErrInput }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// largest keeps sums and squares of any two accepted figures finite.
const largest = 1e100

func amount(v float64) bool { return v >= 0 && v <= largest }

// Validate reports the first figure that cannot be worked with (NaN, infinite,
// negative, an index out of range) as an *InputError.
func (p *Problem) Validate() error {
	n := int32(len(p.Units))
	for i, u := range p.Units {
		bad := func(why string) error { return &InputError{"unit", i, why} }
		switch {
		case !amount(u.Value):
			return bad(fmt.Sprintf("value %v is not a finite figure of at least 0", u.Value))
		case !finite(u.X) || !finite(u.Y) || math.Abs(u.X) > largest || math.Abs(u.Y) > largest:
			return bad(fmt.Sprintf("place (%v, %v) is not finite", u.X, u.Y))
		case len(u.Totals) != len(p.Totals):
			return bad(fmt.Sprintf("%d totals for %d rules", len(u.Totals), len(p.Totals)))
		case u.Within < -1:
			return bad(fmt.Sprintf("within %d", u.Within))
		}
		for t, v := range u.Totals {
			if !amount(v) {
				return bad(fmt.Sprintf("total %d (%s) is %v, not a finite figure of at least 0", t, p.Totals[t].Name, v))
			}
		}
	}
	inside := func(u int32) bool { return u >= 0 && u < n }
	for i, l := range p.Links {
		switch {
		case !inside(l.A) || !inside(l.B):
			return &InputError{"link", i, fmt.Sprintf("units %d and %d of %d", l.A, l.B, n)}
		case !amount(l.LengthM):
			return &InputError{"link", i, fmt.Sprintf("length %v is not a finite figure of at least 0", l.LengthM)}
		}
	}
	for i, r := range p.Totals {
		if !amount(r.Min) || math.IsNaN(r.Max) || r.Max < 0 {
			return &InputError{"total", i, fmt.Sprintf("bounds %v to %v", r.Min, r.Max)}
		}
	}
	pairs := func(what string, list [][2]int32) error {
		for i, q := range list {
			if !inside(q[0]) || !inside(q[1]) {
				return &InputError{what, i, fmt.Sprintf("units %d and %d of %d", q[0], q[1], n)}
			}
		}
		return nil
	}
	if err := pairs("together", p.Together); err != nil {
		return err
	}
	if err := pairs("apart", p.Apart); err != nil {
		return err
	}
	for i, z := range p.Locked {
		for _, u := range z {
			if !inside(u) {
				return &InputError{"locked", i, fmt.Sprintf("unit %d of %d", u, n)}
			}
		}
	}
	if math.IsNaN(p.MaxDiameterM) || p.MaxDiameterM < 0 {
		return &InputError{"problem", 0, fmt.Sprintf("walking diameter %v", p.MaxDiameterM)}
	}
	if p.MinZones < 0 || p.MaxZones < 0 {
		return &InputError{"problem", 0, fmt.Sprintf("number of zones %d to %d", p.MinZones, p.MaxZones)}
	}
	return p.Weights.validate(len(p.Totals))
}

func (w *Weights) validate(totals int) error {
	for i, v := range []float64{w.Strings, w.Compact, w.Balance, w.Budget, w.BalanceTarget, w.Each} {
		if !amount(v) {
			return &InputError{"weights", i, fmt.Sprintf("%v is not a finite figure of at least 0", v)}
		}
	}
	if w.Balance > 0 && (w.BalanceTotal < 0 || w.BalanceTotal >= totals) {
		return &InputError{"weights", 2, fmt.Sprintf("balance of total %d of %d", w.BalanceTotal, totals)}
	}
	if w.Budget > 0 && (w.BudgetTotal < 0 || w.BudgetTotal >= totals) {
		return &InputError{"weights", 3, fmt.Sprintf("budget of total %d of %d", w.BudgetTotal, totals)}
	}
	return nil
}

// ceiling is the rule's maximum, +Inf when there is none.
func (r TotalRule) ceiling() float64 {
	if r.Max == 0 {
		return math.Inf(1)
	}
	return r.Max
}

// slack is the tolerance of comparisons of sums with a bound: sums of the same
// figures in another order differ in the last digits.
const slack = 1e-9

func over(sum, limit float64) bool  { return sum > limit+slack*math.Max(1, math.Abs(limit)) }
func under(sum, limit float64) bool { return sum < limit-slack*math.Max(1, math.Abs(limit)) }
