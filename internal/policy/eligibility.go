package policy

// Facts are what is known of a community. A nil pointer, and an empty
// UnitKind, mean unknown: unknown facts never make a community "in".
type Facts struct {
	UnitKind          string    `json:"unit_kind"` // compound | single_building | community
	BuiltYear         *int      `json:"built_year"`
	Neglected         *bool     `json:"neglected"`
	MunicipalMissing  *[]string `json:"municipal_missing"` // names, or keys of facility types; empty: surveyed, nothing missing
	ServiceMissing    *[]string `json:"service_missing"`
	Households        *int      `json:"households"`
	HouseholdsAgreed  *int      `json:"households_agreed"`
	FloorAreaM2       *float64  `json:"floor_area_m2"`
	FloorAreaAgreedM2 *float64  `json:"floor_area_agreed_m2"`
	PriorWorks        *string   `json:"prior_works"` // none | single_item | partial | full
	InShantytownPlan  *bool     `json:"in_shantytown_plan"`
	DemolishRebuild   *bool     `json:"demolish_rebuild"`
	SelfBuiltMajority *bool     `json:"self_built_majority"`
	UrbanVillage      *bool     `json:"urban_village"`
	PoorConditions    *bool     `json:"poor_conditions"`
}

// Verdict says whether a community is in a policy's scope (纳入范围).
type Verdict string

// The three verdicts.
const (
	In         Verdict = "in"
	Out        Verdict = "out"
	Borderline Verdict = "borderline"
)

// Outcome is what one test of one rule found.
type Outcome string

// The outcomes of a test.
const (
	Met      Outcome = "met"
	Failed   Outcome = "failed"
	Unknown  Outcome = "unknown"    // a fact is missing or contradicts another
	Doubtful Outcome = "borderline" // the facts are known, the clause does not decide
	Excluded Outcome = "excluded"   // an exclusion applies
)

// Reason is one line of a verdict's proof.
type Reason struct {
	Clause      string  `json:"clause"`                // place in the document, e.g. 二(一)
	Rule        string  `json:"rule"`                  // e.g. S1
	Outcome     Outcome `json:"outcome"`               // met | failed | unknown | borderline | excluded
	Text        string  `json:"text"`                  // a Chinese sentence
	Fact        string  `json:"fact"`                  // the field of Facts it rests on, e.g. built_year
	Route       string  `json:"route,omitempty"`       // route into the scope, where a policy has several
	Ambiguity   string  `json:"ambiguity,omitempty"`   // e.g. A1
	Overridable bool    `json:"overridable,omitempty"` // 原则上: an authorised person may decide otherwise with a reason
}

// Eligibility is the scope clause as data. A community is in when every rule
// without a route is met and every rule of at least one route.
type Eligibility struct {
	Clause string `json:"clause" yaml:"clause"`
	Routes []Term `json:"routes" yaml:"routes"`
	Rules  []Rule `json:"rules" yaml:"rules"`
}

// Rule is one rule of the scope; all its tests must be met.
type Rule struct {
	ID          string `json:"id" yaml:"id"`     // e.g. S1
	Kind        string `json:"kind" yaml:"kind"` // include | unit | readmit | exclude
	Route       string `json:"route,omitempty" yaml:"route"`
	Clause      string `json:"clause" yaml:"clause"`
	Text        string `json:"text" yaml:"text"` // the provision
	Overridable bool   `json:"overridable,omitempty" yaml:"overridable"`
	Tests       []Test `json:"tests" yaml:"tests"`
}

// Test asks one question about the facts. Ops:
//
//	built_by   built in Year or before; a Doubt.Year is decided by a parameter
//	yes        the fact is true
//	no         the fact is not true; true excludes
//	some       the list names at least Min things
//	one_of     the fact is one of Values
//	agreed     more than (AtLeast: at least) the share of ShareParam agreed
//	prior      prior works are none, or one of Values with gaps left
type Test struct {
	Op         string    `json:"op" yaml:"op"`
	Fact       string    `json:"fact" yaml:"fact"`
	Year       int       `json:"year,omitempty" yaml:"year"`
	Min        int       `json:"min,omitempty" yaml:"min"`
	MinParam   string    `json:"min_parameter,omitempty" yaml:"min_parameter"`
	Values     []string  `json:"values,omitempty" yaml:"values"`
	ShareParam string    `json:"share_parameter,omitempty" yaml:"share_parameter"`
	BasisParam string    `json:"basis_parameter,omitempty" yaml:"basis_parameter"`
	AtLeast    bool      `json:"at_least,omitempty" yaml:"at_least"`
	Doubt      *Doubt    `json:"doubt,omitempty" yaml:"doubt"`
	OnlyIf     *Setting  `json:"only_if,omitempty" yaml:"only_if"`
	Say        Sentences `json:"say" yaml:"say"`
}

// Doubt is a value that the clause does not decide. The parameter's value is
// in, out, or ask (borderline).
type Doubt struct {
	Year      int    `json:"year,omitempty" yaml:"year"`
	Value     string `json:"value,omitempty" yaml:"value"`
	Parameter string `json:"parameter" yaml:"parameter"`
	Ambiguity string `json:"ambiguity" yaml:"ambiguity"`
}

// Setting is a value of a parameter that a test depends on.
type Setting struct {
	Parameter string `json:"parameter" yaml:"parameter"`
	Value     any    `json:"value" yaml:"value"`
}

// Sentences are what a test says, one per outcome. {year}, {items}, {count},
// {value} and {survey} stand for the facts.
type Sentences struct {
	Met     string `json:"met" yaml:"met"`
	Failed  string `json:"failed" yaml:"failed"`
	Unknown string `json:"unknown" yaml:"unknown"`
	Doubt   string `json:"doubt,omitempty" yaml:"doubt"`
}

// EligibilityParameters are the keys of the parameters that verdicts depend on,
// in the order in which the plan lists them.
func (p *Policy) EligibilityParameters() []string {
	used := map[string]bool{}
	for _, r := range p.Eligibility.Rules {
		for _, t := range r.Tests {
			used[t.MinParam], used[t.ShareParam], used[t.BasisParam] = true, true, true
			if t.Doubt != nil {
				used[t.Doubt.Parameter] = true
			}
			if t.OnlyIf != nil {
				used[t.OnlyIf.Parameter] = true
			}
		}
	}
	var out []string
	for _, q := range p.Parameters {
		if used[q.Key] {
			out = append(out, q.Key)
		}
	}
	return out
}
