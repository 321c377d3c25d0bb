package httpapi

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/lianpian/lianpian/internal/account"
)

const (
	// burstSeconds is how many seconds' worth of requests may come at once: a map
	// that is opened asks for much and then for little.
	burstSeconds = 10
	// addressShare is how many people are expected behind one address.
	addressShare = 20
	// paceKeys bounds the memory for those who are counted.
	paceKeys = 100_000
)

// pace lets each person and each address ask so often, by filling buckets in the
// memory of this instance: it keeps a program that has run wild from the others,
// and two instances simply let twice as much through.
type pace struct {
	rate  float64 // requests per second; 0 is no limit
	burst float64
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newPace(rate float64, now func() time.Time) *pace {
	return &pace{rate: rate, burst: rate * burstSeconds, now: now, buckets: map[string]bucket{}}
}

// take tells how long whoever goes by the key has to wait; 0 is not at all.
func (p *pace) take(key string) time.Duration {
	if p.rate <= 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	b, known := p.buckets[key]
	if !known {
		p.sweep(now)
		b = bucket{left: p.burst, at: now}
	}
	b.left = min(p.burst, b.left+now.Sub(b.at).Seconds()*p.rate)
	b.at = now
	var wait time.Duration
	if b.left < 1 {
		wait = time.Duration((1 - b.left) / p.rate * float64(time.Second))
	} else {
		b.left--
	}
	p.buckets[key] = b
	return wait
}

// sweep forgets whose bucket is full again, once there are many.
func (p *pace) sweep(now time.Time) {
	if len(p.buckets) < paceKeys {
		return
	}
	for key, b := range p.buckets {
		if now.Sub(b.at).Seconds() >= burstSeconds {
			delete(p.buckets, key)
		}
	}
	if len(p.buckets) >= paceKeys { // under attack: bounded memory first
		clear(p.buckets)
	}
}

func tooOften(wait time.Duration) *Problem {
	return newProblem(http.StatusTooManyRequests, kindThrottled, "请求过于频繁，请稍后再试", "Too many requests; wait a little.").
		header("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
}

// paceAddress limits an address, before anything is looked up for it.
func (s *Server) paceAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := s.byAddress.take(s.address(r)); wait > 0 {
			writeProblem(w, r, tooOften(wait))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// pacePerson limits a person, wherever they ask from and by what token.
func (s *Server) pacePerson(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p, ok := account.From(r.Context()); ok {
			if wait := s.byPerson.take(p.ID.String()); wait > 0 {
				writeProblem(w, r, tooOften(wait))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
