package program_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

// agreedOf is a community of 100 households, so many of which agreed, managed as
// said.
func (w *world) agreedOf(name string, agreed int, mode string) registry.Community {
	w.t.Helper()
	return w.community(name, west, func(p *registry.CommunityPatch) {
		p.HouseholdsAgreed, p.FloorAreaAgreedM2, p.ManagementMode = ptr(agreed), ptr(float64(agreed)*80), &mode
	})
}

func holds(keys ...string) map[string]program.EntryAnswer {
	answers := map[string]program.EntryAnswer{}
	for _, key := range keys {
		answers[key] = program.EntryAnswer{Holds: true}
	}
	return answers
}

func outcomes(conditions []program.EntryCondition) string {
	var said []string
	for _, c := range conditions {
		said = append(said, c.Key+" "+string(c.Outcome))
	}
	return strings.Join(said, ", ")
}

func TestEntryConditionsByClause(t *testing.T) {
	for name, c := range map[string]struct {
		library program.Library
		agreed  int
		mode    string
		answers map[string]program.EntryAnswer
		params  string
		want    string
	}{
		"三(一)、五(二) 综合改造: all three hold": {
			program.Comprehensive, 51, "professional", holds("cost_share", "later_management"), `{}`,
			"chosen holds, cost_share holds, later_management holds",
		},
		"四(九)2 exactly half is not 过半数": {
			program.Comprehensive, 50, "professional", holds("cost_share", "later_management"), `{}`,
			"chosen fails, cost_share holds, later_management holds",
		},
		"五(二) nothing said yet": {
			program.Comprehensive, 51, "", nil, `{}`,
			"chosen holds, cost_share unknown, later_management unknown",
		},
		"三(二) a later mode that is not on record": {
			program.Comprehensive, 51, "", holds("cost_share", "later_management"), `{}`,
			"chosen holds, cost_share holds, later_management unknown",
		},
		"三(二) residents refuse the cost": {
			program.Comprehensive, 51, "self_managed",
			map[string]program.EntryAnswer{"cost_share": {Holds: false, Note: "居民会议"}, "later_management": {Holds: true}},
			`{}`,
			"chosen holds, cost_share fails, later_management holds",
		},
		"三(二)、五(二) 管理提升: all three hold": {
			program.Management, 51, "", holds("better_management", "service_fee"), `{}`,
			"chosen holds, better_management holds, service_fee holds",
		},
		"A3 by area": {
			program.Management, 51, "", holds("better_management", "service_fee"), `{"consent_basis": "area"}`,
			"chosen holds, better_management holds, service_fee holds",
		},
		"A3 a higher share": {
			program.Management, 66, "", holds("better_management", "service_fee"), `{"consent_share": 0.66}`,
			"chosen fails, better_management holds, service_fee holds",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.sql(`update district set policy_params = $1::jsonb`, c.params)
			ctx, scope := w.planner()
			community := w.agreedOf("东方小区", 90, c.mode)
			n := application(c.library, community)
			n.Readiness = c.answers
			p, err := w.store.Create(ctx, scope, w.district, n)
			w.must(err)
			_, err = w.reg.UpdateCommunity(t.Context(), account.Everything, w.district, community.Code, community.Version,
				registry.CommunityPatch{HouseholdsAgreed: &c.agreed, FloorAreaAgreedM2: ptr(float64(c.agreed) * 80)})
			w.must(err)
			f := w.file(p.Code)
			if got := outcomes(f.Conditions); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, condition := range f.Conditions {
				if condition.Clause == "" || condition.Text == "" || condition.Why == "" {
					t.Errorf("without a clause, text or why: %+v", condition)
				}
			}
		})
	}
}

func TestEveryCommunityOfAProjectHasToAgree(t *testing.T) {
	w := newWorld(t)
	ctx, scope := w.planner()
	n := application(program.Comprehensive, w.agreedOf("甲", 90, ""), w.community("乙", west, func(p *registry.CommunityPatch) {
		p.BuiltYear, p.HouseholdsAgreed, p.FloorAreaAgreedM2 = ptr(2000), ptr(51), ptr(4200.0)
	}))
	p, err := w.store.Create(ctx, scope, w.district, n)
	w.must(err)
	if got := w.file(p.Code).Conditions[0]; got.Outcome != program.Holds || !strings.Contains(got.Why, "“乙”同意户数51户") {
		t.Errorf("got %+v", got)
	}
	// A survey's counts go before what the register says.
	w.sql(`insert into survey (id, district_code, community_id, started_on) select gen_random_uuid(), district_code, id, '2026-10-01' from community where name = '乙'`)
	w.sql(`insert into survey_count (survey_id, households, asked, agreed, floor_area_m2, agreed_area_m2) select id, 100, 60, 38, 8000, 3000 from survey`)
	got := w.file(p.Code).Conditions[0]
	if got.Outcome != program.Fails || !strings.Contains(got.Why, "按户数还差13户") || !strings.Contains(got.Why, "征询中") {
		t.Errorf("got %+v", got)
	}
}

