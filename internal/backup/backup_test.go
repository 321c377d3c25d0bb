package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/backup"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// service is a database with a district, its files, and a folder for backups.
type service struct {
	db       *postgis.DB
	address  string
	packages backup.Folder
	dir      string
}

func newService(t *testing.T) service {
	t.Helper()
	db := postgistest.New(t)
	postgistest.District(t, db)
	s := service{db: db, dir: t.TempDir(), address: db.Pool.Config().ConnString()}
	s.packages = backup.Folder{Name: "packages", Path: filepath.Join(s.dir, "packages")}
	if err := os.Mkdir(s.packages.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a.zip": "成果一", "b.json.gz": strings.Repeat("x", 100_000), ".making-1": "half"} {
		if err := os.WriteFile(filepath.Join(s.packages.Path, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s service) order() backup.Order {
	return backup.Order{Database: s.address, Folders: []backup.Folder{s.packages}, Software: "lianpian test"}
}

func (s service) make(t *testing.T, name string) (string, backup.Manifest) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	m, err := backup.Make(t.Context(), path, s.order())
	if err != nil {
		t.Fatal(err)
	}
	return path, m
}

// elsewhere is a place for a backup to come back to: a database that is not
// there yet.
func (s service) elsewhere(t *testing.T) backup.Return {
	t.Helper()
	name := fmt.Sprintf("returned_%d", time.Now().UnixNano())
	schema, err := postgis.NewestSchema()
	if err != nil {
		t.Fatal(err)
	}
	address := postgis.OnDatabase(s.address, name)
	t.Cleanup(func() { s.drop(name) })
	dir := t.TempDir()
	return backup.Return{
		Database: address, Schema: schema, Scratch: dir, Now: time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC),
		Folders: []backup.Folder{{Name: "packages", Path: filepath.Join(dir, "packages")}},
		Migrate: func(ctx context.Context, address string) error {
			return postgis.Migrate(ctx, address, slog.New(slog.DiscardHandler))
		},
	}
}

func (s service) drop(like string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	admin, err := pgx.Connect(ctx, postgis.OnDatabase(s.address, "postgres"))
	if err != nil {
		return
	}
	defer admin.Close(ctx)
	rows, _ := admin.Query(ctx, `select datname from pg_database where datname like $1 || '%'`, like)
	names, _ := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range names {
		_, _ = admin.Exec(ctx, `drop database if exists `+pgx.Identifier{name}.Sanitize()+` with (force)`)
	}
}

func leftDatabases(t *testing.T, s service) (count int) {
	t.Helper()
	err := s.db.Pool.QueryRow(t.Context(), `select count(*) from pg_database where datname like 'lianpian_restore_%'`).Scan(&count)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

func one[T any](t *testing.T, address, sql string) (value T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), sql).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestBackupComesBackAsItWas(t *testing.T) {
	s := newService(t)
	before := leftDatabases(t, s)
	path, m := s.make(t, "one.lpb")
	if m.Rows() == 0 || len(m.Tables) < 50 || m.Schema == 0 || m.PostGIS == "" || len(m.Files) != 2 {
		t.Fatalf("the manifest says little: %d rows, %d tables, schema %d, PostGIS %q, files %v", m.Rows(), len(m.Tables), m.Schema, m.PostGIS, m.Files)
	}
	if read, err := backup.Verify(t.Context(), path, nil); err != nil || read.Rows() != m.Rows() {
		t.Fatalf("verified: %d rows, %v", read.Rows(), err)
	}
	if _, err := backup.Check(t.Context(), path, s.address, s.dir, nil); err != nil {
		t.Fatal(err)
	}
	r := s.elsewhere(t)
	returned, err := backup.Restore(t.Context(), path, r)
	if err != nil {
		t.Fatal(err)
	}
	if returned.SetAside != "" || len(returned.SetFolder) != 0 {
		t.Errorf("something was set aside: %+v", returned)
	}
	if name := one[string](t, r.Database, `select name from district`); name != "万盛经开区" {
		t.Errorf("the district is called %q", name)
	}
	for _, file := range []string{"a.zip", "b.json.gz"} {
		want, err1 := os.ReadFile(filepath.Join(s.packages.Path, file))
		got, err2 := os.ReadFile(filepath.Join(r.Folders[0].Path, file))
		if err := errors.Join(err1, err2); err != nil || !bytes.Equal(want, got) {
			t.Errorf("%s came back otherwise: %v", file, err)
		}
	}
	if _, err := os.Stat(filepath.Join(r.Folders[0].Path, ".making-1")); err == nil {
		t.Error("an unfinished file was backed up")
	}
	if n := leftDatabases(t, s); n != before {
		t.Errorf("%d scratch databases were left", n-before)
	}
}

func TestBackupIsOfOneMomentWhilePeopleWrite(t *testing.T) {
	s := newService(t)
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	// Rows come in pairs, in one transaction: a backup of one moment has an even number.
	writing.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			_ = pgx.BeginFunc(ctx, s.db.Pool, func(tx pgx.Tx) error {
				for half := range 2 {
					_, err := tx.Exec(ctx, `insert into subdistrict (district_code, code, name, geom)
						select '500110', $1, '乡', geom from subdistrict where code = '500110001'`, fmt.Sprintf("5001%05d", 10+2*i+half))
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
	})
	for n := 0; n < 6; time.Sleep(5 * time.Millisecond) { // until they are at it
		if err := s.db.Pool.QueryRow(t.Context(), `select count(*) from subdistrict`).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	path, m := s.make(t, "busy.lpb")
	stop()
	writing.Wait()
	if _, err := backup.Check(t.Context(), path, s.address, s.dir, nil); err != nil {
		t.Fatal(err)
	}
	for _, table := range m.Tables {
		if table.Name == "subdistrict" && (table.Rows%2 != 0 || table.Rows < 4) {
			t.Errorf("%d subdistricts: not of one moment", table.Rows)
		}
	}
}

func TestDamagedBackupTouchesNothing(t *testing.T) {
	s := newService(t)
	before := leftDatabases(t, s)
	path, _ := s.make(t, "good.lpb")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(at int) []byte {
		bad := bytes.Clone(good)
		bad[at] ^= 0x40
		return bad
	}
	at := func(text string) int { return bytes.Index(good, []byte(text)) }
	cases := map[string][]byte{
		"empty":                      {},
		"another file":               []byte("PK\x03\x04 this is a package"),
		"cut off in the dump":        good[:len(good)/3],
		"without its manifest":       good[:at("manifest.json")],
		"cut off in the manifest":    good[:at(`"taken_at"`)],
		"a bit of the dump":          flip(at("PGDMP") + 9000),
		"a bit of a file":            flip(at("成果一")),
		"a header":                   flip(at("packages/a.zip") + 130),
		"a row less in the manifest": bytes.Replace(good, []byte(`"rows": 2,`), []byte(`"rows": 1,`), 1),
		"a checksum in the manifest": flip(at(`"sha256": "`) + 15),
	}
	for name, content := range cases {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad.lpb")
			if err := os.WriteFile(bad, content, 0o600); err != nil {
				t.Fatal(err)
			}
			r := s.elsewhere(t)
			_, err := backup.Restore(t.Context(), bad, r)
			var damaged *backup.DamagedError
			if !errors.As(err, &damaged) {
				t.Fatalf("got %v", err)
			}
			if _, err := os.Stat(r.Folders[0].Path); err == nil {
				t.Error("files were put in their place")
			}
			if one[bool](t, s.address, `select exists (select from pg_database where datname like 'returned_%')`) {
				t.Error("a database was made")
			}
		})
	}
	if n := leftDatabases(t, s); n != before {
		t.Errorf("%d scratch databases were left", n-before)
	}
}

func TestRestoreReplacesOnlyWhenTold(t *testing.T) {
	s := newService(t)
	path, _ := s.make(t, "one.lpb")
	r := s.elsewhere(t)
	if _, err := backup.Restore(t.Context(), path, r); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), r.Database)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `update district set name = 'later'`); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.Folders[0].Path, "later.zip"), []byte("later"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.Replace = true
	if _, err := backup.Restore(t.Context(), path, r); !errors.Is(err, backup.ErrInUse) {
		t.Errorf("with a session open: %v", err)
	}
	conn.Close(t.Context())
	r.Replace = false
	if _, err := backup.Restore(t.Context(), path, r); !errors.Is(err, backup.ErrOccupied) {
		t.Errorf("without being told: %v", err)
	}
	if name := one[string](t, r.Database, `select name from district`); name != "later" {
		t.Errorf("a refused restore changed the name to %q", name)
	}
	r.Replace = true
	returned, err := backup.Restore(t.Context(), path, r)
	if err != nil {
		t.Fatal(err)
	}
	if name := one[string](t, r.Database, `select name from district`); name != "万盛经开区" {
		t.Errorf("the district is called %q", name)
	}
	if name := one[string](t, postgis.OnDatabase(s.address, returned.SetAside), `select name from district`); name != "later" {
		t.Errorf("the database set aside has %q", name)
	}
	if len(returned.SetFolder) != 1 {
		t.Fatalf("folders set aside: %v", returned.SetFolder)
	}
	if _, err := os.Stat(filepath.Join(returned.SetFolder[0], "later.zip")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(r.Folders[0].Path, "later.zip")); err == nil {
		t.Error("a file from after the backup is still there")
	}
}

