package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

type counted struct {
	Rows int64 `json:"rows"`
}

func run(t *testing.T, db *postgis.DB, queue string, handlers map[string]job.Handler) *job.Runner {
	t.Helper()
	r, err := job.NewRunner(db, job.Config{Queue: queue, Workers: 2, Silence: 2 * time.Second, Handlers: handlers}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return r
}

func await(t *testing.T, r *job.Runner, id uuid.UUID, reached func(job.Job) bool) job.Job {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		j, err := r.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if reached(j) {
			return j
		}
		if time.Now().After(deadline) {
			t.Fatalf("the job stays %s in phase %q", j.State, j.Phase)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestJobEndsAsItsHandlerSays(t *testing.T) {
	db := postgistest.New(t)
	district := postgistest.District(t, db)
	r := run(t, db, "", map[string]job.Handler{
		"count": func(_ context.Context, args json.RawMessage, p *job.Progress) (any, error) {
			var in counted
			if err := json.Unmarshal(args, &in); err != nil {
				return nil, err
			}
			p.Phase("读取", "行", in.Rows)
			p.Advance(in.Rows)
			return in, nil
		},
		"refuse": func(context.Context, json.RawMessage, *job.Progress) (any, error) {
			return counted{Rows: 3}, &job.Refusal{Detail: "文件是空的"}
		},
		"fail":  func(context.Context, json.RawMessage, *job.Progress) (any, error) { return nil, errors.New("secret") },
		"panic": func(context.Context, json.RawMessage, *job.Progress) (any, error) { panic("secret") },
	})
	cases := []struct {
		kind   string
		state  job.State
		error  string
		report string
	}{
		{"count", job.Done, "", `{"rows": 7}`},
		{"refuse", job.Failed, "文件是空的", `{"rows": 3}`},
		{"fail", job.Failed, "处理时发生内部错误，没有写入任何数据；详情见服务日志", ""},
		{"panic", job.Failed, "处理时发生内部错误，没有写入任何数据；详情见服务日志", ""},
	}
	for _, c := range cases {
		t.Run(c.kind, func(t *testing.T) {
			j, err := r.Enqueue(t.Context(), job.Request{District: district, Kind: c.kind, Title: "t", Args: counted{Rows: 7}, CreatedBy: "li"})
			if err != nil {
				t.Fatal(err)
			}
			j = await(t, r, j.ID, func(j job.Job) bool { return j.State.Final() })
			if j.State != c.state || j.Error != c.error || string(j.Report) != c.report {
				t.Errorf("ended %s, error %q, report %s", j.State, j.Error, j.Report)
			}
			if c.kind == "count" && (j.Done != 7 || j.Total != 7 || j.Phase != "读取" || j.Unit != "行") {
				t.Errorf("progress at the end: %+v", j)
			}
		})
	}
	jobs, err := r.List(t.Context(), district, "refuse", "", 10)
	if err != nil || len(jobs) != 1 || jobs[0].Kind != "refuse" {
		t.Errorf("list: %v, %v", jobs, err)
	}
}

func TestRunningJobIsCancelled(t *testing.T) {
	db := postgistest.New(t)
	district := postgistest.District(t, db)
	stopped := make(chan struct{})
	r := run(t, db, "", map[string]job.Handler{
		"wait": func(ctx context.Context, _ json.RawMessage, p *job.Progress) (any, error) {
			p.Phase("等待", "", 0)
			<-ctx.Done()
			close(stopped)
			return nil, ctx.Err()
		},
	})
	j, err := r.Enqueue(t.Context(), job.Request{District: district, Kind: "wait", Title: "t"})
	if err != nil {
		t.Fatal(err)
	}
	await(t, r, j.ID, func(j job.Job) bool { return j.State == job.Running && j.Phase == "等待" })
	if j, err = r.Cancel(t.Context(), j.ID); err != nil || j.State != job.Cancelled {
		t.Fatalf("cancel: %s, %v", j.State, err)
	}
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		t.Fatal("the handler was not told")
	}
	if j, err = r.Get(t.Context(), j.ID); err != nil || j.State != job.Cancelled {
		t.Errorf("afterwards: %s, %v", j.State, err)
	}
}

func TestInterruptedJobIsDoneAfterTheNextStart(t *testing.T) {
	db := postgistest.New(t)
	district := postgistest.District(t, db)
	begun := make(chan struct{})
	first, err := job.NewRunner(db, job.Config{Handlers: map[string]job.Handler{
		"work": func(ctx context.Context, _ json.RawMessage, _ *job.Progress) (any, error) {
			close(begun)
			<-ctx.Done()
			return nil, ctx.Err()
		},
	}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- first.Run(ctx) }()
	j, err := first.Enqueue(t.Context(), job.Request{District: district, Kind: "work", Title: "t"})
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	second := run(t, db, "", map[string]job.Handler{
		"work": func(context.Context, json.RawMessage, *job.Progress) (any, error) { return counted{Rows: 1}, nil },
	})
	await(t, second, j.ID, func(j job.Job) bool { return j.State == job.Done })
}

func TestJobOfAKilledRunnerIsAdopted(t *testing.T) {
	cases := map[string]struct {
		queue string
		want  job.State
	}{
		"of the service":      {"default", job.Done},
		"of a command's line": {"cli_1", job.Failed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			db := postgistest.New(t)
			district := postgistest.District(t, db)
			handlers := map[string]job.Handler{
				"work": func(context.Context, json.RawMessage, *job.Progress) (any, error) { return nil, nil },
			}
			killed, err := job.NewRunner(db, job.Config{Queue: c.queue, Handlers: handlers}, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			j, err := killed.Enqueue(t.Context(), job.Request{District: district, Kind: "work", Title: "t"})
			if err != nil {
				t.Fatal(err)
			}
			// What a kill in the midst of the work leaves in the database.
			for _, statement := range []string{
				`update job set state = 'running', heartbeat_at = now() - interval '5 minutes'`,
				`update river_job set state = 'running', attempted_at = now(), attempt = 1`,
			} {
				if _, err := db.Pool.Exec(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			r := run(t, db, "default", handlers)
			await(t, r, j.ID, func(j job.Job) bool { return j.State == c.want })
		})
	}
}

func TestUnknownJobIsNotFound(t *testing.T) {
	db := postgistest.New(t)
	r := run(t, db, "", map[string]job.Handler{})
	if _, err := r.Get(t.Context(), uuid.New()); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("get: %v", err)
	}
	if _, err := r.Cancel(t.Context(), uuid.New()); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("cancel: %v", err)
	}
}
