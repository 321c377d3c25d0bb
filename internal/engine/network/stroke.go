package network

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// stroke is a piece of a drawn path between two joints with its costs, or a link
// between the ends of two paths. In a search it is an edge that follows those of
// the graph in number.
type stroke struct {
	line     orb.LineString
	metres   float64
	pieces   pieces // one at least
	stairs   bool
	wheels   bool  // the walker is one without steps
	from, to int32 // nodes of the search: the joints at its ends
	path     int32 // -1: a link
}

// shut tells whether the walker does not get along a stretch of it, as Net.shut.
func (s *stroke) shut(from, to float64) bool {
	switch {
	case !s.wheels:
		return false
	case s.stairs:
		return max(from, to) > 0 && min(from, to) < s.metres
	}
	return s.pieces.steep(from, to)
}

// cost of walking from one of its points to another; infinite where the walker
// does not get along.
func (s *stroke) cost(from, to float64) float64 {
	switch {
	case s.shut(from, to):
		return math.Inf(1)
	case from == to:
		return 0
	}
	thereFrom, backFrom := s.pieces.upTo(from)
	thereTo, backTo := s.pieces.upTo(to)
	if to > from {
		return thereTo - thereFrom
	}
	return backFrom - backTo
}

// at returns the point that lies a number of metres from its start.
func (s *stroke) at(metres float64) orb.Point { return s.cut(metres, metres)[0] }

// cut returns the vertices between two of its points.
func (s *stroke) cut(from, to float64) orb.LineString {
	line := slices.Clone(s.line)
	if s.metres > 0 {
		line = part(s.line, min(from, to), max(from, to))
	}
	if from > to {
		line.Reverse()
	}
	return line
}

// stroke prices a piece of a drawn path for the walker of the net: its slopes by
// the same rules as those of edges.
func (n *Net) stroke(line orb.LineString, kind DrawnKind) *stroke {
	s := &stroke{line: line, metres: lengthOf(line), stairs: kind == DrawnStairs}
	if n.walker == nil {
		s.pieces = pieces{{s.metres, s.metres, s.metres, 0}}
		return s
	}
	s.wheels = n.walker.StepFree
	rising := []rise{{s.metres, 0}}
	if n.heights != nil && s.metres > 0 {
		rising = n.rises(line, kind)
	}
	there, back, at := 0.0, 0.0, 0.0
	for _, r := range rising {
		up, down := n.walker.Pace(r.slope), n.walker.Pace(-r.slope)
		if s.stairs {
			up, down = 1/n.walker.StairsMS, 1/n.walker.StairsMS
		}
		there, back, at = there+up*r.metres, back+down*r.metres, at+r.metres
		s.pieces = append(s.pieces, piece{at, there, back, r.slope})
	}
	s.pieces[len(s.pieces)-1].end = s.metres
	return s
}

// rises returns the slopes of a drawn piece.
func (n *Net) rises(line orb.LineString, kind DrawnKind) []rise {
	along := make([]float64, len(line))
	for i := 1; i < len(line); i++ {
		along[i] = along[i-1] + metres(line[i-1], line[i])
	}
	length := along[len(along)-1]
	if kind == DrawnBridge && length >= slopeMetres {
		from, knownFrom := n.heights.Height(line[0])
		to, knownTo := n.heights.Height(line[len(line)-1])
		if !knownFrom || !knownTo {
			return []rise{{length, 0}}
		}
		return []rise{newRise(length, to-from)}
	}
	pieces, _ := overGround(n.heights, line, along)
	return pieces
}
