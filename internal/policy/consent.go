package policy

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Asked is what a survey of residents counted; nil is unknown. Counts only,
// never a person.
type Asked struct {
	Households   *int     `json:"households"`
	Asked        *int     `json:"asked"`
	Agreed       *int     `json:"agreed"`
	FloorAreaM2  *float64 `json:"floor_area_m2"`
	AgreedAreaM2 *float64 `json:"agreed_area_m2"`
}

// ConsentVerdict says whether residents have agreed as the plan asks, by
// households and by floor area: both are always shown, the basis says which
// counts.
type ConsentVerdict struct {
	Outcome    Outcome     `json:"outcome" enum:"met,failed,unknown,borderline" doc:"failed: not yet"`
	Passed     bool        `json:"passed"`
	Clause     string      `json:"clause"`
	Rule       string      `json:"rule" doc:"the provision"`
	Basis      string      `json:"basis" enum:"households,area,both,either"`
	BasisText  string      `json:"basis_text"`
	Share      *float64    `json:"share" doc:"null: the plan sets none and the district neither"`
	AtLeast    bool        `json:"at_least" doc:"the share itself is enough; otherwise it must be exceeded"`
	Households ConsentSide `json:"households"`
	Area       ConsentSide `json:"area" doc:"m²"`
	Unasked    *int        `json:"unasked" doc:"households that nobody has asked yet"`
	Reachable  bool        `json:"reachable" doc:"the households that are not asked yet could still be enough"`
	Text       string      `json:"text"`
	Missing    string      `json:"missing" doc:"what is still missing, in words; empty once it is enough"`
	Ambiguity  string      `json:"ambiguity,omitempty"`
}

// ConsentSide is one of the two ways to count.
type ConsentSide struct {
	Counts  bool     `json:"counts" doc:"the basis looks at it"`
	Outcome Outcome  `json:"outcome" enum:"met,failed,unknown,borderline"`
	Total   *float64 `json:"total"`
	Agreed  *float64 `json:"agreed"`
	Percent *float64 `json:"percent" doc:"cut to one decimal, not rounded"`
	Needed  *float64 `json:"needed" doc:"the least that meets the rule"`
	Missing *float64 `json:"missing" doc:"how much more has to agree; 0 where it is enough"`
	Text    string   `json:"text"`
}

// Consent judges a survey by the plan's consent rule as the district reads it.
func (c Choice) Consent(a Asked) ConsentVerdict {
	rule := c.Policy.Survey
	share, set := c.Number(rule.ShareParam)
	atLeast := c.Policy.consentAtLeast()
	households := measure{name: "户数", unit: "户", fact: "households_agreed", step: 1, agreed: float(a.Agreed), total: float(a.Households)}
	area := measure{name: "面积", unit: "平方米", fact: "floor_area_agreed_m2", step: 0.01, agreed: a.AgreedAreaM2, total: a.FloorAreaM2}
	basis := c.basis(rule.BasisParam)
	q, _ := c.Policy.Parameter(rule.BasisParam)
	v := ConsentVerdict{
		Clause: rule.Clause, Rule: rule.StartRule, Basis: basis, BasisText: q.reading(basis), AtLeast: atLeast, Ambiguity: q.Ambiguity,
		Households: households.side(share, set, atLeast), Area: area.side(share, set, atLeast),
		Text: households.text() + "；" + area.text() + "。", Reachable: true,
	}
	v.Households.Counts, v.Area.Counts = basis != "area", basis != "households"
	if set {
		v.Share = &share
	}
	v.Outcome = joined(basis, v.Households.Outcome, v.Area.Outcome)
	v.Passed = v.Outcome == Met
	if a.Households != nil && a.Asked != nil && *a.Asked >= 0 && *a.Asked <= *a.Households {
		left := *a.Households - *a.Asked
		v.Unasked = &left
	}
	v.say(households, area)
	return v
}

// say puts what is missing into words.
func (v *ConsentVerdict) say(households, area measure) {
	if v.Passed {
		return
	}
	var parts []string
	for _, s := range []struct {
		side ConsentSide
		m    measure
	}{{v.Households, households}, {v.Area, area}} {
		switch {
		case !s.side.Counts || s.side.Outcome == Met:
		case s.m.flaw() != "":
			parts = append(parts, strings.TrimSuffix(s.m.flaw(), "。"))
		case s.side.Missing != nil:
			parts = append(parts, fmt.Sprintf("按%s还差%s%s", s.m.name, digits(*s.side.Missing), s.m.unit))
		case s.side.Outcome == Doubtful:
			parts = append(parts, "方案未规定同意比例，"+s.m.name+"是否足够需人工认定")
		default:
			parts = append(parts, s.m.text())
		}
	}
	join := "；"
	if v.Basis == "either" {
		join = "，或"
	}
	v.Missing = strings.Join(parts, join)
	if v.Unasked != nil && v.Households.Counts && v.Households.Missing != nil && *v.Households.Missing > float64(*v.Unasked) {
		v.Reachable = v.Basis == "either" && v.Area.Outcome != Failed
		v.Missing += fmt.Sprintf("；未征询的%d户即使全部同意，户数仍不足", *v.Unasked)
	}
	if v.Missing != "" {
		v.Missing += "。"
	}
}

