package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// printed is an answer that the digest gives, by its clause.
type printed struct {
	clause    string
	got, want any
}

func (k printed) check(t *testing.T) {
	t.Run(k.clause, func(t *testing.T) {
		t.Helper()
		if diff := cmp.Diff(k.want, k.got); diff != "" {
			t.Error(diff)
		}
	})
}

// wholly joins the parts of a line, so that a change of any of them is seen.
func wholly(parts ...any) string {
	var out []string
	for _, p := range parts {
		switch v := p.(type) {
		case []string:
			out = append(out, strings.Join(v, "·"))
		case *int:
			if v != nil {
				out = append(out, fmt.Sprint(*v))
			}
		case *float64:
			if v != nil {
				out = append(out, fmt.Sprint(*v))
			}
		default:
			out = append(out, fmt.Sprint(v))
		}
	}
	return strings.Join(out, " | ")
}

func byKey[T any](list []T, key func(T) string, say func(T) string) map[string]string {
	out := map[string]string{}
	for _, x := range list {
		out[key(x)] = say(x)
	}
	return out
}

func TestTargetsByClause(t *testing.T) {
	say := func(x YearTarget) string {
		return wholly(x.Clause, x.By, x.Metric, x.Count, x.AreaWan, x.BuiltTo, x.Places)
	}
	key := func(x YearTarget) string { return x.ID }
	wansheng := byKey(Choice{Policy: named(t, "wansheng-2020")}.Targets(0), key, say)
	tongnan := byKey(Choice{Policy: named(t, "tongnan-2021")}.Targets(0), key, say)
	for _, k := range []printed{
		{"万盛 二(二) 2020: 4 demonstrations", wansheng["demo-2020"], "二(二) | 2020 | demonstration | 4 | 万盛街道·东林街道·万东镇·南桐镇"},
		{"万盛 二(二) 2022: mechanism", wansheng["system-2022"], "二(二) | 2022 | state | "},
		{"万盛 二(二) 2025: built before the end of 2000", wansheng["finish-2025"], "二(二) | 2025 | completed | 2000 | "},
		{"潼南 一(三) 2021 改造完成", tongnan["completed-2021"], "一(三) | 2021-12-31 | completed | 77 | 66.7 | "},
		{"潼南 一(三) 2021 新开工", tongnan["started-2021"], "一(三) | 2021-12-31 | started | 99 | 77.3 | "},
		{"潼南 一(三) 2022 启动实施", tongnan["launched-2022"], "一(三) | 2022 | launched | 38 | 62 | "},
		{"潼南 一(三) 2022 完成, no area", tongnan["completed-2022"], "一(三) | 2022 | completed | 99 | "},
		{"潼南 一(三) 2023 built to 2000", tongnan["state-2023"], "一(三) | 2023-12-31 | state | 2000 | "},
		{"潼南 一(三) 2025 built to 2005", tongnan["state-2025"], "一(三) | 2025 | state | 2005 | "},
	} {
		k.check(t)
	}
	if len(wansheng) != 3 || len(tongnan) != 6 {
		t.Errorf("%d and %d targets", len(wansheng), len(tongnan))
	}
}

func TestTargetsOfAYear(t *testing.T) {
	c := Choice{Policy: named(t, "tongnan-2021")}
	ids := func(list []YearTarget) []string { return keys(list, func(x YearTarget) string { return x.ID }) }
	for year, want := range map[int][]string{2021: {"completed-2021", "started-2021"}, 2022: {"launched-2022", "completed-2022"}, 2024: {}} {
		if got := ids(c.Targets(year)); !slices.Equal(got, want) {
			t.Errorf("%d: %v", year, got)
		}
	}
}

func TestB1LinksWithoutAssuming(t *testing.T) {
	p := named(t, "tongnan-2021")
	of2022 := func(params map[string]any) YearTarget { return Choice{Policy: p, Params: params}.Targets(2022)[1] }
	if x := of2022(nil); x.LinkedTo != "started-2021" || x.Same || x.ReadAreaWan != nil {
		t.Errorf("by default: %+v", x)
	}
	if x := of2022(map[string]any{"launched_2021_2022": "same"}); !x.Same || x.ReadAreaWan == nil || *x.ReadAreaWan != 77.3 || x.AreaWan != nil {
		t.Errorf("read as the same communities: %+v", x)
	}
}

