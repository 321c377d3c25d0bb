package atlas

import (
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
	"github.com/lianpian/lianpian/internal/clock"
)

// drawIndex draws a key map of what the sheets show and, below it, the table of
// all sheets; a second index sheet goes on with the table.
func (a *atlas) drawIndex(s paper.Surface, sh sheet) {
	l, t := a.layout, a.typo
	rows, title := a.indexRows()
	first, height := a.indexFirst(len(rows))
	var m *mapDrawing
	top := l.outer.Min[1]
	if sh.part == 0 {
		rows = rows[:min(first, len(rows))]
		frame := orb.Bound{Min: l.outer.Min, Max: orb.Point{l.outer.Max[0], l.outer.Max[1] - height - 3*t.k}}
		m = a.keyMap(s, sh, frame)
		top = frame.Max[1] + 3*t.k
	} else {
		from := first + (sh.part-1)*a.indexMore()
		rows, title = rows[from:min(from+a.indexMore(), len(rows))], title+"（续）"
	}
	s.Layer(frameLayer)
	if m != nil {
		s.Stroke(paper.Box(m.view.frame), paper.Stroke{Width: 0.5, Colour: ink})
	}
	a.sheetTable(s, rows, title, orb.Bound{Min: orb.Point{l.outer.Min[0], top}, Max: l.outer.Max})
	a.heading(s, sh)
	a.indexSide(s, sh, m)
	a.footer(s)
	s.Layer("")
}

// indexColumns are the columns of the table of sheets.
const indexColumns = 3

// indexRows are the rows of the table of sheets. Where they are many, those of a
// zone share one.
func (a *atlas) indexRows() (rows [][]string, title string) {
	for _, sh := range a.sheets {
		rows = append(rows, []string{sh.Number, sh.Title, scaleOrDash(sh)})
	}
	if len(rows) <= 60 {
		return rows, "图纸目录"
	}
	rows = nil
	for i := 0; i < len(a.sheets); i++ {
		sh := a.sheets[i]
		if sh.zone < 0 {
			rows = append(rows, []string{sh.Number, sh.Title, scaleOrDash(sh)})
			continue
		}
		last := i
		for last+1 < len(a.sheets) && a.sheets[last+1].zone == sh.zone {
			last++
		}
		rows = append(rows, []string{sh.Number + "–" + a.sheets[last].Number, a.typo.clean(a.plan.Zones[sh.zone].Name), scaleOrDash(sh)})
		i = last
	}
	return rows, "图纸目录（每个片区依次为现状图、片区方案图、服务设施覆盖图、分期实施图）"
}

// indexFirst is how many rows the first index sheet has room for, and the height
// of its table.
func (a *atlas) indexFirst(rows int) (int, float64) {
	rowHeight := grid{}.rowHeight(a.typo)
	room := (a.layout.outer.Max[1] - a.layout.outer.Min[1]) * 0.42
	head := 5.2*a.typo.k + rowHeight
	each := min((rows+indexColumns-1)/indexColumns, int((room-head)/rowHeight))
	return each * indexColumns, head + float64(each)*rowHeight
}

// indexMore is how many rows each further index sheet has room for.
func (a *atlas) indexMore() int {
	rowHeight := grid{}.rowHeight(a.typo)
	return indexColumns * int((a.layout.outer.Max[1]-a.layout.outer.Min[1]-5.2*a.typo.k-rowHeight)/rowHeight)
}

// indexSheets is how many index sheets a number of rows needs.
func (a *atlas) indexSheets(rows int) int {
	first, _ := a.indexFirst(rows)
	if rows <= first {
		return 1
	}
	return 1 + (rows-first+a.indexMore()-1)/a.indexMore()
}

// keyMap draws the zones with the frames and numbers of their sheets.
func (a *atlas) keyMap(s paper.Surface, sh sheet, frame orb.Bound) *mapDrawing {
	v := a.viewOf(frame, sh.content, keySeries)
	m := newMapDrawing(s, a.ground, v, a.typo)
	s.Layer(baseLayer)
	s.Clip(v.frame)
	m.Fill(paper.Box(m.wide()), groundTint)
	m.area(waterStyle, a.ground.water...)
	m.area(greenStyle, a.ground.green...)
	m.roads()
	m.borders()
	s.Unclip()
	s.Layer(themeLayer)
	s.Clip(v.frame)
	for i := range a.ground.zones {
		m.outline(zoneLine, a.ground.zones[i])
	}
	numbers := a.sheetFrames(m)
	s.Unclip()
	s.Layer(labelLayer)
	s.Clip(v.frame)
	for i, z := range a.plan.Zones {
		lines := []string{m.typo.clean(z.Name), "图" + numbers[i]}
		m.areaLabel(a.ground.zones[i], label{lines: lines, size: m.typo.body(), colour: "#8f1d14", bold: true, priority: 900, name: lines[0]})
	}
	m.labels.place()
	m.labels.draw(s)
	s.Unclip()
	s.Layer("")
	return m
}

