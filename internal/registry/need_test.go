package registry_test

import (
	"math"
	"testing"

	"github.com/lianpian/lianpian/internal/registry"
)

func TestNeedIsTheMeanOfWhatIsKnown(t *testing.T) {
	year := func(y int) *int { return &y }
	fact := func(b bool) *bool { return &b }
	share := func(v float64) *float64 { return &v }
	for name, c := range map[string]struct {
		of   registry.Condition
		want float64
	}{
		"nothing is known":                     {registry.Condition{}, 0.5},
		"built after 2005, the rest unknown":   {registry.Condition{BuiltYear: year(2010)}, 1.0 / 3},
		"built in 1970 is as old as it counts": {registry.Condition{BuiltYear: year(1960)}, 2.0 / 3},
		"in the worst condition":               {registry.Condition{BuiltYear: year(1970), Neglected: fact(true), Poor: fact(true), Missing: year(12)}, 1},
		"in the best condition":                {registry.Condition{BuiltYear: year(2006), Neglected: fact(false), Poor: fact(false), Missing: year(0)}, 0},
		"half of the facts about condition":    {registry.Condition{BuiltYear: year(2005), Neglected: fact(true), Missing: year(0)}, 0.25},
		"a coverage run is one more term":      {registry.Condition{BuiltYear: year(2005), Neglected: fact(false), Poor: fact(false), Missing: year(0), Uncovered: share(1)}, 0.25},
	} {
		if got := c.of.Need(); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: need %v, want %v", name, got, c.want)
		}
	}
}