func TestPhasesLibrariesAndModesByClause(t *testing.T) {
	w, n := named(t, "wansheng-2020"), named(t, "tongnan-2021")
	phases := func(p *Policy) string {
		return wholly(keys(p.Phases, func(x Term) string { return x.Key + x.Name + x.Text }))
	}
	conditions := func(library string) string {
		return wholly(keys(Choice{Policy: w}.LibraryConditions(library), func(c LibraryCondition) string { return c.Key + " " + c.Text + " " + c.Clause }))
	}
	libraries := byKey(w.Libraries, func(l ProjectLibrary) string { return l.Key }, func(l ProjectLibrary) string {
		return wholly(l.Route, l.Name, l.Clause, l.Applicant, l.Acceptor, l.Rules)
	})
	priority := byKey(w.Libraries, func(l ProjectLibrary) string { return l.Key }, func(l ProjectLibrary) string { return l.Priority })
	modes := func(p *Policy) map[string]string {
		return byKey(p.ManagementModes, func(m Mode) string { return m.Key }, func(m Mode) string { return wholly(m.Name, m.Clause, m.Condition) })
	}
	for _, k := range []printed{
		{"二(二) phases", phases(w), "reserve储备储备一批·plan谋划谋划一批·implement实施实施一批"},
		{"product default: phases of 潼南", phases(n), phases(w)},
		{"三、五(二) conditions of 综合改造", conditions("comprehensive"), "chosen 多数业主选择综合改造 三(一)、五(二)·cost_share 多数业主愿意承担合理的改造费用 三(一)、五(二)·later_management 多数业主对后续物业管理方式及其经费达成一致 三(一)、五(二)"},
		{"三、五(二) conditions of 管理提升", conditions("management"), "chosen 多数业主选择管理提升 三(二)、五(二)·better_management 多数业主希望改善管理 三(二)、五(二)·service_fee 多数业主愿意承担合理的物业服务费用 三(二)、五(二)"},
		{"五(二) no other library", conditions("other"), ""},
		{"五(二) 附件2注 comprehensive: in parts, followed by management", libraries["comprehensive"], "综合改造 | 老旧小区综合改造项目库 | 三、五(二) | 社区居民委员会或业主委员会组织居民书面申请 | 镇人民政府、街道办事处受理入库 | 每个项目可分期实施（附件2注）。·综合改造后必须接续管理提升（附件2注）。"},
		{"五(二) 附件2注 management: promotion", libraries["management"], "管理提升 | 管理提升项目库 | 三、五(二) | 社区居民委员会或业主委员会组织居民书面申请 | 镇人民政府、街道办事处受理入库 | 条件成熟时，管理提升项目可转为综合改造（附件2注）。"},
		{"六(一) priority of 综合改造", priority["comprehensive"], "居民愿意分担费用并就后续管理和费用分摊达成一致的，优先实施综合改造（六(一)）。"},
		{"六(一) priority of 管理提升", priority["management"], "尚不具备改造条件、但管理较差且居民就管理方式和经费达成一致的，优先实施管理提升（六(一)）。"},
		{"三(二) modes of 万盛", modes(w), map[string]string{
			"professional":   "聘请专业物业企业管理 | 三(二) | 具备条件；成立业主委员会或居民小组，经业主大会引进",
			"service_centre": "组建社区“物业服务中心”管理 | 三(二) | 难以引进专业物业企业；由街道、镇听取居民意见后组建",
			"self_managed":   "实施居民自治物业管理 | 三(二) | 无法设立物业服务中心；由业主大会或居民会议决定",
		}},
		{"二(三) modes of 潼南", modes(n), map[string]string{
			"professional":   "业主委员会和专业物业服务企业 | 二(三) | 公开选聘；按潼南府发〔2020〕11号给予支持",
			"service_centre": "社区物业服务中心 | 二(三) | 经业主大会或居民会议，负责日常保洁、设施设备管护",
			"self_managed":   "居民自治管理 | 二(三) | 由居民自行管理",
		}},
		{"四(九)2 survey", wholly(w.Survey.Clause, w.Survey.By, w.Survey.Means, w.Survey.StartRule, w.Survey.PersonalData), "四(九)2、附件3、附件4 | 社区居民委员会，街镇指导 | 入户调查·居民大会 | 过半数以上居民达成一致意见的，方可启动项目。 | 户主签字·身份证号码·联系电话"},
		{"三(一) survey of 潼南", wholly(n.Survey.By, n.Survey.Means), "街道办事处、社区（居委会） | 业主大会·问卷调查·入户走访·公开征求意见"},
		{"五(一)–(五) procedure", wholly(keys(w.Procedure, func(s Step) string { return s.Clause + s.Name })), "五(一)完善自管组织·五(二)申请与受理·五(三)方案设计·五(四)组织实施·五(五)管理落实"},
		{"三(一)–(四) procedure of 潼南", wholly(keys(n.Procedure, func(s Step) string { return s.Clause + s.Name })), "三(一)项目生成·三(二)项目编制·三(三)项目审批·三(四)项目招标·三(四)项目实施·三(四)项目验收·三(四)备案·三(四)移交"},
	} {
		k.check(t)
	}
}

