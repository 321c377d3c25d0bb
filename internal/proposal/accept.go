package proposal

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/zone"
)

// Acceptance says which zones of an answer become zones, and where.
type Acceptance struct {
	Scenario    string // code; "" is the scenario that was asked about
	NewScenario string // name of a copy of it that takes the zones instead
	Zones       []int  // indexes; empty is all
}

// Accept makes zones of an answer, in one revision of the scenario. The locked
// zones of the answer are there already and stay. Errors: *InvalidError,
// postgis.ErrNotFound, and those of zone.Store.Found.
func (s *Store) Accept(ctx context.Context, scope account.Scope, district string, id uuid.UUID, a Acceptance) (zone.Edit, error) {
	p, err := s.Get(ctx, scope, district, id)
	if err != nil {
		return zone.Edit{}, err
	}
	if p.Answer == nil {
		return zone.Edit{}, &InvalidError{Field: "zones", Detail: "还没有可采纳的结果"}
	}
	drafts := []zone.Draft{}
	for _, z := range p.Answer.Zones {
		if z.Locked != "" || len(a.Zones) > 0 && !slices.Contains(a.Zones, z.Index) {
			continue
		}
		drafts = append(drafts, zone.Draft{
			Note:        fmt.Sprintf("由方案建议 %s 生成", p.ID),
			Communities: z.Communities,
		})
	}
	if len(drafts) == 0 {
		return zone.Edit{}, &InvalidError{Field: "zones", Detail: "没有选中可采纳的片区"}
	}
	scenario := p.Scenario
	if a.Scenario != "" {
		scenario = a.Scenario
	}
	if a.NewScenario != "" {
		if scenario, err = s.newScenario(ctx, scope, district, a.NewScenario, p); err != nil {
			return zone.Edit{}, err
		}
	}
	if err := s.freeNames(ctx, district, scenario, drafts); err != nil {
		return zone.Edit{}, err
	}
	return s.zones.Found(ctx, scope, district, scenario, "采纳片区建议", drafts)
}

// newScenario copies the scenario that was asked about, with the rules and the
// cost that were asked with: under others the new zones might not be contiguous.
func (s *Store) newScenario(ctx context.Context, scope account.Scope, district, name string, p Proposal) (string, error) {
	made, err := s.zones.CreateScenario(ctx, scope, district, zone.ScenarioDraft{Name: name, CopyOf: p.Scenario})
	if err != nil || p.Request.Rules == nil {
		return made.Code, err
	}
	rules := *p.Request.Rules
	if p.Request.Cost != nil {
		rules.Cost = *p.Request.Cost
	}
	_, err = s.zones.UpdateScenario(ctx, scope, district, made.Code, made.Version, zone.ScenarioPatch{Rules: &rules})
	return made.Code, err
}

// freeNames numbers the drafts on from what the scenario has already, so that an
// answer can be accepted beside an earlier one.
func (s *Store) freeNames(ctx context.Context, district, scenario string, drafts []zone.Draft) error {
	rows, err := s.db.Pool.Query(ctx, `
		select z.name from published_zone z
		join published_scenario s on s.code = z.scenario_code and s.district_code = z.district_code
		where z.district_code = $1 and (s.code = $2 or $2 = '' and s.main)`, district, scenario)
	if err != nil {
		return fmt.Errorf("read the names of scenario %s: %w", scenario, err)
	}
	taken, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read the names of scenario %s: %w", scenario, err)
	}
	next := 1
	for i := range drafts {
		for slices.Contains(taken, nameOf(next)) {
			next++
		}
		drafts[i].Name = nameOf(next)
		next++
	}
	return nil
}

func nameOf(n int) string { return fmt.Sprintf("建议片区 %02d", n) }
