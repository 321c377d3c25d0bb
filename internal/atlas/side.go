package atlas

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
	"github.com/lianpian/lianpian/internal/clock"
)

// side draws the column beside the map: north arrow and scale, legend, tables,
// notes, and the title block at its foot.
func (a *atlas) side(s paper.Surface, sh sheet, v view, m *mapDrawing) {
	t, box := a.typo, a.layout.side
	s.Stroke(paper.Box(box), paper.Stroke{Width: 0.5, Colour: ink})
	pad := 2.5 * t.k
	x, width := box.Min[0]+pad, box.Max[0]-box.Min[0]-2*pad
	y := box.Min[1] + pad
	y += a.orientation(s, x, y, width, v, true, t) + pad*0.6
	y = a.rule(s, y)
	t.write(s, x, y+3.2*t.k, "图例", t.head(), left, true)
	y += 4.8 * t.k
	y += legend(s, x, y, width, m.shown, sideEntries, a.legendHeight(), t) + pad*0.6
	y = a.rule(s, y)

	foot := box.Max[1] - a.titleBlock(paper.Nowhere{}, 0, sh)
	notes := a.notes(sh, m)
	tables := a.tables(sh)
	below := foot - a.noteBlock(paper.Nowhere{}, x, 0, width, notes) - pad
	for i, g := range tables {
		reserve := 0.0 // for the heads of the tables that follow
		for _, other := range tables[i+1:] {
			reserve += other.height(min(len(other.rows), 3), t) + pad
		}
		rows := g.fit(below-y-pad-reserve, t)
		if g.height(rows, t) > below-y {
			break
		}
		y += pad*0.5 + g.draw(s, x, y+pad*0.5, width, rows, t) + pad*0.5
	}
	a.noteBlock(s, x, math.Max(y, below)+pad*0.5, width, notes)
	a.titleBlock(s, foot, sh)
}

// legendHeight is what a legend beside a map should not be higher than, so that
// tables find room.
func (a *atlas) legendHeight() float64 {
	return 0.36 * (a.layout.side.Max[1] - a.layout.side.Min[1])
}

// sideEntries are the most lines of a legend in one column beside a map.
const sideEntries = 8

// rule draws a line across the column.
func (a *atlas) rule(s paper.Surface, y float64) float64 {
	s.Stroke(paper.Line(orb.Point{a.layout.side.Min[0], y}, orb.Point{a.layout.side.Max[0], y}), paper.Stroke{Width: 0.15, Colour: ink})
	return y + 1.5*a.typo.k
}

// orientation draws north arrow, scale, and scale bar, and returns the height
// that they take. A picture has no scale in figures: who puts it into a text
// decides its size.
func (a *atlas) orientation(s paper.Surface, x, y, width float64, v view, figures bool, t typography) float64 {
	gamma := convergence(v.gk, v.centre[0], v.centre[1])
	northArrow(s, orb.Point{x + 9*t.k, y + 4.5*t.k}, 13*t.k, gamma, t)
	at, room := x+19*t.k, width-19*t.k
	title := "比例尺"
	if figures {
		title = scaleText(v.scale)
	}
	t.write(s, at, y+4*t.k, title, t.head()*1.25, left, true)
	scaleBar(s, at+1*t.k, y+7.5*t.k, room, v.scale, t)
	text := convergenceText(gamma)
	if t.width(text, t.small()) <= room {
		t.write(s, at, y+17*t.k, text, t.small(), left, false)
		return 19.5 * t.k
	}
	t.write(s, x, y+21.5*t.k, t.fitted(text, t.small(), width), t.small(), left, false)
	return 23.5 * t.k
}

// noteBlock writes the notes, numbered, and returns the height that they take.
func (a *atlas) noteBlock(s paper.Surface, x, y, width float64, notes []string) float64 {
	t := a.typo
	size, step := t.small(), t.small()*1.38
	top := y
	t.write(s, x, y+3*t.k, "说明", t.body()*1.05, left, true)
	y += 4.2 * t.k
	for i, note := range notes {
		number := fmt.Sprintf("%d.", i+1)
		indent := t.width("0. ", size)
		for j, line := range t.wrapped(note, size, width-indent) {
			if j == 0 {
				t.write(s, x, y+size, number, size, left, false)
			}
			t.write(s, x+indent, y+size, line, size, left, false)
			y += step
		}
	}
	return y - top + 1.5*t.k
}

