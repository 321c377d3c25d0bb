package works

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/funding"
)

// MatchAsk asks which projects of a year its funds can pay.
type MatchAsk struct {
	Year    int      `json:"year" minimum:"1990" maximum:"2200"`
	Partial bool     `json:"partial,omitempty" doc:"a project may have less than it needs"`
	Order   []string `json:"order,omitempty" maxItems:"5000" doc:"codes of projects that come first, in this order; the others follow as they stand"`
}

// Match is the answer: nothing is saved. Taking the projects in their order, no
// other allocation funds one more without one in front of it losing its money.
type Match struct {
	Year         int            `json:"year"`
	Version      int            `json:"version" doc:"of the year's pool that it was made from; for If-Match when saving"`
	Partial      bool           `json:"partial"`
	BudgetYuan   *float64       `json:"budget_yuan"`
	FundsYuan    float64        `json:"funds_yuan"`
	NeedYuan     float64        `json:"need_yuan"`
	MatchedYuan  float64        `json:"matched_yuan"`
	UnfundedYuan float64        `json:"unfunded_yuan"`
	Funded       int            `json:"funded" doc:"projects paid in full"`
	Projects     []MatchProject `json:"projects" doc:"in the order of their priority"`
	Funds        []MatchFund    `json:"funds"`
	Allocations  []Allocation   `json:"allocations" doc:"to be saved as they are; what is bound elsewhere stays"`
	BoundYuan    float64        `json:"bound_yuan" doc:"of the year's funds, what is allocated to projects that are not matched, and not free"`
	Notices      []string       `json:"notices"`
}

// MatchProject is what a project gets.
type MatchProject struct {
	Code     string    `json:"code"`
	Name     string    `json:"name"`
	Why      string    `json:"why" doc:"why it stands at this place"`
	NeedYuan float64   `json:"need_yuan"`
	GotYuan  float64   `json:"got_yuan"`
	Funded   bool      `json:"funded"`
	Pays     []Payment `json:"pays"`
	Lacking  *Lacking  `json:"lacking" doc:"why it is not paid in full"`
}

// Payment is what a fund pays for a project.
type Payment struct {
	Fund       string  `json:"fund"`
	Name       string  `json:"name"`
	AmountYuan float64 `json:"amount_yuan"`
}

// Lacking proves that a project cannot be paid in full: all the money that may be
// spent on it, or on the part of it that is short, is in Funds; they hold
// MoneyYuan, while this project and those in front of it need NeedYuan of them.
type Lacking struct {
	Funds       []string `json:"funds" doc:"codes; empty where no fund may be spent on it"`
	Projects    []string `json:"projects" doc:"codes of those in front of it that they pay"`
	MoneyYuan   float64  `json:"money_yuan"`
	NeedYuan    float64  `json:"need_yuan"`
	MissingYuan float64  `json:"missing_yuan"`
	Budget      bool     `json:"budget" doc:"it is the year's budget that is used up"`
	Text        string   `json:"text" doc:"a sentence"`
}

// MatchFund is what a fund pays.
type MatchFund struct {
	Code       string  `json:"code"`
	Name       string  `json:"name"`
	Source     string  `json:"source"`
	AmountYuan float64 `json:"amount_yuan"`
	UsedYuan   float64 `json:"used_yuan"`
	LeftYuan   float64 `json:"left_yuan"`
}

// Match matches the project pool of a year with its fund pool; nothing is saved.
// Errors: *InvalidError, also where the year has neither budget nor funds.
func (s *Store) Match(ctx context.Context, scope account.Scope, district string, ask MatchAsk) (Match, error) {
	choice, err := s.plan(ctx, scope, district)
	if err != nil {
		return Match{}, err
	}
	if err := account.Demand(ctx, account.DecideProgram, account.Place{District: district}); err != nil {
		return Match{}, err
	}
	first, err := s.priorities(ctx, scope, district)
	if err != nil {
		return Match{}, err
	}
	var g ground
	err = s.view(ctx, func(tx pgx.Tx) (err error) {
		g, err = s.ground(ctx, tx, scope, district, choice.Policy)
		return err
	})
	if err != nil {
		return Match{}, fmt.Errorf("match the pools of %s in %d: %w", district, ask.Year, err)
	}
	order(g.projects, first)
	return g.match(ask)
}

func (g ground) match(ask MatchAsk) (Match, error) {
	year := g.year(ask.Year)
	if len(year.FundList) == 0 {
		if year.BudgetYuan == nil {
			return Match{}, invalid("year", "%d年没有预算，也没有资金，无法匹配", ask.Year)
		}
		return Match{}, invalid("year", "%d年有预算%s，但资金池中没有登记资金，无法匹配", ask.Year, said(fen(*year.BudgetYuan)))
	}
	var asking []PoolProject
	for _, p := range year.ProjectList {
		if p.matched(ask.Year) {
			asking = append(asking, p)
		}
	}
	projects, err := ordered(asking, ask.Order)
	if err != nil {
		return Match{}, err
	}
	problem := funding.Problem{Partial: ask.Partial}
	for _, f := range year.FundList {
		problem.Funds = append(problem.Funds, fen(f.AmountYuan)-g.elsewhere(f, ask.Year))
	}
	if year.BudgetYuan != nil {
		ceiling := fen(*year.BudgetYuan) - g.outside(ask.Year) // no less than 0: no budget is below what is allocated
		problem.Ceiling = &ceiling
	}
	for _, p := range projects {
		problem.Projects = append(problem.Projects, g.parts(p, ask.Year, year.FundList))
	}
	answer, err := funding.Solve(problem)
	if err != nil {
		return Match{}, fmt.Errorf("match the pools of %d: %w", ask.Year, err)
	}
	return told{year, projects, problem, answer}.match(ask), nil
}

// ordered brings the named projects to the front.
func ordered(projects []PoolProject, first []string) ([]PoolProject, error) {
	var front []PoolProject
	rest := slices.Clone(projects)
	for i, code := range first {
		at := slices.IndexFunc(rest, func(p PoolProject) bool { return p.Code == code })
		if at < 0 {
			return nil, invalid(fmt.Sprintf("order[%d]", i), "项目 %s 不在这一年的项目池中，或写了两次", code)
		}
		p := rest[at]
		p.Why = "人工指定的次序"
		front = append(front, p)
		rest = slices.Delete(rest, at, at+1)
	}
	return append(front, rest...), nil
}
