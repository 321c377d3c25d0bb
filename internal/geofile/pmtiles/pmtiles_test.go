package pmtiles_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile/pmtiles"
)

// The numbers are those of the specification and of its authors' tests.
func TestNumbersOfTiles(t *testing.T) {
	for _, c := range []struct {
		z, x, y uint32
		id      uint64
	}{
		{0, 0, 0, 0},
		{1, 0, 0, 1},
		{1, 0, 1, 2},
		{1, 1, 1, 3},
		{1, 1, 0, 4},
		{2, 0, 0, 5},
		{12, 3423, 1763, 19078479},
	} {
		if got := pmtiles.ID(c.z, c.x, c.y); got != c.id {
			t.Errorf("%d/%d/%d has the number %d, want %d", c.z, c.x, c.y, got, c.id)
		}
	}
	seen := map[uint64]bool{}
	for z := range uint32(7) {
		for x := range uint32(1) << z {
			for y := range uint32(1) << z {
				id := pmtiles.ID(z, x, y)
				seen[id] = true
				if gz, gx, gy, err := pmtiles.Place(id); err != nil || gz != z || gx != x || gy != y {
					t.Fatalf("number %d is %d/%d/%d, want %d/%d/%d: %v", id, gz, gx, gy, z, x, y, err)
				}
			}
		}
	}
	if !seen[0] || !seen[5460] || len(seen) != 5461 {
		t.Errorf("%d different numbers up to zoom 6", len(seen))
	}
	last := pmtiles.ID(26, 1<<26-1, 1<<26-1)
	if z, x, y, err := pmtiles.Place(last); err != nil || z != 26 || x != 1<<26-1 || y != 1<<26-1 {
		t.Errorf("number %d is %d/%d/%d: %v", last, z, x, y, err)
	}
	if _, _, _, err := pmtiles.Place(1 << 62); err == nil {
		t.Error("a number beyond all zooms has a place")
	}
}

var info = pmtiles.Info{
	MinZoom: 0, MaxZoom: 8, Bound: orb.Bound{Min: orb.Point{106.7, 28.8}, Max: orb.Point{107.1, 29.2}},
	Metadata: map[string]any{"name": "万盛", "vector_layers": []any{map[string]any{"id": "zones"}}},
}

// content of a tile: some are the same, some empty.
func content(id uint64) []byte {
	switch {
	case id%7 == 3:
		return nil
	case id%5 < 2:
		return []byte("the sea")
	}
	return fmt.Appendf(nil, "tile %d", id)
}

// write adds tiles up to a number, from where the writer stands, which is not before
// another.
func write(t *testing.T, path string, from, to uint64) *pmtiles.Writer {
	t.Helper()
	w, err := pmtiles.Create(path, "a test")
	if err != nil {
		t.Fatal(err)
	}
	if w.Next() < from {
		t.Fatalf("it goes on at %d, not at %d", w.Next(), from)
	}
	for id := w.Next(); id < to; id++ {
		if err := w.Add(id, content(id)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

const all = (1<<(2*9) - 1) / 3 // tiles up to zoom 8, more than a root directory holds

func TestArchiveIsReadAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pmtiles")
	w := write(t, path, 0, all)
	if err := w.Finish(info); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pmtiles.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for id := uint64(0); id < all; id += 13 {
		z, x, y, err := pmtiles.Place(id)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Tile(z, x, y)
		if err != nil || !bytes.Equal(got, content(id)) {
			t.Fatalf("tile %d/%d/%d is %q, want %q: %v", z, x, y, got, content(id), err)
		}
	}
	for _, outside := range [][3]uint32{{9, 0, 0}, {3, 8, 0}, {30, 1, 1}} {
		if got, err := r.Tile(outside[0], outside[1], outside[2]); got != nil || err != nil {
			t.Errorf("tile %v is %q: %v", outside, got, err)
		}
	}
	if b := r.Bound(); b != info.Bound {
		t.Errorf("it covers %v", b)
	}
	if from, to := r.Zooms(); from != 0 || to != 8 {
		t.Errorf("zooms %d to %d", from, to)
	}
	if m, err := r.Metadata(); err != nil || m["name"] != "万盛" {
		t.Errorf("it says of itself %v: %v", m, err)
	}
	if left, err := filepath.Glob(path + ".*"); err != nil || len(left) > 0 {
		t.Errorf("beside the archive lie %v", left)
	}
}

func TestInterruptedArchiveIsGoneOnWith(t *testing.T) {
	dir := t.TempDir()
	whole, pieces := filepath.Join(dir, "whole"), filepath.Join(dir, "pieces")
	if err := write(t, whole, 0, 5000).Finish(info); err != nil {
		t.Fatal(err)
	}
	w := write(t, pieces, 0, 1000)
	if err := w.Keep(); err != nil {
		t.Fatal(err)
	}
	for id := w.Next(); id < 1500; id++ { // added, but not kept when the machine stops
		if err := w.Add(id, content(id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{".tiles", ".journal"} { // half a record, and contents that nothing speaks of
		f, err := os.OpenFile(pieces+end, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("half"); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if err := write(t, pieces, 1000, 5000).Finish(info); err != nil {
		t.Fatal(err)
	}
	a, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(pieces)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("an archive written in two pieces differs from one written at once")
	}
}

func TestAnArchiveForAnotherPurposeIsBegunAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	w := write(t, path, 0, 100)
	if err := errors.Join(w.Keep(), w.Close()); err != nil {
		t.Fatal(err)
	}
	other, err := pmtiles.Create(path, "something else")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if other.Next() != 0 || other.Tiles() != 0 {
		t.Errorf("it goes on at %d with %d tiles", other.Next(), other.Tiles())
	}
}

func TestTilesOutOfOrderAreRefused(t *testing.T) {
	w := write(t, filepath.Join(t.TempDir(), "a"), 0, 10)
	defer w.Close()
	if err := w.Add(5, []byte("again")); err == nil {
		t.Error("a tile is added twice")
	}
}

func FuzzReader(f *testing.F) {
	path := filepath.Join(f.TempDir(), "a")
	w, err := pmtiles.Create(path, "a seed")
	if err != nil {
		f.Fatal(err)
	}
	for id := range uint64(21) {
		if err := w.Add(id, content(id)); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Finish(info); err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(slices.Concat(raw[:127], raw[200:]))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := pmtiles.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			if !errors.Is(err, pmtiles.ErrFormat) {
				t.Errorf("it is refused for %v", err)
			}
			return
		}
		for id := range uint64(100) {
			z, x, y, _ := pmtiles.Place(id)
			_, _ = r.Tile(z, x, y)
		}
		_, _ = r.Metadata()
	})
}
