package formation

import (
	"context"
)

// Options steer the effort.
type Options struct {
	Seed uint64
	// Steps bounds the effort; 0: about ten seconds on two cores for a large
	// problem, less for small ones. The same problem, seed and steps give the
	// same answer, whatever the clock and the number of workers.
	Steps int64
	// Better is called in the goroutine of Solve with the first answer and with
	// better ones as they come.
	Better func(Answer)
	// Workers is the number of goroutines that search; 0: as many as processors.
	Workers int
}

// Solve proposes zones. A problem with unusable figures gives an *InputError,
// one with fatal contradictions a *ContradictionError. When ctx ends, the best
// answer so far is returned with its bound and no error.
func Solve(ctx context.Context, p Problem, o Options) (Answer, error) {
	if err := p.Validate(); err != nil {
		return Answer{}, err
	}
	s := newSpace(p)
	var fatal []Contradiction
	for _, c := range s.check() {
		if c.Fatal {
			fatal = append(fatal, c)
		}
	}
	if fatal != nil {
		return Answer{}, &ContradictionError{fatal}
	}
	return s.search(ctx, o), nil
}
