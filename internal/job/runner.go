package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// orphanAfter is how long a running job may give no sign of life before it is
// taken from its runner.
const orphanAfter = 20 * time.Second

// Config says what a Runner works on.
type Config struct {
	// Queue separates runners that must not take each other's jobs: the
	// service works on "default", a command line on one of its own.
	Queue string
	// Workers is how many jobs run at once.
	Workers int
	// Handlers do the work, by kind.
	Handlers map[string]Handler
	// Ended is told of every attempt at a job how it ended ("done", "refused",
	// "failed", or "interrupted" by who cancelled it or by the service's end) and how long it took; nil is nobody.
	Ended func(kind, how string, took time.Duration)
}

// Runner keeps jobs and does them. Use NewRunner.
type Runner struct {
	db     *postgis.DB
	config Config
	log    *slog.Logger
	client *river.Client[pgx.Tx]
}

// NewRunner returns a runner; nothing is done before Run.
func NewRunner(db *postgis.DB, config Config, log *slog.Logger) (*Runner, error) {
	if config.Queue == "" {
		config.Queue = river.QueueDefault
	}
	if config.Workers < 1 {
		config.Workers = 1
	}
	if config.Ended == nil {
		config.Ended = func(string, string, time.Duration) {}
	}
	r := &Runner{db: db, config: config, log: log}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{runner: r})
	client, err := river.NewClient(riverpgxv5.New(db.Pool), &river.Config{
		Queues:               map[string]river.QueueConfig{config.Queue: {MaxWorkers: config.Workers}},
		Workers:              workers,
		Logger:               log.With("part", "queue"),
		JobTimeout:           -1, // an import takes as long as it takes; people can cancel
		RescueStuckJobsAfter: 24 * time.Hour,
		FetchCooldown:        50 * time.Millisecond,
		FetchPollInterval:    time.Second,
		MaxAttempts:          5,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the job queue: %w", err)
	}
	r.client = client
	return r, nil
}

// Run does jobs until ctx ends, then interrupts those under way, which are done
// again after the next start.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	ticker := time.NewTicker(orphanAfter / 2)
	defer ticker.Stop()
	for {
		if err := r.adoptOrphans(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("orphaned jobs could not be looked for", "error", err)
		}
		select {
		case <-ctx.Done():
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			if err := r.client.StopAndCancel(stop); err != nil {
				return fmt.Errorf("stop the job queue: %w", err)
			}
			return nil
		case <-ticker.C:
		}
	}
}

// Enqueue records a job and hands it to the queue, in one transaction.
func (r *Runner) Enqueue(ctx context.Context, q Request) (Job, error) {
	if _, ok := r.config.Handlers[q.Kind]; !ok {
		return Job{}, fmt.Errorf("no handler for jobs of kind %q", q.Kind)
	}
	args, err := json.Marshal(q.Args)
	if err != nil {
		return Job{}, fmt.Errorf("encode the arguments of a %s job: %w", q.Kind, err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Job{}, fmt.Errorf("make a job id: %w", err)
	}
	err = r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := tx.Exec(ctx, `
			insert into job (id, district_code, kind, title, args, created_by)
			values ($1, nullif($2, ''), $3, $4, $5, $6)`,
			id, q.District, q.Kind, q.Title, args, q.CreatedBy); err != nil {
			return fmt.Errorf("record a %s job: %w", q.Kind, err)
		}
		tx.Changed(postgis.Change{District: q.District, Layer: "jobs"})
		return r.dispatch(ctx, tx, id)
	})
	if err != nil {
		return Job{}, err
	}
	return r.Get(ctx, id)
}

func (r *Runner) dispatch(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	inserted, err := r.client.InsertTx(ctx, tx, task{JobID: id}, &river.InsertOpts{Queue: r.config.Queue})
	if err != nil {
		return fmt.Errorf("queue job %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `update job set river_id = $2 where id = $1`, id, inserted.Job.ID); err != nil {
		return fmt.Errorf("queue job %s: %w", id, err)
	}
	return nil
}

// Cancel stops a job that is queued or running. A job that has ended stays as
// it is. It returns postgis.ErrNotFound for an unknown one.
func (r *Runner) Cancel(ctx context.Context, id uuid.UUID) (Job, error) {
	err := r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		var riverID *int64
		var district string
		err := tx.QueryRow(ctx, `
			update job
			   set state = 'cancelled', finished_at = now()
			 where id = $1 and state in ('queued', 'running')
			returning river_id, coalesce(district_code, '')`, id).Scan(&riverID, &district)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cancel job %s: %w", id, err)
		}
		tx.Changed(postgis.Change{District: district, Layer: "jobs"})
		if riverID != nil {
			if _, err := r.client.JobCancelTx(ctx, tx, *riverID); err != nil && !errors.Is(err, river.ErrNotFound) {
				return fmt.Errorf("cancel job %s: %w", id, err)
			}
		}
		return nil
	})
	if err != nil {
		return Job{}, err
	}
	return r.Get(ctx, id)
}

