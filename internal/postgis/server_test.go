package postgis_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func waitBriefly(t *testing.T) {
	t.Helper()
	select {
	case <-t.Context().Done():
		t.Fatal("out of time")
	case <-time.After(20 * time.Millisecond):
	}
}

func clusterDirectory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lianpian-server-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "database")
}

func TestServerKeepsItsDataBetweenStarts(t *testing.T) {
	dir := clusterDirectory(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for start := range 2 {
		s, err := postgis.StartServer(ctx, dir, discard())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := pgx.Connect(ctx, s.URL())
		if err != nil {
			t.Fatal(err)
		}
		var rows int
		if _, err := conn.Exec(ctx, `create table if not exists kept (n int)`); err != nil {
			t.Fatal(err)
		}
		if err := conn.QueryRow(ctx, `with added as (insert into kept values (1)) select count(*) from kept`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if rows != start {
			t.Errorf("start %d found %d rows", start, rows)
		}
		conn.Close(ctx)
		s.Stop()
	}
}

func TestServerIsNotStartedTwice(t *testing.T) {
	dir := clusterDirectory(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := postgis.StartServer(ctx, dir, discard())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if _, err := postgis.StartServer(ctx, dir, discard()); !errors.Is(err, postgis.ErrServerInUse) {
		t.Errorf("second start: %v, want ErrServerInUse", err)
	}
	address, err := postgis.AttachServer(ctx, dir, discard())
	if err != nil || address != s.URL() {
		t.Errorf("attach: %q, %v; want %q", address, err, s.URL())
	}
}

// When TestMain finds this variable, the test binary plays a service that gets
// killed: it starts a server and waits.
const victimVariable = "LIANPIAN_TEST_SERVER_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimVariable); dir != "" {
		if _, err := postgis.StartServer(context.Background(), dir, discard()); err != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString("started\n")
		time.Sleep(time.Minute)
	}
	os.Exit(m.Run())
}

func TestKilledServiceTakesItsServerAlongAndTheNextStartRecovers(t *testing.T) {
	dir := clusterDirectory(t)
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), victimVariable+"="+dir)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 16)); err != nil {
		t.Fatalf("the victim did not start: %v", err)
	}
	content, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if info, err := os.Stat("/proc/" + strconv.Itoa(pid)); err != nil || info.Sys().(*syscall.Stat_t).Uid == 0 {
			t.Errorf("the database server runs as root (%v)", err)
		}
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := postgis.StartServer(ctx, dir, discard())
	if err != nil {
		t.Fatalf("start after a kill: %v", err)
	}
	s.Stop()
	if syscall.Kill(pid, 0) == nil {
		t.Errorf("the killed service's database server (process %d) lives on", pid)
	}
}

func TestServerThatDiesIsStartedAgain(t *testing.T) {
	dir := clusterDirectory(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := postgis.StartServer(ctx, dir, discard())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	go func() { _ = s.Keep(ctx) }()
	content, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for died := time.Now(); ; waitBriefly(t) {
		var other int
		conn, err := pgx.Connect(ctx, s.URL())
		if err == nil {
			err = conn.QueryRow(ctx, `select split_part(pg_read_file('postmaster.pid'), e'\n', 1)::int`).Scan(&other)
			conn.Close(ctx)
		}
		if err == nil && other != pid {
			return
		}
		if time.Since(died) > 30*time.Second {
			t.Fatalf("no server after 30 s: %v", err)
		}
	}
}
