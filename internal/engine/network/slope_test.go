package network_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
	"github.com/lianpian/lianpian/internal/engine/terrain"
)

// ground is heights as a function.
type ground func(p orb.Point) (float64, bool)

func (g ground) Height(p orb.Point) (float64, bool) { return g(p) }

// ramp rises to the east.
func ramp(slope float64) ground {
	return func(p orb.Point) (float64, bool) { return 300 + slope*p[0], true }
}

var (
	adult = network.Walker{SpeedMS: 1.25, StairsMS: 0.5, CrossingS: 20}
	wheel = network.Walker{SpeedMS: 1, StairsMS: 0.5, CrossingS: 20, StepFree: true}
)

func TestPaceIsToblersScaledToTheWalker(t *testing.T) {
	// Tobler's own figures: about 5 km/h on the flat, 6 at most, at 5 % downhill.
	tobler := network.Walker{SpeedMS: 6 * math.Exp(-3.5*0.05) / 3.6, StairsMS: 1}
	for _, c := range []struct{ slope, kmh float64 }{
		{0, 5.0367}, {-0.05, 6}, {0.05, 4.2281}, {0.1, 3.5493}, {-0.1, 5.0367}, {0.3, 1.7626}, {-0.3, 2.5012}, {0.5, 1.7626}, {-0.9, 2.5012},
	} {
		if got := 3.6 / tobler.Pace(c.slope); math.Abs(got-c.kmh) > 1e-4 {
			t.Errorf("on a slope of %v: %.4f km/h, want %v", c.slope, got, c.kmh)
		}
	}
	if got := adult.Pace(0); got != 0.8 {
		t.Errorf("an adult takes %v s for a metre on the flat, want 0.8", got)
	}
}

// seconds returns what it costs from one end of the first road to the other, and
// back, and the walk there.
func seconds(t *testing.T, roads []network.Road, w network.Walker, h network.Heights, from, to orb.Point) (there, back float64, walk network.Walk, net *network.Net) {
	t.Helper()
	g := network.BuildClean(roads, network.Cleaning{})
	net, err := g.BySeconds(w, h)
	if err != nil {
		t.Fatal(err)
	}
	ends := net.Doors(g.Tie([]orb.Point{from, to}, network.TieRules{Reach: 1, Usable: net.Passable, Island: -1}))
	there, back = math.Inf(1), math.Inf(1)
	if w, found := net.Route(ends, 0, ends, 1); found {
		there, walk = w.Cost, w
	}
	if w, found := net.Route(ends, 1, ends, 0); found {
		back = w.Cost
		if !about(w.Climb, walk.Descent) || !about(w.Descent, walk.Climb) {
			t.Errorf("%v m up and %v m down, on the way back %v and %v", walk.Climb, walk.Descent, w.Climb, w.Descent)
		}
	}
	return there, back, walk, net
}

