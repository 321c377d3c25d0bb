package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// UndoReport says what taking an import back did, or would have met.
type UndoReport struct {
	Import    uuid.UUID `json:"import"`
	Title     string    `json:"title"`
	District  string    `json:"district"`
	Removed   int64     `json:"removed" doc:"rows that the import had added"`
	Restored  int64     `json:"restored" doc:"rows that are again what they were before"`
	Left      []LeftRow `json:"left" doc:"the first 200 rows that stand in the way, or were left as they are"`
	LeftTotal int64     `json:"left_total"`
}

// LeftRow is a row of an import that somebody has worked on since.
type LeftRow struct {
	Table  string `json:"table" doc:"community, building …, zone"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Reason string `json:"reason" doc:"a sentence for people"`
}

// ImportChangedError says that an import cannot be taken back as a whole without
// losing what people did since. Nothing was written. It wraps postgis.ErrConflict.
type ImportChangedError struct{ Report UndoReport }

func (e *ImportChangedError) Error() string {
	first := ""
	if len(e.Report.Left) > 0 {
		first = fmt.Sprintf("，例如“%s”%s", firstOf(e.Report.Left[0].Name, e.Report.Left[0].Code), e.Report.Left[0].Reason)
	}
	return fmt.Sprintf("有 %d 条数据在导入之后被用到或修改过%s；可以保留它们，只撤销其余部分", e.Report.LeftTotal, first)
}

// Unwrap makes errors.Is(err, postgis.ErrConflict) true.
func (e *ImportChangedError) Unwrap() error { return postgis.ErrConflict }

// UndoFollower takes back, inside the transaction of an undo and before the
// register does, what an import wrote to a noun above it. What it cannot take
// back it returns.
type UndoFollower func(ctx context.Context, tx *postgis.Tx, scope account.Scope, i Import) (restored int64, left []LeftRow, err error)

// FollowUndo adds a follower of undone imports. Call it while wiring.
func (s *Store) FollowUndo(f UndoFollower) { s.undoFollowers = append(s.undoFollowers, f) }

// undoTables are the tables that imports write, in the order in which their rows
// can be taken back: what refers to others goes first.
var undoTables = []struct {
	table, layer, code, name string
	versioned, base          bool
}{
	{"road", "base", "source_ref", "name", false, true},
	{"railway", "base", "source_ref", "name", false, true},
	{"waterway", "base", "source_ref", "name", false, true},
	{"water", "base", "source_ref", "name", false, true},
	{"land_use", "base", "source_ref", "name", false, true},
	{"green", "base", "source_ref", "name", false, true},
	{"place", "base", "source_ref", "name", false, true},
	{"admin_area", "base", "source_ref", "name", false, true},
	{"barrier", "base", "source_ref", "name", false, true},
	{"gate", "base", "source_ref", "name", false, true},
	{"crossing", "base", "source_ref", "name", false, true},
	{"elevation", "elevation", "source_ref", "name", false, true},
	{"building", "buildings", "code", "name", true, false},
	{"facility", "facilities", "code", "name", true, false},
	{"idle_building", "idle_buildings", "code", "name", true, false},
	{"community", "communities", "code", "name", true, false},
	{"neighborhood", "neighborhoods", "code", "name", false, false},
	{"subdistrict", "subdistricts", "code", "name", false, false},
}

// UndoImport takes an import back as a whole: rows that it added go, rows that it
// changed are again what they were. Rows that somebody changed since, or that
// other work rests on, stop it with an *ImportChangedError, or with keepChanged
// are left as they are and listed. Errors: postgis.ErrNotFound,
// *account.OutsideError, *InvalidError for one that is taken back already.
func (s *Store) UndoImport(ctx context.Context, scope account.Scope, id uuid.UUID, keepChanged bool, also ...func(ctx context.Context, tx *postgis.Tx, report UndoReport) error) (UndoReport, error) {
	var report UndoReport
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		i, err := readImport(ctx, tx, scope, id, "")
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('registry.bulk'), hashtext($1))`, i.District); err != nil {
			return fmt.Errorf("wait for an import into %s: %w", i.District, err)
		}
		if i, err = readImport(ctx, tx, scope, id, " for update"); err != nil {
			return err
		}
		if err := mayUndo(ctx, scope, i); err != nil {
			return err
		}
		if i.UndoneAt != nil {
			return &InvalidError{Entity: "import", Code: id.String(), Row: -1, Detail: "这次导入已经撤销过了"}
		}
		u := &undo{s: s, tx: tx, scope: scope, of: i}
		if err := u.run(ctx); err != nil {
			return err
		}
		report = u.report
		if report.LeftTotal > 0 && !keepChanged {
			report.Removed, report.Restored = 0, 0
			return &ImportChangedError{Report: report}
		}
		if err := u.finish(ctx); err != nil {
			return err
		}
		for _, write := range also {
			if err := write(ctx, tx, report); err != nil {
				return err
			}
		}
		return nil
	})
	return report, err
}

