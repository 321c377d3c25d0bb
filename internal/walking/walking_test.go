package walking

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"go.uber.org/goleak"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/network"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestWhatBarsTheWayFromADoorToTheStreet(t *testing.T) {
	w := newTown(t)
	w.street(-500, 0, 500, 0)
	w.wall(-100, 20, 100, 20) // between homes in the north and the street
	w.gate(true, 0, 20)
	w.gate(false, 50, 20)
	w.street(80, 0, 80, 30) // leads through the wall
	w.street(50, 0, 50, 30) // but here stands a closed gate
	w.road(registry.RoadRow{Bridge: true, Level: 1}, -80, 0, -80, 30)
	for _, sql := range []string{
		`insert into railway (district_code, source_ref, class, bridge, geom) values ($1, 'osm:w900', 'rail', false, $2)`,
		`insert into railway (district_code, source_ref, class, bridge, geom) values ($1, 'osm:w901', 'rail', true, ST_Translate($2, 0, -0.001))`,
	} {
		_, err := w.db.Pool.Exec(t.Context(), sql, w.district, postgis.Geom{Geometry: w.lonLat(-500, -20, 500, -20)})
		w.must(err)
	}
	snap := w.snapshot()
	for _, c := range []struct {
		name   string
		x1, y1 float64
		x2, y2 float64
		clear  bool
	}{
		{"open ground", -200, 30, -200, 0, true},
		{"a wall", -50, 30, -50, 0, false},
		{"a gate in the wall", 0, 30, 0, 0, true},
		{"a gate beside the way", 1.4, 30, 1.4, 0, true},
		{"a gate too far from the way", 1.6, 30, 1.6, 0, false},
		{"a gate on a slanting way", 20, 40, -20, 0, true},
		{"a slanting way past the gate", 24, 40, -16, 0, false},
		{"where a street leads through", 81, 30, 81, 0, true},
		{"where the street's gate is closed", 50, 30, 50, 0, false},
		{"where a bridge leads over the wall", -80, 30, -80, 0, false},
		{"a railway", 0, -10, 0, -30, false},
		{"a railway on a bridge", 0, -100, 0, -150, true},
		{"along the wall", -90, 25, 90, 25, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := snap.Clear(w.at(c.x1, c.y1), w.at(c.x2, c.y2)); got != c.clear {
				t.Errorf("clear: %v", got)
			}
			if back := snap.Clear(w.at(c.x2, c.y2), w.at(c.x1, c.y1)); back != c.clear {
				t.Errorf("the other way clear: %v", back)
			}
		})
	}
	if s := snap.Status; s.Barriers != 2 || s.ClosedGates != 1 || s.Openings != 2 {
		t.Errorf("%d barriers, %d closed gates, %d openings", s.Barriers, s.ClosedGates, s.Openings)
	}
}

func TestNobodyStepsOntoABridgeOrAnExpressway(t *testing.T) {
	w := newTown(t)
	want := map[string]bool{
		w.street(0, 0, 100, 0): true,
		w.road(registry.RoadRow{Class: "trunk"}, 0, 100, 100, 100):             false,
		w.road(registry.RoadRow{Bridge: true}, 0, 200, 100, 200):               false,
		w.road(registry.RoadRow{Tunnel: true}, 0, 300, 100, 300):               false,
		w.road(registry.RoadRow{Class: "footway", Level: 2}, 0, 400, 100, 400): false,
	}
	snap := w.snapshot()
	if snap.Graph.Edges() != len(want) {
		t.Fatalf("%d edges", snap.Graph.Edges())
	}
	for e := range snap.Graph.Edges() {
		id, ref := snap.Road(e)
		if got := snap.Usable(e); got != want[ref] || id == 0 {
			t.Errorf("road %d %s: usable %v", id, ref, got)
		}
	}
}

// A run that is under way keeps the network that it began with, whatever is
// edited meanwhile; who asks afterwards gets the new one.
func TestANetworkThatSomebodyHoldsNeverChanges(t *testing.T) {
	w := newTown(t)
	w.street(0, 0, 100, 0)
	before := w.snapshot()
	edges, status := before.Graph.Edges(), before.Status
	if w.snapshot() != before {
		t.Error("the same base map is another network")
	}
	w.street(100, 0, 200, 0)
	after := w.snapshot()
	if after == before || after.Version == before.Version || after.Graph.Edges() != 2 {
		t.Errorf("after an edit: %d edges, version %q", after.Graph.Edges(), after.Version)
	}
	if before.Graph.Edges() != edges || before.Status != status {
		t.Error("the network that was held has changed")
	}
	_, err := w.db.Pool.Exec(t.Context(), `delete from road where source_ref = 'osm:w1'`)
	w.must(err)
	if last := w.snapshot(); last.Graph.Edges() != 1 {
		t.Errorf("after a road is gone: %d edges", last.Graph.Edges())
	}
}

