// Package generalise draws areas with fewer points for a small scale, so that what
// lay side by side still does. It knows planes and metres, no database and no map
// scale.
//
// The lines of all areas are cut into arcs where more than two of them meet, and
// every arc is thinned out once, whoever asks: neighbours get the same line. A
// stretch of an arc becomes straight where all its places lie within the tolerance
// (Douglas and Peucker, 1973) and where no place of any line lies between it and
// the straight line. Two lines that did not cross then do not cross afterwards (de
// Berg, van Kreveld and Schirra, 1998), although each is looked at by itself against
// the lines as they were. So what becomes of an area depends on nothing but the
// areas whose boxes meet its own, and a part can be drawn anew by itself.
package generalise

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// nodeMetres is how near a place of one line has to be to the straight edge of
// another to be taken as lying on it: an edge of a kilometre that is straight in
// degrees bends by so much in EPSG:3857.
const nodeMetres = 0.01

// Mosaic is a set of areas, prepared to be drawn with fewer points. It is not safe
// for concurrent use.
type Mosaic struct {
	places []orb.Point // each once
	shapes [][][]*ring // by shape and polygon, the shell first
	rings  []*ring
	meets  []bool               // by place: more than two edges end there
	of     map[[2]int32][]*ring // rings by their edges, the lower place first
	near   grid
}

// ring is a closed line; its places are numbers, the first is not repeated.
type ring struct {
	given []int32 // as it came
	line  []int32 // with the places of others that lie on its edges
}

// New prepares areas whose coordinates are metres of a plane. Each has to be valid
// (OGC); they may touch, overlap and be empty. It takes time in proportion to n log n
// for n places that are spread evenly.
func New(shapes []orb.MultiPolygon) *Mosaic {
	m := &Mosaic{shapes: make([][][]*ring, len(shapes)), of: map[[2]int32][]*ring{}}
	numbers := map[orb.Point]int32{}
	for i, shape := range shapes {
		for _, polygon := range shape {
			var rings []*ring
			for j, r := range polygon {
				numbered := m.number(r, numbers)
				if len(numbered) < 3 {
					if j == 0 {
						break
					}
					continue
				}
				rings = append(rings, &ring{given: numbered})
			}
			if len(rings) > 0 {
				m.shapes[i] = append(m.shapes[i], rings)
				m.rings = append(m.rings, rings...)
			}
		}
	}
	m.near = newGrid(m.places)
	m.node()
	m.join()
	return m
}

// number gives every place a number, without those that repeat the one before.
func (m *Mosaic) number(r orb.Ring, numbers map[orb.Point]int32) []int32 {
	line := make([]int32, 0, len(r))
	for _, p := range r {
		p[0], p[1] = p[0]+0, p[1]+0 // no negative zeros
		n, known := numbers[p]
		if !known {
			n = int32(len(m.places))
			m.places = append(m.places, p)
			numbers[p] = n
		}
		if len(line) == 0 || line[len(line)-1] != n {
			line = append(line, n)
		}
	}
	for len(line) > 1 && line[0] == line[len(line)-1] {
		line = line[:len(line)-1]
	}
	return line
}

// node puts the places of other lines that lie on an edge into it.
func (m *Mosaic) node() {
	type on struct {
		place int32
		at    float64
	}
	own := make([]int32, len(m.places)) // the last ring that a place was seen in
	var found []on
	for number, r := range m.rings {
		for _, n := range r.given {
			own[n] = int32(number) + 1
		}
		r.line = make([]int32, 0, len(r.given))
		for i, u := range r.given {
			v := r.given[(i+1)%len(r.given)]
			r.line = append(r.line, u)
			found = found[:0]
			a, b := m.places[u], m.places[v]
			m.near.within(orb.Bound{Min: a, Max: a}.Extend(b).Pad(nodeMetres), func(w int32) bool {
				p := m.places[w]
				if own[w] == int32(number)+1 || squared(p, a) <= nodeMetres*nodeMetres || squared(p, b) <= nodeMetres*nodeMetres {
					return true
				}
				if along, d := fromEdge(p, a, b); along > 0 && along < 1 && d <= nodeMetres*nodeMetres {
					found = append(found, on{w, along})
				}
				return true
			})
			slices.SortFunc(found, func(x, y on) int {
				return cmp.Or(cmp.Compare(x.at, y.at), m.order(x.place, y.place))
			})
			for _, f := range found {
				r.line = append(r.line, f.place)
			}
		}
	}
}

