package atlas

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// label is a text that wants a place on the map.
type label struct {
	lines    []string
	size     float64 // of the em, mm
	colour   string
	bold     bool
	priority int        // the higher is placed first
	name     string     // what to list when there is no room; "" need not be
	spots    []spot     // where it may stand, the best first
	leader   *orb.Point // where a leader line ends, for spots that have one
}

// spot is a place for a label: the middle of its box.
type spot struct {
	at     orb.Point
	angle  float64 // degrees, counter-clockwise
	leader bool
}

// tile is a box that may be turned.
type tile struct {
	at       orb.Point
	halfW    float64
	halfH    float64
	sin, cos float64
	bound    orb.Bound
}

func newTile(at orb.Point, width, height, angle float64) tile {
	t := tile{at: at, halfW: width / 2, halfH: height / 2}
	t.sin, t.cos = math.Sincos(-angle * math.Pi / 180)
	dx := math.Abs(t.cos)*t.halfW + math.Abs(t.sin)*t.halfH
	dy := math.Abs(t.sin)*t.halfW + math.Abs(t.cos)*t.halfH
	t.bound = orb.Bound{Min: orb.Point{at[0] - dx, at[1] - dy}, Max: orb.Point{at[0] + dx, at[1] + dy}}
	return t
}

// overlaps is the separating axis test.
func (t tile) overlaps(o tile) bool {
	if !meets(t.bound, o.bound) {
		return false
	}
	d := orb.Point{o.at[0] - t.at[0], o.at[1] - t.at[1]}
	for _, axis := range []orb.Point{{t.cos, t.sin}, {-t.sin, t.cos}, {o.cos, o.sin}, {-o.sin, o.cos}} {
		reach := t.reach(axis) + o.reach(axis)
		if math.Abs(d[0]*axis[0]+d[1]*axis[1]) >= reach {
			return false
		}
	}
	return true
}

func (t tile) reach(axis orb.Point) float64 {
	return math.Abs(t.cos*axis[0]+t.sin*axis[1])*t.halfW + math.Abs(-t.sin*axis[0]+t.cos*axis[1])*t.halfH
}

// labels places labels: greedily by priority, then makes room for those left by
// moving one that stands in the way.
type labels struct {
	frame     orb.Bound // boxes stay inside
	measure   func(text string, size float64) float64
	wanted    []label
	obstacles []tile
	placed    []placement // after place
	left      []label     // without a place, after place
}

type placement struct {
	label label
	spot  spot
	tile  tile
}

const lineHeight = 1.22 // of the size

func (l *labels) add(one label) { l.wanted = append(l.wanted, one) }

// block keeps labels away from a box.
func (l *labels) block(at orb.Point, width, height float64) {
	l.obstacles = append(l.obstacles, newTile(at, width, height, 0))
}

func (l *labels) box(one label, s spot) tile {
	width := 0.0
	for _, line := range one.lines {
		width = math.Max(width, l.measure(line, one.size))
	}
	return newTile(s.at, width+0.5, float64(len(one.lines))*one.size*lineHeight+0.2, s.angle)
}

func (l *labels) place() {
	slices.SortStableFunc(l.wanted, func(a, b label) int { return b.priority - a.priority })
	for _, one := range l.wanted {
		if !l.tryFree(one, true) && !l.tryMoving(one) {
			l.left = append(l.left, one)
		}
	}
}

func (l *labels) tryFree(one label, leaders bool) bool {
	for _, s := range one.spots {
		if s.leader && !leaders {
			continue
		}
		if t := l.box(one, s); within(t.bound, l.frame) && l.blockers(t, 1) == nil && !l.hitsObstacle(t) {
			l.placed = append(l.placed, placement{one, s, t})
			return true
		}
	}
	return false
}

// tryMoving places a label where only one other stands that can go elsewhere, but
// not out of its area.
func (l *labels) tryMoving(one label) bool {
	for _, s := range one.spots {
		t := l.box(one, s)
		if !within(t.bound, l.frame) || l.hitsObstacle(t) {
			continue
		}
		in := l.blockers(t, 2)
		if len(in) != 1 {
			continue
		}
		other := l.placed[in[0]]
		l.placed[in[0]] = placement{one, s, t}
		if l.tryFree(other.label, other.spot.leader) {
			return true
		}
		l.placed[in[0]] = other
	}
	return false
}

// blockers are the placed labels that a box overlaps, up to a number of them.
func (l *labels) blockers(t tile, most int) []int {
	var out []int
	for i := range l.placed {
		if t.overlaps(l.placed[i].tile) {
			if out = append(out, i); len(out) == most {
				return out
			}
		}
	}
	return out
}

func (l *labels) hitsObstacle(t tile) bool {
	for i := range l.obstacles {
		if t.overlaps(l.obstacles[i]) {
			return true
		}
	}
	return false
}

// draw draws what was placed.
func (l *labels) draw(s paper.Surface) {
	for _, p := range l.placed {
		if p.spot.leader && p.label.leader != nil {
			s.Stroke(paper.Line(*p.label.leader, nearest(p.tile.bound, *p.label.leader)), paper.Stroke{Width: 0.18, Colour: paper.Hex("#55554f")})
		}
	}
	for _, p := range l.placed {
		n, size := len(p.label.lines), p.label.size
		for i, line := range p.label.lines {
			width := l.measure(line, size)
			// The middle of the line, down from the middle of the box.
			down := (float64(i)-float64(n-1)/2)*size*lineHeight + size*0.36
			x, y := -width/2, down
			s.Text(paper.Text{
				X: p.tile.at[0] + x*p.tile.cos - y*p.tile.sin, Y: p.tile.at[1] + x*p.tile.sin + y*p.tile.cos,
				String: line, Size: size, Angle: p.spot.angle, Colour: paper.Hex(p.label.colour), Halo: 0.14 * size, Bold: p.label.bold,
			})
		}
	}
}

// nearest is the point of a box that is nearest to another.
func nearest(b orb.Bound, p orb.Point) orb.Point {
	return orb.Point{math.Max(b.Min[0], math.Min(b.Max[0], p[0])), math.Max(b.Min[1], math.Min(b.Max[1], p[1]))}
}
