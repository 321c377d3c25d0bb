package postgis

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// archiveTimeout is how much of the newest writes, in time, is not in the archive
// yet: a quiet server hands over an unfinished segment after so long.
const archiveTimeout = "60s"

// Errors of recovery.
var (
	// ErrClusterExists says that there is a private database where one is to be
	// recovered to.
	ErrClusterExists = errors.New("there is a private database already")
	// ErrBaseDamaged says that a base backup is not whole.
	ErrBaseDamaged = errors.New("the base backup is damaged")
	// ErrTooEarly says that a base backup was made after the time asked for.
	ErrTooEarly = errors.New("the base backup was made after the time asked for; take an earlier one")
	// ErrUnreached says that the archive ends before the time asked for.
	ErrUnreached = errors.New("the archive ends before the time asked for")
)

// KeepArchive has the private server in dir copy every finished segment of its
// write-ahead log to the directory archive, from its next start on, whoever
// starts it; "" ends that.
func KeepArchive(dir, archive string, log *slog.Logger) error {
	s, err := newServer(dir, log)
	if err != nil {
		return err
	}
	if archive == "" {
		if err := os.Remove(s.archiveMark()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("end the archive: %w", err)
		}
		return nil
	}
	archive, err = filepath.Abs(archive)
	if err != nil {
		return fmt.Errorf("archive in %s: %w", archive, err)
	}
	if s.user.reachable(archive) != archive {
		return fmt.Errorf("the database's user cannot enter the directories above the archive %s: choose another place", archive)
	}
	if err := os.MkdirAll(archive, 0o700); err != nil {
		return fmt.Errorf("create the archive: %w", err)
	}
	if err := s.user.own(archive); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.dir), 0o755); err != nil {
		return fmt.Errorf("create the data directory: %w", err)
	}
	if err := os.WriteFile(s.archiveMark(), []byte(archive+"\n"), 0o600); err != nil {
		return fmt.Errorf("remember the archive: %w", err)
	}
	return nil
}

// Archive is the directory that the private server in dir archives to; "" is none.
func Archive(dir string) (string, error) {
	s, err := newServer(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	return s.archive()
}

// archiveMark is the file beside the cluster that names the archive, so that a
// server started by a command archives as the service's does: without, the chain
// of segments would have a hole.
func (s *Server) archiveMark() string { return s.dir + ".archive" }

func (s *Server) archive() (string, error) {
	text, err := os.ReadFile(s.archiveMark())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read where the archive is: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// archiveSettings are the server's settings that keep the archive. A segment gets
// its name there only when all of it is on the disk, and one that is there already
// is never written over.
func (s *Server) archiveSettings() ([]string, error) {
	archive, err := s.archive()
	if err != nil || archive == "" {
		return nil, err
	}
	place := shellQuoted(archive)
	command := fmt.Sprintf(`if test -e %[1]s/%%f; then cmp -s %%p %[1]s/%%f; else cp %%p %[1]s/%%f.part && sync %[1]s/%%f.part && mv -f %[1]s/%%f.part %[1]s/%%f && sync %[1]s; fi`, place)
	return []string{
		"-c", "wal_level=replica", "-c", "archive_mode=on", "-c", "archive_timeout=" + archiveTimeout, "-c", "archive_command=" + command,
	}, nil
}

// shellQuoted is a path inside a command of the server, which replaces what
// begins with %.
func shellQuoted(path string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(path, "'", `'\''`), "%", "%%") + "'"
}

// TakeBase copies the whole server at address, while it runs, to the directory
// out, which is there only once it is whole and verified. The role needs the right
// of replication.
func TakeBase(ctx context.Context, address, out string) error {
	_, major, err := ServerVersion(ctx, address)
	if err != nil {
		return err
	}
	program, err := Program(ctx, "pg_basebackup", major)
	if err != nil {
		return err
	}
	dbname, environment, err := ProgramAccess(address)
	if err != nil {
		return err
	}
	if _, err := os.Stat(out); err == nil {
		return fmt.Errorf("%s exists: %w", out, fs.ErrExist)
	}
	half := out + ".part"
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("clear an unfinished base backup: %w", err)
	}
	cmd := exec.CommandContext(ctx, program, "--pgdata="+half, "--format=plain", "--wal-method=stream", "--checkpoint=fast", "--dbname="+dbname)
	cmd.Env = environment
	if talk, err := cmd.CombinedOutput(); err != nil {
		_ = os.RemoveAll(half)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("copy the database server: %w: %s", err, lastLine(talk))
	}
	if err := verifyBase(ctx, half, major); err != nil {
		return errors.Join(err, os.RemoveAll(half))
	}
	if err := os.Rename(half, out); err != nil {
		return fmt.Errorf("move the base backup into its place: %w", err)
	}
	return nil
}

