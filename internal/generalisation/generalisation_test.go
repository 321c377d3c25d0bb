package generalisation_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/generalisation"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// town is a district of communities that lie side by side with bent borders, in
// blocks of nine as subdistricts, some of them as zones of two scenarios.
type town struct {
	t        *testing.T
	db       *postgis.DB
	store    *generalisation.Store
	district string
	random   *rand.Rand
	corner   map[[2]int]orb.Point
	border   map[[4]int][]orb.Point
}

// testLog fails a test in which something goes wrong in the background.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Errorf("%s", line)
	return len(line), nil
}

const side = 9 // communities

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	db := postgistest.New(t)
	w := &town{
		t: t, db: db, district: postgistest.District(t, db), random: rand.New(rand.NewPCG(seed, 8)),
		store:  generalisation.New(db, slog.New(slog.NewTextHandler(testLog{t}, nil))),
		corner: map[[2]int]orb.Point{}, border: map[[4]int][]orb.Point{},
	}
	for y := range side {
		for x := range side {
			wide := 1
			if y%2 == 1 { // like bricks: a corner of two lies on the side of a third
				if x%3 == 2 {
					continue
				}
				wide = 1 + x%3
			}
			w.exec(`insert into community (district_code, code, name, subdistrict_code, households, geom, location) values ($1, $2, $2, $3, $4, $5, $6)`,
				w.district, code(x, y), []string{"500110001", "500110002"}[x%2], w.random.IntN(500), w.cell(x, y, wide, 1), postgis.Geom{Geometry: w.at(x, y)})
			for range w.random.IntN(12) {
				w.build(w.within(x, y), code(x, y))
			}
			w.build(w.within(x, y), "")
		}
	}
	for y := range side {
		for x := range side { // every place is one patch of the base map, in tables of three columns each
			w.exec(`insert into `+patches[x/3]+` (district_code, source_ref, class, geom) values ($1, $2, 'kind', $3)`, w.district, code(x, y), w.cell(x, y, 1, 1))
		}
	}
	w.exec(`insert into scenario (district_code, code, name) values ($1, 'plan-b', '乙案')`, w.district)
	for y := 0; y < side; y += 3 {
		for x := 0; x < side; x += 3 {
			w.exec(`insert into zone (district_code, code, name, geom) values ($1, $2, $2, $3)`, w.district, "Z"+code(x, y), w.cell(x, y, 3, 3))
			if x > 0 {
				w.exec(`insert into zone (district_code, scenario_id, code, name, geom) select $1, id, $2, $2, $3 from scenario where code = 'plan-b' and district_code = $1`,
					w.district, "B"+code(x, y), w.cell(x-1, y, 3, 3))
			}
		}
	}
	// The subdistricts of the test district lie in one another's way here.
	w.exec(`update subdistrict set geom = null where district_code = $1`, w.district)
	for i, c := range []string{"500110001", "500110002"} {
		w.exec(`update subdistrict set geom = $3 where district_code = $1 and code = $2`, w.district, c, w.cell(3*i, 0, 3, 3))
	}
	return w
}

// patches are the tables of areas of the base map.
var patches = []string{"water", "green", "land_use"}

func code(x, y int) string { return fmt.Sprintf("C%d-%d", x, y) }

func (w *town) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Pool.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

func (w *town) refresh() {
	w.t.Helper()
	if err := w.store.Refresh(w.t.Context(), w.district); err != nil {
		w.t.Fatal(err)
	}
}

// step is the side of a cell in degrees, some 250 m.
const step = 0.0025

func (w *town) at(x, y int) orb.Point {
	p, known := w.corner[[2]int{x, y}]
	if !known {
		p = orb.Point{106.9 + (float64(x)+0.3*(w.random.Float64()-0.5))*step, 28.95 + (float64(y)+0.3*(w.random.Float64()-0.5))*step}
		w.corner[[2]int{x, y}] = p
	}
	return p
}

func (w *town) within(x, y int) orb.Point {
	return orb.Point{106.9 + (float64(x)+0.25+0.5*w.random.Float64())*step, 28.95 + (float64(y)+0.25+0.5*w.random.Float64())*step}
}

