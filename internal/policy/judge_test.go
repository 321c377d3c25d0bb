package policy

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func ptr[T any](v T) *T { return &v }

func library(t testing.TB) *Library {
	t.Helper()
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func named(t testing.TB, key string) *Policy {
	t.Helper()
	p, err := library(t).Policy(key)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// good is a community that every clause of both plans takes in.
func good() Facts {
	return Facts{
		UnitKind: "compound", BuiltYear: ptr(1998), Neglected: ptr(true),
		MunicipalMissing: ptr([]string{"雨污管网"}), ServiceMissing: ptr([]string{"health_station", "助餐"}),
		Households: ptr(200), HouseholdsAgreed: ptr(120), FloorAreaM2: ptr(16000.0), FloorAreaAgreedM2: ptr(9600.0),
		PriorWorks: ptr("none"), InShantytownPlan: ptr(false), DemolishRebuild: ptr(false),
		SelfBuiltMajority: ptr(false), UrbanVillage: ptr(false), PoorConditions: ptr(false),
	}
}

// line is a reason without its sentence.
type line struct {
	rule    string
	outcome Outcome
}

func find(reasons []Reason, rule, fact string) []Reason {
	var found []Reason
	for _, r := range reasons {
		if r.Rule == rule && (fact == "" || r.Fact == fact) {
			found = append(found, r)
		}
	}
	return found
}

func TestWanshengClauseByClause(t *testing.T) {
	p := named(t, "wansheng-2020")
	tests := []struct {
		name   string
		change func(*Facts)
		params map[string]any
		want   Verdict
		line   line   // the reason that decides
		says   string // part of its sentence
	}{
		{"everything met", func(*Facts) {}, nil, In, line{"S1", Met}, "建成于1998年，符合“2000年以前建成”"},

		{"S1 built 1950", func(f *Facts) { f.BuiltYear = ptr(1950) }, nil, In, line{"S1", Met}, "1950"},
		{"S1 built 1999", func(f *Facts) { f.BuiltYear = ptr(1999) }, nil, In, line{"S1", Met}, "1999"},
		{"S1 built 2000", func(f *Facts) { f.BuiltYear = ptr(2000) }, nil, Borderline, line{"S1", Doubtful}, "2000年底前建成"},
		{"S1 built 2000, read as included", func(f *Facts) { f.BuiltYear = ptr(2000) }, map[string]any{"built_2000": "in"}, In, line{"S1", Met}, "参数“2000年建成的小区”"},
		{"S1 built 2000, read as excluded", func(f *Facts) { f.BuiltYear = ptr(2000) }, map[string]any{"built_2000": "out"}, Out, line{"S1", Failed}, "参数"},
		{"S1 built 2000, read as to be asked", func(f *Facts) { f.BuiltYear = ptr(2000) }, map[string]any{"built_2000": "ask"}, Borderline, line{"S1", Doubtful}, ""},
		{"S1 the reading does not touch 1999", func(f *Facts) { f.BuiltYear = ptr(1999) }, map[string]any{"built_2000": "out"}, In, line{"S1", Met}, ""},
		{"S1 the reading does not touch 2001", func(f *Facts) { f.BuiltYear = ptr(2001) }, map[string]any{"built_2000": "in"}, Out, line{"S1", Failed}, ""},
		{"S1 built 2001", func(f *Facts) { f.BuiltYear = ptr(2001) }, nil, Out, line{"S1", Failed}, "不符合“2000年以前建成”"},
		{"S1 built 2005", func(f *Facts) { f.BuiltYear = ptr(2005) }, nil, Out, line{"S1", Failed}, "2005"},
		{"S1 built 2006", func(f *Facts) { f.BuiltYear = ptr(2006) }, nil, Out, line{"S1", Failed}, "2006"},
		{"S1 year unknown", func(f *Facts) { f.BuiltYear = nil }, nil, Borderline, line{"S1", Unknown}, "未登记"},
		{"S1 year absurd", func(f *Facts) { f.BuiltYear = ptr(19) }, nil, Borderline, line{"S1", Unknown}, "不合理"},

		{"S2 in good repair", func(f *Facts) { f.Neglected = ptr(false) }, nil, Out, line{"S2", Failed}, "失养失修失管"},
		{"S2 unknown", func(f *Facts) { f.Neglected = nil }, nil, Borderline, line{"S2", Unknown}, "尚未调查"},

		{"S3 names what is missing", func(f *Facts) { f.MunicipalMissing = ptr([]string{"雨污管网", "供气", "供气", " "}) }, nil, In, line{"S3", Met}, "缺2项：雨污管网、供气。"},
		{"S3 a long list is cut", func(f *Facts) { f.MunicipalMissing = ptr([]string{"a", "b", "c", "d", "e", "f", "g", "h"}) }, nil, In, line{"S3", Met}, "缺8项：a、b、c、d、e、f等。"},
		{"S3 nothing missing", func(f *Facts) { f.MunicipalMissing = ptr([]string{}) }, nil, Out, line{"S3", Failed}, "未发现"},
		{"S3 only blanks", func(f *Facts) { f.MunicipalMissing = ptr([]string{"", " "}) }, nil, Out, line{"S3", Failed}, "未发现"},
		{"S3 not surveyed", func(f *Facts) { f.MunicipalMissing = nil }, nil, Borderline, line{"S3", Unknown}, "尚未调查"},

		{"S4 names keys in Chinese", func(*Facts) {}, nil, In, line{"S4", Met}, "缺2项：社区卫生服务站、助餐。"},
		{"S4 nothing missing", func(f *Facts) { f.ServiceMissing = ptr([]string{}) }, nil, Out, line{"S4", Failed}, "未发现"},
		{"S4 not surveyed", func(f *Facts) { f.ServiceMissing = nil }, nil, Borderline, line{"S4", Unknown}, "尚未调查"},

		{"S5 shows both counts", func(*Facts) {}, nil, In, line{"S5", Met}, "同意户数120户，占总户数200户的60.0%；同意面积9600平方米，占总面积16000平方米的60.0%"},
		{"S5 one more than half", func(f *Facts) { f.HouseholdsAgreed = ptr(101) }, nil, In, line{"S5", Met}, "50.5%"},
		{"S5 exactly half is not more than half", func(f *Facts) { f.HouseholdsAgreed = ptr(100) }, nil, Out, line{"S5", Failed}, "未超过50%"},
		{"S5 just under half does not read as half", func(f *Facts) { f.Households, f.HouseholdsAgreed = ptr(20001), ptr(10000) }, nil, Out, line{"S5", Failed}, "49.9%"},
		{"S5 not asked", func(f *Facts) { f.HouseholdsAgreed = nil }, nil, Borderline, line{"S5", Unknown}, "同意户数未登记"},
		{"S5 households unknown", func(f *Facts) { f.Households = nil }, nil, Borderline, line{"S5", Unknown}, "未登记"},
		{"S5 no households", func(f *Facts) { f.Households, f.HouseholdsAgreed = ptr(0), ptr(0) }, nil, Borderline, line{"S5", Unknown}, "总户数未登记"},
		{"S5 more agreed than there are", func(f *Facts) { f.HouseholdsAgreed = ptr(201) }, nil, Borderline, line{"S5", Unknown}, "矛盾"},
		{"S5 fewer than none agreed", func(f *Facts) { f.HouseholdsAgreed = ptr(-1) }, nil, Borderline, line{"S5", Unknown}, "矛盾"},
		{"S5 by households, whatever the area", func(f *Facts) { f.FloorAreaAgreedM2 = ptr(10.0) }, nil, In, line{"S5", Met}, ""},
		{"S5 by area", func(f *Facts) { f.FloorAreaAgreedM2 = ptr(10.0) }, map[string]any{"consent_basis": "area"}, Out, line{"S5", Failed}, ""},
		{"S5 by area, whatever the households", func(f *Facts) { f.HouseholdsAgreed = ptr(1) }, map[string]any{"consent_basis": "area"}, In, line{"S5", Met}, ""},
		{"S5 by area, not measured", func(f *Facts) { f.FloorAreaAgreedM2 = nil }, map[string]any{"consent_basis": "area"}, Borderline, line{"S5", Unknown}, "同意面积未登记"},
		{"S5 by both", func(*Facts) {}, map[string]any{"consent_basis": "both"}, In, line{"S5", Met}, ""},
		{"S5 by both, area short", func(f *Facts) { f.FloorAreaAgreedM2 = ptr(8000.0) }, map[string]any{"consent_basis": "both"}, Out, line{"S5", Failed}, ""},
		{"S5 by both, area unknown", func(f *Facts) { f.FloorAreaM2 = nil }, map[string]any{"consent_basis": "both"}, Borderline, line{"S5", Unknown}, ""},
		{"S5 by both, one short and one unknown", func(f *Facts) { f.FloorAreaM2, f.HouseholdsAgreed = nil, ptr(1) }, map[string]any{"consent_basis": "both"}, Out, line{"S5", Failed}, ""},
		{"S5 by either, area short", func(f *Facts) { f.FloorAreaAgreedM2 = ptr(8000.0) }, map[string]any{"consent_basis": "either"}, In, line{"S5", Met}, ""},
		{"S5 by either, one short and one unknown", func(f *Facts) { f.FloorAreaM2, f.HouseholdsAgreed = nil, ptr(1) }, map[string]any{"consent_basis": "either"}, Borderline, line{"S5", Unknown}, ""},
		{"S5 with two thirds asked for", func(f *Facts) { f.HouseholdsAgreed = ptr(130) }, map[string]any{"consent_share": 0.6666666667}, Out, line{"S5", Failed}, "未超过66.67%"},

		{"S6 a single building", func(f *Facts) { f.UnitKind = "single_building" }, nil, In, line{"S6", Met}, "单栋住宅楼"},
		{"S6 a whole 社区", func(f *Facts) { f.UnitKind = "community" }, nil, In, line{"S6", Met}, "社区"},
		{"S6 something else", func(f *Facts) { f.UnitKind = "厂房" }, nil, Out, line{"S6", Failed}, "厂房"},
		{"S6 unknown", func(f *Facts) { f.UnitKind = "" }, nil, Borderline, line{"S6", Unknown}, "未登记"},

		{"S7 never renovated", func(*Facts) {}, nil, In, line{"S7", Met}, "不涉及再次纳入"},
		{"S7 one item done, gaps left", func(f *Facts) { f.PriorWorks = ptr("single_item") }, nil, In, line{"S7", Met}, "曾实施单项改造，仍缺3项设施，可再次纳入。"},
		{"S7 partly done, gaps left", func(f *Facts) { f.PriorWorks = ptr("partial") }, nil, In, line{"S7", Met}, "局部改造"},
		{"S7 partly done, too few gaps", func(f *Facts) { f.PriorWorks = ptr("partial") }, map[string]any{"readmit_gaps": 4}, Out, line{"S7", Failed}, "不足再次纳入所需的4项"},
		{"S7 partly done, gaps half surveyed", func(f *Facts) { f.PriorWorks, f.ServiceMissing = ptr("partial"), nil }, map[string]any{"readmit_gaps": float64(2)}, Borderline, line{"S7", Unknown}, "调查不完整"},
		{"S7 wholly done", func(f *Facts) { f.PriorWorks = ptr("full") }, nil, Borderline, line{"S7", Doubtful}, "综合改造"},
		{"S7 wholly done, read as excluded", func(f *Facts) { f.PriorWorks = ptr("full") }, map[string]any{"prior_full": "out"}, Out, line{"S7", Failed}, "综合改造"},
		{"S7 wholly done, read as included", func(f *Facts) { f.PriorWorks = ptr("full") }, map[string]any{"prior_full": "in"}, In, line{"S7", Met}, "综合改造"},
		{"S7 unknown", func(f *Facts) { f.PriorWorks = nil }, nil, Borderline, line{"S7", Unknown}, "未登记"},
		{"S7 a word we do not know", func(f *Facts) { f.PriorWorks = ptr("some") }, nil, Borderline, line{"S7", Unknown}, "无法识别"},

		{"S8 in a shantytown plan", func(f *Facts) { f.InShantytownPlan = ptr(true) }, nil, Out, line{"S8", Excluded}, "原则上不纳入"},
		{"S8 unknown", func(f *Facts) { f.InShantytownPlan = nil }, nil, Borderline, line{"S8", Unknown}, "棚户区改造计划"},
		{"S9 to be demolished", func(f *Facts) { f.DemolishRebuild = ptr(true) }, nil, Out, line{"S9", Excluded}, "拆除新建"},
		{"S9 unknown", func(f *Facts) { f.DemolishRebuild = nil }, nil, Borderline, line{"S9", Unknown}, ""},
		{"S10 mostly self-built", func(f *Facts) { f.SelfBuiltMajority = ptr(true) }, nil, Out, line{"S10", Excluded}, "自建住房"},
		{"S10 unknown", func(f *Facts) { f.SelfBuiltMajority = nil }, nil, Borderline, line{"S10", Unknown}, ""},
		{"S11 an urban village", func(f *Facts) { f.UrbanVillage = ptr(true) }, nil, Out, line{"S11", Excluded}, "城中村"},
		{"S11 unknown", func(f *Facts) { f.UrbanVillage = nil }, nil, Borderline, line{"S11", Unknown}, ""},

		{"one failure beats any doubt", func(f *Facts) { f.BuiltYear, f.Neglected, f.UnitKind = ptr(2000), ptr(false), "" }, nil, Out, line{"S2", Failed}, ""},
		{"an exclusion beats any doubt", func(f *Facts) { f.BuiltYear, f.UrbanVillage = nil, ptr(true) }, nil, Out, line{"S11", Excluded}, ""},
		{"poor conditions do not matter here", func(f *Facts) { f.PoorConditions = nil }, nil, In, line{"S1", Met}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			facts := good()
			tt.change(&facts)
			verdict, reasons := p.Judge(facts, tt.params)
			if verdict != tt.want {
				t.Errorf("verdict %s, want %s\n%v", verdict, tt.want, reasons)
			}
			found := find(reasons, tt.line.rule, "")
			if len(found) != 1 || found[0].Outcome != tt.line.outcome || !strings.Contains(found[0].Text, tt.says) {
				t.Errorf("reasons of %s: %v, want %s with %q", tt.line.rule, found, tt.line.outcome, tt.says)
			}
			if len(reasons) != 11 {
				t.Errorf("%d reasons, want one for each of S1 to S11", len(reasons))
			}
			checkSentences(t, reasons)
		})
	}
}

func TestTongnanClauseByClause(t *testing.T) {
	p := named(t, "tongnan-2021")
	all := func(f *Facts) { f.HouseholdsAgreed, f.FloorAreaAgreedM2 = f.Households, f.FloorAreaM2 }
	half := map[string]any{"consent_share": 0.5}
	tests := []struct {
		name   string
		change func(*Facts)
		params map[string]any
		want   Verdict
		rule   string
		fact   string
		found  Outcome
		says   string
	}{
		{"T1 everything met", all, nil, In, "T1", "built_year", Met, "符合“2000年以前建成”"},
		{"T1 built 1999", func(f *Facts) { all(f); f.BuiltYear = ptr(1999) }, nil, In, "T1", "built_year", Met, ""},
		{"T1 built 2000", func(f *Facts) { all(f); f.BuiltYear = ptr(2000) }, nil, Borderline, "T1", "built_year", Doubtful, "2000年底前建成"},
		{"T1 built 2000, read as included", func(f *Facts) { all(f); f.BuiltYear = ptr(2000) }, map[string]any{"built_2000": "in"}, In, "T1", "built_year", Met, "参数"},
		{"T1 built 2000, read as excluded", func(f *Facts) { all(f); f.BuiltYear = ptr(2000) }, map[string]any{"built_2000": "out"}, Out, "T1", "built_year", Failed, "参数"},
		{"T1 built 2001", func(f *Facts) { all(f); f.BuiltYear = ptr(2001) }, nil, Out, "T1", "built_year", Failed, ""},
		{"T1 year unknown", func(f *Facts) { all(f); f.BuiltYear = nil }, nil, Borderline, "T1", "built_year", Unknown, ""},
		{"T1 in good repair", func(f *Facts) { all(f); f.Neglected = ptr(false) }, nil, Out, "T1", "neglected", Failed, ""},
		{"T1 repair unknown", func(f *Facts) { all(f); f.Neglected = nil }, nil, Borderline, "T1", "neglected", Unknown, ""},
		{"T1 municipal complete", func(f *Facts) { all(f); f.MunicipalMissing = ptr([]string{}) }, nil, Out, "T1", "municipal_missing", Failed, ""},
		{"T1 municipal unknown", func(f *Facts) { all(f); f.MunicipalMissing = nil }, nil, Borderline, "T1", "municipal_missing", Unknown, ""},
		{"T1 services complete", func(f *Facts) { all(f); f.ServiceMissing = ptr([]string{}) }, nil, Out, "T1", "service_missing", Failed, ""},
		{"T1 services unknown", func(f *Facts) { all(f); f.ServiceMissing = nil }, nil, Borderline, "T1", "service_missing", Unknown, ""},
		{"T1 no share is printed, so 60 % is not decided", func(*Facts) {}, nil, Borderline, "T1", "households_agreed", Doubtful, "未规定同意比例"},
		{"T1 nobody agreed is clear without a share", func(f *Facts) { f.HouseholdsAgreed = ptr(0) }, nil, Out, "T1", "households_agreed", Failed, "0.0%"},
		{"T1 a share from configuration", func(*Facts) {}, half, In, "T1", "households_agreed", Met, "标准：50%"},
		{"T1 exactly the share is enough", func(f *Facts) { f.HouseholdsAgreed = ptr(100) }, half, In, "T1", "households_agreed", Met, ""},
		{"T1 two thirds of 300", func(f *Facts) { f.Households, f.HouseholdsAgreed = ptr(300), ptr(200) }, map[string]any{"consent_share": 2.0 / 3}, In, "T1", "households_agreed", Met, ""},
		{"T1 below the share", func(f *Facts) { f.HouseholdsAgreed = ptr(99) }, half, Out, "T1", "households_agreed", Failed, ""},
		{"T1 not asked", func(f *Facts) { f.HouseholdsAgreed = nil }, half, Borderline, "T1", "households_agreed", Unknown, ""},
		{"T1 the share unset again", func(*Facts) {}, map[string]any{"consent_share": nil}, Borderline, "T1", "households_agreed", Doubtful, ""},

		{"T2 a single building", func(f *Facts) { all(f); f.UnitKind = "single_building" }, nil, In, "T2", "unit_kind", Met, "单栋住宅楼"},
		{"T2 a 社区 is no unit here", func(f *Facts) { all(f); f.UnitKind = "community" }, nil, Out, "T2", "unit_kind", Failed, "社区"},
		{"T2 unknown", func(f *Facts) { all(f); f.UnitKind = "" }, nil, Borderline, "T2", "unit_kind", Unknown, ""},

		{"T3 built 2001, poor", func(f *Facts) { f.BuiltYear, f.PoorConditions = ptr(2001), ptr(true) }, nil, In, "T3", "poor_conditions", Met, "可逐步纳入"},
		{"T3 built 2005, poor", func(f *Facts) { f.BuiltYear, f.PoorConditions = ptr(2005), ptr(true) }, nil, In, "T3", "built_year", Met, "符合“2005年底前建成”"},
		{"T3 built 2006, poor", func(f *Facts) { f.BuiltYear, f.PoorConditions = ptr(2006), ptr(true) }, nil, Out, "T3", "built_year", Failed, "2006"},
		{"T3 built 2000, poor", func(f *Facts) { f.BuiltYear, f.PoorConditions = ptr(2000), ptr(true) }, nil, In, "T3", "built_year", Met, ""},
		{"T3 built 2003, not poor", func(f *Facts) { f.BuiltYear = ptr(2003) }, nil, Out, "T3", "poor_conditions", Failed, ""},
		{"T3 built 2003, conditions unknown", func(f *Facts) { f.BuiltYear, f.PoorConditions = ptr(2003), nil }, nil, Borderline, "T3", "poor_conditions", Unknown, ""},
		{"T3 built 1990 and maintained, but poor", func(f *Facts) { f.Neglected, f.PoorConditions = ptr(false), ptr(true) }, nil, In, "T3", "poor_conditions", Met, ""},
		{"T3 read with the other conditions", func(f *Facts) { f.BuiltYear, f.PoorConditions, f.Neglected = ptr(2003), ptr(true), ptr(false) }, map[string]any{"extended_conditions": "all"}, Out, "T3", "neglected", Failed, ""},
		{"T3 read with the other conditions, all met", func(f *Facts) { all(f); f.BuiltYear, f.PoorConditions = ptr(2003), ptr(true) }, map[string]any{"extended_conditions": "all"}, In, "T3", "neglected", Met, ""},
		{"T3 a 社区 stays out", func(f *Facts) { f.BuiltYear, f.PoorConditions, f.UnitKind = ptr(2003), ptr(true), "community" }, nil, Out, "T2", "unit_kind", Failed, ""},

		{"no exclusion list is printed", func(f *Facts) { all(f); f.UrbanVillage, f.InShantytownPlan = ptr(true), nil }, nil, In, "T2", "unit_kind", Met, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			facts := good()
			tt.change(&facts)
			verdict, reasons := p.Judge(facts, tt.params)
			if verdict != tt.want {
				t.Errorf("verdict %s, want %s\n%v", verdict, tt.want, reasons)
			}
			found := find(reasons, tt.rule, tt.fact)
			if len(found) != 1 || found[0].Outcome != tt.found || !strings.Contains(found[0].Text, tt.says) {
				t.Errorf("reasons of %s %s: %v, want %s with %q", tt.rule, tt.fact, found, tt.found, tt.says)
			}
			checkSentences(t, reasons)
		})
	}
}

