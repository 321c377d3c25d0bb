package tile

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

func newTestShelf(t *testing.T, budget int64) *shelf {
	t.Helper()
	s, err := newShelf(budget)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	here  = orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{1, 1}}
	there = orb.Bound{Min: orb.Point{5, 5}, Max: orb.Point{6, 6}}
)

func everything(key, orb.Bound) bool { return true }

func at(b orb.Bound) func(key, orb.Bound) bool {
	return func(_ key, index orb.Bound) bool { return index.Intersects(b) }
}

// waitFor waits until so many people wait for the flight of k.
func waitFor(t *testing.T, s *shelf, k key, people int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		s.mu.Lock()
		f := s.flights[k]
		enough := f != nil && f.waiting == people
		s.mu.Unlock()
		if enough {
			return
		}
	}
	t.Fatalf("there are never %d people waiting", people)
}

func TestRequestsForOneTileShareOneFlight(t *testing.T) {
	s := newTestShelf(t, 1<<20)
	k := key{district: "d"}
	var flights atomic.Int32
	land := make(chan struct{})
	var people sync.WaitGroup
	for range 10 {
		people.Go(func() {
			got, err := s.tile(context.Background(), k, here, func(context.Context) (*sheet, error) {
				flights.Add(1)
				<-land
				return &sheet{etag: "made"}, nil
			})
			if err != nil || got.etag != "made" {
				t.Errorf("got %q, %v", got.etag, err)
			}
		})
	}
	waitFor(t, s, k, 10)
	close(land)
	people.Wait()
	if flights.Load() != 1 {
		t.Errorf("%d flights", flights.Load())
	}
	if _, ok := s.kept(k); !ok {
		t.Error("the tile was not kept")
	}
}

func TestAFlightThatPanicsFailsForWhoWaits(t *testing.T) {
	s := newTestShelf(t, 1<<20)
	k := key{district: "d"}
	_, err := s.tile(context.Background(), k, here, func(context.Context) (*sheet, error) { panic("a nil shape") })
	if err == nil || !strings.Contains(err.Error(), "a nil shape") {
		t.Errorf("got %v", err)
	}
	got, err := s.tile(context.Background(), k, here, func(context.Context) (*sheet, error) { return &sheet{etag: "made"}, nil })
	if err != nil || got.etag != "made" {
		t.Errorf("the next one: %v, %v", got, err)
	}
}

func TestFlightFromBeforeAChangeServesOnlyThoseWhoAskedBefore(t *testing.T) {
	s := newTestShelf(t, 1<<20)
	k := key{district: "d"}
	land := make(chan struct{})
	before := make(chan string, 1)
	go func() {
		got, _ := s.tile(context.Background(), k, here, func(context.Context) (*sheet, error) {
			<-land
			return &sheet{etag: "old"}, nil
		})
		before <- got.etag
	}()
	waitFor(t, s, k, 1)
	s.drop(everything)
	patient, enough := context.WithTimeout(context.Background(), 5*time.Second)
	defer enough()
	ask := func() string {
		got, err := s.tile(patient, k, here, func(context.Context) (*sheet, error) { return &sheet{etag: "new"}, nil })
		if err != nil {
			t.Error(err)
		}
		return got.etag
	}
	if got := ask(); got != "new" {
		t.Errorf("who asks after the change gets %q", got)
	}
	close(land)
	if got := <-before; got != "old" {
		t.Errorf("who asked before gets %q", got)
	}
	if got := ask(); got != "new" {
		t.Errorf("the old flight, landing late, left %q", got)
	}
}

func TestChangeDropsOnlyTheTilesItShowsIn(t *testing.T) {
	s := newTestShelf(t, 1<<20)
	for name, b := range map[string]orb.Bound{"here": here, "there": there} {
		if _, err := s.tile(context.Background(), key{district: name}, b, func(context.Context) (*sheet, error) { return emptySheet, nil }); err != nil {
			t.Fatal(err)
		}
	}
	s.drop(at(here))
	if _, ok := s.kept(key{district: "here"}); ok {
		t.Error("the changed tile is still kept")
	}
	if _, ok := s.kept(key{district: "there"}); !ok {
		t.Error("the other tile is gone, too")
	}
}

func TestFlightIsCancelledWithItsLastWaiter(t *testing.T) {
	s := newTestShelf(t, 1<<20)
	k := key{district: "d"}
	cancelled := make(chan struct{})
	fly := func(ctx context.Context) (*sheet, error) {
		<-ctx.Done()
		close(cancelled)
		return nil, ctx.Err()
	}
	first, leaveFirst := context.WithCancel(context.Background())
	second, leaveSecond := context.WithCancel(context.Background())
	defer leaveSecond()
	left := make(chan error, 2)
	for _, ctx := range []context.Context{first, second} {
		go func() {
			_, err := s.tile(ctx, k, here, fly)
			left <- err
		}()
	}
	waitFor(t, s, k, 2)
	leaveFirst()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the first to leave gets %v", err)
	}
	select {
	case <-cancelled:
		t.Fatal("the flight was cancelled while somebody waited")
	case <-time.After(20 * time.Millisecond):
	}
	leaveSecond()
	<-left
	select {
	case <-cancelled:
	case <-time.After(5 * time.Second):
		t.Fatal("the flight goes on for nobody")
	}
	got, err := s.tile(context.Background(), k, here, func(context.Context) (*sheet, error) { return &sheet{etag: "fresh"}, nil })
	if err != nil || got.etag != "fresh" {
		t.Errorf("who comes later gets %q, %v", got.etag, err)
	}
}

func TestFailureIsNotKept(t *testing.T) {
	s := newTestShelf(t, 1<<20)
	broken := errors.New("broken")
	if _, err := s.tile(context.Background(), key{}, here, func(context.Context) (*sheet, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if got, err := s.tile(context.Background(), key{}, here, func(context.Context) (*sheet, error) { return &sheet{etag: "ok"}, nil }); err != nil || got.etag != "ok" {
		t.Errorf("got %q, %v", got.etag, err)
	}
}

func TestMemoryStaysWithinItsBudget(t *testing.T) {
	const budget = 1 << 20
	s := newTestShelf(t, budget)
	for i := range 500 {
		k := key{district: "d", x: uint32(i)}
		if _, err := s.tile(context.Background(), k, here, func(context.Context) (*sheet, error) { return &sheet{body: make([]byte, 10_000)}, nil }); err != nil {
			t.Fatal(err)
		}
	}
	s.tiles.CleanUp()
	var kept uint64
	for _, e := range s.tiles.All() {
		kept += uint64(e.weight)
	}
	if kept > budget || kept < budget/2 {
		t.Errorf("%d bytes are kept of a budget of %d", kept, budget)
	}
}