func TestBackupOfANewerReleaseIsRefused(t *testing.T) {
	s := newService(t)
	path, m := s.make(t, "one.lpb")
	r := s.elsewhere(t)
	r.Schema = m.Schema - 1
	if _, err := backup.Restore(t.Context(), path, r); !errors.Is(err, backup.ErrNewer) {
		t.Errorf("got %v", err)
	}
}

func TestCancelledBackupLeavesNothing(t *testing.T) {
	s := newService(t)
	ctx, cancel := context.WithCancel(t.Context())
	o := s.order()
	o.Needed = func(context.Context, pgx.Tx) ([]string, error) { cancel(); return nil, nil }
	path := filepath.Join(s.dir, "never.lpb")
	if _, err := backup.Make(ctx, path, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestFilesThatAreMissingAreNamed(t *testing.T) {
	s := newService(t)
	o := s.order()
	o.Needed = func(context.Context, pgx.Tx) ([]string, error) {
		return []string{"packages/a.zip", "packages/gone.zip"}, nil
	}
	m, err := backup.Make(t.Context(), filepath.Join(s.dir, "one.lpb"), o)
	if err != nil || len(m.Missing) != 1 || m.Missing[0] != "packages/gone.zip" {
		t.Errorf("missing %v, %v", m.Missing, err)
	}
}

func TestOldBackupsGoAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	for i := range 5 {
		if err := os.WriteFile(filepath.Join(dir, backup.Name(now.AddDate(0, 0, -i))), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"before-the-move.lpb", "lianpian-notes.lpb", "letter.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := backup.Prune(dir, 2)
	if err != nil || len(gone) != 3 || gone[0] != backup.Name(now.AddDate(0, 0, -4)) {
		t.Errorf("went: %v, %v", gone, err)
	}
	if kept, err := backup.Kept(dir); err != nil || len(kept) != 2 {
		t.Errorf("kept: %v, %v", kept, err)
	}
	if age, ok, err := backup.Age(dir, now.Add(time.Hour)); !ok || age != time.Hour || err != nil {
		t.Errorf("age %s, %v, %v", age, ok, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 5 {
		t.Errorf("left: %v, %v", entries, err)
	}
}
