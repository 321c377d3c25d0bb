package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

// silence is how long a running job may give no sign of life before it is taken
// from its runner, where nothing else is configured.
const silence = 15 * time.Second

// settleWithin bounds the writing down of how a job ended.
const settleWithin = 8 * time.Second

// ErrTaken says that a job is no longer this worker's: it was cancelled, or
// somebody else has it because this one was not heard of for too long.
var ErrTaken = errors.New("the job is no longer ours")

// Config says what a Runner works on.
type Config struct {
	// Queue separates runners that must not take each other's jobs: the
	// service works on "default", a command line on one of its own.
	Queue string
	// Workers is how many jobs run at once.
	Workers int
	// Silence is how long a running job may give no sign of life before somebody
	// else does it; 0 is 15 s.
	Silence time.Duration
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
	client *river.Client[pgx.Tx] // asks for jobs, and does none
	active atomic.Int64          // jobs under way
}

// NewRunner returns a runner; nothing is done before Run.
func NewRunner(db *postgis.DB, config Config, log *slog.Logger) (*Runner, error) {
	if config.Queue == "" {
		config.Queue = river.QueueDefault
	}
	if config.Workers < 1 {
		config.Workers = 1
	}
	if config.Silence <= 0 {
		config.Silence = silence
	}
	if config.Ended == nil {
		config.Ended = func(string, string, time.Duration) {}
	}
	r := &Runner{db: db, config: config, log: log}
	client, err := river.NewClient(riverpgxv5.New(db.Pool), &river.Config{Logger: log.With("part", "queue"), MaxAttempts: maxAttempts})
	if err != nil {
		return nil, fmt.Errorf("prepare the job queue: %w", err)
	}
	r.client = client
	return r, nil
}

// maxAttempts is how often the queue tries to have a job claimed before it leaves
// it to adoptOrphans.
const maxAttempts = 5

// begin has the queue do jobs. The database may be away just then, for which the
// queue's library has many words: it is tried until ctx ends. A client that could
// not be started is made anew: it would not do all of its work any more.
func (r *Runner) begin(ctx context.Context) (*river.Client[pgx.Tx], error) {
	for {
		client, err := r.newClient()
		if err != nil {
			return nil, err
		}
		if err = client.Start(context.WithoutCancel(ctx)); err == nil {
			return client, nil
		}
		r.log.Warn("the job queue could not be started yet", "error", err)
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("start the job queue: %w", err)
		case <-time.After(time.Second):
		}
	}
}

func (r *Runner) newClient() (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{runner: r})
	client, err := river.NewClient(riverpgxv5.New(r.db.Pool), &river.Config{
		Queues:               map[string]river.QueueConfig{r.config.Queue: {MaxWorkers: r.config.Workers}},
		Workers:              workers,
		Logger:               r.log.With("part", "queue"),
		JobTimeout:           -1, // an import takes as long as it takes; people can cancel
		RescueStuckJobsAfter: 24 * time.Hour,
		FetchCooldown:        50 * time.Millisecond,
		FetchPollInterval:    time.Second,
		MaxAttempts:          maxAttempts,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the job queue: %w", err)
	}
	return client, nil
}

