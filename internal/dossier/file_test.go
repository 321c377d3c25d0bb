package dossier

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestTheChecklistIsThatOfTheDistrictsPlan(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	f := b.file("a")
	count := map[string]int{}
	for _, c := range f.Checks {
		count[c.Kind]++
		if c.Result != Unchecked || c.Clause == "" {
			t.Errorf("%s %s is %s under %q", c.Kind, c.No, c.Result, c.Clause)
		}
	}
	if count[OfItem] != 39 || count[OfManagement] != 25 {
		t.Errorf("附件1 has 39 items and 附件2 has 25 checks; the list has %v", count)
	}
	if len(f.Management.Board) != 6 || len(f.Management.Modes) != 3 {
		t.Errorf("附件2第六项: %d fields; 三(二): %d modes", len(f.Management.Board), len(f.Management.Modes))
	}
	if first := f.Checks[39]; first.No != "1.1" || first.Group != "环境卫生" || first.Clause != "附件2第一项" {
		t.Errorf("the first check of the standard is %+v", first)
	}
	b.exec(`update district set policy_key = 'tongnan-2021' where code = $1`, b.district)
	items := 0
	for _, c := range b.file("a").Checks {
		if c.Kind == OfItem {
			items++
		}
	}
	if items != 29 {
		t.Errorf("二(二) names 29 items, the list has %d", items)
	}
}

func TestAFreshFileLacksNearlyEverythingAndEachWriteAddsItsShare(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	f := b.file("a")
	if f.Version != 1 || f.Completeness.Share > 0.05 {
		t.Fatalf("version %d, %.2f complete", f.Version, f.Completeness.Share)
	}
	ctx, all := t.Context(), account.Everything
	b.must(b.StateSources(ctx, all, b.district, "a", 1, []FactSource{{Field: "subdistrict_code", Source: "房产档案", AsOf: "2026-10-01"}}))
	f = b.file("a")
	if s := section(t, f, "sources"); s.Done != 1 || s.Of != 1 || f.Version != 2 {
		t.Errorf("sources %d of %d at version %d", s.Done, s.Of, f.Version)
	}
	i := slices.IndexFunc(f.Facts, func(x FileFact) bool { return x.Field == "subdistrict_code" })
	if x := f.Facts[i]; x.Source != "房产档案" || !x.Stated || *x.AsOf != "2026-10-01" {
		t.Errorf("fact %+v", x)
	}
	var results []CheckResult
	for _, c := range f.Checks {
		results = append(results, CheckResult{Kind: c.Kind, No: c.No, Result: OK})
	}
	b.must(b.SetChecks(ctx, all, b.district, "a", 2, results))
	if s := section(t, b.file("a"), "checks"); s.Done != 64 || s.Of != 64 || len(s.Missing) != 0 {
		t.Errorf("39 + 25 checks are all done: %+v", s)
	}
	b.must(b.SetChecks(ctx, all, b.district, "a", 3, []CheckResult{{Kind: OfItem, No: "1", Result: Unchecked}}))
	if s := section(t, b.file("a"), "checks"); s.Done != 63 || s.Missing[0] != "改造内容还有 1 项未查" {
		t.Errorf("taken back: %+v", s)
	}
	b.must(b.SetPriorWorks(ctx, all, b.district, "a", 4, []PriorWork{{Year: 2012, Content: "屋面防水", InvestmentWan: ptr(38.5)}}))
	f = b.file("a")
	if s := section(t, f, "prior"); s.Done != 1 || f.PriorWorks[0].Content != "屋面防水" || *f.PriorWorks[0].InvestmentWan != 38.5 {
		t.Errorf("prior works %+v", f.PriorWorks)
	}
	if !strings.Contains(f.Completeness.How, "权重") {
		t.Errorf("the share is not explained: %q", f.Completeness.How)
	}
}

