package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis"
)

// TestDatabaseIsRestartedInMidTile restarts the database again and again while
// people pan over a map of which nothing is kept, in every way that a database ends.
// Each answer is the tile as it was before, or says that it has to be asked for
// again; tiles come again soon after the database, and the service has not grown.
func TestDatabaseIsRestartedInMidTile(t *testing.T) {
	s := rolls(t)
	own := startOwn(t)
	w := furnish(t, open(t, own.url))
	w.crowdedBlocks(t.Context())
	sut := apptest.New(t, "service", own.url, apptest.DataDir(t), "--tile-cache", "0", "--tile-hold", "1", "--rate-limit", "0")
	sut.Start()
	eventually(t, time.Minute, "the shapes for small scales are drawn", func() bool {
		return one[int](w, `select count(*) from generalised_stale`)+one[int](w, `select count(*) from link_stale`) == 0
	})
	m := &steadyMap{w: w, base: at(sut), tiles: w.tilesAsTheyAre(t, at(sut))}

	ends := []struct {
		name string
		end  func()
	}{
		{"it is shut down and started half a second later", func() {
			own.stop()
			time.Sleep(500 * time.Millisecond)
			own.start(t)
		}},
		{"it is killed", func() { killDatabase(t, own.dir) }},
		{"it is told to end at once", func() { signalDatabase(t, own.dir, syscall.SIGQUIT) }},
		{"one of its sessions is killed", func() {
			session := m.anySession(t)
			if err := syscall.Kill(session, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			eventually(t, time.Minute, "the first process notices", func() bool { return syscall.Kill(session, 0) != nil })
		}},
	}
	times := 1
	if *long {
		times = 15
	}
	stop := m.look(12, s)
	defer func() { stop() }()
	m.everybodySees(20)
	stop()
	before := sizeOf(t, sut)
	stop = m.look(12, s+1)
	slowest, refusals := time.Duration(0), 0
	for round := range times * len(ends) {
		how := ends[round%len(ends)]
		usual := m.everybodySees(2)
		m.awaitMidTile(t)
		m.broken.Store(true)
		how.end()
		eventually(t, time.Minute, "the database comes back", func() bool {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			return postgis.Ping(ctx, own.url) == nil
		})
		took := m.everybodySees(2)
		m.broken.Store(false)
		if took > 5*time.Second+usual {
			t.Errorf("%s: everybody had tiles again after %s, as many as take %s otherwise", how.name, took, usual)
		}
		slowest = max(slowest, took)
		if refused := int(m.refused.Swap(0)); refused > 0 {
			refusals += refused
		}
	}
	m.everybodySees(20)
	stop()
	// The pools may be fuller than they were, by no more than they hold.
	var after size
	grown := func() bool {
		after = sizeOf(t, sut)
		return after.files > before.files+20 || after.goroutines > before.goroutines+40 || after.resident > before.resident+before.resident/2+64<<20
	}
	for begun := time.Now(); grown() && time.Since(begun) < 20*time.Second; { // until it has noticed who hung up
	}
	for _, c := range m.complaints() {
		t.Error(c)
	}
	if refusals == 0 {
		t.Error("nobody was refused a tile: no restart was in the midst of one")
	}
	if grown() {
		t.Errorf("the service was %s before and is %s", before, after)
	}
	t.Logf("%d restarts; %d tiles as before, %d refused; everybody had tiles again %s after the database at the latest; the service was %s before and is %s",
		times*len(ends), m.right.Load(), refusals, slowest.Round(time.Millisecond), before, after)
}

// crowdedBlocks puts 3000 buildings into the south-west of the district, so that a
// tile of them takes a while.
func (w *world) crowdedBlocks(ctx context.Context) {
	w.t.Helper()
	_, err := w.pool.Exec(ctx, `
		insert into building (district_code, code, subdistrict_code, storeys, built_year, households, geom)
		select $1, 'b' || n, '500110001', 6, 1990, n % 40,
		       ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(106.9 + (n % 100) * 0.00016, 28.95 + (n / 100) * 0.00042), 4490), 0.00006))
		from generate_series(0, 2999) n`, w.district)
	if err != nil {
		w.t.Fatalf("put buildings into the district: %v", err)
	}
}

// keptAnswer is a tile as it was before the first restart.
type keptAnswer struct {
	path, tag string
	body      []byte
}

// tilesAsTheyAre asks for all tiles of the crowded blocks.
func (w *world) tilesAsTheyAre(t *testing.T, base func() string) (all []keptAnswer) {
	t.Helper()
	var l ledger
	c := w.client(&l, base)
	for zoom := maptile.Zoom(11); zoom <= 16; zoom++ {
		first, last := maptile.At(orb.Point{106.899, 28.964}, zoom), maptile.At(orb.Point{106.917, 28.949}, zoom)
		for x := first.X; x <= last.X; x++ {
			for y := first.Y; y <= last.Y; y++ {
				path := fmt.Sprintf("/districts/%s/tiles/base,communities,buildings/%d/%d/%d.mvt", w.district, zoom, x, y)
				got, err := c.ask(t.Context(), http.MethodGet, path, nil)
				if err != nil || got.status != http.StatusOK {
					t.Fatalf("%s: %d %.300s %v", path, got.status, got.body, err)
				}
				all = append(all, keptAnswer{path, got.head.Get("ETag"), got.body})
			}
		}
	}
	return all
}

// steadyMap is a map that nobody edits, and what people see of it.
type steadyMap struct {
	w     *world
	base  func() string
	tiles []keptAnswer

	broken         atomic.Bool // the database may be away: tiles may be refused
	right, refused atomic.Int64

	mu   sync.Mutex
	seen []*atomic.Int64 // tiles of each who looks
	odd  []string
}

// look lets so many people look at one tile after another until the function that it
// returns is called.
func (m *steadyMap) look(people int, seed uint64) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var looking sync.WaitGroup
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen = nil
	for p := range people {
		var l ledger
		c := m.w.client(&l, m.base)
		r := rand.New(rand.NewPCG(seed, uint64(p)))
		seen := new(atomic.Int64)
		m.seen = append(m.seen, seen)
		looking.Go(func() {
			defer c.http.CloseIdleConnections()
			for ctx.Err() == nil {
				want := m.tiles[r.IntN(len(m.tiles))]
				mayFail := m.broken.Load()
				asking, done := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
				got, err := c.ask(asking, http.MethodGet, want.path, nil)
				done()
				// Who was refused asked before it was over, or while it was not.
				if m.hold(want, got, err, mayFail || m.broken.Load()) {
					seen.Add(1)
				} else {
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
	return sync.OnceFunc(func() { cancel(); looking.Wait() })
}

// hold tells whether an answer is the tile as it was, and complains where it is
// neither that nor a clean refusal.
func (m *steadyMap) hold(want keptAnswer, got answer, err error, mayFail bool) bool {
	var problem struct{ Type, Detail string }
	switch {
	case err != nil:
		m.complain("%s: after %d and %d bytes: %v", want.path, got.status, len(got.body), err)
	case got.status == http.StatusOK && bytes.Equal(got.body, want.body) && got.head.Get("ETag") == want.tag:
		m.right.Add(1)
		return true
	case got.status == http.StatusOK:
		m.complain("%s: another tile, %d bytes instead of %d", want.path, len(got.body), len(want.body))
	case got.status != http.StatusServiceUnavailable, json.Unmarshal(got.body, &problem) != nil,
		!strings.HasSuffix(problem.Type, ":busy"), problem.Detail == "", got.head.Get("Retry-After") == "", leaks(got.body):
		m.complain("%s: %d %.300s", want.path, got.status, got.body)
	case !mayFail:
		m.complain("%s: refused while the database was there: %s", want.path, problem.Detail)
	default:
		m.refused.Add(1)
	}
	return false
}

// leaks tells whether an answer speaks of what only the log should.
func leaks(body []byte) bool {
	for _, word := range []string{"SQLSTATE", "FATAL", "pgx", "pgconn", "socket", "dial", "EOF", "terminat"} {
		if bytes.Contains(body, []byte(word)) {
			return true
		}
	}
	return false
}

func (m *steadyMap) complain(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.odd) < 20 {
		m.odd = append(m.odd, fmt.Sprintf(format, args...))
	}
}

func (m *steadyMap) complaints() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.odd
}

// everybodySees waits until everybody who looks has had so many more tiles.
func (m *steadyMap) everybodySees(many int64) time.Duration {
	m.w.t.Helper()
	m.mu.Lock()
	people := m.seen
	m.mu.Unlock()
	since := make([]int64, len(people))
	for i, seen := range people {
		since[i] = seen.Load()
	}
	return eventually(m.w.t, time.Minute, "everybody has tiles", func() bool {
		for i, seen := range people {
			if seen.Load() < since[i]+many {
				return false
			}
		}
		return true
	})
}

// awaitMidTile returns when the database is at work on some tile.
func (m *steadyMap) awaitMidTile(t *testing.T) {
	t.Helper()
	eventually(t, 20*time.Second, "a tile is being made", func() bool {
		return one[int](m.w, `select count(*) from pg_stat_activity where application_name = 'lianpian-tiles' and state = 'active'`) > 0
	})
}

// anySession is the process of a session that tiles are read through.
func (m *steadyMap) anySession(t *testing.T) int {
	t.Helper()
	pid := one[int](m.w, `select min(pid) from pg_stat_activity where application_name = 'lianpian-tiles'`)
	if pid < 2 {
		t.Fatalf("whom to kill: %d", pid)
	}
	return pid
}

// size is what a service takes.
type size struct {
	files, goroutines int
	resident          int // bytes
}

func (s size) String() string {
	return fmt.Sprintf("%d MiB with %d open files and %d goroutines", s.resident>>20, s.files, s.goroutines)
}

// sizeOf looks at a service that has nothing to do.
func sizeOf(t *testing.T, s *apptest.Service) (is size) {
	t.Helper()
	time.Sleep(200 * time.Millisecond) // until it has noticed who hung up
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.PID()))
	if err != nil {
		t.Fatal(err)
	}
	is.files = len(open)
	resp, err := http.Get("http://" + s.Address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the figures of the service: %d %.200s %v", resp.StatusCode, text.Bytes(), err)
	}
	figure := func(name string) int {
		for line := range strings.Lines(text.String()) {
			if value, found := strings.CutPrefix(line, name+" "); found {
				v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
				if err == nil {
					return int(v)
				}
			}
		}
		t.Fatalf("the service does not tell of %s", name)
		return 0
	}
	is.goroutines, is.resident = figure("go_goroutines"), figure("process_resident_memory_bytes")
	return is
}
