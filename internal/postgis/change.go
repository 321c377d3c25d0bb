package postgis

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// channel is where it is announced that there are changes to read.
const channel = "lianpian_change"

// Change says that features of one layer of a district changed inside a bound
// (longitude/latitude). A zero bound stands for the whole district, Nowhere for no place
// on the map, and a zero Change for everything.
//
// The rest says whose business it is, beside that of those who see the whole
// district. A change that says nothing of it is nobody else's.
type Change struct {
	District string    `json:"district"`
	Layer    string    `json:"layer"`
	Bound    orb.Bound `json:"bound"`

	Everybody    bool     `json:"everybody,omitempty"`    // it holds nothing of one part of the district
	Subdistricts []string `json:"subdistricts,omitempty"` // codes: where what changed lies and lay
	Zones        []int64  `json:"zones,omitempty"`        // ids: what changed is theirs
	Together     bool     `json:"together,omitempty"`     // only of who sees all of these parts
	Person       string   `json:"person,omitempty"`       // name: what changed is only theirs
}

// Everywhere tells whether the change is not limited to a bound.
func (c Change) Everywhere() bool { return c.Bound == orb.Bound{} }

// Nowhere is the bound of a change that no map shows, only lists do: of a community
// that nobody has placed yet. It is empty, and a box around it and others is the one
// around those.
func Nowhere() orb.Bound { return orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}} }

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

// token is what a transaction is known by where its commit is not answered.
type token struct {
	mark uuid.UUID // of the row of commit_mark that it leaves
	xid  string    // its number, which another one may have after a crash
}

// announce is the last statement of a transaction: it leaves its mark and tells of its
// changes.
func announce(ctx context.Context, tx pgx.Tx, changes []Change) (token, error) {
	t := token{mark: uuid.New()}
	source, args := ``, []any{t.mark}
	if len(changes) > 0 {
		encoded, err := json.Marshal(changes)
		if err != nil {
			return t, fmt.Errorf("encode changes: %w", err)
		}
		source, args = ` from announce_change($2)`, append(args, encoded)
	}
	err := tx.QueryRow(ctx, `
		with marked as (insert into commit_mark (mark) values ($1))
		select pg_current_xact_id()::text`+source, args...).Scan(&t.xid)
	if err != nil {
		return t, fmt.Errorf("announce changes: %w", err)
	}
	return t, nil
}

// mergeChanges joins the bounds of changes of one layer when there are many, so
// that a bulk write announces an extent and not each of its rows.
func mergeChanges(changes []Change) []Change {
	const keepApart = 16
	if len(changes) <= keepApart {
		return changes
	}
	type key struct {
		district, layer, person string
		together                bool
	}
	merged := map[key]int{}
	var out []Change
	for _, c := range changes {
		k := key{c.District, c.Layer, c.Person, c.Together}
		at, seen := merged[k]
		if !seen {
			merged[k] = len(out)
			out = append(out, c)
			continue
		}
		m := &out[at]
		if m.Everywhere() || c.Everywhere() {
			m.Bound = orb.Bound{}
		} else {
			m.Bound = m.Bound.Union(c.Bound)
		}
		m.Everybody = m.Everybody || c.Everybody
		m.Subdistricts = both(m.Subdistricts, c.Subdistricts)
		m.Zones = both(m.Zones, c.Zones)
	}
	return out
}

// both is what is in either list, once.
func both[T cmp.Ordered](a, b []T) []T {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
