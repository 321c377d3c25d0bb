package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Elevation is an elevation model of a district: how high the ground is on a
// regular grid.
type Elevation struct {
	SourceRef   string    `json:"source_ref"`
	Name        string    `json:"name"`          // of the file
	Format      string    `json:"format"`        // hgt | geotiff
	SourceCRS   string    `json:"source_crs"`    // of the file
	SourceStepM float64   `json:"source_step_m"` // between the heights in the file
	BBox        BBox      `json:"bbox"`
	Cols        int       `json:"cols"`
	Rows        int       `json:"rows"`
	Voids       int64     `json:"voids"` // points of unknown height
	LowestM     float64   `json:"lowest_m"`
	HighestM    float64   `json:"highest_m"`
	ImportedAt  time.Time `json:"imported_at"`
}

// ElevationRow is an elevation model as a file gives it.
type ElevationRow struct {
	SourceRef   string // identity: the same one again takes the place of the model before
	Name        string
	Format      string // hgt | geotiff
	SourceCRS   string
	SourceStepM float64
	Grid        *terrain.Grid // degrees, CGCS2000; with one known height at least
}

// ReplaceElevation stores an elevation model in the place of the one of the same
// source, where there is one. The same heights again change nothing.
func (s *Store) ReplaceElevation(ctx context.Context, tx *postgis.Tx, district string, row ElevationRow) (BulkResult, error) {
	var out BulkResult
	e, err := s.checkElevation(district, row)
	if err != nil {
		return out, err
	}
	g := row.Grid
	digest := heightsDigest(g)
	var before string
	var box BBox
	err = tx.QueryRow(ctx, `
		select digest, array[west, north - (rows - 1) * step_y, west + (cols - 1) * step_x, north]
		from elevation where district_code = $1 and source_ref = $2 for update`, district, row.SourceRef).Scan(&before, &box)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		out.Inserted = 1
	case err != nil:
		return out, fmt.Errorf("look for the elevation model %s of %s: %w", row.SourceRef, district, err)
	case before == digest:
		out.Unchanged = 1
		return out, nil
	default:
		out.Updated = 1
		if err := keepElevation(ctx, tx, district, row.SourceRef); err != nil {
			return out, err
		}
		if _, err := tx.Exec(ctx, `delete from elevation where district_code = $1 and source_ref = $2`, district, row.SourceRef); err != nil {
			return out, fmt.Errorf("replace the elevation model %s of %s: %w", row.SourceRef, district, err)
		}
	}
	var id int64
	err = tx.QueryRow(ctx, `
		insert into elevation (district_code, source_ref, name, format, source_crs, source_step_m,
			west, north, step_x, step_y, cols, rows, voids, lowest_m, highest_m, digest)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning id`,
		district, e.SourceRef, e.Name, e.Format, e.SourceCRS, e.SourceStepM,
		g.West, g.North, g.StepX, g.StepY, g.Cols, g.Rows, e.Voids, e.LowestM, e.HighestM, digest).Scan(&id)
	if err != nil {
		return out, fmt.Errorf("store the elevation model %s of %s: %w", row.SourceRef, district, violation("elevation", row.SourceRef, err))
	}
	if err := writeTiles(ctx, tx, district, id, g); err != nil {
		return out, fmt.Errorf("store the heights of %s: %w", district, err)
	}
	around := g.Bound()
	if out.Updated > 0 {
		around = around.Union(box.Bound())
	}
	tx.Changed(postgis.Change{District: district, Layer: "elevation", Bound: around, Everybody: true})
	return out, account.Record(ctx, tx, account.Entry{
		Action: "elevation.import", Entity: "elevation", Code: row.SourceRef, District: district, After: e,
	})
}

// keepElevation lays a model aside that an import replaces, so that its undo can
// put it back. Without an import there is nothing to lay aside for.
func keepElevation(ctx context.Context, tx *postgis.Tx, district, sourceRef string) error {
	_, err := tx.Exec(ctx, `
		with import as (
			select id from register_import where id::text = current_setting('lianpian.import_id', true)
		), kept as (
			insert into import_kept_elevation (import_id, source_ref, model, district_code)
			select i.id, e.source_ref, to_jsonb(e), e.district_code
			from import i, elevation e where e.district_code = $1 and e.source_ref = $2
			on conflict do nothing
			returning import_id, source_ref
		)
		insert into import_kept_tile (import_id, source_ref, tile_row, tile_col, heights, district_code)
		select k.import_id, k.source_ref, t.tile_row, t.tile_col, t.heights, t.district_code
		from kept k
		join elevation e on e.district_code = $1 and e.source_ref = k.source_ref
		join elevation_tile t on t.elevation_id = e.id`, district, sourceRef)
	if err != nil {
		return fmt.Errorf("lay the elevation model %s of %s aside: %w", sourceRef, district, err)
	}
	return nil
}

