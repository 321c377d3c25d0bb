package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
)

// pdfSurface writes the content of a page, in millimetres with y downwards.
type pdfSurface struct {
	file  *PDF
	out   []byte
	layer int
}

func (s *pdfSurface) printf(format string, values ...any) {
	s.out = fmt.Appendf(s.out, format, values...)
}

// number writes a number as PDF knows it: without an exponent.
func number(v float64, digits int) string { return string(appendNumber(nil, v, digits)) }

func appendNumber(out []byte, v float64, digits int) []byte {
	from := len(out)
	out = strconv.AppendFloat(out, v, 'f', digits, 64)
	if slices.Contains(out[from:], '.') {
		for out[len(out)-1] == '0' {
			out = out[:len(out)-1]
		}
		if out[len(out)-1] == '.' {
			out = out[:len(out)-1]
		}
	}
	if string(out[from:]) == "-0" {
		out = append(out[:from], '0')
	}
	return out
}

func (s *pdfSurface) numbers(values ...float64) {
	for _, v := range values {
		s.out = append(appendNumber(s.out, v, 3), ' ')
	}
}

func (s *pdfSurface) colour(c Colour, operator string) {
	if c.R == c.G && c.G == c.B {
		s.out = append(appendNumber(s.out, float64(c.R)/255, 3), ' ')
		if operator == "rg" {
			operator = "g"
		} else {
			operator = "G"
		}
	} else {
		s.numbers(float64(c.R)/255, float64(c.G)/255, float64(c.B)/255)
	}
	s.out = append(append(s.out, operator...), '\n')
}

func (s *pdfSurface) path(p Path) bool {
	drawn := false
	for _, c := range p {
		for i, q := range c.Points {
			s.numbers(q[0], q[1])
			if i == 0 {
				s.out = append(s.out, "m\n"...)
			} else {
				s.out = append(s.out, "l\n"...)
			}
			drawn = true
		}
		if c.Closed && len(c.Points) > 0 {
			s.out = append(s.out, "h\n"...)
		}
	}
	return drawn
}

// Fill implements Surface.
func (s *pdfSurface) Fill(p Path, c Colour) {
	if p.empty() {
		return
	}
	s.colour(c, "rg")
	s.path(p)
	s.out = append(s.out, "f*\n"...)
}

// Stroke implements Surface.
func (s *pdfSurface) Stroke(p Path, k Stroke) {
	if p.empty() || k.Width <= 0 {
		return
	}
	s.colour(k.Colour, "RG")
	s.numbers(k.Width)
	s.out = append(s.out, "w 1 j "...)
	if k.Round {
		s.out = append(s.out, "1 J "...)
	} else {
		s.out = append(s.out, "0 J "...)
	}
	s.out = append(s.out, '[')
	s.numbers(k.Dash...)
	s.out = append(s.out, "]0 d\n"...)
	s.path(p)
	s.out = append(s.out, "S\n"...)
}

func (p Path) empty() bool {
	for _, c := range p {
		if len(c.Points) > 0 {
			return false
		}
	}
	return true
}

// Text implements Surface. A halo is a wide stroke below the text and no text
// itself: it stands for nothing when the text is read out of the file.
func (s *pdfSurface) Text(t Text) {
	if t.String == "" || t.Size <= 0 {
		return
	}
	if t.Halo > 0 {
		s.printf("/Span<</ActualText<FEFF>>>BDC\n")
		s.colour(Colour{255, 255, 255}, "RG")
		s.show(t, 1, 2*t.Halo+t.stem())
		s.printf("EMC\n")
	}
	s.colour(t.Colour, "rg")
	if t.Bold {
		s.colour(t.Colour, "RG")
		s.show(t, 2, t.stem())
		return
	}
	s.show(t, 0, 0)
}

// stem is the width of the stroke that makes a text bold.
func (t Text) stem() float64 {
	if t.Bold {
		return boldness * t.Size
	}
	return 0
}

func (s *pdfSurface) show(t Text, mode int, width float64) {
	if width > 0 {
		s.numbers(width)
		s.out = append(s.out, "w 1 j []0 d "...)
	}
	sin, cos := math.Sincos(t.Angle * math.Pi / 180)
	s.printf("BT /F %s Tf %d Tr ", number(t.Size, 3), mode)
	for _, v := range []float64{cos, -sin, -sin, -cos} {
		s.out = append(appendNumber(s.out, v, 6), ' ')
	}
	s.numbers(t.X, t.Y)
	s.out = append(s.out, "Tm <"...)
	for _, r := range t.String {
		g := s.file.font.Glyph(r)
		if _, known := s.file.glyphs[g]; !known {
			s.file.glyphs[g] = r
		}
		s.printf("%04X", g)
	}
	s.out = append(s.out, "> Tj ET\n"...)
}

// Clip implements Surface.
func (s *pdfSurface) Clip(b orb.Bound) {
	s.out = append(s.out, "q "...)
	s.path(Box(b))
	s.out = append(s.out, "W n\n"...)
}

// Unclip implements Surface.
func (s *pdfSurface) Unclip() { s.out = append(s.out, "Q\n"...) }

// Layer implements Surface. Layers must not begin or end between Clip and Unclip.
func (s *pdfSurface) Layer(name string) {
	if s.layer >= 0 {
		s.printf("EMC\n")
		s.layer = -1
	}
	if name == "" {
		return
	}
	s.layer = slices.Index(s.file.layers, name)
	if s.layer < 0 {
		s.layer = len(s.file.layers)
		s.file.layers = append(s.file.layers, name)
	}
	s.printf("/OC /L%d BDC\n", s.layer)
}
