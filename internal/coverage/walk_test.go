package coverage_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/walking"
)

// One street with a bend, the day-care 40 m off it and homes on both sides. What
// is walked is the way to the street, along it, and to the door: PostGIS measures
// the same in the district's Gauss-Krüger zone.
func TestAWalkIsAsLongAsPostGISMeasuresIt(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 300, 0, 420, 160, 900, 160)
	s.daycare("D", 250, -40)
	for i, at := range [][2]float64{{20, 12}, {180, -7.5}, {251, 30}, {330, 20}, {400, 190}, {640, 149}, {899, 210}, {955, 160}} {
		s.home(fmt.Sprintf("H%d", i), at[0], at[1], 10)
	}
	run := s.ask(daycare, walk(300))
	rows, err := s.db.Pool.Query(t.Context(), `
		with plane as (
		    select (select ST_Transform(geom, 4545) from road) as street,
		           (select ST_Transform(geom, 4545) from facility) as door
		), ways as (
		    select b.code, ST_Distance(p.street, ST_Transform(b.point, 4545)) + ST_Distance(p.street, p.door) as access,
		           p.street, ST_LineLocatePoint(p.street, ST_Transform(b.point, 4545)) as h, ST_LineLocatePoint(p.street, p.door) as f
		    from building b, plane p
		)
		select w.code, w.access + ST_Length(ST_LineSubstring(w.street, least(h, f), greatest(h, f))), r.distance_m, r.there_s, r.back_s, r.status
		from ways w
		join building b using (code)
		join coverage_building r on r.building_id = b.id and r.run_id = $1`, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var code, status string
		var want, got, there, back float64
		if err := rows.Scan(&code, &want, &got, &there, &back, &status); err != nil {
			t.Fatal(err)
		}
		n++
		if math.Abs(got-want) > 0.005 || (status == coverage.Covered) != (want <= 300) {
			t.Errorf("%s: %.4f m and %s, PostGIS measures %.4f m", code, got, status, want)
		}
		if there != back || math.Abs(there-got/1.0) > 1e-9 { // an elder walks 1.0 m/s
			t.Errorf("%s: %v s there, %v s back for %v m", code, there, back, got)
		}
	}
	if n != 8 || rows.Err() != nil {
		t.Errorf("%d homes, %v", n, rows.Err())
	}
}

// A crossing leads from one street to the other only where they meet: at the
// level crossing, and not under the bridge.
func TestAWalkTurnsWhereStreetsMeet(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 300, 0, 1000, 0)
	s.street(300, -400, 300, 0, 300, 400)
	s.road(road{bridge: true, class: "footway"}, 600, -400, 600, 400)
	s.daycare("D", 310, 300)
	s.home("corner", 100, 10, 1)
	s.home("under the bridge", 590, 10, 1)
	s.home("on the far side", 590, -350, 1)
	got := s.answers(s.ask(daycare, walk(2000)))
	if d := *got["corner"].DistanceM; math.Abs(d-(10+200+300+10)) > 0.01 {
		t.Errorf("round the corner %v m", d)
	}
	if d := *got["under the bridge"].DistanceM; math.Abs(d-(10+290+300+10)) > 0.01 {
		t.Errorf("from under the bridge %v m", d)
	}
	// Nobody steps onto a bridge from beside it, and the streets are too far.
	if a := got["on the far side"]; a.Status != coverage.Unreached {
		t.Errorf("beside the bridge: %s", a.Status)
	}
}

func TestMinutesAreThoseOfTheWalker(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 1000, 0)
	s.daycare("D", 0, 10)
	s.home("H", 590, 10, 1) // a walk of 610 m
	for key, want := range map[string]struct{ speed, minutes float64 }{
		"adult": {1.25, 610 / 1.25 / 60}, "": {1, 610 / 60.0}, "frail": {0.75, 610 / 0.75 / 60},
	} {
		for limit, covered := range map[float64]bool{want.minutes + 0.01: true, want.minutes - 0.01: false} {
			run := s.ask(daycare, coverage.Settings{Method: coverage.MethodWalk, Walker: key, Limit: coverage.Limit{Minutes: &limit}})
			a := s.answers(run)["H"]
			if math.Abs(*a.ThereMinutes-want.minutes) > 1e-4 || *a.BackMinutes != *a.ThereMinutes || (a.Status == coverage.Covered) != covered {
				t.Errorf("%q, limit %v minutes: %v minutes there, %s", key, limit, *a.ThereMinutes, a.Status)
			}
			if run.Walker == nil || run.Walker.SpeedMS != want.speed || run.Walker.Note == "" || run.Limit.Minutes == nil || run.Limit.Metres != nil {
				t.Errorf("%q: walker %+v, limit %+v", key, run.Walker, run.Limit)
			}
			if math.Abs(run.Summary.MeanMinutes-want.minutes) > 0.0051 || math.Abs(run.Summary.MeanM-610) > 0.051 {
				t.Errorf("%q: on average %v m, %v minutes", key, run.Summary.MeanM, run.Summary.MeanMinutes)
			}
		}
	}
}

