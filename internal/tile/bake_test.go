package tile_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/lianpian/lianpian/internal/geofile/pmtiles"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/tile"
)

func nobody(int64) {}

func readArchive(t *testing.T, path string) (*pmtiles.Reader, []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pmtiles.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return r, raw
}

func TestBakedTilesAreThoseOfTheService(t *testing.T) {
	s := newStage(t)
	layers := []string{"base", "communities", "community_points", "buildings", "zones"}
	path := filepath.Join(t.TempDir(), "district.pmtiles")
	var all, done int64
	baked, err := s.server.Bake(context.Background(), tile.Baking{District: s.district, Layers: layers, MinZoom: 5, MaxZoom: 15, Path: path, At: time.Date(2026, 11, 30, 16, 5, 0, 1, time.FixedZone("", 8*3600))},
		func(n int64) { all = n }, func(n int64) { done += n })
	if err != nil {
		t.Fatal(err)
	}
	if all == 0 || done != all || baked.Asked != all || baked.Before != 0 {
		t.Errorf("%d of %d tiles are said to be done: %+v", done, all, baked)
	}
	r, _ := readArchive(t, path)
	if r.Tiles() != baked.Tiles || baked.Tiles == 0 {
		t.Errorf("the archive has %d tiles, said are %d", r.Tiles(), baked.Tiles)
	}
	metadata, err := r.Metadata()
	if err != nil {
		t.Fatal(err)
	}
	if described, _ := metadata["vector_layers"].([]any); len(described) < len(layers) {
		t.Errorf("the archive describes its layers as %v", metadata)
	}
	origin, _ := metadata["lianpian"].(map[string]any)
	if origin["version"] != 1.0 || origin["district"] != s.district || origin["at"] != "2026-11-30T08:05:00Z" || origin["demo"] != false {
		t.Errorf("the archive says of itself %v", origin)
	}
	full := 0
	for z := uint32(5); z <= 15; z++ {
		middle := s.at(15, layers...)
		for dx := range uint32(3) {
			at := tile.Request{District: s.district, Layers: layers, Z: z, X: middle.X>>(15-z) + dx - 1, Y: middle.Y >> (15 - z)}
			stored, err := r.Tile(at.Z, at.X, at.Y)
			if err != nil {
				t.Fatal(err)
			}
			if stored == nil {
				continue
			}
			unpacked, err := gzip.NewReader(bytes.NewReader(stored))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(unpacked)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(body, s.tile(t, at).Body) {
				t.Errorf("tile %d/%d/%d differs from the service's", at.Z, at.X, at.Y)
			}
			full++
		}
	}
	if full < 11 {
		t.Errorf("only %d tiles were compared", full)
	}
}

func TestInterruptedBakingIsGoneOnWith(t *testing.T) {
	s := newStage(t)
	dir := t.TempDir()
	bake := func(name string, stopAfter int64) (tile.Baked, error) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		var done int64
		return s.server.Bake(ctx, tile.Baking{District: s.district, Layers: []string{"communities", "buildings"}, MinZoom: 5, MaxZoom: 16, Path: filepath.Join(dir, name)},
			nobody, func(n int64) {
				if done += n; done >= stopAfter && stopAfter > 0 {
					stop()
				}
			})
	}
	if _, err := bake("whole", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := bake("pieces", 40); !errors.Is(err, context.Canceled) {
		t.Fatalf("the interrupted run ends with %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "pieces")); err == nil {
		t.Error("half an archive stands in its place")
	}
	second, err := bake("pieces", 0)
	if err != nil || second.Before < 40 {
		t.Fatalf("the second run: %+v, %v", second, err)
	}
	_, whole := readArchive(t, filepath.Join(dir, "whole"))
	_, pieces := readArchive(t, filepath.Join(dir, "pieces"))
	if !bytes.Equal(whole, pieces) {
		t.Error("the archive of two runs differs from that of one")
	}

	// What has changed meanwhile is in all of the archive.
	if _, err := bake("changed", 40); !errors.Is(err, context.Canceled) {
		t.Fatalf("the interrupted run ends with %v", err)
	}
	err = s.db.Write(context.Background(), func(ctx context.Context, tx *postgis.Tx) error {
		tx.Changed(postgis.Change{District: s.district, Layer: "communities"})
		_, err := tx.Exec(ctx, `update community set name = '新名' where code = 'C西'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := bake("changed", 0); err != nil || again.Before != 0 {
		t.Errorf("after a change the second run goes on: %+v, %v", again, err)
	}
}

func TestRefusedBakings(t *testing.T) {
	s := newStage(t)
	for name, c := range map[string]struct {
		baking tile.Baking
		want   error
	}{
		"unknown layer":     {tile.Baking{District: s.district, Layers: []string{"gold"}, MaxZoom: 5}, tile.ErrNoLayer},
		"zooms upside down": {tile.Baking{District: s.district, Layers: []string{"zones"}, MinZoom: 6, MaxZoom: 5}, tile.ErrNoTile},
		"too deep":          {tile.Baking{District: s.district, Layers: []string{"zones"}, MaxZoom: 21}, tile.ErrNoTile},
		"unknown district":  {tile.Baking{District: "999999", Layers: []string{"zones"}, MaxZoom: 5}, postgis.ErrNotFound},
	} {
		c.baking.Path = filepath.Join(t.TempDir(), "a")
		if _, err := s.server.Bake(context.Background(), c.baking, nobody, nobody); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
