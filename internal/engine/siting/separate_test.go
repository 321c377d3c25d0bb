package siting

import (
	"context"
	"testing"
)

// Three homes far from each other need three sites, whatever the search spends.
func TestHomesWithoutACommonSiteNeedOneEach(t *testing.T) {
	p := &Problem{Weight: []float64{1, 1, 1, 1}, Sites: 5}
	p.Costs.Add([]int32{0, 1}, []float64{100, 100})
	p.Costs.Add([]int32{1, 2}, []float64{100, 100})
	p.Costs.Add([]int32{3}, []float64{100})
	p.Costs.Add([]int32{4, 0}, []float64{100, 900})
	a, err := Solve(context.Background(), p, Question{Model: LSCP, Limit: 300, Effort: 1})
	if err != nil {
		t.Fatal(err)
	}
	if a.Bound < 3 || a.Value < a.Bound {
		t.Errorf("%v sites, at least %v", a.Value, a.Bound)
	}
	c := p.candidates()
	if n := c.separate(p, 300); n != 3 {
		t.Errorf("%d homes apart, want 3", n)
	}
}
