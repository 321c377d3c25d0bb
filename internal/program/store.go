// Package program keeps the two project libraries (项目库): applications, their
// acceptance, the communities of each project, its phase and year. It must
// never judge a community (that is the policy's) nor keep what is built, paid,
// approved or reported; those belong to works, approval and progress.
package program

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store keeps the project libraries of one database. Use New.
type Store struct {
	db  *postgis.DB
	reg *registry.Store
	lib *policy.Library
	now func() time.Time
}

// New makes the store of a database.
func New(db *postgis.DB, reg *registry.Store, lib *policy.Library, now func() time.Time) *Store {
	return &Store{db: db, reg: reg, lib: lib, now: now}
}

// InvalidError says which field of a project cannot be. Detail is a sentence
// for people.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return "project, " + e.Field + ": " + e.Detail }

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Held is a project whose row is known, and where locked, held for the rest of a
// transaction.
type Held struct {
	ID             int64
	District, Code string
	Name           string
	Library        Library
	State          State
	Live           bool
	Subdistricts   []string
	Zone           int64 // its id as long as it exists, else 0
	Version        int
}

// Place is where the project lies, for account.Demand.
func (h Held) Place() account.Place {
	return account.Place{District: h.District, Subdistricts: h.Subdistricts, Zone: h.Zone}
}

// Change tells of a change of what a layer says of the project.
func (h Held) Change(layer string) postgis.Change {
	c := postgis.Change{District: h.District, Layer: layer, Subdistricts: h.Subdistricts}
	if h.Zone != 0 {
		c.Zones = []int64{h.Zone}
	}
	return c
}

// Find returns a project that the scope reaches, or postgis.ErrNotFound. Others
// of this floor begin their reads with it.
func (s *Store) Find(ctx context.Context, scope account.Scope, district, code string) (Held, error) {
	return find(ctx, s.db.Pool, scope, district, code, "")
}

// Hold locks a project until the transaction ends, once the person in ctx may do
// c to it. Errors: postgis.ErrNotFound outside the scope, *account.OutsideError.
// Others of this floor begin their writes with it.
func (s *Store) Hold(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, code string, c account.Capability) (Held, error) {
	h, err := find(ctx, tx, scope, district, code, "for no key update of p")
	if err != nil {
		return h, err
	}
	return h, account.Demand(ctx, c, h.Place())
}

func find(ctx context.Context, q querier, scope account.Scope, district, code, lock string) (Held, error) {
	h := Held{District: district, Code: code}
	err := q.QueryRow(ctx, `
		select p.id, p.name, p.library, p.state, p.live, p.subdistrict_codes, p.version,
		       coalesce((select z.id from published_zone z
		                 where z.district_code = p.district_code and z.scenario_code = p.scenario_code and z.code = p.zone_code), 0) as zone_id
		from project p
		where p.district_code = $1 and p.code = $2 and ($3 = '' or p.district_code = $3)
		  and ($4::text[] is null or p.subdistrict_codes && $4)
		  and ($5::bigint[] is null or exists (
		      select from published_zone z
		      where z.district_code = p.district_code and z.scenario_code = p.scenario_code and z.code = p.zone_code
		        and z.id = any($5)))
		`+lock,
		district, code, scope.District, scope.Subdistricts, scope.Zones).
		Scan(&h.ID, &h.Name, &h.Library, &h.State, &h.Live, &h.Subdistricts, &h.Version, &h.Zone)
	if errors.Is(err, pgx.ErrNoRows) {
		return h, fmt.Errorf("project %s: %w", code, postgis.ErrNotFound)
	}
	if err != nil {
		return h, fmt.Errorf("find project %s: %w", code, err)
	}
	return h, nil
}
