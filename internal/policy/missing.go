package policy

// MissingFact names the fact of a community that a missing item belongs to:
// municipal_missing, service_missing, or "" where no rule of the scope asks for
// it. It is how a condition check becomes a fact that the verdict rests on.
func (p *Policy) MissingFact(item Item) string {
	for _, c := range p.Categories {
		if c.Key == item.Category {
			return c.Fact
		}
	}
	return ""
}

// Asks tells whether a rule of the scope asks for a fact of a community.
func (p *Policy) Asks(fact string) bool {
	for _, rule := range p.Eligibility.Rules {
		for _, test := range rule.Tests {
			if test.Fact == fact {
				return true
			}
		}
	}
	return false
}