func TestTheSameRoadsAreTheSameNetworkInWhateverOrderTheyCame(t *testing.T) {
	lines := [][]float64{{0, 0, 100, 0}, {100, 0, 100, 100}, {100, 0, 200, 0}, {50, -50, 50, 50}}
	nodes := func(order []int) (list []orb.Point) {
		w := newTown(t)
		for _, i := range order {
			w.road(registry.RoadRow{SourceRef: fmt.Sprintf("osm:w%d", 100+i)}, lines[i]...)
		}
		g := w.snapshot().Graph
		for n := range g.Nodes() {
			list = append(list, g.Node(n))
		}
		return list
	}
	if a, b := nodes([]int{0, 1, 2, 3}), nodes([]int{3, 1, 0, 2}); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%v\n%v", a, b)
	}
}

func TestWhoAsksMeanwhileWaitsForTheSameNetwork(t *testing.T) {
	w := newTown(t)
	for i := range 50 {
		w.street(float64(i)*10, 0, float64(i)*10, 100)
	}
	var all sync.WaitGroup
	got := make([]*Snapshot, 8)
	for i := range got {
		all.Go(func() { got[i], _ = w.store.Snapshot(t.Context(), w.district) })
	}
	all.Wait()
	for _, snap := range got {
		if snap == nil || snap != got[0] {
			t.Fatal("it was built more than once")
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	w := newTown(t)
	turn := w.store.turn(w.district)
	turn <- struct{}{} // somebody builds
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := w.store.Snapshot(ctx, w.district); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	<-turn
	if _, err := w.store.Snapshot(t.Context(), w.district); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestADistrictThatIsNotThere(t *testing.T) {
	w := newTown(t)
	if _, err := w.store.Snapshot(t.Context(), "999999"); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if snap := w.snapshot(); snap.Graph.Edges() != 0 {
		t.Errorf("a district without roads has %d edges", snap.Graph.Edges())
	}
}

func TestChangesRebuildWhatIsInMemoryInTheBackground(t *testing.T) {
	w := newTown(t)
	w.street(0, 0, 100, 0)
	w.keep()
	w.snapshot()
	await := func(what string, is func() bool) {
		t.Helper()
		for began := time.Now(); !is(); time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%s: not within 20 s", what)
			}
		}
	}
	await("a new street", func() bool {
		w.street(0, 50, 100, 50) // until the background listens, nobody hears of it
		return w.store.Held(w.district).Graph.Edges() > 1
	})
	_, err := w.db.Pool.Exec(t.Context(), `delete from district where code = $1`, w.district)
	w.must(err)
	w.write(func(_ context.Context, tx *postgis.Tx) error {
		tx.Changed(postgis.Change{})
		return nil
	})
	await("a district that is gone", func() bool { return w.store.Held(w.district) == nil })
}

func TestOnlyAFewDistrictsAreHeld(t *testing.T) {
	w := newTown(t)
	var codes []string
	for i := range kept + 2 {
		code := fmt.Sprintf("9000%02d", i)
		_, err := w.db.Pool.Exec(t.Context(), `
			insert into district (code, name, boundary, gk_srid, policy_key, policy_version, profile_key)
			select $1, name || $1, boundary, gk_srid, policy_key, policy_version, profile_key from district where code = $2`, code, w.district)
		w.must(err)
		codes = append(codes, code)
		_, err = w.store.Snapshot(t.Context(), code)
		w.must(err)
		w.store.Held(codes[0]) // is asked for again and again
	}
	for i, code := range codes {
		held := w.store.Held(code) != nil
		if want := i == 0 || i >= len(codes)-kept+1; held != want {
			t.Errorf("district %d of %d: held %v", i, len(codes), held)
		}
	}
}

func TestADistrictFarFromItsZoneIsMeasuredInOneOfItsOwn(t *testing.T) {
	andorra := orb.Point{1.55, 42.55}
	plane := planeOf(4534, andorra) // the zone nearest to it in China, 73° away
	east := plane.Metres(orb.Point{1.56, 42.55})
	here := plane.Metres(andorra)
	if d := apart(here, east); d < 820 || d > 822 { // 0.01° of longitude there
		t.Errorf("%v m", d)
	}
	if back := plane.Degrees(here); apart(back, andorra) > 1e-9 {
		t.Errorf("back at %v", back)
	}
	if p := planeOf(4545, orb.Point{106.9, 29}); p.zone.CentralMeridian != 108 {
		t.Errorf("万盛 is measured on %v°", p.zone.CentralMeridian)
	}
}

func TestRunLeavesNothingBehind(t *testing.T) {
	w := newTown(t)
	w.snapshot()
	before := goleak.IgnoreCurrent()
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	if err := w.store.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
	goleak.VerifyNone(t, before)
}

func TestAClosedGateEndsTheRoads(t *testing.T) {
	for _, passable := range []bool{true, false} {
		w := newTown(t)
		w.street(0, 0, 100, 0)
		w.gate(passable, 100, 0)
		w.street(100, 0, 200, 0)
		snap := w.snapshot()
		if apart := snap.Status.Islands == 1; apart == passable {
			t.Errorf("passable %v: %+v", passable, snap.Status)
		}
		if snap.Status.ClosedGates != snap.Status.Cleaned.Closed {
			t.Errorf("passable %v: %+v", passable, snap.Status)
		}
	}
}

func TestAPlaceOutOfReachIsNotReached(t *testing.T) {
	w := newTown(t)
	w.street(0, 0, 500, 0)
	w.wall(0, -10, 500, -10)
	var places []orb.Point
	for _, at := range [][2]float64{{250, 20}, {250, 149}, {250, 151}, {250, -20}} {
		places = append(places, w.lonLat(at[0], at[1])[0])
	}
	ties := w.snapshot().Tie(places)
	for i, want := range []bool{true, true, false, false} {
		if ties.Reached(i) != want {
			t.Errorf("place %d: reached %v", i, !want)
		}
	}
	if feet := ties.Feet(0); len(feet) != 1 || feet[0].Cost < 19.99 || feet[0].Cost > 20.01 {
		t.Errorf("feet %v", feet)
	}
}

func TestSlopesNeedHeights(t *testing.T) {
	w := newTown(t)
	w.street(0, 0, 100, 0)
	walker := network.Walker{SpeedMS: 1.25, StairsMS: 0.5}
	if _, err := w.snapshot().Seconds(walker); !errors.Is(err, ErrNoElevation) {
		t.Errorf("without heights: %v", err)
	}
	if _, err := w.snapshot().FlatSeconds(walker); err != nil {
		t.Errorf("on flat ground: %v", err)
	}
	if _, err := w.snapshot().FlatSeconds(network.Walker{}); !errors.Is(err, network.ErrWalker) {
		t.Errorf("somebody who stands still: %v", err)
	}
	w.heights(106.80, func(_, _ int) float32 { return 300 }) // of the district, but not of its roads
	elsewhere := w.snapshot()
	if _, err := elsewhere.Seconds(walker); !errors.Is(err, ErrNoElevation) || !elsewhere.Status.Elevation {
		t.Errorf("with heights elsewhere: %v", err)
	}
	w.heights(106.86, func(_, col int) float32 { return 300 + 5*float32(col) })
	after := w.snapshot()
	if after.Version == elsewhere.Version || after.Status.KnownHeightsM < 99 {
		t.Errorf("heights are not heard of: %+v", after.Status)
	}
	if _, err := after.Seconds(walker); err != nil {
		t.Error(err)
	}
	w.must(w.reg.DeleteElevation(t.Context(), account.Everything, w.district, "elevation:106.86"))
	if _, err := w.snapshot().Seconds(walker); !errors.Is(err, ErrNoElevation) {
		t.Errorf("after they were deleted: %v", err)
	}
}

// A small void is bridged, a large one is flat and counted.
func TestVoidsInTheHeights(t *testing.T) {
	w := newTown(t)
	w.street(0, 0, 1000, 0)
	nan := float32(math.NaN())
	w.heights(106.86, func(row, col int) float32 {
		if row == 20 && col == 20 || row < 30 && row > 10 && col > 25 && col < 40 {
			return nan
		}
		return 300 + 2*float32(col)
	})
	snap := w.snapshot()
	h, known := snap.Height(orb.Point{106.86 + 0.0005*20, 29 + 0.01 - 0.0005*20})
	if !known || math.Abs(h-340) > 1 {
		t.Errorf("the small void: %v m, %v", h, known)
	}
	if _, known := snap.Height(orb.Point{106.86 + 0.0005*32, 29.0}); known {
		t.Error("the large void has a height")
	}
	net, err := snap.Seconds(network.Walker{SpeedMS: 1.25, StairsMS: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if r := net.Report(); r.Flat != 1 || r.FlatMetres <= 0 {
		t.Errorf("report %+v", r)
	}
}

func TestWhatTagsSayOfWalking(t *testing.T) {
	for text, want := range map[string]float64{
		"10%": 0.1, "-12.5 %": -0.125, "up": 0, "down": 0, "": 0, "5.71°": 0.1, "-45°": -1, "200%": 0, "NaN%": 0, "1:12": 0, "0%": 0,
	} {
		if got := inclineOf(text); math.Abs(got-want) > 1e-3 {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	r := withTags(network.Road{}, map[string]string{"footway": "crossing", "wheelchair": "no", "incline": "8%"})
	if !r.Crossing || !r.Barred || r.Incline != 0.08 {
		t.Errorf("%+v", r)
	}
	if r := withTags(network.Road{}, map[string]string{"footway": "sidewalk"}); r.Crossing || r.Barred {
		t.Errorf("a pavement: %+v", r)
	}
}
