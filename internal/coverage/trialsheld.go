package coverage

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	keepTrial  = 15 * time.Minute // after the last question
	mostTrials = 16               // of all people; the one asked the longest ago goes first
)

// trials are the what-ifs under way in this process.
type trials struct {
	mu   sync.Mutex
	now  func() time.Time
	held map[uuid.UUID]*trial
}

func newTrials() *trials { return &trials{now: time.Now, held: map[uuid.UUID]*trial{}} }

// trial is one of them. Its data are of the moment when it was begun.
type trial struct {
	district, by string
	asked        time.Time // guarded by trials.mu

	mu       sync.Mutex // one question at a time
	in       *inputs
	question question
	limit    float64 // in what the method counts
	base     []outcome
	spared   []bool // by the first step
	figures  TrialFigures
	sum      trialSum
	engine   whatIf
}

// whatIf answers which subjects fare otherwise after changes. It may be asked
// again and again, each time from the base.
type whatIf interface {
	try(ctx context.Context, changes []Change) (changed []otherwise, notes []string, err error)
	// gains says for each of some drawn paths alone which subjects fare otherwise,
	// how long it is and whether it joins the network in two places.
	gains(ctx context.Context, path Change) (changed []otherwise, length float64, joined bool, err error)
}

// otherwise is a subject that fares otherwise.
type otherwise struct {
	subject int
	outcome
}

// keep holds a new trial and drops what is too old or too much.
func (t *trials) keep(id uuid.UUID, one *trial) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	one.asked = now
	t.held[id] = one
	for other, held := range t.held {
		if now.Sub(held.asked) > keepTrial {
			delete(t.held, other)
		}
	}
	for len(t.held) > mostTrials {
		var oldest uuid.UUID
		for other, held := range t.held {
			if o := t.held[oldest]; o == nil || held.asked.Before(o.asked) {
				oldest = other
			}
		}
		delete(t.held, oldest)
	}
	return now.Add(keepTrial)
}

// find returns a trial of the person; others are not told of it.
func (t *trials) find(ctx context.Context, district string, id uuid.UUID) (*trial, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.held[id]
	if one == nil || one.district != district || one.by != asker(ctx) || t.now().Sub(one.asked) > keepTrial {
		return nil, fmt.Errorf("trial %s: %w", id, postgis.ErrNotFound)
	}
	one.asked = t.now()
	return one, nil
}

// asker tells people apart, also those of the same name.
func asker(ctx context.Context) string {
	if p, signedIn := account.From(ctx); signedIn {
		return p.ID.String()
	}
	return account.Name(ctx)
}
