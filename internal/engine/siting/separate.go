package siting

import (
	"cmp"
	"slices"
)

// separate counts rows that no fixed site serves and of which no two have a usable
// site in common within a limit, taken greedily, those with few sites first. Each
// of them needs a new site of its own: a bound of LSCP that costs one look at
// every cost.
func (c *candidates) separate(p *Problem, limit float64) int {
	type list struct {
		row   int
		sites []int32
	}
	var lists []list
	for i, w := range p.Weight {
		if w == 0 && p.Capacity != nil {
			continue
		}
		l := list{row: i}
		served := false
		for k := p.Costs.First[i]; k < p.Costs.First[i+1] && !served; k++ {
			if j := p.Costs.Site[k]; p.Costs.Cost[k] <= limit && c.usable(j) {
				served = c.fixed[j]
				l.sites = append(l.sites, j)
			}
		}
		if !served && len(l.sites) > 0 {
			lists = append(lists, l)
		}
	}
	slices.SortFunc(lists, func(a, b list) int {
		return cmp.Or(cmp.Compare(len(a.sites), len(b.sites)), cmp.Compare(a.row, b.row))
	})
	taken := make([]bool, p.Sites)
	rows := 0
	for _, l := range lists {
		if slices.ContainsFunc(l.sites, func(j int32) bool { return taken[j] }) {
			continue
		}
		rows++
		for _, j := range l.sites {
			taken[j] = true
		}
	}
	return rows
}
