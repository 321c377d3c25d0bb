package schedule

import (
	"context"
)

// Solve makes a plan. It refuses a problem with a fatal contradiction by a
// *ProblemError before any work starts. When ctx ends it returns the best plan
// so far, without an error.
func Solve(ctx context.Context, p Problem, o Options) (Plan, error) {
	found := checkFigures(p)
	if len(found) > 0 {
		return Plan{}, &ProblemError{found}
	}
	m := newModel(p)
	pos, room := m.start()
	m.greedy(pos, room)
	plan := m.judge(p, m.toYears(pos, p))
	return plan, nil
}
