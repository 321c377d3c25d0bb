package wkb_test

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"
	orbwkb "github.com/paulmach/orb/encoding/wkb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/geofile/wkb"
)

func points(t *rapid.T, least int) []orb.Point {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) orb.Point {
		return orb.Point{rapid.Float64Range(-1e8, 1e8).Draw(t, "x"), rapid.Float64Range(-1e8, 1e8).Draw(t, "y")}
	}), least, 8).Draw(t, "points")
}

func shape(t *rapid.T, depth int) orb.Geometry {
	polygon := func() orb.Polygon {
		p := make(orb.Polygon, rapid.IntRange(0, 3).Draw(t, "rings"))
		for i := range p {
			p[i] = points(t, 0)
		}
		return p
	}
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		return points(t, 1)[0]
	case 1:
		return orb.MultiPoint(points(t, 0))
	case 2:
		return orb.LineString(points(t, 0))
	case 3:
		m := make(orb.MultiLineString, rapid.IntRange(0, 3).Draw(t, "lines"))
		for i := range m {
			m[i] = points(t, 0)
		}
		return m
	case 4:
		return polygon()
	case 5:
		m := make(orb.MultiPolygon, rapid.IntRange(0, 3).Draw(t, "polygons"))
		for i := range m {
			m[i] = polygon()
		}
		return m
	}
	c := make(orb.Collection, rapid.IntRange(0, 3).Draw(t, "members"))
	for i := range c {
		if depth > 3 {
			c[i] = points(t, 1)[0]
			continue
		}
		c[i] = shape(t, depth+1)
	}
	return c
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := shape(t, 0)
		b, err := wkb.Append(nil, g)
		if err != nil {
			t.Fatal(err)
		}
		got, extra, err := wkb.Decode(b, wkb.Limits{})
		if err != nil || extra != (wkb.Extra{}) || !orb.Equal(g, got) {
			t.Fatalf("%v came back as %v, %v", g, got, err)
		}
		other, err := orbwkb.Unmarshal(b)
		if err != nil || !orb.Equal(g, other) {
			t.Fatalf("another reader reads %v as %v, %v", g, other, err)
		}
		for cut := range b {
			if _, _, err := wkb.Decode(b[:cut], wkb.Limits{}); err == nil {
				t.Fatalf("%d of %d bytes are read without an error", cut, len(b))
			}
		}
	})
}

func TestBothOrdersAndAllDimensionsAreRead(t *testing.T) {
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		for _, test := range []struct {
			kind  uint32
			extra int
			want  wkb.Extra
			srid  bool
		}{
			{2, 0, wkb.Extra{}, false},
			{1002, 1, wkb.Extra{Z: true}, false},
			{2002, 1, wkb.Extra{M: true}, false},
			{3002, 2, wkb.Extra{Z: true, M: true}, false},
			{0x80000002, 1, wkb.Extra{Z: true}, false},
			{0xc0000002, 2, wkb.Extra{Z: true, M: true}, false},
			{0x60000002, 1, wkb.Extra{M: true}, true},
		} {
			b := []byte{map[string]byte{"little": 1}[name]}
			b = order.AppendUint32(b, test.kind)
			if test.srid {
				b = order.AppendUint32(b, 4490)
			}
			b = order.AppendUint32(b, 2)
			for i := range 2 {
				for _, v := range append([]float64{float64(i), 29}, make([]float64, test.extra)...) {
					b = order.AppendUint64(b, math.Float64bits(v))
				}
			}
			g, extra, err := wkb.Decode(b, wkb.Limits{})
			if err != nil || extra != test.want || !orb.Equal(g, orb.LineString{{0, 29}, {1, 29}}) {
				t.Errorf("%s-endian type %#x: %v %v %v", name, test.kind, g, extra, err)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	line, err := wkb.Append(nil, make(orb.LineString, 11))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := wkb.Decode(line, wkb.Limits{Points: 10}); !errors.Is(err, wkb.ErrTooManyPoints) {
		t.Errorf("got %v", err)
	}
	if _, _, err := wkb.Decode(line, wkb.Limits{Points: 11}); err != nil {
		t.Error(err)
	}
	empty, err := wkb.Append(nil, make(orb.MultiPolygon, 11))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := wkb.Decode(empty, wkb.Limits{Points: 10}); !errors.Is(err, wkb.ErrTooManyPoints) {
		t.Errorf("members without points: %v", err)
	}
	var deep orb.Geometry = orb.Point{}
	for range 40 {
		deep = orb.Collection{deep}
	}
	b, err := wkb.Append(nil, deep)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := wkb.Decode(b, wkb.Limits{}); !errors.Is(err, wkb.ErrTooDeep) {
		t.Errorf("got %v", err)
	}
	var unsupported *wkb.UnsupportedError
	if _, _, err := wkb.Decode([]byte{1, 10, 0, 0, 0, 0, 0, 0, 0}, wkb.Limits{}); !errors.As(err, &unsupported) || unsupported.Type != 10 {
		t.Errorf("a curve polygon: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	b, _ := wkb.Append(nil, orb.Collection{orb.Point{1, 2}, orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		g, _, err := wkb.Decode(b, wkb.Limits{Points: 1000})
		if err != nil {
			return
		}
		again, err := wkb.Append(nil, g)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := wkb.Decode(again, wkb.Limits{}); err != nil {
			t.Fatalf("%v cannot be read again: %v", g, err)
		}
	})
}
