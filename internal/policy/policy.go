// Package policy holds renewal policies and facility standards as versioned
// data with their clauses, and judges whether a community is in a policy's
// scope. It reads only its embedded data files and must never touch a
// database, HTTP or the file system.
package policy

// Policy is one district's renewal plan as data. Every part names the clause
// it comes from. A Policy is immutable after Load and safe for concurrent use.
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
	Profile    string      `json:"profile" yaml:"profile"` // facility standard profile that goes with it
	Upstream   []Reference `json:"upstream" yaml:"upstream"`

	Parameters  []Parameter `json:"parameters" yaml:"parameters"`
	Ambiguities []Ambiguity `json:"ambiguities" yaml:"ambiguities"`
	AgeClasses  []AgeClass  `json:"age_classes" yaml:"age_classes"`
	Eligibility Eligibility `json:"eligibility" yaml:"eligibility"`

	names map[string]string // Chinese name of item and facility keys, for sentences
}

// Reference is another document that the policy rests on.
type Reference struct {
	DocumentNo string `json:"document_no" yaml:"document_no"`
	Title      string `json:"title" yaml:"title"`
	Note       string `json:"note,omitempty" yaml:"note"`
}

// Parameter is a figure or a reading that the document leaves open. A
// district may override the default (district.policy_params).
type Parameter struct {
	Key       string    `json:"key" yaml:"key"`
	Name      string    `json:"name" yaml:"name"`
	Type      string    `json:"type" yaml:"type"` // choice | number | integer
	Default   any       `json:"default" yaml:"default"`
	Min       *float64  `json:"min,omitempty" yaml:"min"`
	Max       *float64  `json:"max,omitempty" yaml:"max"`
	Unit      string    `json:"unit,omitempty" yaml:"unit"`
	Optional  bool      `json:"optional" yaml:"optional"` // null is a value: "not set"
	Readings  []Reading `json:"readings,omitempty" yaml:"readings"`
	Ambiguity string    `json:"ambiguity,omitempty" yaml:"ambiguity"`
	Clause    string    `json:"clause" yaml:"clause"`
	Note      string    `json:"note,omitempty" yaml:"note"`
}

// Reading is one way to read an ambiguous clause.
type Reading struct {
	Value any    `json:"value" yaml:"value"`
	Text  string `json:"text" yaml:"text"`
}

// Ambiguity is a place where the document is unclear or contradicts itself.
type Ambiguity struct {
	ID         string   `json:"id" yaml:"id"` // A1 … of the digest; N1 … found while encoding
	Issue      string   `json:"issue" yaml:"issue"`
	Handling   string   `json:"handling" yaml:"handling"`
	Clauses    []string `json:"clauses" yaml:"clauses"`
	Parameters []string `json:"parameters,omitempty" yaml:"parameters"`
}

// AgeClass is a class of built years that a policy distinguishes; both ends
// are inclusive, nil is open.
type AgeClass struct {
	Key  string `json:"key" yaml:"key"`
	Name string `json:"name" yaml:"name"`
	From *int   `json:"from" yaml:"from"`
	To   *int   `json:"to" yaml:"to"`
}
