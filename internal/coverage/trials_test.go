package coverage_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
)

func (b *bench) begin(run coverage.Run) coverage.Trial {
	b.t.Helper()
	trial, err := b.runs.BeginTrial(b.t.Context(), account.Everything, b.district, run.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return trial
}

func (b *bench) try(trial coverage.Trial, changes ...coverage.Change) coverage.TrialAnswer {
	b.t.Helper()
	a, err := b.runs.Try(b.t.Context(), account.Everything, b.district, trial.ID, changes)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// figures are those of a run as a trial shows them.
func figures(run coverage.Run) coverage.TrialFigures {
	s := run.Summary
	f := coverage.TrialFigures{
		Buildings: s.Buildings, CoveredBuildings: s.CoveredBuildings, Households: s.Households, CoveredHouseholds: s.CoveredHouseholds,
		CoveredFloorAreaM2: s.CoveredFloorAreaM2, MeanM: s.MeanM, MeanMinutes: s.MeanMinutes,
	}
	if run.Method == coverage.MethodWalkSlope {
		f.MeanM = 0
	}
	return f
}

// almost allows for the last digit that is shown.
var almost = cmpopts.EquateApprox(0, 0.101)

// doing is a change and the same thing really done, and undone.
type doing struct {
	changes  []coverage.Change
	do, undo func(s *streets)
}

func (s *streets) doings() map[string]doing {
	at := func(x, y float64) *orb.Point { p := s.at(x, y); return &p }
	place := func(code string, p *orb.Point) func(s *streets) {
		return func(s *streets) { s.facility(code, daycare, *p) }
	}
	remove := func(code string) func(s *streets) {
		return func(s *streets) { s.exec(`delete from facility where code = $1`, code) }
	}
	var d0, d3 postgis.Geom
	for code, into := range map[string]*postgis.Geom{"D0": &d0, "D3": &d3} {
		if err := s.db.Pool.QueryRow(s.t.Context(), `select geom from facility where code = $1`, code).Scan(into); err != nil {
			s.t.Fatal(err)
		}
	}
	first, third := d0.Geometry.(orb.Point), d3.Geometry.(orb.Point)
	move := func(p orb.Point) func(s *streets) {
		return func(s *streets) {
			s.exec(`update facility set geom = $1 where code = 'D0'`, postgis.Geom{Geometry: p})
		}
	}
	both := func(a, b func(s *streets)) func(s *streets) { return func(s *streets) { a(s); b(s) } }
	return map[string]doing{
		"add":          {[]coverage.Change{{Kind: "add", Location: at(70, 700)}}, place("new", at(70, 700)), remove("new")},
		"add far away": {[]coverage.Change{{Kind: "add", Location: at(5000, 5000)}}, place("new", at(5000, 5000)), remove("new")},
		"move":         {[]coverage.Change{{Kind: "move", Facility: "D0", Location: at(850, 60)}}, move(*at(850, 60)), move(first)},
		"move a bit":   {[]coverage.Change{{Kind: "move", Facility: "D0", Location: at(405, 300)}}, move(*at(405, 300)), move(first)},
		"close":        {[]coverage.Change{{Kind: "close", Facility: "D3"}}, remove("D3"), place("D3", &third)},
		"close and add": {
			[]coverage.Change{{Kind: "close", Facility: "D3"}, {Kind: "add", Location: at(20, 20)}},
			both(remove("D3"), place("new", at(20, 20))), both(remove("new"), place("D3", &third)),
		},
		"close the one and move the other": {
			[]coverage.Change{{Kind: "close", Facility: "D3"}, {Kind: "move", Facility: "D0", Location: at(300, 650)}},
			both(remove("D3"), move(*at(300, 650))), both(move(first), place("D3", &third)),
		},
		"nothing": {nil, func(*streets) {}, func(*streets) {}},
	}
}

// Whatever is tried comes out as a run says after it has really been done, by
// every method.
func TestATrialIsWhatARunWouldSay(t *testing.T) {
	s := grown(t, 9)
	s.heights(func(x, y float64) float32 { return float32(300 + 0.07*x - 0.05*y) })
	for _, o := range []coverage.Settings{radius(280), walk(400), minutes(8)} {
		before := s.ask(daycare, o)
		trial := s.begin(before)
		if diff := cmp.Diff(figures(before), trial.Base, almost); diff != "" || !trial.Current || trial.Run != before.ID || len(trial.Facilities) != 5 {
			t.Fatalf("%s: base (-run +trial): %s\n%+v", before.Method, diff, trial)
		}
		var gained, lost int64
		for name, d := range s.doings() {
			got := s.try(trial, d.changes...)
			gained, lost = gained+got.Gained, lost+got.Lost
			d.do(s)
			after := s.ask(daycare, o)
			d.undo(s)
			s.matches(before.Method+", "+name, before, after, got)
		}
		if gained == 0 || lost == 0 {
			t.Errorf("%s: all that is done gains %d and loses %d", before.Method, gained, lost)
		}
	}
}

// matches tests the answer of a trial against the runs before and after.
func (s *streets) matches(what string, before, after coverage.Run, got coverage.TrialAnswer) {
	s.t.Helper()
	if diff := cmp.Diff(figures(after), got.Figures, almost); diff != "" {
		s.t.Errorf("%s (-run +trial):\n%s", what, diff)
	}
	c := s.compare(before, after)
	if got.Gained != c.GainedHouseholds || got.Lost != c.LostHouseholds {
		s.t.Errorf("%s: gained %d, lost %d; the runs say %d and %d", what, got.Gained, got.Lost, c.GainedHouseholds, c.LostHouseholds)
	}
	was, is := s.statuses(before), s.statuses(after)
	want, changed := map[string]bool{}, map[string]bool{}
	for code := range is {
		if covered := is[code] == coverage.Covered; covered != (was[code] == coverage.Covered) {
			want[code] = covered
		}
	}
	for _, b := range got.Changed {
		changed[b.Code] = b.Covered
	}
	if diff := cmp.Diff(want, changed); diff != "" {
		s.t.Errorf("%s: buildings (-runs +trial):\n%s", what, diff)
	}
}

// Two streets along a river, the day-care on the one, homes on the other: a
// bridge, a footpath and a stairway are worth what a run says with the road built.
func TestADrawnPathIsWorthWhatTheRoadWouldBe(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 400, 0, 800, 0, 1200, 0)
	s.street(0, 400, 400, 400, 800, 400, 1200, 400)
	s.street(0, 0, 0, 400)
	s.heights(func(x, y float64) float32 { return float32(300 + 0.05*y) })
	s.daycare("D", 600, -10)
	for i, x := range []float64{500, 600, 700, 900, 1150} {
		s.home(string(rune('A'+i)), x, 415, 10*(i+1))
	}
	for _, o := range []coverage.Settings{walk(700), minutes(15)} {
		before := s.ask(daycare, o)
		trial := s.begin(before)
		for kind, like := range map[string]road{
			"bridge": {class: "footway", bridge: true}, "footpath": {class: "footway"}, "stairs": {class: "steps", stairs: true},
		} {
			line := s.line(400, 400, 400, 0)
			got := s.try(trial, coverage.Change{Kind: "path", Path: kind, Line: line})
			s.road(like, 400, 400, 400, 0)
			after := s.ask(daycare, o)
			s.exec(`delete from road where class in ('footway', 'steps')`)
			if after.Summary.MeanMinutes >= before.Summary.MeanMinutes {
				t.Errorf("%s, %s: of no use", before.Method, kind)
			}
			s.matches(before.Method+", "+kind, before, after, got)
		}
	}
}

func TestPathsAreRankedByWhatTheyGain(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 400, 0, 800, 0, 1200, 0)
	s.street(0, 400, 400, 400, 800, 400, 1200, 400)
	s.street(0, 0, 0, 400)
	s.daycare("D", 600, -10)
	for i, x := range []float64{500, 600, 700, 900, 1150} {
		s.home(string(rune('A'+i)), x, 415, 10*(i+1))
	}
	run := s.ask(daycare, walk(820))
	trial := s.begin(run)
	path := func(name string, xy ...float64) coverage.Change {
		return coverage.Change{Kind: "path", Path: "bridge", Name: name, Line: s.line(xy...)}
	}
	paths := []coverage.Change{
		path("nowhere", 3000, 3000, 3100, 3000), path("left", 400, 0, 400, 400), path("dead end", 1200, 0, 1200, 200), path("right", 800, 0, 800, 400),
	}
	gains, err := s.runs.RankPaths(t.Context(), account.Everything, s.district, trial.ID, paths)
	if err != nil {
		t.Fatal(err)
	}
	if len(gains.Paths) != 4 || gains.Unit != "kilometres" {
		t.Fatalf("%+v", gains)
	}
	for i, g := range gains.Paths {
		alone := s.try(trial, paths[g.Index])
		if g.Gained != alone.Gained || g.Name != paths[g.Index].Name || g.Path != "bridge" {
			t.Errorf("%s gains %d, tried %d", g.Name, g.Gained, alone.Gained)
		}
		if saved := float64(run.Summary.Households) * (run.Summary.MeanM - alone.Figures.MeanM) / 1000; math.Abs(g.Saved-saved) > 0.03 {
			t.Errorf("%s saves %v km, tried %v", g.Name, g.Saved, saved)
		}
		if i > 0 && (g.Gained > gains.Paths[i-1].Gained || g.Gained == gains.Paths[i-1].Gained && g.Saved > gains.Paths[i-1].Saved) {
			t.Errorf("%s comes too late", g.Name)
		}
		if joined := g.Name == "left" || g.Name == "right"; g.Joined != joined || (g.Note == "") != joined || joined != (g.Saved > 0) {
			t.Errorf("%s: %+v", g.Name, g)
		}
		if long := s.lengthOf(paths[g.Index].Line); math.Abs(g.LengthM-long) > 0.11 {
			t.Errorf("%s is %v m long, want %v", g.Name, g.LengthM, long)
		}
	}
	if gains.Paths[0].Name != "right" || gains.Together != s.try(trial, paths...).Gained || gains.Together < gains.Paths[0].Gained {
		t.Errorf("%+v", gains)
	}
}

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