// basis is how agreement is counted: households where the reading is not set.
func (c Choice) basis(parameter string) string {
	switch basis := c.Text(parameter); basis {
	case "area", "both", "either":
		return basis
	}
	return "households"
}

func joined(basis string, households, area Outcome) Outcome {
	switch basis {
	case "area":
		return area
	case "both":
		return both(households, area)
	case "either":
		return either(households, area)
	}
	return households
}

// consentAtLeast tells whether the share itself is enough, as the eligibility
// clause reads it.
func (p *Policy) consentAtLeast() bool {
	for _, r := range p.Eligibility.Rules {
		for _, t := range r.Tests {
			if t.Op == "agreed" {
				return t.AtLeast
			}
		}
	}
	return false
}

// measure is one side of the survey: how many (or how much) of all agreed.
type measure struct {
	name, unit    string
	fact          string
	step          float64 // the smallest difference that counts
	agreed, total *float64
}

// text says what is known of the measure.
func (m measure) text() string {
	switch {
	case m.total == nil || m.agreed == nil:
		return fmt.Sprintf("同意%s未登记", m.name)
	case *m.total <= 0 || math.IsNaN(*m.total+*m.agreed):
		return fmt.Sprintf("总%s未登记", m.name)
	}
	return fmt.Sprintf("同意%s%s%s，占总%s%s%s的%.1f%%", m.name, digits(*m.agreed), m.unit, m.name, digits(*m.total), m.unit, m.percent())
}

// percent is cut, not rounded: 49.96 % must not read as 50.0 %.
func (m measure) percent() float64 { return math.Floor(*m.agreed / *m.total * 1000) / 10 }

func digits(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func (m measure) flaw() string {
	if m.total == nil || m.agreed == nil {
		return ""
	}
	if *m.agreed < 0 || *m.total < 0 || *m.agreed > *m.total {
		return fmt.Sprintf("同意%s%s%s与总%s%s%s矛盾，请核对征求意见统计表。", m.name, digits(*m.agreed), m.unit, m.name, digits(*m.total), m.unit)
	}
	return ""
}

// usable tells whether the two figures can be compared.
func (m measure) usable() bool {
	return m.total != nil && m.agreed != nil && *m.total > 0 && !math.IsNaN(*m.total+*m.agreed) && m.flaw() == ""
}

const slack = 1e-9 // two thirds of 300 are 200

// outcome compares with the share; without a share only none and all are clear.
func (m measure) outcome(share float64, set, atLeast bool) Outcome {
	switch {
	case !m.usable():
		return Unknown
	case !set && *m.agreed >= *m.total:
		return Met
	case !set && *m.agreed <= 0:
		return Failed
	case !set:
		return Doubtful
	case atLeast && *m.agreed >= share**m.total-slack*(*m.total):
		return Met
	case !atLeast && *m.agreed > share**m.total+slack*(*m.total):
		return Met
	}
	return Failed
}

// side is the measure with what it still lacks.
func (m measure) side(share float64, set, atLeast bool) ConsentSide {
	s := ConsentSide{Outcome: m.outcome(share, set, atLeast), Total: m.total, Agreed: m.agreed, Text: m.text()}
	if !m.usable() {
		return s
	}
	percent := m.percent()
	s.Percent = &percent
	if !set {
		return s
	}
	limit := share * *m.total / m.step
	needed := math.Ceil(limit - slack*limit)
	if !atLeast {
		needed = math.Floor(limit+slack*limit) + 1
	}
	needed = math.Round(needed*m.step*100) / 100
	missing := 0.0
	if s.Outcome != Met {
		missing = math.Round((needed-*m.agreed)*100) / 100
		missing = max(missing, m.step)
	}
	s.Needed, s.Missing = &needed, &missing
	return s
}

func (j judge) agreed(t Test) answer {
	households := measure{
		name: "户数", unit: "户", fact: "households_agreed", step: 1,
		agreed: float(j.facts.HouseholdsAgreed), total: float(j.facts.Households),
	}
	area := measure{
		name: "面积", unit: "平方米", fact: "floor_area_agreed_m2", step: 0.01,
		agreed: j.facts.FloorAreaAgreedM2, total: j.facts.FloorAreaM2,
	}

	share, set := j.settings.Number(t.ShareParam)
	h, m := households.outcome(share, set, t.AtLeast), area.outcome(share, set, t.AtLeast)
	basis := j.settings.basis(t.BasisParam)
	a := answer{fact: households.fact, outcome: joined(basis, h, m)}
	if j.quiet {
		return a
	}
	counted := []measure{households, area}
	switch basis {
	case "area":
		a.fact, counted = area.fact, counted[1:]
	case "households":
		counted = counted[:1]
	}
	for _, c := range counted {
		if flaw := c.flaw(); flaw != "" && a.outcome == Unknown {
			a.instead = flaw
		}
	}
	limit := "未定比例"
	if set {
		limit = digits(share*100) + "%"
	}
	a.words = words("{survey}", households.text()+"；"+area.text(), "{limit}", limit)
	a.doubted = a.outcome == Doubtful
	return a
}
