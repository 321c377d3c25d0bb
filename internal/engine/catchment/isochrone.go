package catchment

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Ground is what isochrones are drawn of: what it costs to get from a point to
// the facility, by the very rule that homes follow.
type Ground struct {
	// Bound is where to look. Nothing outside of it is within reach.
	Bound orb.Bound
	// Costs tells the costs of points, into the list given: metres or seconds,
	// +Inf where no facility is reached.
	Costs func(ctx context.Context, points []orb.Point, costs []float64) error
	// Cell is how far apart (metres) samples are; 0: from 5 to 20 by the extent,
	// and more where that would be too many of them.
	Cell float64
	// Most is how many samples there may be; 0: 400,000. It wins over Cell.
	Most int
}

// Isochrone is the ground within one limit.
type Isochrone struct {
	Limit float64 // metres or seconds
	Cell  float64 // metres: how far the border may be off
	Area  orb.MultiPolygon
}

const (
	finestCell   = 5  // metres
	coarsestCell = 20 // metres, but where there are too many
	mostSamples  = 400_000
)

// Isochrones returns the ground within each of some limits. They follow the
// field of the costs on a grid, not a hull around points: ground that is not
// reached is a hole. Rings are those of RFC 7946 (exterior counterclockwise),
// without crossings; an isochrone contains those with lower limits. What is
// smaller than a cell may be missed. Costs is called with many points at a time.
func Isochrones(ctx context.Context, ground Ground, limits []float64) ([]Isochrone, error) {
	for i, limit := range limits {
		if !(limit > 0) || math.IsInf(limit, 1) {
			return nil, &InputError{"limit", i, "it must be a number above 0"}
		}
	}
	l, err := ground.lattice()
	if err != nil {
		return nil, err
	}
	if err := ground.sample(ctx, l); err != nil {
		return nil, err
	}
	list := make([]Isochrone, len(limits))
	for i, limit := range limits {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("draw isochrones: %w", context.Cause(ctx))
		}
		list[i] = Isochrone{limit, l.cell, l.within(limit)}
	}
	return list, nil
}

// lattice lays the grid. Its samples are on multiples of the cell, so that the
// same ground is drawn alike whatever else is drawn with it.
func (g Ground) lattice() (*lattice, error) {
	if !finite(g.Bound.Min) || !finite(g.Bound.Max) || g.Bound.Max[0] < g.Bound.Min[0] || g.Bound.Max[1] < g.Bound.Min[1] {
		return nil, &InputError{"bound", -1, "it must be finite and not empty"}
	}
	if g.Cell < 0 || math.IsNaN(g.Cell) || math.IsInf(g.Cell, 1) {
		return nil, &InputError{"cell", -1, "it must be a number of metres above 0"}
	}
	most := float64(mostSamples)
	if g.Most > 0 {
		most = max(16, float64(g.Most))
	}
	size := func(cell float64) (west, south, cols, rows float64) {
		west, south = math.Floor(g.Bound.Min[0]/cell), math.Floor(g.Bound.Min[1]/cell)
		return west, south, math.Ceil(g.Bound.Max[0]/cell) - west + 1, math.Ceil(g.Bound.Max[1]/cell) - south + 1
	}
	cell := g.Cell
	if cell == 0 {
		cell = finestCell
	}
	west, south, cols, rows := size(cell)
	for cols*rows > most || g.Cell == 0 && cell < coarsestCell && cols*rows > most/4 {
		cell *= 1.25
		west, south, cols, rows = size(cell)
	}
	return &lattice{
		origin: orb.Point{west * cell, south * cell}, cell: cell,
		cols: int(cols), rows: int(rows), value: make([]float64, int(cols)*int(rows)),
	}, nil
}

// sample asks for the costs, a band of rows at a time.
func (g Ground) sample(ctx context.Context, l *lattice) error {
	band := max(1, 65_536/l.cols)
	points := make([]orb.Point, 0, min(band, l.rows)*l.cols)
	for from := 0; from < l.rows; from += band {
		if ctx.Err() != nil {
			return fmt.Errorf("sample the ground of isochrones: %w", context.Cause(ctx))
		}
		to := min(l.rows, from+band)
		points = points[:0]
		for row := from; row < to; row++ {
			for col := range l.cols {
				points = append(points, l.point(col, row))
			}
		}
		if err := g.Costs(ctx, points, l.value[from*l.cols:to*l.cols]); err != nil {
			return fmt.Errorf("sample the ground of isochrones: %w", err)
		}
	}
	for i, v := range l.value {
		if math.IsNaN(v) {
			l.value[i] = math.Inf(1)
		}
	}
	return nil
}