// line is the border between two corners, without the second: the same both ways.
func (w *town) line(x, y, u, v int) []orb.Point {
	if x > u || y > v {
		back := append(slices.Clone(w.line(u, v, x, y)), w.at(x, y))
		slices.Reverse(back)
		return back[:len(back)-1]
	}
	k := [4]int{x, y, u, v}
	if l, known := w.border[k]; known {
		return l
	}
	a, b := w.at(x, y), w.at(u, v)
	l := []orb.Point{a}
	n := w.random.IntN(20)
	for i := 1; i <= n; i++ {
		f := float64(i) / float64(n+1)
		bend := 0.3 * (w.random.Float64() - 0.5) * math.Min(f, 1-f)
		l = append(l, orb.Point{a[0] + f*(b[0]-a[0]) - bend*(b[1]-a[1]), a[1] + f*(b[1]-a[1]) + bend*(b[0]-a[0])})
	}
	w.border[k] = l
	return l
}

// cell is the area of n by m cells.
func (w *town) cell(x, y, n, m int) postgis.Geom {
	var r orb.Ring
	for i := range n {
		r = append(r, w.line(x+i, y, x+i+1, y)...)
	}
	for i := range m {
		r = append(r, w.line(x+n, y+i, x+n, y+i+1)...)
	}
	for i := n; i > 0; i-- {
		r = append(r, w.line(x+i, y+m, x+i-1, y+m)...)
	}
	for i := m; i > 0; i-- {
		r = append(r, w.line(x, y+i, x, y+i-1)...)
	}
	return postgis.Geom{Geometry: orb.MultiPolygon{{append(r, r[0])}}}
}

// build adds a building of up to 40 m to a community, or to none.
func (w *town) build(at orb.Point, community string) {
	w.t.Helper()
	half := 0.0002 * w.random.Float64() * w.random.Float64()
	b := orb.Bound{Min: at, Max: at}.Pad(half + 1e-5)
	w.exec(`insert into building (district_code, code, community_id, subdistrict_code, households, geom)
		values ($1, gen_random_uuid(), (select id from community where district_code = $1 and code = $2), $3, $4, $5)`,
		w.district, community, []string{"500110001", "500110002"}[w.random.IntN(2)], w.random.IntN(50), postgis.Geom{Geometry: orb.MultiPolygon{b.ToPolygon()}})
}

