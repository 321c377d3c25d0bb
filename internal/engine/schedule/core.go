package schedule

import (
	"cmp"
	"slices"
)

// core is what the search decides: the free zones that some year is open to.
// What held zones take, give and reach is folded into room, profit and goals.
type core struct {
	m        *model
	zones    []int // index in the problem
	n, years int
	cost     []int64
	profit   []float64 // [zone*years+year]
	mask     []uint64  // years open to the zone, and noneBit
	room     []int64
	bonus    float64
	next     [][]int32
	pairs    [][2]int32
	goals    []goal
	goalsOf  [][]int // by year
	base     float64 // score of what is held
}

// goal is a target of a year that held zones do not reach yet.
type goal struct {
	year       int
	need, want int64   // what free zones must bring, of the whole target
	amount     []int64 // by zone of the core
	byCost     []int32 // zones that bring something, cheapest per amount first
}

// noneBit in a mask: the zone may stay in no year.
const noneBit = 1 << 63

func (m *model) core() (*core, []int8) {
	pos, room := m.start()
	c := &core{m: m, years: m.years, room: room, bonus: m.bonus, base: m.score(pos), goalsOf: make([][]int, m.years)}
	index := make([]int32, m.n)
	for i := range m.n {
		index[i] = none
		if m.held[i] != free {
			continue
		}
		mask := uint64(0)
		for t := range m.years {
			if m.allowed[i]>>t&1 == 1 && m.cost[i] <= room[t] {
				mask |= 1 << t
			}
		}
		if mask == 0 {
			continue
		}
		index[i] = int32(c.n)
		c.n++
		c.zones = append(c.zones, i)
		c.cost = append(c.cost, m.cost[i])
		c.mask = append(c.mask, mask|noneBit)
		for t := range m.years {
			c.profit = append(c.profit, m.gain(pos, i, t))
		}
	}
	c.next = make([][]int32, c.n)
	for _, e := range m.pairs {
		i, j := index[e[0]], index[e[1]]
		if i == none || j == none {
			continue
		}
		if a, b := c.mask[i]&^noneBit, c.mask[j]&^noneBit; a&(b|b<<1|b>>1) == 0 {
			continue
		}
		c.pairs = append(c.pairs, [2]int32{i, j})
		c.next[i] = append(c.next[i], j)
		c.next[j] = append(c.next[j], i)
	}
	held := m.sum(pos)
	for t := range m.years {
		for k := range 2 {
			need := m.target[k][t] - held.have[k][t]
			if need <= 0 {
				continue
			}
			g := goal{year: t, need: need, want: m.target[k][t], amount: make([]int64, c.n)}
			for i, z := range c.zones {
				if g.amount[i] = m.amount[k][z]; g.amount[i] > 0 {
					g.byCost = append(g.byCost, int32(i))
				}
			}
			slices.SortFunc(g.byCost, func(a, b int32) int {
				return cmp.Or(cmp.Compare(float64(c.cost[a])/float64(g.amount[a]), float64(c.cost[b])/float64(g.amount[b])), int(a-b))
			})
			c.goalsOf[t] = append(c.goalsOf[t], len(c.goals))
			c.goals = append(c.goals, g)
		}
	}
	return c, pos
}

// byRatio are the zones by value per yuan, the best first.
func (c *core) byRatio() []int32 {
	order, ratio := make([]int32, c.n), make([]float64, c.n)
	for i := range c.n {
		order[i] = int32(i)
		ratio[i] = c.profit[i*c.years+single(c.mask[i])] / (float64(c.cost[i]) + 1)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(ratio[b], ratio[a]), int(a-b)) })
	return order
}

// full is the assignment of all zones for one of the core's.
func (c *core) full(held, pos []int8) []int8 {
	all := append([]int8(nil), held...)
	for k, i := range c.zones {
		all[i] = pos[k]
	}
	return all
}

func (c *core) score(pos []int8) float64 {
	s := c.base
	for i, t := range pos {
		if t >= 0 {
			s += c.profit[i*c.years+int(t)]
		}
	}
	for _, e := range c.pairs {
		if adjoining(pos[e[0]], pos[e[1]]) {
			s += c.bonus
		}
	}
	return s
}

