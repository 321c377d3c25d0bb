package formation

// Penalties are the parts that a zone's score loses, each ≥ 0.
type Penalties struct {
	Each, Strings, Compact, Balance, Budget float64
}

// Sum of all penalties.
func (p Penalties) Sum() float64 { return p.Each + p.Strings + p.Compact + p.Balance + p.Budget }

// Zone of an answer. Totals, Score and Penalties follow from Units.
type Zone struct {
	Units     []int32   // ascending
	Totals    []float64 // one per TotalRule
	Links     []int32   // certificate: a minimum spanning tree over the zone's links, indexes into Problem.Links
	StringsM  float64   // length of that tree
	DiameterM float64   // longest shortest walk; only measured when the problem bounds it
	Value     float64   // Σ values of the units
	Penalties Penalties
	Score     float64 // Value − Penalties
	Locked    bool
	// Broken are the constraints that a locked zone does not hold; a proposed
	// zone holds all.
	Broken []Contradiction
}

// Answer is a set of disjoint zones with a bound.
type Answer struct {
	Zones   []Zone   // the locked ones first, in their order; then by smallest unit
	Outside []Reason // every unit that is in no zone, ascending
	// Value is the sum of the scores of the proposed zones. No answer to the
	// problem can have more than Bound; Gap = (Bound − Value)/Bound.
	Value, Bound, Gap float64
	Proven            bool // Value is the best possible, within 1e-9
	// ShortOf is how many zones are missing to MinZones: the search found no
	// answer with as many; 0 otherwise. Then Value may exceed Bound.
	ShortOf int
	Steps   int64 // effort spent
}

// ReasonKind says why a unit is in no zone.
type ReasonKind string

// The reasons, from the most to the least fundamental.
const (
	AloneOver      ReasonKind = "alone_over_max"    // alone it breaks the maximum of Total
	NoWithin       ReasonKind = "no_within"         // lies in no neighborhood, and zones must be kept within one
	TogetherBroken ReasonKind = "together_broken"   // must go with units it can never be with
	NoLink         ReasonKind = "no_link"           // no usable link, and too small alone
	TooSmallPart   ReasonKind = "component_too_low" // everything it is linked to stays under the minimum of Total
	KeptApart      ReasonKind = "kept_apart"        // adding it to Zone would break an apart rule
	WithMates      ReasonKind = "with_mates"        // could only join Zone with the units it must go with, and they do not fit
	BreaksMax      ReasonKind = "breaks_max"        // adding it to Zone would break the maximum of Total
	BreaksDiameter ReasonKind = "breaks_diameter"   // adding it to Zone would break the walking diameter
	LowersScore    ReasonKind = "lowers_score"      // adding it to Zone would lower the score by −Delta
	ZonesUsedUp    ReasonKind = "zones_used_up"     // it touches no zone and MaxZones allows no further one
	NoZoneNear     ReasonKind = "no_zone_near"      // touches no zone; what is left around it does not make one
	OtherOutside   ReasonKind = "left_out"          // could join Zone, but the search ended before it was tried
)

// Reason why a unit is in no zone.
type Reason struct {
	Unit  int32
	Kind  ReasonKind
	Zone  int32   // index into Answer.Zones of the zone meant; −1: none
	Total int32   // index into Problem.Totals of the rule meant; −1: none
	Value float64 // what the sum is or would be (or the diameter in metres)
	Limit float64 // what it would have to be
	Delta float64 // change of the score if it joined Zone
}
