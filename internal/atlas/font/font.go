// Package font reads the TrueType font of the map sheets: widths, outlines, and
// subsets to embed in PDF files. It must never fall back on another font in
// silence: who draws asks Has first.
package font

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

//go:embed NotoSansSC-Regular.ttf
var notoSansSC []byte

// Font is a TrueType font. It is safe for concurrent use.
type Font struct {
	Name string // PostScript name
	// Ascent and Descent are the heights above and below the baseline, and Cap
	// that of capitals, all in thousandths of the size.
	Ascent, Descent, Cap float64
	Box                  [4]float64 // of all glyphs: left, bottom, right, top, in thousandths

	face   *sfnt.Font
	units  float64
	tables map[string][]byte
	loca   []uint32

	mu     sync.Mutex
	buffer sfnt.Buffer
	glyphs map[rune]uint16
	widths map[uint16]float64
	shapes map[uint16]Outline
}

// Outline is the shape of a glyph in ems, y upwards.
type Outline []Segment

// Segment is a piece of an outline: M begins a contour, L is a straight line and
// Q a parabola whose control point comes first.
type Segment struct {
	Op     byte
	Points [2][2]float64
}

var embedded = sync.OnceValues(func() (*Font, error) { return Parse(notoSansSC) })

// Embedded is Noto Sans SC Regular, which comes with the program.
func Embedded() (*Font, error) { return embedded() }

// Parse reads a TrueType font; data must not change afterwards.
func Parse(data []byte) (*Font, error) {
	face, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read a font: %w", err)
	}
	f := &Font{
		face: face, units: float64(face.UnitsPerEm()),
		glyphs: map[rune]uint16{}, widths: map[uint16]float64{}, shapes: map[uint16]Outline{},
	}
	if f.tables, err = readTables(data); err != nil {
		return nil, err
	}
	if f.loca, err = readLoca(f.tables); err != nil {
		return nil, err
	}
	if f.Name, err = face.Name(&f.buffer, sfnt.NameIDPostScript); err != nil || f.Name == "" {
		f.Name = "Font"
	}
	f.metrics()
	return f, nil
}

func (f *Font) metrics() {
	at := func(table string, offset int) float64 {
		t := f.tables[table]
		if len(t) < offset+2 {
			return 0
		}
		return float64(int16(binary.BigEndian.Uint16(t[offset:]))) * 1000 / f.units
	}
	f.Ascent, f.Descent = at("hhea", 4), -at("hhea", 6)
	f.Box = [4]float64{at("head", 36), at("head", 38), at("head", 40), at("head", 42)}
	if f.Cap = at("OS/2", 88); f.Cap <= 0 {
		f.Cap = 733
	}
}

// Has tells whether the font can draw a character.
func (f *Font) Has(r rune) bool { return f.Glyph(r) != 0 }

// Glyph is the number of the glyph of a character, 0 for none.
func (f *Font) Glyph(r rune) uint16 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g, known := f.glyphs[r]; known {
		return g
	}
	g, err := f.face.GlyphIndex(&f.buffer, r)
	if err != nil {
		g = 0
	}
	f.glyphs[r] = uint16(g)
	return uint16(g)
}

// Advance is the width of a glyph in ems.
func (f *Font) Advance(glyph uint16) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if w, known := f.widths[glyph]; known {
		return w
	}
	w := 1.0
	if a, err := f.face.GlyphAdvance(&f.buffer, sfnt.GlyphIndex(glyph), fixed.I(int(f.units)), 0); err == nil {
		w = math.Round(float64(a)/64) / f.units
	}
	f.widths[glyph] = w
	return w
}

// Width is the width of a text in ems.
func (f *Font) Width(text string) float64 {
	var w float64
	for _, r := range text {
		w += f.Advance(f.Glyph(r))
	}
	return w
}

// Outline is the shape of a glyph.
func (f *Font) Outline(glyph uint16) Outline {
	f.mu.Lock()
	defer f.mu.Unlock()
	if o, known := f.shapes[glyph]; known {
		return o
	}
	var out Outline
	segments, err := f.face.LoadGlyph(&f.buffer, sfnt.GlyphIndex(glyph), fixed.I(int(f.units)), nil)
	if err == nil {
		for _, s := range segments {
			out = append(out, f.segment(s))
		}
	}
	f.shapes[glyph] = out
	return out
}

func (f *Font) segment(s sfnt.Segment) Segment {
	em := func(p fixed.Point26_6) [2]float64 {
		return [2]float64{float64(p.X) / 64 / f.units, -float64(p.Y) / 64 / f.units}
	}
	out := Segment{Op: 'M', Points: [2][2]float64{em(s.Args[0]), em(s.Args[1])}}
	switch s.Op {
	case sfnt.SegmentOpLineTo:
		out.Op = 'L'
	case sfnt.SegmentOpQuadTo:
		out.Op = 'Q'
	}
	return out
}
