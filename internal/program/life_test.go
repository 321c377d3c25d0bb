package program_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

func wantInvalid(t *testing.T, err error, field, part string) {
	t.Helper()
	var invalid *program.InvalidError
	if !errors.As(err, &invalid) || invalid.Field != field || !strings.Contains(invalid.Detail, part) {
		t.Errorf("got %v, want %s: …%s…", err, field, part)
	}
}

func TestPhasesOfWansheng二二(t *testing.T) {
	w := newWorld(t)
	ctx, scope := w.planner()
	applied := w.project(program.Comprehensive, w.in("甲"))
	_, err := w.store.SetPhase(ctx, scope, w.district, applied.Code, applied.Version, program.Plan, ptr(2027), "")
	wantInvalid(t, err, "state", "入库之后")

	p := w.confirmed(program.Comprehensive, w.in("乙"))
	move := func(to program.Phase, year *int, reason string) error {
		next, err := w.store.SetPhase(ctx, scope, w.district, p.Code, p.Version, to, year, reason)
		if err == nil {
			p = next
		}
		return err
	}
	wantInvalid(t, move(program.Plan, nil, ""), "year", "谋划")
	wantInvalid(t, move(program.Implement, ptr(2027), ""), "reason", "由储备调整到实施")
	w.must(move(program.Plan, ptr(2027), ""))
	w.must(move(program.Implement, ptr(2027), ""))
	wantInvalid(t, move(program.Plan, ptr(2028), ""), "reason", "由实施调整到谋划")
	w.must(move(program.Plan, ptr(2028), "资金未到位"))
	if *p.Phase != program.Plan || *p.Year != 2028 {
		t.Errorf("got %+v", p)
	}
	wantInvalid(t, move("later", ptr(2028), "x"), "phase", "没有这个批次")
}

func TestYearWithoutABudgetIsSaid(t *testing.T) {
	w := newWorld(t)
	p := w.step(w.project(program.Comprehensive, w.in("甲")), program.Accept, program.StepAsk{})
	p = w.step(p, program.Confirm, program.StepAsk{Reason: "会议决定", Phase: ptr(program.Implement), Year: ptr(2027)})
	said := func() bool {
		return slices.ContainsFunc(w.file(p.Code).Warnings, func(s string) bool { return strings.Contains(s, "2027 年没有登记资金") })
	}
	if !said() {
		t.Errorf("warnings %q", w.file(p.Code).Warnings)
	}
	w.sql(`insert into fund (district_code, year, source, name, amount_yuan) values ($1, 2027, 'district', '区级配套', 1000000)`, w.district)
	if said() {
		t.Errorf("warnings %q", w.file(p.Code).Warnings)
	}
}

func TestReturnedApplicationIsTakenUpAgain(t *testing.T) {
	w := newWorld(t)
	a := w.in("甲")
	p := w.project(program.Comprehensive, a)
	ctx, scope := w.officer()
	_, err := w.store.Step(ctx, scope, w.district, p.Code, p.Version, program.Return, program.StepAsk{})
	wantInvalid(t, err, "reason", "退回的理由")
	p = w.step(p, program.Return, program.StepAsk{Reason: "材料不全"})
	if p.Live || p.StateReason != "材料不全" || !slices.Equal(p.Communities, []string{a.Code}) {
		t.Errorf("got %+v", p)
	}
	other := w.project(program.Management, a) // the community is free meanwhile
	_, err = w.store.Step(ctx, scope, w.district, p.Code, p.Version, program.Reapply, program.StepAsk{})
	var taken *program.TakenError
	if !errors.As(err, &taken) || taken.Communities[0].Project != other.Code {
		t.Errorf("got %v", err)
	}
	w.step(other, program.Withdraw, program.StepAsk{})
	if p = w.step(p, program.Reapply, program.StepAsk{}); p.State != program.Applied || !p.Live {
		t.Errorf("got %+v", p)
	}
}

func TestCommunitiesChangeByTheBureauOnceAccepted(t *testing.T) {
	w := newWorld(t)
	a, b := w.in("甲"), w.in("乙")
	p := w.project(program.Comprehensive, a)
	ctx, scope := w.officer()
	p, err := w.store.Communities(ctx, scope, w.district, p.Code, p.Version, []string{a.Code, b.Code}, "")
	w.must(err)
	p = w.step(p, program.Accept, program.StepAsk{})
	var outside *account.OutsideError
	if _, err := w.store.Communities(ctx, scope, w.district, p.Code, p.Version, []string{a.Code}, "减少"); !errors.As(err, &outside) {
		t.Errorf("got %v", err)
	}
	planner, district := w.planner()
	_, err = w.store.Communities(planner, district, w.district, p.Code, p.Version, []string{b.Code}, "")
	wantInvalid(t, err, "reason", "说明理由")
	p, err = w.store.Communities(planner, district, w.district, p.Code, p.Version, []string{b.Code}, "甲小区另行拆迁")
	w.must(err)
	if !slices.Equal(p.Communities, []string{b.Code}) {
		t.Errorf("got %+v", p)
	}
	_, err = w.store.Communities(planner, district, w.district, p.Code, p.Version, nil, "x")
	wantInvalid(t, err, "communities", "至少")
}

