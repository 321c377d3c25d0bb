package policy

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func asked(households, agreed int, area, agreedArea float64) Asked {
	return Asked{Households: &households, Agreed: &agreed, FloorAreaM2: &area, AgreedAreaM2: &agreedArea}
}

func TestConsentByClause(t *testing.T) {
	basis := func(b string) map[string]any { return map[string]any{"consent_basis": b} }
	tests := []struct {
		name             string
		policy           string
		params           map[string]any
		asked            Asked
		want             Outcome
		households, area float64 // missing; -1: not known
		says             string
		neededHouseholds float64
		neededArea       float64
	}{
		{name: "四(九)2 100 of 200 is not more than half", policy: "wansheng-2020", asked: asked(200, 100, 16000, 9000), want: Failed, households: 1, area: 0, says: "按户数还差1户", neededHouseholds: 101, neededArea: 8000.01},
		{name: "四(九)2 101 of 200 is", policy: "wansheng-2020", asked: asked(200, 101, 16000, 100), want: Met, households: 0, area: 7900.01, neededHouseholds: 101, neededArea: 8000.01},
		{name: "四(九)2 101 of 201 is", policy: "wansheng-2020", asked: asked(201, 101, 16000, 8000.01), want: Met, neededHouseholds: 101, neededArea: 8000.01},
		{name: "四(九)2 twelve more households", policy: "wansheng-2020", asked: asked(200, 89, 16000, 9000), want: Failed, households: 12, says: "按户数还差12户", neededHouseholds: 101, neededArea: 8000.01},
		{name: "A3 by area, exactly half", policy: "wansheng-2020", params: basis("area"), asked: asked(200, 200, 16000, 8000), want: Failed, area: 0.01, says: "按面积还差0.01平方米", neededHouseholds: 101, neededArea: 8000.01},
		{name: "A3 by both, both short", policy: "wansheng-2020", params: basis("both"), asked: asked(200, 90, 16000, 7000), want: Failed, households: 11, area: 1000.01, says: "按户数还差11户；按面积还差1000.01平方米", neededHouseholds: 101, neededArea: 8000.01},
		{name: "A3 by either, one is enough", policy: "wansheng-2020", params: basis("either"), asked: asked(200, 10, 16000, 9000), want: Met, households: 91, neededHouseholds: 101, neededArea: 8000.01},
		{name: "A3 by either, both short", policy: "wansheng-2020", params: basis("either"), asked: asked(200, 90, 16000, 7000), want: Failed, households: 11, area: 1000.01, says: "户，或按面积", neededHouseholds: 101, neededArea: 8000.01},
		{name: "A3 two thirds of 300, exceeded", policy: "wansheng-2020", params: map[string]any{"consent_share": 2.0 / 3}, asked: asked(300, 200, 300, 300), want: Failed, households: 1, says: "还差1户", neededHouseholds: 201, neededArea: 200.01},
		{name: "households agreed above those there are", policy: "wansheng-2020", asked: asked(200, 201, 16000, 9000), want: Unknown, households: -1, says: "矛盾", neededArea: 8000.01},
		{name: "not asked yet", policy: "wansheng-2020", asked: Asked{Households: ptr(200)}, want: Unknown, households: -1, area: -1, says: "同意户数未登记"},
		{name: "B5 no share is printed", policy: "tongnan-2021", asked: asked(200, 150, 16000, 9000), want: Doubtful, households: -1, area: -1, says: "未规定同意比例"},
		{name: "B5 all agreed", policy: "tongnan-2021", asked: asked(200, 200, 16000, 9000), want: Met, households: -1, area: -1},
		{name: "B5 two thirds set, reached exactly", policy: "tongnan-2021", params: map[string]any{"consent_share": 2.0 / 3}, asked: asked(300, 200, 300, 100), want: Met, area: 100, neededHouseholds: 200, neededArea: 200},
		{name: "B5 two thirds set, one short", policy: "tongnan-2021", params: map[string]any{"consent_share": 2.0 / 3}, asked: asked(300, 199, 300, 250), want: Failed, households: 1, says: "还差1户", neededHouseholds: 200, neededArea: 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Choice{Policy: named(t, tt.policy), Params: tt.params}.Consent(tt.asked)
			if v.Outcome != tt.want || v.Passed != (tt.want == Met) || v.Clause == "" || v.Rule == "" || v.BasisText == "" {
				t.Errorf("%+v", v)
			}
			if got := orNone(v.Households.Missing); got != tt.households {
				t.Errorf("%v households missing, want %v", got, tt.households)
			}
			if got := orNone(v.Area.Missing); got != tt.area {
				t.Errorf("%v m² missing, want %v", got, tt.area)
			}
			if tt.neededHouseholds != 0 && *v.Households.Needed != tt.neededHouseholds || tt.neededArea != 0 && *v.Area.Needed != tt.neededArea {
				t.Errorf("needed %v households, %v m²", orNone(v.Households.Needed), orNone(v.Area.Needed))
			}
			if !strings.Contains(v.Missing, tt.says) || v.Passed != (v.Missing == "") {
				t.Errorf("missing: %q, want %q", v.Missing, tt.says)
			}
		})
	}
}

