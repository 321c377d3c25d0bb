package catchment_test

import (
	"context"
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// trials is a town with a trial and what was done in it.
type trials struct {
	*town
	homes  *catchment.Homes
	cover  *catchment.Cover
	trial  *catchment.Trial
	places []orb.Point // of all facilities by number
	closed map[int]bool
	reach  float64 // 0: everywhere
	drawn  []*network.Drawn
}

func newTrials(tb rapid.TB, t *town, reach float64) *trials {
	tb.Helper()
	homes := catchment.NewHomes(t.net, t.homes)
	c, err := homes.Cover(context.Background(), catchment.Question{Facilities: t.facilities, Limit: 300, Reach: reach})
	if err != nil {
		tb.Fatal(err)
	}
	return &trials{town: t, homes: homes, cover: c, trial: c.Trial(), places: points(t.facilities), closed: map[int]bool{}, reach: reach}
}

// do makes a random change.
func (t *trials) do(rt *rapid.T) {
	switch action := rapid.SampledFrom([]string{"add", "close", "move", "draw", "reset"}).Draw(rt, "action"); action {
	case "add":
		t.add(t.point())
	case "close", "move":
		if len(t.places) == 0 {
			return
		}
		f := t.random.IntN(len(t.places))
		if action == "close" {
			t.trial.Close(f)
		} else {
			p := t.point()
			t.trial.Move(f, t.homes.Site(p, rules))
			t.places = append(t.places, p)
		}
		t.closed[f] = true
	case "draw":
		kind := rapid.SampledFrom([]network.DrawnKind{network.DrawnFootpath, network.DrawnStairs, network.DrawnBridge}).Draw(rt, "kind")
		path, err := t.graph.Draw(orb.LineString{t.point(), t.point()}, kind, rules)
		if err != nil {
			return
		}
		t.trial.Draw(path)
		t.drawn = append(t.drawn, path)
	case "reset":
		t.trial.Reset()
		t.places, t.drawn = t.places[:t.facilities.Len()], nil
		clear(t.closed)
	}
}

func (t *trials) add(p orb.Point) {
	t.trial.Add(t.homes.Site(p, rules))
	t.places = append(t.places, p)
}

// now is the nearest facility of every home, as each facility alone has it.
func (t *trials) now(tb rapid.TB) []catchment.Nearest {
	tb.Helper()
	s := single{}
	homes := t.net.Doors(t.town.homes)
	for f, p := range t.places {
		there, back := make([]float64, t.town.homes.Len()), make([]float64, t.town.homes.Len())
		for i, dir := range []network.Direction{network.ToSource, network.FromSource} {
			field, err := t.net.Nearest(context.Background(), t.net.Doors(t.graph.Tie([]orb.Point{p}, rules)), dir, math.Inf(1))
			if err != nil {
				tb.Fatal(err)
			}
			overlay := field.Overlay()
			overlay.Draw(t.drawn...)
			for h := range there {
				_, cost := overlay.Cost(homes, h)
				if t.closed[f] {
					cost = math.Inf(1)
				}
				[][]float64{there, back}[i][h] = cost
			}
		}
		s.there, s.back = append(s.there, there), append(s.back, back)
	}
	list := make([]catchment.Nearest, t.town.homes.Len())
	reach := t.reach
	if reach == 0 {
		reach = math.Inf(1)
	}
	for h := range list {
		list[h] = s.best(h, reach)
	}
	return list
}

func TestATrialIsAsIfAllWereAskedAnew(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steepness := rapid.SampledFrom([]float64{0, 0.5, 2}).Draw(rt, "steepness")
		town := newTown(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(2, 9).Draw(rt, "side"), 60, rapid.IntRange(0, 9).Draw(rt, "facilities"), steepness)
		trial := newTrials(rt, town, rapid.SampledFrom([]float64{0, 0, 450}).Draw(rt, "reach"))
		before := all(trial.cover)
		for range rapid.IntRange(1, 6).Draw(rt, "changes") {
			trial.do(rt)
			got := all(trial.cover)
			for _, x := range trial.trial.Effect(nil).Changes {
				if x.Before != got[x.Home] || x.Before == x.After {
					rt.Fatalf("a change of home %d from %+v to %+v, which had %+v", x.Home, x.Before, x.After, got[x.Home])
				}
				got[x.Home] = x.After
			}
			if diff := cmp.Diff(trial.now(rt), got); diff != "" {
				rt.Fatalf("nearest facilities (-want +got):\n%s", diff)
			}
		}
		if diff := cmp.Diff(before, all(trial.cover)); diff != "" {
			rt.Fatalf("the cover under the trial changed:\n%s", diff)
		}
	})
}

// In a town of many facilities most are out of the question for most homes.
func TestATrialInALargerTownLooksFarEnough(t *testing.T) {
	for _, reach := range []float64{0, 330} {
		town := newTown(11, 22, 700, 45, 2)
		trial := newTrials(t, town, reach)
		for step := range 12 {
			trial.trial.Reset()
			trial.places = trial.places[:town.facilities.Len()]
			clear(trial.closed)
			for range 1 + step%3 {
				f := town.random.IntN(town.facilities.Len())
				trial.trial.Close(f)
				trial.closed[f] = true
				trial.add(town.point())
			}
			got := all(trial.cover)
			for _, x := range trial.trial.Effect(nil).Changes {
				got[x.Home] = x.After
			}
			if diff := cmp.Diff(trial.now(t), got); diff != "" {
				t.Fatalf("reach %v, step %d: nearest facilities (-want +got):\n%s", reach, step, diff)
			}
		}
	}
}

func TestAFacilityWhereThereIsOneAlreadyChangesNothing(t *testing.T) {
	for _, steepness := range []float64{0, 1} {
		town := newTown(4, 8, 100, 5, steepness)
		trial := newTrials(t, town, 0)
		for _, p := range trial.places {
			trial.trial.Add(trial.homes.Site(p, rules))
		}
		if e := trial.trial.Effect(nil); len(e.Changes) > 0 {
			t.Errorf("steepness %v: %d homes change, the first like this: %+v", steepness, len(e.Changes), e.Changes[0])
		}
	}
}

func TestTrialsOfOneCoverDoNotDisturbEachOther(t *testing.T) {
	town := newTown(4, 10, 200, 8, 1)
	trial := newTrials(t, town, 0)
	effect := func(f int) catchment.Effect {
		t := trial.cover.Trial()
		t.Close(f)
		return t.Effect(nil)
	}
	want := make([]catchment.Effect, town.facilities.Len())
	for f := range want {
		want[f] = effect(f)
	}
	got := make([]catchment.Effect, len(want))
	var hands sync.WaitGroup
	for f := range got {
		hands.Go(func() { got[f] = effect(f) })
	}
	hands.Wait()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("effects (-one after the other +at a time):\n%s", diff)
	}
}
