package postgis

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// channel is where it is announced that there are changes to read.
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

// OnChange subscribes fn to what is committed by this process, before Write
// returns, and by others, at the latest when CatchUp returns. It is called
// synchronously and must be quick; it cannot be taken back.
func (db *DB) OnChange(fn func([]Change)) {
	db.OnSequence(func(_ int64, changes []Change) { fn(changes) })
}

// OnSequence is OnChange for those who tell others how far they have heard: seq
// grows with every call, and everything up to it has been told. It is 0 for
// changes that may come once more with their number.
func (db *DB) OnSequence(fn func(seq int64, changes []Change)) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.subscribers = append(db.subscribers, fn)
}

func (db *DB) tell(seq int64, changes []Change) {
	if len(changes) == 0 {
		return
	}
	db.mu.RLock()
	subscribers := db.subscribers
	db.mu.RUnlock()
	for _, fn := range subscribers {
		fn(seq, changes)
	}
}

// announce writes down what a transaction changed, and returns the transaction's
// number. It must be the last thing that the transaction does.
func announce(ctx context.Context, tx pgx.Tx, changes []Change) (xid string, err error) {
	statement, args := `select pg_current_xact_id()::text`, []any{}
	if len(changes) > 0 {
		encoded, err := json.Marshal(changes)
		if err != nil {
			return "", fmt.Errorf("encode changes: %w", err)
		}
		statement, args = `select pg_current_xact_id()::text from announce_change($1)`, []any{encoded}
	}
	if err := tx.QueryRow(ctx, statement, args...).Scan(&xid); err != nil {
		return "", fmt.Errorf("announce changes: %w", err)
	}
	return xid, nil
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
