package geo

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
)

func parse(t testing.TB, text string) orb.Geometry {
	t.Helper()
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return g
}

func TestCheck(t *testing.T) {
	const ok = FaultKind("")
	tests := []struct {
		name string
		wkt  string
		want FaultKind
	}{
		{"a point", "POINT(106.9 28.9)", ok},
		{"latitude and longitude swapped", "POINT(28.9 106.9)", OutOfRange},
		{"metres instead of degrees", "POINT(395710 3205444)", OutOfRange},
		{"points", "MULTIPOINT((1 1),(2 2),(1 1))", ok},
		{"a line", "LINESTRING(0 0,1 1)", ok},
		{"a line may cross itself", "LINESTRING(0 0,2 2,2 0,0 2)", ok},
		{"a line of one place", "LINESTRING(1 1,1 1,1 1)", TooFewPoints},
		{"one of two lines too short", "MULTILINESTRING((0 0,1 1),(2 2,2 2))", TooFewPoints},

		{"a square", "POLYGON((0 0,4 0,4 4,0 4,0 0))", ok},
		{"clockwise is fine", "POLYGON((0 0,0 4,4 4,4 0,0 0))", ok},
		{"repeated points are fine", "POLYGON((0 0,0 0,4 0,4 0,4 4,4 4,0 4,0 0,0 0))", ok},
		{"a corner of 180° is fine", "POLYGON((0 0,2 0,4 0,4 4,0 4,0 0))", ok},
		{"unclosed", "POLYGON((0 0,4 0,4 4,0 4))", Unclosed},
		{"two corners", "POLYGON((0 0,4 0,0 0))", TooFewPoints},
		{"two corners and repeats", "POLYGON((0 0,4 0,4 0,4 0,0 0))", TooFewPoints},
		{"one corner", "POLYGON((0 0,0 0,0 0,0 0))", TooFewPoints},
		{"flat", "POLYGON((0 0,4 4,2 2,0 0))", ZeroArea},
		//  3─╳─4
		//  1─╳─2
		{"bow tie", "POLYGON((0 0,4 4,4 0,0 4,0 0))", SelfIntersection},
		{"bow tie through a vertex", "POLYGON((0 0,2 2,4 4,4 0,2 2,0 4,0 0))", SelfIntersection},
		{"figure eight that only touches", "POLYGON((0 0,4 0,2 2,4 4,0 4,2 2,0 0))", SelfIntersection},
		{"vertex on an own edge", "POLYGON((0 0,4 0,4 4,2 0,0 4,0 0))", SelfIntersection},
		{"spike outward", "POLYGON((0 0,4 0,4 4,6 6,4 4,0 4,0 0))", SelfIntersection},
		{"spike along an edge", "POLYGON((0 0,4 0,2 0,4 4,0 4,0 0))", SelfIntersection},
		{"ring walked twice", "POLYGON((0 0,4 0,4 4,0 0,4 0,4 4,0 0))", SelfIntersection},

		{"a hole", "POLYGON((0 0,9 0,9 9,0 9,0 0),(2 2,2 4,4 4,2 2))", ok},
		{"a hole that touches the shell once", "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 4,3 3,3 5,0 4))", ok},
		{"a hole that touches a corner of the shell", "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 0,3 1,1 3,0 0))", ok},
		{"a hole that touches the shell twice", "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 4,5 3,9 4,5 5,0 4))", RingsCross},
		{"a hole that shares an edge", "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 2,0 4,3 3,0 2))", RingsCross},
		{"a hole across the shell", "POLYGON((0 0,9 0,9 9,0 9,0 0),(5 5,12 5,12 7,5 7,5 5))", RingsCross},
		{"a hole outside", "POLYGON((0 0,9 0,9 9,0 9,0 0),(20 2,20 4,24 4,20 2))", HoleOutside},
		{"a hole outside that touches", "POLYGON((0 0,9 0,9 9,0 9,0 0),(9 4,12 3,12 5,9 4))", HoleOutside},
		{"a shell inside its hole", "POLYGON((2 2,2 4,4 4,2 2),(0 0,9 0,9 9,0 9,0 0))", HoleOutside},
		{"a hole in a hole", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1),(2 2,2 4,4 4,2 2))", HoleOutside},
		{"holes that cross", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,5 1,5 5,1 5,1 1),(3 3,7 3,7 7,3 7,3 3))", RingsCross},
		{"holes that touch once", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,3 3,1 3,1 1),(3 3,5 3,5 5,3 3))", ok},
		{"holes that touch twice", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,5 1,3 2,1 1),(1 1,3 4,5 1,5 5,1 5,1 1))", RingsCross},
		{"three holes in a circle", "POLYGON((0 0,9 0,9 9,0 9,0 0),(2 2,6 2,4 1,2 2),(2 2,3 5,4 6,2 2),(4 6,6 2,6 5,4 6))", RingsCross},
		{"three holes that meet in one point", "POLYGON((0 0,9 0,9 9,0 9,0 0),(4 4,1 1,1 2,4 4),(4 4,7 1,7 2,4 4),(4 4,4 7,5 7,4 4))", ok},
		{"the same hole twice", "POLYGON((0 0,9 0,9 9,0 9,0 0),(2 2,2 4,4 4,2 2),(2 2,2 4,4 4,2 2))", RingsCross},

		{"two parts", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((2 2,3 2,3 3,2 2)))", ok},
		{"parts that touch once", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((1 1,3 2,3 3,1 1)))", ok},
		{"parts that touch twice", "MULTIPOLYGON(((0 0,4 0,4 1,0 0)),((0 0,2 2,4 1,4 5,0 5,0 0)))", ok},
		{"parts that share an edge", "MULTIPOLYGON(((0 0,1 0,1 1,0 1,0 0)),((1 0,2 0,2 1,1 1,1 0)))", RingsCross},
		{"parts that overlap", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))", RingsCross},
		{"a part inside another", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((2 2,4 2,4 4,2 2)))", RingsCross},
		{"a part inside another, touching", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((0 0,4 2,4 4,0 0)))", RingsCross},
		{"a part in a hole", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1)),((2 2,4 2,4 4,2 2)))", ok},
		{"a part in a hole, listed first", "MULTIPOLYGON(((2 2,4 2,4 4,2 2)),((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1)))", ok},
		{"a part that fills a hole", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 1)),((1 1,8 1,8 8,1 1)))", RingsCross},
		{"the same part twice", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((0 0,1 0,1 1,0 0)))", RingsCross},
		{"a hole of another part", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((20 0,29 0,29 9,20 9,20 0),(2 2,2 4,4 4,2 2)))", HoleOutside},

		{"a collection of good things", "GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))", ok},
		{"a collection with a bow tie", "GEOMETRYCOLLECTION(POINT(1 1),POLYGON((0 0,4 4,4 0,0 4,0 0)))", SelfIntersection},
		{"nothing at all", "MULTIPOLYGON EMPTY", Empty},
		{"an empty part", "POLYGON EMPTY", Empty},
		{"an empty collection", "GEOMETRYCOLLECTION EMPTY", Empty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Check(parse(t, tt.wkt), Limits{})
			got := ok
			if f != nil {
				got = f.Kind
				if f.Detail == "" {
					t.Error("a fault needs a sentence")
				}
			}
			if got != tt.want {
				t.Errorf("Check(%s) = %v, want %q", tt.wkt, f, tt.want)
			}
		})
	}
}

