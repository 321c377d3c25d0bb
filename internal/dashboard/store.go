// Package dashboard gathers, for the head of the bureau and for each person,
// where the programme of a district stands and what is to be done next. It only
// reads what the other nouns publish and must never write anything.
package dashboard

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

const dateForm = time.DateOnly

// Store reads the programme of one database. Use New.
type Store struct {
	db  *postgis.DB
	reg *registry.Store
	lib *policy.Library
	now func() time.Time

	counting Counting
}

// New makes the store of a database.
func New(db *postgis.DB, reg *registry.Store, lib *policy.Library, now func() time.Time) *Store {
	return &Store{db: db, reg: reg, lib: lib, now: now}
}

// seen are the communities and projects that a scope reaches: $1 is the
// district, $2 the subdistricts, $3 the zones. Queries begin with it.
const seen = `
with seen_community as (
	select c.id, c.code, c.name, c.subdistrict_code, c.built_year, c.households, c.building_count, c.floor_area_m2, c.eligibility
	from published_community c
	where c.district_code = $1
	  and ($2::text[] is null or c.subdistrict_code = any($2))
	  and ($3::bigint[] is null or exists (
	      select from published_zone_community z where z.community_id = c.id and z.zone_id = any($3)))
), seen_project as materialized (
	select p.id, p.code, p.name, p.library, p.state, p.live, p.counts, p.batch, p.phase, p.year, p.demonstration, p.central_subsidy, p.estimated_wan,
	       p.subdistrict_codes, p.generated
	from published_project p
	where p.district_code = $1
	  and ($2::text[] is null or p.subdistrict_codes && $2)
	  and ($3::bigint[] is null or p.zone_id = any($3))
)`

// reading is one snapshot of a district for somebody.
type reading struct {
	tx     pgx.Tx
	scope  account.Scope
	code   string
	choice policy.Choice
	counts bool // small counts of households may be seen
	today  time.Time
	year   int
	asked  map[time.Time][]owed // reports by month, once they were looked up
}

// whole tells that the scope reaches all of the district.
func (r *reading) whole() bool { return r.scope.Subdistricts == nil && r.scope.Zones == nil }

// rows asks a query that begins with seen; more are its arguments from $4 on. It
// is planned for the scope that asks: a plan for any scope takes several times as
// long for a whole district.
func (r *reading) rows(ctx context.Context, sql string, more ...any) (pgx.Rows, error) {
	args := []any{pgx.QueryExecModeCacheDescribe, r.code, r.scope.Subdistricts, r.scope.Zones}
	return r.tx.Query(ctx, seen+sql, append(args, more...)...)
}

// read does something in one snapshot of the database, so that its figures agree
// with each other. postgis.ErrNotFound where the scope does not reach the district.
func (s *Store) read(ctx context.Context, scope account.Scope, district string, do func(*reading) error) error {
	if scope.District != "" && scope.District != district {
		return fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return err
	}
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	today := clock.Day(s.now())
	return do(&reading{tx: tx, scope: scope, code: district, choice: choice, today: today, year: today.Year(), asked: map[time.Time][]owed{}})
}

// Board gathers the board of a year; 0 is this year.
func (s *Store) Board(ctx context.Context, scope account.Scope, district string, year int, counts bool) (Board, error) {
	var b Board
	err := s.read(ctx, scope, district, func(r *reading) error {
		r.counts = counts
		if year != 0 {
			r.year = year
		}
		b = Board{
			District: district, Whole: r.whole(), Today: r.today.Format(dateForm), Year: r.year, MadeAt: s.now(),
			Policy: PlanName{r.choice.Policy.Key, r.choice.Policy.Version, r.choice.Policy.ShortTitle, r.choice.Policy.DocumentNo},
		}
		for _, part := range []func(context.Context, *reading, *Board) error{
			name, eligibility, projects, s.targets, late, money, months, consent, s.coverage,
		} {
			if err := part(ctx, r, &b); err != nil {
				return fmt.Errorf("the board of %s: %w", district, err)
			}
		}
		return nil
	})
	return b, err
}

func name(ctx context.Context, r *reading, b *Board) error {
	return r.tx.QueryRow(ctx, `select name, demo from published_district where code = $1`, r.code).Scan(&b.Name, &b.Demo)
}
