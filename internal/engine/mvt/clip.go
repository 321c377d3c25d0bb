package mvt

import (
	"cmp"
	"slices"
)

// rings are closed lines one after the other; the first place of each is not
// repeated at its end. The inside of what they bound lies to the same side of all.
type rings struct {
	places []point
	ends   []int // of each ring, in places
}

func (r *rings) reset() { r.places, r.ends = r.places[:0], r.ends[:0] }

// all yields the rings.
func (r *rings) all(yield func(ring []point) bool) {
	from := 0
	for _, to := range r.ends {
		if !yield(r.places[from:to]) {
			return
		}
		from = to
	}
}

// crossing is where a ring passes the side of a box.
type crossing struct {
	at    float64 // along the side
	slope float64 // of the ring there: how far it moves along the side for each unit outwards
	chain int32   // the piece of the ring inside that ends or begins there
	leave bool    // the ring goes out
}

// chain is a piece of a ring on the inner side, in clipper.pieces.
type chain struct {
	from, to int32
	next     int32 // the chain that goes on at its end; -1 while not known
	used     bool
}

// clipper cuts polygons along the sides of a box, one after the other. What a side
// divides is divided: pieces that hang together outside only become rings of their
// own. The pieces of rings on the inner side are joined by those stretches of the
// side that lie inside the polygon, which are every second one between crossings,
// counted over all rings at once (Weiler and Atherton 1977, for a straight line).
// A place on the side counts as inside, as if the side stood a little further out;
// crossings at the same place are ordered as they would be there.
type clipper struct {
	a, b      rings
	pieces    []point
	chains    []chain
	crossings []crossing
}

// clip cuts what the rings bound. The result is valid until the next call.
func (c *clipper) clip(r *rings, to box) *rings {
	for i, side := range [4]struct {
		vertical bool
		at, sign float64
	}{
		{true, to.minX, 1},
		{true, to.maxX, -1},
		{false, to.minY, 1},
		{false, to.maxY, -1},
	} {
		next := &c.a
		if i%2 == 1 {
			next = &c.b
		}
		next.reset()
		c.cut(r, next, side.vertical, side.at, side.sign)
		r = next
	}
	return r
}

// cut keeps what lies on one side of a line: where sign × (coordinate − at) ≥ 0.
func (c *clipper) cut(from, to *rings, vertical bool, at, sign float64) {
	c.pieces, c.chains, c.crossings = c.pieces[:0], c.chains[:0], c.crossings[:0]
	depth := func(p point) float64 {
		if vertical {
			return sign * (p.x - at)
		}
		return sign * (p.y - at)
	}
	for ring := range from.all {
		n := len(ring)
		first := -1 // an edge that comes in
		inside := 0
		before := depth(ring[n-1])
		for i, p := range ring {
			d := depth(p)
			if d >= 0 {
				inside++
				if before < 0 {
					first = i
				}
			}
			before = d
		}
		if inside == n {
			to.places = append(to.places, ring...)
			to.ends = append(to.ends, len(to.places))
			continue
		}
		if inside == 0 {
			continue
		}
		in := false
		for k := range n {
			i := first + k
			p, q := ring[(i+n-1)%n], ring[i%n]
			dp, dq := depth(p), depth(q)
			if dp < 0 && dq >= 0 {
				c.chains = append(c.chains, chain{from: int32(len(c.pieces)), next: -1})
				c.cross(p, q, dp, dq, vertical, at, false)
				in = true
			}
			if in && dp >= 0 && dq < 0 {
				c.cross(p, q, dp, dq, vertical, at, true)
				c.chains[len(c.chains)-1].to = int32(len(c.pieces))
				in = false
			}
			if in {
				c.pieces = append(c.pieces, q)
			}
		}
	}
	c.join(to)
}

// cross notes a crossing of the current chain and adds its place.
func (c *clipper) cross(p, q point, dp, dq float64, vertical bool, at float64, leave bool) {
	t := dp / (dp - dq)
	var place point
	var along, ahead float64
	if vertical {
		along, ahead = p.y+t*(q.y-p.y), q.y-p.y
		place = point{at, along}
	} else {
		along, ahead = p.x+t*(q.x-p.x), q.x-p.x
		place = point{along, at}
	}
	if dp == 0 || dq == 0 { // exactly the place that lies on the side
		on := p
		if dq == 0 {
			on = q
		}
		along = on.x
		if vertical {
			along = on.y
		}
		place = on
	}
	c.pieces = append(c.pieces, place)
	c.crossings = append(c.crossings, crossing{at: along, slope: ahead / (dp - dq), chain: int32(len(c.chains) - 1), leave: leave})
}

// join makes rings of the chains.
func (c *clipper) join(to *rings) {
	if len(c.chains) == 0 {
		return
	}
	slices.SortFunc(c.crossings, func(a, b crossing) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.slope, b.slope))
	})
	sound := true
	for i := 0; i+1 < len(c.crossings); i += 2 {
		a, b := c.crossings[i], c.crossings[i+1]
		if a.leave == b.leave {
			sound = false
			break
		}
		if b.leave {
			a, b = b, a
		}
		c.chains[a.chain].next = b.chain
	}
	for i := range c.chains {
		if c.chains[i].used {
			continue
		}
		for at := int32(i); at >= 0 && !c.chains[at].used; at = c.chains[at].next {
			chain := &c.chains[at]
			chain.used = true
			to.places = append(to.places, c.pieces[chain.from:chain.to]...)
			if !sound { // rings that cross each other: each piece is closed by itself
				break
			}
		}
		to.ends = append(to.ends, len(to.places))
	}
}

// clipLine yields the pieces of a line inside a box. They are appended to pieces,
// with their ends.
func clipLine(line []point, to box, pieces []point, ends []int) ([]point, []int) {
	open := false
	for i := 1; i < len(line); i++ {
		p, q := line[i-1], line[i]
		from, till, ok := within(p, q, to)
		if !ok {
			if open {
				ends, open = append(ends, len(pieces)), false
			}
			continue
		}
		if !open {
			pieces, open = append(pieces, between(p, q, from)), true
		}
		pieces = append(pieces, between(p, q, till))
		if till < 1 {
			ends, open = append(ends, len(pieces)), false
		}
	}
	if open {
		ends = append(ends, len(pieces))
	}
	return pieces, ends
}

func between(p, q point, t float64) point {
	switch t {
	case 0:
		return p
	case 1:
		return q
	}
	return point{p.x + t*(q.x-p.x), p.y + t*(q.y-p.y)}
}

// within finds the part of an edge inside a box (Liang and Barsky 1984).
func within(p, q point, b box) (from, till float64, ok bool) {
	till = 1
	dx, dy := q.x-p.x, q.y-p.y
	for _, side := range [4][2]float64{{-dx, p.x - b.minX}, {dx, b.maxX - p.x}, {-dy, p.y - b.minY}, {dy, b.maxY - p.y}} {
		run, room := side[0], side[1]
		switch {
		case run == 0:
			if room < 0 {
				return 0, 0, false
			}
		case run < 0:
			from = max(from, room/run)
		default:
			till = min(till, room/run)
		}
	}
	return from, till, from <= till
}
