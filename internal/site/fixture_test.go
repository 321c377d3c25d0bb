package site_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/site"
	"github.com/lianpian/lianpian/internal/walking"
)

const (
	west    = "500110001" // 106.80–106.95
	east    = "500110002" // 106.95–107.10
	daycare = "elder_daycare"
)

// town is a district along one street, whose places are given in metres from its
// beginning. From (x, y) to (u, v) one walks |y| + |u − x| + |v|.
type town struct {
	t        *testing.T
	db       *postgis.DB
	runs     *coverage.Store
	sites    *site.Store
	district string
	plane    geo.GaussKruger
	origin   orb.Point
}

func newTown(t *testing.T) *town {
	t.Helper()
	db := postgistest.New(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	plane, _ := geo.ZoneOfSRID(4545)
	runs := coverage.New(db, lib, walking.New(db, slog.New(slog.DiscardHandler)))
	w := &town{t: t, db: db, runs: runs, sites: site.New(db, lib, runs), district: postgistest.District(t, db), plane: plane}
	w.origin[0], w.origin[1] = plane.Forward(orb.Point{106.87, 29})
	w.street(-500, 0, 9000, 0)
	return w
}

func (w *town) at(x, y float64) orb.Point { return w.plane.Inverse(w.origin[0]+x, w.origin[1]+y) }

func (w *town) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Pool.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) street(xy ...float64) {
	w.t.Helper()
	var line orb.LineString
	for i := 0; i+1 < len(xy); i += 2 {
		line = append(line, w.at(xy[i], xy[i+1]))
	}
	w.exec(`
		insert into road (district_code, source_ref, class, walkable, geom)
		values ($1, 'osm:' || gen_random_uuid(), 'residential', true, $2)`, w.district, postgis.Geom{Geometry: line})
}

// building is one of 10 m around a place; use and name may be "".
func (w *town) building(code string, x, y float64, households any, use, name string) {
	w.t.Helper()
	at := w.at(x, y)
	const half = 0.00005
	ring := orb.Ring{{at[0] - half, at[1] - half}, {at[0] + half, at[1] - half}, {at[0] + half, at[1] + half}, {at[0] - half, at[1] + half}, {at[0] - half, at[1] - half}}
	subdistrict := west
	if at[0] > 106.95 {
		subdistrict = east
	}
	w.exec(`insert into building (district_code, code, subdistrict_code, households, use, name, geom) values ($1, $2, $3, $4, $5, $6, $7)`,
		w.district, code, subdistrict, households, use, name, postgis.Geom{Geometry: orb.MultiPolygon{{ring}}})
}

func (w *town) home(code string, x, y float64, households int) {
	w.t.Helper()
	w.building(code, x, y, households, "residential", "")
}

func (w *town) facility(code, kind string, x, y float64, capacity any) {
	w.t.Helper()
	w.exec(`insert into facility (district_code, code, facility_type, name, capacity, geom) values ($1, $2, $3, $2, $4, $5)`,
		w.district, code, kind, capacity, postgis.Geom{Geometry: w.at(x, y)})
}

func (w *town) points(xy ...float64) (list []orb.Point) {
	for i := 0; i+1 < len(xy); i += 2 {
		list = append(list, w.at(xy[i], xy[i+1]))
	}
	return list
}

// ask asks, and the test fails where that is refused.
func (w *town) ask(r site.Request) site.Siting {
	w.t.Helper()
	q, err := w.sites.Ask(w.t.Context(), account.Everything, w.district, r)
	if err != nil {
		w.t.Fatal(err)
	}
	return q
}

// work does the job of a question.
func (w *town) work(ctx context.Context, id uuid.UUID, subdistricts []string) error {
	w.t.Helper()
	args, err := json.Marshal(site.JobArgs{Siting: id, District: w.district, Subdistricts: subdistricts})
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = w.sites.Handle(ctx, args, new(job.Progress))
	return err
}

func (w *town) get(id uuid.UUID) site.Siting {
	w.t.Helper()
	q, err := w.sites.Get(w.t.Context(), account.Everything, w.district, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return q
}

// solve asks and works.
func (w *town) solve(r site.Request) site.Siting {
	w.t.Helper()
	q := w.ask(r)
	if err := w.work(w.t.Context(), q.ID, nil); err != nil {
		w.t.Fatal(err)
	}
	if q = w.get(q.ID); q.Answer == nil {
		w.t.Fatal("no answer")
	}
	return q
}

// cover runs coverage as the question measures it, with the proposed facilities
// of a scenario.
func (w *town) cover(r site.Request, scenario string) coverage.Run {
	w.t.Helper()
	run, err := w.runs.Run(w.t.Context(), account.Everything, w.district, coverage.Request{FacilityType: r.FacilityType, Settings: coverage.Settings{
		Method: r.Method, Limit: r.Limit, Walker: r.Walker, Scenario: scenario, UnitsPerHouse: r.UnitsPerHouse, Area: r.Area,
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	return run
}

func (w *town) as(role account.Role, scope account.Scope) (context.Context, account.Scope) {
	scope.District = w.district
	return account.With(w.t.Context(), account.Person{ID: uuid.New(), Name: string(role), Role: role, District: w.district, Scope: scope}), scope
}

// within is a limit in metres.
func within(metres float64) coverage.Limit { return coverage.Limit{Metres: &metres} }

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func name(prefix string, i int) string { return fmt.Sprintf("%s%02d", prefix, i) }

var everything = account.Everything

func text(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
