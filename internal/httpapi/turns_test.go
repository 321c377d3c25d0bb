package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Every name of an operation that the turns know is one of the API's.
func TestTurnsKnowTheirOperations(t *testing.T) {
	w := newWorld(t)
	known := map[string]bool{"": true}
	for _, rt := range w.server.routes {
		known[rt.id] = true
	}
	for _, set := range []map[string]bool{heavy, uploads, streams, unhurried} {
		for id := range set {
			if !known[id] {
				t.Errorf("there is no operation %s", id)
			}
		}
	}
}

// unread is a client that takes a first byte and then nothing more: what is
// written says which connections of the database are held meanwhile.
type unread struct {
	*httptest.ResponseRecorder
	once  sync.Once
	first func()
}

func (u *unread) Write(b []byte) (int, error) {
	u.once.Do(u.first)
	return u.ResponseRecorder.Write(b)
}

func (u *unread) WriteHeader(status int) {
	u.once.Do(u.first)
	u.ResponseRecorder.WriteHeader(status)
}

// However slowly an answer is read, it holds no connection of the database and
// no turn. Asked of every address that can be read.
func TestNothingIsHeldWhileAClientReads(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for _, r := range matrix {
		method, pattern, _ := strings.Cut(r.route, " ")
		if method != http.MethodGet || seen[pattern] || strings.HasSuffix(pattern, "/events") {
			continue
		}
		seen[pattern] = true
		w.standAgain(own)
		q := r.ask(w, own, "administrator")
		target, err := url.ParseRequestURI(q.path)
		w.must(err)
		request := httptest.NewRequestWithContext(t.Context(), q.method, "http://here/", nil)
		request.URL, request.RequestURI = target, q.path
		request.AddCookie(&http.Cookie{Name: cookieName, Value: w.tokens["administrator"]})
		got := &unread{ResponseRecorder: httptest.NewRecorder()}
		got.first = func() {
			if held := w.db.Pool.Stat().AcquiredConns(); held != 0 {
				t.Errorf("%s: %d connections are held while the client reads", r.route, held)
			}
			if l, h := w.server.turns.light.Standing(), w.server.turns.heavy.Standing(); l.Taken+h.Taken != 0 {
				t.Errorf("%s: a turn is held while the client reads: %+v, %+v", r.route, l, h)
			}
		}
		w.server.ServeHTTP(got, request)
		if strconv.Itoa(got.Code) != strings.Fields(r.own)[1] {
			t.Errorf("%s: %d %.300s", r.route, got.Code, got.Body)
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d addresses were read", len(seen))
	}
}

// occupy takes all connections of the pool.
func (w *world) occupy() (release func()) {
	w.t.Helper()
	var held []*pgxpool.Conn
	for range w.db.Pool.Config().MaxConns {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		conn, err := w.db.Pool.Acquire(ctx)
		cancel()
		w.must(err)
		held = append(held, conn)
	}
	return func() {
		for _, conn := range held {
			conn.Release()
		}
	}
}

func TestWithoutAConnectionARequestIsToldToComeAgain(t *testing.T) {
	w := newWorld(t)
	release := w.occupy()
	defer release()
	began := time.Now()
	got := w.as("planner", ask{method: "GET", path: root + "/districts/500110/communities"})
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q: %s", got.status, got.header.Get("Retry-After"), got.body)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("told after %s", took)
	}
}

// Who asks for much waits for themselves; beyond what may wait they are told.
func TestOnePersonsRushHoldsUpNobodyElse(t *testing.T) {
	w := newWorld(t)
	// The planner's requests hang: their community is locked by somebody.
	c := w.community(own)
	tx, err := w.db.Pool.Begin(t.Context())
	w.must(err)
	defer func() { _ = tx.Rollback(context.Background()) }()
	_, err = tx.Exec(t.Context(), `select from community where code = $1 for update`, c.Code)
	w.must(err)
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	ctx, leave := context.WithCancel(t.Context())
	for range 100 {
		all.Go(func() {
			q := write("PATCH", thing(own, "communities", c.Code), c.Version, `{"households":120}`)
			r, err := http.NewRequestWithContext(ctx, q.method, w.http.URL+q.path, strings.NewReader(q.body))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("If-Match", q.headers["If-Match"])
			r.AddCookie(&http.Cookie{Name: cookieName, Value: w.tokens["planner"]})
			got, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				return
			}
			got.Body.Close()
			mu.Lock()
			statuses[got.StatusCode]++
			mu.Unlock()
		})
	}
	limits := w.server.turns.light.Limits()
	w.until("the planner's queue is full", func() bool {
		s := w.server.turns.light.Standing()
		return s.Taken == limits.PerPerson && s.Waiting == limits.Waiting
	})
	var took []time.Duration
	for range 40 {
		began := time.Now()
		if got := w.as("officer", ask{method: "GET", path: root + "/districts/500110/communities?limit=5"}); got.status != http.StatusOK {
			t.Fatalf("the officer: %d %s", got.status, got.body)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	if p95 := took[37]; p95 > time.Second {
		t.Errorf("the officer waited %s", p95)
	}
	leave()
	all.Wait()
	if told := statuses[http.StatusTooManyRequests]; told != 100-limits.PerPerson-limits.Waiting {
		t.Errorf("answered %v, want %d told that they are too many", statuses, 100-limits.PerPerson-limits.Waiting)
	}
	w.until("everybody has left", func() bool {
		s := w.server.turns.light.Standing()
		return s.Taken+s.Waiting == 0
	})
	w.until("no statement waits at the server", func() bool {
		var n int
		w.must(w.db.Pool.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n))
		return n == 0
	})
	t.Log(fmt.Sprint("officer ", took[20], took[37]))
}