func TestActorsByClause(t *testing.T) {
	for _, c := range []struct {
		policy string
		want   map[string]string
	}{
		{"wansheng-2020", map[string]string{
			"leading_group": "四 viewer", "housing": "四、六(一) planner", "development_reform": "四(二) planner", "finance": "四 planner",
			"economy": "四 viewer", "planning": "四 viewer", "urban_management": "四 viewer", "publicity": "四 ", "tax": "四 ",
			"subdistricts": "四 officer", "city_investment": "四(十) contractor", "residents": "四(九) ", "supervision": "四 viewer", "members": "四 ",
		}},
		{"tongnan-2021", map[string]string{
			"leading_group": "五 viewer", "housing": "五 planner", "departments": "五 viewer", "subdistricts": "五 officer", "neighborhoods": "五 ",
			"builder": "三 contractor", "contractors": "三 ", "pipelines": "三 ", "residents": "三 ",
		}},
	} {
		duties := Choice{Policy: named(t, c.policy)}.Duties("")
		got := byKey(duties, func(d Duty) string { return d.Actor }, func(d Duty) string { return d.Clause + " " + d.Role })
		printed{"roles of " + c.policy, got, c.want}.check(t)
	}
	w := Choice{Policy: named(t, "wansheng-2020")}
	officer := w.Duties("officer")
	if len(officer) != 1 {
		t.Fatalf("%+v", officer)
	}
	for _, k := range []printed{
		{"四 the six towns", wholly(officer[0].Bodies), "万盛街道·东林街道·万东镇·南桐镇·关坝镇·青年镇"},
		{"四 what the towns do", wholly(officer[0].Duties), "实施主体·台账（附件5）·征求意见·管理方式·居民自筹·月报"},
		{"六(四) towns and 城投公司 report", []bool{w.MustDo("officer", "report"), w.MustDo("contractor", "report"), w.MustDo("planner", "report")}, []bool{true, true, false}},
		{"六(四) the bureau rolls up", []bool{w.MustDo("planner", "roll_up"), w.MustDo("officer", "roll_up")}, []bool{true, false}},
		{"四(二)、五(二) towns accept, 发展改革局 confirms", []bool{w.MustDo("officer", "accept"), w.MustDo("planner", "confirm"), w.MustDo("officer", "confirm")}, []bool{true, true, false}},
		{"四 other members", wholly(w.Duties("")[13].Bodies), "管委会办公室·教育局·民政局·文化旅游局·卫生健康局·体育发展中心"},
		{"潼南 五 departments of the joint review", wholly(Choice{Policy: named(t, "tongnan-2021")}.Duties("")[2].Bodies), "区发展改革委·区财政局·区规划自然资源局·区城市管理局"},
	} {
		k.check(t)
	}
}

