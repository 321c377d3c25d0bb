package works

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// BudgetDraft is what may be spent of the pool in a year.
type BudgetDraft struct {
	BudgetYuan *float64 `json:"budget_yuan" nullable:"true" minimum:"0" maximum:"1000000000000" doc:"null: none set"`
	Note       string   `json:"note,omitempty" maxLength:"500"`
}

// yearVersion counts a year's version on from the one that the person saw, and
// holds the year until the transaction ends.
func yearVersion(ctx context.Context, tx *postgis.Tx, district string, year, version int) error {
	tag, err := tx.Exec(ctx, `
		insert into fund_year (district_code, year, by) select $1, $2, $3 where $4 = 0 on conflict do nothing`,
		district, year, account.Name(ctx), version)
	if err == nil && version > 0 {
		tag, err = tx.Exec(ctx, `
			update fund_year set version = version + 1, by = $3, at = now() where district_code = $1 and year = $2 and version = $4`,
			district, year, account.Name(ctx), version)
	}
	if err != nil {
		return fmt.Errorf("count the version of %d: %w", year, err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("the pool of %d is not at version %d: %w", year, version, postgis.ErrVersion)
	}
	return nil
}

// SetBudget says what may be spent in a year. Errors: *InvalidError,
// postgis.ErrVersion, *account.OutsideError.
func (s *Store) SetBudget(ctx context.Context, scope account.Scope, district string, year, version int, draft BudgetDraft) (Pool, error) {
	if err := texts("", 500, map[string]*string{"note": &draft.Note}); err != nil {
		return Pool{}, err
	}
	if draft.BudgetYuan != nil && !isSum(*draft.BudgetYuan) {
		return Pool{}, invalid("budget_yuan", "预算不合理")
	}
	err := s.decide(ctx, scope, district, func(ctx context.Context, tx *postgis.Tx, _ *policy.Policy) error {
		budgets, err := budgetsOf(ctx, tx, district)
		if err != nil {
			return err
		}
		if err := yearVersion(ctx, tx, district, year, version); err != nil {
			return err
		}
		var spent int64
		err = tx.QueryRow(ctx, `
			select coalesce(sum(a.amount_yuan) * 100, 0)::bigint from fund_allocation a join fund f on f.id = a.fund_id
			where f.district_code = $1 and f.year = $2`, district, year).Scan(&spent)
		if err != nil {
			return fmt.Errorf("read what is allocated of %d: %w", year, err)
		}
		if draft.BudgetYuan != nil && fen(*draft.BudgetYuan) < spent {
			return invalid("budget_yuan", "%d年已分配%s，预算不能少于此数", year, said(spent))
		}
		_, err = tx.Exec(ctx, `update fund_year set budget_yuan = $3, note = $4 where district_code = $1 and year = $2`, district, year, draft.BudgetYuan, draft.Note)
		if err != nil {
			return fmt.Errorf("set the budget of %d: %w", year, err)
		}
		before := budgets[year]
		return account.Record(ctx, tx, account.Entry{
			Action: "budget.set", Entity: "budget", Code: fmt.Sprint(year), District: district,
			Before: BudgetDraft{before.BudgetYuan, before.Note}, After: draft,
		})
	})
	if err != nil {
		return Pool{}, err
	}
	return s.Pool(ctx, scope, district, year)
}

// Allocate replaces what a year's funds pay for the projects that are matched in
// that year, and for any other that is named. What they pay for others stays: for
// projects of another year, closed ones, and such as are not in the pool any more.
// Errors: *InvalidError, postgis.ErrVersion, *account.OutsideError.
func (s *Store) Allocate(ctx context.Context, scope account.Scope, district string, year, version int, allocations []Allocation) (Pool, error) {
	err := s.decide(ctx, scope, district, func(ctx context.Context, tx *postgis.Tx, plan *policy.Policy) error {
		if err := yearVersion(ctx, tx, district, year, version); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `select from fund where district_code = $1 and year = $2 order by id for update`, district, year); err != nil {
			return fmt.Errorf("hold the funds of %d: %w", year, err)
		}
		if err := s.holdNamed(ctx, tx, district, allocations); err != nil {
			return err
		}
		g, err := s.ground(ctx, tx, account.Scope{District: district}, district, plan)
		if err != nil {
			return err
		}
		if err := g.check(year, allocations); err != nil {
			return err
		}
		before := g.year(year).Allocations
		if err := writeAllocations(ctx, tx, district, g.replacing(year, allocations).replaced, year, allocations); err != nil {
			return err
		}
		tx.Changed(postgis.Change{District: district, Layer: "works", Everybody: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "funds.allocate", Entity: "budget", Code: fmt.Sprint(year), District: district, Before: before, After: allocations,
		})
	})
	if err != nil {
		return Pool{}, err
	}
	return s.Pool(ctx, scope, district, year)
}

// holdNamed keeps what others pay for the projects of allocations as it is: with more
// of that, a project would be paid twice. Unknown projects are refused later.
func (s *Store) holdNamed(ctx context.Context, tx *postgis.Tx, district string, allocations []Allocation) error {
	codes := make([]string, 0, len(allocations))
	for _, a := range allocations {
		codes = append(codes, a.Project)
	}
	slices.Sort(codes) // so that two who hold several do not wait for each other
	for _, code := range slices.Compact(codes) {
		_, err := s.projects.Hold(ctx, tx, account.Scope{District: district}, district, code, account.DecideProgram)
		if err != nil && !errors.Is(err, postgis.ErrNotFound) {
			return err
		}
	}
	return nil
}

func writeAllocations(ctx context.Context, tx pgx.Tx, district string, replaced []string, year int, allocations []Allocation) error {
	_, err := tx.Exec(ctx, `
		delete from fund_allocation a using fund f, published_project p
		where f.id = a.fund_id and f.district_code = $1 and f.year = $2 and p.id = a.project_id and p.code = any($3)`, district, year, replaced)
	if err != nil {
		return fmt.Errorf("clear the allocations of %d: %w", year, err)
	}
	raw, err := recordset(allocations)
	if err != nil {
		return fmt.Errorf("encode allocations: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into fund_allocation (fund_id, project_id, amount_yuan, by, district_code)
		select f.id, p.id, x.amount_yuan, $3, f.district_code
		from jsonb_to_recordset($2::jsonb) as x (fund text, project text, amount_yuan numeric)
		join fund f on f.district_code = $1 and f.code = x.fund
		join published_project p on p.district_code = $1 and p.code = x.project
		where x.amount_yuan > 0`, district, raw, account.Name(ctx))
	if err != nil {
		return fmt.Errorf("write the allocations of %d: %w", year, err)
	}
	return nil
}

// payable is the most that a fund may pay for a project.
func (g ground) payable(f Fund, p PoolProject) int64 {
	if !f.Restriction.admits(p) {
		return 0
	}
	basis, from := p.cost.basis()
	if from != "items" {
		if f.Restriction.covers(g.policy, 0) {
			return basis
		}
		return 0
	}
	var sum int64
	for no, amount := range p.cost.items {
		if f.Restriction.covers(g.policy, no) {
			sum += amount
		}
	}
	return sum
}

// needIn is what a project needs of a year's funds: what other years' do not pay.
func (p PoolProject) needIn(year int) int64 {
	need := fen(p.NeedYuan)
	for y, amount := range p.allocated {
		if y != year {
			need -= amount
		}
	}
	return max(need, 0)
}
