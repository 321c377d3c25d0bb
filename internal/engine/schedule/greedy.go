package schedule

import (
	"cmp"
	"slices"
)

// greedy puts free zones that are in no year into years by value per yuan: the
// zone with the best ratio first, into the year where it adds most.
func (m *model) greedy(pos []int8, room []int64) {
	order := make([]int, 0, m.n)
	best := make([]float64, m.n)
	for i := range m.n {
		if m.held[i] == free && pos[i] == none && m.allowed[i] != 0 {
			order = append(order, i)
			best[i] = m.profit[i*m.years+single(m.allowed[i])] / float64(m.cost[i]+1)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(best[b], best[a]), a-b) })
	for _, i := range order {
		to, most := none, 0.0
		for t := range m.years {
			if m.allowed[i]>>t&1 == 1 && m.cost[i] <= room[t] {
				if g := m.gain(pos, i, t); g > most {
					to, most = t, g
				}
			}
		}
		if to != none {
			pos[i] = int8(to)
			m.take(room, i, to)
		}
	}
}

func (m *model) take(room []int64, i, t int) {
	if room[t] != unlimited {
		room[t] -= m.cost[i]
	}
}
