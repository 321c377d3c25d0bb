package registry_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// houses are buildings of eight corners; with later all of them have other
// storeys.
func houses(n int, later bool) iter.Seq[registry.BuildingRow] {
	return func(yield func(registry.BuildingRow) bool) {
		for i := range n {
			lon, lat, d := 106.85+float64(i%500)*0.0002, 28.9+float64(i/500)*0.0002, 0.00004
			storeys := 6
			if later {
				storeys = 7
			}
			ring := orb.Ring{
				{lon, lat},
				{lon + d, lat},
				{lon + d, lat + d},
				{lon + 2*d, lat + d},
				{lon + 2*d, lat + 2*d},
				{lon + d, lat + 2*d},
				{lon, lat + 2*d},
				{lon, lat + d},
				{lon, lat},
			}
			if !yield(registry.BuildingRow{SourceRef: fmt.Sprintf("osm:w%d", i), Name: "住宅楼", Storeys: &storeys, Geometry: orb.MultiPolygon{{ring}}, Source: "osm"}) {
				return
			}
		}
	}
}

// Noting what an import does must cost little beside the import itself:
// go test -run NotingAnImport -v
func TestNotingAnImportCostsLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures")
	}
	const n = 10_000
	took := map[bool]time.Duration{}
	var report registry.UndoReport
	for round := range 4 { // the better of two: the machine may be busy with other things
		noted := round%2 == 1
		b := newBench(t)
		var changed uuid.UUID
		began := time.Now()
		for _, later := range []bool{false, true} {
			b.write(func(ctx context.Context, tx *postgis.Tx) error {
				id := uuid.New()
				if noted {
					if err := b.BeginImport(ctx, tx, id, b.district, "楼栋.zip"); err != nil {
						return err
					}
				}
				if _, err := b.UpsertBuildings(ctx, tx, b.district, houses(n, later)); err != nil {
					return err
				}
				if _, err := b.AttachBuildings(ctx, tx, b.district); err != nil {
					return err
				}
				changed = id
				if !noted {
					return nil
				}
				return b.EndImport(ctx, tx, id, registry.ImportCount{})
			})
		}
		if d := time.Since(began); took[noted] == 0 || d < took[noted] {
			took[noted] = d
		}
		if !noted {
			continue
		}
		began = time.Now()
		var err error
		if report, err = b.UndoImport(t.Context(), account.Everything, changed, false); err != nil {
			t.Fatal(err)
		}
		t.Logf("undo of %d changed buildings: %v", report.Restored, time.Since(began).Round(time.Millisecond))
		if report.Restored != n {
			t.Errorf("restored %d of %d", report.Restored, n)
		}
	}
	t.Logf("two imports of %d buildings: %v, noted %v (%.0f %% more)", n, took[false].Round(time.Millisecond),
		took[true].Round(time.Millisecond), 100*(float64(took[true])/float64(took[false])-1))
	if took[true] > 3*took[false] {
		t.Errorf("noting costs more than the import itself: %v instead of %v", took[true], took[false])
	}
}
