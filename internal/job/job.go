// Package job does long work in the background: queued in the database, with
// progress that people can watch, cancel, and a new attempt after a crash. It
// knows nothing of what a job does; handlers are given to it.
package job

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// State is where a job stands.
type State string

// The states of a job. Done, Failed and Cancelled are final.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Final tells whether a job in this state will not change any more.
func (s State) Final() bool { return s == Done || s == Failed || s == Cancelled }

// Job is one piece of background work as people see it.
type Job struct {
	ID        uuid.UUID       `json:"id"`
	District  string          `json:"district"` // "" while an import still looks for its district
	Kind      string          `json:"kind"`
	Title     string          `json:"title"`
	State     State           `json:"state"`
	Phase     string          `json:"phase"`
	Done      int64           `json:"done"`
	Total     int64           `json:"total"` // 0: not known yet
	Unit      string          `json:"unit"`
	Error     string          `json:"error"` // a sentence for the person
	Report    json.RawMessage `json:"report,omitempty"`
	CreatedBy string          `json:"created_by"`
	CreatedAt time.Time       `json:"created_at"`
	StartedAt *time.Time      `json:"started_at"`
	// FinishedAt is set in final states.
	FinishedAt *time.Time `json:"finished_at"`
	// SecondsLeft is estimated from the pace of the current phase; nil where
	// there is nothing to estimate from.
	SecondsLeft *float64 `json:"seconds_left"`
}

// Handler does the work of one kind of job. Its context ends when the job is
// cancelled or the service stops; in the second case the job is done again from
// its beginning after the next start, so a handler must write all or nothing.
// A *Refusal is the person's fault and its sentence is shown; of any other
// error the person sees a general sentence and the log has the rest.
type Handler func(ctx context.Context, args json.RawMessage, p *Progress) (report any, err error)

// Refusal says in one sentence why a job's input cannot be taken. A report may
// still say more.
type Refusal struct{ Detail string }

func (r *Refusal) Error() string { return r.Detail }

// Request asks for a job.
type Request struct {
	District  string // "" when not known yet
	Kind      string // one that has a handler
	Title     string
	Args      any // encoded as JSON
	CreatedBy string
}

// secondsLeft estimates how long the current phase still takes, once it has run
// for a second and done something.
func secondsLeft(done, total int64, phaseAt *time.Time, now time.Time) *float64 {
	if phaseAt == nil || total <= 0 || done <= 0 || done > total {
		return nil
	}
	elapsed := now.Sub(*phaseAt).Seconds()
	if elapsed < 1 {
		return nil
	}
	left := elapsed / float64(done) * float64(total-done)
	return &left
}
