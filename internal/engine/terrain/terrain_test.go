package terrain_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/terrain"
)

var void = float32(math.NaN())

func grid(t testing.TB, cols, rows int, heights ...float32) *terrain.Grid {
	t.Helper()
	g, err := terrain.New(1000, 2000, 30, 30, cols, rows, heights)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestHeightsBetweenSamplesAreBilinear(t *testing.T) {
	g := grid(t, 3, 2,
		100, 130, 160,
		110, 140, void)
	cases := []struct {
		name  string
		x, y  float64
		want  float64
		known bool
	}{
		{"at a sample", 1000, 2000, 100, true},
		{"half way east", 1015, 2000, 115, true},
		{"half way south", 1000, 1985, 105, true},
		{"in the middle of four", 1015, 1985, 120, true},
		{"on the side of a void", 1060, 2000, 160, true},
		{"beside a void", 1045, 1999, 0, false},
		{"on the column before a void", 1030, 1975, 130 + 10.0*25/30, true},
		{"west of all", 999.9, 2000, 0, false},
		{"south of all", 1000, 1969.9, 0, false},
		{"somewhere else", 106.9, 28.97, 0, false},
		{"nowhere", math.NaN(), 2000, 0, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, known := g.At(c.x, c.y)
			if known != c.known || known && math.Abs(got-c.want) > 1e-9 {
				t.Errorf("%v m (%v), want %v (%v)", got, known, c.want, c.known)
			}
		})
	}
}

func TestAPlaneIsAPlaneEverywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		east, south := rapid.Float64Range(-3, 3).Draw(t, "east"), rapid.Float64Range(-3, 3).Draw(t, "south")
		heights := make([]float32, 7*5)
		for i := range heights {
			heights[i] = float32(500 + east*float64(i%7) + south*float64(i/7))
		}
		g, err := terrain.New(105, 29, 1.0/3600, 1.0/3600, 7, 5, heights)
		if err != nil {
			t.Fatal(err)
		}
		col, row := rapid.Float64Range(0, 6).Draw(t, "col"), rapid.Float64Range(0, 4).Draw(t, "row")
		got, known := g.At(105+col/3600, 29-row/3600)
		if want := 500 + east*col + south*row; !known || math.Abs(got-want) > 1e-3 {
			t.Fatalf("%v m (%v), want %v", got, known, want)
		}
	})
}

func TestWhatIsNoGridIsRefused(t *testing.T) {
	cases := []struct {
		name         string
		west, step   float64
		cols, rows   int
		heights      int
		wantSentence string
	}{
		{"no place", math.NaN(), 30, 2, 2, 4, "is not a place"},
		{"no step", 0, 0, 2, 2, 4, "not positive"},
		{"a step backwards", 0, -30, 2, 2, 4, "not positive"},
		{"an endless step", 0, math.Inf(1), 2, 2, 4, "not positive"},
		{"one row", 0, 30, 4, 1, 4, "4 by 1 samples"},
		{"fewer heights than samples", 0, 30, 3, 3, 8, "came with 8 heights"},
		{"more samples than a machine holds", 0, 30, 1 << 31, 1 << 31, 0, "can be used"},
		{"an end beyond all numbers", 1e308, 1e308, 2, 2, 4, "has no end"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := terrain.New(c.west, 0, c.step, 30, c.cols, c.rows, make([]float32, c.heights))
			if err == nil || !strings.Contains(err.Error(), c.wantSentence) {
				t.Errorf("error %v, want one that says %q", err, c.wantSentence)
			}
		})
	}
}

func TestHeightsThatAreNotOnEarthAreUnknown(t *testing.T) {
	g := grid(t, 3, 2, 100, -32768, 120, 9e9, float32(math.Inf(1)), 100)
	if g.Known() != 3 {
		t.Errorf("%d known samples, want 3", g.Known())
	}
	if _, known := g.At(1030, 2000); known {
		t.Error("the void of a file of 16 bit numbers has a height")
	}
}