// checkSentences wants whole Chinese sentences with nothing left to fill in.
func checkSentences(t testing.TB, reasons []Reason) {
	t.Helper()
	for _, r := range reasons {
		if strings.Contains(r.Text, "%!") || strings.Contains(r.Text, "{") {
			t.Errorf("%s: a gap in %q", r.Rule, r.Text)
		}
		if !strings.HasSuffix(r.Text, "。") && !strings.HasSuffix(r.Text, "）") {
			t.Errorf("%s: %q does not end", r.Rule, r.Text)
		}
		if !strings.ContainsFunc(r.Text, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
			t.Errorf("%s: %q is not Chinese", r.Rule, r.Text)
		}
		if r.Clause == "" || r.Fact == "" || r.Rule == "" {
			t.Errorf("half a reason: %+v", r)
		}
	}
}

func TestJudgeNamesAmbiguityRouteAndOverride(t *testing.T) {
	facts := good()
	facts.BuiltYear, facts.UrbanVillage = ptr(2000), ptr(true)
	_, reasons := named(t, "wansheng-2020").Judge(facts, nil)
	s1, s11 := find(reasons, "S1", "")[0], find(reasons, "S11", "")[0]
	if s1.Ambiguity != "A1" || s1.Overridable || s1.Route != "" || s1.Clause != "二(一)" || s1.Fact != "built_year" {
		t.Errorf("S1: %+v", s1)
	}
	if !s11.Overridable || s11.Ambiguity != "" {
		t.Errorf("S11: %+v", s11)
	}
	if s8 := find(reasons, "S8", "")[0]; s8.Overridable {
		t.Errorf("an exclusion that does not apply needs no override: %+v", s8)
	}

	_, reasons = named(t, "tongnan-2021").Judge(good(), nil)
	routes := map[string]int{}
	for _, r := range reasons {
		routes[r.Rule+" "+r.Route]++
	}
	if diff := cmp.Diff(map[string]int{"T2 ": 1, "T1 basic": 5, "T3 extended": 2}, routes); diff != "" {
		t.Error(diff)
	}
	if consent := find(reasons, "T1", "households_agreed")[0]; consent.Ambiguity != "B5" {
		t.Errorf("consent without a share: %+v", consent)
	}
}

