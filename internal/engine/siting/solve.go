package siting

import (
	"context"
	"fmt"
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
	switch q.Model {
	case LSCP:
		return r.lscp()
	case MCLP:
		return r.mclp()
	case PMedian:
		return r.pmedian()
	}
	return r.pcenter()
}

// run is one question under way.
type run struct {
	p *Problem
	q Question
	c *candidates
	m *meter
}

// checkPlaces refuses more sites than can be open together.
func (r *run) checkPlaces() error {
	if r.q.Model == LSCP || r.q.N == 0 {
		return nil
	}
	if !r.c.any {
		if r.q.N > len(r.c.name) {
			return tooMany(r.q.N, len(r.c.name))
		}
		return nil
	}
	if most, proven := together(r.c.apart, r.q.N, r.m.share(0.1)); proven && most < r.q.N {
		return tooMany(r.q.N, most)
	}
	return nil
}

func tooMany(n, most int) error {
	return &InfeasibleError{"Conflicts", most, fmt.Sprintf("of %d sites at most %d can be open together", n, most)}
}

// within says that a bound is good enough, as a share of the larger of value
// and bound; whole is what both are taken from where the most is wanted.
func (q *Question) within(whole float64) func(bound, value float64) bool {
	if q.Gap == 0 {
		return func(bound, value float64) bool { return false }
	}
	return func(bound, value float64) bool {
		return gap(whole-value, whole-bound) <= q.Gap
	}
}

func (r *run) lscp() (*Answer, error) {
	s := newSearch(r.c.coverCore(r.p, r.q.Limit, func(int) bool { return true }), r.m, r.q.Seed)
	s.enough = r.q.within(0)
	s.run()
	sites, err := r.coverAll(s)
	if err != nil {
		return nil, err
	}
	a := &Answer{}
	r.q.finish(r.p, r.c, sites, a)
	a.prove(s.bound, r.m)
	return a, nil
}

// coverAll completes a cover: a row that the search left uncovered costs as much
// as a site of its own.
func (r *run) coverAll(s *search) ([]int32, error) {
	if s.value > float64(len(r.c.name)) && r.c.any {
		if s.bound > float64(len(r.c.name)) {
			return nil, &InfeasibleError{"Conflicts", 0, "some rows can't be covered together because of the conflicts between their sites"}
		}
		return nil, ErrUndecided
	}
	return s.root.completed(s.best), nil
}

// completed opens, for every row that no open site serves, its first site.
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

func (r *run) mclp() (*Answer, error) {
	k, total := r.c.weightCore(r.p, r.q.N, r.q.Limit)
	s := newSearch(k, r.m, r.q.Seed)
	s.enough = r.q.within(total)
	s.run()
	a := &Answer{}
	r.q.finish(r.p, r.c, s.best, a)
	a.prove(total-s.bound, r.m)
	return a, nil
}

func (r *run) pmedian() (*Answer, error) {
	k, penalty := r.c.medianCore(r.p, r.q.N, r.q.Beyond)
	s := newSearch(k, r.m, r.q.Seed)
	s.enough = r.q.within(0)
	s.run()
	if r.q.Beyond == 0 && s.value >= penalty {
		return nil, r.unservable(s.bound >= penalty)
	}
	a := &Answer{}
	r.q.finish(r.p, r.c, s.best, a)
	a.prove(s.bound, r.m)
	return a, nil
}

// unservable is the error where n sites were not found to serve all.
func (r *run) unservable(proven bool) error {
	if !proven {
		return ErrUndecided
	}
	return &InfeasibleError{"N", 0, fmt.Sprintf("%d new sites can't serve every row that has a way to a site", r.q.N)}
}

// pcenter is a search for the least limit within which n sites cover all rows
// with a weight: bisection over the costs, each a set covering problem.
func (r *run) pcenter() (*Answer, error) {
	limits := r.limits()
	wanted := func(i int) bool { return r.p.Weight[i] > 0 }
	lo, hi := 0, len(limits) // below lo impossible, from hi possible
	proven := 0
	var best []int32
	for lo < hi {
		mid := (lo + hi) / 2
		s := newSearch(r.c.coverCore(r.p, limits[mid], wanted), r.m.share(0.5), r.q.Seed)
		s.target, s.hopeless = float64(r.q.N), float64(r.q.N)+1e-6
		s.run()
		r.m.take(s.meter)
		switch {
		case s.value <= s.target:
			hi, best = mid, s.root.completed(s.best)
		case s.bound > s.target:
			lo, proven = mid+1, mid+1
		default:
			lo = mid + 1
		}
	}
	if len(limits) > 0 && best == nil && hi == len(limits) {
		return nil, r.unservable(proven == len(limits))
	}
	a := &Answer{}
	r.q.finish(r.p, r.c, best, a)
	bound := 0.0
	if proven < len(limits) {
		bound = limits[proven]
	}
	a.prove(bound, r.m)
	return a, nil
}
