// Package postgistest gives each test a real, migrated PostGIS database of its
// own, cloned from a template. It is for tests only.
package postgistest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/migrations"
)

// AddressVariable names the environment variable with the address of a server
// that tests may create databases on. Without it, every test binary starts a
// private server of its own, in memory-backed storage where there is some.
const AddressVariable = "LIANPIAN_TEST_DATABASE_URL"

// server finds or starts the server once per test binary. It is never stopped
// explicitly: it ends with the process, by the parent-death signal.
var server = sync.OnceValues(func() (string, error) {
	if address := os.Getenv(AddressVariable); address != "" {
		return address, nil
	}
	base := postgis.Scratch()
	sweep(base)
	dir, err := os.MkdirTemp(base, fmt.Sprintf("lianpian-test-%d-", os.Getpid()))
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := postgis.StartServer(ctx, filepath.Join(dir, "cluster"), slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	return s.URL(), nil
})

// sweep removes the clusters of test binaries that are gone.
func sweep(base string) {
	old, err := filepath.Glob(filepath.Join(base, "lianpian-test-*"))
	if err != nil {
		return
	}
	for _, dir := range old {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(dir), "lianpian-test-%d-", &pid); err != nil {
			continue
		}
		if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); os.IsNotExist(err) {
			_ = os.RemoveAll(dir)
		}
	}
}

// New returns a migrated, empty database that nobody else uses and that is
// dropped when the test ends.
func New(t testing.TB) *postgis.DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	address, admin := administer(ctx, t)
	defer admin.Close(context.Background())
	template, err := ensureTemplate(ctx, admin, address)
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := admin.Exec(ctx, fmt.Sprintf(`create database %s template %s strategy file_copy`, name, template)); err != nil {
		t.Fatalf("clone the template database: %v", err)
	}
	db, err := postgis.Open(ctx, postgis.OnDatabase(address, name), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(func() {
		db.Close()
		drop(t, address, name)
	})
	return db
}

// Empty returns the address of a database in which nothing is, not even a schema; it
// is dropped when the test ends.
func Empty(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	address, admin := administer(ctx, t)
	defer admin.Close(context.Background())
	name := fmt.Sprintf("empty_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := admin.Exec(ctx, fmt.Sprintf(`create database %s template template0 encoding 'UTF8'`, name)); err != nil {
		t.Fatalf("make an empty database: %v", err)
	}
	t.Cleanup(func() { drop(t, address, name) })
	return postgis.OnDatabase(address, name)
}

// administer connects to the server that databases are made on.
func administer(ctx context.Context, t testing.TB) (address string, admin *pgx.Conn) {
	t.Helper()
	address, err := server()
	if err != nil {
		t.Fatalf("start a database server for tests: %v", err)
	}
	admin, err = pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	return address, admin
}

// drop removes a database, whoever is still connected to it.
func drop(t testing.TB, server, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Logf("drop the test database: %v", err)
		return
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, fmt.Sprintf(`drop database if exists %s with (force)`, name)); err != nil {
		t.Logf("drop the test database: %v", err)
	}
}

// Connect opens a connection of its own to a test's database, closed when the test
// ends.
func Connect(t testing.TB, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatalf("connect to the test database: %v", err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// Blocked waits until a session of a test's database waits for a lock.
func Blocked(t testing.TB, db *postgis.DB) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var blocked bool
		err := db.Pool.QueryRow(t.Context(), `
			select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')`).Scan(&blocked)
		if err != nil {
			t.Fatal(err)
		}
		if blocked {
			return
		}
	}
	t.Fatal("no session waits for a lock")
}

// ensureTemplate makes the migrated template once per server and schema: its
// name carries a digest of the migrations.
func ensureTemplate(ctx context.Context, admin *pgx.Conn, address string) (string, error) {
	digest, err := migrationsDigest()
	if err != nil {
		return "", err
	}
	name := "template_" + digest
	if _, err := admin.Exec(ctx, `select pg_advisory_lock(hashtext($1))`, name); err != nil {
		return "", err
	}
	defer admin.Exec(ctx, `select pg_advisory_unlock(hashtext($1))`, name)
	var finished bool
	if err := admin.QueryRow(ctx, `select coalesce((select datistemplate from pg_database where datname = $1), false)`, name).Scan(&finished); err != nil {
		return "", err
	}
	if finished {
		return name, nil
	}
	for _, statement := range []string{
		`drop database if exists ` + name,
		`create database ` + name,
	} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	if err := postgis.Migrate(ctx, postgis.OnDatabase(address, name), slog.New(slog.DiscardHandler)); err != nil {
		return "", err
	}
	_, err = admin.Exec(ctx, `update pg_database set datistemplate = true, datallowconn = false where datname = $1`, name)
	return name, err
}

func migrationsDigest() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(migrations.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(migrations.Files, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d\n", path, len(content))
		h.Write(content)
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)[:6]), err
}

// District inserts a small district "500110" (106.8–107.1 E, 28.9–29.1 N) under
// wansheng-2020 with the subdistricts "500110001" 万盛街道 (its west half) and
// "500110002" 东林街道 (its east half), and returns its code.
func District(t testing.TB, db *postgis.DB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	const code = "500110"
	_, err := db.Pool.Exec(ctx, `
		insert into district (code, name, boundary, gk_srid, policy_key, policy_version, profile_key)
		values ($1, '万盛经开区', ST_Multi(ST_MakeEnvelope(106.8, 28.9, 107.1, 29.1, 4490)), 4545, 'wansheng-2020', '1', 'gb50180')`, code)
	if err != nil {
		t.Fatalf("insert the district: %v", err)
	}
	_, err = db.Pool.Exec(ctx, `
		insert into subdistrict (district_code, code, name, geom)
		values ($1, '500110001', '万盛街道', ST_Multi(ST_MakeEnvelope(106.8, 28.9, 106.95, 29.1, 4490))),
		       ($1, '500110002', '东林街道', ST_Multi(ST_MakeEnvelope(106.95, 28.9, 107.1, 29.1, 4490)))`, code)
	if err != nil {
		t.Fatalf("insert the subdistricts: %v", err)
	}
	return code
}
