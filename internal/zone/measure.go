package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Question is what a person wants measured: a boundary, communities, or both.
type Question struct {
	Shape       orb.Geometry // Polygon or MultiPolygon in longitude/latitude; nil is none
	Communities []string     // codes; nil: the rule of membership finds them in the shape
	Membership  string       // "" is Majority
	Scenario    string       // whose rules say what is contiguous; "" is the main one
}

// Measurement are the figures of a boundary or of communities that are not saved
// as a zone.
type Measurement struct {
	Totals
	Contiguity *ContiguitySummary `json:"contiguity" doc:"null where there are no communities"`
	Consent    *Consent           `json:"consent" doc:"null where the register knows of no answers, or they are not shown"`
	Masked     bool               `json:"counts_masked" doc:"consent is not shown to this person: a count in it is small"`
}

// Consent is how many households agreed, of the communities where that is known.
type Consent struct {
	HouseholdsAsked  int64   `json:"households_asked" doc:"all households of those communities"`
	HouseholdsAgreed int64   `json:"households_agreed"`
	Share            float64 `json:"share" doc:"0 to 1"`
}

// drawnMembers is the first part of the totals of a drawn boundary ($4). It is
// cut into pieces, as saving it does. From each piece the indexes are asked for
// what is near; "offset 0" keeps it in that order.
func drawnMembers(rule string) string {
	return `
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
    having ` + insideBy("'"+rule+"'", "$4::geometry") + `
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
),` + looseInPieces
}

// chosenMembers is the same for communities ($5) that a person chose; the
// boundary may be null.
const chosenMembers = `
with piece as materialized (
    select ST_Subdivide($4::geometry, 128) as geom where $4::geometry is not null
),
member as materialized (
    select 0::bigint as zone_id, c.id, c.households, c.floor_area_m2, c.eligibility, c.generated, true as readable
    from published_community c
    where c.id = any($5::bigint[])
      and ($2::text[] is null or c.subdistrict_code = any($2))
),` + looseInPieces

const looseInPieces = `
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

// measured are the totals, the communities that may be read, and what is known
// of their consent.
const measured = `,
consent as (
    select sum(coalesce(m.households, o.households, 0))::bigint as asked, sum(k.households_agreed)::bigint as agreed,
           -- with such a one, the others' counts would tell it
           bool_or(k.households_agreed between 1 and 4
                   or coalesce(m.households, o.households, 0) - k.households_agreed between 1 and 4) as small
    from member m
    join published_community_condition k using (id)
    left join of_community o on o.community_id = m.id
    where m.readable and k.households_agreed is not null
)` + totalColumns + `,
       array(select id from member where readable order by id), consent.asked, consent.agreed, coalesce(consent.small, false)
from (select 0::bigint as zone_id, coalesce(ST_Area($4::geometry::geography), 0) as area_m2) g
cross join consent
left join total t using (zone_id)`

var measureSQL = drawnMembers(Majority) + countedTotals + measured

// Measure returns the figures of what is not saved. An unsound boundary or an
// unknown community is an *InvalidError; an unsound boundary never reaches the
// database.
func (s *Store) Measure(ctx context.Context, scope account.Scope, district string, q Question) (Measurement, error) {
	if !reaches(scope, district) {
		return Measurement{}, fmt.Errorf("measure in district %s: %w", district, postgis.ErrNotFound)
	}
	var shape postgis.Geom
	if q.Shape != nil || q.Communities == nil {
		drawn, err := sound(q.Shape)
		if err != nil {
			return Measurement{}, err
		}
		shape.Geometry = drawn
	}
	sc, err := findScenario(ctx, s.db.Pool, account.Scope{District: scope.District}, district, q.Scenario, "")
	if err != nil {
		return Measurement{}, err
	}
	sql := measureSQL
	args := []any{pgx.QueryExecModeCacheDescribe, district, scope.Subdistricts, scope.Zones, shape}
	switch {
	case q.Communities != nil || q.Membership == ByHand:
		ids, err := readableCommunities(ctx, s.db.Pool, scope, district, sorted(q.Communities))
		if err != nil {
			return Measurement{}, err
		}
		sql, args = chosenMembers+countedTotals+measured, append(args, ids)
	case q.Membership == Within || q.Membership == Touched:
		sql = drawnMembers(q.Membership) + countedTotals + measured
	case q.Membership != "" && q.Membership != Majority:
		return Measurement{}, &InvalidError{Field: "membership", Detail: "没有这种归属规则"}
	}
	// The plan must be made for this very boundary: a plan for any boundary would
	// not know whether it covers one building or all of them.
	var m Measurement
	var zone int64
	var members []int64
	var asked, agreed *int64
	var small bool
	columns := append(m.columns(&zone), &members, &asked, &agreed, &small)
	if err := s.db.Pool.QueryRow(ctx, sql, args...).Scan(columns...); err != nil {
		return m, fmt.Errorf("measure a boundary in district %s: %w", district, err)
	}
	m.finish()
	m.Masked = small && !account.SeesCounts(ctx)
	if asked != nil && agreed != nil && !m.Masked {
		m.Consent = &Consent{HouseholdsAsked: *asked, HouseholdsAgreed: *agreed}
		if *asked > 0 {
			m.Consent.Share = float64(*agreed) / float64(*asked)
		}
	}
	if len(members) == 0 {
		return m, nil
	}
	contiguity, err := s.summarise(ctx, scope, district, sc.id, members)
	m.Contiguity = &contiguity
	return m, err
}