func TestManagementProjectIsPromotedByTheNoteOfAnnex2(t *testing.T) {
	w := newWorld(t)
	a := w.in("甲")
	p := w.confirmed(program.Management, a)
	ctx, scope := w.planner()
	next, err := w.store.Promote(ctx, scope, w.district, p.Code, p.Version, program.Continuation{AppliedOn: "2026-11-20"})
	w.must(err)
	if next.Library != program.Comprehensive || next.State != program.Applied || *next.PromotedFrom != p.Code || !slices.Equal(next.Communities, p.Communities) {
		t.Errorf("got %+v", next)
	}
	old := w.file(p.Code)
	if old.State != program.Closed || old.Live || old.StateReason != "升级为综合改造" || *old.PromotedTo != next.Code {
		t.Errorf("got %+v", old.Project)
	}
	_, err = w.store.Promote(ctx, scope, w.district, next.Code, next.Version, program.Continuation{AppliedOn: "2026-11-20"})
	wantInvalid(t, err, "state", "入库之后")
}

func TestManagementFollowsComprehensiveRenovationByTheNoteOfAnnex2(t *testing.T) {
	w := newWorld(t)
	p := w.confirmed(program.Comprehensive, w.in("甲"))
	ctx, scope := w.planner()
	_, err := w.store.Step(ctx, scope, w.district, p.Code, p.Version, program.Close, program.StepAsk{Reason: "完成"})
	wantInvalid(t, err, "library", "必须接续管理提升")
	_, err = w.store.Follow(ctx, scope, w.district, p.Code, p.Version, program.Continuation{AppliedOn: "2026-11-20"})
	wantInvalid(t, err, "state", "竣工验收之后")
	w.sql(`insert into milestone (project_id, kind, on_date) select id, 'acceptance', '2026-11-10' from project where code = $1`, p.Code)
	next, err := w.store.Follow(ctx, scope, w.district, p.Code, p.Version, program.Continuation{AppliedOn: "2026-11-20"})
	w.must(err)
	if next.Library != program.Management || *next.Follows != p.Code {
		t.Errorf("got %+v", next)
	}
	if old := w.file(p.Code); old.State != program.Closed || *old.FollowedBy != next.Code {
		t.Errorf("got %+v", old.Project)
	}
}

func TestDemonstrationProjectsOfWansheng二二(t *testing.T) {
	w := newWorld(t)
	p := w.project(program.Comprehensive, w.in("甲"))
	officer, west := w.officer()
	var outside *account.OutsideError
	if _, err := w.store.Update(officer, west, w.district, p.Code, p.Version, program.ProjectPatch{Demonstration: ptr(true)}); !errors.As(err, &outside) {
		t.Errorf("an officer made a demonstration project: %v", err)
	}
	ctx, scope := w.planner()
	_, err := w.store.Update(ctx, scope, w.district, p.Code, p.Version, program.ProjectPatch{Demonstration: ptr(true)})
	w.must(err)
	o, err := w.store.Overview(ctx, scope, w.district)
	w.must(err)
	if len(o.Demonstrations) != 4 || o.Demonstrations[0].Place != "万盛街道" || !slices.Equal(o.Demonstrations[0].Projects, []string{p.Code}) ||
		len(o.Demonstrations[1].Projects) != 0 || o.Demonstrations[0].Clause != "二(二)" {
		t.Errorf("got %+v", o.Demonstrations)
	}
	if o.Waiting.Applied != 1 || len(o.Counts) != 1 || o.Counts[0].Households != 100 {
		t.Errorf("got %+v", o)
	}
}