// Once a route leads in, the others have nothing to prove.
func TestJudgeStopsAtTheFirstRouteThatLeadsIn(t *testing.T) {
	verdict, reasons := named(t, "tongnan-2021").Judge(good(), map[string]any{"consent_share": 0.5})
	if verdict != In || len(find(reasons, "T3", "")) != 0 {
		t.Errorf("%s %v", verdict, reasons)
	}
}

func TestJudgeRefusesWrongParameters(t *testing.T) {
	p := named(t, "wansheng-2020")
	for name, params := range map[string]map[string]any{
		"an unknown key":        {"cutoff": 1999},
		"an unknown value":      {"built_2000": "maybe"},
		"a list":                {"built_2000": []any{"in"}},
		"a number as text":      {"consent_share": "0.5"},
		"a share over 1":        {"consent_share": 50},
		"half a gap":            {"readmit_gaps": 1.5},
		"null where it must be": {"consent_basis": nil},
	} {
		t.Run(name, func(t *testing.T) {
			err := p.CheckParams(params)
			if err == nil {
				t.Fatal("accepted")
			}
			verdict, reasons := p.Judge(good(), params)
			if verdict != Borderline {
				t.Errorf("a wrong parameter made the verdict %s", verdict)
			}
			if len(reasons) != 12 || reasons[0].Outcome != Unknown {
				t.Errorf("%v", reasons)
			}
			checkSentences(t, reasons)
		})
	}
	if err := p.CheckParams(map[string]any{"built_2000": "in", "consent_share": float64(1), "readmit_gaps": 3, "consent_basis": "both"}); err != nil {
		t.Error(err)
	}
}

