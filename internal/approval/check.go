package approval

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/privacy"
	"github.com/lianpian/lianpian/internal/program"
)

// limits of figures, so that a slip of the finger is noticed.
const (
	largestFigure = 1e8
	// wrongUnit is the factor between 元 and 万元. A figure that is about that many
	// times as large as what is known was given in the wrong unit.
	wrongUnit = 10_000.0
)

// check returns the inputs that the policy asks for, or says what is wrong. Null
// and the empty text stand for what is not known.
func (s *Store) check(ctx context.Context, q querier, held program.Held, p *policy.Policy, inputs map[string]any) (map[string]any, error) {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(inputs)) {
		value := inputs[key]
		if value == nil || value == "" {
			continue
		}
		in, ok := p.ApprovalInput(key)
		if !ok {
			return nil, &InvalidError{"inputs." + key, "本方案的审批表没有这一项。"}
		}
		if detail := refuse(in, value); detail != "" {
			return nil, &InvalidError{"inputs." + key, detail}
		}
		out[key] = value
	}
	return out, s.checkUnits(ctx, q, held, p, out)
}

// refuse says why a value cannot be taken, or "".
func refuse(in policy.ApprovalInput, value any) string {
	switch in.Type {
	case "number":
		v, ok := value.(float64)
		switch {
		case !ok || math.IsNaN(v) || math.IsInf(v, 0):
			return in.Name + "应为数。"
		case v < 0:
			return in.Name + "不能为负。"
		case v > largestFigure:
			return in.Name + "过大，请核对单位（" + in.Unit + "）。"
		}
	case "boolean":
		if _, ok := value.(bool); !ok {
			return in.Name + "应为是或否。"
		}
	case "choice":
		if word, ok := value.(string); !ok || !slices.Contains(in.Values, word) {
			return in.Name + "没有这个选项。"
		}
	case "set":
		list, ok := value.([]any)
		for _, one := range list {
			word, isWord := one.(string)
			ok = ok && isWord && slices.Contains(in.Values, word)
		}
		if !ok {
			return in.Name + "没有这个选项。"
		}
	}
	return ""
}

// checkUnits asks about money that was given in yuan where 10,000 yuan are meant.
func (s *Store) checkUnits(ctx context.Context, q querier, held program.Held, p *policy.Policy, inputs map[string]any) error {
	known, err := known(ctx, q, held.ID, p)
	if err != nil {
		return err
	}
	for _, k := range known {
		v, given := inputs[k.Input].(float64)
		if !given || k.Value <= 0 || v/k.Value < wrongUnit/3 || v/k.Value > wrongUnit*3 {
			continue
		}
		in, _ := p.ApprovalInput(k.Input)
		return &InvalidError{"inputs." + k.Input, fmt.Sprintf(
			"%s%s%s约为项目现有数%s%s的一万倍：是否把元填成了万元？应为%s%s。",
			in.Name, figure(v), in.Unit, figure(k.Value), in.Unit, figure(v/wrongUnit), in.Unit)}
	}
	return nil
}

func figure(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// date reads a day; nothing and the empty text are none.
func date(field string, text *string) (*string, *InvalidError) {
	if text == nil || *text == "" {
		return nil, nil
	}
	t, err := time.Parse(time.DateOnly, *text)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return nil, &InvalidError{field, "日期应写作 2026-03-31 的样子。"}
	}
	return text, nil
}

// checkText refuses what cannot be stored and what is personal.
func checkText(field string, text *string) *InvalidError {
	switch {
	case text == nil:
		return nil
	case !utf8.ValidString(*text) || slices.Contains([]byte(*text), 0):
		return &InvalidError{field, "含有不能识别的字符。"}
	case privacy.PersonalNumbers(*text):
		return &InvalidError{field, "含有身份证号或手机号：本系统不存居民个人信息，请删去。"}
	}
	return nil
}

func firstFault(faults ...*InvalidError) *InvalidError {
	for _, f := range faults {
		if f != nil {
			return f
		}
	}
	return nil
}
