package postgis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// TestWhatBecameOfACommit asks as who got no answer to a commit does. After a crash
// the server gives numbers of transactions again that had not reached its disk.
func TestWhatBecameOfACommit(t *testing.T) {
	db := postgistest.New(t)
	var mark uuid.UUID
	var xid string
	ask := func(sql string, to any, args ...any) {
		t.Helper()
		if err := db.Pool.QueryRow(t.Context(), sql, args...).Scan(to); err != nil {
			t.Fatal(err)
		}
	}
	err := db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		tx.Changed(postgis.Change{District: "500110", Layer: "zones"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ask(`select mark from commit_mark`, &mark)
	ask(`select xmin::text from commit_mark`, &xid)
	var future string
	ask(`select (pg_current_xact_id()::text::numeric + 100000)::text`, &future)
	lost := uuid.New()
	for name, c := range map[string]struct {
		mark uuid.UUID
		xid  string
		want error
	}{
		"it was made": {mark, xid, nil},
		"its number was given to one that was made": {lost, xid, postgis.ErrNotMade},
		"its number has not been given again":       {lost, future, postgis.ErrNotMade},
	} {
		t.Run(name, func(t *testing.T) {
			if err := db.Outcome(t.Context(), c.mark, c.xid); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}

	for name, end := range map[string]struct {
		do   func(pgx.Tx, context.Context) error
		want error
	}{
		"it is made while one asks":       {pgx.Tx.Commit, nil},
		"it is taken back while one asks": {pgx.Tx.Rollback, postgis.ErrNotMade},
	} {
		t.Run(name, func(t *testing.T) {
			tx, err := db.Pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			mark := uuid.New()
			if err := tx.QueryRow(t.Context(), `insert into commit_mark (mark) values ($1) returning pg_current_xact_id()::text`, mark).Scan(&xid); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			time.AfterFunc(250*time.Millisecond, func() { ended <- end.do(tx, context.Background()) })
			if err := db.Outcome(t.Context(), mark, xid); !errors.Is(err, end.want) {
				t.Errorf("%v, want %v", err, end.want)
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}