// undo is one import on its way back.
type undo struct {
	s      *Store
	tx     *postgis.Tx
	scope  account.Scope
	of     Import
	report UndoReport
	moved  []int64 // communities that are again what they were
}

func (u *undo) run(ctx context.Context) (err error) {
	u.report = UndoReport{Import: u.of.ID, Title: u.of.Title, District: u.of.District, Left: []LeftRow{}}
	for _, f := range u.s.undoFollowers {
		restored, left, err := f(ctx, u.tx, u.scope, u.of)
		if err != nil {
			return fmt.Errorf("take back what import %s wrote above the register: %w", u.of.ID, err)
		}
		u.report.Restored += restored
		u.leave(left...)
	}
	if _, err := u.tx.Exec(ctx, `
		create temp table undo_left (table_name text, row_id bigint, reason text, primary key (table_name, row_id)) on commit drop`); err != nil {
		return fmt.Errorf("make room for what import %s cannot take back: %w", u.of.ID, err)
	}
	for _, t := range undoTables {
		if _, wrote := u.of.Changes[t.table]; !wrote {
			continue
		}
		news := postgis.Change{District: u.of.District, Layer: t.layer}
		if news.Everybody = t.base || t.table == "subdistrict"; !news.Everybody {
			if news.Subdistricts, err = u.subdistricts(ctx, t.table); err != nil {
				return err
			}
		}
		lay, err := u.places(ctx, t.table)
		if err != nil {
			return err
		}
		if err := u.takeBack(ctx, undoTable{t.table, t.code, t.name, t.versioned}); err != nil {
			return fmt.Errorf("take back the rows of %s of import %s: %w", t.table, u.of.ID, violation(t.table, "", err))
		}
		lie, err := u.places(ctx, t.table)
		if err != nil {
			return err
		}
		u.tell(news, lay.rows, lie.rows)
		if t.table == "community" {
			news.Layer = layerEligibility
			u.tell(news, lay.buildings, lie.buildings)
		}
	}
	return u.listLeft(ctx)
}

// places are the extents of what the import wrote to a table: of the rows that are
// there now, and of the buildings of such communities.
type places struct{ rows, buildings extents }

func (u *undo) places(ctx context.Context, table string) (p places, err error) {
	place := "t.geom"
	switch table {
	case "elevation": // nothing on a map
		return p, nil
	case "community", "idle_building":
		place = "coalesce(t.geom, t.location)"
	}
	err = u.tx.QueryRow(ctx, `
		select `+extentsOf("place", `(
			select `+place+` as place
			from import_change c join `+table+` t on t.id = c.row_id
			where c.import_id = $1 and c.table_name = $2
		) written`), u.of.ID, table).
		Scan(&p.rows)
	if err == nil && table == "community" {
		err = u.tx.QueryRow(ctx, `
			select `+extentsOf("geom", `(
				select b.geom
				from building b
				where b.district_code = $3
				  and b.community_id in (select c.row_id from import_change c where c.import_id = $1 and c.table_name = $2)
			) theirs`),
			u.of.ID, table, u.of.District).
			Scan(&p.buildings)
	}
	if err != nil {
		return p, fmt.Errorf("find the extent of the rows of %s of import %s: %w", table, u.of.ID, err)
	}
	return p, nil
}

