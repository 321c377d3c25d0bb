package mvt

import (
	"cmp"
	"slices"
)

// loops are closed lines on the grid, one after the other; the first place of each
// is not repeated.
type loops struct {
	cells []cell
	ends  []int
}

func (l *loops) reset() { l.cells, l.ends = l.cells[:0], l.ends[:0] }

func (l *loops) loop(i int) []cell {
	from := 0
	if i > 0 {
		from = l.ends[i-1]
	}
	return l.cells[from:l.ends[i]]
}

// remove takes a loop away.
func (l *loops) remove(i int) {
	from := 0
	if i > 0 {
		from = l.ends[i-1]
	}
	gone := l.ends[i] - from
	l.cells = slices.Delete(l.cells, from, l.ends[i])
	l.ends = slices.Delete(l.ends, i, i+1)
	for j := i; j < len(l.ends); j++ {
		l.ends[j] -= gone
	}
}

// area2 is twice the area of a loop, positive where it runs clockwise on the
// screen, y down: the surveyor's formula of the specification.
func area2(loop []cell) int64 {
	var sum int64
	before := loop[len(loop)-1]
	for _, p := range loop {
		sum += int64(before.x)*int64(p.y) - int64(p.x)*int64(before.y)
		before = p
	}
	return sum
}

// turn tells to which side of a→b the place c lies: the sign of the cross product.
func turn(a, b, c cell) int {
	return cmp.Compare(int64(b.x-a.x)*int64(c.y-a.y), int64(b.y-a.y)*int64(c.x-a.x))
}

// knot is where two edges of a loop meet that do not follow each other.
type knot struct {
	edge int32
	at   cell
}

// tidier makes simple loops of one that has been snapped: snapping can lay places
// on each other or on edges, and edges across each other.
type tidier struct {
	order  []int32
	knots  []knot
	walk   []cell
	stack  []cell
	seen   map[cell]int32
	out    loops
	active []int32
	edges  []edgeBound
}

// mostKnots is how many knots to an edge are taken apart.
const mostKnots = 16

// rounds bounds how often new crossings, which the rounding of crossings may bring,
// are looked for.
const rounds = 4

// few is up to how many edges of a loop each is looked at with each other one.
const few = 24

// edgeBound is what an edge covers.
type edgeBound struct{ minX, minY, maxX, maxY int32 }

func (b *edgeBound) meets(o *edgeBound) bool {
	return b.minX <= o.maxX && b.maxX >= o.minX && b.minY <= o.maxY && b.maxY >= o.minY
}

// bounds notes what each edge of a loop covers.
func (t *tidier) bounds(loop []cell) {
	t.edges = t.edges[:0]
	for i, a := range loop {
		b := loop[0]
		if i+1 < len(loop) {
			b = loop[i+1]
		}
		t.edges = append(t.edges, edgeBound{min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y)})
	}
}

// tidy yields the simple loops that make up a loop: those that turn as it does as
// a whole, and others inside of those, which are holes. It is clockwise where
// outer, else the other way round. The result is valid until the next call.
func (t *tidier) tidy(loop []cell, outer bool) *loops {
	t.out.reset()
	loop = t.straighten(loop)
	if len(loop) < 3 {
		return &t.out
	}
	plain := true
	for range rounds {
		if !t.findKnots(loop) {
			break
		}
		if len(t.knots) > mostKnots*len(loop) { // no snapping makes so many: it was tangled before
			plain = true
			break
		}
		plain = false
		if len(t.knots) == 0 { // only places upon places: the walk takes them apart
			break
		}
		loop = t.tie(loop)
	}
	if plain {
		if a := area2(loop); a != 0 && a > 0 == outer {
			t.out.cells = append(t.out.cells, loop...)
			t.out.ends = append(t.out.ends, len(t.out.cells))
		}
		return &t.out
	}
	t.takeApart(loop, outer)
	return &t.out
}

