// Package approval keeps each project's approval route: the facts that the
// policy's decision tables ask for, the procedures that follow from them as a
// checklist, and the opinions of the joint review. The tables are the policy's;
// it must never hold a threshold of its own.
package approval

import (
	"time"

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
