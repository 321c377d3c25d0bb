package proposal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// community is one that was asked about, as numbers. Households and floor area
// are its own figures, else the sum over its buildings.
type community struct {
	id            int64
	code, name    string
	subdistrict   string
	neighborhood  string
	eligibility   string
	builtYear     *int
	households    float64
	floorAreaM2   float64
	landAreaM2    float64
	buildings     float64
	neglected     *bool
	poor          *bool
	missing       *int // municipal and service items together; nil is not surveyed
	agreed        *int // households
	uncovered     *float64
	place         *[2]float64 // metres in the district's Gauss-Krüger zone
	at            [2]float64  // the same in degrees
	zone          string      // code of the zone of the scenario that holds it
	updatedAt     time.Time
	excludedBy    string // clause that the verdict rests on, where it is not eligible
	outsideReason string // why it may not be placed: not_eligible | no_place
}

// tie is a link between two communities asked about, by their positions.
type tie struct {
	a, b int
	link zone.Link
}

// ground is everything that one proposal is computed from.
type ground struct {
	communities []community // by code
	ties        []tie
	locked      map[string][]int // zone code → positions, as the zone has them
	fingerprint string
}

// gather reads the ground of a request in one snapshot of the database.
func (s *Store) gather(ctx context.Context, scope account.Scope, district string, r Request) (ground, error) {
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return ground{}, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	g := ground{locked: map[string][]int{}}
	sum := sha256.New()
	if g.communities, err = readCommunities(ctx, tx, scope, district, r, sum); err != nil {
		return ground{}, err
	}
	position := make(map[int64]int, len(g.communities))
	for i := range g.communities {
		position[g.communities[i].id] = i
	}
	if g.ties, err = readTies(ctx, tx, district, position, sum); err != nil {
		return ground{}, err
	}
	if err := readLocked(ctx, tx, district, r, position, g.locked); err != nil {
		return ground{}, err
	}
	g.fingerprint = hex.EncodeToString(sum.Sum(nil)[:12])
	return g, nil
}

const communitiesSQL = `
with target as (
    select d.gk_srid from published_district d where d.code = $1
),
held as (
    select zc.community_id, min(z.code) as code
    from published_zone_community zc
    join published_zone z on z.id = zc.zone_id
    where z.district_code = $1 and z.scenario_code = $4
    group by zc.community_id
)
select c.id, c.code, c.name, coalesce(c.subdistrict_code, ''), coalesce(c.neighborhood_code, ''), c.eligibility,
       c.built_year,
       coalesce(c.households, b.households, 0)::float8, coalesce(c.floor_area_m2, b.floor_area_m2, 0)::float8,
       coalesce(c.land_area_m2, b.footprint_m2, 0)::float8, coalesce(b.buildings, 0)::float8,
       k.neglected, k.poor_conditions,
       case when k.municipal_missing is null and k.service_missing is null then null
            else coalesce(cardinality(k.municipal_missing), 0) + coalesce(cardinality(k.service_missing), 0) end,
       k.households_agreed,
       case when v.households > 0 then 1 - v.covered_households::float8 / v.households end,
       ST_X(ST_Transform(p.at, t.gk_srid)), ST_Y(ST_Transform(p.at, t.gk_srid)),
       coalesce(ST_X(p.at), 0), coalesce(ST_Y(p.at), 0),
       coalesce(h.code, ''), c.updated_at,
       coalesce((select e ->> 'clause' from jsonb_array_elements(c.verdict_proof) e
                 where e ->> 'outcome' in ('failed', 'excluded') limit 1), '')
from published_community c
cross join target t
join published_community_condition k on k.id = c.id
left join lateral (
    select count(*) as buildings, sum(households) as households, sum(floor_area_m2) as floor_area_m2,
           sum(footprint_m2) as footprint_m2, ST_Centroid(ST_Collect(point)) as middle
    from published_building where community_id = c.id
) b on true
left join published_coverage_community v on v.community_id = c.id and v.run_id = $5 and v.district_code = $1
left join lateral (
    select coalesce(c.location, ST_PointOnSurface(c.geom), b.middle) as at
) p on true
left join held h on h.community_id = c.id
where c.district_code = $1
  and ($2::text[] is null or c.subdistrict_code = any($2))
  and ($3::text[] is null or c.subdistrict_code = any($3))
order by c.code`

