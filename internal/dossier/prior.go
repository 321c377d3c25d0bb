package dossier

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// PriorWork is something that was renovated before (单项改造、局部改造), by which
// a community may be taken in again.
type PriorWork struct {
	Year          int      `json:"year" minimum:"1949" maximum:"2200"`
	Content       string   `json:"content" minLength:"1" maxLength:"500"`
	InvestmentWan *float64 `json:"investment_wan" required:"false" doc:"10,000 yuan"`
	Source        string   `json:"source" required:"false" maxLength:"200"`
}

const maxPriorWorks = 100

func (s *Store) readPriorWorks(ctx context.Context, f *File, h held, _ policy.Choice) (err error) {
	f.PriorWorks, err = priorWorks(ctx, s.db.Pool, h.ID)
	return err
}

func priorWorks(ctx context.Context, q querier, community int64) ([]PriorWork, error) {
	rows, err := q.Query(ctx, `
		select year, content, investment_wan::float8, source from prior_work
		where community_id = $1 order by year desc, id`, community)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[PriorWork])
}

// SetPriorWorks replaces the list of prior works of a community.
func (s *Store) SetPriorWorks(ctx context.Context, scope account.Scope, district, code string, version int, works []PriorWork) error {
	if len(works) > maxPriorWorks {
		return invalid("works", "既往改造最多 %d 条", maxPriorWorks)
	}
	for i := range works {
		if err := s.checkPriorWork(&works[i]); err != nil {
			return err
		}
	}
	return s.change(ctx, scope, district, code, version, "dossier.prior_works", func(ctx context.Context, tx *postgis.Tx, h held) (any, any, error) {
		before, err := priorWorks(ctx, tx, h.ID)
		if err != nil {
			return nil, nil, fmt.Errorf("read prior works: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from prior_work where community_id = $1`, h.ID); err != nil {
			return nil, nil, fmt.Errorf("replace prior works: %w", err)
		}
		for _, w := range works {
			_, err := tx.Exec(ctx, `
				insert into prior_work (community_id, year, content, investment_wan, source, by, district_code) values ($1, $2, $3, $4, $5, $6, $7)`,
				h.ID, w.Year, w.Content, w.InvestmentWan, w.Source, account.Name(ctx), h.District)
			if err != nil {
				return nil, nil, fmt.Errorf("write prior works: %w", err)
			}
		}
		return before, works, nil
	})
}

func (s *Store) checkPriorWork(w *PriorWork) error {
	w.Content, w.Source = strings.TrimSpace(w.Content), strings.TrimSpace(w.Source)
	switch {
	case w.Content == "":
		return invalid("works", "请写明改造内容")
	case w.Year < 1949 || w.Year > s.now().Year():
		return invalid("works", "年份 %d 不在 1949–%d 之间", w.Year, s.now().Year())
	case w.InvestmentWan != nil && (math.IsNaN(*w.InvestmentWan) || *w.InvestmentWan < 0 || *w.InvestmentWan > 1e8):
		return invalid("works", "投资额应为不小于 0 的数（万元）")
	}
	if err := clean("works", w.Content, 500); err != nil {
		return err
	}
	return clean("works", w.Source, 200)
}
