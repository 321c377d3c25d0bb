// Package dossier keeps the community file (一小区一档): where each fact comes
// from, what was checked on the ground, prior works, papers and photographs,
// and how complete all that is. Facts themselves belong to the registry; it
// must never keep anything about a resident.
package dossier

import (
	"time"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store keeps the community files of one database. Use New.
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
