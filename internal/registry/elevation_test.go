package registry_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// slope is a grid of more than one stored square, with a void in the second one.
func slope(t *testing.T, base float32) *terrain.Grid {
	t.Helper()
	const cols, rows = 300, 270
	heights := make([]float32, cols*rows)
	for i := range heights {
		heights[i] = base + float32(i%cols) - float32(i/cols)/8
	}
	heights[10*cols+280] = float32(math.NaN())
	g, err := terrain.New(106.8, 29.1, 0.001, 0.0005, cols, rows, heights)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestHeightsComeBackAsTheyWereStored(t *testing.T) {
	b := newBench(t)
	s, db, district := b.Store, b.db, b.district
	var told []postgis.Change
	db.OnChange(func(changes []postgis.Change) { told = append(told, changes...) })
	store := func(row registry.ElevationRow) (result registry.BulkResult, err error) {
		err = db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) (err error) {
			result, err = s.ReplaceElevation(ctx, tx, district, row)
			return err
		})
		return result, err
	}
	row := registry.ElevationRow{SourceRef: "elevation:a", Name: "a.tif", Format: "geotiff", SourceCRS: "WGS 84", SourceStepM: 100, Grid: slope(t, 300)}
	if result, err := store(row); err != nil || result != (registry.BulkResult{Inserted: 1}) {
		t.Fatalf("%+v, %v", result, err)
	}
	if len(told) != 1 || told[0].Layer != "elevation" || !told[0].Bound.Contains(row.Grid.Bound().Center()) {
		t.Errorf("told of %+v", told)
	}
	grids, err := registry.Heights(t.Context(), db.Pool, district)
	if err != nil || len(grids) != 1 {
		t.Fatalf("%d grids, %v", len(grids), err)
	}
	if diff := cmp.Diff(row.Grid, grids[0], cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if result, err := store(row); err != nil || result != (registry.BulkResult{Unchanged: 1}) || len(told) != 1 {
		t.Errorf("the same again: %+v, %v", result, err)
	}
	row.Grid = slope(t, 500)
	if result, err := store(row); err != nil || result != (registry.BulkResult{Updated: 1}) || len(told) != 2 {
		t.Errorf("other heights: %+v, %v", result, err)
	}
	fine := row
	fine.SourceRef, fine.SourceStepM, fine.Grid = "elevation:fine", 10, slope(t, 700)
	if _, err := store(fine); err != nil {
		t.Fatal(err)
	}
	if grids, err = registry.Heights(t.Context(), db.Pool, district); err != nil || len(grids) != 2 || grids[0].Heights[0] != 700 {
		t.Errorf("the finest is not the first of %d: %v", len(grids), err)
	}

	list, err := s.Elevations(t.Context(), account.Everything, district)
	if err != nil || len(list) != 2 || list[1].SourceRef != "elevation:a" || list[1].Voids != 1 || list[1].LowestM != 500-269.0/8 || list[1].HighestM != 799 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := s.DeleteElevation(t.Context(), account.Everything, district, "elevation:a"); err != nil || len(told) != 4 {
		t.Errorf("%v, told %d times", err, len(told))
	}
	if err := s.DeleteElevation(t.Context(), account.Everything, district, "elevation:a"); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	if grids, err = registry.Heights(t.Context(), db.Pool, district); err != nil || len(grids) != 1 {
		t.Errorf("%d grids are left, %v", len(grids), err)
	}
}

func TestElevationThatTheRegisterDoesNotTake(t *testing.T) {
	b := newBench(t)
	s, db, district := b.Store, b.db, b.district
	nowhere := slope(t, 0)
	for i := range nowhere.Heights {
		nowhere.Heights[i] = float32(math.NaN())
	}
	good := registry.ElevationRow{SourceRef: "elevation:a", Format: "hgt", SourceStepM: 90, Grid: slope(t, 0)}
	for field, change := range map[string]func(*registry.ElevationRow){
		"source_ref":    func(r *registry.ElevationRow) { r.SourceRef = "" },
		"format":        func(r *registry.ElevationRow) { r.Format = "png" },
		"source_step_m": func(r *registry.ElevationRow) { r.SourceStepM = math.NaN() },
		"heights":       func(r *registry.ElevationRow) { r.Grid = nowhere },
	} {
		row := good
		change(&row)
		err := db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
			_, err := s.ReplaceElevation(ctx, tx, district, row)
			return err
		})
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := s.Elevations(t.Context(), account.Everything, "999999"); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an unknown district: %v", err)
	}
	if _, err := s.Elevations(t.Context(), account.Scope{District: "999999"}, district); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("another district's: %v", err)
	}
}
