package atlas

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// areaSpots are places for the label of an area: its middle, other places
// inside, then outside with a leader line. The second result is where leaders
// end.
func (m *mapDrawing) areaSpots(s shape, width, height float64) ([]spot, *orb.Point) {
	path, seen := m.areaPath(s)
	if !seen {
		return nil, nil
	}
	var visible paper.Path
	for _, c := range path {
		if cut := clipRing(c.Points, m.view.frame); len(cut) > 2 {
			visible = append(visible, paper.Contour{Points: cut, Closed: true})
		}
	}
	inner := innerPoints(visible)
	if len(inner) == 0 {
		return nil, nil
	}
	var out []spot
	for _, p := range inner {
		out = append(out, spot{at: p})
	}
	best := inner[0]
	b := visible.Bound()
	if b.Max[0]-b.Min[0] > 60 || b.Max[1]-b.Min[1] > 60 {
		return out, &best // a line out of so large an area says little
	}
	gaps := []float64{1.5, 5, 10, 16, 24}
	if m.view.scale > 5_000 { // among many small areas a long line leads nowhere
		gaps = gaps[:2]
	}
	for _, gap := range gaps {
		for _, d := range around {
			out = append(out, spot{leader: true, at: orb.Point{
				best[0] + d[0]*((b.Max[0]-b.Min[0])/2+gap+width/2), best[1] + d[1]*((b.Max[1]-b.Min[1])/2+gap+height/2),
			}})
		}
	}
	return out, &best
}

// around are the directions in which labels give way.
var around = []orb.Point{{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}}

// innerPoints are points inside an area, those farthest from its border first.
func innerPoints(path paper.Path) []orb.Point {
	b := path.Bound()
	if !(b.Min[0] <= b.Max[0]) {
		return nil
	}
	const steps = 9
	type candidate struct {
		at   orb.Point
		deep float64
	}
	var inside []candidate
	for i := range steps {
		for j := range steps {
			p := orb.Point{
				b.Min[0] + (float64(i)+0.5)/steps*(b.Max[0]-b.Min[0]),
				b.Min[1] + (float64(j)+0.5)/steps*(b.Max[1]-b.Min[1]),
			}
			deep := depth(path, p)
			if deep > 0 {
				inside = append(inside, candidate{p, deep})
			}
		}
	}
	if len(inside) == 0 { // thinner than the grid
		return []orb.Point{b.Center()}
	}
	slices.SortStableFunc(inside, func(a, b candidate) int { return cmp.Compare(b.deep, a.deep) })
	out := make([]orb.Point, len(inside))
	for i, c := range inside {
		out[i] = c.at
	}
	return out
}

// depth is how far inside an area a point lies: 0 outside. Width counts double, as
// texts are wide.
func depth(path paper.Path, p orb.Point) float64 {
	in, least := false, math.Inf(1)
	for _, c := range path {
		for i, j := 0, len(c.Points)-1; i < len(c.Points); j, i = i, i+1 {
			a, b := c.Points[i], c.Points[j]
			if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
				in = !in
			}
			least = math.Min(least, toSegment(p, a, b))
		}
	}
	if !in {
		return 0
	}
	return least
}

func toSegment(p, a, b orb.Point) float64 {
	dx, dy := (b[0]-a[0])/2, b[1]-a[1]
	px, py := (p[0]-a[0])/2, p[1]-a[1]
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = math.Max(0, math.Min(1, (px*dx+py*dy)/d))
	}
	return math.Hypot(px-t*dx, py-t*dy)
}

// pointSpots are places around a symbol.
func pointSpots(at orb.Point, radius, width, height float64) []spot {
	var out []spot
	for _, gap := range []float64{0.4, 3, 7} {
		for _, d := range around {
			out = append(out, spot{leader: gap > 1, at: orb.Point{at[0] + d[0]*(radius+gap+width/2), at[1] + d[1]*(radius+gap+height/2)}})
		}
	}
	return out
}

// lineSpots are places along a line that is straight enough for a text.
func lineSpots(runs [][]orb.Point, width float64) []spot {
	var out []spot
	for _, run := range runs {
		total := lengthOf(run)
		if total < width*1.15 {
			continue
		}
		for _, share := range []float64{0.5, 0.3, 0.7, 0.15, 0.85} {
			from, to := share*total-width/2, share*total+width/2
			if from < 0 || to > total {
				continue
			}
			a, b := along(run, from), along(run, to)
			chord := math.Hypot(b[0]-a[0], b[1]-a[1])
			middle := along(run, (from+to)/2)
			bow := math.Hypot(middle[0]-(a[0]+b[0])/2, middle[1]-(a[1]+b[1])/2)
			if chord < 0.97*width || bow > 0.9 {
				continue
			}
			angle := -math.Atan2(b[1]-a[1], b[0]-a[0]) * 180 / math.Pi
			if angle > 90 {
				angle -= 180
			} else if angle <= -90 {
				angle += 180
			}
			out = append(out, spot{at: middle, angle: angle})
		}
	}
	return out
}

func lengthOf(line []orb.Point) float64 {
	var sum float64
	for i := 1; i < len(line); i++ {
		sum += math.Hypot(line[i][0]-line[i-1][0], line[i][1]-line[i-1][1])
	}
	return sum
}

func along(line []orb.Point, distance float64) orb.Point {
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		d := math.Hypot(b[0]-a[0], b[1]-a[1])
		if distance <= d && d > 0 {
			t := distance / d
			return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
		}
		distance -= d
	}
	return line[len(line)-1]
}
