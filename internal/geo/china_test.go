package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

const centimetre = 1e-7 // in degrees, roughly

// Known answers: the examples that the widely used coordtransform library
// prints in its README for 天安门 (116.404, 39.915). Its two inverses are
// one-step approximations, good to some metres; ours are exact, so they are
// tested by going there and back.
func TestChineseOffsetsKnownAnswers(t *testing.T) {
	p := orb.Point{116.404, 39.915}
	if got, want := WGS84ToGCJ02(p), (orb.Point{116.41024449916938, 39.91640428150164}); distance(got, want) > 1e-9 {
		t.Errorf("WGS84ToGCJ02 = %v, want %v", got, want)
	}
	if got, want := bdShift(p), (orb.Point{116.41036949371029, 39.92133699351022}); distance(got, want) > 1e-9 {
		t.Errorf("GCJ-02 to BD-09 = %v, want %v", got, want)
	}
	if got, want := WGS84ToBD09(p), bdShift(orb.Point{116.41024449916938, 39.91640428150164}); distance(got, want) > 1e-9 {
		t.Errorf("WGS84ToBD09 = %v, want %v", got, want)
	}
	if got, want := GCJ02ToWGS84(p), (orb.Point{116.39775550083061, 39.91359571849836}); distance(got, want) > 5e-5 {
		t.Errorf("GCJ02ToWGS84 = %v, want about %v", got, want)
	}
	if got, want := invert(p, bdShift), (orb.Point{116.39762729119315, 39.90865673957631}); distance(got, want) > 5e-5 {
		t.Errorf("BD-09 to GCJ-02 = %v, want about %v", got, want)
	}
}

func TestChineseOffsetsThereAndBack(t *testing.T) {
	for lon := 72.5; lon < 137.5; lon += 0.73 {
		for lat := 1.5; lat < 55.5; lat += 0.61 {
			p := orb.Point{lon, lat}
			if q := GCJ02ToWGS84(WGS84ToGCJ02(p)); distance(p, q) > centimetre/10 {
				t.Fatalf("GCJ-02: %v came back as %v", p, q)
			}
			if q := BD09ToWGS84(WGS84ToBD09(p)); distance(p, q) > centimetre/10 {
				t.Fatalf("BD-09: %v came back as %v", p, q)
			}
			if d := distance(p, WGS84ToGCJ02(p)) * 111_000; d < 10 || d > 1200 {
				t.Fatalf("GCJ-02 moves %v by %.0f m", p, d)
			}
		}
	}
}

func TestChineseOffsetsLeaveTheWorldAlone(t *testing.T) {
	convert := map[string]func(orb.Point) orb.Point{
		"WGS84ToGCJ02": WGS84ToGCJ02, "GCJ02ToWGS84": GCJ02ToWGS84, "WGS84ToBD09": WGS84ToBD09, "BD09ToWGS84": BD09ToWGS84,
	}
	for name, f := range convert {
		for _, p := range []orb.Point{{2.35, 48.86}, {-120, 30}, {139.7, 35.7}, {0, 0}, {105, -10}, {math.Inf(1), 0}} {
			if got := f(p); got != p {
				t.Errorf("%s(%v) = %v", name, p, got)
			}
		}
	}
}

func distance(a, b orb.Point) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }
