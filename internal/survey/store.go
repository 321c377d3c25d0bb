// Package survey keeps how residents were asked (征求意见): counts of households
// and floor area per building and stairwell, and what the policy's rule of
// consent says to them. It must never keep a name, a number or a signature.
package survey

import (
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store keeps the surveys of one database. Use New.
type Store struct {
	db  *postgis.DB
	reg *registry.Store
	now func() time.Time
}

// New makes the store of a database.
func New(db *postgis.DB, reg *registry.Store, now func() time.Time) *Store {
	return &Store{db: db, reg: reg, now: now}
}
