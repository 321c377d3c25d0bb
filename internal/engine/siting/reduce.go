package siting

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"
)

// reduced returns an equivalent smaller core: rows alike are one row, sites that
// another is as good as are closed.
func (s *search) reduced(c *core, given []int32, multipliers []float64) (*core, []int32, []float64) {
	c, multipliers = c.merged(multipliers)
	s.meter.add(len(c.site))
	if c.cover {
		c, multipliers = c.without(c.implied(s.meter), multipliers)
	}
	state := make([]int8, c.sites())
	if c.dominated(state, s.meter) > 0 {
		c, given, multipliers = s.apply(c, given, multipliers, state)
		c, multipliers = c.merged(multipliers)
		if c.cover {
			c, multipliers = c.without(c.implied(s.meter), multipliers)
		}
	}
	return c, given, multipliers
}

// implied marks the rows of a cover that are covered whenever another row is:
// all sites of that one are theirs, too.
func (c *core) implied(m *meter) []bool {
	order := make([]int32, c.rows())
	for i := range order {
		order[i] = int32(i)
	}
	length := func(i int32) int32 { return c.first[i+1] - c.first[i] }
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(length(a), length(b)) })
	served := make([]int, c.sites())
	for _, j := range c.site {
		served[j]++
	}
	drop, mark := make([]bool, c.rows()), make([]bool, c.sites())
	kept := make([][]int32, c.sites()) // rows that stay, by their site that serves fewest
	for _, i := range order {
		list := c.site[c.first[i]:c.first[i+1]]
		rarest := list[0]
		for _, j := range list {
			mark[j] = true
			if served[j] < served[rarest] {
				rarest = j
			}
		}
		for _, j := range list {
			m.add(1 + len(kept[j]))
			drop[i] = drop[i] || slices.ContainsFunc(kept[j], func(k int32) bool { return c.within(k, mark) })
		}
		for _, j := range list {
			mark[j] = false
		}
		if !drop[i] {
			kept[rarest] = append(kept[rarest], i)
		}
	}
	return drop
}

// within says whether all sites of a row are marked.
func (c *core) within(i int32, mark []bool) bool {
	for e := c.first[i]; e < c.first[i+1]; e++ {
		if !mark[c.site[e]] {
			return false
		}
	}
	return true
}

// without is a core less the marked rows.
func (c *core) without(drop []bool, multipliers []float64) (*core, []float64) {
	k := *c
	k.first, k.site, k.cost, k.weight, k.base, k.row = []int32{0}, nil, nil, nil, nil, nil
	var list []float64
	for i, d := range drop {
		if d {
			continue
		}
		k.site = append(k.site, c.site[c.first[i]:c.first[i+1]]...)
		k.cost = append(k.cost, c.cost[c.first[i]:c.first[i+1]]...)
		k.first = append(k.first, int32(len(k.site)))
		k.weight, k.base, k.row = append(k.weight, c.weight[i]), append(k.base, c.base[i]), append(k.row, c.row[i])
		list = append(list, multipliers[i])
	}
	return &k, list
}

// merged makes one row of all rows with the same base, sites and costs; its
// multiplier is the weighted mean of theirs.
func (c *core) merged(multipliers []float64) (*core, []float64) {
	k := &core{n: c.n, price: c.price, paid: c.paid, name: c.name, apart: c.apart, whole: c.whole, flat: c.flat, cover: c.cover, first: []int32{0}}
	seed := maphash.MakeSeed() // decides only where a row is looked up, not what is found
	byHash := map[uint64][]int32{}
	var sums []float64
	for i := range c.rows() {
		h := c.hash(seed, i)
		twin := int32(-1)
		for _, r := range byHash[h] {
			if c.alike(i, int(k.row[r])) {
				twin = r
				break
			}
		}
		if twin >= 0 {
			sums[twin] += c.weight[i] * multipliers[i]
			if !c.cover {
				k.weight[twin] += c.weight[i]
			}
			continue
		}
		byHash[h] = append(byHash[h], int32(k.rows()))
		k.site = append(k.site, c.site[c.first[i]:c.first[i+1]]...)
		k.cost = append(k.cost, c.cost[c.first[i]:c.first[i+1]]...)
		k.first = append(k.first, int32(len(k.site)))
		k.weight, k.base, k.row = append(k.weight, c.weight[i]), append(k.base, c.base[i]), append(k.row, int32(i))
		sums = append(sums, c.weight[i]*multipliers[i])
	}
	if k.rows() == c.rows() {
		return c, multipliers
	}
	for r := range sums {
		sums[r] = min(sums[r]/k.weight[r], k.base[r])
	}
	return k, sums
}

