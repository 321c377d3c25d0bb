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
	at        *index
	to, from  *network.Surroundings
	out, back *network.Vicinity // the same without bands; made when first needed

	found []sighting
	seen  []uint32 // by home: in which round
	round uint32
}

func (h *Homes) newSurvey() *survey {
	return &survey{at: h.index(), to: h.net.Surroundings(), from: h.net.Surroundings(), seen: make([]uint32, h.Len())}
}

// survey takes one from those that are kept.
func (h *Homes) survey() *survey {
	if s, kept := h.surveys.Get().(*survey); kept {
		return s
	}
	return h.newSurvey()
}

// bands are the fields, or overlays on them, near which is searched.
type bands struct {
	to, from     network.Searched
	reach, slack float64
}

// explore searches around a facility, there and back.
func (s *survey) explore(facility int, b bands) {
	s.to.ExploreSource(b.to, facility, b.reach, b.slack)
	s.from.ExploreSource(b.from, facility, b.reach, b.slack)
}

// exploreMoved searches around a facility of two overlays, there and back, but
// near the fields that these change.
func (s *survey) exploreMoved(to, from *network.Overlay, facility int, reach, slack float64) {
	s.to.ExploreMoved(to, facility, reach, slack)
	s.from.ExploreMoved(from, facility, reach, slack)
}

// exploreSite searches around a place for one, there and back.
func (s *survey) exploreSite(site Site, b bands) {
	s.to.Explore(site.doors, site.place, b.to, b.reach, b.slack)
	s.from.Explore(site.doors, site.place, b.from, b.reach, b.slack)
}

// look returns what a home has to the explored site, if that costs no more than
// most, there and back.
func (s *survey) look(home int32, most float64) (x sighting, found bool) {
	_, there := s.to.Cost(s.at.doors, int(home))
	if there > most || math.IsInf(there, 1) {
		return x, false
	}
	_, back := s.from.Cost(s.at.doors, int(home))
	return sighting{home, there, back}, back <= most && !math.IsInf(back, 1)
}

// around returns the homes of an index in the explored surroundings of a site to
// which it costs no more, there and back, than most says. They hold until the
// next search.
func (s *survey) around(at *index, most func(home int32) float64) []sighting {
	s.begin()
	s.each(s.to.Nodes(), s.to.Edges(), at, func(home int32) {
		if x, found := s.look(home, most(home)); found {
			s.found = append(s.found, x)
		}
	})
	return s.found
}

// within returns the homes from which a site is within a limit, there and back.
// They hold until the next search.
func (s *survey) within(site Site, limit float64) []sighting {
	homes := s.at.doors
	net := homes.Net()
	if s.out == nil {
		s.out, s.back = net.Vicinity(), net.Vicinity()
	}
	s.out.Explore(site.doors, site.place, network.ToSource, limit)
	back := s.out
	if !net.Symmetric() {
		back = s.back
		back.Explore(site.doors, site.place, network.FromSource, limit)
	}
	s.begin()
	var edges []int
	for _, foot := range site.doors.Ties().Feet(site.place) {
		edges = append(edges, foot.Edge)
	}
	s.each(s.out.Nodes(), edges, s.at, func(home int32) {
		_, there := s.out.Cost(homes, int(home))
		if _, back := back.Cost(homes, int(home)); max(there, back) <= limit {
			s.found = append(s.found, sighting{home, there, back})
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

// each visits the homes of an index at nodes and on edges, but for those that were
// visited in this round.
func (s *survey) each(nodes []int32, edges []int, at *index, visit func(home int32)) {
	look := func(list []int32) {
		for _, home := range list {
			if s.seen[home] != s.round {
				s.seen[home] = s.round
				visit(home)
			}
		}
	}
	for _, node := range nodes {
		look(at.node(int(node)))
	}
	for _, edge := range edges {
		look(at.edge(edge))
	}
}
