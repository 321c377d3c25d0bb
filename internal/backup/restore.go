package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Return says where a backup is to be brought back to.
type Return struct {
	Database string   // address of the database that it becomes; it need not exist
	Folders  []Folder // where the files of each folder go
	Schema   int64    // newest migration that this release knows
	Replace  bool     // what is there already is set aside under another name
	Scratch  string   // directory for the unpacked backup
	Now      time.Time
	Progress Progress // nil: nobody is told
	// Migrate brings the restored database to the newest schema, before it takes
	// its place.
	Migrate func(ctx context.Context, address string) error
	// Note leaves in the migrated database that it was restored from a backup, and
	// is there with it or not at all; nil leaves nothing.
	Note func(ctx context.Context, address string, m Manifest) error
}

// Returned says what was brought back.
type Returned struct {
	Manifest  Manifest `json:"manifest"`
	SetAside  string   `json:"set_aside" doc:"name of the database that was there before; empty: none"`
	SetFolder []string `json:"set_aside_folders" doc:"folders that were there before, under their new names"`
}

// Restore brings a backup back. Nothing that is there is touched before the
// backup has been read and checked from end to end, restored into a database of
// its own, compared table by table with its manifest, and migrated; then the two
// databases change names in one transaction. Errors: *DamagedError, ErrNewer,
// ErrOccupied, ErrInUse.
func Restore(ctx context.Context, path string, r Return) (out Returned, err error) {
	progress := told(r.Progress)
	out.SetFolder = []string{}
	if err := r.free(ctx); err != nil {
		return out, err
	}
	dir, err := os.MkdirTemp(r.Scratch, ".lianpian-restore-")
	if err != nil {
		return out, fmt.Errorf("make room for the backup: %w", err)
	}
	defer os.RemoveAll(dir)
	m, err := extract(ctx, path, dir, progress)
	if err != nil {
		return out, err
	}
	out.Manifest = m
	if m.Schema > r.Schema {
		return out, fmt.Errorf("%s has schema %d, this program knows %d: %w", path, m.Schema, r.Schema, ErrNewer)
	}
	restored, drop, err := load(ctx, r.Database, filepath.Join(dir, dumpEntry), m, progress)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	if r.Migrate != nil {
		progress.Phase("migrate", "", 0)
		if err := r.Migrate(ctx, postgis.OnDatabase(r.Database, restored)); err != nil {
			return out, err
		}
	}
	if r.Note != nil {
		if err := r.Note(ctx, postgis.OnDatabase(r.Database, restored), m); err != nil {
			return out, err
		}
	}
	if err := analyse(ctx, postgis.OnDatabase(r.Database, restored)); err != nil {
		return out, err
	}
	// From here on it is names that change.
	if err := r.free(ctx); err != nil {
		return out, err
	}
	if out.SetAside, err = r.swap(ctx, restored); err != nil {
		return out, err
	}
	for _, folder := range r.Folders {
		aside, err := r.place(folder, filepath.Join(dir, folder.Name))
		if err != nil {
			return out, err
		}
		if aside != "" {
			out.SetFolder = append(out.SetFolder, aside)
		}
	}
	return out, nil
}

// Check restores a backup into a database of its own on the server at address,
// compares every table with the manifest, and drops it again.
func Check(ctx context.Context, path, address, scratch string, progress Progress) (Manifest, error) {
	progress = told(progress)
	dir, err := os.MkdirTemp(scratch, ".lianpian-check-")
	if err != nil {
		return Manifest{}, fmt.Errorf("make room for the backup: %w", err)
	}
	defer os.RemoveAll(dir)
	m, err := extract(ctx, path, dir, progress)
	if err != nil {
		return m, err
	}
	_, drop, err := load(ctx, address, filepath.Join(dir, dumpEntry), m, progress)
	if err != nil {
		return m, err
	}
	return m, drop()
}

