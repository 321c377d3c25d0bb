// Package registry keeps what a district has: subdistricts, neighborhoods,
// communities with the verdict on their eligibility, buildings, facilities and
// the base map. It alone reads and writes these tables. It must never know of
// zones or coverage runs, of HTTP, or of file formats.
package registry

import (
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store is the register of one database.
type Store struct {
	db  *postgis.DB
	lib *policy.Library
}

// New makes the register of a database, with the policies and standards that
// its districts may choose from.
func New(db *postgis.DB, lib *policy.Library) *Store {
	return &Store{db: db, lib: lib}
}
