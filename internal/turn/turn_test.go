package turn

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// hold takes a place for a while, as a goroutine, and says when it had one.
func hold(t *testing.T, q *Queue, who string, d time.Duration, had func()) {
	go func() {
		release, err := q.Take(t.Context(), who)
		if err != nil {
			t.Errorf("%s: %v", who, err)
			return
		}
		had()
		time.Sleep(d)
		release()
		release() // once more does nothing
	}()
}

func TestAPersonOfMuchDoesNotHoldUpAPersonOfLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Places: 2, PerPerson: 2, Waiting: 100, Patience: time.Minute}, time.Now)
		for range 40 {
			hold(t, q, "much", time.Second, func() {})
		}
		synctest.Wait()
		began := time.Now()
		var waited time.Duration
		hold(t, q, "little", time.Millisecond, func() { waited = time.Since(began) })
		time.Sleep(30 * time.Second)
		if waited == 0 || waited > time.Second {
			t.Errorf("waited %s, want at most until one place came free", waited)
		}
	})
}

func TestPlacesAreSharedEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Places: 3, PerPerson: 3, Waiting: 1000, All: 10_000, Patience: time.Hour}, time.Now)
		served := map[string]int{}
		var mu sync.Mutex
		for person := range 10 {
			who := fmt.Sprint("person ", person)
			for range 30 * (1 + person%3) { // some ask for three times as much
				hold(t, q, who, 100*time.Millisecond, func() { mu.Lock(); served[who]++; mu.Unlock() })
			}
		}
		time.Sleep(5 * time.Second) // 150 of 590 have been served
		mu.Lock()
		for person := range 10 {
			if n := served[fmt.Sprint("person ", person)]; n < 13 || n > 17 {
				t.Errorf("person %d was served %d times, want about 15", person, n)
			}
		}
		mu.Unlock()
		time.Sleep(time.Minute)
	})
}

func TestNobodyHasMoreThanTheirPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Places: 6, PerPerson: 2, Waiting: 100}, time.Now)
		for range 20 {
			hold(t, q, "one", 100*time.Millisecond, func() {})
		}
		synctest.Wait()
		if s := q.Standing(); s.Taken != 2 || s.Waiting != 18 {
			t.Errorf("%+v", s)
		}
		time.Sleep(time.Minute)
		if s := q.Standing(); s.Taken != 0 || s.Waiting != 0 {
			t.Errorf("afterwards %+v", s)
		}
	})
}

func TestWhoWaitsTooMuchOrTooLongIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Places: 1, Waiting: 2, All: 3, Patience: 5 * time.Second}, time.Now)
		release, err := q.Take(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		outcome := make(chan error, 3)
		wait := func(who string) {
			_, err := q.Take(t.Context(), who)
			outcome <- err
		}
		go wait("a")
		go wait("a")
		synctest.Wait()
		if _, err := q.Take(t.Context(), "a"); !errors.Is(err, ErrTooMany) {
			t.Errorf("a third of one person: %v", err)
		}
		go wait("b")
		synctest.Wait()
		if _, err := q.Take(t.Context(), "c"); !errors.Is(err, ErrBusy) {
			t.Errorf("a fourth of all: %v", err)
		}
		began := time.Now()
		for range 3 {
			if err := <-outcome; !errors.Is(err, ErrBusy) {
				t.Errorf("after the patience: %v", err)
			}
		}
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("told after %s", took)
		}
		release()
		if s := q.Standing(); s.Taken != 0 || s.Waiting != 0 {
			t.Errorf("afterwards %+v", s)
		}
	})
}

func TestWhoGoesAwayLeavesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Places: 1}, time.Now)
		release, err := q.Take(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		ctx, leave := context.WithCancel(t.Context())
		outcome := make(chan error, 1)
		go func() { _, err := q.Take(ctx, "b"); outcome <- err }()
		synctest.Wait()
		leave()
		if err := <-outcome; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if s := q.Standing(); s.Waiting != 0 {
			t.Errorf("%+v", s)
		}
		release()
		if _, err := q.Take(ctx, "b"); !errors.Is(err, context.Canceled) {
			t.Errorf("a place for who has gone: %v", err)
		}
	})
}

func TestNoPlaceIsLostOrGivenTwiceInARush(t *testing.T) {
	q := New(Limits{Places: 5, PerPerson: 3, Waiting: 10, Patience: 20 * time.Millisecond}, time.Now)
	var inside, most atomic.Int64
	var all sync.WaitGroup
	for n := range 400 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(n)))
			for range 20 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.IntN(3000))*time.Microsecond)
				release, err := q.Take(ctx, fmt.Sprint(r.IntN(30)))
				if err == nil {
					now := inside.Add(1)
					for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
					}
					time.Sleep(time.Duration(r.IntN(200)) * time.Microsecond)
					inside.Add(-1)
					release()
				}
				cancel()
			}
		})
	}
	all.Wait()
	if most.Load() > 5 || most.Load() < 2 {
		t.Errorf("%d at once, want up to 5", most.Load())
	}
	if s := q.Standing(); s.Taken != 0 || s.Waiting != 0 {
		t.Errorf("afterwards %+v", s)
	}
}

func TestManyPersonsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Places: 2}, time.Now)
		for n := range 5 * remembered {
			release, err := q.Take(t.Context(), fmt.Sprint(n))
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			release()
		}
		if s := q.Standing(); s.Persons > 2*remembered {
			t.Errorf("%d persons are kept", s.Persons)
		}
	})
}
