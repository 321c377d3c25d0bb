package catchment

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	finestOutline = 8         // metres of a cell of an outline
	mostOfOutline = 1_000_000 // cells
)

// outline returns the ground within margin metres of some places: the union of
// discs around them, cut by marching squares from the field of the distance to
// the nearest place. Patches too wide for that are drawn coarser and with a wider
// margin; every place lies well inside in any case.
func outline(places []orb.Point, margin float64) orb.MultiPolygon {
	bound := orb.MultiPoint(places).Bound()
	width, height := bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1]
	cell := max(min(finestOutline, margin/3), math.Sqrt(width*height/mostOfOutline), max(width, height)*16/mostOfOutline)
	margin = max(margin, 2*cell)
	bound = bound.Pad(margin + 2*cell)
	l := &lattice{
		origin: bound.Min, cell: cell,
		cols: int((bound.Max[0]-bound.Min[0])/cell) + 1, rows: int((bound.Max[1]-bound.Min[1])/cell) + 1,
	}
	l.value = make([]float64, l.cols*l.rows)
	for i := range l.value {
		l.value[i] = math.Inf(1)
	}
	// A sample outside that has a neighbour inside is less than a cell further
	// away: beyond that no distance matters.
	for _, p := range places {
		l.near(p, margin+cell, func(i int, metres float64) { l.value[i] = min(l.value[i], metres) })
	}
	return l.within(margin)
}

// near visits the samples within some metres of a point.
func (l *lattice) near(p orb.Point, reach float64, visit func(sample int, metres float64)) {
	between := func(x, reach float64, n int) (int, int) {
		return max(0, int(math.Ceil((x-reach)/l.cell))), min(n-1, int(math.Floor((x+reach)/l.cell)))
	}
	x, y := p[0]-l.origin[0], p[1]-l.origin[1]
	fromRow, toRow := between(y, reach, l.rows)
	fromCol, toCol := between(x, reach, l.cols)
	for row := fromRow; row <= toRow; row++ {
		dy := float64(row)*l.cell - y
		for col := fromCol; col <= toCol; col++ {
			if d := math.Hypot(float64(col)*l.cell-x, dy); d <= reach {
				visit(row*l.cols+col, d)
			}
		}
	}
}
