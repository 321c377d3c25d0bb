package paper

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/font"
)

// evenOdd turns rings so that the non-zero rule gives what the even-odd rule
// does, for rings that do not cross each other: those inside an even number of
// others run one way, those inside an odd number the other.
func evenOdd(rings [][]orb.Point) [][]orb.Point {
	out := make([][]orb.Point, len(rings))
	for i, ring := range rings {
		depth := 0
		for j, other := range rings {
			if i != j && len(ring) > 0 && inside(other, ring[0]) {
				depth++
			}
		}
		out[i] = ring
		if (area(ring) > 0) == (depth%2 == 1) {
			out[i] = reversed(ring)
		}
	}
	return out
}

func inside(ring []orb.Point, p orb.Point) bool {
	in := false
	for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
		a, b := ring[i], ring[j]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}

func area(ring []orb.Point) float64 {
	var sum float64
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		sum += a[0]*b[1] - b[0]*a[1]
	}
	return sum / 2
}

func reversed(ring []orb.Point) []orb.Point {
	out := make([]orb.Point, len(ring))
	for i, p := range ring {
		out[len(ring)-1-i] = p
	}
	return out
}

// dashed cuts a line into its strokes.
func dashed(points []orb.Point, dash []float64) [][]orb.Point {
	var total float64
	for _, d := range dash {
		total += d
	}
	if total <= 0 || len(points) < 2 {
		return [][]orb.Point{points}
	}
	var out [][]orb.Point
	at, left, on := 0, dash[0], true
	run := []orb.Point{points[0]}
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := math.Hypot(b[0]-a[0], b[1]-a[1])
		for done := 0.0; done < length; {
			step := math.Min(left, length-done)
			done, left = done+step, left-step
			p := orb.Point{a[0] + (b[0]-a[0])*done/length, a[1] + (b[1]-a[1])*done/length}
			if on {
				run = append(run, p)
			}
			if left > 1e-9 {
				continue
			}
			if on && len(run) > 1 {
				out = append(out, run)
			}
			at, on = (at+1)%len(dash), !on
			left, run = dash[at], []orb.Point{p}
		}
	}
	if on && len(run) > 1 {
		out = append(out, run)
	}
	return out
}

// outlineOf is what a stroke of half a width covers: a rectangle along each
// segment and a disc at each corner, all wound alike, so that they add up under
// the non-zero rule.
func outlineOf(points []orb.Point, half float64, round bool) [][]orb.Point {
	var out [][]orb.Point
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := math.Hypot(b[0]-a[0], b[1]-a[1])
		if length < 1e-12 {
			continue
		}
		nx, ny := -(b[1]-a[1])/length*half, (b[0]-a[0])/length*half
		out = append(out, []orb.Point{{a[0] + nx, a[1] + ny}, {a[0] - nx, a[1] - ny}, {b[0] - nx, b[1] - ny}, {b[0] + nx, b[1] + ny}})
	}
	corners := 12
	if half < 0.15 {
		corners = 6
	}
	for i, p := range points {
		first, last := i == 0, i == len(points)-1
		ring := len(points) > 2 && points[0] == points[len(points)-1]
		if (first || last) && !round && !ring {
			continue
		}
		out = append(out, Regular(p, half, corners, 0)[0].Points)
	}
	return out
}

// flatten takes the outline of a glyph to rings of short lines.
func flatten(o font.Outline, place func([2]float64) orb.Point) [][]orb.Point {
	var out [][]orb.Point
	var last [2]float64
	for _, s := range o {
		end := s.Points[0]
		switch {
		case s.Op == 'M':
			out = append(out, []orb.Point{place(end)})
		case len(out) == 0:
			continue
		case s.Op == 'L':
			out[len(out)-1] = append(out[len(out)-1], place(end))
		case s.Op == 'Q':
			control := s.Points[0]
			end = s.Points[1]
			const steps = 4
			for i := 1; i <= steps; i++ {
				t := float64(i) / steps
				u := 1 - t
				out[len(out)-1] = append(out[len(out)-1], place([2]float64{
					u*u*last[0] + 2*u*t*control[0] + t*t*end[0], u*u*last[1] + 2*u*t*control[1] + t*t*end[1],
				}))
			}
		}
		last = end
	}
	return out
}
