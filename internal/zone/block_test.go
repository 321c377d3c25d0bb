package zone_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// street lays one more way through the town.
func (b *bench) street(ref, class string, tunnel bool, way ...orb.Point) {
	b.t.Helper()
	b.exec(`insert into road (district_code, source_ref, class, walkable, tunnel, geom) values ($1, $2, $3, true, $4, $5)`,
		b.district, ref, class, tunnel, postgis.Geom{Geometry: orb.LineString(way)})
}

// blocks builds the blocks and returns how many lie in the town and how large
// they are together, in square metres.
func (b *bench) blocks() (n int, area float64) {
	b.t.Helper()
	var someone int64
	if err := b.db.Pool.QueryRow(b.t.Context(), `select min(id) from community`).Scan(&someone); err != nil {
		b.t.Fatal(err)
	}
	b.boundary(someone)
	err := b.db.Pool.QueryRow(b.t.Context(), `
		select count(*), coalesce(sum(area_m2), 0) from block
		where ST_Intersects(geom, ST_Buffer(ST_MakeEnvelope($1::float8, $2::float8, $1::float8 + 3 * $3::float8, $2::float8 + 3 * $3::float8, 4490), -1e-6))`, townWest, townSouth, step).Scan(&n, &area)
	if err != nil {
		b.t.Fatal(err)
	}
	return n, area
}

func at(i, j float64) orb.Point { return orb.Point{townWest + i*step, townSouth + j*step} }

func TestBlocksAreTheFacesBetweenStreets(t *testing.T) {
	whole := 9 * blockM2
	cases := map[string]struct {
		lay  func(b *bench)
		want int
	}{
		"a grid":                           {func(*bench) {}, 9},
		"a street through one of them":     {func(b *bench) { b.street("x", "residential", false, at(1.5, 1), at(1.5, 2)) }, 10},
		"a dead end bounds nothing":        {func(b *bench) { b.street("x", "residential", false, at(1.5, 1), at(1.5, 1.7)) }, 9},
		"a tunnel bounds nothing":          {func(b *bench) { b.street("x", "primary", true, at(1.5, 0), at(1.5, 3)) }, 9},
		"a service road bounds nothing":    {func(b *bench) { b.street("x", "service", false, at(1.5, 0), at(1.5, 3)) }, 9},
		"a footway bounds nothing":         {func(b *bench) { b.street("x", "footway", false, at(1.5, 0), at(1.5, 3)) }, 9},
		"a dual carriageway is one street": {func(b *bench) { b.street("x", "primary", false, at(1.1, -.01), at(1.1, 3.01)) }, 9},
		"also where it bends":              {func(b *bench) { b.street("x", "primary", false, at(1.1, -.01), at(1.12, 1.4), at(1.08, 3.01)) }, 9},
		"and where it ends half way along": {func(b *bench) { b.street("x", "primary", false, at(1, .5), at(1.1, .6), at(1.1, 2.4), at(1, 2.5)) }, 9},
		"a railway on the ground":          {func(b *bench) { b.railway(false, false) }, 12},
		"a railway on a bridge":            {func(b *bench) { b.railway(true, false) }, 9},
		"a railway underground":            {func(b *bench) { b.railway(false, true) }, 9},
		"a canal":                          {func(b *bench) { b.waterway("canal") }, 12},
		"a stream bounds nothing":          {func(b *bench) { b.waterway("stream") }, 9},
		"a pond is ground of the block":    {func(b *bench) { b.water("lake", .2, .2, .8, .8) }, 9},
		"a crossing of two dual carriageways": {func(b *bench) {
			b.street("x", "primary", false, at(1.1, -.01), at(1.1, 3.01))
			b.street("y", "primary", false, at(-.01, 1.1), at(3.01, 1.1))
		}, 9},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.town(3, 3)
			b.community("A", west, block(0, 0, .2, .2, .8, .8), 1, "in")
			c.lay(b)
			n, area := b.blocks()
			if n != c.want || math.Abs(area-whole) > whole/1e4 {
				t.Errorf("%d blocks of %.1f m², want %d of %.1f", n, area, c.want, whole)
			}
			if over := b.number(`
				select coalesce(sum(ST_Area(ST_Intersection(a.geom, b.geom)::geography)), 0)
				from block a join block b on a.id < b.id and a.geom && b.geom`); over > 0.1 {
				t.Errorf("they overlap by %.2f m²", over)
			}
		})
	}
	t.Run("a river is no ground", func(t *testing.T) {
		b := newBench(t)
		b.town(3, 3)
		b.community("A", west, block(0, 0, .2, .2, .8, .8), 1, "in")
		b.water("river", 0, .3, 3, .7)
		n, area := b.blocks()
		if want := 9*blockM2 - 3*.4*blockM2; n != 12 || math.Abs(area-want) > want/1e4 {
			t.Errorf("%d blocks of %.1f m², want 12 of %.1f", n, area, want)
		}
	})
}

func (b *bench) railway(bridge, tunnel bool) {
	b.t.Helper()
	b.exec(`insert into railway (district_code, source_ref, class, bridge, tunnel, geom) values ($1, 'r', 'rail', $2, $3, $4)`,
		b.district, bridge, tunnel, postgis.Geom{Geometry: orb.LineString{at(1.5, -1), at(1.5, 4)}})
}

func (b *bench) waterway(class string) {
	b.t.Helper()
	b.exec(`insert into waterway (district_code, source_ref, class, geom) values ($1, 'w', $2, $3)`,
		b.district, class, postgis.Geom{Geometry: orb.LineString{at(1.5, -1), at(1.5, 4)}})
}

func (b *bench) water(class string, w, s, e, n float64) {
	b.t.Helper()
	b.exec(`insert into water (district_code, source_ref, class, geom) values ($1, 'w', $2, $3)`,
		b.district, class, postgis.Geom{Geometry: orb.MultiPolygon{block(0, 1, w, s, e, n)}})
}

func TestBlocksAreBuiltAgainWhenTheBaseMapChanges(t *testing.T) {
	b := newBench(t)
	b.town(3, 3)
	b.community("A", west, block(0, 0, .2, .2, .8, .8), 1, "in")
	keys := func() (ids []int64) {
		t.Helper()
		b.blocks()
		if err := b.db.Pool.QueryRow(t.Context(), `select array_agg(id order by id) from block`).Scan(&ids); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	before := keys()
	if diff := cmp.Diff(before, keys()); diff != "" {
		t.Errorf("built again although nothing changed: %s", diff)
	}
	b.street("x", "residential", false, at(1.5, 1), at(1.5, 2))
	if n, _ := b.blocks(); n != 10 {
		t.Errorf("%d blocks after a street was added", n)
	}
	b.exec(`update road set geom = ST_Translate(geom, 1, 0) where source_ref = 'x'`)
	if n, _ := b.blocks(); n != 9 {
		t.Errorf("%d blocks after a street was moved", n)
	}
	b.exec(`delete from road where source_ref = 'ns1'`)
	if n, _ := b.blocks(); n != 6 {
		t.Errorf("%d blocks after a street was removed", n)
	}
	b.exec(`update district set boundary = ST_Multi(ST_MakeEnvelope($1::float8, $2::float8, $1::float8 + 1.5 * $3::float8, $2::float8 + 3 * $3::float8, 4490))`, townWest, townSouth, step)
	if n, area := b.blocks(); n != 3 || math.Abs(area-4.5*blockM2) > 50 {
		t.Errorf("%d blocks of %.0f m² after the district shrank", n, area)
	}
}
