package zone

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// ImportLayer says what a file may give of zones.
func ImportLayer() registry.ImportLayer {
	return registry.ImportLayer{
		Name: "zones", Title: "片区", Shapes: []geofile.Shape{geofile.Areas},
		Fields: []geofile.Field{
			{Name: "code", Title: "片区编码", Kind: geofile.Text},
			{Name: "name", Title: "片区名称", Kind: geofile.Text},
			{Name: "note", Title: "备注", Kind: geofile.Text},
		},
	}
}

// CheckImportRow tells what Import would refuse of a row by itself.
func CheckImportRow(row registry.ImportRow) *registry.InvalidError {
	if _, _, _, err := draftOf(row); err != nil {
		return rowFault(err, -1)
	}
	return nil
}

// Import brings the zones of a file into a scenario ("" is the main one), inside
// the caller's transaction and as one revision: a row with the code or the name
// of a zone of the scenario gives that one its boundary, others are new, with
// the communities that lie inside. Errors: *registry.InvalidError with the
// position of the row, *NameTakenError, *account.OutsideError,
// postgis.ErrNotFound for the district or scenario.
func (s *Store) Import(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, scenario string, rows iter.Seq[registry.ImportRow]) (registry.BulkResult, error) {
	var result registry.BulkResult
	_, err := s.editIn(ctx, tx, scope, district, scenario, act{"zone.import", "导入片区"}, func(ctx context.Context, e *edition) error {
		at := 0
		for row := range rows {
			if err := e.bring(ctx, row, &result); err != nil {
				if fault := rowFault(err, at); fault != nil {
					return fault
				}
				return err
			}
			at++
		}
		return nil
	})
	return result, tooFine(err)
}

// bring saves one row of a file.
func (e *edition) bring(ctx context.Context, row registry.ImportRow, result *registry.BulkResult) error {
	code, d, shape, err := draftOf(row)
	if err != nil {
		return err
	}
	found, err := e.named(ctx, code, d.Name)
	if err != nil {
		return err
	}
	if found == "" {
		if _, err := e.add(ctx, d, shape); err != nil {
			return err
		}
		result.Inserted++
		return nil
	}
	claimed, err := e.claim(ctx, Seen{Code: found})
	if err != nil {
		return err
	}
	if row.Values["note"] == nil {
		d.Note = claimed[0].Note
	}
	if err := e.save(ctx, claimed[0], d, shape); err != nil {
		return err
	}
	if e.touched[claimed[0].id] == nil {
		result.Unchanged++
	} else {
		result.Updated++
	}
	return nil
}

// named is the code of the zone of the scenario with a code or, without one, a
// name; "" where there is none.
func (e *edition) named(ctx context.Context, code, name string) (string, error) {
	var found string
	err := e.tx.QueryRow(ctx, `
		select code from zone
		where scenario_id = $1 and (code = $2 or name = $3)
		order by code = $2 desc limit 1`, e.scenario.id, code, name).Scan(&found)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for zone %q: %w", name, err)
	}
	return found, nil
}

// draftOf is the draft that a row stands for.
func draftOf(row registry.ImportRow) (code string, d Draft, shape orb.MultiPolygon, err error) {
	code, _ = row.Values["code"].(string)
	d.Name, _ = row.Values["name"].(string)
	d.Note, _ = row.Values["note"].(string)
	d.Geometry = row.Geometry
	d, shape, err = d.sound()
	return strings.TrimSpace(code), d, shape, err
}

// rowFault is an *InvalidError as a fault of a row; nil for other errors.
func rowFault(err error, at int) *registry.InvalidError {
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return nil
	}
	return &registry.InvalidError{Entity: "zone", Field: invalid.Field, Row: at, Detail: invalid.Detail}
}