func verifyBase(ctx context.Context, base string, major int) error {
	program, err := Program(ctx, "pg_verifybackup", major)
	if err != nil {
		return err
	}
	if talk, err := exec.CommandContext(ctx, program, "--quiet", base).CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s: %w: %s", base, ErrBaseDamaged, lastLine(talk))
	}
	return nil
}

// Recovery says what a private server is to be recovered from, and to when.
type Recovery struct {
	Dir     string // of the cluster that it becomes
	Base    string // a base backup
	Archive string
	Until   time.Time // zero: as far as the archive goes
	Replace bool      // a cluster that is there already is set aside
	Now     time.Time
}

// Recover makes a cluster of a base backup and the archived log as it was at a
// moment: every transaction that was committed by then, and none after. The
// cluster that is there is not touched before the other one stands; its own log
// is read where the archive has not got a segment yet. It returns where the
// earlier cluster was set aside, and when the last transaction that came back was
// committed. Errors: ErrServerInUse, ErrClusterExists, ErrBaseDamaged,
// ErrTooEarly, ErrUnreached.
func Recover(ctx context.Context, r Recovery, log *slog.Logger) (aside string, last time.Time, err error) {
	s, err := newServer(r.Dir, log)
	if err != nil {
		return "", last, err
	}
	if err := s.acquire(); err != nil {
		return "", last, err
	}
	defer s.release()
	if err := s.endOrphan(ctx); err != nil {
		return "", last, err
	}
	_, statErr := os.Stat(filepath.Join(s.dir, "PG_VERSION"))
	occupied := statErr == nil
	if occupied && !r.Replace {
		return "", last, fmt.Errorf("%s: %w", s.dir, ErrClusterExists)
	}
	if err := r.checkTime(); err != nil {
		return "", last, err
	}
	half, err := s.unpackBase(ctx, r)
	if err != nil {
		return "", last, err
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(half.dir), os.RemoveAll(half.socket), os.RemoveAll(half.dir+".log"))
	}()
	if last, err = half.replay(ctx); err != nil {
		return "", last, err
	}
	if occupied {
		aside = s.dir + ".before-" + r.Now.UTC().Format("20060102-150405")
		if err := os.Rename(s.dir, aside); err != nil {
			return "", last, fmt.Errorf("set the earlier database aside: %w", err)
		}
	}
	if err := os.Rename(half.dir, s.dir); err != nil {
		return aside, last, fmt.Errorf("move the recovered database into its place: %w", err)
	}
	return aside, last, nil
}

// checkTime refuses a base backup that began after the moment asked for.
func (r Recovery) checkTime() error {
	label, err := os.Open(filepath.Join(r.Base, "backup_label"))
	if err != nil {
		return fmt.Errorf("%s is no base backup: %w: %w", r.Base, ErrBaseDamaged, err)
	}
	defer label.Close()
	lines := bufio.NewScanner(label)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "START TIME: ")
		if !ok {
			continue
		}
		// The zone is an abbreviation, UTC on a private server; of another zone
		// only the server can tell, and does.
		began, err := time.Parse("2006-01-02 15:04:05 UTC", text)
		if err == nil && !r.Until.IsZero() && r.Until.Before(began) {
			return fmt.Errorf("%s began at %s: %w", r.Base, began.Format(time.RFC3339), ErrTooEarly)
		}
	}
	return lines.Err()
}

