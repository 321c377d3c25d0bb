package schedule

import (
	"math"
	"math/bits"
	"slices"
)

// Positions of a zone: an index into the years, or none.
const (
	none = -1
	free = -2 // only as model.held: the search decides
)

const unlimited = math.MaxInt64

// model is a problem in the form that is computed with: money in fen and areas
// in 0.01 m² as integers, so that sums do not depend on their order, and what
// a zone that began before the plan gives to its neighbours as part of their
// profit in the first year.
type model struct {
	n, years   int
	cost       []int64
	profit     []float64 // [zone*years+year]: discounted value and fixed bonuses
	amount     [2][]int64
	households []int
	budget     []int64
	target     [2][]int64
	targets    bool    // whether any year has one
	bonus      float64 // of a pair
	next       [][]int32
	pairs      [][2]int32 // each once, neither began before the plan
	held       []int8     // position that a lock or beginning holds, or free
	allowed    []uint64   // years that a free zone may be in
	before     []bool     // began before the plan
	calendar   []int      // year of each position
}

// fen turns yuan or m² into hundredths; what is no number counts as 0.
func fen(v float64) int64 {
	if !(v > 0) || v > maxFigure {
		return 0
	}
	return int64(math.Round(v * 100))
}

func figure(v float64) float64 {
	if !(v > 0) || v > maxFigure {
		return 0
	}
	return v
}

func (m *model) positionOf(year int) int {
	if k, ok := slices.BinarySearch(m.calendar, year); ok {
		return k
	}
	return none
}

// newModel accepts anything; bad figures count as 0 (Check names them).
func newModel(p Problem) *model {
	n, years := len(p.Zones), len(p.Years)
	m := &model{
		n: n, years: years,
		cost: make([]int64, n), profit: make([]float64, n*years), households: make([]int, n),
		budget: make([]int64, years), bonus: figure(p.Continuation),
		next: make([][]int32, n), held: make([]int8, n), allowed: make([]uint64, n), before: make([]bool, n),
		calendar: make([]int, years),
	}
	for k := range 2 {
		m.amount[k], m.target[k] = make([]int64, n), make([]int64, years)
	}
	factor := make([]float64, years)
	for t, y := range p.Years {
		m.calendar[t] = y.Year
		factor[t] = math.Pow(1+figure(p.DiscountRate), -float64(y.Year-p.Years[0].Year))
		if m.budget[t] = fen(y.Budget); m.budget[t] == 0 {
			m.budget[t] = unlimited
		}
		m.target[0][t], m.target[1][t] = int64(max(0, y.MinCommunities)), fen(y.MinFloorAreaM2)
		m.targets = m.targets || m.target[0][t] > 0 || m.target[1][t] > 0
	}
	for i, z := range p.Zones {
		m.cost[i], m.amount[0][i], m.amount[1][i], m.households[i] = fen(z.Cost), int64(max(0, z.Communities)), fen(z.FloorAreaM2), z.Households
		for t := range years {
			m.profit[i*years+t] = figure(z.Value) * factor[t]
			if z.readyIn(m.calendar[t]) {
				m.allowed[i] |= 1 << t
			}
		}
		m.held[i] = m.heldAt(z)
		m.before[i] = z.Locked == 0 && z.Begun != 0 && years > 0 && z.Begun < m.calendar[0]
	}
	m.joinNeighbours(p)
	return m
}

func (z *Zone) readyIn(year int) bool {
	return z.Ready || z.ReadyFrom > 0 && year >= z.ReadyFrom
}

// heldAt is where a lock, or else the year of beginning, holds a zone.
func (m *model) heldAt(z Zone) int8 {
	switch {
	case z.Locked != 0:
		return int8(m.positionOf(z.Locked))
	case z.Begun != 0:
		return int8(m.positionOf(z.Begun))
	}
	return free
}

