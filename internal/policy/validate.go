package policy

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The validators below refuse data that contradicts itself: they are the
// tests of the data files, run on every start.

func oneOf(what, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s %q is none of %s", what, value, strings.Join(allowed, ", "))
}

func nonEmpty(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			return fmt.Errorf("%s is empty", pairs[i])
		}
	}
	return nil
}

func unique(what string, keys []string) error {
	seen := map[string]bool{}
	for _, key := range keys {
		if key == "" {
			return fmt.Errorf("%s without a key", what)
		}
		if seen[key] {
			return fmt.Errorf("%s %q appears twice", what, key)
		}
		seen[key] = true
	}
	return nil
}

// keys collects one string of each element.
func keys[T any](list []T, key func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = key(v)
	}
	return out
}

func (l *Library) markKeys() []string { return keys(l.marks, func(m Mark) string { return m.Key }) }
func (l *Library) typeKeys() []string {
	return keys(l.types, func(t FacilityType) string { return t.Key })
}

func (l *Library) sourceKeys() []string {
	return keys(l.sources, func(s Source) string { return s.Code })
}

func (l *Library) tierKeys() []string {
	return append(keys(l.circles, func(c Circle) string { return c.Key }), "city")
}

func (w Walker) check(sources []string) error {
	if !(w.SpeedMS > 0 && w.SpeedMS <= 3 && w.StairsMS > 0 && w.StairsMS <= w.SpeedMS && w.CrossingS >= 0 && w.CrossingS <= 300) {
		return fmt.Errorf("%v m/s, %v m/s on stairs, %v s at a crossing", w.SpeedMS, w.StairsMS, w.CrossingS)
	}
	return firstError(nonEmpty("name", w.Name, "name_en", w.NameEN, "note", w.Note), oneOf("slope_source", w.SlopeSource, sources...))
}

