package generalise

import (
	"math"

	"github.com/paulmach/orb"
)

// grid finds places by where they are.
type grid struct {
	places        []orb.Point
	corner        orb.Point
	side          float64 // of a cell
	columns, rows int
	starts        []int32 // by cell, in order
	order         []int32
}

// perCell is how many places a cell holds, where they are spread evenly.
const perCell = 2

func newGrid(places []orb.Point) grid {
	g := grid{places: places, columns: 1, rows: 1, side: 1}
	if len(places) == 0 {
		g.starts = make([]int32, 2)
		return g
	}
	bound := orb.MultiPoint(places).Bound()
	g.corner = bound.Min
	width, height := bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1]
	cells := max(1, float64(len(places))/perCell)
	// Also where all places lie on one line there are not more cells than that.
	g.side = max(math.Sqrt(width*height/cells), width/cells, height/cells)
	if g.side == 0 {
		g.side = 1
	}
	g.columns, g.rows = int(width/g.side)+1, int(height/g.side)+1
	g.starts = make([]int32, g.columns*g.rows+1)
	for _, p := range places {
		g.starts[g.cell(p)+1]++
	}
	for i := 1; i < len(g.starts); i++ {
		g.starts[i] += g.starts[i-1]
	}
	next := append([]int32(nil), g.starts...)
	g.order = make([]int32, len(places))
	for n, p := range places {
		c := g.cell(p)
		g.order[next[c]] = int32(n)
		next[c]++
	}
	return g
}

func (g *grid) cell(p orb.Point) int {
	return g.row(p[1])*g.columns + g.column(p[0])
}

func (g *grid) column(x float64) int {
	return int(min(max((x-g.corner[0])/g.side, 0), float64(g.columns-1)))
}

func (g *grid) row(y float64) int {
	return int(min(max((y-g.corner[1])/g.side, 0), float64(g.rows-1)))
}

// within gives the places in a box to see, until that says no.
func (g *grid) within(box orb.Bound, see func(place int32) bool) {
	west, east := g.column(box.Min[0]), g.column(box.Max[0])
	for row := g.row(box.Min[1]); row <= g.row(box.Max[1]); row++ {
		from, to := g.starts[row*g.columns+west], g.starts[row*g.columns+east+1]
		for _, n := range g.order[from:to] {
			if box.Contains(g.places[n]) && !see(n) {
				return
			}
		}
	}
}
