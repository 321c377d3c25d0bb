package job

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

// publishEvery is how often a running job's progress is written down, and its
// sign of life with it.
const publishEvery = 300 * time.Millisecond

// Progress is how a handler tells how far it is. Its methods are cheap and safe
// for concurrent use. The zero value and a nil pointer take everything and tell
// nobody, which is what tests and direct calls want.
type Progress struct {
	id       uuid.UUID
	mu       sync.Mutex
	phase    string
	unit     string
	done     int64
	total    int64
	phaseAt  time.Time
	district string
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

// publish writes the progress down until ctx ends. A heartbeat goes with each
// write; a job without one for a while is taken to be orphaned.
func (p *Progress) publish(ctx context.Context, pool *pgxpool.Pool, id uuid.UUID, log *slog.Logger) {
	ticker := time.NewTicker(publishEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := p.write(ctx, pool, id); err != nil && ctx.Err() == nil {
				log.Warn("progress could not be written", "job", id, "error", err)
			}
		}
	}
}

func (p *Progress) write(ctx context.Context, pool *pgxpool.Pool, id uuid.UUID) error {
	s := p.snapshot()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := pool.Exec(ctx, `
		update job
		   set phase = $2, unit = $3, done = $4, total = $5, phase_at = $6,
		       district_code = coalesce((select code from district where code = $7), district_code),
		       heartbeat_at = now()
		 where id = $1 and state = 'running'`,
		id, s.phase, s.unit, s.done, s.total, s.phaseAt, s.district)
	return err
}