func (l *Library) checkReference() error {
	for what, list := range map[string][]string{
		"mark": l.markKeys(), "source": l.sourceKeys(), "circle": l.tierKeys(), "facility type": l.typeKeys(),
		"walker": keys(l.walkers, func(w Walker) string { return w.Key }),
		"rule":   keys(l.rules, func(r GeneralRule) string { return r.Key }),
	} {
		if err := unique(what, list); err != nil {
			return err
		}
	}
	for _, c := range l.circles {
		if err := firstError(oneOf("source", c.Source, l.sourceKeys()...), oneOf("mark", c.Mark, l.markKeys()...),
			oneOf("walk_mark", c.WalkMark, l.markKeys()...), inOrder("walk", c.WalkMinM, c.WalkMaxM),
			inOrder("minutes", c.MinutesMin, c.MinutesMax), inOrder("population", floatOf(c.PopulationMin), floatOf(c.PopulationMax)),
			inOrder("dwellings", floatOf(c.DwellingsMin), floatOf(c.DwellingsMax))); err != nil {
			return fmt.Errorf("circle %s: %w", c.Key, err)
		}
	}
	for _, r := range l.rules {
		if err := firstError(oneOf("source", r.Source, l.sourceKeys()...), oneOf("mark", r.Mark, l.markKeys()...), nonEmpty("text", r.Text)); err != nil {
			return fmt.Errorf("rule %s: %w", r.Key, err)
		}
	}
	for _, w := range l.walkers {
		if err := w.check(l.sourceKeys()); err != nil {
			return fmt.Errorf("walker %s: %w", w.Key, err)
		}
	}
	for _, t := range l.types {
		if err := firstError(nonEmpty("name", t.Name, "name_en", t.NameEN), oneOf("tier", t.Tier, l.tierKeys()...),
			oneOf("kind", t.Kind, "place", "network", "service", "indicator")); err != nil {
			return fmt.Errorf("facility type %s: %w", t.Key, err)
		}
	}
	for i, p := range l.practices {
		err := firstError(nonEmpty("place", p.Place, "text", p.Text), oneOf("mark", p.Mark, "L"), inOrder("radius", nil, p.RadiusM))
		for _, key := range p.Facilities {
			err = firstError(err, oneOf("facility", key, l.typeKeys()...))
		}
		if err != nil {
			return fmt.Errorf("practice %d: %w", i+1, err)
		}
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// inOrder wants positive numbers, the smaller first.
func inOrder(what string, low, high *float64) error {
	for _, v := range []*float64{low, high} {
		if v != nil && (*v <= 0 || math.IsInf(*v, 0) || math.IsNaN(*v)) {
			return fmt.Errorf("%s %v is not a positive number", what, *v)
		}
	}
	if low != nil && high != nil && *low > *high {
		return fmt.Errorf("%s %v is above %v", what, *low, *high)
	}
	return nil
}

func floatOf(v *int) *float64 { return float(v) }

func (l *Library) checkRow(s Standard) error {
	err := firstError(
		oneOf("code", s.Code, l.sourceKeys()...),
		oneOf("facility", s.FacilityKey, l.typeKeys()...),
		oneOf("tier", s.Tier, l.tierKeys()...),
		oneOf("mark", s.Mark, l.markKeys()...),
		oneOf("radius_mark", s.RadiusMark, l.markKeys()...),
		oneOf("context", s.Context, "any", "new", "renewal"),
		inOrder("radius", s.RadiusM, s.RadiusMaxM),
		inOrder("floor", s.FloorMinM2, s.FloorMaxM2),
		inOrder("land", s.LandMinM2, s.LandMaxM2),
		inOrder("per_capita", s.PerCapitaM2, nil),
		inOrder("population", floatOf(s.PopulationMin), floatOf(s.PopulationMax)),
	)
	if s.RadiusMaxM != nil && s.RadiusM == nil {
		err = firstError(err, fmt.Errorf("radius_max_m without radius_m"))
	}
	if s.OnlyBeyond != "" {
		err = firstError(err, oneOf("only_beyond", s.OnlyBeyond, l.typeKeys()...), oneOf("only_beyond_mark", s.OnlyBeyondMark, l.markKeys()...))
	}
	for _, f := range s.Figures {
		err = firstError(err, nonEmpty("figure name", f.Name, "figure unit", f.Unit), inOrder(f.Name, f.Min, f.Max))
	}
	return err
}

func (l *Library) checkProfile(p Profile) error {
	err := firstError(
		unique("profile", append(keys(l.profiles, func(p Profile) string { return p.Key }), p.Key)),
		nonEmpty("version", p.Version, "name", p.Name, "name_en", p.NameEN),
		oneOf("context", p.Context, "new", "renewal"),
	)
	for _, code := range p.Codes {
		err = firstError(err, oneOf("code", code, l.sourceKeys()...))
	}
	for _, key := range p.Focus {
		if _, ok := p.rows[key]; !ok {
			err = firstError(err, fmt.Errorf("focus %q has no row", key))
		}
	}
	return err
}

var clauseMark = regexp.MustCompile(`^([一二三四五六七八九十]+|附件[0-9])`)

// checkClauses walks a policy and wants every field named Clause to point into
// the document.
func checkClauses(path string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			if err := checkClauses(path+"["+strconv.Itoa(i)+"]", v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return checkClauses(path, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			if field.Name == "Clause" && !clauseMark.MatchString(v.Field(i).String()) && !strings.HasPrefix(v.Field(i).String(), NotInDocument) {
				return fmt.Errorf("%s: clause %q does not point into the document", path, v.Field(i).String())
			}
			if err := checkClauses(path+"."+field.Name, v.Field(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Library) checkPolicy(p *Policy) error {
	if err := nonEmpty("version", p.Version, "title", p.Title, "short_title", p.ShortTitle, "document_no", p.DocumentNo, "issuer", p.Issuer, "source", p.Source); err != nil {
		return err
	}
	if _, err := time.Parse(time.DateOnly, p.IssuedOn); err != nil {
		return fmt.Errorf("issued_on: %w", err)
	}
	if _, ok := l.Profile(p.Profile); !ok {
		return fmt.Errorf("no profile %q", p.Profile)
	}
	if err := checkClauses("policy", reflect.ValueOf(*p)); err != nil {
		return err
	}
	return firstError(p.checkParameters(), p.checkAges(), p.checkEligibility(), p.checkPlan(l), p.checkApprovals())
}

func (p *Policy) parameterKeys() []string {
	return keys(p.Parameters, func(q Parameter) string { return q.Key })
}

func (p *Policy) ambiguityIDs() []string {
	return keys(p.Ambiguities, func(a Ambiguity) string { return a.ID })
}

func (p *Policy) checkParameters() error {
	if err := firstError(unique("parameter", p.parameterKeys()), unique("ambiguity", p.ambiguityIDs())); err != nil {
		return err
	}
	for _, q := range p.Parameters {
		err := firstError(nonEmpty("name", q.Name), oneOf("type", q.Type, "choice", "number", "integer"))
		if q.Ambiguity != "" {
			err = firstError(err, oneOf("ambiguity", q.Ambiguity, p.ambiguityIDs()...))
		}
		if detail := q.refuse(q.Default); detail != "" {
			err = firstError(err, fmt.Errorf("default: %s", detail))
		}
		if q.Type == "choice" && len(q.Readings) < 2 {
			err = firstError(err, fmt.Errorf("a choice needs both readings"))
		}
		for _, r := range q.Readings {
			err = firstError(err, nonEmpty("text of a reading", r.Text))
		}
		if err != nil {
			return fmt.Errorf("parameter %s: %w", q.Key, err)
		}
	}
	for _, a := range p.Ambiguities {
		err := firstError(nonEmpty("issue", a.Issue, "handling", a.Handling))
		if len(a.Clauses) == 0 {
			err = firstError(err, fmt.Errorf("names no clause"))
		}
		for _, clause := range a.Clauses {
			if !clauseMark.MatchString(clause) {
				err = firstError(err, fmt.Errorf("clause %q does not point into the document", clause))
			}
		}
		for _, key := range a.Parameters {
			q, ok := p.Parameter(key)
			if !ok || q.Ambiguity != a.ID {
				err = firstError(err, fmt.Errorf("parameter %q does not belong to it", key))
			}
		}
		if err != nil {
			return fmt.Errorf("ambiguity %s: %w", a.ID, err)
		}
	}
	return nil
}

// checkAges wants the classes to follow each other without a hole.
func (p *Policy) checkAges() error {
	for i, c := range p.AgeClasses {
		if (c.From == nil) != (i == 0) || (c.To == nil) != (i == len(p.AgeClasses)-1) {
			return fmt.Errorf("age class %s: only the first and the last are open", c.Key)
		}
		if i > 0 && *c.From != *p.AgeClasses[i-1].To+1 {
			return fmt.Errorf("age class %s does not follow the one before", c.Key)
		}
		if c.From != nil && c.To != nil && *c.From > *c.To {
			return fmt.Errorf("age class %s is turned round", c.Key)
		}
	}
	return nil
}

var opKinds = map[string]string{
	"built_by": "year", "yes": "flag", "no": "flag", "some": "list", "one_of": "word", "prior": "word", "agreed": "survey",
}

// placeholders that the sentences of an op may use.
var placeholders = map[string][]string{
	"built_by": {"{year}"}, "yes": nil, "no": nil, "some": {"{count}", "{items}"}, "one_of": {"{value}"},
	"prior": {"{value}", "{count}", "{need}"}, "agreed": {"{survey}", "{limit}"},
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func (p *Policy) checkEligibility() error {
	e := p.Eligibility
	if err := firstError(unique("rule", keys(e.Rules, func(r Rule) string { return r.ID })),
		unique("route", keys(e.Routes, func(t Term) string { return t.Key }))); err != nil {
		return err
	}
	if len(e.Routes) == 0 {
		return fmt.Errorf("eligibility has no route")
	}
	used := map[string]bool{}
	for _, r := range e.Rules {
		err := firstError(oneOf("kind", r.Kind, "include", "unit", "readmit", "exclude"), nonEmpty("text", r.Text))
		if r.Route != "" {
			err = firstError(err, oneOf("route", r.Route, keys(e.Routes, func(t Term) string { return t.Key })...))
			used[r.Route] = true
		}
		if len(r.Tests) == 0 {
			err = firstError(err, fmt.Errorf("has no test"))
		}
		for i, t := range r.Tests {
			if testErr := p.checkTest(t); testErr != nil {
				err = firstError(err, fmt.Errorf("test %d: %w", i+1, testErr))
			}
			if (t.Op == "no") != (r.Kind == "exclude") {
				err = firstError(err, fmt.Errorf("op no belongs to exclusions, and only to them"))
			}
		}
		if err != nil {
			return fmt.Errorf("rule %s: %w", r.ID, err)
		}
	}
	for _, route := range e.Routes {
		if !used[route.Key] {
			return fmt.Errorf("route %s has no rule", route.Key)
		}
	}
	return nil
}

func (p *Policy) checkTest(t Test) error {
	kind, ok := opKinds[t.Op]
	if !ok {
		return fmt.Errorf("unknown op %q", t.Op)
	}
	if factKinds[t.Fact] != kind {
		return fmt.Errorf("op %s cannot ask for fact %q", t.Op, t.Fact)
	}
	err := nonEmpty("say.met", t.Say.Met, "say.failed", t.Say.Failed, "say.unknown", t.Say.Unknown)
	for _, sentence := range []string{t.Say.Met, t.Say.Failed, t.Say.Unknown, t.Say.Doubt} {
		for _, found := range placeholder.FindAllString(sentence, -1) {
			err = firstError(err, oneOf("placeholder", found, placeholders[t.Op]...))
		}
		if sentence != "" && !strings.HasSuffix(sentence, "。") {
			err = firstError(err, fmt.Errorf("%q is not a sentence", sentence))
		}
	}
	if o := t.OnlyIf; o != nil {
		q, ok := p.Parameter(o.Parameter)
		if !ok || q.refuse(o.Value) != "" {
			err = firstError(err, fmt.Errorf("only_if: no parameter %q with value %v", o.Parameter, o.Value))
		}
	}
	if d := t.Doubt; d != nil {
		err = firstError(err, oneOf("doubt.parameter", d.Parameter, p.parameterKeys()...),
			oneOf("doubt.ambiguity", d.Ambiguity, p.ambiguityIDs()...), nonEmpty("say.doubt", t.Say.Doubt))
	}
	switch t.Op {
	case "built_by":
		if t.Year < 1900 || t.Year > 2100 || (t.Doubt != nil && t.Doubt.Year == 0) {
			err = firstError(err, fmt.Errorf("year is missing"))
		}
		err = firstError(err, p.checkDecision(t.Doubt))
	case "prior":
		err = firstError(err, oneOf("min_parameter", t.MinParam, p.parameterKeys()...), p.checkDecision(t.Doubt))
	case "some":
		if t.Min < 1 {
			err = firstError(err, fmt.Errorf("min is missing"))
		}
	case "agreed":
		err = firstError(err, oneOf("share_parameter", t.ShareParam, p.parameterKeys()...),
			oneOf("basis_parameter", t.BasisParam, p.parameterKeys()...))
		if q, _ := p.Parameter(t.ShareParam); q.Optional && t.Say.Doubt == "" {
			err = firstError(err, fmt.Errorf("a share that may be unset needs say.doubt"))
		}
	}
	if (t.Op == "one_of" || t.Op == "prior") && len(t.Values) == 0 {
		err = firstError(err, fmt.Errorf("values are missing"))
	}
	return err
}

// checkDecision wants the parameter of a doubt to be able to say in, out and ask.
func (p *Policy) checkDecision(d *Doubt) error {
	if d == nil {
		return nil
	}
	q, _ := p.Parameter(d.Parameter)
	for _, value := range []string{"in", "out", "ask"} {
		if detail := q.refuse(value); detail != "" {
			return fmt.Errorf("doubt: %s", detail)
		}
	}
	return nil
}
