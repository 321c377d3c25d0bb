package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// A bulk upsert copies its rows into a temporary table, resolves there what the
// rows leave open, and then writes with one statement that touches only what is
// new or different. Memory does not grow with the rows.
type bulk struct {
	entity    string // as the audit trail calls it
	table     string
	layer     string // of postgis.Change; "" is on no map
	key       string // column that identifies a row within the district
	columns   []column
	extra     []column // staged, but not written
	versioned bool     // has version and updated_at
	place     string   // SQL expression for where a row of the table (t) is
	point     string   // SQL expression for the point of a staged row (s); "" has none that a person's area is judged by
	moved     string   // SQL condition: the staged row (s) puts the row of the table (t) elsewhere
	names     []reference
	// Statements run on the staged rows ("stage"), with the district as $1: identify
	// finds what they stand for, resolve settles what then is open.
	identify, resolve []string
	// refuse looks at the resolved rows beside what is stored; nil takes them all.
	refuse func(ctx context.Context, tx *postgis.Tx, district string) error
}

// reference is a staged column that names something by its code.
type reference struct{ field, table, detail string }

var (
	namesSubdistrict  = reference{"subdistrict_code", "subdistrict", "镇街不存在"}
	namesNeighborhood = reference{"neighborhood_code", "neighborhood", "社区不存在"}
	namesCommunity    = reference{"community_code", "community", "小区不存在"}
)

// column is a column of the table (or of the staged rows alone).
type column struct {
	name, kind string // kind is the SQL type
	merge      merge
}

// merge says what a row's value does to the one that is stored.
type merge int

const (
	replace  merge = iota // takes its place
	keep                  // takes its place unless it is null
	keepText              // takes its place unless it is empty
)

func (c column) merged(from, into string) string {
	switch c.merge {
	case keep:
		return fmt.Sprintf("coalesce(%s.%s, %s.%s)", from, c.name, into, c.name)
	case keepText:
		return fmt.Sprintf("coalesce(nullif(%s.%s, ''), %s.%s)", from, c.name, into, c.name)
	default:
		return from + "." + c.name
	}
}

// each maps the columns that are written (but for the key, when it is skipped).
func (b bulk) each(skipKey bool, f func(column) string) string {
	var parts []string
	for _, c := range b.columns {
		if !skipKey || c.name != b.key {
			parts = append(parts, f(c))
		}
	}
	return strings.Join(parts, ", ")
}

// staged is a row on its way into the temporary table: the values of columns and
// extra in their order, or what is wrong with it.
type staged struct {
	values []any
	fault  *InvalidError
}

// outcome is what a bulk upsert did.
type outcome struct {
	BulkResult
	ids []int64 // of what was inserted or updated; only where wanted
}

// upsert runs a bulk upsert, announces what changed and leaves one entry in the
// audit trail.
func (b bulk) upsert(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[staged], wantIDs bool) (outcome, error) {
	var out outcome
	// Two files at once would lock each other's rows in different orders.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('registry.bulk'), hashtext($1))`, district); err != nil {
		return out, fmt.Errorf("wait for another import into %s: %w", district, err)
	}
	count, err := b.stage(ctx, tx, rows)
	if err != nil {
		return out, err
	}
	if count > 0 {
		if err := b.settle(ctx, tx, district); err != nil {
			return out, err
		}
		if out, err = b.write(ctx, tx, district, wantIDs); err != nil {
			return out, err
		}
	}
	if _, err := tx.Exec(ctx, `drop table stage`); err != nil {
		return out, fmt.Errorf("drop the staged rows of %s: %w", b.table, err)
	}
	out.Unchanged = count - out.Inserted - out.Updated
	if !out.Changed() {
		return out, nil
	}
	if out.Inserted > 5000 {
		// What follows in this transaction must not be planned for an empty table.
		if _, err := tx.Exec(ctx, `analyze `+b.table); err != nil {
			return out, fmt.Errorf("analyze %s: %w", b.table, err)
		}
	}
	return out, account.Record(ctx, tx, account.Entry{
		Action: b.entity + ".import", Entity: b.entity, District: district, After: out.BulkResult,
	})
}

