package zone

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// sameState tells whether a zone is what a revision left behind. A change that was
// taken back is no change: several revisions of one zone can be undone in turn.
// Communities count where a person chose them; elsewhere they follow the boundary.
const sameState = `(
    is_now.name = left_behind.name and is_now.note = left_behind.note
    and ST_OrderingEquals(is_now.geom, left_behind.geom)
    and is_now.membership = left_behind.membership and is_now.boundary_rule = left_behind.boundary_rule
    and is_now.year is not distinct from left_behind.year and is_now.year_locked = left_behind.year_locked
    and (is_now.membership <> 'by_hand' or is_now.communities = left_behind.communities))`

// Undo takes a revision back: every zone that it touched becomes what it was
// before. That is a revision of its own; undoing it is redo. Errors:
// *ChangedSinceError when one of those zones has changed since, or another one
// has moved onto the ground that they had, *InvalidError
// for the beginning of the scenario and for what is no revision,
// *NameTakenError when a name was given away meanwhile.
func (s *Store) Undo(ctx context.Context, scope account.Scope, district, scenario string, revision int) (Edit, error) {
	a := act{"zone.undo", fmt.Sprintf("撤销第 %d 版", revision)}
	return s.edit(ctx, scope, district, scenario, a, func(ctx context.Context, e *edition) error {
		since, err := e.takeBack(ctx, revision, false)
		if err == nil && len(since.Zones) > 0 {
			return &since
		}
		return err
	})
}

// takeBack makes the zones that a revision touched what they were before. Those
// that have changed since stop it, or with keepChanged stay as they are; they
// come back in any case.
func (e *edition) takeBack(ctx context.Context, revision int, keepChanged bool) (ChangedSinceError, error) {
	since := ChangedSinceError{Revision: revision}
	if err := e.scenario.has(revision); err != nil {
		return since, err
	}
	if revision == 1 {
		return since, &InvalidError{Field: "revision", Detail: "方案的开始无法撤销"}
	}
	rows, err := e.tx.Query(ctx, `
		with touched as (
		    select distinct zone_code from zone_state where scenario_id = $1 and $2 in (since, until)
		)
		select t.zone_code, before.since,
		       not coalesce(is_now.since = left_behind.since or `+sameState+`, left_behind.zone_code is null and is_now.zone_code is null),
		       coalesce((select name from zone_state last
		                 where last.scenario_id = $1 and last.zone_code = t.zone_code order by since desc limit 1), '')
		from touched t
		left join zone_state before on before.scenario_id = $1 and before.zone_code = t.zone_code and before.until = $2
		left join zone_state left_behind on left_behind.scenario_id = $1 and left_behind.zone_code = t.zone_code and left_behind.since = $2
		left join zone_state is_now on is_now.scenario_id = $1 and is_now.zone_code = t.zone_code and is_now.until is null
		order by t.zone_code`, e.scenario.id, revision)
	if err != nil {
		return since, fmt.Errorf("find what revision %d of scenario %s touched: %w", revision, e.scenario.Code, err)
	}
	var targets []target
	var t target
	var changed bool
	var name string
	_, err = pgx.ForEachRow(rows, []any{&t.code, &t.since, &changed, &name}, func() error {
		if changed {
			since.Zones, since.Codes = append(since.Zones, name), append(since.Codes, t.code)
		} else {
			targets = append(targets, target{t.code, t.since})
		}
		t.since = nil
		return nil
	})
	if err != nil {
		return since, fmt.Errorf("find what revision %d of scenario %s touched: %w", revision, e.scenario.Code, err)
	}
	if len(since.Zones) > 0 && !keepChanged || len(targets) == 0 {
		return since, nil
	}
	if err := e.become(ctx, targets); err != nil {
		return since, err
	}
	return since, e.checkRoom(ctx, revision)
}

// checkRoom checks that no other zone has moved onto the ground of those that
// came back, after the revision that is taken back. Otherwise it is a
// *ChangedSinceError about those zones.
func (e *edition) checkRoom(ctx context.Context, revision int) error {
	back := slices.Clone(e.added)
	for id := range e.touched {
		if !e.removed[id] {
			back = append(back, id)
		}
	}
	rows, err := e.tx.Query(ctx, `
		with shared as materialized (
		    select z.geom, n.code, n.name, ST_Area(ST_Intersection(z.geom, n.geom)) as area
		    from zone z
		    join zone n on n.scenario_id = z.scenario_id and n.id <> all($2) and n.geom && z.geom and ST_Intersects(z.geom, n.geom)
		    where z.id = any($2)
		)
		select distinct s.code, s.name
		from shared s
		left join zone_state before on before.scenario_id = $1 and before.zone_code = s.code
		                           and before.since < $3 and (before.until is null or before.until >= $3)
		where s.area > coalesce(ST_Area(ST_Intersection(s.geom, before.geom)), 0) + $4
		order by s.name`, e.scenario.id, back, revision, slackArea)
	if err != nil {
		return fmt.Errorf("look for room in scenario %s: %w", e.scenario.Code, err)
	}
	since := ChangedSinceError{Revision: revision}
	var code, name string
	_, err = pgx.ForEachRow(rows, []any{&code, &name}, func() error {
		since.Codes, since.Zones = append(since.Codes, code), append(since.Zones, name)
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for room in scenario %s: %w", e.scenario.Code, err)
	}
	if len(since.Zones) > 0 {
		return &since
	}
	return nil
}

// Restore makes all zones of a scenario what they were at a revision. That is a
// revision of its own. Communities that the register has lost since stay lost.
// Errors: *InvalidError for what is no revision, *account.OutsideError where a
// zone that differs lies outside the person's scope.
func (s *Store) Restore(ctx context.Context, scope account.Scope, district, scenario string, revision int) (Edit, error) {
	a := act{"zone.restore", fmt.Sprintf("恢复到第 %d 版", revision)}
	return s.edit(ctx, scope, district, scenario, a, func(ctx context.Context, e *edition) error {
		if err := e.scenario.has(revision); err != nil {
			return err
		}
		rows, err := e.tx.Query(ctx, `
			select coalesce(was.zone_code, is_now.zone_code), was.since
			from (select * from zone_state where scenario_id = $1 and since <= $2 and (until is null or until > $2)) was
			full join (select * from zone_state where scenario_id = $1 and until is null) is_now using (zone_code)
			where was.since is distinct from is_now.since
			order by 1`, e.scenario.id, revision)
		if err != nil {
			return fmt.Errorf("compare scenario %s with its revision %d: %w", scenario, revision, err)
		}
		targets, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t target, err error) {
			err = row.Scan(&t.code, &t.since)
			return t, err
		})
		if err != nil {
			return fmt.Errorf("compare scenario %s with its revision %d: %w", scenario, revision, err)
		}
		return e.become(ctx, targets)
	})
}

