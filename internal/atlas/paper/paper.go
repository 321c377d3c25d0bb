// Package paper is what map sheets are drawn on: vectors and text in millimetres,
// with a PDF file and a picture behind it. It must never know what is drawn.
package paper

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/font"
)

// Colour is an opaque colour. Nothing is drawn translucent, so that every printer
// gives the same.
type Colour struct{ R, G, B uint8 }

// Grey is the grey of the same lightness (ITU-R BT.709 luma).
func (c Colour) Grey() Colour {
	y := uint8(math.Round(0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)))
	return Colour{y, y, y}
}

// Hex reads #rrggbb; anything else is black.
func Hex(s string) Colour {
	var v [3]uint8
	if len(s) != 7 || s[0] != '#' {
		return Colour{}
	}
	for i := range v {
		v[i] = nibble(s[1+2*i])<<4 | nibble(s[2+2*i])
	}
	return Colour{v[0], v[1], v[2]}
}

func nibble(b byte) uint8 {
	switch {
	case b >= '0' && b <= '9':
		return b - '0'
	case b >= 'a' && b <= 'f':
		return b - 'a' + 10
	case b >= 'A' && b <= 'F':
		return b - 'A' + 10
	}
	return 0
}

// Path is a set of contours in millimetres from the top left corner, y downwards.
type Path []Contour

// Contour is a run of points; closed ones end where they begin.
type Contour struct {
	Points []orb.Point
	Closed bool
}

// Stroke says how a line is drawn; lengths are in millimetres.
type Stroke struct {
	Width  float64
	Colour Colour
	Dash   []float64 // lengths of strokes and gaps in turn; nil is solid
	Round  bool      // ends of lines
}

// Text is a line of text. It begins at (X, Y) on the baseline.
type Text struct {
	X, Y   float64
	String string
	Size   float64 // of the em, millimetres
	Angle  float64 // degrees, counter-clockwise
	Colour Colour
	Halo   float64 // width around the glyphs, millimetres
	Bold   bool
}

// Surface is drawn on. Later things cover earlier ones.
type Surface interface {
	// Fill fills the inside of a path by the even-odd rule.
	Fill(p Path, c Colour)
	Stroke(p Path, s Stroke)
	// Text draws a text; halos are white.
	Text(t Text)
	// Clip lets only what lies in a box be drawn until Unclip.
	Clip(box orb.Bound)
	Unclip()
	// Layer begins a layer that readers may hide; "" ends the last one.
	Layer(name string)
}

// Nowhere is a surface that forgets: for measuring what a box needs.
type Nowhere struct{}

// Fill implements Surface.
func (Nowhere) Fill(Path, Colour) {}

// Stroke implements Surface.
func (Nowhere) Stroke(Path, Stroke) {}

// Text implements Surface.
func (Nowhere) Text(Text) {}

// Clip implements Surface.
func (Nowhere) Clip(orb.Bound) {}

// Unclip implements Surface.
func (Nowhere) Unclip() {}

// Layer implements Surface.
func (Nowhere) Layer(string) {}

// InGrey draws everything in shades of grey.
type InGrey struct{ Surface }

// Fill implements Surface.
func (g InGrey) Fill(p Path, c Colour) { g.Surface.Fill(p, c.Grey()) }

// Stroke implements Surface.
func (g InGrey) Stroke(p Path, s Stroke) {
	s.Colour = s.Colour.Grey()
	g.Surface.Stroke(p, s)
}

// Text implements Surface.
func (g InGrey) Text(t Text) {
	t.Colour = t.Colour.Grey()
	g.Surface.Text(t)
}

// boldness is how much wider bold strokes are, in ems: the font has one weight.
const boldness = 0.035

// glyphsOf are the glyphs of a text.
func glyphsOf(f *font.Font, s string) []uint16 {
	out := make([]uint16, 0, len(s))
	for _, r := range s {
		out = append(out, f.Glyph(r))
	}
	return out
}

// Line is a path of one open contour.
func Line(points ...orb.Point) Path { return Path{{Points: points}} }

// Ring is a path of one closed contour.
func Ring(points ...orb.Point) Path { return Path{{Points: points, Closed: true}} }

// Box is the outline of a box.
func Box(b orb.Bound) Path {
	return Ring(b.Min, orb.Point{b.Max[0], b.Min[1]}, b.Max, orb.Point{b.Min[0], b.Max[1]})
}

// Circle is a circle as a polygon that nobody can tell from it at sizes of symbols.
func Circle(centre orb.Point, radius float64) Path { return Regular(centre, radius, 36, 0) }

// Regular is a regular polygon; turn is the bearing of the first corner in
// degrees clockwise from the top.
func Regular(centre orb.Point, radius float64, corners int, turn float64) Path {
	points := make([]orb.Point, corners)
	for i := range points {
		sin, cos := math.Sincos((turn + 360*float64(i)/float64(corners)) * math.Pi / 180)
		points[i] = orb.Point{centre[0] + radius*sin, centre[1] - radius*cos}
	}
	return Ring(points...)
}

// Bound is the box around a path; it is empty for one without points.
func (p Path) Bound() orb.Bound {
	b := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, c := range p {
		for _, q := range c.Points {
			b = b.Extend(q)
		}
	}
	return b
}
