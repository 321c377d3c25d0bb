package tile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/tile"
)

// TestTilesComeBackAfterTheirConnectionsWereCut ends every connection that tiles are
// read through, again and again, while people ask: nobody notices.
func TestTilesComeBackAfterTheirConnectionsWereCut(t *testing.T) {
	s := newStage(t)
	server := newServer(t, s.db, tile.Config{CacheBytes: -1})
	ctx := context.Background()
	want, err := server.Tile(ctx, s.at(14, "base", "communities", "buildings"))
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		var people sync.WaitGroup
		for range 4 {
			people.Go(func() {
				got, err := server.Tile(ctx, s.at(14, "base", "communities", "buildings"))
				if err != nil || !bytes.Equal(got.Body, want.Body) {
					t.Errorf("a tile of %d bytes instead of %d: %v", len(got.Body), len(want.Body), err)
				}
			})
		}
		if _, err := s.db.Pool.Exec(ctx, `
			select pg_terminate_backend(pid)
			from pg_stat_activity
			where application_name = 'lianpian-tiles' and datname = current_database()`); err != nil {
			t.Fatal(err)
		}
		people.Wait()
	}
}

func TestWhatDoesNotFitIntoTheCacheIsStillServed(t *testing.T) {
	s := newStage(t)
	for name, budget := range map[string]int64{"no cache": -1, "a cache of one byte": 1} {
		server := newServer(t, s.db, tile.Config{CacheBytes: budget})
		for range 2 {
			got, err := server.Tile(context.Background(), s.at(14, "communities"))
			if err != nil || len(got.Body) == 0 {
				t.Errorf("%s: a tile of %d bytes: %v", name, len(got.Body), err)
			}
		}
		if n, bytes := server.Kept(); budget < 0 && n > 0 || bytes > 1 {
			t.Errorf("%s keeps %d tiles of %d bytes", name, n, bytes)
		}
	}
}

// TestTileInterruptedInPostGISIsBusy has the time of a tile run out while PostGIS
// computes, which it then says in another way than while it reads rows.
func TestTileInterruptedInPostGISIsBusy(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	var comb orb.Ring
	const teeth = 60_000
	for i := range teeth {
		x := 106.94 + 0.02*float64(i)/teeth
		comb = append(comb, orb.Point{x, 28.965}, orb.Point{x + 0.005/teeth, 28.975}, orb.Point{x + 0.01/teeth, 28.975}, orb.Point{x + 0.015/teeth, 28.965})
	}
	comb = append(comb, orb.Point{106.96, 28.96}, orb.Point{106.94, 28.96}, comb[0])
	if _, err := s.db.Pool.Exec(ctx, `insert into water (district_code, source_ref, class, name, geom) select $1, 'comb' || n, 'lake', '梳' || n, $2 from generate_series(1, 4) n`,
		s.district, postgis.Geom{Geometry: orb.MultiPolygon{{comb}}}); err != nil {
		t.Fatal(err)
	}
	for within := 60 * time.Millisecond; within < 400*time.Millisecond; within += 60 * time.Millisecond {
		server := newServer(t, s.db, tile.Config{CacheBytes: -1, QueryTimeout: within})
		if _, err := server.Tile(ctx, s.at(14, "area_label")); err != nil && !errors.Is(err, tile.ErrBusy) {
			t.Errorf("within %s: %v", within, err)
		}
	}
}