// Run does jobs until ctx ends, then interrupts those under way, which are done
// again after the next start.
func (r *Runner) Run(ctx context.Context) error {
	queue, err := r.begin(ctx)
	if err != nil && ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	ticker := time.NewTicker(r.config.Silence / 4)
	defer ticker.Stop()
	for {
		looking, cancel := context.WithTimeout(postgis.Necessary(ctx), r.config.Silence)
		if err := r.adoptOrphans(looking); err != nil && ctx.Err() == nil {
			r.log.Warn("orphaned jobs could not be looked for", "error", err)
		}
		if r.idleBesideWork(looking) {
			r.log.Warn("the job queue fetches nothing and is started anew")
			stop, release := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
			err := queue.StopAndCancel(stop)
			release()
			if err != nil {
				r.log.Warn("the job queue did not stop", "error", err)
			}
			if queue, err = r.begin(ctx); err != nil {
				cancel()
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
		}
		cancel()
		select {
		case <-ctx.Done():
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			if err := queue.StopAndCancel(stop); err != nil {
				return fmt.Errorf("stop the job queue: %w", err)
			}
			return nil
		case <-ticker.C:
		}
	}
}

// idleBesideWork tells whether jobs have waited for long although no worker of
// this runner does anything: after a loss of the database, the queue's library
// may have stopped to fetch without a word.
func (r *Runner) idleBesideWork(ctx context.Context) bool {
	if r.active.Load() > 0 {
		return false
	}
	var waiting bool
	err := r.db.Pool.QueryRow(ctx, `
		select exists (
			select from river_job
			 where queue = $1 and state = 'available' and scheduled_at < now() - $2::interval)`, r.config.Queue, r.config.Silence).Scan(&waiting)
	return err == nil && waiting && r.active.Load() == 0
}

// Enqueue records a job and hands it to the queue, in one transaction, together
// with what also writes about the job where it is not nil.
func (r *Runner) Enqueue(ctx context.Context, q Request, also ...func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) error) (Job, error) {
	var id uuid.UUID
	err := r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) (err error) {
		if id, err = r.EnqueueIn(ctx, tx, q); err != nil {
			return err
		}
		for _, write := range also {
			if err := write(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Job{}, err
	}
	return r.Get(ctx, id)
}

// EnqueueIn is Enqueue as a part of a transaction, so that what asks for a job
// and the job are there together or not at all.
func (r *Runner) EnqueueIn(ctx context.Context, tx *postgis.Tx, q Request) (uuid.UUID, error) {
	if _, ok := r.config.Handlers[q.Kind]; !ok {
		return uuid.UUID{}, fmt.Errorf("no handler for jobs of kind %q", q.Kind)
	}
	args, err := json.Marshal(q.Args)
	if err != nil {
		return uuid.UUID{}, fmt.Errorf("encode the arguments of a %s job: %w", q.Kind, err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.UUID{}, fmt.Errorf("make a job id: %w", err)
	}
	if _, err := tx.Exec(ctx, `
		insert into job (id, district_code, kind, title, args, created_by)
		values ($1, nullif($2, ''), $3, $4, $5, $6)`,
		id, q.District, q.Kind, q.Title, args, q.CreatedBy); err != nil {
		return uuid.UUID{}, fmt.Errorf("record a %s job: %w", q.Kind, err)
	}
	tx.Changed(postgis.Change{District: q.District, Layer: "jobs", Person: q.CreatedBy})
	return id, r.dispatch(ctx, tx, id)
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
		var district, by string
		err := tx.QueryRow(ctx, `
			update job
			   set state = 'cancelled', finished_at = now()
			 where id = $1 and state in ('queued', 'running')
			returning river_id, coalesce(district_code, ''), created_by`, id).Scan(&riverID, &district, &by)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cancel job %s: %w", id, err)
		}
		tx.Changed(postgis.Change{District: district, Layer: "jobs", Person: by})
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

// adoptOrphans queues again what a killed service left: jobs that it was doing,
// and those that it had fetched and not begun, or that the queue gave up on. What
// a killed command line left running is marked as failed, since nobody else may
// take it. While the database itself has only just come back, silence means
// nothing.
func (r *Runner) adoptOrphans(ctx context.Context) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		rows, err := tx.Query(ctx, `
			with left_behind as (
				select job.id, coalesce(q.queue, $1) = $1 as ours
				  from job
				  left join river_job q on q.id = job.river_id
				 where (job.state = 'running' and job.heartbeat_at < now() - $2::interval
				        or job.state = 'queued' and coalesce(q.queue, $1) = $1 and job.created_at < now() - $2::interval
				           and (q.id is null or q.state in ('completed', 'cancelled', 'discarded')
				                or q.state = 'running' and q.attempted_at < now() - $2::interval))
				   and pg_postmaster_start_time() < now() - $2::interval
				   for update of job skip locked
			)
			update job
			   set state = case when l.ours then 'queued' else 'failed' end,
			       error = case when l.ours then '' else '执行该任务的程序中断了，没有写入任何数据' end,
			       finished_at = case when l.ours then null else now() end
			  from left_behind l
			 where l.id = job.id
			returning job.id, l.ours, coalesce(job.district_code, ''), job.created_by`, r.config.Queue, r.config.Silence)
		if err != nil {
			return fmt.Errorf("look for orphaned jobs: %w", err)
		}
		type orphan struct {
			ID       uuid.UUID
			Ours     bool
			District string
			By       string
		}
		orphans, err := pgx.CollectRows(rows, pgx.RowToStructByPos[orphan])
		if err != nil {
			return fmt.Errorf("look for orphaned jobs: %w", err)
		}
		for _, o := range orphans {
			r.log.Info("a job was left behind", "job", o.ID, "queued again", o.Ours)
			tx.Changed(postgis.Change{District: o.District, Layer: "jobs", Person: o.By})
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

// NextRetry has the queue try again soon where a job could not be claimed because
// the database was away.
func (w *worker) NextRetry(*river.Job[task]) time.Time { return time.Now().Add(2 * time.Second) }

// Work does one job. What the queue is told is only whether to try again; how
// the job ended is in its row. Everything that the handler writes is written by
// this attempt or not at all.
func (w *worker) Work(ctx context.Context, queued *river.Job[task]) error {
	r, id := w.runner, queued.Args.JobID
	r.active.Add(1)
	defer r.active.Add(-1)
	c, ok, err := r.claim(ctx, id, queued.ID)
	if err != nil {
		return err
	}
	if !ok {
		return nil // cancelled meanwhile, or somebody else's by now
	}
	progress := &Progress{id: id, attempt: c.attempt}
	working, abandon := context.WithCancelCause(postgis.Guarded(ctx, progress.guard))
	defer abandon(nil)
	publishing, stopPublishing := context.WithCancel(ctx)
	published := make(chan struct{})
	go func() {
		defer close(published)
		progress.publish(publishing, r.db.Pool, r.log, abandon)
	}()
	began := time.Now()
	report, workErr := r.handle(working, c.kind, c.args, progress)
	r.config.Ended(c.kind, ending(working, workErr), time.Since(began))
	stopPublishing()
	<-published

	if errors.Is(workErr, ErrTaken) || errors.Is(context.Cause(working), ErrTaken) {
		r.log.Info("a job was taken from its worker", "job", id)
		return nil
	}
	settle, cancel := context.WithTimeout(postgis.Necessary(context.WithoutCancel(ctx)), settleWithin)
	defer cancel()
	if workErr != nil && (ctx.Err() != nil || postgis.Lost(workErr) || errors.Is(workErr, postgis.ErrUnknown)) {
		return r.interrupt(settle, progress, ctx.Err() == nil)
	}
	if err := r.finish(settle, progress, report, workErr); err != nil {
		return err
	}
	for _, fn := range progress.after {
		fn(settle)
	}
	return nil
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
	handler, ok := r.config.Handlers[kind]
	if !ok {
		return nil, fmt.Errorf("no handler for jobs of kind %q", kind)
	}
	err = panics.Contain(func() (err error) {
		report, err = handler(ctx, args, p)
		return err
	})
	return report, err
}

// claimed is a job that is to be done.
type claimed struct {
	kind    string
	args    json.RawMessage
	attempt int
}

func (r *Runner) claim(ctx context.Context, id uuid.UUID, riverID int64) (c claimed, ok bool, err error) {
	err = r.db.Pool.QueryRow(ctx, `
		update job
		   set state = 'running', attempt = attempt + 1, started_at = coalesce(started_at, now()), heartbeat_at = now()
		 where id = $1 and river_id = $2 and state = 'queued'
		returning kind, args, attempt`, id, riverID).Scan(&c.kind, &c.args, &c.attempt)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("claim job %s: %w", id, err)
	}
	return c, true, nil
}

// interrupt is called when the job's context ended, or the database went away: a
// cancelled job stays cancelled, one that was interrupted goes back to the queue.
func (r *Runner) interrupt(ctx context.Context, p *Progress, later bool) error {
	var ours int64
	err := insist(ctx, func() error {
		tag, err := r.db.Pool.Exec(ctx, `update job set state = 'queued' where id = $1 and attempt = $2 and state = 'running'`, p.id, p.attempt)
		ours = tag.RowsAffected()
		return err
	})
	if err != nil {
		return fmt.Errorf("put job %s back: %w", p.id, err)
	}
	if ours == 0 {
		return nil
	}
	if later {
		return river.JobSnooze(2 * time.Second)
	}
	return river.JobSnooze(0)
}

func (r *Runner) finish(ctx context.Context, p *Progress, report any, workErr error) error {
	state, sentence := Done, ""
	var refusal *Refusal
	switch {
	case errors.As(workErr, &refusal):
		state, sentence = Failed, refusal.Detail
	case postgis.Full(workErr):
		state, sentence = Failed, "服务器磁盘空间不足，没有写入任何数据；请管理员清理磁盘后重试"
		r.log.Error("a job failed because a disk is full", "job", p.id, "error", workErr)
	case workErr != nil:
		state, sentence = Failed, "处理时发生内部错误，没有写入任何数据；详情见服务日志"
		r.log.Error("a job failed", "job", p.id, "error", workErr)
	}
	return insist(ctx, func() error {
		return r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
			err := p.settle(ctx, tx, state, sentence, report)
			if errors.Is(err, ErrTaken) {
				return nil // it is settled already, or was cancelled in the last moment
			}
			return err
		})
	})
}

// insist does something that may be done twice until the database is there for
// it, or ctx ends.
func insist(ctx context.Context, do func() error) error {
	for {
		err := do()
		if !postgis.Lost(err) && !errors.Is(err, postgis.ErrUnknown) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(300 * time.Millisecond):
		}
	}
}