func (c *core) hash(seed maphash.Seed, i int) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	var b [12]byte
	for e := c.first[i]; e < c.first[i+1]; e++ {
		binary.LittleEndian.PutUint32(b[:], uint32(c.site[e]))
		binary.LittleEndian.PutUint64(b[4:], math.Float64bits(c.cost[e]))
		h.Write(b[:])
	}
	return h.Sum64()
}

func (c *core) alike(i, k int) bool {
	return c.base[i] == c.base[k] &&
		slices.Equal(c.site[c.first[i]:c.first[i+1]], c.site[c.first[k]:c.first[k+1]]) &&
		slices.Equal(c.cost[c.first[i]:c.first[i+1]], c.cost[c.first[k]:c.first[k+1]])
}

// column is what a site does: the rows that it serves, ascending, and for what.
type column struct {
	row  []int32
	cost []float64
}

func (c *core) columns() []column {
	list := make([]column, c.sites())
	for i := range c.rows() {
		for e := c.first[i]; e < c.first[i+1]; e++ {
			j := c.site[e]
			list[j].row = append(list[j].row, int32(i))
			list[j].cost = append(list[j].cost, c.cost[e])
		}
	}
	return list
}

// dominated closes sites that another serves all the rows of, for no more, and
// with no conflict that the first does not have. It returns how many.
func (c *core) dominated(state []int8, m *meter) int {
	columns := c.columns()
	m.add(2 * len(c.site))
	count := 0
	for j := range columns {
		col := &columns[j]
		if len(col.row) == 0 {
			state[j] = closed
			count++
			continue
		}
		for _, k := range c.rivals(col) {
			if int(k) == j || state[k] == closed || !c.noMoreConflicts(k, int32(j)) {
				continue
			}
			better := covers(&columns[k], col, m)
			if better && k > int32(j) && covers(col, &columns[k], m) && c.noMoreConflicts(int32(j), k) {
				better = false // they are alike: the first stays
			}
			if better {
				state[j] = closed
				count++
				break
			}
		}
	}
	return count
}

// rivals are the sites that serve the row of a column that has the fewest.
func (c *core) rivals(col *column) []int32 {
	best := col.row[0]
	for _, i := range col.row {
		if c.first[i+1]-c.first[i] < c.first[best+1]-c.first[best] {
			best = i
		}
	}
	return c.site[c.first[best]:c.first[best+1]]
}

// covers says whether a serves every row of b for no more.
func covers(a, b *column, m *meter) bool {
	if len(a.row) < len(b.row) {
		return false
	}
	k := 0
	for i, r := range b.row {
		for k < len(a.row) && a.row[k] < r {
			k++
		}
		if k == len(a.row) || a.row[k] != r || a.cost[k] > b.cost[i] {
			m.add(k + i)
			return false
		}
	}
	m.add(k + len(b.row))
	return true
}

// noMoreConflicts says whether every conflict of a is one of b, or with b.
func (c *core) noMoreConflicts(a, b int32) bool {
	if c.apart == nil {
		return true
	}
	for _, o := range c.apart[a] {
		if o == b {
			continue
		}
		if _, found := slices.BinarySearch(c.apart[b], o); !found {
			return false
		}
	}
	return true
}
