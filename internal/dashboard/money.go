package dashboard

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// sources are who can pay, in the order of the plans.
var sources = []string{"residents", "pipelines", "society", "central", "municipal", "district", "bonds"}

// public are the sources that a fund pool is made of.
var public = []string{"central", "municipal", "district", "bonds"}

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

// pooled is the fund pool of a year and source.
type pooled struct {
	Year   int
	Source string
	Yuan   float64
}

// pool is the district's; who sees only a part of it is not shown it.
func pool(ctx context.Context, r *reading) ([]pooled, error) {
	if !r.whole() {
		return nil, nil
	}
	rows, err := r.tx.Query(ctx, `
		select year, source, sum(amount_yuan)::float8 from published_fund where district_code = $1 group by 1, 2`, r.code)
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
		where p.live
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

func yearSums(ctx context.Context, r *reading, m *BoardMoney) error {
	type planned struct {
		Year      int
		Projects  int
		Public    float64
		Allocated float64
		Unfunded  float64
	}
	years, err := collect[planned](ctx, r, `, paid as (
			select p.id, p.year, coalesce((select sum(c.amount_yuan) from published_cost_share c where c.project_id = p.id and c.source = any($4)), 0) as public,
			       k.allocated_yuan as allocated
			from seen_project p
			join published_project_cost k on k.project_id = p.id
			where p.live and p.year is not null
		)
		select year, count(*)::integer, sum(public)::float8, sum(allocated)::float8, sum(greatest(public - allocated, 0))::float8
		from paid group by year order by year`, public)
	if err != nil {
		return err
	}
	funds, err := pool(ctx, r)
	if err != nil {
		return err
	}
	for _, y := range years {
		sum := YearMoney{Year: y.Year, Projects: y.Projects, PublicYuan: y.Public, AllocatedYuan: y.Allocated, UnfundedYuan: y.Unfunded}
		if r.whole() {
			var yuan float64
			for _, f := range funds {
				if f.Year == y.Year && slices.Contains(public, f.Source) {
					yuan += f.Yuan
				}
			}
			sum.FundsYuan, sum.NoBudget = &yuan, yuan == 0
		}
		m.Years = append(m.Years, sum)
	}
	return nil
}
