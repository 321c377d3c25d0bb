package funding_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/funding"
)

func part(need int64, funds ...int) funding.Part { return funding.Part{Need: need, Funds: funds} }

func ptr[T any](v T) *T { return &v }

func TestSolve(t *testing.T) {
	tests := []struct {
		name    string
		problem funding.Problem
		got     []int64
		cut     *funding.Cut // of the first project that is not funded
	}{
		{
			"enough for all",
			funding.Problem{Funds: []int64{100}, Projects: [][]funding.Part{{part(60, 0)}, {part(40, 0)}}},
			[]int64{60, 40},
			nil,
		},
		{
			"the first that fits after one that does not",
			funding.Problem{Funds: []int64{100}, Projects: [][]funding.Part{{part(60, 0)}, {part(50, 0)}, {part(40, 0)}}},
			[]int64{60, 0, 40},
			&funding.Cut{Funds: []int{0}, Parts: []int{0}, Projects: []int{0}, Money: 100, Need: 110},
		},
		{
			"money moves among funds for one that only one fund may pay",
			funding.Problem{Funds: []int64{50, 50}, Projects: [][]funding.Part{{part(50, 0, 1)}, {part(50, 0)}}},
			[]int64{50, 50},
			nil,
		},
		{
			"never at the cost of one in front",
			funding.Problem{Funds: []int64{50}, Projects: [][]funding.Part{{part(10, 0)}, {part(50, 0)}}},
			[]int64{10, 0},
			&funding.Cut{Funds: []int{0}, Parts: []int{0}, Projects: []int{0}, Money: 50, Need: 60},
		},
		{
			"a part that no fund may pay",
			funding.Problem{Funds: []int64{50}, Projects: [][]funding.Part{{part(10, 0), part(5)}}},
			[]int64{0},
			&funding.Cut{Parts: []int{1}, Need: 5},
		},
		{
			"in part, where that is allowed",
			funding.Problem{Funds: []int64{50}, Partial: true, Projects: [][]funding.Part{{part(30, 0)}, {part(40, 0)}, {part(1, 0)}}},
			[]int64{30, 20, 0},
			&funding.Cut{Funds: []int{0}, Parts: []int{0}, Projects: []int{0}, Money: 50, Need: 70},
		},
		{
			"under a ceiling that is lower than the funds",
			funding.Problem{Funds: []int64{50, 50}, Ceiling: ptr(int64(60)), Projects: [][]funding.Part{{part(50, 0)}, {part(20, 1)}, {part(10, 1)}}},
			[]int64{50, 0, 10},
			&funding.Cut{Funds: []int{0, 1}, Parts: []int{0}, Projects: []int{0}, Money: 60, Need: 70, Ceiling: true},
		},
		{
			"a project that needs nothing is funded",
			funding.Problem{Projects: [][]funding.Part{{}, {part(0)}}},
			[]int64{0, 0},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := funding.Solve(tt.problem)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			var cut *funding.Cut
			for _, o := range a.Projects {
				got = append(got, o.Got)
				if !o.Funded && cut == nil {
					cut = o.Lacking
				}
			}
			if diff := cmp.Diff(tt.got, got) + cmp.Diff(tt.cut, cut); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNumbersThatCannotBeAreRefused(t *testing.T) {
	for name, p := range map[string]funding.Problem{
		"a fund below nothing": {Funds: []int64{-1}},
		"a need below nothing": {Projects: [][]funding.Part{{part(-1)}}},
		"a fund that is none":  {Projects: [][]funding.Part{{part(1, 0)}}},
		"a fund named twice":   {Funds: []int64{1}, Projects: [][]funding.Part{{part(1, 0, 0)}}},
		"more than can be":     {Funds: []int64{1 << 62, 1 << 62}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := funding.Solve(p); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func draw(t *rapid.T) funding.Problem {
	p := funding.Problem{Partial: rapid.Bool().Draw(t, "partial")}
	funds := rapid.IntRange(1, 4).Draw(t, "funds")
	for range funds {
		p.Funds = append(p.Funds, rapid.Int64Range(0, 12).Draw(t, "holds"))
	}
	if rapid.Bool().Draw(t, "ceiling") {
		p.Ceiling = ptr(rapid.Int64Range(0, 30).Draw(t, "of"))
	}
	for range rapid.IntRange(1, 7).Draw(t, "projects") {
		var parts []funding.Part
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			q := part(rapid.Int64Range(0, 8).Draw(t, "needs"))
			mask := rapid.IntRange(0, 1<<funds-1).Draw(t, "of funds")
			for f := range funds {
				if mask>>f&1 == 1 {
					q.Funds = append(q.Funds, f)
				}
			}
			parts = append(parts, q)
		}
		p.Projects = append(p.Projects, parts)
	}
	return p
}

// payable asks, in the other way round, whether needs can be paid: for every set
// of funds, what only they may pay is not more than they hold.
func payable(p funding.Problem, parts []funding.Part) bool {
	var sum int64
	for _, q := range parts {
		sum += q.Need
	}
	if p.Ceiling != nil && sum > *p.Ceiling {
		return false
	}
	for mask := range 1 << len(p.Funds) {
		var holds, need int64
		for f, h := range p.Funds {
			if mask>>f&1 == 1 {
				holds += h
			}
		}
		for _, q := range parts {
			if !slices.ContainsFunc(q.Funds, func(f int) bool { return mask>>f&1 == 0 }) {
				need += q.Need
			}
		}
		if need > holds {
			return false
		}
	}
	return true
}

// TestNoSetOfProjectsIsBetter tries every set of projects: the admitted one has to
// be the first in the order of priorities.
func TestNoSetOfProjectsIsBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		p.Partial = false
		a, err := funding.Solve(p)
		if err != nil {
			t.Fatal(err)
		}
		best := ""
		for set := range 1 << len(p.Projects) {
			var parts []funding.Part
			word := ""
			for i, q := range p.Projects {
				if set>>i&1 == 1 {
					parts = append(parts, q...)
					word += "1"
				} else {
					word += "0"
				}
			}
			if word > best && payable(p, parts) {
				best = word
			}
		}
		got := ""
		for _, o := range a.Projects {
			if o.Funded {
				got += "1"
			} else {
				got += "0"
			}
		}
		if got != best {
			t.Fatalf("funded %s, possible %s", got, best)
		}
	})
}

func TestPaymentsAndProofsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		a, err := funding.Solve(p)
		if err != nil {
			t.Fatal(err)
		}
		used := make([]int64, len(p.Funds))
		var spent int64
		for i, o := range a.Projects {
			got := make([]int64, len(p.Projects[i]))
			var need int64
			for _, q := range p.Projects[i] {
				need += q.Need
			}
			for _, pay := range o.Pays {
				if pay.Fen <= 0 || !slices.Contains(p.Projects[i][pay.Part].Funds, pay.Fund) {
					t.Fatalf("project %d: payment %+v", i, pay)
				}
				used[pay.Fund] += pay.Fen
				got[pay.Part] += pay.Fen
				spent += pay.Fen
			}
			var sum int64
			for k, q := range p.Projects[i] {
				sum += got[k]
				if got[k] > q.Need || o.Funded && got[k] != q.Need {
					t.Fatalf("project %d, part %d gets %d of %d", i, k, got[k], q.Need)
				}
			}
			if sum != o.Got || o.Funded != (o.Lacking == nil) || !o.Funded && !p.Partial && sum != 0 || o.Funded != (sum == need) && o.Funded {
				t.Fatalf("project %d: %+v", i, o)
			}
			if o.Lacking != nil {
				proves(t, p, a, i, *o.Lacking)
			}
		}
		for f, u := range used {
			if u > p.Funds[f] || u != a.Used[f] {
				t.Fatalf("fund %d pays %d of %d", f, u, p.Funds[f])
			}
		}
		if p.Ceiling != nil && spent > *p.Ceiling {
			t.Fatalf("%d under a ceiling of %d", spent, *p.Ceiling)
		}
	})
}

