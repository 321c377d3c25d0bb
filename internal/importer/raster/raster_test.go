package raster

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/terrain"
)

// all is a bound around everything.
var all = orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}

func open(t testing.TB, data []byte, name string) (*Raster, error) {
	t.Helper()
	return Open(bytes.NewReader(data), int64(len(data)), name)
}

func mustOpen(t testing.TB, data []byte, name string) *Raster {
	t.Helper()
	r, err := open(t, data, name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func cut(t testing.TB, r *Raster, bound orb.Bound) *terrain.Grid {
	t.Helper()
	g, _, err := r.Cut(t.Context(), bound)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// made is the height in the files of testdata.
func made(row, col int) float64 { return float64(1000 + 3*col - 2*row + (7*row+13*col)%11) }

func TestGeoTIFFsInEveryDressHaveTheSameHeights(t *testing.T) {
	for _, name := range []string{
		"int16_strips.tif", "int16_lzw_predictor.tif", "uint16_deflate_tiles.tif", "int32_lzw_tiles_big_endian.tif",
		"float32_deflate_predictor.tif", "float32_lzw_big_endian.tif", "float64_lzw_predictor.tif",
		"float32_bigtiff_points.tif", "float32_predictor2.tif",
	} {
		t.Run(name, func(t *testing.T) {
			r := mustOpen(t, read(t, name), name)
			g := cut(t, r, all)
			if r.Format != "geotiff" || g.Cols != 40 || g.Rows != 30 {
				t.Fatalf("%s of %d by %d", r.Format, g.Cols, g.Rows)
			}
			if math.Abs(g.West-106.8505) > 1e-9 || math.Abs(g.North-28.9995) > 1e-9 || math.Abs(g.StepX-0.001) > 1e-12 {
				t.Errorf("the first sample is at %v, %v, the next %v on", g.West, g.North, g.StepX)
			}
			quarter := 0.0
			if strings.HasPrefix(name, "float") {
				quarter = 0.25
			}
			for row := range g.Rows {
				for col := range g.Cols {
					h := float64(g.Heights[row*g.Cols+col])
					if row == 3 && col == 5 {
						if h == h {
							t.Errorf("the void is %v m high", h)
						}
					} else if h != made(row, col)+quarter {
						t.Fatalf("row %d, column %d: %v m, want %v", row, col, h, made(row, col)+quarter)
					}
				}
			}
		})
	}
}

// 1000.25 and −2.5 as the floating point predictor stores them, whatever the order
// of the file: first the first bytes of both, and each byte less the one before.
func TestFloatsComeBackFromDifferencesOfBytes(t *testing.T) {
	planes := []byte{0x44, 0xc0, 0x7a, 0x20, 0x10, 0x00, 0x00, 0x00}
	stored := bytes.Clone(planes)
	for i := len(stored) - 1; i > 0; i-- {
		stored[i] -= stored[i-1]
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		m := &image{file: &tiffFile{order: order}, bits: 32, sampleFormat: 3, predictor: 3, metres: 1, noData: math.NaN()}
		line := bytes.Clone(stored)
		m.undo(line, make([]byte, len(line)))
		if a, b := m.height(line, 0), m.height(line, 1); a != 1000.25 || b != -2.5 {
			t.Errorf("%v: %v and %v", order, a, b)
		}
	}
}

func TestACutHasTheGroundAskedForAndALittleMore(t *testing.T) {
	for _, name := range []string{"int16_strips.tif", "uint16_deflate_tiles.tif", "int16_lzw_predictor.tif"} {
		bound := orb.Bound{Min: orb.Point{106.8605, 28.9805}, Max: orb.Point{106.8705, 28.9905}}
		r := mustOpen(t, read(t, name), name)
		g, stepM, err := r.Cut(t.Context(), bound)
		if err != nil {
			t.Fatal(err)
		}
		if b := g.Bound(); !b.Contains(bound.Min) || !b.Contains(bound.Max) || b.Max[0]-b.Min[0] > 0.017 {
			t.Errorf("%s: %v of %v", name, b, bound)
		}
		if math.Abs(stepM-111.2) > 0.1 {
			t.Errorf("%s: samples %v m apart", name, stepM)
		}
		row, col := 12, 15
		if h, ok := g.At(106.8505+0.001*float64(col), 28.9995-0.001*float64(row)); !ok || math.Abs(h-made(row, col)) > 1e-3 {
			t.Errorf("%s: %v m", name, h)
		}
	}
}

// tile is an HGT tile of three seconds on a plane that rises to the east and to
// the north, with a void.
func tile() []byte {
	raw := make([]byte, hgtSize(1201))
	for row := range 1201 {
		for col := range 1201 {
			binary.BigEndian.PutUint16(raw[2*(row*1201+col):], uint16(int16(col-row)))
		}
	}
	binary.BigEndian.PutUint16(raw[2*(600*1201+600):], 0x8000)
	return raw
}

func zipped(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHGTTilesLieWhereTheirNameSays(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(tile()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"N29E106.hgt":      tile(),
		"n29e106.HGT":      tile(),
		"srtm_N29E106.hgt": tile(),
		"any.zip":          zipped(t, map[string][]byte{"readme.txt": []byte("x"), "a/N29E106.hgt": tile(), "__MACOSX/N29E106.hgt": {1}}),
		"N29E106.hgt.gz":   packed.Bytes(),
	} {
		r := mustOpen(t, data, name)
		if r.Format != "hgt" || r.Bound() != (orb.Bound{Min: orb.Point{106, 29}, Max: orb.Point{107, 30}}) {
			t.Errorf("%s: a %s of %v", name, r.Format, r.Bound())
		}
		g := cut(t, r, orb.Bound{Min: orb.Point{106.4, 29.4}, Max: orb.Point{106.6, 29.6}})
		if h, ok := g.At(106.45, 29.55); !ok || math.Abs(h) > 1e-3 { // column 540 less row 540
			t.Errorf("%s: %v m, %v", name, h, ok)
		}
		if h, ok := g.At(106.55, 29.55); !ok || math.Abs(h-120) > 1e-3 {
			t.Errorf("%s: %v m, %v", name, h, ok)
		}
		if _, ok := g.At(106.5, 29.5); ok || g.Known() != len(g.Heights)-1 {
			t.Errorf("%s: the void is known, or not alone: %d of %d", name, g.Known(), len(g.Heights))
		}
	}
	if b := mustOpen(t, tile(), "S05W078.hgt").Bound(); b != (orb.Bound{Min: orb.Point{-78, -5}, Max: orb.Point{-77, -4}}) {
		t.Errorf("south-west: %v", b)
	}
}

func TestWhatIsNoElevationIsRefusedInASentence(t *testing.T) {
	whole := read(t, "int16_lzw_predictor.tif")
	short := func(n int) []byte { return read(t, "int16_strips.tif")[:n] }
	change := func(tag, kind uint16, value uint32) []byte {
		return changed(t, read(t, "int16_strips.tif"), tag, kind, value)
	}
	for _, c := range []struct {
		what, name string
		data       []byte
		say        string
	}{
		{"another projection", "x.tif", read(t, "refused_lambert.tif"), "EPSG:2154"},
		{"another compression", "x.tif", read(t, "refused_packbits.tif"), "压缩方式（32773）"},
		{"eight bits", "x.tif", read(t, "refused_byte.tif"), "数值类型"},
		{"three bands", "x.tif", change(tagSamples, 3, 3), "3 个波段"},
		{"no size", "x.tif", change(tagWidth, 3, 0), "2 × 2"},
		{"an enormous size", "x.tif", change(tagHeight, 4, 0xffffffff), "太大"},
		{"more rows than strips", "x.tif", change(tagHeight, 4, 100_000), "损坏"},
		{"an unknown predictor", "x.tif", changed(t, whole, tagPredictor, 3, 9), "预测方式"},
		{"strips of no rows", "x.tif", change(tagRowsPerStrip, 3, 0), "损坏"},
		{"no geo keys", "x.tif", change(tagGeoKeys, 1, 0), "坐标系"},
		{"cut off in the directory", "x.tif", short(100), "不完整"},
		{"cut off at once", "x.tif", short(6), "不完整"},
		{"nothing", "x.tif", nil, "不完整"},
		{"an HGT of another size", "N29E106.hgt", tile()[:1000], "1000 字节"},
		{"an HGT without a place", "heights.hgt", tile(), "西南角"},
		{"an HGT beyond the pole", "N95E106.hgt", tile(), "地球"},
		{"a zip without a tile", "x.hgt.zip", zipped(t, map[string][]byte{"a.txt": {1}}), "没有 HGT"},
		{"a zip with two tiles", "x.zip", zipped(t, map[string][]byte{"N29E106.hgt": tile(), "N30E106.hgt": tile()}), "不止一个"},
		{"a zip with a large tile", "x.zip", zipped(t, map[string][]byte{"N29E106.hgt": make([]byte, hgtSize(3601)+2)}), "太大"},
		{"a zip that is cut off", "x.zip", zipped(t, map[string][]byte{"N29E106.hgt": tile()})[:500], "压缩包"},
		{"a gzip that is cut off", "N29E106.hgt.gz", []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2}, "损坏"},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := open(t, c.data, c.name)
			var f *Fault
			if !errors.As(err, &f) || !strings.Contains(f.Detail, c.say) {
				t.Errorf("got %v, want %q", err, c.say)
			}
		})
	}
}

// changed is a little-endian TIFF in which one entry of the first directory says
// something else.
func changed(t *testing.T, data []byte, tag, kind uint16, value uint32) []byte {
	t.Helper()
	data = bytes.Clone(data)
	at := int(binary.LittleEndian.Uint32(data[4:]))
	for i := range int(binary.LittleEndian.Uint16(data[at:])) {
		e := data[at+2+12*i:]
		if binary.LittleEndian.Uint16(e) == tag {
			binary.LittleEndian.PutUint16(e[2:], kind)
			binary.LittleEndian.PutUint32(e[4:], 1)
			binary.LittleEndian.PutUint32(e[8:], value)
			return data
		}
	}
	t.Fatalf("the file has no tag %d", tag)
	return nil
}

func TestPixelsThatAreMissingAreAFaultOfTheFile(t *testing.T) {
	for _, name := range []string{"int16_strips.tif", "int16_lzw_predictor.tif", "uint16_deflate_tiles.tif"} {
		data := read(t, name)
		at := int(binary.LittleEndian.Uint32(data[4:]))
		if at > 1000 {
			t.Fatalf("%s: the directory is behind the pixels", name)
		}
		r := mustOpen(t, data[:len(data)-20], name)
		_, _, err := r.Cut(t.Context(), all)
		var f *Fault
		if !errors.As(err, &f) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Directories that lead back to themselves: only masks, and the next one is the
// first again.
func TestADirectoryThatLeadsToItselfEnds(t *testing.T) {
	data := changed(t, read(t, "int16_strips.tif"), tagCompression, 3, 1)
	at := int(binary.LittleEndian.Uint32(data[4:]))
	binary.LittleEndian.PutUint16(data[at+2:], tagSubfileType) // in the place of the width
	binary.LittleEndian.PutUint32(data[at+2+8:], 4)
	end := at + 2 + 12*int(binary.LittleEndian.Uint16(data[at:]))
	binary.LittleEndian.PutUint32(data[end:], uint32(at))
	_, err := open(t, data, "x.tif")
	var f *Fault
	if !errors.As(err, &f) || !strings.Contains(f.Detail, "没有图像") {
		t.Errorf("got %v", err)
	}
}

func TestAModelOfAnotherPlaceSaysWhere(t *testing.T) {
	r := mustOpen(t, tile(), "N42E001.hgt")
	_, _, err := r.Cut(t.Context(), orb.Bound{Min: orb.Point{106.8, 28.9}, Max: orb.Point{107.1, 29.1}})
	var elsewhere *ElsewhereError
	if !errors.As(err, &elsewhere) || elsewhere.Has.Min != (orb.Point{1, 42}) || elsewhere.Wanted.Min != (orb.Point{106.8, 28.9}) {
		t.Errorf("got %v", err)
	}
}

func TestCuttingEndsWithTheContext(t *testing.T) {
	for name, data := range map[string][]byte{"N29E106.hgt": tile(), "x.tif": read(t, "int16_strips.tif")} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := mustOpen(t, data, name).Cut(ctx, all); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A model that is too fine is averaged over squares.
func TestAModelOfTooManySamplesIsAveraged(t *testing.T) {
	plane := func(row, col int) float32 {
		if row < 2 && col < 2 && row+col > 0 {
			return float32(math.NaN()) // three of the first four
		}
		return 2000 + float32(col-2*row)/8
	}
	r := &Raster{Cols: 4000, Rows: 3000, x: 106, y: 29, stepX: 1e-4, stepY: 1e-4, crs: crs{geographic: true, degrees: same, plane: same}, source: function(plane)}
	g, _, err := r.Cut(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	if g.Cols != 2000 || g.Rows != 1500 || math.Abs(g.West-106.00005) > 1e-9 || g.StepX != 2e-4 {
		t.Fatalf("%d by %d from %v", g.Cols, g.Rows, g.West)
	}
	if g.Heights[0] == g.Heights[0] || g.Known() != len(g.Heights)-1 {
		t.Error("a square of which a quarter is known is known")
	}
	if h := g.Heights[700*2000+900]; math.Abs(float64(h)-(2000+((900*2+0.5)-2*(700*2+0.5))/8)) > 1e-3 {
		t.Errorf("%v m", h)
	}
}

type function func(row, col int) float32

func (f function) read(_ context.Context, w window, emit func(row, col int, run []float32)) error {
	run := make([]float32, w.cols())
	for row := w.row; row < w.endRow; row++ {
		for i := range run {
			run[i] = f(row, w.col+i)
		}
		emit(row, w.col, run)
	}
	return nil
}

// The Gauss-Krüger zone, UTM and web Mercator of one plane in degrees: the grid of
// degrees that comes out has its heights.
func TestProjectedModelsComeOutInDegrees(t *testing.T) {
	bound := orb.Bound{Min: orb.Point{106.85, 28.95}, Max: orb.Point{106.95, 29.05}}
	height := func(p orb.Point) float64 { return 300 + 4000*(p[0]-106.9) - 2500*(p[1]-29) }
	for _, epsg := range []int{4545, 4533 - 20 + 11, 32648, 3857, 4507} {
		c, err := crsOf(epsg)
		if err != nil {
			t.Fatal(err)
		}
		around := c.planeOf(bound)
		const step = 25
		r := &Raster{
			x: around.Min[0] - 100, y: around.Max[1] + 100, stepX: step, stepY: step, crs: c,
			Cols: int((around.Max[0]-around.Min[0])/step) + 9, Rows: int((around.Max[1]-around.Min[1])/step) + 9,
		}
		r.source = function(func(row, col int) float32 {
			return float32(height(c.degrees(orb.Point{r.x + float64(col)*step, r.y - float64(row)*step})))
		})
		g, stepM, err := r.Cut(t.Context(), bound)
		if err != nil {
			t.Fatal(err)
		}
		if stepM < 21 || stepM > 26 || g.Known() != len(g.Heights) {
			t.Errorf("EPSG:%d: samples %v m apart, %d of %d known", epsg, stepM, g.Known(), len(g.Heights))
		}
		worst := 0.0
		for k := range 100 {
			p := orb.Point{106.8501 + 0.0009*float64(k), 29.0499 - 0.0009*float64((k*37)%100)}
			h, ok := g.At(p[0], p[1])
			if !ok {
				t.Fatalf("EPSG:%d: %v is not known", epsg, p)
			}
			worst = max(worst, math.Abs(h-height(p)))
		}
		if worst > 0.01 {
			t.Errorf("EPSG:%d: %v m off", epsg, worst)
		}
	}
	for _, epsg := range []int{2154, 4214, 4610, 0, 32661, 4555} {
		if _, err := crsOf(epsg); err == nil {
			t.Errorf("EPSG:%d is taken", epsg)
		}
	}
}