func TestCheckRefusesWhatTextCannotWrite(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	square := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 0}}
	deep := orb.Geometry(orb.Point{1, 1})
	for range 20 {
		deep = orb.Collection{deep}
	}
	tests := []struct {
		name string
		g    orb.Geometry
		want FaultKind
	}{
		{"nil", nil, Empty},
		{"NaN", orb.Point{nan, 1}, NotFinite},
		{"infinite", orb.Point{1, inf}, NotFinite},
		{"NaN in a line", orb.LineString{{0, 0}, {nan, nan}}, NotFinite},
		{"NaN in a ring", orb.Polygon{{{0, 0}, {4, 0}, {nan, 4}, {0, 0}}}, NotFinite},
		{"NaN in a closed place", orb.Polygon{{{nan, 0}, {4, 0}, {4, 4}, {nan, 0}}}, NotFinite},
		{"infinite in a part", orb.MultiPolygon{{square}, {{{0, 0}, {-inf, 0}, {4, 4}, {0, 0}}}}, NotFinite},
		{"an empty ring", orb.Polygon{square, {}}, Empty},
		{"an empty polygon among others", orb.MultiPolygon{{square}, {}}, Empty},
		{"an empty line among others", orb.MultiLineString{{{0, 0}, {1, 1}}, {}}, Empty},
		{"a collection of nil", orb.Collection{nil}, Empty},
		{"collections too deep", deep, WrongType},
		{"a ring", square, ""},
		{"a bound", orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{1, 1}}, ""},
		{"a flat bound", orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{1, 0}}, TooFewPoints},
		{"minus zero closes zero", orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {math.Copysign(0, -1), 0}}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Check(tt.g, Limits{})
			if (f == nil) != (tt.want == "") || (f != nil && f.Kind != tt.want) {
				t.Errorf("got %v, want %q", f, tt.want)
			}
		})
	}
}

