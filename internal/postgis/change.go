package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// channel is where committed changes are announced to other processes.
const channel = "lianpian_change"

// Change says that features of one layer of a district changed inside a bound
// (longitude/latitude). A zero bound stands for the whole district, and a zero
// Change for everything.
type Change struct {
	District string    `json:"district"`
	Layer    string    `json:"layer"`
	Bound    orb.Bound `json:"bound"`
}

// Everywhere tells whether the change is not limited to a bound.
func (c Change) Everywhere() bool { return c.Bound == orb.Bound{} }

type announcement struct {
	Origin  string   `json:"origin"`
	Changes []Change `json:"changes"`
}

// OnChange subscribes fn to the changes that this process commits and, while
// Listen runs, to those of other processes. It is called synchronously and must
// be quick; it cannot be taken back.
func (db *DB) OnChange(fn func([]Change)) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.subscribers = append(db.subscribers, fn)
}

func (db *DB) tell(changes []Change) {
	if len(changes) == 0 {
		return
	}
	db.mu.RLock()
	subscribers := db.subscribers
	db.mu.RUnlock()
	for _, fn := range subscribers {
		fn(changes)
	}
}

// notify announces the changes inside tx, so that others hear of them only when
// it commits. PostgreSQL limits a payload to 8,000 bytes; longer lists go out
// in pieces.
func (db *DB) notify(ctx context.Context, tx pgx.Tx, changes []Change) error {
	const perPayload = 40
	for start := 0; start < len(changes); start += perPayload {
		payload, err := json.Marshal(announcement{db.origin, changes[start:min(start+perPayload, len(changes))]})
		if err != nil {
			return fmt.Errorf("encode changes: %w", err)
		}
		if _, err := tx.Exec(ctx, `select pg_notify($1, $2)`, channel, string(payload)); err != nil {
			return fmt.Errorf("announce changes: %w", err)
		}
	}
	return nil
}

// Listen tells the subscribers what other processes commit, until ctx ends. It
// reconnects by itself; since announcements may have been missed meanwhile, a
// reconnect is told as a change of everything.
func (db *DB) Listen(ctx context.Context) error {
	first := true
	for {
		err := db.listenOnce(ctx, first)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		first = false
		db.log.Warn("listening for changes was interrupted", "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func (db *DB) listenOnce(ctx context.Context, first bool) error {
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if _, err := conn.Exec(ctx, `listen `+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if !first {
		db.tell([]Change{{}})
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait: %w", err)
		}
		var a announcement
		if err := json.Unmarshal([]byte(n.Payload), &a); err != nil {
			db.log.Warn("an announcement could not be read", "error", err)
			continue
		}
		if a.Origin != db.origin {
			db.tell(a.Changes)
		}
	}
}

// mergeChanges joins the bounds of changes of one layer when there are many, so
// that a bulk write announces an extent and not each of its rows.
func mergeChanges(changes []Change) []Change {
	const keepApart = 16
	if len(changes) <= keepApart {
		return changes
	}
	type key struct{ district, layer string }
	merged := map[key]int{}
	var out []Change
	for _, c := range changes {
		k := key{c.District, c.Layer}
		at, seen := merged[k]
		switch {
		case !seen:
			merged[k] = len(out)
			out = append(out, c)
		case out[at].Everywhere() || c.Everywhere():
			out[at].Bound = orb.Bound{}
		default:
			out[at].Bound = out[at].Bound.Union(c.Bound)
		}
	}
	return out
}
