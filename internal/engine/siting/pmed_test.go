package siting_test

import (
	"testing"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

func TestLibraryInstancesAreSolvedToTheOptimum(t *testing.T) {
	for _, c := range readPmed(t) {
		for model, want := range map[siting.Model]float64{siting.PMedian: c.median, siting.PCenter: c.center} {
			a, err := siting.Solve(t.Context(), c.problem, siting.Question{Model: model, N: c.n})
			if err != nil {
				t.Errorf("%s %s: %v", c.name, model, err)
				continue
			}
			if a.Value != want || a.Bound != want || !a.Proven || a.Gap != 0 || a.Stopped != siting.NotStopped {
				t.Errorf("%s %s: value %v, bound %v, proven %v, stopped %q; want %v", c.name, model, a.Value, a.Bound, a.Proven, a.Stopped, want)
			}
		}
	}
}
