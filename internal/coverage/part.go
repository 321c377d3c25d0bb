package coverage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

const figureColumns = `
	buildings, covered_buildings, households, covered_households, floor_area_m2, covered_floor_area_m2,
	spared_households, unreached_buildings, mean_m, mean_minutes, served_households, access`

// Communities returns a run's answer for every community in its area: the most
// uncovered households first.
func (s *Store) Communities(ctx context.Context, scope account.Scope, district string, id uuid.UUID) ([]CommunityCoverage, error) {
	if _, err := s.Get(ctx, scope, district, id); err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select code, name, subdistrict_name, `+figureColumns+`
		from coverage_community
		where run_id = $1
		order by households - covered_households - spared_households desc, buildings - covered_buildings desc, code`, id)
	if err != nil {
		return nil, fmt.Errorf("list the communities of coverage run %s: %w", id, err)
	}
	communities, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (CommunityCoverage, error) {
		var c CommunityCoverage
		err := row.Scan(append([]any{&c.Code, &c.Name, &c.SubdistrictName}, c.columns()...)...)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the communities of coverage run %s: %w", id, err)
	}
	return communities, nil
}

// columns are where figureColumns are scanned to.
func (f *Figures) columns() []any {
	return []any{
		&f.Buildings, &f.CoveredBuildings, &f.Households, &f.CoveredHouseholds, &f.FloorAreaM2, &f.CoveredFloorAreaM2,
		&f.SparedHouseholds, &f.UnreachedBuildings, &f.MeanM, &f.MeanMinutes, &f.ServedHouseholds, &f.Access,
	}
}

// parts are the queries for which part each row of a run belongs to, by today's
// register: building, code and name.
var parts = map[string]string{
	AreaSubdistrict: `
		select r.building_id, s.code, s.name
		from coverage_building r
		left join published_building b on b.district_code = $2 and b.id = r.building_id
		left join published_community c on c.district_code = $2 and c.id = -r.building_id
		join published_subdistrict s on s.district_code = $2 and s.code = coalesce(b.subdistrict_code, c.subdistrict_code)
		where r.run_id = $1`,
	// A building of no community belongs to the neighborhood that it stands in.
	AreaNeighborhood: `
		select r.building_id, n.code, n.name
		from coverage_building r
		join published_community c on c.district_code = $2 and c.id = r.community_id
		join published_neighborhood n on n.district_code = $2 and n.code = c.neighborhood_code
		where r.run_id = $1
		union all
		select r.building_id, n.code, n.name
		from coverage_building r
		join published_building b on b.district_code = $2 and b.id = r.building_id
		join lateral (
		    select n.code, n.name from published_neighborhood n
		    where n.district_code = $2 and ST_Intersects(n.geom, b.point)
		    order by n.code limit 1
		) n on true
		where r.run_id = $1 and r.community_id is null`,
	AreaZone: `
		select r.building_id, z.code, z.name
		from coverage_building r
		join (
		    select zb.zone_id, zb.building_id from published_zone_building zb
		    union
		    select zc.zone_id, -zc.community_id from published_zone_community zc
		) m on m.building_id = r.building_id
		join published_zone z on z.id = m.zone_id and z.district_code = $2 and z.scenario_code = $3
		where r.run_id = $1 and ($4::text[] is null or z.subdistrict_codes && $4) and ($5::bigint[] is null or z.id = any($5))`,
}

// Parts returns a run's answer for every zone (of the run's scenario, else of
// the main one), neighborhood or subdistrict, as far as it lies in the area, and
// with code "" for the buildings of none: the most uncovered households first.
func (s *Store) Parts(ctx context.Context, scope account.Scope, district string, id uuid.UUID, by string) ([]PartCoverage, error) {
	run, err := s.detailed(ctx, scope, district, id)
	if err != nil {
		return nil, err
	}
	belongs, known := parts[by]
	if !known {
		return nil, &InvalidError{Field: "by", Detail: fmt.Sprintf("不能按“%s”汇总", by)}
	}
	args := []any{id, district}
	if by == AreaZone {
		scenario := run.settings.Scenario
		if scenario == "" {
			err := s.db.Pool.QueryRow(ctx, `select code from published_scenario where district_code = $1 and main`, district).Scan(&scenario)
			if err != nil {
				return nil, fmt.Errorf("find the main scenario of %s: %w", district, err)
			}
		}
		args = append(args, scenario, scope.Subdistricts, scope.Zones)
	}
	rows, err := s.db.Pool.Query(ctx, `
		with belongs as materialized (`+belongs+`)
		select coalesce(p.code, ''), coalesce(p.name, ''), r.building_id > 0, r.households::bigint, r.floor_area_m2, r.status,
		       r.facility_code is not null, coalesce(r.distance_m, 0), coalesce(greatest(r.there_s, r.back_s), 'NaN'), coalesce(r.served, 'NaN'), coalesce(r.access, 'NaN')
		from coverage_building r
		left join belongs p (building_id, code, name) on p.building_id = r.building_id
		where r.run_id = $1
		order by coalesce(p.code, ''), r.building_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("sum coverage run %s up by %s: %w", id, by, err)
	}
	list, err := sumUp(rows, restNames[by])
	if err != nil {
		return nil, fmt.Errorf("sum coverage run %s up by %s: %w", id, by, err)
	}
	return list, nil
}

// restNames are what the buildings of no part are called, so that the parts add
// up to the summary.
var restNames = map[string]string{
	AreaSubdistrict: "不在任何街道（镇）内", AreaNeighborhood: "不在任何社区内", AreaZone: "不在任何片区内",
}

// sumUp adds rows up that come in the order of their parts; those without a code
// are the rest.
func sumUp(rows pgx.Rows, rest string) ([]PartCoverage, error) {
	list := []PartCoverage{}
	var at sums
	var code, name string
	var building, way bool
	var households int64
	var floor, seconds float64
	var o outcome
	close := func() {
		if len(list) > 0 {
			list[len(list)-1].Figures = at.close()
		}
	}
	_, err := pgx.ForEachRow(rows, []any{
		&code, &name, &building, &households, &floor, &o.status, &way, &o.metres, &seconds, &o.served, &o.access,
	}, func() error {
		if len(list) == 0 || list[len(list)-1].Code != code {
			close()
			if code == "" {
				name = rest
			}
			list, at = append(list, PartCoverage{Code: code, Name: name}), sums{}
		}
		o.facility = -1
		if way {
			o.facility = 0
		}
		o.there, o.back = seconds, seconds
		if math.IsNaN(o.access) {
			o.access = 0
		}
		at.add(households, floor, building, &o)
		return nil
	})
	close()
	sortParts(list)
	return list, err
}

func sortParts(list []PartCoverage) {
	missing := func(p PartCoverage) int64 { return p.Households - p.CoveredHouseholds - p.SparedHouseholds }
	slices.SortStableFunc(list, func(a, b PartCoverage) int {
		return cmp.Or(cmp.Compare(missing(b), missing(a)), cmp.Compare(a.Code, b.Code))
	})
}
