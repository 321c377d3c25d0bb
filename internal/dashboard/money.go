package dashboard

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// sources are who can pay, in the order of the plans.
var sources = []string{"residents", "pipelines", "society", "central", "municipal", "district", "bonds"}

func money(ctx context.Context, r *reading, b *Board) error {
	m := BoardMoney{Sources: make([]SourceSum, 0, len(sources)), Years: []YearMoney{}}
	rows, err := r.rows(ctx, `
		select count(*)::integer, coalesce(sum(p.estimated_wan), 0)::float8 * 10000,
		       coalesce(sum(k.cost_yuan), 0)::float8, coalesce(sum(k.shared_yuan), 0)::float8, coalesce(sum(k.allocated_yuan), 0)::float8
		from seen_project p
		join published_project_cost k on k.project_id = p.id
		where p.live and p.library = 'comprehensive'`)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, []any{&m.Projects, &m.EstimatedYuan, &m.CostYuan, &m.SharedYuan, &m.AllocatedYuan}, func() error { return nil })
	if err != nil {
		return err
	}
	if err := sourceSums(ctx, r, &m); err != nil {
		return err
	}
	if err := yearSums(ctx, r, &m); err != nil {
		return err
	}
	b.Money = m
	return nil
}

// pooled is the fund pool of a source.
type pooled struct {
	Source string
	Yuan   float64
}

// pool is the district's; who sees only a part of it is not shown it.
func pool(ctx context.Context, r *reading) ([]pooled, error) {
	if !r.whole() {
		return nil, nil
	}
	rows, err := r.tx.Query(ctx, `
		select source, sum(amount_yuan)::float8 from published_fund where district_code = $1 group by 1`, r.code)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[pooled])
}

func sourceSums(ctx context.Context, r *reading, m *BoardMoney) error {
	type shared struct {
		Source string
		Yuan   float64
	}
	shares, err := collect[shared](ctx, r, `
		select c.source, sum(c.amount_yuan)::float8
		from seen_project p
		join published_cost_share c on c.project_id = p.id
		where p.live and p.library = 'comprehensive'
		group by 1`)
	if err != nil {
		return err
	}
	funds, err := pool(ctx, r)
	if err != nil {
		return err
	}
	for _, source := range sources {
		sum := SourceSum{Source: source}
		for _, s := range shares {
			if s.Source == source {
				sum.SharedYuan = s.Yuan
			}
		}
		if r.whole() {
			var yuan float64
			for _, f := range funds {
				if f.Source == source {
					yuan += f.Yuan
				}
			}
			sum.FundsYuan = &yuan
		}
		m.Sources = append(m.Sources, sum)
	}
	if r.whole() {
		var all float64
		for _, f := range funds {
			all += f.Yuan
		}
		m.Funds = &all
	}
	return nil
}

// yearSums puts what the projects of a year need beside what its pool holds: the
// same sums as those of the list of funds, which publishes them.
func yearSums(ctx context.Context, r *reading, m *BoardMoney) (err error) {
	m.Years, err = collect[YearMoney](ctx, r, `, needed as (
			select n.year, count(*)::integer as projects, sum(n.cost_yuan)::float8 as cost, sum(n.direct_yuan)::float8 as direct,
			       sum(n.need_yuan)::float8 as need, sum(n.allocated_yuan)::float8 as allocated, sum(n.unfunded_yuan)::float8 as unfunded
			from seen_project p
			join published_project_need n on n.project_id = p.id
			group by n.year
		), held as (
			select year, budget_yuan::float8 as budget, funds_yuan::float8 as funds
			from published_fund_year
			where district_code = $1 and $4
		)
		select coalesce(n.year, h.year), coalesce(n.projects, 0), coalesce(n.cost, 0), coalesce(n.direct, 0), coalesce(n.need, 0),
		       h.budget, case when $4 then coalesce(h.funds, 0) end, coalesce(n.allocated, 0), coalesce(n.unfunded, 0),
		       $4 and coalesce(n.projects, 0) > 0 and h.budget is null
		from needed n
		full join held h on h.year = n.year
		order by 1`, r.whole())
	return err
}
