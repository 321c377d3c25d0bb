// Package turn shares a limited number of places among persons. Everybody waits
// in a queue of their own; a place that comes free goes to the one who waits and
// has lately used the least, so that who asks for much waits for themselves and
// not for others. It knows nothing of what is done in a place.
package turn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

var (
	// ErrTooMany says that this person has too much waiting already.
	ErrTooMany = errors.New("too many requests of one person wait")
	// ErrBusy says that no place came free in time, or that too many persons wait.
	ErrBusy = errors.New("no place came free")
)

// Limits say how many places there are and who may wait. Zeros are completed.
type Limits struct {
	Places    int           // at once; 0 is 4
	PerPerson int           // at once of one person; 0 is half of the places, at least 1
	Waiting   int           // of one person; 0 is 32
	All       int           // waiting of all persons; 0 is 2,000
	Patience  time.Duration // longest wait; 0 is 10 s
}

func (l Limits) filled() Limits {
	l.Places = cmp.Or(l.Places, 4)
	l.PerPerson = min(l.Places, cmp.Or(l.PerPerson, max(1, l.Places/2)))
	l.Waiting = cmp.Or(l.Waiting, 32)
	l.All = cmp.Or(l.All, 2_000)
	l.Patience = cmp.Or(l.Patience, 10*time.Second)
	return l
}

// halfLife is after what time half of what somebody used is forgotten.
const halfLife = 10 * time.Second

// Queue gives out places. Use New.
type Queue struct {
	limits Limits
	now    func() time.Time

	mu      sync.Mutex
	persons map[string]*person
	taken   int
	waiting int
	order   uint64
}

// person is who has a place, waits for one, or had one lately.
type person struct {
	running int
	waiting []*ticket // first come, first served
	used    float64   // seconds in places, fading, as of at
	at      time.Time
}

// ticket is one wait for a place.
type ticket struct {
	order uint64
	given chan struct{} // closed with the place
}

// New makes a queue; now is time.Now outside of tests.
func New(l Limits, now func() time.Time) *Queue {
	return &Queue{limits: l.filled(), now: now, persons: map[string]*person{}}
}

// Limits are those in force.
func (q *Queue) Limits() Limits { return q.limits }

// Take waits for a place for somebody and returns the function that gives it
// back, which may be called more than once. Errors: ErrTooMany at once, ErrBusy
// after the patience or where too many wait, or why ctx ended; who goes away
// while waiting leaves the queue.
func (q *Queue) Take(ctx context.Context, who string) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("wait for a place: %w", err)
	}
	q.mu.Lock()
	p := q.person(who)
	if q.taken < q.limits.Places && p.running < q.limits.PerPerson && len(p.waiting) == 0 {
		q.seat(p)
		q.mu.Unlock()
		return q.releaser(who, p), nil
	}
	if err := q.mayWait(p); err != nil {
		q.mu.Unlock()
		return nil, err
	}
	q.order++
	t := &ticket{order: q.order, given: make(chan struct{})}
	p.waiting = append(p.waiting, t)
	q.waiting++
	q.mu.Unlock()

	patience := time.NewTimer(q.limits.Patience)
	defer patience.Stop()
	select {
	case <-t.given:
		return q.releaser(who, p), nil
	case <-ctx.Done():
		err = fmt.Errorf("wait for a place: %w", ctx.Err())
	case <-patience.C:
		err = ErrBusy
	}
	if q.leave(who, p, t) {
		return nil, err
	}
	release = q.releaser(who, p) // the place came at the same moment
	if ctx.Err() != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (q *Queue) mayWait(p *person) error {
	switch {
	case len(p.waiting) >= q.limits.Waiting:
		return ErrTooMany
	case q.waiting >= q.limits.All:
		return ErrBusy
	}
	return nil
}

func (q *Queue) person(who string) *person {
	p, known := q.persons[who]
	if !known {
		p = &person{at: q.now()}
		q.persons[who] = p
	}
	return p
}

func (q *Queue) seat(p *person) {
	p.running++
	q.taken++
}

// releaser gives a place back once, whoever calls it how often.
func (q *Queue) releaser(who string, p *person) func() {
	began := q.now()
	var once sync.Once
	return func() {
		once.Do(func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			now := q.now()
			p.fade(now)
			p.used += now.Sub(began).Seconds()
			p.running--
			q.taken--
			q.forget(who, p)
			q.hand()
		})
	}
}

func (p *person) fade(now time.Time) {
	p.used *= math.Exp2(-now.Sub(p.at).Seconds() / halfLife.Seconds())
	p.at = now
}

// hand gives free places to those who wait.
func (q *Queue) hand() {
	now := q.now()
	for q.taken < q.limits.Places {
		var next *person
		for _, p := range q.persons {
			if len(p.waiting) == 0 || p.running >= q.limits.PerPerson {
				continue
			}
			p.fade(now)
			if next == nil || before(p, next) {
				next = p
			}
		}
		if next == nil {
			return
		}
		t := next.waiting[0]
		next.waiting = next.waiting[1:]
		q.waiting--
		q.seat(next)
		close(t.given)
	}
}

// before tells who of two comes first: who has less running, then who has used
// less, then who waits longer.
func before(a, b *person) bool {
	return cmp.Or(
		cmp.Compare(a.running, b.running),
		cmp.Compare(a.used, b.used),
		cmp.Compare(a.waiting[0].order, b.waiting[0].order),
	) < 0
}

// leave takes a ticket out of the queue; false where it has its place already.
func (q *Queue) leave(who string, p *person, t *ticket) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, waiting := range p.waiting {
		if waiting == t {
			p.waiting = append(p.waiting[:i:i], p.waiting[i+1:]...)
			q.waiting--
			q.forget(who, p)
			return true
		}
	}
	return false
}

// remembered is how many persons are kept before those are forgotten who have
// used next to nothing lately.
const remembered = 1_000

// forget drops persons of whom nothing need be known.
func (q *Queue) forget(who string, p *person) {
	if p.running == 0 && len(p.waiting) == 0 && p.used < 0.01 {
		delete(q.persons, who)
	}
	if len(q.persons) <= remembered {
		return
	}
	now := q.now()
	for name, other := range q.persons {
		other.fade(now)
		if other.running == 0 && len(other.waiting) == 0 && (other.used < 0.01 || len(q.persons) > 2*remembered) {
			delete(q.persons, name)
		}
	}
}

// Standing is how full a queue is.
type Standing struct{ Taken, Waiting, Persons int }

// Standing tells how full the queue is now.
func (q *Queue) Standing() Standing {
	q.mu.Lock()
	defer q.mu.Unlock()
	return Standing{q.taken, q.waiting, len(q.persons)}
}
