package postgis_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// hearing notes the statements of pools by their names.
type hearing struct {
	mu    sync.Mutex
	heard map[string][]string
}

func (h *hearing) of(pool string) pgx.QueryTracer { return &hearer{h, pool} }

func (h *hearing) holds(pool, sql string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.heard[pool], sql)
}

type hearer struct {
	*hearing
	pool string
}

func (h *hearer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard[h.pool] = append(h.heard[h.pool], data.SQL)
	return ctx
}

func (*hearer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestStatementsOfEveryPoolAreWatched(t *testing.T) {
	h := &hearing{heard: map[string][]string{}}
	db, err := postgis.OpenWatched(t.Context(), postgistest.New(t).URL(), discard(), h.of)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Pool.Exec(t.Context(), `select 1`); err != nil {
		t.Fatal(err)
	}
	if !h.holds("main", `select 1`) {
		t.Error("a statement of the pool for all was not heard of")
	}
	if err := db.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.mu.Lock(); len(h.heard["follow"]) == 0 {
		t.Error("the look at what others changed was not heard of")
	}
	h.mu.Unlock()
	// A reader that sets its own tracer, or none, is watched all the same.
	reader, err := db.NewReader("tiles", func(c *pgxpool.Config) { c.ConnConfig.Tracer = nil })
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	err = reader.Read(t.Context(), func(ctx context.Context, conn *pgxpool.Conn) error {
		_, err := conn.Exec(ctx, `select 2`)
		return err
	})
	if err != nil || !h.holds("tiles", `select 2`) {
		t.Errorf("a statement of a reader was not heard of (%v)", err)
	}
}

func TestAWatchedPoolKeepsItsPatience(t *testing.T) {
	h := &hearing{heard: map[string][]string{}}
	db, err := postgis.OpenWatched(t.Context(), postgistest.New(t).URL(), discard(), h.of)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range db.Pool.Config().MaxConns {
		conn, err := db.Pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Release()
	}
	began := time.Now()
	if _, err := db.Pool.Acquire(postgis.Waiter(t.Context(), time.Minute)); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}