func TestProjectsFromTheZonesOfAScenarioByTheirYears(t *testing.T) {
	w := newWorld(t)
	zones := zone.New(w.db)
	w.reg.Follow(zones.CommunitiesMoved)
	for i, year := range []*int{ptr(2026), ptr(2027), ptr(2029), nil} {
		c := w.in(nameOf(i))
		z, err := zones.Create(t.Context(), account.Everything, w.district, zone.Draft{Name: c.Name + "片", Geometry: around(*c.Location)})
		w.must(err)
		w.sql(`update zone set year = $2 where code = $1`, z.Code, year)
	}
	out := w.community("新城", west, func(p *registry.CommunityPatch) { p.BuiltYear = ptr(2015) })
	z, err := zones.Create(t.Context(), account.Everything, w.district, zone.Draft{Name: "新城片", Geometry: around(*out.Location)})
	w.must(err)
	w.sql(`update zone set year = 2026 where code = $1`, z.Code)

	ctx, scope := w.planner()
	ask := program.ZonesAsk{Library: program.Comprehensive, Applicant: "各社区居民委员会", AppliedOn: "2026-11-01", Trial: true}
	trial, err := w.store.FromZones(ctx, scope, w.district, ask)
	w.must(err)
	if page, err := w.store.Projects(ctx, scope, w.district, program.Filter{}); err != nil || page.Total != 0 || len(trial.Made) != 3 {
		t.Errorf("a trial saved %d projects (%v) and said %+v", page.Total, err, trial)
	}
	ask.Trial = false
	made, err := w.store.FromZones(ctx, scope, w.district, ask)
	w.must(err)
	var said []string
	for _, m := range made.Made {
		p := w.file(m.Project)
		said = append(said, p.Name+" "+string(*p.ProposedPhase))
	}
	if want := []string{"甲片 implement", "乙片 plan", "丙片 reserve"}; !slices.Equal(said, want) {
		t.Errorf("got %v, want %v", said, want)
	}
	if len(made.Skipped) != 1 || made.Skipped[0].Name != "新城片" || !strings.Contains(made.Skipped[0].Why, "二(一)") {
		t.Errorf("skipped %+v", made.Skipped)
	}
	p := w.step(w.file(made.Made[1].Project).Project, program.Accept, program.StepAsk{})
	if p = w.step(p, program.Confirm, program.StepAsk{Reason: "会议决定"}); *p.Phase != program.Plan || *p.Year != 2027 || p.ZoneName != "乙片" {
		t.Errorf("the proposed phase is not taken over: %+v", p)
	}
}

func nameOf(i int) string { return strings.Split("甲乙丙丁戊己", "")[i] }

func around(at orb.Point) orb.MultiPolygon {
	const h = 0.0005
	return orb.MultiPolygon{{{{at[0] - h, at[1] - h}, {at[0] + h, at[1] - h}, {at[0] + h, at[1] + h}, {at[0] - h, at[1] + h}, {at[0] - h, at[1] - h}}}}
}

func TestGroupsShowWhatEachNeighborhoodHasLeftToDo(t *testing.T) {
	w := newWorld(t)
	w.sql(`insert into neighborhood (district_code, code, name, subdistrict_code) values ($1, 'n1', '新华社区', $2)`, w.district, west)
	inside := func(p *registry.CommunityPatch) { p.NeighborhoodCode = ptr("n1") }
	a, b := w.community("甲", west, inside), w.community("乙", west, inside)
	p := w.project(program.Comprehensive, a)
	ctx, scope := w.planner()
	groups, err := w.store.Groups(ctx, scope, w.district, "neighborhood")
	w.must(err)
	if len(groups) != 1 || groups[0].Name != "新华社区" || groups[0].Communities != 2 || groups[0].InProject != 1 ||
		!slices.Equal(groups[0].Projects, []string{p.Code}) || groups[0].OpenCount != 1 || groups[0].Open[0] != (program.OpenCommunity{Code: b.Code, Name: "乙"}) {
		t.Errorf("got %+v", groups)
	}
	for _, by := range []string{"zone", "subdistrict"} {
		if _, err := w.store.Groups(ctx, scope, w.district, by); err != nil {
			t.Errorf("%s: %v", by, err)
		}
	}
}

func TestProjectFollowsItsCommunityToAnotherSubdistrict(t *testing.T) {
	w := newWorld(t)
	a := w.in("甲")
	p := w.project(program.Comprehensive, a)
	_, err := w.reg.UpdateCommunity(t.Context(), account.Everything, w.district, a.Code, a.Version, registry.CommunityPatch{SubdistrictCode: ptr(east)})
	w.must(err)
	if got := w.file(p.Code).Subdistricts; !slices.Equal(got, []string{east}) {
		t.Errorf("got %v", got)
	}
	ctx, scope := w.officer()
	if _, err := w.store.File(ctx, scope, w.district, p.Code); err == nil {
		t.Error("the officer of the west still reads it")
	}
}

