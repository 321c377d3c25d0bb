package mvt_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"
	simple "github.com/peterstace/simplefeatures/geom"

	"github.com/lianpian/lianpian/internal/engine/mvt"
)

// packed writes areas as TWKB with the digits after the point, by a library.
func packed(t testing.TB, p orb.MultiPolygon, digits int, options ...simple.TWKBWriterOption) []byte {
	t.Helper()
	var areas []simple.Polygon
	for _, q := range p {
		area, err := simple.UnmarshalWKT(wktOf(q), simple.NoValidate{})
		if err != nil {
			t.Fatal(err)
		}
		areas = append(areas, area.MustAsPolygon())
	}
	raw, err := simple.MarshalTWKB(simple.NewMultiPolygon(areas).AsGeometry(), digits, options...)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestAPackedAreaIsDrawnLikeTheSameUnpacked draws shapes of whole millimetres both ways.
func TestAPackedAreaIsDrawnLikeTheSameUnpacked(t *testing.T) {
	frame := mvt.Frame{West: 0, North: 4_096_000, Side: 4_096_000, Extent: 4096, Margin: 64}
	whole := func(ring orb.Ring) orb.Ring {
		for i := range ring {
			ring[i] = orb.Point{math.Round(1000 * ring[i][0]), math.Round(1000 * ring[i][1])}
		}
		return ring
	}
	r := rand.New(rand.NewPCG(14, 3))
	shown := 0
	for i := range 3000 {
		size := math.Pow(10, 0.2+3*r.Float64())
		middle := orb.Point{r.Float64() * 4096, r.Float64() * 4096}
		var p orb.MultiPolygon
		for range 1 + r.IntN(3) {
			q := orb.Polygon{whole(blob(r, middle[0], middle[1], size, 3+r.IntN(40)))}
			if r.IntN(3) == 0 {
				q = append(q, whole(blob(r, middle[0], middle[1], 0.13*size, 3+r.IntN(10))))
			}
			p = append(p, q)
			middle[0] += 2 * size
		}
		plain, err := ewkb.Marshal(p, 3857)
		if err != nil {
			t.Fatal(err)
		}
		var want, got mvt.Layer
		want.Begin("layer", frame, 0)
		got.Begin("layer", frame, 0)
		shows, err := want.Shape(plain)
		if err != nil {
			t.Fatal(err)
		}
		options := [][]simple.TWKBWriterOption{nil, {simple.TWKBCloseRings()}}[i%2]
		too, err := got.Packed(packed(t, p, 0, options...))
		if err != nil {
			t.Fatal(err)
		}
		if shows != too {
			t.Fatalf("shape %d: packed it shows: %t, else: %t", i, too, shows)
		}
		if !shows {
			continue
		}
		shown++
		want.Feature(1)
		got.Feature(1)
		if !bytes.Equal(want.Append(nil), got.Append(nil)) {
			t.Errorf("shape %d is drawn in another way: %v", i, p)
		}
	}
	if shown < 2000 {
		t.Errorf("only %d shapes show", shown)
	}
}

func TestDigitsOfAPackedArea(t *testing.T) {
	var l mvt.Layer
	for _, digits := range []int{-1, 0, 2, 3} {
		l.Begin("layer", frame, 0)
		shows, err := l.Packed(packed(t, orb.MultiPolygon{{box(100, 100, 500, 700)}}, digits))
		if err != nil || !shows {
			t.Fatalf("%d digits: %t, %v", digits, shows, err)
		}
		l.Feature(1)
		layers, err := orbmvt.Unmarshal(l.Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		want := orb.Bound{Min: orb.Point{100, 3396}, Max: orb.Point{500, 3996}}
		if got := layers[0].Features[0].Geometry.Bound(); got != want {
			t.Errorf("%d digits: %v, want %v", digits, got, want)
		}
	}
}

func TestBadPackedBytesAreRefused(t *testing.T) {
	good := packed(t, orb.MultiPolygon{{box(1, 1, 900, 900), box(20, 20, 30, 30)}, {box(1000, 1000, 2000, 2000)}}, 3)
	var l mvt.Layer
	l.Begin("layer", frame, 0)
	for n := range good {
		if _, err := l.Packed(good[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken", n, len(good))
		}
	}
	for name, raw := range map[string][]byte{
		"a point":              {0x01, 0, 2, 2},
		"with a box":           {0x06, packedBox, 1, 1},
		"10^19 polygons":       {0x06, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
		"a number of 11 bytes": {0x06, 0, 1, 1, 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0},
	} {
		if _, err := l.Packed(raw); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if shows, err := l.Packed([]byte{0x06, 16}); shows || err != nil {
		t.Errorf("an empty area: %t, %v", shows, err)
	}
}

const packedBox = 1

func FuzzPacked(f *testing.F) {
	for _, p := range []orb.MultiPolygon{
		{{box(1, 1, 9, 9)}},
		{{box(-100, 1, 9000, 90), box(20, 20, 30, 30)}, {box(100, 100, 200, 200)}},
	} {
		f.Add(packed(f, p, 3))
	}
	var l mvt.Layer
	f.Fuzz(func(t *testing.T, raw []byte) {
		l.Begin("layer", frame, 0)
		shows, err := l.Packed(raw)
		if err != nil || !shows {
			return
		}
		l.Feature(1)
		if _, err := orbmvt.Unmarshal(l.Append(nil)); err != nil {
			t.Errorf("orb cannot read what was drawn: %v", err)
		}
	})
}
