package doctor

import (
	"testing"

	"github.com/paulmach/orb"
)

func TestTheMiddleOfAShapeLiesWhereTheShapeLies(t *testing.T) {
	for name, shape := range map[string]orb.Geometry{
		"square":  orb.Polygon{{{121.50, 31.20}, {121.51, 31.20}, {121.51, 31.21}, {121.50, 31.21}, {121.50, 31.20}}},
		"bow-tie": orb.Polygon{{{121.5146, 31.2325}, {121.51485, 31.23261}, {121.51485, 31.2325}, {121.5146, 31.23261}, {121.5146, 31.2325}}},
		"line":    orb.Polygon{{{121.50, 31.20}, {121.51, 31.20}, {121.50, 31.20}}},
		"point":   orb.Point{121.50, 31.20},
	} {
		if p := middle(shape); !shape.Bound().Contains(p) {
			t.Errorf("%s: %v lies outside of %v", name, p, shape.Bound())
		}
	}
}
