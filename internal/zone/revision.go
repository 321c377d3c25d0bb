package zone

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Revision is one act on the zones of a scenario.
type Revision struct {
	Revision  int       `json:"revision"`
	At        time.Time `json:"at"`
	By        string    `json:"by"`
	Action    string    `json:"action" doc:"e.g. zone.split"`
	Label     string    `json:"label" doc:"the same for people"`
	Zones     []string  `json:"zones" doc:"codes of the zones that it touched"`
	ZoneNames []string  `json:"zone_names" doc:"their names: after it or, where it removed them, before it"`
}

// stateInScope narrows states z of zones of a scenario to what a person may
// read: $2 subdistricts, $3 zones (null: no limit).
const stateInScope = `
  and ($2::text[] is null or z.subdistrict_codes && $2)
  and ($3::bigint[] is null or z.zone_code in (select code from zone where id = any($3)))`

// Revisions returns what was done to a scenario, newest first: at most limit
// revisions older than before (0: the newest). Whose scope is narrower than the
// district sees the revisions that touched zones in it, and of those only the
// zones in it.
func (s *Store) Revisions(ctx context.Context, scope account.Scope, district, scenario string, before, limit int) ([]Revision, error) {
	sc, err := findScenario(ctx, s.db.Pool, scope, district, scenario, "")
	if err != nil {
		return nil, err
	}
	if before <= 0 {
		before = sc.Revision + 1
	}
	rows, err := s.db.Pool.Query(ctx, `
		with touched as (
		    select v.revision, z.zone_code, z.name, row_number() over (partition by v.revision, z.zone_code order by z.since desc) as latest
		    from scenario_revision v
		    join zone_state z on z.scenario_id = v.scenario_id and v.revision in (z.since, z.until)
		    where v.scenario_id = $1 and v.revision < $4`+stateInScope+`
		)
		select v.revision, v.at, v.by, v.action, v.label,
		       coalesce(array_agg(t.zone_code order by t.name, t.zone_code) filter (where t.zone_code is not null), '{}'),
		       coalesce(array_agg(t.name order by t.name, t.zone_code) filter (where t.zone_code is not null), '{}')
		from scenario_revision v
		left join touched t on t.revision = v.revision and t.latest = 1
		where v.scenario_id = $1 and v.revision < $4
		group by v.scenario_id, v.revision, v.district_code
		having ($2::text[] is null and $3::bigint[] is null) or v.revision = 1 or count(t.zone_code) > 0
		order by v.revision desc
		limit $5`, sc.id, scope.Subdistricts, scope.Zones, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read the revisions of scenario %s: %w", sc.Code, err)
	}
	revisions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Revision])
	if err != nil {
		return nil, fmt.Errorf("read the revisions of scenario %s: %w", sc.Code, err)
	}
	return slices.Clip(revisions), nil
}

// ZonesAt returns the zones of a scenario as they were at a revision, by name.
// Their totals are those of the communities that they held then, with today's
// figures. Errors: *InvalidError for a revision that is not there.
func (s *Store) ZonesAt(ctx context.Context, scope account.Scope, district, scenario string, revision int) ([]Zone, error) {
	// One state of all: the figures are put beside the zones by their order.
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	sc, err := findScenario(ctx, tx, scope, district, scenario, "")
	if err != nil {
		return nil, err
	}
	if err := sc.has(revision); err != nil {
		return nil, err
	}
	zones, err := zonesAt(ctx, tx, scope, sc, revision)
	if err != nil {
		return nil, err
	}
	totals, err := totalsAt(ctx, tx, scope, sc, revision)
	if err != nil {
		return nil, err
	}
	for i := range zones {
		zones[i].Totals = totals[zones[i].Code]
	}
	return zones, nil
}

// has tells whether a scenario has a revision.
func (sc Scenario) has(revision int) error {
	if revision < 1 || revision > sc.Revision {
		return &InvalidError{Field: "revision", Detail: fmt.Sprintf("方案没有第 %d 版", revision)}
	}
	return nil
}

const selectStates = `
select z.zone_code, z.name, z.note, z.geom, z.version, z.subdistrict_codes, z.membership, z.boundary_rule, z.year, z.year_locked,
       coalesce(first.by, ''), coalesce(first.at, to_timestamp(0)), coalesce(v.by, ''), coalesce(v.at, to_timestamp(0))
from zone_state z
left join scenario_revision v on v.scenario_id = z.scenario_id and v.revision = z.since
left join lateral (
    select r.by, r.at from zone_state f
    join scenario_revision r on r.scenario_id = f.scenario_id and r.revision = f.since
    where f.scenario_id = z.scenario_id and f.zone_code = z.zone_code
    order by f.since limit 1
) first on true
where z.scenario_id = $1
  and z.since <= $4 and (z.until is null or z.until > $4)` + stateInScope

// zonesAt reads the states of a scenario's zones, without totals.
func zonesAt(ctx context.Context, q reader, scope account.Scope, sc Scenario, revision int) ([]Zone, error) {
	rows, err := q.Query(ctx, selectStates+` order by z.name, z.zone_code`, sc.id, scope.Subdistricts, scope.Zones, revision)
	if err != nil {
		return nil, fmt.Errorf("read scenario %s at revision %d: %w", sc.Code, revision, err)
	}
	zones, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Zone, error) {
		z := Zone{Scenario: sc.Code}
		var geom postgis.Geom
		err := row.Scan(&z.Code, &z.Name, &z.Note, &geom, &z.Version, &z.SubdistrictCodes, &z.Membership, &z.BoundaryRule,
			&z.Year, &z.YearLocked, &z.CreatedBy, &z.CreatedAt, &z.UpdatedBy, &z.UpdatedAt)
		shape, _ := geom.Geometry.(orb.MultiPolygon)
		z.Geometry = geojson.NewGeometry(shape)
		b := shape.Bound()
		z.BBox = [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		return z, err
	})
	if err != nil {
		return nil, fmt.Errorf("read scenario %s at revision %d: %w", sc.Code, revision, err)
	}
	return zones, nil
}
