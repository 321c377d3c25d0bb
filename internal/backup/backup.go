// Package backup keeps the whole of a service in one file and brings it back: the
// database as PostgreSQL dumps it, the files beside it, and a manifest by which
// each part is checked. It knows no noun of the product; which folders belong to
// the service is told to it.
//
// The file is a tar archive: lianpian-backup (the version of the format),
// database.dump (pg_dump, custom format), the files as FOLDER/NAME, and
// manifest.json, which comes last, so that a file that was cut off has none.
package backup

import (
	"errors"
	"fmt"
	"time"
)

const (
	// formatVersion is raised when an older program could not read the file.
	formatVersion = 1
	formatEntry   = "lianpian-backup"
	dumpEntry     = "database.dump"
	manifestEntry = "manifest.json"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format     int       `json:"format"`
	Software   string    `json:"software" doc:"that made it"`
	TakenAt    time.Time `json:"taken_at" doc:"the moment of the database that it holds"`
	Schema     int64     `json:"schema" doc:"number of the newest migration"`
	PostgreSQL string    `json:"postgresql"`
	PostGIS    string    `json:"postgis"`
	Database   File      `json:"database" doc:"the dump"`
	Tables     []Table   `json:"tables"`
	Files      []File    `json:"files" doc:"beside the database"`
	Missing    []string  `json:"missing" doc:"files that the database speaks of and that were not there"`
}

// File is a part of a backup.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Table is the content of a table: its rows, and a sum of the digests of all of
// them that does not depend on their order. Generated columns are left out, since
// another version of PostGIS may round them otherwise.
type Table struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"`
}

// Rows is how many rows a backup holds.
func (m Manifest) Rows() int64 {
	sum := int64(0)
	for _, t := range m.Tables {
		sum += t.Rows
	}
	return sum
}

// Folder is a directory of files that belongs to a service.
type Folder struct {
	Name string // in the backup
	Path string // on this machine
}

// Progress is told how far long work is. A nil one is told nothing.
type Progress interface {
	Phase(name, unit string, total int64)
	Advance(n int64)
}

type quiet struct{}

func (quiet) Phase(string, string, int64) {}
func (quiet) Advance(int64)               {}

func told(p Progress) Progress {
	if p == nil {
		return quiet{}
	}
	return p
}

// DamagedError says that a file is no backup, or not what was written once.
type DamagedError struct{ Detail string }

func (e *DamagedError) Error() string { return e.Detail }

func damaged(format string, args ...any) error {
	return &DamagedError{fmt.Sprintf(format, args...)}
}

// Errors of restoring.
var (
	// ErrOccupied says that there is a service's data already where a backup is to go.
	ErrOccupied = errors.New("there is data already")
	// ErrInUse says that somebody works on the database that is to be replaced.
	ErrInUse = errors.New("the database is in use")
	// ErrNewer says that a backup was made by a newer release than this one.
	ErrNewer = errors.New("the backup was made by a newer release")
)
