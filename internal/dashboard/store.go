// Package dashboard gathers, for the head of the bureau and for each person,
// where the programme of a district stands and what is to be done next. It only
// reads what the other nouns publish and must never write anything.
package dashboard

import (
	"time"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store reads the programme of one database. Use New.
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
