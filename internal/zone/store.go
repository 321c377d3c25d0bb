package zone

import (
	"context"
	"errors"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store keeps the zones of one database.
type Store struct{ db *postgis.DB }

// New makes the store of a database.
func New(db *postgis.DB) *Store { return &Store{db: db} }

var errSoon = errors.New("not written yet")

// Measure returns the totals of a boundary that is not saved. An unsound
// boundary is an *InvalidError and never reaches the database.
func (s *Store) Measure(ctx context.Context, scope account.Scope, district string, shape orb.Geometry) (Totals, error) {
	return Totals{}, errSoon
}

// List returns the zones of a district that the scope may read, by name.
func (s *Store) List(ctx context.Context, scope account.Scope, district string) ([]Zone, error) {
	return nil, errSoon
}

// Get returns one zone; postgis.ErrNotFound where there is none in the scope.
func (s *Store) Get(ctx context.Context, scope account.Scope, district, code string) (Zone, error) {
	return Zone{}, errSoon
}

// Create saves a new zone. Errors: *InvalidError, *NameTakenError,
// ErrOutsideScope, postgis.ErrNotFound for the district.
func (s *Store) Create(ctx context.Context, scope account.Scope, district string, d Draft) (Zone, error) {
	return Zone{}, errSoon
}

// Update saves a zone that the person saw at version. Besides the errors of
// Create: postgis.ErrNotFound, postgis.ErrVersion.
func (s *Store) Update(ctx context.Context, scope account.Scope, district, code string, version int, d Draft) (Zone, error) {
	return Zone{}, errSoon
}

// Delete removes a zone that the person saw at version. Errors:
// postgis.ErrNotFound, postgis.ErrVersion, ErrOutsideScope.
func (s *Store) Delete(ctx context.Context, scope account.Scope, district, code string, version int) error {
	return errSoon
}

// Communities returns the communities of a zone that the scope may read, by name.
func (s *Store) Communities(ctx context.Context, scope account.Scope, district, code string) ([]Community, error) {
	return nil, errSoon
}

// History returns what was done to a zone, newest first. It also knows zones
// that have been deleted.
func (s *Store) History(ctx context.Context, scope account.Scope, district, code string) ([]HistoryEntry, error) {
	return nil, errSoon
}

// Refresh finds anew which communities belong to the zones that meet bound
// (longitude/latitude; the zero bound is the whole district). Whoever edits or
// imports communities calls it once, last in the transaction.
func (s *Store) Refresh(ctx context.Context, tx *postgis.Tx, district string, bound orb.Bound) error {
	return errSoon
}