func TestSmallCountsAreNotSaidToWhoNeedsNoDetail(t *testing.T) {
	w := newWorld(t)
	p := w.project(program.Comprehensive, w.agreedOf("甲", 90, ""))
	scope := account.Scope{District: w.district}
	ctx := account.With(t.Context(), account.Person{Name: "viewer", Role: account.Viewer, District: w.district, Scope: scope})
	f, err := w.store.File(ctx, scope, w.district, p.Code)
	w.must(err)
	if strings.Contains(f.Conditions[0].Why, "90") || strings.Contains(f.Members[0].ConsentSaid, "90") || f.Priority.Consent != nil {
		t.Errorf("a viewer reads %q, %q, %v", f.Conditions[0].Why, f.Members[0].ConsentSaid, f.Priority.Consent)
	}
	if len(f.Steps) != 0 {
		t.Errorf("a viewer is offered %+v", f.Steps)
	}
}

func TestPriorityByClause六一(t *testing.T) {
	for name, c := range map[string]struct {
		library   program.Library
		mode      string
		neglected bool
		answers   map[string]program.EntryAnswer
		first     bool
		want      string
	}{
		"六(一) cost share and later management agreed: 综合改造 first": {
			program.Comprehensive, "professional", true, holds("cost_share", "later_management"), true,
			"cost_share holds, later_management holds",
		},
		"六(一) cost share alone is not enough": {
			program.Comprehensive, "professional", true, holds("cost_share"), false,
			"cost_share holds, later_management unknown",
		},
		"六(一) not ready, poorly managed, mode and fee agreed: 管理提升 first": {
			program.Management, "self_managed", true, holds("better_management", "service_fee"), true,
			"not_ready holds, poor_management holds, mode_agreed holds, service_fee holds",
		},
		"六(一) well managed": {
			program.Management, "self_managed", false, holds("better_management", "service_fee"), false,
			"not_ready holds, poor_management fails, mode_agreed holds, service_fee holds",
		},
		"六(一) ready for works: not 管理提升 first": {
			program.Management, "self_managed", true, holds("better_management", "service_fee", "cost_share", "later_management"), false,
			"not_ready fails, poor_management holds, mode_agreed holds, service_fee holds",
		},
		"六(一) no mode on record": {
			program.Management, "", true, holds("service_fee"), false,
			"not_ready holds, poor_management holds, mode_agreed unknown, service_fee holds",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx, scope := w.planner()
			community := w.agreedOf("东方小区", 80, c.mode)
			n := application(c.library, community)
			n.Readiness = c.answers
			p, err := w.store.Create(ctx, scope, w.district, n)
			w.must(err)
			_, err = w.reg.UpdateCommunity(t.Context(), account.Everything, w.district, community.Code, community.Version, registry.CommunityPatch{Neglected: &c.neglected})
			w.must(err)
			got := w.file(p.Code).Priority
			var said []string
			for _, f := range got.Factors {
				said = append(said, f.Key+" "+string(f.Outcome))
			}
			if strings.Join(said, ", ") != c.want || got.First != c.first || got.Clause != "六(一)" || got.Why == "" {
				t.Errorf("got %v %s: %s (%s)\nwant %s", got.First, strings.Join(said, ", "), got.Why, got.Clause, c.want)
			}
		})
	}
}

func TestPrioritiesAreInTheOrderOfTheRule(t *testing.T) {
	w := newWorld(t)
	ctx, scope := w.planner()
	for i, c := range []struct {
		agreed  int
		answers map[string]program.EntryAnswer
	}{
		{60, nil},
		{95, nil},
		{55, holds("cost_share")},
		{52, holds("cost_share", "later_management")},
	} {
		n := application(program.Comprehensive, w.agreedOf(nameOf(i), c.agreed, "professional"))
		n.Readiness = c.answers
		_, err := w.store.Create(ctx, scope, w.district, n)
		w.must(err)
	}
	items, err := w.store.Priorities(ctx, scope, w.district, program.Comprehensive, "")
	w.must(err)
	var order []string
	for _, i := range items {
		order = append(order, i.Code[len(i.Code)-3:])
	}
	if !slices.Equal(order, []string{"004", "003", "002", "001"}) || !items[0].Priority.First || items[1].Priority.First || items[3].Rank != 4 {
		t.Errorf("order %v: %+v", order, items)
	}
}

func TestLibraryOwnerDecidesWhoEnters(t *testing.T) {
	for reading, c := range map[string]struct{ accept, confirm bool }{
		"intake_then_confirm": {true, false}, "development_reform": {false, false}, "subdistrict": {true, true},
	} {
		t.Run("A5 "+reading, func(t *testing.T) {
			w := newWorld(t)
			w.sql(`update district set policy_params = jsonb_build_object('library_owner', $1::text)`, reading)
			ctx, scope := w.officer()
			p := w.project(program.Comprehensive, w.in("东方小区"))
			try := func(step program.Step) bool {
				next, err := w.store.Step(ctx, scope, w.district, p.Code, p.Version, step, program.StepAsk{Reason: "会议决定"})
				var outside *account.OutsideError
				if errors.As(err, &outside) {
					p = w.step(p, step, program.StepAsk{Reason: "会议决定"})
					return false
				}
				w.must(err)
				p = next
				return true
			}
			if accepted, confirmed := try(program.Accept), try(program.Confirm); accepted != c.accept || confirmed != c.confirm {
				t.Errorf("the officer accepted %v and confirmed %v", accepted, confirmed)
			}
		})
	}
}
