package network_test

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// hills are heights as a formula, with a hole in which nothing is known.
type hills struct {
	east, north, bumps float64
	hole               orb.Bound
}

func (h hills) Height(p orb.Point) (float64, bool) {
	if h.hole.Contains(p) {
		return 0, false
	}
	return 200 + h.east*p[0] + h.north*p[1] + h.bumps*math.Sin(p[0]/40)*math.Cos(p[1]/55), true
}

// oracle prices and searches a graph again, slowly and by itself: all feet and
// joints become nodes, and Floyd and Warshall find all ways between them.
type oracle struct {
	g      *network.Graph
	walker *network.Walker // nil: metres
	hills  *hills          // nil: flat
	spots  []spot          // after the nodes of the graph
	lanes  []lane          // drawn paths
	dist   [][]float64
}

// spot is a place of an edge, or of a drawn path from -1 down.
type spot struct {
	edge int
	at   float64
}

// tobler is the hiking function in seconds per metre.
func tobler(w *network.Walker, slope float64) float64 {
	slope = math.Max(-0.3, math.Min(0.3, slope))
	onSlope := 6 * math.Exp(-3.5*math.Abs(slope+0.05))
	onFlat := 6 * math.Exp(-3.5*math.Abs(0.05))
	return 1 / (w.SpeedMS * onSlope / onFlat)
}

// slopeAt returns the slope of an edge at a point of it.
func (o *oracle) slopeAt(e int, at float64) float64 {
	way := o.g.Way(e)
	if o.hills != nil && way.Incline != 0 && o.roadLength(e) <= 200 {
		return way.Incline
	}
	return o.slopeOf(o.g.Line(e), o.g.Length(e), at)
}

// slopeOf returns the slope of a line on the ground at a point of it.
func (o *oracle) slopeOf(line orb.LineString, length, at float64) float64 {
	if o.hills == nil {
		return 0
	}
	a, b, run := line[0], line[len(line)-1], length
	if length < 30 {
		middle := orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
		d := math.Hypot(b[0]-a[0], b[1]-a[1])
		if d < 1e-9 {
			return 0
		}
		east, north := 15*(b[0]-a[0])/d, 15*(b[1]-a[1])/d
		a, b, run = orb.Point{middle[0] - east, middle[1] - north}, orb.Point{middle[0] + east, middle[1] + north}, 30
	} else {
		pieces := math.Floor(length / 30)
		k := math.Min(pieces-1, math.Floor(at/length*pieces))
		a, b, run = pointAt(line, k*length/pieces), pointAt(line, (k+1)*length/pieces), length/pieces
	}
	from, known1 := o.hills.Height(a)
	to, known2 := o.hills.Height(b)
	if !known1 || !known2 {
		return 0
	}
	return math.Max(-0.3, math.Min(0.3, (to-from)/run))
}

func pointAt(line orb.LineString, at float64) orb.Point {
	for i := 1; i < len(line); i++ {
		d := math.Hypot(line[i][0]-line[i-1][0], line[i][1]-line[i-1][1])
		if at <= d || i == len(line)-1 {
			t := math.Min(1, at/d)
			return orb.Point{line[i-1][0] + t*(line[i][0]-line[i-1][0]), line[i-1][1] + t*(line[i][1]-line[i-1][1])}
		}
		at -= d
	}
	return line[0]
}

// cost of walking along an edge from one point to another; infinite where the
// walker does not get along that stretch. On the way over several pieces none may
// be too steep for wheels, on stairs and barred ways all are.
func (o *oracle) cost(e int, from, to float64) float64 {
	if o.walker == nil {
		return math.Abs(to - from)
	}
	way, length := o.g.Way(e), o.g.Length(e)
	pieces := math.Max(1, math.Floor(length/30))
	sum := 0.0
	for k := range int(pieces) {
		begin, end := float64(k)*length/pieces, float64(k+1)*length/pieces
		if k == int(pieces)-1 {
			end = length
		}
		slope := o.slopeAt(e, (begin+end)/2)
		shut := math.Abs(slope) > 1.0/12 && math.Min(from, to) < end && begin < math.Max(from, to) ||
			(way.Stairs || way.Barred) && math.Min(from, to) < length && 0 < math.Max(from, to)
		if o.walker.StepFree && shut {
			return math.Inf(1)
		}
		if way.Stairs {
			return math.Abs(to-from)/o.walker.StairsMS + o.wait(e, from, to)
		}
		walked := math.Max(0, math.Min(end, math.Max(from, to))-math.Max(begin, math.Min(from, to)))
		if to < from {
			slope = -slope
		}
		sum += walked * tobler(o.walker, slope)
	}
	return sum + o.wait(e, from, to)
}

