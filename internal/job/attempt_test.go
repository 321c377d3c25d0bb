package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// note writes a mark that tells which attempt wrote it.
func note(ctx context.Context, db *postgis.DB, mark string, also ...func(context.Context, *postgis.Tx) error) error {
	return db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := tx.Exec(ctx, `insert into audit_entry (account_name, action, entity, entity_code) values ('t', 't', 't', $1)`, mark); err != nil {
			return err
		}
		for _, f := range also {
			if err := f(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func marks(t *testing.T, db *postgis.DB, mark string) (n int) {
	t.Helper()
	if err := db.Pool.QueryRow(t.Context(), `select count(*) from audit_entry where entity_code = $1`, mark).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A worker that was not heard of for too long has lost its job: what it still
// writes is refused, and the job is done once.
func TestStalledWorkerWritesNothing(t *testing.T) {
	db := postgistest.New(t)
	district := postgistest.District(t, db)
	stalled, released := make(chan struct{}), make(chan struct{})
	var late atomic.Value
	var attempts atomic.Int64
	handler := func(ctx context.Context, _ json.RawMessage, p *job.Progress) (any, error) {
		if attempts.Add(1) == 1 {
			close(stalled)
			<-released
			err := note(context.WithoutCancel(ctx), db, "late")
			late.Store(err != nil)
			return nil, err
		}
		return nil, note(ctx, db, "done", func(ctx context.Context, tx *postgis.Tx) error { return p.Done(ctx, tx, counted{Rows: 2}) })
	}
	r := run(t, db, "", map[string]job.Handler{"work": handler})
	j, err := r.Enqueue(t.Context(), job.Request{District: district, Kind: "work", Title: "t"})
	if err != nil {
		t.Fatal(err)
	}
	<-stalled
	// Somebody else takes the job, as after a silence of the worker.
	if _, err := db.Pool.Exec(t.Context(), `update job set state = 'queued', river_id = 0, created_at = now() - interval '1 hour'`); err != nil {
		t.Fatal(err)
	}
	got := await(t, r, j.ID, func(j job.Job) bool { return j.State == job.Done })
	close(released)
	if string(got.Report) != `{"rows": 2}` || marks(t, db, "done") != 1 {
		t.Errorf("report %s, done %d times", got.Report, marks(t, db, "done"))
	}
	deadline := time.Now().Add(10 * time.Second)
	for late.Load() == nil && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if late.Load() != true || marks(t, db, "late") != 0 {
		t.Errorf("the stalled worker's write was refused: %v; %d of it are there", late.Load(), marks(t, db, "late"))
	}
}

// What a handler does and the end of its job are one: a job that was cancelled
// meanwhile has done nothing.
func TestCancelBeforeTheCommitLeavesNothing(t *testing.T) {
	db := postgistest.New(t)
	district := postgistest.District(t, db)
	writing, cancelled := make(chan struct{}), make(chan struct{})
	refused := make(chan error, 1)
	r := run(t, db, "", map[string]job.Handler{
		"work": func(ctx context.Context, _ json.RawMessage, p *job.Progress) (any, error) {
			close(writing)
			<-cancelled
			err := note(context.WithoutCancel(ctx), db, "work", func(ctx context.Context, tx *postgis.Tx) error { return p.Done(ctx, tx, nil) })
			refused <- err
			return nil, err
		},
	})
	j, err := r.Enqueue(t.Context(), job.Request{District: district, Kind: "work", Title: "t"})
	if err != nil {
		t.Fatal(err)
	}
	<-writing
	if _, err := r.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	close(cancelled)
	if err := <-refused; !errors.Is(err, job.ErrTaken) || marks(t, db, "work") != 0 {
		t.Errorf("%v; %d writes are there", err, marks(t, db, "work"))
	}
	if j, err = r.Get(t.Context(), j.ID); err != nil || j.State != job.Cancelled {
		t.Errorf("%s, %v", j.State, err)
	}
}

// A job is not lost when its service is killed between fetching and beginning it,
// or when the queue has given up on it.
func TestJobThatWasNeverBegunIsDone(t *testing.T) {
	for name, left := range map[string]string{
		"fetched by somebody who is gone": `update river_job set state = 'running', attempted_at = now() - interval '1 hour', attempt = 1`,
		"given up by the queue":           `update river_job set state = 'discarded', finalized_at = now(), attempt = 5`,
		"forgotten by the queue":          `delete from river_job`,
	} {
		t.Run(name, func(t *testing.T) {
			db := postgistest.New(t)
			district := postgistest.District(t, db)
			handlers := map[string]job.Handler{"work": func(context.Context, json.RawMessage, *job.Progress) (any, error) { return nil, nil }}
			gone, err := job.NewRunner(db, job.Config{Handlers: handlers}, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			j, err := gone.Enqueue(t.Context(), job.Request{District: district, Kind: "work", Title: "t"})
			if err != nil {
				t.Fatal(err)
			}
			for _, statement := range []string{left, `update job set created_at = now() - interval '1 hour'`} {
				if _, err := db.Pool.Exec(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			r := run(t, db, "", handlers)
			await(t, r, j.ID, func(j job.Job) bool { return j.State == job.Done })
		})
	}
}
