package generalise

import (
	"slices"

	"github.com/paulmach/orb"
)

const (
	// longest is how many edges are looked at at once: Douglas and Peucker's method
	// takes quadratic time for combs and the like; so no line does.
	longest = 1024
	// touching is how near to a straight line a place counts as on it, metres: what
	// rounding leaves of coordinates of 20,000 km.
	touching = 1e-6
)

// thinning is one drawing of a mosaic.
type thinning struct {
	*Mosaic
	tolerance float64
	arcs      map[[3]int32][]int32 // thinned out, by their ends and the place after the first
	keep      []bool
	spans     [][2]int
}

// ring thins a ring out, arc by arc. It begins where it began, if that place is left.
func (t *thinning) ring(r *ring) []int32 {
	n := len(r.line)
	cuts := t.cuts(r.line)
	var out []int32
	for i, from := range cuts {
		to := cuts[(i+1)%len(cuts)]
		if to <= from {
			to += n
		}
		arc := make([]int32, 0, to-from+1)
		for at := from; at <= to; at++ {
			arc = append(arc, r.line[at%n])
		}
		thin := t.arc(arc)
		out = append(out, thin[:len(thin)-1]...)
	}
	if start := slices.Index(out, r.line[0]); start > 0 {
		out = slices.Concat(out[start:], out[:start])
	}
	return out
}

// cuts are where a ring falls into arcs: where lines meet or, with fewer than two
// such places, also at the place farthest from the one that there is or, without
// any, from the one furthest west.
func (t *thinning) cuts(line []int32) []int {
	var cuts []int
	for i, n := range line {
		if t.meets[n] {
			cuts = append(cuts, i)
		}
	}
	if len(cuts) > 1 {
		return cuts
	}
	from := 0
	if len(cuts) == 1 {
		from = cuts[0]
	} else {
		for i, n := range line {
			if t.order(n, line[from]) < 0 {
				from = i
			}
		}
	}
	far, most := from, -1.0
	for i, n := range line {
		d := squared(t.places[n], t.places[line[from]])
		if i != from && (d > most || d == most && t.order(n, line[far]) < 0) {
			far, most = i, d
		}
	}
	return []int{min(from, far), max(from, far)}
}

// arc thins an arc out, in the direction that is the same for all.
func (t *thinning) arc(line []int32) []int32 {
	last := len(line) - 1
	if last < 2 {
		return line
	}
	turned := t.order(line[0], line[last]) > 0 || line[0] == line[last] && t.order(line[1], line[last-1]) > 0
	if turned {
		slices.Reverse(line)
	}
	key := [3]int32{line[0], line[1], line[last]}
	thin, known := t.arcs[key]
	if !known {
		thin = t.thin(line)
		t.arcs[key] = thin
	}
	if turned {
		thin = slices.Clone(thin)
		slices.Reverse(thin)
	}
	return thin
}

func (t *thinning) thin(line []int32) []int32 {
	last := len(line) - 1
	t.keep = slices.Grow(t.keep[:0], last+1)[:last+1]
	clear(t.keep)
	t.keep[0], t.keep[last] = true, true
	t.spans = t.spans[:0]
	for from := 0; from < last; from += longest {
		to := min(from+longest, last)
		t.keep[to] = true
		t.spans = append(t.spans, [2]int{from, to})
	}
	for len(t.spans) > 0 {
		span := t.spans[len(t.spans)-1]
		t.spans = t.spans[:len(t.spans)-1]
		from, to := span[0], span[1]
		if to-from < 2 {
			continue
		}
		far, d := t.farthest(line, from, to)
		if d <= t.tolerance*t.tolerance && t.free(line[from:to+1]) && (from > 0 || to < last || !t.flattens(line)) {
			continue
		}
		t.keep[far] = true
		t.spans = append(t.spans, [2]int{from, far}, [2]int{far, to})
	}
	thin := make([]int32, 0, 8)
	for i, n := range line {
		if t.keep[i] {
			thin = append(thin, n)
		}
	}
	return thin
}

// farthest finds the place of a stretch farthest from the straight line between its
// ends, and the square of how far.
func (t *thinning) farthest(line []int32, from, to int) (far int, worst float64) {
	a, b := t.places[line[from]], t.places[line[to]]
	worst = -1
	for i := from + 1; i < to; i++ {
		if _, d := fromEdge(t.places[line[i]], a, b); d > worst {
			far, worst = i, d
		}
	}
	return far, worst
}

// free tells whether no other place lies between a stretch and the straight line
// between its ends, or on that line.
func (t *thinning) free(stretch []int32) bool {
	a, b := t.places[stretch[0]], t.places[stretch[len(stretch)-1]]
	box := orb.Bound{Min: a, Max: a}
	for _, n := range stretch {
		box = box.Extend(t.places[n])
	}
	reach := (t.tolerance + touching) * (t.tolerance + touching)
	free := true
	t.near.within(box.Pad(touching), func(w int32) bool {
		p := t.places[w]
		_, d := fromEdge(p, a, b)
		if d > reach || slices.Contains(stretch, w) {
			return true
		}
		free = d > touching*touching && !t.between(p, stretch)
		return free
	})
	return free
}

// between tells whether p lies inside the ring that a stretch and the straight line
// between its ends make, by whether a line from p eastwards meets it an odd number of
// times.
func (t *thinning) between(p orb.Point, stretch []int32) bool {
	inside := false
	a := t.places[stretch[len(stretch)-1]]
	for _, n := range stretch {
		b := t.places[n]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			inside = !inside
		}
		a = b
	}
	return inside
}

// flattens tells whether a straight line for an arc may leave a ring with nothing
// inside: all the places of the ring lie within the tolerance of that line. Places
// as they came, because those that others put on an edge depend on the others.
func (t *thinning) flattens(line []int32) bool {
	a, b := t.places[line[0]], t.places[line[len(line)-1]]
	for _, r := range t.of[edge(line[0], line[1])] {
		if !slices.ContainsFunc(r.given, func(n int32) bool {
			_, d := fromEdge(t.places[n], a, b)
			return d > t.tolerance*t.tolerance
		}) {
			return true
		}
	}
	return false
}
