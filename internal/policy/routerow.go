package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// truth orders how true a condition is: all of several are as true as the least
// of them, any of several as the greatest. What is unknown may turn out either
// way; a boundary is known and depends on the reading.
type truth int

const (
	truthNo truth = iota
	truthUnknown
	truthBoundary
	truthYes
)

func (t truth) not() truth {
	switch t {
	case truthNo:
		return truthYes
	case truthYes:
		return truthNo
	}
	return t
}

func (t truth) state() RowState {
	return [...]RowState{AppliesNot, RowUnknown, RowBoundary, Applies}[t]
}

// finding is a condition compared with a project.
type finding struct {
	truth truth
	fact  RowFact
}

func (c Choice) row(a Approval, row ApprovalRow, inputs map[string]any) (RowAnswer, truth) {
	answer := RowAnswer{
		Need: row.Need, Text: row.Text, Outcome: row.Outcome,
		Facts: []RowFact{}, Missing: []string{}, Ambiguities: append([]string{}, row.SeeAlso...),
	}
	judge := func(x Condition) truth {
		f := c.condition(x, inputs)
		answer.Facts = append(answer.Facts, f.fact)
		if f.truth == truthUnknown && !slices.Contains(answer.Missing, x.Input) {
			answer.Missing = append(answer.Missing, x.Input)
		}
		return f.truth
	}
	state := c.joined(row, judge)
	for _, x := range row.Require {
		state = min(state, judge(x))
	}
	for _, x := range row.Unless {
		t := judge(x)
		last := &answer.Facts[len(answer.Facts)-1]
		last.State = t.not().state()
		state = min(state, t.not())
	}
	if row.Case != "" {
		state = min(state, c.hasCase(a, row, inputs, &answer))
	}
	answer.State = state.state()
	return answer, state
}

// joined is how true the row's own conditions are together.
func (c Choice) joined(row ApprovalRow, judge func(Condition) truth) truth {
	join := row.Join
	if row.JoinParam != "" {
		join = c.Text(row.JoinParam)
	}
	if len(row.When) == 0 {
		return truthYes
	}
	state := judge(row.When[0])
	for _, x := range row.When[1:] {
		if t := judge(x); join == "any" {
			state = max(state, t)
		} else {
			state = min(state, t)
		}
	}
	return state
}

// hasCase tells whether the project has works of the kind that a row is about.
func (c Choice) hasCase(a Approval, row ApprovalRow, inputs map[string]any, answer *RowAnswer) truth {
	in, _ := c.Policy.ApprovalInput(a.Cases)
	fact := RowFact{Input: a.Cases, Text: "工程内容：" + in.nameOf(row.Case)}
	kinds, given := wordsIn(inputs[a.Cases])
	t := truthNo
	switch {
	case !given:
		t, fact.Text = truthUnknown, in.Name+"：未填"
		answer.Missing = append(answer.Missing, a.Cases)
	case slices.Contains(kinds, row.Case):
		t = truthYes
	default:
		fact.Text = "本项目没有此类工程内容：" + in.nameOf(row.Case)
	}
	fact.State = t.state()
	answer.Facts = append([]RowFact{fact}, answer.Facts...)
	return t
}

// condition compares one input with a condition.
func (c Choice) condition(x Condition, inputs map[string]any) finding {
	in, _ := c.Policy.ApprovalInput(x.Input)
	value := inputs[x.Input]
	f := finding{fact: RowFact{Input: x.Input}}
	switch {
	case value == nil:
		f.truth, f.fact.Text = truthUnknown, in.Name+"：未填"
	case in.Type == "number":
		v, ok := number(value)
		limit, _ := number(x.Value)
		f.truth, f.fact.Text = truthUnknown, in.Name+"：未填"
		if ok {
			f.truth = c.compare(v, x, limit)
			f.fact.Text = in.Name + figure(v) + in.Unit + "，" + beside(v, limit) + figure(limit) + in.Unit
		}
		if f.truth == truthBoundary {
			f.fact.Text = in.Name + "恰为" + figure(limit) + in.Unit + "，原文未写明是否含本数，请核对"
		}
	case in.Type == "set":
		has, _ := wordsIn(value)
		asked, _ := wordsIn(x.Value)
		common := []string{}
		for _, word := range asked {
			if slices.Contains(has, word) {
				common = append(common, in.nameOf(word))
			}
		}
		f.truth, f.fact.Text = yes(len(common) > 0), in.Name+"：含"+strings.Join(common, "、")
		if len(common) == 0 {
			f.fact.Text = in.Name + "：不含" + strings.Join(in.namesOf(asked), "、")
		}
	default:
		f.truth, f.fact.Text = yes(equalsOneOf(value, x)), in.Name+"："+in.nameOf(fmt.Sprint(value))
		if b, ok := value.(bool); ok {
			f.fact.Text = in.Name + "：" + map[bool]string{true: "是", false: "否"}[b]
		}
	}
	f.fact.State = f.truth.state()
	return f
}

// compare compares a figure with a limit. The words “以下” and “以上” of a clause
// that does not say whether they include the limit are lt and gt with a
// parameter that says it.
func (c Choice) compare(v float64, x Condition, limit float64) truth {
	if v == limit && x.Boundary != "" && (x.Op == "lt" || x.Op == "gt") {
		switch c.Text(x.Boundary) {
		case "included":
			return truthYes
		case "excluded":
			return truthNo
		}
		return truthBoundary
	}
	return yes(map[string]bool{
		"eq": v == limit, "ne": v != limit, "lt": v < limit, "le": v <= limit, "gt": v > limit, "ge": v >= limit,
	}[x.Op])
}

func equalsOneOf(value any, x Condition) bool {
	if x.Op == "in" {
		all, _ := wordsIn(x.Value)
		word, _ := value.(string)
		return slices.Contains(all, word)
	}
	return sameValue(value, x.Value) == (x.Op == "eq")
}

func yes(b bool) truth {
	if b {
		return truthYes
	}
	return truthNo
}

// wordsIn takes what YAML and JSON make of a set or a single word; false where it
// is neither.
func wordsIn(value any) ([]string, bool) {
	switch v := value.(type) {
	case string:
		return []string{v}, true
	case []string:
		return v, true
	case []any:
		out := make([]string, 0, len(v))
		for _, one := range v {
			if word, ok := one.(string); ok {
				out = append(out, word)
			}
		}
		return out, true
	}
	return nil, false
}

func (in ApprovalInput) nameOf(value string) string {
	if i := slices.Index(in.Values, value); i >= 0 && i < len(in.Names) {
		return in.Names[i]
	}
	return value
}

func (in ApprovalInput) namesOf(values []string) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = in.nameOf(v)
	}
	return names
}

func figure(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func beside(v, limit float64) string {
	switch {
	case v < limit:
		return "低于"
	case v > limit:
		return "高于"
	}
	return "等于"
}
