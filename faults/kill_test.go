package faults

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// TestKilledService kills the service again and again while people work, and
// starts it again. In three of four rounds the kill is aimed at a running import,
// package or proposal.
func TestKilledService(t *testing.T) {
	s := rolls(t)
	w := furnish(t, postgistest.New(t))
	files := apptest.DataDir(t)
	// What is aimed at shall not wait for what earlier rounds left.
	sut := apptest.New(t, "service", w.url, files, "--job-workers", "3")
	var l ledger
	r := rand.New(rand.NewPCG(s, 0))
	hit, early := map[string]int{}, map[string]int{}
	// A kill may come when what it was aimed at has just ended. Then the next one is
	// earlier, and a kind of work that no kill met has more rounds.
	missed := func() bool {
		return *rounds > len(longWork) && slices.ContainsFunc(longWork, func(kind string) bool { return hit[kind] == 0 })
	}
	kills := 0
	for ; kills < *rounds || missed() && kills < *rounds+12; kills++ {
		begun := one[time.Time](w, `select clock_timestamp()`)
		sut.Start()
		name := fmt.Sprintf("r%d", kills)
		stop := w.crowd(&l, at(sut), name, 4, s+uint64(kills))
		l.awaitMore(r.IntN(8), 10*time.Second)
		aim := ""
		if turn := kills % (len(longWork) + 1); kills >= *rounds {
			aim = longWork[slices.IndexFunc(longWork, func(kind string) bool { return hit[kind] == 0 })]
		} else if turn < len(longWork) {
			aim = longWork[turn]
		}
		if aim != "" {
			w.client(&l, at(sut)).askFor(t.Context(), aim, name+"-aim", r)
			w.awaitRunning(aim, begun, 10*time.Second)
		}
		time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond >> early[aim])
		sut.Kill()
		met := w.running(begun)
		for _, kind := range met {
			hit[kind]++
		}
		if aim != "" && !slices.Contains(met, aim) {
			early[aim]++
		}
		stop()
		if bad := w.halves(); len(bad) > 0 {
			t.Fatalf("round %d: half imports: %v", kills, bad)
		}
	}
	sut.Start()
	took := w.settled(90*time.Second + time.Duration(kills)*3*time.Second)
	t.Logf("%d kills, in the midst of %v; %d writes acknowledged, %d without an answer; the jobs had ended %s after the last start", kills, hit, l.count(made), l.count(unknown), took.Round(time.Millisecond))
	if missed() {
		t.Errorf("no kill came while each of %v was being done", longWork)
	}
	w.compare(&l, files)
}

// running lists the kinds of jobs that somebody works on since a moment.
func (w *world) running(since time.Time) []string {
	w.t.Helper()
	return texts(w, `select kind from job where state = 'running' and heartbeat_at >= $1`, since)
}

// awaitRunning waits a while until a job of a kind is worked on.
func (w *world) awaitRunning(kind string, since time.Time, patience time.Duration) {
	w.t.Helper()
	for begun := time.Now(); !slices.Contains(w.running(since), kind) && time.Since(begun) < patience; {
		time.Sleep(3 * time.Millisecond)
	}
}

// TestJobOfAKilledServiceIsDoneSoon measures how long a job that was running when
// its service was killed waits for another one: at most twice the silence that is
// allowed, in the long form with the usual settings.
func TestJobOfAKilledServiceIsDoneSoon(t *testing.T) {
	t.Parallel() // it waits most of the time
	silence := 4 * time.Second
	if *long {
		silence = 15 * time.Second
	}
	w := furnish(t, postgistest.New(t))
	files := apptest.DataDir(t)
	killed, other := apptest.New(t, "killed", w.url, files), apptest.New(t, "other", w.url, files)
	for _, s := range []*apptest.Service{killed, other} {
		s.With("--job-silence", silence.String())
	}
	killed.Start()
	var l ledger
	// The import waits for another one into the district, which is this.
	conn, err := w.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), `select pg_advisory_lock(hashtext('lianpian-import-' || $1))`, w.district); err != nil {
		t.Fatal(err)
	}
	if _, result := w.client(&l, at(killed)).bring(t.Context(), "soon"); result != made {
		t.Fatal("an import was refused")
	}
	eventually(t, 20*time.Second, "the job runs", func() bool { return one[int](w, `select count(*) from job where attempt = 1`) == 1 })
	other.Start()
	killed.Kill()
	took := eventually(t, 2*silence+10*time.Second, "the other service takes the job up", func() bool { return one[int](w, `select attempt from job`) == 2 })
	if took > 2*silence {
		t.Errorf("the job was taken up again after %s", took)
	}
	t.Logf("taken up again after %s", took.Round(100*time.Millisecond))
	if _, err := conn.Exec(t.Context(), `select pg_advisory_unlock_all()`); err != nil {
		t.Fatal(err)
	}
	w.settled(30 * time.Second)
	w.client(&l, at(other)).edit(t.Context(), "end", 0)
	w.compare(&l, files)
}

