// Package faults kills, starves and cuts off the real service, as child
// processes of these tests, and compares what it has acknowledged with what is in
// the database afterwards. A seed repeats a run; -rounds makes it longer.
package faults

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/account"
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

// binary builds the program once, or takes the one that LIANPIAN_FAULTS_BINARY
// names.
var binary = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("LIANPIAN_FAULTS_BINARY"); given != "" {
		return given, nil
	}
	dir, err := os.MkdirTemp("", "lianpian-faults-")
	if err != nil {
		return "", err
	}
	madeDirectories = append(madeDirectories, dir)
	path := filepath.Join(dir, "lianpian")
	cmd := exec.Command("go", "build", "-o", path, "github.com/lianpian/lianpian/cmd/lianpian")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
})

// madeDirectories go when all tests have ended.
var madeDirectories []string

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	for _, dir := range madeDirectories {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// service is the program as a child process, on an address that stays the same
// over restarts.
type service struct {
	t       *testing.T
	address string
	args    []string
	log     string
	cmd     *exec.Cmd
	token   string // of the first sign-in, where it was printed
	exited  chan struct{}
}

// newService prepares a service; its database is at url, or private where it is
// "".
func newService(t *testing.T, name, url, dataDir string, args ...string) *service {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	s := &service{t: t, address: address, log: filepath.Join(t.TempDir(), name+".log")}
	s.args = append([]string{"serve", "--listen", address, "--data-dir", dataDir, "--log-level", "info", "--job-silence", "3s"}, args...)
	if url != "" {
		s.args = append(s.args, "--database-url", url)
	}
	t.Cleanup(func() {
		if t.Failed() && s.cmd != nil { // what it was doing
			_ = s.cmd.Process.Signal(syscall.SIGQUIT)
			<-s.exited
			s.cmd = nil
		}
		s.kill()
		if t.Failed() {
			s.tail()
			if keep := os.Getenv("LIANPIAN_FAULTS_LOGS"); keep != "" {
				if content, err := os.ReadFile(s.log); err == nil {
					_ = os.WriteFile(filepath.Join(keep, filepath.Base(s.log)), content, 0o600)
				}
			}
		}
	})
	return s
}

// with sets a flag.
func (s *service) with(flag, value string) {
	for i, arg := range s.args {
		if arg == flag {
			s.args[i+1] = value
			return
		}
	}
	s.args = append(s.args, flag, value)
}

func (s *service) tail() {
	content, err := os.ReadFile(s.log)
	if err != nil {
		return
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	kept := lines[:0:0]
	for _, line := range lines {
		if strings.HasPrefix(line, "goroutine ") || strings.Contains(line, "SIGQUIT") {
			break // it is in LIANPIAN_FAULTS_LOGS, where that is set
		}
		if !strings.Contains(line, "level=INFO") && !strings.Contains(line, "path=/readyz") {
			kept = append(kept, line)
		}
	}
	s.t.Logf("the log of %s ends with:\n%s", filepath.Base(s.log), strings.Join(kept[max(0, len(kept)-15):], "\n"))
}

var firstLink = regexp.MustCompile(`sign-in\?token=(\S+)`)

// start starts the service and waits until it answers that it is ready.
func (s *service) start() {
	s.t.Helper()
	s.launch()
	s.awaitReady(60 * time.Second)
}

func (s *service) launch() {
	s.t.Helper()
	program, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	logFile, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer logFile.Close()
	cmd := exec.Command(program, s.args...)
	cmd.Env = append(os.Environ(), "DATABASE_URL=")
	cmd.Stderr = logFile
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd, s.exited = cmd, make(chan struct{})
	started, printed := make(chan error), make(chan string, 1)
	go func(exited chan struct{}) {
		// The kernel sends the parent-death signal when the thread that forked
		// ends, so that thread is kept for as long as the service lives.
		runtime.LockOSThread()
		defer close(exited)
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := firstLink.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case printed <- m[1]:
				default:
				}
			}
		}
		_ = cmd.Wait()
	}(s.exited)
	if err := <-started; err != nil {
		s.cmd = nil
		s.t.Fatal(err)
	}
	go func() {
		select {
		case s.token = <-printed:
		case <-s.exited:
		}
	}()
}

func (s *service) awaitReady(patience time.Duration) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for !s.ready() {
		select {
		case <-s.exited:
			s.tail()
			s.t.Fatal("the service ended instead of starting")
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			s.tail()
			s.t.Fatalf("the service is not ready after %s", patience)
		}
	}
}

var probe = &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func (s *service) ready() bool {
	resp, err := probe.Get("http://" + s.address + "/readyz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// kill ends the service as kill -9 does.
func (s *service) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.exited
	s.cmd = nil
}

// terminate tells the service to stop, as an init system does.
func (s *service) terminate() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
}

// stop tells the service to stop and waits until it has.
func (s *service) stop() {
	s.t.Helper()
	s.terminate()
	select {
	case <-s.exited:
		s.cmd = nil
	case <-time.After(60 * time.Second):
		s.t.Fatal("the service does not stop")
	}
}

// openDirectory makes a directory that the database's user may enter.
func openDirectory() (string, error) {
	base := os.TempDir()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, fmt.Sprintf("lianpian-test-%d-", os.Getpid()))
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := openDirectory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
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
