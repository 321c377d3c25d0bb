package policy

// Facts are what is known of a community. A nil pointer, and an empty
// UnitKind, mean unknown: unknown facts never make a community "in".
type Facts struct {
	UnitKind          string    `json:"unit_kind"` // compound | single_building | community
	BuiltYear         *int      `json:"built_year"`
	Neglected         *bool     `json:"neglected"`
	MunicipalMissing  *[]string `json:"municipal_missing"`
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
	Unknown  Outcome = "unknown"    // a fact is missing or contradicts itself
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

// Eligibility is the scope clause as data.
type Eligibility struct {
	Clause string `json:"clause" yaml:"clause"`
}

// Judge returns the verdict on a community and its proof, clause by clause.
// params overrides the policy's parameters (values as JSON or YAML decode
// them); an override that CheckParams refuses makes the verdict borderline at
// best.
func (p *Policy) Judge(f Facts, params map[string]any) (Verdict, []Reason) { panic("soon") }

// CheckParams says what is wrong with overrides of the policy's parameters.
func (p *Policy) CheckParams(params map[string]any) error { panic("soon") }
