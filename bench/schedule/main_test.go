package main

import (
	"context"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/engine/schedule"
)

func TestThePeerKeepsTheHardRules(t *testing.T) {
	for _, k := range kinds {
		p := k.district(1)
		for _, c := range schedule.Check(p) {
			if c.Fatal {
				t.Errorf("%s: %+v", k, c)
			}
		}
		for _, b := range schedule.Judge(p, ratioGreedy(p)).Broken {
			if b.Kind != schedule.LocksOverBudget {
				t.Errorf("%s: %+v", k, b)
			}
		}
	}
}

func TestEveryKindGetsALine(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), 1, 2000, &out); err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		if !strings.Contains(out.String(), k.String()) {
			t.Errorf("no line for %s", k)
		}
	}
}
