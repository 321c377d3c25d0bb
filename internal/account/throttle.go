package account

import (
	"sync"
	"time"
)

// Failed sign-ins that are let through within the window, for one name from one
// address, for one name from anywhere, and for one address. The middle one is
// wide, so that a stranger cannot easily lock a person out.
const (
	throttleWindow = 5 * time.Minute
	failuresPair   = 5
	failuresName   = 50
	failuresPlace  = 100
	throttleKeys   = 100_000
)

// throttle counts failures per key within a sliding window.
type throttle struct {
	now func() time.Time

	mu       sync.Mutex
	failures map[string]*tally
}

// tally approximates a sliding window with the current and the previous one.
type tally struct {
	start             time.Time
	current, previous int
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, failures: map[string]*tally{}}
}

func throttleLimits(name, address string) map[string]int {
	return map[string]int{
		"both " + name + " " + address: failuresPair,
		"name " + name:                 failuresName,
		"from " + address:              failuresPlace,
	}
}

// attempt counts an attempt in advance, so that a crowd of parallel guesses
// counts as many, or returns how long to wait. A success takes it back.
func (t *throttle) attempt(name, address string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.sweep(now)
	limits := throttleLimits(name, address)
	for key, limit := range limits {
		if f := t.failures[key]; f != nil {
			f.roll(now)
			if f.count(now) >= float64(limit) {
				wait = max(wait, f.start.Add(throttleWindow).Sub(now))
			}
		}
	}
	if wait > 0 {
		return wait
	}
	for key := range limits {
		f := t.failures[key]
		if f == nil {
			f = &tally{start: now}
			t.failures[key] = f
		}
		f.current++
	}
	return 0
}

// succeeded forgets the failures of the pair and takes back what attempt
// counted for the others.
func (t *throttle) succeeded(name, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, limit := range throttleLimits(name, address) {
		f := t.failures[key]
		switch {
		case f == nil:
		case limit == failuresPair:
			delete(t.failures, key)
		case f.current > 0:
			f.current--
		}
	}
}

// sweep drops what no longer counts once there is much of it.
func (t *throttle) sweep(now time.Time) {
	if len(t.failures) < throttleKeys {
		return
	}
	for key, f := range t.failures {
		if now.Sub(f.start) > 2*throttleWindow {
			delete(t.failures, key)
		}
	}
	if len(t.failures) >= throttleKeys { // under attack: bounded memory first
		clear(t.failures)
	}
}

func (f *tally) roll(now time.Time) {
	switch age := now.Sub(f.start); {
	case age < throttleWindow:
	case age < 2*throttleWindow:
		f.start, f.previous, f.current = f.start.Add(throttleWindow), f.current, 0
	default:
		f.start, f.previous, f.current = now, 0, 0
	}
}

func (f *tally) count(now time.Time) float64 {
	rest := 1 - float64(now.Sub(f.start))/float64(throttleWindow)
	return float64(f.current) + float64(f.previous)*rest
}