func TestEmptyFactsAreBorderlineEverywhere(t *testing.T) {
	for _, p := range library(t).Policies() {
		verdict, reasons := p.Judge(Facts{}, nil)
		if verdict != Borderline {
			t.Errorf("%s: %s", p.Key, verdict)
		}
		for _, r := range reasons {
			if r.Outcome != Unknown {
				t.Errorf("%s %s: %s from no facts", p.Key, r.Rule, r.Outcome)
			}
		}
	}
}

func drawFacts(t *rapid.T) Facts {
	flag := func(name string) *bool {
		return rapid.SampledFrom([]*bool{nil, ptr(true), ptr(false)}).Draw(t, name)
	}
	list := func(name string) *[]string {
		return rapid.SampledFrom([]*[]string{nil, {}, {"供水"}, {"供水", "{count}", "health_station"}}).Draw(t, name)
	}
	count := func(name string) *int {
		return rapid.SampledFrom([]*int{nil, ptr(-1), ptr(0), ptr(1), ptr(50), ptr(100)}).Draw(t, name)
	}
	area := func(name string) *float64 {
		return rapid.SampledFrom([]*float64{nil, ptr(0.0), ptr(0.5), ptr(1e9)}).Draw(t, name)
	}
	return Facts{
		UnitKind:  rapid.SampledFrom([]string{"", "compound", "single_building", "community", "x"}).Draw(t, "unit"),
		BuiltYear: rapid.SampledFrom([]*int{nil, ptr(0), ptr(1900), ptr(1999), ptr(2000), ptr(2001), ptr(2005), ptr(2006)}).Draw(t, "year"),
		Neglected: flag("neglected"), MunicipalMissing: list("municipal"), ServiceMissing: list("service"),
		Households: count("households"), HouseholdsAgreed: count("agreed"), FloorAreaM2: area("area"), FloorAreaAgreedM2: area("area agreed"),
		PriorWorks:       rapid.SampledFrom([]*string{nil, ptr(""), ptr("none"), ptr("single_item"), ptr("partial"), ptr("full"), ptr("?")}).Draw(t, "prior"),
		InShantytownPlan: flag("shantytown"), DemolishRebuild: flag("demolish"), SelfBuiltMajority: flag("self built"),
		UrbanVillage: flag("village"), PoorConditions: flag("poor"),
	}
}