// load restores a dump into a new database and compares it with the manifest. The
// caller drops what it leaves; after a swap of names there is nothing to drop.
func load(ctx context.Context, address, dump string, m Manifest, progress Progress) (name string, drop func() error, err error) {
	admin, err := maintenance(ctx, address)
	if err != nil {
		return "", nil, err
	}
	name = "lianpian_restore_" + strings.ReplaceAll(uuid.NewString(), "-", "")[:12]
	if _, err := admin.Exec(ctx, `create database `+name+` template template0 encoding 'UTF8'`); err != nil {
		return "", nil, errors.Join(fmt.Errorf("create a database to restore into: %w", err), admin.Close(ctx))
	}
	scratch := name
	remove := func() error {
		settled, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		_, err := admin.Exec(settled, `drop database if exists `+scratch+` with (force)`)
		if err = errors.Join(err, admin.Close(settled)); err != nil {
			return fmt.Errorf("drop the scratch database %s: %w", scratch, err)
		}
		return nil
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove())
		}
	}()
	target := postgis.OnDatabase(address, name)
	if err := restoreDump(ctx, target, dump, len(m.Tables), progress); err != nil {
		return "", nil, err
	}
	conn, err := pgx.Connect(ctx, target)
	if err != nil {
		return "", nil, fmt.Errorf("connect to the restored database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, settle); err != nil {
		return "", nil, fmt.Errorf("prepare the session: %w", err)
	}
	tables, err := digestTables(ctx, conn, progress)
	if err != nil {
		return "", nil, err
	}
	if found := differences(m.Tables, tables); len(found) > 0 {
		return "", nil, damaged("the restored database is not the one that was backed up: %s", strings.Join(found, ", "))
	}
	return name, remove, nil
}

// restoreDump runs pg_restore, without the comments of extensions, which only
// their owner may write.
func restoreDump(ctx context.Context, target, dump string, tables int, progress Progress) error {
	_, major, err := postgis.ServerVersion(ctx, target)
	if err != nil {
		return err
	}
	program, err := postgis.Program(ctx, "pg_restore", major)
	if err != nil {
		return err
	}
	list, err := exec.CommandContext(ctx, program, "--list", dump).Output()
	if err != nil {
		var ended *exec.ExitError
		if errors.As(err, &ended) && ctx.Err() == nil {
			return damaged("the dump of the database cannot be read: %s", bytes.TrimSpace(ended.Stderr))
		}
		return fmt.Errorf("read the dump of the database: %w", err)
	}
	var wanted bytes.Buffer
	for line := range bytes.Lines(list) {
		if !bytes.Contains(line, []byte(" COMMENT - EXTENSION ")) {
			wanted.Write(line)
		}
	}
	listed := dump + ".list"
	if err := os.WriteFile(listed, wanted.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the list of what is restored: %w", err)
	}
	dbname, environment, err := postgis.ProgramAccess(target)
	if err != nil {
		return err
	}
	progress.Phase("restore the database", "tables", int64(tables))
	err = run(ctx, environment, "processing data for table", progress, program,
		"--jobs=2", "--no-owner", "--no-privileges", "--exit-on-error", "--verbose", "--use-list="+listed, "--dbname="+dbname, dump)
	if err != nil {
		return fmt.Errorf("restore the database: %w", err)
	}
	return nil
}

func analyse(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connect to the restored database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `analyze`); err != nil {
		return fmt.Errorf("count the restored database for the planner: %w", err)
	}
	return nil
}

