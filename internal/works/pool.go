package works

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/program"
)

// Pool is the fund pool (资金池) beside the project pool, year by year, and one
// year in full. Sums of projects are those that the person sees; budgets and funds
// are only for those who see the whole district.
type Pool struct {
	Whole      bool          `json:"whole" doc:"the person sees the whole district; else there are no budgets, funds and notices, only what is allocated to the projects that the person sees"`
	Policy     string        `json:"policy"`
	Categories []policy.Term `json:"categories" doc:"of the plan's items; funds may be restricted to some"`
	Years      []Year        `json:"years"`
	Year       *YearPool     `json:"year" doc:"the year that was asked for"`
}

// Year are the sums of a year. Money in yuan.
type Year struct {
	Year       int      `json:"year"`
	Version    int      `json:"version" doc:"of its budget and allocations; 0: none saved"`
	BudgetYuan *float64 `json:"budget_yuan" doc:"what may be spent of the pool; null: no budget has been set"`
	Note       string   `json:"note"`
	Funds      int      `json:"funds"`
	FundsYuan  float64  `json:"funds_yuan"`
	Projects   int      `json:"projects"`
	CostYuan   float64  `json:"cost_yuan"`
	DirectYuan float64  `json:"direct_yuan" doc:"paid by residents, pipeline units and society themselves"`
	NeedYuan   float64  `json:"need_yuan" doc:"what is left for the pool"`
	Allocated  float64  `json:"allocated_yuan" doc:"to the year's projects, of any year's funds"`
	Bound      float64  `json:"bound_yuan" doc:"of the year's funds, to projects that a match leaves alone: finished, of another year, or not in the pool any more"`
	Unfunded   float64  `json:"unfunded_yuan"`
	Targets    []string `json:"targets" doc:"of the plan for the year, with clause"`
	Notices    []string `json:"notices" doc:"e.g. that there is a target but no budget"`
}

// YearPool is a year's funds and projects. Projects come by priority.
type YearPool struct {
	Year
	FundList    []Fund        `json:"fund_list"`
	ProjectList []PoolProject `json:"project_list"`
	Allocations []Allocation  `json:"allocations" doc:"of the year's funds, whatever project they pay for"`
	BoundList   []Bound       `json:"bound_list" doc:"those of them that a match leaves alone, and that stay when allocations are saved without their project"`
}

// Bound is an allocation to a project that is not to be matched.
type Bound struct {
	Allocation
	Name string `json:"name" doc:"of the project"`
	Why  string `json:"why" doc:"why it is not matched"`
}

// PoolProject is a project of the pool.
type PoolProject struct {
	Code           string   `json:"code"`
	Name           string   `json:"name"`
	Library        string   `json:"library"`
	State          string   `json:"state"`
	Phase          *string  `json:"phase"`
	Year           *int     `json:"year"`
	Demonstration  bool     `json:"demonstration"`
	CentralSubsidy bool     `json:"central_subsidy"`
	Subdistricts   []string `json:"subdistrict_codes"`
	Priority       int      `json:"priority" doc:"place in the order, from 1"`
	Why            string   `json:"why" doc:"why it stands there"`
	Clause         string   `json:"clause" doc:"of the rule of priority"`
	CostYuan       float64  `json:"cost_yuan" doc:"of the items, else the estimate"`
	Basis          string   `json:"basis" enum:"items,estimate,none"`
	DirectYuan     float64  `json:"direct_yuan"`
	NeedYuan       float64  `json:"need_yuan"`
	AllocatedYuan  float64  `json:"allocated_yuan"`
	UnfundedYuan   float64  `json:"unfunded_yuan"`

	id        int64
	cost      cost
	shares    map[string]int64
	allocated map[int]int64 // by year of the fund
}

// Allocation is money of a fund for a project.
type Allocation struct {
	Fund       string  `json:"fund" maxLength:"100" doc:"code"`
	Project    string  `json:"project" maxLength:"100" doc:"code"`
	AmountYuan float64 `json:"amount_yuan" minimum:"0" maximum:"1000000000000" doc:"0 takes the fund's money from a project that is not the year's; never 0 in an answer"`
}

// Pool returns the years, and one of them in full where year is not 0. Errors:
// postgis.ErrNotFound.
func (s *Store) Pool(ctx context.Context, scope account.Scope, district string, year int) (Pool, error) {
	choice, err := s.plan(ctx, scope, district)
	if err != nil {
		return Pool{}, err
	}
	pool := Pool{Policy: choice.Policy.ID(), Categories: choice.Policy.Categories}
	var first map[string]program.PriorityItem
	if year != 0 {
		if first, err = s.priorities(ctx, scope, district); err != nil {
			return Pool{}, err
		}
	}
	err = s.view(ctx, func(tx pgx.Tx) error {
		g, err := s.ground(ctx, tx, scope, district, choice.Policy)
		if err != nil {
			return err
		}
		order(g.projects, first)
		pool.Whole = g.whole
		pool.Years = g.summaries(s.now().Year())
		if year != 0 {
			pool.Year = g.year(year)
		}
		return nil
	})
	if err != nil {
		return Pool{}, fmt.Errorf("fund pool of %s: %w", district, err)
	}
	return pool, nil
}

// ground is everything that the pools are matched by: the projects that the person
// sees, and every allocation of the district, which is taken whoever sees it.
type ground struct {
	policy      *policy.Policy
	whole       bool // the person sees the whole district
	projects    []PoolProject
	funds       []Fund
	budgets     map[int]Year
	allocations []allocated
}