// The verdict follows from the reasons, and only certainty makes "in".
func TestJudgeProvesItsVerdict(t *testing.T) {
	policies := library(t).Policies()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(policies).Draw(t, "policy")
		facts := drawFacts(t)
		params := map[string]any{"consent_basis": rapid.SampledFrom([]any{"households", "area", "both", "either"}).Draw(t, "basis")}
		verdict, reasons := p.Judge(facts, params)
		again, same := p.Judge(facts, params)
		if again != verdict || !cmp.Equal(reasons, same) {
			t.Fatal("the same facts gave another proof")
		}
		checkText(t, reasons)
		if quick := (Choice{Policy: p, Params: params}).Verdict(facts); quick != verdict {
			t.Fatalf("%s without the proof, %s with it", quick, verdict)
		}

		routes := map[string][]Reason{}
		var common []Reason
		for _, r := range reasons {
			if r.Route == "" {
				common = append(common, r)
			} else {
				routes[r.Route] = append(routes[r.Route], r)
			}
		}
		want := verdictOf(common)
		if len(routes) > 0 {
			best := Out
			for _, found := range routes {
				best = better(best, verdictOf(found))
			}
			want = worse(want, best)
		}
		if verdict != want {
			t.Fatalf("verdict %s, the reasons say %s: %v", verdict, want, reasons)
		}
	})
}