// tell tells of a change where rows lay and where they lie; everywhere where they
// have no place.
func (u *undo) tell(news postgis.Change, lay, lie extents) {
	bounds := slices.Concat(lay.bounds(), lie.bounds())
	if len(bounds) == 0 {
		bounds = []*orb.Bound{{}}
	}
	for _, bound := range bounds {
		news.Bound = *bound
		u.tx.Changed(news)
	}
}

// subdistricts are those in which the rows of a table lie and lay that the import
// wrote.
func (u *undo) subdistricts(ctx context.Context, table string) (codes []string, err error) {
	err = u.tx.QueryRow(ctx, `
		select `+subdistrictsIn("w.code")+`
		from import_change c
		left join `+table+` t on t.id = c.row_id
		cross join lateral (values (t.subdistrict_code), (c.before ->> 'subdistrict_code')) w (code)
		where c.import_id = $1 and c.table_name = $2`, u.of.ID, table).Scan(&codes)
	if err != nil {
		return nil, fmt.Errorf("find where the rows of %s of import %s lie: %w", table, u.of.ID, err)
	}
	return codes, nil
}

func (u *undo) leave(left ...LeftRow) {
	u.report.LeftTotal += int64(len(left))
	u.report.Left = append(u.report.Left, left[:min(len(left), 200-min(200, len(u.report.Left)))]...)
}

// listLeft names what was found in the way.
func (u *undo) listLeft(ctx context.Context) error {
	for _, t := range slices.Backward(undoTables) {
		rows, err := u.tx.Query(ctx, `
			select '`+t.table+`', t.`+t.code+`, t.`+t.name+`, l.reason
			from undo_left l join `+t.table+` t on t.id = l.row_id
			where l.table_name = '`+t.table+`' order by t.`+t.code)
		if err != nil {
			return fmt.Errorf("list what import %s leaves: %w", u.of.ID, err)
		}
		left, err := pgx.CollectRows(rows, pgx.RowToStructByPos[LeftRow])
		if err != nil {
			return fmt.Errorf("list what import %s leaves: %w", u.of.ID, err)
		}
		u.leave(left...)
	}
	return nil
}

// finish lets what is derived follow, and leaves the trail.
func (u *undo) finish(ctx context.Context) error {
	district := u.of.District
	if len(u.moved) > 0 {
		if _, err := u.s.rejudge(ctx, u.tx, district, u.moved, 0); err != nil {
			return err
		}
		if err := u.s.tellMoved(ctx, u.tx, district, u.moved); err != nil {
			return err
		}
	}
	for _, table := range []string{"building", "community", "subdistrict"} {
		if _, wrote := u.of.Changes[table]; wrote {
			if _, err := u.s.AttachBuildings(ctx, u.tx, district); err != nil {
				return err
			}
			break
		}
	}
	_, err := u.tx.Exec(ctx, `update register_import set undone_at = now(), undone_by = $2, kept = $3 where id = $1`,
		u.of.ID, account.Name(ctx), u.report.LeftTotal)
	if err == nil {
		_, err = u.tx.Exec(ctx, `delete from import_change where import_id = $1`, u.of.ID)
	}
	if err == nil {
		_, err = u.tx.Exec(ctx, `delete from import_kept_elevation where import_id = $1`, u.of.ID)
	}
	if err != nil {
		return fmt.Errorf("close import %s: %w", u.of.ID, err)
	}
	return account.Record(ctx, u.tx, account.Entry{
		Action: "import.undo", Entity: "import", Code: u.of.ID.String(), District: district, Before: u.of, After: u.report,
	})
}
