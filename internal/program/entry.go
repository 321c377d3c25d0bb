package program

import (
	"strings"

	"github.com/lianpian/lianpian/internal/policy"
)

// Outcome says whether something that a rule asks for is so.
type Outcome string

// The outcomes. Unknown is what nobody has asked or recorded yet.
const (
	Holds   Outcome = "holds"
	Fails   Outcome = "fails"
	Unknown Outcome = "unknown"
)

func worse(a, b Outcome) Outcome {
	switch {
	case a == Fails || b == Fails:
		return Fails
	case a == Unknown || b == Unknown:
		return Unknown
	}
	return Holds
}

// EntryAnswer is what an application says about a condition of entry: what the
// residents decided.
type EntryAnswer struct {
	Holds bool   `json:"holds"`
	Note  string `json:"note,omitempty" maxLength:"1000" doc:"e.g. which assembly decided, when; no persons"`
}

// EntryCondition is a condition of entry into a project library with what is
// known about it.
type EntryCondition struct {
	Key      string       `json:"key"`
	Text     string       `json:"text" doc:"the provision"`
	Clause   string       `json:"clause"`
	Evidence string       `json:"evidence" enum:"survey,readiness,management" doc:"what decides it: counts of the survey, the application's answer, the answer and the recorded management modes"`
	Outcome  Outcome      `json:"outcome" enum:"holds,fails,unknown"`
	Why      string       `json:"why"`
	Answer   *EntryAnswer `json:"answer,omitempty"`
}

// ground is what entry and priority of one project are judged by.
type ground struct {
	choice      policy.Choice
	library     Library
	communities []evidence
	answers     map[string]EntryAnswer
	counts      bool // the person may see small counts
}

// entry judges the conditions of a library; none where the policy has none.
func (g ground) entry(of Library) []EntryCondition {
	conditions := g.choice.LibraryConditions(string(of))
	out := make([]EntryCondition, 0, len(conditions))
	for _, asked := range conditions {
		c := EntryCondition{Key: asked.Key, Text: asked.Text, Clause: asked.Clause, Evidence: asked.Evidence}
		if answer, given := g.answers[asked.Key]; given {
			c.Answer = &answer
		}
		switch asked.Evidence {
		case "survey":
			c.Outcome, c.Why = g.consented(c.Answer)
		case "management":
			c.Outcome, c.Why = g.managed(c.Answer)
		default:
			c.Outcome, c.Why = answered(c.Answer)
		}
		out = append(out, c)
	}
	return out
}

// consented tells whether every community of the project agrees, by the counts;
// where there are none at all, by what the application says.
func (g ground) consented(answer *EntryAnswer) (Outcome, string) {
	if len(g.communities) == 0 {
		return Unknown, "项目没有小区"
	}
	outcome, counted := Holds, false
	var said []string
	for _, e := range g.communities {
		verdict := g.choice.Consent(e.asked)
		outcome = worse(outcome, consentOutcome(verdict))
		counted = counted || e.asked.Agreed != nil
		said = append(said, "“"+e.name+"”"+e.said(verdict, g.counts))
	}
	if !counted && answer != nil {
		outcome, why := answered(answer)
		return outcome, why + "；尚未录入征求意见的数字"
	}
	return outcome, strings.Join(said, "；")
}

func consentOutcome(v policy.ConsentVerdict) Outcome {
	switch v.Outcome {
	case policy.Met:
		return Holds
	case policy.Failed:
		return Fails
	}
	return Unknown
}

// said is the consent of a community in words; without counts, for those who may
// not see small ones.
func (e evidence) said(v policy.ConsentVerdict, counts bool) string {
	var text string
	switch {
	case e.asked.Agreed == nil:
		text = "尚无征求意见的数字"
	case counts && v.Passed:
		text = strings.TrimSuffix(v.Text, "。")
	case counts:
		text = strings.TrimSuffix(v.Text, "。") + "；" + strings.TrimSuffix(v.Missing, "。")
	case v.Passed:
		text = "已过规定比例"
	default:
		text = "未过规定比例"
	}
	if e.surveyOpen {
		text += "（征询中）"
	}
	return text
}

// managed is answered, and every community's management mode on record.
func (g ground) managed(answer *EntryAnswer) (Outcome, string) {
	outcome, why := answered(answer)
	recorded, modes := g.modes()
	return worse(outcome, recorded), why + "；" + modes
}

// modes tells whether how every community is managed is on record.
func (g ground) modes() (Outcome, string) {
	var without []string
	for _, e := range g.communities {
		if e.mode == "" {
			without = append(without, "“"+e.name+"”")
		}
	}
	if len(without) > 0 || len(g.communities) == 0 {
		return Unknown, "尚未登记管理方式：" + strings.Join(without, "、")
	}
	return Holds, "各小区的管理方式已登记"
}

func answered(answer *EntryAnswer) (Outcome, string) {
	switch {
	case answer == nil:
		return Unknown, "申请中尚未说明"
	case answer.Holds:
		return Holds, withNote("申请说明：已达成", answer.Note)
	}
	return Fails, withNote("申请说明：未达成", answer.Note)
}

func withNote(said, note string) string {
	if note == "" {
		return said
	}
	return said + "（" + note + "）"
}

// unmet are the conditions that do not hold.
func unmet(conditions []EntryCondition) []EntryCondition {
	var out []EntryCondition
	for _, c := range conditions {
		if c.Outcome != Holds {
			out = append(out, c)
		}
	}
	return out
}