func TestCheckBoundsThePoints(t *testing.T) {
	ring := circle(106.9, 28.9, 0.01, 101) // 102 with the closing point
	if f := Check(orb.Polygon{ring}, Limits{MaxPoints: 102}); f != nil {
		t.Errorf("102 points within 102: %v", f)
	}
	if f := Check(orb.Polygon{ring}, Limits{MaxPoints: 101}); f == nil || f.Kind != TooManyPoints {
		t.Errorf("102 points over 101: %v", f)
	}
	halves := orb.Collection{orb.Polygon{ring}, ring}
	if f := Check(halves, Limits{MaxPoints: 200}); f == nil || f.Kind != TooManyPoints {
		t.Errorf("points of a collection count together: %v", f)
	}
	if f := Check(make(orb.LineString, MaxImportPoints+1), Limits{}); f == nil || f.Kind != TooManyPoints {
		t.Errorf("without a limit the import's holds: %v", f)
	}
}

func TestCheckNamesThePlaceOfACrossing(t *testing.T) {
	f := Check(parse(t, "POLYGON((106 28,107 29,107 28,106 29,106 28))"), Limits{})
	if f == nil || math.Abs(f.At[0]-106.5) > 1e-12 || math.Abs(f.At[1]-28.5) > 1e-12 {
		t.Fatalf("got %v at %v, want the place (106.5, 28.5)", f, f.At)
	}
}

func circle(x, y, r float64, n int) orb.Ring {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		ring = append(ring, orb.Point{x + r*cos, y + r*sin})
	}
	return append(ring, ring[0])
}

func rotate(ring orb.Ring, degrees float64) orb.Ring {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	out := make(orb.Ring, len(ring))
	for i, p := range ring {
		out[i] = orb.Point{p[0]*cos - p[1]*sin, p[0]*sin + p[1]*cos}
	}
	return out
}

// comb is a ring of long thin teeth: n points whose edges all overlap in y.
func comb(n int) orb.Ring {
	ring := make(orb.Ring, 0, n+3)
	for i := range n {
		ring = append(ring, orb.Point{float64(i) * 1e-4, float64(i % 2)})
	}
	return append(ring, orb.Point{float64(n) * 1e-4, -1}, orb.Point{0, -1}, ring[0])
}

// zigzag has every long edge cross nearly every other.
func zigzag(n int) orb.Ring {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		x := float64(i) * 1e-4
		if i%2 == 1 {
			x = 2 - x
		}
		ring = append(ring, orb.Point{x, float64(i%2) + float64(i)*1e-9})
	}
	return append(ring, ring[0])
}

func shuffled(ring orb.Ring, seed uint64) orb.Ring {
	out := append(orb.Ring{}, ring[:len(ring)-1]...)
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return append(out, out[0])
}

// spiral winds as a triangle and never crosses itself, yet its edges' boxes all overlap.
func spiral(n int) orb.Ring {
	out, back := orb.Ring{}, orb.Ring{}
	for i := range n / 2 {
		r := 1 + float64(i)*1e-4
		sin, cos := math.Sincos(float64(i) * 2 * math.Pi / 3)
		out = append(out, orb.Point{r * cos, r * sin})
		back = append(back, orb.Point{(r + 5e-6) * cos, (r + 5e-6) * sin})
	}
	for i := len(back) - 1; i >= 0; i-- {
		out = append(out, back[i])
	}
	return append(out, out[0])
}

func fan(holes int) orb.Polygon {
	p := orb.Polygon{circle(0, 0, 10, 8)}
	for i := range holes {
		a := 2 * math.Pi * float64(i) / float64(holes)
		b := a + math.Pi/float64(holes)
		p = append(p, orb.Ring{{0, 0}, {math.Cos(a), math.Sin(a)}, {math.Cos(b), math.Sin(b)}, {0, 0}})
	}
	return p
}

