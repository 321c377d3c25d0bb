package coverage_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/walking"
)

// island is a town with all that can go wrong:
//
//	main street: near, D(ay-care); far is 800 m away
//	an island of streets without a day-care: cut
//	a hamlet without any street: off
func island(t *testing.T) *streets {
	s := newStreets(t)
	s.street(0, 0, 1000, 0)
	s.street(0, 600, 500, 600)
	s.daycare("D", 0, 10)
	s.home("near", 100, 10, 10)
	s.home("far", 800, 10, 20)
	s.home("cut", 100, 610, 30)
	s.home("off", 100, 1500, 40)
	return s
}

func TestWhereNoWayLeadsNothingStandsIn(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, walk(300))
	want := map[string]string{"near": coverage.Covered, "far": coverage.Uncovered, "cut": coverage.CutOff, "off": coverage.Unreached}
	if diff := cmp.Diff(want, s.statuses(run)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	sum := run.Summary
	if sum.UnreachedBuildings != 1 || sum.UnreachedHouseholds != 40 || sum.CutOffBuildings != 1 || sum.CutOffHouseholds != 30 ||
		sum.CoveredHouseholds != 10 || sum.Households != 100 || sum.UnreachedFacilities != 0 {
		t.Errorf("%+v", sum)
	}
	for code, a := range s.answers(run) {
		way := code == "near" || code == "far"
		if (a.DistanceM != nil) != way || (a.ThereMinutes != nil) != way || (a.FacilityCode != "") != way {
			t.Errorf("%s: %+v", code, a)
		}
	}
	notes := strings.Join(run.Notes, "\n")
	for _, part := range []string{"1 栋楼周围 150 米内没有可步行的道路", "1 栋楼所在的道路与任何设施都不连通"} {
		if !strings.Contains(notes, part) {
			t.Errorf("the notes do not say %q: %s", part, notes)
		}
	}
	if n := run.Inputs.Network; n == nil || n.Version == "" || n.Edges < 2 || n.Elevation {
		t.Errorf("network %+v", n)
	}
}

