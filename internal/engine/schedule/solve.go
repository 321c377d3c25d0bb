package schedule

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Solve makes a plan: greedy by value per yuan, local search, then branch and
// bound under a Lagrangian bound. It refuses a problem with a fatal
// contradiction by a *ProblemError before any work starts. When ctx ends it
// returns the best plan so far, without an error.
func Solve(ctx context.Context, p Problem, o Options) (Plan, error) {
	if len(checkFigures(p)) > 0 {
		return Plan{}, &ProblemError{Check(p)}
	}
	if o.Steps <= 0 {
		o.Steps = DefaultSteps
	}
	r := newRun(ctx, p, o)
	r.first()
	r.climb(min(o.Steps/4, 1500*r.c.n))
	r.boundShortfall(o.Steps / 4)
	r.boundScore()
	r.tell()
	return r.plan(), nil
}

// run is one call of Solve.
type run struct {
	ctx     context.Context
	problem Problem
	options Options
	m       *model
	c       *core
	held    []int8
	order   []int32
	rng     *rand.Rand
	best    *best
	steps   int // left
	told    *worth
	// Bounds so far.
	score, shortfall float64
}

func newRun(ctx context.Context, p Problem, o Options) *run {
	r := &run{ctx: ctx, problem: p, options: o, m: newModel(p), steps: o.Steps, rng: rand.New(rand.NewPCG(o.Seed, 0x5c4ed01e))}
	r.c, r.held = r.m.core()
	r.order = r.c.byRatio()
	r.score = r.c.trivialBound()
	r.shortfall = newBounder(r.c, true, r.stopped).misses(r.c.mask)
	return r
}

func (r *run) stopped() bool { return r.ctx.Err() != nil }

// first is the greedy plan.
func (r *run) first() {
	st := newState(r.c)
	hint := make([]int8, r.c.n)
	for i := range hint {
		hint[i] = none
	}
	st.refill(r.order, hint)
	st.refresh()
	r.best = &best{slices.Clone(st.pos), st.worth()}
	r.tell()
}

// climb is the local search from the best plan.
func (r *run) climb(steps int) {
	if r.closed() {
		return
	}
	st := newState(r.c)
	st.polish(r.ctx, r.best)
	r.tell()
	st.load(r.best.pos)
	r.steps -= steps
	(&anneal{state: st, rng: r.rng, best: r.best}).run(r.ctx, steps, r.tell)
	st.polish(r.ctx, r.best)
	r.tell()
}

// boundShortfall proves how much of the targets must be missed.
func (r *run) boundShortfall(work int) {
	if r.best.short <= r.shortfall+shortSlack || r.stopped() {
		return
	}
	t := newTree(r.c, r.best, true, r.order, work, r.stopped)
	bound := r.explore(t, work/3)
	r.steps -= work - max(0, t.work)
	r.shortfall = max(r.shortfall, min(-bound, r.best.short))
	r.tell()
}

// boundScore proves how large the score can be, and searches on.
func (r *run) boundScore() {
	if r.closed() || r.stopped() {
		return
	}
	if r.c.n > fewZones {
		// A tree closes few gaps here: the better half of the effort is the
		// search, then the bound against a good plan.
		r.climb(r.steps * 2 / 3)
	}
	t := newTree(r.c, r.best, false, r.order, r.steps, r.stopped)
	bound := r.explore(t, r.steps/2)
	r.score = min(r.score, bound)
	if !r.closed() && !r.stopped() {
		r.climb(max(0, t.work))
	}
}

// fewZones is up to where a tree often closes the gap.
const fewZones = 60

// maxRounds of subgradient at the root.
const maxRounds = 600

// explore bounds the root by at most half the work and searches with the rest.
func (r *run) explore(t *tree, work int) float64 {
	masks, d := slices.Clone(r.c.mask), r.c.newDual()
	bound := t.root(masks, d, max(10, min(maxRounds, work/t.each)))
	if !t.b.shortfall {
		r.score = min(r.score, max(bound, t.top))
	}
	r.tell()
	if cutoff := t.cutoff(); bound > cutoff+t.b.slack(cutoff) {
		bound = t.search(masks, d, bound, 0)
	}
	return max(bound, t.top)
}

// shortSlack is how exactly a shortfall is proved: a millionth of one target.
const shortSlack = 1e-6

// closed: nothing is left to be proved.
func (r *run) closed() bool {
	return r.best.short <= r.shortfall+shortSlack && r.score <= r.best.score+tolerance(r.best.score)
}

// tell hands a better plan to the caller.
func (r *run) tell() {
	if r.options.Better == nil || r.told != nil && !r.best.over(*r.told) {
		return
	}
	w := r.best.worth
	r.told = &w
	r.options.Better(r.plan())
}

func (r *run) plan() Plan {
	plan := r.m.judge(r.problem, r.m.toYears(r.c.full(r.held, r.best.pos), r.problem))
	plan.Bound = max(r.score, plan.Score)
	plan.Proven = r.closed()
	if plan.Proven {
		plan.Bound = plan.Score
	}
	if plan.Bound > 0 && !math.IsInf(plan.Bound, 1) {
		plan.Gap = (plan.Bound - plan.Score) / plan.Bound
	}
	plan.ShortfallBound = min(r.shortfall, plan.Shortfall)
	return plan
}
