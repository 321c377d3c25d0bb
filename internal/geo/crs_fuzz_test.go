package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// FuzzParseCRS: a text is refused, or a system in which places of its area come
// back from where they were projected to.
func FuzzParseCRS(f *testing.F) {
	for _, seed := range []string{"", "EPSG:4490", "epsg:4545", "3857", "gk:cm=107.5,fe=500000,prefix=36", "gk:cm=NaN", "gk:cm=1e308,fe=-1e308", "CRS84", "EPSG:99999999999999999999", "gk:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		crs, err := ParseCRS(text)
		if err != nil {
			return
		}
		there := crs.Forward(orb.Point{107, 29})
		if back := crs.Inverse(there); !math.IsNaN(there[0]) && !math.IsInf(there[0], 0) && math.IsNaN(back[0]) {
			t.Fatalf("%q: %v comes back as %v", text, there, back)
		}
	})
}
