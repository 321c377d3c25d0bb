package works

import (
	"fmt"
	"strings"

	"github.com/lianpian/lianpian/internal/engine/funding"
)

// told makes the answer of the engine one for people.
type told struct {
	year     *YearPool
	projects []PoolProject
	problem  funding.Problem
	answer   funding.Answer
}

func (t told) match(ask MatchAsk) Match {
	m := Match{Year: ask.Year, Version: t.year.Version, Partial: ask.Partial, BudgetYuan: t.year.BudgetYuan, Notices: t.year.Notices, BoundYuan: t.year.Bound}
	var need, got, funds int64
	for i, p := range t.projects {
		project := t.project(i, p)
		need, got = need+fen(project.NeedYuan), got+t.answer.Projects[i].Got
		if project.Funded {
			m.Funded++
		}
		m.Projects = append(m.Projects, project)
		for _, pay := range project.Pays {
			m.Allocations = append(m.Allocations, Allocation{pay.Fund, p.Code, pay.AmountYuan})
		}
	}
	for i, f := range t.year.FundList {
		holds, used := t.problem.Funds[i], t.answer.Used[i]
		funds += holds
		m.Funds = append(m.Funds, MatchFund{f.Code, f.Name, f.Source, yuan(holds), yuan(used), yuan(holds - used)})
	}
	m.FundsYuan, m.NeedYuan, m.MatchedYuan, m.UnfundedYuan = yuan(funds), yuan(need), yuan(got), yuan(need-got)
	return m
}

func (t told) project(i int, p PoolProject) MatchProject {
	outcome := t.answer.Projects[i]
	out := MatchProject{Code: p.Code, Name: p.Name, Why: p.Why, GotYuan: yuan(outcome.Got), Funded: outcome.Funded}
	var need int64
	for _, part := range t.problem.Projects[i] {
		need += part.Need
	}
	out.NeedYuan = yuan(need)
	paid := make([]int64, len(t.problem.Funds))
	for _, pay := range outcome.Pays {
		paid[pay.Fund] += pay.Fen
	}
	for f, amount := range paid {
		if amount > 0 {
			out.Pays = append(out.Pays, Payment{t.year.FundList[f].Code, t.year.FundList[f].Name, yuan(amount)})
		}
	}
	if outcome.Lacking != nil {
		out.Lacking = t.lacking(*outcome.Lacking)
	}
	return out
}

func (t told) lacking(cut funding.Cut) *Lacking {
	l := &Lacking{MoneyYuan: yuan(cut.Money), NeedYuan: yuan(cut.Need), MissingYuan: yuan(cut.Missing()), Budget: cut.Ceiling}
	var funds []string
	for _, f := range cut.Funds {
		l.Funds = append(l.Funds, t.year.FundList[f].Code)
		funds = append(funds, "“"+t.year.FundList[f].Name+"”")
	}
	for _, i := range cut.Projects {
		l.Projects = append(l.Projects, t.projects[i].Code)
	}
	front := "本项目"
	if len(l.Projects) > 0 {
		front = fmt.Sprintf("排在前面的%d个项目和本项目", len(l.Projects))
	}
	switch {
	case cut.Ceiling:
		l.Text = fmt.Sprintf("本年预算%s，%s共需%s，还差%s。", said(cut.Money), front, said(cut.Need), said(cut.Missing()))
	case len(funds) == 0:
		l.Text = fmt.Sprintf("本项目有%s没有任何资金可以使用（受使用范围限制）。", said(cut.Missing()))
	default:
		l.Text = fmt.Sprintf("可用于本项目的%s共%s，%s共需%s，还差%s。", strings.Join(funds, "、"), said(cut.Money), front, said(cut.Need), said(cut.Missing()))
	}
	return l
}
