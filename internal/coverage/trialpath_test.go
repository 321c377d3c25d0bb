package coverage_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// covered are the homes that a run says are, in order.
func covered(s *streets, run coverage.Run) (codes []string) {
	for code, status := range s.statuses(run) {
		if status == coverage.Covered {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// Between two streets 500 m apart there is a hillside with homes that no street
// reaches. A path across it serves those beside it, too, and a trial says so before
// it is built.
func TestAPathInATrialServesTheHomesBesideIt(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 1000, 0)
	s.street(0, 500, 1000, 500)
	s.daycare("D", 500, -10)
	for code, at := range map[string][2]float64{
		"foot": {450, 60}, "beside": {530, 250}, "above": {480, 320}, "off": {800, 250}, "upper": {500, 520}, "far": {1000, 510},
	} {
		s.home(code, at[0], at[1], 10)
	}
	before := s.ask(daycare, walk(400))
	if got := covered(s, before); !cmp.Equal(got, []string{"foot"}) {
		t.Fatalf("covered without the path: %v", got)
	}
	trial, err := s.runs.BeginTrial(t.Context(), account.Everything, s.district, before.ID)
	if err != nil {
		t.Fatal(err)
	}
	path := coverage.Change{Kind: "path", Path: "footpath", Line: s.line(500, 0, 500, 500)}
	try := func(changes ...coverage.Change) coverage.TrialAnswer {
		a, err := s.runs.Try(t.Context(), account.Everything, s.district, trial.ID, changes)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	answer := try(path)
	bridge := path
	bridge.Path = "bridge"
	if over := try(bridge); over.Gained != 0 {
		t.Errorf("nobody steps onto a bridge, but %d households gain", over.Gained)
	}
	off := s.at(540, 250)
	onHillside := coverage.Change{Kind: "add", Location: &off}
	if alone := try(onHillside); len(alone.Notes) != 1 || !strings.Contains(alone.Notes[0], "150 米内没有可步行的道路") {
		t.Errorf("a facility on the hillside: notes %q", alone.Notes)
	}
	if both := try(onHillside, path); len(both.Notes) != 0 {
		t.Errorf("a facility beside the path: notes %q", both.Notes)
	}
	s.street(500, 0, 500, 500)
	built := s.ask(daycare, walk(400))
	if got := covered(s, built); !cmp.Equal(got, []string{"above", "beside", "foot"}) {
		t.Errorf("covered with the path built: %v", got)
	}
	if f := answer.Figures; f.CoveredBuildings != built.Summary.CoveredBuildings || f.CoveredHouseholds != built.Summary.CoveredHouseholds || answer.Gained != 20 {
		t.Errorf("the trial says %+v, %d gained, the run after it was built %+v", f, answer.Gained, built.Summary)
	}
	if again, err := s.runs.BeginTrial(t.Context(), account.Everything, s.district, built.ID); err != nil || math.Abs(again.Base.MeanM-answer.Figures.MeanM) > 0.11 {
		t.Errorf("a mean walk of %v m, with the path built %v (%v)", answer.Figures.MeanM, again.Base.MeanM, err)
	}
}
