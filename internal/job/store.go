package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

const columns = `
	id, coalesce(district_code, '') as district, kind, title, state, phase, done, total, unit, error,
	report, created_by, created_at, started_at, finished_at, phase_at`

func scan(row pgx.CollectableRow) (Job, error) {
	var j Job
	var phaseAt *time.Time
	err := row.Scan(&j.ID, &j.District, &j.Kind, &j.Title, &j.State, &j.Phase, &j.Done, &j.Total, &j.Unit, &j.Error,
		&j.Report, &j.CreatedBy, &j.CreatedAt, &j.StartedAt, &j.FinishedAt, &phaseAt)
	if err == nil && j.State == Running {
		j.SecondsLeft = secondsLeft(j.Done, j.Total, phaseAt, time.Now())
	}
	return j, err
}

// Get returns a job, or postgis.ErrNotFound.
func (r *Runner) Get(ctx context.Context, id uuid.UUID) (Job, error) {
	rows, err := r.db.Pool.Query(ctx, `select `+columns+` from job where id = $1`, id)
	if err != nil {
		return Job{}, fmt.Errorf("read job %s: %w", id, err)
	}
	j, err := pgx.CollectExactlyOneRow(rows, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return Job{}, fmt.Errorf("job %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Job{}, fmt.Errorf("read job %s: %w", id, err)
	}
	return j, nil
}

// List returns the newest jobs of a district, of one kind when kind is given,
// and also those that have no district yet when they were asked for by by.
// Reports are left out.
func (r *Runner) List(ctx context.Context, district, kind, by string, limit int) ([]Job, error) {
	rows, err := r.db.Pool.Query(ctx, `
		select `+columns+`
		  from job
		 where (district_code = $1 or (district_code is null and created_by = $3))
		   and ($2 = '' or kind = $2)
		 order by created_at desc, id desc
		 limit $4`, district, kind, by, limit)
	if err != nil {
		return nil, fmt.Errorf("list jobs of %s: %w", district, err)
	}
	jobs, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, fmt.Errorf("list jobs of %s: %w", district, err)
	}
	for i := range jobs {
		jobs[i].Report = nil
	}
	return jobs, nil
}

// Waiting is how many jobs of a kind are in a state that is not final.
type Waiting struct {
	Kind   string
	State  State
	Count  int
	Oldest time.Duration // since the oldest of them was asked for
}

// Backlog counts the jobs that have not ended, of all instances.
func (r *Runner) Backlog(ctx context.Context) ([]Waiting, error) {
	rows, err := r.db.Pool.Query(ctx, `
		select kind, state, count(*)::int as count, now() - min(created_at) as oldest
		  from job
		 where state in ('queued', 'running')
		 group by kind, state`)
	if err != nil {
		return nil, fmt.Errorf("count the jobs: %w", err)
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowToStructByName[Waiting])
	if err != nil {
		return nil, fmt.Errorf("count the jobs: %w", err)
	}
	return waiting, nil
}
