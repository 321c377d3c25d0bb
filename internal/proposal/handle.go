package proposal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/formation"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

// JobKind is the kind of job that works on a proposal.
const JobKind = "proposal"

// JobArgs are the arguments of such a job.
type JobArgs struct {
	Proposal uuid.UUID `json:"proposal"`
	District string    `json:"district"`
}

// Work is the job that works on a proposal, asked for by a person of that name.
func Work(district string, id uuid.UUID, by string) job.Request {
	return job.Request{
		District: district, Kind: JobKind, Title: "片区方案建议", CreatedBy: by,
		Args: JobArgs{Proposal: id, District: district},
	}
}

const (
	// showEvery is how often a better answer is written down while the search
	// goes on: often enough for the eye, seldom enough for the database.
	showEvery = 300 * time.Millisecond
	// keepWithin bounds the last write of a job that was cancelled.
	keepWithin = 10 * time.Second
)

// Handle works on a proposal. It is a job.Handler. Whenever it ends, also when
// it is cancelled or the service stops, the best answer found so far is kept.
// Done again from the beginning it comes to the same answer.
func (s *Store) Handle(ctx context.Context, args json.RawMessage, progress *job.Progress) (any, error) {
	var a JobArgs
	if err := json.Unmarshal(args, &a); err != nil {
		return nil, fmt.Errorf("read the arguments of a proposal: %w", err)
	}
	p, err := s.Get(ctx, account.Everything, a.District, a.Proposal)
	if err != nil {
		return nil, err
	}
	progress.Phase("读取小区与连线", "", 0)
	g, err := s.gather(ctx, account.Everything, a.District, p.Request)
	if err != nil {
		return nil, refusalOf(err)
	}
	m, err := model(g, p.Request)
	if err != nil {
		return nil, refusalOf(err)
	}
	if _, err := m.contradictions(); err != nil {
		return nil, refusalOf(err)
	}
	progress.Phase("组合片区", "秒", int64(math.Ceil(p.Request.Seconds)))
	show := newShowcase(s, p, m)
	showing, stopShowing := context.WithCancel(ctx)
	var shown sync.WaitGroup
	shown.Go(func() { show.run(showing) })
	shown.Go(func() { tick(showing, progress) })
	patience := leastPatience + time.Duration(p.Request.Seconds*patienceTimes*float64(time.Second))
	limited, release := context.WithTimeout(ctx, patience)
	defer release()
	answer, err := formation.Solve(limited, m.problem, formation.Options{
		Seed: p.Request.Seed, Steps: steps(m.problem, p.Request.Seconds), Better: show.put,
	})
	stopShowing()
	shown.Wait()
	if err != nil {
		return nil, fmt.Errorf("form the zones of proposal %s: %w", p.ID, err)
	}
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	final, curve := show.finish(answer)
	final.CutShort = limited.Err() != nil && ctx.Err() == nil
	if ctx.Err() != nil {
		return nil, errors.Join(s.keepAnswer(settle, p.District, p.ID, final, curve, m.explain(answer)), ctx.Err())
	}
	report := map[string]any{
		"proposal": p.ID, "zones": len(final.Zones), "placed": final.Placed, "outside": final.Outside,
		"gap": final.Gap, "proven": final.Proven, "seconds": final.Seconds,
	}
	err = s.keepAnswer(settle, p.District, p.ID, final, curve, m.explain(answer), func(ctx context.Context, tx *postgis.Tx) error {
		return progress.Done(ctx, tx, report)
	})
	return report, err
}

// tick counts the seconds of the search.
func tick(ctx context.Context, progress *job.Progress) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			progress.Advance(1)
		}
	}
}

// usualSeconds is how long the engine's usual effort takes on an ordinary machine
// of two cores, measured for 10,000 communities.
const usualSeconds = 16

// How much longer than asked for a person waits on a slow or busy machine: so
// many times, and a little. What is found by then is the answer, marked as cut
// short.
const (
	patienceTimes = 3
	leastPatience = 20 * time.Second
)

// steps is the effort for a number of seconds of an ordinary machine. It does not
// look at a clock: the same request gives the same answer on a slower one.
func steps(p formation.Problem, seconds float64) int64 {
	return max(1, int64(float64(formation.DefaultSteps(p))*seconds/usualSeconds))
}

// refusalOf turns what the person's request is to blame for into a sentence.
func refusalOf(err error) error {
	var wrong *InvalidError
	var contradictory *ContradictoryError
	switch {
	case errors.As(err, &wrong):
		return &job.Refusal{Detail: wrong.Detail}
	case errors.As(err, &contradictory):
		return &job.Refusal{Detail: contradictory.Contradictions[0].Detail}
	}
	return err
}

// showcase shows the best answer while better ones are looked for.
type showcase struct {
	store    *Store
	proposal Proposal
	model    *modelled
	begun    time.Time

	mu     sync.Mutex
	latest *formation.Answer
	curve  []CurvePoint
	wake   chan struct{}
}

func newShowcase(s *Store, p Proposal, m *modelled) *showcase {
	return &showcase{store: s, proposal: p, model: m, begun: time.Now(), wake: make(chan struct{}, 1)}
}

// put takes a better answer from the search, which it must not hold up.
func (c *showcase) put(a formation.Answer) {
	c.mu.Lock()
	c.latest = &a
	c.add(a)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// maxCurve bounds the points of the curve; later ones then replace the last.
const maxCurve = 400

func (c *showcase) add(a formation.Answer) {
	point := CurvePoint{Seconds: seconds(time.Since(c.begun)), Value: round(a.Value), Gap: a.Gap}
	if len(c.curve) >= maxCurve {
		c.curve[len(c.curve)-1] = point
		return
	}
	c.curve = append(c.curve, point)
}

func (c *showcase) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
		c.mu.Lock()
		a, curve := *c.latest, append([]CurvePoint(nil), c.curve...)
		c.mu.Unlock()
		// A write that fails is made up for by the next one, or the last. Beside the
		// search nobody would catch a panic.
		_ = panics.Contain(func() error {
			return c.store.keepAnswer(ctx, c.proposal.District, c.proposal.ID, c.answer(a), curve, nil)
		})
		select {
		case <-ctx.Done():
			return
		case <-time.After(showEvery):
		}
	}
}

func (c *showcase) answer(a formation.Answer) Answer {
	out := c.model.answer(a)
	out.Seconds = seconds(time.Since(c.begun))
	return out
}

func (c *showcase) finish(a formation.Answer) (Answer, []CurvePoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(a)
	return c.answer(a), c.curve
}

func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
