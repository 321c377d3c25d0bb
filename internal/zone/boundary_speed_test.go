package zone_test

import (
	"testing"
	"time"
)

// A boundary has to be there while a person paints. The limits are far above
// what it takes, so that a busy machine does not fail the test; what it takes is
// logged.
func TestABoundaryIsQuickInALargeDistrict(t *testing.T) {
	b := newBench(t)
	b.town(100, 100)
	b.exec(`
		insert into community (district_code, code, name, households, geom, location)
		select $1, i || '-' || j, '小区', 10,
		       ST_Multi(ST_Rotate(ST_MakeEnvelope(x + .0001, y + .0001, x + .0009 - (i + j) % 3 * .0003, y + .0009, 4490), (i * j) % 7 * .005, x + .0005, y + .0005)),
		       ST_SetSRID(ST_MakePoint(x + 0.0003, y + 0.0005), 4490)
		from generate_series(0, 99) i, generate_series(0, 99) j
		cross join lateral (select $2::float8 + i * 0.001 as x, $3::float8 + j * 0.001 as y) p`, b.district, townWest, townSouth)
	b.exec(`
		insert into link (district_code, a_id, b_id, gap_m, walk_m, line, path)
		select $1, a.id, b.id, 20, 100, ST_MakeLine(a.location, b.location),
		       ST_MakeLine(array[a.location, ST_SetSRID(ST_MakePoint(ST_X(a.location), y), 4490), ST_SetSRID(ST_MakePoint(ST_X(b.location), y), 4490), b.location])
		from community a
		join community b on a.id < b.id and ST_DWithin(a.location, b.location, 0.0015)
		cross join lateral (select $2::float8 + ceil((least(ST_Y(a.location), ST_Y(b.location)) - $2::float8) * 1000) / 1000 as y) s`,
		b.district, townSouth)
	b.exec(`analyze`)
	for _, c := range []struct {
		communities int
		sql         string
		limit       time.Duration
	}{
		{1, `select array_agg(id) from community where code = '50-50'`, 2 * time.Second},
		{50, `select array_agg(id) from (select id from community order by location <-> ST_SetSRID(ST_MakePoint(106.95, 29), 4490) limit 50) n`, 2 * time.Second},
		{500, `select array_agg(id) from (select id from community where id % 5 <> 0 order by location <-> ST_SetSRID(ST_MakePoint(106.95, 29), 4490) limit 500) n`, 6 * time.Second},
	} {
		var ids []int64
		if err := b.db.Pool.QueryRow(t.Context(), c.sql).Scan(&ids); err != nil {
			t.Fatal(err)
		}
		least := time.Hour
		for range 3 {
			start := time.Now()
			shape := b.boundary(ids...)
			took := time.Since(start)
			t.Logf("%d communities: %v, %d parts", len(ids), took, len(shape))
			least = min(least, took)
			if parts := b.partsOf(ids); len(shape) > parts {
				t.Errorf("%d parts of ground for %d parts of communities", len(shape), parts)
			}
		}
		if len(ids) != c.communities || least > c.limit {
			t.Errorf("%d communities take %v", len(ids), least)
		}
	}
}