func TestFundsByClause(t *testing.T) {
	say := func(f Fund) string { return wholly(f.Clause, f.Means, f.Rules) }
	key := func(f Fund) string { return f.Key }
	w, n := byKey(named(t, "wansheng-2020").Funding, key, say), byKey(named(t, "tongnan-2021").Funding, key, say)
	for _, k := range []printed{
		{"六(二)1 residents", w["residents"], "六(二)1 | 直接出资·住宅专项维修资金（使用、补建、续筹）·让渡小区公共收益·住房公积金（加装电梯等自住住房改造）·捐资捐物、投工投劳 | 据实分摊·低保家庭、特困人员可减免"},
		{"六(二)2 pipeline units", w["pipelines"], "六(二)2 | 供水·供电·燃气·通信·邮政·广电 | 承担管网改造费用及户表以前的维护·水电气一户一表按市级民生政策执行"},
		{"六(二)3 social capital", w["society"], "六(二)3 | 金融机构·企业投资·捐赠冠名·原产权单位·以公共建筑、权属用地公开招商·停车、养老、抚幼、文体、快递驿站、商业、充电、广告经营资源 | 国有企业保本微利"},
		{"六(二)4 budgets", w["budget"], "六(二)4 | 本级奖补·市级专项资金·中央预算内投资·中央财政专项资金·地方政府专项债券 | "},
		{"潼南 四 residents", n["residents"], "四 | 直接出资·住宅专项维修资金（使用、补建、续筹）·让渡小区公共收益·住房公积金（加装电梯等）·捐物、投工投劳 | "},
		{"潼南 四 pipeline units", n["pipelines"], "四 | 供水·供电·燃气·通信·邮政·广电 | 承担各自管线改造费用·产权可移交经营单位并由其维护·一户一表按市级规定执行"},
		{"潼南 四 budgets", n["budget"], "四 | 中央预算内投资·中央财政专项资金·市级专项资金（城市更新、棚户区改造、住房租赁、养老、托幼、卫生健康、便民服务、停车、安防）·区级配套资金·地方政府专项债券 | "},
	} {
		k.check(t)
	}
}

func TestProvisionsByClause(t *testing.T) {
	for key, provisions := range map[string][][3]string{
		"wansheng-2020": {
			{"一(二)", "概念", "“完整社区”“绿色社区”"},
			{"三、五", "连片", "以社区作为基本空间单元"},
			{"三(一)", "相邻市政设施", "一并实施"},
			{"五", "工作机制", "共谋、共建、共管、共评、共享"},
			{"六(三)", "局部重建", "不突破原建筑基底范围和高度"},
			{"六(三)", "文物和历史建筑", "不得损害"},
			{"六(三)", "腾退空间", "可不增收土地价款"},
			{"六(三)", "存量资产", "底层商业用房"},
			{"六(三)4", "税费", "减按90%计入应纳税所得额"},
		},
		"tongnan-2021": {
			{"三", "连片", "串点成线、连线成片、整体推进"},
			{"三", "工作机制", "政府领导、部门统筹、街道负责、居民参与、社会支持"},
			{"三", "工作方法", "项目化、清单化、事项化"},
			{"三(二)", "片区", "周边片区整体发展"},
			{"二(一)", "排除情形", "未列排除情形"},
		},
	} {
		for _, want := range provisions {
			t.Run(key+" "+want[0]+" "+want[1], func(t *testing.T) {
				if !slices.ContainsFunc(named(t, key).Provisions, func(p Provision) bool {
					return p.Clause == want[0] && p.Topic == want[1] && strings.Contains(p.Text, want[2])
				}) {
					t.Errorf("no provision %v", want)
				}
			})
		}
	}
}

// Every ambiguity that a parameter decides has at least two readings, or is a
// figure, and the default is the safe handling of the digest.
func TestAmbiguityDefaultsByID(t *testing.T) {
	w, n := Choice{Policy: named(t, "wansheng-2020")}, Choice{Policy: named(t, "tongnan-2021")}
	for _, k := range []printed{
		{"A1 year 2000 is borderline", w.Value("built_2000"), "ask"},
		{"A2 25th", w.Value("month_report_day"), 25},
		{"A2 28th", w.Value("month_form_day"), 28},
		{"A3 by households", w.Value("consent_basis"), "households"},
		{"A3 more than half", w.Value("consent_share"), 0.5},
		{"A4 owner per project", w.Value("project_owner"), "per_project"},
		{"A5 towns accept, the bureau confirms", w.Value("library_owner"), "intake_then_confirm"},
		{"B1 not assumed", n.Value("launched_2021_2022"), "not_assumed"},
		{"B2 boundary: check", n.Value("below_includes"), "check"},
		{"B3 both required", n.Value("structure_or_area"), "all"},
		{"B5 no share", n.Value("consent_share"), nil},
		{"B6 15 days", n.Value("filing_days"), 15},
		{"B6 calendar days", n.Value("filing_day_kind"), "calendar"},
		{"N2 poor conditions alone", n.Value("extended_conditions"), "poor_only"},
	} {
		k.check(t)
	}
}
