// Package exporter writes area plans and parts of the register to files, one file
// per format. It must never compute a figure that another package has a rule for,
// and writes a plan from what was gathered alone.
package exporter

import (
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Exporter reads the register of a database for files.
type Exporter struct {
	db  *postgis.DB
	lib *policy.Library
}

// New makes an exporter of a database.
func New(db *postgis.DB, lib *policy.Library) *Exporter { return &Exporter{db: db, lib: lib} }
