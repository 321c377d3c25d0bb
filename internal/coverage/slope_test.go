package coverage_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// toblerSeconds are those of so many metres on a slope, for somebody who walks
// 1 m/s on the flat: Tobler's hiking function, 6·exp(−3.5·|S + 0.05|) km/h, scaled.
func toblerSeconds(metres, slope float64) float64 {
	kmh := func(s float64) float64 { return 6 * math.Exp(-3.5*math.Abs(s+0.05)) }
	return metres * kmh(0) / kmh(slope)
}

// tilted is a town on a plane that rises to the east, with the day-care at the
// foot of a street of 600 m.
func tilted(t *testing.T, steepness float64) *streets {
	s := newStreets(t)
	s.road(road{name: "上坡路"}, 0, 0, 600, 0)
	s.daycare("D", 0, 5)
	s.heights(func(x, _ float64) float32 { return float32(500 + steepness*x) })
	return s
}

func TestAClimbCountsAndTheWorseWayDecides(t *testing.T) {
	s := tilted(t, 0.10)
	s.home("up", 500, 5, 10)
	// Down to the day-care, and back up the hill; ten metres are in front of the doors.
	there, back := 10+toblerSeconds(500, -0.10), 10+toblerSeconds(500, 0.10)
	for limit, covered := range map[float64]bool{back/60 + 0.05: true, back/60 - 0.05: false, (there + 5) / 60: false} {
		run := s.ask(daycare, minutes(limit))
		a := s.answers(run)["up"]
		if math.Abs(*a.ThereMinutes*60-there) > 0.01*there || math.Abs(*a.BackMinutes*60-back) > 0.01*back {
			t.Errorf("%v s there, want %v; %v s back, want %v", *a.ThereMinutes*60, there, *a.BackMinutes*60, back)
		}
		if (a.Status == coverage.Covered) != covered || math.Abs(*a.DistanceM-510) > 0.05 {
			t.Errorf("limit %v minutes: %s after %v m", limit, a.Status, *a.DistanceM)
		}
		if math.Abs(run.Summary.MeanMinutes-back/60) > 0.1 || !run.Inputs.Network.Elevation {
			t.Errorf("%+v %+v", run.Summary, run.Inputs.Network)
		}
	}
	up := s.ask(daycare, minutes(5))
	flat := s.ask(daycare, walk(300))
	if up.Limit.Minutes == nil || flat.Limit.Metres == nil || up.Method == flat.Method || up.Inputs.Digest == flat.Inputs.Digest {
		t.Error("the methods are not told apart")
	}
}

func TestAProofTellsTheClimb(t *testing.T) {
	s := tilted(t, 0.10)
	s.home("up", 500, 5, 10)
	run := s.ask(daycare, minutes(5))
	p, err := s.runs.Prove(t.Context(), account.Everything, s.district, run.ID, "up")
	if err != nil {
		t.Fatal(err)
	}
	if p.There == nil || p.Back == nil || p.Minutes == nil || p.BeyondMinutes == nil || p.BeyondM != nil || !p.Current {
		t.Fatalf("%+v", p)
	}
	if math.Abs(p.There.DescentM-50) > 0.5 || p.There.ClimbM > 0.5 || math.Abs(p.Back.ClimbM-50) > 0.5 || p.Back.DescentM > 0.5 {
		t.Errorf("there %v up, %v down; back %v up, %v down", p.There.ClimbM, p.There.DescentM, p.Back.ClimbM, p.Back.DescentM)
	}
	if math.Abs(p.Back.Minutes-*p.Minutes) > 0.01 || p.There.Minutes >= p.Back.Minutes || math.Abs(*p.BeyondMinutes-(*p.Minutes-5)) > 1e-9 {
		t.Errorf("%v minutes there, %v back, %v count, %v beyond", p.There.Minutes, p.Back.Minutes, *p.Minutes, *p.BeyondMinutes)
	}
	if math.Abs(p.There.AccessM-10) > 0.05 || len(p.There.Streets) != 1 || p.There.Streets[0].Name != "上坡路" || math.Abs(p.There.Streets[0].DistanceM-500) > 0.05 {
		t.Errorf("%v m of access, streets %+v", p.There.AccessM, p.There.Streets)
	}
}

