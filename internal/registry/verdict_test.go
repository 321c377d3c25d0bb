package registry_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestVerdictsAreStoredWithTheirProof(t *testing.T) {
	b := newBench(t)
	in, out := eligible("in", "甲"), eligible("out", "乙")
	out.InShantytownPlan = ptr(true)
	b.upsertCommunities(in, out, registry.CommunityRow{Code: "unknown", Name: "丙"})
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	p, err := lib.Policy("wansheng-2020")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]policy.Verdict{"in": policy.In, "out": policy.Out, "unknown": policy.Borderline} {
		got := b.community(code)
		if got.Verdict != want || got.Eligibility != want {
			t.Errorf("%s is %s (%s), want %s: %s", code, got.Verdict, got.Eligibility, want, asJSON(t, got.VerdictProof))
		}
		verdict, proof := p.Judge(got.Facts(), nil)
		if verdict != got.Verdict || asJSON(t, proof) != asJSON(t, got.VerdictProof) {
			t.Errorf("%s: the stored proof is not that of its facts", code)
		}
		for _, r := range got.VerdictProof {
			if r.Clause == "" || r.Text == "" {
				t.Errorf("%s: a reason without a clause: %+v", code, r)
			}
		}
		if got.VerdictPolicy != p.Key+"@"+p.Version || got.Version != 1 {
			t.Errorf("%s: judged by %q at version %d", code, got.VerdictPolicy, got.Version)
		}
	}
}

func TestAnOverrideStandsBesideTheVerdict(t *testing.T) {
	b := newBench(t)
	row := eligible("a", "甲")
	row.InShantytownPlan = ptr(true)
	b.upsertCommunities(row)
	ctx, scope := b.as(planner)
	for name, c := range map[string]struct {
		verdict policy.Verdict
		reason  string
		field   string
	}{
		"without a reason":    {policy.In, "  ", "reason"},
		"to an odd verdict":   {"maybe", "理由", "verdict"},
		"to no verdict":       {"", "理由", "verdict"},
		"for a reason of NUL": {policy.In, "a\x00", "reason"},
	} {
		_, err := b.OverrideEligibility(ctx, scope, b.district, "a", 1, c.verdict, c.reason)
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := b.community("a")
	got, err := b.OverrideEligibility(ctx, scope, b.district, "a", 1, policy.In, "区政府会议纪要〔2021〕3号")
	if err != nil {
		t.Fatal(err)
	}
	if got.Eligibility != policy.In || got.Verdict != policy.Out || asJSON(t, got.VerdictProof) != asJSON(t, before.VerdictProof) {
		t.Errorf("overridden: %s", asJSON(t, got))
	}
	if *got.OverrideVerdict != policy.In || *got.OverrideReason != "区政府会议纪要〔2021〕3号" || *got.OverrideBy != "规划员" || got.OverrideAt == nil || got.Version != 2 {
		t.Errorf("override: %s", asJSON(t, got))
	}

	// Neither an edit nor an import nor judging anew takes it away.
	at := *got.OverrideAt
	if got, err = b.UpdateCommunity(ctx, scope, b.district, "a", 2, registry.CommunityPatch{Households: ptr(101), HouseholdsAgreed: ptr(101)}); err != nil {
		t.Fatal(err)
	}
	b.upsertCommunities(eligible("a", "甲"))
	if _, err := b.RejudgeDistrict(ctx, b.district); err != nil {
		t.Fatal(err)
	}
	got = b.community("a")
	if got.Eligibility != policy.In || got.OverrideAt == nil || !got.OverrideAt.Equal(at) {
		t.Errorf("after other writes: %s", asJSON(t, got))
	}
	list, err := b.Communities(ctx, scope, b.district, registry.CommunityFilter{Eligibility: []policy.Verdict{policy.In}})
	if err != nil || list.Total != 1 {
		t.Errorf("the filter does not see the override: %d, %v", list.Total, err)
	}
	cleared, err := b.ClearOverride(ctx, scope, b.district, "a", got.Version)
	if err != nil {
		t.Fatal(err)
	}
	if cleared.OverrideVerdict != nil || cleared.OverrideReason != nil || cleared.OverrideBy != nil || cleared.OverrideAt != nil || cleared.Eligibility != cleared.Verdict {
		t.Errorf("cleared: %s", asJSON(t, cleared))
	}
	if actions := b.audited("community"); !slices.Contains(actions, "community.override") || !slices.Contains(actions, "community.clear_override") {
		t.Errorf("audit trail: %v", actions)
	}
}

func TestRejudgingADistrictTouchesOnlyWhatChanges(t *testing.T) {
	b := newBench(t)
	const n = 3000
	rows := make([]registry.CommunityRow, 0, n)
	for i := range n {
		r := eligible(fmt.Sprintf("c%04d", i), fmt.Sprintf("小区%d", i))
		if i%3 == 0 {
			r.BuiltYear = nil
		}
		rows = append(rows, r)
	}
	start := time.Now()
	b.upsertCommunities(rows...)
	t.Logf("%d communities brought in and judged: %v", n, time.Since(start).Round(time.Millisecond))
	if changed, err := b.RejudgeDistrict(t.Context(), b.district); err != nil || changed != 0 {
		t.Errorf("judging what is judged changed %d, %v", changed, err)
	}
	if _, err := b.db.Pool.Exec(t.Context(), `update community set verdict = 'out', verdict_proof = '[]'`); err != nil {
		t.Fatal(err)
	}
	start = time.Now()
	changed, err := b.RejudgeDistrict(t.Context(), b.district)
	took := time.Since(start)
	t.Logf("%d communities judged anew: %v", n, took.Round(time.Millisecond))
	if err != nil || changed != n {
		t.Errorf("changed %d, %v", changed, err)
	}
	if took > 2*time.Second {
		t.Errorf("judging %d communities took %v", n, took)
	}
	if v := b.community("c0001").Version; v != 2 {
		t.Errorf("version %d after a changed verdict, want 2", v)
	}
}

func TestChoosingAPolicyJudgesAnew(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"))
	if _, err := b.ChoosePolicy(t.Context(), b.district, "tongnan-2021", nil); err != nil {
		t.Fatal(err)
	}
	d, err := b.District(t.Context(), account.Everything, b.district)
	if err != nil || d.PolicyKey != "tongnan-2021" {
		t.Errorf("district follows %q, %v", d.PolicyKey, err)
	}
	if got := b.community("a"); got.VerdictPolicy != d.PolicyKey+"@"+d.PolicyVersion {
		t.Errorf("judged by %q", got.VerdictPolicy)
	}
	if _, err := b.db.Pool.Exec(t.Context(), `update district set policy_version = 'old'; update community set verdict = 'out', verdict_policy = 'tongnan-2021@old'`); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		if err := b.FollowPolicies(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := b.community("a"); got.VerdictPolicy != d.PolicyKey+"@"+d.PolicyVersion || got.Version != 3 {
			t.Errorf("after a new version of the policy: judged by %q at version %d", got.VerdictPolicy, got.Version)
		}
	}
	var invalid *registry.InvalidError
	if _, err := b.ChoosePolicy(t.Context(), b.district, "nowhere-1999", nil); !errors.As(err, &invalid) {
		t.Errorf("an unknown policy: %v", err)
	}
}
