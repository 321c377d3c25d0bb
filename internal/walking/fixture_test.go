package walking

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

// town is a district whose places are given in metres from a point in the middle
// of it.
type town struct {
	t        *testing.T
	db       *postgis.DB
	reg      *registry.Store
	store    *Store
	district string
	plane    Plane
	origin   orb.Point
	roads    int
}

func newTown(t *testing.T) *town {
	t.Helper()
	db := postgistest.New(t)
	library, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone, _ := geo.ZoneOfSRID(4545)
	w := &town{t: t, db: db, reg: registry.New(db, library), district: postgistest.District(t, db), plane: Plane{zone}}
	w.store = New(db, slog.New(slog.NewTextHandler(testLog{t}, nil)))
	w.origin = w.plane.Metres(orb.Point{106.87, 29})
	return w
}

// testLog fails a test in which something goes wrong in the background.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Errorf("%s", line)
	return len(line), nil
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// at is a place of the plane.
func (w *town) at(x, y float64) orb.Point { return orb.Point{w.origin[0] + x, w.origin[1] + y} }

// lonLat is a line through points given in metres, x and y by turns.
func (w *town) lonLat(xy ...float64) (line orb.LineString) {
	for i := 0; i+1 < len(xy); i += 2 {
		line = append(line, w.plane.Degrees(w.at(xy[i], xy[i+1])))
	}
	return line
}

func (w *town) write(bring func(ctx context.Context, tx *postgis.Tx) error) {
	w.t.Helper()
	w.must(w.db.Write(w.t.Context(), bring))
}

// road brings in a walkable street as an import does, and returns its name.
func (w *town) road(r registry.RoadRow, xy ...float64) string {
	w.t.Helper()
	w.roads++
	if r.SourceRef == "" {
		r.SourceRef = fmt.Sprintf("osm:w%d", w.roads)
	}
	if r.Class == "" {
		r.Class = "residential"
	}
	r.Walkable, r.Geometry = true, w.lonLat(xy...)
	w.write(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := w.reg.UpsertRoads(ctx, tx, w.district, slices.Values([]registry.RoadRow{r}))
		return err
	})
	return r.SourceRef
}

func (w *town) street(xy ...float64) string {
	w.t.Helper()
	return w.road(registry.RoadRow{}, xy...)
}

func (w *town) wall(xy ...float64) {
	w.t.Helper()
	w.roads++
	w.write(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := w.reg.UpsertBarriers(ctx, tx, w.district, slices.Values([]registry.BarrierRow{
			{SourceRef: fmt.Sprintf("osm:w%d", w.roads), Class: "wall", Geometry: w.lonLat(xy...)},
		}))
		return err
	})
}

func (w *town) gate(passable bool, x, y float64) {
	w.t.Helper()
	w.roads++
	w.write(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := w.reg.UpsertGates(ctx, tx, w.district, slices.Values([]registry.GateRow{
			{SourceRef: fmt.Sprintf("osm:n%d", w.roads), Class: "gate", Passable: passable, Geometry: w.lonLat(x, y)[0]},
		}))
		return err
	})
}

func (w *town) snapshot() *Snapshot {
	w.t.Helper()
	snap, err := w.store.Snapshot(w.t.Context(), w.district)
	w.must(err)
	return snap
}

// keep runs the store in the background until the test ends.
func (w *town) keep() {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	ended := make(chan error)
	go func() { ended <- w.store.Run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			w.t.Errorf("the background ended with %v", err)
		}
	})
}

// heights brings in an elevation model of 45 columns and 40 rows of 0.0005° whose
// first sample is at the longitude, 29.01° N.
func (w *town) heights(west float64, of func(row, col int) float32) {
	w.t.Helper()
	const cols, rows = 45, 40
	heights := make([]float32, cols*rows)
	for i := range heights {
		heights[i] = of(i/cols, i%cols)
	}
	grid, err := terrain.New(west, 29.01, 0.0005, 0.0005, cols, rows, heights)
	w.must(err)
	w.write(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := w.reg.ReplaceElevation(ctx, tx, w.district, registry.ElevationRow{
			SourceRef: fmt.Sprintf("elevation:%.2f", west), Format: "hgt", SourceStepM: 55, Grid: grid,
		})
		return err
	})
}