// stage copies the rows into the temporary table "stage" and counts them.
func (b bulk) stage(ctx context.Context, tx *postgis.Tx, rows iter.Seq[staged]) (int64, error) {
	definitions := []string{"ord bigint"}
	names := []string{"ord"}
	for _, columns := range [][]column{b.columns, b.extra} {
		for _, c := range columns {
			definitions = append(definitions, c.name+" "+c.kind)
			names = append(names, c.name)
		}
	}
	if _, err := tx.Exec(ctx, `create temp table stage (`+strings.Join(definitions, ", ")+`) on commit drop`); err != nil {
		return 0, fmt.Errorf("make room for rows of %s: %w", b.table, err)
	}
	next, stop := iter.Pull(rows)
	defer stop()
	source := &copySource{next: next}
	count, err := tx.CopyFrom(ctx, pgx.Identifier{"stage"}, names, source)
	if source.fault != nil {
		return 0, source.fault
	}
	if err != nil {
		return 0, fmt.Errorf("copy rows of %s: %w", b.table, violation(b.entity, "", err))
	}
	if _, err := tx.Exec(ctx, `analyze stage`); err != nil {
		return 0, fmt.Errorf("analyze the rows of %s: %w", b.table, err)
	}
	return count, nil
}

// copySource feeds staged rows to COPY and stops at the first that is wrong.
type copySource struct {
	next    func() (staged, bool)
	current []any
	ord     int64
	fault   *InvalidError
}

func (s *copySource) Next() bool {
	row, ok := s.next()
	if !ok {
		return false
	}
	s.fault = row.fault
	s.current = append(append(s.current[:0], s.ord), row.values...)
	s.ord++
	return true // a fault must reach Err, which is asked only after Values
}

func (s *copySource) Values() ([]any, error) {
	if s.fault != nil {
		return nil, s.fault
	}
	return s.current, nil
}

func (s *copySource) Err() error { return nil }

