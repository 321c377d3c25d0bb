package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/backup"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/postgis"
)

// BackupConfig says where a backup goes.
type BackupConfig struct {
	Out   string `arg:"" type:"path" help:"The file to write (.lpb), or a folder, in which it gets a name by its time."`
	Check bool   `name:"check" default:"true" negatable:"" help:"Restore the backup into a database of its own, compare every table, and drop it again."`
	Keep  int    `name:"keep" default:"0" help:"Of the backups that were named by their time, keep only so many in the folder; 0 keeps all."`
}

// folders are the files that belong to the service beside its database.
func (c Config) folders() []backup.Folder {
	return []backup.Folder{{Name: "packages", Path: c.packageDir()}, {Name: "uploads", Path: c.uploadDir()}}
}

// neededFiles lists the files that the database speaks of.
func neededFiles(ctx context.Context, tx pgx.Tx) ([]string, error) {
	names, err := delivery.Files(ctx, tx)
	for i := range names {
		names[i] = "packages/" + names[i]
	}
	return names, err
}

// withBase opens the database as it is, without migrating it, for one command.
func withBase(ctx context.Context, c Config, attach bool, do func(address string, log *slog.Logger) error) error {
	log, err := newLogger(c, os.Stderr)
	if err != nil {
		return err
	}
	base, err := openDatabase(ctx, c, attach, log)
	if err != nil {
		return err
	}
	defer base.close()
	// A restore makes the database where there is none.
	if err := awaitDatabase(ctx, base.url, log); err != nil && !missing(err) {
		return err
	}
	return do(base.url, log)
}

// missing tells whether err says that the server has no such database.
func missing(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "3D000"
}

type backupAnswer struct {
	File     string          `json:"file"`
	Size     int64           `json:"size"`
	Seconds  float64         `json:"seconds"`
	Checked  bool            `json:"checked" doc:"by restoring"`
	Removed  []string        `json:"removed" doc:"older backups"`
	Manifest backup.Manifest `json:"manifest"`
}

// Backup writes everything to one file, while the service may run.
func Backup(ctx context.Context, c Config, b BackupConfig, out, status io.Writer) error {
	begun := time.Now()
	path, dir := b.Out, ""
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		dir = path
		path = filepath.Join(dir, backup.Name(begun))
	} else if b.Keep > 0 {
		return &RefusedError{Detail: "--keep needs a folder, in which backups are named by their time"}
	} else if !strings.HasSuffix(path, backup.Suffix) {
		return &RefusedError{Detail: fmt.Sprintf("%s is neither a folder nor a name that ends with %s", path, backup.Suffix)}
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	return withBase(ctx, c, true, func(address string, log *slog.Logger) error {
		progress := c.newBar(status)
		defer progress.clear()
		m, err := backup.Make(ctx, path, backup.Order{
			Database: address, Folders: c.folders(), Needed: neededFiles, Software: software(), Progress: progress,
		})
		if err != nil {
			return err
		}
		if b.Check {
			if _, err := backup.Check(ctx, path, address, filepath.Dir(path), progress); err != nil {
				bad := path + ".bad"
				return errors.Join(fmt.Errorf("the backup did not stand the check and is now %s: %w", bad, err), os.Rename(path, bad))
			}
		}
		answer := backupAnswer{File: path, Checked: b.Check, Removed: []string{}, Manifest: m}
		if dir != "" && b.Keep > 0 {
			if answer.Removed, err = backup.Prune(dir, b.Keep); err != nil {
				return err
			}
		}
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("look at the backup: %w", err)
		}
		answer.Size, answer.Seconds = info.Size(), time.Since(begun).Seconds()
		err = c.noteIfCurrent(ctx, address, m.Schema, account.Entry{
			Action: "backup.make", Entity: "backup", Code: filepath.Base(path),
			After: map[string]any{
				"file": path, "size": answer.Size, "database_sha256": m.Database.SHA256, "taken_at": m.TakenAt, "rows": m.Rows(), "checked": b.Check, "removed": answer.Removed,
			},
		}, log)
		if err != nil {
			return err
		}
		progress.clear()
		return c.say(out, answer, func(out io.Writer) error {
			checked := "not checked"
			if answer.Checked {
				checked = "checked by restoring"
			}
			fmt.Fprintf(out, "%s: %d rows of %d tables, %d files, %.1f MiB, %s, %.1f s\n", path, m.Rows(), len(m.Tables), len(m.Files), float64(answer.Size)/(1<<20), checked, answer.Seconds)
			for _, name := range m.Missing {
				fmt.Fprintf(out, "missing already when the backup was made: %s\n", name)
			}
			for _, name := range answer.Removed {
				fmt.Fprintf(out, "removed: %s\n", name)
			}
			return nil
		})
	})
}

