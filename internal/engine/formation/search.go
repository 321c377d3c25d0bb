package formation

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/lianpian/lianpian/internal/panics"
)

// run is one search. It goes in rounds: a round cuts patches out of the current
// state that share no zone and no node, workers improve each on its own, and the
// improvements are put back in order. What a patch becomes depends on the seed,
// the round and the patch alone, so the answer does not depend on how many
// workers there are or how fast they go.
type run struct {
	s       *space
	ctx     context.Context
	o       Options
	workers []*worker
	st      *state // never gets worse
	steps   int64
	limit   int64
	round   uint64

	compBound  []float64
	compDone   []bool // its part of the state is proven best
	compTried  []int  // largest effort of the exact method that was not enough
	jointBound float64
	jointRest  *packing // like rest, for all components together
	coupled    bool     // a number of zones ties the components together
	open       []int32

	claimed []uint64   // per node: the round that took it
	size    float64    // nodes in a patch for the exact method
	rest    []*packing // per component: all columns that a better answer can hold, nil where not known
	pools   []*packing // per component: columns near their price, nil where not known
	inPool  []int32    // per node: local index in its component's pool
	reach   float64    // nodes in a patch for a pool
	tools   [4]tool
	told    int64
	toldAt  float64
	nudged  bool
}

// worker is the memory of one goroutine.
type worker struct {
	solve  *solver
	anneal *annealer
}

// The ways to improve a patch.
const (
	byListing   = iota // list all zones of a small patch, choose the best set
	byMoves            // anneal a patch of a few zones
	byManyMoves        // anneal a larger one for longer
	byPool             // choose among the columns of the component's pool
)

// tool keeps what a way of improving has brought lately for its effort.
type tool struct{ gain, effort float64 }

type task struct {
	patch patch
	tool  int
	seed  uint64
	hot   float64
	moves int
	// answer
	zones   []zone
	better  bool
	listed  bool
	columns int
	work    int64
	verdict verdict
	comp    int // of the exact method; −1: all together
}

func (s *space) search(ctx context.Context, o Options) Answer {
	r := &run{s: s, ctx: ctx, o: o, limit: o.Steps, size: 16, reach: 60}
	if r.limit <= 0 {
		r.limit = defaultSteps(s.nodes())
	}
	count := o.Workers
	if count <= 0 {
		count = runtime.GOMAXPROCS(0)
	}
	for range count {
		x := newSolver(s)
		x.sc.stop = func() bool { return ctx.Err() != nil }
		r.workers = append(r.workers, &worker{solve: x, anneal: newAnnealer(s, x.sc)})
	}
	sc := r.workers[0].solve.sc
	r.st = s.greedy(sc, false)
	if r.st.count < s.loZones {
		if other := s.greedy(sc, true); other.better(r.st, s) {
			r.st = other
		}
	}
	r.steps, sc.work = sc.work, 0
	r.coupled = s.loZones > 0 || s.hiZones < math.MaxInt
	r.begin()
	r.tell(true)
	r.improve()
	return s.answer(sc, r.st, r.bound(), r.steps)
}

// defaultSteps: a step is about 10 ns of one core.
func defaultSteps(nodes int) int64 {
	return min(2_000_000_000, 500_000_000+350_000*int64(nodes))
}

func (r *run) begin() {
	s := r.s
	r.compDone, r.compTried = make([]bool, len(s.comps)), make([]int, len(s.comps))
	r.claimed = make([]uint64, s.nodes())
	r.rest = make([]*packing, len(s.comps))
	r.pools, r.inPool = make([]*packing, len(s.comps)), make([]int32, s.nodes())
	r.jointBound = math.Inf(1)
	for c := range s.comps {
		r.compBound = append(r.compBound, s.quickBound(c, s.hiZones))
	}
	if s.hiZones < math.MaxInt {
		var nodes []int32
		var worth []float64
		for _, c := range s.comps {
			for _, v := range c {
				nodes, worth = append(nodes, v), append(worth, s.worth(v))
			}
		}
		r.jointBound = s.filled(nodes, worth, float64(s.hiZones))
	}
}

func (r *run) over() bool { return r.steps >= r.limit || r.ctx.Err() != nil || r.proven() }

func (r *run) proven() bool {
	return r.st.count >= r.s.loZones && r.bound()-r.st.value <= 1e-9*math.Max(r.s.scale, r.st.value)
}

// tell reports the current answer when it is better than the last one reported;
// at most about ten times a second.
func (r *run) tell(first bool) {
	if r.o.Better == nil || (!first && (r.steps-r.told < 20_000_000 || r.st.value <= r.toldAt && !r.nudged)) {
		return
	}
	r.told, r.toldAt, r.nudged = r.steps, r.st.value, false
	r.o.Better(r.s.answer(r.workers[0].solve.sc, r.st, r.bound(), r.steps))
}

