package network

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Walker is who walks.
type Walker struct {
	SpeedMS   float64 // on the flat, metres per second
	StairsMS  float64 // on stairs, up as down, along their line
	CrossingS float64 // seconds of waiting at a marked crossing
	StepFree  bool    // no stairs, nothing barred to wheels, no slope over 1:12
}

// ErrWalker is the error of a walker who would not get anywhere.
var ErrWalker = errors.New("a walker needs speeds above zero and no negative delay")

// Check returns ErrWalker, with the reason, unless the walker can walk.
func (w Walker) Check() error {
	positive := func(v float64) bool { return v > 0 && !math.IsInf(v, 1) }
	if !positive(w.SpeedMS) || !positive(w.StairsMS) || !(w.CrossingS >= 0) || math.IsInf(w.CrossingS, 1) {
		return fmt.Errorf("%w: %v m/s, on stairs %v m/s, %v s at a crossing", ErrWalker, w.SpeedMS, w.StairsMS, w.CrossingS)
	}
	return nil
}

const (
	steepest     = 0.30     // slopes are clamped to it: roads steeper are errors of the heights
	wheelsUpTo   = 1.0 / 12 // the steepest slope for wheels
	slopeMetres  = 30       // slopes are averaged over at least so much of a way
	inclineShort = 200      // metres of a way up to which its tagged incline is taken for all of it
)

// Pace returns seconds per metre on a slope (rise over run, negative downhill):
// Tobler's hiking function, W = 6·exp(−3.5·|S + 0.05|) km/h, scaled so that on
// the flat it is the walker's speed (W. Tobler, Three presentations on
// geographical analysis and modeling, NCGIA technical report 93-1, 1993).
// Slopes beyond ±30 % count as that.
func (w Walker) Pace(slope float64) float64 {
	slope = min(steepest, max(-steepest, slope))
	return math.Exp(3.5*(math.Abs(slope+0.05)-0.05)) / w.SpeedMS
}

// Heights tells the height of the ground at a place, in metres; not known where
// there is no model of it. Its noise should be smoothed.
type Heights interface {
	Height(p orb.Point) (metres float64, known bool)
}

// Report says what the slopes of a net were made of, in edges.
type Report struct {
	Measured int // slopes from heights
	Tagged   int // the incline that the road is tagged with
	Flat     int // taken for flat, since a height is not known
	Closed   int // that the walker cannot pass from end to end

	FlatMetres float64 // of the pieces taken for flat
}

// Report returns it; of a net without heights it is empty but for Closed.
func (n *Net) Report() Report { return n.report }

// BySeconds returns the net whose costs are seconds of a walker; h nil: the
// ground is flat. Slopes are averaged over at least 30 m and clamped to ±30 %:
// an edge is cut into equal pieces of at least 30 m, each with the slope between
// its ends; on an edge shorter than that the heights are looked up 30 m apart,
// on the straight line through its ends. Bridges and tunnels rise evenly between
// the places where they meet the ground. A tagged incline counts for ways of up
// to 200 m. The delay of a crossing is spread evenly over the whole way, so that
// a part of it waits a part of the time and all its edges together once. Who walks
// without steps gets nowhere on stairs and barred ways, and on other edges along
// the pieces of up to 1:12: from a place there to the ends that no steeper piece
// parts it from.
func (g *Graph) BySeconds(w Walker, h Heights) (*Net, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	n := &Net{
		g: g, nodes: len(g.node), walker: &w, heights: h,
		there: make([]uint32, len(g.edge)),
	}
	n.back = n.there
	if h != nil {
		n.back = make([]uint32, len(g.edge))
		n.profile = &profile{first: make([]int32, 1, len(g.edge)+1)}
	}
	relief := newRelief(g, h)
	road := g.roadLengths()
	for i := range g.edge {
		e := &g.edge[i]
		n.price(int32(i), relief.slopes(int32(i), &n.report), e.length/road[e.road])
		if !n.Passable(i) {
			n.report.Closed++
		}
	}
	n.lay()
	return n, nil
}

// price sets the cost of an edge, which is a share of its whole way.
func (n *Net) price(i int32, rising []rise, share float64) {
	e, w := &n.g.edge[i], n.walker
	way := &n.g.road[e.road]
	closed := w.StepFree && (way.Stairs || way.Barred)
	there, back, at := 0.0, 0.0, 0.0
	for _, r := range rising {
		up, down := w.Pace(r.slope), w.Pace(-r.slope)
		if way.Stairs {
			up, down = 1/w.StairsMS, 1/w.StairsMS
		}
		if way.Crossing {
			wait := w.CrossingS * share / e.length
			up, down = up+wait, down+wait
		}
		closed = closed || w.StepFree && math.Abs(r.slope) > wheelsUpTo
		there, back, at = there+up*r.metres, back+down*r.metres, at+r.metres
		if n.profile != nil {
			n.profile.piece = append(n.profile.piece, piece{at, there, back, r.slope})
		}
	}
	if n.profile != nil {
		n.profile.piece[len(n.profile.piece)-1].end = e.length // exactly, so that its end is outside a steep piece
		n.profile.first = append(n.profile.first, int32(len(n.profile.piece)))
	}
	n.there[i], n.back[i] = max(1, toUnits(there)), max(1, toUnits(back))
	if closed {
		n.there[i], n.back[i] = farOff, farOff
	}
}

// roadLengths returns the metres of each road that are in the graph.
func (g *Graph) roadLengths() []float64 {
	metres := make([]float64, len(g.road))
	for i := range g.edge {
		metres[g.edge[i].road] += g.edge[i].length
	}
	return metres
}