// VerifyBackupConfig says which backup to verify.
type VerifyBackupConfig struct {
	File    string `arg:"" type:"existingfile" help:"The backup."`
	Restore bool   `name:"restore" help:"Also restore it into a database of its own, compare every table, and drop it again."`
}

// VerifyBackup reads a backup from end to end.
func VerifyBackup(ctx context.Context, c Config, v VerifyBackupConfig, out, status io.Writer) error {
	progress := c.newBar(status)
	defer progress.clear()
	m, err := backup.Verify(ctx, v.File, progress)
	if err != nil {
		return err
	}
	if v.Restore {
		err := withBase(ctx, c, true, func(address string, _ *slog.Logger) error {
			if err := os.MkdirAll(c.dataDir(), 0o755); err != nil {
				return fmt.Errorf("create the data directory: %w", err)
			}
			_, err := backup.Check(ctx, v.File, address, c.dataDir(), progress)
			return err
		})
		if err != nil {
			return err
		}
	}
	progress.clear()
	return c.say(out, m, func(out io.Writer) error {
		_, err := fmt.Fprintf(out, "%s is whole: of %s, by %s, schema %d, %d rows of %d tables, %d files\n",
			v.File, m.TakenAt.Local().Format("2006-01-02 15:04:05"), m.Software, m.Schema, m.Rows(), len(m.Tables), len(m.Files))
		return err
	})
}

// BaseBackupConfig says where a base backup goes.
type BaseBackupConfig struct {
	Out string `arg:"" type:"path" help:"The directory to make."`
}

// BaseBackup copies the database server as a whole, as the beginning of a
// recovery to a moment.
func BaseBackup(ctx context.Context, c Config, b BaseBackupConfig, out, status io.Writer) error {
	return withBase(ctx, c, true, func(address string, log *slog.Logger) error {
		if c.DatabaseURL == "" {
			archive, err := postgis.Archive(c.clusterDir())
			if err != nil {
				return err
			}
			if archive == "" {
				log.Warn("no archive of the write-ahead log is kept: this base backup brings back only its own moment; start the service with --wal-archive DIR")
			}
		}
		progress := c.newBar(status)
		progress.Phase("copy the database server", "", 0)
		defer progress.clear()
		begun := time.Now()
		if err := postgis.TakeBase(ctx, address, b.Out); err != nil {
			return err
		}
		progress.clear()
		answer := map[string]any{"directory": b.Out, "seconds": time.Since(begun).Seconds()}
		return c.say(out, answer, func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "%s: a base backup, verified\n", b.Out)
			return err
		})
	})
}

// RestoreConfig says what is brought back.
type RestoreConfig struct {
	File    string `arg:"" optional:"" type:"existingfile" help:"The backup to bring back."`
	Base    string `name:"base" type:"existingdir" help:"Recover the private database from this base backup and the archived log (--wal-archive) instead."`
	Until   string `name:"until" help:"With --base: the moment to go back to, such as '2026-11-30 08:15:00' (local time) or 2026-11-30T08:15:00+08:00; without, as far as the archive goes."`
	Replace bool   `name:"replace" help:"Set aside what is there already, under another name."`
}

