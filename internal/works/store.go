// Package works keeps what each project renovates and who pays for it: items of
// the catalogue with quantities and prices, shares of the cost, and the fund
// pool that the project pool is matched with. It must never decide what a
// project is; that is the program's.
package works

import (
	"time"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store keeps the works and funds of one database. Use New.
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
