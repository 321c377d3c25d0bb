package network

import (
	"math"

	"github.com/paulmach/orb"
)

// grid finds the segments near a place: the plane is cut into square cells, and
// each has a list of the segments that pass through it.
type grid struct {
	min        orb.Point
	cell       float64 // side, metres
	cols, rows int
	first      []int32 // the segments of cell c are item[first[c]:first[c+1]]
	item       []int32
}

const (
	smallestCell = 10   // metres
	mostCells    = 4096 // along one side of the grid
)

// newGrid puts n segments, which ends tells the ends of, into a grid of about a
// quarter as many cells.
func newGrid(n int, ends func(i int) (a, b orb.Point)) grid {
	g := grid{cell: smallestCell}
	if n == 0 {
		return g
	}
	var bound orb.Bound
	for i := range n {
		a, b := ends(i)
		if i == 0 {
			bound = a.Bound()
		}
		bound = bound.Extend(a).Extend(b)
	}
	width, height := bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1]
	g.min = bound.Min
	g.cell = max(smallestCell, 2*math.Sqrt(width*height/float64(n)), max(width, height)/mostCells)
	g.cols, g.rows = int(width/g.cell)+1, int(height/g.cell)+1

	g.first = make([]int32, g.cols*g.rows+1)
	last := make([]int32, g.cols*g.rows) // the segment, from 1, that was put into a cell last
	eachCell := func(i int, put func(cell int)) {
		a, b := ends(i)
		// A long segment is laid down in pieces no longer than a cell.
		pieces := max(1, int(math.Ceil(metres(a, b)/g.cell)))
		from := a
		for k := 1; k <= pieces; k++ {
			to := between(a, b, float64(k)/float64(pieces))
			g.eachIn(orb.MultiPoint{from, to}.Bound(), func(cell int) {
				if last[cell] != int32(i)+1 {
					last[cell] = int32(i) + 1
					put(cell)
				}
			})
			from = to
		}
	}
	for i := range n {
		eachCell(i, func(cell int) { g.first[cell+1]++ })
	}
	for c := range g.cols * g.rows {
		g.first[c+1] += g.first[c]
	}
	g.item = make([]int32, g.first[g.cols*g.rows])
	next := append([]int32(nil), g.first...)
	clear(last)
	for i := range n {
		eachCell(i, func(cell int) {
			g.item[next[cell]] = int32(i)
			next[cell]++
		})
	}
	return g
}

// eachIn visits the cells that a bound meets.
func (g *grid) eachIn(b orb.Bound, visit func(cell int)) {
	if g.cols == 0 {
		return
	}
	index := func(x, from float64, n int) int {
		return int(min(float64(n-1), max(0, math.Floor((x-from)/g.cell))))
	}
	if b.Max[0] < g.min[0] || b.Max[1] < g.min[1] ||
		b.Min[0] > g.min[0]+g.cell*float64(g.cols) || b.Min[1] > g.min[1]+g.cell*float64(g.rows) {
		return
	}
	for row := index(b.Min[1], g.min[1], g.rows); row <= index(b.Max[1], g.min[1], g.rows); row++ {
		for col := index(b.Min[0], g.min[0], g.cols); col <= index(b.Max[0], g.min[0], g.cols); col++ {
			visit(row*g.cols + col)
		}
	}
}

// around visits segments that may meet a bound; one may come more than once.
func (g *grid) around(b orb.Bound, visit func(segment int32)) {
	g.eachIn(b, func(cell int) {
		for _, i := range g.item[g.first[cell]:g.first[cell+1]] {
			visit(i)
		}
	})
}

// Lines is an index of lines that tells which ones a segment meets. It does not
// change; any number of goroutines may ask it.
type Lines struct {
	grid  grid
	parts []linePart
}

type linePart struct {
	line int
	a, b orb.Point
}

// IndexLines makes the index of some lines. Lines that are not finite are left
// out.
func IndexLines(lines []orb.LineString) *Lines {
	l := &Lines{}
	for n, line := range lines {
		if !finite(line) {
			continue
		}
		for i := 1; i < len(line); i++ {
			l.parts = append(l.parts, linePart{n, line[i-1], line[i]})
		}
	}
	l.grid = newGrid(len(l.parts), func(i int) (a, b orb.Point) { return l.parts[i].a, l.parts[i].b })
	return l
}

// Met visits the lines that have a point in common with the segment from a to b,
// its ends included, and says with which of their segments, until visit returns
// false. A line may come more than once.
func (l *Lines) Met(a, b orb.Point, visit func(line int, from, to orb.Point) bool) {
	on := true
	l.grid.around(orb.MultiPoint{a, b}.Bound(), func(i int32) {
		p := l.parts[i]
		if on && meet(a, b, p.a, p.b) {
			on = visit(p.line, p.a, p.b)
		}
	})
}
