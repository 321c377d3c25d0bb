package backup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// querier is a transaction or a connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// settle makes values look alike on every server that is asked for a digest.
const settle = `
select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, YMD', false), set_config('intervalstyle', 'postgres', false),
       set_config('extra_float_digits', '1', false), set_config('bytea_output', 'hex', false), set_config('search_path', 'public', false),
       set_config('statement_timeout', '0', false), set_config('jit', 'off', false)`

// secret is the table whose rows no backup has: keys of uploaded files, which may lie
// beside them in the same backup. Its files have to be uploaded again after a restore.
const secret = "upload_key"

// tablesOf lists the tables of the database that are not an extension's, with
// those of their columns that are stored as they were given.
const tablesOf = `
select c.relname, array(
           select quote_ident(a.attname) from pg_attribute a
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
           order by a.attname)
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> '` + secret + `'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by c.relname`

type tableShape struct {
	Name    string
	Columns []string
}

// digestTables counts and digests every table as q sees it.
func digestTables(ctx context.Context, q querier, progress Progress) ([]Table, error) {
	rows, err := q.Query(ctx, tablesOf)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	shapes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[tableShape])
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	progress.Phase("count rows", "tables", int64(len(shapes)))
	tables := make([]Table, 0, len(shapes))
	for _, s := range shapes {
		t := Table{Name: s.Name}
		err := q.QueryRow(ctx, fmt.Sprintf(`select count(*), coalesce(sum(hashtextextended(row(%s)::text, 0)), 0)::text from %s`,
			strings.Join(s.Columns, ", "), pgx.Identifier{s.Name}.Sanitize())).Scan(&t.Rows, &t.Digest)
		if err != nil {
			return nil, fmt.Errorf("count the rows of %s: %w", s.Name, err)
		}
		tables = append(tables, t)
		progress.Advance(1)
	}
	return tables, nil
}

// differences names the tables in which two contents differ.
func differences(want, got []Table) []string {
	var found []string
	byName := map[string]Table{}
	for _, t := range got {
		byName[t.Name] = t
	}
	for _, w := range want {
		switch g, ok := byName[w.Name]; {
		case !ok:
			found = append(found, w.Name+" is missing")
		case g.Rows != w.Rows:
			found = append(found, fmt.Sprintf("%s has %d rows instead of %d", w.Name, g.Rows, w.Rows))
		case g.Digest != w.Digest:
			found = append(found, w.Name+" has other content")
		}
		delete(byName, w.Name)
	}
	for name := range byName {
		found = append(found, name+" should not be there")
	}
	slices.Sort(found)
	return found
}

// schemaOf is the number of the newest migration of the database; 0 is none.
// Schema is the number of the newest migration of the database at address; 0 is
// none.
func Schema(ctx context.Context, address string) (int64, error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return 0, fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	version, err := schemaOf(ctx, conn)
	if err != nil {
		return 0, fmt.Errorf("read the version of the schema: %w", err)
	}
	return version, nil
}

func schemaOf(ctx context.Context, q querier) (int64, error) {
	var there bool
	if err := q.QueryRow(ctx, `select to_regclass('public.goose_db_version') is not null`).Scan(&there); err != nil || !there {
		return 0, err
	}
	var version int64
	err := q.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&version)
	return version, err
}
