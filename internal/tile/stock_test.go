package tile_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/tile"
)

// settle asks for a tile until so many layers are held.
func settle(t *testing.T, s *tile.Server, r tile.Request, layers int) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		if _, err := s.Tile(context.Background(), r); err != nil {
			t.Fatal(err)
		}
		held, _ := s.Held()
		if held == layers {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d layers are held, want %d", held, layers)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestHeldLayersMakeTheSameTiles(t *testing.T) {
	db := postgistest.New(t)
	ctx := context.Background()
	if err := district.Load(ctx, db, district.New(district.Scaled(3_000), district.Seed)); err != nil {
		t.Fatal(err)
	}
	asked := newServer(t, db, tile.Config{CacheBytes: -1})
	var places []orb.Point
	rows, err := db.Pool.Query(ctx, `
		select ST_X(p), ST_Y(p)
		from (select ST_PointOnSurface(geom) as p from road where district_code = $1 order by id limit 120) r`, district.Code)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var p orb.Point
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			t.Fatal(err)
		}
		places = append(places, p)
	}
	if err := rows.Err(); err != nil || len(places) == 0 {
		t.Fatalf("%d roads: %v", len(places), err)
	}
	// How many layers of the base map do not depend on the tile at a zoom.
	for zoom, layers := range map[uint32]int{13: 4, 14: 5, 15: 5, 16: 8, 17: 8} {
		t.Run(fmt.Sprintf("zoom %d", zoom), func(t *testing.T) {
			held := newServer(t, db, tile.Config{CacheBytes: -1, HeldBytes: 64 << 20})
			full := 0
			for i, p := range places {
				at := maptile.At(p, maptile.Zoom(zoom))
				r := tile.Request{District: district.Code, Layers: []string{"base", "buildings"}, Z: zoom, X: at.X, Y: at.Y}
				if i == 0 {
					settle(t, held, r, layers)
				}
				want, err := asked.Tile(ctx, r)
				if err != nil {
					t.Fatal(err)
				}
				got, err := held.Tile(ctx, r)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Body, want.Body) {
					t.Fatalf("tile %v has %d bytes out of memory and %d out of the database", at, len(got.Body), len(want.Body))
				}
				if len(got.Body) > 0 {
					full++
				}
			}
			if full == 0 {
				t.Error("all tiles are empty")
			}
		})
	}
}

func TestAHeldLayerIsReadAnewAfterItChanged(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	server := newServer(t, s.db, tile.Config{CacheBytes: -1, HeldBytes: 1 << 20})
	r := s.at(16, "road", "water")
	settle(t, server, r, 2)
	names := func() string {
		made, err := server.Tile(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		var names string
		for _, f := range decode(t, made.Body)["road"].Features {
			names += fmt.Sprint(f.Properties["name"])
		}
		return names
	}
	if got := names(); got != "万盛大道" {
		t.Fatalf("the roads are %q", got)
	}
	for i := range 20 {
		want := fmt.Sprintf("路%d", i)
		err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
			tx.Changed(postgis.Change{District: s.district, Layer: "base"})
			_, err := tx.Exec(ctx, `update road set name = $1`, want)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(); got != want {
			t.Fatalf("after the change to %q the tile says %q", want, got)
		}
		if i%5 == 0 { // else it may still be read when the next change comes
			settle(t, server, r, 2)
		}
	}
}

func TestLayersOutOfBudgetAreNotHeld(t *testing.T) {
	s := newStage(t)
	for name, c := range map[string]struct {
		budget int64
		layers int
	}{
		"no memory":            {0, 0},
		"a negative budget":    {-1, 0},
		"less than one layer":  {10, 0},
		"room for one of them": {300, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, s.db, tile.Config{CacheBytes: -1, HeldBytes: c.budget})
			for range 20 {
				for _, layer := range []string{"road", "water"} {
					made, err := server.Tile(context.Background(), s.at(16, layer))
					if err != nil || len(made.Body) == 0 {
						t.Fatalf("%d bytes of %s: %v", len(made.Body), layer, err)
					}
				}
				time.Sleep(5 * time.Millisecond)
			}
			layers, bytes := server.Held()
			if layers != c.layers || bytes > max(0, c.budget) {
				t.Errorf("%d layers of %d bytes are held, want %d within %d", layers, bytes, c.layers, c.budget)
			}
		})
	}
}
