package network

import "sort"

// profile is what edges cost along their lines, where that is not even: pieces
// of even slope. Edge e has piece[first[e]:first[e+1]].
type profile struct {
	first []int32
	piece []piece
}

type piece struct {
	end         float64 // metres from the start of the edge
	there, back float64 // seconds from the start of the edge to the end, and back
	slope       float64 // with the line
}

// upTo returns the seconds from the start of an edge to a point, and back.
func (p *profile) upTo(e int32, at float64) (there, back float64) {
	pieces := p.piece[p.first[e]:p.first[e+1]]
	i := 0
	if len(pieces) > 8 {
		i = min(len(pieces)-1, sort.Search(len(pieces), func(i int) bool { return pieces[i].end >= at }))
	} else {
		for i < len(pieces)-1 && pieces[i].end < at {
			i++
		}
	}
	var before piece
	if i > 0 {
		before = pieces[i-1]
	}
	this := pieces[i]
	part := min(1, max(0, (at-before.end)/(this.end-before.end)))
	return before.there + part*(this.there-before.there), before.back + part*(this.back-before.back)
}

// climb returns the metres up and down from one point of an edge to another.
func (p *profile) climb(e int32, from, to float64) (up, down float64) {
	begin := 0.0
	for _, c := range p.piece[p.first[e]:p.first[e+1]] {
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