// straighten copies a loop without places that repeat, and without spikes.
func (t *tidier) straighten(loop []cell) []cell {
	w := t.walk[:0]
	for _, p := range loop {
		w = append(w, p)
		for len(w) >= 2 && spike(&w) {
		}
	}
	// The seam.
	for changed := true; changed && len(w) >= 2; {
		changed = false
		switch n := len(w); {
		case w[0] == w[n-1]:
			w, changed = w[:n-1], true
		case n >= 3 && back(w[n-2], w[n-1], w[0]):
			w, changed = w[:n-1], true
		case n >= 3 && back(w[n-1], w[0], w[1]):
			w, changed = append(w[:0], w[1:]...), true
		}
	}
	t.walk = w
	return w
}

// spike drops the last place but one where the line turns back on itself there,
// or the last where it repeats the one before.
func spike(w *[]cell) bool {
	s := *w
	n := len(s)
	if s[n-1] == s[n-2] {
		*w = s[:n-1]
		return false
	}
	if n >= 3 && back(s[n-3], s[n-2], s[n-1]) {
		s[n-2] = s[n-1]
		*w = s[:n-1]
		return true
	}
	return false
}

// back tells whether a→b→c turns back at b.
func back(a, b, c cell) bool {
	return turn(a, b, c) == 0 && int64(b.x-a.x)*int64(c.x-b.x)+int64(b.y-a.y)*int64(c.y-b.y) < 0
}

// findKnots notes where edges cross or touch, and tells whether there is anything
// to take apart.
func (t *tidier) findKnots(loop []cell) bool {
	t.knots = t.knots[:0]
	n := int32(len(loop))
	tangled := false
	edge := func(i int32) (cell, cell) {
		if i+1 == n {
			return loop[i], loop[0]
		}
		return loop[i], loop[i+1]
	}
	look := func(i, j int32) {
		a, b := edge(i)
		c, d := edge(j)
		if b == c && a != d { // they follow each other, and no spike is left
			return
		}
		if a == d && b != c {
			return
		}
		if len(t.knots) <= mostKnots*len(loop) {
			tangled = t.meet(i, j, a, b, c, d) || tangled
		}
	}
	t.bounds(loop)
	if n <= few {
		for i := range n - 2 {
			// The next edge only follows this one, and the last is followed by the first.
			for j := i + 2; j < n; j++ {
				if t.edges[i].meets(&t.edges[j]) {
					look(i, j)
				}
			}
		}
		return tangled
	}
	// A sweep from the west over the edges' western ends.
	t.order = t.order[:0]
	for i := range n {
		t.order = append(t.order, i)
	}
	slices.SortFunc(t.order, func(i, j int32) int {
		return cmp.Or(cmp.Compare(t.edges[i].minX, t.edges[j].minX), cmp.Compare(i, j))
	})
	t.active = t.active[:0]
	for _, i := range t.order {
		kept := t.active[:0]
		for _, j := range t.active {
			if t.edges[j].maxX >= t.edges[i].minX {
				kept = append(kept, j)
				if t.edges[i].meets(&t.edges[j]) {
					look(min(i, j), max(i, j))
				}
			}
		}
		t.active = append(kept, i)
	}
	return tangled
}

// meet notes the knots of two edges that do not merely follow each other.
func (t *tidier) meet(i, j int32, a, b, c, d cell) (tangled bool) {
	abc, abd, cda, cdb := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	if abc*abd > 0 || cda*cdb > 0 {
		return false
	}
	if abc*abd < 0 && cda*cdb < 0 { // they cross
		at := cross(a, b, c, d)
		if at != a && at != b {
			t.knots = append(t.knots, knot{i, at})
		}
		if at != c && at != d {
			t.knots = append(t.knots, knot{j, at})
		}
		return true
	}
	// An end lies on the other edge, or is one of its ends.
	on := func(p, a, b cell, edge int32, side int) {
		if side != 0 || p.x < min(a.x, b.x) || p.x > max(a.x, b.x) || p.y < min(a.y, b.y) || p.y > max(a.y, b.y) {
			return
		}
		tangled = true
		if p != a && p != b {
			t.knots = append(t.knots, knot{edge, p})
		}
	}
	on(c, a, b, i, abc)
	on(d, a, b, i, abd)
	on(a, c, d, j, cda)
	on(b, c, d, j, cdb)
	return tangled
}

