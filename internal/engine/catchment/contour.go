package catchment

import (
	"math"

	"github.com/paulmach/orb"
)

// lattice is a field sampled on a square grid. Outside of it the value is +Inf.
type lattice struct {
	origin     orb.Point // of the sample in column 0, row 0
	cell       float64   // metres between samples
	cols, rows int
	value      []float64 // row by row, rows going north
}

// point is where a sample is.
func (l *lattice) point(col, row int) orb.Point {
	return orb.Point{l.origin[0] + float64(col)*l.cell, l.origin[1] + float64(row)*l.cell}
}

// at is the value of a sample, also outside.
func (l *lattice) at(col, row int) float64 {
	if col < 0 || row < 0 || col >= l.cols || row >= l.rows {
		return math.Inf(1)
	}
	return l.value[row*l.cols+col]
}

// nearest a contour comes to a sample, as a part of a cell, so that contours
// never touch each other or themselves there.
const margin = 1.0 / 64

// contour is the tracing of one limit. The contour crosses the grid's edges: edge
// 2i leads east from sample i, edge 2i+1 north, where i counts the samples of the
// lattice with one more all around it.
type contour struct {
	l     *lattice
	limit float64
	width int     // samples in a row, with those around
	next  []int32 // after each edge: where the contour crosses next; 0: it does not cross there
	order []int32 // the edges crossed, in the order of the scan
}

// within returns the ground where the value is at most the limit: marching
// squares with linear interpolation along the grid's edges (Lorensen & Cline
// 1987 in the plane). Where two opposite corners of a cell are within and the
// others are not, the ground is not joined. Exterior rings run counterclockwise
// and holes clockwise, as RFC 7946 wants it; no ring crosses or touches itself or
// another one.
func (l *lattice) within(limit float64) orb.MultiPolygon {
	c := &contour{l: l, limit: limit, width: l.cols + 2, next: make([]int32, 2*(l.cols+2)*(l.rows+2))}
	for row := -1; row < l.rows; row++ {
		for col := -1; col < l.cols; col++ {
			c.cross(col, row)
		}
	}
	return c.assemble()
}

// corners of a cell and the edges between each and the next, counterclockwise.
var corners = [4][2]int{{0, 0}, {1, 0}, {1, 1}, {0, 1}}

// cross adds the contour's way through one cell: for each run of corners within,
// from where the run ends, counterclockwise, to where it began, so that the
// ground within is on the left.
func (c *contour) cross(col, row int) {
	var in [4]bool
	inside := 0
	for k, at := range corners {
		if in[k] = c.l.at(col+at[0], row+at[1]) <= c.limit; in[k] {
			inside++
		}
	}
	if inside == 0 || inside == 4 {
		return
	}
	for k := range 4 {
		if !in[k] || in[(k+1)%4] {
			continue
		}
		begin := k
		for in[(begin+3)%4] {
			begin = (begin + 3) % 4
		}
		from, to := c.edge(col, row, k), c.edge(col, row, (begin+3)%4)
		c.next[from] = to
		c.order = append(c.order, from)
	}
}

// edge is the number of the edge from corner k of a cell to the next corner.
func (c *contour) edge(col, row, k int) int32 {
	north := int32(k % 2)
	switch k {
	case 1:
		col++
	case 2:
		row++
	}
	return 2*int32((row+1)*c.width+col+1) + north
}

// ends of an edge: the sample it leads from and the one it leads to.
func (c *contour) ends(edge int32) (col, row, toCol, toRow int) {
	i := int(edge / 2)
	col, row = i%c.width-1, i/c.width-1
	if edge%2 == 0 {
		return col, row, col + 1, row
	}
	return col, row, col, row + 1
}

// crossing is where the contour crosses an edge, in cells from the origin. Where
// the value at the far end is not known to be finite it is half-way.
func (c *contour) crossing(edge int32) orb.Point {
	col, row, toCol, toRow := c.ends(edge)
	a, b := c.l.at(col, row), c.l.at(toCol, toRow)
	part := 0.5
	if !math.IsInf(a, 1) && !math.IsInf(b, 1) {
		part = min(1-margin, max(margin, (c.limit-a)/(b-a)))
	}
	return orb.Point{float64(col) + part*float64(toCol-col), float64(row) + part*float64(toRow-row)}
}

// inner is the sample at the end of an edge that lies within.
func (c *contour) inner(edge int32) int32 {
	col, row, toCol, toRow := c.ends(edge)
	if c.l.at(col, row) <= c.limit {
		return int32(row*c.l.cols + col)
	}
	return int32(toRow*c.l.cols + toCol)
}

// assemble follows the contour around and puts the rings together: those of one
// joined piece of ground are one exterior ring and its holes.
func (c *contour) assemble() orb.MultiPolygon {
	if len(c.order) == 0 {
		return nil
	}
	piece := c.pieces()
	number := map[int32]int{}
	var area orb.MultiPolygon
	for _, start := range c.order {
		if c.next[start] == 0 {
			continue
		}
		ring := c.follow(start)
		p := piece[c.inner(start)]
		i, known := number[p]
		if !known {
			i = len(area)
			number[p] = i
			area = append(area, orb.Polygon{nil})
		}
		if ring.Orientation() == orb.CCW {
			area[i][0] = c.place(ring)
		} else {
			area[i] = append(area[i], c.place(ring))
		}
	}
	return area
}

// follow takes a ring out of the contour, without points on straight stretches.
func (c *contour) follow(start int32) orb.Ring {
	var ring orb.Ring
	for edge := start; ; {
		ring = append(ring, c.crossing(edge))
		to := c.next[edge]
		c.next[edge] = 0
		if edge = to; edge == start {
			break
		}
	}
	kept := ring[:0:0]
	for i, p := range ring {
		before, after := ring[(i+len(ring)-1)%len(ring)], ring[(i+1)%len(ring)]
		turn := (p[0]-before[0])*(after[1]-p[1]) - (p[1]-before[1])*(after[0]-p[0])
		if math.Abs(turn) > 1e-12 {
			kept = append(kept, p)
		}
	}
	return append(kept, kept[0])
}

// place turns a ring from cells into metres.
func (c *contour) place(ring orb.Ring) orb.Ring {
	for i, p := range ring {
		ring[i] = orb.Point{c.l.origin[0] + p[0]*c.l.cell, c.l.origin[1] + p[1]*c.l.cell}
	}
	return ring
}

// pieces labels the samples within by the piece of joined ground that they are
// in: neighbours to the east and north are joined.
func (c *contour) pieces() []int32 {
	s := newSets(len(c.l.value))
	for i, v := range c.l.value {
		if !(v <= c.limit) {
			continue
		}
		if (i+1)%c.l.cols != 0 && c.l.value[i+1] <= c.limit {
			s.join(int32(i), int32(i+1))
		}
		if i+c.l.cols < len(c.l.value) && c.l.value[i+c.l.cols] <= c.limit {
			s.join(int32(i), int32(i+c.l.cols))
		}
	}
	for i := range s {
		s.root(int32(i))
	}
	return s
}
