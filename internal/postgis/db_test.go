package postgis_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestGeometryRoundTrip(t *testing.T) {
	db := postgistest.New(t)
	square := orb.Ring{{106.9, 28.9}, {107, 28.9}, {107, 29}, {106.9, 29}, {106.9, 28.9}}
	hole := orb.Ring{{106.94, 28.94}, {106.94, 28.96}, {106.96, 28.96}, {106.96, 28.94}, {106.94, 28.94}}
	cases := map[string]orb.Geometry{
		"point":                orb.Point{106.9, 28.9},
		"points":               orb.MultiPoint{{106.9, 28.9}, {107, 29}},
		"line":                 orb.LineString{{106.9, 28.9}, {107, 29}},
		"lines":                orb.MultiLineString{{{106.9, 28.9}, {107, 29}}, {{1, 2}, {3, 4}, {5, 6}}},
		"polygon with a hole":  orb.Polygon{square, hole},
		"polygons":             orb.MultiPolygon{{square, hole}, {{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		"collection":           orb.Collection{orb.Point{1, 2}, orb.LineString{{1, 2}, {3, 4}}},
		"nothing becomes NULL": nil,
	}
	for name, g := range cases {
		t.Run(name, func(t *testing.T) {
			var back postgis.Geom
			var srid *int
			err := db.Pool.QueryRow(t.Context(), `select $1::geometry, ST_SRID($1::geometry)`, postgis.Geom{Geometry: g}).Scan(&back, &srid)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(g, back.Geometry); diff != "" {
				t.Errorf("came back changed (-sent +got):\n%s", diff)
			}
			if g != nil && (srid == nil || *srid != postgis.SRID) {
				t.Errorf("SRID %v, want %d", srid, postgis.SRID)
			}
		})
	}
	t.Run("an array", func(t *testing.T) {
		var n int
		err := db.Pool.QueryRow(t.Context(), `select count(*) from unnest($1::geometry[]) g where ST_SRID(g) = 4490`,
			[]postgis.Geom{{Geometry: orb.Point{1, 2}}, {Geometry: square}, {}}).Scan(&n)
		if err != nil || n != 2 {
			t.Errorf("got %d geometries, %v; want 2", n, err)
		}
	})
}

func TestWriteTellsItsChangesOnlyWhenItCommits(t *testing.T) {
	db := postgistest.New(t)
	var mu sync.Mutex
	var heard []postgis.Change
	db.OnChange(func(cs []postgis.Change) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, cs...)
	})
	change := postgis.Change{District: "500110", Layer: "zones", Bound: orb.Bound{Min: orb.Point{1, 2}, Max: orb.Point{3, 4}}}
	refused := errors.New("refused")
	err := db.Write(t.Context(), func(_ context.Context, tx *postgis.Tx) error {
		tx.Changed(change)
		return refused
	})
	if !errors.Is(err, refused) || len(heard) != 0 {
		t.Fatalf("after a roll-back: error %v, heard %v", err, heard)
	}
	if err := db.Write(t.Context(), func(_ context.Context, tx *postgis.Tx) error {
		tx.Changed(change)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]postgis.Change{change}, heard); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
}

func TestOtherProcessesHearOfChangesOnce(t *testing.T) {
	db := postgistest.New(t)
	other, err := postgis.Open(t.Context(), db.URL(), discard())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	heard := make(chan []postgis.Change, 10)
	other.OnChange(func(cs []postgis.Change) { heard <- cs })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = other.Listen(ctx) }()
	defer func() { cancel(); <-done }()

	// The listener needs a moment to be there; write until it hears.
	for range 100 {
		err := db.Write(t.Context(), func(_ context.Context, tx *postgis.Tx) error {
			tx.Changed(postgis.Change{District: "500110", Layer: "zones"})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case cs := <-heard:
			if len(cs) != 1 || cs[0].Layer != "zones" || !cs[0].Everywhere() {
				t.Errorf("heard %v", cs)
			}
			return
		default:
		}
		waitBriefly(t)
	}
	t.Error("the other process heard nothing")
}

func TestManyChangesOfOneLayerAreToldAsOneExtent(t *testing.T) {
	db := postgistest.New(t)
	var heard []postgis.Change
	db.OnChange(func(cs []postgis.Change) { heard = append(heard, cs...) })
	if err := db.Write(t.Context(), func(_ context.Context, tx *postgis.Tx) error {
		for i := range 1000 {
			p := orb.Point{float64(i), 1}
			tx.Changed(postgis.Change{District: "500110", Layer: "buildings", Bound: orb.Bound{Min: p, Max: p}})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []postgis.Change{{District: "500110", Layer: "buildings", Bound: orb.Bound{Min: orb.Point{0, 1}, Max: orb.Point{999, 1}}}}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
}
