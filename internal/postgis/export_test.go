package postgis

import (
	"context"

	"github.com/google/uuid"
)

// ErrNotMade is what Outcome says of a transaction that was not made.
var ErrNotMade = errNotMade

// Outcome finds out what became of a transaction.
func (db *DB) Outcome(ctx context.Context, mark uuid.UUID, xid string) error {
	return db.outcome(ctx, token{mark: mark, xid: xid})
}
