package coverage

import (
	"cmp"
	"math"
	"slices"
)

// nearest finds the nearest of a set of places to any other place, exactly: by
// the geodesic in metres, and the first in the given order among equals. It is a
// k-d tree in a metric that never overstates; the tree is the sorted slice, a
// node in the middle of its range.
type nearest struct {
	metric floorMetric
	nodes  []node
}

type node struct {
	place
	order int   // position in the given set
	twins []int // those of later places at the same point
}

// rounding is more metres than the rounding errors of a distance come to.
const rounding = 1e-6

// found is a place of the set and how far it is.
type found struct {
	order  int // -1: the set is empty
	metres float64
}

// newNearest prepares a set for questions from inside the box of degrees, which
// is widened to hold the set. Of places at the same point it keeps the first, so
// that a thousand of them cost no more than one.
func newNearest(set []place, west, south, east, north float64) *nearest {
	nodes := make([]node, 0, len(set))
	for i, p := range set {
		nodes = append(nodes, node{place: p, order: i})
		west, east = min(west, p.lon), max(east, p.lon)
		south, north = min(south, p.lat), max(north, p.lat)
	}
	slices.SortFunc(nodes, func(a, b node) int {
		return cmp.Or(cmp.Compare(a.lon, b.lon), cmp.Compare(a.lat, b.lat), cmp.Compare(a.order, b.order))
	})
	single := nodes[:0]
	for _, n := range nodes {
		if last := len(single) - 1; last >= 0 && single[last].lon == n.lon && single[last].lat == n.lat {
			single[last].twins = append(single[last].twins, n.order)
			continue
		}
		single = append(single, n)
	}
	nodes = single
	arrange(nodes, 0)
	return &nearest{metric: floorFor(west, south, east, north), nodes: nodes}
}

func arrange(nodes []node, axis int) {
	if len(nodes) < 2 {
		return
	}
	slices.SortFunc(nodes, func(a, b node) int {
		byLon, byLat := cmp.Compare(a.lon, b.lon), cmp.Compare(a.lat, b.lat)
		if axis == 0 {
			return cmp.Or(byLon, byLat)
		}
		return cmp.Or(byLat, byLon)
	})
	middle := len(nodes) / 2
	arrange(nodes[:middle], 1-axis)
	arrange(nodes[middle+1:], 1-axis)
}

// to returns the nearest place of the set to p.
func (n *nearest) to(p place) found {
	best := found{order: -1, metres: math.Inf(1)}
	n.search(n.nodes, 0, p, &best)
	return best
}

func (n *nearest) search(nodes []node, axis int, p place, best *found) {
	if len(nodes) == 0 {
		return
	}
	middle := len(nodes) / 2
	at := &nodes[middle]
	east, north := n.metric.perLon*(p.lon-at.lon), n.metric.perLat*(p.lat-at.lat)
	if math.Sqrt(east*east+north*north) <= best.metres+rounding {
		d := metres(p, at.place)
		if d < best.metres || d == best.metres && at.order < best.order {
			*best = found{at.order, d}
		}
	}
	apart := east
	if axis == 1 {
		apart = north
	}
	near, far := nodes[:middle], nodes[middle+1:]
	if apart > 0 {
		near, far = far, near
	}
	n.search(near, 1-axis, p, best)
	if math.Abs(apart) <= best.metres+rounding {
		n.search(far, 1-axis, p, best)
	}
}

// within visits all places of the set that are at most so many metres from p.
func (n *nearest) within(p place, limit float64, visit func(order int, metres float64)) {
	n.inRange(n.nodes, 0, p, limit, visit)
}

func (n *nearest) inRange(nodes []node, axis int, p place, limit float64, visit func(order int, metres float64)) {
	if len(nodes) == 0 {
		return
	}
	middle := len(nodes) / 2
	at := &nodes[middle]
	east, north := n.metric.perLon*(p.lon-at.lon), n.metric.perLat*(p.lat-at.lat)
	if math.Sqrt(east*east+north*north) <= limit+rounding {
		if d := metres(p, at.place); d <= limit {
			visit(at.order, d)
			for _, order := range at.twins {
				visit(order, d)
			}
		}
	}
	apart := east
	if axis == 1 {
		apart = north
	}
	near, far := nodes[:middle], nodes[middle+1:]
	if apart > 0 {
		near, far = far, near
	}
	n.inRange(near, 1-axis, p, limit, visit)
	if math.Abs(apart) <= limit+rounding {
		n.inRange(far, 1-axis, p, limit, visit)
	}
}