// unpackBase copies a base backup beside the cluster and tells it how to recover.
func (s *Server) unpackBase(ctx context.Context, r Recovery) (*Server, error) {
	version, err := os.ReadFile(filepath.Join(r.Base, "PG_VERSION"))
	if err != nil {
		return nil, fmt.Errorf("%s is no base backup: %w: %w", r.Base, ErrBaseDamaged, err)
	}
	major := 0
	if _, err := fmt.Sscan(string(version), &major); err != nil {
		return nil, fmt.Errorf("%s is no base backup: %w", r.Base, ErrBaseDamaged)
	}
	if err := verifyBase(ctx, r.Base, major); err != nil {
		return nil, err
	}
	archive, err := filepath.Abs(r.Archive)
	if err != nil {
		return nil, fmt.Errorf("archive in %s: %w", r.Archive, err)
	}
	dir := s.dir + ".recovering"
	half := &Server{dir: dir, socket: socketDirectory(dir), user: s.user, log: s.log, patience: 24 * time.Hour}
	if err := errors.Join(os.RemoveAll(dir), os.RemoveAll(dir+".log"), os.MkdirAll(filepath.Dir(dir), 0o755)); err != nil {
		return nil, fmt.Errorf("clear an unfinished recovery: %w", err)
	}
	if talk, err := exec.CommandContext(ctx, "cp", "-a", r.Base, dir).CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("copy the base backup: %w: %s", err, lastLine(talk)), os.RemoveAll(dir))
	}
	settings := fmt.Sprintf("\n# recovery by lianpian\nrestore_command = %s\nrecovery_target_action = 'promote'\n",
		settingQuoted(fmt.Sprintf(`cp %[1]s/%%f %%p 2>/dev/null || cp %[2]s/pg_wal/%%f %%p 2>/dev/null`, shellQuoted(archive), shellQuoted(s.dir))))
	if !r.Until.IsZero() {
		settings += fmt.Sprintf("recovery_target_time = '%s'\n", r.Until.UTC().Format("2006-01-02 15:04:05.999999+00"))
	}
	auto, err := os.ReadFile(filepath.Join(dir, "postgresql.auto.conf"))
	if err == nil {
		err = errors.Join(
			os.WriteFile(filepath.Join(dir, "postgresql.auto.conf.before"), auto, 0o600),
			os.WriteFile(filepath.Join(dir, "postgresql.auto.conf"), append(auto, settings...), 0o600),
			os.WriteFile(filepath.Join(dir, "recovery.signal"), nil, 0o600))
	}
	if err == nil {
		err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, s.user.own(path))
		})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the recovery: %w", err), os.RemoveAll(dir))
	}
	return half, nil
}

// settingQuoted is a text in a file of settings, which knows escapes.
func settingQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(text) + "'"
}

// replay runs the recovery to its end and stops the server again.
func (s *Server) replay(ctx context.Context) (last time.Time, err error) {
	in, err := s.installation()
	if err != nil {
		return last, err
	}
	if err := s.start(ctx, in); err != nil {
		return last, s.whyNot(err)
	}
	defer s.Stop()
	s.mu.Lock()
	running := s.process
	s.mu.Unlock()
	for {
		recovering, committed, err := s.recovering(ctx)
		if err == nil && !recovering {
			last = committed
			break
		}
		select {
		case <-ctx.Done():
			return last, ctx.Err()
		case <-running.exited:
			return last, s.whyNot(errors.New("the server ended"))
		case <-time.After(100 * time.Millisecond):
		}
	}
	before := filepath.Join(s.dir, "postgresql.auto.conf.before")
	if err := os.Rename(before, filepath.Join(s.dir, "postgresql.auto.conf")); err != nil {
		return last, fmt.Errorf("end the recovery: %w", err)
	}
	return last, nil
}

// recovering asks whether the server still replays the log, and when the last
// transaction that it replayed was committed.
func (s *Server) recovering(ctx context.Context) (yes bool, committed time.Time, err error) {
	conn, err := pgx.Connect(ctx, s.databaseURL("postgres"))
	if err != nil {
		return true, committed, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var at *time.Time
	err = conn.QueryRow(ctx, `select pg_is_in_recovery(), pg_last_xact_replay_timestamp()`).Scan(&yes, &at)
	if at != nil {
		committed = at.UTC()
	}
	return yes, committed, err
}

// whyNot makes a sentence of what the server's log says about a recovery that
// did not come about.
func (s *Server) whyNot(err error) error {
	text, readErr := os.ReadFile(s.dir + ".log")
	if readErr != nil {
		return err
	}
	if strings.Contains(string(text), "recovery ended before configured recovery target was reached") {
		return ErrUnreached
	}
	for line := range strings.Lines(string(text)) {
		if _, fatal, ok := strings.Cut(line, "FATAL:"); ok && !strings.Contains(fatal, "starting up") {
			return fmt.Errorf("recover the database: %s: %w", strings.TrimSpace(fatal), err)
		}
	}
	return fmt.Errorf("recover the database: %w", err)
}
