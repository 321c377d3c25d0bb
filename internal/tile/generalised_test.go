package tile_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/maptile/tilecover"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/generalisation"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/tile"
)

// totals are what features stand for.
type totals struct{ Communities, Households, Buildings float64 }

// totalsOf adds up a layer over all tiles of a zoom, each feature once.
func totalsOf(t *testing.T, server *tile.Server, scope account.Scope, around orb.Bound, layer string, zoom uint32) totals {
	t.Helper()
	cover, err := tilecover.Geometry(around, maptile.Zoom(zoom))
	if err != nil {
		t.Fatal(err)
	}
	var sum totals
	seen := map[int64]bool{}
	for place := range cover {
		made, err := server.Tile(t.Context(), tile.Request{District: district.Code, Layers: []string{layer}, Z: zoom, X: place.X, Y: place.Y, Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		l := decode(t, made.Body)[layer]
		if l == nil {
			continue
		}
		for _, f := range l.Features {
			if n := id(t, f); layer != "community_points" && seen[n] {
				continue
			} else {
				seen[n] = true
			}
			number := func(name string) float64 {
				n, _ := f.Properties[name].(float64)
				return n
			}
			if layer == "community_points" && zoom < 10 {
				sum.Communities += number("count")
			} else {
				sum.Communities++
			}
			sum.Households += number("households")
			sum.Buildings += number("buildings")
		}
	}
	return sum
}

func TestTotalsAreThoseOfTheDatabaseAtEveryZoom(t *testing.T) {
	db := postgistest.New(t)
	ctx := t.Context()
	d := district.New(district.Size{Buildings: 6000, Communities: 80, Roads: 10, Facilities: 10}, district.Seed)
	if err := district.Load(ctx, db, d); err != nil {
		t.Fatal(err)
	}
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := db.Pool.Exec(ctx, sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	// Huts, which nobody could see, and a community that stands in two subdistricts.
	exec(`update building set geom = ST_Multi(ST_Expand(point, 0.00002)) where id % 7 = 0`)
	exec(`update building set subdistrict_code = (select max(code) from subdistrict) where community_id = (select min(id) from community) and id % 2 = 0`)
	exec(`update building set households = null where id % 5 = 0`)
	exec(`insert into zone (district_code, code, name, geom)
		select $1, 'zone', '片区', ST_Multi(ST_Envelope(ST_Collect(geom))) from (select geom from community order by id limit 9) c`, district.Code)
	exec(`insert into zone_community select z.id, c.id from zone z, (select id from community order by id limit 9) c`)
	exec(`analyze`)
	var zone int64
	var codes []string
	if err := db.Pool.QueryRow(ctx, `select (select id from zone), array_agg(code order by code) from subdistrict`).Scan(&zone, &codes); err != nil {
		t.Fatal(err)
	}
	scopes := map[string]account.Scope{
		"everybody":  account.Everything,
		"officer":    {District: district.Code, Subdistricts: []string{codes[0], codes[4]}},
		"contractor": {District: district.Code, Zones: []int64{zone}},
		"nobody":     {District: district.Code, Subdistricts: []string{}},
	}
	// What they may see, asked without any map.
	const seen = `
		($2::text[] is null or %[1]s.subdistrict_code = any($2)) and ($3::bigint[] is null or %[2]s in (select community_id from zone_community where zone_id = any($3))`
	expected := func(scope account.Scope) (communities, buildings totals) {
		t.Helper()
		err := db.Pool.QueryRow(ctx, `
			select count(*), coalesce(sum(households), 0), coalesce(sum((select count(*) from building b where b.community_id = c.id)), 0)
			from community c where district_code = $1 and `+fmt.Sprintf(seen, "c", "c.id")+`)`, district.Code, scope.Subdistricts, scope.Zones).
			Scan(&communities.Communities, &communities.Households, &communities.Buildings)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Pool.QueryRow(ctx, `
			select coalesce(sum(households), 0), count(*)
			from building b where district_code = $1 and `+fmt.Sprintf(seen, "b", "b.community_id")+`
			   or community_id is null and exists (select from zone z where z.id = any($3) and ST_Intersects(z.geom, b.point)))`, district.Code, scope.Subdistricts, scope.Zones).
			Scan(&buildings.Households, &buildings.Buildings)
		if err != nil {
			t.Fatal(err)
		}
		return communities, buildings
	}
	server := newServer(t, db, tile.Config{CacheBytes: -1})
	around := d.Boundary.Bound().Pad(0.01)
	check := func(when string) {
		t.Helper()
		for name, scope := range scopes {
			communities, buildings := expected(scope)
			if name == "everybody" && (communities.Buildings < 500 || buildings.Buildings < communities.Buildings+500) {
				t.Fatalf("too little to add up: %+v, %+v", communities, buildings)
			}
			for zoom := uint32(5); zoom <= 13; zoom++ {
				if diff := cmp.Diff(communities, totalsOf(t, server, scope, around, "community_points", zoom)); diff != "" {
					t.Errorf("%s, %s, points at zoom %d: %s", when, name, zoom, diff)
				}
				if zoom < 11 {
					continue
				}
				areas := totals{communities.Communities, communities.Households, 0}
				if diff := cmp.Diff(areas, totalsOf(t, server, scope, around, "communities", zoom)); diff != "" {
					t.Errorf("%s, %s, areas at zoom %d: %s", when, name, zoom, diff)
				}
			}
			got := totalsOf(t, server, scope, around, "buildings", 13)
			got.Communities = 0
			if diff := cmp.Diff(buildings, got); diff != "" {
				t.Errorf("%s, %s, blocks: %s", when, name, diff)
			}
		}
	}
	shapes := generalisation.New(db, slog.New(slog.DiscardHandler))
	check("before anything is stored")
	if err := shapes.Refresh(ctx, district.Code); err != nil {
		t.Fatal(err)
	}
	check("stored")
	exec(`delete from building where id % 11 = 0`)
	exec(`update building set community_id = null where id % 13 = 0`)
	exec(`update building set households = 3 where id % 17 = 0`)
	check("edited")
	if err := shapes.Refresh(ctx, district.Code); err != nil {
		t.Fatal(err)
	}
	check("stored again")
}

// An edit shows in the next tile, before its shapes are stored and afterwards.
func TestAnEditShowsBeforeItsShapeIsStored(t *testing.T) {
	s := newStage(t)
	shapes := generalisation.New(s.db, slog.New(slog.DiscardHandler))
	if err := shapes.Refresh(t.Context(), s.district); err != nil {
		t.Fatal(err)
	}
	// The east side of what a layer draws of the western things, in degrees.
	reach := func(layer string, zoom maptile.Zoom) float64 {
		t.Helper()
		place := maptile.At(orb.Point{106.9495, 28.97}, zoom)
		l := decode(t, s.tile(t, s.at(zoom, layer)).Body)[layer]
		if l == nil {
			t.Fatalf("%s is empty at zoom %d", layer, zoom)
		}
		l.ProjectToWGS84(place)
		for _, f := range l.Features {
			if b := f.Geometry.Bound(); b.Min[0] < west[0] {
				return b.Max[0]
			}
		}
		t.Fatalf("%s: nothing is left in the west", layer)
		return 0
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	run := func() {
		go func() { ended <- shapes.Run(ctx) }()
	}
	defer func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the background ended with %v", err)
		}
	}()
	for round, half := range []float64{0.0006, 0.0014, 0.0008} { // twice without a background
		for _, c := range []struct {
			layer, change, sql string
			zoom               maptile.Zoom
		}{
			{"communities", "communities", `update community set geom = $2 where district_code = $1 and code = 'C西'`, 12},
			{"communities", "communities", `update community set geom = $2 where district_code = $1 and code = 'C西'`, 13},
			{"zones", "zones", `update zone set geom = $2 where district_code = $1 and code = 'Z西'`, 12},
			{"buildings", "buildings", `update building set geom = $2 where district_code = $1 and code = 'B西'`, 13},
		} {
			reach(c.layer, c.zoom) // and it is kept
			err := s.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
				_, err := tx.Exec(ctx, c.sql, s.district, square(west, half))
				tx.Changed(postgis.Change{District: s.district, Layer: c.change, Bound: square(west, 0.002).Bound()})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			unit := 360 / math.Exp2(float64(c.zoom)) / 4096
			if got := reach(c.layer, c.zoom); math.Abs(got-west[0]-half) > 5*unit {
				t.Errorf("round %d: %s at zoom %d reaches %v, not %v", round, c.layer, c.zoom, got-west[0], half)
			}
		}
		if round == 1 {
			run()
		}
		if round >= 1 {
			for began := time.Now(); stale(t, s) > 0; time.Sleep(10 * time.Millisecond) {
				if time.Since(began) > time.Minute {
					t.Fatal("nothing was stored within a minute")
				}
			}
			if err := s.db.CatchUp(t.Context()); err != nil { // the tiles that were kept go
				t.Fatal(err)
			}
			for _, layer := range []string{"communities", "zones", "buildings"} {
				unit := 360 / math.Exp2(13) / 4096
				if got := reach(layer, 13); math.Abs(got-west[0]-half) > 5*unit {
					t.Errorf("round %d, stored: %s reaches %v, not %v", round, layer, got-west[0], half)
				}
			}
		}
	}
}

func stale(t *testing.T, s stage) (n int) {
	t.Helper()
	if err := s.db.Pool.QueryRow(t.Context(), `select count(*) from generalised_stale`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
