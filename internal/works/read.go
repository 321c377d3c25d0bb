package works

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
)

// Works returns the menu of a project with its answers. Errors:
// postgis.ErrNotFound outside the scope.
func (s *Store) Works(ctx context.Context, scope account.Scope, district, code string) (Works, error) {
	held, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return Works{}, err
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return Works{}, err
	}
	w := Works{Project: code, Name: held.Name, Policy: choice.Policy.ID(), PolicyTitle: choice.Policy.ShortTitle}
	m := menu{lib: s.lib, policy: choice.Policy}
	err = s.view(ctx, func(tx pgx.Tx) error {
		if err := s.read(ctx, tx, held, &w, &m); err != nil {
			return err
		}
		g := gatherer{lib: s.lib, policy: choice.Policy, communities: m.communities}
		err := g.gather(ctx, tx, district)
		m.evidence, w.Unplaced = g.found, g.unplaced
		return err
	})
	if err != nil {
		return Works{}, fmt.Errorf("works of project %s: %w", code, err)
	}
	w.Communities = m.communities
	m.fill(&w)
	return w, nil
}

// view reads at one moment.
func (s *Store) view(ctx context.Context, read func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.db.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, read)
}

// read reads what the tables of this package hold of a project.
func (s *Store) read(ctx context.Context, tx pgx.Tx, held program.Held, w *Works, m *menu) (err error) {
	if w.Version, err = s.version(ctx, tx, held.ID, w); err != nil {
		return err
	}
	if m.communities, err = communitiesOf(ctx, tx, held.ID); err != nil {
		return err
	}
	if m.lines, err = linesOf(ctx, tx, held.ID); err != nil {
		return err
	}
	book, err := priceBook(ctx, tx, held.District, m.policy.Key)
	if err != nil {
		return err
	}
	m.prices = map[int]Price{}
	if w.Version == 0 && len(m.lines) > 0 { // brought in from elsewhere
		last := slices.MaxFunc(m.lines, func(a, b Line) int { return a.At.Compare(b.At) })
		w.UpdatedBy, w.UpdatedAt = last.By, &last.At
	}
	for _, p := range book.Prices {
		m.prices[p.ItemNo] = p
	}
	err = tx.QueryRow(ctx, `select estimated_wan::float8 from published_project where id = $1`, held.ID).Scan(&w.Estimated)
	if err != nil {
		return fmt.Errorf("read the estimate: %w", err)
	}
	return nil
}

// version is that of a project's lines, 0 where there are none. w, where given,
// learns who saved them.
func (s *Store) version(ctx context.Context, tx pgx.Tx, project int64, w *Works) (int, error) {
	if w == nil {
		w = &Works{}
	}
	version := 0
	err := tx.QueryRow(ctx, `select version, by, at from works where project_id = $1`, project).Scan(&version, &w.UpdatedBy, &w.UpdatedAt)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("read the version of works: %w", err)
	}
	return version, nil
}

func communitiesOf(ctx context.Context, tx pgx.Tx, project int64) ([]Community, error) {
	rows, err := tx.Query(ctx, `
		select c.id, c.code, c.name, coalesce(c.households, b.households, 0)::integer, coalesce(c.building_count, b.buildings, 0)::integer,
		       coalesce(c.floor_area_m2, b.floor_area_m2, 0)
		from published_project_community pc
		join published_community c on c.id = pc.community_id
		left join lateral (
		    select sum(households)::integer as households, count(*)::integer as buildings, sum(floor_area_m2) as floor_area_m2
		    from published_building where community_id = c.id
		) b on true
		where pc.project_id = $1
		order by c.name collate "zh-x-icu", c.code`, project)
	if err != nil {
		return nil, fmt.Errorf("read the communities: %w", err)
	}
	communities, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Community, err error) {
		return c, row.Scan(&c.id, &c.Code, &c.Name, &c.Households, &c.BuildingCount, &c.FloorAreaM2)
	})
	if err != nil {
		return nil, fmt.Errorf("read the communities: %w", err)
	}
	return communities, nil
}

func linesOf(ctx context.Context, tx pgx.Tx, project int64) ([]Line, error) {
	rows, err := tx.Query(ctx, `
		select w.item_no, coalesce(c.code, ''), coalesce(c.name, ''), w.policy_key, w.answer, w.reason, w.quantity::float8, w.unit,
		       w.price_yuan::float8, w.amount_yuan::float8, w.note, w.by, w.at
		from work_item w
		left join published_community c on c.id = w.community_id
		where w.project_id = $1
		order by w.item_no, c.code nulls first`, project)
	if err != nil {
		return nil, fmt.Errorf("read the lines: %w", err)
	}
	lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Line, err error) {
		return l, row.Scan(&l.ItemNo, &l.Community, &l.CommunityName, &l.PolicyKey, &l.Answer, &l.Reason, &l.Quantity, &l.Unit,
			&l.PriceYuan, &l.AmountYuan, &l.Note, &l.By, &l.At)
	})
	if err != nil {
		return nil, fmt.Errorf("read the lines: %w", err)
	}
	return lines, nil
}
