package survey

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestEveryHouseholdIsInOneRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(0, 3000).Draw(t, "households")
		area := math.Round(rapid.Float64Range(0, 300_000).Draw(t, "area")*100) / 100
		homes := make([]home, rapid.IntRange(0, 20).Draw(t, "buildings"))
		for i := range homes {
			homes[i] = home{
				Code: rapid.StringMatching(`[A-Z][0-9]{1,3}`).Draw(t, "code"), Use: rapid.SampledFrom([]string{"", "residential", "commercial"}).Draw(t, "use"),
				WeightM2: rapid.Float64Range(0, 9000).Draw(t, "weight"),
			}
			if rapid.Bool().Draw(t, "known") {
				n := rapid.IntRange(0, 200).Draw(t, "of the building")
				homes[i].Households = &n
			}
		}
		rows := divide(&total, &area, homes)
		households, m2, known := 0, 0.0, true
		for _, r := range rows {
			if r.Households < 0 {
				t.Fatalf("%+v", r)
			}
			households += r.Households
			if known = known && r.FloorAreaM2 != nil; known {
				m2 += *r.FloorAreaM2
			}
		}
		if households != total {
			t.Fatalf("%d households, not %d", households, total)
		}
		if known && math.Abs(m2-area) > 0.005 {
			t.Fatalf("%v m², not %v", m2, area)
		}
	})
}

func TestBuildingsAreOrderedAsPeopleCount(t *testing.T) {
	for _, c := range [][2]string{{"2幢", "10幢"}, {"A2", "A10"}, {"3幢1单元", "3幢2单元"}, {"007", "8"}, {"", "1"}, {"9", "甲"}} {
		if natural(c[0], c[1]) >= 0 || natural(c[1], c[0]) <= 0 || natural(c[0], c[0]) != 0 {
			t.Errorf("%q does not come before %q", c[0], c[1])
		}
	}
}

func TestABuildingAndItsStairwellAreReadApart(t *testing.T) {
	for want, parts := range map[string][2]string{"2幢1单元": {"2幢", "1单元"}, "B2 1单元": {"B2", "1单元"}, "B2东": {"B2", "东"}, "B2": {"B2", ""}, "小区": {"", ""}, "1单元": {"", "1单元"}} {
		if got := where(parts[0], parts[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
