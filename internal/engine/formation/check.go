package formation

import (
	"fmt"
	"math"
	"slices"
)

// ContradictionKind says what contradicts what.
type ContradictionKind string

// The contradictions.
const (
	MinOverMax           ContradictionKind = "min_over_max"
	UnitOverMax          ContradictionKind = "unit_over_max" // not fatal: the unit stays outside
	NothingReachesMin    ContradictionKind = "nothing_reaches_min"
	LockedOverMax        ContradictionKind = "locked_over_max"
	LockedUnderMin       ContradictionKind = "locked_under_min"
	LockedNotContiguous  ContradictionKind = "locked_not_contiguous"
	LockedSharesUnit     ContradictionKind = "locked_shares_unit"
	LockedNotWithin      ContradictionKind = "locked_not_within"
	LockedApart          ContradictionKind = "locked_apart"
	LockedOverDiameter   ContradictionKind = "locked_over_diameter"
	LockedEmpty          ContradictionKind = "locked_empty"
	TogetherLocked       ContradictionKind = "together_locked" // one is in a locked zone, the other is not in it
	TogetherNotConnected ContradictionKind = "together_not_connected"
	TogetherNotWithin    ContradictionKind = "together_not_within"
	TogetherAlsoApart    ContradictionKind = "together_also_apart"
	TogetherOverMax      ContradictionKind = "together_over_max"
	ZonesMinOverMax      ContradictionKind = "zones_min_over_max"
	ZonesTooMany         ContradictionKind = "zones_too_many"    // more zones asked for than can be
	ZonesLockedOver      ContradictionKind = "zones_locked_over" // more locked zones than MaxZones
)

// Contradiction is one thing asked that cannot be, or a locked zone that does
// not hold a constraint.
type Contradiction struct {
	Kind   ContradictionKind
	Fatal  bool    // no proposal is worked out until it is resolved
	Units  []int32 // whom it is about
	Zone   int32   // index into Problem.Locked; −1: none
	Total  int32   // index into Problem.Totals; −1: none
	Figure float64 // what is
	Limit  float64 // what would have to be
}

// ContradictionError is returned by Solve for a problem with fatal contradictions.
type ContradictionError struct{ Contradictions []Contradiction }

func (e *ContradictionError) Error() string {
	return fmt.Sprintf("formation: %d contradictions, first: %s", len(e.Contradictions), e.Contradictions[0].Kind)
}

// Check names everything contradictory in the problem before any work. The
// problem must be valid (Problem.Validate).
func Check(p Problem) []Contradiction {
	if p.Validate() != nil {
		return nil
	}
	return newSpace(p).check()
}

func (s *space) check() []Contradiction {
	var out []Contradiction
	add := func(kind ContradictionKind, fatal bool, units []int32, zone, total int, figure, limit float64) {
		out = append(out, Contradiction{kind, fatal, slices.Clone(units), int32(zone), int32(total), figure, limit})
	}
	p := &s.p
	for t, r := range p.Totals {
		if over(r.Min, r.ceiling()) {
			add(MinOverMax, true, nil, -1, t, r.Min, r.Max)
		}
	}
	for i := range p.Units {
		if s.lockedIn[i] >= 0 {
			continue
		}
		for t := range p.Totals {
			if over(p.Units[i].Totals[t], s.max[t]) {
				add(UnitOverMax, false, []int32{int32(i)}, -1, t, p.Units[i].Totals[t], s.max[t])
			}
		}
	}
	for z := range p.Locked {
		out = append(out, s.brokenByLocked(z)...)
	}
	s.checkTogether(add)
	s.checkZones(add)
	return out
}

