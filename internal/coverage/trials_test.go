package coverage_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
		unit := map[string]string{coverage.MethodWalk: "kilometres", coverage.MethodWalkSlope: "hours"}[before.Method]
		path := coverage.Change{Kind: "path", Path: "bridge", Line: s.line(400, 400, 400, 0)}
		gains, err := s.runs.RankPaths(t.Context(), account.Everything, s.district, trial.ID, []coverage.Change{path})
		if err != nil || gains.Unit != unit || gains.Paths[0].Gained != s.try(trial, path).Gained || !(gains.Paths[0].Saved > 0) {
			t.Errorf("%s: %+v %v", before.Method, gains, err)
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
