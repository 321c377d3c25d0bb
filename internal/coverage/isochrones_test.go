package coverage_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

func (b *bench) isochrones(run coverage.Run, facility string, limits ...float64) []coverage.Isochrone {
	b.t.Helper()
	list, err := b.runs.Isochrones(b.t.Context(), account.Everything, b.district, run.ID, facility, limits)
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func text(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Homes that a run covers lie inside the ground, the others outside, but for the
// cells at its edge.
func TestTheGroundHoldsTheCoveredHomes(t *testing.T) {
	s := grown(t, 4)
	s.heights(func(x, y float64) float32 { return float32(300 + 0.07*x + 0.02*y) })
	for _, o := range []coverage.Settings{radius(300), walk(400), minutes(7)} {
		run := s.ask(daycare, o)
		list := s.isochrones(run, "")
		if len(list) != 1 || !(list[0].CellM > 0) || list[0].Shed != nil {
			t.Fatalf("%s: %+v", run.Method, list)
		}
		var covered, open, lost, strays int
		var area float64
		err := s.db.Pool.QueryRow(t.Context(), `
			with ground as (select ST_SetSRID(ST_GeomFromGeoJSON($2), 4490) as geom),
			plane as (select ST_Transform(geom, 4545) as geom from ground)
			select count(*) filter (where r.covered), count(*) filter (where not r.covered),
			       count(*) filter (where r.covered and ST_Distance(p.geom, ST_Transform(b.point, 4545)) > $3),
			       count(*) filter (where not r.covered and ST_Intersects(p.geom, ST_Transform(b.point, 4545))
			                        and ST_Distance(ST_Boundary(p.geom), ST_Transform(b.point, 4545)) > $3),
			       (select ST_Area(geom::geography) from ground)
			from coverage_building r join building b on b.id = r.building_id, plane p
			where r.run_id = $1`, run.ID, text(t, list[0].Ground), list[0].CellM).Scan(&covered, &open, &lost, &strays, &area)
		if err != nil || covered < 15 || open < 15 || lost != 0 || strays != 0 {
			t.Errorf("%s: %d of %d covered homes lie outside, %d of %d others inside by more than a cell of %v m, %v",
				run.Method, lost, covered, strays, open, list[0].CellM, err)
		}
		if math.Abs(list[0].AreaM2-area) > 0.001*area {
			t.Errorf("%s: %v m², PostGIS says %v", run.Method, list[0].AreaM2, area)
		}
	}
}

func TestAStraightIsochroneIsACircle(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, radius(300))
	list := s.isochrones(run, "D", 300, 150, 300)
	if len(list) != 2 || list[0].Limit != 150 || list[1].Limit != 300 || list[0].Unit != "metres" {
		t.Fatalf("%+v", list)
	}
	for _, one := range list {
		if circle := math.Pi * one.Limit * one.Limit; math.Abs(one.AreaM2-circle) > 0.02*circle || math.Abs(*one.Shed-1) > 0.02 {
			t.Errorf("%v m: %v m², a circle has %v; shed %v", one.Limit, one.AreaM2, circle, *one.Shed)
		}
	}
}

// Along a single street one gets nowhere but along it: far less than a circle.
func TestAWalkedIsochroneFollowsTheStreet(t *testing.T) {
	s := newStreets(t)
	s.street(-2000, 0, 2000, 0)
	s.daycare("D", 0, 10)
	s.home("H", 100, 10, 1)
	five := 5.0
	run := s.ask(daycare, coverage.Settings{Method: coverage.MethodWalk, Limit: coverage.Limit{Minutes: &five}})
	one := s.isochrones(run, "D")[0]
	// From (x, y) it is |y| + |x| + 10 m: a rhombus cut off at 150 m from the street.
	rhombus := 2*290.0*290 - 2*140.0*140
	if one.Unit != "minutes" || one.Limit != 5 || math.Abs(one.AreaM2-rhombus) > 0.05*rhombus {
		t.Errorf("%+v, want %v m²", one, rhombus)
	}
	if shed := one.AreaM2 / (math.Pi * 300 * 300); math.Abs(*one.Shed-shed) > 0.0001 {
		t.Errorf("shed %v, want %v", *one.Shed, shed)
	}
	wider := s.isochrones(run, "D", 3, 5, 10)
	if len(wider) != 3 || !(wider[0].AreaM2 < wider[1].AreaM2 && wider[1].AreaM2 < wider[2].AreaM2) {
		t.Errorf("%+v", wider)
	}
}

// In the middle of a large block nobody is within reach of a street.
func TestAPocketIsAHole(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 600, 0, 600, 600, 0, 600, 0, 0)
	s.daycare("D", 0, -10)
	s.home("H", 100, 10, 1)
	one := s.isochrones(s.ask(daycare, walk(2000)), "")[0]
	var holes int
	var middle, corner bool
	err := s.db.Pool.QueryRow(t.Context(), `
		with ground as (select ST_SetSRID(ST_GeomFromGeoJSON($1), 4490) as geom)
		select (select sum(ST_NumInteriorRings(p.geom)) from ground, ST_Dump(ground.geom) p),
		       ST_Intersects(geom, ST_SetSRID(ST_MakePoint($2, $3), 4490)), ST_Intersects(geom, ST_SetSRID(ST_MakePoint($4, $5), 4490))
		from ground`, text(t, one.Ground), s.at(300, 300)[0], s.at(300, 300)[1], s.at(590, 590)[0], s.at(590, 590)[1]).Scan(&holes, &middle, &corner)
	if err != nil || holes != 1 || middle || !corner {
		t.Errorf("%d holes, the middle inside %v, a corner inside %v, %v", holes, middle, corner, err)
	}
}

func TestIsochronesThatCannotBeDrawn(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, walk(300))
	for name, c := range map[string]struct {
		facility string
		limits   []float64
		field    string
	}{
		"no such facility": {"x", nil, "facility"},
		"0":                {"", []float64{300, 0}, "limits"},
		"below zero":       {"", []float64{-1}, "limits"},
		"not a number":     {"", []float64{math.NaN()}, "limits"},
		"too far":          {"", []float64{20_001}, "limits"},
	} {
		_, err := s.runs.Isochrones(t.Context(), account.Everything, s.district, run.ID, c.facility, c.limits)
		var invalid *coverage.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.exec(`delete from facility`)
	if list := s.isochrones(run, ""); len(list) != 0 {
		t.Errorf("without facilities: %+v", list)
	}
}