// wait is the part of the delay of a crossing that a part of it has.
func (o *oracle) wait(e int, from, to float64) float64 {
	if !o.g.Way(e).Crossing {
		return 0
	}
	return o.walker.CrossingS * math.Abs(to-from) / o.roadLength(e)
}

// roadLength returns the metres of the road that an edge is a part of.
func (o *oracle) roadLength(e int) (sum float64) {
	for k := range o.g.Edges() {
		if o.g.Road(k) == o.g.Road(e) {
			sum += o.g.Length(k)
		}
	}
	return sum
}

// access is the cost of metres over open ground.
func (o *oracle) access(metres float64) float64 {
	if o.walker == nil {
		return metres
	}
	return metres / o.walker.SpeedMS
}

func (o *oracle) spot(edge int, at float64) int {
	s := spot{edge, at}
	if k := slices.Index(o.spots, s); k >= 0 {
		return o.g.Nodes() + k
	}
	o.spots = append(o.spots, s)
	return o.g.Nodes() + len(o.spots) - 1
}

// solve finds all ways.
func (o *oracle) solve() {
	n := o.g.Nodes() + len(o.spots)
	o.dist = make([][]float64, n)
	for i := range o.dist {
		o.dist[i] = slices.Repeat([]float64{math.Inf(1)}, n)
		o.dist[i][i] = 0
	}
	lower := func(a, b int, cost float64) { o.dist[a][b] = math.Min(o.dist[a][b], cost) }
	for e := range o.g.Edges() {
		from, to := o.g.Ends(e)
		type stop struct {
			node int
			at   float64
		}
		stops := []stop{{from, 0}, {to, o.g.Length(e)}}
		for k, s := range o.spots {
			if s.edge == e {
				stops = append(stops, stop{o.g.Nodes() + k, s.at})
			}
		}
		for _, a := range stops {
			for _, b := range stops {
				if a != b {
					lower(a.node, b.node, o.cost(e, a.at, b.at))
				}
			}
		}
	}
	for l := range o.lanes {
		o.linkLane(l, lower)
	}
	for k := range n {
		for i := range n {
			for j := range n {
				lower(i, j, o.dist[i][k]+o.dist[k][j])
			}
		}
	}
}

// between is the cost from one place to another, each with its feet.
func (o *oracle) between(from, to []network.Foot) float64 {
	best := math.Inf(1)
	for _, a := range from {
		for _, b := range to {
			if o.stands(a) && o.stands(b) {
				best = math.Min(best, o.access(a.Cost+b.Cost)+o.dist[o.spot(a.Edge, a.At)][o.spot(b.Edge, b.At)])
			}
		}
	}
	return best
}

// stands tells whether the walker can stand at a foot at all.
func (o *oracle) stands(f network.Foot) bool { return !math.IsInf(o.cost(f.Edge, f.At, f.At), 1) }

// nearest returns the cost of the nearest of some sources.
func (o *oracle) nearest(place []network.Foot, sources [][]network.Foot, dir network.Direction, limit float64) float64 {
	best := math.Inf(1)
	for _, s := range sources {
		if dir == network.ToSource {
			best = math.Min(best, o.between(place, s))
		} else {
			best = math.Min(best, o.between(s, place))
		}
	}
	if best > limit {
		return math.Inf(1)
	}
	return best
}

// about allows for the rounding of some dozen arcs to a ten-thousandth.
func about(a, b float64) bool { return a == b || math.Abs(a-b) < 3e-3 }

// case of a random town with random places, and what walks there.
type trialTown struct {
	g               *network.Graph
	net             *network.Net
	oracle          *oracle
	places, sources *network.Ties
}

