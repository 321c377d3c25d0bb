package atlas

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// mapDrawing draws what stands within the neat line of a sheet, and keeps which
// styles it showed: the legend is made of these, and of nothing else.
type mapDrawing struct {
	paper.Surface
	ground *ground
	view   view
	typo   typography
	labels labels
	brief  bool // of a picture: only what the sheet is about
	shown  map[string]style
	marked []marked // symbols of facilities
}

func newMapDrawing(s paper.Surface, g *ground, v view, t typography) *mapDrawing {
	return &mapDrawing{Surface: s, ground: g, view: v, typo: t, shown: map[string]style{}, labels: labels{frame: padded(v.frame, -0.8), measure: t.width}}
}

// wide is the frame with a margin, so that edges made by clipping stay unseen.
func (m *mapDrawing) wide() orb.Bound { return padded(m.view.frame, 12) }

// show notes that something of a style can be seen.
func (m *mapDrawing) show(st style) { m.shown[st.key] = st }

// area draws shapes of one style; those that are only a place are left out.
func (m *mapDrawing) area(st style, shapes ...shape) {
	sized := st.sized(m.typo.k)
	for _, s := range shapes {
		path, seen := m.areaPath(s)
		if !seen {
			continue
		}
		m.show(st)
		paintArea(m, sized, path)
	}
}

// outline draws only the border of a shape, below whatever fill.
func (m *mapDrawing) outline(st style, shapes ...shape) {
	st.fill, st.hatch = "", paper.Hatch{}
	m.area(st, shapes...)
}

// paintArea paints a path as a style says.
func paintArea(s paper.Surface, st style, path paper.Path) {
	if st.fill != "" {
		s.Fill(path, paper.Hex(st.fill))
	}
	if st.hatch.Spacing > 0 {
		s.Stroke(st.hatch.Lines(path), paper.Stroke{Width: 0.12, Colour: paper.Hex(st.ink)})
	}
	if st.casing != "" {
		s.Stroke(path, paper.Stroke{Width: st.width + 0.7, Colour: paper.Hex(st.casing)})
	}
	if st.stroke != "" && st.width > 0 {
		s.Stroke(path, paper.Stroke{Width: st.width, Colour: paper.Hex(st.stroke), Dash: st.dash})
	}
}

// areaPath is a shape on paper, cut to a little more than the frame; seen tells
// whether any of it lies within the frame.
func (m *mapDrawing) areaPath(s shape) (path paper.Path, seen bool) {
	if len(s.parts) == 0 || !meets(s.bound, m.view.extent()) {
		return nil, false
	}
	wide := m.wide()
	for _, part := range s.parts {
		for _, ring := range part {
			points := m.onPaper(ring)
			if len(points) > 1 && points[0] == points[len(points)-1] {
				points = points[:len(points)-1]
			}
			bound := paper.Path{{Points: points}}.Bound()
			if !meets(bound, wide) {
				continue
			}
			if !within(bound, wide) {
				points = clipRing(points, wide)
			}
			if len(points) < 3 {
				continue
			}
			seen = seen || ringArea(clipRing(points, m.view.frame)) > 0.01
			path = append(path, paper.Contour{Points: points, Closed: true})
		}
	}
	return path, seen
}

func (m *mapDrawing) onPaper(line []orb.Point) []orb.Point {
	out := make([]orb.Point, len(line))
	for i, p := range line {
		out[i] = m.view.paper(p)
	}
	return out
}

// lines draws tracks of one style: casings first, so that junctions are open.
func (m *mapDrawing) lines(st style, tracks ...track) {
	m.runs(st, m.visible(tracks...))
}

func (m *mapDrawing) runs(st style, path paper.Path) {
	if len(path) == 0 {
		return
	}
	m.show(st)
	st = st.sized(m.typo.k)
	paintLine(m, st, path, m.lineWidth(st))
}

// lineWidth is the true width of a road at the scale, but never too thin to be
// seen nor so wide that it hides what stands beside it.
func (m *mapDrawing) lineWidth(st style) float64 {
	if st.metres == 0 {
		return st.width
	}
	return math.Max(st.width, math.Min(st.metres*1000/float64(m.view.scale), 6))
}

// paintLine paints a path as a style says.
func paintLine(s paper.Surface, st style, path paper.Path, width float64) {
	if st.casing != "" {
		s.Stroke(path, paper.Stroke{Width: width + 0.3, Colour: paper.Hex(st.casing), Round: true})
	}
	s.Stroke(path, paper.Stroke{Width: width, Colour: paper.Hex(st.stroke), Dash: st.dash, Round: st.dash == nil})
}

// visible are the runs of tracks within a little more than the frame, if any lies
// within the frame.
func (m *mapDrawing) visible(tracks ...track) paper.Path {
	var out paper.Path
	seen := false
	for _, t := range tracks {
		if len(t.path) < 2 || !meets(t.bound, m.view.extent()) {
			continue
		}
		for _, run := range clipLine(m.onPaper(t.path), m.wide()) {
			seen = seen || len(clipLine(run, m.view.frame)) > 0
			out = append(out, paper.Contour{Points: run})
		}
	}
	if !seen {
		return nil
	}
	return out
}

// groundTint is what streets stand out from.
var groundTint = paper.Hex("#f8f6f1")

// base draws the base map below a theme.
func (m *mapDrawing) base() {
	g := m.ground
	m.area(waterStyle, g.water...)
	m.area(greenStyle, g.green...)
	m.lines(waterwayStyle, g.waterways...)
	m.roads()
	m.lines(railwayStyle, g.railways...)
	m.area(otherBuilding, g.otherBuildings...)
	m.outline(otherCommunity, g.otherCommunities...)
}

// borders draws the administrative boundaries.
func (m *mapDrawing) borders() {
	m.lines(neighborLine, m.ground.neighborhoodLines...)
	m.lines(subdistrictLine, m.ground.subdistrictLines...)
}

// roads draws streets from the small to the great: all casings of a class, then
// all its surfaces.
func (m *mapDrawing) roads() {
	byStyle := map[string][]track{}
	for i, r := range m.ground.plan.Surroundings.Roads {
		key := roadStyle(r.Class).key
		byStyle[key] = append(byStyle[key], m.ground.roads[i])
	}
	for i := len(roadStyles) - 1; i >= 0; i-- {
		st := roadStyles[i].style
		m.lines(st, byStyle[st.key]...)
	}
}