func (m *model) joinNeighbours(p Problem) {
	for i, z := range p.Zones {
		for _, j := range z.Neighbours {
			if j >= 0 && j < m.n && j != i {
				m.next[i] = append(m.next[i], int32(j))
				m.next[j] = append(m.next[j], int32(i))
			}
		}
	}
	for i := range m.next {
		slices.Sort(m.next[i])
		m.next[i] = slices.Compact(m.next[i])
	}
	for i := range m.next {
		if m.before[i] || m.bonus == 0 {
			continue
		}
		for _, j := range m.next[i] {
			switch {
			case m.before[j]:
				if m.years > 0 {
					m.profit[i*m.years] += m.bonus
				}
			case int(j) > i:
				m.pairs = append(m.pairs, [2]int32{int32(i), j})
			}
		}
	}
}

// mask is the years that a zone can be in, locks included.
func (m *model) mask(i int) uint64 {
	switch h := m.held[i]; h {
	case free:
		return m.allowed[i]
	case none:
		return 0
	default:
		return 1 << h
	}
}

// adjoining: two positions in years, the same or one after the other.
func adjoining(a, b int8) bool {
	return a >= 0 && b >= 0 && a-b <= 1 && b-a <= 1
}

// gain is what zone i adds to the score in year t while the others are at pos.
func (m *model) gain(pos []int8, i, t int) float64 {
	g := m.profit[i*m.years+t]
	if m.bonus > 0 {
		for _, j := range m.next[i] {
			if adjoining(int8(t), pos[j]) {
				g += m.bonus
			}
		}
	}
	return g
}

// score of an assignment.
func (m *model) score(pos []int8) float64 {
	s := 0.0
	for i, t := range pos {
		if t >= 0 {
			s += m.profit[i*m.years+int(t)]
		}
	}
	for _, e := range m.pairs {
		if adjoining(pos[e[0]], pos[e[1]]) {
			s += m.bonus
		}
	}
	return s
}

// missing share of target k of year t when have is there.
func (m *model) missing(k, t int, have int64) float64 {
	if want := m.target[k][t]; have < want {
		return float64(want-have) / float64(want)
	}
	return 0
}

// sums are the totals of the years.
type sums struct {
	cost []int64
	have [2][]int64
}

func (m *model) newSums() sums {
	return sums{make([]int64, m.years), [2][]int64{make([]int64, m.years), make([]int64, m.years)}}
}

func (m *model) sum(pos []int8) sums {
	s := m.newSums()
	for i, t := range pos {
		if t >= 0 {
			s.add(m, i, int(t), 1)
		}
	}
	return s
}

func (s *sums) add(m *model, i, t int, sign int64) {
	s.cost[t] += sign * m.cost[i]
	s.have[0][t] += sign * m.amount[0][i]
	s.have[1][t] += sign * m.amount[1][i]
}

func (m *model) shortfall(s sums) float64 {
	total := 0.0
	for t := range m.years {
		total += m.missing(0, t, s.have[0][t]) + m.missing(1, t, s.have[1][t])
	}
	return total
}

// start is the assignment of what is held, all else in no year, and the room
// that each year has left for free zones: never below 0, so that a year whose
// locks break the budget takes nothing that costs anything.
func (m *model) start() (pos []int8, room []int64) {
	pos = make([]int8, m.n)
	for i := range pos {
		pos[i] = max(m.held[i], none)
	}
	room = slices.Clone(m.budget)
	for t, c := range m.sum(pos).cost {
		if room[t] != unlimited {
			room[t] = max(0, room[t]-c)
		}
	}
	return pos, room
}

func (m *model) toYears(pos []int8, p Problem) []int {
	years := make([]int, m.n)
	for i, t := range pos {
		switch {
		case t >= 0:
			years[i] = m.calendar[t]
		case p.Zones[i].Locked != 0 && m.held[i] == none:
			years[i] = p.Zones[i].Locked // outside the plan: kept, and listed as broken
		case p.Zones[i].Begun != 0 && m.held[i] == none && !m.before[i]:
			years[i] = p.Zones[i].Begun
		}
	}
	return years
}

// single is the only year of a mask.
func single(mask uint64) int { return bits.TrailingZeros64(mask) }
