package ogc

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/cql"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store reads the collections of one database.
type Store struct{ db *postgis.DB }

// New makes the store of a database.
func New(db *postgis.DB) *Store { return &Store{db} }

// District is a district with collections.
type District struct {
	Code, Name string
	Bound      orb.Bound // longitude/latitude
}

// Districts lists the districts that the scope reaches, by code.
func (s *Store) Districts(ctx context.Context, scope account.Scope) ([]District, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select code, name, ST_XMin(boundary), ST_YMin(boundary), ST_XMax(boundary), ST_YMax(boundary)
		from published_district
		where $1 = '' or code = $1
		order by code`, scope.District)
	if err != nil {
		return nil, fmt.Errorf("list the districts: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d District, err error) {
		err = row.Scan(&d.Code, &d.Name, &d.Bound.Min[0], &d.Bound.Min[1], &d.Bound.Max[0], &d.Bound.Max[1])
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the districts: %w", err)
	}
	return list, nil
}

// District returns one district; postgis.ErrNotFound where the scope has none.
func (s *Store) District(ctx context.Context, scope account.Scope, code string) (District, error) {
	list, err := s.Districts(ctx, scope)
	if err != nil {
		return District{}, err
	}
	for _, d := range list {
		if d.Code == code {
			return d, nil
		}
	}
	return District{}, fmt.Errorf("district %q: %w", code, postgis.ErrNotFound)
}

// Feature is a feature on its way out.
type Feature struct {
	ID         string
	Properties []byte // a JSON object
	Geometry   []byte // GeoJSON, or null
	Version    int    // 0 where the layer counts none
	keys       []any
}

// Page is what a request found.
type Page struct {
	Matched  int64 // features that pass, on whatever page; -1 where it was not counted: behind the first page
	Returned int
	Next     string // cursor of the next page; "" is the last one
}

// Items hands the features of a request to take, one by one, in an order that no
// edit changes: whatever happens between two pages, a feature that is there all
// the time comes once. The page and the number of features are of one moment.
// Errors: *InvalidError where a filter can't be calculated, postgis.ErrNotFound
// for the scenario, those of take.
func (s *Store) Items(ctx context.Context, scope account.Scope, r Request, take func(Feature) error) (Page, error) {
	if scope.District != "" && scope.District != r.District {
		return Page{}, fmt.Errorf("district %q: %w", r.District, postgis.ErrNotFound)
	}
	var page Page
	var features []Feature
	err := s.db.Read(ctx, func(ctx context.Context, conn *pgxpool.Conn) (err error) {
		page, features, err = r.read(ctx, conn, scope)
		return err
	})
	if err != nil {
		return page, err
	}
	for _, f := range features {
		if err := take(f); err != nil {
			return page, err
		}
	}
	return page, nil
}

func (r Request) read(ctx context.Context, conn *pgxpool.Conn, scope account.Scope) (Page, []Feature, error) {
	page := Page{Matched: -1}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return page, nil, fmt.Errorf("begin to read %s: %w", r.Layer.Name, err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := r.checkScenario(ctx, tx, scope); err != nil {
		return page, nil, err
	}
	if r.cursor == nil && r.ID == "" {
		q := r.statement(scope)
		sql := q.fill("select count(*) from " + r.Layer.from + " where " + r.where(q))
		if err := tx.QueryRow(ctx, sql, q.arguments()...).Scan(&page.Matched); err != nil {
			return page, nil, r.readError(err)
		}
	}
	q := r.statement(scope)
	rows, err := tx.Query(ctx, r.selection(q), q.arguments()...)
	if err != nil {
		return page, nil, r.readError(err)
	}
	features, err := pgx.CollectRows(rows, r.scan)
	if err != nil {
		return page, nil, r.readError(err)
	}
	if len(features) > r.Limit { // one more than the page: there is a next one
		features = features[:r.Limit]
		page.Next = cursorOf(features[r.Limit-1].keys)
	}
	page.Returned = len(features)
	return page, features, nil
}

// Item returns one feature; postgis.ErrNotFound where the scope has none.
func (s *Store) Item(ctx context.Context, scope account.Scope, r Request) (Feature, error) {
	var found Feature
	page, err := s.Items(ctx, scope, r, func(f Feature) error { found = f; return nil })
	if err == nil && page.Returned == 0 {
		err = fmt.Errorf("feature %q of %s-%s: %w", r.ID, r.District, r.Layer.Name, postgis.ErrNotFound)
	}
	return found, err
}

// checkScenario refuses a scenario that is not there, or of which a contractor
// reads no zone.
func (r Request) checkScenario(ctx context.Context, tx pgx.Tx, scope account.Scope) error {
	if r.Scenario == "" {
		return nil
	}
	var found bool
	err := tx.QueryRow(ctx, `
		select exists (
			select from published_scenario s
			where s.district_code = $1 and s.code = $2
			  and ($3::bigint[] is null or exists (select from published_zone z where z.scenario_id = s.id and z.id = any($3))))`,
		r.District, r.Scenario, scope.Zones).Scan(&found)
	if err != nil {
		return fmt.Errorf("look for scenario %q: %w", r.Scenario, err)
	}
	if !found {
		return fmt.Errorf("scenario %q of district %s: %w", r.Scenario, r.District, postgis.ErrNotFound)
	}
	return nil
}

// readError says what became of a query. What a filter calculates may overflow,
// which is the filter's fault.
func (r Request) readError(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && len(r.filters) > 0 && strings.HasPrefix(pg.Code, "22") {
		return invalid("filter", "筛选条件无法计算", "the filter can't be calculated")
	}
	return fmt.Errorf("read %s of %s: %w", r.Layer.Name, r.District, err)
}

// statement is SQL that is being written, with its arguments.
type statement struct {
	args  []any
	named map[string]named
}

type named struct {
	value   any
	sqlType string
	at      int // 0: not used yet
}

func (r Request) statement(scope account.Scope) *statement {
	return &statement{named: map[string]named{
		"district": {value: r.District, sqlType: "text"},
		"subs":     {value: scope.Subdistricts, sqlType: "text[]"},
		"zones":    {value: scope.Zones, sqlType: "bigint[]"},
		"scenario": {value: r.Scenario, sqlType: "text"},
	}}
}

var mention = regexp.MustCompile(`@([a-z_]+)`)

// fill puts the places of the named arguments into a text of the program.
func (q *statement) fill(text string) string {
	return mention.ReplaceAllStringFunc(text, func(m string) string {
		n, known := q.named[m[1:]]
		if !known {
			return m
		}
		if n.at == 0 {
			q.args = append(q.args, n.value)
			n.at = len(q.args)
			q.named[m[1:]] = n
		}
		return fmt.Sprintf("$%d::%s", n.at, n.sqlType)
	})
}

func (q *statement) add(value any, sqlType string) string {
	q.args = append(q.args, value)
	return fmt.Sprintf("$%d::%s", len(q.args), sqlType)
}

// arguments are what the driver takes: the plan is made for these very values.
func (q *statement) arguments() []any {
	out := []any{pgx.QueryExecModeCacheDescribe}
	for _, a := range q.args {
		if g, is := a.(orb.Geometry); is {
			a = postgis.Geom{Geometry: g}
		}
		out = append(out, a)
	}
	return out
}

// where writes the condition of a request but for its cursor.
func (r Request) where(q *statement) string {
	parts := []string{q.fill(r.Layer.scope)}
	near := func(b orb.Bound) { // Web Mercator ends before the poles
		b.Min[1], b.Max[1] = max(b.Min[1], -85), min(b.Max[1], 85)
		q.named["bound"] = named{value: orb.Geometry(b.ToPolygon()), sqlType: "geometry"}
		parts = append(parts, q.fill(r.Layer.near))
	}
	if r.area != nil {
		near(r.area.Bound())
		parts = append(parts, fmt.Sprintf("ST_Intersects(%s, %s)", r.Layer.geom, q.add(r.area, "geometry")))
	}
	if r.timed && r.Layer.time != "" {
		p, _ := r.Layer.Property(r.Layer.time)
		if r.from != nil {
			parts = append(parts, fmt.Sprintf("(%[1]s is null or %[1]s >= %[2]s)", p.sql, q.add(*r.from, "timestamptz")))
		}
		if r.to != nil {
			parts = append(parts, fmt.Sprintf("(%[1]s is null or %[1]s <= %[2]s)", p.sql, q.add(*r.to, "timestamptz")))
		}
	}
	for _, f := range r.filters {
		if b, ok := f.Bound(); ok {
			near(b)
		}
		parts = append(parts, f.SQL(&q.args))
	}
	if r.ID != "" {
		parts = append(parts, r.Layer.id+" = "+q.add(r.ID, "text"))
	}
	return strings.Join(parts, " and ")
}

func (r Request) selection(q *statement) string {
	var order, after []string
	columns := []string{r.Layer.id, q.properties(r.chosen), "coalesce(" + r.CRS.sql(r.Layer.geom) + ", 'null')", "0"}
	if version, counts := r.Layer.Property("version"); counts {
		columns[3] = version.sql
	}
	where := r.where(q)
	for i, k := range r.Layer.keys {
		order = append(order, k.sql)
		columns = append(columns, k.sql)
		if r.cursor != nil {
			after = append(after, q.add(r.cursor[i], k.sqlType))
		}
	}
	if after != nil {
		where += " and (" + strings.Join(order, ", ") + ") > (" + strings.Join(after, ", ") + ")"
	}
	return q.fill("select " + strings.Join(columns, ", ") + " from " + r.Layer.from + " where " + where +
		" order by " + strings.Join(order, ", ") + fmt.Sprintf(" limit %d", r.Limit+1))
}

// properties writes the JSON object of the chosen properties.
func (q *statement) properties(chosen []Property) string {
	parts := make([]string, 0, len(chosen))
	for _, p := range chosen {
		value := p.sql
		if p.Kind == cql.Timestamp {
			value = "to_char(" + value + ` at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
		}
		parts = append(parts, "'"+p.Name+"', "+value)
	}
	return "json_build_object(" + strings.Join(parts, ", ") + ")::text"
}

func (r Request) scan(row pgx.CollectableRow) (Feature, error) {
	var f Feature
	var properties, geometry string
	into := []any{&f.ID, &properties, &geometry, &f.Version}
	f.keys = make([]any, len(r.Layer.keys))
	for i, k := range r.Layer.keys {
		if k.sqlType == "bigint" {
			f.keys[i] = new(int64)
		} else {
			f.keys[i] = new(string)
		}
		into = append(into, f.keys[i])
	}
	if err := row.Scan(into...); err != nil {
		return f, err
	}
	f.Properties, f.Geometry = []byte(properties), []byte(geometry)
	return f, nil
}
