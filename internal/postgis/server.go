package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	databaseName = "lianpian"
	// maxSocketPath is what a Unix socket address can hold, less PostgreSQL's
	// own file name in it.
	maxSocketPath = 107 - len("/.s.PGSQL.5432.lock")
)

// ErrServerInUse says that another process runs the private server.
var ErrServerInUse = errors.New("another process runs the private database server")

// Server is a private PostgreSQL server with PostGIS in a data directory of its
// own. It is reached through a Unix socket only and ends with this process,
// also when the process is killed. It never runs as root: for root it is
// started as the user postgres, or nobody.
type Server struct {
	dir    string // the cluster
	socket string // directory of the socket
	user   serverUser
	log    *slog.Logger
	lock   *os.File
	// patience is how long a start may take; 0 is a minute. A recovery takes longer.
	patience time.Duration

	mu      sync.Mutex
	process *process // nil before the start and after Stop
}

// process is one run of the postgres program.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{}
}

// StartServer starts the private server whose cluster lies in dir, creating it
// at the first start, and waits until it answers. When another process holds
// the server, it returns ErrServerInUse; use AttachServer then. A server left
// behind by a killed process is ended first.
func StartServer(ctx context.Context, dir string, log *slog.Logger) (*Server, error) {
	s, err := newServer(dir, log)
	if err != nil {
		return nil, err
	}
	if err := s.acquire(); err != nil {
		return nil, err
	}
	if wanted, err := filepath.Abs(dir); err == nil && wanted != s.dir {
		log.Info("the database's user cannot enter the data directory; the database is kept elsewhere", "wanted", wanted, "kept", s.dir)
	}
	started := false
	defer func() {
		if !started {
			s.release()
		}
	}()
	if err := s.endOrphan(ctx); err != nil {
		return nil, err
	}
	in, err := s.installation()
	if err != nil {
		return nil, err
	}
	if err := s.create(ctx, in); err != nil {
		return nil, err
	}
	if err := s.start(ctx, in); err != nil {
		return nil, err
	}
	started = true
	if err := s.ensureDatabase(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// AttachServer returns the address of the private server in dir that another
// process runs.
func AttachServer(ctx context.Context, dir string, log *slog.Logger) (string, error) {
	s, err := newServer(dir, log)
	if err != nil {
		return "", err
	}
	if err := awaitAnswer(ctx, s.databaseURL(databaseName), nil); err != nil {
		return "", fmt.Errorf("attach to the private database server: %w", err)
	}
	return s.URL(), nil
}

func newServer(dir string, log *slog.Logger) (*Server, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("private database server in %s: %w", dir, err)
	}
	user, err := pickServerUser()
	if err != nil {
		return nil, err
	}
	s := &Server{user: user, log: log}
	s.dir = user.reachable(abs)
	s.socket = socketDirectory(s.dir)
	return s, nil
}

// URL is the address of the server's database.
func (s *Server) URL() string { return s.databaseURL(databaseName) }

func (s *Server) databaseURL(database string) string {
	q := url.Values{"host": {s.socket}, "user": {"lianpian"}, "dbname": {database}}
	return "postgres:///?" + q.Encode()
}

// Stop ends the server: sessions are cut, data is flushed. It returns when the
// server is gone.
func (s *Server) Stop() {
	s.mu.Lock()
	running := s.process
	s.process = nil
	s.mu.Unlock()
	if running == nil {
		return
	}
	running.stop(s.log)
	s.release()
}

func (p *process) stop(log *slog.Logger) {
	select {
	case <-p.exited:
		return
	default:
	}
	_ = p.cmd.Process.Signal(syscall.SIGINT) // fast shutdown
	select {
	case <-p.exited:
	case <-time.After(30 * time.Second):
		log.Error("the private database server did not end in time and is killed")
		_ = p.cmd.Process.Signal(syscall.SIGQUIT) // immediate shutdown; the next start recovers
		<-p.exited
	}
}

// Keep starts the server again whenever it ends without having been told to,
// until ctx ends.
func (s *Server) Keep(ctx context.Context) error {
	for {
		s.mu.Lock()
		running := s.process
		s.mu.Unlock()
		if running == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-running.exited:
		}
		s.mu.Lock()
		stopped := s.process == nil
		s.mu.Unlock()
		if stopped || ctx.Err() != nil {
			return ctx.Err()
		}
		s.log.Error("the private database server ended by itself and is started again", "log", s.dir+".log")
		if err := s.restart(ctx); err != nil {
			return err
		}
	}
}

