package atlas

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// legend draws the styles that a map showed, in their order, and returns the
// height that it took: in one column of at most a number of entries, else in as
// few as keep it below a height.
func legend(s paper.Surface, x, y, width float64, shown map[string]style, single int, height float64, t typography) float64 {
	entries := legendEntries(shown)
	columns, rows, rowHeight, sample := legendShape(len(entries), single, height/t.k)
	rowHeight, sample = rowHeight*t.k, sample*t.k
	columnWidth := width / float64(columns)
	room, size := columnWidth-sample-2*t.k, t.body()*0.92
	for _, st := range entries {
		if t.width(st.title, size) > room {
			size = t.small() * 0.95
			break
		}
	}
	for i, st := range entries {
		cx, cy := x+float64(i/rows)*columnWidth, y+float64(i%rows)*rowHeight
		swatch(s, st, orb.Bound{Min: orb.Point{cx, cy + 0.6*t.k}, Max: orb.Point{cx + sample, cy + rowHeight - 0.7*t.k}}, t)
		t.write(s, cx+sample+1.3*t.k, cy+rowHeight/2+size*0.36, t.fitted(st.title, size, room), size, left, false)
	}
	return float64(rows) * rowHeight
}

// legendShape is how many columns and rows a legend has, how high its rows and
// how wide its samples are, in millimetres of A3.
func legendShape(entries, single int, height float64) (columns, rows int, rowHeight, sample float64) {
	columns = 1
	if entries > single {
		columns = 2
	}
	for ; ; columns++ {
		rows = (entries + columns - 1) / columns
		for _, size := range [][2]float64{{4.7, 8}, {4.2, 6}} {
			if rowHeight, sample = size[0], size[1]; float64(rows)*rowHeight <= height {
				return columns, rows, rowHeight, sample
			}
		}
		if columns == 3 {
			return columns, rows, rowHeight, sample
		}
	}
}

func legendEntries(shown map[string]style) []style {
	entries := make([]style, 0, len(shown))
	for _, st := range shown {
		st.title = shortTitle(st.title)
		entries = append(entries, st)
	}
	slices.SortFunc(entries, func(a, b style) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.key, b.key))
	})
	return entries
}

// shortTitle leaves out what stands in brackets at the end, but for what tells
// classes apart: a few characters.
func shortTitle(title string) string {
	for _, kept := range []string{"（拟建）", "（串点成线）", "（直线示意）", "（镇）界"} {
		if head, found := strings.CutSuffix(title, kept); found {
			return shortTitle(head) + kept
		}
	}
	open := strings.Index(title, "（")
	if open > 0 && strings.HasSuffix(title, "）") && utf8.RuneCountInString(title[open:]) > 6 {
		return title[:open]
	}
	return title
}

// swatch draws a sample of a style.
func swatch(s paper.Surface, st style, box orb.Bound, t typography) {
	middle := box.Center()
	switch st.form {
	case areal:
		st.width = math.Min(st.width, 0.6)
		if st.casing != "" {
			st.casing = ""
		}
		paintArea(s, st, paper.Box(box))
	case linear:
		width := math.Min(math.Max(st.width, 0.3), 1.4)
		if st.metres > 0 {
			width = math.Min(0.5+st.metres/12, 1.8)
		}
		paintLine(s, st, paper.Line(orb.Point{box.Min[0] + width/2, middle[1]}, orb.Point{box.Max[0] - width/2, middle[1]}), width)
	case punctual:
		if st.key == nodeStyle.key {
			node(s, middle, 1*t.k)
			return
		}
		drawMark(s, st.mark, middle, 1.75*t.k)
	}
}

// node draws where a string begins or ends.
func node(s paper.Surface, at orb.Point, radius float64) {
	s.Fill(paper.Circle(at, radius), paper.Colour{R: 255, G: 255, B: 255})
	s.Stroke(paper.Circle(at, radius), paper.Stroke{Width: radius * 0.45, Colour: paper.Hex(stringStyle.stroke)})
}