func TestTheWeightsAddUpAndTheListSaysWhatTheFileSays(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{Households: ptr(120), BuiltYear: ptr(1985), PriorWorks: ptr("none")})
	b.community("b", east, registry.CommunityPatch{})
	f := b.file("a")
	weights, share := 0, 0.0
	for _, s := range f.Completeness.Sections {
		weights += s.Weight
		share += float64(s.Weight) / 100 * float64(s.Done) / float64(s.Of)
	}
	if weights != 100 || math.Abs(share-f.Completeness.Share) > 1e-9 {
		t.Errorf("weights %d, share %v of %v", weights, share, f.Completeness.Share)
	}
	ctx := t.Context()
	list, err := b.Files(ctx, account.Everything, b.district, Filter{})
	b.must(err)
	if list.Total != 2 || list.Items[0].Code != "b" || list.Items[1].Share != f.Completeness.Share {
		t.Errorf("the least complete comes first: %+v", list.Items)
	}
	for name, c := range map[string]struct {
		filter Filter
		want   string
	}{
		"most complete first":    {Filter{Sort: "-share"}, "a b"},
		"by name":                {Filter{Sort: "name"}, "a b"},
		"by name backwards":      {Filter{Sort: "-name"}, "b a"},
		"part of the name":       {Filter{Q: "区 A"}, "a"},
		"a subdistrict":          {Filter{Subdistricts: []string{east}}, "b"},
		"less complete than":     {Filter{Below: f.Completeness.Share}, "b"},
		"out of the scope alone": {Filter{Eligibility: []string{"out"}}, ""},
	} {
		list, err := b.Files(ctx, account.Everything, b.district, c.filter)
		b.must(err)
		var codes []string
		for _, e := range list.Items {
			codes = append(codes, e.Code)
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	first, err := b.Files(ctx, account.Everything, b.district, Filter{Limit: 1})
	b.must(err)
	second, err := b.Files(ctx, account.Everything, b.district, Filter{Limit: 1, Cursor: first.NextCursor})
	b.must(err)
	if first.Items[0].Code != "b" || second.Items[0].Code != "a" || second.NextCursor != "" {
		t.Errorf("pages %+v, %+v", first, second)
	}
	var wrong *InvalidError
	if _, err := b.Files(ctx, account.Everything, b.district, Filter{Sort: "colour"}); !errors.As(err, &wrong) {
		t.Errorf("sorted by a colour: %v", err)
	}
	if _, err := b.Files(ctx, account.Everything, b.district, Filter{Cursor: "x"}); !errors.As(err, &wrong) {
		t.Errorf("cursor x: %v", err)
	}
}

func TestTwoOfficersOnOneFileCannotOverwriteEachOther(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	ctx, scope := b.as(account.Officer, west)
	check := []CheckResult{{Kind: OfItem, No: "1", Result: Missing}}
	b.must(b.SetChecks(ctx, scope, b.district, "a", 1, check))
	for name, err := range map[string]error{
		"checks":      b.SetChecks(ctx, scope, b.district, "a", 1, check),
		"sources":     b.StateSources(ctx, scope, b.district, "a", 1, []FactSource{{Field: "address", Source: "现场"}}),
		"prior works": b.SetPriorWorks(ctx, scope, b.district, "a", 1, nil),
		"management":  b.SetManagement(ctx, scope, b.district, "a", 1, ManagementSetting{}),
		"take over":   b.TakeChecksOver(ctx, scope, b.district, "a", 1),
	} {
		if !errors.Is(err, postgis.ErrVersion) {
			t.Errorf("%s on what somebody else has changed: %v", name, err)
		}
	}
	if f := b.file("a"); f.Version != 2 || f.UpdatedBy != "某人" || f.Checks[0].Result != Missing {
		t.Errorf("version %d by %s, check %s", f.Version, f.UpdatedBy, f.Checks[0].Result)
	}
}

func TestAFileIsOfThoseWhoseSubdistrictItIs(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	ctx, scope := b.as(account.Officer, east)
	if _, err := b.File(ctx, scope, b.district, "a"); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the neighbour reads it: %v", err)
	}
	if err := b.SetPriorWorks(ctx, scope, b.district, "a", 1, nil); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the neighbour writes it: %v", err)
	}
	var outside *account.OutsideError
	ctx, scope = b.as(account.Viewer)
	if err := b.SetPriorWorks(ctx, scope, b.district, "a", 1, nil); !errors.As(err, &outside) {
		t.Errorf("a viewer writes it: %v", err)
	}
	list, err := b.Files(ctx, account.Scope{District: b.district, Subdistricts: []string{east}}, b.district, Filter{})
	b.must(err)
	if list.Total != 0 {
		t.Errorf("the neighbour's list has %d", list.Total)
	}
}