func TestCheckIsFastWhateverTheOrder(t *testing.T) {
	const n = 20_000
	straight := orb.Ring{}
	for i := range n {
		straight = append(straight, orb.Point{float64(i*7919%n) * 1e-3, float64(i*7919%n) * 1e-3})
	}
	straight = append(straight, orb.Point{1, 5}, straight[0])
	parts := orb.MultiPolygon{}
	for i := range n / 4 {
		x, y := float64(i%100), float64(i/100)
		parts = append(parts, orb.Polygon{{{x, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}}})
	}
	onion := orb.MultiPolygon{}
	for i := range n / 8 {
		r := 10 + float64(i)*0.01
		onion = append(onion, orb.Polygon{circle(0, 0, r, 4), circle(0, 0, r-0.005, 4)})
	}
	tests := []struct {
		name  string
		g     orb.Geometry
		valid bool
	}{
		{"comb", orb.Polygon{comb(n)}, true},
		{"comb at 45°", orb.Polygon{rotate(comb(n), 45)}, true},
		{"comb at 90°", orb.Polygon{rotate(comb(n), 90)}, true},
		{"comb at 0.01°", orb.Polygon{rotate(comb(n), 0.01)}, true},
		{"zigzag that crosses", orb.Polygon{zigzag(n)}, false},
		{"zigzag at 45°", orb.Polygon{rotate(zigzag(n), 45)}, false},
		{"comb shuffled", orb.Polygon{shuffled(comb(n), 1)}, false},
		{"zigzag shuffled", orb.Polygon{shuffled(zigzag(n), 2)}, false},
		{"circle", orb.Polygon{circle(0, 0, 1, n)}, true},
		{"circle shuffled", orb.Polygon{shuffled(circle(0, 0, 1, n), 3)}, false},
		{"spiral", orb.Polygon{spiral(n)}, true},
		{"to and fro on one line", orb.Polygon{straight}, false},
		{"holes around one point", fan(n / 4), true},
		{"parts that touch in rows", parts, true},
		{"rings within rings", onion, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			f := Check(tt.g, Limits{})
			took := time.Since(start)
			if (f == nil) != tt.valid {
				t.Errorf("valid = %v, want %v (%v)", f == nil, tt.valid, f)
			}
			if took > 500*time.Millisecond {
				t.Errorf("took %v", took)
			}
			t.Log(took.Round(time.Microsecond))
		})
	}
}

// A crossing at the far end of a comb must be found as fast as no crossing.
func TestCheckFindsTheOneCrossing(t *testing.T) {
	for _, degrees := range []float64{0, 45, 90, 133, 180} {
		ring := comb(20_000)
		ring[19_990][0] -= 3e-4 // leans over its neighbours
		start := time.Now()
		f := Check(orb.Polygon{rotate(ring, degrees)}, Limits{})
		if f == nil || f.Kind != SelfIntersection {
			t.Errorf("at %v°: %v", degrees, f)
		}
		if took := time.Since(start); took > 500*time.Millisecond {
			t.Errorf("at %v° it took %v", degrees, took)
		}
	}
}

func TestCheckHoldsForTheLargestImport(t *testing.T) {
	start := time.Now()
	if f := Check(orb.Polygon{rotate(comb(MaxImportPoints-3), 45)}, Limits{MaxPoints: MaxImportPoints}); f != nil {
		t.Error(f)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestCrossings(t *testing.T) {
	tests := []struct {
		name string
		m    orb.MultiPolygon
		max  int
		want int
	}{
		{"valid", orb.MultiPolygon{{circle(0, 0, 1, 100)}}, 10, 0},
		{"bow tie", orb.MultiPolygon{{{{0, 0}, {4, 4}, {4, 0}, {0, 4}, {0, 0}}}}, 10, 1},
		{"bow tie through a vertex", orb.MultiPolygon{{{{0, 0}, {2, 2}, {4, 4}, {4, 0}, {2, 2}, {0, 4}, {0, 0}}}}, 10, 1},
		{"pentagram", orb.MultiPolygon{{{{0, 0}, {4, 3}, {-1, 3}, {3, 0}, {1.5, 5}, {0, 0}}}}, 10, 5},
		{"pentagram, stopped", orb.MultiPolygon{{{{0, 0}, {4, 3}, {-1, 3}, {3, 0}, {1.5, 5}, {0, 0}}}}, 3, 3},
		{"parts that overlap", orb.MultiPolygon{{{{0, 0}, {2, 0}, {2, 2}, {0, 2}, {0, 0}}}, {{{1, 1}, {3, 1}, {3, 3}, {1, 3}, {1, 1}}}}, 10, 2},
		{"NaN", orb.MultiPolygon{{{{0, 0}, {math.NaN(), 4}, {4, 0}, {0, 0}}}}, 10, 10},
		{"comb at 45°", orb.MultiPolygon{{rotate(comb(20_000), 45)}}, 10, 0},
		{"zigzag", orb.MultiPolygon{{zigzag(20_000)}}, 1000, 1000},
		{"shuffled", orb.MultiPolygon{{shuffled(circle(0, 0, 1, 20_000), 1)}}, 1000, 1000},
		{"no room", orb.MultiPolygon{{zigzag(100)}}, 0, 0},
		{"empty", nil, 10, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			if got := Crossings(tt.m, tt.max); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