func orNone(v *float64) float64 {
	if v == nil {
		return -1
	}
	return *v
}

func TestConsentSaysWhenTheRestIsNotEnough(t *testing.T) {
	c := Choice{Policy: named(t, "wansheng-2020")}
	a := asked(200, 89, 16000, 7000)
	a.Asked = ptr(195)
	v := c.Consent(a)
	if v.Reachable || *v.Unasked != 5 || !strings.Contains(v.Missing, "未征询的5户即使全部同意") {
		t.Errorf("%+v", v)
	}
	a.Asked = ptr(188)
	if v = c.Consent(a); !v.Reachable || *v.Unasked != 12 {
		t.Errorf("%+v", v)
	}
}

// One step less than what is needed fails, what is needed passes.
func TestConsentNeedsExactlyWhatItSays(t *testing.T) {
	lib := library(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(lib.Policies()).Draw(t, "policy")
		total := rapid.IntRange(1, 5000).Draw(t, "households")
		agreed := rapid.IntRange(0, total).Draw(t, "agreed")
		area := float64(rapid.IntRange(100, 50_000_000).Draw(t, "area in 0.01 m²")) / 100
		agreedArea := math.Round(area*rapid.Float64Range(0, 1).Draw(t, "share of the area")*100) / 100
		share := rapid.SampledFrom([]float64{0.5, 2.0 / 3, 0.6, 0.75, 0.9}).Draw(t, "share")
		basis := rapid.SampledFrom([]string{"households", "area"}).Draw(t, "basis")
		c := Choice{Policy: p, Params: map[string]any{"consent_share": share, "consent_basis": basis}}
		v := c.Consent(asked(total, agreed, area, min(agreedArea, area)))
		side := v.Households
		if basis == "area" {
			side = v.Area
		}
		if v.Passed != (*side.Missing == 0) {
			t.Fatalf("passed %v with %v missing", v.Passed, *side.Missing)
		}
		if *side.Needed > *side.Total { // more than all: nothing passes
			return
		}
		exactly := asked(total, int(*v.Households.Needed), area, *v.Area.Needed)
		if basis == "area" {
			exactly.Agreed = &agreed
		} else {
			exactly.AgreedAreaM2 = &area
		}
		if got := c.Consent(exactly); !got.Passed {
			t.Fatalf("what is needed does not pass: %+v", got)
		}
		less := exactly
		if basis == "area" {
			less.AgreedAreaM2 = ptr(math.Round((*v.Area.Needed-0.01)*100) / 100)
		} else {
			less.Agreed = ptr(int(*v.Households.Needed) - 1)
		}
		if *less.Agreed < 0 || *less.AgreedAreaM2 < 0 {
			return
		}
		if got := c.Consent(less); got.Passed {
			t.Fatalf("a step less passes: %+v", got)
		}
	})
}
