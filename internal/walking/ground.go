package walking

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// noFooting are roads that nobody steps onto but at a junction.
var noFooting = []string{"motorway", "motorway_link", "trunk", "trunk_link"}

// usable tells whether a road may be stepped onto from beside it: not an
// expressway, and not what passes above or below the ground.
func usable(way *network.Road) bool {
	return !way.Bridge && !way.Tunnel && way.Level == 0 && !slices.Contains(noFooting, way.Class)
}

// ground is what bars the straight way from a door to the street.
type ground struct {
	lines *network.Lines
	kinds []barKind
	open  points // where gates and roads lead through walls
}

// alongMetres is how far along a wall an opening may be from where a slanting way
// meets the wall.
const alongMetres = 6

// newGround prepares the barriers. A road that meets a wall leads through it,
// unless a closed gate stands there.
func newGround(m *material) *ground {
	g := &ground{lines: network.IndexLines(m.bars), kinds: m.kinds, open: points{}}
	closed := points{}
	for _, at := range m.closed {
		closed.add(at)
	}
	for _, at := range m.gates {
		g.open.add(at)
	}
	if !slices.Contains(m.kinds, wall) {
		return g
	}
	for i := range m.roads {
		r := &m.roads[i]
		if r.Bridge || r.Tunnel || r.Level != 0 {
			continue
		}
		for k := 1; k < len(r.Line); k++ {
			a, b := r.Line[k-1], r.Line[k]
			g.lines.Met(a, b, func(line int, from, to orb.Point) bool {
				at := meeting(a, b, from, to)
				if m.kinds[line] == wall && !closed.any(at, OpenMetres, func(orb.Point) bool { return true }) {
					g.open.add(at)
				}
				return true
			})
		}
	}
	return g
}

// clear tells whether nothing bars the straight way between two points (metres).
func (g *ground) clear(from, to orb.Point) bool {
	clear := true
	g.lines.Met(from, to, func(line int, a, b orb.Point) bool {
		clear = g.kinds[line] == wall && g.opens(from, to, meeting(from, to, a, b))
		return clear
	})
	return clear
}

// opens tells whether an opening lets the straight way through the wall that it
// meets at a point.
func (g *ground) opens(from, to, at orb.Point) bool {
	return g.open.any(at, alongMetres, func(opening orb.Point) bool {
		return apart(opening, between(from, to, along(opening, from, to))) <= OpenMetres
	})
}

// meeting is a point that two segments have in common, as far as they have one.
func meeting(a, b, c, d orb.Point) orb.Point {
	dx, dy := b[0]-a[0], b[1]-a[1]
	ex, ey := d[0]-c[0], d[1]-c[1]
	across := dx*ey - dy*ex
	if across == 0 { // parallel: where the second one begins
		return between(a, b, along(c, a, b))
	}
	t := ((c[0]-a[0])*ey - (c[1]-a[1])*ex) / across
	return between(a, b, min(1, max(0, t)))
}

func apart(a, b orb.Point) float64 { return math.Hypot(b[0]-a[0], b[1]-a[1]) }

func between(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// along is which part of the way from a to b is nearest to p.
func along(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	square := dx*dx + dy*dy
	if square == 0 {
		return 0
	}
	return min(1, max(0, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/square))
}

// points is an index of points in cells of alongMetres.
type points map[[2]int32][]orb.Point

func cellOf(at orb.Point) [2]int32 {
	return [2]int32{int32(math.Floor(at[0] / alongMetres)), int32(math.Floor(at[1] / alongMetres))}
}

func (s points) add(at orb.Point) {
	cell := cellOf(at)
	if !slices.Contains(s[cell], at) {
		s[cell] = append(s[cell], at)
	}
}

// any tells whether one of the points within reach (at most alongMetres) is what
// is asked for.
func (s points) any(at orb.Point, reach float64, is func(orb.Point) bool) bool {
	middle := cellOf(at)
	for dy := int32(-1); dy <= 1; dy++ {
		for dx := int32(-1); dx <= 1; dx++ {
			for _, p := range s[[2]int32{middle[0] + dx, middle[1] + dy}] {
				if apart(p, at) <= reach && is(p) {
					return true
				}
			}
		}
	}
	return false
}

func (s points) count() (n int) {
	for _, cell := range s {
		n += len(cell)
	}
	return n
}
