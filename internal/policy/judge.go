package policy

import (
	"fmt"
	"strconv"
	"strings"
)

// Judge returns the verdict on a community and its proof, clause by clause.
// params overrides the policy's parameters (values as JSON or YAML decode
// them); an override that CheckParams refuses is not used and makes the verdict
// borderline at best. Judge is pure: the same facts give the same proof.
func (p *Policy) Judge(f Facts, params map[string]any) (Verdict, []Reason) {
	var reasons []Reason
	s := Choice{Policy: p, Params: params}
	for err := p.CheckParams(s.Params); err != nil; err = p.CheckParams(s.Params) {
		wrong := err.(*ParameterError)
		reasons = append(reasons, Reason{
			Clause: p.Eligibility.Clause, Rule: "参数", Outcome: Unknown, Fact: wrong.Key,
			Text: wrong.Detail + "已按默认取值判断，请更正参数。",
		})
		s.Params = without(s.Params, wrong.Key)
	}
	j := judge{facts: f, settings: s, names: p.names}
	verdict, found := j.all()
	return worse(verdictOf(reasons), verdict), append(reasons, found...)
}

// Verdict is the verdict alone, for thousands of communities under many
// readings: no sentence is written. The parameters must be such as CheckParams
// takes.
func (c Choice) Verdict(f Facts) Verdict {
	j := judge{facts: f, settings: c, names: c.Policy.names, quiet: true}
	e := c.Policy.Eligibility
	best := Out
	for _, route := range e.Routes {
		if best = better(best, j.together(e.Rules, route.Key)); best == In {
			break
		}
	}
	return worse(j.together(e.Rules, ""), best)
}

// together is the verdict by all rules of a route.
func (j judge) together(rules []Rule, route string) Verdict {
	v := In
	for _, rule := range rules {
		if rule.Route != route {
			continue
		}
		for _, test := range rule.Tests {
			if j.asks(test) {
				v = worse(v, j.test(test).outcome.verdict())
			}
		}
		if v == Out {
			return v
		}
	}
	return v
}

// all judges by every rule.
func (j judge) all() (Verdict, []Reason) {
	p := j.settings.Policy
	var reasons []Reason
	common := In
	for _, rule := range p.Eligibility.Rules {
		if rule.Route == "" {
			found := j.rule(rule)
			common = worse(common, verdictOf(found))
			reasons = append(reasons, found...)
		}
	}
	// The first route that leads in is enough; the others then say nothing.
	best := Out
	for _, route := range p.Eligibility.Routes {
		verdict := In
		for _, rule := range p.Eligibility.Rules {
			if rule.Route == route.Key {
				found := j.rule(rule)
				verdict = worse(verdict, verdictOf(found))
				if len(p.Eligibility.Routes) > 1 {
					for i := range found {
						found[i].Route = route.Key
					}
				}
				reasons = append(reasons, found...)
			}
		}
		if best = better(best, verdict); best == In {
			break
		}
	}
	return worse(common, best), reasons
}

func without(params map[string]any, key string) map[string]any {
	rest := make(map[string]any, len(params))
	for k, v := range params {
		if k != key {
			rest[k] = v
		}
	}
	return rest
}

var rank = map[Verdict]int{Out: 0, Borderline: 1, In: 2}

func worse(a, b Verdict) Verdict {
	if rank[a] < rank[b] {
		return a
	}
	return b
}

func better(a, b Verdict) Verdict {
	if rank[a] > rank[b] {
		return a
	}
	return b
}

// verdictOf joins reasons that must all hold.
func verdictOf(reasons []Reason) Verdict {
	v := In
	for _, r := range reasons {
		v = worse(v, r.Outcome.verdict())
	}
	return v
}

// verdict is what one outcome alone would make of a community.
func (o Outcome) verdict() Verdict {
	switch o {
	case Failed, Excluded:
		return Out
	case Unknown, Doubtful:
		return Borderline
	}
	return In
}

