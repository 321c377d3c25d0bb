package mvt

import "slices"

// polygon draws one polygon of EWKB.
func (d *drawing) polygon(r *reader, stride int) error {
	count, err := r.count(4)
	if err != nil {
		return err
	}
	d.open(count)
	for i := range count {
		n, err := r.count(stride)
		if err != nil {
			return err
		}
		from := len(d.read.places)
		places, covered, err := r.places(d.read.places, n, stride, d.frame)
		if err != nil {
			return err
		}
		d.read.places = places
		if shows := d.ringRead(from, i == 0, covered); !shows && i == 0 {
			return r.passRings(count-1, stride)
		}
	}
	d.close()
	return nil
}

// open begins a polygon of so many rings. They are simplified and snapped as they are
// read, cut at the sides of the tile, and put together anew.
func (d *drawing) open(rings int) {
	d.read.reset()
	d.whole, d.alone = true, rings == 1
}

// ringRead takes the ring whose places were read last, and drops it where nothing of it
// shows; nothing of the polygon does where that is the outer one.
func (d *drawing) ringRead(from int, outer bool, covered box) (shows bool) {
	ring := d.read.places[from:]
	d.read.places = d.read.places[:from]
	if d.alone && d.only(ring, covered) {
		return true
	}
	n := len(ring)
	if n < 4 || !covered.meets(d.room) || outer && tooSmall(covered) {
		return false
	}
	if outer {
		d.whole = d.room.holds(covered)
	}
	if n < preclip || d.whole {
		ring = d.simple.simplify(thin(ring))
		round(ring)
	}
	if len(ring) < 4 { // it has collapsed
		return false
	}
	ring = ring[:len(ring)-1]
	if turns(ring) != outer { // the outer one clockwise on the screen, holes against it
		slices.Reverse(ring)
	}
	d.read.places = d.read.places[:from+len(ring)]
	d.read.ends = append(d.read.ends, len(d.read.places))
	return true
}

// close draws the polygon whose rings have been read, unless that is done.
func (d *drawing) close() {
	if len(d.read.ends) == 0 {
		return
	}
	cut := &d.read
	if !d.whole {
		cut = d.clip.clip(&d.read, d.room)
	}
	d.shells.reset()
	d.holes.reset()
	for ring := range cut.all {
		d.settle(ring, d.whole)
	}
	d.assign()
}

// only draws the one ring of a polygon as it is, where it lies in the tile, none of its
// places can be left out or laid upon another by snapping, and it meets itself nowhere:
// most buildings. Else it draws nothing and tells so.
func (d *drawing) only(ring []point, covered box) bool {
	n := len(ring) - 1
	if n < 3 || n > few || !d.room.holds(covered) || !sturdy(ring) {
		return false
	}
	d.ring = d.ring[:0]
	for _, p := range ring[:n] {
		d.ring = append(d.ring, snap(p))
	}
	if d.tidy.findKnots(d.ring) {
		return false
	}
	if area2(d.ring) < 0 {
		slices.Reverse(d.ring)
	}
	d.loop(d.ring)
	return true
}

// sturdy tells whether every three places of a ring that follow each other make a
// triangle of which no height is below two units. Then they fit between no two lines a
// unit apart, so that nothing can be simplified away, and into no line when snapping has
// moved each by at most the half of a diagonal.
func sturdy(ring []point) bool {
	a, b := ring[len(ring)-2], ring[0]
	ab := between2(a, b)
	for _, c := range ring[1:] {
		bc, ac := between2(b, c), between2(a, c)
		area := (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) // of two triangles
		if area*area < 4*max(ab, bc, ac) {
			return false
		}
		a, b, ab = b, c, bc
	}
	return true
}

// between2 is the square of how far two places are apart.
func between2(a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	return dx*dx + dy*dy
}

// turns tells whether a ring runs clockwise on the screen.
func turns(ring []point) bool {
	sum := 0.0
	base := ring[0] // near the ring, so that the products stay small
	before := point{ring[len(ring)-1].x - base.x, ring[len(ring)-1].y - base.y}
	for _, p := range ring {
		p = point{p.x - base.x, p.y - base.y}
		sum += before.x*p.y - p.x*before.y
		before = p
	}
	return sum > 0
}

// settle snaps a ring and keeps the simple loops of it that are left.
func (d *drawing) settle(ring []point, simplified bool) {
	if len(ring) < 3 {
		return
	}
	outer := turns(ring)
	if !simplified && len(ring) >= preclip {
		d.pieces = append(append(d.pieces[:0], ring...), ring[0])
		ring = d.simple.simplify(thin(d.pieces))
		ring = ring[:len(ring)-1]
	}
	d.ring = d.ring[:0]
	for _, p := range ring {
		d.ring = append(d.ring, snap(p))
	}
	d.keep(d.tidy.tidy(d.ring, outer))
}

