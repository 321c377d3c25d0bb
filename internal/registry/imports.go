package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Import is an import that was done, as long as it can be taken back or is
// remembered to have been.
type Import struct {
	ID       uuid.UUID              `json:"id" doc:"that of its job"`
	District string                 `json:"district"`
	Title    string                 `json:"title" doc:"name of the file"`
	By       string                 `json:"by"`
	At       time.Time              `json:"at"`
	Changes  map[string]ImportCount `json:"changes" doc:"rows by table of the register: community, building, road …; zone for zones"`
	UndoneAt *time.Time             `json:"undone_at"`
	UndoneBy string                 `json:"undone_by"`
	Kept     int64                  `json:"kept" doc:"rows that the undo left as they were"`
	Undoable bool                   `json:"undoable" doc:"it changed something, is not taken back, and the person may"`
}

// ImportCount counts rows that an import wrote.
type ImportCount struct {
	Added   int64 `json:"added"`
	Changed int64 `json:"changed"`
}

// BeginImport makes everything that the transaction writes to the register from
// here on part of an import that can be taken back. title is the name of the
// file. The district must be there. A job that is done again after a crash goes
// on with its own import.
func (s *Store) BeginImport(ctx context.Context, tx *postgis.Tx, id uuid.UUID, district, title string) error {
	_, err := tx.Exec(ctx, `insert into register_import (id, district_code, title, by) values ($1, $2, $3, $4) on conflict (id, district_code) do nothing`,
		id, district, title, account.Name(ctx))
	if err == nil {
		_, err = tx.Exec(ctx, `select set_config('lianpian.import_id', $1, true)`, id.String())
	}
	if err != nil {
		return fmt.Errorf("begin import %s: %w", id, violation("import", id.String(), err))
	}
	return nil
}

// EndImport counts what the import of BeginImport wrote; zones are those of
// package zone. What the transaction writes afterwards is no part of it.
func (s *Store) EndImport(ctx context.Context, tx *postgis.Tx, id uuid.UUID, zones ImportCount) error {
	_, err := tx.Exec(ctx, `
		update register_import i
		set changes = coalesce((
			select jsonb_object_agg(n.table_name, jsonb_build_object('added', n.added, 'changed', n.changed))
			from (
				select table_name, count(*) filter (where before is null) as added, count(*) filter (where before is not null) as changed
				from import_change where import_id = $1 group by table_name
				union all
				select 'zone', $2::bigint, $3::bigint where $2::bigint + $3::bigint > 0
			) n), '{}')
		where i.id = $1`, id, zones.Added, zones.Changed)
	if err == nil {
		_, err = tx.Exec(ctx, `select set_config('lianpian.import_id', '', true)`)
	}
	if err != nil {
		return fmt.Errorf("end import %s: %w", id, err)
	}
	return nil
}

const selectImport = `
	select id, district_code as district, title, by, at, changes, undone_at, undone_by, kept,
	       undone_at is null and changes <> '{}' as undoable
	from register_import `

// Imports lists the newest imports into a district, at most limit (0 is 100).
// Somebody with only part of it sees their own.
func (s *Store) Imports(ctx context.Context, scope account.Scope, district string, limit int) ([]Import, error) {
	if err := inDistrict(scope, district); err != nil {
		return nil, err
	}
	only := ""
	if scope.Subdistricts != nil || scope.Zones != nil {
		only = account.Name(ctx)
	}
	rows, err := s.db.Pool.Query(ctx, selectImport+`
		where district_code = $1 and ($2 = '' or by = $2) order by at desc, id limit $3`, district, only, pageSize(limit))
	if err != nil {
		return nil, fmt.Errorf("list the imports of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Import])
	if err != nil {
		return nil, fmt.Errorf("list the imports of %s: %w", district, err)
	}
	for i := range list {
		list[i].Undoable = list[i].Undoable && mayUndo(ctx, scope, list[i]) == nil
	}
	return list, nil
}

// ImportDone returns one import; postgis.ErrNotFound where there is none in the
// scope, or its changes are no longer kept.
func (s *Store) ImportDone(ctx context.Context, scope account.Scope, id uuid.UUID) (Import, error) {
	return readImport(ctx, s.db.Pool, scope, id, "")
}

func readImport(ctx context.Context, q querier, scope account.Scope, id uuid.UUID, lock string) (Import, error) {
	rows, err := q.Query(ctx, selectImport+`where id = $1`+lock, id)
	if err != nil {
		return Import{}, fmt.Errorf("read import %s: %w", id, err)
	}
	i, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Import])
	if errors.Is(err, pgx.ErrNoRows) || err == nil && inDistrict(scope, i.District) != nil {
		return Import{}, fmt.Errorf("import %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Import{}, fmt.Errorf("read import %s: %w", id, err)
	}
	if (scope.Subdistricts != nil || scope.Zones != nil) && i.By != account.Name(ctx) {
		return Import{}, fmt.Errorf("import %s: %w", id, postgis.ErrNotFound)
	}
	return i, nil
}

// mayUndo asks whether the person could have done the import.
func mayUndo(ctx context.Context, scope account.Scope, i Import) error {
	at := account.Place{District: i.District, Subdistricts: scope.Subdistricts}
	if err := account.Demand(ctx, account.Import, at); err != nil {
		return err
	}
	for _, t := range undoTables {
		if _, changed := i.Changes[t.table]; changed && t.base {
			return account.Demand(ctx, account.ImportBase, account.Place{District: i.District})
		}
	}
	return nil
}

// ForgetImports removes what is kept of imports from before a time; they can no
// longer be taken back. It returns how many there were.
func (s *Store) ForgetImports(ctx context.Context, before time.Time) (int64, error) {
	tag, err := s.db.Pool.Exec(ctx, `delete from register_import where at < $1`, before)
	if err != nil {
		return 0, fmt.Errorf("forget imports of before %s: %w", before.Format(time.DateOnly), err)
	}
	return tag.RowsAffected(), nil
}
