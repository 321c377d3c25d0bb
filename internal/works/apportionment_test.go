package works_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/works"
)

func inFen(yuan float64) int64 { return int64(math.Round(yuan * 100)) }

// paid is what a group pays by the figures that are said of each household.
func paid(g works.ApportionGroup, s works.GroupShare) (full, low, destitute int64) {
	return inFen(s.EachYuan)*int64(g.Households-g.LowIncome-g.Destitute) + int64(s.MoreCount),
		inFen(s.LowYuan)*int64(g.LowIncome) + int64(s.LowMore),
		inFen(s.NeedYuan)*int64(g.Destitute) + int64(s.NeedMore)
}

func somePart(t *rapid.T) works.ApportionPart {
	part := works.ApportionPart{
		Basis:      rapid.SampledFrom([]string{works.PerHousehold, works.PerArea, works.PerFloor}).Draw(t, "basis"),
		AmountYuan: float64(rapid.Int64Range(0, 1_000_000_000).Draw(t, "fen")) / 100,
		LowPays:    float64(rapid.IntRange(0, 100).Draw(t, "low")) / 100,
		NeedPays:   float64(rapid.IntRange(0, 100).Draw(t, "destitute")) / 100,
		ReliefBy:   rapid.SampledFrom([]string{"others", "budget"}).Draw(t, "by"),
	}
	for range rapid.IntRange(1, 6).Draw(t, "groups") {
		g := works.ApportionGroup{
			Households:  rapid.IntRange(1, 60).Draw(t, "households"),
			FloorAreaM2: float64(rapid.IntRange(1, 900_000).Draw(t, "area")) / 100,
			Coefficient: float64(rapid.IntRange(1, 300).Draw(t, "coefficient")) / 100,
		}
		g.LowIncome = rapid.IntRange(0, g.Households-1).Draw(t, "low income")
		g.Destitute = rapid.IntRange(0, g.Households-1-g.LowIncome).Draw(t, "destitute")
		part.Groups = append(part.Groups, g)
	}
	return part
}

// What is said of each household adds up to what is said of the group, of the part
// and of the whole, to the fen.
func TestTheFiguresThatAreSaidAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := somePart(t)
		answer, err := works.Apportionment{Parts: []works.ApportionPart{part}}.Split()
		if err != nil {
			t.Fatal(err)
		}
		said := answer.Parts[0]
		var sum int64
		for i, s := range said.Groups {
			full, low, destitute := inFen(s.FullTotalYuan), inFen(s.LowTotalYuan), inFen(s.NeedTotalYuan)
			if full+low+destitute != inFen(s.TotalYuan) {
				t.Errorf("group %d: %+v", i, s)
			}
			f, l, d := paid(part.Groups[i], s)
			if part.Basis != works.PerArea && (f != full || l != low || d != destitute) {
				t.Errorf("group %d: households pay %d, %d and %d fen of %+v", i, f, l, d, s)
			}
			sum += inFen(s.TotalYuan)
		}
		if sum != inFen(said.ResidentsYuan) || sum+inFen(said.BudgetYuan) != inFen(part.AmountYuan) || said.ResidentsYuan != answer.ResidentsYuan {
			t.Errorf("%d fen of all groups: %+v", sum, answer)
		}
	})
}

func TestRelievedHouseholdsPayToTheFen(t *testing.T) {
	for name, tt := range map[string]struct {
		amount float64
		by     string
	}{"others bear the relief": {100, "others"}, "a budget bears it": {100.02, "budget"}} {
		t.Run(name, func(t *testing.T) {
			part := works.ApportionPart{
				Basis: works.PerHousehold, AmountYuan: tt.amount, LowPays: 1, NeedPays: 1, ReliefBy: tt.by,
				Groups: []works.ApportionGroup{{Households: 7, LowIncome: 4, Destitute: 2}},
			}
			answer, err := works.Apportionment{Parts: []works.ApportionPart{part}}.Split()
			if err != nil {
				t.Fatal(err)
			}
			s := answer.Parts[0].Groups[0]
			full, low, destitute := paid(part.Groups[0], s)
			if full+low+destitute != inFen(tt.amount) || s.LowMore+s.NeedMore+s.MoreCount == 0 {
				t.Errorf("%d fen said of %v: %+v", full+low+destitute, tt.amount, s)
			}
		})
	}
}