// brokenByLocked lists what a locked zone does not hold; it stays all the same.
func (s *space) brokenByLocked(z int) []Contradiction {
	var out []Contradiction
	p := &s.p
	add := func(kind ContradictionKind, units []int32, total int, figure, limit float64) {
		out = append(out, Contradiction{kind, false, units, int32(z), int32(total), figure, limit})
	}
	units := s.lockedUnits[z]
	if len(units) == 0 {
		add(LockedEmpty, nil, -1, 0, 1)
		return out
	}
	var shared []int32
	for _, u := range units {
		if s.lockedIn[u] != int32(z) {
			shared = append(shared, u)
		}
	}
	if len(shared) > 0 {
		add(LockedSharesUnit, shared, -1, float64(len(shared)), 0)
	}
	for t := range p.Totals {
		sum := 0.0
		for _, u := range units {
			sum += p.Units[u].Totals[t]
		}
		if over(sum, s.max[t]) {
			add(LockedOverMax, units, t, sum, s.max[t])
		}
		if under(sum, s.min[t]) {
			add(LockedUnderMin, units, t, sum, s.min[t])
		}
	}
	parts := s.partsOf(units)
	if len(parts) > 1 {
		smallest := slices.MinFunc(parts, func(a, b []int32) int { return len(a) - len(b) })
		add(LockedNotContiguous, smallest, -1, float64(len(parts)), 1)
	} else if d := p.MaxDiameterM; d > 0 {
		if got := s.wholeDiameter(units); over(got, d) {
			add(LockedOverDiameter, units, -1, got, d)
		}
	}
	if p.KeepWithin {
		other := slices.DeleteFunc(slices.Clone(units), func(u int32) bool {
			return p.Units[u].Within == p.Units[units[0]].Within && p.Units[u].Within >= 0
		})
		if len(other) > 0 {
			add(LockedNotWithin, other, -1, float64(len(other)), 0)
		}
	}
	for _, q := range p.Apart {
		_, a := slices.BinarySearch(units, q[0])
		_, b := slices.BinarySearch(units, q[1])
		if a && b {
			add(LockedApart, []int32{q[0], q[1]}, -1, 1, 0)
		}
	}
	return out
}

func (s *space) checkTogether(add func(ContradictionKind, bool, []int32, int, int, float64, float64)) {
	p := &s.p
	for _, q := range p.Together {
		a, b := s.lockedIn[q[0]], s.lockedIn[q[1]]
		if a != b {
			add(TogetherLocked, false, q[:], int(max(a, b)), -1, 1, 0)
		}
	}
	apart := map[[2]int32]bool{}
	for _, q := range p.Apart {
		apart[[2]int32{min(q[0], q[1]), max(q[0], q[1])}] = true
	}
	for _, g := range s.groups {
		for i, a := range g {
			for _, b := range g[i+1:] {
				if apart[[2]int32{a, b}] {
					add(TogetherAlsoApart, true, []int32{a, b}, -1, -1, 1, 0)
				}
			}
		}
		if p.KeepWithin {
			for _, u := range g[1:] {
				if p.Units[u].Within != p.Units[g[0]].Within {
					add(TogetherNotWithin, true, []int32{g[0], u}, -1, -1, float64(p.Units[u].Within), float64(p.Units[g[0]].Within))
					break
				}
			}
		}
		for t := range p.Totals {
			sum := 0.0
			for _, u := range g {
				sum += p.Units[u].Totals[t]
			}
			if over(sum, s.max[t]) {
				add(TogetherOverMax, true, g, -1, t, sum, s.max[t])
			}
		}
		// Connected through anything that is free, whatever its size.
		for _, u := range g[1:] {
			if s.reach[u] != s.reach[g[0]] {
				add(TogetherNotConnected, true, []int32{g[0], u}, -1, -1, 2, 1)
				break
			}
		}
	}
}

func (s *space) checkZones(add func(ContradictionKind, bool, []int32, int, int, float64, float64)) {
	p := &s.p
	locked := len(p.Locked)
	if p.MaxZones > 0 {
		if p.MinZones > p.MaxZones {
			add(ZonesMinOverMax, true, nil, -1, -1, float64(p.MinZones), float64(p.MaxZones))
		}
		if locked > p.MaxZones {
			add(ZonesLockedOver, true, nil, -1, -1, float64(locked), float64(p.MaxZones))
		}
	}
	possible := 0
	for c := range s.comps {
		possible += s.mostZones(c)
	}
	if p.MinZones > locked+possible {
		add(ZonesTooMany, true, nil, -1, -1, float64(p.MinZones), float64(locked+possible))
	}
	if len(s.comps) > 0 || len(p.Units) == 0 {
		return
	}
	for t := range p.Totals {
		best := 0.0
		for _, sum := range s.reachTotals(t) {
			best = math.Max(best, sum)
		}
		if under(best, s.min[t]) {
			add(NothingReachesMin, false, nil, -1, t, best, s.min[t])
		}
	}
}