func TestWrongAndPersonalEntriesAreRefusedWithASentence(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	ctx, all := t.Context(), account.Everything
	source := func(s FactSource) error { return b.StateSources(ctx, all, b.district, "a", 1, []FactSource{s}) }
	check := func(c CheckResult) error { return b.SetChecks(ctx, all, b.district, "a", 1, []CheckResult{c}) }
	work := func(w PriorWork) error { return b.SetPriorWorks(ctx, all, b.district, "a", 1, []PriorWork{w}) }
	manage := func(m ManagementSetting) error { return b.SetManagement(ctx, all, b.district, "a", 1, m) }
	yes := true
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"a fact that there is not":           {source(FactSource{Field: "colour", Source: "现场"}), "没有“colour”"},
		"a phone in a source":                {source(FactSource{Field: "address", Source: "问 13812345678"}), "手机号码"},
		"an identity number in a note":       {source(FactSource{Field: "address", Source: "户籍", Note: "500110198001011234"}), "身份证"},
		"a source of tomorrow week":          {source(FactSource{Field: "address", Source: "现场", AsOf: "2026-12-01"}), "还没有到"},
		"no date":                            {source(FactSource{Field: "address", Source: "现场", AsOf: "去年"}), "不是日期"},
		"item 40 of 39":                      {check(CheckResult{Kind: OfItem, No: "40", Result: OK}), "没有第 40 项"},
		"a result that there is not":         {check(CheckResult{Kind: OfItem, No: "1", Result: "nice"}), "供水管网改造"},
		"a phone in a check":                 {check(CheckResult{Kind: OfItem, No: "1", Result: OK, Note: "联系 13812345678"}), "个人信息"},
		"the same line twice":                {b.SetChecks(ctx, all, b.district, "a", 1, []CheckResult{{Kind: OfItem, No: "1", Result: OK}, {Kind: OfItem, No: "1", Result: Missing}}), "两次"},
		"works without content":              {work(PriorWork{Year: 2010}), "改造内容"},
		"works of next year":                 {work(PriorWork{Year: 2027, Content: "屋面"}), "2027"},
		"works for less than nothing":        {work(PriorWork{Year: 2010, Content: "屋面", InvestmentWan: ptr(-1.0)}), "投资额"},
		"decided, but nothing":               {manage(ManagementSetting{DecidedBy: "业主大会"}), "有且只有一种"},
		"a mode that there is not":           {manage(ManagementSetting{Mode: "nobody"}), "没有这种"},
		"a responsible person on the board":  {manage(ManagementSetting{Mode: "professional", Board: []BoardSetting{{No: 2, Shown: &yes, Text: "张三"}}}), "涉及个人"},
		"a mobile number on the board":       {manage(ManagementSetting{Mode: "professional", Board: []BoardSetting{{No: 5, Text: "13812345678"}}}), "手机号码"},
		"a seventh field of the board":       {manage(ManagementSetting{Mode: "professional", Board: []BoardSetting{{No: 7, Shown: &yes}}}), "没有第 7 项"},
		"nothing found that could be a fact": {b.TakeChecksOver(ctx, all, b.district, "a", 1), "没有可以采用的"},
	} {
		var wrong *InvalidError
		if !errors.As(c.err, &wrong) || !strings.Contains(wrong.Detail, c.says) {
			t.Errorf("%s: %v, want a sentence with %q", name, c.err, c.says)
		}
	}
	if f := b.file("a"); f.Version != 1 {
		t.Errorf("something was written: version %d", f.Version)
	}
}

