// Package exporter writes area plans to files, one file per format. It must
// never compute a figure of its own: a plan is gathered first, then written.
package exporter

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// Plan is an area plan: a zone with everything that is written about it.
type Plan struct {
	Zone zone.Zone
}

// Exporter gathers plans.
type Exporter struct {
	db    *postgis.DB
	zones *zone.Store
	runs  *coverage.Store
	lib   *policy.Library
}

// New makes an exporter of the zones of a database.
func New(db *postgis.DB, zones *zone.Store, runs *coverage.Store, lib *policy.Library) *Exporter {
	return &Exporter{db: db, zones: zones, runs: runs, lib: lib}
}

var errSoon = errors.New("not written yet")

// Gather collects the plan of a zone as the scope may read it at the time now.
// postgis.ErrNotFound where there is no such zone in the scope.
func (e *Exporter) Gather(ctx context.Context, scope account.Scope, district, zoneCode string, now time.Time) (Plan, error) {
	return Plan{}, errSoon
}

// GeoJSON writes a plan as an RFC 7946 FeatureCollection.
func GeoJSON(w io.Writer, p Plan) error { return errSoon }

// XLSX writes a plan as a workbook.
func XLSX(w io.Writer, p Plan) error { return errSoon }
