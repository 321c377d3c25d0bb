package coverage

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store makes and keeps the coverage runs of one database.
type Store struct {
	db  *postgis.DB
	lib *policy.Library
}

// New makes the store of a database, with the standards to look radii up in.
func New(db *postgis.DB, lib *policy.Library) *Store { return &Store{db: db, lib: lib} }

var errSoon = errors.New("not written yet")

// Run answers a request and keeps the answer. Errors: *InvalidError,
// ErrOutsideScope, postgis.ErrNotFound for the district.
func (s *Store) Run(ctx context.Context, scope account.Scope, district string, r Request) (Run, error) {
	return Run{}, errSoon
}

// Get returns a run; postgis.ErrNotFound where there is none in the scope.
func (s *Store) Get(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Run, error) {
	return Run{}, errSoon
}

// List returns the runs of a district that the scope may read, newest first,
// at most limit of them.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, limit int) ([]Run, error) {
	return nil, errSoon
}

// Communities returns a run's answer for every community in its area: the least
// covered households first.
func (s *Store) Communities(ctx context.Context, scope account.Scope, district string, id uuid.UUID) ([]CommunityCoverage, error) {
	return nil, errSoon
}
