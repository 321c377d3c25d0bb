package works

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// FundDraft is money that a year's pool has to give.
type FundDraft struct {
	Year        int         `json:"year" minimum:"1990" maximum:"2200"`
	Source      string      `json:"source" enum:"residents,pipelines,society,central,municipal,district,bonds"`
	Name        string      `json:"name" minLength:"1" maxLength:"100"`
	AmountYuan  float64     `json:"amount_yuan" minimum:"0" maximum:"1000000000000"`
	Restriction Restriction `json:"restriction"`
	Note        string      `json:"note,omitempty" maxLength:"500"`
}

// Restriction says what a fund may be spent on; what is empty restricts nothing.
type Restriction struct {
	Libraries    []string `json:"libraries,omitempty" maxItems:"2" enum:"comprehensive,management"`
	Subdistricts []string `json:"subdistrict_codes,omitempty" maxItems:"200"`
	Categories   []string `json:"categories,omitempty" maxItems:"20" doc:"of the plan's items"`
	Items        []int    `json:"items,omitempty" maxItems:"100" doc:"numbers, besides the categories"`
	Central      bool     `json:"central_subsidy,omitempty" doc:"only for projects that applied for central subsidy"`
}

// Fund is one of the pool.
type Fund struct {
	FundDraft
	Code          string  `json:"code"`
	SourceName    string  `json:"source_name"`
	Version       int     `json:"version"`
	AllocatedYuan float64 `json:"allocated_yuan"`
	LeftYuan      float64 `json:"left_yuan"`
	Projects      int     `json:"projects" doc:"that it pays for"`
}

// admits tells whether a fund may pay for a project at all.
func (r Restriction) admits(p PoolProject) bool {
	return (len(r.Libraries) == 0 || slices.Contains(r.Libraries, p.Library)) &&
		(len(r.Subdistricts) == 0 || slices.ContainsFunc(p.Subdistricts, func(code string) bool { return slices.Contains(r.Subdistricts, code) })) &&
		(!r.Central || p.CentralSubsidy)
}

// covers tells whether it may pay for an item; 0 is what no item is known of.
func (r Restriction) covers(plan *policy.Policy, no int) bool {
	if len(r.Categories) == 0 && len(r.Items) == 0 {
		return true
	}
	item, ok := plan.Item(no)
	return ok && (slices.Contains(r.Categories, item.Category) || slices.Contains(r.Items, no))
}

func (r Restriction) check(ctx context.Context, tx pgx.Tx, district string, plan *policy.Policy) error {
	for _, key := range r.Libraries {
		if key != "comprehensive" && key != "management" {
			return invalid("restriction.libraries", "没有这个项目库")
		}
	}
	for _, key := range r.Categories {
		if nameOf(plan.Categories, key) == "" {
			return invalid("restriction.categories", "%s没有类别“%s”", plan.ShortTitle, key)
		}
	}
	for _, no := range r.Items {
		if _, ok := plan.Item(no); !ok {
			return invalid("restriction.items", "%s没有第%d项", plan.ShortTitle, no)
		}
	}
	var known int
	err := tx.QueryRow(ctx, `select count(distinct code) from published_subdistrict where district_code = $1 and code = any($2)`, district, r.Subdistricts).Scan(&known)
	if err != nil {
		return fmt.Errorf("look subdistricts up: %w", err)
	}
	codes := slices.Clone(r.Subdistricts)
	slices.Sort(codes)
	if known != len(slices.Compact(codes)) {
		return invalid("restriction.subdistrict_codes", "有的街镇不在本区")
	}
	return nil
}

func (d *FundDraft) check(ctx context.Context, tx pgx.Tx, district string, plan *policy.Policy) error {
	if err := texts("", 100, map[string]*string{"name": &d.Name}); err != nil {
		return err
	}
	if err := texts("", 500, map[string]*string{"note": &d.Note}); err != nil {
		return err
	}
	switch {
	case d.Year < 1990 || d.Year > 2200:
		return invalid("year", "年份不合理")
	case sourceName(d.Source) == "":
		return invalid("source", "没有这个资金来源")
	case d.Name == "":
		return invalid("name", "请填写资金名称")
	case !isSum(d.AmountYuan):
		return invalid("amount_yuan", "金额不合理")
	}
	return d.Restriction.check(ctx, tx, district, plan)
}

// AddFund brings money into the pool. Errors: *InvalidError,
// *account.OutsideError.
func (s *Store) AddFund(ctx context.Context, scope account.Scope, district string, draft FundDraft) (Fund, error) {
	var code string
	err := s.decide(ctx, scope, district, func(ctx context.Context, tx *postgis.Tx, plan *policy.Policy) error {
		if err := draft.check(ctx, tx, district, plan); err != nil {
			return err
		}
		restriction, err := json.Marshal(draft.Restriction)
		if err != nil {
			return fmt.Errorf("encode a restriction: %w", err)
		}
		err = tx.QueryRow(ctx, `
			insert into fund (district_code, year, source, name, amount_yuan, restriction, note) values ($1, $2, $3, $4, $5, $6, $7) returning code`,
			district, draft.Year, draft.Source, draft.Name, draft.AmountYuan, restriction, draft.Note).Scan(&code)
		if err != nil {
			return fmt.Errorf("add a fund: %w", err)
		}
		return account.Record(ctx, tx, account.Entry{Action: "fund.create", Entity: "fund", Code: code, District: district, After: draft})
	})
	if err != nil {
		return Fund{}, err
	}
	return s.Fund(ctx, scope, district, code)
}

