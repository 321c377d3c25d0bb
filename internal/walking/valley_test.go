package walking_test

import (
	"log/slog"
	"math"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/walking"
)

var adult = network.Walker{SpeedMS: 1.25, StairsMS: 0.5, CrossingS: 20}

// valley is a town in a mountain valley, as it comes out of an extract and an
// elevation model.
func valley(t *testing.T) (*walking.Snapshot, []orb.Point) {
	t.Helper()
	db := postgistest.New(t)
	library, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	im, err := importer.New(db, registry.New(db, library), library, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	district := ""
	for _, name := range []string{"andorra_la_vella.osm.bz2", "andorra_la_vella.tif"} {
		path, err := filepath.Abs("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		report, err := im.Run(t.Context(), importer.Args{Path: path, District: district}, nil)
		if err != nil {
			t.Fatal(err)
		}
		district = report.District
	}
	snap, err := walking.New(db, slog.New(slog.DiscardHandler)).Snapshot(t.Context(), district)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Pool.Query(t.Context(), `select point from published_building where district_code = $1 order by code`, district)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var homes []orb.Point
	for rows.Next() {
		var at postgis.Geom
		if err := rows.Scan(&at); err != nil {
			t.Fatal(err)
		}
		homes = append(homes, at.Geometry.(orb.Point))
	}
	return snap, homes
}

func TestATownInTheMountains(t *testing.T) {
	snap, homes := valley(t)
	s := snap.Status
	if s.Edges < 400 || s.LengthM < 40_000 || math.Abs(s.KnownHeightsM-s.LengthM) > 1e-6 || !s.Elevation {
		t.Errorf("status %+v", s)
	}
	ties := snap.Tie(homes)
	for i := range homes {
		if !ties.Reached(i) {
			t.Errorf("home %d at %v is not reached", i, homes[i])
		}
	}
	metres := snap.Metres()
	if metres != snap.Metres() {
		t.Error("the net of metres is made twice")
	}
	slopes, err := snap.Seconds(adult)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := snap.Seconds(adult); err != nil || again != slopes {
		t.Errorf("the net of a walker is made twice: %v", err)
	}
	flat, err := snap.FlatSeconds(adult)
	if err != nil {
		t.Fatal(err)
	}
	if flat == slopes || !flat.Symmetric() || slopes.Symmetric() {
		t.Error("slopes cost the same up and down, or flat ground does not")
	}
	// From the river to the slope in the south-east and back.
	low, high := orb.Point{1.5205, 42.5075}, orb.Point{1.5265, 42.5022}
	both := snap.Tie([]orb.Point{low, high})
	walk := func(n *network.Net, from, to int) network.Walk {
		t.Helper()
		doors := n.Doors(both)
		w, found := n.Route(doors, from, doors, to)
		if !found {
			t.Fatal("no way between the river and the slope")
		}
		return w
	}
	up, down, level := walk(slopes, 0, 1), walk(slopes, 1, 0), walk(flat, 0, 1)
	t.Logf("up %.0f s, %.0f m, climb %.0f m; down %.0f s; flat %.0f s", up.Cost, up.Metres, up.Climb, down.Cost, level.Cost)
	if !(up.Cost > down.Cost && up.Cost > level.Cost*1.05 && up.Climb > 20 && up.Climb > up.Descent && up.Metres > 500) {
		t.Errorf("up %+v\ndown %+v\nflat %+v", up, down, level)
	}
}

// The known answers are those of gdallocationinfo.
func TestHeightsAreThoseOfTheModel(t *testing.T) {
	snap, _ := valley(t)
	for at, want := range map[orb.Point]float64{{1.52, 42.508333333}: 1049, {1.503333333, 42.491666667}: 1175} {
		got, known := snap.Height(at)
		// Smoothing over about a sample moves heights a little.
		if !known || math.Abs(got-want) > 25 {
			t.Errorf("%v: %v m, %v, want about %v", at, got, known, want)
		}
		if again, _ := snap.Height(at); again != got {
			t.Error("a height changes")
		}
	}
	if _, known := snap.Height(orb.Point{2, 42.5}); known {
		t.Error("a height outside the model is known")
	}
}