// improve is the plan: the smallest components exactly, then everything by
// moves; larger components are tried exactly as the effort allows.
func (r *run) improve() {
	stages := []struct {
		part  float64 // of the effort, before the stage
		limit effortOf
	}{
		{0, effortOf{4_000, 8_000, 60, 200_000}},
		{0.05, effortOf{60_000, 120_000, 200, 2_000_000}},
		{0.2, effortOf{600_000, 1_000_000, 300, 10_000_000}},
	}
	for i, stage := range stages {
		// A small problem need not wait for its share of a long search.
		until := min(int64(stage.part*float64(r.limit)), r.steps+int64(i)*20_000*int64(r.undone()))
		for !r.over() && r.steps < until {
			r.patches()
		}
		if r.over() {
			return
		}
		r.exactly(i+1, stage.limit)
	}
	r.price()
	for part := 0.3; part < 0.95; part += 0.15 {
		for !r.over() && float64(r.steps) < part*float64(r.limit) {
			r.patches()
		}
		r.again()
	}
	for !r.over() {
		r.patches()
	}
}

// undone is how many nodes are in components not proven yet.
func (r *run) undone() int {
	sum := 0
	for c, nodes := range r.s.comps {
		if !r.compDone[c] {
			sum += len(nodes)
		}
	}
	return sum
}

// exactly tries the open components whose size gives hope.
func (r *run) exactly(stage int, limit effortOf) {
	s := r.s
	// No stage may take more than what is left.
	left := max(r.limit-r.steps, 0)
	limit.branch = min(limit.branch, left/2)
	limit.sets = min(limit.sets, left/20+1000)
	if r.coupled {
		r.jointly(limit)
		return
	}
	var list []int
	for c := range s.comps {
		if !r.compDone[c] && r.compTried[c] < stage && len(s.comps[c]) <= limit.columns/8 {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(len(s.comps[a]), len(s.comps[b])) })
	// The work of a batch is spread by one queue; the answers are put back in order.
	const batch = 32
	for len(list) > 0 && !r.over() {
		k := min(batch, len(list))
		if limit.columns > 100_000 {
			k = min(4, len(list))
		}
		tasks := make([]*task, k)
		for i, c := range list[:k] {
			t := r.whole(c)
			tasks[i] = t
		}
		list = list[k:]
		r.work(tasks, limit)
		if r.ctx.Err() != nil {
			return
		}
		for _, t := range tasks {
			r.compTried[t.comp] = stage
			r.learn(t)
		}
		r.tell(false)
	}
}

// whole is a component as a patch.
func (r *run) whole(c int) *task {
	t := &task{comp: c, patch: patch{nodes: r.byWalk(r.s.comps[c]), hi: math.MaxInt}}
	for _, slot := range r.slotsOf(t.patch.nodes) {
		t.patch.zones = append(t.patch.zones, r.st.slots[slot])
	}
	return t
}

// learn takes over what the exact method found out about a component.
func (r *run) learn(t *task) {
	v, c := &t.verdict, t.comp
	if v.bounded {
		r.compBound[c] = math.Min(r.compBound[c], v.bound)
		r.compDone[c] = r.compDone[c] || v.complete
	}
	if v.pool != nil {
		r.rest[c] = v.pool
		r.setPool(c, v.pool)
	}
	r.apply(t)
}

// again goes on with the components whose branch and bound had to be broken off:
// meanwhile the answer has become better, so fewer columns remain.
func (r *run) again() {
	r.jointlyAgain()
	var tasks []*task
	for c, p := range r.rest {
		if p == nil || r.compDone[c] {
			continue
		}
		// A gap of more than one community will not be closed by branching.
		if t := r.whole(c); r.compBound[c]-t.patch.value() < r.s.scale || len(t.patch.nodes) <= 60 {
			tasks = append(tasks, t)
		}
	}
	if len(tasks) == 0 || r.over() {
		return
	}
	limit := effortOf{rounds: 200, branch: r.limit / 12 / int64(len(tasks))}
	r.each(len(tasks), func(w *worker, i int) {
		t := tasks[i]
		t.verdict = w.solve.choose(r.rest[t.comp], t.patch.value(), limit)
		t.zones, t.better = t.verdict.zones, t.verdict.zones != nil
	})
	if r.ctx.Err() != nil {
		return
	}
	for _, t := range tasks {
		r.learn(t)
	}
	r.tell(false)
}

