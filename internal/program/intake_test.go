package program_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestApplicationIsEnteredWithACodeOfItsYearAndLibrary(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.in("东方小区"), w.in("西苑"), w.in("南园")
	first := w.project(program.Comprehensive, a, b)
	if first.Code != "2026-综-001" || first.State != program.Applied || first.Name != "东方小区等 2 个小区" {
		t.Errorf("got %+v", first)
	}
	if first.Households != 200 || first.FloorAreaM2 != 16000 || first.BuildingCount != 8 || !slices.Equal(first.Subdistricts, []string{west}) {
		t.Errorf("figures %+v", first)
	}
	if second := w.project(program.Management, c); second.Code != "2026-管-001" || second.Name != "南园" {
		t.Errorf("got %+v", second)
	}
}

func TestIntakeOfWansheng五二(t *testing.T) {
	w := newWorld(t)
	ctx, scope := w.officer()
	p, err := w.store.Create(ctx, scope, w.district, application(program.Comprehensive, w.in("东方小区")))
	w.must(err)
	p, err = w.store.Step(ctx, scope, w.district, p.Code, p.Version, program.Accept, program.StepAsk{})
	w.must(err)
	var outside *account.OutsideError
	if _, err := w.store.Step(ctx, scope, w.district, p.Code, p.Version, program.Confirm, program.StepAsk{Reason: "同意"}); !errors.As(err, &outside) {
		t.Errorf("A5: 镇街 confirmed: %v", err)
	}
	planner, district := w.planner()
	var open *program.EntryError
	if _, err := w.store.Step(planner, district, w.district, p.Code, p.Version, program.Confirm, program.StepAsk{}); !errors.As(err, &open) {
		t.Fatalf("confirmed although conditions do not hold: %v", err)
	}
	if len(open.Conditions) != 2 || open.Conditions[0].Key != "cost_share" || open.Conditions[0].Clause != "三(一)、五(二)" {
		t.Errorf("open conditions %+v", open.Conditions)
	}
	p = w.step(p, program.Confirm, program.StepAsk{Reason: "示范项目，条件边实施边落实"})
	if p.State != program.Confirmed || p.Phase == nil || *p.Phase != program.Reserve {
		t.Errorf("got %+v", p)
	}
	if f := w.file(p.Code); f.EntryOverride == "" || f.EntryOverrideBy != "planner" {
		t.Errorf("the reason is not kept: %+v", f)
	}
}

func TestProjectInBothLibrariesIsRefusedByName(t *testing.T) {
	w := newWorld(t)
	a := w.in("东方小区")
	w.project(program.Comprehensive, a)
	ctx, scope := w.planner()
	_, err := w.store.Create(ctx, scope, w.district, application(program.Management, a))
	var taken *program.TakenError
	if !errors.As(err, &taken) || !strings.Contains(taken.Error(), "“东方小区”已在综合改造项目库的项目 2026-综-001") {
		t.Errorf("got %v", err)
	}
}

func TestCommunityOutOfScopeIsRefusedWithItsClause(t *testing.T) {
	w := newWorld(t)
	late := w.community("新城", west, func(p *registry.CommunityPatch) { p.BuiltYear = ptr(2010) })
	ctx, scope := w.planner()
	_, err := w.store.Create(ctx, scope, w.district, application(program.Comprehensive, late))
	var invalid *program.InvalidError
	if !errors.As(err, &invalid) || !strings.Contains(invalid.Detail, "“新城”不在改造范围：二(一)") {
		t.Errorf("got %v", err)
	}
}

func TestBorderlineCommunityEntersWithAWarning(t *testing.T) {
	w := newWorld(t)
	c := w.community("界边", west, func(p *registry.CommunityPatch) { p.BuiltYear = ptr(2000) })
	p := w.project(program.Comprehensive, c)
	if f := w.file(p.Code); p.Doubtful != 1 || len(f.Warnings) == 0 || !strings.Contains(f.Warnings[0], "“界边”是否纳入尚待认定") {
		t.Errorf("warnings %q of %+v", f.Warnings, p)
	}
}