func checkText(t *rapid.T, reasons []Reason) {
	for _, r := range reasons {
		if r.Text == "" || r.Clause == "" || r.Fact == "" || strings.Contains(r.Text, "%!") || strings.Contains(r.Text, "{year}") || strings.Contains(r.Text, "{survey}") {
			t.Fatalf("half a reason: %+v", r)
		}
	}
}

// Learning one unknown fact may settle a borderline verdict, but it may never
// turn in into out or out into in: a verdict that is not borderline is certain.
func TestKnowingMoreNeverReversesAVerdict(t *testing.T) {
	policies := library(t).Policies()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(policies).Draw(t, "policy")
		whole := drawFacts(t)
		part := whole
		for i, forget := range []func(*Facts){
			func(f *Facts) { f.UnitKind = "" }, func(f *Facts) { f.BuiltYear = nil }, func(f *Facts) { f.Neglected = nil },
			func(f *Facts) { f.MunicipalMissing = nil }, func(f *Facts) { f.ServiceMissing = nil },
			func(f *Facts) { f.HouseholdsAgreed = nil }, func(f *Facts) { f.PriorWorks = nil },
			func(f *Facts) { f.InShantytownPlan = nil }, func(f *Facts) { f.UrbanVillage = nil }, func(f *Facts) { f.PoorConditions = nil },
		} {
			if rapid.Bool().Draw(t, "forget "+string(rune('a'+i))) {
				forget(&part)
			}
		}
		before, _ := p.Judge(part, nil)
		after, _ := p.Judge(whole, nil)
		if before != Borderline && after != before {
			t.Fatalf("%s with less knowledge, %s with more: %+v", before, after, part)
		}
	})
}