// proves checks a certificate by nothing but the problem and what was handed out.
func proves(t *rapid.T, p funding.Problem, a funding.Answer, project int, c funding.Cut) {
	var money, need int64
	if c.Ceiling {
		money = *p.Ceiling
	} else {
		for _, f := range c.Funds {
			money += p.Funds[f]
		}
	}
	for _, k := range c.Parts {
		q := p.Projects[project][k]
		need += q.Need
		if !c.Ceiling && slices.ContainsFunc(q.Funds, func(f int) bool { return !slices.Contains(c.Funds, f) }) {
			t.Fatalf("project %d: part %d may be paid from elsewhere: %+v", project, k, c)
		}
	}
	for _, i := range c.Projects {
		if i >= project {
			t.Fatalf("project %d is kept out by %d, which comes after it", project, i)
		}
		if c.Ceiling {
			need += a.Projects[i].Got
			continue
		}
		// what the parts got that only these funds may pay
		for _, pay := range a.Projects[i].Pays {
			if !slices.ContainsFunc(p.Projects[i][pay.Part].Funds, func(f int) bool { return !slices.Contains(c.Funds, f) }) {
				need += pay.Fen
			}
		}
	}
	if money != c.Money || need < c.Need || c.Missing() <= 0 {
		t.Fatalf("project %d: money %d, need %d: %+v", project, money, need, c)
	}
}

func TestFiveHundredProjectsAndFortyFunds(t *testing.T) {
	p := crowd(500, 40)
	started := time.Now()
	a, err := funding.Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(started)
	funded := 0
	for _, o := range a.Projects {
		if o.Funded {
			funded++
		}
	}
	t.Logf("%d of 500 funded in %v", funded, took)
	if funded == 0 || funded == 500 {
		t.Errorf("%d funded: the case is too easy", funded)
	}
	if took > time.Second {
		t.Errorf("took %v", took)
	}
}

func crowd(projects, funds int) funding.Problem {
	r := rand.New(rand.NewPCG(1, 2))
	p := funding.Problem{}
	for range funds {
		p.Funds = append(p.Funds, r.Int64N(2_000_000_00))
	}
	kinds := make([][]int, 200) // what rules make of restrictions
	for k := range kinds {
		for f := range funds {
			if r.IntN(4) == 0 {
				kinds[k] = append(kinds[k], f)
			}
		}
	}
	for range projects {
		var parts []funding.Part
		for range 4 {
			parts = append(parts, part(r.Int64N(60_000_00), kinds[r.IntN(len(kinds))]...))
		}
		p.Projects = append(p.Projects, parts)
	}
	return p
}

func BenchmarkSolve(b *testing.B) {
	p := crowd(500, 40)
	for b.Loop() {
		if _, err := funding.Solve(p); err != nil {
			b.Fatal(err)
		}
	}
}
