package siting

import (
	"context"
	"math"
	"slices"
)

// Curve answers a question for every number of sites from 0 to q.N, so that a
// planner sees where more sites stop paying. Values and bounds never get worse
// with more sites. Numbers of sites for which there is no answer, or none was
// found, are left out; conflicts never make an error here, where fewer sites
// can be open than N the curve stays level. Errors are those of Solve; LSCP has
// no curve.
func Curve(ctx context.Context, p *Problem, q Question) ([]Point, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := q.check(p); err != nil {
		return nil, err
	}
	if q.Model == LSCP {
		return nil, field("Model", "the fewest sites that cover all do not depend on N")
	}
	r := &run{p: p, q: q, c: p.candidates(), m: newMeter(ctx, q.Effort)}
	var answers []*Answer
	if p.Capacity == nil && q.Model != PCenter {
		answers = r.sweep()
	} else {
		answers = r.each()
	}
	return curve(answers), nil
}

// each solves for every number of sites on its own, with an even share of the
// effort that is left. An answer is nil where there is none.
func (r *run) each() []*Answer {
	whole := r.m
	answers := make([]*Answer, r.q.N+1)
	for n := range answers {
		r.m = whole.share(1 / float64(len(answers)-n))
		r.q.N = n
		if a, err := r.solve(); err == nil {
			answers[n] = a.withoutRows()
		}
		whole.take(r.m)
	}
	return answers
}

// withoutRows drops what the answer says of each row: a curve has no use for it,
// and over a whole district it is by far the most of an answer.
func (a *Answer) withoutRows() *Answer {
	a.Shares, a.Unserved, a.Unreachable = nil, nil, nil
	return a
}

// curve makes the answers agree with each other: with more sites the best can't
// be worse, and with fewer it can't be better.
func curve(answers []*Answer) []Point {
	better := func(a, b float64) bool { return a < b }
	if len(answers) > 0 && answers[len(answers)-1] != nil && answers[len(answers)-1].Model == MCLP {
		better = func(a, b float64) bool { return a > b }
	}
	points := make([]Point, 0, len(answers))
	for n, a := range answers {
		if a == nil {
			continue
		}
		point := Point{N: n, Sites: a.Sites, Value: a.Value, Bound: a.Bound}
		if k := len(points) - 1; k >= 0 && !better(point.Value, points[k].Value) {
			point.Sites, point.Value = points[k].Sites, points[k].Value
		}
		points = append(points, point)
	}
	for k := len(points) - 1; k >= 0; k-- {
		if k+1 < len(points) && better(points[k].Bound, points[k+1].Bound) {
			points[k].Bound = points[k+1].Bound
		}
		if better(points[k].Value, points[k].Bound) {
			points[k].Bound = points[k].Value
		}
		points[k].Proven = gap(points[k].Value, points[k].Bound) <= 1e-9
		if points[k].Proven {
			points[k].Bound = points[k].Value
		}
	}
	return points
}

// sweep goes through all numbers of sites with one core: each starts from the
// sites and the multipliers of the one before, and every set of multipliers
// bounds all numbers at once. What effort is left then goes into proofs.
func (r *run) sweep() []*Answer {
	k, total := r.c.weightCore(r.p, r.q.N, r.q.Limit)
	penalty, most := math.Inf(1), r.q.N
	if r.q.Model == PMedian {
		total = 0
		if k, penalty = r.c.medianCore(r.p, most, r.q.Beyond); r.q.Beyond > 0 {
			penalty = math.Inf(1)
		}
	}
	w := &sweep{core: k, best: make([][]int32, most+1), value: make([]float64, most+1), bound: make([]float64, most+1)}
	for n := range w.bound {
		w.bound[n] = k.paid
	}
	first := newSearch(k, r.m, r.q.Seed)
	first.enough = r.q.within(total)
	w.reduce(first)
	whole := r.m
	for n := 0; n <= most && !r.m.stopped(); n++ {
		w.visit(r, n, whole.share(0.5/float64(most+1-n)), whole)
	}
	w.back(whole)
	w.prove(r, total, whole)
	answers := make([]*Answer, most+1)
	for n := range answers {
		bound := w.bound[n]
		if w.value[n] >= penalty {
			continue
		}
		if r.q.Model == MCLP {
			bound = total - bound
		}
		answers[n] = r.answer(w.best[n], bound, r.q.limit()).withoutRows()
	}
	return answers
}