// restart starts the server until it runs. It may take long where the disk is
// full: then there is no room to recover in.
func (s *Server) restart(ctx context.Context) error {
	in, err := s.installation()
	if err != nil {
		return err
	}
	told := time.Time{}
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		s.endStragglers()
		err := s.start(ctx, in)
		if err == nil {
			return nil
		}
		if time.Since(told) > time.Minute {
			s.log.Error("the private database server cannot be started", "error", err)
			told = time.Now()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// endStragglers ends what a killed server has left working: a session in the
// midst of a long statement would keep a new server from starting.
func (s *Server) endStragglers() {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || !isPostgres(pid) {
			continue
		}
		if at, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err == nil && at == s.dir {
			_ = syscall.Kill(pid, syscall.SIGKILL) // its server is gone: recovery does the rest
		}
	}
}

// Room is how many bytes are left on the disk of the cluster.
func (s *Server) Room() (int64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(s.dir, &stat); err != nil {
		return 0, fmt.Errorf("look how much room %s has: %w", s.dir, err)
	}
	return int64(stat.Bavail) * stat.Bsize, nil
}

// WatchRoom has db refuse writes, and end those under way, while the disk of the
// cluster has less than reserve bytes left, until ctx ends. PostgreSQL itself
// stops altogether when its log cannot grow; what is kept back for it here is
// what lets it go on serving reads.
func (s *Server) WatchRoom(ctx context.Context, db *DB, reserve int64) error {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		left, err := s.Room()
		if err != nil {
			s.log.Warn("the room on the disk is not known", "error", err)
		} else if full := left < reserve; db.refuseWrites(full) {
			s.log.Error("room on the disk of the database", "enough", !full, "left", left, "kept back", reserve)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func (s *Server) installation() (installation, error) {
	major := 0
	if version, err := os.ReadFile(filepath.Join(s.dir, "PG_VERSION")); err == nil {
		major, err = strconv.Atoi(strings.TrimSpace(string(version)))
		if err != nil {
			return installation{}, fmt.Errorf("read the version of the data directory %s: %w", s.dir, err)
		}
	}
	return findInstallation(major)
}

// create makes the cluster. It is made beside its place and moved there when
// whole, so that a killed first start leaves nothing that looks finished.
func (s *Server) create(ctx context.Context, in installation) error {
	if _, err := os.Stat(filepath.Join(s.dir, "PG_VERSION")); err == nil {
		return nil
	}
	parent := filepath.Dir(s.dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("create the data directory: %w", err)
	}
	half := s.dir + ".creating"
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("clear an unfinished data directory: %w", err)
	}
	if err := os.Mkdir(half, 0o700); err != nil {
		return fmt.Errorf("create the data directory: %w", err)
	}
	if err := s.user.own(half); err != nil {
		return err
	}
	s.log.Info("creating the private database", "directory", s.dir, "postgresql", in.major)
	cmd := exec.CommandContext(ctx, filepath.Join(in.bin, "initdb"),
		"--pgdata="+half, "--username=lianpian", "--auth=trust", "--encoding=UTF8",
		"--locale=C.UTF-8", "--data-checksums", "--no-sync", "--no-instructions")
	cmd.Dir = "/"
	cmd.SysProcAttr = s.user.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("create the private database: %w: %s", err, lastLine(out))
	}
	if err := os.Remove(s.dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s exists and is not a database of ours: %w", s.dir, err)
	}
	if err := os.Rename(half, s.dir); err != nil {
		return fmt.Errorf("move the new database into its place: %w", err)
	}
	return nil
}

func (s *Server) start(ctx context.Context, in installation) error {
	if err := s.makeSocketDirectory(); err != nil {
		return err
	}
	logFile, err := os.OpenFile(s.dir+".log", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the database's log: %w", err)
	}
	defer logFile.Close()
	archiving, err := s.archiveSettings()
	if err != nil {
		return err
	}
	settings := append([]string{
		"-D", s.dir,
		"-c", "listen_addresses=", "-c", "unix_socket_directories=" + s.socket,
		"-c", "unix_socket_permissions=0700",
		"-c", "shared_buffers=256MB", "-c", "work_mem=32MB", "-c", "maintenance_work_mem=256MB",
		"-c", "max_wal_size=2GB", "-c", "random_page_cost=1.1", "-c", "jit=off",
		"-c", "max_connections=120", "-c", "log_min_duration_statement=2000",
		// What people wrote stays out of the server's log: no parameters of slow
		// statements, no details of errors, which quote rows.
		"-c", "log_parameter_max_length=0", "-c", "log_parameter_max_length_on_error=0", "-c", "log_error_verbosity=terse",
	}, archiving...)
	cmd := exec.Command(filepath.Join(in.bin, "postgres"), settings...)
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = s.user.attributes()
	cmd.SysProcAttr.Setpgid = true // Ctrl-C in the terminal is ours to pass on
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT

	started := &process{cmd: cmd, exited: make(chan struct{})}
	failed := make(chan error, 1)
	go func() {
		// The kernel sends the parent-death signal when the thread that forked
		// ends, so that thread is kept for as long as the server lives.
		runtime.LockOSThread()
		defer close(started.exited)
		if err := cmd.Start(); err != nil {
			failed <- err
			return
		}
		close(failed)
		err := cmd.Wait()
		s.log.Debug("the private database server ended", "result", err)
	}()
	if err := <-failed; err != nil {
		return fmt.Errorf("start the private database server: %w", err)
	}
	patience := s.patience
	if patience == 0 {
		patience = startPatience
	}
	if err := awaitAnswerFor(ctx, patience, s.databaseURL("postgres"), started.exited); err != nil {
		started.stop(s.log)
		return fmt.Errorf("the private database server did not start; its log is %s.log: %w", s.dir, err)
	}
	s.mu.Lock()
	s.process = started
	s.mu.Unlock()
	return nil
}

// startPatience is how long a server may take to answer: recovery after a crash
// may take its time.
const startPatience = time.Minute

// awaitAnswer waits by connecting. It gives up when ended is closed.
func awaitAnswer(ctx context.Context, address string, ended <-chan struct{}) error {
	return awaitAnswerFor(ctx, startPatience, address, ended)
}

func awaitAnswerFor(ctx context.Context, patience time.Duration, address string, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w", err)
		case <-ended:
			return fmt.Errorf("it ended: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Server) ensureDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.databaseURL("postgres"))
	if err != nil {
		return fmt.Errorf("connect to the private server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, databaseName).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, `create database `+databaseName); err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	return nil
}

// acquire takes the lock that makes this process the one that runs the server.
func (s *Server) acquire() error {
	path := s.dir + ".lock"
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("create the data directory: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock the private database: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return ErrServerInUse
	}
	s.lock = f
	return nil
}

func (s *Server) release() {
	if s.lock != nil {
		s.lock.Close()
		s.lock = nil
	}
}

// endOrphan ends a server that outlived a killed process. Since we hold the
// lock, nobody uses it any more.
func (s *Server) endOrphan(ctx context.Context) error {
	content, err := os.ReadFile(filepath.Join(s.dir, "postmaster.pid"))
	if err != nil {
		return nil // no server, or a clean end
	}
	pid, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	if err != nil || !isPostgres(pid) {
		return nil // postgres itself tells a stale file from a live one
	}
	s.log.Info("ending a database server that was left behind", "pid", pid)
	_ = syscall.Kill(pid, syscall.SIGINT)
	deadline := time.Now().Add(30 * time.Second)
	for isPostgres(pid) {
		if time.Now().After(deadline) {
			return fmt.Errorf("the database server left behind (process %d) does not end", pid)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func isPostgres(pid int) bool {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return err == nil && strings.HasPrefix(strings.TrimSpace(string(name)), "postgres") && syscall.Kill(pid, 0) == nil
}

// socketDirectory lies beside the cluster where the path is short enough, else
// in the system's temporary directory under a name made from the path.
func socketDirectory(cluster string) string {
	if dir := cluster + ".socket"; len(dir) <= maxSocketPath {
		return dir
	}
	sum := sha256.Sum256([]byte(cluster))
	return filepath.Join(os.TempDir(), fmt.Sprintf("lianpian-%d-%s", os.Getuid(), hex.EncodeToString(sum[:6])))
}

func (s *Server) makeSocketDirectory() error {
	if err := os.Mkdir(s.socket, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("create the socket directory: %w", err)
	}
	info, err := os.Lstat(s.socket)
	if err != nil {
		return fmt.Errorf("socket directory: %w", err)
	}
	// In a shared temporary directory somebody else could have been first.
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || !s.user.mayOwn(stat.Uid) {
		return fmt.Errorf("the socket directory %s belongs to somebody else", s.socket)
	}
	if err := os.Chmod(s.socket, 0o700); err != nil {
		return fmt.Errorf("socket directory: %w", err)
	}
	return s.user.own(s.socket)
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
