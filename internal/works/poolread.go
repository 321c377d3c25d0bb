package works

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
)

// poolProjects reads the confirmed projects that have a year, by code. What they
// need of the pool is what published_project_need says, as on the board.
func poolProjects(ctx context.Context, tx pgx.Tx, scope account.Scope, district, policyKey string) ([]PoolProject, error) {
	rows, err := tx.Query(ctx, `
		select p.id, p.code, p.name, p.library, p.state, p.phase, p.year, p.demonstration, p.central_subsidy, p.subdistrict_codes,
		       p.estimated_wan::float8, n.basis, n.cost_yuan::float8, n.direct_yuan::float8, n.need_yuan::float8,
		       n.allocated_yuan::float8, n.unfunded_yuan::float8
		from published_project_need n
		join published_project p on p.id = n.project_id
		where n.district_code = $1
		  and ($2::text[] is null or p.subdistrict_codes && $2)
		  and ($3::bigint[] is null or p.zone_id = any($3))
		order by p.code`, district, scope.Subdistricts, scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("read the project pool: %w", err)
	}
	projects, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p PoolProject, err error) {
		p.cost.items = map[int]int64{}
		return p, row.Scan(&p.id, &p.Code, &p.Name, &p.Library, &p.State, &p.Phase, &p.Year, &p.Demonstration, &p.CentralSubsidy,
			&p.Subdistricts, &p.cost.estimated, &p.Basis, &p.CostYuan, &p.DirectYuan, &p.NeedYuan, &p.AllocatedYuan, &p.UnfundedYuan)
	})
	if err != nil {
		return nil, fmt.Errorf("read the project pool: %w", err)
	}
	if err := readCosts(ctx, tx, projects, policyKey); err != nil {
		return nil, err
	}
	return projects, nil
}

func readCosts(ctx context.Context, tx pgx.Tx, projects []PoolProject, policyKey string) error {
	at := make(map[int64]*PoolProject, len(projects))
	ids := make([]int64, 0, len(projects))
	for i := range projects {
		at[projects[i].id] = &projects[i]
		ids = append(ids, projects[i].id)
	}
	rows, err := tx.Query(ctx, `
		select w.project_id, w.item_no, (sum(w.amount_yuan) * 100)::bigint
		from work_item w
		where w.project_id = any($1) and w.answer = 'do' and w.policy_key = $2 and w.amount_yuan is not null
		  and (w.community_id is null or exists (
		      select from published_project_community pc where pc.project_id = w.project_id and pc.community_id = w.community_id))
		group by w.project_id, w.item_no`, ids, policyKey)
	if err != nil {
		return fmt.Errorf("read the costs: %w", err)
	}
	var project, amount int64
	var no int
	_, err = pgx.ForEachRow(rows, []any{&project, &no, &amount}, func() error {
		at[project].cost.items[no] = amount
		at[project].cost.sum += amount
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the costs: %w", err)
	}
	rows, err = tx.Query(ctx, `select project_id, source, (amount_yuan * 100)::bigint from cost_share where project_id = any($1)`, ids)
	if err != nil {
		return fmt.Errorf("read the shares: %w", err)
	}
	var source string
	_, err = pgx.ForEachRow(rows, []any{&project, &source, &amount}, func() error {
		if at[project].shares == nil {
			at[project].shares = map[string]int64{}
		}
		at[project].shares[source] = amount
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the shares: %w", err)
	}
	return nil
}

// order puts projects into the order in which they are paid for, and says why:
// demonstration projects, then those to be implemented before those only planned,
// then as the libraries' rule of priority puts them. A person may give another
// order.
func order(projects []PoolProject, priorities map[string]program.PriorityItem) {
	slices.SortStableFunc(projects, func(a, b PoolProject) int {
		first, second := priorities[a.Code], priorities[b.Code]
		return cmp.Or(
			cmp.Compare(number(b.Demonstration), number(a.Demonstration)),
			cmp.Compare(phaseRank(a.Phase), phaseRank(b.Phase)),
			cmp.Compare(number(second.Priority.First), number(first.Priority.First)),
			cmp.Compare(a.Library, b.Library), // comprehensive renovation before what only manages
			cmp.Compare(first.Rank, second.Rank),
			cmp.Compare(a.Code, b.Code),
		)
	})
	for i := range projects {
		p := &projects[i]
		reasons := []string{phaseName(p.Phase)}
		if p.Demonstration {
			reasons = append([]string{"示范项目"}, reasons...)
		}
		if why := priorities[p.Code].Priority; why.Why != "" {
			reasons = append(reasons, strings.TrimSuffix(why.Why, "。"))
			p.Clause = why.Clause
		}
		p.Why = strings.Join(reasons, "；")
	}
}

// priorities are those of both libraries, by project.
func (s *Store) priorities(ctx context.Context, scope account.Scope, district string) (map[string]program.PriorityItem, error) {
	found := map[string]program.PriorityItem{}
	for _, library := range []program.Library{program.Comprehensive, program.Management} {
		items, err := s.projects.Priorities(ctx, scope, district, library, "")
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			found[item.Code] = item
		}
	}
	return found, nil
}

func phaseName(phase *string) string {
	if phase == nil {
		return "未列批次"
	}
	return map[string]string{"implement": "实施一批", "plan": "谋划一批", "reserve": "储备一批"}[*phase]
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func phaseRank(phase *string) int {
	if phase == nil {
		return 3
	}
	return map[string]int{"implement": 0, "plan": 1, "reserve": 2}[*phase]
}

func fundsOf(ctx context.Context, tx pgx.Tx, district string) ([]Fund, error) {
	rows, err := tx.Query(ctx, `
		select f.code, f.year, f.source, f.name, f.amount_yuan::float8, f.restriction, f.note, f.version,
		       coalesce(a.amount, 0)::float8, coalesce(a.projects, 0)::integer
		from fund f
		left join lateral (select sum(amount_yuan) as amount, count(*) as projects from fund_allocation where fund_id = f.id) a on true
		where f.district_code = $1
		order by f.year, array_position(array['central', 'municipal', 'district', 'bonds', 'society', 'pipelines', 'residents'], f.source), f.name, f.code`, district)
	if err != nil {
		return nil, fmt.Errorf("read the funds: %w", err)
	}
	funds, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f Fund, err error) {
		var restriction []byte
		err = row.Scan(&f.Code, &f.Year, &f.Source, &f.Name, &f.AmountYuan, &restriction, &f.Note, &f.Version, &f.AllocatedYuan, &f.Projects)
		if err == nil {
			err = json.Unmarshal(restriction, &f.Restriction)
		}
		f.SourceName, f.LeftYuan = sourceName(f.Source), yuan(fen(f.AmountYuan)-fen(f.AllocatedYuan))
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the funds: %w", err)
	}
	return funds, nil
}

func budgetsOf(ctx context.Context, tx pgx.Tx, district string) (map[int]Year, error) {
	rows, err := tx.Query(ctx, `select year, version, budget_yuan::float8, note from fund_year where district_code = $1`, district)
	if err != nil {
		return nil, fmt.Errorf("read the budgets: %w", err)
	}
	budgets := map[int]Year{}
	var y Year
	_, err = pgx.ForEachRow(rows, []any{&y.Year, &y.Version, &y.BudgetYuan, &y.Note}, func() error {
		kept := y
		if y.BudgetYuan != nil {
			budget := *y.BudgetYuan
			kept.BudgetYuan = &budget
		}
		budgets[y.Year] = kept
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the budgets: %w", err)
	}
	return budgets, nil
}
