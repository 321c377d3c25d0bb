package network

import (
	"slices"

	"github.com/paulmach/orb"
)

// Walk is the certificate of a cost: the way from place to place, as it is
// walked.
type Walk struct {
	Line    orb.LineString // from place to place, at least two points
	Metres  float64        // with the way over open ground at both ends
	Cost    float64        // metres or seconds of the net
	Climb   float64        // metres up, from slopes clamped as they count
	Descent float64        // metres down

	StairsMetres float64
	Crossings    int      // marked crossings walked over
	Streets      []Street // in the order in which they are come upon
	Parts        []Part   // of edges; a drawn path has none
}

// Walk returns the way between a tied place and its nearest source, in the
// direction in which it was searched.
func (s *state) Walk(d *Doors, i int) (Walk, bool) {
	d, i = s.tied(d, i)
	best, by := s.best(d, i)
	if costOf(best) > s.limit {
		return Walk{}, false
	}
	legs := []leg{s.enter(d, by)}
	end, foot := by.doors, by.other
	for v := by.node; v >= 0; {
		step := s.before(v)
		legs = append(legs, step.leg)
		end, foot = step.doors, step.foot
		if step.seed {
			break
		}
		v = step.to
	}
	if end == nil { // explored from a node, which is no place
		return Walk{}, false
	}
	source := &end.ties.tie[foot]
	from, to := d.ties.place[i], end.ties.place[end.ties.owner[foot]]
	if s.dir == FromSource {
		slices.Reverse(legs)
		for k := range legs {
			legs[k] = legs[k].reversed()
		}
		from, to = to, from
	}
	w := s.n.walk(legs, from, to)
	w.Metres += d.ties.tie[by.foot].access + source.access
	w.Cost = fromUnits(costOf(best))
	return w, true
}

// walk adds legs up to a way.
func (n *Net) walk(legs []leg, from, to orb.Point) Walk {
	w := Walk{Line: orb.LineString{from}}
	crossed := map[int32]bool{}
	path := Path{} // for its streets
	for _, l := range legs {
		w.step(l.line(n.g)...)
		if l.from == l.to {
			continue
		}
		w.Metres += l.metres()
		up, down := 0.0, 0.0
		if l.edge < 0 {
			up, down = l.piece.pieces.climb(l.from, l.to)
			path.walk("", l.metres())
			if l.piece.stairs {
				w.StairsMetres += l.metres()
			}
		} else {
			road := &n.g.road[n.g.edge[l.edge].road]
			if n.profile != nil {
				up, down = n.profile.of(l.edge).climb(l.from, l.to)
			}
			path.walk(road.Name, l.metres())
			if road.Stairs {
				w.StairsMetres += l.metres()
			}
			if number := n.g.edge[l.edge].road; road.Crossing && !crossed[number] {
				crossed[number] = true
				w.Crossings++
			}
			w.Parts = append(w.Parts, Part{int(l.edge), l.from, l.to})
		}
		w.Climb, w.Descent = w.Climb+up, w.Descent+down
	}
	w.Streets = path.Streets
	w.step(to)
	if len(w.Line) == 1 {
		w.Line = append(w.Line, to)
	}
	return w
}

// step goes on to points, unless that is where the walk is.
func (w *Walk) step(points ...orb.Point) {
	for _, p := range points {
		if w.Line[len(w.Line)-1] != p {
			w.Line = append(w.Line, p)
		}
	}
}

// line returns the vertices of a leg as they are walked.
func (l leg) line(g *Graph) orb.LineString {
	if l.edge >= 0 {
		return g.cut(l.edge, l.from, l.to)
	}
	return l.piece.cut(l.from, l.to)
}