// 二(一) S3 and S4: at least one item is missing.
func TestMissingItemsBecomeFactsAndTheVerdictFollows(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{
		BuiltYear: ptr(1985), Neglected: ptr(true), Households: ptr(100), HouseholdsAgreed: ptr(80), PriorWorks: ptr("none"),
		InShantytownPlan: ptr(false), DemolishRebuild: ptr(false), SelfBuiltMajority: ptr(false), UrbanVillage: ptr(false),
	})
	if before := b.file("a").Community; before.Eligibility != policy.Borderline {
		t.Fatalf("before, it is %s", before.Eligibility)
	}
	ctx, all := t.Context(), account.Everything
	b.must(b.SetChecks(ctx, all, b.district, "a", 1, []CheckResult{
		{Kind: OfItem, No: "1", Result: Missing, CheckedOn: "2026-11-20"},  // inside: municipal
		{Kind: OfItem, No: "12", Result: Missing, CheckedOn: "2026-11-21"}, // adjacent: municipal
		{Kind: OfItem, No: "18", Result: Missing},                          // of the building: neither
		{Kind: OfItem, No: "2", Result: Faulty},                            // there, but broken
		{Kind: OfItem, No: "34", Result: Missing},                          // service
	}))
	f := b.file("a")
	if !f.TakeOver.Changes || !slices.Equal(*f.TakeOver.MunicipalMissing, []string{"供水管网改造", "相关相邻道路补缺改造提升"}) ||
		!slices.Equal(*f.TakeOver.ServiceMissing, []string{"卫生服务站配置"}) {
		t.Fatalf("offered %+v", f.TakeOver)
	}
	b.must(b.TakeChecksOver(ctx, all, b.district, "a", 2))
	f = b.file("a")
	if f.Community.Eligibility != policy.In || f.TakeOver.Changes {
		t.Errorf("after, it is %s; %+v", f.Community.Eligibility, f.Community.VerdictProof)
	}
	i := slices.IndexFunc(f.Facts, func(x FileFact) bool { return x.Field == "service_missing" })
	if f.Facts[i].Source != "现状体检" {
		t.Errorf("source of the fact: %+v", f.Facts[i])
	}
	entries := 0
	b.must(b.db.Pool.QueryRow(ctx, `select count(*) from audit_entry where entity_code = 'a' and action in ('community.update', 'dossier.take_over')`).Scan(&entries))
	if entries != 2 {
		t.Errorf("%d audit entries, want the file's and the community's", entries)
	}
}

