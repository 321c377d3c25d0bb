package policy

import "fmt"

// PriorityRule says which projects of a library come first: those for which all
// of When hold. The keys are those of the library's conditions, and
//
//	not_ready        the conditions of comprehensive renovation do not all hold
//	poor_management  a community is neglected, or a check of its management failed
//	mode_agreed      how every community is managed is on record
type PriorityRule struct {
	Clause string   `json:"clause" yaml:"clause"`
	When   []string `json:"when" yaml:"when"`
}

// The keys of a PriorityRule that are no conditions of entry.
const (
	NotReady       = "not_ready"
	PoorManagement = "poor_management"
	ModeAgreed     = "mode_agreed"
)

// Library returns a project library of the policy.
func (p *Policy) Library(key string) (ProjectLibrary, bool) {
	for _, l := range p.Libraries {
		if l.Key == key {
			return l, true
		}
	}
	return ProjectLibrary{}, false
}

// checkFirst checks that the rule of priority asks for what is known.
func (l ProjectLibrary) checkFirst() error {
	known := []string{NotReady, PoorManagement, ModeAgreed}
	for _, c := range l.Conditions {
		known = append(known, c.Key)
	}
	for _, key := range l.First.When {
		if err := oneOf("when", key, known...); err != nil {
			return fmt.Errorf("library %s, first: %w", l.Key, err)
		}
	}
	return nil
}