// join finds where lines meet, and which rings an edge belongs to.
func (m *Mosaic) join() {
	const none = -1
	m.meets = make([]bool, len(m.places))
	others := make([][2]int32, len(m.places))
	for i := range others {
		others[i] = [2]int32{none, none}
	}
	link := func(u, v int32) {
		o := &others[u]
		switch {
		case o[0] == none || o[0] == v:
			o[0] = v
		case o[1] == none || o[1] == v:
			o[1] = v
		default:
			m.meets[u] = true
		}
	}
	for _, r := range m.rings {
		for i, u := range r.line {
			v := r.line[(i+1)%len(r.line)]
			link(u, v)
			link(v, u)
			e := edge(u, v)
			m.of[e] = append(m.of[e], r)
		}
	}
}

func edge(u, v int32) [2]int32 { return [2]int32{min(u, v), max(u, v)} }

// order compares places by where they are; their numbers depend on who else is there.
func (m *Mosaic) order(u, v int32) int {
	a, b := m.places[u], m.places[v]
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}

// Simplify draws the first so many of the areas with so few points that no line lies
// further than tolerance (metres) from where it was; the other areas are there as
// neighbours. Parts and holes of less than least square metres go, and an area of
// which nothing is left is nil. Lines that neighbours share stay the same for both,
// valid areas stay valid, and areas that did not overlap do not. The same areas give
// the same answer, in whatever order they and their neighbours stand.
func (m *Mosaic) Simplify(first int, tolerance, least float64) []orb.MultiPolygon {
	t := thinning{Mosaic: m, tolerance: tolerance, arcs: map[[3]int32][]int32{}}
	out := make([]orb.MultiPolygon, first)
	for i, shape := range m.shapes[:first] {
		for _, polygon := range shape {
			var drawn orb.Polygon
			for j, r := range polygon {
				line := t.ring(r)
				if len(line) >= 3 && m.area(line) >= least {
					drawn = append(drawn, m.closed(line))
				} else if j == 0 {
					break
				}
			}
			if len(drawn) > 0 {
				out[i] = append(out[i], drawn)
			}
		}
	}
	return out
}

// area is that of a ring, exactly the same for a hole and what fills it.
func (m *Mosaic) area(line []int32) float64 {
	n := len(line)
	from := 0
	for i := range line {
		if m.order(line[i], line[from]) < 0 {
			from = i
		}
	}
	step := 1
	if m.order(line[(from+1)%n], line[(from+n-1)%n]) > 0 {
		step = n - 1
	}
	o := m.places[line[from]]
	sum := 0.0
	for i, at := 2, (from+step)%n; i < n; i++ {
		next := (at + step) % n
		a, b := m.places[line[at]], m.places[line[next]]
		sum += (a[0]-o[0])*(b[1]-o[1]) - (a[1]-o[1])*(b[0]-o[0])
		at = next
	}
	return max(sum, -sum) / 2
}

func (m *Mosaic) closed(line []int32) orb.Ring {
	r := make(orb.Ring, 0, len(line)+1)
	for _, n := range line {
		r = append(r, m.places[n])
	}
	return append(r, r[0])
}

func squared(a, b orb.Point) float64 {
	dx, dy := a[0]-b[0], a[1]-b[1]
	return dx*dx + dy*dy
}

// fromEdge tells where on the edge from a to b (0 … 1) the place nearest to p is,
// and the square of how far p is from it.
func fromEdge(p, a, b orb.Point) (along, d float64) {
	dx, dy := b[0]-a[0], b[1]-a[1]
	length := dx*dx + dy*dy
	if length == 0 {
		return 0, squared(p, a)
	}
	along = ((p[0]-a[0])*dx + (p[1]-a[1])*dy) / length
	switch {
	case along <= 0:
		return along, squared(p, a)
	case along >= 1:
		return along, squared(p, b)
	}
	cross := (p[0]-a[0])*dy - (p[1]-a[1])*dx
	return along, cross * cross / length
}
