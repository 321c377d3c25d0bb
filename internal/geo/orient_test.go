package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestOrient(t *testing.T) {
	tests := []struct {
		name    string
		a, b, c orb.Point
		want    int
	}{
		{"left", orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{0, 1}, 1},
		{"right", orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{0, -1}, -1},
		{"on the line", orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{3, 3}, 0},
		{"on a line that doubles hold exactly", orb.Point{0.5, 0.5}, orb.Point{12, 12}, orb.Point{24, 24}, 0},
		{"one step above", orb.Point{0.5, 0.5}, orb.Point{12, 12}, orb.Point{24, math.Nextafter(24, 25)}, 1},
		{"one step below", orb.Point{0.5, 0.5}, orb.Point{12, 12}, orb.Point{24, math.Nextafter(24, 23)}, -1},
		{"products that underflow", orb.Point{0, 0}, orb.Point{1e-200, 1e-200}, orb.Point{1e-200, 2e-200}, 1},
		{"on a line of tiny numbers", orb.Point{0, 0}, orb.Point{1e-200, 1e-200}, orb.Point{3e-200, 3e-200}, 0},
		{"smallest of all", orb.Point{0, 0}, orb.Point{5e-324, 0}, orb.Point{0, 5e-324}, 1},
		{"all magnitudes", orb.Point{1e-300, 0}, orb.Point{180, 90}, orb.Point{1e-300, 5e-324}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := orient(tt.a, tt.b, tt.c); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
			if got := orient(tt.b, tt.a, tt.c); got != -tt.want {
				t.Errorf("turned round: got %d, want %d", got, -tt.want)
			}
		})
	}
}

// Close to the diagonal the quick answers are wrong; the exact ones must agree.
func TestOrientIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		near := func(name string) float64 {
			return 106.9 + float64(rapid.IntRange(-6, 6).Draw(t, name))*math.Ldexp(1, -46)*rapid.SampledFrom([]float64{1, 1e3, 1e6}).Draw(t, name+" scale")
		}
		point := func(name string) orb.Point { return orb.Point{near(name + " x"), near(name + " y")} }
		a, b, c := point("a"), point("b"), point("c")
		want := orientBig(a, b, c)
		if got := orient(a, b, c); got != want {
			t.Fatalf("orient = %d, exactly %d", got, want)
		}
		if got := orientExact(a, b, c); got != want {
			t.Fatalf("orientExact = %d, exactly %d", got, want)
		}
		if got := orient(b, c, a); got != want {
			t.Fatalf("the three points turned: %d, exactly %d", got, want)
		}
	})
}