// grown is a district of streets on a lattice, some of them missing, with homes
// and day-cares at random.
func grown(t *testing.T, seed uint64) *streets {
	s := newStreets(t)
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range 8 {
		for k := range 7 {
			x, y := 130*float64(i), 120*float64(k)
			if random.IntN(5) > 0 {
				s.street(x, y, x+130, y)
			}
			if random.IntN(5) > 0 {
				s.street(x, y, x, y+120)
			}
		}
	}
	for i := range 120 {
		s.home(fmt.Sprintf("H%03d", i), 1100*random.Float64()-30, 900*random.Float64()-30, 1+random.IntN(60))
	}
	for i := range 5 {
		s.daycare(fmt.Sprintf("D%d", i), 1000*random.Float64(), 800*random.Float64())
	}
	return s
}

func TestNoWalkIsShorterThanTheStraightLine(t *testing.T) {
	for seed := range uint64(3) {
		s := grown(t, seed)
		// The facility that is nearest by the straight line is nearer than any walk is long.
		var rows, shorter, unlike int
		run := s.ask(daycare, walk(500))
		err := s.db.Pool.QueryRow(t.Context(), `
			select count(*), count(*) filter (where r.distance_m < near.metres - 0.5), count(*) filter (where r.covered and near.metres > 500.5)
			from coverage_building r
			join building b on b.id = r.building_id
			cross join lateral (select min(ST_Distance(b.point::geography, f.geom::geography)) as metres from facility f) near
			where r.run_id = $1 and r.distance_m is not null`, run.ID).Scan(&rows, &shorter, &unlike)
		if err != nil {
			t.Fatal(err)
		}
		if rows < 90 || shorter != 0 || unlike != 0 || run.Summary.CoveredBuildings == 0 || run.Summary.CoveredBuildings == run.Summary.Buildings {
			t.Errorf("seed %d: of %d walks %d are shorter than the straight line; %d of %d covered, %d of them cannot be",
				seed, rows, shorter, run.Summary.CoveredBuildings, run.Summary.Buildings, unlike)
		}
		straight := s.ask(daycare, radius(500))
		if straight.Summary.CoveredHouseholds < run.Summary.CoveredHouseholds {
			t.Errorf("seed %d: %d households by the walk, %d by the straight line", seed, run.Summary.CoveredHouseholds, straight.Summary.CoveredHouseholds)
		}
	}
}

// A second service, which builds its own network from the same data, says the
// same, byte by byte.
func TestTheSameWalkGivesTheSameBytes(t *testing.T) {
	s := grown(t, 7)
	s.heights(func(x, y float64) float32 { return float32(300 + 0.06*x + 4*math.Sin(y/90)) })
	other := *s.bench
	other.runs = coverage.New(s.db, library(t), walking.New(s.db, quiet))
	for name, o := range map[string]coverage.Settings{"walk": walk(500), "walk_slope": minutes(8)} {
		var said []string
		for _, b := range []*bench{s.bench, s.bench, &other} {
			run := b.ask(daycare, o)
			communities, err := b.runs.Communities(t.Context(), account.Everything, b.district, run.ID)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal([]any{run.Summary, run.Inputs, run.Notes, communities, b.answers(run)})
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, string(text))
		}
		if said[0] != said[1] || said[0] != said[2] {
			t.Errorf("%s: %s", name, cmp.Diff(said[0], said[1])+cmp.Diff(said[0], said[2]))
		}
	}
}

// One-way tags are for cars: people walk both ways.
func TestPeopleWalkAgainstOneWayStreets(t *testing.T) {
	s := newStreets(t)
	s.road(road{oneway: true, tags: map[string]string{"oneway": "yes"}}, 0, 0, 1000, 0)
	s.daycare("D", 500, 10)
	s.home("before", 300, 10, 1)
	s.home("behind", 700, 10, 1)
	got := s.answers(s.ask(daycare, walk(300)))
	if a, b := *got["before"].DistanceM, *got["behind"].DistanceM; math.Abs(a-220) > 0.01 || math.Abs(b-220) > 0.01 {
		t.Errorf("with the street %v m, against it %v m", a, b)
	}
}

// The network is the one of the beginning: a street that comes later is for the
// next run.
func TestAnotherRunSeesANewStreet(t *testing.T) {
	s := island(t)
	before := s.ask(daycare, walk(1000))
	s.street(500, 0, 500, 600)
	after := s.ask(daycare, walk(1600))
	if s.statuses(before)["cut"] != coverage.CutOff || s.statuses(after)["cut"] != coverage.Covered ||
		before.Inputs.Network.Version == after.Inputs.Network.Version {
		t.Errorf("before %+v, after %+v", before.Inputs.Network, after.Inputs.Network)
	}
}
