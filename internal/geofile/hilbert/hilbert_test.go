package hilbert_test

import (
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile/hilbert"
)

func TestTheCurveVisitsNeighbouringCells(t *testing.T) {
	o := hilbert.NewOrder(orb.Bound{Max: orb.Point{65535, 65535}})
	const n = 64 // the first quarter of the quarter … of the curve
	at := map[uint32]orb.Point{}
	for x := range n {
		for y := range n {
			p := orb.Point{float64(x), float64(y)}
			d := o.Of(p)
			if other, taken := at[d]; taken || d >= n*n {
				t.Fatalf("%v has the place %d of %v", p, d, other)
			}
			at[d] = p
		}
	}
	for d := uint32(1); d < n*n; d++ {
		a, b := at[d-1], at[d]
		if dx, dy := a[0]-b[0], a[1]-b[1]; dx*dx+dy*dy != 1 {
			t.Fatalf("the curve leaps from %v to %v", a, b)
		}
	}
}

func TestOddBoxes(t *testing.T) {
	for _, b := range []orb.Bound{{}, {Min: orb.Point{1, 1}, Max: orb.Point{1, 5}}, {Min: orb.Point{5, 5}, Max: orb.Point{1, 1}}} {
		o := hilbert.NewOrder(b)
		for _, p := range []orb.Point{{0, 0}, {1, 3}, {1e300, -1e300}} {
			_ = o.Of(p)
		}
	}
}
