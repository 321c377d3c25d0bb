package zone

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// reader is a pool or a transaction.
type reader interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// The totals come from one query in three parts: the communities (member) and
// the buildings without one (loose) of a drawn boundary or of stored zones, and
// what is counted of them. Its parameters are
//
//	$1 district  $2 readable subdistricts  $3 readable zones (null: no limit)
//	$4 the drawn boundary, or the ids of the stored zones
const (
	storedMembers = `
with member as materialized (
    select zc.zone_id, c.id, c.households, c.floor_area_m2, c.eligibility, c.generated,
           ($2::text[] is null or c.subdistrict_code = any($2)) as readable
    from zone_community zc
    join published_community c on c.id = zc.community_id
    where zc.zone_id = any($4::bigint[])
      and c.district_code = $1
),
loose as materialized (
    select zb.zone_id, b.households, b.floor_area_m2, b.generated,
           ($2::text[] is null or b.subdistrict_code = any($2)) as readable
    from published_zone_building zb
    join published_building b on b.id = zb.building_id
    where zb.zone_id = any($4::bigint[])
      and zb.community_id is null
),`

	countedTotals = `
of_community as (
    select b.community_id,
           count(*) as buildings,
           sum(b.households) as households,
           sum(b.floor_area_m2) as floor_area_m2,
           bool_or(b.generated && array['households', 'floor_area_m2', 'geometry']) as generated
    from published_building b
    where b.community_id in (select id from member)
    group by b.community_id
),
counted as (
    select m.zone_id, true as community, m.eligibility = 'in' as eligible, coalesce(m.readable, false) as readable,
           coalesce(o.buildings, 0) as buildings,
           coalesce(m.households, o.households, 0) as households,
           coalesce(m.floor_area_m2, o.floor_area_m2, 0) as floor_area_m2,
           not m.generated <@ array['name', 'address', 'remark']
           or (m.households is null or m.floor_area_m2 is null) and coalesce(o.generated, false) as generated
    from member m
    left join of_community o on o.community_id = m.id
    union all
    select zone_id, false, false, coalesce(readable, false),
           1, coalesce(households, 0), coalesce(floor_area_m2, 0),
           generated && array['households', 'floor_area_m2', 'geometry']
    from loose
),
total as (
    select zone_id,
           count(*) filter (where readable and community) as communities,
           sum(buildings) filter (where readable)::bigint as buildings,
           sum(households) filter (where readable)::bigint as households,
           sum(floor_area_m2) filter (where readable) as floor_area_m2,
           count(*) filter (where readable and eligible) as eligible_communities,
           sum(households) filter (where readable and eligible)::bigint as eligible_households,
           bool_or(generated) filter (where readable) as generated,
           bool_or(not readable) as partial
    from counted
    group by zone_id
)
`

	totalColumns = `
select g.zone_id, g.area_m2,
       coalesce(t.communities, 0), coalesce(t.buildings, 0),
       coalesce(t.households, 0), coalesce(t.floor_area_m2, 0),
       coalesce(t.eligible_communities, 0), coalesce(t.eligible_households, 0),
       coalesce(t.generated, false), coalesce(t.partial, false)`

	scenarioMembers = `
with own as materialized (
    select id, scenario_id from zone
    where scenario_id = any($4::bigint[])
      and ($2::text[] is null or subdistrict_codes && $2)
      and ($3::bigint[] is null or id = any($3))
),
member as materialized (
    select distinct o.scenario_id as zone_id, c.id, c.households, c.floor_area_m2, c.eligibility, c.generated,
           ($2::text[] is null or c.subdistrict_code = any($2)) as readable
    from own o
    join zone_community zc on zc.zone_id = o.id
    join published_community c on c.id = zc.community_id
    where c.district_code = $1
),
loose as materialized (
    select distinct o.scenario_id as zone_id, b.id, b.households, b.floor_area_m2, b.generated,
           ($2::text[] is null or b.subdistrict_code = any($2)) as readable
    from own o
    join published_zone_building zb on zb.zone_id = o.id
    join published_building b on b.id = zb.building_id
    where zb.community_id is null
),`

	scenarioTotalsSQL = scenarioMembers + countedTotals + totalColumns + `
from (select s.id as zone_id, coalesce(sum(z.area_m2), 0) as area_m2
      from unnest($4::bigint[]) s (id)
      left join (own join zone z using (id)) on own.scenario_id = s.id
      group by s.id) g
left join total t using (zone_id)`

	storedSQL = storedMembers + countedTotals + totalColumns + `
from (select id as zone_id, area_m2 from zone
      where id = any($4::bigint[]) and ($3::bigint[] is null or id = any($3))) g
left join total t using (zone_id)`
)

