package approval

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/policy"
)

func on(day string) *string { return &day }

func count(n int) *int { return &n }

func TestAChangedRouteKeepsWhatWasDone(t *testing.T) {
	step := func(key string, need policy.Need, done *string, change Change) Step {
		return Step{Key: key, Need: need, DoneOn: done, Change: change}
	}
	for _, test := range []struct {
		name       string
		old, fresh []Step
		want       map[string]Change
	}{
		{
			"done and no longer needed",
			[]Step{step("permit", policy.Required, on("2026-03-01"), "")},
			[]Step{step("permit", policy.Exempt, nil, "")},
			map[string]Change{"permit": Dropped},
		},
		{
			"not done and no longer needed",
			[]Step{step("a", policy.Required, on("2026-03-01"), ""), step("permit", policy.Required, nil, "")},
			[]Step{step("a", policy.Required, nil, ""), step("permit", policy.Exempt, nil, "")},
			map[string]Change{"a": Unchanged, "permit": Unchanged},
		},
		{
			"needed after the checklist was begun",
			[]Step{step("a", policy.Required, on("2026-03-01"), ""), step("permit", policy.Exempt, nil, "")},
			[]Step{step("a", policy.Required, nil, ""), step("permit", policy.Required, nil, "")},
			map[string]Change{"a": Unchanged, "permit": Added},
		},
		{
			"needed before anything was begun",
			[]Step{step("a", policy.Required, nil, ""), step("permit", policy.Exempt, nil, "")},
			[]Step{step("a", policy.Required, nil, ""), step("permit", policy.Required, nil, "")},
			map[string]Change{"a": Unchanged, "permit": Unchanged},
		},
		{
			"what was new stays new until it is done",
			[]Step{step("a", policy.Required, on("2026-03-01"), ""), step("permit", policy.Required, nil, Added)},
			[]Step{step("a", policy.Required, nil, ""), step("permit", policy.Required, nil, "")},
			map[string]Change{"a": Unchanged, "permit": Added},
		},
		{
			"what was dropped is wanted again",
			[]Step{step("permit", policy.Exempt, on("2026-03-01"), Dropped)},
			[]Step{step("permit", policy.Required, nil, "")},
			map[string]Change{"permit": Unchanged},
		},
		{
			"what the policy no longer has stays where it was done",
			[]Step{step("gone", policy.Required, on("2026-03-01"), ""), step("idle", policy.Required, nil, "")},
			[]Step{step("a", policy.Required, nil, "")},
			map[string]Change{"a": Added, "gone": Dropped},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]Change{}
			for _, s := range follow(test.old, test.fresh) {
				got[s.Key] = s.Change
				if was, ok := find(test.old, s.Key); ok && was.DoneOn != nil && s.DoneOn == nil {
					t.Errorf("%s lost its date", s.Key)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAllowedDaysCountFromTheStepBefore(t *testing.T) {
	steps := []Step{
		{Key: "plan", Need: policy.Required, Days: count(20)},
		{Key: "spared", Need: policy.Exempt, Days: count(99)},
		{Key: "review", Need: policy.Required, Days: count(10)},
		{Key: "by hand", Need: policy.Required, DueOn: on("2026-06-01")},
		{Key: "tender", Need: policy.Check, Days: count(30)},
		{Key: "open", Need: policy.Required},
	}
	due := func(start *string) map[string]string {
		schedule(start, steps)
		out := map[string]string{}
		for _, s := range steps {
			if s.DueOn != nil {
				out[s.Key] = *s.DueOn
			}
		}
		return out
	}
	planned := map[string]string{"plan": "2026-03-21", "review": "2026-03-31", "by hand": "2026-06-01", "tender": "2026-07-01"}
	if diff := cmp.Diff(planned, due(on("2026-03-01"))); diff != "" {
		t.Error(diff)
	}
	steps[0].DoneOn = on("2026-04-01") // late: what follows moves with it
	planned["review"] = "2026-04-11"
	if diff := cmp.Diff(planned, due(on("2026-03-01"))); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutAStartDaysLeadToNoDate(t *testing.T) {
	steps := []Step{{Key: "plan", Need: policy.Required, Days: count(20)}}
	schedule(nil, steps)
	if steps[0].DueOn != nil {
		t.Errorf("due %s", *steps[0].DueOn)
	}
}

func TestDaysLeftAreCountedInCalendarDays(t *testing.T) {
	night := time.Date(2026, 3, 10, 23, 59, 0, 0, time.FixedZone("", 8*3600))
	for due, want := range map[string]int{"2026-03-10": 0, "2026-03-09": -1, "2026-03-25": 15} {
		s := Step{Need: policy.Required, DueOn: &due}
		if s.count(night); s.DaysLeft == nil || *s.DaysLeft != want {
			t.Errorf("%s: %v", due, s.DaysLeft)
		}
	}
	for name, s := range map[string]Step{
		"done": {Need: policy.Required, DueOn: on("2026-03-09"), DoneOn: on("2026-03-09")}, "exempt": {Need: policy.Exempt, DueOn: on("2026-03-09")},
	} {
		if s.count(night); s.DaysLeft != nil {
			t.Errorf("%s is counted", name)
		}
	}
}

func choice(t *testing.T, key string, params map[string]any) policy.Choice {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := lib.Policy(key)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Choice{Policy: p, Params: params}
}

func TestTheChecklistFollowsTheProcedure(t *testing.T) {
	for key, want := range map[string][]string{
		"tongnan-2021": {
			"wishes", "publicity", "plan", "joint_review", "project", "land", "planning_permit", "drawing_review", "construction_permit",
			"tender", "start", "works_done", "acceptance", "filing", "handover",
		},
		"wansheng-2020": {
			"self_management", "plan", "publicity", "joint_review", "project", "land", "permits", "drawing_review", "facilities", "rebuild",
			"heritage", "land_price", "use_change", "elevator", "road_excavation", "parking", "agreement", "start", "works_done", "acceptance", "handover",
		},
	} {
		c := choice(t, key, nil)
		var got []string
		for i, s := range checklist(c.Policy, c.Route(nil)) {
			got = append(got, s.Key)
			if s.Place != i+1 || s.Clause == "" || s.Department == "" {
				t.Errorf("%s: %+v", key, s)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

func TestFilingIsDueAfterAcceptance(t *testing.T) {
	for name, test := range map[string]struct {
		params map[string]any
		want   string
	}{
		"三(四) 备案: 15 calendar days": {nil, "2026-03-21"},
		"三(四) 备案 B6: working days":  {map[string]any{"filing_day_kind": "working"}, "2026-03-27"},
	} {
		t.Run(name, func(t *testing.T) {
			c := choice(t, "tongnan-2021", test.params)
			steps := checklist(c.Policy, c.Route(nil))
			for i := range steps {
				if steps[i].Key == "acceptance" {
					steps[i].DoneOn = on("2026-03-06") // a Friday
				}
			}
			withDeadlines(c, steps, time.Date(2026, 3, 22, 9, 0, 0, 0, time.UTC))
			filing, _ := find(steps, "filing")
			if filing.DueOn == nil || *filing.DueOn != test.want || filing.DueClause == "" {
				t.Errorf("due %v by %q", filing.DueOn, filing.DueClause)
			}
		})
	}
}
