package backup

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Order says what is to be backed up.
type Order struct {
	Database string   // address
	Folders  []Folder // their files are taken; those whose names begin with a dot are unfinished
	// Needed lists the files that the database speaks of, as FOLDER/NAME, in the
	// transaction whose moment the backup holds. Nil is none.
	Needed   func(ctx context.Context, tx pgx.Tx) ([]string, error)
	Software string
	Progress Progress // nil: nobody is told
}

// Make writes a backup to the file at path, which is there only once it is whole.
// People may go on working: the dump, the counts and the list of files are of one
// moment of the database.
func Make(ctx context.Context, path string, o Order) (Manifest, error) {
	progress := told(o.Progress)
	m := Manifest{Format: formatVersion, Software: o.Software, Files: []File{}, Missing: []string{}}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".lianpian-backup-")
	if err != nil {
		return m, fmt.Errorf("make room for the backup: %w", err)
	}
	defer os.RemoveAll(dir)
	dump := filepath.Join(dir, dumpEntry)
	needed, err := m.dump(ctx, dump, o, progress)
	if err != nil {
		return m, err
	}
	whole := filepath.Join(dir, "backup")
	if err := m.pack(ctx, whole, dump, o.Folders, needed, progress); err != nil {
		return m, err
	}
	if err := os.Rename(whole, path); err != nil {
		return m, fmt.Errorf("write %s: %w", path, err)
	}
	return m, syncFolder(filepath.Dir(path))
}

// dump writes the database to a file and notes what is in it.
func (m *Manifest) dump(ctx context.Context, path string, o Order, progress Progress) (needed []string, err error) {
	conn, err := pgx.Connect(ctx, o.Database)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, settle); err != nil {
		return nil, fmt.Errorf("prepare the session: %w", err)
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	var snapshot string
	var number int
	err = tx.QueryRow(ctx, `
		select pg_export_snapshot(), now(), current_setting('server_version'), current_setting('server_version_num')::int,
		       coalesce((select extversion from pg_extension where extname = 'postgis'), '')`).
		Scan(&snapshot, &m.TakenAt, &m.PostgreSQL, &number, &m.PostGIS)
	if err != nil {
		return nil, fmt.Errorf("take a snapshot of the database: %w", err)
	}
	m.TakenAt = m.TakenAt.UTC()
	if m.Schema, err = schemaOf(ctx, tx); err != nil {
		return nil, fmt.Errorf("read the version of the schema: %w", err)
	}
	if o.Needed != nil {
		if needed, err = o.Needed(ctx, tx); err != nil {
			return nil, err
		}
	}
	if m.Tables, err = digestTables(ctx, tx, progress); err != nil {
		return nil, err
	}
	progress.Phase("dump the database", "tables", int64(len(m.Tables)))
	program, err := postgis.Program(ctx, "pg_dump", number/10000)
	if err != nil {
		return nil, err
	}
	dbname, environment, err := postgis.ProgramAccess(o.Database)
	if err != nil {
		return nil, err
	}
	err = run(ctx, environment, "dumping contents of table", progress, program,
		"--format=custom", "--compress=4", "--no-owner", "--no-privileges", "--verbose", "--lock-wait-timeout=60s",
		"--snapshot="+snapshot, "--exclude-table-data=public."+secret, "--file="+path, "--dbname="+dbname)
	if err != nil {
		return nil, fmt.Errorf("dump the database: %w", err)
	}
	return needed, nil
}

// run runs a program of PostgreSQL; each line of its talk that holds step is an
// advance. Its last line is in the error.
func run(ctx context.Context, environment []string, step string, progress Progress, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = environment
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	talk, err := cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("run %s: %w", filepath.Base(program), err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run %s: %w", filepath.Base(program), err)
	}
	last := ""
	lines := bufio.NewScanner(talk)
	for lines.Scan() {
		line := lines.Text()
		if strings.Contains(line, step) {
			progress.Advance(1)
		}
		if strings.Contains(line, "error:") || last == "" || !strings.Contains(last, "error:") {
			last = line
		}
	}
	_, _ = io.Copy(io.Discard, talk) // a line that is longer than a line may be
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %s", err, last)
	}
	return nil
}

// pack puts the dump and the files into one archive.
func (m *Manifest) pack(ctx context.Context, path, dump string, folders []Folder, needed []string, progress Progress) (err error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	buffered := bufio.NewWriterSize(out, 1<<20)
	archive := tar.NewWriter(buffered)
	head := fmt.Appendf(nil, "%d\n", formatVersion)
	if err := m.addBytes(archive, formatEntry, head); err != nil {
		return err
	}
	type part struct{ name, path string }
	parts := []part{{dumpEntry, dump}}
	total := int64(0)
	for _, folder := range folders {
		names, err := filesOf(folder.Path)
		if err != nil {
			return err
		}
		for _, name := range names {
			parts = append(parts, part{folder.Name + "/" + name, filepath.Join(folder.Path, name)})
		}
	}
	for _, p := range parts {
		if info, err := os.Stat(p.path); err == nil {
			total += info.Size()
		}
	}
	progress.Phase("write the backup", "bytes", total)
	for _, p := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := addFile(archive, p.name, p.path, m.TakenAt, progress)
		switch {
		case errors.Is(err, fs.ErrNotExist) && p.name != dumpEntry: // swept meanwhile: nobody misses it
			continue
		case err != nil:
			return err
		case p.name == dumpEntry:
			m.Database = f
		default:
			m.Files = append(m.Files, f)
		}
	}
	for _, name := range needed {
		if !slices.ContainsFunc(m.Files, func(f File) bool { return f.Name == name }) {
			m.Missing = append(m.Missing, name)
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := m.addBytes(archive, manifestEntry, append(text, '\n')); err != nil {
		return err
	}
	if err := errors.Join(archive.Close(), buffered.Flush(), out.Sync()); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}

// filesOf lists the finished files of a folder; one that is not there has none.
func filesOf(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the files of %s: %w", path, err)
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func (m *Manifest) addBytes(archive *tar.Writer, name string, content []byte) error {
	err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), ModTime: m.TakenAt, Format: tar.FormatPAX})
	if err == nil {
		_, err = archive.Write(content)
	}
	if err != nil {
		return fmt.Errorf("write %s into the backup: %w", name, err)
	}
	return nil
}

// addFile copies a file into the archive, as long as it was when it was opened.
func addFile(archive *tar.Writer, name, path string, at time.Time, progress Progress) (File, error) {
	f := File{Name: name}
	file, err := os.Open(path)
	if err != nil {
		return f, fmt.Errorf("read %s: %w", path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return f, fmt.Errorf("read %s: %w", path, err)
	}
	f.Size = info.Size()
	err = archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: f.Size, ModTime: at, Format: tar.FormatPAX})
	if err != nil {
		return f, fmt.Errorf("write %s into the backup: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(archive, sum, counter{progress}), file, f.Size); err != nil {
		return f, fmt.Errorf("write %s into the backup: %w", name, err)
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return f, nil
}

type counter struct{ progress Progress }

func (c counter) Write(p []byte) (int, error) {
	c.progress.Advance(int64(len(p)))
	return len(p), nil
}

// syncFolder makes a rename in a folder last through a power cut.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("write to %s: %w", path, err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("write to %s: %w", path, err)
	}
	return nil
}
