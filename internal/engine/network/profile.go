package network

import (
	"math"
	"sort"
)

// profile is what edges cost along their lines, where that is not even. Edge e
// has piece[first[e]:first[e+1]].
type profile struct {
	first []int32
	piece []piece
}

func (p *profile) of(e int32) pieces { return p.piece[p.first[e]:p.first[e+1]] }

// pieces of even slope make up a line from its start to its end.
type pieces []piece

type piece struct {
	end         float64 // metres from the start of the line
	there, back float64 // seconds from the start of the line to the end, and back
	slope       float64 // with the line
}

// upTo returns the cost from the start of the line to a point, and back.
func (ps pieces) upTo(at float64) (there, back float64) {
	i := 0
	if len(ps) > 8 {
		i = min(len(ps)-1, sort.Search(len(ps), func(i int) bool { return ps[i].end >= at }))
	} else {
		for i < len(ps)-1 && ps[i].end < at {
			i++
		}
	}
	var before piece
	if i > 0 {
		before = ps[i-1]
	}
	this := ps[i]
	part := min(1, max(0, (at-before.end)/(this.end-before.end)))
	return before.there + part*(this.there-before.there), before.back + part*(this.back-before.back)
}

// climb returns the metres up and down from one point of the line to another.
func (ps pieces) climb(from, to float64) (up, down float64) {
	begin := 0.0
	for _, c := range ps {
		walked := min(c.end, max(from, to)) - max(begin, min(from, to))
		if walked > 0 && c.slope > 0 {
			up += walked * c.slope
		} else if walked > 0 {
			down -= walked * c.slope
		}
		begin = c.end
	}
	if to < from {
		up, down = down, up
	}
	return up, down
}

// steep tells whether wheels do not get from one point of the line to another: a
// point of that stretch lies inside a piece that is too steep for them. The ends
// of such a piece do not.
func (ps pieces) steep(from, to float64) bool {
	low, high := min(from, to), max(from, to)
	begin := 0.0
	for _, c := range ps {
		if begin < high && low < c.end && math.Abs(c.slope) > wheelsUpTo {
			return true
		}
		begin = c.end
	}
	return false
}
