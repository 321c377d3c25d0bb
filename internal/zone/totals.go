package zone

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
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
	// A drawn boundary is cut into pieces, as saving it does. From each piece the
	// indexes are asked for what is near; "offset 0" keeps it in that order.
	drawnMembers = `
with piece as materialized (
    select ST_Subdivide($4::geometry, 128) as geom
),
inside as materialized (
    select c.id
    from piece p
    cross join lateral (
        select id, geom from published_community
        where district_code = $1 and geom && p.geom
        offset 0) c
    group by c.id, c.geom
    having sum(area_inside(p.geom, c.geom)) * 2 > ST_Area(c.geom)
    union
    select c.id
    from piece p
    cross join lateral (
        select id, location from published_community
        where district_code = $1 and geom is null and location && p.geom
        offset 0) c
    where ST_Intersects(p.geom, c.location)
),
member as materialized (
    select 0::bigint as zone_id, c.id, c.households, c.floor_area_m2, c.eligibility, c.generated,
           ($2::text[] is null or c.subdistrict_code = any($2))
           and ($3::bigint[] is null or exists (
               select from zone_community zc where zc.community_id = c.id and zc.zone_id = any($3))) as readable
    from published_community c
    where c.id in (select id from inside)
),
loose as materialized (
    select distinct 0::bigint as zone_id, b.id, b.households, b.floor_area_m2, b.generated,
           ($2::text[] is null or b.subdistrict_code = any($2)) and $3::bigint[] is null as readable
    from piece p
    cross join lateral (
        select id, subdistrict_code, households, floor_area_m2, generated, point from published_building
        where district_code = $1 and community_id is null and point && p.geom
        offset 0) b
    where ST_Intersects(p.geom, b.point)
),`

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
select g.zone_id, g.area_m2,
       coalesce(t.communities, 0), coalesce(t.buildings, 0),
       coalesce(t.households, 0), coalesce(t.floor_area_m2, 0),
       coalesce(t.eligible_communities, 0), coalesce(t.eligible_households, 0),
       coalesce(t.generated, false), coalesce(t.partial, false)
from `

	measureSQL = drawnMembers + countedTotals + `
     (select 0::bigint as zone_id, ST_Area($4::geometry::geography) as area_m2) g
left join total t using (zone_id)`

	storedSQL = storedMembers + countedTotals + `
     (select id as zone_id, area_m2 from zone
      where id = any($4::bigint[]) and ($3::bigint[] is null or id = any($3))) g
left join total t using (zone_id)`
)

// Measure returns the totals of a boundary (Polygon or MultiPolygon,
// longitude/latitude) that is not saved. An unsound one is an *InvalidError and
// never reaches the database.
func (s *Store) Measure(ctx context.Context, scope account.Scope, district string, shape orb.Geometry) (Totals, error) {
	if !reaches(scope, district) {
		return Totals{}, fmt.Errorf("measure in district %s: %w", district, postgis.ErrNotFound)
	}
	drawn, err := sound(shape)
	if err != nil {
		return Totals{}, err
	}
	// The plan must be made for this very boundary: a plan for any boundary would
	// not know whether it covers one building or all of them.
	totals, err := readTotals(ctx, s.db.Pool, measureSQL,
		pgx.QueryExecModeCacheDescribe, district, scope.Subdistricts, scope.Zones, postgis.Geom{Geometry: drawn})
	if err != nil {
		return Totals{}, fmt.Errorf("measure a boundary in district %s: %w", district, err)
	}
	return totals[0], nil
}

// totalsOf returns the totals of stored zones by their id.
func totalsOf(ctx context.Context, q reader, scope account.Scope, district string, ids []int64) (map[int64]Totals, error) {
	totals, err := readTotals(ctx, q, storedSQL,
		pgx.QueryExecModeCacheDescribe, district, scope.Subdistricts, scope.Zones, ids)
	if err != nil {
		return nil, fmt.Errorf("total the zones of district %s: %w", district, err)
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
	_, err = pgx.ForEachRow(rows, []any{
		&id, &t.AreaM2, &t.Communities, &t.Buildings, &t.Households, &t.FloorAreaM2,
		&t.EligibleCommunities, &t.EligibleHouseholds, &t.Generated, &t.Partial,
	}, func() error {
		t.EligibleShare = t.share()
		t.AreaM2, t.FloorAreaM2 = cents(t.AreaM2), cents(t.FloorAreaM2)
		totals[id] = t
		return nil
	})
	return totals, err
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
