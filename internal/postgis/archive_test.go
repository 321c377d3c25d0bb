package postgis_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// archived is a private server that keeps an archive.
type archived struct {
	dir, archive string
	server       *postgis.Server
	conn         *pgx.Conn
}

func startArchived(ctx context.Context, t *testing.T) *archived {
	t.Helper()
	a := &archived{dir: clusterDirectory(t)}
	a.archive = filepath.Join(filepath.Dir(a.dir), "it's 100% archived")
	if err := postgis.KeepArchive(a.dir, a.archive, discard()); err != nil {
		t.Fatal(err)
	}
	a.start(ctx, t)
	a.exec(ctx, t, `create table zone (id int primary key, name text)`)
	a.exec(ctx, t, `insert into zone select n, '片区 ' || n from generate_series(1, 100) n`)
	return a
}

func (a *archived) start(ctx context.Context, t *testing.T) {
	t.Helper()
	var err error
	if a.server, err = postgis.StartServer(ctx, a.dir, discard()); err != nil {
		t.Fatal(err)
	}
	if a.conn, err = pgx.Connect(ctx, a.server.URL()); err != nil {
		t.Fatal(err)
	}
	server, conn := a.server, a.conn
	t.Cleanup(func() { conn.Close(context.Background()); server.Stop() })
}

func (a *archived) stop(ctx context.Context) {
	a.conn.Close(ctx)
	a.server.Stop()
}

func (a *archived) exec(ctx context.Context, t *testing.T, sql string) {
	t.Helper()
	if _, err := a.conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}

func (a *archived) digest(ctx context.Context, t *testing.T) (digest string) {
	t.Helper()
	if err := a.conn.QueryRow(ctx, `select count(*) || ' ' || coalesce(md5(string_agg(z::text, ',' order by id)), '') from zone z`).Scan(&digest); err != nil {
		t.Fatal(err)
	}
	return digest
}

func (a *archived) now(ctx context.Context, t *testing.T) (at time.Time) {
	t.Helper()
	if err := a.conn.QueryRow(ctx, `select clock_timestamp()`).Scan(&at); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	return at
}

func TestRecoveryGoesBackToAMoment(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	a := startArchived(ctx, t)
	early := a.now(ctx, t).Add(-time.Hour)
	base := filepath.Join(t.TempDir(), "base")
	if err := postgis.TakeBase(ctx, a.server.URL(), base); err != nil {
		t.Fatal(err)
	}
	a.exec(ctx, t, `update zone set name = name || ' 改' where id % 3 = 0`)
	a.exec(ctx, t, `select pg_switch_wal()`)
	a.exec(ctx, t, `insert into zone select n, '新 ' || n from generate_series(101, 150) n`)
	want := a.digest(ctx, t)
	moment := a.now(ctx, t)
	a.exec(ctx, t, `delete from zone where id > 10`) // the damage
	a.exec(ctx, t, `insert into zone values (999, 'after')`)
	later := a.digest(ctx, t)

	recovery := postgis.Recovery{Dir: a.dir, Base: base, Archive: a.archive, Until: moment, Now: time.Now()}
	if _, _, err := postgis.Recover(ctx, recovery, discard()); !errors.Is(err, postgis.ErrServerInUse) {
		t.Errorf("while the server runs: %v", err)
	}
	a.stop(ctx)
	if _, _, err := postgis.Recover(ctx, recovery, discard()); !errors.Is(err, postgis.ErrClusterExists) {
		t.Errorf("onto a database that is there: %v", err)
	}
	recovery.Replace = true
	recovery.Until = early
	if _, _, err := postgis.Recover(ctx, recovery, discard()); !errors.Is(err, postgis.ErrTooEarly) {
		t.Errorf("before the base backup: %v", err)
	}
	recovery.Until = moment.Add(24 * time.Hour)
	if _, _, err := postgis.Recover(ctx, recovery, discard()); !errors.Is(err, postgis.ErrUnreached) {
		t.Errorf("beyond the archive: %v", err)
	}
	a.start(ctx, t)
	if got := a.digest(ctx, t); got != later {
		t.Errorf("refused recoveries changed the database: %s, was %s", got, later)
	}
	a.stop(ctx)

	recovery.Until = moment
	aside, last, err := postgis.Recover(ctx, recovery, discard())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(aside, "PG_VERSION")); err != nil {
		t.Errorf("the earlier database is gone: %v", err)
	}
	if last.IsZero() || last.After(moment) {
		t.Errorf("the last transaction is of %s, the moment %s", last, moment)
	}
	a.start(ctx, t)
	if got := a.digest(ctx, t); got != want {
		t.Errorf("recovered %s, want %s", got, want)
	}
	a.exec(ctx, t, `insert into zone values (1000, 'goes on')`)
}

func TestDamagedBaseBackupIsRefused(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	a := startArchived(ctx, t)
	base := filepath.Join(t.TempDir(), "base")
	if err := postgis.TakeBase(ctx, a.server.URL(), base); err != nil {
		t.Fatal(err)
	}
	if err := postgis.TakeBase(ctx, a.server.URL(), base); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another one: %v", err)
	}
	before := a.digest(ctx, t)
	a.stop(ctx)
	version := filepath.Join(base, "base/1/PG_VERSION")
	if err := os.WriteFile(version, []byte("51\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := postgis.Recovery{Dir: a.dir, Base: base, Archive: a.archive, Replace: true, Now: time.Now()}
	if _, _, err := postgis.Recover(ctx, r, discard()); !errors.Is(err, postgis.ErrBaseDamaged) {
		t.Errorf("got %v", err)
	}
	a.start(ctx, t)
	if got := a.digest(ctx, t); got != before {
		t.Errorf("the database changed: %s, was %s", got, before)
	}
}

func TestArchiveIsKeptByWhoeverStartsTheServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	a := startArchived(ctx, t)
	a.stop(ctx)
	a.start(ctx, t) // no word of the archive
	a.exec(ctx, t, `insert into zone values (201, 'x')`)
	var segment string
	if err := a.conn.QueryRow(ctx, `select pg_walfile_name(pg_switch_wal())`).Scan(&segment); err != nil {
		t.Fatal(err)
	}
	for {
		if info, err := os.Stat(filepath.Join(a.archive, segment)); err == nil && info.Size() == 16<<20 {
			break
		}
		waitBriefly(t)
	}
	if kept, err := postgis.Archive(a.dir); err != nil || kept != a.archive {
		t.Errorf("archive %q, %v", kept, err)
	}
	if err := postgis.KeepArchive(a.dir, "", discard()); err != nil {
		t.Fatal(err)
	}
	if kept, err := postgis.Archive(a.dir); err != nil || kept != "" {
		t.Errorf("archive %q, %v", kept, err)
	}
}
