// Package terrain holds heights of the ground on regular grids and tells the
// height of any place between them, with the noise of an elevation model
// smoothed and its voids kept as unknown. It must never read files, know of a
// database or invent a height where none was measured.
package terrain

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Grid is a regular grid of heights in metres. The samples are points: sample
// (row, col) lies at West + col·StepX, North − row·StepY, so that a model whose
// samples are areas gives the middle of its first one. The unit is degrees of
// longitude and latitude or metres of a projection. A grid does not change once
// it is made; any number of goroutines may read it.
type Grid struct {
	West, North  float64 // of the first sample
	StepX, StepY float64 // between samples, both positive: rows go south
	Cols, Rows   int
	Heights      []float32 // row by row; NaN where unknown
}

// mostSamples bounds a grid: ten tiles of one degree by one second.
const mostSamples = 130_000_000

// New checks a grid: it has at least two by two samples, steps and corner are
// finite numbers that make sense, and the heights are as many as it says.
// Infinite heights, and those that are not on Earth, become unknown.
func New(west, north, stepX, stepY float64, cols, rows int, heights []float32) (*Grid, error) {
	switch {
	case !finite(west) || !finite(north):
		return nil, fmt.Errorf("the corner of the grid, %v, %v, is not a place", west, north)
	case !finite(stepX) || !finite(stepY) || stepX <= 0 || stepY <= 0:
		return nil, fmt.Errorf("the steps of the grid, %v and %v, are not positive", stepX, stepY)
	case cols < 2 || rows < 2 || cols > mostSamples/rows:
		return nil, fmt.Errorf("a grid of %d by %d samples: from 2 by 2 to %d in all can be used", cols, rows, mostSamples)
	case len(heights) != cols*rows:
		return nil, fmt.Errorf("a grid of %d by %d samples came with %d heights", cols, rows, len(heights))
	}
	g := &Grid{west, north, stepX, stepY, cols, rows, heights}
	if b := g.Bound(); !finite(b.Min[1]) || !finite(b.Max[0]) {
		return nil, fmt.Errorf("a grid of %d by %d steps of %v by %v has no end", cols, rows, stepX, stepY)
	}
	for _, h := range heights {
		if !onEarth(h) && h == h {
			g.Heights = onlyOnEarth(heights)
			break
		}
	}
	return g, nil
}

// onEarth tells whether a height is one of dry land or a shore: the lowest is
// 430 m below the sea, the highest 8,849 m above.
func onEarth(h float32) bool { return h > -500 && h < 9000 }

func onlyOnEarth(heights []float32) []float32 {
	kept := make([]float32, len(heights))
	for i, h := range heights {
		if kept[i] = h; !onEarth(h) {
			kept[i] = unknown
		}
	}
	return kept
}

var unknown = float32(math.NaN())

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Bound is the ground between the outermost samples.
func (g *Grid) Bound() orb.Bound {
	return orb.Bound{
		Min: orb.Point{g.West, g.North - float64(g.Rows-1)*g.StepY},
		Max: orb.Point{g.West + float64(g.Cols-1)*g.StepX, g.North},
	}
}

// At returns the height of a place in metres, bilinear between the four samples
// around it. It is not known outside the grid and where one of the samples that
// it depends on is not.
func (g *Grid) At(x, y float64) (metres float64, known bool) {
	col, row := (x-g.West)/g.StepX, (g.North-y)/g.StepY
	const edge = 1e-9 // of a step: a place on the rim is within, whatever was rounded
	if !(col >= -edge && row >= -edge && col <= float64(g.Cols-1)+edge && row <= float64(g.Rows-1)+edge) {
		return 0, false
	}
	c := min(g.Cols-2, max(0, int(col)))
	r := min(g.Rows-2, max(0, int(row)))
	east, south := part(col-float64(c)), part(row-float64(r))
	for _, corner := range [4]struct {
		at     int
		weight float64
	}{
		{r*g.Cols + c, (1 - east) * (1 - south)},
		{r*g.Cols + c + 1, east * (1 - south)},
		{(r+1)*g.Cols + c, (1 - east) * south},
		{(r+1)*g.Cols + c + 1, east * south},
	} {
		if corner.weight == 0 {
			continue
		}
		h := float64(g.Heights[corner.at])
		if math.IsNaN(h) {
			return 0, false
		}
		metres += corner.weight * h
	}
	return metres, true
}

func part(t float64) float64 { return min(1, max(0, t)) }

// Known returns how many samples have a height.
func (g *Grid) Known() (samples int) {
	for _, h := range g.Heights {
		if h == h {
			samples++
		}
	}
	return samples
}

// cell returns how far apart samples are, in metres: across and down. Steps
// under a tenth between ±180 and ±90 are degrees, which no projection in metres
// comes near to; they are taken at the middle latitude, on a sphere.
func (g *Grid) cell() (x, y float64) {
	b := g.Bound()
	if g.StepX >= 0.1 || g.StepY >= 0.1 || b.Min[0] < -181 || b.Max[0] > 361 || b.Min[1] < -91 || b.Max[1] > 91 {
		return g.StepX, g.StepY
	}
	const degree = 111_195 // metres of a great circle
	return g.StepX * degree * math.Cos(b.Center()[1]*math.Pi/180), g.StepY * degree
}