// cross is the place of the grid nearest to where two edges cross.
func cross(a, b, c, d cell) cell {
	p, q := float64(b.x-a.x), float64(b.y-a.y)
	r, s := float64(d.x-c.x), float64(d.y-c.y)
	t := (float64(c.x-a.x)*s - float64(c.y-a.y)*r) / (p*s - q*r)
	return snap(point{float64(a.x) + t*p, float64(a.y) + t*q})
}

// tie puts the knots into the loop as places of their edges.
func (t *tidier) tie(loop []cell) []cell {
	slices.SortFunc(t.knots, func(k, l knot) int {
		if k.edge != l.edge {
			return cmp.Compare(k.edge, l.edge)
		}
		a := loop[k.edge]
		return cmp.Compare(square(a, k.at), square(a, l.at))
	})
	tied := make([]cell, 0, len(loop)+len(t.knots))
	k := 0
	for i, p := range loop {
		tied = append(tied, p)
		for ; k < len(t.knots) && t.knots[k].edge == int32(i); k++ {
			if at := t.knots[k].at; at != tied[len(tied)-1] {
				tied = append(tied, at)
			}
		}
	}
	return t.straighten(tied)
}

func square(a, b cell) int64 {
	dx, dy := int64(a.x-b.x), int64(a.y-b.y)
	return dx*dx + dy*dy
}

// takeApart walks a loop and closes a simple one whenever it comes to a place again.
func (t *tidier) takeApart(loop []cell, outer bool) {
	if t.seen == nil {
		t.seen = map[cell]int32{}
	}
	clear(t.seen)
	t.stack = t.stack[:0]
	var against loops // those that turn the other way
	put := func(simple []cell) {
		if len(simple) < 3 {
			return
		}
		switch a := area2(simple); {
		case a == 0:
		case a > 0 == outer:
			t.out.cells = append(t.out.cells, simple...)
			t.out.ends = append(t.out.ends, len(t.out.cells))
		default:
			against.cells = append(against.cells, simple...)
			against.ends = append(against.ends, len(against.cells))
		}
	}
	for _, p := range loop {
		if at, again := t.seen[p]; again {
			put(t.stack[at:])
			for _, gone := range t.stack[at+1:] {
				delete(t.seen, gone)
			}
			t.stack = t.stack[:at+1]
			continue
		}
		t.seen[p] = int32(len(t.stack))
		t.stack = append(t.stack, p)
	}
	put(t.stack)
	// What turns the other way inside another is left out of it; what does so
	// outside is a fold of a thin place and shows nothing.
	simple := len(t.out.ends)
	for i := range against.ends {
		hole := against.loop(i)
		for j := range simple {
			if loopHolds(t.out.loop(j), hole) {
				t.out.cells = append(t.out.cells, hole...)
				t.out.ends = append(t.out.ends, len(t.out.cells))
				break
			}
		}
	}
}

// loopHolds tells whether the inner loop lies inside the outer one, which it does
// not cross: told by the first of its places that is not on the outer one's line,
// or else by the middle of an edge.
func loopHolds(outer, inner []cell) bool {
	before := inner[len(inner)-1]
	for _, p := range inner {
		if side := holds(outer, 2*p.x, 2*p.y); side != 0 {
			return side > 0
		}
		if side := holds(outer, before.x+p.x, before.y+p.y); side != 0 {
			return side > 0
		}
		before = p
	}
	return false
}

// holds tells whether a place (in half units) is inside a loop (1), on its line (0)
// or outside (-1).
func holds(loop []cell, x, y int32) int {
	inside := false
	a := loop[len(loop)-1]
	for _, b := range loop {
		ax, ay, bx, by := 2*int64(a.x), 2*int64(a.y), 2*int64(b.x), 2*int64(b.y)
		px, py := int64(x), int64(y)
		side := (bx-ax)*(py-ay) - (by-ay)*(px-ax)
		if side == 0 && px >= min(ax, bx) && px <= max(ax, bx) && py >= min(ay, by) && py <= max(ay, by) {
			return 0
		}
		if (ay > py) != (by > py) && (side > 0) == (by > ay) {
			inside = !inside
		}
		a = b
	}
	if inside {
		return 1
	}
	return -1
}
