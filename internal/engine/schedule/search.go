package schedule

import (
	"context"
	"math"
	"math/rand/v2"
)

// anneal improves by simulated annealing: insertions with ejection and swaps,
// undone when they cost more than the temperature allows. Missing targets weigh
// as much as everything that could be scored, so that they nearly always come
// first; best compares exactly. It ends after steps moves or with ctx.
type anneal struct {
	*state
	rng    *rand.Rand
	best   *best
	weight float64 // of a missing target
	undo   []change
	out    []int32 // zones that the move put out of their year
}

type change struct {
	zone int32
	from int8
}

// maxEjected zones make room for one.
const maxEjected = 4

func (a *anneal) move(i int, to int8) {
	a.undo = append(a.undo, change{int32(i), a.pos[i]})
	a.set(i, to)
}

func (a *anneal) revert() {
	for k := len(a.undo) - 1; k >= 0; k-- {
		a.set(int(a.undo[k].zone), a.undo[k].from)
	}
}

func (a *anneal) run(ctx context.Context, steps int, improved func()) {
	c := a.c
	if c.n == 0 {
		return
	}
	mean := 0.0
	for i := range c.n {
		top := 0.0
		for t := range c.years {
			if c.mask[i]>>t&1 == 1 {
				top = max(top, c.profit[i*c.years+t])
			}
		}
		mean += (top + c.bonus*float64(len(c.next[i]))/2) / float64(c.n)
		a.weight += top + c.bonus*float64(len(c.next[i]))/2
	}
	if mean == 0 {
		mean, a.weight = 1, 1
	}
	hot, cold := 0.3*mean, 0.002*mean
	const checks = 50
	stretch := max(1, steps/checks)
	temperature, told := hot, a.best.worth
	for k := range steps {
		if k%64 == 0 {
			if ctx.Err() != nil {
				return
			}
			temperature = hot * math.Pow(cold/hot, float64(k)/float64(steps))
		}
		if k%stretch == 0 {
			a.refresh()
			if improved != nil && a.best.over(told) {
				told = a.best.worth
				improved()
			}
		}
		a.step(temperature)
	}
}

func (a *anneal) step(temperature float64) {
	before := a.score - a.weight*a.short()
	a.undo = a.undo[:0]
	i := a.rng.IntN(a.c.n)
	ok := false
	if a.rng.IntN(3) == 0 {
		ok = a.swap(i, a.rng.IntN(a.c.n))
	} else {
		ok = a.insert(i, a.rng.IntN(a.c.years+1)-1)
	}
	if !ok {
		a.revert()
		return
	}
	delta := a.score - a.weight*a.short() - before
	if delta < 0 && a.rng.Float64() >= math.Exp(delta/temperature) {
		a.revert()
		return
	}
	if delta > 0 {
		a.best.keep(a.state)
	}
}

// swap exchanges the places of two zones.
func (a *anneal) swap(i, j int) bool {
	s, t := a.pos[i], a.pos[j]
	if s == t || !a.may(i, t) || !a.may(j, s) {
		return false
	}
	d := a.c.cost[i] - a.c.cost[j]
	if t >= 0 && d > a.room[t] || s >= 0 && -d > a.room[s] {
		return false
	}
	a.move(i, t)
	a.move(j, s)
	return true
}

func (a *anneal) may(i int, t int8) bool {
	return t == none || a.c.mask[i]>>t&1 == 1
}

// insert puts a zone into a year, puts out of it what is in the way, and gives
// the room that is left over to zones that are in no year.
func (a *anneal) insert(i, t int) bool {
	from := a.pos[i]
	if t == int(from) || t != none && a.c.mask[i]>>t&1 == 0 {
		return false
	}
	a.out = a.out[:0]
	if t != none {
		for a.room[t] < a.c.cost[i] {
			if len(a.out) == maxEjected || len(a.members[t]) == 0 {
				return false
			}
			j := a.members[t][a.rng.IntN(len(a.members[t]))]
			a.out = append(a.out, j)
			a.move(int(j), none)
		}
	}
	a.move(i, int8(t))
	for _, j := range a.out {
		if to := a.bestYear(int(j)); to != none {
			a.move(int(j), to)
		}
	}
	for range 2 {
		j := a.rng.IntN(a.c.n)
		if a.pos[j] == none && j != i {
			if to := a.bestYear(j); to != none {
				a.move(j, to)
			}
		}
	}
	return true
}

// maxSwapped zones are few enough to try all their pairs.
const maxSwapped = 1200

// polish climbs to where no insertion or move is better, and, with few zones
// enough, no swap or replacement.
func (s *state) polish(ctx context.Context, b *best) {
	s.load(b.pos)
	for again := true; again; {
		again = false
		for i := range s.c.n {
			if ctx.Err() != nil {
				return
			}
			again = s.polishMoves(b, i) || again
			if s.c.n <= maxSwapped {
				again = s.polishSwaps(b, i) || again
			}
		}
	}
}

// try takes what the caller has changed if it is better, and says so.
func (s *state) try(b *best) bool {
	return s.worth().over(b.worth) && b.keep(s)
}

func (s *state) polishMoves(b *best, i int) bool {
	found := false
	for t := range int8(s.c.years) {
		if from := s.pos[i]; t != from && s.open(i, int(t)) {
			s.set(i, t)
			if s.try(b) {
				found = true
			} else {
				s.set(i, from)
			}
		}
	}
	return found
}

func (s *state) polishSwaps(b *best, i int) bool {
	found := false
	for j := range s.c.n {
		from, to := s.pos[i], s.pos[j]
		if from == to || to < 0 || s.c.mask[i]>>to&1 == 0 || s.c.cost[i]-s.c.cost[j] > s.room[to] {
			continue
		}
		s.set(j, none)
		s.set(i, to)
		if s.try(b) {
			found = true
			continue
		}
		better := false
		for t := range s.c.years {
			if t != int(to) && s.open(j, t) {
				s.set(j, int8(t))
				if better = s.try(b); better {
					break
				}
				s.set(j, none)
			}
		}
		if found = found || better; !better {
			s.set(i, from)
			s.set(j, to)
		}
	}
	return found
}

// refill builds an assignment: zones where hint puts them first, then by value
// per yuan into the year where they add most. With rng the order is shaken.
func (s *state) refill(order []int32, hint []int8) {
	s.clear()
	for _, i := range order {
		if t := hint[i]; t >= 0 && s.open(int(i), int(t)) {
			s.set(int(i), t)
		}
	}
	for _, i := range order {
		if s.pos[i] == none {
			if to := s.bestYear(int(i)); to != none {
				s.set(int(i), to)
			}
		}
	}
}
