package siting

import (
	"fmt"
	"math"
	"slices"
)

func everyRow(int) bool { return true }

func (r *run) lscp() (*Answer, error) {
	if err := r.checkRoom(); err != nil {
		return nil, err
	}
	o := r.cover(r.q.Limit, everyRow, ends{})
	if !o.found {
		if math.IsInf(o.bound, 1) {
			return nil, &InfeasibleError{"Conflicts", 0, "the conflicts leave no choice of sites that serves every row"}
		}
		return nil, ErrUndecided
	}
	return r.answer(o.sites, max(o.bound, float64(r.c.separate(r.p, r.q.Limit))), r.q.Limit), nil
}

func (r *run) mclp() (*Answer, error) {
	if r.p.Capacity != nil {
		k, capacity, fixed := r.c.loadCore(r.p, r.q.N, r.q.Limit, 1, true)
		total := k.paid
		for _, w := range k.weight {
			total += w
		}
		o := r.askLoaded(k, capacity, fixed, ends{gapOf: total})
		return r.answer(o.sites, total-o.bound, r.q.Limit), nil
	}
	k, total := r.c.weightCore(r.p, r.q.N, r.q.Limit)
	o := r.ask(k, ends{gapOf: total})
	return r.answer(o.sites, total-o.bound, r.q.Limit), nil
}

func (r *run) pmedian() (*Answer, error) {
	if r.p.Capacity != nil {
		return r.loadedMedian()
	}
	k, penalty := r.c.medianCore(r.p, r.q.N, r.q.Beyond)
	o := r.ask(k, ends{})
	if r.q.Beyond == 0 && o.value >= penalty {
		return nil, r.unservable(o.bound >= penalty)
	}
	return r.answer(o.sites, o.bound, r.q.limit()), nil
}

func (r *run) loadedMedian() (*Answer, error) {
	base := r.q.Beyond
	if base == 0 {
		if err := r.checkRoom(); err != nil {
			return nil, err
		}
		base = math.Inf(1)
	}
	k, capacity, fixed := r.c.loadCore(r.p, r.q.N, largest, base, false)
	o := r.askLoaded(k, capacity, fixed, ends{})
	if !o.found {
		return nil, r.unservable(math.IsInf(o.bound, 1))
	}
	return r.answer(o.sites, o.bound, r.q.limit()), nil
}

// unservable is the error where n sites were not found to serve all.
func (r *run) unservable(proven bool) error {
	if !proven {
		return ErrUndecided
	}
	return &InfeasibleError{"N", 0, fmt.Sprintf("%d new sites can't serve every row that has a way to a site", r.q.N)}
}

// checkRoom refuses what even all sites together can't serve.
func (r *run) checkRoom() error {
	if r.p.Capacity == nil {
		return nil
	}
	k, capacity, _ := r.c.loadCore(r.p, 0, r.q.limit(), math.Inf(1), true)
	all := make([]bool, k.sites())
	for j := range all {
		all[j] = true
	}
	t := newTransport(k, capacity, all, r.m.unbounded())
	t.solve()
	if _, missing := t.total(); missing > 10*t.eps {
		return &InfeasibleError{"Capacity", 0, fmt.Sprintf("all sites together lack capacity for a weight of %g", missing)}
	}
	return nil
}

// pcenter finds the least limit within which n sites serve all rows with a
// weight: bisection over the costs, each a set covering problem (Minieka 1970).
func (r *run) pcenter() (*Answer, error) {
	if err := r.checkRoom(); err != nil {
		return nil, err
	}
	limits := r.limits()
	wanted := func(i int) bool { return r.p.Weight[i] > 0 }
	lo, hi, proven := 0, len(limits), 0 // below proven it is impossible, from hi on possible
	var best []int32
	whole := r.m
	for lo < hi {
		mid := (lo + hi) / 2
		r.m = whole.share(0.5)
		o := r.cover(limits[mid], wanted, ends{n: float64(r.q.N), yesNo: true})
		whole.take(r.m)
		switch {
		case o.found && o.value <= float64(r.q.N):
			hi, best = mid, o.sites
		case o.bound > min(float64(r.q.N), float64(len(r.c.name))):
			lo, proven = mid+1, mid+1
		default:
			lo = mid + 1
		}
	}
	r.m = whole
	if len(limits) == 0 {
		return r.answer(nil, 0, largest), nil
	}
	if hi == len(limits) {
		return nil, r.unservable(proven == len(limits))
	}
	return r.answer(best, limits[proven], limits[hi]), nil
}

// limits are the costs that the worst of a p-center can be, ascending: every
// cost of a row with a weight, not below what such a row has to go at least.
// Rows without a way to any usable site are left out.
func (r *run) limits() []float64 {
	var list []float64
	least := 0.0
	for i, w := range r.p.Weight {
		if w == 0 {
			continue
		}
		own := -1.0
		for k := r.p.Costs.First[i]; k < r.p.Costs.First[i+1]; k++ {
			if v := r.p.Costs.Cost[k]; v <= largest && r.c.usable(r.p.Costs.Site[k]) {
				list = append(list, v)
				if own < 0 || v < own {
					own = v
				}
			}
		}
		least = max(least, own)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	at, _ := slices.BinarySearch(list, least)
	return list[at:]
}