func TestSmallVoidsAreFilledAndLargeOnesAreNot(t *testing.T) {
	g := grid(t, 7, 5,
		10, 10, 10, 10, 10, 10, 10,
		10, void, 10, 20, void, void, 20,
		10, 10, 10, 20, void, void, 20,
		10, 10, 10, 20, 20, 20, 20,
		void, 10, 10, 20, 20, 20, 20)
	filled := g.Filled(2)
	if h, known := filled.At(1030, 1970); !known || h != 10 {
		t.Errorf("a void of one sample: %v m (%v)", h, known)
	}
	if _, known := filled.At(1135, 1955); known {
		t.Error("a void of four samples was filled")
	}
	if _, known := filled.At(1000, 1880); known {
		t.Error("a void at the rim was filled")
	}
	if h, known := g.Filled(4).At(1135, 1955); !known || h < 10 || h > 20 {
		t.Errorf("a void of four samples that may be filled: %v m (%v)", h, known)
	}
	if g.Known() != 35-6 {
		t.Error("the grid itself was changed")
	}
}

func TestSmoothingTakesOutNoiseAndKeepsTheSlope(t *testing.T) {
	const side = 60
	random := rand.New(rand.NewPCG(1, 2))
	heights := make([]float32, side*side)
	for i := range heights {
		heights[i] = float32(200 + 3*float64(i%side) + 4*(random.Float64()-0.5)) // 10 %
	}
	heights[30*side+30] = void
	g, err := terrain.New(0, 0, 30, 30, side, side, heights)
	if err != nil {
		t.Fatal(err)
	}
	smooth := g.Smoothed(90)
	noise := func(g *terrain.Grid) (worst float64) {
		for row := 10; row < side-10; row++ {
			for col := 10; col < 25; col++ {
				h, _ := g.At(float64(col)*30, float64(-row)*30)
				worst = max(worst, math.Abs(h-200-3*float64(col)))
			}
		}
		return worst
	}
	if before, after := noise(g), noise(smooth); after > before/2 {
		t.Errorf("noise of %.2f m became %.2f m", before, after)
	}
	if _, known := smooth.At(900, -900); known {
		t.Error("a void was filled by smoothing")
	}
	if same := g.Smoothed(0); same != g {
		t.Error("smoothing over nothing changes the grid")
	}
	west, _ := smooth.At(12*30, -900)
	east, _ := smooth.At(20*30, -900)
	if slope := (east - west) / 240; math.Abs(slope-0.1) > 0.01 {
		t.Errorf("a slope of 10 %% became one of %.1f %%", 100*slope)
	}
}

func TestSmoothingKnowsDegreesFromMetres(t *testing.T) {
	// A single peak, in steps of one second at 60° north: 31 m down, 15 m across.
	heights := make([]float32, 21*21)
	heights[10*21+10] = 100
	g, err := terrain.New(10, 60, 1.0/3600, 1.0/3600, 21, 21, heights)
	if err != nil {
		t.Fatal(err)
	}
	smooth := g.Smoothed(60)
	across, _ := smooth.At(10+12.0/3600, 60-10.0/3600) // two steps are 31 m
	down, _ := smooth.At(10+10.0/3600, 60-11.0/3600)   // one step is 31 m
	if across == 0 || math.Abs(across/down-1) > 0.05 {
		t.Errorf("31 m to the east %v m, 31 m to the south %v m", across, down)
	}
}

func TestAMosaicKnowsWhatAnyOfItsGridsKnows(t *testing.T) {
	west := grid(t, 3, 2, 1, 2, 3, 1, 2, void)
	east, err := terrain.New(1060, 2000, 30, 30, 3, 2, []float32{3, 4, 5, 3, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	m := terrain.Mosaic{west, east}
	for _, c := range []struct{ x, want float64 }{{1000, 1}, {1060, 3}, {1075, 3.5}, {1120, 5}} {
		if got, known := m.At(c.x, 1985); !known || got != c.want {
			t.Errorf("at %v: %v m (%v), want %v", c.x, got, known, c.want)
		}
	}
	if _, known := m.At(1121, 1985); known {
		t.Error("a height beyond the mosaic")
	}
	if b := m.Bound(); b.Min[0] != 1000 || b.Max[0] != 1120 {
		t.Errorf("bound %v", b)
	}
	elsewhere := orb.Bound{Min: orb.Point{106, 28}, Max: orb.Point{107, 29}}
	if m.Meets(elsewhere) || !m.Meets(orb.Bound{Min: orb.Point{1100, 1900}, Max: orb.Point{1200, 2100}}) {
		t.Error("a model of another extent is told apart")
	}
	if !(terrain.Mosaic{}).Bound().IsEmpty() || (terrain.Mosaic{}).Meets(elsewhere) {
		t.Error("no grids have no ground")
	}
	if got, known := m.Smoothed(60).At(1075, 1985); !known || got < 3 || got > 4.5 {
		t.Errorf("smoothed: %v m (%v)", got, known)
	}
}
