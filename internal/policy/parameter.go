package policy

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Parameter is a figure or a reading that the document leaves open. A district
// may override the default (its policy_params).
type Parameter struct {
	Key       string    `json:"key" yaml:"key"`
	Name      string    `json:"name" yaml:"name"`
	Type      string    `json:"type" yaml:"type"` // choice | number | integer
	Default   any       `json:"default" yaml:"default"`
	Min       *float64  `json:"min,omitempty" yaml:"min"`
	Max       *float64  `json:"max,omitempty" yaml:"max"`
	Unit      string    `json:"unit,omitempty" yaml:"unit"`
	Optional  bool      `json:"optional" yaml:"optional"` // null is a value: not set
	Readings  []Reading `json:"readings,omitempty" yaml:"readings"`
	Ambiguity string    `json:"ambiguity,omitempty" yaml:"ambiguity"`
	Clause    string    `json:"clause" yaml:"clause"`
	Note      string    `json:"note,omitempty" yaml:"note"`
}

// Reading is one way to read an ambiguous clause: a value and what it means.
type Reading struct {
	Value any    `json:"value" yaml:"value"`
	Text  string `json:"text" yaml:"text"`
}

// ParameterError is an override that the policy does not know or take.
type ParameterError struct {
	Policy string
	Key    string
	Detail string // a Chinese sentence
}

func (e *ParameterError) Error() string {
	return fmt.Sprintf("policy %s: parameter %s: %s", e.Policy, e.Key, e.Detail)
}

// Parameter returns a parameter by its key.
func (p *Policy) Parameter(key string) (Parameter, bool) {
	for _, q := range p.Parameters {
		if q.Key == key {
			return q, true
		}
	}
	return Parameter{}, false
}

// CheckParams says what is wrong with overrides of the policy's parameters: a
// *ParameterError for the first wrong key in alphabetical order, or nil.
func (p *Policy) CheckParams(params map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(params)) {
		q, ok := p.Parameter(key)
		if !ok {
			return &ParameterError{p.Key, key, "本方案没有这个参数。"}
		}
		if detail := q.refuse(params[key]); detail != "" {
			return &ParameterError{p.Key, key, detail}
		}
	}
	return nil
}

// refuse returns why a value cannot be taken, or "".
func (q Parameter) refuse(value any) string {
	if value == nil {
		if q.Optional {
			return ""
		}
		return fmt.Sprintf("参数“%s”不能为空。", q.Name)
	}
	if q.Type == "choice" {
		for _, r := range q.Readings {
			if sameValue(r.Value, value) {
				return ""
			}
		}
		return fmt.Sprintf("参数“%s”没有取值 %v。", q.Name, value)
	}
	v, ok := number(value)
	if !ok || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprintf("参数“%s”应为数，收到 %v。", q.Name, value)
	}
	if q.Type == "integer" && v != math.Trunc(v) {
		return fmt.Sprintf("参数“%s”应为整数，收到 %v。", q.Name, value)
	}
	if (q.Min != nil && v < *q.Min) || (q.Max != nil && v > *q.Max) {
		return fmt.Sprintf("参数“%s”的取值 %v 超出允许范围。", q.Name, value)
	}
	return ""
}

// reading returns what a value means, or "".
func (q Parameter) reading(value any) string {
	for _, r := range q.Readings {
		if sameValue(r.Value, value) {
			return r.Text
		}
	}
	return ""
}

// Choice is a policy with the readings that a district has chosen. Params
// overrides parameters, values as JSON or YAML decode them; what it does not
// name has the policy's default.
type Choice struct {
	Policy *Policy
	Params map[string]any
}

// Value returns a parameter's value, nil where it is not set.
func (c Choice) Value(key string) any {
	if v, ok := c.Params[key]; ok {
		return v
	}
	q, _ := c.Policy.Parameter(key)
	return q.Default
}

// Text returns the value of a choice, "" where it is not set.
func (c Choice) Text(key string) string {
	v, _ := c.Value(key).(string)
	return v
}

// Number returns a numeric parameter; false where it is not set.
func (c Choice) Number(key string) (float64, bool) { return number(c.Value(key)) }

// number takes what YAML and JSON make of a number.
func number(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case int:
		return float64(v), true
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}

func sameValue(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y
	}
	switch a.(type) {
	case string, bool, nil:
		return a == b
	}
	return false
}

// SameValue tells whether two values of a parameter are the same, whatever their
// Go types: 15 and 15.0 are.
func SameValue(a, b any) bool { return sameValue(a, b) }
