package siting_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// drawProblem draws a small problem of any kind, with whole numbers.
func drawProblem(t *rapid.T, loaded bool) *siting.Problem {
	most := 9
	if loaded {
		most = 6
	}
	p := &siting.Problem{Sites: rapid.IntRange(1, most).Draw(t, "sites")}
	for range rapid.IntRange(0, 9).Draw(t, "rows") {
		p.Weight = append(p.Weight, float64(rapid.IntRange(0, 5).Draw(t, "weight")))
		var sites []int32
		var costs []float64
		for j := range p.Sites {
			if rapid.IntRange(0, 2).Draw(t, "way") > 0 {
				sites, costs = append(sites, int32(j)), append(costs, float64(rapid.IntRange(0, 12).Draw(t, "cost")))
			}
		}
		p.Costs.Add(sites, costs)
	}
	for j := range p.Sites {
		if rapid.IntRange(0, 5).Draw(t, "fixed") == 0 {
			p.Fixed = append(p.Fixed, j)
		}
		for k := range j {
			if rapid.IntRange(0, 6).Draw(t, "conflict") == 0 {
				p.Conflicts = append(p.Conflicts, [2]int{j, k})
			}
		}
	}
	if loaded {
		for range p.Sites {
			c := float64(rapid.IntRange(1, 14).Draw(t, "capacity"))
			if c > 12 {
				c = math.Inf(1)
			}
			p.Capacity = append(p.Capacity, c)
		}
	}
	return p
}

func drawQuestion(t *rapid.T, p *siting.Problem) siting.Question {
	q := siting.Question{
		Model: rapid.SampledFrom([]siting.Model{siting.LSCP, siting.MCLP, siting.PMedian, siting.PCenter}).Draw(t, "model"),
		N:     rapid.IntRange(0, p.Sites-len(p.Fixed)).Draw(t, "n"),
		Limit: float64(rapid.IntRange(1, 12).Draw(t, "limit")),
		Seed:  rapid.Uint64().Draw(t, "seed"),
	}
	if rapid.Bool().Draw(t, "has beyond") {
		q.Beyond = float64(rapid.IntRange(1, 15).Draw(t, "beyond"))
	}
	return q
}

// checkAgainstReference asks a question and compares with all choices.
func checkAgainstReference(t *rapid.T, p *siting.Problem, q siting.Question) {
	want, found := newReference(p, q).best()
	a, err := siting.Solve(t.Context(), p, q)
	if !found {
		if !errors.Is(err, siting.ErrInfeasible) {
			t.Fatalf("no choice is possible, got %+v, %v", a, err)
		}
		return
	}
	if err != nil {
		t.Fatalf("the best is %v, got %v", want, err)
	}
	if math.Abs(a.Value-want) > 1e-6 || math.Abs(a.Bound-want) > 1e-6 || !a.Proven {
		t.Fatalf("the best is %v, got value %v, bound %v, proven %v", want, a.Value, a.Bound, a.Proven)
	}
	checkValid(t, p, q, a)
}

// checkValid looks whether an answer keeps the rules of its problem.
func checkValid(t *rapid.T, p *siting.Problem, q siting.Question, a *siting.Answer) {
	r := newReference(p, q)
	open := make([]bool, p.Sites)
	for _, j := range p.Fixed {
		open[j] = true
	}
	for _, j := range a.Sites {
		if open[j] {
			t.Errorf("site %d is fixed or chosen twice", j)
		}
		open[j] = true
	}
	if !r.allowed(open) || (q.Model != siting.LSCP && len(a.Sites) > q.N) {
		t.Errorf("sites %v can't be chosen", a.Sites)
	}
	load, served := make([]float64, p.Sites), make([]float64, len(p.Weight))
	for _, s := range a.Shares {
		if !open[s.Site] || s.Cost != r.cost[s.Row][s.Site] || s.Cost > r.limit() {
			t.Errorf("share %+v is not possible", s)
		}
		load[s.Site] += s.Weight
		served[s.Row] += s.Weight
	}
	for j, l := range load {
		if l > r.capacity(j)+1e-6 {
			t.Errorf("site %d serves %v of %v", j, l, r.capacity(j))
		}
	}
	out := map[int]bool{}
	for _, i := range append(a.Unserved, a.Unreachable...) {
		if out[i] {
			t.Errorf("row %d is listed twice", i)
		}
		out[i] = true
	}
	for i, s := range served {
		if s > p.Weight[i]+1e-6 || (!out[i] && s < p.Weight[i]-1e-6) {
			t.Errorf("row %d of weight %v is served %v", i, p.Weight[i], s)
		}
	}
}

func TestAnswersAreTheBestOfAllChoices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, false)
		checkAgainstReference(t, p, drawQuestion(t, p))
	})
}

func TestAnswersWithCapacitiesAreTheBestOfAllChoices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, true)
		checkAgainstReference(t, p, drawQuestion(t, p))
	})
}
