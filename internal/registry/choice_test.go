package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

// a2000 is a community of the year that the two clauses disagree about.
func a2000(code, name string) registry.CommunityRow {
	r := eligible(code, name)
	r.BuiltYear = ptr(2000)
	return r
}

func TestTheOtherReadingOf2000FlipsExactlyThoseOf2000(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"), a2000("b", "乙"), a2000("c", "丙"))
	before := b.community("b")

	diff, err := b.DiffPolicy(t.Context(), account.Everything, b.district, registry.PolicyDraft{Params: map[string]any{"built_2000": "out"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.VerdictMove{
		{From: policy.In, To: policy.In, Communities: 1, Households: 100, FloorAreaM2: 8000},
		{From: policy.Borderline, To: policy.Out, Communities: 2, Households: 200, FloorAreaM2: 16000},
	}
	if d := cmp.Diff(want, diff.Moves); d != "" || diff.Judged != 3 {
		t.Errorf("moves: %s", d)
	}
	if got := codes(diff.Flips, func(f registry.Flip) string { return f.Code }); !cmp.Equal(got, []string{"b", "c"}) {
		t.Fatalf("flips %v", got)
	}
	reasons := diff.Flips[0].Reasons
	if len(reasons) != 1 || reasons[0].Rule != "S1" || reasons[0].Clause != "二(一)" || reasons[0].Ambiguity != "A1" ||
		reasons[0].Before != policy.Doubtful || reasons[0].After != policy.Failed || reasons[0].TextBefore == "" || reasons[0].TextAfter == "" {
		t.Errorf("reasons %+v", reasons)
	}
	if after := b.community("b"); !cmp.Equal(before, after) {
		t.Error("trying a reading changed the register")
	}
}

func TestAnotherPlanSaysWhatIsInTheWay(t *testing.T) {
	b := newBench(t)
	r := eligible("a", "甲")
	r.UrbanVillage = ptr(true) // excluded by S11; 潼南 prints no exclusions
	b.upsertCommunities(r)
	diff, err := b.DiffPolicy(t.Context(), account.Everything, b.district, registry.PolicyDraft{PolicyKey: "tongnan-2021", Params: map[string]any{"consent_share": 0.66}})
	if err != nil || len(diff.Flips) != 1 {
		t.Fatalf("%+v, %v", diff, err)
	}
	f := diff.Flips[0]
	if f.Before != policy.Out || f.After != policy.In || len(f.Reasons) != 1 || f.Reasons[0].Rule != "S11" || f.Reasons[0].After != "" {
		t.Errorf("%+v", f)
	}
}

func TestAnOverrideIsShownInADiff(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(a2000("a", "甲"))
	ctx, scope := b.as(planner)
	c := b.community("a")
	if _, err := b.OverrideEligibility(ctx, scope, b.district, "a", c.Version, policy.In, "现场核实"); err != nil {
		t.Fatal(err)
	}
	diff, err := b.DiffPolicy(ctx, scope, b.district, registry.PolicyDraft{Params: map[string]any{"built_2000": "out"}})
	if err != nil || len(diff.Flips) != 1 || diff.Flips[0].Override == nil || *diff.Flips[0].Override != policy.In {
		t.Errorf("%+v, %v", diff.Flips, err)
	}
}

func TestADiffKeepsToTheScope(t *testing.T) {
	b := newBench(t)
	mine, theirs := a2000("a", "甲"), a2000("b", "乙")
	mine.SubdistrictCode, theirs.SubdistrictCode = west, east
	b.upsertCommunities(mine, theirs)
	ctx, scope := b.as(officer)
	diff, err := b.DiffPolicy(ctx, scope, b.district, registry.PolicyDraft{Params: map[string]any{"built_2000": "in"}})
	if err != nil || diff.Judged != 1 || len(diff.Flips) != 1 || diff.Flips[0].Code != "a" {
		t.Errorf("%+v, %v", diff, err)
	}
	if _, err := b.DiffPolicy(ctx, account.Scope{District: "500152"}, b.district, registry.PolicyDraft{}); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("another district: %v", err)
	}
}

func TestReadingsStandSideBySide(t *testing.T) {
	b := newBench(t)
	half := eligible("c", "丙")
	half.HouseholdsAgreed = ptr(50) // exactly half of the households, more than half of the area
	b.upsertCommunities(eligible("a", "甲"), a2000("b", "乙"), half)
	effects, err := b.Readings(t.Context(), account.Everything, b.district)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range effects {
		for _, r := range e.Readings {
			got[fmt.Sprintf("%s=%v", e.Key, r.Value)] = fmt.Sprintf("%d/%d/%d %d %v", r.In, r.Borderline, r.Out, r.Flips, r.Chosen)
		}
	}
	want := map[string]string{
		"built_2000=ask": "1/1/1 0 true", "built_2000=in": "2/0/1 1 false", "built_2000=out": "1/0/2 1 false",
		"consent_basis=households": "1/1/1 0 true", "consent_basis=area": "2/1/0 1 false", "consent_basis=both": "1/1/1 0 false", "consent_basis=either": "2/1/0 1 false",
		"prior_full=ask": "1/1/1 0 true", "prior_full=in": "1/1/1 0 false", "prior_full=out": "1/1/1 0 false",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSavingAPolicy(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(a2000("a", "甲"), eligible("b", "乙"))
	ctx, scope := b.as(planner)
	seen, err := b.PolicyChoice(ctx, scope, b.district)
	if err != nil || seen.PolicyKey != "wansheng-2020" || len(seen.History) != 0 {
		t.Fatalf("%+v, %v", seen, err)
	}
	b.changed("")
	draft := registry.PolicyDraft{Params: map[string]any{"built_2000": "in", "consent_share": 0.5}, Reason: "按目标条款"}
	saved, changed, err := b.SavePolicy(ctx, scope, b.district, seen.Version, draft)
	if err != nil || changed != 1 || saved.Version != seen.Version+1 {
		t.Fatalf("changed %d, %v", changed, err)
	}
	if got := b.community("a").Eligibility; got != policy.In {
		t.Errorf("the community of 2000 is %s", got)
	}
	for _, q := range saved.Parameters {
		// What the plan says anyway is no override.
		if q.Overridden != (q.Key == "built_2000") || q.Overridden && (q.Value != "in" || q.ChangedBy != "planner" || q.ChangedAt == nil) {
			t.Errorf("%s: %+v", q.Key, q)
		}
	}
	if len(b.changed("policy")) != 1 {
		t.Error("nobody was told that the policy changed")
	}
	if _, _, err := b.SavePolicy(ctx, scope, b.district, seen.Version, registry.PolicyDraft{}); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("an old version: %v", err)
	}
	again, changed, err := b.SavePolicy(ctx, scope, b.district, saved.Version, draft)
	if err != nil || changed != 0 || again.Version != saved.Version || len(again.History) != 1 {
		t.Errorf("saving the same again: version %d, %d decisions, %v", again.Version, len(again.History), err)
	}
	officerCtx, officerScope := b.as(officer)
	var outside *account.OutsideError
	if _, _, err := b.SavePolicy(officerCtx, officerScope, b.district, saved.Version, registry.PolicyDraft{}); !errors.As(err, &outside) {
		t.Errorf("an officer chose the plan of the district: %v", err)
	}
	var invalid *registry.InvalidError
	for field, d := range map[string]registry.PolicyDraft{
		"policy_key":           {PolicyKey: "nowhere-1999"},
		"params.built_2000":    {Params: map[string]any{"built_2000": "perhaps"}},
		"params.consent_share": {Params: map[string]any{"consent_share": 1.5}},
		"reason":               {Reason: "见 500110199001011234"},
	} {
		if _, _, err := b.SavePolicy(ctx, scope, b.district, saved.Version, d); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	other, _, err := b.SavePolicy(ctx, scope, b.district, saved.Version, registry.PolicyDraft{PolicyKey: "tongnan-2021", Params: map[string]any{"consent_share": 0.6}})
	if err != nil || other.PolicyKey != "tongnan-2021" || other.History[0].From != "wansheng-2020" || len(other.History[0].Changes) != 1 {
		t.Errorf("another plan: %+v, %v", other.History, err)
	}
}

// The issue asks for 3,000 communities under 200 ms.
func TestADiffOfAWholeDistrictIsQuick(t *testing.T) {
	b := newBench(t)
	rows := make([]registry.CommunityRow, 0, 3000)
	for i := range 3000 {
		r := eligible(fmt.Sprintf("c%04d", i), fmt.Sprintf("小区%d", i))
		if i%2 == 0 {
			r.BuiltYear = ptr(2000)
		}
		rows = append(rows, r)
	}
	b.upsertCommunities(rows...)
	ctx, scope := b.as(planner)
	const goal = 200 * time.Millisecond
	postgistest.Within(t, b.db, goal, "the diff with 1,500 flips", func() {
		diff, err := b.DiffPolicy(ctx, scope, b.district, registry.PolicyDraft{Params: map[string]any{"built_2000": "in"}})
		if err != nil || len(diff.Flips) != 1500 {
			t.Fatalf("%d flips, %v", len(diff.Flips), err)
		}
		if _, err := json.Marshal(diff); err != nil {
			t.Fatal(err)
		}
	})
	postgistest.Within(t, b.db, goal, "all readings", func() {
		if _, err := b.Readings(ctx, scope, b.district); err != nil {
			t.Fatal(err)
		}
	})
}

func TestACommunityThatIsCreatedWhileThePlanChangesIsJudgedByTheNewOne(t *testing.T) {
	b := newBench(t)
	other, err := b.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(context.Background()) }()
	for _, sql := range []string{ // as SavePolicy does
		`select from district where code = $1 for update`,
		`update district set policy_key = 'tongnan-2021' where code = $1`,
	} {
		if _, err := other.Exec(t.Context(), sql, b.district); err != nil {
			t.Fatal(err)
		}
	}
	type created struct {
		registry.Community
		err error
	}
	went := make(chan created, 1)
	go func() {
		c, err := b.CreateCommunity(t.Context(), account.Everything, b.district, registry.NewCommunity{Code: "a", CommunityPatch: registry.CommunityPatch{Name: ptr("甲")}})
		went <- created{c, err}
	}()
	postgistest.Blocked(t, b.db)
	if err := other.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-went; got.err != nil || !strings.HasPrefix(got.VerdictPolicy, "tongnan-2021@") {
		t.Errorf("judged by %q, %v", got.VerdictPolicy, got.err)
	}
}