// sheetFrames draws what the sheets of each zone show, and returns their numbers.
func (a *atlas) sheetFrames(m *mapDrawing) []string {
	numbers := make([]string, len(a.plan.Zones))
	for i := range a.plan.Zones {
		var first, last string
		for _, other := range a.sheets {
			if other.zone == i {
				if first == "" {
					first = other.Number
					e := a.viewOf(a.layout.inner, other.content, series).extent()
					m.area(sheetFrameStyle, shape{parts: orb.MultiPolygon{e.ToPolygon()}, bound: e})
				}
				last = other.Number
			}
		}
		numbers[i] = first + "–" + last
	}
	return numbers
}

// sheetTable draws rows of the table of sheets, column by column.
func (a *atlas) sheetTable(s paper.Surface, rows [][]string, title string, box orb.Bound) {
	t, gap := a.typo, 3*a.typo.k
	width := (box.Max[0] - box.Min[0] - (indexColumns-1)*gap) / indexColumns
	t.write(s, box.Min[0], box.Min[1]+3.6*t.k, t.fitted(title, t.body()*1.05, box.Max[0]-box.Min[0]), t.body()*1.05, left, true)
	each := (len(rows) + indexColumns - 1) / indexColumns
	for i := range indexColumns {
		part := rows[min(i*each, len(rows)):min((i+1)*each, len(rows))]
		if len(part) == 0 {
			continue
		}
		g := grid{head: []string{"图号", "图名", "比例尺"}, shares: []float64{0.18, 0.6, 0.22}, right: []bool{false, false, true}, rows: part}
		g.draw(s, box.Min[0]+float64(i)*(width+gap), box.Min[1]+5.2*t.k, width, len(part), t)
	}
}

func scaleOrDash(sh sheet) string {
	if sh.Kind == Index {
		return "—"
	}
	return scaleText(sh.scale)
}

// indexSide draws the column of the index: legend, what the plan is, notes.
func (a *atlas) indexSide(s paper.Surface, sh sheet, m *mapDrawing) {
	t, box := a.typo, a.layout.side
	s.Stroke(paper.Box(box), paper.Stroke{Width: 0.5, Colour: ink})
	pad := 2.5 * t.k
	x, width, y := box.Min[0]+pad, box.Max[0]-box.Min[0]-2*pad, box.Min[1]+pad
	if m != nil {
		y += a.orientation(s, x, y, width, m.view, true, t) + pad*0.6
		y = a.rule(s, y)
		t.write(s, x, y+3.2*t.k, "图例", t.head(), left, true)
		y += 4.8 * t.k
		y += legend(s, x, y, width, m.shown, sideEntries, a.legendHeight(), t) + pad*0.6
		y = a.rule(s, y)
	}
	p := a.plan
	total := grid{
		title: "方案总量" + made(p.Totals), shares: []float64{0.62, 0.38}, right: []bool{false, true}, unit: "项",
		rows: [][]string{
			{"片区数（个）", counted(int64(len(p.Zones)))},
			{"小区数（个）", counted(p.Totals.Communities)},
			{"楼栋数（栋）", counted(p.Totals.Buildings)},
			{"户数（户）", counted(p.Totals.Households)},
			{"建筑面积（平方米）", rounded(p.Totals.FloorAreaM2, 0)},
			{"纳入改造范围的户数（户）", counted(p.Totals.EligibleHouseholds)},
		},
	}
	total.draw(s, x, y+pad*0.5, width, len(total.rows), t)
	foot := box.Max[1] - a.titleBlock(paper.Nowhere{}, 0, sh)
	notes := a.indexNotes()
	a.noteBlock(s, x, foot-a.noteBlock(paper.Nowhere{}, x, 0, width, notes), width, notes)
	a.titleBlock(s, foot, sh)
}

// indexNotes say what all sheets rest on, and which characters the font lacks.
func (a *atlas) indexNotes() []string {
	p, t := a.plan, a.typo
	notes := []string{
		a.systemNote(),
		"方案：" + t.clean(p.Scenario.Name) + "，第" + counted(int64(p.Scenario.Revision)) + "版；数据时点：" + p.At.In(clock.China).Format("2006-01-02 15:04") + "（北京时间）。",
		"本页比例尺与比例尺条只用于索引图。",
	}
	texts := []string{p.Title, p.Author, p.Scenario.Name, a.options.Reviewer}
	for i := range p.Zones {
		texts = append(texts, p.Zones[i].Name)
	}
	for i := range p.Communities {
		texts = append(texts, p.Communities[i].Name)
	}
	for i := range p.Facilities {
		texts = append(texts, p.Facilities[i].Name)
	}
	for _, r := range p.Surroundings.Roads {
		texts = append(texts, r.Name)
	}
	if lost := t.missing(texts...); len(lost) > 0 {
		var codes []string
		for _, r := range lost[:min(len(lost), 10)] {
			codes = append(codes, t.clean(string(r)))
		}
		notes = append(notes, "字体缺"+counted(int64(len(lost)))+"个字，图上以编码代替："+strings.Join(codes, ""))
	}
	return notes
}
