package zone_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// The tests' town: streets every 0.001° both ways, about 97 m by 111 m, from
// its south-west corner on. block(i, j) is the one in column i and row j.
const (
	townWest, townSouth = 106.900, 28.950
	step                = 0.001
	blockM2             = 10804.7 // area of a block on the ellipsoid in row 1, from its radii of curvature
)

func block(i, j int, w, s, e, n float64) orb.Polygon {
	x, y := townWest+float64(i)*step, townSouth+float64(j)*step
	return box(x+w*step, y+s*step, x+e*step, y+n*step)
}

// town lays the streets of columns × rows blocks.
func (b *bench) town(columns, rows int) {
	b.t.Helper()
	b.exec(`
		insert into road (district_code, source_ref, class, name, walkable, geom)
		select $1, 'ns' || i, 'residential', '纵' || i || '路', true,
		       ST_SetSRID(ST_MakeLine(ST_MakePoint($2::float8 + i * $6::float8, $3::float8), ST_MakePoint($2::float8 + i * $6::float8, $3::float8 + $5::float8 * $6::float8)), 4490)
		from generate_series(0, $4::integer) i`,
		b.district, townWest, townSouth, columns, float64(rows), step)
	b.exec(`
		insert into road (district_code, source_ref, class, name, walkable, geom)
		select $1, 'ew' || j, 'secondary', '横' || j || '路', true,
		       ST_SetSRID(ST_MakeLine(ST_MakePoint($2::float8, $3::float8 + j * $6::float8), ST_MakePoint($2::float8 + $5::float8 * $6::float8, $3::float8 + j * $6::float8)), 4490)
		from generate_series(0, $4::integer) j`,
		b.district, townWest, townSouth, rows, float64(columns), step)
}

// link adds a link between two communities with a way through the points.
func (b *bench) link(a, c int64, gapM float64, way ...orb.Point) {
	b.t.Helper()
	if a > c {
		a, c = c, a
	}
	var path postgis.Geom
	var walk any
	if way != nil {
		path.Geometry, walk = orb.LineString(way), gapM*1.3
	}
	b.exec(`
		insert into link (district_code, a_id, b_id, gap_m, walk_m, line, path, streets)
		select $1, $2, $3, $4, $5, ST_MakeLine(a.location, c.location), $6, '[{"name": "横1路", "length_m": 80}]'
		from community a, community c where a.id = $2 and c.id = $3`, b.district, a, c, gapM, walk, path)
}

func (b *bench) boundary(ids ...int64) orb.MultiPolygon {
	b.t.Helper()
	shape, err := b.derive(0, ids)
	if err != nil {
		b.t.Fatal(err)
	}
	return shape
}

// mainScenario is the key of the scenario that every district has.
func (b *bench) mainScenario() (id int64) {
	b.t.Helper()
	err := b.db.Pool.QueryRow(b.t.Context(), `select id from scenario where district_code = $1 and main`, b.district).Scan(&id)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *bench) derive(own int64, ids []int64) (shape orb.MultiPolygon, err error) {
	scenario := b.mainScenario()
	err = b.db.Write(b.t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		shape, err = zone.BoundaryOf(ctx, tx, b.district, scenario, own, ids)
		return err
	})
	return shape, err
}

