package zone_test

import (
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

func TestAChangeTouchesTheZonesThatItLiesIn(t *testing.T) {
	b := newBench(t)
	z := b.create("片区", box(106.90, 28.95, 106.91, 28.96))
	id, err := b.zones.ID(t.Context(), b.district, z.Code)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change postgis.Change
		want   bool
	}{
		"in it":                      {postgis.Change{Bound: orb.Point{106.9001, 28.9501}.Bound()}, true},
		"beside it":                  {postgis.Change{Bound: orb.Point{106.95, 28.95}.Bound()}, false},
		"nowhere":                    {postgis.Change{Bound: postgis.Nowhere(), Subdistricts: []string{west}}, false},
		"anywhere in its part":       {postgis.Change{Subdistricts: []string{west}}, true},
		"anywhere in another's part": {postgis.Change{Subdistricts: []string{east}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := b.zones.Touched(t.Context(), b.district, []int64{id}, c.change)
			if err != nil || got != c.want {
				t.Errorf("touched: %v, %v", got, err)
			}
		})
	}
}