// A stairway of 100 m and a marked crossing lead to the day-care; an elder needs
// 200 s and 20 s for them. Around them it is 640 m.
func TestStairsAndCrossingsCost(t *testing.T) {
	s := newStreets(t)
	s.heights(func(x, y float64) float32 { return 400 })
	s.street(-300, 0, 0, 0)
	s.road(road{class: "steps", stairs: true}, 0, 0, 100, 0)
	s.road(road{class: "footway", tags: map[string]string{"footway": "crossing"}}, 100, 0, 120, 0)
	s.street(120, 0, 400, 0)
	s.street(0, 0, 0, 260, 120, 260, 120, 0)
	s.daycare("D", 300, 5)
	s.home("H", -100, 5, 10)
	a := s.answers(s.ask(daycare, minutes(10)))["H"]
	stairs := 10 + 100 + 100/0.5 + 20 + 20 + 180.0
	if math.Abs(*a.ThereMinutes*60-stairs) > 0.5 || math.Abs(*a.DistanceM-410) > 0.05 {
		t.Errorf("%v s for %v m, want %v s", *a.ThereMinutes*60, *a.DistanceM, stairs)
	}
	run := s.ask(daycare, minutes(10))
	p, err := s.runs.Prove(t.Context(), account.Everything, s.district, run.ID, "H")
	if err != nil || math.Abs(p.There.StairsM-100) > 0.05 || p.There.Crossings != 1 {
		t.Errorf("%+v %v", p.There, err)
	}
	o := minutes(20)
	o.StepFree = true
	free := s.ask(daycare, o)
	around := 10 + 100 + 260 + 120 + 260 + 180.0
	if a := s.answers(free)["H"]; math.Abs(*a.ThereMinutes*60-around) > 0.5 || math.Abs(*a.DistanceM-around) > 0.05 || !free.Walker.StepFree {
		t.Errorf("without stairs: %v s for %v m, want %v m", *a.ThereMinutes*60, *a.DistanceM, around)
	}
}

// The street is flat but for 200 m of it: those are a hill for everybody and the
// end of the way for wheels, as soon as they rise by more than 1:12.
func TestStepFreeRefusesSlopesOverOneInTwelve(t *testing.T) {
	for steepness, want := range map[float64]string{0.06: coverage.Covered, 0.12: coverage.CutOff} {
		s := newStreets(t)
		s.street(-300, 0, 0, 0)
		s.street(0, 0, 200, 0)
		s.street(200, 0, 600, 0)
		s.heights(func(x, _ float64) float32 { return float32(500 + steepness*min(200, max(0, x))) })
		s.daycare("D", -200, 5)
		s.home("up", 500, 5, 10)
		s.home("on the hill", 100, 5, 10)
		o := minutes(60)
		o.StepFree = true
		run := s.ask(daycare, o)
		if got := s.statuses(run)["up"]; got != want {
			t.Errorf("a slope of %v: %s, want %s", steepness, got, want)
		}
		// On the hill itself wheels find no street that they could use.
		if got := s.statuses(run)["on the hill"]; (got == coverage.Unreached) != (want == coverage.CutOff) {
			t.Errorf("a slope of %v, on the hill: %s", steepness, got)
		}
		if notes := strings.Join(run.Notes, ""); strings.Contains(notes, "栋楼就近没有无台阶且坡度不超过 1:12 的道路") != (want == coverage.CutOff) {
			t.Errorf("a slope of %v: notes %q", steepness, notes)
		}
		if got := s.statuses(s.ask(daycare, minutes(60)))["up"]; got != coverage.Covered {
			t.Errorf("a slope of %v on foot: %s", steepness, got)
		}
	}
}

// Where the height is not known the ground counts as flat; where none is known,
// slopes cannot be asked for.
func TestVoidsCountAsFlat(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 600, 0)
	s.daycare("D", 0, 5)
	s.home("H", 500, 5, 10)
	s.heights(func(x, y float64) float32 {
		if y > -300 && y < 300 {
			return float32(math.NaN())
		}
		return float32(500 + 0.1*x)
	})
	_, err := s.runs.Run(t.Context(), account.Everything, s.district, coverage.Request{FacilityType: daycare, Settings: minutes(10)})
	var invalid *coverage.InvalidError
	if !errors.As(err, &invalid) || invalid.Field != "method" {
		t.Errorf("all streets lie in a void: %v", err)
	}
	s.street(0, 0, 0, 600, 400, 600) // out of the void
	s.street(400, 600, 400, 900)
	a := s.answers(s.ask(daycare, minutes(10)))["H"]
	if math.Abs(*a.ThereMinutes*60-510) > 0.5 || math.Abs(*a.BackMinutes*60-510) > 0.5 {
		t.Errorf("through a void %v s there and %v s back, want 510", *a.ThereMinutes*60, *a.BackMinutes*60)
	}
}
