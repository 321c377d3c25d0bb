package siting

import "slices"

// limits are the costs that the worst of a p-center can be, ascending: every
// cost of a row with a weight, not below what such a row has to walk at least.
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