// bigTown is a town whose edges are long enough to have several slopes. No three
// of its points are in line, since what joins what hangs on a rounding then.
func bigTown(t *rapid.T) []network.Road {
	point := rapid.Custom(func(t *rapid.T) orb.Point {
		x, y := float64(rapid.IntRange(0, 3).Draw(t, "x")), float64(rapid.IntRange(0, 3).Draw(t, "y"))
		return orb.Point{x*55 + 0.7*y*y, y*24 + 0.9*x*x}
	})
	roads := []network.Road{}
	for range rapid.IntRange(2, 12).Draw(t, "roads") {
		r := network.Road{Walkable: true, Line: slices.Compact(rapid.SliceOfN(point, 2, 4).Draw(t, "line"))}
		for i := 2; i < len(r.Line); i++ {
			if r.Line[i] == r.Line[i-2] { // there and back, where either of two places may be the nearest
				r.Line = r.Line[:i]
			}
		}
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			r.Stairs = true
		case 1:
			r.Crossing = true
		case 2:
			r.Barred = true
		case 3:
			r.Incline = -0.11
		}
		roads = append(roads, r)
	}
	return roads
}

// uneven is a number that is hardly ever on or almost on what others lie on, where
// the answer would hang on a rounding.
func uneven(t *rapid.T, label string, low, high float64) float64 {
	return low + 0.0173 + (high-low)*float64(rapid.IntRange(0, 997).Draw(t, label))/997
}

// townRules tie places to a random town.
var townRules = network.TieRules{Reach: 40, Near: 15}

func drawTown(t *rapid.T) trialTown {
	var town trialTown
	for town.g == nil || town.g.Edges() == 0 {
		town.g = network.BuildClean(bigTown(t), network.Cleaning{})
	}
	town.oracle = &oracle{g: town.g}
	town.net = town.g.ByMetres()
	if rapid.Bool().Draw(t, "seconds") {
		w := network.Walker{SpeedMS: 1.25, StairsMS: 0.5, CrossingS: 20, StepFree: rapid.Bool().Draw(t, "step free")}
		town.oracle.walker = &w
		var h network.Heights
		if rapid.Bool().Draw(t, "hilly") {
			ground := hills{
				rapid.Float64Range(-0.1, 0.1).Draw(t, "east"), rapid.Float64Range(-0.1, 0.1).Draw(t, "north"),
				rapid.SampledFrom([]float64{0, 1, 6}).Draw(t, "bumps"),
				orb.Bound{Min: orb.Point{50, 20}, Max: orb.Point{70, 30}},
			}
			h, town.oracle.hills = ground, &ground
		}
		var err error
		if town.net, err = town.g.BySeconds(w, h); err != nil {
			t.Fatal(err)
		}
	}
	rules := townRules
	point := func(t *rapid.T, label string) orb.Point {
		return orb.Point{uneven(t, label+" x", -10, 180), uneven(t, label+" y", -10, 85)}
	}
	var places, sources []orb.Point
	for range rapid.IntRange(1, 6).Draw(t, "places") {
		places = append(places, point(t, "place"))
	}
	for range rapid.IntRange(1, 4).Draw(t, "sources") {
		sources = append(sources, point(t, "source"))
	}
	town.places, town.sources = town.g.Tie(places, rules), town.g.Tie(sources, rules)
	for _, ties := range []*network.Ties{town.places, town.sources} {
		for i := range ties.Len() {
			for _, f := range ties.Feet(i) {
				town.oracle.spot(f.Edge, f.At)
			}
		}
	}
	return town
}

func (town *trialTown) sourceFeet() (feet [][]network.Foot) {
	for i := range town.sources.Len() {
		feet = append(feet, town.sources.Feet(i))
	}
	return feet
}

func TestTheOracleKnowsTobler(t *testing.T) {
	w := network.Walker{SpeedMS: 1.25, StairsMS: 0.5}
	for slope := -0.4; slope < 0.4; slope += 0.01 {
		if got, want := w.Pace(slope), tobler(&w, slope); math.Abs(got-want) > 1e-12 {
			t.Errorf("slope %v: %v s/m, want %v", slope, got, want)
		}
	}
}