// sweep is what is known for each number of sites.
type sweep struct {
	core        *core
	multipliers []float64
	best        [][]int32
	value       []float64
	bound       []float64
	visited     int
}

// reduce makes the core smaller in ways that hold for every number of sites.
func (w *sweep) reduce(s *search) {
	s.first()
	w.core, _, w.multipliers = s.reduced(w.core, nil, s.guess(w.core))
}

// at is a search for one number of sites that knows the best so far.
func (w *sweep) at(n int, m *meter, seed uint64) *search {
	k := *w.core
	k.n = n
	s := newSearch(&k, m, seed)
	s.raise(w.bound[n])
	if w.best[n] != nil {
		s.offer(w.best[n])
	}
	return s
}

// visit finds an answer and a bound for n sites.
func (w *sweep) visit(r *run, n int, m, whole *meter) {
	s := w.at(n, m, r.q.Seed)
	if n == 0 || s.root.rows() == 0 { // nothing is left to choose
		s.raise(s.value)
	} else {
		s.offer(w.best[n-1])
		local := newInterchange(s.root, m)
		local.start(s.sitesOf(s.root))
		local.grow()
		local.climb()
		s.offer(local.names())
		a := newAscent(s.root, m)
		a.begin(w.multipliers)
		rounds := 6
		if n > 1 {
			a.pace = 0.2
		} else {
			rounds = 20
		}
		for round := 0; round < rounds && !s.done(); round++ {
			a.climb(20, s.value, s.limit())
			s.raise(a.bound)
			s.tryRelaxed(a, local, nil)
		}
		w.multipliers = a.best
		for k, b := range a.boundsTo(len(w.bound) - 1) {
			w.raise(k, b)
		}
	}
	w.best[n], w.value[n] = s.best, s.value
	w.raise(n, s.bound)
	w.visited = n
	whole.take(m)
}

func (w *sweep) raise(n int, bound float64) {
	if w.core.whole {
		bound = math.Ceil(bound - 1e-6)
	}
	w.bound[n] = max(w.bound[n], bound)
}

// back tries, from many to few, what is left of an answer less a site.
func (w *sweep) back(m *meter) {
	for n := w.visited + 1; n < len(w.best); n++ { // not visited: as good as the last
		w.best[n], w.value[n] = w.best[w.visited], w.value[w.visited]
	}
	for n := len(w.best) - 2; n > 0 && !m.stopped(); n-- {
		s := w.at(n, m, 0)
		local := newInterchange(s.root, m)
		larger := w.at(n+1, m, 0)
		local.start(larger.sitesOf(s.root))
		for len(local.open) > n {
			local.dropLeast(-1)
		}
		local.climb()
		s.offer(local.names())
		w.best[n], w.value[n] = s.best, s.value
	}
}

// prove spends what effort is left on the numbers that are not proven yet, evenly.
func (w *sweep) prove(r *run, total float64, whole *meter) {
	within := r.q.within(total)
	for n := 1; n < len(w.best); n++ {
		m := whole.share(1 / float64(len(w.best)-n))
		s := w.at(n, m, r.q.Seed)
		s.enough = within
		if !s.done() {
			s.run()
			w.best[n], w.value[n] = slices.Clone(s.best), s.value
			w.raise(n, s.bound)
		}
		whole.take(m)
	}
}

// boundsTo are the bounds that the best multipliers give for 0 to n sites.
func (a *ascent) boundsTo(n int) []float64 {
	worths := make([]float64, 0, len(a.bestWorth))
	if a.group == nil {
		worths = append(worths, a.bestWorth...)
	} else {
		for _, j := range a.bestOfGroupsAt(a.bestWorth) {
			worths = append(worths, a.bestWorth[j])
		}
	}
	slices.Sort(worths)
	slices.Reverse(worths)
	sum := a.c.paid
	for i, v := range a.best {
		sum += a.c.weight[i] * v
	}
	hair := 1e-12 * math.Abs(sum)
	list := make([]float64, n+1)
	for k := range list {
		list[k] = sum - hair
		if k < len(worths) {
			sum -= max(0, worths[k])
		}
	}
	return list
}