// checkElevation completes what is said of a model.
func (s *Store) checkElevation(district string, row ElevationRow) (Elevation, error) {
	v := checker{entity: "elevation", code: row.SourceRef, row: -1}
	v.name("source_ref", row.SourceRef, true)
	v.name("name", row.Name, false)
	v.oneOf("format", row.Format, "hgt", "geotiff")
	if !(row.SourceStepM > 0) {
		v.refuse("source_step_m", nil, "高程点的间距必须大于 0")
	}
	g := row.Grid
	known := g.Known()
	if known == 0 {
		v.refuse("heights", nil, "没有一个已知的高程")
	}
	if v.fault != nil {
		return Elevation{}, v.fault
	}
	b := g.Bound()
	e := Elevation{
		SourceRef: row.SourceRef, Name: row.Name, Format: row.Format, SourceCRS: row.SourceCRS, SourceStepM: row.SourceStepM,
		BBox: BBox{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}, Cols: g.Cols, Rows: g.Rows, Voids: int64(len(g.Heights) - known),
	}
	first := true
	for _, h := range g.Heights {
		if h != h {
			continue
		}
		if m := float64(h); first {
			e.LowestM, e.HighestM, first = m, m, false
		} else {
			e.LowestM, e.HighestM = min(e.LowestM, m), max(e.HighestM, m)
		}
	}
	return e, nil
}

// Elevations lists the elevation models of a district, the finest first.
func (s *Store) Elevations(ctx context.Context, scope account.Scope, district string) ([]Elevation, error) {
	if err := inDistrict(scope, district); err != nil {
		return nil, err
	}
	if _, _, err := s.policyOf(ctx, s.db.Pool, district); err != nil { // is it there?
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select source_ref, name, format, source_crs, source_step_m,
		       array[west, north - (rows - 1) * step_y, west + (cols - 1) * step_x, north] as bbox,
		       cols, rows, voids, lowest_m, highest_m, imported_at
		from elevation where district_code = $1
		order by source_step_m, source_ref collate "C"`, district)
	if err != nil {
		return nil, fmt.Errorf("list the elevation models of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Elevation])
	if err != nil {
		return nil, fmt.Errorf("list the elevation models of %s: %w", district, err)
	}
	return list, nil
}

// DeleteElevation removes an elevation model. One that is not there is
// postgis.ErrNotFound.
func (s *Store) DeleteElevation(ctx context.Context, scope account.Scope, district, sourceRef string) error {
	if err := inDistrict(scope, district); err != nil {
		return err
	}
	if scope.Subdistricts != nil || scope.Zones != nil {
		return &account.OutsideError{Capability: account.ImportBase, Place: account.Place{District: district}}
	}
	if err := account.Demand(ctx, account.ImportBase, account.Place{District: district}); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		var box BBox
		err := tx.QueryRow(ctx, `
			delete from elevation where district_code = $1 and source_ref = $2
			returning array[west, north - (rows - 1) * step_y, west + (cols - 1) * step_x, north]`, district, sourceRef).Scan(&box)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("elevation model %q of %s: %w", sourceRef, district, postgis.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("delete the elevation model %s of %s: %w", sourceRef, district, err)
		}
		around := box.Bound()
		tx.Changed(postgis.Change{District: district, Layer: "elevation", Bound: around, Everybody: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "elevation.delete", Entity: "elevation", Code: sourceRef, District: district, Before: map[string]any{"bbox": box},
		})
	})
}

// Heights reads the grids of a district's elevation models, the finest first,
// through a pool or a transaction. There may be none.
func Heights(ctx context.Context, q querier, district string) (terrain.Mosaic, error) {
	rows, err := q.Query(ctx, `
		select id, west, north, step_x, step_y, cols, rows
		from elevation where district_code = $1
		order by source_step_m, source_ref collate "C"`, district)
	if err != nil {
		return nil, fmt.Errorf("read the elevation models of %s: %w", district, err)
	}
	type header struct {
		ID                        int64
		West, North, StepX, StepY float64
		Cols, Rows                int
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[header])
	if err != nil {
		return nil, fmt.Errorf("read the elevation models of %s: %w", district, err)
	}
	var mosaic terrain.Mosaic
	for _, h := range list {
		heights, err := readTiles(ctx, q, h.ID, h.Cols, h.Rows)
		if err == nil {
			var g *terrain.Grid
			if g, err = terrain.New(h.West, h.North, h.StepX, h.StepY, h.Cols, h.Rows, heights); err == nil {
				mosaic = append(mosaic, g)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("read the heights of %s: %w", district, err)
		}
	}
	return mosaic, nil
}
