package faults

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// TestKilledService kills the service again and again while people work, and
// starts it again.
func TestKilledService(t *testing.T) {
	s := rolls(t)
	w := furnish(t, postgistest.New(t))
	files := dataDir(t)
	sut := newService(t, "service", w.url, files)
	var l ledger
	r := rand.New(rand.NewPCG(s, 0))
	killed := 0
	for round := range *rounds {
		sut.start()
		stop := w.crowd(&l, at(sut), fmt.Sprintf("r%d", round), 4, s+uint64(round))
		l.awaitMore(r.IntN(8), 10*time.Second)
		time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
		sut.kill()
		killed++
		stop()
		if bad := w.halves(); len(bad) > 0 {
			t.Fatalf("round %d: half imports: %v", round, bad)
		}
	}
	sut.start()
	took := w.settled(90*time.Second + time.Duration(*rounds)*3*time.Second)
	t.Logf("%d kills; %d writes acknowledged, %d without an answer; the jobs had ended %s after the last start", killed, l.count(made), l.count(unknown), took.Round(time.Millisecond))
	w.compare(&l, files)
}

// TestJobOfAKilledServiceIsDoneSoon measures how long a job that was running when
// its service was killed waits for another one, with the usual settings.
func TestJobOfAKilledServiceIsDoneSoon(t *testing.T) {
	w := furnish(t, postgistest.New(t))
	files := dataDir(t)
	killed, other := newService(t, "killed", w.url, files), newService(t, "other", w.url, files)
	for _, s := range []*service{killed, other} {
		s.with("--job-silence", "15s")
	}
	killed.start()
	var l ledger
	c := w.client(&l, at(killed))
	a, err := c.ask(t.Context(), "POST", "/districts/"+w.district+"/proposals", map[string]any{"seconds": 600, "seed": 1, "max_diameter_m": 5000})
	if c.judge("proposal", a, err) != made {
		t.Fatalf("%d %s %v", a.status, a.body, err)
	}
	eventually(t, 20*time.Second, "the job runs", func() bool { return one[int](w, `select count(*) from job where attempt = 1`) == 1 })
	other.start()
	if one[string](w, `select state from job`) != "running" {
		t.Skip("the search was over before anything could be killed")
	}
	killed.kill()
	took := eventually(t, 40*time.Second, "the other service takes the job up", func() bool { return one[int](w, `select attempt from job`) == 2 })
	if took > 30*time.Second {
		t.Errorf("the job was taken up again after %s", took)
	}
	t.Logf("taken up again after %s", took.Round(100*time.Millisecond))
}

// TestKilledServiceWithItsOwnDatabase is the same on the private server, which
// dies with the service.
func TestKilledServiceWithItsOwnDatabase(t *testing.T) {
	s := rolls(t)
	dir := dataDir(t)
	server, err := postgis.StartServer(t.Context(), filepath.Join(dir, "postgres"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	url := server.URL()
	if err := postgis.Migrate(t.Context(), url, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	db, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := furnish(t, db)
	db.Pool.Reset()
	server.Stop()
	sut := newService(t, "service", "", dir)
	var l ledger
	r := rand.New(rand.NewPCG(s, 1))
	for round := range max(2, *rounds/6) {
		sut.start()
		stop := w.crowd(&l, at(sut), fmt.Sprintf("o%d", round), 4, s+uint64(round))
		l.awaitMore(r.IntN(8), 10*time.Second)
		time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
		sut.kill()
		stop()
	}
	sut.start()
	w.settled(90*time.Second + time.Duration(*rounds)*time.Second)
	w.compare(&l, dir)
	sut.stop()
}

// ownServer is a private server that ends with the test and can be killed.
type ownServer struct {
	dir string
	url string
}

func startOwn(t *testing.T) ownServer {
	t.Helper()
	dir := filepath.Join(dataDir(t), "postgres")
	ctx, cancel := context.WithCancel(context.Background())
	server, err := postgis.StartServer(ctx, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	kept := make(chan struct{})
	go func() { defer close(kept); _ = server.Keep(ctx) }()
	t.Cleanup(func() { cancel(); <-kept; server.Stop() })
	if err := postgis.Migrate(ctx, server.URL(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	return ownServer{dir, server.URL()}
}

func open(t *testing.T, url string) *postgis.DB {
	t.Helper()
	db, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// killDatabase kills the server's first process, as kill -9 does.
func killDatabase(t *testing.T, dir string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	if err != nil || pid < 2 {
		t.Fatalf("whom to kill: %d, %v", pid, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// TestKilledDatabase kills the database under load. The service comes back by
// itself, soon after the database does, and has acknowledged nothing that is lost.
func TestKilledDatabase(t *testing.T) {
	s := rolls(t)
	own := startOwn(t)
	w := furnish(t, open(t, own.url))
	files := dataDir(t)
	sut := newService(t, "service", own.url, files)
	sut.start()
	var l ledger
	r := rand.New(rand.NewPCG(s, 2))
	times := 3
	if *long {
		times = 20
	}
	slowest := time.Duration(0)
	for round := range times {
		stop := w.crowd(&l, at(sut), fmt.Sprintf("d%d", round), 4, s+uint64(round))
		l.awaitMore(1+r.IntN(8), 10*time.Second)
		killDatabase(t, own.dir)
		// From when the database answers again …
		eventually(t, 60*time.Second, "the database comes back", func() bool {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			return postgis.Ping(ctx, own.url) == nil
		})
		// … until somebody's edit is acknowledged.
		c := w.client(&l, at(sut))
		n := 0
		took := eventually(t, 30*time.Second, "the service comes back", func() bool {
			n++
			return c.edit(t.Context(), fmt.Sprintf("d%d-back-%d", round, n), r.IntN(communities)) == made
		})
		slowest = max(slowest, took)
		time.Sleep(300 * time.Millisecond)
		stop()
	}
	if slowest > 5*time.Second {
		t.Errorf("the service took %s after the database's return", slowest)
	}
	t.Logf("%d kills; back %s after the database at the latest; %d writes acknowledged, %d of unknown outcome", times, slowest.Round(time.Millisecond), l.count(made), l.count(unknown))
	w.settled(2 * time.Minute)
	w.compare(&l, files)
}

// TestPrivateDatabaseComesBack kills the private server of a running service.
func TestPrivateDatabaseComesBack(t *testing.T) {
	dir := dataDir(t)
	sut := newService(t, "service", "", dir)
	sut.start()
	times := 2
	if *long {
		times = 10
	}
	slowest := time.Duration(0)
	for range times {
		killDatabase(t, filepath.Join(dir, "postgres"))
		begun := time.Now()
		time.Sleep(20 * time.Millisecond)
		sut.awaitReady(30 * time.Second)
		slowest = max(slowest, time.Since(begun))
		time.Sleep(200 * time.Millisecond)
	}
	if slowest > 5*time.Second {
		t.Errorf("the private database was back after %s", slowest)
	}
	t.Logf("ready again %s after a kill at the latest", slowest.Round(time.Millisecond))
	sut.stop()
}
