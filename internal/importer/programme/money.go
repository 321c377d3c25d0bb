package programme

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

type share struct {
	p      *project
	source string
	fen    int64
}

type fund struct {
	id     int64
	year   int
	source string
	name   string
	fen    int64
	left   int64
}

// parts say who pays how much of a project, in per cent; the rest is the
// district's.
var parts = []struct {
	source  string
	percent int64
}{{"residents", 8}, {"pipelines", 14}, {"society", 6}, {"central", 30}, {"municipal", 18}}

// writeMoney shares the costs, fills the fund pool of each year a little too
// thinly, and hands it out in the order of the projects. The year after next has
// no fund at all.
func (in *inventor) writeMoney(ctx context.Context, tx pgx.Tx) error {
	var shares []share
	need := map[int]map[string]int64{}
	for i, p := range in.projects {
		if p.cost == 0 || p.stage == idle && i%3 == 0 {
			continue
		}
		for _, s := range in.shares(p, i) {
			shares = append(shares, s)
			year := in.today.Year() + p.year
			if need[year] == nil {
				need[year] = map[string]int64{}
			}
			need[year][s.source] += s.fen
		}
	}
	err := write(ctx, tx, "cost_share", []string{"project_id", "source", "amount_yuan"}, shares, func(s share) []any {
		return []any{s.p.id, s.source, yuan(s.fen)}
	})
	if err != nil {
		return err
	}
	err = write(ctx, tx, "sharing", []string{"project_id", "settled", "by"}, in.settled(shares), func(p *project) []any {
		return []any{p.id, true, by}
	})
	if err != nil {
		return err
	}
	funds := in.funds(need)
	if err := in.writeFunds(ctx, tx, funds); err != nil {
		return err
	}
	return in.allocate(ctx, tx, shares, funds)
}

// settled are the projects whose shares add up and whose works have begun.
func (in *inventor) settled(shares []share) []*project {
	var list []*project
	for _, s := range shares {
		if s.source == "district" && !s.p.sharesWrong && s.p.stage >= working {
			list = append(list, s.p)
		}
	}
	return list
}

// yuan writes fen exactly.
func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

func (in *inventor) shares(p *project, i int) []share {
	var list []share
	left := p.cost
	for _, part := range parts {
		if part.source == "central" && !p.central {
			continue
		}
		s := share{p, part.source, p.cost * part.percent / 100}
		left -= s.fen
		list = append(list, s)
	}
	if p.sharesWrong = p.phase == "plan" && i%2 == 1; p.sharesWrong {
		left = left * 3 / 4 // a part nobody has taken on yet
	}
	return append(list, share{p, "district", left})
}

func (in *inventor) funds(need map[int]map[string]int64) []*fund {
	names := map[string]string{
		"central": "中央财政专项资金", "municipal": "市级专项资金", "district": "区级配套资金",
	}
	var funds []*fund
	for year := in.today.Year() - 2; year <= in.today.Year()+1; year++ {
		for _, source := range []string{"central", "municipal", "district"} {
			const wan = 1_000_000                               // 万元 in fen
			whole := (need[year][source] + wan - 1) / wan * wan // what is past was paid
			if year >= in.today.Year() {
				whole = need[year][source] * 82 / 100 / wan * wan
			}
			if whole == 0 {
				continue
			}
			funds = append(funds, &fund{year: year, source: source, name: fmt.Sprintf("%d年%s（演示）", year, names[source]), fen: whole, left: whole})
		}
	}
	return funds
}

func (in *inventor) writeFunds(ctx context.Context, tx pgx.Tx, funds []*fund) error {
	for i, f := range funds {
		err := tx.QueryRow(ctx, `
			insert into fund (district_code, code, year, source, name, amount_yuan, note)
			values ($1, $2, $3, $4, $5, $6::text::numeric, '演示数据：生成') returning id`,
			in.District, fmt.Sprintf("F%03d", i+1), f.year, f.source, f.name, yuan(f.fen)).Scan(&f.id)
		if err != nil {
			return fmt.Errorf("write a fund: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `
		insert into fund_year (district_code, year, budget_yuan, note, by)
		select district_code, year, sum(amount_yuan), '演示数据：生成', $2 from fund where district_code = $1 group by 1, 2`, in.District, by)
	if err != nil {
		return fmt.Errorf("write the years' budgets: %w", err)
	}
	return nil
}

func (in *inventor) allocate(ctx context.Context, tx pgx.Tx, shares []share, funds []*fund) error {
	type allocation struct {
		fund int64
		share
	}
	var list []allocation
	for _, s := range shares {
		if !s.p.begun() {
			continue
		}
		for _, f := range funds {
			if f.year == in.today.Year()+s.p.year && f.source == s.source && f.left >= s.fen && s.fen > 0 {
				f.left -= s.fen
				list = append(list, allocation{f.id, s})
				break
			}
		}
	}
	return write(ctx, tx, "fund_allocation", []string{"fund_id", "project_id", "amount_yuan", "by"}, list, func(a allocation) []any {
		return []any{a.fund, a.p.id, yuan(a.fen), by}
	})
}
