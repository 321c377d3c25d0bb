package program

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// Priorities lists the live projects of a library in the order in which its
// rule puts them, each with why. phase "" is all phases.
func (s *Store) Priorities(ctx context.Context, scope account.Scope, district string, library Library, phase Phase) ([]PriorityItem, error) {
	choice, err := s.choice(ctx, scope, district)
	if err != nil {
		return nil, err
	}
	args := scopeArgs(scope, district)
	args["library"], args["phase"] = library, phase
	rows, err := s.db.Pool.Query(ctx, `
		select p.id, p.code, p.name, p.library, p.state, p.phase, p.year, p.subdistrict_codes, p.readiness
		from project p
		where `+inScope+` and p.live and p.library = @library and (@phase = '' or p.phase = @phase)`, args)
	if err != nil {
		return nil, fmt.Errorf("list the projects of %s by priority: %w", district, err)
	}
	type row struct {
		id           int64
		subdistricts []string
		answers      map[string]EntryAnswer
		item         PriorityItem
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (out row, err error) {
		var answers []byte
		err = r.Scan(&out.id, &out.item.Code, &out.item.Name, &out.item.Library, &out.item.State, &out.item.Phase, &out.item.Year, &out.subdistricts, &answers)
		if err == nil {
			err = json.Unmarshal(answers, &out.answers)
		}
		return out, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the projects of %s by priority: %w", district, err)
	}
	ids := make([]int64, 0, len(list))
	for _, r := range list {
		ids = append(ids, r.id)
	}
	found, err := gather(ctx, s.db.Pool, ids)
	if err != nil {
		return nil, err
	}
	items := make([]PriorityItem, 0, len(list))
	consent := map[string]float64{}
	for _, r := range list {
		g := ground{
			choice: choice, library: library, communities: found[r.id], answers: r.answers,
			counts: may(ctx, account.SeeCounts, account.Place{District: district, Subdistricts: r.subdistricts}),
		}
		for _, e := range g.communities {
			r.item.Households += e.households
		}
		r.item.Priority = g.priority()
		if share := g.share(); share != nil {
			consent[r.item.Code] = *share
		}
		items = append(items, r.item)
	}
	sortByPriority(items, consent)
	return items, nil
}
