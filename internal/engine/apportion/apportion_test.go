package apportion_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/apportion"
)

func rat(a, b int64) *big.Rat { return big.NewRat(a, b) }

func households(n int) apportion.Group { return apportion.Group{Payers: n, Weight: rat(1, 1)} }

func TestSplit(t *testing.T) {
	free := []apportion.Relief{{Name: "特困", Pays: new(big.Rat)}}
	half := []apportion.Relief{{Name: "低保", Pays: rat(1, 2)}}
	var lift []apportion.Group
	for _, c := range apportion.LiftCoefficients(6) {
		lift = append(lift, apportion.Group{Payers: 2, Weight: c})
	}
	tests := []struct {
		name    string
		problem apportion.Problem
		totals  []int64
		budget  int64
		each    []int64 // of the full payers
		more    []int
	}{
		{"per household, even", apportion.Problem{TotalFen: 900, Groups: []apportion.Group{households(3), households(6)}}, []int64{300, 600}, 0, []int64{100, 100}, []int{0, 0}},
		{"per household, a fen that does not divide", apportion.Problem{TotalFen: 1000, Groups: []apportion.Group{households(3)}}, []int64{1000}, 0, []int64{333}, []int{1}},
		{"per floor area", apportion.Problem{TotalFen: 10000, Groups: []apportion.Group{
			{Payers: 10, Weight: rat(600, 1), Whole: true}, {Payers: 20, Weight: rat(1200, 1), Whole: true},
		}}, []int64{3333, 6667}, 0, []int64{3333, 6667}, []int{0, 0}},
		{"a lift of six floors: the first pays nothing, the third is the measure", apportion.Problem{TotalFen: 570_00, Groups: lift}, []int64{0, 5000, 10000, 12000, 14000, 16000}, 0, []int64{0, 2500, 5000, 6000, 7000, 8000}, []int{0, 0, 0, 0, 0, 0}},
		{"nobody else pays what the budget bears", apportion.Problem{TotalFen: 900, Groups: []apportion.Group{{Payers: 9, Weight: rat(1, 1), Relieved: []int{3}}}, Reliefs: free, ByBudget: true}, []int64{600}, 300, []int64{100}, []int{0}},
		{"the others pay what the relieved do not", apportion.Problem{TotalFen: 900, Groups: []apportion.Group{{Payers: 9, Weight: rat(1, 1), Relieved: []int{3}}}, Reliefs: free}, []int64{900}, 0, []int64{150}, []int{0}},
		{"half relief, borne by the others", apportion.Problem{TotalFen: 1000, Groups: []apportion.Group{{Payers: 6, Weight: rat(1, 1), Relieved: []int{2}}}, Reliefs: half}, []int64{1000}, 0, []int64{200}, []int{0}},
		{"half relief of an odd fen is rounded down for the payer", apportion.Problem{TotalFen: 303, Groups: []apportion.Group{{Payers: 3, Weight: rat(1, 1), Relieved: []int{1}}}, Reliefs: half, ByBudget: true}, []int64{252}, 51, []int64{101}, []int{0}},
		{"relief within a floor area", apportion.Problem{TotalFen: 1000, Groups: []apportion.Group{{Payers: 10, Weight: rat(1000, 1), Whole: true, Relieved: []int{2}}}, Reliefs: free, ByBudget: true}, []int64{800}, 200, []int64{800}, []int{0}},
		{"nothing to pay", apportion.Problem{Groups: []apportion.Group{households(0)}}, []int64{0}, 0, []int64{0}, []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := apportion.Split(tt.problem)
			if err != nil {
				t.Fatal(err)
			}
			var totals, each []int64
			var more []int
			for _, s := range got.Shares {
				totals, each, more = append(totals, s.TotalFen), append(each, s.Full.EachFen), append(more, s.Full.More)
			}
			if diff := cmp.Diff(tt.totals, totals); diff != "" || got.BudgetFen != tt.budget {
				t.Errorf("budget %d, totals %s", got.BudgetFen, diff)
			}
			if cmp.Diff(tt.each, each) != "" || cmp.Diff(tt.more, more) != "" {
				t.Errorf("each %v, more %v", each, more)
			}
		})
	}
}

