package siting_test

import (
	"math"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// The reference reads Problem and Question as their comments say, tries every
// choice of sites, and shares no code with what it checks.

// reference of a problem: everything looked up, nothing clever.
type reference struct {
	p    *siting.Problem
	q    siting.Question
	cost [][]float64 // +Inf: no way
}

func newReference(p *siting.Problem, q siting.Question) *reference {
	r := &reference{p: p, q: q}
	for i := range p.Weight {
		row := make([]float64, p.Sites)
		for j := range row {
			row[j] = math.Inf(1)
		}
		for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
			row[p.Costs.Site[k]] = p.Costs.Cost[k]
		}
		r.cost = append(r.cost, row)
	}
	return r
}

func (r *reference) fixed(j int) bool { return slices.Contains(r.p.Fixed, j) }

// allowed says whether the sites, fixed ones included, may be open together.
func (r *reference) allowed(open []bool) bool {
	for _, c := range r.p.Conflicts {
		if open[c[0]] && open[c[1]] && !(r.fixed(c[0]) && r.fixed(c[1])) {
			return false
		}
	}
	return true
}

// usable says whether a site can be open in any choice.
func (r *reference) usable(j int) bool {
	open := make([]bool, r.p.Sites)
	for _, f := range r.p.Fixed {
		open[f] = true
	}
	open[j] = true
	return r.allowed(open)
}

// limit within which a row can be served.
func (r *reference) limit() float64 {
	if r.q.Model == siting.LSCP || r.q.Model == siting.MCLP {
		return r.q.Limit
	}
	return math.MaxFloat64
}

// rows that some usable site can serve.
func (r *reference) rows() []int {
	var list []int
	for i := range r.p.Weight {
		for j := range r.p.Sites {
			if r.cost[i][j] <= r.limit() && r.usable(j) {
				list = append(list, i)
				break
			}
		}
	}
	return list
}

// best value of all choices. found is false where there is none, or where no n
// sites can be open together.
func (r *reference) best() (value float64, found bool) {
	value, found, placed := r.enumerate()
	return value, found && placed
}

// atMost is the same without asking that n can be open together.
func (r *reference) atMost() (value float64, found bool) {
	value, found, _ = r.enumerate()
	return value, found
}

func (r *reference) enumerate() (value float64, found, placed bool) {
	value = math.Inf(1)
	if r.q.Model == siting.MCLP {
		value = math.Inf(-1)
	}
	placed = r.q.Model == siting.LSCP
	for mask := range 1 << r.p.Sites {
		open, chosen := make([]bool, r.p.Sites), 0
		for j := range open {
			open[j] = mask&(1<<j) != 0
			switch {
			case r.fixed(j) && !open[j]:
				chosen = math.MinInt32
			case open[j] && !r.fixed(j):
				chosen++
			}
		}
		if chosen < 0 || !r.allowed(open) || (r.q.Model != siting.LSCP && chosen > r.q.N) {
			continue
		}
		placed = placed || chosen == r.q.N
		v, ok := r.value(open, chosen)
		if !ok {
			continue
		}
		found = true
		if r.q.Model == siting.MCLP {
			value = max(value, v)
		} else {
			value = min(value, v)
		}
	}
	return value, found, placed
}

// value of a choice; false: it does not serve who has to be served.
func (r *reference) value(open []bool, chosen int) (float64, bool) {
	switch r.q.Model {
	case siting.LSCP:
		return float64(chosen), r.servesAll(open, r.q.Limit, false)
	case siting.MCLP:
		return r.most(open, r.q.Limit), true
	case siting.PMedian:
		return r.walks(open)
	}
	limits := []float64{0}
	for i := range r.p.Weight {
		limits = append(limits, r.cost[i]...)
	}
	slices.Sort(limits)
	for _, l := range limits {
		if l < math.Inf(1) && r.servesAll(open, l, true) {
			return l, true
		}
	}
	return 0, false
}

