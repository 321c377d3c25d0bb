package phase

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// found is a zone as the register and the scenario know it.
type found struct {
	id          int64
	code, name  string
	year        *int
	locked      bool
	communities int
	households  int
	floorAreaM2 float64
	agreed      *int // households of communities that were asked
	asked       int  // households of communities that were asked
	small       bool // one of them has a small count
	costYuan    float64
	value       float64
	neighbours  []int // positions
}

// scenario is what a phasing needs to know of one.
type scenario struct {
	code     string
	revision int
	rules    zone.Rules
	zones    []found // by name
}

// nextTo is how far apart two zones may lie that count as next to each other, in
// degrees of the bounding boxes first, then in metres.
const (
	nextToDegrees = 0.002
	nextToM       = 100
)

// gather reads a scenario in one snapshot.
func (s *Store) gather(ctx context.Context, scope account.Scope, district, code string) (scenario, error) {
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return scenario{}, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	sc := scenario{code: code}
	err = tx.QueryRow(ctx, `
		select revision, rules from published_scenario s where district_code = $1 and code = $2 and `+inReach,
		district, code, scope.Zones).Scan(&sc.revision, &sc.rules)
	if errors.Is(err, pgx.ErrNoRows) || scope.District != "" && scope.District != district {
		return sc, fmt.Errorf("scenario %s: %w", code, postgis.ErrNotFound)
	}
	if err != nil {
		return sc, fmt.Errorf("read scenario %s: %w", code, err)
	}
	position, err := sc.readZones(ctx, tx, scope, district)
	if err != nil {
		return sc, err
	}
	if err := sc.readCommunities(ctx, tx, position); err != nil {
		return sc, err
	}
	return sc, sc.readNeighbours(ctx, tx, position)
}

func (sc *scenario) readZones(ctx context.Context, tx pgx.Tx, scope account.Scope, district string) (map[int64]int, error) {
	rows, err := tx.Query(ctx, `
		select id, code, name, year, year_locked
		from published_zone
		where district_code = $1 and scenario_code = $2
		  and ($3::text[] is null or subdistrict_codes && $3)
		  and ($4::bigint[] is null or id = any($4))
		order by name, code`, district, sc.code, scope.Subdistricts, scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("read the zones of scenario %s: %w", sc.code, err)
	}
	position := map[int64]int{}
	var z found
	_, err = pgx.ForEachRow(rows, []any{&z.id, &z.code, &z.name, &z.year, &z.locked}, func() error {
		position[z.id] = len(sc.zones)
		sc.zones = append(sc.zones, z)
		z = found{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the zones of scenario %s: %w", sc.code, err)
	}
	return position, nil
}

func (sc *scenario) ids() []int64 {
	ids := make([]int64, 0, len(sc.zones))
	for _, z := range sc.zones {
		ids = append(ids, z.id)
	}
	return ids
}

func (sc *scenario) readCommunities(ctx context.Context, tx pgx.Tx, position map[int64]int) error {
	rows, err := tx.Query(ctx, `
		select zc.zone_id,
		       coalesce(c.households, b.households, 0)::float8, coalesce(c.floor_area_m2, b.floor_area_m2, 0)::float8,
		       c.built_year, k.neglected, k.poor_conditions,
		       case when k.municipal_missing is null and k.service_missing is null then null
		            else coalesce(cardinality(k.municipal_missing), 0) + coalesce(cardinality(k.service_missing), 0) end,
		       k.households_agreed
		from published_zone_community zc
		join published_community c on c.id = zc.community_id
		join published_community_condition k on k.id = c.id
		left join lateral (
		    select sum(households) as households, sum(floor_area_m2) as floor_area_m2
		    from published_building where community_id = c.id
		) b on true
		where zc.zone_id = any($1)
		order by zc.zone_id, c.code`, sc.ids())
	if err != nil {
		return fmt.Errorf("read the communities of scenario %s: %w", sc.code, err)
	}
	var id int64
	var households, area float64
	var condition registry.Condition
	var agreed *int
	_, err = pgx.ForEachRow(rows, []any{
		&id, &households, &area, &condition.BuiltYear, &condition.Neglected, &condition.Poor, &condition.Missing, &agreed,
	}, func() error {
		z := &sc.zones[position[id]]
		z.communities++
		z.households += int(households)
		z.floorAreaM2 += area
		z.costYuan += sc.rules.Cost.Of(households, area)
		z.value += math.Max(1, households) * (1 + condition.Need()) / 2
		if agreed != nil {
			sum := *agreed
			if z.agreed != nil {
				sum += *z.agreed
			}
			z.agreed = &sum
			z.asked += int(households)
			z.small = z.small || account.SmallCount(*agreed) || account.SmallCount(int(households)-*agreed)
		}
		condition, agreed = registry.Condition{}, nil
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the communities of scenario %s: %w", sc.code, err)
	}
	return nil
}

func (sc *scenario) readNeighbours(ctx context.Context, tx pgx.Tx, position map[int64]int) error {
	rows, err := tx.Query(ctx, `
		select a.id, b.id
		from published_zone a
		join published_zone b on b.id > a.id and b.id = any($1) and b.geom && ST_Expand(a.geom, $2)
		where a.id = any($1) and ST_DWithin(a.geom::geography, b.geom::geography, $3)
		order by a.id, b.id`, sc.ids(), nextToDegrees, nextToM)
	if err != nil {
		return fmt.Errorf("find the neighbours in scenario %s: %w", sc.code, err)
	}
	var a, b int64
	_, err = pgx.ForEachRow(rows, []any{&a, &b}, func() error {
		i, j := position[a], position[b]
		sc.zones[i].neighbours = append(sc.zones[i].neighbours, j)
		sc.zones[j].neighbours = append(sc.zones[j].neighbours, i)
		return nil
	})
	if err != nil {
		return fmt.Errorf("find the neighbours in scenario %s: %w", sc.code, err)
	}
	return nil
}
