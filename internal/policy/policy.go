// Package policy holds renewal policies and facility standards as versioned
// data with their clauses, and judges whether a community is in a policy's
// scope. It reads only its embedded data files and must never touch a
// database, HTTP or the file system.
package policy

import "slices"

// Policy is one district's renewal plan (实施方案) as data. Every part names
// the clause it comes from. A Policy is immutable after Load and safe for
// concurrent use.
type Policy struct {
	Key        string      `json:"key" yaml:"key"`         // e.g. wansheng-2020
	Version    string      `json:"version" yaml:"version"` // of the data file, not of the document
	Title      string      `json:"title" yaml:"title"`
	ShortTitle string      `json:"short_title" yaml:"short_title"`
	DocumentNo string      `json:"document_no" yaml:"document_no"`
	Issuer     string      `json:"issuer" yaml:"issuer"`
	IssuedOn   string      `json:"issued_on" yaml:"issued_on"` // YYYY-MM-DD
	Effective  string      `json:"effective" yaml:"effective"`
	Disclosure string      `json:"disclosure" yaml:"disclosure"`
	Source     string      `json:"source" yaml:"source"`   // what the data was taken from
	Profile    string      `json:"profile" yaml:"profile"` // profile of facility standards that goes with it
	Upstream   []Reference `json:"upstream" yaml:"upstream"`

	Borrows []Borrow `json:"borrows,omitempty" yaml:"borrows"` // what the document lacks and the product adds

	Parameters  []Parameter `json:"parameters" yaml:"parameters"`
	Ambiguities []Ambiguity `json:"ambiguities" yaml:"ambiguities"`
	AgeClasses  []AgeClass  `json:"age_classes" yaml:"age_classes"`
	Eligibility Eligibility `json:"eligibility" yaml:"eligibility"`

	Targets          []Target         `json:"targets" yaml:"targets"`
	Phases           []Term           `json:"phases" yaml:"phases"`
	Libraries        []ProjectLibrary `json:"libraries" yaml:"libraries"`
	Categories       []Term           `json:"categories" yaml:"categories"` // 类别 of items
	Natures          []Term           `json:"natures" yaml:"natures"`       // 项目性质 of items
	Items            []Item           `json:"items" yaml:"items"`
	Works            WorksRules       `json:"works" yaml:"works"`
	ManagementChecks []CheckGroup     `json:"management_checks" yaml:"management_checks"`
	ManagementModes  []Mode           `json:"management_modes" yaml:"management_modes"`
	Survey           Survey           `json:"survey" yaml:"survey"`
	Procedure        []Step           `json:"procedure" yaml:"procedure"`
	Actors           []Actor          `json:"actors" yaml:"actors"`
	Dates            []Date           `json:"dates" yaml:"dates"`
	Funding          []Fund           `json:"funding" yaml:"funding"`
	ApprovalInputs   []ApprovalInput  `json:"approval_inputs" yaml:"approval_inputs"`
	Approvals        []Approval       `json:"approvals" yaml:"approvals"`
	Contradictions   []Contradiction  `json:"contradictions,omitempty" yaml:"contradictions"` // inputs that cannot go together
	Provisions       []Provision      `json:"provisions" yaml:"provisions"`                   // rules in words that nothing computes yet
	Forms            []Form           `json:"forms" yaml:"forms"`

	names map[string]string // Chinese names of facility types, for sentences
}

// ID names the policy and the version of its data, as stored with a verdict.
func (p *Policy) ID() string { return p.Key + "@" + p.Version }

// Item returns an item of the catalogue by its number.
func (p *Policy) Item(no int) (Item, bool) {
	for _, item := range p.Items {
		if item.No == no {
			return item, true
		}
	}
	return Item{}, false
}

// ItemsFor returns the items of the catalogue that put a facility of a type in
// place, in the order of the catalogue: what to ask for where it is missing.
func (p *Policy) ItemsFor(facilityType string) []Item {
	var items []Item
	for _, item := range p.Items {
		if slices.Contains(item.Facilities, facilityType) {
			items = append(items, item)
		}
	}
	return items
}

// AgeClass returns the class of a built year.
func (p *Policy) AgeClass(year int) (AgeClass, bool) {
	for _, c := range p.AgeClasses {
		if (c.From == nil || year >= *c.From) && (c.To == nil || year <= *c.To) {
			return c, true
		}
	}
	return AgeClass{}, false
}

// Reference is another document that the policy rests on.
type Reference struct {
	DocumentNo string `json:"document_no" yaml:"document_no"`
	Title      string `json:"title,omitempty" yaml:"title"`
	Note       string `json:"note,omitempty" yaml:"note"`
}

// Ambiguity is a place where the document is unclear or contradicts itself.
type Ambiguity struct {
	ID         string   `json:"id" yaml:"id"` // A1, B1 … of the rule digest; N1 … found while turning it into data
	Clauses    []string `json:"clauses" yaml:"clauses"`
	Issue      string   `json:"issue" yaml:"issue"`
	Handling   string   `json:"handling" yaml:"handling"`
	Parameters []string `json:"parameters,omitempty" yaml:"parameters"` // that choose between the readings
}

// AgeClass is a class of built years that a policy distinguishes; both ends
// are inclusive, nil is open.
type AgeClass struct {
	Key  string `json:"key" yaml:"key"`
	Name string `json:"name" yaml:"name"`
	From *int   `json:"from" yaml:"from"`
	To   *int   `json:"to" yaml:"to"`
}