// jointly tries all components at once, when a number of zones ties them.
func (r *run) jointly(limit effortOf) {
	s := r.s
	if s.nodes() > limit.columns/8 || s.nodes() == 0 {
		return
	}
	t := r.everything()
	r.work([]*task{t}, limit)
	if r.ctx.Err() != nil {
		return
	}
	if t.verdict.bounded {
		r.jointBound = math.Min(r.jointBound, t.verdict.bound)
		r.jointRest = t.verdict.pool
	}
	r.apply(t)
	r.tell(false)
}

// jointlyAgain goes on where jointly had to be broken off.
func (r *run) jointlyAgain() {
	if r.jointRest == nil || r.over() || r.st.count < r.s.loZones {
		return
	}
	t := r.everything()
	limit := effortOf{rounds: 200, branch: r.limit / 12}
	r.each(1, func(w *worker, _ int) {
		t.verdict = w.solve.choose(r.jointRest, t.patch.value(), limit)
		t.zones, t.better = t.verdict.zones, t.verdict.zones != nil
	})
	if r.ctx.Err() != nil {
		return
	}
	r.jointBound = math.Min(r.jointBound, t.verdict.bound)
	r.jointRest = t.verdict.pool
	r.apply(t)
	r.tell(false)
}

// everything is the whole state as a patch.
func (r *run) everything() *task {
	t := &task{comp: -1, patch: patch{lo: r.s.loZones, hi: r.s.hiZones}}
	for _, c := range r.s.comps {
		t.patch.nodes = append(t.patch.nodes, r.byWalk(c)...)
	}
	for _, z := range r.st.slots {
		if z.nodes != nil {
			t.patch.zones = append(t.patch.zones, z)
		}
	}
	return t
}

// byWalk orders a component's nodes by breadth from its first, so that the sets
// of one root lie close together.
func (r *run) byWalk(nodes []int32) []int32 {
	s := r.s
	sc := r.workers[0].solve.sc
	stamp := sc.mark()
	out := make([]int32, 0, len(nodes))
	out = append(out, nodes[0])
	sc.seen[nodes[0]] = stamp
	for i := 0; i < len(out); i++ {
		for _, w := range s.around(out[i]) {
			if sc.seen[w] != stamp {
				sc.seen[w] = stamp
				out = append(out, w)
			}
		}
	}
	return out
}

// slotsOf are the zones that the nodes are in, each once, in order.
func (r *run) slotsOf(nodes []int32) []int32 {
	var out []int32
	for _, v := range nodes {
		if slot := r.st.zoneOf[v]; slot >= 0 {
			out = append(out, slot)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// each lets the workers do so many things, in any order, and adds up the effort. Where
// one panics, so does each: who waits may be able to catch it.
func (r *run) each(count int, do func(w *worker, i int)) {
	work := make([]int64, count)
	one := func(w *worker, i int) {
		w.solve.sc.work = 0
		do(w, i)
		work[i] = w.solve.sc.work
	}
	if len(r.workers) == 1 || count == 1 {
		for i := range count {
			one(r.workers[0], i)
		}
	} else {
		var at atomic.Int64
		var all panics.Group
		for _, w := range r.workers[:min(count, len(r.workers))] {
			all.Go(func() {
				for i := at.Add(1) - 1; i < int64(count); i = at.Add(1) - 1 {
					one(w, int(i))
				}
			})
		}
		all.Wait()
	}
	for _, k := range work {
		r.steps += k
	}
}

// work lets the workers do the tasks.
func (r *run) work(tasks []*task, limit effortOf) {
	r.each(len(tasks), func(w *worker, i int) {
		t := tasks[i]
		before := w.solve.sc.work
		switch t.tool {
		case byListing:
			t.list(w.solve, limit)
		case byPool:
			t.pick(w.solve, r.pools[t.comp], r.inPool)
		default:
			rng := rand.New(rand.NewPCG(r.o.Seed, t.seed))
			t.zones, t.better = w.anneal.improve(t.patch, rng, t.moves, t.hot, 0.004)
		}
		t.work = w.solve.sc.work - before
	})
}

func (t *task) list(x *solver, limit effortOf) {
	value := t.patch.value()
	if len(t.patch.zones) < t.patch.lo {
		value = math.Inf(-1)
	}
	t.verdict = x.exact(t.patch.nodes, t.patch.lo, t.patch.hi, value, limit)
	t.listed, t.columns = t.verdict.bounded, x.cols.len()
	t.zones, t.better = t.verdict.zones, t.verdict.zones != nil
}

// apply puts a task's better zones in the place of those it was given.
func (r *run) apply(t *task) {
	if !t.better {
		return
	}
	st := r.st
	count := st.count
	for _, z := range t.patch.zones {
		st.remove(st.zoneOf[z.nodes[0]])
	}
	for _, z := range t.zones {
		st.add(z)
	}
	if st.count != count && count < r.s.loZones {
		r.nudged = true
	}
}