func TestCommunityThatLeavesTheScopeStaysInItsRunningProjectAndIsFlagged(t *testing.T) {
	w := newWorld(t)
	a := w.in("东方小区")
	p := w.confirmed(program.Comprehensive, a)
	_, err := w.reg.UpdateCommunity(t.Context(), account.Everything, w.district, a.Code, a.Version, registry.CommunityPatch{BuiltYear: ptr(2012)})
	w.must(err)
	f := w.file(p.Code)
	if f.Strays != 1 || len(f.Members) != 1 || f.Members[0].Eligibility != policy.Out {
		t.Errorf("got %+v", f)
	}
	if !slices.ContainsFunc(f.Warnings, func(s string) bool { return strings.Contains(s, "“东方小区”已不在改造范围：二(一)") }) {
		t.Errorf("warnings %q", f.Warnings)
	}
	ctx, scope := w.planner()
	page, err := w.store.Projects(ctx, scope, w.district, program.Filter{Strays: true})
	w.must(err)
	if page.Total != 1 || page.Items[0].Code != p.Code {
		t.Errorf("strays %+v", page)
	}
}

func TestCommunityOfARunningProjectIsNotDeleted(t *testing.T) {
	w := newWorld(t)
	a := w.in("东方小区")
	p := w.project(program.Comprehensive, a)
	err := w.reg.DeleteCommunity(t.Context(), account.Everything, w.district, a.Code, a.Version)
	var invalid *registry.InvalidError
	if !errors.As(err, &invalid) || !strings.Contains(invalid.Detail, p.Code) {
		t.Fatalf("got %v", err)
	}
	w.step(p, program.Withdraw, program.StepAsk{})
	w.must(w.reg.DeleteCommunity(t.Context(), account.Everything, w.district, a.Code, a.Version))
	w.sql(`delete from district where code = $1`, w.district)
}

func TestTwoOfficersOnOneProject(t *testing.T) {
	w := newWorld(t)
	p := w.project(program.Comprehensive, w.in("东方小区"))
	ctx, scope := w.officer()
	_, err := w.store.Update(ctx, scope, w.district, p.Code, p.Version, program.ProjectPatch{Note: ptr("一")})
	w.must(err)
	if _, err := w.store.Update(ctx, scope, w.district, p.Code, p.Version, program.ProjectPatch{Note: ptr("二")}); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a lost update: %v", err)
	}
}

func TestApplicationsThatCannotBe(t *testing.T) {
	w := newWorld(t)
	a := w.in("东方小区")
	for name, c := range map[string]struct {
		change func(*program.NewProject)
		field  string
	}{
		"no applicant":                {func(n *program.NewProject) { n.Applicant = " " }, "applicant"},
		"written tomorrow":            {func(n *program.NewProject) { n.AppliedOn = "2026-12-01" }, "applied_on"},
		"no date":                     {func(n *program.NewProject) { n.AppliedOn = "昨天" }, "applied_on"},
		"no communities":              {func(n *program.NewProject) { n.Communities = nil }, "communities"},
		"unknown community":           {func(n *program.NewProject) { n.Communities = []string{"nowhere"} }, "communities"},
		"unknown zone":                {func(n *program.NewProject) { n.ZoneCode = "nowhere" }, "zone_code"},
		"mobile number in the note":   {func(n *program.NewProject) { n.Note = "联系 13812345678" }, "note"},
		"identity number":             {func(n *program.NewProject) { n.Applicant = "居民 500110199001011234" }, "applicant"},
		"plan without a year":         {func(n *program.NewProject) { n.ProposedPhase = ptr(program.Plan) }, "year"},
		"answer to no condition":      {func(n *program.NewProject) { n.Readiness = map[string]program.EntryAnswer{"x": {}} }, "readiness"},
		"library that does not exist": {func(n *program.NewProject) { n.Library = "third" }, "library"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, scope := w.planner()
			n := application(program.Comprehensive, a)
			c.change(&n)
			_, err := w.store.Create(ctx, scope, w.district, n)
			var invalid *program.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Detail == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}