func TestWhatCannotBeSplitIsRefused(t *testing.T) {
	tests := map[string]apportion.Problem{
		"nobody pays":                       {TotalFen: 1},
		"only the first floor":              {TotalFen: 1, Groups: []apportion.Group{{Payers: 4, Weight: new(big.Rat)}}},
		"everybody is relieved of all":      {TotalFen: 1, Groups: []apportion.Group{{Payers: 2, Weight: rat(1, 1), Relieved: []int{2}}}, Reliefs: []apportion.Relief{{Pays: new(big.Rat)}}},
		"more relieved than there are":      {TotalFen: 1, Groups: []apportion.Group{{Payers: 2, Weight: rat(1, 1), Relieved: []int{3}}}, Reliefs: []apportion.Relief{{Pays: rat(1, 2)}}},
		"relief below nothing":              {TotalFen: 1, Groups: []apportion.Group{households(2)}, Reliefs: []apportion.Relief{{Pays: rat(-1, 2)}}},
		"relief above all":                  {TotalFen: 1, Groups: []apportion.Group{households(2)}, Reliefs: []apportion.Relief{{Pays: rat(3, 2)}}},
		"fewer than no relieved":            {TotalFen: 1, Groups: []apportion.Group{{Payers: 2, Weight: rat(1, 1), Relieved: []int{-1}}}, Reliefs: []apportion.Relief{{Pays: rat(1, 2)}}},
		"a negative weight":                 {TotalFen: 1, Groups: []apportion.Group{{Payers: 2, Weight: rat(-1, 1)}}},
		"no weight":                         {TotalFen: 1, Groups: []apportion.Group{{Payers: 2}}},
		"a negative sum":                    {TotalFen: -1, Groups: []apportion.Group{households(2)}},
		"a relief that nobody has named":    {TotalFen: 1, Groups: []apportion.Group{{Payers: 2, Weight: rat(1, 1), Relieved: []int{1}}}},
		"more money than there is anywhere": {TotalFen: 1 << 62, Groups: []apportion.Group{households(2)}},
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			var invalid *apportion.InvalidError
			if _, err := apportion.Split(p); !errors.As(err, &invalid) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// lowest and highest are what the least and the most burdened payer of a part pays.
func lowest(p apportion.Part) int64 {
	if p.More == p.Payers && p.Payers > 0 {
		return p.EachFen + 1
	}
	return p.EachFen
}

func highest(p apportion.Part) int64 {
	if p.More > 0 {
		return p.EachFen + 1
	}
	return p.EachFen
}

func TestSharesAddUpAndRiseWithTheFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floors := rapid.IntRange(1, 12).Draw(t, "floors")
		p := apportion.Problem{
			TotalFen: rapid.Int64Range(0, 100_000_000).Draw(t, "total"),
			Reliefs:  []apportion.Relief{{Pays: rat(rapid.Int64Range(0, 4).Draw(t, "low pays"), 4)}, {Pays: rat(rapid.Int64Range(0, 3).Draw(t, "destitute pays"), 3)}},
			ByBudget: rapid.Bool().Draw(t, "by budget"),
		}
		for _, c := range apportion.LiftCoefficients(floors) {
			n := rapid.IntRange(1, 8).Draw(t, "households")
			low := rapid.IntRange(0, n).Draw(t, "low")
			p.Groups = append(p.Groups, apportion.Group{Payers: n, Weight: c, Relieved: []int{low, rapid.IntRange(0, n-low).Draw(t, "destitute")}})
		}
		got, err := apportion.Split(p)
		if err != nil { // nobody who could pay
			return
		}
		sum := got.BudgetFen
		for i, s := range got.Shares {
			total := s.Full.TotalFen
			for k, r := range s.Relieved {
				total += r.TotalFen
				if s.Full.Payers > 0 && r.Payers > 0 && highest(r) > highest(s.Full) {
					t.Fatalf("floor %d: relieved of kind %d pay %d, others %d", i+1, k, highest(r), highest(s.Full))
				}
				if int64(r.Payers)*r.EachFen+int64(r.More) != r.TotalFen {
					t.Fatalf("relieved %+v", r)
				}
			}
			if total != s.TotalFen || int64(s.Full.Payers)*s.Full.EachFen+int64(s.Full.More) != s.Full.TotalFen {
				t.Fatalf("floor %d: parts %d, total %d", i+1, total, s.TotalFen)
			}
			sum += s.TotalFen
			for j := range i {
				below := got.Shares[j].Full
				if below.Payers > 0 && s.Full.Payers > 0 && highest(below) > lowest(s.Full) {
					t.Fatalf("floor %d pays %d, floor %d only %d", j+1, highest(below), i+1, lowest(s.Full))
				}
			}
		}
		if sum != p.TotalFen || !p.ByBudget && got.BudgetFen != 0 || got.BudgetFen < 0 {
			t.Fatalf("%d of %d, budget %d", sum, p.TotalFen, got.BudgetFen)
		}
	})
}

func TestAreasAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := apportion.Problem{TotalFen: rapid.Int64Range(0, 1_000_000_000).Draw(t, "total"), Reliefs: []apportion.Relief{{Pays: rat(1, 3)}}, ByBudget: rapid.Bool().Draw(t, "by budget")}
		for range rapid.IntRange(1, 9).Draw(t, "buildings") {
			n := rapid.IntRange(0, 30).Draw(t, "households")
			p.Groups = append(p.Groups, apportion.Group{Payers: n, Weight: rat(rapid.Int64Range(1, 1_000_000).Draw(t, "area"), 100), Whole: true, Relieved: []int{rapid.IntRange(0, n).Draw(t, "relieved")}})
		}
		got, err := apportion.Split(p)
		if err != nil {
			t.Fatal(err)
		}
		sum := got.BudgetFen
		for _, s := range got.Shares {
			sum += s.TotalFen
		}
		if sum != p.TotalFen || got.BudgetFen < 0 {
			t.Fatalf("%d of %d", sum, p.TotalFen)
		}
	})
}

func TestLiftCoefficients(t *testing.T) {
	var got []string
	for _, c := range apportion.LiftCoefficients(6) {
		got = append(got, c.RatString())
	}
	if diff := cmp.Diff([]string{"0", "1/2", "1", "6/5", "7/5", "8/5"}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(apportion.LiftCoefficients(-1)); n != 0 {
		t.Errorf("%d floors below none", n)
	}
}
