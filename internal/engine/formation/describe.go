package formation

import (
	"cmp"
	"math"
	"slices"
)

// describe works out everything the answer says about a proposed zone.
func (s *space) describe(sc *scratch, nodes []int32) Zone {
	var z Zone
	for _, v := range nodes {
		z.Units = append(z.Units, s.unitsOf(v)...)
	}
	slices.Sort(z.Units)
	s.certify(sc, &z)
	own := slices.Clone(nodes)
	slices.Sort(own)
	var x, y, q, k float64
	for _, v := range own {
		z.Value += s.nValue[v]
		x += s.nX[v]
		y += s.nY[v]
		q += s.nQ[v]
		k += s.nCount[v]
	}
	z.Penalties = s.penalties(own, z.StringsM, x, y, q, k)
	z.Score = z.Value - z.Penalties.Sum()
	return z
}

// certify fills in totals, spanning tree and diameter from the units.
func (s *space) certify(sc *scratch, z *Zone) {
	z.Totals = make([]float64, s.nT)
	for _, u := range z.Units {
		for t, f := range s.p.Units[u].Totals {
			z.Totals[t] += f
		}
	}
	if len(z.Units) == 0 {
		return
	}
	length, connected := s.tree(sc, z.Units)
	if !connected {
		return
	}
	z.StringsM = length
	z.Links = slices.Clone(sc.via[1:len(z.Units)])
	slices.Sort(z.Links)
	if s.p.MaxDiameterM > 0 {
		for i, u := range z.Units {
			sc.pos[u] = int32(i)
		}
		for i := range z.Units {
			z.DiameterM = math.Max(z.DiameterM, s.farthest(sc, z.Units, int32(i)))
		}
		for _, u := range z.Units {
			sc.pos[u] = -1
		}
	}
}

// lockedZone describes an existing zone, whatever it holds or breaks. Its score
// says what the objective would give for it; the answer's value leaves it out.
func (s *space) lockedZone(sc *scratch, index int) Zone {
	z := Zone{Units: slices.Clone(s.lockedUnits[index]), Locked: true, Broken: s.brokenByLocked(index)}
	s.certify(sc, &z)
	for _, u := range z.Units {
		z.Value += s.p.Units[u].Value
	}
	z.Score = z.Value
	return z
}

// answer writes the state down for people.
func (s *space) answer(sc *scratch, st *state, bound float64, steps int64) Answer {
	a := Answer{Bound: bound, Steps: steps}
	for i := range s.p.Locked {
		a.Zones = append(a.Zones, s.lockedZone(sc, i))
	}
	type numbered struct {
		zone Zone
		slot int32
	}
	var made []numbered
	for slot, z := range st.slots {
		if z.nodes != nil {
			made = append(made, numbered{s.describe(sc, z.nodes), int32(slot)})
		}
	}
	slices.SortFunc(made, func(a, b numbered) int { return cmp.Compare(a.zone.Units[0], b.zone.Units[0]) })
	number := make([]int32, len(st.slots))
	for _, m := range made {
		number[m.slot] = int32(len(a.Zones))
		a.Zones = append(a.Zones, m.zone)
		a.Value += m.zone.Score
	}
	for u := range int32(len(s.p.Units)) {
		if s.lockedIn[u] < 0 && (s.nodeOf[u] < 0 || st.zoneOf[s.nodeOf[u]] < 0) {
			a.Outside = append(a.Outside, s.reason(sc, u, st, number))
		}
	}
	a.ShortOf = max(0, s.loZones-st.count)
	if a.ShortOf == 0 {
		a.Bound = math.Max(a.Bound, a.Value) // only the last digits can differ
	}
	if a.Bound > 0 {
		a.Gap = math.Max(0, (a.Bound-a.Value)/a.Bound)
	}
	a.Proven = a.ShortOf == 0 && a.Bound-a.Value <= 1e-9*math.Max(s.scale, math.Abs(a.Bound))
	return a
}
