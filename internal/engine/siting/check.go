package siting

import (
	"errors"
	"fmt"
	"math"
)

// ErrInput is wrapped by every error about figures that can't be worked with.
var ErrInput = errors.New("siting: unusable input")

// ErrInfeasible is wrapped by every error about a question without an answer.
var ErrInfeasible = errors.New("siting: no answer is possible")

// ErrUndecided says that the effort was spent, or the caller's context ended,
// before an answer was found, while there may be one.
var ErrUndecided = errors.New("siting: no answer found before the search was stopped")

// InputError names the figure that can't be worked with. It wraps ErrInput.
type InputError struct {
	Field string // as in Problem and Question: "Weight", "N" …
	Index int    // of the element; −1: the field itself
	Why   string
}

func (e *InputError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("siting: %s: %s", e.Field, e.Why)
	}
	return fmt.Sprintf("siting: %s[%d]: %s", e.Field, e.Index, e.Why)
}

func (e *InputError) Unwrap() error { return ErrInput }

// InfeasibleError says why there is no answer. It wraps ErrInfeasible.
type InfeasibleError struct {
	Field string // what stands against it: "N", "Conflicts", "Capacity"
	// Sites is, for N, how many new sites are needed at least, and for Conflicts
	// how many can be open together at most; 0: not known.
	Sites int
	Why   string
}

func (e *InfeasibleError) Error() string { return "siting: no answer is possible: " + e.Why }

func (e *InfeasibleError) Unwrap() error { return ErrInfeasible }

// largest keeps sums of products of any two accepted figures finite.
const largest = 1e100

func amount(v float64) bool { return v >= 0 && v <= largest }

func field(name string, format string, a ...any) error {
	return &InputError{name, -1, fmt.Sprintf(format, a...)}
}

// Check reports the first figure of a problem that can't be worked with as an
// *InputError.
func (p *Problem) Check() error {
	if p.Sites <= 0 {
		return field("Sites", "there are no sites")
	}
	if p.Sites > math.MaxInt32 {
		return field("Sites", "%d are too many", p.Sites)
	}
	for i, w := range p.Weight {
		if !amount(w) {
			return &InputError{"Weight", i, fmt.Sprintf("%v is not a finite figure of at least 0", w)}
		}
	}
	if err := p.checkCosts(); err != nil {
		return err
	}
	return p.checkSites()
}

func (p *Problem) checkCosts() error {
	c := &p.Costs
	if c.Rows() != len(p.Weight) {
		return field("Costs", "%d rows for %d weights", c.Rows(), len(p.Weight))
	}
	if len(c.Site) != len(c.Cost) {
		return field("Costs", "%d sites with %d costs", len(c.Site), len(c.Cost))
	}
	if len(c.First) > 0 && (c.First[0] != 0 || int(c.First[len(c.First)-1]) != len(c.Site)) {
		return field("Costs.First", "the rows do not begin at 0 and end at %d", len(c.Site))
	}
	seen := make([]int32, p.Sites) // last row + 1 that named the site
	for i := range len(p.Weight) {
		if c.First[i] > c.First[i+1] || int(c.First[i+1]) > len(c.Site) {
			return &InputError{"Costs.First", i + 1, "rows do not follow each other"}
		}
		for k := c.First[i]; k < c.First[i+1]; k++ {
			j, v := c.Site[k], c.Cost[k]
			switch {
			case j < 0 || int(j) >= p.Sites:
				return &InputError{"Costs.Site", int(k), fmt.Sprintf("site %d of %d", j, p.Sites)}
			case seen[j] == int32(i+1):
				return &InputError{"Costs.Site", int(k), fmt.Sprintf("site %d twice in row %d", j, i)}
			case !amount(v) && !math.IsInf(v, 1):
				return &InputError{"Costs.Cost", int(k), fmt.Sprintf("%v is not a figure of at least 0", v)}
			}
			seen[j] = int32(i + 1)
		}
	}
	return nil
}

func (p *Problem) checkSites() error {
	for i, j := range p.Fixed {
		if j < 0 || j >= p.Sites {
			return &InputError{"Fixed", i, fmt.Sprintf("site %d of %d", j, p.Sites)}
		}
	}
	for i, q := range p.Conflicts {
		if q[0] < 0 || q[0] >= p.Sites || q[1] < 0 || q[1] >= p.Sites {
			return &InputError{"Conflicts", i, fmt.Sprintf("sites %d and %d of %d", q[0], q[1], p.Sites)}
		}
		if q[0] == q[1] {
			return &InputError{"Conflicts", i, fmt.Sprintf("site %d with itself", q[0])}
		}
	}
	if p.Capacity != nil && len(p.Capacity) != p.Sites {
		return field("Capacity", "%d capacities for %d sites", len(p.Capacity), p.Sites)
	}
	for j, c := range p.Capacity {
		if !(c > 0) {
			return &InputError{"Capacity", j, fmt.Sprintf("%v is not above 0", c)}
		}
	}
	return nil
}

// check reports what is wrong with a question of the problem.
func (q *Question) check(p *Problem) error {
	switch q.Model {
	case LSCP, MCLP:
		if !(q.Limit > 0) {
			return field("Limit", "%v is not above 0", q.Limit)
		}
	case PMedian, PCenter:
	default:
		return field("Model", "%q is none of lscp, mclp, pmedian, pcenter", string(q.Model))
	}
	if !amount(q.Beyond) {
		return field("Beyond", "%v is not a finite figure of at least 0", q.Beyond)
	}
	if !amount(q.Gap) {
		return field("Gap", "%v is not a finite figure of at least 0", q.Gap)
	}
	if q.Effort < 0 {
		return field("Effort", "%d is negative", q.Effort)
	}
	if q.Model == LSCP {
		return nil
	}
	if q.N < 0 {
		return field("N", "%d is negative", q.N)
	}
	if candidates := p.Sites - len(p.fixed()); q.N > candidates {
		return field("N", "%d sites of %d candidates", q.N, candidates)
	}
	return nil
}

// fixed returns the set of fixed sites.
func (p *Problem) fixed() map[int32]bool {
	set := make(map[int32]bool, len(p.Fixed))
	for _, j := range p.Fixed {
		set[int32(j)] = true
	}
	return set
}