// TestShapesThatAreHardToDraw draws what other tile servers get wrong, as whole
// tiles: nothing fails, and what shows is all there.
func TestShapesThatAreHardToDraw(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	z, x, y := uint32(14), uint32(0), uint32(0)
	{
		r := s.at(14)
		x, y = r.X, r.Y
	}
	b := maptile.New(x, y, 14).Bound()
	w, h := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]
	ring := func(x0, y0, x1, y1 float64) orb.Ring {
		return orb.Ring{
			{b.Min[0] + x0*w, b.Min[1] + y0*h},
			{b.Min[0] + x1*w, b.Min[1] + y0*h},
			{b.Min[0] + x1*w, b.Min[1] + y1*h},
			{b.Min[0] + x0*w, b.Min[1] + y1*h},
			{b.Min[0] + x0*w, b.Min[1] + y0*h},
		}
	}
	var round orb.Ring // of 100,000 places
	for i := range 100_000 {
		a := 2 * math.Pi * float64(i) / 100_000
		round = append(round, orb.Point{b.Min[0] + w*(0.5+0.4*math.Cos(a)), b.Min[1] + h*(0.5+0.4*math.Sin(a))})
	}
	round = append(round, round[0])
	for name, c := range map[string]struct {
		shape orb.Polygon
		share float64 // of the tile, that it covers there
	}{
		"collapses to nothing":               {orb.Polygon{ring(0.5, 0.5, 0.50001, 0.50001)}, 0},
		"of 100,000 places":                  {orb.Polygon{round}, math.Pi * 0.16},
		"its hole touches its shell":         {orb.Polygon{ring(0.2, 0.2, 0.8, 0.8), {{b.Min[0] + 0.2*w, b.Min[1] + 0.5*h}, {b.Min[0] + 0.4*w, b.Min[1] + 0.6*h}, {b.Min[0] + 0.4*w, b.Min[1] + 0.4*h}, {b.Min[0] + 0.2*w, b.Min[1] + 0.5*h}}}, 0.36 - 0.02},
		"across the corner of the tile":      {orb.Polygon{ring(0.9, 0.9, 1.5, 1.5)}, (0.1 + 64.0/4096) * (0.1 + 64.0/4096)},
		"around the whole tile":              {orb.Polygon{ring(-3, -3, 4, 4)}, (1 + 128.0/4096) * (1 + 128.0/4096)},
		"around the tile, which is a hole":   {orb.Polygon{ring(-3, -3, 4, 4), ring(-1, -1, 2, 2)}, 0},
		"around the tile, with a hole in it": {orb.Polygon{ring(-3, -3, 4, 4), ring(0.25, 0.25, 0.75, 0.75)}, (1+128.0/4096)*(1+128.0/4096) - 0.25},
	} {
		if _, err := s.db.Pool.Exec(ctx, `delete from water`); err != nil {
			t.Fatal(err)
		}
		if _, err := s.db.Pool.Exec(ctx, `insert into water (district_code, source_ref, class, name, geom) values ($1, 'w', 'lake', '湖 🌊', $2)`,
			s.district, postgis.Geom{Geometry: orb.MultiPolygon{c.shape}}); err != nil {
			t.Fatal(err)
		}
		server := newServer(t, s.db, tile.Config{CacheBytes: -1})
		made, err := server.Tile(ctx, tile.Request{District: s.district, Layers: []string{"water"}, Z: z, X: x, Y: y})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		covered := 0.0
		if l := decode(t, made.Body)["water"]; l != nil {
			for _, f := range l.Features {
				covered += planar.Area(f.Geometry) / (4096 * 4096)
				if f.Properties["name"] != "湖 🌊" {
					t.Errorf("%s is called %v", name, f.Properties["name"])
				}
			}
		}
		if math.Abs(covered-c.share) > 0.001 {
			t.Errorf("%s: %.4f of the tile are covered, want %.4f", name, covered, c.share)
		}
	}
}

// TestGDALReadsTheTile opens a tile by GDAL's driver for them: the same layers with
// as many features.
func TestGDALReadsTheTile(t *testing.T) {
	s := newStage(t)
	r := s.at(14, "base", "communities", "community_points", "buildings", "facilities", "zones", "zone_points", "subdistricts")
	body := s.tile(t, r).Body
	folder := filepath.Join(t.TempDir(), "14", strconv.Itoa(int(r.X)))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, fmt.Sprintf("%d.pbf", r.Y)) // the driver takes the tile's place from it
	if err := os.WriteFile(path, body, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ogrinfo", "-ro", "-al", "-so", "MVT:"+path).CombinedOutput()
	if err != nil {
		t.Fatalf("ogrinfo: %v: %s", err, out)
	}
	got := map[string]int{}
	layer := ""
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "Layer name: "); ok {
			layer = name
		}
		if count, ok := strings.CutPrefix(strings.TrimSpace(line), "Feature Count: "); ok {
			got[layer], _ = strconv.Atoi(count)
		}
	}
	want := map[string]int{}
	for name, l := range decode(t, body) {
		want[name] = len(l.Features)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, out)
	}
}
