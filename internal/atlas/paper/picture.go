package paper

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"

	"github.com/paulmach/orb"
	"golang.org/x/image/vector"

	"github.com/lianpian/lianpian/internal/atlas/font"
)

// Picture is a surface of pixels.
type Picture struct {
	font   *font.Font
	image  *image.RGBA
	scale  float64 // pixels in a millimetre
	clip   image.Rectangle
	raster vector.Rasterizer
}

// NewPicture makes a white picture of a size in millimetres.
func NewPicture(f *font.Font, width, height, dpi float64) *Picture {
	scale := dpi / 25.4
	bounds := image.Rect(0, 0, int(math.Round(width*scale)), int(math.Round(height*scale)))
	p := &Picture{font: f, image: image.NewRGBA(bounds), scale: scale, clip: bounds}
	draw.Draw(p.image, bounds, image.White, image.Point{}, draw.Src)
	return p
}

// Size is the size in pixels.
func (p *Picture) Size() (width, height int) { return p.image.Rect.Dx(), p.image.Rect.Dy() }

// PNG writes the picture, with a palette.
func (p *Picture) PNG(w io.Writer) error { return png.Encode(w, palettedImage(p.image)) }

// Clip implements Surface.
func (p *Picture) Clip(b orb.Bound) {
	p.clip = image.Rect(int(math.Floor(b.Min[0]*p.scale)), int(math.Floor(b.Min[1]*p.scale)),
		int(math.Ceil(b.Max[0]*p.scale)), int(math.Ceil(b.Max[1]*p.scale))).Intersect(p.image.Rect)
}

// Unclip implements Surface.
func (p *Picture) Unclip() { p.clip = p.image.Rect }

// Layer implements Surface.
func (p *Picture) Layer(string) {}

// Fill implements Surface.
func (p *Picture) Fill(path Path, c Colour) {
	rings := make([][]orb.Point, 0, len(path))
	for _, contour := range path {
		if len(contour.Points) > 2 {
			rings = append(rings, contour.Points)
		}
	}
	p.paint(evenOdd(rings), c)
}

// Stroke implements Surface.
func (p *Picture) Stroke(path Path, s Stroke) {
	width := math.Max(s.Width, 0.7/p.scale) // thinner lines fade
	for _, contour := range path {
		points := contour.Points
		if contour.Closed && len(points) > 0 {
			points = append(points[:len(points):len(points)], points[0])
		}
		for _, run := range dashed(points, s.Dash) {
			p.paint(outlineOf(run, width/2, s.Round), s.Colour)
		}
	}
}

// Text implements Surface.
func (p *Picture) Text(t Text) {
	if t.Halo > 0 {
		p.text(t, Colour{255, 255, 255}, 2*t.Halo+t.stem(), false)
	}
	p.text(t, t.Colour, t.stem(), true)
}

func (p *Picture) text(t Text, c Colour, width float64, filled bool) {
	sin, cos := math.Sincos(t.Angle * math.Pi / 180)
	x := 0.0
	for _, g := range glyphsOf(p.font, t.String) {
		place := func(q [2]float64) orb.Point {
			ex, ey := (x+q[0])*t.Size, q[1]*t.Size
			return orb.Point{t.X + ex*cos - ey*sin, t.Y - ex*sin - ey*cos}
		}
		rings := flatten(p.font.Outline(g), place)
		if filled {
			p.paint(rings, c) // TrueType outlines are wound for the non-zero rule
		}
		if width > 0 {
			for _, ring := range rings {
				if len(ring) > 0 {
					p.paint(outlineOf(append(ring, ring[0]), width/2, true), c)
				}
			}
		}
		x += p.font.Advance(g)
	}
}

// paint fills rings by the non-zero rule.
func (p *Picture) paint(rings [][]orb.Point, c Colour) {
	bound := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, ring := range rings {
		for _, q := range ring {
			bound = bound.Extend(q)
		}
	}
	if !(bound.Min[0] <= bound.Max[0]) {
		return
	}
	edge := func(v float64) int { return int(math.Max(-1e6, math.Min(1e6, v))) }
	box := image.Rect(edge(math.Floor(bound.Min[0]*p.scale)), edge(math.Floor(bound.Min[1]*p.scale)),
		edge(math.Ceil(bound.Max[0]*p.scale))+1, edge(math.Ceil(bound.Max[1]*p.scale))+1).Intersect(p.clip)
	if box.Empty() {
		return
	}
	p.raster.Reset(box.Dx(), box.Dy())
	for _, ring := range rings {
		for i, q := range ring {
			x, y := float32(q[0]*p.scale-float64(box.Min.X)), float32(q[1]*p.scale-float64(box.Min.Y))
			if i == 0 {
				p.raster.MoveTo(x, y)
			} else {
				p.raster.LineTo(x, y)
			}
		}
		p.raster.ClosePath()
	}
	p.raster.Draw(p.image, box, image.NewUniform(color.RGBA{c.R, c.G, c.B, 255}), image.Point{})
}