func readCommunities(ctx context.Context, tx pgx.Tx, scope account.Scope, district string, r Request, sum hash.Hash) ([]community, error) {
	var named []string // null is the whole district
	if len(r.Subdistricts) > 0 {
		named = r.Subdistricts
	}
	rows, err := tx.Query(ctx, communitiesSQL, district, scope.Subdistricts, named, r.Scenario, r.CoverageRun)
	if err != nil {
		return nil, fmt.Errorf("read the communities of district %s: %w", district, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (community, error) {
		var c community
		var x, y *float64
		err := row.Scan(&c.id, &c.code, &c.name, &c.subdistrict, &c.neighborhood, &c.eligibility, &c.builtYear,
			&c.households, &c.floorAreaM2, &c.landAreaM2, &c.buildings, &c.neglected, &c.poor, &c.missing, &c.agreed,
			&c.uncovered, &x, &y, &c.at[0], &c.at[1], &c.zone, &c.updatedAt, &c.excludedBy)
		if x != nil && y != nil && !math.IsInf(*x, 0) && !math.IsNaN(*x) && !math.IsInf(*y, 0) && !math.IsNaN(*y) {
			c.place = &[2]float64{*x, *y}
		}
		fmt.Fprintf(sum, "%s\x00%d\x00%s\x00", c.code, c.updatedAt.UnixMicro(), c.zone)
		return c, err
	})
}

// readTies reads the links between the communities asked about, whether they
// count under the rules or not: the reasons need both.
func readTies(ctx context.Context, tx pgx.Tx, district string, position map[int64]int, sum hash.Hash) ([]tie, error) {
	rows, err := tx.Query(ctx, `
		select a_id, b_id, gap_m, walk_m, crossed, crossings, verdict
		from published_link
		where district_code = $1
		order by a_code, b_code`, district)
	if err != nil {
		return nil, fmt.Errorf("read the links of district %s: %w", district, err)
	}
	var ties []tie
	var a, b int64
	var l zone.Link
	_, err = pgx.ForEachRow(rows, []any{&a, &b, &l.GapM, &l.WalkM, &l.Crossed, &l.Crossings, &l.Verdict}, func() error {
		at, isA := position[a]
		bt, isB := position[b]
		if isA && isB {
			ties = append(ties, tie{a: at, b: bt, link: l})
			note(sum, float64(a), float64(b), l.GapM, l.Length())
			fmt.Fprint(sum, l.Verdict, l.Crossed, len(l.Crossings))
		}
		l = zone.Link{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the links of district %s: %w", district, err)
	}
	return ties, nil
}

func note(sum hash.Hash, values ...float64) {
	for _, v := range values {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
		_, _ = sum.Write(b[:])
	}
}

// readLocked finds the members of the zones that stay. Members outside of what
// was asked about are not counted: the zone keeps them all the same.
func readLocked(ctx context.Context, tx pgx.Tx, district string, r Request, position map[int64]int, locked map[string][]int) error {
	for _, code := range r.Locked {
		var id int64
		err := tx.QueryRow(ctx, `
			select id from published_zone where district_code = $1 and scenario_code = $2 and code = $3`,
			district, r.Scenario, code).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return &InvalidError{Field: "locked", Detail: "方案中没有要锁定的片区：" + code}
		}
		if err != nil {
			return fmt.Errorf("find zone %s: %w", code, err)
		}
		locked[code] = []int{}
	}
	rows, err := tx.Query(ctx, `
		select z.code, zc.community_id
		from published_zone z
		join published_zone_community zc on zc.zone_id = z.id
		where z.district_code = $1 and z.scenario_code = $2 and z.code = any($3)
		order by z.code, zc.community_id`, district, r.Scenario, r.Locked)
	if err != nil {
		return fmt.Errorf("read the locked zones: %w", err)
	}
	var code string
	var id int64
	_, err = pgx.ForEachRow(rows, []any{&code, &id}, func() error {
		if at, asked := position[id]; asked {
			locked[code] = append(locked[code], at)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the locked zones: %w", err)
	}
	return nil
}

var errNoScenario = fmt.Errorf("scenario: %w", postgis.ErrNotFound)

// settle fills in what a request leaves to the scenario: its code, rules and
// cost estimate.
func (s *Store) settle(ctx context.Context, district string, r *Request) error {
	var rules zone.Rules
	err := s.db.Pool.QueryRow(ctx, `
		select code, rules from published_scenario
		where district_code = $1 and (code = $2 or $2 = '' and main)`, district, r.Scenario).Scan(&r.Scenario, &rules)
	if errors.Is(err, pgx.ErrNoRows) {
		return errNoScenario
	}
	if err != nil {
		return fmt.Errorf("read scenario %q of district %s: %w", r.Scenario, district, err)
	}
	if r.Rules == nil {
		r.Rules = &rules
	}
	if r.Cost == nil {
		r.Cost = &rules.Cost
	}
	if len(r.Eligibility) == 0 {
		r.Eligibility = []string{"in"}
	}
	if r.Seconds == 0 {
		r.Seconds = 10
	}
	return nil
}
