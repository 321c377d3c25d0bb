// Package faults kills, starves and cuts off the real service, as child
// processes of these tests, and compares what it has acknowledged with what is in
// the database afterwards. A seed repeats a run; -rounds makes it longer.
package faults

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

var (
	rounds = flag.Int("rounds", 6, "how often the service is killed")
	seed   = flag.Uint64("seed", 0, "of what is done and when; 0 takes one from the clock")
	long   = flag.Bool("long", false, "the long form of the other tests")
)

// rolls returns the seed of a test, which it prints.
func rolls(t *testing.T) uint64 {
	t.Helper()
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", s)
	return s
}

// madeDirectories go when all tests have ended.
var madeDirectories []string

func TestMain(m *testing.M) {
	flag.Parse()
	code := apptest.Main(m)
	for _, dir := range madeDirectories {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// openDirectory makes a directory that the database's user may enter.
func openDirectory() (string, error) {
	dir, err := os.MkdirTemp(postgis.Scratch(), fmt.Sprintf("lianpian-test-%d-", os.Getpid()))
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// cluster is a directory with the private server's files and a migrated database,
// made once.
var cluster = sync.OnceValues(func() (string, error) {
	dir, err := openDirectory()
	if err != nil {
		return "", err
	}
	madeDirectories = append(madeDirectories, dir)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	log := slog.New(slog.DiscardHandler)
	server, err := postgis.StartServer(ctx, filepath.Join(dir, "postgres"), log)
	if err != nil {
		return "", err
	}
	defer server.Stop()
	return filepath.Join(dir, "postgres"), postgis.Migrate(ctx, server.URL(), log)
})

// furnishCluster gives a data directory the files of a private server with a
// migrated database.
func furnishCluster(t *testing.T, dir string) string {
	t.Helper()
	from, err := cluster()
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "postgres")
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy the files of a server: %v: %s", err, out)
	}
	return to
}

// world is a database with a district and a person who works in it.
type world struct {
	t        *testing.T
	pool     *pgxpool.Pool // to look at what is really there
	url      string
	district string
	cookie   string
	seeds    atomic.Uint64 // of proposals
}

// furnish gives a migrated database a district, communities and a signed-in
// administrator.
func furnish(t *testing.T, db *postgis.DB) *world {
	t.Helper()
	w := &world{t: t, pool: db.Pool, url: db.URL()}
	w.district = postgistest.District(t, db)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	accounts, err := account.New(db, account.Config{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := accounts.EnsureAdministrator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.cookie, _, err = accounts.Redeem(ctx, token, "127.0.0.1", "faults")
	if err != nil {
		t.Fatal(err)
	}
	w.communities(ctx)
	return w
}

const communities = 12

// communities puts a grid of communities into the district, 400 m apart, and a
// larger one, of which proposals are not made at once.
func (w *world) communities(ctx context.Context) {
	w.t.Helper()
	_, err := w.pool.Exec(ctx, `
		insert into community (district_code, code, name, subdistrict_code, households, built_year, floor_area_m2, geom, source)
		select $1, 'c' || n, n || '号院', '500110001', 100 + n, 1990, 8000,
		       ST_Multi(ST_MakeEnvelope(106.9 + (n % 4) * 0.004, 28.95 + (n / 4) * 0.004, 106.903 + (n % 4) * 0.004, 28.953 + (n / 4) * 0.004, 4490)), 'test'
		from generate_series(0, $2 - 1) n`, w.district, communities)
	if err == nil {
		_, err = w.pool.Exec(ctx, `
			insert into community (district_code, code, name, subdistrict_code, households, built_year, floor_area_m2, geom, source)
			select $1, 'g' || n, n || '组团', '500110002', 40 + n * 37 % 150, 1985, 6000,
			       ST_Multi(ST_MakeEnvelope(107.0 + (n % 12) * 0.002, 28.95 + (n / 12) * 0.002, 107.0015 + (n % 12) * 0.002, 28.9515 + (n / 12) * 0.002, 4490)), 'test'
			from generate_series(0, 143) n`, w.district)
	}
	if err != nil {
		w.t.Fatalf("put communities into the district: %v", err)
	}
}

// one asks the database for one value.
func one[T any](w *world, sql string, args ...any) (v T) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := w.pool.QueryRow(ctx, sql, args...).Scan(&v); err != nil {
		w.t.Fatalf("%s: %v", strings.Join(strings.Fields(sql), " "), err)
	}
	return v
}

// texts asks the database for a list.
func texts(w *world, sql string, args ...any) []string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	rows, err := w.pool.Query(ctx, sql, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func eventually(t *testing.T, patience time.Duration, what string, done func() bool) time.Duration {
	t.Helper()
	begun := time.Now()
	for !done() {
		if time.Since(begun) > patience {
			t.Fatalf("%s: not within %s", what, patience)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(begun)
}