func TestSlopesAndStairsCount(t *testing.T) {
	up10, down10 := adult.Pace(0.1), adult.Pace(-0.1)
	tagged := street("坡", 0, 0, 100, 0)
	tagged.Incline = -0.06
	absurd := street("坡", 0, 0, 100, 0)
	absurd.Incline = 4
	long := street("坡", 0, 0, 300, 0)
	long.Incline = 0.2
	// A valley in a plain that rises by 5 %, from 20 to 180, with a bridge over it.
	valley := ground(func(p orb.Point) (float64, bool) {
		return 300 + 0.05*p[0] - 40*math.Exp(-math.Pow((p[0]-100)/40, 2)), true
	})
	bridge := onBridge(street("桥", 20, 0, 180, 0))
	halves := []network.Road{onBridge(street("桥", 20, 0, 60, 0)), onBridge(street("桥", 60, 0, 180, 0))}
	approach := []network.Road{street("", 0, 0, 20, 0), street("", 180, 0, 200, 0)}
	west, _ := valley(orb.Point{-5, 0})
	east, _ := valley(orb.Point{25, 0})
	bank := (east-west)/30 - 0.05 // of the ways to the bridge: over the 30 m around their middles
	overValley := func(way float64) float64 {
		return 160*adult.Pace(way*0.05) + 20*adult.Pace(way*(0.05+bank)) + 20*adult.Pace(way*(0.05-bank))
	}
	cases := []struct {
		name                                 string
		roads                                []network.Road
		h                                    network.Heights
		w                                    network.Walker
		x                                    float64 // where the walk ends
		there, back, climb, descent, onSteps float64
		crossings                            int
	}{
		{name: "flat without heights", roads: []network.Road{street("", 0, 0, 100, 0)}, w: adult, x: 100, there: 80, back: 80},
		{name: "up and down a ramp", roads: []network.Road{street("", 0, 0, 100, 0)}, h: ramp(0.1), w: adult, x: 100, there: 100 * up10, back: 100 * down10, climb: 10},
		{name: "part of a ramp", roads: []network.Road{street("", 0, 0, 100, 0)}, h: ramp(0.1), w: adult, x: 37, there: 37 * up10, back: 37 * down10, climb: 3.7},
		{name: "a short edge", roads: []network.Road{street("", 0, 0, 12, 0)}, h: ramp(0.1), w: adult, x: 12, there: 12 * up10, back: 12 * down10, climb: 1.2},
		{name: "no steeper than 30 %", roads: []network.Road{street("", 0, 0, 100, 0)}, h: ramp(0.8), w: adult, x: 100, there: 100 * adult.Pace(0.3), back: 100 * adult.Pace(-0.3), climb: 30},
		{name: "stairs, up as down", roads: []network.Road{stairs(street("", 0, 0, 40, 0))}, h: ramp(0.3), w: adult, x: 40, there: 80, back: 80, climb: 12, onSteps: 40},
		{name: "a crossing waits once", roads: []network.Road{street("", 0, 0, 50, 0), crossing(street("", 50, 0, 60, 0)), street("", 60, 0, 100, 0)}, w: adult, x: 100, there: 100, back: 100, crossings: 1},
		{name: "a crossing of two halves waits once", roads: []network.Road{crossing(street("", 0, 0, 50, 0, 100, 0)), street("", 50, 0, 50, 30)}, w: adult, x: 100, there: 100, back: 100, crossings: 1},
		{name: "half a crossing waits half", roads: []network.Road{crossing(street("", 0, 0, 100, 0))}, w: adult, x: 50, there: 50, back: 50, crossings: 1},
		{name: "a tagged incline wins", roads: []network.Road{tagged}, h: ramp(0.1), w: adult, x: 100, there: 100 * adult.Pace(-0.06), back: 100 * adult.Pace(0.06), descent: 6},
		{name: "but not an absurd one", roads: []network.Road{absurd}, h: ramp(0.1), w: adult, x: 100, there: 100 * up10, back: 100 * down10, climb: 10},
		{name: "nor that of a long way", roads: []network.Road{long}, h: ramp(0.1), w: adult, x: 300, there: 300 * up10, back: 300 * down10, climb: 30},
		{name: "a bridge over a valley", roads: append(approach, bridge), h: valley, w: adult, x: 200, there: overValley(1), back: overValley(-1), climb: 200 * 0.05},
		{name: "a bridge of two ways", roads: append(approach, halves...), h: valley, w: adult, x: 200, there: overValley(1), back: overValley(-1), climb: 200 * 0.05},
		{name: "a short bridge is as steep as the ground around it", roads: []network.Road{street("", -50, 0, 0, 0), onBridge(street("", 0, 0, 10, 0)), street("", 10, 0, 60, 0)}, h: ramp(0.1), w: adult, x: 10, there: 10 * up10, back: 10 * down10, climb: 1},
		{name: "wheels up to 1 in 12", roads: []network.Road{street("", 0, 0, 100, 0)}, h: ramp(1.0 / 12.01), w: wheel, x: 100, there: 100 * wheel.Pace(1/12.01), back: 100 * wheel.Pace(-1/12.01), climb: 100 / 12.01},
		{name: "no wheels beyond 1 in 12", roads: []network.Road{street("", 0, 0, 100, 0)}, h: ramp(1.0 / 11.9), w: wheel, x: 100, there: math.Inf(1), back: math.Inf(1)},
		{name: "nor down it", roads: []network.Road{street("", 0, 0, 100, 0)}, h: ramp(-1.0 / 11.9), w: wheel, x: 100, there: math.Inf(1), back: math.Inf(1)},
		{name: "no wheels on stairs", roads: []network.Road{stairs(street("", 0, 0, 100, 0))}, w: wheel, x: 100, there: math.Inf(1), back: math.Inf(1)},
		{name: "no wheels where they are barred", roads: []network.Road{barred(street("", 0, 0, 100, 0))}, w: wheel, x: 100, there: math.Inf(1), back: math.Inf(1)},
		{name: "wheels go round the stairs", roads: []network.Road{stairs(street("", 0, 0, 100, 0)), street("", 0, 0, 0, 50, 100, 50, 100, 0)}, w: wheel, x: 100, there: 200, back: 200},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			there, back, walk, _ := seconds(t, c.roads, c.w, c.h, orb.Point{0, 0}, orb.Point{c.x, 0})
			if !about(there, c.there) || !about(back, c.back) {
				t.Errorf("%v s there, %v s back; want %v and %v", there, back, c.there, c.back)
			}
			if math.IsInf(c.there, 1) {
				return
			}
			got := [4]float64{walk.Climb, walk.Descent, walk.StairsMetres, float64(walk.Crossings)}
			want := [4]float64{c.climb, c.descent, c.onSteps, float64(c.crossings)}
			if diff := cmp.Diff(want, got, cmp.Comparer(about)); diff != "" {
				t.Errorf("metres up, down, on stairs, and crossings: %s", diff)
			}
		})
	}
}

