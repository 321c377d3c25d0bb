package coverage

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// readBuildings returns the buildings of an area, by id. The plan is made for
// this very area: a polygon may hold one building or all of them.
func readBuildings(ctx context.Context, tx pgx.Tx, district string, g ground) ([]subject, error) {
	rows, err := tx.Query(ctx, `
		select b.id, b.code, coalesce(b.community_id, 0), ST_X(b.point), ST_Y(b.point), coalesce(b.subdistrict_code, ''),
		       b.use, b.households::bigint, b.floor_area_m2, b.weight_m2,
		       b.generated && array['households', 'floor_area_m2', 'geometry'], b.updated_at
		from published_building b
		where b.district_code = $1 and `+g.buildings+`
		order by b.id`, pgx.QueryExecModeCacheDescribe, district, g.of)
	if err != nil {
		return nil, fmt.Errorf("read the buildings of an area: %w", err)
	}
	var subjects []subject
	var s subject
	var lon, lat float64
	_, err = pgx.ForEachRow(rows, []any{
		&s.id, &s.code, &s.community, &lon, &lat, &s.subdistrict, &s.use, &s.households, &s.floorArea, &s.weight, &s.generated, &s.updatedAt,
	}, func() error {
		s.at = placeAt(lon, lat)
		subjects = append(subjects, s)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the buildings of an area: %w", err)
	}
	return subjects, nil
}

// readCommunities returns the communities of the buildings, and those of the
// area that have no building, by code, with the sums over all their buildings.
// The sums are exact, so that they do not depend on the order of the rows.
func readCommunities(ctx context.Context, tx pgx.Tx, district string, g ground, subjects []subject) ([]community, error) {
	seen := map[int64]bool{}
	ids := []int64{}
	for i := range subjects {
		if id := subjects[i].community; id != 0 && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	rows, err := tx.Query(ctx, `
		with whole as (
		    select community_id, count(*) as buildings, sum(households)::bigint as households,
		           sum(weight_m2::numeric)::double precision as weight_m2
		    from published_building
		    where district_code = $1 and community_id = any($3)
		    group by community_id
		)
		select c.id, c.code, c.name, coalesce(c.subdistrict_code, ''), coalesce(s.name, ''),
		       c.households::bigint, c.floor_area_m2,
		       not c.generated <@ array['name', 'address', 'remark'],
		       case when c.location is not null then array[ST_X(c.location), ST_Y(c.location)] end,
		       c.updated_at, coalesce(w.buildings, 0), w.households, coalesce(w.weight_m2, 0)
		from published_community c
		left join whole w on w.community_id = c.id
		left join published_subdistrict s on s.district_code = c.district_code and s.code = c.subdistrict_code
		where c.district_code = $1
		  and (c.id = any($3)
		       or `+g.communities+` and not exists (
		           select from published_building b where b.district_code = c.district_code and b.community_id = c.id))
		order by c.code`, pgx.QueryExecModeCacheDescribe, district, g.of, ids)
	if err != nil {
		return nil, fmt.Errorf("read the communities of an area: %w", err)
	}
	communities, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (community, error) {
		var c community
		var location []float64
		err := row.Scan(&c.id, &c.code, &c.name, &c.subdistrict, &c.subdistrictName, &c.households, &c.floorArea,
			&c.generated, &location, &c.updatedAt, &c.buildings, &c.sumHouseholds, &c.sumWeight)
		if len(location) == 2 {
			c.location = &[2]float64{location[0], location[1]}
		}
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the communities of an area: %w", err)
	}
	return communities, nil
}

// readShares gives every subject its whole part of its community's households.
// All buildings of a community count, also those outside the area, so that a
// building has the same households in every run.
func readShares(ctx context.Context, tx pgx.Tx, district string, g ground, subjects []subject, communities []community) error {
	index := make(map[int64]int, len(communities))
	ids := make([]int64, 0, len(communities))
	for i := range communities {
		index[communities[i].id] = i
		ids = append(ids, communities[i].id)
	}
	members := make([][]member, len(communities))
	if g.Kind == AreaDistrict {
		for i := range subjects {
			s := &subjects[i]
			if at, known := index[s.community]; known && s.id != 0 {
				members[at] = append(members[at], member{s.id, value(s.households), s.weight})
			}
		}
	} else {
		rows, err := tx.Query(ctx, `
			select community_id, id, coalesce(households, 0)::double precision, weight_m2
			from published_building
			where district_code = $2 and community_id = any($1)
			order by id`, ids, district)
		if err != nil {
			return fmt.Errorf("read the buildings of communities: %w", err)
		}
		var of int64
		var m member
		_, err = pgx.ForEachRow(rows, []any{&of, &m.id, &m.households, &m.weight}, func() error {
			members[index[of]] = append(members[index[of]], m)
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the buildings of communities: %w", err)
		}
	}
	whole := make(map[int64]int64, len(subjects))
	for i := range communities {
		communities[i].divide(members[i], whole)
	}
	for i := range subjects {
		s := &subjects[i]
		at, known := index[s.community]
		switch {
		case !known:
			s.wholeHouseholds, s.wholeFloorArea = int64(value(s.households)), value(s.floorArea)
		case s.id == 0:
			s.wholeHouseholds, s.wholeFloorArea = int64(value(communities[at].households)), value(communities[at].floorArea)
		default:
			s.wholeHouseholds, s.wholeFloorArea = whole[s.id], communities[at].floorShare(s)
		}
	}
	return nil
}

// readFacilities returns all facilities of a type in the district, by code, and
// after them the proposed ones of a scenario ("": none).
func readFacilities(ctx context.Context, tx pgx.Tx, district, kind, scenario string) ([]facility, error) {
	rows, err := tx.Query(ctx, `
		select id, code, name, ST_X(geom), ST_Y(geom), capacity, generated <> '{}', updated_at, false as proposed
		from published_facility
		where district_code = $1 and facility_type = $2
		union all
		select 0, code, name, ST_X(geom), ST_Y(geom), capacity, false, created_at, true
		from published_proposed_facility
		where district_code = $1 and facility_type = $2 and scenario_code = $3
		order by proposed, code`, district, kind, scenario)
	if err != nil {
		return nil, fmt.Errorf("read the facilities of type %s: %w", kind, err)
	}
	facilities, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (facility, error) {
		var f facility
		var lon, lat float64
		err := row.Scan(&f.id, &f.code, &f.name, &lon, &lat, &f.capacity, &f.generated, &f.updatedAt, &f.proposed)
		f.at = placeAt(lon, lat)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the facilities of type %s: %w", kind, err)
	}
	return facilities, nil
}