// notes are the sentences below the tables: what is true of every sheet, what a
// sheet has to say, and what found no room on the map.
func (a *atlas) notes(sh sheet, m *mapDrawing) []string {
	notes := []string{a.systemNote()}
	if a.plan.Totals.Partial {
		notes = append(notes, "部分内容超出编制人的数据权限，图表只计其可见部分。")
	}
	notes = append(notes, a.remarks(sh)...)
	var left []string
	for _, l := range m.labels.left {
		if l.name != "" {
			left = append(left, l.name)
		}
	}
	if len(left) > 0 {
		shown := left[:min(len(left), 8)]
		text := "图上注记不下的名称：" + strings.Join(shown, "、")
		if len(left) > len(shown) {
			text += fmt.Sprintf("等%d个", len(left))
		}
		notes = append(notes, text+"。")
	}
	return notes
}

// systemNote names the coordinate reference system.
func (a *atlas) systemNote() string {
	meridian := rounded(a.ground.gk.CentralMeridian, 4)
	width := "3度带"
	if srid := a.ground.crs.SRID(); srid >= 4491 && srid <= 4512 {
		width = "6度带"
	}
	text := fmt.Sprintf("2000国家大地坐标系（CGCS2000），高斯-克吕格投影%s，中央经线%s°E，图廓坐标单位为千米；本图不表示高程。", width, meridian)
	if prefix := a.ground.gk.ZonePrefix; prefix > 0 {
		text = strings.Replace(text, "，图廓", fmt.Sprintf("，横坐标加带号%d，图廓", prefix), 1)
	}
	return text
}

// titleBlock draws the 图签 from a height down to the foot of the column, and
// returns its height.
func (a *atlas) titleBlock(s paper.Surface, y float64, sh sheet) float64 {
	t, box := a.typo, a.layout.side
	type cell struct {
		label, value string
		share        float64
	}
	scale := "—"
	if sh.Kind != Index {
		scale = scaleText(sh.scale)
	}
	p := a.plan
	rows := [][]cell{
		{{"编制单位", t.clean(p.Author), 1}},
		{{"项目名称", t.clean(projectTitle(p)), 1}},
		{{"图    名", sh.Title, 1}},
		{{"图    号", fmt.Sprintf("%s / %02d", sh.Number, len(a.sheets)), 0.5}, {"比 例 尺", scale, 0.5}},
		{{"日    期", p.At.In(clock.China).Format("2006-01-02"), 0.5}, {"审    核", t.clean(a.options.Reviewer), 0.5}},
		{{"规划期限", t.clean(p.Period), 0.5}, {"坐 标 系", "CGCS2000", 0.5}},
	}
	height := 6.2 * t.k
	labelWidth, size := 16*t.k, t.body()*0.92
	top := y
	for _, row := range rows {
		x := box.Min[0]
		for _, c := range row {
			w := c.share * (box.Max[0] - box.Min[0])
			s.Fill(paper.Box(orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + labelWidth, y + height}}), paper.Hex("#f1efea"))
			s.Stroke(paper.Box(orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + w, y + height}}), paper.Stroke{Width: 0.2, Colour: ink})
			s.Stroke(paper.Line(orb.Point{x + labelWidth, y}, orb.Point{x + labelWidth, y + height}), paper.Stroke{Width: 0.1, Colour: ink})
			t.write(s, x+labelWidth/2, y+height/2+size*0.36, c.label, size, centre, false)
			a.inCell(s, c.value, x+labelWidth, y, w-labelWidth, height)
			x += w
		}
		y += height
	}
	s.Stroke(paper.Box(orb.Bound{Min: orb.Point{box.Min[0], top}, Max: orb.Point{box.Max[0], y}}), paper.Stroke{Width: 0.5, Colour: ink})
	return y - top
}

// inCell writes a value into a cell, smaller or in two lines where it is long.
func (a *atlas) inCell(s paper.Surface, text string, x, y, width, height float64) {
	t := a.typo
	size, room := t.body()*0.95, width-2*t.k
	if t.width(text, size) <= room {
		t.write(s, x+t.k, y+height/2+size*0.36, text, size, left, false)
		return
	}
	size = t.small() * 0.95
	lines := t.wrapped(text, size, room)
	if len(lines) == 1 {
		t.write(s, x+t.k, y+height/2+size*0.36, lines[0], size, left, false)
		return
	}
	if len(lines) > 2 {
		lines = []string{lines[0], t.fitted(strings.Join(lines[1:], ""), size, room)}
	}
	for i, line := range lines {
		t.write(s, x+t.k, y+height/2+size*0.36+(float64(i)-0.5)*size*1.15, line, size, left, false)
	}
}