// fewZones is up to how many zones the totals are read by a plan that is kept: to plan
// them anew takes longer than to read them. For a whole scenario it pays to plan for
// what is asked for.
const fewZones = 8

// totalsOf returns the totals of stored zones by their id.
func totalsOf(ctx context.Context, q reader, scope account.Scope, district string, ids []int64) (map[int64]Totals, error) {
	args := []any{district, scope.Subdistricts, scope.Zones, ids}
	if len(ids) > fewZones {
		args = append([]any{pgx.QueryExecModeCacheDescribe}, args...)
	}
	totals, err := readTotals(ctx, q, storedSQL, args...)
	if err != nil {
		return nil, fmt.Errorf("total the zones of district %s: %w", district, err)
	}
	return totals, nil
}

// totalsAt returns the totals of the zones of a scenario at a revision by their
// codes. It counts them off one by one: call it in a transaction of one snapshot.
func totalsAt(ctx context.Context, q reader, scope account.Scope, sc Scenario, revision int) (map[string]Totals, error) {
	fail := func(err error) (map[string]Totals, error) {
		return nil, fmt.Errorf("total scenario %s at revision %d: %w", sc.Code, revision, err)
	}
	rows, err := q.Query(ctx, `
		select z.zone_code from zone_state z
		where z.scenario_id = $1 and z.since <= $4 and (z.until is null or z.until > $4)`+stateInScope+`
		order by z.zone_code`, sc.id, scope.Subdistricts, scope.Zones, revision)
	if err != nil {
		return fail(err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fail(err)
	}
	numbered, err := readTotals(ctx, q, stateSQL(`row_number() over (order by z.zone_code)`),
		pgx.QueryExecModeCacheDescribe, sc.district, scope.Subdistricts, scope.Zones, sc.id, revision)
	if err != nil {
		return fail(err)
	}
	totals := make(map[string]Totals, len(codes))
	for i, code := range codes {
		totals[code] = numbered[int64(i+1)]
	}
	return totals, nil
}

func readTotals(ctx context.Context, q reader, sql string, args ...any) (map[int64]Totals, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	totals := map[int64]Totals{}
	var id int64
	var t Totals
	_, err = pgx.ForEachRow(rows, t.columns(&id), func() error {
		t.finish()
		totals[id] = t
		return nil
	})
	return totals, err
}

// columns are where totalColumns are scanned to.
func (t *Totals) columns(id *int64) []any {
	return []any{
		id, &t.AreaM2, &t.Communities, &t.Buildings, &t.Households, &t.FloorAreaM2,
		&t.EligibleCommunities, &t.EligibleHouseholds, &t.Generated, &t.Partial,
	}
}

func (t *Totals) finish() {
	t.EligibleShare = t.share()
	t.AreaM2, t.FloorAreaM2 = cents(t.AreaM2), cents(t.FloorAreaM2)
}

// share is the eligible part of the households or, where none are known, of the
// communities.
func (t Totals) share() float64 {
	switch {
	case t.Households > 0:
		return float64(t.EligibleHouseholds) / float64(t.Households)
	case t.Communities > 0:
		return float64(t.EligibleCommunities) / float64(t.Communities)
	default:
		return 0
	}
}

// cents rounds to 0.01, below which a sum depends on the order of its terms.
func cents(x float64) float64 { return math.Round(x*100) / 100 }

// stateSQL are the totals of the states of zones at revision $5 of scenario $4;
// number, an SQL expression of a state z, says which of them are counted together.
func stateSQL(number string) string {
	return `
with state as materialized (
    select ` + number + ` as zone_id, z.zone_code, z.geom, z.communities
    from zone_state z
    where z.scenario_id = $4::bigint and z.since <= $5::integer and (z.until is null or z.until > $5)` + stateInScope + `
),
member as materialized (
    select distinct s.zone_id, c.id, c.households, c.floor_area_m2, c.eligibility, c.generated,
           ($2::text[] is null or c.subdistrict_code = any($2)) as readable
    from state s
    cross join unnest(s.communities) held (code)
    join published_community c on c.district_code = $1 and c.code = held.code
),
loose as materialized (
    select distinct s.zone_id, b.id, b.households, b.floor_area_m2, b.generated,
           ($2::text[] is null or b.subdistrict_code = any($2)) as readable
    from state s
    cross join lateral ST_Subdivide(s.geom, 128) p (geom)
    join published_building b on b.district_code = $1 and b.community_id is null
                             and b.point && p.geom and ST_Intersects(p.geom, b.point)
),` + countedTotals + totalColumns + `
from (select zone_id, sum(ST_Area(geom::geography)) as area_m2 from state group by zone_id) g
left join total t using (zone_id)`
}