// decide writes what only the bureau decides.
func (s *Store) decide(ctx context.Context, scope account.Scope, district string, fn func(context.Context, *postgis.Tx, *policy.Policy) error) error {
	choice, err := s.plan(ctx, scope, district)
	if err != nil {
		return err
	}
	if err := account.Demand(ctx, account.DecideProgram, account.Place{District: district}); err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		tx.Changed(postgis.Change{District: district, Layer: "funds", Everybody: true})
		return fn(ctx, tx, choice.Policy)
	})
	if name, ok := postgis.Violation(err); ok && name == "fund_not_overdrawn" {
		return invalid("allocations", "资金分配超过了资金的数额")
	}
	return err
}

// Fund returns one fund. Errors: postgis.ErrNotFound.
func (s *Store) Fund(ctx context.Context, scope account.Scope, district, code string) (Fund, error) {
	if _, err := s.plan(ctx, scope, district); err != nil {
		return Fund{}, err
	}
	var funds []Fund
	err := s.view(ctx, func(tx pgx.Tx) (err error) {
		funds, err = fundsOf(ctx, tx, district)
		return err
	})
	if err != nil {
		return Fund{}, err
	}
	at := slices.IndexFunc(funds, func(f Fund) bool { return f.Code == code })
	if at < 0 {
		return Fund{}, fmt.Errorf("fund %s: %w", code, postgis.ErrNotFound)
	}
	return funds[at], nil
}

// holdFund locks a fund of the version that the person saw, and tells what of it
// is allocated.
func holdFund(ctx context.Context, tx *postgis.Tx, district, code string, version int) (id int64, before FundDraft, allocated int64, err error) {
	var current int
	var restriction []byte
	err = tx.QueryRow(ctx, `
		select id, year, source, name, amount_yuan::float8, restriction, note, version
		from fund where district_code = $1 and code = $2 for update`, district, code).
		Scan(&id, &before.Year, &before.Source, &before.Name, &before.AmountYuan, &restriction, &before.Note, &current)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		err = fmt.Errorf("fund %s: %w", code, postgis.ErrNotFound)
	case err != nil:
		err = fmt.Errorf("read fund %s: %w", code, err)
	case current != version:
		err = fmt.Errorf("fund %s is at version %d, not %d: %w", code, current, version, postgis.ErrVersion)
	default:
		err = json.Unmarshal(restriction, &before.Restriction)
	}
	if err != nil {
		return 0, before, 0, err
	}
	// Only now: a statement that waits for the lock does not see what was allocated meanwhile.
	err = tx.QueryRow(ctx, `select coalesce(sum(amount_yuan) * 100, 0)::bigint from fund_allocation where fund_id = $1`, id).Scan(&allocated)
	if err != nil {
		err = fmt.Errorf("read what is allocated of fund %s: %w", code, err)
	}
	return id, before, allocated, err
}

// ChangeFund replaces what is known of a fund. What is allocated of it stays:
// neither can it hold less, nor move to another year, nor be restricted to what
// it does not pay for. Errors: *InvalidError, postgis.ErrVersion,
// postgis.ErrNotFound, *account.OutsideError.
func (s *Store) ChangeFund(ctx context.Context, scope account.Scope, district, code string, version int, draft FundDraft) (Fund, error) {
	err := s.decide(ctx, scope, district, func(ctx context.Context, tx *postgis.Tx, plan *policy.Policy) error {
		id, before, allocated, err := holdFund(ctx, tx, district, code, version)
		if err != nil {
			return err
		}
		if err := draft.check(ctx, tx, district, plan); err != nil {
			return err
		}
		if fen(draft.AmountYuan) < allocated {
			return invalid("amount_yuan", "这笔资金已分配%s，不能少于此数", said(allocated))
		}
		if draft.Year != before.Year && allocated > 0 {
			return invalid("year", "这笔资金已分配%s，先取消分配才能改年份", said(allocated))
		}
		restriction, err := json.Marshal(draft.Restriction)
		if err != nil {
			return fmt.Errorf("encode a restriction: %w", err)
		}
		_, err = tx.Exec(ctx, `
			update fund set year = $2, source = $3, name = $4, amount_yuan = $5, restriction = $6, note = $7, version = version + 1 where id = $1`,
			id, draft.Year, draft.Source, draft.Name, draft.AmountYuan, restriction, draft.Note)
		if err != nil {
			return fmt.Errorf("change fund %s: %w", code, err)
		}
		return account.Record(ctx, tx, account.Entry{Action: "fund.update", Entity: "fund", Code: code, District: district, Before: before, After: draft})
	})
	if err != nil {
		return Fund{}, err
	}
	return s.Fund(ctx, scope, district, code)
}

// DropFund takes a fund out of the pool; one that pays for something is refused.
// Errors: *InvalidError, postgis.ErrVersion, postgis.ErrNotFound,
// *account.OutsideError.
func (s *Store) DropFund(ctx context.Context, scope account.Scope, district, code string, version int) error {
	return s.decide(ctx, scope, district, func(ctx context.Context, tx *postgis.Tx, _ *policy.Policy) error {
		id, before, allocated, err := holdFund(ctx, tx, district, code, version)
		if err != nil {
			return err
		}
		if allocated > 0 {
			return invalid("fund", "这笔资金已分配%s，先取消分配才能删除", said(allocated))
		}
		if _, err := tx.Exec(ctx, `delete from fund where id = $1`, id); err != nil {
			return fmt.Errorf("delete fund %s: %w", code, err)
		}
		return account.Record(ctx, tx, account.Entry{Action: "fund.delete", Entity: "fund", Code: code, District: district, Before: before})
	})
}