func ask[T any](w *town, sql string, args ...any) []T {
	w.t.Helper()
	rows, err := w.db.Pool.Query(w.t.Context(), sql, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func TestNeighboursShareTheirEdgesAtEveryZoom(t *testing.T) {
	w := newTown(t, 1)
	w.refresh()
	type band struct {
		Layer, Plane string
		Zoom         int
		Shapes       int
		Sum, Union   float64
		Holes        int
		Invalid      int
		Places       int
	}
	rows, err := w.db.Pool.Query(t.Context(), `
		with feature as (
		    select 'subdistricts' as layer, '' as plane, id, 5 as shallowest, geom_3857 from map_subdistrict where district_code = $1
		    union all select 'communities', '', id, 9, geom_3857 from map_community where district_code = $1
		    union all select 'zones', scenario_code, id, 5, geom_3857 from map_zone where district_code = $1
		    union all select 'water', '', id, 5, geom_3857 from map_water where district_code = $1
		    union all select 'green', '', id, 7, geom_3857 from map_green where district_code = $1
		    union all select 'land_use', '', id, 10, geom_3857 from map_land_use where district_code = $1
		), drawn as ( -- as the layers' queries do
		    select f.layer, f.plane, z.zoom,
		           case when g.feature_id is not null then g.shape else map_simplify(f.geom_3857, 40075016.685578488 / 512 / 2 ^ z.zoom / 2) end as shape
		    from feature f
		    cross join lateral generate_series(f.shallowest, case when f.layer in ('water', 'green', 'land_use') then 14 else 13 end) z (zoom)
		    left join map_generalised g on g.layer = f.layer and g.feature_id = f.id and g.zoom = z.zoom and g.district_code = $1
		    where f.geom_3857 is not null
		)
		select layer, plane, zoom, count(shape), coalesce(sum(ST_Area(shape)), 0), coalesce(ST_Area(ST_Union(shape)), 0),
		       (select coalesce(sum(ST_NumInteriorRings(p.geom)), 0) from ST_Dump(ST_Union(drawn.shape)) p)::integer,
		       count(*) filter (where not ST_IsValid(shape)), coalesce(sum(ST_NPoints(shape)), 0)
		from drawn
		group by layer, plane, zoom
		order by 1, 2, zoom`, w.district)
	if err != nil {
		t.Fatal(err)
	}
	bands, err := pgx.CollectRows(rows, pgx.RowToStructByPos[band])
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"subdistricts": 9, "communities": 5, "zones": 18, "water": 10, "green": 8, "land_use": 5}
	for _, b := range bands {
		want[b.Layer]--
		if math.Abs(b.Sum-b.Union) > 1e-9*b.Sum || b.Holes > 0 || b.Invalid > 0 {
			t.Errorf("%+v: the areas overlap or leave gaps", b)
		}
		if b.Zoom == 13 && b.Layer == "communities" && b.Shapes != side*side-12 {
			t.Errorf("%+v: shapes are missing", b)
		}
		if b.Zoom == 14 && b.Shapes != side*3 {
			t.Errorf("%+v: shapes are missing", b)
		}
	}
	for layer, missing := range want {
		if missing != 0 {
			t.Errorf("%s lacks %d bands", layer, missing)
		}
	}
	// The same areas one by one come apart.
	apart := ask[float64](w, `
		select ST_Area(ST_Union(shape)) - sum(ST_Area(shape))
		from (select map_simplify(geom_3857, 9.6) as shape from map_community where district_code = $1) s`, w.district)
	if math.Abs(apart[0]) < 1 {
		t.Errorf("simplified one by one they differ by %v m²: the borders are not bent enough for a test", apart[0])
	}
}

// state is all that is stored, and what is marked.
func (w *town) state() []string {
	w.t.Helper()
	return ask[string](w, `
		select format('%s %s %s %s', layer, feature_id, zoom, ST_AsEWKT(shape)) from map_generalised where district_code = $1
		union all select format('%s %s %s', layer, feature_id, ST_AsEWKT(extent)) from generalised_feature where district_code = $1
		union all select format('group %s %s', group_id, buildings) from map_building_group where district_code = $1
		union all select format('block %s %s %s %s %s %s', id, group_id, subdistrict_code, buildings, households, ST_AsEWKT(shape)) from map_building_block where district_code = $1
		union all select format('stale %s %s', layer, feature_id) from generalised_stale where district_code = $1
		order by 1`, w.district)
}

// bend moves a corner and draws the borders that end there anew.
func (w *town) bend(x, y int) {
	delete(w.corner, [2]int{x, y})
	for k := range w.border {
		if k[0] == x && k[1] == y || k[2] == x && k[3] == y {
			delete(w.border, k)
		}
	}
}

// edit changes something at random.
func (w *town) edit() {
	x, y := w.random.IntN(side), w.random.IntN(side)
	switch w.random.IntN(11) {
	case 0: // one corner moves, for all around it
		w.bend(x, y)
		for _, d := range [][2]int{{0, 0}, {-1, 0}, {0, -1}, {-1, -1}} {
			if x+d[0] >= 0 && y+d[1] >= 0 {
				w.exec(`update community set geom = $3 where district_code = $1 and code = $2`, w.district, code(x+d[0], y+d[1]), w.cell(x+d[0], y+d[1], 1, 1))
			}
		}
	case 1:
		w.exec(`update community set geom = null where district_code = $1 and code = $2`, w.district, code(x, y))
	case 2:
		w.exec(`update community set geom = ST_Translate(ST_Multi(geom), 0.0003, 0) where district_code = $1 and code = $2`, w.district, code(x, y))
	case 3:
		w.exec(`delete from community where district_code = $1 and code = $2`, w.district, code(x, y))
	case 4:
		w.exec(`update zone set geom = $3 where district_code = $1 and code = $2`, w.district, "Z"+code(x/3*3, y/3*3), w.cell(x/3*3, y/3*3, 2, 2))
	case 5:
		w.build(w.within(x, y), code(x, y))
	case 6:
		w.exec(`delete from building where id in (select id from building where district_code = $1 order by md5(id::text || $2) limit 2)`, w.district, fmt.Sprint(x, y))
	case 7:
		w.exec(`update building set households = 7, community_id = (select min(id) from community where district_code = $1)
			where id in (select id from building where district_code = $1 order by md5(id::text || $2) limit 1)`, w.district, fmt.Sprint(x, y))
	case 9:
		w.exec(`update `+patches[x/3]+` set geom = ST_Translate(ST_Multi(geom), 0, 0.0004) where district_code = $1 and source_ref = $2`, w.district, code(x, y))
	case 10:
		w.exec(`delete from `+patches[x/3]+` where district_code = $1 and source_ref = $2`, w.district, code(x, y))
	case 8:
		w.exec(`update building set geom = ST_Translate(geom, 0.002, 0.001)
			where id in (select id from building where district_code = $1 order by md5(id::text || $2) limit 1)`, w.district, fmt.Sprint(x, y))
	}
}

func TestWhatIsKeptUpIsWhatIsDrawnFromNothing(t *testing.T) {
	w := newTown(t, 2)
	w.refresh()
	for round := range 12 {
		for range 1 + w.random.IntN(4) {
			w.edit()
		}
		w.refresh()
		kept := w.state()
		w.exec(`delete from generalised_feature where district_code = $1`, w.district)
		w.exec(`delete from generalised_group where district_code = $1`, w.district)
		for layer, table := range map[string]string{"subdistricts": "subdistrict", "communities": "community", "zones": "zone", "water": "water", "green": "green", "land_use": "land_use"} {
			w.exec(`insert into generalised_stale (district_code, layer, feature_id) select district_code, $2, id from `+table+` where district_code = $1`, w.district, layer)
		}
		w.exec(`insert into generalised_stale (district_code, layer, feature_id) select distinct district_code, 'blocks', group_id from map_building_place where district_code = $1`, w.district)
		w.refresh()
		if diff := cmp.Diff(w.state(), kept); diff != "" {
			t.Fatalf("round %d: %s", round, diff)
		}
		if len(kept) < 300 {
			t.Fatalf("only %d rows are kept", len(kept))
		}
	}
}

func TestAnEditDrawsOnlyWhatLiesBesideIt(t *testing.T) {
	w := newTown(t, 3)
	w.refresh()
	rows := func() map[string]string {
		all := map[string]string{}
		for _, row := range ask[string](w, `select format('%s %s', feature_id, max(xmin::text)) from generalised_shape where layer = 'communities' and district_code = $1 group by feature_id`, w.district) {
			var id, writer string
			fmt.Sscan(row, &id, &writer)
			all[id] = writer
		}
		return all
	}
	before := rows()
	w.bend(4, 4)
	w.exec(`update community set geom = $3 where district_code = $1 and code = $2`, w.district, code(4, 4), w.cell(4, 4, 1, 1))
	w.refresh()
	written := 0
	for id, writer := range rows() {
		if before[id] != writer {
			written++
		}
	}
	if written == 0 || written > 9 {
		t.Errorf("%d communities were stored anew", written)
	}
}

func TestADistrictGoesWithItsShapes(t *testing.T) {
	w := newTown(t, 4)
	w.refresh()
	w.exec(`delete from zone where district_code = $1`, w.district)
	w.exec(`delete from district where code = $1`, w.district)
	for _, table := range []string{"generalised_feature", "generalised_shape", "generalised_group", "generalised_block", "generalised_stale"} {
		if n := ask[int64](w, `select count(*) from `+table); n[0] != 0 {
			t.Errorf("%s has %d rows left", table, n[0])
		}
	}
}

func TestTheBackgroundFollowsEdits(t *testing.T) {
	w := newTown(t, 5)
	var mu sync.Mutex
	told := map[string][]postgis.Change{}
	w.db.OnChange(func(changes []postgis.Change) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range changes {
			told[c.Layer] = append(told[c.Layer], c)
		}
	})
	heard := func(layer string) (all []postgis.Change) {
		mu.Lock()
		defer mu.Unlock()
		all, told[layer] = told[layer], nil
		return all
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.store.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the background ended with %v", err)
		}
	}()
	settle := func() {
		t.Helper()
		for began := time.Now(); ask[int64](w, `select count(*) from generalised_stale`)[0] > 0; time.Sleep(20 * time.Millisecond) {
			if time.Since(began) > time.Minute {
				t.Fatal("not drawn within a minute")
			}
		}
		if err := w.db.CatchUp(t.Context()); err != nil { // to be told of it
			t.Fatal(err)
		}
	}
	settle()
	for _, layer := range []string{"subdistrict_shapes", "community_shapes", "zone_shapes", "building_blocks", "base_shapes"} {
		if len(heard(layer)) == 0 {
			t.Errorf("nobody was told of %s", layer)
		}
	}
	for _, c := range []struct{ layer, tells, sql string }{
		{"communities", "community_shapes", `update community set geom = $2 where district_code = $1 and code = 'C4-4'`},
		{"base", "base_shapes", `update green set geom = $2 where district_code = $1 and source_ref = 'C4-4'`},
		{"zones", "zone_shapes", `update zone set geom = $2 where district_code = $1 and code = 'ZC3-3'`},
		{"buildings", "building_blocks", `update building set geom = $2 where district_code = $1 and id = (select min(id) from building)`},
	} {
		w.bend(4, 4)
		err := w.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
			_, err := tx.Exec(ctx, c.sql, w.district, w.cell(4, 4, 1, 1))
			tx.Changed(postgis.Change{District: w.district, Layer: c.layer, Bound: orb.Bound{Min: w.at(4, 4), Max: w.at(5, 5)}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		settle()
		if changes := heard(c.tells); len(changes) == 0 || changes[0].Everywhere() {
			t.Errorf("of %s was told %v", c.tells, changes)
		}
	}
}