// settle resolves what the staged rows leave open, and refuses two rows for one
// thing.
func (b bulk) settle(ctx context.Context, tx *postgis.Tx, district string) error {
	for _, r := range b.names {
		if err := b.firstUnknown(ctx, tx, district, r); err != nil {
			return err
		}
	}
	statements := slices.Concat(b.identify, b.nearby(), b.resolve)
	if b.has("generated") && b.has("given") {
		statements = append(statements, b.keepMarks())
	}
	if b.has("source") {
		statements = append(statements, b.keepSource())
	}
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement, district); err != nil {
			return fmt.Errorf("resolve the rows of %s: %w", b.table, violation(b.entity, "", err))
		}
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		select %[1]s from stage group by %[1]s having count(*) > 1 order by min(ord) limit 5`, b.key))
	if err != nil {
		return fmt.Errorf("look for rows of %s given twice: %w", b.table, err)
	}
	twice, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look for rows of %s given twice: %w", b.table, err)
	}
	if len(twice) > 0 {
		return &DuplicateError{Entity: b.entity, Field: b.key, Codes: twice}
	}
	if err := b.withinScope(ctx, tx, district); err != nil || b.refuse == nil {
		return err
	}
	return b.refuse(ctx, tx, district)
}

// withinScope refuses rows outside the area of the person in ctx: those that
// lie elsewhere, and those that would change what lies elsewhere.
func (b bulk) withinScope(ctx context.Context, tx *postgis.Tx, district string) error {
	p, ok := account.From(ctx)
	if !ok || p.Scope.Subdistricts == nil && p.Scope.Zones == nil && inDistrict(p.Scope, district) == nil {
		return nil
	}
	if b.point == "" || p.Scope.Zones != nil || inDistrict(p.Scope, district) != nil {
		return &account.OutsideError{Capability: account.Import, Place: account.Place{District: district}}
	}
	var ord int
	var code, subdistrict string
	err := tx.QueryRow(ctx, `
		select s.ord, s.code, here.code
		from stage s
		left join `+b.table+` t on t.district_code = $1 and t.code = s.code
		cross join lateral (
			select coalesce(s.subdistrict_code, t.subdistrict_code, (
				select p.code from subdistrict p
				where p.district_code = $1 and ST_Intersects(p.geom, `+b.point+`)
				order by p.code limit 1), '') as code
		) here
		where here.code <> all($2) or t.id is not null and coalesce(t.subdistrict_code, '') <> all($2)
		order by s.ord
		limit 1`, district, p.Scope.Subdistricts).Scan(&ord, &code, &subdistrict)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for rows of %s outside the area of %s: %w", b.table, p.Name, err)
	}
	return &InvalidError{
		Entity: b.entity, Code: code, Field: "subdistrict_code", Row: ord, Value: subdistrict, Detail: "不在您的管辖范围内",
	}
}

// write brings the staged rows into the table.
func (b bulk) write(ctx context.Context, tx *postgis.Tx, district string, wantIDs bool) (outcome, error) {
	var out outcome
	before, lay, err := b.movedFrom(ctx, tx, district)
	if err != nil {
		return out, err
	}
	ids := "null::bigint[]"
	if wantIDs {
		ids = "array_agg(id)"
	}
	version := ""
	if b.versioned {
		version = ", version = t.version + 1, updated_at = now()"
	}
	name := func(prefix string) func(column) string {
		return func(c column) string { return prefix + c.name }
	}
	merged := func(from, into string) func(column) string {
		return func(c column) string { return c.merged(from, into) }
	}
	// The rows that are as stored are left out first: the generated columns of a
	// proposed row cost more than all the rest, also when nothing comes of it.
	sql := `
		with changed as (
			insert into ` + b.table + ` as t (district_code, ` + b.each(false, name("")) + `)
			select $1, ` + b.each(false, name("s.")) + `
			from stage s
			left join ` + b.table + ` o on o.district_code = $1 and o.` + b.key + ` = s.` + b.key + `
			where o.id is null
			   or row(` + b.each(true, name("o.")) + `) is distinct from row(` + b.each(true, merged("s", "o")) + `)
			on conflict (district_code, ` + b.key + `) do update
			set ` + b.each(true, func(c column) string { return c.name + " = " + c.merged("excluded", "t") }) + version + `
			where row(` + b.each(true, name("t.")) + `) is distinct from row(` + b.each(true, merged("excluded", "t")) + `)
			returning t.id, t.xmax = 0 as fresh, ` + b.place + ` as place, ` + b.subdistrict("t") + ` as subdistrict
		)
		select count(*) filter (where fresh), count(*) filter (where not fresh), ` + ids + `, ` + extentsOf("place", "changed") + `, ` + subdistrictsIn("subdistrict") + `
		from changed`
	var after extents
	var lie []string
	err = tx.QueryRow(ctx, sql, district).Scan(&out.Inserted, &out.Updated, &out.ids, &after, &lie)
	if err != nil {
		return out, fmt.Errorf("store rows of %s: %w", b.table, violation(b.entity, "", err))
	}
	if b.layer != "" && out.Changed() {
		b.announce(tx, district, slices.Concat(lay, lie), orNowhere(slices.Concat(before.bounds(), after.bounds())))
	}
	return out, nil
}

// subdistrict is the SQL of the subdistrict of a row; null where such rows have none.
func (b bulk) subdistrict(row string) string {
	if b.point == "" {
		return "null::text"
	}
	return row + ".subdistrict_code"
}

func (b bulk) announce(tx *postgis.Tx, district string, subdistricts []string, bounds []*orb.Bound) {
	if b.point != "" {
		announce(tx, district, b.layer, subdistricts, bounds...)
		return
	}
	for _, bound := range bounds {
		if bound != nil {
			tx.Changed(postgis.Change{District: district, Layer: b.layer, Bound: *bound, Everybody: true})
		}
	}
}

// movedFrom are the extents of the stored things whose shape the staged rows
// change: maps must forget them there. The subdistricts are those in which the
// things lie that the rows are about.
func (b bulk) movedFrom(ctx context.Context, tx *postgis.Tx, district string) (from extents, subdistricts []string, err error) {
	if b.layer == "" {
		return nil, nil, nil
	}
	err = tx.QueryRow(ctx, `
		with found as (
			select case when `+b.moved+` then `+b.place+` end as place, `+b.subdistrict("t")+` as subdistrict
			from `+b.table+` t
			join stage s on s.`+b.key+` = t.`+b.key+`
			where t.district_code = $1
		)
		select `+extentsOf("place", "found")+`, `+subdistrictsIn("subdistrict")+`
		from found`, district).
		Scan(&from, &subdistricts)
	if err != nil {
		return nil, nil, fmt.Errorf("find what moves in %s: %w", b.table, err)
	}
	return from, subdistricts, nil
}

// sameWithin is how far apart two shapes may be, in degrees, that are one: a
// millimetre or less, anywhere in China.
const sameWithin = "9e-9"

// manyPoints bounds the shapes that are compared point by point with each other.
const manyPoints = 2000

// nearby lets the stored shape stand where that of the row is the same to a
// millimetre: what went through another coordinate system and back has not moved.
func (b bulk) nearby() []string {
	var statements []string
	for _, c := range b.columns {
		if c.kind != "geometry" {
			continue
		}
		stored, given := "t."+c.name, "s."+c.name
		// The cheap conditions come first; of shapes with very many points those of
		// the same place in each are compared.
		statements = append(statements, fmt.Sprintf(`
			update stage s
			set %[5]s = %[1]s
			from %[3]s t
			where t.district_code = $1 and t.%[4]s = s.%[4]s and %[1]s is not null and %[2]s is not null and %[1]s is distinct from %[2]s
			  and case when not ST_Expand(%[1]s, %[6]s) ~ %[2]s or not ST_Expand(%[2]s, %[6]s) ~ %[1]s
			             or ST_NPoints(%[1]s) <> ST_NPoints(%[2]s) or ST_NumGeometries(%[1]s) <> ST_NumGeometries(%[2]s) then false
			           when ST_NPoints(%[1]s) <= %[7]d then ST_HausdorffDistance(%[1]s, %[2]s) <= %[6]s
			           else not exists (
			               select from ST_DumpPoints(%[1]s) p left join ST_DumpPoints(%[2]s) q on q.path = p.path
			               where q.path is null or ST_Distance(p.geom, q.geom) > %[6]s) end`,
			stored, given, b.table, b.key, c.name, sameWithin, manyPoints))
	}
	return statements
}

// Statements that several kinds of rows identify or resolve themselves with.
func resolveCode(table, also string) string {
	return `
		update stage s set code = t.code
		from ` + table + ` t
		where s.derived and t.district_code = $1 and t.source_ref = s.source_ref` + also
}

// keepMarks keeps the marks of those stored values that the row leaves alone or
// repeats. A row that names a source of its own, other than the stored one, is no
// repetition: what it says is real, also where it is equal. The names are in byte
// order, so that equal sets are equal arrays.
func (b bulk) keepMarks() string {
	own := "false"
	if b.has("sourced") {
		own = "s.sourced and s.source is distinct from t.source"
	}
	repeated := "not (" + own + ") and case u"
	for _, c := range b.columns {
		name := c.name
		if name == "geom" {
			name = "geometry"
		}
		repeated += " when '" + name + "' then " + c.merged("s", "t") + " is not distinct from t." + c.name
	}
	return `
		update stage s
		set generated = array(
			select distinct g collate "C" from unnest(
				s.generated || array(select u from unnest(t.generated) u where u <> all(s.given) or ` + repeated + ` else false end)) g order by 1)
		from ` + b.table + ` t
		where t.district_code = $1 and t.code = s.code and t.generated <> '{}'`
}

// keepSource keeps where a stored row comes from when the staged one says nothing
// else than what is stored.
func (b bulk) keepSource() string {
	var staged, stored []string
	for _, c := range b.columns {
		if c.name != b.key && c.name != "source" {
			staged, stored = append(staged, c.merged("s", "t")), append(stored, "t."+c.name)
		}
	}
	return `
		update stage s
		set source = t.source
		from ` + b.table + ` t
		where t.district_code = $1 and t.` + b.key + ` = s.` + b.key + ` and t.source <> '' and t.source is distinct from s.source
		  and row(` + strings.Join(staged, ", ") + `) is not distinct from row(` + strings.Join(stored, ", ") + `)`
}

func (b bulk) has(name string) bool {
	return slices.ContainsFunc(slices.Concat(b.columns, b.extra), func(c column) bool { return c.name == name })
}

// resolveSubdistrict finds the subdistrict of new and moved things by place; the
// others keep theirs.
func resolveSubdistrict(table, point string) string {
	return `
		update stage s
		set subdistrict_code = coalesce(
			case when o.code is null or o.moved or o.subdistrict_code is null then (
				select p.code from subdistrict p
				where p.district_code = $1 and ST_Intersects(p.geom, s.` + point + `)
				order by p.code limit 1)
			end, o.subdistrict_code)
		from stage k
		left join (
			select t.code, t.subdistrict_code, t.` + point + ` is distinct from n.` + point + ` as moved
			from ` + table + ` t join stage n on n.code = t.code
			where t.district_code = $1
		) o on o.code = k.code
		where k.ord = s.ord and s.subdistrict_code is null and s.` + point + ` is not null`
}

// firstUnknown returns an *InvalidError for the first staged row that names
// something which is not there, else nil.
func (b bulk) firstUnknown(ctx context.Context, tx *postgis.Tx, district string, r reference) error {
	var ord int
	var value, name string
	err := tx.QueryRow(ctx, fmt.Sprintf(`
		select s.ord, s.%[1]s, s.code from stage s
		where s.%[1]s is not null
		  and not exists (select from %[2]s t where t.district_code = $1 and t.code = s.%[1]s)
		order by s.ord limit 1`, r.field, r.table), district).Scan(&ord, &value, &name)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for unknown %s of %s: %w", r.field, b.table, err)
	}
	return &InvalidError{Entity: b.entity, Code: name, Field: r.field, Row: ord, Value: value, Detail: r.detail}
}