func TestUnknownHeightsAreFlatAndReported(t *testing.T) {
	half := ground(func(p orb.Point) (float64, bool) { return 0.1 * p[0], p[0] <= 60 })
	there, _, _, net := seconds(t, []network.Road{street("", 0, 0, 120, 0)}, adult, half, orb.Point{0, 0}, orb.Point{120, 0})
	if want := 60*adult.Pace(0.1) + 60*0.8; !about(there, want) {
		t.Errorf("%v s, want %v", there, want)
	}
	if diff := cmp.Diff(network.Report{Flat: 1, FlatMetres: 60}, net.Report(), cmp.Comparer(near)); diff != "" {
		t.Error(diff)
	}
}

// model is a grid of heights in metres.
type model struct{ grid *terrain.Grid }

func (m model) Height(p orb.Point) (float64, bool) { return m.grid.At(p[0], p[1]) }

func TestAModelOfAnotherExtentSaysNothing(t *testing.T) {
	grid, err := terrain.New(900_000, 900_000, 30, 30, 3, 3, make([]float32, 9))
	if err != nil {
		t.Fatal(err)
	}
	there, back, _, net := seconds(t, []network.Road{street("", 0, 0, 100, 0)}, adult, model{grid}, orb.Point{0, 0}, orb.Point{100, 0})
	if !about(there, 80) || !about(back, 80) {
		t.Errorf("%v s there, %v s back, want 80", there, back)
	}
	if r := net.Report(); r.Flat != 1 || r.Measured != 0 || !near(r.FlatMetres, 100) {
		t.Errorf("report %+v", r)
	}
}

func TestAModelWithVoidsIsFlatThere(t *testing.T) {
	heights := make([]float32, 5*5)
	for i := range heights {
		heights[i] = float32(i%5) * 3 // 10 %
	}
	heights[2*5+3] = float32(math.NaN())
	grid, err := terrain.New(0, 60, 30, 30, 5, 5, heights)
	if err != nil {
		t.Fatal(err)
	}
	there, _, _, net := seconds(t, []network.Road{street("", 0, 0, 60, 0), street("", 60, 0, 120, 0)}, adult, model{grid}, orb.Point{0, 0}, orb.Point{120, 0})
	if want := 60*adult.Pace(0.1) + 60*0.8; !about(there, want) {
		t.Errorf("%v s, want %v", there, want)
	}
	if r := net.Report(); r.Measured != 1 || r.Flat != 1 {
		t.Errorf("report %+v", r)
	}
	there, _, _, _ = seconds(t, []network.Road{street("", 0, 0, 120, 0)}, adult, model{grid.Filled(4)}, orb.Point{0, 0}, orb.Point{120, 0})
	if flat := 120 * 0.8; there <= flat {
		t.Errorf("%v s over a void that was filled, %v s on the flat", there, flat)
	}
}

func TestBridgesThatNothingIsKnownOfAreFlat(t *testing.T) {
	_, _, _, net := seconds(t, []network.Road{onBridge(street("", 0, 0, 40, 0)), onBridge(street("", 40, 0, 100, 0))}, adult,
		ground(func(orb.Point) (float64, bool) { return 0, false }), orb.Point{0, 0}, orb.Point{100, 0})
	if r := net.Report(); r.Flat != 2 || !near(r.FlatMetres, 100) {
		t.Errorf("report %+v", r)
	}
}

func TestAWalkerWhoCannotWalkIsRefused(t *testing.T) {
	g := network.BuildClean([]network.Road{street("", 0, 0, 100, 0)}, network.Cleaning{})
	for _, w := range []network.Walker{
		{},
		{SpeedMS: -1, StairsMS: 1},
		{SpeedMS: 1},
		{SpeedMS: 1, StairsMS: math.NaN()},
		{SpeedMS: math.Inf(1), StairsMS: 1},
		{SpeedMS: 1, StairsMS: 1, CrossingS: -1},
	} {
		if _, err := g.BySeconds(w, nil); !errors.Is(err, network.ErrWalker) {
			t.Errorf("%+v: %v", w, err)
		}
	}
}

func TestThereAndBackDifferOnASlopeAndTheNearestMayToo(t *testing.T) {
	// Two facilities at 100 m: one uphill, one downhill. One walks down to the
	// lower one, and home from the upper one.
	g := network.BuildClean([]network.Road{street("", 0, 0, 200, 0)}, network.Cleaning{})
	net, err := g.BySeconds(adult, ramp(0.05))
	if err != nil {
		t.Fatal(err)
	}
	rules := network.TieRules{Reach: 10}
	home := net.Doors(g.Tie([]orb.Point{{100, 5}}, rules))
	facilities := net.Doors(g.Tie([]orb.Point{{0, 0}, {200, 0}}, rules))
	for dir, want := range map[network.Direction]network.Reached{
		network.ToSource:   {Source: 0, Cost: 4 + 100*adult.Pace(-0.05), Metres: 105},
		network.FromSource: {Source: 1, Cost: 4 + 100*adult.Pace(-0.05), Metres: 105},
	} {
		field, err := net.Nearest(context.Background(), facilities, dir, math.Inf(1))
		if err != nil {
			t.Fatal(err)
		}
		if got := field.Of(home, 0); got.Source != want.Source || !about(got.Cost, want.Cost) || !about(got.Metres, want.Metres) {
			t.Errorf("direction %d: %+v, want %+v", dir, got, want)
		}
	}
}
