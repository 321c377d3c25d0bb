package postgis

import (
	"context"
	"slices"
	"sync"
	"time"
)

const firstPause, longestPause = 2 * time.Second, time.Minute

// Watch notes the districts in which layers have changed, for work in the
// background that follows them. Use NewWatch.
type Watch struct {
	layers []string

	mu      sync.Mutex
	pending map[string]bool // districts to look at; "" is all
	wake    chan struct{}   // filled when pending is
}

// NewWatch makes a watch of layers. A change of layer "" is one of all.
func NewWatch(layers ...string) *Watch {
	return &Watch{layers: append(layers, ""), pending: map[string]bool{}, wake: make(chan struct{}, 1)}
}

// Look notes a district ("": all), as a change does.
func (w *Watch) Look(district string) {
	w.mu.Lock()
	w.pending[district] = true
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run gives the noted districts to update, again and again until ctx ends. Update
// answers for every one of them how that went, nil where well; those that it
// failed for are tried again after a pause that grows.
func (w *Watch) Run(ctx context.Context, db *DB, update func(ctx context.Context, districts map[string]bool) map[string]error) error {
	db.OnChange(w.hear)
	pause := firstPause
	again := time.NewTimer(pause)
	again.Stop()
	defer again.Stop()
	failed := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.wake:
		case <-again.C:
			for district := range failed {
				w.Look(district)
			}
			continue
		}
		went := update(ctx, w.take())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for district, err := range went {
			if err == nil {
				delete(failed, district)
			} else {
				failed[district] = true
			}
		}
		if len(failed) == 0 {
			pause = firstPause
			continue
		}
		again.Reset(pause)
		pause = min(2*pause, longestPause)
	}
}

// hear is called by who commits, and must be quick.
func (w *Watch) hear(changes []Change) {
	for _, c := range changes {
		if slices.Contains(w.layers, c.Layer) {
			w.Look(c.District)
		}
	}
}

// take takes the districts that were noted.
func (w *Watch) take() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	pending := w.pending
	w.pending = map[string]bool{}
	return pending
}
