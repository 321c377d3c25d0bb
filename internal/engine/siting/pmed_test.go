package siting_test

import (
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

func TestPmedMedian(t *testing.T) {
	for _, c := range readPmed(t) {
		began := time.Now()
		a, err := siting.Solve(t.Context(), c.problem, siting.Question{Model: siting.PMedian, N: c.n})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s value %v bound %v of %v proven %v steps %d %v", c.name, a.Value, a.Bound, c.median, a.Proven, a.Effort, time.Since(began))
		if a.Value != c.median {
			t.Errorf("%s: %v, want %v", c.name, a.Value, c.median)
		}
	}
}

func TestPmedCenter(t *testing.T) {
	for _, c := range readPmed(t) {
		began := time.Now()
		a, err := siting.Solve(t.Context(), c.problem, siting.Question{Model: siting.PCenter, N: c.n})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s value %v bound %v of %v proven %v steps %d %v", c.name, a.Value, a.Bound, c.center, a.Proven, a.Effort, time.Since(began))
		if a.Value != c.center || !a.Proven {
			t.Errorf("%s: %v, want %v", c.name, a.Value, c.center)
		}
	}
}