func TestWhatNobodyCheckedStaysUnknownAndWhatWasWrittenByHandStays(t *testing.T) {
	line := func(name, result string) FileCheck {
		return FileCheck{Name: name, Fact: municipalMissing, Result: result}
	}
	for name, c := range map[string]struct {
		checks []FileCheck
		now    *[]string
		want   *[]string
	}{
		"nobody looked":                      {[]FileCheck{line("供水", Unchecked)}, nil, nil},
		"nobody looked, written by hand":     {[]FileCheck{line("供水", Unchecked)}, &[]string{"排水"}, nil},
		"half looked at, nothing missing":    {[]FileCheck{line("供水", OK), line("供电", Unchecked)}, nil, nil},
		"all looked at, nothing missing":     {[]FileCheck{line("供水", OK), line("供电", Faulty)}, nil, &[]string{}},
		"not applicable is not missing":      {[]FileCheck{line("供水", NotApplicable)}, nil, &[]string{}},
		"one missing is enough":              {[]FileCheck{line("供水", Missing), line("供电", Unchecked)}, nil, &[]string{"供水"}},
		"written by hand stays":              {[]FileCheck{line("供水", Missing)}, &[]string{"排水"}, &[]string{"供水", "排水"}},
		"what was found is missing no more":  {[]FileCheck{line("供水", OK), line("供电", Unchecked)}, &[]string{"供水", "排水"}, &[]string{"排水"}},
		"what is missing is not named twice": {[]FileCheck{line("供水", Missing)}, &[]string{"供水"}, &[]string{"供水"}},
		"nor by the beginning of its name":   {[]FileCheck{line("供水管网改造", Missing)}, &[]string{"供水管网"}, &[]string{"供水管网改造"}},
		"nor by its facility": {
			[]FileCheck{{Name: "卫生服务站配置", Fact: municipalMissing, Result: Missing, facilities: []string{"health_station"}}},
			&[]string{"health_station", "nursery"}, &[]string{"卫生服务站配置", "nursery"},
		},
	} {
		got := missingOf(c.checks, municipalMissing, c.now)
		if !sameList(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// 三(二): exactly one mode per community; 附件2第六项: six fields.
func TestOneModeOfManagementAndItsBoard(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	ctx, all := t.Context(), account.Everything
	yes, no := true, false
	b.must(b.SetManagement(ctx, all, b.district, "a", 1, ManagementSetting{
		Mode: "service_centre", DecidedOn: "2026-05-01", DecidedBy: "居民会议",
		Board: []BoardSetting{{No: 1, Shown: &yes, Text: "社区物业服务中心"}, {No: 2, Shown: &no}},
	}))
	f := b.file("a")
	m := f.Management
	if m.Mode != "service_centre" || f.Community.ManagementMode != "service_centre" || *m.DecidedOn != "2026-05-01" ||
		m.Board[0].Text != "社区物业服务中心" || *m.Board[1].Shown || m.Board[2].Shown != nil || !m.Board[1].Personal {
		t.Errorf("management %+v", m)
	}
	if s := section(t, f, "management"); s.Done != 3 || s.Of != 7 {
		t.Errorf("mode and two fields of six: %+v", s)
	}
	b.must(b.SetManagement(ctx, all, b.district, "a", 2, ManagementSetting{Mode: "self_managed"}))
	if f := b.file("a"); f.Community.ManagementMode != "self_managed" || f.Management.Board[0].Shown != nil {
		t.Errorf("the second decision replaces the first: %+v", f.Management)
	}
}

func TestFewHouseholdsAreMaskedForThoseWhoNeedNoDetail(t *testing.T) {
	b := newBench(t)
	c := b.community("a", west, registry.CommunityPatch{})
	_ = c
	b.exec(`insert into survey (id, district_code, community_id, started_on)
		select gen_random_uuid(), $1, id, '2026-11-01' from community where code = 'a'`, b.district)
	b.exec(`insert into survey_count (survey_id, building_code, households, asked, agreed, disagreed)
		select id, '', 60, 50, 47, 3 from survey`)
	ctx, scope := b.as(account.Viewer)
	f, err := b.File(ctx, scope, b.district, "a")
	b.must(err)
	if f.Survey == nil || !f.Survey.Masked || f.Survey.Agreed != nil || f.Survey.Disagreed != nil || f.Survey.Households != 60 {
		t.Errorf("a viewer sees %+v", f.Survey)
	}
	ctx, scope = b.as(account.Officer, west)
	f, err = b.File(ctx, scope, b.district, "a")
	b.must(err)
	if f.Survey.Masked || *f.Survey.Disagreed != 3 {
		t.Errorf("the officer sees %+v", f.Survey)
	}
}

// 附件1第34项: a health station only where the health centre does not reach.
func TestEvidenceComesFromTheNewestRunOfWhatIsThere(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	run := func(facility string, covered int, at, settings string) {
		b.exec(`
			with run as (
				insert into coverage_run (id, district_code, facility_type, method, radius_m, area, inputs, summary, settings, created_at)
				values (gen_random_uuid(), $1, $2, 'radius', 300, '{}', '{}', '{}', $3::jsonb, $4::text::timestamptz) returning id)
			insert into coverage_community (run_id, community_id, code, name, buildings, covered_buildings, households, covered_households, floor_area_m2, covered_floor_area_m2)
			select run.id, c.id, c.code, c.name, 4, $5::bigint, 100, 25 * $5::bigint, 1000, 0 from run, community c where c.code = 'a'`,
			b.district, facility, settings, at, covered)
	}
	run("health_station", 4, "2026-01-01", `{}`)
	run("health_station", 0, "2026-02-01", `{}`)
	run("health_station", 4, "2026-03-01", `{"scenario": "better"}`)
	run("health_centre", 2, "2026-02-01", `{}`)
	run("public_toilet", 4, "2026-02-01", `{}`)
	f := b.file("a")
	for _, c := range f.Checks {
		switch {
		case c.Kind == OfItem && c.No == "34":
			if len(c.Evidence) != 2 || !c.Evidence[0].First || c.Evidence[0].State != "partly" || c.Evidence[1].State != "uncovered" || c.Evidence[1].Limit != "300 m" {
				t.Errorf("item 34: %+v", c.Evidence)
			}
		case c.Kind == OfItem && c.No == "39":
			if len(c.Evidence) != 1 || c.Evidence[0].State != "covered" || c.Evidence[0].CoveredHouseholds != 100 {
				t.Errorf("item 39: %+v", c.Evidence)
			}
		case len(c.Evidence) != 0:
			t.Errorf("%s %s has evidence %+v", c.Kind, c.No, c.Evidence)
		}
	}
}

func TestTheFileShowsItsProjectsAndWhatWasDone(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	b.exec(`insert into project (district_code, code, name, library, state, phase, year) values ($1, '2026-综-001', '红星片区', 'comprehensive', 'confirmed', 'implement', 2026)`, b.district)
	b.exec(`insert into project_community (project_id, community_id, live) select p.id, c.id, true from project p, community c`)
	b.exec(`insert into work_item (project_id, policy_key, item_no, answer, quantity, unit, price_yuan) select id, 'wansheng-2020', 1, 'do', 120, '户', 800 from project`)
	b.exec(`insert into cost_share (project_id, source, amount_yuan) select id, 'pipelines', 96000 from project`)
	b.exec(`insert into approval_step (project_id, key, place, name, need, clause, department, due_on) select id, 'x', 1, '立项', 'required', '三(三)', '发展改革局', '2026-06-01' from project`)
	b.exec(`insert into milestone (project_id, kind, on_date) select id, 'start', '2026-07-01' from project`)
	b.must(b.SetPriorWorks(t.Context(), account.Everything, b.district, "a", 1, []PriorWork{{Year: 2012, Content: "屋面防水"}}))
	f := b.file("a")
	if len(f.Projects) != 1 {
		t.Fatalf("projects %+v", f.Projects)
	}
	p := f.Projects[0]
	if p.Code != "2026-综-001" || p.CostYuan != 96000 || p.SharedYuan != 96000 || p.Items[0].Name != "供水管网改造" || *p.Items[0].AmountYuan != 96000 ||
		p.Shares[0].Source != "pipelines" || p.Steps[0].Department != "发展改革局" || p.Milestones[0].On != "2026-07-01" {
		t.Errorf("project %+v", p)
	}
	if len(f.History) != 2 || f.History[0].Action != "dossier.prior_works" || f.History[1].Action != "community.create" {
		t.Errorf("history %+v", f.History)
	}
	list, err := b.Files(t.Context(), account.Everything, b.district, Filter{})
	b.must(err)
	if list.Items[0].ProjectCode != "2026-综-001" {
		t.Errorf("list %+v", list.Items[0])
	}
}
