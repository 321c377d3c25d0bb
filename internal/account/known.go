package account

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
)

// LayerPeople is that of changes of accounts and of their sessions. They are told so
// that no process goes on with a session that another one has ended.
const LayerPeople = "people"

// mostKnown bounds how many sessions are remembered.
const mostKnown = 20_000

// known remembers sessions that were looked up, for as long as touchEvery, or until
// it is heard of any change of people. Every process has heard of what was committed
// before a request came (httpapi), so a session that was ended, or a scope that was
// changed, counts at once all the same.
type known struct {
	mu       sync.Mutex
	sessions map[[sha256.Size]byte]remembered
	changes  uint64 // how often a change was heard of
}

type remembered struct {
	session Session
	since   time.Time
}

// hear forgets everything where people have changed.
func (k *known) hear(changes []postgis.Change) {
	if !slices.ContainsFunc(changes, func(c postgis.Change) bool { return c.Layer == LayerPeople || c.Layer == "" }) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.sessions)
	k.changes++
}

// heard is how often a change was heard of: what is read from then on may be kept as
// long as it stays the same.
func (k *known) heard() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changes
}

func (k *known) session(hash []byte, now time.Time) (Session, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, ok := k.sessions[[sha256.Size]byte(hash)]
	if !ok || now.Sub(r.since) >= touchEvery || now.Before(r.since) || !now.Before(r.session.ExpiresAt) {
		return Session{}, false
	}
	return r.session, true
}

func (k *known) keep(hash []byte, s Session, now time.Time, heard uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.changes != heard {
		return
	}
	if k.sessions == nil || len(k.sessions) >= mostKnown {
		k.sessions = map[[sha256.Size]byte]remembered{}
	}
	k.sessions[[sha256.Size]byte(hash)] = remembered{s, now}
}

// write is a transaction that changes people, of which every process hears.
func (s *Store) write(ctx context.Context, fn func(ctx context.Context, tx *postgis.Tx) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		tx.Changed(postgis.Change{Layer: LayerPeople, Everybody: true})
		return fn(ctx, tx)
	})
}
