package registry

import "math"

// How much a community needs renovation, from facts of the register.
const (
	// ageFull is the building year from which on age adds nothing to the need:
	// the later of the two years of construction that the plans name (tongnan-2021
	// 二(一): built by the end of 2005). ageSpan years earlier it counts in full.
	ageFull = 2005
	ageSpan = 35
	// missingFull is the number of missing municipal and service items at which
	// that part counts in full.
	missingFull = 8
	// unknownNeed is what a fact that nobody has surveyed counts.
	unknownNeed = 0.5
)

// Condition is what the register knows of a community's need. Nil is unknown.
type Condition struct {
	BuiltYear *int
	Neglected *bool
	Poor      *bool    // poor living conditions
	Missing   *int     // municipal and service items together
	Uncovered *float64 // share of the households that a coverage run left out, 0 to 1
}

// NeedTerm is one part of the need, 0 to 1.
type NeedTerm struct {
	Name  string // age | condition | missing | uncovered
	Value float64
}

// Terms are the parts of the need that apply, always in the same order.
func (c Condition) Terms() []NeedTerm {
	age, condition, missing := unknownNeed, unknownNeed, unknownNeed
	if c.BuiltYear != nil {
		age = math.Min(1, math.Max(0, float64(ageFull-*c.BuiltYear)/ageSpan))
	}
	if c.Neglected != nil || c.Poor != nil {
		condition = (truth(c.Neglected) + truth(c.Poor)) / 2
	}
	if c.Missing != nil {
		missing = math.Min(1, float64(*c.Missing)/missingFull)
	}
	terms := []NeedTerm{{"age", age}, {"condition", condition}, {"missing", missing}}
	if c.Uncovered != nil {
		terms = append(terms, NeedTerm{"uncovered", *c.Uncovered})
	}
	return terms
}

// Need is the mean of the terms, 0 to 1.
func (c Condition) Need() float64 {
	terms := c.Terms()
	sum := 0.0
	for _, t := range terms {
		sum += t.Value
	}
	return sum / float64(len(terms))
}

func truth(fact *bool) float64 {
	switch {
	case fact == nil:
		return unknownNeed
	case *fact:
		return 1
	default:
		return 0
	}
}
