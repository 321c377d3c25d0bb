package dxf

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// styling are the colours of a layer and of its classes.
type styling struct {
	colour int
	label  int // index of the field that labels, -1 for none
	by     int
	values []geofile.Class
}

func newStyling(l geofile.Layer) styling {
	field := func(name string) int {
		if name == "" {
			return -1
		}
		return slices.IndexFunc(l.Fields, func(f geofile.Field) bool { return f.Name == name })
	}
	s := styling{colour: 0x000000, label: field(l.Style.Label), by: field(l.Style.By), values: l.Style.Classes}
	if c := strokeOf(l.Style.Stroke, l.Style.Fill); c >= 0 {
		s.colour = c
	}
	return s
}

// of is the colour of a feature, -1 for that of its layer.
func (s styling) of(f geofile.Feature) int {
	if s.by < 0 || s.by >= len(f.Values) {
		return -1
	}
	for _, c := range s.values {
		if c.Value == f.Values[s.by] {
			return strokeOf(c.Stroke, c.Fill)
		}
	}
	return -1
}

// strokeOf is the colour of lines: of the stroke, else of the fill.
func strokeOf(stroke, fill string) int {
	for _, c := range []string{stroke, fill} {
		if v, err := strconv.ParseUint(strings.TrimPrefix(c, "#"), 16, 32); err == nil && len(c) == 7 {
			return int(v)
		}
	}
	return -1
}

// indexed is the colour of AutoCAD's index that is nearest to a true colour, for
// programs that know no other. Of the index, the nine pure colours are enough: true
// colours stand beside it.
func indexed(colour int) int64 {
	pure := []struct{ index, rgb int }{
		{1, 0xff0000}, {2, 0xffff00}, {3, 0x00ff00}, {4, 0x00ffff}, {5, 0x0000ff}, {6, 0xff00ff}, {7, 0x000000}, {8, 0x808080}, {9, 0xc0c0c0}, {30, 0xff7f00},
	}
	best, nearest := int64(7), math.Inf(1)
	for _, p := range pure {
		d := 0.0
		for shift := 0; shift <= 16; shift += 8 {
			v := float64(colour>>shift&0xff) - float64(p.rgb>>shift&0xff)
			d += v * v
		}
		if d < nearest {
			best, nearest = int64(p.index), d
		}
	}
	return best
}

// labelPoint is where the label of a shape stands: for areas in the middle of the
// widest stretch of the largest part at half its height, which is within it.
func labelPoint(g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.Point:
		return g
	case orb.MultiPoint:
		return g[0]
	case orb.LineString:
		return g[len(g)/2]
	case orb.MultiLineString:
		return labelPoint(g[0])
	case orb.Polygon:
		return insidePoint(g)
	case orb.MultiPolygon:
		best, size := 0, -1.0
		for i, p := range g {
			if a := areaOf(p); a > size {
				best, size = i, a
			}
		}
		return insidePoint(g[best])
	}
	return orb.Point{}
}

func insidePoint(p orb.Polygon) orb.Point {
	if len(p) == 0 || len(p[0]) == 0 {
		return orb.Point{}
	}
	b := p[0].Bound()
	// A hair beside the middle, so as not to meet corners.
	y := b.Min[1] + (b.Max[1]-b.Min[1])*0.50001
	var cuts []float64
	for _, r := range p {
		for i := range r {
			a, c := r[i], r[(i+1)%len(r)]
			if (a[1] > y) != (c[1] > y) {
				cuts = append(cuts, a[0]+(y-a[1])/(c[1]-a[1])*(c[0]-a[0]))
			}
		}
	}
	slices.Sort(cuts)
	best := b.Center()
	width := 0.0
	for i := 0; i+1 < len(cuts); i += 2 {
		if w := cuts[i+1] - cuts[i]; w > width {
			width = w
			best = orb.Point{(cuts[i] + cuts[i+1]) / 2, y}
		}
	}
	return best
}
