package paper

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/atlas/font"
)

func embedded(t testing.TB) *font.Font {
	t.Helper()
	f, err := font.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func donut(size float64) Path {
	return append(Box(orb.Bound{Min: orb.Point{10, 10}, Max: orb.Point{10 + size, 10 + size}}),
		Box(orb.Bound{Min: orb.Point{10 + size/3, 10 + size/3}, Max: orb.Point{10 + 2*size/3, 10 + 2*size/3}})...)
}

func TestHatchLiesInsideAndFillsTheArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		angle := rapid.Float64Range(0, 180).Draw(t, "angle")
		// Its edges are no multiples of the spacing: a line along an edge is neither in nor out.
		area := donut(30)
		for _, ring := range area {
			for i := range ring.Points {
				ring.Points[i] = orb.Point{ring.Points[i][0] + 0.13, ring.Points[i][1] + 0.13}
			}
		}
		var length float64
		for _, line := range (Hatch{Angle: angle, Spacing: 0.5}).Lines(area) {
			a, b := line.Points[0], line.Points[1]
			length += math.Hypot(b[0]-a[0], b[1]-a[1])
			for _, share := range []float64{0.01, 0.5, 0.99} {
				p := orb.Point{a[0] + share*(b[0]-a[0]), a[1] + share*(b[1]-a[1])}
				if inside(area[0].Points, p) == inside(area[1].Points, p) {
					t.Fatalf("%v is hatched", p)
				}
			}
		}
		// Lines of a spacing are as long together as the area is large.
		if want := (900 - 100) / 0.5; math.Abs(length-want) > 0.06*want {
			t.Fatalf("%.0f mm of hatch, want %.0f", length, want)
		}
	})
}

func drawing(s Surface) error {
	s.Layer("一层")
	s.Clip(orb.Bound{Max: orb.Point{90, 50}})
	s.Fill(donut(30), Colour{200, 0, 0})
	s.Stroke(Line(orb.Point{50, 20}, orb.Point{80, 20}), Stroke{Width: 4, Colour: Colour{0, 0, 200}})
	s.Stroke(Line(orb.Point{50, 30}, orb.Point{80, 30}), Stroke{Width: 2, Dash: []float64{5, 5}})
	s.Fill(Circle(orb.Point{90, 50}, 8), Colour{0, 150, 0})
	s.Unclip()
	s.Layer("注记")
	s.Text(Text{X: 50, Y: 12, String: "片区 Ab1", Size: 8, Halo: 0.5, Bold: true})
	s.Text(Text{X: 8, Y: 48, String: "竖排", Size: 6, Angle: 90})
	return nil
}

func TestPictureShowsWhatIsDrawn(t *testing.T) {
	p := NewPicture(embedded(t), 100, 60, 254) // 10 pixels in a millimetre
	if err := drawing(p); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		x, y float64
		want color.RGBA
	}{
		"ring":             {12, 12, color.RGBA{200, 0, 0, 255}},
		"hole":             {25, 25, color.RGBA{255, 255, 255, 255}},
		"line":             {60, 21.8, color.RGBA{0, 0, 200, 255}},
		"beside the line":  {60, 22.3, color.RGBA{255, 255, 255, 255}},
		"stroke":           {52, 30, color.RGBA{0, 0, 0, 255}},
		"gap":              {57, 30, color.RGBA{255, 255, 255, 255}},
		"second stroke":    {62, 30, color.RGBA{0, 0, 0, 255}},
		"within the clip":  {86, 48, color.RGBA{0, 150, 0, 255}},
		"outside the clip": {93, 51, color.RGBA{255, 255, 255, 255}},
	} {
		if got := p.image.RGBAAt(int(c.x*10), int(c.y*10)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestPDFLooksLikeThePicture renders the PDF with poppler, which knows nothing of
// this package.
func TestPDFLooksLikeThePicture(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed")
	}
	var b bytes.Buffer
	file := NewPDF(&b, embedded(t), About{Title: "图", At: time.Unix(0, 0)})
	if err := file.Page(100, 60, "图一", 0, drawing); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "254", "-png", "-singlefile", name, filepath.Join(dir, "a")).CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("pdftoppm: %v %s", err, out)
	}
	f, err := os.Open(filepath.Join(dir, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	theirs, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	ours := NewPicture(embedded(t), 100, 60, 254)
	_ = drawing(ours)
	differ, total := 0, 0
	for x := range 1000 {
		for y := range 600 {
			r1, g1, b1, _ := theirs.At(x, y).RGBA()
			c := ours.image.RGBAAt(x, y)
			d := math.Abs(float64(r1>>8)-float64(c.R)) + math.Abs(float64(g1>>8)-float64(c.G)) + math.Abs(float64(b1>>8)-float64(c.B))
			if total++; d > 200 {
				differ++
			}
		}
	}
	if share := float64(differ) / float64(total); share > 0.004 {
		t.Errorf("%.2f %% of the pixels differ", 100*share)
	}
}

func TestPDFHasBookmarksAndLayers(t *testing.T) {
	var b bytes.Buffer
	file := NewPDF(&b, embedded(t), About{Title: "图", At: time.Unix(0, 0), Plain: true})
	for i, mark := range []string{"一", "二", "二之一", "二之二", "三"} {
		level := 0
		if i == 2 || i == 3 {
			level = 1
		}
		if err := file.Page(100, 60, mark, level, drawing); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"/Count 3", "/Count -2", pdfString("二之一"), "/Type/OCG/Name" + pdfString("一层"), "/Type/OCG/Name" + pdfString("注记"), "/ActualText<FEFF>", "%%EOF"} {
		if !strings.Contains(text, want) {
			t.Errorf("the file has no %s", want)
		}
	}
	if n := strings.Count(text, "/Type/OCG/"); n != 2 {
		t.Errorf("%d layers, want 2 for all pages", n)
	}
}

func TestPDFWithoutPagesIsRefused(t *testing.T) {
	if err := NewPDF(&bytes.Buffer{}, embedded(t), About{}).Close(); err == nil {
		t.Error("an empty file is written")
	}
}

func TestNumbersHaveNoExponent(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -0.00001: "0", 1e-9: "0", 12.5: "12.5", -3.14159: "-3.142", 1e7: "10000000"} {
		if got := number(v, 3); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

func TestPaletteKeepsTheColoursOfAreas(t *testing.T) {
	in := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		c := color.RGBA{uint8(i % 251), uint8(i % 13), uint8(i % 7), 255}
		if i < 2048 {
			c = color.RGBA{211, 228, 196, 255}
		}
		in.SetRGBA(i%64, i/64, c)
	}
	out := palettedImage(in)
	if len(out.Palette) != 256 {
		t.Fatalf("%d colours", len(out.Palette))
	}
	for i := range 2048 {
		if got := out.At(i%64, i/64); got != (color.RGBA{211, 228, 196, 255}) {
			t.Fatalf("an area turns %v", got)
		}
	}
}