func TestAFacilityOffTheNetworkServesNobody(t *testing.T) {
	s := island(t)
	s.exec(`update facility set geom = ST_SetSRID(ST_MakePoint(106.82, 28.95), 4490)`)
	run := s.ask(daycare, walk(20_000))
	if run.Summary.UnreachedFacilities != 1 || run.Summary.CoveredBuildings != 0 || !strings.Contains(strings.Join(run.Notes, ""), "1 处设施周围 150 米内没有可步行的道路") {
		t.Errorf("%+v\n%q", run.Summary, run.Notes)
	}
	want := map[string]string{"near": coverage.CutOff, "far": coverage.CutOff, "cut": coverage.CutOff, "off": coverage.Unreached}
	if diff := cmp.Diff(want, s.statuses(run)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestWithoutFacilitiesNobodyIsCutOff(t *testing.T) {
	s := island(t)
	s.exec(`delete from facility`)
	run := s.ask(daycare, walk(300))
	want := map[string]string{"near": coverage.Uncovered, "far": coverage.Uncovered, "cut": coverage.Uncovered, "off": coverage.Unreached}
	if diff := cmp.Diff(want, s.statuses(run)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if run.Summary.Facilities != 0 || run.Summary.CutOffBuildings != 0 || len(run.Notes) == 0 || !strings.Contains(run.Notes[0], "没有") {
		t.Errorf("%+v %q", run.Summary, run.Notes)
	}
}

func TestADistrictWithoutStreetsReachesNobody(t *testing.T) {
	s := island(t)
	s.exec(`delete from road`)
	run := s.ask(daycare, walk(300))
	if run.Summary.UnreachedBuildings != 4 || run.Summary.UnreachedHouseholds != 100 || run.Summary.UnreachedFacilities != 1 {
		t.Errorf("%+v", run.Summary)
	}
}

// editing builds a street as soon as somebody has the network.
type editing struct {
	*walking.Store
	then func()
}

func (e *editing) Snapshot(ctx context.Context, district string) (*walking.Snapshot, error) {
	snap, err := e.Store.Snapshot(ctx, district)
	if e.then != nil {
		e.then()
		e.then = nil
	}
	return snap, err
}

// A street that is built while a run is under way is for the next one.
func TestARunKeepsItsNetwork(t *testing.T) {
	s := island(t)
	before := s.ask(daycare, walk(1600))
	e := &editing{walking.New(s.db, quiet), func() { s.street(500, 0, 500, 600) }}
	s.runs = coverage.New(s.db, library(t), e)
	during, after := s.ask(daycare, walk(1600)), s.ask(daycare, walk(1600))
	if diff := cmp.Diff(s.statuses(before), s.statuses(during)); diff != "" || during.Inputs.Digest != before.Inputs.Digest {
		t.Errorf("the run under way (-before +during):\n%s", diff)
	}
	if s.statuses(after)["cut"] != coverage.Covered || after.Inputs.Network.Version == during.Inputs.Network.Version {
		t.Errorf("the next one: %+v", s.statuses(after))
	}
}

func TestAnImpossibleWalkIsRefused(t *testing.T) {
	s := island(t)
	x := func(v float64) *float64 { return &v }
	cases := map[string]struct {
		kind  string
		o     coverage.Settings
		field string
	}{
		"0 metres":              {daycare, walk(0), "limit"},
		"-1 metre":              {daycare, walk(-1), "limit"},
		"NaN metres":            {daycare, walk(math.NaN()), "limit"},
		"infinite metres":       {daycare, walk(math.Inf(1)), "limit"},
		"0 minutes":             {daycare, minutes(0), "limit"},
		"-5 minutes":            {daycare, minutes(-5), "limit"},
		"NaN minutes":           {daycare, minutes(math.NaN()), "limit"},
		"241 minutes":           {daycare, minutes(241), "limit"},
		"metres and minutes":    {daycare, coverage.Settings{Method: "walk", Limit: coverage.Limit{Metres: x(300), Minutes: x(5)}}, "limit"},
		"minutes of a radius":   {daycare, coverage.Settings{Limit: coverage.Limit{Minutes: x(5)}}, "limit"},
		"metres on slopes":      {daycare, coverage.Settings{Method: "walk_slope", Limit: coverage.Limit{Metres: x(300)}}, "limit"},
		"no heights":            {daycare, minutes(5), "method"},
		"no heights, step-free": {daycare, coverage.Settings{Method: "walk_slope", StepFree: true}, "method"},
		"step-free by metres":   {daycare, coverage.Settings{Method: "walk", StepFree: true}, "step_free"},
		"an unknown walker":     {daycare, coverage.Settings{Method: "walk", Walker: "horse"}, "walker"},
		"an unknown profile":    {daycare, coverage.Settings{Method: "walk", Profile: "gb1"}, "profile"},
		"an unknown scenario":   {daycare, coverage.Settings{Method: "walk", Scenario: "x"}, "scenario"},
		"units below zero":      {daycare, coverage.Settings{Method: "walk", UnitsPerHouse: -1}, "units_per_household"},
		"units that are none":   {daycare, coverage.Settings{Method: "walk", UnitsPerHouse: math.NaN()}, "units_per_household"},
		"no standard":           {"play_area", coverage.Settings{Method: "walk"}, "limit"},
		"no such neighborhood":  {daycare, coverage.Settings{Method: "walk", Area: coverage.Area{Kind: "neighborhood", Code: "x"}}, "area"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := s.runs.Run(t.Context(), account.Everything, s.district, coverage.Request{FacilityType: c.kind, Settings: c.o})
			var invalid *coverage.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Detail == "" {
				t.Errorf("got %v, want a fault of %s", err, c.field)
			}
		})
	}
	if runs, err := s.runs.List(t.Context(), account.Everything, s.district, 0); err != nil || len(runs) != 0 {
		t.Errorf("kept %v %v", runs, err)
	}
}
