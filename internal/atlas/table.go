package atlas

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// grid is a table of a sheet. Texts that are too long are shortened; rows that
// find no room are counted below it.
type grid struct {
	title  string
	head   []string
	shares []float64 // of the width, by column
	right  []bool    // columns of numbers
	rows   [][]string
	total  []string // last row, bold; always shown
	unit   string   // what rows are, for the line about those left out
}

func (g grid) rowHeight(t typography) float64 { return 4.3 * t.k }

// height is what a table with a number of its rows needs.
func (g grid) height(rows int, t typography) float64 {
	h := float64(rows) * g.rowHeight(t)
	if len(g.head) > 0 {
		h += g.rowHeight(t)
	}
	if g.total != nil {
		h += g.rowHeight(t)
	}
	if rows < len(g.rows) {
		h += g.rowHeight(t)
	}
	if g.title != "" {
		h += 5.2 * t.k
	}
	return h
}

// fit is how many rows find room in a height.
func (g grid) fit(height float64, t typography) int {
	rows := len(g.rows)
	for rows > 0 && g.height(rows, t) > height {
		rows--
	}
	return rows
}

// draw draws a table with its first rows and returns the height that it took.
func (g grid) draw(s paper.Surface, x, y, width float64, rows int, t typography) float64 {
	top := y
	if g.title != "" {
		t.write(s, x, y+3.6*t.k, g.title, t.body()*1.05, left, true)
		y += 5.2 * t.k
	}
	first := y
	if len(g.head) > 0 {
		s.Fill(paper.Box(orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + width, y + g.rowHeight(t)}}), paper.Hex("#eceae4"))
		y = g.row(s, x, y, width, g.head, true, t)
	}
	for _, row := range g.rows[:rows] {
		y = g.row(s, x, y, width, row, false, t)
	}
	if g.total != nil {
		y = g.row(s, x, y, width, g.total, true, t)
	}
	s.Stroke(paper.Box(orb.Bound{Min: orb.Point{x, first}, Max: orb.Point{x + width, y}}), paper.Stroke{Width: 0.25, Colour: ink})
	at := x
	for _, share := range g.shares[:len(g.shares)-1] {
		at += share * width
		s.Stroke(paper.Line(orb.Point{at, first}, orb.Point{at, y}), paper.Stroke{Width: 0.1, Colour: ink})
	}
	if rest := len(g.rows) - rows; rest > 0 {
		t.write(s, x, y+3.2*t.k, "另有"+strconv.Itoa(rest)+g.unit+"，限于图幅未列", t.small(), left, false)
		y += g.rowHeight(t)
	}
	return y - top
}

func (g grid) row(s paper.Surface, x, y, width float64, cells []string, bold bool, t typography) float64 {
	size, height := t.small(), g.rowHeight(t)
	for i, text := range cells {
		w := g.shares[i] * width
		if g.right != nil && g.right[i] && !(bold && len(g.head) > 0 && &cells[0] == &g.head[0]) {
			t.write(s, x+w-0.8*t.k, y+height/2+size*0.36, t.fitted(text, size, w-1.4*t.k), size, right, bold)
		} else if g.right != nil && g.right[i] {
			t.write(s, x+w/2, y+height/2+size*0.36, t.fitted(text, size, w-0.8*t.k), size, centre, bold)
		} else {
			t.write(s, x+0.8*t.k, y+height/2+size*0.36, t.fitted(text, size, w-1.4*t.k), size, left, bold)
		}
		x += w
	}
	s.Stroke(paper.Line(orb.Point{x - width, y + height}, orb.Point{x, y + height}), paper.Stroke{Width: 0.1, Colour: ink})
	return y + height
}

// Figures as tables show them: without separators, so that they are found by
// searching; a dash for what is not known or not to be seen.

func count(v *int64) string {
	if v == nil {
		return "—"
	}
	return strconv.FormatInt(*v, 10)
}

func counted(v int64) string { return strconv.FormatInt(v, 10) }

func figure(v *float64, digits int) string {
	if v == nil {
		return "—"
	}
	return rounded(*v, digits)
}

// rounded writes a number with at most so many digits after the point.
func rounded(v float64, digits int) string {
	power := math.Pow(10, float64(digits))
	return strconv.FormatFloat(math.Round(v*power)/power, 'f', -1, 64)
}

func yearText(v *int) string {
	if v == nil {
		return "—"
	}
	return strconv.Itoa(*v)
}

func percent(v *float64) string {
	if v == nil {
		return "—"
	}
	return strconv.FormatFloat(*v*100, 'f', 1, 64) + "%"
}
