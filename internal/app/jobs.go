package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
)

// JobListConfig says which jobs are listed.
type JobListConfig struct {
	District string `arg:"" help:"Code of the district."`
	Kind     string `name:"kind" help:"Kind of job, such as import, proposal, package."`
	Limit    int    `name:"limit" default:"20" help:"How many, newest first."`
}

// OneJobConfig names a job.
type OneJobConfig struct {
	ID string `arg:"" help:"Id of the job, as lianpian job list prints it."`
}

func (o OneJobConfig) parse() (uuid.UUID, error) {
	id, err := uuid.Parse(o.ID)
	if err != nil {
		return id, &RefusedError{Detail: o.ID + " is not the id of a job"}
	}
	return id, nil
}

// withQueue looks at jobs without doing any.
func withQueue(ctx context.Context, c Config, do func(ctx context.Context, n *nouns, jobs *job.Runner) error) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		jobs, err := job.NewRunner(n.db, job.Config{Handlers: n.handlers()}, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return do(ctx, n, jobs)
	})
}

// ListJobs prints the newest jobs of a district.
func ListJobs(ctx context.Context, c Config, l JobListConfig, out io.Writer) error {
	return withQueue(ctx, c, func(ctx context.Context, n *nouns, jobs *job.Runner) error {
		if _, err := n.registry.District(ctx, account.Everything, l.District); err != nil {
			return err
		}
		list, err := jobs.List(ctx, l.District, l.Kind, c.operator(), max(l.Limit, 1))
		if err != nil {
			return err
		}
		return c.say(out, map[string]any{"items": list}, func(out io.Writer) error {
			table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
			fmt.Fprintln(table, "ID\tAT\tKIND\tSTATE\tBY\tTITLE")
			for _, j := range list {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", j.ID, j.CreatedAt.Local().Format("2006-01-02 15:04"), j.Kind, j.State, j.CreatedBy, j.Title)
			}
			return table.Flush()
		})
	})
}

// WatchJob waits for the end of a job, which goes on when the watching ends. A
// job that failed or was cancelled is an error.
func WatchJob(ctx context.Context, c Config, o OneJobConfig, out, status io.Writer) error {
	id, err := o.parse()
	if err != nil {
		return err
	}
	return withQueue(ctx, c, func(ctx context.Context, _ *nouns, jobs *job.Runner) error {
		j, err := watch(ctx, jobs, id, c.newBar(status))
		if err != nil {
			return err
		}
		if err := c.sayJob(out, j); err != nil {
			return err
		}
		if j.State != job.Done {
			return fmt.Errorf("job %s: %s: %s", j.ID, j.State, j.Error)
		}
		return nil
	})
}

// CancelJob stops a job that is queued or running.
func CancelJob(ctx context.Context, c Config, o OneJobConfig, out io.Writer) error {
	id, err := o.parse()
	if err != nil {
		return err
	}
	return withQueue(ctx, c, func(ctx context.Context, n *nouns, jobs *job.Runner) error {
		before, err := jobs.Get(ctx, id)
		if err != nil {
			return err
		}
		j, err := jobs.Cancel(ctx, id)
		if err != nil {
			return err
		}
		if before.State != j.State {
			err := n.accounts.Note(ctx, account.Entry{
				Action: "job.cancel", Entity: "job", Code: id.String(), District: j.District,
				Before: map[string]any{"state": before.State}, After: map[string]any{"state": j.State},
			})
			if err != nil {
				return err
			}
		}
		return c.sayJob(out, j)
	})
}

func (c Config) sayJob(out io.Writer, j job.Job) error {
	return c.say(out, j, func(out io.Writer) error {
		_, err := fmt.Fprintf(out, "%s %s %s：%s %s\n", j.ID, j.Kind, j.Title, j.State, j.Error)
		return err
	})
}
