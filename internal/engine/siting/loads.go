package siting

import (
	"cmp"
	"math"
	"slices"
)

// loads are what capacities add to a core: how much each site can serve, and
// which sites are open whatever is chosen. The sites of such a core include the
// fixed ones.
type loads struct {
	c        *core
	capacity []float64
	open     []bool
	column   []column
	// Of each site at the tried multipliers: what a unit of weight has to bring
	// to be served, the row that is served in part, and the weight of that part.
	cut      []float64
	critical []int32
	part     []float64
	items    []item
}

// item is what a row would bring a site.
type item struct {
	gain float64 // by unit of weight
	row  int32
}

func newLoads(c *core, capacity []float64, isOpen []bool) *loads {
	n := c.sites()
	return &loads{c: c, capacity: capacity, open: isOpen, column: c.columns(), cut: make([]float64, n), critical: make([]int32, n), part: make([]float64, n)}
}

// limitWorth lowers the worth of sites to what their capacity allows: the rows
// that bring most by unit of weight, the last one in part (fractional knapsack).
func (l *loads) limitWorth(a *ascent) {
	for j := range l.column {
		l.cut[j], l.critical[j] = 0, -1
		if l.open[j] {
			a.worth[j] += l.c.price // it is paid for already
		}
		if math.IsInf(l.capacity[j], 1) {
			continue
		}
		total := l.gather(a, j)
		if total <= l.capacity[j] {
			continue
		}
		slices.SortFunc(l.items, func(x, y item) int { return cmp.Or(cmp.Compare(y.gain, x.gain), cmp.Compare(x.row, y.row)) })
		a.meter.add(4 * len(l.items))
		a.worth[j] = l.fill(j)
		if !l.open[j] {
			a.worth[j] -= l.c.price
		}
	}
}

// gather lists the rows that bring something and returns their weight.
func (l *loads) gather(a *ascent, j int) float64 {
	l.items = l.items[:0]
	total := 0.0
	for k, i := range l.column[j].row {
		if g := a.at[i] - l.column[j].cost[k]; g > 0 {
			l.items = append(l.items, item{g, i})
			total += l.c.weight[i]
		}
	}
	a.meter.add(len(l.column[j].row))
	return total
}

// fill serves the listed rows until the capacity is used up.
func (l *loads) fill(j int) (worth float64) {
	left := l.capacity[j]
	for _, it := range l.items {
		w := l.c.weight[it.row]
		if w >= left {
			l.cut[j], l.critical[j], l.part[j] = it.gain, it.row, left
			return worth + left*it.gain
		}
		worth += w * it.gain
		left -= w
	}
	return worth
}

// miss works out how far each row is from being served by the chosen sites.
func (l *loads) miss(a *ascent) {
	c := l.c
	for i, v := range a.at {
		s := 1.0
		for k := c.first[i]; k < c.first[i+1] && c.cost[k] < v; k++ {
			j := c.site[k]
			switch gain := v - c.cost[k]; {
			case !a.chosen[j]:
			case l.critical[j] == int32(i):
				s -= l.part[j] / c.weight[i]
			case l.critical[j] < 0, gain > l.cut[j], gain == l.cut[j] && int32(i) < l.critical[j]:
				s--
			}
		}
		a.short[i] = s
	}
}
