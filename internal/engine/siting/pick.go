package siting

import (
	"math"
	"slices"
)

// pick is what choosing the sites with the largest worth has found.
type pick struct {
	sum        float64
	last, next float64 // smallest worth that counts, 0 if more may be chosen; largest that does not
}

// choose marks the n sites with the largest worth above 0, at most one of each group.
func (a *ascent) choose() {
	a.order = a.order[:0]
	clear(a.chosen)
	if a.group == nil {
		for j, w := range a.worth {
			if w > 0 && !a.forced(j) {
				a.order = append(a.order, int32(j))
			}
		}
	} else {
		a.order = a.bestOfGroups(a.order)
	}
	a.pick = pick{}
	if len(a.order) > a.c.n {
		a.splitOrder()
		a.pick.last, a.pick.next = math.Inf(1), 0
		for _, j := range a.order[:a.c.n] {
			a.pick.last = min(a.pick.last, a.worth[j])
		}
		for _, j := range a.order[a.c.n:] {
			a.pick.next = max(a.pick.next, a.worth[j])
		}
		if a.c.n == 0 {
			a.pick.last = a.pick.next
		}
	}
	counted := a.order[:min(len(a.order), a.c.n)]
	slices.Sort(counted) // so that the sum does not depend on how they were found
	for _, j := range counted {
		a.chosen[j] = true
		a.pick.sum += a.worth[j]
	}
	for j := range a.worth {
		if a.forced(j) {
			a.chosen[j] = true
			a.pick.sum += a.worth[j]
		}
	}
}

// forced says whether a site is open whatever it is worth.
func (a *ascent) forced(j int) bool { return a.load != nil && a.load.open[j] }

func (a *ascent) bestOfGroups(order []int32) []int32 {
	best := make([]int32, a.groups)
	for g := range best {
		best[g] = -1
	}
	for j, w := range a.worth {
		g := a.group[j]
		if w > 0 && !a.forced(j) && (best[g] < 0 || w > a.worth[best[g]]) {
			best[g] = int32(j)
		}
	}
	for _, j := range best {
		if j >= 0 {
			order = append(order, j)
		}
	}
	return order
}

// splitOrder brings the n sites with the largest worth to the front (quickselect).
func (a *ascent) splitOrder() {
	o, w, n := a.order, a.worth, a.c.n
	before := func(x, y int32) bool { return w[x] > w[y] || (w[x] == w[y] && x < y) }
	lo, hi := 0, len(o)-1
	for lo < hi {
		pivot := o[lo+(hi-lo)/2]
		i, k := lo, hi
		for i <= k {
			for before(o[i], pivot) {
				i++
			}
			for before(pivot, o[k]) {
				k--
			}
			if i <= k {
				o[i], o[k] = o[k], o[i]
				i++
				k--
			}
		}
		switch {
		case n-1 <= k:
			hi = k
		case n-1 >= i:
			lo = i
		default:
			return
		}
	}
}

// decide marks sites that have to be open or closed in every choice that is
// better than limit, by what the bound would rise to otherwise (reduced costs).
// It returns how many were decided.
func (a *ascent) decide(limit float64, state []int8) int {
	count := 0
	best := a.bestOfGroupsAt(a.bestWorth)
	for j, w := range a.bestWorth {
		if state[j] != free {
			continue
		}
		if !a.bestOpen[j] {
			instead := a.bestPick.last
			if a.group != nil {
				if o := best[a.group[j]]; o >= 0 && a.bestOpen[o] {
					instead = a.bestWorth[o]
				}
			}
			if a.c.n == 0 || a.bound+instead-w > limit {
				state[j] = closed
				count++
			}
			continue
		}
		instead := a.bestPick.next
		if a.group != nil {
			instead = max(instead, a.secondOfGroup(int32(j)))
		}
		if a.bound+w-max(0, instead) > limit {
			state[j] = open
			count++
		}
	}
	return count
}

// bestOfGroupsAt returns the site of each group with the largest worth.
func (a *ascent) bestOfGroupsAt(worth []float64) []int32 {
	if a.group == nil {
		return nil
	}
	best := make([]int32, a.groups)
	for g := range best {
		best[g] = -1
	}
	for j, w := range worth {
		g := a.group[j]
		if best[g] < 0 || w > worth[best[g]] || (w == worth[best[g]] && a.bestOpen[j]) {
			best[g] = int32(j)
		}
	}
	return best
}

func (a *ascent) secondOfGroup(j int32) float64 {
	second := 0.0
	for o, w := range a.bestWorth {
		if a.group[o] == a.group[j] && int32(o) != j {
			second = max(second, w)
		}
	}
	return second
}