func (s *Store) ground(ctx context.Context, tx pgx.Tx, scope account.Scope, district string, p *policy.Policy) (ground, error) {
	g := ground{policy: p, whole: scope.Subdistricts == nil && scope.Zones == nil}
	var err error
	if g.projects, err = poolProjects(ctx, tx, scope, district, p.Key); err != nil {
		return g, err
	}
	if g.allocations, err = allocationsOf(ctx, tx, district); err != nil {
		return g, err
	}
	g.join()
	if !g.whole {
		return g, nil
	}
	if g.funds, err = fundsOf(ctx, tx, district); err != nil {
		return g, err
	}
	g.budgets, err = budgetsOf(ctx, tx, district)
	return g, err
}

// join brings allocations to the projects.
func (g *ground) join() {
	at := map[string]int{}
	for i, p := range g.projects {
		at[p.Code] = i
		g.projects[i].allocated = map[int]int64{}
	}
	for i, a := range g.allocations {
		if k, ok := at[a.Project]; ok {
			g.projects[k].allocated[a.year] += fen(a.AmountYuan)
			g.allocations[i].seen = true
		}
	}
}

// inYear tells the projects of a year. Only what the bureau has confirmed can be
// paid for.
func (g ground) inYear(year int) (projects []PoolProject) {
	for _, p := range g.projects {
		if p.Year != nil && *p.Year == year {
			p.Priority = len(projects) + 1
			projects = append(projects, p)
		}
	}
	return projects
}

// summaries are the years that have projects, funds or a budget, and those from
// this one on for which the plan sets a target: what it asked for long ago, and
// nobody paid for, is not to be planned any more.
func (g ground) summaries(this int) []Year {
	years := map[int]bool{}
	for _, p := range g.projects {
		if p.Year != nil {
			years[*p.Year] = true
		}
	}
	for _, f := range g.funds {
		years[f.Year] = true
	}
	for year := range g.budgets {
		years[year] = true
	}
	for _, t := range g.policy.Targets {
		if year := yearOf(t); year >= this {
			years[year] = true
		}
	}
	var list []Year
	for _, year := range slices.Sorted(maps.Keys(years)) {
		list = append(list, g.summary(year))
	}
	return list
}

func yearOf(t policy.Target) int {
	if len(t.By) < 4 {
		return 0
	}
	year, _ := strconv.Atoi(t.By[:4]) // Load refuses what is no year
	return year
}

func (g ground) summary(year int) Year {
	y := g.budgets[year]
	y.Year = year
	var funds, cost, direct, need, allocated, unfunded int64
	for _, f := range g.funds {
		if f.Year == year {
			y.Funds++
			funds += fen(f.AmountYuan)
		}
	}
	for _, p := range g.inYear(year) {
		y.Projects++
		cost, direct, need = cost+fen(p.CostYuan), direct+fen(p.DirectYuan), need+fen(p.NeedYuan)
		allocated, unfunded = allocated+fen(p.AllocatedYuan), unfunded+fen(p.UnfundedYuan)
	}
	y.FundsYuan, y.CostYuan, y.DirectYuan, y.NeedYuan = yuan(funds), yuan(cost), yuan(direct), yuan(need)
	y.Allocated, y.Unfunded = yuan(allocated), yuan(unfunded)
	if g.whole {
		y.Bound = yuan(g.outside(year))
	}
	for _, t := range g.policy.Targets {
		if yearOf(t) == year {
			y.Targets = append(y.Targets, t.Clause+"："+t.Text)
		}
	}
	if g.whole {
		y.notice()
	}
	return y
}

// notice says what does not fit together.
func (y *Year) notice() {
	none := y.BudgetYuan == nil
	switch {
	case none && len(y.Targets) > 0 && y.Funds == 0:
		y.Notices = append(y.Notices, fmt.Sprintf("%d年有目标，但没有预算，也没有资金。", y.Year))
	case none && len(y.Targets) > 0:
		y.Notices = append(y.Notices, fmt.Sprintf("%d年有目标，但没有设定预算。", y.Year))
	case none && y.Projects > 0:
		y.Notices = append(y.Notices, fmt.Sprintf("%d年有%d个项目，但没有设定预算。", y.Year, y.Projects))
	}
	if !none && *y.BudgetYuan > y.FundsYuan {
		y.Notices = append(y.Notices, fmt.Sprintf("预算%s多于已登记的资金%s。", said(fen(*y.BudgetYuan)), said(fen(y.FundsYuan))))
	}
	if !none && *y.BudgetYuan < y.FundsYuan {
		y.Notices = append(y.Notices, fmt.Sprintf("已登记的资金%s多于预算%s，匹配以预算为限。", said(fen(y.FundsYuan)), said(fen(*y.BudgetYuan))))
	}
}

func (g ground) year(year int) *YearPool {
	y := &YearPool{Year: g.summary(year), ProjectList: g.inYear(year)}
	for _, f := range g.funds {
		if f.Year == year {
			y.FundList = append(y.FundList, f)
		}
	}
	for _, a := range g.allocations {
		if a.year != year || !g.whole && !a.seen {
			continue
		}
		y.Allocations = append(y.Allocations, a.Allocation)
		if g.whole && !g.matches(a.Project, year) {
			y.BoundList = append(y.BoundList, Bound{a.Allocation, a.name, a.why(year)})
		}
	}
	return y
}
