package areaplan

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// Subject is what a plan would be about.
type Subject struct {
	Scenario  string   // code
	Title     string   // that it would have
	Zones     []string // names
	Longitude float64  // of their middle
}

// Look says what a plan would be about, without gathering it. Errors are those of
// Gather.
func (g *Gatherer) Look(ctx context.Context, scope account.Scope, district, scenario string, zones []string) (Subject, error) {
	tx, err := g.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return Subject{}, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	in := &gathering{Gatherer: g, ctx: ctx, tx: tx, scope: scope, code: district}
	if err := in.readZones(Request{Scenario: scenario, Zones: zones}); err != nil {
		return Subject{}, fmt.Errorf("look at zones of %s: %w", district, err)
	}
	if err := in.readDistrict(); err != nil {
		return Subject{}, fmt.Errorf("look at zones of %s: %w", district, err)
	}
	in.finish()
	subject := Subject{Scenario: in.Scenario.Code, Title: in.Title, Longitude: in.bound.Center()[0]}
	for i := range in.Zones {
		subject.Zones = append(subject.Zones, in.Zones[i].Name)
	}
	return subject, nil
}
