package walking

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// kept is how many districts are held in memory; the one that nobody asked
	// for the longest goes first.
	kept = 4
)

// Store keeps the networks of the districts that are asked for. It is safe for
// concurrent use.
type Store struct {
	db    *postgis.DB
	log   *slog.Logger
	now   func() time.Time
	watch *postgis.Watch

	mu    sync.Mutex
	held  map[string]*holding
	uses  int64                    // counts what was asked for
	turns map[string]chan struct{} // one build at a time for each district
}

type holding struct {
	snap *Snapshot
	used int64
}

// New makes the store of a database. Nothing is built until it is asked for.
func New(db *postgis.DB, log *slog.Logger) *Store {
	return &Store{
		db: db, log: log, now: time.Now,
		watch: postgis.NewWatch("base", "elevation"),
		held:  map[string]*holding{}, turns: map[string]chan struct{}{},
	}
}

// Snapshot returns the network of a district as its base map is now. Where there
// is none yet, or roads or heights have changed since, it is built first; whoever
// asks meanwhile waits for the same one. A district that does not exist is
// postgis.ErrNotFound.
func (s *Store) Snapshot(ctx context.Context, district string) (*Snapshot, error) {
	snap, err := s.current(ctx, district)
	if snap != nil || err != nil {
		return snap, err
	}
	turn := s.turn(district)
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	snap, err = s.current(ctx, district)
	if snap != nil || err != nil {
		return snap, err
	}
	if snap, err = s.build(ctx, district); err != nil {
		return nil, fmt.Errorf("build the walking network of %s: %w", district, err)
	}
	s.hold(snap)
	return snap, nil
}

// Held returns the network of a district that is in memory, without asking
// whether it is still up to date; nil where there is none.
func (s *Store) Held(district string) *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.held[district]; h != nil {
		s.uses++
		h.used = s.uses
		return h.snap
	}
	return nil
}

// current is the network in memory where it is up to date, else nil.
func (s *Store) current(ctx context.Context, district string) (*Snapshot, error) {
	version, err := versionOf(ctx, s.db.Pool, district)
	if err != nil {
		return nil, err
	}
	if snap := s.Held(district); snap != nil && snap.Version == version {
		return snap, nil
	}
	return nil, nil
}

func (s *Store) turn(district string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turns[district] == nil {
		s.turns[district] = make(chan struct{}, 1)
	}
	return s.turns[district]
}

// hold puts a network into memory and drops what is too much.
func (s *Store) hold(snap *Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uses++
	s.held[snap.District] = &holding{snap, s.uses}
	for len(s.held) > kept {
		oldest := ""
		for district, h := range s.held {
			if oldest == "" || h.used < s.held[oldest].used {
				oldest = district
			}
		}
		delete(s.held, oldest)
	}
}

func (s *Store) drop(district string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, district)
}

// Run rebuilds the networks in memory when what they are made of changes, until
// ctx ends.
func (s *Store) Run(ctx context.Context) error {
	return s.watch.Run(ctx, s.db, func(ctx context.Context, districts map[string]bool) map[string]error {
		went := make(map[string]error, len(districts))
		for district := range districts {
			went[district] = nil // also of one that is not in memory any more
		}
		for _, district := range s.heldOf(districts) {
			went[district] = panics.Contain(func() error { return s.refresh(ctx, district) })
			if err := went[district]; err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "the walking network could not be rebuilt", "district", district, "error", err)
			}
		}
		return went
	})
}

// refresh brings a network that is in memory up to date.
func (s *Store) refresh(ctx context.Context, district string) error {
	snap, err := s.Snapshot(ctx, district)
	switch {
	case errors.Is(err, postgis.ErrNotFound):
		s.drop(district)
		return nil
	case err != nil:
		return err
	}
	s.log.DebugContext(ctx, "walking network", "district", district, "nodes", snap.Status.Nodes, "seconds", snap.Status.Seconds)
	return nil
}

// heldOf returns those of some districts ("" is all) that are in memory: the
// others are built when somebody asks.
func (s *Store) heldOf(some map[string]bool) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var districts []string
	for _, district := range slices.Sorted(maps.Keys(s.held)) {
		if some[""] || some[district] {
			districts = append(districts, district)
		}
	}
	return districts
}