// target is what a zone becomes: the state that began at a revision, or nothing.
type target struct {
	code  string
	since *int
}

// become makes zones what they were: those that are gone come back under their
// code, those that were not yet there go.
func (e *edition) become(ctx context.Context, targets []target) error {
	codes, sinces := make([]string, len(targets)), make([]*int, len(targets))
	for i, t := range targets {
		codes[i], sinces[i] = t.code, t.since
	}
	fail := func(err error) error {
		return fmt.Errorf("bring zones of scenario %s back: %w", e.scenario.Code, err)
	}
	rows, err := e.tx.Query(ctx, `
		select z.id, t.since is null
		from unnest($2::text[], $3::integer[]) t (code, since)
		join zone z on z.scenario_id = $1 and z.code = t.code
		order by z.id`, e.scenario.id, codes, sinces)
	if err != nil {
		return fail(err)
	}
	var live, gone []int64
	var id int64
	var goes bool
	_, err = pgx.ForEachRow(rows, []any{&id, &goes}, func() error {
		live = append(live, id)
		if goes {
			gone = append(gone, id)
		}
		return nil
	})
	if err != nil {
		return fail(err)
	}
	if err := e.touch(ctx, live...); err != nil {
		return err
	}
	if len(gone) > 0 {
		if err := e.remove(ctx, gone...); err != nil {
			return err
		}
	}
	if err := e.deferNames(ctx); err != nil {
		return err
	}
	const wanted = `
		with wanted as (
		    select s.* from unnest($2::text[], $3::integer[]) t (code, since)
		    join zone_state s on s.scenario_id = $1 and s.zone_code = t.code and s.since = t.since
		) `
	_, err = e.tx.Exec(ctx, wanted+`
		update zone z
		set name = w.name, note = w.note, geom = w.geom, membership = w.membership, boundary_rule = w.boundary_rule,
		    year = w.year, year_locked = w.year_locked
		from wanted w
		where z.scenario_id = $1 and z.code = w.zone_code`, e.scenario.id, codes, sinces)
	if err != nil {
		return fail(err)
	}
	// A version is never used twice for a zone, or somebody's edit of long ago
	// would fit again.
	rows, err = e.tx.Query(ctx, wanted+`
		insert into zone (district_code, scenario_id, code, name, note, geom, membership, boundary_rule, year, year_locked,
		                  version, created_by, updated_by)
		select $4, $1, w.zone_code, w.name, w.note, w.geom, w.membership, w.boundary_rule, w.year, w.year_locked,
		       (select max(version) + 1 from zone_state s where s.scenario_id = $1 and s.zone_code = w.zone_code), $5, $5
		from wanted w
		where not exists (select from zone z where z.scenario_id = $1 and z.code = w.zone_code)
		returning id`, e.scenario.id, codes, sinces, e.district, account.Name(ctx))
	if err != nil {
		return fail(err)
	}
	back, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fail(err)
	}
	e.added = append(e.added, back...)
	return e.memberStates(ctx, codes, sinces)
}

// memberStates puts the communities of states into the zones whose rule is
// ByHand. The others find theirs.
func (e *edition) memberStates(ctx context.Context, codes []string, sinces []*int) error {
	const held = `
		with held as (
		    select z.id as zone_id, c.id as community_id, z.district_code
		    from unnest($2::text[], $3::integer[]) t (code, since)
		    join zone_state s on s.scenario_id = $1 and s.zone_code = t.code and s.since = t.since
		    join zone z on z.scenario_id = $1 and z.code = t.code
		    cross join unnest(s.communities) m (code)
		    join published_community c on c.district_code = z.district_code and c.code = m.code
		    where z.membership = 'by_hand'
		) `
	_, err := e.tx.Exec(ctx, held+`
		delete from zone_community zc
		using zone z
		where z.id = zc.zone_id and z.scenario_id = $1 and z.code = any($2) and z.membership = 'by_hand'
		  and not exists (select from held h where h.zone_id = zc.zone_id and h.community_id = zc.community_id)`,
		e.scenario.id, codes, sinces)
	if err == nil {
		_, err = e.tx.Exec(ctx, held+`
			insert into zone_community (zone_id, community_id, district_code) select zone_id, community_id, district_code from held on conflict do nothing`,
			e.scenario.id, codes, sinces)
	}
	if err != nil {
		return fmt.Errorf("bring the communities of zones of scenario %s back: %w", e.scenario.Code, err)
	}
	return nil
}
