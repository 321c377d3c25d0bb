package siting

import (
	"cmp"
	"math"
	"slices"
)

// core is what every model without capacities comes down to: open at most n
// sites so that
//
//	paid + price·(number of open sites) + Σ weight · min(base, least cost of an open site)
//
// is least. For MCLP costs are 0 and bases 1, so that the weight that is not
// covered is counted; for LSCP every site has the price 1 and so has a row that
// is not covered. A core holds only what still is to be decided: sites that are
// open have become bases of rows, sites that are closed are gone.
type core struct {
	n           int
	price, paid float64
	name        []int32 // of each site: its number in the problem
	weight      []float64
	base        []float64
	// The sites that serve row i for less than its base are
	// site[first[i]:first[i+1]], ascending by cost, then site.
	first []int32
	site  []int32
	cost  []float64
	apart [][]int32 // conflicts of each site, ascending; nil: none at all
	row   []int32   // of each row: its number in the core that this one was cut from
	whole bool      // every value is a whole number
	flat  bool      // every cost is 0
	cover bool      // a row counts once, however many rows it stands for
}

func (c *core) rows() int  { return len(c.weight) }
func (c *core) sites() int { return len(c.name) }

// settled says that nothing is left to decide.
func (c *core) settled() bool { return c.n <= 0 || c.rows() == 0 || c.sites() == 0 }

// entry is a site that serves a row.
type entry struct {
	cost float64
	site int32
}

// addRow appends a row with its entries in any order, or pays for it where
// nothing is to be decided. The entries are sorted in place.
func (c *core) addRow(number int32, weight, base float64, list []entry) {
	if len(list) == 0 {
		c.paid += weight * base
		return
	}
	byCost := func(a, b entry) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.site, b.site)) }
	if !slices.IsSortedFunc(list, byCost) {
		slices.SortFunc(list, byCost)
	}
	for _, e := range list {
		c.site = append(c.site, e.site)
		c.cost = append(c.cost, e.cost)
	}
	c.weight = append(c.weight, weight)
	c.base = append(c.base, base)
	c.row = append(c.row, number)
	c.first = append(c.first, int32(len(c.site)))
}

// What has been decided about a site.
const (
	free   = int8(0)
	open   = int8(1)
	closed = int8(2)
)

// cut returns the core that is left when some sites are decided. Whoever opens
// a site has to close those in conflict with it. n is negative if more sites are
// open than may be.
func (c *core) cut(state []int8) *core {
	k := &core{n: c.n, price: c.price, paid: c.paid, whole: c.whole, flat: c.flat, cover: c.cover}
	used := make([]bool, c.sites())
	keep := func(i int) (base float64, any bool) {
		base = c.base[i]
		for e := c.first[i]; e < c.first[i+1]; e++ {
			if state[c.site[e]] == open {
				return min(base, c.cost[e]), any
			}
			any = any || state[c.site[e]] == free
		}
		return base, any
	}
	for i := range c.rows() {
		base, _ := keep(i)
		for e := c.first[i]; e < c.first[i+1] && c.cost[e] < base; e++ {
			used[c.site[e]] = true
		}
	}
	number := make([]int32, c.sites())
	for j := range number {
		number[j] = -1
		switch {
		case state[j] == open:
			k.n--
			k.paid += k.price
		case state[j] == free && used[j]:
			number[j] = int32(len(k.name))
			k.name = append(k.name, c.name[j])
		}
	}
	k.first = append(k.first, 0)
	var list []entry
	for i := range c.rows() {
		base, _ := keep(i)
		list = list[:0]
		for e := c.first[i]; e < c.first[i+1] && c.cost[e] < base; e++ {
			if j := number[c.site[e]]; j >= 0 {
				list = append(list, entry{c.cost[e], j})
			}
		}
		k.addRow(int32(i), c.weight[i], base, list)
	}
	k.apart = c.apartOf(number, len(k.name))
	return k
}

// apartOf are the conflicts among the sites that have a new number.
func (c *core) apartOf(number []int32, sites int) [][]int32 {
	if c.apart == nil {
		return nil
	}
	apart, any := make([][]int32, sites), false
	for j, others := range c.apart {
		if number[j] < 0 {
			continue
		}
		for _, o := range others {
			if number[o] >= 0 {
				apart[number[j]] = append(apart[number[j]], number[o])
				any = true
			}
		}
	}
	if !any {
		return nil
	}
	return apart
}

// value of a set of open sites, given as a mark by site.
func (c *core) value(isOpen []bool) float64 {
	v := c.paid
	for _, o := range isOpen {
		if o {
			v += c.price
		}
	}
	for i := range c.rows() {
		least := c.base[i]
		for e := c.first[i]; e < c.first[i+1]; e++ {
			if isOpen[c.site[e]] {
				least = c.cost[e]
				break
			}
		}
		v += c.weight[i] * least
	}
	return v
}

// isWhole says whether all values are whole numbers, so that bounds can be rounded.
func (c *core) isWhole() bool {
	whole := func(v float64) bool { return v == math.Trunc(v) && math.Abs(v) < 1<<40 }
	if !whole(c.price) || !whole(c.paid) {
		return false
	}
	for i, w := range c.weight {
		if !whole(w) || !whole(w*c.base[i]) {
			return false
		}
	}
	for _, v := range c.cost {
		if !whole(v) {
			return false
		}
	}
	return true
}
