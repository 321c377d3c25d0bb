package tile

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

// key tells tiles apart: two people share an entry only when they may see the
// same.
type key struct {
	district string
	layers   layerSet
	z, x, y  uint32
	scope    string
	byZones  bool // the scope depends on where zones are
	run      string
	scenario string
}

func newKey(c *catalogue, r Request, layers layerSet) key {
	k := key{district: r.District, layers: layers, z: r.Z, x: r.X, y: r.Y}
	if layers&c.runs != 0 {
		k.run = r.Run
	}
	if layers&c.scenarios != 0 {
		k.scenario = r.Scenario
	}
	if layers&c.scoped != 0 && (r.Scope.Subdistricts != nil || r.Scope.Zones != nil) {
		subdistricts, zones := slices.Clone(r.Scope.Subdistricts), slices.Clone(r.Scope.Zones)
		slices.Sort(subdistricts)
		slices.Sort(zones)
		k.scope = fmt.Sprintf("%#v %#v", subdistricts, zones) // tells nil from empty
		k.byZones = zones != nil
	}
	return k
}

// entry is a tile with the place that tells whether a change shows in it.
type entry struct {
	sheet  *sheet
	index  orb.Bound // EPSG:3857
	weight uint32    // bytes
}

// flight is a tile being made, and those who wait for it.
type flight struct {
	index   orb.Bound
	done    chan struct{}
	sheet   *sheet
	err     error
	waiting int
	cancel  context.CancelFunc
	stale   bool // something in it changed after it began: it must not be kept
}

// shelf keeps finished tiles and lets requests for the same one share the work.
//
// Why no stale tile is served after an edit has returned: a change marks the
// flights it shows in as stale and takes them off the list, under the lock, and
// then drops the kept tiles. A flight stores its tile under the same lock, and
// only when it is not stale. So a flight that read the old rows either stored
// before the change was told (then its tile is dropped with the others) or
// finds itself stale; and nobody who asks after the change can join it.
type shelf struct {
	tiles *otter.Cache[key, entry] // nil: keep nothing

	mu      sync.Mutex
	flights map[key]*flight
}

func newShelf(budget int64) (*shelf, error) {
	s := &shelf{flights: map[key]*flight{}}
	if budget < 0 {
		return s, nil
	}
	cache, err := otter.New(&otter.Options[key, entry]{
		MaximumWeight: uint64(budget),
		Weigher:       func(_ key, e entry) uint32 { return e.weight },
	})
	if err != nil {
		return nil, fmt.Errorf("make the tile cache: %w", err)
	}
	s.tiles = cache
	return s, nil
}

// newEntry weighs a tile, with an allowance for the cache's own bookkeeping, so that
// many empty tiles fill it, too.
func newEntry(k key, t *sheet, index orb.Bound) entry {
	bytes := 500 + len(k.district) + len(k.scope) + len(k.run) + len(k.scenario) + len(t.etag) + cap(t.body) + int(t.extra.Load())
	return entry{t, index, uint32(min(bytes, math.MaxUint32))}
}

// tile returns the kept tile, or joins the flight that makes it, or begins one.
func (s *shelf) tile(ctx context.Context, k key, index orb.Bound, fly func(context.Context) (*sheet, error)) (*sheet, error) {
	s.mu.Lock()
	if t, ok := s.kept(k); ok {
		s.mu.Unlock()
		return t, nil
	}
	f, flying := s.flights[k]
	if !flying {
		// The flight belongs to all who wait, not to the one who began it.
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{index: index, done: make(chan struct{}), cancel: cancel}
		s.flights[k] = f
		go s.finish(own, k, f, fly)
	}
	f.waiting++
	s.mu.Unlock()

	select {
	case <-f.done:
		return f.sheet, f.err
	case <-ctx.Done():
		s.leave(k, f)
		return nil, ctx.Err()
	}
}

func (s *shelf) kept(k key) (*sheet, bool) {
	if s.tiles == nil {
		return nil, false
	}
	e, ok := s.tiles.GetIfPresent(k)
	return e.sheet, ok
}

func (s *shelf) finish(ctx context.Context, k key, f *flight, fly func(context.Context) (*sheet, error)) {
	defer f.cancel()
	f.err = panics.Contain(func() (err error) {
		f.sheet, err = fly(ctx)
		return err
	})
	s.mu.Lock()
	if s.flights[k] == f {
		delete(s.flights, k)
	}
	if f.err == nil && !f.stale && s.tiles != nil {
		s.tiles.Set(k, newEntry(k, f.sheet, f.index))
	}
	s.mu.Unlock()
	close(f.done)
}

// reweigh notes that a kept tile has got a compressed form. One that was dropped
// meanwhile stays dropped.
func (s *shelf) reweigh(k key, t *sheet) {
	if s.tiles == nil {
		return
	}
	s.tiles.ComputeIfPresent(k, func(old entry) (entry, otter.ComputeOp) {
		if old.sheet != t {
			return old, otter.CancelOp
		}
		return newEntry(k, t, old.index), otter.WriteOp
	})
}

// leave takes one waiter off a flight. With the last one it is cancelled, and
// nobody joins it any more.
func (s *shelf) leave(k key, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiting--
	if f.waiting > 0 {
		return
	}
	f.cancel()
	if s.flights[k] == f {
		delete(s.flights, k)
	}
}

// drop forgets every tile, finished or being made, for which shows is true.
func (s *shelf) drop(shows func(key, orb.Bound) bool) {
	s.mu.Lock()
	for k, f := range s.flights {
		if shows(k, f.index) {
			f.stale = true
			delete(s.flights, k)
		}
	}
	s.mu.Unlock()
	if s.tiles == nil {
		return
	}
	for k, e := range s.tiles.All() {
		if shows(k, e.index) {
			s.tiles.Invalidate(k)
		}
	}
}

// forget is told by the database's writers what changed.
func (s *Server) forget(changes []postgis.Change) {
	s.stock.forget(changes)
	s.shelf.drop(func(k key, index orb.Bound) bool {
		return slices.ContainsFunc(changes, func(c postgis.Change) bool {
			return s.catalogue.shows(c, k, index)
		})
	})
}