// adoptOrphans queues again what a killed service left running. What a killed
// command line left is marked as failed, since nobody else may take it.
func (r *Runner) adoptOrphans(ctx context.Context) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		rows, err := tx.Query(ctx, `
			update job
			   set state = case when q.queue = $1 then 'queued' else 'failed' end,
			       error = case when q.queue = $1 then '' else '执行该任务的程序中断了，没有写入任何数据' end,
			       finished_at = case when q.queue = $1 then null else now() end
			  from river_job q
			 where q.id = job.river_id
			   and job.state = 'running'
			   and job.heartbeat_at < now() - $2::interval
			returning job.id, q.queue = $1`, r.config.Queue, orphanAfter)
		if err != nil {
			return fmt.Errorf("look for orphaned jobs: %w", err)
		}
		type orphan struct {
			ID   uuid.UUID
			Ours bool
		}
		orphans, err := pgx.CollectRows(rows, pgx.RowToStructByPos[orphan])
		if err != nil {
			return fmt.Errorf("look for orphaned jobs: %w", err)
		}
		for _, o := range orphans {
			r.log.Info("a job was left behind", "job", o.ID, "queued again", o.Ours)
			if !o.Ours {
				continue
			}
			if err := r.dispatch(ctx, tx, o.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// task is what the queue's library carries: which job to do.
type task struct {
	JobID uuid.UUID `json:"job_id"`
}

// Kind implements river.JobArgs.
func (task) Kind() string { return "lianpian_job" }

type worker struct {
	river.WorkerDefaults[task]
	runner *Runner
}

// Work does one job. What the queue is told is only whether to try again; how
// the job ended is in its row.
func (w *worker) Work(ctx context.Context, queued *river.Job[task]) error {
	r, id := w.runner, queued.Args.JobID
	kind, args, ok, err := r.claim(ctx, id, queued.ID)
	if err != nil {
		return err
	}
	if !ok {
		return nil // cancelled meanwhile, or somebody else's by now
	}
	progress := &Progress{id: id}
	publishing, stopPublishing := context.WithCancel(ctx)
	published := make(chan struct{})
	go func() {
		defer close(published)
		progress.publish(publishing, r.db.Pool, id, r.log)
	}()
	began := time.Now()
	report, workErr := r.handle(ctx, kind, args, progress)
	r.config.Ended(kind, ending(ctx, workErr), time.Since(began))
	stopPublishing()
	<-published

	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if workErr != nil && ctx.Err() != nil {
		return r.interrupt(settle, id)
	}
	return r.finish(settle, id, progress, report, workErr)
}

func ending(ctx context.Context, err error) string {
	var refusal *Refusal
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &refusal):
		return "refused"
	case ctx.Err() != nil:
		return "interrupted"
	}
	return "failed"
}

func (r *Runner) handle(ctx context.Context, kind string, args json.RawMessage, p *Progress) (report any, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic in a %s job: %v\n%s", kind, broken, debug.Stack())
		}
	}()
	handler, ok := r.config.Handlers[kind]
	if !ok {
		return nil, fmt.Errorf("no handler for jobs of kind %q", kind)
	}
	return handler(ctx, args, p)
}

func (r *Runner) claim(ctx context.Context, id uuid.UUID, riverID int64) (kind string, args json.RawMessage, ok bool, err error) {
	err = r.db.Pool.QueryRow(ctx, `
		update job
		   set state = 'running', started_at = coalesce(started_at, now()), heartbeat_at = now()
		 where id = $1 and river_id = $2 and state = 'queued'
		returning kind, args`, id, riverID).Scan(&kind, &args)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil, false, nil
	}
	if err != nil {
		return "", nil, false, fmt.Errorf("claim job %s: %w", id, err)
	}
	return kind, args, true, nil
}

// interrupt is called when the job's context ended: a cancelled job stays
// cancelled, one that the stopping service interrupted goes back to the queue.
func (r *Runner) interrupt(ctx context.Context, id uuid.UUID) error {
	tag, err := r.db.Pool.Exec(ctx, `update job set state = 'queued' where id = $1 and state = 'running'`, id)
	if err != nil {
		return fmt.Errorf("put job %s back: %w", id, err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	return river.JobSnooze(0)
}

func (r *Runner) finish(ctx context.Context, id uuid.UUID, p *Progress, report any, workErr error) error {
	state, sentence := Done, ""
	var refusal *Refusal
	switch {
	case errors.As(workErr, &refusal):
		state, sentence = Failed, refusal.Detail
	case workErr != nil:
		state, sentence = Failed, "处理时发生内部错误，没有写入任何数据；详情见服务日志"
		r.log.Error("a job failed", "job", id, "error", workErr)
	}
	var encoded []byte
	if report != nil {
		var err error
		if encoded, err = json.Marshal(report); err != nil {
			r.log.Error("a job's report could not be encoded", "job", id, "error", err)
		}
	}
	s := p.snapshot()
	return r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		var district string
		err := tx.QueryRow(ctx, `
			update job
			   set state = $2, error = $3, report = $4, finished_at = now(),
			       phase = $5, unit = $6, done = $7, total = $8,
			       district_code = coalesce((select code from district where code = $9), district_code)
			 where id = $1 and state = 'running'
			returning coalesce(district_code, '')`,
			id, state, sentence, encoded, s.phase, s.unit, s.done, s.total, s.district).Scan(&district)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // cancelled in the last moment
		}
		if err != nil {
			return fmt.Errorf("finish job %s: %w", id, err)
		}
		tx.Changed(postgis.Change{District: district, Layer: "jobs"})
		return nil
	})
}