// servesAll says whether all rows, or all with a weight, are served.
func (r *reference) servesAll(open []bool, limit float64, weighted bool) bool {
	total := 0.0
	for _, i := range r.rows() {
		if r.p.Capacity != nil {
			total += r.p.Weight[i]
			continue
		}
		served := weighted && r.p.Weight[i] == 0
		for j, o := range open {
			served = served || (o && r.cost[i][j] <= limit)
		}
		if !served {
			return false
		}
	}
	return r.p.Capacity == nil || r.most(open, limit) >= total-1e-9
}

// most weight that the open sites can serve: the least cut between rows and
// sites (Ford and Fulkerson), over all sets of sites on the side of the rows.
func (r *reference) most(open []bool, limit float64) float64 {
	least := math.Inf(1)
	for cut := range 1 << r.p.Sites {
		sum := 0.0
		for j, o := range open {
			if o && cut&(1<<j) != 0 {
				sum += r.capacity(j)
			}
		}
		for i, w := range r.p.Weight {
			for j, o := range open {
				if o && cut&(1<<j) == 0 && r.cost[i][j] <= limit {
					sum += w
					break
				}
			}
		}
		least = min(least, sum)
	}
	return least
}

func (r *reference) capacity(j int) float64 {
	if r.p.Capacity == nil {
		return math.Inf(1)
	}
	return r.p.Capacity[j]
}

// walks is the least sum of weight × cost, by a textbook minimum cost flow that
// sends one unit of weight at a time along the cheapest way (weights and
// capacities are whole numbers here).
func (r *reference) walks(open []bool) (float64, bool) {
	sites := r.p.Sites
	at := make([][]int, len(r.p.Weight)) // units of the row at each site; the last: nobody
	for i := range at {
		at[i] = make([]int, sites+1)
	}
	price := func(i, j int) float64 {
		if j == sites {
			return r.q.Beyond
		}
		return r.cost[i][j]
	}
	may := func(i, j int) bool {
		return j == sites && r.q.Beyond > 0 || j < sites && open[j] && r.cost[i][j] < math.Inf(1)
	}
	load := make([]float64, sites+1)
	room := func(j int) bool { return j == sites || load[j]+1 <= r.capacity(j) }
	total := 0.0
	for _, i := range r.rows() {
		for range int(r.p.Weight[i]) {
			cost, from, ok := r.cheapest(i, at, price, may, room)
			if !ok {
				return 0, false
			}
			total += cost
			end, row := from.end, i
			load[end]++
			for _, hop := range from.hops { // from the row outwards: the unit at hop.site gives way
				at[row][hop.site]++
				at[hop.row][hop.site]--
				row = hop.row
			}
			at[row][end]++
		}
	}
	return total, true
}

type way struct {
	end  int
	hops []struct{ site, row int }
}

// cheapest way for one more unit of a row to a place with room, over units of
// other rows that give way (Bellman and Ford over the places).
func (r *reference) cheapest(i int, at [][]int, price func(i, j int) float64, may func(i, j int) bool, room func(j int) bool) (float64, way, bool) {
	places := r.p.Sites + 1
	distance, ways := make([]float64, places), make([]way, places)
	for j := range distance {
		distance[j] = math.Inf(1)
		if may(i, j) {
			distance[j], ways[j].end = price(i, j), j
		}
	}
	for changed := true; changed; {
		changed = false
		for a := range places {
			for k := range at {
				for b := range places {
					if a == b || at[k][a] == 0 || !may(k, b) || math.IsInf(distance[a], 1) {
						continue
					}
					if d := distance[a] + price(k, b) - price(k, a); d < distance[b]-1e-9 {
						hops := append(slices.Clone(ways[a].hops), struct{ site, row int }{a, k})
						distance[b], ways[b], changed = d, way{b, hops}, true
					}
				}
			}
		}
	}
	best := -1
	for j := range places {
		if distance[j] < math.Inf(1) && room(j) && (best < 0 || distance[j] < distance[best]) {
			best = j
		}
	}
	if best < 0 {
		return 0, way{}, false
	}
	return distance[best], ways[best], true
}
