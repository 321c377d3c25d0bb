package proposal

import (
	"math"

	"github.com/lianpian/lianpian/internal/registry"
)

// What a community is worth to a proposal. The unit is a household, so that an
// objective of 5,400 can be read as "as good as 5,400 households in the worst
// condition that have all agreed".
const (
	// floorAreaPerHousehold stands in for households that are not known, m².
	floorAreaPerHousehold = 80
	// base is the worth of a household without any need and consent, so that
	// weights of zero still place communities.
	base = 1.0
)

// size is the number of households, or what stands in for it; at least 1.
func (c community) size() float64 {
	switch {
	case c.households > 0:
		return c.households
	case c.floorAreaM2 > 0:
		return math.Max(1, c.floorAreaM2/floorAreaPerHousehold)
	default:
		return math.Max(1, c.buildings)
	}
}

func (c community) condition() registry.Condition {
	return registry.Condition{
		BuiltYear: c.builtYear, Neglected: c.neglected, Poor: c.poor, Missing: c.missing, Uncovered: c.uncovered,
	}
}

// consent is the share of the households that have agreed on record, 0 to 1;
// where nobody has been asked it is 0.
func (c community) consent() float64 {
	if c.agreed == nil || c.households <= 0 {
		return 0
	}
	return math.Min(1, float64(*c.agreed)/c.households)
}

// value is what placing the community adds to the objective, in households.
func (c community) value(w Weights) float64 {
	return c.size() * (base + w.Need*c.condition().Need() + w.Consent*c.consent()) / (base + w.Need + w.Consent)
}