// maintenance connects to a database of the server that is not the one that
// changes.
func maintenance(ctx context.Context, address string) (*pgx.Conn, error) {
	var failed error
	for _, name := range []string{"postgres", "template1"} {
		conn, err := pgx.Connect(ctx, postgis.OnDatabase(address, name))
		if err == nil {
			return conn, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, fmt.Errorf("connect to the server's database postgres, which is needed to make another one: %w", failed)
}

// databaseOf is the name of the database at an address.
func databaseOf(address string) (string, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return "", fmt.Errorf("read the database address: %w", err)
	}
	return config.Database, nil
}

// sessionsGone is how long an ended session may take to be gone.
const sessionsGone = 2 * time.Second

// free refuses a place that is occupied, or that somebody works on.
func (r Return) free(ctx context.Context) error {
	name, err := databaseOf(r.Database)
	if err != nil {
		return err
	}
	admin, err := maintenance(ctx, r.Database)
	if err != nil {
		return err
	}
	defer admin.Close(context.WithoutCancel(ctx))
	var there bool
	var others int
	// A session that was just ended is counted until its process has gone.
	for began := time.Now(); ; {
		err = admin.QueryRow(ctx, `
			select exists (select from pg_database where datname = $1),
			       (select count(*) from pg_stat_activity where datname = $1 and backend_type = 'client backend')`, name).Scan(&there, &others)
		if err != nil {
			return fmt.Errorf("look at the database %s: %w", name, err)
		}
		if others == 0 || time.Since(began) > sessionsGone {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the sessions of the database %s to end: %w", name, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	if others > 0 {
		return fmt.Errorf("%d sessions work on the database %s, stop the service first: %w", others, name, ErrInUse)
	}
	if there && !r.Replace {
		conn, err := pgx.Connect(ctx, r.Database)
		if err != nil {
			return fmt.Errorf("look into the database %s: %w", name, err)
		}
		defer conn.Close(context.WithoutCancel(ctx))
		schema, err := schemaOf(ctx, conn)
		if err != nil {
			return fmt.Errorf("look into the database %s: %w", name, err)
		}
		if schema > 0 {
			return fmt.Errorf("the database %s: %w", name, ErrOccupied)
		}
	}
	if r.Replace {
		return nil
	}
	for _, folder := range r.Folders {
		names, err := filesOf(folder.Path)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			return fmt.Errorf("the folder %s: %w", folder.Path, ErrOccupied)
		}
	}
	return nil
}

// aside is what becomes of a name that is given to something else.
func (r Return) aside(name string) string {
	return name + "_before_" + r.Now.UTC().Format("20060102_150405")
}

// swap gives the restored database the name of the one that it replaces.
func (r Return) swap(ctx context.Context, restored string) (aside string, err error) {
	name, err := databaseOf(r.Database)
	if err != nil {
		return "", err
	}
	admin, err := maintenance(ctx, r.Database)
	if err != nil {
		return "", err
	}
	defer admin.Close(context.WithoutCancel(ctx))
	err = pgx.BeginFunc(ctx, admin, func(tx pgx.Tx) error {
		var there bool
		if err := tx.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&there); err != nil {
			return err
		}
		if there {
			aside = r.aside(name)
			if _, err := tx.Exec(ctx, `alter database `+quoted(name)+` rename to `+quoted(aside)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `alter database `+quoted(restored)+` rename to `+quoted(name))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("put the restored database in its place: %w", err)
	}
	return aside, nil
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// place puts restored files where they belong, and what was there aside.
func (r Return) place(folder Folder, restored string) (aside string, err error) {
	if err := os.MkdirAll(filepath.Dir(folder.Path), 0o755); err != nil {
		return "", fmt.Errorf("put the files of %s in their place: %w", folder.Name, err)
	}
	if err := os.MkdirAll(restored, 0o700); err != nil {
		return "", fmt.Errorf("put the files of %s in their place: %w", folder.Name, err)
	}
	// Beside its place first: the backup may have been unpacked on another disk.
	beside := folder.Path + ".restored"
	if err := errors.Join(os.RemoveAll(beside), move(restored, beside)); err != nil {
		return "", fmt.Errorf("put the files of %s in their place: %w", folder.Name, err)
	}
	names, err := os.ReadDir(folder.Path)
	if err == nil && len(names) > 0 {
		aside = r.aside(folder.Path)
		err = os.Rename(folder.Path, aside)
	} else if err == nil {
		err = os.Remove(folder.Path)
	} else if os.IsNotExist(err) {
		err = nil
	}
	if err := errors.Join(err, os.Rename(beside, folder.Path), syncFolder(filepath.Dir(folder.Path))); err != nil {
		return "", fmt.Errorf("put the files of %s in their place: %w", folder.Name, err)
	}
	return aside, nil
}

// move renames a directory of files, or copies it to another disk.
func move(from, to string) error {
	if os.Rename(from, to) == nil {
		return nil
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return os.RemoveAll(from)
}