// trivialBound of the score: every zone in its best year, every pair counted.
func (c *core) trivialBound() float64 {
	total := c.base + c.bonus*float64(len(c.pairs))
	for i, mask := range c.mask {
		top := 0.0
		for t := range c.years {
			if mask>>t&1 == 1 {
				top = max(top, c.profit[i*c.years+t])
			}
		}
		total += top
	}
	return total
}

func (g *goal) missing(have int64) float64 {
	if have < g.need {
		return float64(g.need-have) / float64(g.want)
	}
	return 0
}

// worth is how good an assignment is.
type worth struct{ short, score float64 }

// over: clearly better than b.
func (a worth) over(b worth) bool {
	if a.short != b.short && (a.short < b.short-tiny || a.short > b.short+tiny) {
		return a.short < b.short
	}
	return a.score > b.score+tolerance(b.score)
}

// best is the best assignment so far; it never gets worse.
type best struct {
	pos []int8
	worth
}

// state is an assignment that the search changes.
type state struct {
	c       *core
	pos     []int8
	room    []int64
	have    []int64   // by goal
	members [][]int32 // by year
	at      []int32   // index in members
	score   float64   // up to rounding: see refresh
}

func newState(c *core) *state {
	s := &state{c: c, pos: make([]int8, c.n), room: make([]int64, c.years), have: make([]int64, len(c.goals)), members: make([][]int32, c.years), at: make([]int32, c.n)}
	s.clear()
	return s
}

func (s *state) clear() {
	for i := range s.pos {
		s.pos[i] = none
	}
	copy(s.room, s.c.room)
	clear(s.have)
	for t := range s.members {
		s.members[t] = s.members[t][:0]
	}
	s.score = s.c.base
}

func (s *state) load(pos []int8) {
	s.clear()
	for i, t := range pos {
		s.set(i, t)
	}
	s.refresh()
}

func (s *state) refresh() { s.score = s.c.score(s.pos) }

func (s *state) short() float64 {
	total := 0.0
	for k := range s.c.goals {
		total += s.c.goals[k].missing(s.have[k])
	}
	return total
}

func (s *state) worth() worth { return worth{s.short(), s.score} }

func (s *state) gain(i, t int) float64 {
	g := s.c.profit[i*s.c.years+t]
	for _, j := range s.c.next[i] {
		if adjoining(int8(t), s.pos[j]) {
			g += s.c.bonus
		}
	}
	return g
}

// set moves a zone; the caller sees to the room.
func (s *state) set(i int, to int8) {
	c := s.c
	if from := s.pos[i]; from >= 0 {
		t := int(from)
		s.score -= s.gain(i, t)
		s.room[t] += c.cost[i]
		for _, k := range c.goalsOf[t] {
			s.have[k] -= c.goals[k].amount[i]
		}
		last := len(s.members[t]) - 1
		moved := s.members[t][last]
		s.members[t][s.at[i]], s.at[moved] = moved, s.at[i]
		s.members[t] = s.members[t][:last]
	}
	s.pos[i] = to
	if to >= 0 {
		t := int(to)
		s.score += s.gain(i, t)
		s.room[t] -= c.cost[i]
		for _, k := range c.goalsOf[t] {
			s.have[k] += c.goals[k].amount[i]
		}
		s.at[i] = int32(len(s.members[t]))
		s.members[t] = append(s.members[t], int32(i))
	}
}

// open: the year is open to the zone and has room for it now.
func (s *state) open(i, t int) bool {
	return s.c.mask[i]>>t&1 == 1 && s.c.cost[i] <= s.room[t]
}

// bestYear of a zone that is in none: where it adds most, or none.
func (s *state) bestYear(i int) int8 {
	to, most := int8(none), 0.0
	for t := range s.c.years {
		if s.open(i, t) {
			if g := s.gain(i, t); g > most {
				to, most = int8(t), g
			}
		}
	}
	return to
}

// keep takes the state as the best if it is better.
func (b *best) keep(s *state) bool {
	if !s.worth().over(b.worth) {
		return false
	}
	s.refresh()
	if !s.worth().over(b.worth) {
		return false
	}
	copy(b.pos, s.pos)
	b.worth = s.worth()
	return true
}