// Restore brings a backup back, or recovers the private database to a moment. The
// service must not run meanwhile.
func Restore(ctx context.Context, c Config, r RestoreConfig, out, status io.Writer) error {
	switch {
	case (r.File == "") == (r.Base == ""):
		return &RefusedError{Detail: "name either a backup or, with --base, a base backup"}
	case r.Base == "" && r.Until != "":
		return &RefusedError{Detail: "--until needs --base: a backup holds one moment only"}
	case r.Base != "":
		return recoverTo(ctx, c, r, out, status)
	}
	return withBase(ctx, c, false, func(address string, log *slog.Logger) error {
		known, err := postgis.NewestSchema()
		if err != nil {
			return err
		}
		if err := os.MkdirAll(c.dataDir(), 0o755); err != nil {
			return fmt.Errorf("create the data directory: %w", err)
		}
		progress := c.newBar(status)
		defer progress.clear()
		returned, err := backup.Restore(ctx, r.File, backup.Return{
			Database: address, Folders: c.folders(), Schema: known, Replace: r.Replace, Scratch: c.dataDir(), Now: time.Now(), Progress: progress,
			Migrate: func(ctx context.Context, address string) error { return postgis.Migrate(ctx, address, log) },
			Note: func(ctx context.Context, address string, m backup.Manifest) error {
				return c.note(ctx, address, account.Entry{
					Action: "backup.restore", Entity: "backup", Code: filepath.Base(r.File),
					After: map[string]any{"file": r.File, "database_sha256": m.Database.SHA256, "taken_at": m.TakenAt, "schema": m.Schema, "replace": r.Replace},
				})
			},
		})
		if errors.Is(err, backup.ErrOccupied) {
			return fmt.Errorf("%w; with --replace it is set aside under another name", err)
		}
		if err != nil {
			return err
		}
		progress.clear()
		return c.say(out, returned, func(out io.Writer) error {
			m := returned.Manifest
			fmt.Fprintf(out, "restored the backup of %s: %d rows of %d tables, %d files, every table compared\n",
				m.TakenAt.Local().Format("2006-01-02 15:04:05"), m.Rows(), len(m.Tables), len(m.Files))
			if returned.SetAside != "" {
				fmt.Fprintf(out, "the database that was there is now %s\n", returned.SetAside)
			}
			for _, folder := range returned.SetFolder {
				fmt.Fprintf(out, "the files that were there are now in %s\n", folder)
			}
			return nil
		})
	})
}

// recoverTo recovers the private database to a moment.
func recoverTo(ctx context.Context, c Config, r RestoreConfig, out, status io.Writer) error {
	if c.DatabaseURL != "" {
		return &RefusedError{Detail: "only the private database is recovered by this command; docs/operations.md says how another server is"}
	}
	until, err := parseMoment(r.Until)
	if err != nil {
		return err
	}
	archive := c.WALArchive
	if archive == "" {
		if archive, err = postgis.Archive(c.clusterDir()); err != nil {
			return err
		}
	}
	if archive == "" {
		return &RefusedError{Detail: "name the archive of the write-ahead log with --wal-archive"}
	}
	log, err := newLogger(c, os.Stderr)
	if err != nil {
		return err
	}
	progress := c.newBar(status)
	progress.Phase("recover the database", "", 0)
	defer progress.clear()
	aside, last, err := postgis.Recover(ctx, postgis.Recovery{
		Dir: c.clusterDir(), Base: r.Base, Archive: archive, Until: until, Replace: r.Replace, Now: time.Now(),
	}, log)
	if errors.Is(err, postgis.ErrClusterExists) {
		return fmt.Errorf("%w; with --replace it is set aside under another name", err)
	}
	if err != nil {
		return err
	}
	if err := c.noteRecovery(ctx, r, last, log); err != nil {
		return err
	}
	progress.clear()
	answer := map[string]any{"until": until, "last_transaction": last, "set_aside": aside}
	return c.say(out, answer, func(out io.Writer) error {
		fmt.Fprintf(out, "recovered; the last transaction that came back was committed at %s\n", last.Local().Format("2006-01-02 15:04:05.000 -07:00"))
		if aside != "" {
			fmt.Fprintf(out, "the database that was there is now %s\n", aside)
		}
		fmt.Fprintln(out, "take a new base backup when the service runs again: lianpian backup base DIR")
		return nil
	})
}

// noteRecovery starts the recovered server for as long as it takes to note in it
// what happened.
func (c Config) noteRecovery(ctx context.Context, r RestoreConfig, last time.Time, log *slog.Logger) error {
	base, err := openDatabase(ctx, c, false, log)
	if err != nil {
		return err
	}
	defer base.close()
	schema, err := backup.Schema(ctx, base.url)
	if err != nil {
		return err
	}
	return c.noteIfCurrent(ctx, base.url, schema, account.Entry{
		Action: "backup.recover", Entity: "backup", Code: filepath.Base(r.Base),
		After: map[string]any{"base": r.Base, "until": r.Until, "last_transaction": last},
	}, log)
}

// parseMoment reads a time; "" is none.
func parseMoment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999-07", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, strings.TrimSpace(text), time.Local); err == nil {
			return at, nil
		}
	}
	return time.Time{}, &RefusedError{Detail: fmt.Sprintf("%q is no time such as 2026-11-30 08:15:00", text)}
}
