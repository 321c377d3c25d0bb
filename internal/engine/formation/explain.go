package formation

import (
	"math"
	"slices"
)

// Explanation says why a unit is where it is.
type Explanation struct {
	Unit int32
	Zone int32 // index into Answer.Zones; −1: in none
	// For a unit in a zone: its value; the links of the zone's certificate that
	// end in it; whether the zone would fall apart without it; how the zone's
	// score and penalties are larger with it than without (only when the rest
	// would be a zone: Free).
	Value     float64
	Links     []int32
	Essential bool
	Free      bool
	Delta     float64
	Penalties Penalties
	// NeededFor is the total whose minimum the zone would miss without it; −1: none.
	NeededFor int32
	// For a unit in no zone.
	Reason *Reason
}

// Explain says for every unit why it is in its zone or in none.
func Explain(p Problem, a Answer) []Explanation {
	if p.Validate() != nil {
		return nil
	}
	s := newSpace(p)
	sc := newScratch(s)
	out := make([]Explanation, len(p.Units))
	for i := range out {
		out[i] = Explanation{Unit: int32(i), Zone: -1, Value: p.Units[i].Value, NeededFor: -1}
	}
	for z := range a.Zones {
		s.explainZone(sc, a.Zones[z], int32(z), out)
	}
	for i := range a.Outside {
		r := a.Outside[i]
		out[r.Unit].Reason = &r
	}
	return out
}

func (s *space) explainZone(sc *scratch, z Zone, index int32, out []Explanation) {
	links := make(map[int32][]int32, len(z.Units))
	for _, l := range z.Links {
		links[s.p.Links[l].A] = append(links[s.p.Links[l].A], l)
		links[s.p.Links[l].B] = append(links[s.p.Links[l].B], l)
	}
	rest := make([]int32, 0, len(z.Units))
	for i, u := range z.Units {
		e := &out[u]
		e.Zone, e.Links = index, links[u]
		rest = append(append(rest[:0], z.Units[:i]...), z.Units[i+1:]...)
		e.Essential = len(rest) > 0 && len(links[u]) > 1 && len(s.partsOf(rest)) > 1
		for t := range s.nT {
			if under(z.Totals[t]-s.p.Units[u].Totals[t], s.min[t]) {
				e.NeededFor = int32(t)
				break
			}
		}
		if z.Locked || e.Essential || e.NeededFor >= 0 || len(rest) == 0 {
			continue
		}
		nodes := s.nodesOf(rest)
		score, ok := s.score(sc, nodes)
		if !ok || slices.Contains(nodes, s.nodeOf[u]) {
			continue
		}
		without := s.describe(sc, nodes)
		e.Free, e.Delta = true, z.Score-score
		e.Penalties = Penalties{
			z.Penalties.Each - without.Penalties.Each,
			z.Penalties.Strings - without.Penalties.Strings,
			z.Penalties.Compact - without.Penalties.Compact,
			z.Penalties.Balance - without.Penalties.Balance, z.Penalties.Budget - without.Penalties.Budget,
		}
	}
}

// nodesOf are the nodes that the units belong to.
func (s *space) nodesOf(units []int32) []int32 {
	nodes := make([]int32, 0, len(units))
	for _, u := range units {
		if v := s.nodeOf[u]; v >= 0 {
			nodes = append(nodes, v)
		}
	}
	slices.Sort(nodes)
	return slices.Compact(nodes)
}

// reason says why an unlocked unit is outside, given the zones by node.
func (s *space) reason(sc *scratch, u int32, st *state, number []int32) Reason {
	if s.why[u].Kind != "" {
		return s.why[u]
	}
	v := s.nodeOf[u]
	best := Reason{Unit: u, Kind: NoZoneNear, Zone: -1, Total: -1}
	if st.count >= s.hiZones {
		best.Kind = ZonesUsedUp
		best.Value, best.Limit = float64(st.count+s.lockedLimit), float64(s.p.MaxZones)
	}
	joining := []int32{v}
	if s.mateOf != nil && s.mateOf[v] >= 0 {
		joining = s.mates[s.mateOf[v]]
	}
	// Of several neighbouring zones the one named is the one that came nearest
	// to taking it in: the reasons are ranked by how much they leave open.
	rank := map[ReasonKind]int{NoZoneNear: 0, ZonesUsedUp: 0, KeptApart: 1, WithMates: 2, BreaksMax: 3, BreaksDiameter: 4, LowersScore: 5, OtherOutside: 6}
	var seen []int32
	for _, w := range s.around(v) {
		slot := st.zoneOf[w]
		if slot < 0 || slices.Contains(seen, slot) {
			continue
		}
		seen = append(seen, slot)
		r := s.refusal(sc, u, joining, st.slots[slot])
		r.Zone = number[slot]
		if rank[r.Kind] > rank[best.Kind] || (r.Kind == best.Kind && r.Value-r.Limit < best.Value-best.Limit) {
			best = r
		}
	}
	return best
}

// refusal says why a zone does not take in the nodes.
func (s *space) refusal(sc *scratch, u int32, joining []int32, z zone) Reason {
	r := Reason{Unit: u, Zone: -1, Total: -1}
	with := append(slices.Clone(z.nodes), joining...)
	if s.apartOf != nil {
		for _, v := range joining {
			for _, w := range s.apartOf[v] {
				if slices.Contains(z.nodes, w) {
					r.Kind = KeptApart
					return r
				}
			}
		}
	}
	worst := 0.0
	for t := range s.nT {
		sum := 0.0
		for _, v := range with {
			sum += s.nTot[int(v)*s.nT+t]
		}
		if over(sum, s.max[t]) && sum/math.Max(s.max[t], 1e-300) > worst {
			worst = sum / math.Max(s.max[t], 1e-300)
			r.Kind, r.Total, r.Value, r.Limit = BreaksMax, int32(t), sum, s.max[t]
		}
	}
	if r.Kind != "" {
		return r
	}
	score, ok := s.score(sc, with)
	switch {
	case ok && score <= z.score+1e-9*s.scale:
		r.Kind, r.Delta = LowersScore, score-z.score
	case ok:
		r.Kind, r.Delta = OtherOutside, score-z.score
	case len(joining) > 1:
		r.Kind = WithMates
	default:
		var units []int32
		for _, v := range with {
			units = append(units, s.unitsOf(v)...)
		}
		r.Kind, r.Value, r.Limit = BreaksDiameter, s.wholeDiameter(units), s.p.MaxDiameterM
	}
	return r
}
