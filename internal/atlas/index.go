package atlas

import (
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// drawIndex draws the table of all sheets and a key map of what they show.
func (a *atlas) drawIndex(s paper.Surface, sh sheet) {
	t, l := a.typo, a.layout
	gap := 4 * t.k
	tableWidth := (l.outer.Max[0] - l.outer.Min[0]) * 0.46
	m := a.keyMap(s, sh, orb.Bound{Min: orb.Point{l.outer.Min[0] + tableWidth + gap, l.outer.Min[1]}, Max: l.outer.Max})
	s.Layer(frameLayer)
	s.Stroke(paper.Box(m.view.frame), paper.Stroke{Width: 0.5, Colour: ink})
	a.sheetTable(s, orb.Bound{Min: l.outer.Min, Max: orb.Point{l.outer.Min[0] + tableWidth, l.outer.Max[1]}})
	a.heading(s, sh)
	a.indexSide(s, sh, m)
	a.footer(s)
	s.Layer("")
}

// keyMap draws the zones with the frames and numbers of their sheets.
func (a *atlas) keyMap(s paper.Surface, sh sheet, frame orb.Bound) *mapDrawing {
	content := sh.content
	for _, other := range a.sheets {
		if other.zone >= 0 {
			content = content.Union(viewOf(a.layout.inner, other.content, contentMargin, a.ground.gk).extent())
		}
	}
	v := viewOf(frame, content, 0.02, a.ground.gk)
	m := newMapDrawing(s, a.ground, v, a.typo)
	s.Layer(baseLayer)
	s.Clip(v.frame)
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
					e := viewOf(a.layout.inner, other.content, contentMargin, a.ground.gk).extent()
					m.area(sheetFrameStyle, shape{parts: orb.MultiPolygon{e.ToPolygon()}, bound: e})
				}
				last = other.Number
			}
		}
		numbers[i] = first + "–" + last
	}
	return numbers
}

// sheetTable lists the sheets; where they are many, in two columns, and those of
// a zone in one row.
func (a *atlas) sheetTable(s paper.Surface, box orb.Bound) {
	t := a.typo
	full := grid{title: "图纸目录", head: []string{"图号", "图名", "比例尺"}, shares: []float64{0.13, 0.63, 0.24}, right: []bool{false, false, true}, unit: "幅图"}
	for _, sh := range a.sheets {
		full.rows = append(full.rows, []string{sh.Number, sh.Title, scaleOrDash(sh)})
	}
	height := box.Max[1] - box.Min[1]
	width := box.Max[0] - box.Min[0]
	if full.height(len(full.rows), t) <= height {
		full.draw(s, box.Min[0], box.Min[1], width, len(full.rows), t)
		return
	}
	full.title += "（片区各有现状图、片区方案图、服务设施覆盖图、分期实施图四幅）"
	full.rows = nil
	for i := 0; i < len(a.sheets); i++ {
		sh := a.sheets[i]
		if sh.zone < 0 {
			full.rows = append(full.rows, []string{sh.Number, sh.Title, scaleOrDash(sh)})
			continue
		}
		last := i
		for last+1 < len(a.sheets) && a.sheets[last+1].zone == sh.zone {
			last++
		}
		full.rows = append(full.rows, []string{sh.Number + "–" + a.sheets[last].Number, t.clean(a.plan.Zones[sh.zone].Name), scaleOrDash(sh)})
		i = last
	}
	if full.height(len(full.rows), t) <= height {
		full.draw(s, box.Min[0], box.Min[1], width, len(full.rows), t)
		return
	}
	a.twoColumns(s, full, box)
}

func scaleOrDash(sh sheet) string {
	if sh.Kind == Index {
		return "—"
	}
	return scaleText(sh.scale)
}

// twoColumns draws a table in two halves; what finds no room is counted.
func (a *atlas) twoColumns(s paper.Surface, g grid, box orb.Bound) {
	t, gap := a.typo, 3*a.typo.k
	width := (box.Max[0] - box.Min[0] - gap) / 2
	t.write(s, box.Min[0], box.Min[1]+3.6*t.k, t.fitted(g.title, t.body(), box.Max[0]-box.Min[0]), t.body(), left, true)
	top := box.Min[1] + 5.2*t.k
	g.title = ""
	second := g
	n := min((len(g.rows)+1)/2, int((box.Max[1]-top)/g.rowHeight(t))-2)
	g.rows, second.rows = g.rows[:n], g.rows[n:]
	g.draw(s, box.Min[0], top, width, n, t)
	second.draw(s, box.Min[0]+width+gap, top, width, second.fit(box.Max[1]-top, t), t)
}

// indexSide draws the column of the index: legend, what the plan is, notes.
func (a *atlas) indexSide(s paper.Surface, sh sheet, m *mapDrawing) {
	t, box := a.typo, a.layout.side
	s.Stroke(paper.Box(box), paper.Stroke{Width: 0.5, Colour: ink})
	pad := 2.5 * t.k
	x, width, y := box.Min[0]+pad, box.Max[0]-box.Min[0]-2*pad, box.Min[1]+pad
	y += a.orientation(s, x, y, width, m.view, t) + pad*0.6
	y = a.rule(s, y)
	t.write(s, x, y+3.2*t.k, "图例", t.head(), left, true)
	y += 4.8 * t.k
	y += legend(s, x, y, width, m.shown, t) + pad*0.6
	y = a.rule(s, y)
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
		"方案：" + t.clean(p.Scenario.Name) + "，第" + counted(int64(p.Scenario.Revision)) + "版；数据时点：" + p.At.In(beijing).Format("2006-01-02 15:04") + "（北京时间）。",
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
