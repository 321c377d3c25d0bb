package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var yearOrDate = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$`)

// checkPlan checks what eligibility does not use: targets, items, checks,
// dates, forms.
func (p *Policy) checkPlan(l *Library) error {
	if err := firstError(
		unique("target", keys(p.Targets, func(t Target) string { return t.ID })),
		unique("phase", keys(p.Phases, func(t Term) string { return t.Key })),
		unique("library", keys(p.Libraries, func(t ProjectLibrary) string { return t.Key })),
		unique("category", keys(p.Categories, func(t Term) string { return t.Key })),
		unique("nature", keys(p.Natures, func(t Term) string { return t.Key })),
		unique("management check", keys(p.ManagementChecks, func(g CheckGroup) string { return g.Key })),
		unique("management mode", keys(p.ManagementModes, func(m Mode) string { return m.Key })),
		unique("actor", keys(p.Actors, func(a Actor) string { return a.Key })),
		unique("date", keys(p.Dates, func(d Date) string { return d.Key })),
		unique("fund", keys(p.Funding, func(f Fund) string { return f.Key })),
		unique("form", keys(p.Forms, func(f Form) string { return f.Key })),
	); err != nil {
		return err
	}
	for _, t := range p.Targets {
		err := firstError(nonEmpty("text", t.Text), oneOf("metric", t.Metric, "completed", "started", "launched", "demonstration", "state"), p.known(t.SeeAlso))
		if !yearOrDate.MatchString(t.By) {
			err = firstError(err, fmt.Errorf("by %q is no year or date", t.By))
		}
		if err != nil {
			return fmt.Errorf("target %s: %w", t.ID, err)
		}
	}
	if err := firstError(p.checkLinks(), p.checkLibraries(), p.checkActors()); err != nil {
		return err
	}
	for i, item := range p.Items {
		if item.No != i+1 {
			return fmt.Errorf("item %d stands at place %d", item.No, i+1)
		}
		if err := p.checkItem(l, item); err != nil {
			return fmt.Errorf("item %d: %w", item.No, err)
		}
	}
	if err := p.checkWorks(l); err != nil {
		return fmt.Errorf("works: %w", err)
	}
	for _, g := range p.ManagementChecks {
		if len(g.Checks) != g.Count {
			return fmt.Errorf("management check %s: %d checks, the document counts %d", g.Key, len(g.Checks), g.Count)
		}
	}
	for _, m := range p.ManagementModes {
		if err := oneOf("management mode", m.Key, "professional", "service_centre", "self_managed"); err != nil {
			return err
		}
	}
	for _, key := range []string{p.Survey.ShareParam, p.Survey.BasisParam} {
		if err := oneOf("survey parameter", key, p.parameterKeys()...); err != nil {
			return err
		}
	}
	for _, d := range p.Dates {
		if d.Parameter != "" {
			q, ok := p.Parameter(d.Parameter)
			days, _ := number(q.Default)
			given := d.DayOfMonth
			if given == nil {
				given = d.Days
			}
			if !ok || given == nil || float64(*given) != days {
				return fmt.Errorf("date %s: parameter %q does not hold its figure", d.Key, d.Parameter)
			}
		}
		if d.KindParameter != "" {
			q, ok := p.Parameter(d.KindParameter)
			if !ok || q.refuse("calendar") != "" || q.refuse("working") != "" {
				return fmt.Errorf("date %s: parameter %q cannot choose between calendar and working days", d.Key, d.KindParameter)
			}
		}
		if d.On != "" && !yearOrDate.MatchString(d.On) {
			return fmt.Errorf("date %s: %q is no date", d.Key, d.On)
		}
	}
	for _, f := range p.Forms {
		if f.SameAs != "" && !slices.ContainsFunc(p.Forms, func(g Form) bool { return g.Key == f.SameAs && len(g.Columns) > 0 }) {
			return fmt.Errorf("form %s: no form %q with columns", f.Key, f.SameAs)
		}
		if f.SameAs == "" && len(f.Columns) == 0 && len(f.Blocks) == 0 {
			return fmt.Errorf("form %s is empty", f.Key)
		}
	}
	return nil
}

func (p *Policy) known(ambiguities []string) error {
	for _, id := range ambiguities {
		if err := oneOf("see_also", id, p.ambiguityIDs()...); err != nil {
			return err
		}
	}
	return nil
}

func (p *Policy) checkItem(l *Library, item Item) error {
	err := firstError(nonEmpty("name", item.Name),
		oneOf("category", item.Category, keys(p.Categories, func(t Term) string { return t.Key })...))
	if len(p.Natures) > 0 || item.Nature != "" {
		err = firstError(err, oneOf("nature", item.Nature, keys(p.Natures, func(t Term) string { return t.Key })...))
	}
	for _, key := range item.Facilities {
		err = firstError(err, oneOf("facility", key, l.typeKeys()...))
	}
	if item.Mappable != (len(item.Facilities) > 0) {
		err = firstError(err, fmt.Errorf("mappable items name facility types, and only they"))
	}
	for _, equal := range item.Equals {
		key, no, _ := strings.Cut(equal, "#")
		other, _ := l.Policy(key)
		n, numErr := strconv.Atoi(no)
		if other == nil || numErr != nil {
			err = firstError(err, fmt.Errorf("equals %q: no such policy", equal))
		} else if _, ok := other.Item(n); !ok {
			err = firstError(err, fmt.Errorf("equals %q: no such item", equal))
		}
	}
	return err
}

func (p *Policy) checkApprovals() error {
	if err := firstError(
		unique("approval", keys(p.Approvals, func(a Approval) string { return a.Key })),
		unique("approval input", keys(p.ApprovalInputs, func(a ApprovalInput) string { return a.Key })),
	); err != nil {
		return err
	}
	inputs := map[string]ApprovalInput{}
	for _, in := range p.ApprovalInputs {
		if err := firstError(nonEmpty("name", in.Name), oneOf("type", in.Type, "number", "boolean", "choice", "set")); err != nil {
			return fmt.Errorf("approval input %s: %w", in.Key, err)
		}
		if len(in.Names) > 0 && len(in.Names) != len(in.Values) {
			return fmt.Errorf("approval input %s: %d names of %d values", in.Key, len(in.Names), len(in.Values))
		}
		inputs[in.Key] = in
	}
	for _, in := range p.ApprovalInputs {
		if in.AtMost != "" && (in.Type != "number" || inputs[in.AtMost].Type != "number") {
			return fmt.Errorf("approval input %s: it is no part of a number %q", in.Key, in.AtMost)
		}
	}
	if err := p.checkRoute(inputs); err != nil {
		return err
	}
	for _, a := range p.Approvals {
		for i, row := range a.Rows {
			err := firstError(nonEmpty("text", row.Text, "outcome", row.Outcome), p.known(row.SeeAlso))
			if len(row.When) > 1 || row.Join != "" {
				err = firstError(err, oneOf("join", row.Join, "all", "any"))
			}
			if row.JoinParam != "" {
				q, ok := p.Parameter(row.JoinParam)
				if !ok || q.refuse("all") != "" || q.refuse("any") != "" {
					err = firstError(err, fmt.Errorf("parameter %q cannot choose between all and any", row.JoinParam))
				}
			}
			for _, c := range slices.Concat(row.When, row.Require, row.Unless) {
				err = firstError(err, p.checkCondition(c, inputs))
			}
			if err != nil {
				return fmt.Errorf("approval %s, row %d: %w", a.Key, i+1, err)
			}
		}
	}
	return nil
}

func (p *Policy) checkCondition(c Condition, inputs map[string]ApprovalInput) error {
	in, ok := inputs[c.Input]
	if !ok {
		return fmt.Errorf("no input %q", c.Input)
	}
	if c.Boundary != "" {
		if err := oneOf("boundary_parameter", c.Boundary, p.parameterKeys()...); err != nil {
			return err
		}
	}
	ops := map[string][]string{
		"number": {"eq", "ne", "lt", "le", "gt", "ge"}, "boolean": {"eq"}, "choice": {"eq", "ne", "in"}, "set": {"has"},
	}[in.Type]
	if err := oneOf("op", c.Op, ops...); err != nil {
		return err
	}
	switch value := c.Value.(type) {
	case bool:
		ok = in.Type == "boolean"
	case int, float64:
		ok = in.Type == "number"
	case string:
		ok = slices.Contains(in.Values, value)
	case []any:
		ok = c.Op == "in" || c.Op == "has"
		for _, v := range value {
			word, isWord := v.(string)
			ok = ok && isWord && slices.Contains(in.Values, word)
		}
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("input %s cannot be compared with %v", c.Input, c.Value)
	}
	return nil
}
