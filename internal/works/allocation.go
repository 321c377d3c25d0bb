package works

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// allocated is an allocation with the year of its fund, and what its project is.
type allocated struct {
	Allocation
	year        int
	name        string // of the project
	state       string
	projectYear *int
	counts      bool
	seen        bool // the project is one of those that the person sees in the pool
}

// why says why a match of a year leaves an allocation alone.
func (a allocated) why(year int) string {
	switch {
	case !a.counts && a.state == "withdrawn":
		return "项目已撤回"
	case !a.counts && a.state == "returned":
		return "项目已退回"
	case !a.counts && a.state == "closed":
		return "项目已转入其他项目"
	case !a.counts:
		return "项目没有确认入库"
	case a.projectYear == nil:
		return "项目没有列入年度"
	case *a.projectYear != year:
		return fmt.Sprintf("项目列入%d年", *a.projectYear)
	}
	return "项目已完成"
}

// allocationsOf reads every allocation of the district, also to projects that are
// not in the pool any more: their money is not free until somebody takes it away.
func allocationsOf(ctx context.Context, tx pgx.Tx, district string) ([]allocated, error) {
	rows, err := tx.Query(ctx, `
		select f.year, f.code, p.code, a.amount_yuan::float8, p.name, p.state, p.year, p.counts
		from fund f
		join fund_allocation a on a.fund_id = f.id
		join published_project p on p.id = a.project_id
		where f.district_code = $1
		order by f.year, f.code, p.code`, district)
	if err != nil {
		return nil, fmt.Errorf("read the allocations: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a allocated, err error) {
		return a, row.Scan(&a.year, &a.Fund, &a.Project, &a.AmountYuan, &a.name, &a.state, &a.projectYear, &a.counts)
	})
	if err != nil {
		return nil, fmt.Errorf("read the allocations: %w", err)
	}
	return list, nil
}

// matches tells whether a match of a year gives money to a project anew: it is one
// of the year's, and not closed.
func (g ground) matches(project string, year int) bool {
	return slices.ContainsFunc(g.projects, func(p PoolProject) bool { return p.Code == project && p.matched(year) })
}

func (p PoolProject) matched(year int) bool {
	return p.Year != nil && *p.Year == year && p.State == "confirmed"
}

// elsewhere is what a fund pays for projects that a match of a year leaves alone.
func (g ground) elsewhere(f Fund, year int) (sum int64) {
	for _, a := range g.allocations {
		if a.Fund == f.Code && !g.matches(a.Project, year) {
			sum += fen(a.AmountYuan)
		}
	}
	return sum
}

// outside is what all funds of a year pay for such projects.
func (g ground) outside(year int) (sum int64) {
	for _, a := range g.allocations {
		if a.year == year && !g.matches(a.Project, year) {
			sum += fen(a.AmountYuan)
		}
	}
	return sum
}

// replacing is what becomes of a year's allocations when some are saved: those to
// the projects that a match gives money to, and to those that are named, are
// replaced; those to other projects stay.
type replacing struct {
	year     int
	before   map[[2]string]int64 // of the year, by fund and project
	staying  []allocated
	replaced []string // projects
}

func (g ground) replacing(year int, named []Allocation) replacing {
	r := replacing{year: year, before: map[[2]string]int64{}}
	for _, p := range g.projects {
		if p.matched(year) {
			r.replaced = append(r.replaced, p.Code)
		}
	}
	for _, a := range named {
		if !slices.Contains(r.replaced, a.Project) {
			r.replaced = append(r.replaced, a.Project)
		}
	}
	for _, a := range g.allocations {
		if a.year != year {
			continue
		}
		r.before[[2]string{a.Fund, a.Project}] = fen(a.AmountYuan)
		if !slices.Contains(r.replaced, a.Project) {
			r.staying = append(r.staying, a)
		}
	}
	return r
}

// had is what some of the year's allocations were before, all in all.
func (r replacing) had(of func(fund, project string) bool) (sum int64) {
	for pair, amount := range r.before {
		if of(pair[0], pair[1]) {
			sum += amount
		}
	}
	return sum
}

// check refuses allocations that break a fund's amount or restriction, a
// project's need, or the budget. What is not more than it was is never refused:
// needs and restrictions may have changed since, which is shown, but does not keep
// the rest from being saved.
func (g ground) check(year int, allocations []Allocation) error {
	r := g.replacing(year, allocations)
	funds, projects := map[string]int64{}, map[string]int64{}
	var spent int64
	for _, a := range r.staying {
		funds[a.Fund] += fen(a.AmountYuan)
		spent += fen(a.AmountYuan)
	}
	pairs := map[[2]string]bool{}
	for i, a := range allocations {
		here := at("allocations", i)
		pair := [2]string{a.Fund, a.Project}
		if pairs[pair] {
			return invalid(here+"project", "同一笔资金对项目 %s 填写了两次", a.Project)
		}
		pairs[pair] = true
		if err := g.checkOne(here, r, a); err != nil {
			return err
		}
		f := g.funds[slices.IndexFunc(g.funds, func(f Fund) bool { return f.Code == a.Fund })]
		funds[a.Fund] += fen(a.AmountYuan)
		projects[a.Project] += fen(a.AmountYuan)
		spent += fen(a.AmountYuan)
		if funds[a.Fund] > fen(f.AmountYuan) {
			return invalid(here+"amount_yuan", "“%s”只有%s，分配了%s", f.Name, said(fen(f.AmountYuan)), said(funds[a.Fund]))
		}
		had := r.had(func(_, project string) bool { return project == a.Project })
		if k := g.project(a.Project); k >= 0 && projects[a.Project] > max(g.projects[k].needIn(year), had) {
			return invalid(here+"amount_yuan", "项目“%s”只需%s，分配了%s", g.projects[k].Name, said(g.projects[k].needIn(year)), said(projects[a.Project]))
		}
	}
	had := r.had(func(string, string) bool { return true })
	if budget := g.budgets[year].BudgetYuan; budget != nil && spent > max(fen(*budget), had) {
		return invalid("allocations", "合计%s，超过%d年预算%s", said(spent), year, said(fen(*budget)))
	}
	return nil
}

// checkOne refuses one allocation by itself.
func (g ground) checkOne(here string, r replacing, a Allocation) error {
	before, stood := r.before[[2]string{a.Fund, a.Project}]
	fund := slices.IndexFunc(g.funds, func(f Fund) bool { return f.Code == a.Fund && f.Year == r.year })
	project := g.project(a.Project)
	switch {
	case fund < 0:
		return invalid(here+"fund", "%d年没有这笔资金", r.year)
	case project < 0 && !stood:
		return invalid(here+"project", "项目 %s 没有确认入库并列入年度", a.Project)
	case !isSum(a.AmountYuan) || fen(a.AmountYuan) == 0 && (!stood || g.matches(a.Project, r.year)):
		return invalid(here+"amount_yuan", "金额不合理")
	case fen(a.AmountYuan) <= before:
		return nil
	case project < 0:
		return invalid(here+"amount_yuan", "项目 %s 已不在项目池中，只能保留或减少它的资金（现有%s）", a.Project, said(before))
	}
	f, p := g.funds[fund], g.projects[project]
	if most := g.payable(f, p); fen(a.AmountYuan) > most {
		return invalid(here+"amount_yuan", "“%s”按其使用范围最多可用于项目“%s”%s", f.Name, p.Name, said(most))
	}
	return nil
}

func (g ground) project(code string) int {
	return slices.IndexFunc(g.projects, func(p PoolProject) bool { return p.Code == code })
}
