package coverage_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
)

func TestAnImpossibleTrialIsRefused(t *testing.T) {
	s := island(t)
	straight, walked := s.begin(s.ask(daycare, radius(300))), s.begin(s.ask(daycare, walk(300)))
	at, nan := s.at(0, 0), orb.Point{math.NaN(), 29}
	long := make(orb.LineString, 501)
	for i := range long {
		long[i] = s.at(float64(i), 0)
	}
	for name, c := range map[string]struct {
		trial  coverage.Trial
		change coverage.Change
	}{
		"an unknown facility":     {walked, coverage.Change{Kind: "close", Facility: "x"}},
		"a move of none":          {walked, coverage.Change{Kind: "move", Location: &at}},
		"a move to nowhere":       {walked, coverage.Change{Kind: "move", Facility: "D"}},
		"an addition nowhere":     {walked, coverage.Change{Kind: "add"}},
		"a place that is none":    {walked, coverage.Change{Kind: "add", Location: &nan}},
		"a path of straight ways": {straight, coverage.Change{Kind: "path", Path: "footpath", Line: s.line(0, 0, 9, 9)}},
		"an unknown path":         {walked, coverage.Change{Kind: "path", Path: "ropeway", Line: s.line(0, 0, 9, 9)}},
		"a path of one point":     {walked, coverage.Change{Kind: "path", Path: "footpath", Line: s.line(0, 0)}},
		"a path of one place":     {walked, coverage.Change{Kind: "path", Path: "footpath", Line: s.line(9, 9, 9, 9)}},
		"a path of 501 points":    {walked, coverage.Change{Kind: "path", Path: "footpath", Line: long}},
		"a path of 60 km":         {walked, coverage.Change{Kind: "path", Path: "footpath", Line: s.line(0, 0, 60_000, 0)}},
		"an unknown change":       {walked, coverage.Change{Kind: "paint"}},
	} {
		var invalid *coverage.InvalidError
		if err := second(s.runs.Try(t.Context(), account.Everything, s.district, c.trial.ID, []coverage.Change{c.change})); !errors.As(err, &invalid) || !strings.HasPrefix(invalid.Field, "changes") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var invalid *coverage.InvalidError
	for trial, change := range map[uuid.UUID]coverage.Change{
		walked.ID: {Kind: "add", Location: &at}, straight.ID: {Kind: "path", Path: "bridge", Line: s.line(0, 0, 9, 9)},
	} {
		if err := second(s.runs.RankPaths(t.Context(), account.Everything, s.district, trial, []coverage.Change{change})); !errors.As(err, &invalid) {
			t.Errorf("a ranking of %s: %v", change.Kind, err)
		}
	}
}

func TestATrialSaysWhatItsPlacesAreWorth(t *testing.T) {
	s := island(t)
	off := s.at(5000, 5000)
	a := s.try(s.begin(s.ask(daycare, walk(300))), coverage.Change{Kind: "add", Location: &off})
	if len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "没有可步行的道路") || a.Gained != 0 || len(a.Changed) != 0 {
		t.Errorf("off the network: %+v", a)
	}
	two := twoSteps(t)
	near := two.at(500, 20)
	a = two.try(two.begin(two.ask(station, walk(300))), coverage.Change{Kind: "add", Location: &near})
	if a.Gained != 10 || len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "10 户已由卫生服务中心") {
		t.Errorf("where the first step serves: %+v", a)
	}
}

// A trial holds the data of the moment when it began, and says whether they are
// still those of the run.
func TestATrialKeepsItsMoment(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, walk(1000))
	trial := s.begin(run)
	s.street(500, 0, 500, 600)
	s.exec(`delete from building where code = 'far'`)
	at := s.at(0, 20)
	if a := s.try(trial, coverage.Change{Kind: "move", Facility: "D", Location: &at}); a.Figures.Buildings != 4 || a.Gained != 0 || a.Lost != 0 {
		t.Errorf("%+v", a)
	}
	late := s.begin(run)
	if late.Current || !trial.Current || late.Base.Buildings != 3 {
		t.Errorf("of today: %+v", late)
	}
}

func TestATrialIsItsOwners(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, walk(300))
	ctx, scope := s.as(account.Planner, account.Scope{})
	trial, err := s.runs.BeginTrial(ctx, scope, s.district, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	namesake, _ := s.as(account.Planner, account.Scope{}) // of the same name
	for who, ctx := range map[string]context.Context{"a namesake": namesake, "the service": t.Context()} {
		for what, err := range map[string]error{
			"tries":     second(s.runs.Try(ctx, account.Everything, s.district, trial.ID, nil)),
			"ranks":     second(s.runs.RankPaths(ctx, account.Everything, s.district, trial.ID, nil)),
			"ends":      s.runs.EndTrial(ctx, account.Everything, s.district, trial.ID),
			"elsewhere": second(s.runs.Try(ctx, account.Everything, "500152", trial.ID, nil)),
		} {
			if !errors.Is(err, postgis.ErrNotFound) {
				t.Errorf("%s %s: %v", who, what, err)
			}
		}
	}
	if _, err := s.runs.Try(ctx, scope, s.district, trial.ID, nil); err != nil {
		t.Errorf("the owner: %v", err)
	}
	if err := s.runs.EndTrial(ctx, scope, s.district, trial.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.runs.Try(ctx, scope, s.district, trial.ID, nil); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("after its end: %v", err)
	}
	viewer, scope := s.as(account.Viewer, account.Scope{})
	var outside *account.OutsideError
	if _, err := s.runs.BeginTrial(viewer, scope, s.district, run.ID); !errors.As(err, &outside) {
		t.Errorf("a viewer: %v", err)
	}
}

// A trial ends a quarter of an hour after the last question; of many trials the
// one asked the longest ago goes.
func TestATrialEndsWhenNobodyAsks(t *testing.T) {
	s := island(t)
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	s.runs.SetClock(func() time.Time { return now })
	run := s.ask(daycare, walk(300))
	trial := s.begin(run)
	if want := now.Add(15 * time.Minute); !trial.ExpiresAt.Equal(want) {
		t.Errorf("it ends at %v, want %v", trial.ExpiresAt, want)
	}
	alive := func(trial coverage.Trial) bool {
		_, err := s.runs.Try(t.Context(), account.Everything, s.district, trial.ID, nil)
		if err != nil && !errors.Is(err, postgis.ErrNotFound) {
			t.Error(err)
		}
		return err == nil
	}
	for range 3 {
		now = now.Add(14 * time.Minute)
		if !alive(trial) {
			t.Error("it ended although it was asked")
		}
	}
	now = now.Add(15*time.Minute + time.Second)
	if alive(trial) {
		t.Error("it outlived its time")
	}
	var many []coverage.Trial
	for range 16 {
		now = now.Add(time.Second)
		many = append(many, s.begin(run))
	}
	now = now.Add(time.Second)
	if !alive(many[0]) {
		t.Error("sixteen are too many")
	}
	s.begin(run)
	if !alive(many[0]) || alive(many[1]) || !alive(many[2]) {
		t.Error("not the one asked the longest ago went")
	}
}
