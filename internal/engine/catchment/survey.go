package catchment

import (
	"math"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// sighting is a home that is found in the surroundings of a facility, with the
// costs of the ways to it.
type sighting struct {
	home        int32
	there, back float64
}

func (s sighting) nearest(facility int) Nearest { return Nearest{int32(facility), s.there, s.back} }

// survey is the memory for searching around one facility after the other, there
// and back. It is for one goroutine.
type survey struct {
	to, from  *network.Surroundings
	out, back *network.Vicinity // the same without bands; made when first needed

	found []sighting
	seen  []uint32 // by number in the index: in which round
	round uint32
}

// survey takes one from those that are kept.
func (h *Homes) survey() *survey {
	if s, kept := h.surveys.Get().(*survey); kept {
		return s
	}
	return &survey{to: h.net.Surroundings(), from: h.net.Surroundings()}
}

// bands are the fields, or overlays on them, near which is searched.
type bands struct {
	to, from     network.Searched
	reach, slack float64
}

// around returns the homes of an index in the surroundings of a facility. They
// hold until the next search.
func (s *survey) around(at *index, doors *network.Doors, i int, b bands) []sighting {
	s.to.Explore(doors, i, b.to, b.reach, b.slack)
	s.from.Explore(doors, i, b.from, b.reach, b.slack)
	s.begin()
	feet := append(doors.Ties().Feet(i), s.to.Joints()...)
	s.each(at, s.to.Nodes(), feet, func(home int) {
		_, there := s.to.Cost(at.doors, home)
		_, back := s.from.Cost(at.doors, home)
		if cost := max(there, back); cost <= b.reach && !math.IsInf(cost, 1) {
			s.found = append(s.found, sighting{int32(home), there, back})
		}
	})
	return s.found
}

// begin begins a round of visits to homes.
func (s *survey) begin() {
	s.found = s.found[:0]
	if s.round++; s.round == 0 {
		clear(s.seen)
		s.round = 1
	}
}

// each visits the homes of an index at nodes and on the edges of feet, but for
// those that were visited in this round.
func (s *survey) each(at *index, nodes []int32, feet []network.Foot, visit func(home int)) {
	if len(s.seen) < at.homes {
		s.seen, s.round = make([]uint32, at.homes), 1
	}
	look := func(list []int32) {
		for _, k := range list {
			if s.seen[k] != s.round {
				s.seen[k] = s.round
				visit(at.home(int(k)))
			}
		}
	}
	for _, node := range nodes {
		look(at.node(int(node)))
	}
	for _, foot := range feet {
		look(at.edge(foot.Edge))
	}
}
