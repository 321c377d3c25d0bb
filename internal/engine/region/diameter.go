package region

import (
	"math"
	"slices"
)

// Diameter is the longest of the shortest walks between two communities of a
// set.
type Diameter struct {
	LengthM  float64 // metres; +Inf if the set isn't contiguous
	From, To int32   // the two communities; From < To
	// Path is the walk from From to To, both included: the certificate. It is
	// nil if there is none.
	Path []int32
}

// WalkingDiameter returns how far it is across the set: the longest shortest
// path over usable links with both ends in it, exact. ok is false for a set of
// fewer than two communities, which has none.
//
// Few searches suffice (F. W. Takes and W. A. Kosters, Computing the
// eccentricity distribution of large graphs, Algorithms 6, 2013): by the
// triangle inequality each one bounds how far it can be from any community.
func (g *Graph) WalkingDiameter(members []int32) (d Diameter, ok bool) {
	w := g.open(members)
	defer g.close(w)
	return w.diameter(g, math.Inf(1))
}

// DiameterAtMost tells whether the walking diameter of the set is at most
// limitM metres, mostly sooner than WalkingDiameter could. If it isn't, witness
// is a pair that is farther apart (not always the farthest), with its shortest
// path if there is one.
func (g *Graph) DiameterAtMost(members []int32, limitM float64) (yes bool, witness Diameter) {
	w := g.open(members)
	defer g.close(w)
	d, ok := w.diameter(g, limitM)
	if !ok || d.LengthM <= limitM {
		return true, Diameter{}
	}
	return false, d
}

// diameter searches from one community after the other until the diameter is
// known, or known to be at most the limit, or a pair beyond the limit is found.
func (w *workspace) diameter(g *Graph, limit float64) (d Diameter, ok bool) {
	if len(w.members)+len(w.strangers) < 2 {
		return Diameter{}, false
	}
	if parts := w.findParts(g); parts+len(w.strangers) > 1 {
		all := w.listParts()
		a, b := all[0][0], all[1][0]
		return Diameter{LengthM: math.Inf(1), From: min(a, b), To: max(a, b)}, true
	}
	s := w.findInner(g)
	n := len(w.members)
	least, most := make([]float64, n), make([]float64, n) // bounds of the farthest from each
	for i := range most {
		most[i] = math.Inf(1)
	}
	dist, pred := make([]float64, n), make([]int32, n)
	widest := true // turn about: from where it may be farthest, from where it is most central
	d.LengthM = -1
	for {
		from, reach := int32(-1), 0.0
		for i := range n {
			reach = max(reach, most[i])
			if least[i] >= most[i] {
				continue
			}
			switch {
			case from < 0:
				from = int32(i)
			case widest && (most[i] > most[from] || (most[i] == most[from] && least[i] > least[from])):
				from = int32(i)
			case !widest && least[i] < least[from]:
				from = int32(i)
			}
		}
		if from < 0 || reach <= d.LengthM || (reach <= limit && !math.IsInf(limit, 1)) || (d.LengthM > limit) {
			return d, true
		}
		widest = !widest
		far := w.search(g, s, from, dist, pred)
		if dist[far] > d.LengthM {
			d = Diameter{LengthM: dist[far], From: w.members[from], To: w.members[far]}
			for v := far; v >= 0; v = pred[v] {
				d.Path = append(d.Path, w.members[v])
			}
			if d.From < d.To {
				slices.Reverse(d.Path)
			} else {
				d.From, d.To = d.To, d.From
			}
		}
		for i := range n {
			least[i] = max(least[i], dist[i], dist[far]-dist[i])
			most[i] = min(most[i], dist[far]+dist[i])
		}
		least[from], most[from] = dist[far], dist[far]
	}
}

// search fills the walking distances from a position and the positions before
// each on the way, and returns the farthest other one (ties: the lowest).
func (w *workspace) search(g *Graph, s *subgraph, from int32, dist []float64, pred []int32) (far int32) {
	for i := range dist {
		dist[i], pred[i] = math.Inf(1), -1
	}
	h := &w.steiner.heap
	*h = (*h)[:0]
	dist[from] = 0
	h.push(0, from)
	far = -1
	for len(*h) > 0 {
		top := h.pop()
		u := top.node
		if top.key > dist[u] {
			continue
		}
		// Two communities at the same place are a pair, too.
		if u != from && (far < 0 || top.key > dist[far] || (top.key == dist[far] && u < far)) {
			far = u
		}
		for a := s.first[u]; a < s.first[u+1]; a++ {
			v := s.to[a]
			if d := top.key + g.links[s.link[a]].LengthM; d < dist[v] {
				dist[v], pred[v] = d, u
				h.push(d, v)
			}
		}
	}
	return far
}
