package app

import (
	"context"
	"strings"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dashboard"
	"github.com/lianpian/lianpian/internal/progress"
)

const m2PerWan = 10_000

// countTargets lets the board show the targets as progress counts them.
func countTargets(p *progress.Store) dashboard.Counting {
	return func(ctx context.Context, scope account.Scope, district string, year int) ([]dashboard.BoardTarget, error) {
		list, err := p.Targets(ctx, scope, district, year)
		if err != nil {
			return nil, err
		}
		targets := make([]dashboard.BoardTarget, 0, len(list))
		for _, t := range list {
			targets = append(targets, boardTarget(t))
		}
		return targets, nil
	}
}

func boardTarget(t progress.TargetProgress) dashboard.BoardTarget {
	b := dashboard.BoardTarget{
		ID: t.ID, Clause: t.Clause, Text: t.Text, By: t.By, Year: t.Year, Metric: t.Metric, Own: strings.HasPrefix(t.ID, "plan-"), Count: t.Count,
		Actual: t.Actual.Count, ActualM2: t.Actual.AreaWan * m2PerWan, Share: t.Share, AreaPart: t.AreaShare, How: t.How, SeeAlso: t.SeeAlso,
	}
	if t.AreaWan != nil {
		area := *t.AreaWan * m2PerWan
		b.AreaM2 = &area
	}
	if f := t.Forecast; f != nil {
		b.Forecast = &dashboard.BoardForecast{
			Count: f.Plan.Count, AreaM2: f.Plan.AreaWan * m2PerWan, Pace: f.Pace.Count, Text: f.PlanText, Reaches: f.Reaches,
		}
	}
	return b
}
