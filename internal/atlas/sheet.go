package atlas

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// Layers of the PDF file, which readers may hide.
const (
	baseLayer  = "底图"
	themeLayer = "专题内容"
	labelLayer = "注记"
	frameLayer = "图廓与图例"
)

// drawSheet draws a sheet with everything around the map.
func (a *atlas) drawSheet(s paper.Surface, sh sheet) {
	if sh.Kind == Index {
		a.drawIndex(s, sh)
		return
	}
	v := a.viewOf(a.layout.inner, sh.content, series)
	m := a.drawMap(s, sh, v, a.typo, false)
	s.Layer(frameLayer)
	neatLine(s, a.layout, v, a.typo)
	a.heading(s, sh)
	a.side(s, sh, v, m)
	a.footer(s)
	s.Layer("")
}

// viewOf shows content in a frame of the paper.
func (a *atlas) viewOf(frame, content orb.Bound, series []int) view {
	return viewOf(frame, content, series, a.ground.gk).toward(a.ground.known, content)
}

// drawMap draws what stands within the neat line, briefly for a picture.
func (a *atlas) drawMap(s paper.Surface, sh sheet, v view, t typography, brief bool) *mapDrawing {
	m := newMapDrawing(s, a.ground, v, t)
	m.brief = brief
	inLayer := func(name string, draw func()) {
		s.Layer(name)
		s.Clip(v.frame)
		draw()
		s.Unclip()
		s.Layer("")
	}
	inLayer(baseLayer, func() {
		m.Fill(paper.Box(m.wide()), groundTint)
		if sh.Kind == Facility && len(a.plan.Coverage[sh.coverage].Reach) > 0 {
			m.area(reachFill(), a.ground.reach[sh.coverage])
		}
		m.base()
	})
	inLayer(themeLayer, func() {
		a.theme(m, sh)
		m.borders()
		gridCrosses(s, v)
	})
	inLayer(labelLayer, func() {
		a.names(m, sh)
		m.labels.place()
		m.labels.draw(s)
	})
	return m
}

// reachFill is the style of the reach below the base map; its border is drawn
// with the theme.
func reachFill() style {
	st := reachStyle
	st.stroke = ""
	return st
}

// theme draws what a sheet is about.
func (a *atlas) theme(m *mapDrawing, sh sheet) {
	switch sh.Kind {
	case Overview:
		a.drawOverview(m)
	case Existing:
		a.drawExisting(m, sh)
	case Zone:
		a.drawZone(m, sh)
	case Coverage:
		a.drawCoverage(m, sh)
	case Phasing:
		a.drawPhasing(m, sh)
	case Facility:
		a.drawFacility(m, sh)
	}
}

// heading draws the title above the map.
func (a *atlas) heading(s paper.Surface, sh sheet) {
	t, l := a.typo, a.layout
	y := l.title.Max[1] - 4*t.k
	size := t.title()
	for t.width(sh.Title, size) > l.outer.Max[0]-l.outer.Min[0] && size > 3 {
		size *= 0.9
	}
	t.write(s, l.outer.Center()[0], y, sh.Title, size, centre, true)
	t.write(s, l.side.Max[0], y, fmt.Sprintf("第%s幅  共%d幅", sh.Number, len(a.sheets)), t.body(), right, false)
	project := t.clean(projectTitle(a.plan))
	t.write(s, l.side.Max[0], y-t.body()*1.7, t.fitted(project, t.body(), l.side.Max[0]-l.side.Min[0]), t.body(), right, false)
}

// footer draws the check bar and where the data come from.
func (a *atlas) footer(s paper.Surface) {
	t, l := a.typo, a.layout
	checkBar(s, l.bottom.Min[0], l.bottom.Min[1]+4.8*t.k, t)
	x := l.bottom.Min[0] + 100 + 6*t.k
	size := t.small() * 0.9
	lines := t.wrapped(a.typo.clean(a.credits()), size, l.bottom.Max[0]-x)
	for i, line := range lines[:min(len(lines), 3)] {
		t.write(s, x, l.bottom.Min[1]+(2.6+float64(i)*2.5)*t.k, line, size, left, false)
	}
}

// credits names the sources of the data.
func (a *atlas) credits() string {
	text := a.plan.District.Notice
	if text == "" && a.plan.District.Demo {
		text = "演示数据：部分内容为程序生成，与实际情况无关。"
	}
	if !strings.Contains(text, "OpenStreetMap") && a.usesOpenStreetMap() {
		text = strings.TrimSpace("部分道路、水系、楼栋等来自 © OpenStreetMap 贡献者（ODbL 1.0）。" + text)
	}
	if text == "" {
		text = "数据来源：" + a.plan.District.Name + "数据台账。"
	}
	return text
}

func (a *atlas) usesOpenStreetMap() bool {
	for i := range a.plan.Buildings {
		if a.plan.Buildings[i].Source == "openstreetmap" {
			return true
		}
	}
	for i := range a.plan.Facilities {
		if a.plan.Facilities[i].Source == "openstreetmap" {
			return true
		}
	}
	return false
}

// The size of pictures in millimetres.
const (
	pictureWidth  = 250.0
	pictureHeight = 165.0
)

// drawPicture draws a sheet for a report: the map, and beside it legend, scale
// bar and north arrow.
func (a *atlas) drawPicture(s paper.Surface, sh sheet) {
	t := a.typo
	t.k = 1.12 // pictures are made smaller in a report
	const column, edge = 70.0, 0.5
	frame := orb.Bound{Min: orb.Point{edge, edge}, Max: orb.Point{pictureWidth - column, pictureHeight - edge}}
	v := a.viewOf(frame, sh.content, series)
	m := a.drawMap(s, sh, v, t, true)
	s.Stroke(paper.Box(frame), paper.Stroke{Width: 0.4, Colour: ink})
	x, y, width := frame.Max[0]+4, edge, column-4.5
	y += a.orientation(s, x, y, width, v, false, t) + 3*t.k
	t.write(s, x, y+3*t.k, "图例", t.head(), left, true)
	legend(s, x, y+5*t.k, width, m.shown, 24, frame.Max[1]-y-5*t.k, t)
}
