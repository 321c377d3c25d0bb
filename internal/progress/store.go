// Package progress keeps when projects got where, and the monthly reports on
// them: drafted by subdistricts, rolled up by the bureau, frozen for good. It
// must never change what is frozen.
package progress

import (
	"time"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store keeps the progress of one database. Use New.
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
