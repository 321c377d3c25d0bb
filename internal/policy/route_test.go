package policy

import (
	"strings"
	"testing"
)

type set = map[string]any

// small is a project in Tongnan that every table spares, with one kind of works.
func small() set {
	return set{
		"total_investment_wan": 980.0, "works_investment_wan": 800.0, "independent_infrastructure": false,
		"new_construction_land": false, "independent_land": false, "land_right_change": false,
		"structure_change": false, "added_floor_area_m2": 0.0, "construction_kind": "none", "risks": []any{},
		"low_risk": true, "commitment_system": true, "planning_works": []any{"roof"}, "changes_registered_use": false, "own_land": true,
		"changes_fire_lane": false, "affects_evacuation": false, "affects_neighbours": false,
	}
}

// with changes a project's inputs; nil takes one away.
func with(inputs, changes set) set {
	for key, value := range changes {
		if value == nil {
			delete(inputs, key)
		} else {
			inputs[key] = value
		}
	}
	return inputs
}

func planOf(t testing.TB, key string) *Policy {
	t.Helper()
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Policy(key)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tongnan(t testing.TB, params set) Choice {
	t.Helper()
	p := planOf(t, "tongnan-2021")
	if err := p.CheckParams(params); err != nil {
		t.Fatal(err)
	}
	return Choice{Policy: p, Params: params}
}

func tableOf(t interface{ Fatalf(string, ...any) }, c Choice, key string, inputs set) TableAnswer {
	answer, ok := c.Route(inputs).Table(key)
	if !ok {
		t.Fatalf("no table %q", key)
	}
	return answer
}

// decided is a known answer of a decision table.
type decided struct {
	name    string
	params  set
	changes set // against the project that is spared
	table   string
	need    Need
	says    string // in the outcome
}

func (k decided) check(t *testing.T, c Choice, inputs set) {
	t.Helper()
	got := tableOf(t, c, k.table, inputs)
	if got.Need == k.need && strings.Contains(got.Outcome, k.says) {
		return
	}
	t.Errorf("%s: %s", got.Need, got.Outcome)
	for _, r := range got.Rows {
		t.Logf("%s %s %v", r.State, r.Text, r.Facts)
	}
}

func area(m2 float64) set { return set{"added_floor_area_m2": m2, "construction_kind": "extend"} }

func money(wan float64) set {
	return set{"added_floor_area_m2": 5000.0, "construction_kind": "new", "works_investment_wan": wan}
}

func risky(risk string) set {
	return set{"added_floor_area_m2": 300.0, "construction_kind": "extend", "risks": []any{risk}}
}

func works(kind string, more set) set { return with(set{"planning_works": []any{kind}}, more) }

func total(wan float64) set { return set{"total_investment_wan": wan} }

var (
	included = set{"below_includes": "included"}
	excluded = set{"below_includes": "excluded"}
	bothOr   = set{"structure_or_area": "any"}
)

const (
	direct = "凭联合审查通过的改造方案和审查意见直接审批"
	merged = "合并审批可行性研究报告"
	usual  = "按常规程序"
)

var tongnanAnswers = []decided{
	// 1000 万元 is written as included above it
	{"三(三) 立项: 999.9999 万元 is approved directly", nil, total(999.9999), "project", Required, direct},
	{"三(三) 立项: 1000 万元 included: one feasibility study", nil, total(1000), "project", Required, merged},
	{"三(三) 立项: 1000.0001 万元: one feasibility study", nil, total(1000.0001), "project", Required, merged},
	{"三(三) 立项: no reading of 以下 touches 1000 万元", included, total(1000), "project", Required, merged},
	{"三(三) 立项: 功能独立配套基础设施 below 1000 万元", nil, set{"independent_infrastructure": true}, "project", Required, usual},
	{"三(三) 立项: 功能独立配套基础设施 at 1000 万元", nil, with(total(1000), set{"independent_infrastructure": true}), "project", Required, usual},
	{"三(三) 立项: without the total it is undecided", nil, set{"total_investment_wan": nil}, "project", Undecided, "总投资"},
	{"三(三) 立项: 功能独立 decides without the total", nil, set{"total_investment_wan": nil, "independent_infrastructure": true}, "project", Required, usual},

	{"三(三) 用地: no new construction land", nil, set{"independent_land": true}, "land", Exempt, "无需办理用地预审与选址意见书"},
	{"三(三) 用地: 非独立占地", nil, set{"new_construction_land": true, "land_right_change": true}, "land", Exempt, "无需办理用地预审"},
	{"三(三) 用地: existing papers are the proof where no right changes", nil, nil, "land", Exempt, "以既有土地权属文件为用地证明"},
	{"三(三) 用地: a change of right does not by itself ask for a permit", nil, set{"land_right_change": true}, "land", Exempt, "无需办理"},
	{"三(三) 用地: new and independent land needs both", nil, set{"new_construction_land": true, "independent_land": true, "land_right_change": true}, "land", Required, "须办理用地预审"},
	{"三(三) 用地: half known is undecided", nil, set{"new_construction_land": true, "independent_land": nil}, "land", Undecided, "独立占地"},

	{"三(三) 规划许可: a roof that adds nothing", nil, nil, "planning_permit", Exempt, "免于办理"},
	{"三(三) 规划许可: a roof that adds floor area", nil, set{"added_floor_area_m2": 0.01}, "planning_permit", Required, "须办理建设工程规划许可"},
	{"三(三) 规划许可: a roof that affects evacuation", nil, set{"affects_evacuation": true}, "planning_permit", Required, ""},
	{"三(三) 规划许可: refit inside a property unit", nil, works("interior", nil), "planning_permit", Exempt, ""},
	{"三(三) 规划许可: refit that changes the registered use", nil, works("interior", set{"changes_registered_use": true}), "planning_permit", Required, ""},
	{"三(三) 规划许可: charging piles on own land", nil, works("site_facilities", nil), "planning_permit", Exempt, ""},
	{"三(三) 规划许可: charging piles that touch the neighbours", nil, works("site_facilities", set{"affects_neighbours": true}), "planning_permit", Required, ""},
	{"三(三) 规划许可: charging piles that add floor area", nil, works("site_facilities", area(1)), "planning_permit", Required, ""},
	{"三(三) 规划许可: charging piles on land of others", nil, works("site_facilities", set{"own_land": false}), "planning_permit", Required, ""},
	{"三(三) 规划许可: paving that leaves the fire lane", nil, works("landscape", nil), "planning_permit", Exempt, ""},
	{"三(三) 规划许可: paving over the fire lane", nil, works("landscape", set{"changes_fire_lane": true}), "planning_permit", Required, ""},
	{"三(三) 规划许可: one kind that is not spared is enough", nil, set{"planning_works": []any{"roof", "landscape", "other"}}, "planning_permit", Required, ""},
	{"三(三) 规划许可: several kinds, all spared", nil, set{"planning_works": []any{"roof", "interior", "site_facilities", "landscape"}}, "planning_permit", Exempt, ""},
	{"三(三) 规划许可: no kind named is undecided", nil, set{"planning_works": []any{}}, "planning_permit", Undecided, "工程内容"},

	{"三(三) 施工图: neither structure nor area, low risk, commitment", nil, nil, "drawing_review", Exempt, "可不进行施工图审查"},
	{"三(三) 施工图: always, no permit may depend on it", nil, set{"structure_change": true}, "drawing_review", Required, "行政许可不得以施工图审查合格为前置条件"},
	{"三(三) 施工图 B3 all: structure changes", nil, set{"structure_change": true}, "drawing_review", Required, "须办理施工图审查"},
	{"三(三) 施工图 B3 any: structure changes, no area", bothOr, set{"structure_change": true}, "drawing_review", Exempt, ""},
	{"三(三) 施工图 B3 any: area, no structure", bothOr, area(5000), "drawing_review", Exempt, ""},
	{"三(三) 施工图 B3 any: both", bothOr, with(area(5000), set{"structure_change": true}), "drawing_review", Required, ""},
	{"三(三) 施工图: without 告知承诺制", nil, set{"commitment_system": false}, "drawing_review", Required, ""},
	{"三(三) 施工图: not of low risk", nil, set{"low_risk": false}, "drawing_review", Required, ""},
	{"三(三) 施工图: commitment not known", nil, set{"commitment_system": nil}, "drawing_review", Undecided, "告知承诺制"},

	{"三(三) 施工图 B2 check: 999.99 平方米", nil, area(999.99), "drawing_review", Exempt, ""},
	{"三(三) 施工图 B2 check: 1000 平方米 is a boundary", nil, area(1000), "drawing_review", Check, "边界，请核对"},
	{"三(三) 施工图 B2 check: 1000.01 平方米", nil, area(1000.01), "drawing_review", Required, ""},
	{"三(三) 施工图 B2 included: 999.99 平方米", included, area(999.99), "drawing_review", Exempt, ""},
	{"三(三) 施工图 B2 included: 1000 平方米", included, area(1000), "drawing_review", Exempt, ""},
	{"三(三) 施工图 B2 included: 1000.01 平方米", included, area(1000.01), "drawing_review", Required, ""},
	{"三(三) 施工图 B2 excluded: 999.99 平方米", excluded, area(999.99), "drawing_review", Exempt, ""},
	{"三(三) 施工图 B2 excluded: 1000 平方米", excluded, area(1000), "drawing_review", Required, ""},
	{"三(三) 施工图 B2 excluded: 1000.01 平方米", excluded, area(1000.01), "drawing_review", Required, ""},
	{"三(三) 施工图: 高边坡 is not spared", nil, risky("high_slope"), "drawing_review", Required, ""},
	{"三(三) 施工图: 深基坑 is not spared", nil, risky("deep_pit"), "drawing_review", Required, ""},
	{"三(三) 施工图: 高填方 is not spared", nil, risky("high_fill"), "drawing_review", Required, ""},
	{"三(三) 施工图: 高空作业 does not matter here", nil, risky("high_work"), "drawing_review", Exempt, ""},
	{"三(三) 施工图: 重物吊装 does not matter here", nil, risky("heavy_lift"), "drawing_review", Exempt, ""},

	{"三(三) 施工许可: neither structure nor area", nil, nil, "construction_permit", Exempt, "无需办理施工许可"},
	{"三(三) 施工许可 B3 all: structure changes", nil, set{"structure_change": true}, "construction_permit", Required, "须办理施工许可"},
	{"三(三) 施工许可 B3 any: structure changes, no area", bothOr, set{"structure_change": true}, "construction_permit", Exempt, ""},
	{"三(三) 施工许可: 高边坡 is not spared", nil, set{"risks": []any{"high_slope"}}, "construction_permit", Required, ""},
	{"三(三) 施工许可: 高空作业 is not spared", nil, set{"risks": []any{"high_work"}}, "construction_permit", Required, ""},
	{"三(三) 施工许可: 重物吊装 is not spared", nil, set{"risks": []any{"heavy_lift"}}, "construction_permit", Required, ""},
	{"三(三) 施工许可: risks not known", nil, set{"risks": nil}, "construction_permit", Undecided, "风险作业"},

	{"三(三) 施工许可 B2 check: 499.99 平方米", nil, area(499.99), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B2 check: 500 平方米 is a boundary", nil, area(500), "construction_permit", Check, "边界，请核对"},
	{"三(三) 施工许可 B2 check: 500.01 平方米", nil, area(500.01), "construction_permit", Required, ""},
	{"三(三) 施工许可 B2 included: 499.99 平方米", included, area(499.99), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B2 included: 500 平方米", included, area(500), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B2 included: 500.01 平方米", included, area(500.01), "construction_permit", Required, ""},
	{"三(三) 施工许可 B2 excluded: 499.99 平方米", excluded, area(499.99), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B2 excluded: 500 平方米", excluded, area(500), "construction_permit", Required, ""},
	{"三(三) 施工许可 B2 excluded: 500.01 平方米", excluded, area(500.01), "construction_permit", Required, ""},
	{"三(三) 施工许可 B2 check: 99.99 万元", nil, money(99.99), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B2 check: 100 万元 is a boundary", nil, money(100), "construction_permit", Check, "边界，请核对"},
	{"三(三) 施工许可 B2 check: 100.01 万元", nil, money(100.01), "construction_permit", Required, ""},
	{"三(三) 施工许可 B2 included: 99.99 万元", included, money(99.99), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B2 included: 100 万元", included, money(100), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B2 included: 100.01 万元", included, money(100.01), "construction_permit", Required, ""},
	{"三(三) 施工许可 B2 excluded: 99.99 万元", excluded, money(99.99), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B2 excluded: 100 万元", excluded, money(100), "construction_permit", Required, ""},
	{"三(三) 施工许可 B2 excluded: 100.01 万元", excluded, money(100.01), "construction_permit", Required, ""},
	{"三(三) 施工许可 B4: on one limit, surely below the other", nil, with(area(500), set{"works_investment_wan": 99.0}), "construction_permit", Exempt, ""},
	{"三(三) 施工许可 B4: on both limits", nil, with(area(500), set{"works_investment_wan": 100.0}), "construction_permit", Check, ""},
	{"三(三) 施工许可: the second row is for building works only", nil, set{"structure_change": true, "works_investment_wan": 50.0}, "construction_permit", Required, ""},
}

func TestTongnanDecisionTables(t *testing.T) {
	for _, k := range tongnanAnswers {
		t.Run(k.name, func(t *testing.T) { k.check(t, tongnan(t, k.params), with(small(), k.changes)) })
	}
}

func TestARouteSaysWhatIsMissingAndNothingElse(t *testing.T) {
	c := tongnan(t, nil)
	if got := c.Route(small()).Missing; len(got) != 0 {
		t.Errorf("a complete project misses %v", got)
	}
	nothing := c.Route(nil)
	if len(nothing.Missing) < 10 || nothing.Missing[0] != "total_investment_wan" {
		t.Errorf("an empty project misses %v", nothing.Missing)
	}
	for _, table := range nothing.Tables {
		if table.Need != Undecided || len(table.Missing) == 0 {
			t.Errorf("%s without inputs: %s, misses %v", table.Key, table.Need, table.Missing)
		}
	}
	// What cannot change the answer any more is not asked for.
	if got := tableOf(t, c, "land", with(small(), set{"independent_land": nil})); got.Need != Exempt || len(got.Missing) != 0 {
		t.Errorf("%s misses %v", got.Need, got.Missing)
	}
}

func TestAQuestionThatDoesNotAriseIsNotMissing(t *testing.T) {
	c := Choice{Policy: planOf(t, "wansheng-2020")}
	if got := tableOf(t, c, "rebuild", with(block(), set{"partial_rebuild": nil})).Missing; len(got) != 1 || got[0] != "partial_rebuild" {
		t.Errorf("misses %v", got)
	}
	if got := tableOf(t, c, "rebuild", with(block(), set{"partial_rebuild": true})).Missing; len(got) != 5 {
		t.Errorf("misses %v", got)
	}
}

func TestEveryReadingIsShownBesideTheChosenOne(t *testing.T) {
	got := tableOf(t, tongnan(t, excluded), "drawing_review", with(small(), area(1000)))
	needs := map[any]Need{}
	for _, r := range got.Readings {
		if r.Parameter != "below_includes" {
			continue
		}
		needs[r.Value] = r.Need
		if r.Chosen != (r.Value == "excluded") || r.Ambiguity != "B2" {
			t.Errorf("%+v", r)
		}
	}
	if needs["check"] != Check || needs["included"] != Exempt || needs["excluded"] != Required {
		t.Errorf("readings %v", needs)
	}
}

func TestContradictoryInputsAreNoticed(t *testing.T) {
	c := tongnan(t, nil)
	if got := c.Route(small()).Contradictions; len(got) != 0 {
		t.Errorf("%v", got)
	}
	got := c.Route(with(small(), set{"added_floor_area_m2": 10.0})).Contradictions
	if len(got) != 1 || !strings.Contains(got[0], "增加建筑面积") {
		t.Errorf("%v", got)
	}
}

func TestTheWorksCostNoMoreThanTheWhole(t *testing.T) {
	c := tongnan(t, nil)
	got := c.Route(with(small(), set{"total_investment_wan": 500.0})).Contradictions
	if len(got) != 1 || !strings.Contains(got[0], "工程投资额800万元高于总投资500万元") {
		t.Errorf("%v", got)
	}
	for name, changes := range map[string]set{
		"the same": {"total_investment_wan": 800.0}, "no total": {"total_investment_wan": nil}, "no works": {"works_investment_wan": nil},
	} {
		if got := c.Route(with(small(), changes)).Contradictions; len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// block is a project in Wansheng that touches nothing special.
func block() set {
	return set{
		"land_right_change": false, "structure_change": false, "low_risk": true, "commitment_system": true,
		"affects_sunlight_or_green": false, "partial_rebuild": false, "heritage": false, "freed_space": false,
		"idle_building_reuse": false, "elevator": false, "road_excavation": false, "parking": false,
	}
}

func TestWanshengEncouragesJointAcceptance(t *testing.T) {
	for _, task := range planOf(t, "wansheng-2020").Tasks() {
		if task.Key == "acceptance" && strings.Contains(task.Note, "鼓励联合验收（六(三)）") {
			return
		}
	}
	t.Error("六(三): the acceptance does not say that a joint one is encouraged")
}
