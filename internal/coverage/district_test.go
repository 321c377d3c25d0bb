package coverage_test

import (
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// generate fills the district with buildings on a lattice, as many communities
// as a fiftieth, and facilities spread by the golden ratio.
func (b *bench) generate(buildings, facilities int) {
	b.t.Helper()
	b.exec(`
		insert into community (district_code, code, name, households)
		select $1, 'C' || i, '小区', 100 + i % 100 from generate_series(0, $2 / 50 - 1) i`, b.district, buildings)
	b.exec(`
		insert into building (district_code, code, community_id, subdistrict_code, households, floor_area_m2, geom)
		select $1, 'B' || i, c.id, case when x < 106.95 then '500110001' else '500110002' end,
		       case when i % 3 > 0 then i % 40 end, 100 + i % 700,
		       ST_Multi(ST_MakeEnvelope(x, y, x + 0.0001, y + 0.0001, 4490))
		from (select i, 106.81 + 0.28 * (i % 557) / 557 as x, 28.91 + 0.18 * (i / 557) / ($2 / 557.0 + 1) as y
		      from generate_series(0, $2 - 1) i) lattice
		left join community c on c.district_code = $1 and c.code = 'C' || i / 50`, b.district, buildings)
	b.exec(`
		insert into facility (district_code, code, facility_type, geom)
		select $1, 'F' || i, 'health_station',
		       ST_SetSRID(ST_MakePoint(106.8 + 0.3 * (i * 0.6180339887 - floor(i * 0.6180339887)), 28.9 + 0.2 * i / $2), 4490)
		from generate_series(0, $2 - 1) i`, b.district, facilities)
	for _, table := range []string{"community", "building", "facility"} {
		b.exec(`analyze ` + table)
	}
}

// The answer must be that of comparing every building with every facility on the
// ellipsoid.
func TestCoverageEqualsBruteForce(t *testing.T) {
	b := newBench(t)
	b.generate(2_000, 60)
	run, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(800)}}})
	if err != nil {
		t.Fatal(err)
	}
	var rows, covered, wrong int64
	err = b.db.Pool.QueryRow(t.Context(), `
		with brute as (
		    select b.id, min(ST_Distance(b.point::geography, f.geom::geography)) as metres
		    from building b, facility f
		    group by b.id
		)
		select count(*), count(*) filter (where brute.metres <= 800),
		       count(*) filter (where cb.covered <> (brute.metres <= 800) or abs(cb.distance_m - brute.metres) > 0.0001
		                        or abs(ST_Distance(b.point::geography, f.geom::geography) - brute.metres) > 0.0001)
		from brute
		join building b using (id)
		left join coverage_building cb on cb.building_id = brute.id and cb.run_id = $1
		left join facility f on f.id = cb.facility_id`, run.ID).Scan(&rows, &covered, &wrong)
	if err != nil {
		t.Fatal(err)
	}
	if rows != 2_000 || wrong != 0 || covered != run.Summary.CoveredBuildings || covered < 200 || covered > 1_800 {
		t.Errorf("%d buildings, %d covered by brute force, %d by the run, %d differ", rows, covered, run.Summary.CoveredBuildings, wrong)
	}
}

const districtBuildings = 60_000

func TestAWholeDistrictTakesSeconds(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a district")
	}
	b := newBench(t)
	b.generate(districtBuildings, 2_000)
	start := time.Now()
	run, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: station, Settings: coverage.Settings{Limit: coverage.Limit{Metres: metres(300)}}})
	took := time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d buildings and %d facilities in %v: %d covered", run.Summary.Buildings, run.Summary.Facilities, took, run.Summary.CoveredBuildings)
	if limit := 6 * time.Second; took > limit {
		t.Errorf("took %v", took)
	}
}
