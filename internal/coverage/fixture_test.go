package coverage_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/walking"
	"github.com/lianpian/lianpian/internal/zone"
)

const (
	west = "500110001" // 万盛街道, 106.80–106.95
	east = "500110002" // 东林街道, 106.95–107.10
)

var quiet = slog.New(slog.DiscardHandler)

// bench is a district with a store and the means to fill it.
type bench struct {
	t        *testing.T
	db       *postgis.DB
	runs     *coverage.Store
	district string
}

func newBench(t *testing.T) *bench {
	db := postgistest.New(t)
	return &bench{t, db, coverage.New(db, library(t), walking.New(db, quiet)), postgistest.District(t, db)}
}

func (b *bench) exec(sql string, args ...any) {
	b.t.Helper()
	if _, err := b.db.Pool.Exec(b.t.Context(), sql, args...); err != nil {
		b.t.Fatal(err)
	}
}

// community adds a community with a place and, where not nil, its figures.
func (b *bench) community(code, subdistrict string, at orb.Point, households, floorArea any) (id int64) {
	b.t.Helper()
	err := b.db.Pool.QueryRow(b.t.Context(), `
		insert into community (district_code, code, name, subdistrict_code, location, households, floor_area_m2)
		values ($1, $2, '小区' || $2, nullif($3, ''), $4, $5, $6) returning id`,
		b.district, code, subdistrict, postgis.Geom{Geometry: at}, households, floorArea).Scan(&id)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// building adds a square building with sides of about 10 m around a place.
func (b *bench) building(code string, community int64, subdistrict string, at orb.Point, households, floorArea any) {
	b.t.Helper()
	const half = 0.00005
	b.exec(`
		insert into building (district_code, code, community_id, subdistrict_code, geom, households, floor_area_m2)
		values ($1, $2, nullif($3::bigint, 0), nullif($4, ''), $5, $6, $7)`,
		b.district, code, community, subdistrict,
		postgis.Geom{Geometry: orb.MultiPolygon{box(at[0]-half, at[1]-half, at[0]+half, at[1]+half)}}, households, floorArea)
}

func (b *bench) facility(code, kind string, at orb.Point) {
	b.t.Helper()
	b.exec(`insert into facility (district_code, code, facility_type, name, geom) values ($1, $2, $3, $2, $4)`,
		b.district, code, kind, postgis.Geom{Geometry: at})
}

func (b *bench) zone(name string, shape orb.Geometry) zone.Zone {
	b.t.Helper()
	z, err := zone.New(b.db).Create(b.t.Context(), account.Everything, b.district, zone.Draft{Name: name, Geometry: shape})
	if err != nil {
		b.t.Fatal(err)
	}
	return z
}

// as is a context in which a person of the role and scope acts.
func (b *bench) as(role account.Role, scope account.Scope) (context.Context, account.Scope) {
	scope.District = b.district
	return account.With(b.t.Context(), account.Person{
		ID: uuid.New(), Name: string(role), Role: role, District: b.district, Scope: scope,
	}), scope
}

// box is a rectangle of degrees.
func box(w, s, e, n float64) orb.Polygon {
	return orb.Polygon{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}
}

func metres(x float64) *float64 { return &x }