// judge answers the tests of rules from the facts of one community.
type judge struct {
	facts    Facts
	settings Choice
	names    map[string]string
	quiet    bool // writes no sentences
}

func (j judge) rule(rule Rule) []Reason {
	var reasons []Reason
	for _, test := range rule.Tests {
		if !j.asks(test) {
			continue
		}
		a := j.test(test)
		r := Reason{
			Clause: rule.Clause, Rule: rule.ID, Outcome: a.outcome, Fact: a.fact,
			Text:        a.say(test.Say) + a.more,
			Overridable: rule.Overridable && a.outcome == Excluded,
		}
		if test.Doubt != nil && a.doubted {
			r.Ambiguity = test.Doubt.Ambiguity
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// answer is what a test found.
type answer struct {
	outcome Outcome
	fact    string
	words   []string // placeholders, each followed by what stands for it
	doubted bool     // the fact is one that the clause does not decide
	instead string   // a sentence that takes the place of Say, e.g. where the fact cannot be right
	more    string   // what a parameter added
}

// say fills the gaps of the sentence. All at once: a fact may hold what looks
// like a gap.
func (a answer) say(s Sentences) string {
	text := s.of(a)
	if !strings.Contains(text, "{") {
		return text
	}
	return strings.NewReplacer(a.words...).Replace(text)
}

func (s Sentences) of(a answer) string {
	switch {
	case a.instead != "":
		return a.instead
	case a.outcome == Met:
		return s.Met
	case a.outcome == Unknown:
		return s.Unknown
	case a.outcome == Doubtful:
		return s.Doubt
	}
	return s.Failed
}

// asks tells whether a test is asked with the readings that are chosen.
func (j judge) asks(t Test) bool {
	return t.OnlyIf == nil || sameValue(t.OnlyIf.Value, j.settings.Value(t.OnlyIf.Parameter))
}

func (j judge) test(t Test) answer {
	switch t.Op {
	case "built_by":
		return j.builtBy(t)
	case "yes":
		return j.flag(t, Failed, true)
	case "no":
		return j.flag(t, Excluded, false)
	case "some":
		return j.some(t)
	case "one_of":
		return j.oneOf(t)
	case "agreed":
		return j.agreed(t)
	case "prior":
		return j.prior(t)
	}
	// Load refuses other ops.
	return answer{outcome: Unknown, fact: t.Fact, words: words()}
}

func words(pairs ...string) []string { return pairs }

func (j judge) builtBy(t Test) answer {
	year := j.facts.BuiltYear
	if year == nil {
		return answer{outcome: Unknown, fact: t.Fact, words: words()}
	}
	a := answer{outcome: Met, fact: t.Fact, words: words("{year}", strconv.Itoa(*year))}
	switch {
	case *year < 1800 || *year > 2200:
		a.outcome, a.instead = Unknown, fmt.Sprintf("登记的建成年份%d不合理，请核对。", *year)
	case t.Doubt != nil && *year == t.Doubt.Year:
		return j.decide(a, t)
	case *year > t.Year:
		a.outcome = Failed
	}
	return a
}

// decide lets a parameter answer what the clause leaves open.
func (j judge) decide(a answer, t Test) answer {
	a.doubted = true
	q, _ := j.settings.Policy.Parameter(t.Doubt.Parameter)
	choice := j.settings.Text(t.Doubt.Parameter)
	switch choice {
	case "in":
		a.outcome = Met
	case "out":
		a.outcome = Failed
	default:
		a.outcome = Doubtful
		return a
	}
	a.more = fmt.Sprintf("（参数“%s”：%s）", q.Name, q.reading(choice))
	return a
}

func (j judge) flag(t Test, bad Outcome, want bool) answer {
	a := answer{outcome: Met, fact: t.Fact, words: words()}
	switch v := j.facts.flag(t.Fact); {
	case v == nil:
		a.outcome = Unknown
	case *v != want:
		a.outcome = bad
	}
	return a
}

func (j judge) some(t Test) answer {
	list := j.facts.list(t.Fact)
	if list == nil {
		return answer{outcome: Unknown, fact: t.Fact, words: words()}
	}
	names := j.named(*list)
	a := answer{
		outcome: Met, fact: t.Fact,
		words: words("{count}", strconv.Itoa(len(names)), "{items}", enumerate(names)),
	}
	if len(names) < t.Min {
		a.outcome = Failed
	}
	return a
}

func (j judge) oneOf(t Test) answer {
	value := j.facts.word(t.Fact)
	if value == "" {
		return answer{outcome: Unknown, fact: t.Fact, words: words()}
	}
	a := answer{outcome: Failed, fact: t.Fact, words: words("{value}", wordName(value))}
	for _, v := range t.Values {
		if v == value {
			a.outcome = Met
		}
	}
	return a
}

// prior lets a community that was renovated in part in again while it still
// lacks enough.
func (j judge) prior(t Test) answer {
	value := j.facts.word(t.Fact)
	a := answer{outcome: Met, fact: t.Fact, words: words()}
	if value == "" {
		a.outcome = Unknown
		return a
	}
	if t.Doubt != nil && value == t.Doubt.Value {
		a.words = words("{value}", wordName(value))
		if a = j.decide(a, t); a.outcome != Doubtful {
			a.instead = fmt.Sprintf("已实施%s。", wordName(value))
		}
		return a
	}
	again := false
	for _, v := range t.Values {
		again = again || v == value
	}
	if !again {
		if value == "none" {
			a.instead = "未实施过改造，不涉及再次纳入。"
			return a
		}
		a.outcome, a.instead = Unknown, fmt.Sprintf("登记的既往改造情况“%s”无法识别，请核对。", value)
		return a
	}
	gaps, complete := 0, true
	for _, list := range []*[]string{j.facts.MunicipalMissing, j.facts.ServiceMissing} {
		if list == nil {
			complete = false
			continue
		}
		gaps += len(j.named(*list))
	}
	need, _ := j.settings.Number(t.MinParam)
	a.words = words("{value}", wordName(value), "{count}", strconv.Itoa(gaps), "{need}", strconv.Itoa(int(need)))
	switch {
	case float64(gaps) >= need:
	case !complete:
		a.outcome = Unknown
		a.instead = fmt.Sprintf("曾实施%s，但设施缺项的调查不完整，无法判断能否再次纳入。", wordName(value))
	default:
		a.outcome = Failed
	}
	return a
}

// named drops blanks and repeats and gives the Chinese name to keys.
func (j judge) named(list []string) []string {
	var names []string
	seen := map[string]bool{}
	for _, v := range list {
		name := strings.TrimSpace(v)
		if zh, ok := j.names[name]; ok {
			name = zh
		}
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

func enumerate(names []string) string {
	const shown = 6
	if len(names) > shown {
		return strings.Join(names[:shown], "、") + "等"
	}
	return strings.Join(names, "、")
}

var valueNames = map[string]string{
	"compound": "住宅小区", "single_building": "单栋住宅楼", "community": "社区",
	"none": "未改造", "single_item": "单项改造", "partial": "局部改造", "full": "综合改造",
}

func wordName(value string) string {
	if name, ok := valueNames[value]; ok {
		return name
	}
	return value
}

func float(v *int) *float64 {
	if v == nil {
		return nil
	}
	f := float64(*v)
	return &f
}

func both(a, b Outcome) Outcome {
	for _, o := range []Outcome{Failed, Unknown, Doubtful} {
		if a == o || b == o {
			return o
		}
	}
	return Met
}

func either(a, b Outcome) Outcome {
	for _, o := range []Outcome{Met, Doubtful, Unknown} {
		if a == o || b == o {
			return o
		}
	}
	return Failed
}
