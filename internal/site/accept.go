package site

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Accept makes proposed facilities of sites of an answer and returns those of
// all sites that were named; one that has been accepted into the scenario before
// stays what it is. Errors: those of Propose.
func (s *Store) Accept(ctx context.Context, scope account.Scope, district string, id uuid.UUID, a Acceptance) ([]Proposed, error) {
	q, err := s.Get(ctx, scope, district, id)
	if err != nil {
		return nil, err
	}
	if q.Answer == nil || len(q.Answer.Sites) == 0 {
		return nil, &InvalidError{Field: "sites", Detail: "这次选址还没有结果"}
	}
	if a.Scenario == "" {
		a.Scenario = q.Request.Scenario
	}
	if len(a.Sites) == 0 {
		for i := range q.Answer.Sites {
			a.Sites = append(a.Sites, i)
		}
	}
	wanted := slices.Clone(a.Sites)
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	for _, i := range wanted {
		if i < 0 || i >= len(q.Answer.Sites) {
			return nil, &InvalidError{Field: "sites", Detail: fmt.Sprintf("没有第 %d 个位置", i+1)}
		}
	}
	made := make([]Proposed, 0, len(wanted))
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.acceptedInto(ctx, tx, district, a.Scenario, id)
		if err != nil {
			return err
		}
		for _, i := range wanted {
			site := &q.Answer.Sites[i]
			if p, already := before[site.Location]; already {
				made = append(made, p)
				continue
			}
			added, err := s.add(ctx, tx, scope, district, a.Scenario, &id, []NewProposed{q.proposed(site)})
			if err != nil {
				return err
			}
			made = append(made, added...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// proposed is what a site becomes.
func (q *Siting) proposed(site *Site) NewProposed {
	n := NewProposed{FacilityType: q.Request.FacilityType, Location: site.Location}
	if q.Request.Capacity != nil {
		capacity := int(*q.Request.Capacity)
		n.Capacity = &capacity
	}
	if site.Kind != Junctions && site.Kind != Points && site.Name != "" {
		n.Name, n.Note = fmt.Sprintf("拟建%s（%s）", q.FacilityName, site.Name), "位于："+site.Name
	}
	return n
}

// acceptedInto returns what a scenario has of a siting, by place. It locks the
// siting, so that two who accept at the same time do not do so twice.
func (s *Store) acceptedInto(ctx context.Context, tx *postgis.Tx, district, scenario string, siting uuid.UUID) (map[orb.Point]Proposed, error) {
	if _, err := tx.Exec(ctx, `select from siting where id = $1 for update`, siting); err != nil {
		return nil, fmt.Errorf("lock siting %s: %w", siting, err)
	}
	rows, err := tx.Query(ctx, selectProposed+` and p.siting_id = $5 order by p.id`, district, scenario, nil, nil, siting)
	if err != nil {
		return nil, fmt.Errorf("read what became of siting %s: %w", siting, err)
	}
	list, err := pgx.CollectRows(rows, s.scanProposed)
	if err != nil {
		return nil, fmt.Errorf("read what became of siting %s: %w", siting, err)
	}
	at := make(map[orb.Point]Proposed, len(list))
	for _, p := range list {
		at[p.Location] = p
	}
	return at, nil
}
