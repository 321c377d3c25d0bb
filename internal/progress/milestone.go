package progress

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Milestone is a point that a project passes: when it did, and when it is meant
// to.
type Milestone struct {
	Kind      Kind    `json:"kind" enum:"start,works_done,acceptance,filing,handover"`
	OnDate    *string `json:"on_date" nullable:"true" doc:"YYYY-MM-DD; null: has not happened"`
	PlannedOn *string `json:"planned_on" nullable:"true" doc:"YYYY-MM-DD"`
	Note      string  `json:"note,omitempty" maxLength:"500"`

	on, planned *time.Time
}

// PartHandover is what is handed over to whom (移交), by ownership.
type PartHandover struct {
	Part      string            `json:"part" enum:"municipal,exclusive,common"`
	Receiver  string            `json:"receiver" maxLength:"200" doc:"专业单位, 业主 or the agreed manager; a body, not a person"`
	OnDate    *string           `json:"on_date" nullable:"true" doc:"YYYY-MM-DD"`
	Agreement HandoverAgreement `json:"agreement" doc:"of the common parts"`

	Name string `json:"name,omitempty" readOnly:"true"`
	Rule string `json:"rule,omitempty" readOnly:"true"`

	on *time.Time
}

// HandoverAgreement is what is agreed for the common parts after the handover.
type HandoverAgreement struct {
	Mode     string `json:"mode" maxLength:"200" doc:"管理模式"`
	Manager  string `json:"manager" maxLength:"200" doc:"管理单位"`
	Content  string `json:"content" maxLength:"500" doc:"服务内容"`
	Standard string `json:"standard" maxLength:"500" doc:"服务标准"`
	Fee      string `json:"fee" maxLength:"200" doc:"服务费用"`
}

// missing are the names of what the agreement does not say.
func (a HandoverAgreement) missing() []string {
	var out []string
	for _, f := range []struct{ name, text string }{
		{"管理模式", a.Mode}, {"管理单位", a.Manager}, {"服务内容", a.Content}, {"服务标准", a.Standard}, {"服务费用", a.Fee},
	} {
		if strings.TrimSpace(f.text) == "" {
			out = append(out, f.name)
		}
	}
	return out
}

// owned are the parts by ownership in their order, with the rule.
var owned = []struct{ part, name, rule string }{
	{"municipal", "市政设施", "移交专业单位管理维护"},
	{"exclusive", "业主专有部分", "由业主自行管理维护"},
	{"common", "业主共有部分", "按约定的管理模式、管理单位、服务内容、服务标准、服务费用管理"},
}

// readMilestones reads the dates of what was sent and refuses what cannot be:
// one milestone twice, an order that no works can have, a day to come.
func readMilestones(given []Milestone, today time.Time) ([]Milestone, error) {
	var out []Milestone
	for i, m := range given {
		field := fmt.Sprintf("milestones[%d]", i)
		if slices.ContainsFunc(out, func(o Milestone) bool { return o.Kind == m.Kind }) {
			return nil, &InvalidError{Field: field + ".kind", Detail: "“" + kindNames[m.Kind] + "”出现了两次"}
		}
		for _, d := range []struct {
			key  string
			text *string
			into **time.Time
		}{{"on_date", m.OnDate, &m.on}, {"planned_on", m.PlannedOn, &m.planned}} {
			if d.text == nil || *d.text == "" {
				continue
			}
			t, err := parseDate(field+"."+d.key, *d.text)
			if err != nil {
				return nil, err
			}
			*d.into = &t
		}
		if m.on != nil && m.on.After(today) {
			return nil, &InvalidError{Field: field + ".on_date", Detail: fmt.Sprintf("“%s”的日期%s尚未到，请填在计划日期里", kindNames[m.Kind], spoken(*m.on))}
		}
		m.Note = strings.TrimSpace(m.Note)
		if err := personal(field+".note", m.Note); err != nil {
			return nil, err
		}
		if m.on != nil || m.planned != nil {
			out = append(out, m)
		}
	}
	order(out)
	return out, inOrder(out)
}

func order(list []Milestone) {
	slices.SortFunc(list, func(a, b Milestone) int {
		return cmp.Compare(slices.Index(Kinds(), a.Kind), slices.Index(Kinds(), b.Kind))
	})
}

// needs are the milestones without which another cannot be.
var needs = map[Kind]Kind{WorksDone: Start, Acceptance: WorksDone, Filed: Acceptance, HandedOver: Acceptance}

// inOrder: acceptance follows the works, filing and handover the acceptance, and
// no date lies before the one that it follows.
func inOrder(list []Milestone) error {
	dates := map[Kind]time.Time{}
	for _, m := range list {
		if m.on != nil {
			dates[m.Kind] = *m.on
		}
	}
	for _, m := range list {
		before, needed := needs[m.Kind]
		if m.on == nil || !needed {
			continue
		}
		earlier, known := dates[before]
		switch {
		case !known:
			return &InvalidError{Field: "milestones", Detail: fmt.Sprintf("填“%s”之前，请先填“%s”的日期", kindNames[m.Kind], kindNames[before])}
		case m.on.Before(earlier):
			return &InvalidError{Field: "milestones", Detail: fmt.Sprintf("“%s”（%s）不能早于“%s”（%s）",
				kindNames[m.Kind], spoken(*m.on), kindNames[before], spoken(earlier))}
		}
	}
	return nil
}

// readHandover reads the parts that were sent. A handover that has happened
// names who takes over each part, and what is agreed for the common ones.
func readHandover(given []PartHandover, handedOver bool) ([]PartHandover, error) {
	var out []PartHandover
	for i, p := range given {
		field := fmt.Sprintf("handover[%d]", i)
		if slices.ContainsFunc(out, func(o PartHandover) bool { return o.Part == p.Part }) {
			return nil, &InvalidError{Field: field + ".part", Detail: "移交的同一部分出现了两次"}
		}
		p.Receiver = strings.TrimSpace(p.Receiver)
		for _, text := range []string{p.Receiver, p.Agreement.Mode, p.Agreement.Manager, p.Agreement.Content, p.Agreement.Standard, p.Agreement.Fee} {
			if err := personal(field+".receiver", text); err != nil {
				return nil, err
			}
		}
		if p.OnDate != nil && *p.OnDate != "" {
			t, err := parseDate(field+".on_date", *p.OnDate)
			if err != nil {
				return nil, err
			}
			p.on = &t
		}
		if p.Receiver != "" {
			out = append(out, p)
		}
	}
	if !handedOver {
		return out, nil
	}
	for _, o := range owned {
		at := slices.IndexFunc(out, func(p PartHandover) bool { return p.Part == o.part })
		if at < 0 {
			return nil, &InvalidError{Field: "handover", Detail: fmt.Sprintf("已填移交日期，请写明“%s”移交给谁（%s）", o.name, o.rule)}
		}
		if missing := out[at].Agreement.missing(); o.part == "common" && len(missing) > 0 {
			return nil, &InvalidError{Field: "handover", Detail: "业主共有部分还缺约定：" + strings.Join(missing, "、")}
		}
	}
	return out, nil
}
