package tile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/turn"
)

// A tile may take many times as long as quick ones do at the moment, on this
// machine with all that it has to do, before it counts as slow.
const (
	manyTimes               = 10
	shortestTry, longestTry = 150 * time.Millisecond, 2 * time.Second
)

// lanes keep tiles that take long apart from those that do not. A tile is tried
// among the quick ones first; one that takes too long is begun again among the
// slow ones, of which few are made at once, and its neighbours go there directly
// from then on. In both lanes everybody has a turn of their own, so that who
// asks for the heaviest tiles of a district waits for themselves.
type lanes struct {
	quick, slow *turn.Queue

	mu      sync.Mutex
	heavy   map[neighbours]struct{}
	typical time.Duration // of a quick tile, lately
}

// neighbours are tiles that are taken to be as heavy as each other.
type neighbours struct {
	district string
	layers   layerSet
	zoom     uint32
	x, y     int32
}

// maxHeavy bounds what is remembered; what is forgotten is tried again.
const maxHeavy = 20_000

func newLanes(c Config) *lanes {
	return &lanes{
		quick: turn.New(turn.Limits{Places: c.Workers, PerPerson: c.Workers, Waiting: 200, Patience: c.QueryTimeout}, time.Now),
		slow:  turn.New(turn.Limits{Places: c.slowWorkers(), Waiting: 200, Patience: 2 * c.QueryTimeout}, time.Now),
		heavy: map[neighbours]struct{}{},
	}
}

// slowWorkers are the connections for tiles that take long, beside the others.
func (c Config) slowWorkers() int { return max(1, c.Workers/2) }

func neighboursOf(layers layerSet, v View) neighbours {
	side := 2 * (v.Exact.Max[0] - v.Exact.Min[0]) // four of them in a square
	middle := v.Exact.Center()
	return neighbours{v.District, layers, v.Zoom, int32(math.Floor(middle[0] / side)), int32(math.Floor(middle[1] / side))}
}

// try is how long a tile may take among the quick ones.
func (l *lanes) try() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return min(max(manyTimes*l.typical, shortestTry), longestTry)
}

// took notes how long a quick tile took; where it was none, what is typical grows
// a little, so that a machine that has become slower does not make all tiles slow.
func (l *lanes) took(d time.Duration, quick bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if quick {
		l.typical += (d - l.typical) / 10
	} else {
		l.typical += l.typical/10 + time.Millisecond
	}
	l.typical = min(l.typical, longestTry/manyTimes)
}

func (l *lanes) isHeavy(n neighbours) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, heavy := l.heavy[n]
	return heavy
}

func (l *lanes) learn(n neighbours, heavy bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !heavy {
		delete(l.heavy, n)
		return
	}
	if len(l.heavy) >= maxHeavy {
		clear(l.heavy)
	}
	l.heavy[n] = struct{}{}
}

// drawInTurn draws a tile when it is the person's turn, within the time that a
// tile may take.
func (s *Server) drawInTurn(ctx context.Context, layers layerSet, v View) ([]byte, error) {
	n := neighboursOf(layers, v)
	if !s.lanes.isHeavy(n) {
		body, took, err := s.drawIn(ctx, s.lanes.quick, min(s.lanes.try(), s.config.QueryTimeout), layers, v)
		if err == nil {
			s.lanes.took(took, true)
		}
		if err == nil || !tookTooLong(err) || errors.Is(err, ErrBusy) || ctx.Err() != nil {
			return body, err
		}
		s.lanes.took(took, false)
		s.lanes.learn(n, true)
	}
	body, took, err := s.drawIn(ctx, s.lanes.slow, s.config.QueryTimeout, layers, v)
	if err == nil && took < s.lanes.try()/2 {
		s.lanes.learn(n, false)
	}
	return body, err
}

func (s *Server) drawIn(ctx context.Context, lane *turn.Queue, within time.Duration, layers layerSet, v View) (body []byte, took time.Duration, err error) {
	who := ""
	if p, ok := account.From(ctx); ok {
		who = p.ID.String()
	}
	release, err := lane.Take(ctx, who)
	if errors.Is(err, turn.ErrBusy) {
		return nil, 0, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	if err != nil {
		return nil, 0, err
	}
	defer release()
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	body, err = s.draw(ctx, layers, v)
	if err != nil && ctx.Err() != nil {
		// What PostGIS computes with is interrupted with an error of its own.
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return body, time.Since(began), err
}
