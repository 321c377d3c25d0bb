package paper

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Hatch is a set of parallel lines that fills an area: what tells classes apart
// where colours are lost.
type Hatch struct {
	Angle   float64 // degrees, counter-clockwise from the horizontal
	Spacing float64 // millimetres
	Crossed bool    // also at right angles
}

// Lines are the hatch lines within an area by the even-odd rule. They lie on one
// grid of the whole paper, so that neighbours of one class look like one area.
func (h Hatch) Lines(area Path) Path {
	lines := h.lines(area, h.Angle)
	if h.Crossed {
		lines = append(lines, h.lines(area, h.Angle+90)...)
	}
	return lines
}

func (h Hatch) lines(area Path, angle float64) Path {
	if h.Spacing <= 0 {
		return nil
	}
	sin, cos := math.Sincos(-angle * math.Pi / 180) // y points downwards
	along := func(p orb.Point) float64 { return p[0]*cos + p[1]*sin }
	across := func(p orb.Point) float64 { return p[1]*cos - p[0]*sin }
	crossings := map[int][]float64{}
	for _, c := range area {
		for i := range c.Points {
			a, b := c.Points[i], c.Points[(i+1)%len(c.Points)]
			if across(a) > across(b) {
				a, b = b, a
			}
			from, to := across(a)/h.Spacing, across(b)/h.Spacing
			for row := int(math.Ceil(from)); float64(row) < to; row++ {
				share := (float64(row) - from) / (to - from)
				crossings[row] = append(crossings[row], along(a)+share*(along(b)-along(a)))
			}
		}
	}
	rows := make([]int, 0, len(crossings))
	for row := range crossings {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	var out Path
	for _, row := range rows {
		xs := crossings[row]
		slices.Sort(xs)
		y := float64(row) * h.Spacing
		for i := 0; i+1 < len(xs); i += 2 {
			if xs[i+1]-xs[i] > 0.05 {
				out = append(out, Contour{Points: []orb.Point{
					{xs[i]*cos - y*sin, xs[i]*sin + y*cos}, {xs[i+1]*cos - y*sin, xs[i+1]*sin + y*cos},
				}})
			}
		}
	}
	return out
}