// number asks the database about shapes.
func (b *bench) number(sql string, shapes ...orb.Geometry) float64 {
	b.t.Helper()
	args := make([]any, 0, len(shapes))
	for _, s := range shapes {
		args = append(args, postgis.Geom{Geometry: s})
	}
	var n float64
	if err := b.db.Pool.QueryRow(b.t.Context(), sql, args...).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func (b *bench) area(shape orb.Geometry) float64 {
	return b.number(`select ST_Area($1::geometry::geography)`, shape)
}

// differ is the area in which two shapes differ, in square metres.
func (b *bench) differ(x, y orb.Geometry) float64 {
	return b.number(`select ST_Area(ST_SymDifference($1::geometry, $2::geometry)::geography)`, x, y)
}

func TestABoundaryFollowsBlocksAndFootprints(t *testing.T) {
	type place struct {
		at     orb.Geometry
		member bool
	}
	in := func(i, j int, w, s, e, n float64) place { return place{block(i, j, w, s, e, n), true} }
	out := func(i, j int, w, s, e, n float64) place { return place{block(i, j, w, s, e, n), false} }
	cases := map[string]struct {
		places []place
		want   orb.Geometry
	}{
		"a filled block, to the street centre lines": {
			[]place{in(1, 1, .1, .1, .9, .9)}, block(1, 1, 0, 0, 1, 1),
		},
		"two members fill it together": {
			[]place{in(1, 1, .1, .1, .4, .9), in(1, 1, .6, .1, .9, .9)}, block(1, 1, 0, 0, 1, 1),
		},
		"blocks side by side merge over their street": {
			[]place{in(1, 1, .1, .1, .9, .9), in(2, 1, .1, .1, .9, .9)}, block(1, 1, 0, 0, 2, 1),
		},
		"a member over two blocks takes both where it fills them": {
			[]place{in(1, 1, .1, .1, 1.9, .9)}, block(1, 1, 0, 0, 2, 1),
		},
		"somebody else in the block: the footprint alone": {
			[]place{in(1, 1, .1, .1, .5, .9), out(1, 1, .7, .1, .9, .9)}, block(1, 1, .1, .1, .5, .9),
		},
		"a point of somebody else in the block": {
			[]place{in(1, 1, .1, .1, .5, .9), {orb.Point{townWest + 1.8*step, townSouth + 1.8*step}, false}}, block(1, 1, .1, .1, .5, .9),
		},
		"too little of the block": {
			[]place{in(1, 1, .1, .1, .4, .5)}, block(1, 1, .1, .1, .4, .5),
		},
		"a narrow gap between footprints is closed": {
			[]place{in(1, 1, .1, .1, .3, .4), in(1, 1, .5, .1, .7, .4), out(1, 1, .1, .7, .9, .9)}, block(1, 1, .1, .1, .7, .4),
		},
		"a wide gap is not": {
			[]place{in(1, 1, .1, .1, .3, .4), in(1, 1, .6, .1, .7, .4), out(1, 1, .1, .7, .9, .9)},
			orb.MultiPolygon{block(1, 1, .1, .1, .3, .4), block(1, 1, .6, .1, .7, .4)},
		},
		"the gap is somebody else's": {
			[]place{in(1, 1, .1, .1, .3, .4), out(1, 1, .3, .1, .5, .4), in(1, 1, .5, .1, .7, .4)},
			orb.MultiPolygon{block(1, 1, .1, .1, .3, .4), block(1, 1, .5, .1, .7, .4)},
		},
		"a footprint beside a taken block joins it": {
			[]place{in(1, 1, .1, .1, .9, .9), in(2, 1, .1, .1, .3, .4), out(2, 1, .6, .6, .9, .9)},
			orb.MultiPolygon{{{
				{townWest + 1*step, townSouth + 1*step},
				{townWest + 2*step, townSouth + 1*step},
				{townWest + 2*step, townSouth + 1.1*step},
				{townWest + 2.3*step, townSouth + 1.1*step},
				{townWest + 2.3*step, townSouth + 1.4*step},
				{townWest + 2*step, townSouth + 1.4*step},
				{townWest + 2*step, townSouth + 2*step},
				{townWest + 1*step, townSouth + 2*step},
				{townWest + 1*step, townSouth + 1*step},
			}}},
		},
		"two members at the same place": {
			[]place{in(1, 1, .1, .1, .9, .9), in(1, 1, .1, .1, .9, .9)}, block(1, 1, 0, 0, 1, 1),
		},
		"around a block that is somebody else's there is a hole": {
			[]place{
				in(0, 0, .1, .1, .9, .9), in(1, 0, .1, .1, .9, .9), in(2, 0, .1, .1, .9, .9), in(0, 1, .1, .1, .9, .9),
				in(2, 1, .1, .1, .9, .9), in(0, 2, .1, .1, .9, .9), in(1, 2, .1, .1, .9, .9), in(2, 2, .1, .1, .9, .9),
				out(1, 1, .1, .1, .9, .9),
			},
			orb.Polygon{block(0, 0, 0, 0, 3, 3)[0], reversed(block(1, 1, 0, 0, 1, 1)[0])},
		},
		"an outline that reaches over the street centre line is followed": {
			[]place{in(1, 1, .1, .1, 1.007, .9)}, orb.MultiPolygon{{{
				{townWest + 1*step, townSouth + 1*step},
				{townWest + 2*step, townSouth + 1*step},
				{townWest + 2*step, townSouth + 1.1*step},
				{townWest + 2.007*step, townSouth + 1.1*step},
				{townWest + 2.007*step, townSouth + 1.9*step},
				{townWest + 2*step, townSouth + 1.9*step},
				{townWest + 2*step, townSouth + 2*step},
				{townWest + 1*step, townSouth + 2*step},
				{townWest + 1*step, townSouth + 1*step},
			}}},
		},
		"an outline that ends less than a metre before it is followed, too": {
			[]place{in(1, 1, .1, .1, .993, .9)}, orb.MultiPolygon{{{
				{townWest + 1*step, townSouth + 1*step},
				{townWest + 2*step, townSouth + 1*step},
				{townWest + 1.993*step, townSouth + 1.1*step},
				{townWest + 1.993*step, townSouth + 1.9*step},
				{townWest + 2*step, townSouth + 2*step},
				{townWest + 1*step, townSouth + 2*step},
				{townWest + 1*step, townSouth + 1*step},
			}}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.town(4, 4)
			var ids []int64
			for i, p := range c.places {
				if id := b.community(fmt.Sprint(i), west, p.at, 10, "in"); p.member {
					ids = append(ids, id)
				}
			}
			got := b.boundary(ids...)
			if d := b.differ(got, c.want); d > 1 {
				t.Errorf("differs by %.2f m²: %v", d, got)
			}
			b.sound(got, ids)
		})
	}
}

func reversed(r orb.Ring) orb.Ring {
	r = r.Clone()
	r.Reverse()
	return r
}

// sound checks what holds for every derived boundary: valid, every member mostly
// inside, nobody else mostly inside, no slivers.
func (b *bench) sound(shape orb.MultiPolygon, ids []int64) {
	b.t.Helper()
	var valid bool
	var members, strangers []string
	var thin float64
	err := b.db.Pool.QueryRow(b.t.Context(), `
		with shape as (select $1::geometry as geom),
		share as (
		    select c.code, c.id = any($2) as member,
		           case when ST_Area(c.geom) > 0 then ST_Area(ST_Intersection(s.geom, c.geom)) / ST_Area(c.geom)
		                else ST_Intersects(s.geom, c.location)::int end as inside
		    from community c, shape s where coalesce(c.geom, c.location) && s.geom or c.id = any($2)
		)
		select ST_IsValid(geom) and not ST_IsEmpty(geom),
		       array(select code from share where member and not inside > 0.5),
		       array(select code from share where not member and inside > 0.5),
		       (select coalesce(max(ST_Area(part.geom::geography)), 0) from ST_Dump(ST_Difference(geom, ST_Buffer(ST_Buffer(geom, -2e-6, 'join=mitre'), 2.2e-6, 'join=mitre'))) part)
		from shape`, postgis.Geom{Geometry: shape}, ids).Scan(&valid, &members, &strangers, &thin)
	if err != nil {
		b.t.Fatal(err)
	}
	if !valid || len(members) > 0 || len(strangers) > 0 || thin > 0.5 {
		b.t.Errorf("valid %v, members outside %v, others inside %v, a sliver of %.2f m²: %v", valid, members, strangers, thin, shape)
	}
}

func TestPiecesAreTiedByCorridorsAlongTheirStrings(t *testing.T) {
	b := newBench(t)
	b.town(6, 4)
	a := b.community("A", west, block(0, 0, .1, .1, .9, .9), 10, "in")
	c := b.community("C", west, block(3, 1, .1, .1, .9, .9), 10, "in")
	if got := b.boundary(a, c); len(got) != 2 {
		t.Errorf("%d parts without a link", len(got))
	}
	y := townSouth + step
	b.link(a, c, 120, orb.Point{townWest + .5*step, y}, orb.Point{townWest + 3.5*step, y})
	got := b.boundary(a, c)
	if len(got) != 1 {
		t.Fatalf("%d parts with a link: %v", len(got), got)
	}
	corridor := b.area(got) - 2*blockM2
	if want := 2 * 97.48 * 12; math.Abs(corridor-want) > 0.08*want { // two blocks long, 12 m wide, round at its ends
		t.Errorf("a corridor of %.0f m², want about %.0f", corridor, want)
	}
	b.sound(got, []int64{a, c})
}

func TestABoundaryKeepsOffOtherZones(t *testing.T) {
	b := newBench(t)
	b.town(4, 4)
	a := b.community("A", west, block(1, 1, .1, .1, .9, .9), 10, "in")
	c := b.community("C", west, block(2, 1, .1, .1, .9, .9), 10, "in")
	other := b.create("邻片", block(1, 0, 0, 0, 1, 1.05))
	got := b.boundary(a, c)
	if over := b.number(`select ST_Area(ST_Intersection($1::geometry, $2::geometry)::geography)`, got, other.Shape()); over > 1e-3 {
		t.Errorf("takes %.4f m² of the other zone", over)
	}
	want := 2*blockM2 - .05*blockM2
	if size := b.area(got); math.Abs(size-want) > 10 {
		t.Errorf("area %.1f m², want %.1f", size, want)
	}
	b.sound(got, []int64{a, c})
	id, err := b.zones.ID(t.Context(), b.district, other.Code)
	if err != nil {
		t.Fatal(err)
	}
	own, err := b.derive(id, []int64{a, c})
	if err != nil {
		t.Fatal(err)
	}
	if d := b.differ(own, block(1, 1, 0, 0, 2, 1)); d > 1 {
		t.Errorf("its own old boundary stands in the way: %.1f m²", d)
	}
}

func TestCommunitiesWithoutAnOutline(t *testing.T) {
	b := newBench(t)
	b.town(4, 4)
	point := b.community("点", west, orb.Point{townWest + 1.5*step, townSouth + 1.5*step}, 10, "in")
	same := b.community("同", west, orb.Point{townWest + 1.5*step, townSouth + 1.5*step}, 10, "in")
	nowhere := b.community("无", west, nil, 10, "in")
	b.exec(`insert into community (district_code, code, name, geom, location)
	        values ($1, '空', '空', ST_GeomFromText('MULTIPOLYGON EMPTY', 4490), ST_SetSRID(ST_MakePoint(106.9025, 28.9525), 4490)),
	               ($1, '小', '小', ST_Multi(ST_MakeEnvelope(106.9035, 28.9535, 106.903500001, 28.953500001, 4490)), null)`, b.district)
	id := func(code string) (id int64) {
		t.Helper()
		if err := b.db.Pool.QueryRow(t.Context(), `select id from community where code = $1`, code).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	disc := 15 * 15 * 8 * math.Sin(math.Pi/8) // a polygon of 16 corners
	for name, c := range map[string]struct {
		ids  []int64
		want float64
	}{
		"a point":                      {[]int64{point}, disc},
		"two at the same point":        {[]int64{point, same}, disc},
		"one of them is nowhere":       {[]int64{point, nowhere}, disc},
		"an empty outline and a point": {[]int64{id("空")}, disc},
		"an outline of no size":        {[]int64{id("小")}, disc},
	} {
		got := b.boundary(c.ids...)
		if size := b.area(got); math.Abs(size-c.want) > 1 {
			t.Errorf("%s: %.1f m², want %.1f", name, size, c.want)
		}
	}
	_, err := b.derive(0, []int64{nowhere})
	var invalid *zone.InvalidError
	if !errors.As(err, &invalid) || invalid.Field != "communities" {
		t.Errorf("nowhere: %v", err)
	}
}

func TestTheBoundaryOfCodesComesWithItsTotals(t *testing.T) {
	b := newBench(t)
	b.town(4, 4)
	b.community("A", west, block(1, 1, .1, .1, .9, .9), 100, "in")
	b.community("B", east, block(2, 1, .1, .1, .9, .9), 50, "out")
	b.community("无", west, nil, 7, "in")
	got, err := b.zones.Boundary(t.Context(), account.Everything, b.district, "", "", []string{"A", "B", "无"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Totals.Communities != 3 || got.Totals.Households != 157 || math.Abs(got.Totals.AreaM2-2*blockM2) > 3 {
		t.Errorf("totals %+v", got.Totals)
	}
	if len(got.WithoutPlace) != 1 || got.WithoutPlace[0].Name != "小区无" {
		t.Errorf("without a place: %v", got.WithoutPlace)
	}
	z := b.create("一号片区", block(1, 1, 0, 0, 1, 1))
	var invalid *zone.InvalidError
	if _, err := b.zones.Boundary(t.Context(), account.Everything, b.district, "", "", []string{"A"}); !errors.As(err, &invalid) {
		t.Errorf("all of it in another zone: %v", err)
	}
	if _, err := b.zones.Boundary(t.Context(), account.Everything, b.district, "", z.Code, []string{"A"}); err != nil {
		t.Errorf("its own zone is in the way: %v", err)
	}
	_, officer := b.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	if _, err := b.zones.Boundary(t.Context(), officer, b.district, "", "", []string{"B"}); !errors.As(err, &invalid) || invalid.Field != "communities" {
		t.Errorf("somebody else's community: %v", err)
	}
	for _, unknown := range []error{
		second(b.zones.Boundary(t.Context(), account.Everything, b.district, "x", "", []string{"A"})),
		second(b.zones.Boundary(t.Context(), account.Everything, b.district, "", "x", []string{"A"})),
	} {
		if !errors.Is(unknown, postgis.ErrNotFound) {
			t.Errorf("an unknown scenario or zone: %v", unknown)
		}
	}
}
