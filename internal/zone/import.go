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
	"github.com/lianpian/lianpian/internal/geo"
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
			{Name: "year", Title: "实施年度", Short: "YEAR", Kind: geofile.Integer, Unit: "年"},
			{Name: "note", Title: "备注", Kind: geofile.Text},
		},
	}
}

// CheckImportRow tells what Import would refuse of a row by itself.
func CheckImportRow(row registry.ImportRow) *registry.InvalidError {
	_, _, _, err := draftOf(row)
	if err == nil {
		_, err = yearOf(row)
	}
	if err != nil {
		return rowFault(err, -1)
	}
	return nil
}

// sameWithin is how far apart, in degrees, the points of two boundaries may be that
// are one: a millimetre or less.
const sameWithin = 9e-9

// Import brings the zones of a file into a scenario ("" is the main one), inside
// the caller's transaction and as one revision: a row with the code or the name
// of a zone of the scenario gives that one its boundary, others are new, with
// the communities that lie inside. Errors: *registry.InvalidError with the
// position of the row, *NameTakenError, *account.OutsideError,
// postgis.ErrNotFound for the district or scenario.
func (s *Store) Import(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, scenario string, rows iter.Seq[registry.ImportRow]) (registry.BulkResult, error) {
	var result registry.BulkResult
	done, err := s.editIn(ctx, tx, scope, district, scenario, act{"zone.import", "导入片区"}, func(ctx context.Context, e *edition) error {
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
	if err != nil {
		return registry.BulkResult{}, tooFine(err)
	}
	if len(done.Zones)+len(done.Removed) == 0 { // no revision was made
		return result, nil
	}
	return result, noteImport(ctx, tx, district, done)
}

// noteImport remembers the revision that an import made, so that its undo finds
// it. Without an import (registry.Store.BeginImport) there is nothing to note.
func noteImport(ctx context.Context, tx *postgis.Tx, district string, done Edit) error {
	_, err := tx.Exec(ctx, `
		insert into zone_import (import_id, scenario_id, revision, district_code)
		select current_setting('lianpian.import_id')::uuid, s.id, $3, s.district_code
		from scenario s
		where s.district_code = $1 and s.code = $2 and coalesce(current_setting('lianpian.import_id', true), '') <> ''
		on conflict do nothing`, district, done.Scenario, done.Revision)
	if err != nil {
		return fmt.Errorf("note the revision of an import into scenario %s: %w", done.Scenario, err)
	}
	return nil
}

// UndoImport is the registry.UndoFollower for zones: it takes the revisions of
// an import back, but for zones that somebody has changed since.
func (s *Store) UndoImport(ctx context.Context, tx *postgis.Tx, scope account.Scope, of registry.Import) (int64, []registry.LeftRow, error) {
	rows, err := tx.Query(ctx, `
		select s.code, i.revision from zone_import i join scenario s on s.id = i.scenario_id
		where i.import_id = $1 order by i.revision desc`, of.ID)
	if err != nil {
		return 0, nil, fmt.Errorf("find the revisions of import %s: %w", of.ID, err)
	}
	type made struct {
		Scenario string
		Revision int
	}
	revisions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[made])
	if err != nil {
		return 0, nil, fmt.Errorf("find the revisions of import %s: %w", of.ID, err)
	}
	var restored int64
	var left []registry.LeftRow
	for _, m := range revisions {
		n, stay, err := s.undoRevision(ctx, tx, scope, of, m.Scenario, m.Revision)
		if err != nil {
			return 0, nil, err
		}
		restored += n
		left = append(left, stay...)
	}
	return restored, left, nil
}

func (s *Store) undoRevision(ctx context.Context, tx *postgis.Tx, scope account.Scope, of registry.Import, scenario string, revision int) (int64, []registry.LeftRow, error) {
	if _, err := tx.Exec(ctx, `savepoint undo_zones`); err != nil {
		return 0, nil, fmt.Errorf("begin to take zones back: %w", err)
	}
	var since ChangedSinceError
	done, err := s.editIn(ctx, tx, scope, of.District, scenario, act{"zone.undo", "撤销导入“" + of.Title + "”"},
		func(ctx context.Context, e *edition) (err error) {
			since, err = e.takeBack(ctx, revision, true)
			return err
		})
	reason := "在导入之后又被修改"
	var room *ChangedSinceError
	var taken *NameTakenError
	switch {
	case err == nil:
	case errors.As(err, &room):
		since, reason = *room, "在导入之后占用了这些片区原来的位置"
	case errors.As(err, &taken):
		since, reason = ChangedSinceError{Zones: []string{taken.Name}, Codes: []string{""}}, "的名称在导入之后被其他片区使用"
	default:
		return 0, nil, tooFine(err)
	}
	if err != nil {
		done = Edit{}
		if _, err := tx.Exec(ctx, `rollback to savepoint undo_zones`); err != nil {
			return 0, nil, fmt.Errorf("leave zones as they are: %w", err)
		}
	}
	left := make([]registry.LeftRow, len(since.Zones))
	for i, name := range since.Zones {
		left[i] = registry.LeftRow{Table: "zone", Code: since.Codes[i], Name: name, Reason: reason}
	}
	return int64(len(done.Zones) + len(done.Removed)), left, nil
}

// bring saves one row of a file.
func (e *edition) bring(ctx context.Context, row registry.ImportRow, result *registry.BulkResult) error {
	code, d, shape, err := draftOf(row)
	if err != nil {
		return err
	}
	year, err := yearOf(row)
	if err != nil {
		return err
	}
	found, err := e.named(ctx, code, d.Name)
	if err != nil {
		return err
	}
	if found == "" {
		id, err := e.add(ctx, d, shape)
		if err != nil {
			return err
		}
		result.Inserted++
		return e.setYear(ctx, id, year)
	}
	claimed, err := e.claim(ctx, Seen{Code: found})
	if err != nil {
		return err
	}
	if row.Values["note"] == nil {
		d.Note = claimed[0].Note
	}
	if geo.Near(shape, claimed[0].shape, sameWithin) {
		shape = claimed[0].shape // through another coordinate system and back
	}
	before := e.touched[claimed[0].id]
	if err := e.save(ctx, claimed[0], d, shape); err != nil {
		return err
	}
	if year != nil && !same(claimed[0].Year, year) {
		if err := e.setYear(ctx, claimed[0].id, year); err != nil {
			return err
		}
		e.touched[claimed[0].id] = before
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

// yearOf is the year that a row names, nil where it names none.
func yearOf(row registry.ImportRow) (*int, error) {
	year, given := row.Values["year"].(int64)
	if !given {
		return nil, nil
	}
	if year < 1900 || year > 2200 {
		return nil, &InvalidError{Field: "year", Detail: "年份应在 1900 到 2200 之间"}
	}
	y := int(year)
	return &y, nil
}

// setYear says in which year a zone is done; nil leaves it.
func (e *edition) setYear(ctx context.Context, id int64, year *int) error {
	if year == nil {
		return nil
	}
	if _, err := e.tx.Exec(ctx, `update zone set year = $2 where id = $1`, id, *year); err != nil {
		return fmt.Errorf("save the year of a zone: %w", err)
	}
	return nil
}

// rowFault is an *InvalidError as a fault of a row; nil for other errors.
func rowFault(err error, at int) *registry.InvalidError {
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return nil
	}
	return &registry.InvalidError{Entity: "zone", Field: invalid.Field, Row: at, Detail: invalid.Detail}
}
