// Package approval keeps each project's approval route: the facts that the
// policy's decision tables ask for, the procedures that follow from them as a
// checklist, and the opinions of the joint review. The tables are the policy's;
// it must never hold a threshold of its own.
package approval

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store keeps the approval routes of one database. Use New.
type Store struct {
	db       *postgis.DB
	projects *program.Store
	reg      *registry.Store
	lib      *policy.Library
	now      func() time.Time
}

// New makes the store of a database.
func New(db *postgis.DB, projects *program.Store, reg *registry.Store, lib *policy.Library, now func() time.Time) *Store {
	return &Store{db: db, projects: projects, reg: reg, lib: lib, now: now}
}

func (s *Store) today() time.Time { return s.now().In(clock.China) }

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// layer is what the change stream calls everything of this package.
const layer = "approvals"