func TestListIsFilteredSortedAndPagedByKeyset(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.project(program.Comprehensive, w.in(nameOf(i)))
	}
	w.project(program.Management, w.in("管理"))
	ctx, scope := w.planner()
	for _, sort := range []string{"code", "-code", "name", "year", "-households", "applied_on", "floor_area_m2", "-estimated_wan"} {
		f := program.Filter{Sort: sort, Limit: 4}
		first, err := w.store.Projects(ctx, scope, w.district, f)
		w.must(err)
		f.Cursor = first.NextCursor
		second, err := w.store.Projects(ctx, scope, w.district, f)
		w.must(err)
		seen := map[string]bool{}
		for _, p := range append(first.Items, second.Items...) {
			seen[p.Code] = true
		}
		if len(seen) != 6 || second.NextCursor != "" || first.Total != 6 {
			t.Errorf("%s: %d of 6 seen, total %d", sort, len(seen), first.Total)
		}
	}
	for name, c := range map[string]struct {
		f    program.Filter
		want int
	}{
		"library":      {program.Filter{Libraries: []string{"management"}}, 1},
		"state":        {program.Filter{States: []string{"accepted"}}, 0},
		"a community":  {program.Filter{Q: "丙"}, 1},
		"code":         {program.Filter{Q: "综-00"}, 5},
		"per cent":     {program.Filter{Q: "%"}, 0},
		"live":         {program.Filter{Live: ptr(true)}, 6},
		"elsewhere":    {program.Filter{Subdistricts: []string{east}}, 0},
		"one of it":    {program.Filter{Community: "c001"}, 1},
		"year":         {program.Filter{Year: ptr(2026)}, 0},
		"phase":        {program.Filter{Phases: []string{"plan"}}, 0},
		"neighborhood": {program.Filter{Neighborhoods: []string{"none"}}, 0},
		"zone":         {program.Filter{Zone: "none"}, 0},
	} {
		page, err := w.store.Projects(ctx, scope, w.district, c.f)
		if err != nil || int(page.Total) != c.want && c.want > 0 || len(page.Items) != c.want {
			t.Errorf("%s: %d of %d (%v)", name, len(page.Items), c.want, err)
		}
	}
	for field, f := range map[string]program.Filter{"sort": {Sort: "colour"}, "cursor": {Cursor: "x"}, "q": {Q: "\x00"}} {
		_, err := w.store.Projects(ctx, scope, w.district, f)
		wantInvalid(t, err, field, "")
	}
}

func TestWhatHasBegunIsGivenUpOrPutBackForAReasonAndWhatIsFinishedNotAtAll(t *testing.T) {
	w := newWorld(t)
	ctx, scope := w.planner()
	p := w.confirmed(program.Comprehensive, w.in("甲"))
	move := func(to program.Phase, year *int, reason string) error {
		next, err := w.store.SetPhase(ctx, scope, w.district, p.Code, p.Version, to, year, reason)
		if err == nil {
			p = next
		}
		return err
	}
	withdraw := func(reason string) error {
		_, err := w.store.Step(ctx, scope, w.district, p.Code, p.Version, program.Withdraw, program.StepAsk{Reason: reason})
		return err
	}
	w.must(move(program.Plan, ptr(2026), ""))
	w.must(move(program.Implement, ptr(2026), ""))
	w.sql(`insert into fund (district_code, year, source, name, amount_yuan) values ($1, 2026, 'district', '区级配套', 1000000)`, w.district)
	w.sql(`insert into fund_allocation (fund_id, project_id, amount_yuan) select f.id, p.id, 35000 from fund f, project p where p.code = $1`, p.Code)
	wantInvalid(t, withdraw(""), "reason", "已安排资金3.5万元")
	wantInvalid(t, move(program.Implement, ptr(2027), ""), "reason", "已安排资金3.5万元")
	w.sql(`insert into milestone (project_id, kind, on_date) select id, 'start', '2026-05-06' from project where code = $1`, p.Code)
	wantInvalid(t, move(program.Reserve, nil, ""), "reason", "已于2026-05-06开工")
	w.must(move(program.Plan, ptr(2026), "资金未到位"))
	w.must(move(program.Implement, ptr(2026), ""))

	w.sql(`insert into milestone (project_id, kind, on_date) select id, 'acceptance', '2026-11-10' from project where code = $1`, p.Code)
	wantInvalid(t, move(program.Reserve, nil, "改期"), "phase", "已于2026-11-10通过竣工验收")
	wantInvalid(t, move(program.Implement, ptr(2027), "改期"), "phase", "以后的年度")
	wantInvalid(t, withdraw("不做了"), "state", "应结项")
}
