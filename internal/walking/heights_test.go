package walking

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/geo"
)

// The noise of a model, single samples that stand out, is smoothed away before
// slopes are taken from it; a hillside stays as steep as it is.
func TestHeightsAreSmoothedOnceForAll(t *testing.T) {
	zone, _ := geo.ZoneOfSRID(4545)
	plane := Plane{zone}
	const step, cols, rows = 1.0 / 3600, 60, 60 // about 30 m
	model := func(of func(row, col int) float32) *heights {
		samples := make([]float32, cols*rows)
		for i := range samples {
			samples[i] = of(i/cols, i%cols)
		}
		grid, err := terrain.New(106.86, 29.01, step, step, cols, rows, samples)
		if err != nil {
			t.Fatal(err)
		}
		return newHeights(plane, terrain.Mosaic{grid})
	}
	at := func(h *heights, row, col float64) float64 {
		m, known := h.Height(plane.Metres(orb.Point{106.86 + col*step, 29.01 - row*step}))
		if !known {
			t.Fatalf("nothing known at row %v, column %v", row, col)
		}
		return m
	}
	noisy := model(func(row, col int) float32 { return 300 + 5*float32((row+col)%2) }) // 5 m up and down from sample to sample
	hillside := model(func(_, col int) float32 { return 300 + 3*float32(col) })
	for col := 20.0; col < 40; col++ {
		if rise := at(noisy, 30, col+1) - at(noisy, 30, col); math.Abs(rise) > 0.5 {
			t.Errorf("%v m up at column %v, where all is flat but for noise", rise, col)
		}
		if rise := at(hillside, 30, col+1) - at(hillside, 30, col); math.Abs(rise-3) > 0.01 {
			t.Errorf("%v m up the hillside at column %v, want 3", rise, col)
		}
	}
}
