// Package apptest runs the real program as a child process, for tests of what it
// does as a whole: under faults, and under load.
package apptest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
)

// binary builds the program once, or takes the one that LIANPIAN_TEST_BINARY
// names.
var binary = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("LIANPIAN_TEST_BINARY"); given != "" {
		return given, nil
	}
	dir, err := os.MkdirTemp("", "lianpian-binary-")
	if err != nil {
		return "", err
	}
	built = dir
	path := filepath.Join(dir, "lianpian")
	cmd := exec.Command("go", "build", "-o", path, "github.com/lianpian/lianpian/cmd/lianpian")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
})

var built string

// Main runs the tests of a package and removes the program that was built for
// them. It returns what the process is to end with.
func Main(m *testing.M) int {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	return code
}

// Service is the program as a child process, on an address that stays the same
// over restarts.
type Service struct {
	Address string // host and port
	Log     string // the file that its log goes to

	t      *testing.T
	args   []string
	cmd    *exec.Cmd
	exited chan struct{}
}

// New prepares a service that is ended with the test; its database is at url, or
// private where that is "". What else it is started with stands in args.
func New(t *testing.T, name, url, dataDir string, args ...string) *Service {
	t.Helper()
	address := freeAddress(t)
	s := &Service{t: t, Address: address, Log: filepath.Join(t.TempDir(), name+".log")}
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
		s.Kill()
		if t.Failed() {
			s.tail()
			if keep := os.Getenv("LIANPIAN_TEST_LOGS"); keep != "" {
				if content, err := os.ReadFile(s.Log); err == nil {
					_ = os.WriteFile(filepath.Join(keep, filepath.Base(s.Log)), content, 0o600)
				}
			}
		}
	})
	return s
}

// freeAddress is one that nobody takes while a service that had it is started again:
// the kernel gives ports of a range of its own to connections and to whoever asks for
// any, which other tests do all the time, so it is of below that range.
func freeAddress(t *testing.T) string {
	t.Helper()
	low := 32768
	if content, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		_, _ = fmt.Sscan(string(content), &low)
	}
	const span = 10_000
	givenMu.Lock()
	defer givenMu.Unlock()
	for range 100 {
		port := 0 // any, where there is no room below
		if low > 2*span {
			port = low - 1 - rand.IntN(span)
		}
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		listener.Close()
		if address := listener.Addr().String(); !given[address] {
			given[address] = true
			return address
		}
	}
	t.Fatal("no address is free")
	return ""
}

// given are the addresses of this process's services; tests may run in parallel.
var (
	givenMu sync.Mutex
	given   = map[string]bool{}
)

// With sets a flag.
func (s *Service) With(flag, value string) {
	for i, arg := range s.args {
		if arg == flag {
			s.args[i+1] = value
			return
		}
	}
	s.args = append(s.args, flag, value)
}

func (s *Service) tail() {
	content, err := os.ReadFile(s.Log)
	if err != nil {
		return
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	kept := lines[:0:0]
	for _, line := range lines {
		if strings.HasPrefix(line, "goroutine ") || strings.Contains(line, "SIGQUIT") {
			break // it is in LIANPIAN_TEST_LOGS, where that is set
		}
		if !strings.Contains(line, "level=INFO") && !strings.Contains(line, "path=/readyz") {
			kept = append(kept, line)
		}
	}
	s.t.Logf("the log of %s ends with:\n%s", filepath.Base(s.Log), strings.Join(kept[max(0, len(kept)-15):], "\n"))
}

// Start starts the service and waits until it answers that it is ready.
func (s *Service) Start() {
	s.t.Helper()
	s.Launch()
	s.AwaitReady(60 * time.Second)
}

// Launch starts the service and does not wait.
func (s *Service) Launch() {
	s.t.Helper()
	program, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	logFile, err := os.OpenFile(s.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer logFile.Close()
	cmd := exec.Command(program, s.args...)
	cmd.Env = append(os.Environ(), "DATABASE_URL=")
	cmd.Stderr = logFile
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.cmd, s.exited = cmd, make(chan struct{})
	started := make(chan error)
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
		_ = cmd.Wait()
	}(s.exited)
	if err := <-started; err != nil {
		s.cmd = nil
		s.t.Fatal(err)
	}
}

// PID is the number of the running process.
func (s *Service) PID() int { return s.cmd.Process.Pid }

// Exited is closed when the process has ended.
func (s *Service) Exited() <-chan struct{} { return s.exited }

// ExitCode is what the service ended with by itself; it has exited.
func (s *Service) ExitCode() int {
	<-s.exited
	code := s.cmd.ProcessState.ExitCode()
	s.cmd = nil
	return code
}

// AwaitReady waits until the service answers that it is ready.
func (s *Service) AwaitReady(patience time.Duration) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for !s.Ready() {
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

// Ready tells whether the service answers that it is ready.
func (s *Service) Ready() bool {
	resp, err := probe.Get("http://" + s.Address + "/readyz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Kill ends the service as kill -9 does.
func (s *Service) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.exited
	s.cmd = nil
}

// Terminate tells the service to stop, as an init system does.
func (s *Service) Terminate() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
}

// Stop tells the service to stop and waits until it has.
func (s *Service) Stop() {
	s.t.Helper()
	s.Terminate()
	select {
	case <-s.exited:
		s.cmd = nil
	case <-time.After(60 * time.Second):
		s.t.Fatal("the service does not stop")
	}
}

// DataDir is a directory that the database's user may enter, in memory where there
// is some for files.
func DataDir(t *testing.T) string {
	t.Helper()
	return directory(t, postgis.Scratch())
}

// DiskDir is a directory that the database's user may enter, where temporary files
// lie.
func DiskDir(t *testing.T) string {
	t.Helper()
	return directory(t, os.TempDir())
}

func directory(t *testing.T, base string) string {
	t.Helper()
	dir, err := os.MkdirTemp(base, fmt.Sprintf("lianpian-test-%d-", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