// keep sorts loops into shells and holes.
func (d *drawing) keep(simple *loops) {
	for i := range simple.ends {
		loop := simple.loop(i)
		to := &d.holes
		if area2(loop) > 0 {
			to = &d.shells
		}
		to.cells = append(to.cells, loop...)
		to.ends = append(to.ends, len(to.cells))
	}
}

// assign writes every shell, followed by the holes in it.
func (d *drawing) assign() {
	for range len(d.holes.ends) {
		if !d.splice() {
			break
		}
	}
	d.owner = d.owner[:0]
	for i := range d.holes.ends {
		owner := int32(-1)
		for j := range d.shells.ends {
			shell, hole := d.shells.loop(j), d.holes.loop(i)
			if !loopHolds(shell, hole) {
				continue
			}
			if _, _, _, crossed := firstCrossing(shell, hole, cover(hole)); !crossed || area2(hole) < -2*pixel*pixel {
				owner = int32(j)
			}
			break
		}
		d.owner = append(d.owner, owner)
	}
	for j := range d.shells.ends {
		d.loop(d.shells.loop(j))
		for i, owner := range d.owner {
			if owner == int32(j) {
				d.loop(d.holes.loop(i))
			}
		}
	}
}

// splice looks for a hole that snapping has laid across a shell, or onto it twice,
// walks both as one loop and takes that apart anew. It tells whether it found one.
func (d *drawing) splice() bool {
	for i := range d.holes.ends {
		hole := d.holes.loop(i)
		covered := cover(hole)
		for j := range d.shells.ends {
			shell := d.shells.loop(j)
			at, after, inner, crossed := firstCrossing(shell, hole, covered)
			if !crossed {
				continue
			}
			d.ring = append(d.ring[:0], shell[:after+1]...)
			d.ring = append(append(d.ring, at), hole[inner+1:]...)
			d.ring = append(append(d.ring, hole[:inner+1]...), at)
			d.ring = append(d.ring, shell[after+1:]...)
			d.shells.remove(j)
			d.holes.remove(i)
			d.keep(d.tidy.tidy(d.ring, true))
			return true
		}
	}
	return false
}

func cover(loop []cell) (b [4]int32) {
	b = [4]int32{loop[0].x, loop[0].y, loop[0].x, loop[0].y}
	for _, p := range loop[1:] {
		b = [4]int32{min(b[0], p.x), min(b[1], p.y), max(b[2], p.x), max(b[3], p.y)}
	}
	return b
}

// firstCrossing finds where the edges of a shell and of a hole cross, by the places
// that they begin at. Loops that touch twice divide what they bound, as if they
// crossed.
func firstCrossing(shell, hole []cell, covered [4]int32) (at cell, after, inner int, crossed bool) {
	touched := false
	for i, a := range shell {
		b := shell[(i+1)%len(shell)]
		if max(a.x, b.x) < covered[0] || min(a.x, b.x) > covered[2] || max(a.y, b.y) < covered[1] || min(a.y, b.y) > covered[3] {
			continue
		}
		for j, c := range hole {
			e := hole[(j+1)%len(hole)]
			if max(c.x, e.x) < min(a.x, b.x) || min(c.x, e.x) > max(a.x, b.x) || max(c.y, e.y) < min(a.y, b.y) || min(c.y, e.y) > max(a.y, b.y) {
				continue
			}
			abc, abe, cea, ceb := turn(a, b, c), turn(a, b, e), turn(c, e, a), turn(c, e, b)
			if abc*abe > 0 || cea*ceb > 0 {
				continue
			}
			if abc*abe < 0 && cea*ceb < 0 {
				return cross(a, b, c, e), i, j, true
			}
			for _, end := range [4]cell{a, b, c, e} {
				if !onEdge(end, a, b) || !onEdge(end, c, e) {
					continue
				}
				if touched && end != at {
					return at, after, inner, true
				}
				at, after, inner, touched = end, i, j, true
			}
		}
	}
	return cell{}, 0, 0, false
}

// onEdge tells whether a place lies on an edge.
func onEdge(p, a, b cell) bool {
	return turn(a, b, p) == 0 && p.x >= min(a.x, b.x) && p.x <= max(a.x, b.x) && p.y >= min(a.y, b.y) && p.y <= max(a.y, b.y)
}

func (d *drawing) loop(l []cell) {
	d.command(moveTo, 1)
	d.step(l[0])
	d.command(lineTo, len(l)-1)
	for _, c := range l[1:] {
		d.step(c)
	}
	d.command(closePath, 1)
}
