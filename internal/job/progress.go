package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/postgis"
)

// publishEvery is how often a running job's progress is written down, and its
// sign of life with it.
const publishEvery = 300 * time.Millisecond

// Progress is how a handler tells how far it is. Its methods are cheap and safe
// for concurrent use. The zero value and a nil pointer take everything and tell
// nobody, which is what tests and direct calls want.
type Progress struct {
	id       uuid.UUID
	attempt  int
	mu       sync.Mutex
	phase    string
	unit     string
	done     int64
	total    int64
	phaseAt  time.Time
	district string
	after    []func(context.Context)
}

// Afterwards has fn done once the job's end is written down: what it takes away is
// still there for another attempt as long as that may come. Where nobody runs the
// job it is done at once.
func (p *Progress) Afterwards(ctx context.Context, fn func(context.Context)) {
	if p.Job() == uuid.Nil {
		fn(ctx)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after = append(p.after, fn)
}

// Job is the id of the job; the zero value where nobody runs one.
func (p *Progress) Job() uuid.UUID {
	if p == nil {
		return uuid.UUID{}
	}
	return p.id
}

// Phase begins a new phase, such as 读取, counted in unit up to total; a total
// of 0 means that it is not known.
func (p *Progress) Phase(name, unit string, total int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase, p.unit, p.done, p.total, p.phaseAt = name, unit, 0, total, time.Now()
}

// Advance adds n to what is done of the current phase.
func (p *Progress) Advance(n int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
}

// District tells which district the job turned out to belong to.
func (p *Progress) District(code string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.district = code
}

type snapshot struct {
	phase, unit, district string
	done, total           int64
	phaseAt               *time.Time
}

func (p *Progress) snapshot() snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := snapshot{phase: p.phase, unit: p.unit, district: p.district, done: p.done, total: p.total}
	if !p.phaseAt.IsZero() {
		at := p.phaseAt
		s.phaseAt = &at
	}
	return s
}

// Done ends the job inside the transaction that does its work, as its last write:
// the work is done and the job has ended, or neither. The transaction fails where
// the job was cancelled or given to somebody else meanwhile. What the handler
// returns afterwards does not count any more.
func (p *Progress) Done(ctx context.Context, tx *postgis.Tx, report any) error {
	if p == nil || p.attempt == 0 {
		return nil
	}
	return p.settle(ctx, tx, Done, "", report)
}

// settle writes how this attempt ended, or returns ErrTaken.
func (p *Progress) settle(ctx context.Context, tx *postgis.Tx, state State, sentence string, report any) error {
	var encoded []byte
	if report != nil {
		var err error
		if encoded, err = json.Marshal(report); err != nil {
			return fmt.Errorf("encode the report of job %s: %w", p.id, err)
		}
	}
	s := p.snapshot()
	var district, by string
	err := tx.QueryRow(ctx, `
		update job
		   set state = $2, error = $3, report = $4, finished_at = now(),
		       phase = $5, unit = $6, done = $7, total = $8,
		       district_code = coalesce((select code from district where code = $9), district_code)
		 where id = $1 and attempt = $10 and state = 'running'
		returning coalesce(district_code, ''), created_by`,
		p.id, state, sentence, encoded, s.phase, s.unit, s.done, s.total, s.district, p.attempt).Scan(&district, &by)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrTaken
	}
	if err != nil {
		return fmt.Errorf("finish job %s: %w", p.id, err)
	}
	tx.Changed(postgis.Change{District: district, Layer: "jobs", Person: by})
	return nil
}

// guard lets a transaction of the job's handler commit only while nobody else has
// begun the job anew. A handler may still keep what it found after a cancel.
func (p *Progress) guard(ctx context.Context, tx *postgis.Tx) error {
	var attempt int
	err := tx.QueryRow(ctx, `select attempt from job where id = $1 for share`, p.id).Scan(&attempt)
	if err != nil {
		return fmt.Errorf("look whether job %s is still ours: %w", p.id, err)
	}
	if attempt != p.attempt {
		return ErrTaken
	}
	return nil
}

// publish writes the progress down until ctx ends. A heartbeat goes with each
// write; a job without one for a while is taken to be orphaned. When the job is
// no longer this attempt's, its work is abandoned.
func (p *Progress) publish(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger, abandon context.CancelCauseFunc) {
	ticker := time.NewTicker(publishEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			ours, err := p.write(ctx, pool)
			if err != nil && ctx.Err() == nil {
				log.Warn("progress could not be written", "job", p.id, "error", err)
			}
			if err == nil && !ours {
				abandon(ErrTaken)
				return
			}
		}
	}
}

// write tells whether the job still is this attempt's to work on. One that has
// just ended is, as far as this goes.
func (p *Progress) write(ctx context.Context, pool *pgxpool.Pool) (ours bool, err error) {
	s := p.snapshot()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err = pool.QueryRow(ctx, `
		with written as (
			update job
			   set phase = $2, unit = $3, done = $4, total = $5, phase_at = $6,
			       district_code = coalesce((select code from district where code = $7), district_code),
			       heartbeat_at = now()
			 where id = $1 and state = 'running' and attempt = $8
		)
		select coalesce((select attempt = $8 and state not in ('queued', 'cancelled') from job where id = $1), false)`,
		p.id, s.phase, s.unit, s.done, s.total, s.phaseAt, s.district, p.attempt).Scan(&ours)
	return ours, err
}
