package coverage_test

import (
	"cmp"
	"context"
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// daycare is a type with a radius of 300 m and five minutes, and without a first
// step.
const daycare = "elder_daycare"

// streets is a bench whose places are given in metres from a point in the west,
// in the plane that the district is measured in.
type streets struct {
	*bench
	plane  geo.GaussKruger
	origin orb.Point
	roads  int
}

func newStreets(t *testing.T) *streets {
	t.Helper()
	plane, known := geo.ZoneOfSRID(4545)
	if !known {
		t.Fatal("EPSG:4545 is not known")
	}
	s := &streets{bench: newBench(t), plane: plane}
	s.origin[0], s.origin[1] = plane.Forward(orb.Point{106.87, 29})
	return s
}

// at is a place in longitude/latitude.
func (s *streets) at(x, y float64) orb.Point { return s.plane.Inverse(s.origin[0]+x, s.origin[1]+y) }

// line leads through points given in metres, x and y by turns.
func (s *streets) line(xy ...float64) (line orb.LineString) {
	for i := 0; i+1 < len(xy); i += 2 {
		line = append(line, s.at(xy[i], xy[i+1]))
	}
	return line
}

// road is what a street is like; the zero value is a residential one.
type road struct {
	class, name            string
	stairs, bridge, oneway bool
	tags                   map[string]string
}

func (s *streets) road(r road, xy ...float64) {
	s.t.Helper()
	s.roads++
	if r.tags == nil {
		r.tags = map[string]string{}
	}
	s.exec(`
		insert into road (district_code, source_ref, class, name, walkable, stairs, bridge, level, oneway, tags, geom)
		values ($1, $2, $3, $4, true, $5, $6, case when $6 then 1 else 0 end, $7, $8, $9)`,
		s.district, fmt.Sprintf("osm:w%03d", s.roads), cmp.Or(r.class, "residential"), r.name, r.stairs, r.bridge, r.oneway, r.tags,
		postgis.Geom{Geometry: s.line(xy...)})
}

func (s *streets) street(xy ...float64) {
	s.t.Helper()
	s.road(road{}, xy...)
}

// home is a building of no community.
func (s *streets) home(code string, x, y float64, households any) {
	s.t.Helper()
	s.building(code, 0, west, s.at(x, y), households, nil)
}

func (s *streets) daycare(code string, x, y float64) {
	s.t.Helper()
	s.facility(code, daycare, s.at(x, y))
}

func (s *streets) capacity(code string, capacity any) {
	s.t.Helper()
	s.exec(`update facility set capacity = $2 where code = $1`, code, capacity)
}

// heights brings in an elevation model of the ground around the origin: as far as
// 1.4 km to each side, with the height of each sample by its metres.
func (s *streets) heights(of func(x, y float64) float32) {
	s.t.Helper()
	const cols, rows, step = 61, 53, 0.0005
	heights := make([]float32, cols*rows)
	for i := range heights {
		east, north := s.plane.Forward(orb.Point{106.855 + step*float64(i%cols), 29.013 - step*float64(i/cols)})
		heights[i] = of(east-s.origin[0], north-s.origin[1])
	}
	grid, err := terrain.New(106.855, 29.013, step, step, cols, rows, heights)
	if err != nil {
		s.t.Fatal(err)
	}
	err = s.db.Write(s.t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		_, err := registry.New(s.db, library(s.t)).ReplaceElevation(ctx, tx, s.district, registry.ElevationRow{
			SourceRef: "elevation:test", Format: "hgt", SourceStepM: 55, Grid: grid,
		})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// ask runs, and the test fails where that is refused.
func (b *bench) ask(kind string, o coverage.Settings) coverage.Run {
	b.t.Helper()
	run, err := b.runs.Run(b.t.Context(), account.Everything, b.district, coverage.Request{FacilityType: kind, Settings: o})
	if err != nil {
		b.t.Fatal(err)
	}
	return run
}

// answers are the buildings of a run by their codes.
func (b *bench) answers(run coverage.Run) map[string]coverage.BuildingCoverage {
	b.t.Helper()
	page, err := b.runs.Buildings(b.t.Context(), account.Everything, b.district, run.ID, coverage.BuildingFilter{Limit: 100_000})
	if err != nil {
		b.t.Fatal(err)
	}
	by := map[string]coverage.BuildingCoverage{}
	for _, a := range page.Items {
		by[a.Code] = a
	}
	return by
}

// statuses are those of the buildings of a run, by their codes.
func (b *bench) statuses(run coverage.Run) map[string]string {
	b.t.Helper()
	by := map[string]string{}
	for code, a := range b.answers(run) {
		by[code] = a.Status
	}
	return by
}

// walk are the settings of a walk of so many metres.
func walk(limit float64) coverage.Settings {
	return coverage.Settings{Method: coverage.MethodWalk, Limit: coverage.Limit{Metres: &limit}}
}

// minutes are the settings of a walk on slopes of so many minutes.
func minutes(limit float64) coverage.Settings {
	return coverage.Settings{Method: coverage.MethodWalkSlope, Limit: coverage.Limit{Minutes: &limit}}
}

func radius(limit float64) coverage.Settings {
	return coverage.Settings{Limit: coverage.Limit{Metres: &limit}}
}
