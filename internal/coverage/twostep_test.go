package coverage_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// twoSteps is a street of 4 km with a health centre at 0, which serves 1000 m,
// and a health station at 1500, which serves 300 m:
//
//	0 centre … served (500) … both (900) … 1500 station, near (1400) … far (3000)
func twoSteps(t *testing.T) *streets {
	s := newStreets(t)
	s.street(0, 0, 4000, 0)
	s.facility("centre", "health_centre", s.at(0, 10))
	s.facility("station", station, s.at(1500, 10))
	s.home("served", 500, 10, 10)
	s.home("near", 1400, 10, 20)
	s.home("far", 3000, 10, 40)
	s.home("between", 1100, 10, 80) // beyond both
	return s
}

func TestWhatTheFirstStepServesIsSpared(t *testing.T) {
	for _, o := range []coverage.Settings{{}, {Method: coverage.MethodWalk}} {
		s := twoSteps(t)
		run := s.ask(station, o)
		want := map[string]string{"served": coverage.Spared, "near": coverage.Covered, "far": coverage.Uncovered, "between": coverage.Uncovered}
		if diff := cmp.Diff(want, s.statuses(run)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", run.Method, diff)
		}
		sum := run.Summary
		if sum.CoveredHouseholds != 20 || sum.SparedHouseholds != 10 || sum.SparedBuildings != 1 || sum.Households != 150 {
			t.Errorf("%s: %+v", run.Method, sum)
		}
		f := run.FirstStep
		if f == nil || f.FacilityType != "health_centre" || f.Facilities != 1 || f.Limit.Metres == nil || *f.Limit.Metres != 1000 || f.Clause == "" || f.Mark != "C" {
			t.Errorf("%s: first step %+v", run.Method, f)
		}
		if notes := strings.Join(run.Notes, "\n"); !strings.Contains(notes, "两步判定") {
			t.Errorf("%s: notes %q", run.Method, notes)
		}
		p, err := s.runs.Prove(t.Context(), account.Everything, s.district, run.ID, "served")
		if err != nil || p.FirstStep == nil || p.FirstStep.FacilityCode != "centre" || math.Abs(p.FirstStep.DistanceM-500) > 21 || !strings.HasPrefix(p.Sentence, "不需要") {
			t.Errorf("%s: %+v %v", run.Method, p, err)
		}
	}
}

// A home that both reach is covered: what is spared is only what would be a gap.
func TestCoveredGoesBeforeSpared(t *testing.T) {
	s := twoSteps(t)
	s.home("both", 900, 10, 5)
	s.facility("second", station, s.at(1100, 10))
	run := s.ask(station, walk(300))
	if got := s.statuses(run)["both"]; got != coverage.Covered {
		t.Errorf("both: %s", got)
	}
	if sum := run.Summary; sum.CoveredHouseholds+sum.SparedHouseholds != 5+10+20+80 || sum.SparedHouseholds != 10 {
		t.Errorf("%+v", sum)
	}
}

func TestWithoutAFirstStepNothingIsSpared(t *testing.T) {
	s := twoSteps(t)
	s.exec(`delete from facility where code = 'centre'`)
	run := s.ask(station, walk(300))
	if run.Summary.SparedHouseholds != 0 || run.FirstStep == nil || run.FirstStep.Facilities != 0 || !strings.Contains(strings.Join(run.Notes, ""), "第一步没有排除任何住户") {
		t.Errorf("%+v %q", run.Summary, run.Notes)
	}
	if day := s.ask(daycare, walk(300)); day.FirstStep != nil {
		t.Errorf("day-care has a first step: %+v", day.FirstStep)
	}
}
