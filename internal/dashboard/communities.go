package dashboard

import (
	"context"
	"time"

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

// standing is a project with its size and the days of its milestones.
type standing struct {
	Library, State string
	Counts         bool
	Phase          *string // its batch, if it counts
	Year           *int
	Communities    int
	Households     int
	FloorAreaM2    float64
	Started        *time.Time
	WorksDone      *time.Time
	Accepted       *time.Time
	Filed          *time.Time
	Handed         *time.Time
}

// projects sums the projects up, by where they stand in the libraries and by how
// far the works of the year are. A project counts whole, wherever its communities
// lie, and one that was closed because it is done still counts.
func projects(ctx context.Context, r *reading, b *Board) error {
	list, err := collect[standing](ctx, r, reached+`, sized as (
			select pc.project_id, count(*) as communities, sum(c.households) as households, sum(c.floor_area_m2) as floor_area_m2
			from published_project_community pc
			join published_community c on c.id = pc.community_id
			where c.district_code = $1
			group by pc.project_id
		)
		select p.library, p.state, p.counts, case when p.counts then p.batch else p.phase end as phase, p.year,
		       coalesce(s.communities, 0)::integer, coalesce(s.households, 0)::integer, coalesce(s.floor_area_m2, 0),
		       m.started, m.works_done, m.accepted, m.filed, m.handed
		from seen_project p
		join reached m on m.id = p.id
		left join sized s on s.project_id = p.id
		order by p.library, p.state, p.counts, 4, p.year`)
	if err != nil {
		return err
	}
	b.Projects, b.Stages = []ProjectSum{}, []StageSum{}
	for _, stage := range []string{"not_started", "start", "works_done", "acceptance", "filing", "handover"} {
		b.Stages = append(b.Stages, StageSum{Stage: stage})
	}
	for _, p := range list {
		b.addProject(p)
		if p.Counts && p.Phase != nil && *p.Phase == "implement" && p.Year != nil && *p.Year == r.year {
			b.addStage(p)
		}
	}
	return counted(ctx, r, b)
}

// addProject adds to the last sum, or begins a new one: the list is in their order.
func (b *Board) addProject(p standing) {
	n := len(b.Projects)
	if n == 0 || !b.Projects[n-1].like(p) {
		b.Projects = append(b.Projects, ProjectSum{Library: p.Library, State: p.State, Counts: p.Counts, Phase: p.Phase, Year: p.Year})
		n++
	}
	sum := &b.Projects[n-1]
	sum.Projects++
	sum.Communities += p.Communities
	sum.Households += p.Households
	sum.FloorAreaM2 += p.FloorAreaM2
}

func (s ProjectSum) like(p standing) bool {
	return s.Library == p.Library && s.State == p.State && s.Counts == p.Counts && same(s.Phase, p.Phase) && same(s.Year, p.Year)
}

func same[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func (b *Board) addStage(p standing) {
	at := 0
	for i, day := range []*time.Time{p.Started, p.WorksDone, p.Accepted, p.Filed, p.Handed} {
		if day != nil {
			at = i + 1
		}
	}
	sum := &b.Stages[at]
	sum.Projects++
	sum.Communities += p.Communities
	sum.Households += p.Households
	sum.FloorAreaM2 += p.FloorAreaM2
}

// counted counts the projects with generated figures and the communities that
// left the plan's scope.
func counted(ctx context.Context, r *reading, b *Board) error {
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
