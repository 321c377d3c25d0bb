package schedule

import (
	"cmp"
	"slices"
	"sort"
)

// knapsack solves one year of the relaxed problem: the zones of largest total
// profit that its room can pay for. Method: Horowitz and Sahni's depth-first
// search over zones by profit per fen, with Dantzig's bound.
type knapsack struct {
	items  []item
	taken  []bool
	chosen []bool    // the best so far, by place in items
	costs  []int64   // prefix sums
	gains  []float64 // prefix sums
	// Results: an upper bound of the optimum (the optimum itself unless the
	// search was cut short), Dantzig's bound and its price of a fen.
	bound, dantzig, price float64
}

type item struct {
	zone   int32
	cost   int64
	profit float64
	ratio  float64
}

// maxKnapsackNodes ends a search that does not pay; the bound stays valid.
const maxKnapsackNodes = 3000

// add offers a zone; what brings nothing is not worth offering.
func (k *knapsack) add(zone int, cost int64, profit float64) {
	ratio := profit / max(float64(cost), 1e-9)
	k.items = append(k.items, item{int32(zone), cost, profit, ratio})
}

func (k *knapsack) solve(room int64) {
	slices.SortFunc(k.items, func(a, b item) int {
		return cmp.Or(cmp.Compare(b.ratio, a.ratio), int(a.zone-b.zone))
	})
	n := len(k.items)
	k.taken, k.chosen = resize(k.taken, n), resize(k.chosen, n)
	k.costs, k.gains = append(k.costs[:0], 0), append(k.gains[:0], 0)
	for j, it := range k.items {
		k.costs = append(k.costs, k.costs[j]+it.cost)
		k.gains = append(k.gains, k.gains[j]+it.profit)
	}
	if k.costs[n] <= room {
		for j := range k.chosen {
			k.chosen[j] = true
		}
		k.bound, k.dantzig, k.price = k.gains[n], k.gains[n], 0
		return
	}
	b := k.fill(0, room)
	k.price = k.items[b].ratio
	k.dantzig = k.gains[b] + float64(room-k.costs[b])*k.price
	k.bound = k.search(room)
}

func resize(s []bool, n int) []bool {
	if cap(s) < n {
		s = make([]bool, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// fill is the first item from j on that no longer fits when all before it from
// j on are taken.
func (k *knapsack) fill(j int, room int64) int {
	limit := k.costs[j] + room
	return j + sort.Search(len(k.items)-j, func(d int) bool { return k.costs[j+d+1] > limit })
}

// search leaves the optimum in chosen and returns it with the slack of the
// pruning, or Dantzig's bound when it was cut short.
func (k *knapsack) search(room int64) float64 {
	n := len(k.items)
	slack := 1e-12 * k.dantzig
	top, profit, left, j := -1.0, 0.0, room, 0
	for range maxKnapsackNodes {
		b := k.fill(j, left)
		with, rest := profit+k.gains[b]-k.gains[j], left-(k.costs[b]-k.costs[j])
		reach := with
		if b < n {
			reach += float64(rest) * k.items[b].ratio
		}
		if reach > top+slack {
			for i := j; i < b; i++ {
				k.taken[i] = true
			}
			if with > top {
				top = with
				copy(k.chosen, k.taken[:b])
				clear(k.chosen[b:])
			}
			profit, left, j = with, rest, n
			if b < n {
				k.taken[b], j = false, b+1
				continue
			}
		}
		i := j - 1
		for i >= 0 && !k.taken[i] {
			i--
		}
		if i < 0 {
			return top + slack
		}
		k.taken[i] = false
		profit, left, j = profit-k.items[i].profit, left+k.items[i].cost, i+1
	}
	return k.dantzig
}
