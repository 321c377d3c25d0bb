package doctor

import (
	"context"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

type ctx = context.Context

func marksOf(t testing.TB, layer string) []landmark {
	var out []landmark
	for _, f := range demo(t, layer) {
		if m2 := geo.Area(f.Geometry); m2 > 0 {
			out = append(out, landmark{at: middle(f.Geometry), m2: m2})
		}
	}
	return out
}

func TestShiftOfBuildingsIsMeasured(t *testing.T) {
	stored := marksOf(t, "building")
	move := func(east, north float64) func(orb.Point) orb.Point {
		return func(p orb.Point) orb.Point { return moved(p, [2]float64{east, north}) }
	}
	cases := map[string]struct {
		shift          func(orb.Point) orb.Point
		missing, noise float64
		want           string
	}{
		"as it is":                    {nil, 0.3, 1, datumNone},
		"as it is, coarse":            {nil, 0.3, 3, datumNone},
		"GCJ-02":                      {geo.WGS84ToGCJ02, 0.3, 1, datumGCJ02},
		"GCJ-02, coarse, half gone":   {geo.WGS84ToGCJ02, 0.5, 2.5, datumGCJ02},
		"BD-09":                       {geo.WGS84ToBD09, 0.3, 1, datumBD09},
		"moved as a whole":            {move(-83, 41), 0.3, 1, datumOffset},
		"moved by less than it shows": {move(1.5, -1), 0.3, 1, datumNone},
		"GCJ-02, few":                 {geo.WGS84ToGCJ02, 0.97, 1, datumGCJ02},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var sample []landmark
			for _, f := range scattered(demo(t, "building"), c.missing, c.noise, c.shift) {
				sample = append(sample, landmark{at: middle(f.Geometry), m2: geo.Area(f.Geometry)})
			}
			got := compareAreas(sample, stored)
			t.Logf("%d: %s", len(sample), got.Reason)
			for _, h := range got.Hypotheses {
				r := math.NaN()
				if h.Residual != nil {
					r = *h.Residual
				}
				t.Logf("  %-7s pairs %4d residual %6.2f", h.Datum, h.Pairs, r)
			}
			if got.Proposed != c.want || !got.Clear {
				t.Errorf("proposed %s, clear %v; want %s", got.Proposed, got.Clear, c.want)
			}
			if c.want == datumOffset && (math.Abs(got.Offset[0]-83) > 1.5 || math.Abs(got.Offset[1]+41) > 1.5) {
				t.Errorf("offset %v", *got.Offset)
			}
			if c.want != datumNone && (got.After == nil || *got.After > 5) {
				t.Errorf("after: %v", got.After)
			}
		})
	}
}

func TestUnrelatedBuildingsAreNotMoved(t *testing.T) {
	stored := marksOf(t, "building")
	// Mirrored, the shapes are of the same sizes and as dense, but nothing fits.
	var sample []landmark
	b := orb.MultiPoint{}
	for _, m := range stored {
		b = append(b, m.at)
	}
	east := b.Bound().Max[0] + b.Bound().Min[0]
	for _, m := range stored {
		sample = append(sample, landmark{at: orb.Point{east - m.at[0], m.at[1]}, m2: m.m2 * 1.13})
	}
	got := compareAreas(sample, stored)
	if got.Proposed != datumNone || got.Clear {
		t.Errorf("proposed %s, clear %v: %s", got.Proposed, got.Clear, got.Reason)
	}
}

func TestShiftOfRoadsIsMeasured(t *testing.T) {
	var roads []segment
	var points []orb.Point
	for _, f := range demo(t, "road") {
		line, ok := f.Geometry.(orb.LineString)
		if !ok {
			continue
		}
		for i := 1; i < len(line); i++ {
			roads = append(roads, segment{line[i-1], line[i]})
		}
		points = append(points, line[0], line[len(line)/2])
	}
	for want, shift := range map[string]func(orb.Point) orb.Point{
		datumNone: nil, datumGCJ02: geo.WGS84ToGCJ02, datumBD09: geo.WGS84ToBD09,
	} {
		t.Run(want, func(t *testing.T) {
			var sample []orb.Point
			for i, p := range points {
				p = moved(p, [2]float64{float64(i%5) - 2, float64(i%3) - 1})
				if shift != nil {
					p = shift(p)
				}
				sample = append(sample, p)
			}
			got := compareRoads(sample, roads)
			t.Log(got.Reason)
			if got.Proposed != want || !got.Clear {
				t.Errorf("proposed %s, clear %v", got.Proposed, got.Clear)
			}
		})
	}
}
