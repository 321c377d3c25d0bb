package postgis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// asleep counts the backends of the test's database that sleep.
func asleep(t *testing.T, db *postgis.DB) (n int) {
	t.Helper()
	err := db.Pool.QueryRow(context.Background(), `select count(*) from pg_stat_activity
		where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAQueryThatNobodyWaitsForEndsAtTheServer(t *testing.T) {
	db := postgistest.New(t)
	before := db.Pool.Stat().NewConnsCount()
	ctx, leave := context.WithCancel(postgis.Waiter(t.Context(), time.Minute))
	ended := make(chan error, 1)
	go func() {
		_, err := db.Pool.Exec(ctx, `select pg_sleep(30)`)
		ended <- err
	}()
	for asleep(t, db) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	leave()
	if err := <-ended; err == nil {
		t.Error("the query came to its end")
	}
	// It would sleep for half a minute.
	for deadline := time.Now().Add(10 * time.Second); asleep(t, db) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server still sleeps 10 s after its client has gone")
		}
	}
	if made := db.Pool.Stat().NewConnsCount() - before; made > 2 {
		t.Errorf("%d connections were made anew", made)
	}
}

func TestTheServerItselfEndsWhatTakesTooLong(t *testing.T) {
	db := postgistest.New(t)
	began := time.Now()
	_, err := db.Pool.Exec(postgis.Waiter(t.Context(), 50*time.Millisecond), `select pg_sleep(30)`)
	if !postgis.Overtaken(err) || time.Since(began) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	if _, err := db.Pool.Exec(t.Context(), `select pg_sleep(0.2)`); err != nil {
		t.Errorf("work without a limit, on the same connection: %v", err)
	}
	var limit, idle string
	if err := db.Pool.QueryRow(postgis.Waiter(t.Context(), 7*time.Second), `select current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')`).Scan(&limit, &idle); err != nil || limit != "7s" || idle != "12s" {
		t.Errorf("limits %s and %s, %v", limit, idle, err)
	}
}

func TestARequestDoesNotHangForAConnection(t *testing.T) {
	db := postgistest.New(t)
	var held []*pgxpool.Conn
	defer func() {
		for _, conn := range held {
			conn.Release()
		}
	}()
	for range db.Pool.Config().MaxConns {
		conn, err := db.Pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	began := time.Now()
	err := db.Write(postgis.Waiter(t.Context(), time.Minute), func(context.Context, *postgis.Tx) error { return nil })
	if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took < 4*time.Second || took > 8*time.Second {
		t.Errorf("after %s: %v", took, err)
	}
}
