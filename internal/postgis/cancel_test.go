package postgis_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// TestALateCancellationMeetsNobodyElse stops the server's first process, which takes
// cancellations, while a query is cancelled that ends by itself just then. The next
// query on the same pool is another person's.
func TestALateCancellationMeetsNobodyElse(t *testing.T) {
	t.Parallel() // it waits most of the time
	dir := clusterDirectory(t)
	server, err := postgis.StartServer(t.Context(), dir, discard())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	content, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	if err != nil || first < 2 {
		t.Fatalf("the first process: %d %v", first, err)
	}
	for name, late := range map[string]time.Duration{
		"it comes a little later":             400 * time.Millisecond,
		"it comes when nobody waits any more": 1500 * time.Millisecond,
	} {
		t.Run(name, func(t *testing.T) {
			config, err := pgxpool.ParseConfig(server.URL())
			if err != nil {
				t.Fatal(err)
			}
			config.MaxConns = 1
			config.PrepareConn = postgis.Alive
			config.ConnConfig.BuildContextWatcherHandler = postgis.CancelWithin(time.Second)
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			if err := pool.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(first, syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			goesOn := time.AfterFunc(late, func() { _ = syscall.Kill(first, syscall.SIGCONT) })
			defer func() {
				goesOn.Stop()
				_ = syscall.Kill(first, syscall.SIGCONT)
			}()
			ctx, leave := context.WithTimeout(t.Context(), 150*time.Millisecond)
			defer leave()
			_, _ = pool.Exec(ctx, `select pg_sleep(0.2)`)
			if _, err := pool.Exec(t.Context(), `select pg_sleep(2)`); err != nil {
				t.Errorf("somebody else's query: %v", err)
			}
		})
	}
}

// TestManyCancellationsMeetNobodyElse cancels queries about when they end.
func TestManyCancellationsMeetNobodyElse(t *testing.T) {
	db := postgistest.New(t)
	var asking sync.WaitGroup
	var cancelled, asked atomic.Int64
	end := time.Now().Add(2 * time.Second)
	for range 8 {
		asking.Go(func() {
			for time.Now().Before(end) {
				ctx, leave := context.WithTimeout(t.Context(), time.Duration(rand.IntN(4000))*time.Microsecond)
				if _, err := db.Pool.Exec(ctx, `select pg_sleep(0.003)`); err != nil {
					cancelled.Add(1)
				}
				leave()
				if _, err := db.Pool.Exec(t.Context(), `select pg_sleep(0.002)`); err != nil {
					t.Errorf("somebody else's query: %v", err)
				}
				asked.Add(1)
			}
		})
	}
	asking.Wait()
	if cancelled.Load() == 0 {
		t.Error("nothing was cancelled")
	}
	t.Logf("%d of %d queries were cancelled", cancelled.Load(), asked.Load())
}
