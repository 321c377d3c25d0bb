package dashboard

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// collect asks a query whose columns are those of T.
func collect[T any](ctx context.Context, r *reading, sql string, more ...any) ([]T, error) {
	rows, err := r.rows(ctx, sql, more...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[T])
}

func eligibility(ctx context.Context, r *reading, b *Board) (err error) {
	b.Eligibility, err = collect[BoardVerdict](ctx, r, `
		select v.verdict, count(c.id)::integer, coalesce(sum(c.households), 0)::integer, coalesce(sum(c.floor_area_m2), 0)
		from unnest(array['in', 'borderline', 'out']) with ordinality v (verdict, place)
		left join seen_community c on c.eligibility = v.verdict
		group by v.verdict, v.place order by v.place`)
	return err
}

func projects(ctx context.Context, r *reading, b *Board) (err error) {
	b.Projects, err = collect[ProjectSum](ctx, r, sized+`
		select p.library, p.state, p.phase, p.year, count(*)::integer,
		       coalesce(sum(s.communities), 0)::integer, coalesce(sum(s.households), 0)::integer, coalesce(sum(s.floor_area_m2), 0)
		from seen_project p
		join sized s on s.id = p.id
		group by 1, 2, 3, 4
		order by p.library, p.state, p.phase, p.year`)
	if err != nil {
		return err
	}
	rows, err := r.rows(ctx, `
		select (select count(*)::integer from seen_project where generated <> '{}'),
		       (select count(*)::integer
		        from seen_project p
		        join published_project_community pc on pc.project_id = p.id and pc.live
		        join seen_community c on c.id = pc.community_id
		        where c.eligibility = 'out')`)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, []any{&b.Generated, &b.Strays}, func() error { return nil })
	return err
}

// sized are the projects with the size of their communities, wherever those lie:
// a project is reported whole.
const sized = `, sized as (
	select p.id, count(c.id) as communities, sum(c.households) as households, sum(c.building_count) as buildings, sum(c.floor_area_m2) as floor_area_m2
	from seen_project p
	left join published_project_community pc on pc.project_id = p.id
	left join published_community c on c.id = pc.community_id
	group by p.id
)`

// reached are the projects with the days of their milestones.
const reached = `, reached as (
	select p.id,
	       max(m.on_date) filter (where m.kind = 'start')      as started,
	       max(m.on_date) filter (where m.kind = 'works_done') as works_done,
	       max(m.on_date) filter (where m.kind = 'acceptance') as accepted,
	       max(m.on_date) filter (where m.kind = 'filing')     as filed,
	       max(m.on_date) filter (where m.kind = 'handover')   as handed
	from seen_project p
	left join published_milestone m on m.project_id = p.id
	group by p.id
)`

func stages(ctx context.Context, r *reading, b *Board) (err error) {
	b.Stages, err = collect[StageSum](ctx, r, sized+reached+`, staged as (
		select p.id, case when m.handed is not null then 'handover' when m.filed is not null then 'filing'
		                  when m.accepted is not null then 'acceptance' when m.works_done is not null then 'works_done'
		                  when m.started is not null then 'start' else 'not_started' end as stage
		from seen_project p
		join reached m on m.id = p.id
		where p.live and p.phase = 'implement' and p.year = $4
		)
		select v.stage, count(g.id)::integer, coalesce(sum(s.communities), 0)::integer, coalesce(sum(s.households), 0)::integer,
		       coalesce(sum(s.floor_area_m2), 0)
		from unnest(array['not_started', 'start', 'works_done', 'acceptance', 'filing', 'handover']) with ordinality v (stage, place)
		left join staged g on g.stage = v.stage
		left join sized s on s.id = g.id
		group by v.stage, v.place order by v.place`, r.year)
	return err
}