// TestKilledServiceWithItsOwnDatabase is the same on the private server, which
// dies with the service.
func TestKilledServiceWithItsOwnDatabase(t *testing.T) {
	s := rolls(t)
	dir := apptest.DataDir(t)
	w, _ := furnishPrivate(t, dir)
	sut := apptest.New(t, "service", "", dir)
	var l ledger
	r := rand.New(rand.NewPCG(s, 1))
	for round := range max(2, *rounds/6) {
		sut.Start()
		stop := w.crowd(&l, at(sut), fmt.Sprintf("o%d", round), 4, s+uint64(round))
		l.awaitMore(r.IntN(8), 10*time.Second)
		time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
		sut.Kill()
		stop()
	}
	sut.Start()
	w.settled(90*time.Second + time.Duration(*rounds)*time.Second)
	w.compare(&l, dir)
	sut.Stop()
}

// ownServer is a private server that ends with the test and can be killed.
type ownServer struct {
	dir  string
	url  string
	stop func() // shuts it down
}

func startOwn(t *testing.T) *ownServer {
	t.Helper()
	own := &ownServer{dir: furnishCluster(t, apptest.DataDir(t))}
	own.start(t)
	t.Cleanup(func() { own.stop() })
	return own
}

// start starts the server, which comes back by itself until it is stopped.
func (own *ownServer) start(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	server, err := postgis.StartServer(ctx, own.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	kept := make(chan struct{})
	go func() { defer close(kept); _ = server.Keep(ctx) }()
	own.url = server.URL()
	own.stop = sync.OnceFunc(func() { cancel(); <-kept; server.Stop() })
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
func killDatabase(t *testing.T, dir string) (killed int) {
	t.Helper()
	return signalDatabase(t, dir, syscall.SIGKILL)
}

// signalDatabase sends a signal to the server's first process.
func signalDatabase(t *testing.T, dir string, signal syscall.Signal) (to int) {
	t.Helper()
	pid := firstProcess(dir)
	if pid < 2 {
		t.Fatalf("whom to kill: %d", pid)
	}
	if err := syscall.Kill(pid, signal); err != nil {
		t.Fatal(err)
	}
	return pid
}

// firstProcess is the number of a server's first process; 0 while it is not known.
func firstProcess(dir string) int {
	content, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	return pid
}

// TestKilledDatabase kills the database under load. The service comes back by
// itself, soon after the database does, and has acknowledged nothing that is lost.
func TestKilledDatabase(t *testing.T) {
	s := rolls(t)
	own := startOwn(t)
	w := furnish(t, open(t, own.url))
	files := apptest.DataDir(t)
	sut := apptest.New(t, "service", own.url, files)
	sut.Start()
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
	dir := apptest.DataDir(t)
	sut := apptest.New(t, "service", "", dir)
	sut.Start()
	times := 2
	if *long {
		times = 10
	}
	slowest := time.Duration(0)
	for range times {
		cluster := filepath.Join(dir, "postgres")
		killed := killDatabase(t, cluster)
		begun := time.Now()
		eventually(t, 30*time.Second, "another server runs", func() bool { pid := firstProcess(cluster); return pid > 1 && pid != killed })
		sut.AwaitReady(30 * time.Second)
		slowest = max(slowest, time.Since(begun))
		time.Sleep(200 * time.Millisecond)
	}
	if slowest > 5*time.Second {
		t.Errorf("the private database was back after %s", slowest)
	}
	t.Logf("ready again %s after a kill at the latest", slowest.Round(time.Millisecond))
	sut.Stop()
}
