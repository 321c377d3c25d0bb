package siting

import (
	"context"
	"fmt"
	"math"
)

// Solve answers a question. It returns an *InputError for figures that can't be
// worked with, an *InfeasibleError where there is no answer, and ErrUndecided
// where none was found before the effort was spent or ctx ended; an answer that
// was found before that is returned with the bound so far and says why it is
// not proven.
func Solve(ctx context.Context, p *Problem, q Question) (*Answer, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := q.check(p); err != nil {
		return nil, err
	}
	r := &run{p: p, q: q, c: p.candidates(), m: newMeter(ctx, q.Effort)}
	if err := r.checkPlaces(); err != nil {
		return nil, err
	}
	return r.solve()
}

// run is one question under way.
type run struct {
	p *Problem
	q Question
	c *candidates
	m *meter
}

func (r *run) solve() (*Answer, error) {
	switch r.q.Model {
	case LSCP:
		return r.lscp()
	case MCLP:
		return r.mclp()
	case PMedian:
		return r.pmedian()
	}
	return r.pcenter()
}

// checkPlaces refuses more sites than can be open together.
func (r *run) checkPlaces() error {
	if r.q.Model == LSCP || r.q.N == 0 {
		return nil
	}
	most, proven := min(len(r.c.name), r.q.N), true
	if r.c.any {
		most, proven = together(r.c.apart, r.q.N, r.m.share(0.1))
	}
	if proven && most < r.q.N {
		return &InfeasibleError{"Conflicts", most, fmt.Sprintf("of %d sites at most %d can be open together", r.q.N, most)}
	}
	return nil
}

// outcome of a search in terms of a core.
type outcome struct {
	found        bool
	sites        []int32 // new ones, by name
	value, bound float64
}

// ends say when a search may end.
type ends struct {
	gapOf float64 // what values and bounds are taken from where the most is wanted
	n     float64 // with yesNo: only whether the value can be at most this
	yesNo bool
}

// ask searches a core without capacities.
func (r *run) ask(k *core, e ends) outcome {
	s := newSearch(k, r.m, r.q.Seed)
	s.enough = r.q.within(e.gapOf)
	if e.yesNo {
		s.target, s.hopeless = e.n, e.n+1e-6
	}
	s.run()
	return outcome{true, s.best, s.value, s.bound}
}

// askLoaded searches a core whose sites have capacities.
func (r *run) askLoaded(k *core, capacity []float64, fixed []bool, e ends) outcome {
	k.whole = k.price == 1
	k, _ = k.merged(make([]float64, k.rows()))
	s := newLoadSearch(k, capacity, fixed, r.m)
	s.enough = r.q.within(e.gapOf)
	if e.yesNo {
		s.target, s.hopeless = e.n, e.n+1e-6
	}
	s.run()
	o := outcome{found: s.best != nil, value: s.value, bound: s.bound}
	for j, is := range s.best {
		if is && !fixed[j] {
			o.sites = append(o.sites, k.name[j])
		}
	}
	return o
}

// within says that a bound is good enough, as a share of the larger of value
// and bound, both taken from whole where the most is wanted.
func (q *Question) within(whole float64) func(bound, value float64) bool {
	if q.Gap == 0 {
		return func(bound, value float64) bool { return false }
	}
	return func(bound, value float64) bool {
		return gap(whole-value, whole-bound) <= q.Gap
	}
}

// cover asks for the fewest sites that serve all wanted rows within a limit. The
// value of the outcome is +Inf where none was found, and so is the bound where
// that is proven.
func (r *run) cover(limit float64, wanted func(i int) bool, e ends) outcome {
	if r.p.Capacity != nil {
		k, capacity, fixed := r.c.loadCore(r.p, r.p.Sites, limit, math.Inf(1), true)
		k.price = 1
		return r.askLoaded(k, capacity, fixed, e)
	}
	k := r.c.coverCore(r.p, limit, wanted)
	e.n = min(e.n, float64(len(k.name))) // a row that is not covered costs more than that
	o := r.ask(k, e)
	if impossible := float64(len(k.name)) + 0.5; r.c.any {
		if o.bound > impossible {
			o.bound = math.Inf(1)
		}
		if o.value > impossible {
			return outcome{value: math.Inf(1), bound: o.bound}
		}
	}
	o.sites = k.completed(o.sites)
	return o
}

// completed opens, for every row that no open site serves, its first site: in a
// cover this costs as much as the row did.
func (c *core) completed(names []int32) []int32 {
	isOpen := map[int32]bool{}
	for _, n := range names {
		isOpen[n] = true
	}
	list := append([]int32(nil), names...)
	for i := range c.rows() {
		served := false
		for e := c.first[i]; e < c.first[i+1]; e++ {
			served = served || isOpen[c.name[c.site[e]]]
		}
		if n := c.name[c.site[c.first[i]]]; !served {
			isOpen[n] = true
			list = append(list, n)
		}
	}
	return list
}
