package network

import (
	"math"

	"github.com/paulmach/orb"
)

// rise is a piece of a way with one slope.
type rise struct {
	metres, slope float64 // clamped to ±steepest
}

func newRise(metres, up float64) rise {
	return rise{metres, min(steepest, max(-steepest, up/metres))}
}

// relief tells the slopes of edges.
type relief struct {
	g       *Graph
	heights Heights // nil: all is flat
	deck    map[int32]float64
	length  []float64 // of the roads
}

func newRelief(g *Graph, h Heights) *relief {
	r := &relief{g: g, heights: h}
	if h != nil {
		r.deck = r.decks()
		r.length = g.roadLengths()
	}
	return r
}

// slopes cuts an edge into pieces and counts where their slopes come from.
func (r *relief) slopes(i int32, report *Report) []rise {
	e := &r.g.edge[i]
	if r.heights == nil {
		return []rise{{e.length, 0}}
	}
	way := &r.g.road[e.road]
	if s := way.Incline; s != 0 && math.Abs(s) <= steepest && r.length[e.road] <= inclineShort {
		report.Tagged++
		return []rise{{e.length, s}}
	}
	pieces, flat := []rise(nil), 0.0
	if way.aloft() && !r.short(e) {
		pieces, flat = r.evenly(e)
	} else {
		line := r.g.shape[e.start:e.end]
		pieces, flat = overGround(r.heights, line, r.g.along[e.start:e.end])
	}
	if flat > 0 {
		report.Flat++
		report.FlatMetres += flat
	} else {
		report.Measured++
	}
	return pieces
}

// aloft tells whether a way is not on the ground.
func (r *Road) aloft() bool { return r.Bridge || r.Tunnel }

// short tells whether an edge is a whole bridge or tunnel shorter than what
// slopes are averaged over: what matters then is the ground before and after.
func (r *relief) short(e *edge) bool {
	_, from := r.deck[e.from]
	_, to := r.deck[e.to]
	return !from && !to && e.length < slopeMetres
}

// evenly is the slope of an edge on a bridge or in a tunnel.
func (r *relief) evenly(e *edge) (pieces []rise, flat float64) {
	from, knownFrom := r.at(e.from)
	to, knownTo := r.at(e.to)
	if !knownFrom || !knownTo {
		return []rise{{e.length, 0}}, e.length
	}
	return []rise{newRise(e.length, to-from)}, 0
}

func (r *relief) at(n int32) (metres float64, known bool) {
	if h, aloft := r.deck[n]; aloft {
		return h, !math.IsNaN(h)
	}
	return r.heights.Height(r.g.node[n])
}

// overGround cuts a line on the ground into equal pieces of at least 30 m, with
// the slopes between their ends. flat is how many metres had to be taken for
// flat.
func overGround(h Heights, line []orb.Point, along []float64) (pieces []rise, flat float64) {
	length := along[len(along)-1]
	if length < slopeMetres {
		return overShort(h, line, length)
	}
	n := int(length / slopeMetres)
	before, known := h.Height(line[0])
	v := 1
	for k := 1; k <= n; k++ {
		at := length * float64(k) / float64(n)
		for v < len(line)-1 && along[v] < at {
			v++
		}
		p := line[len(line)-1]
		if k < n {
			p = between(line[v-1], line[v], min(1, max(0, (at-along[v-1])/(along[v]-along[v-1]))))
		}
		height, knownHere := h.Height(p)
		if known && knownHere {
			pieces = append(pieces, newRise(length/float64(n), height-before))
		} else {
			pieces = append(pieces, rise{length / float64(n), 0})
			flat += length / float64(n)
		}
		before, known = height, knownHere
	}
	return pieces, flat
}

// overShort is the slope of a line shorter than 30 m: that of the 30 m around
// its middle, straight on through its ends. A line that ends where it began has
// none.
func overShort(h Heights, line []orb.Point, length float64) (pieces []rise, flat float64) {
	a, b := line[0], line[len(line)-1]
	straight := metres(a, b)
	if straight <= sameMetres {
		return []rise{{length, 0}}, 0
	}
	reach := slopeMetres / straight / 2
	from, knownFrom := h.Height(between(a, b, 0.5-reach))
	to, knownTo := h.Height(between(a, b, 0.5+reach))
	if !knownFrom || !knownTo {
		return []rise{{length, 0}}, length
	}
	return []rise{{length, newRise(slopeMetres, to-from).slope}}, 0
}
