package areaplan

import (
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

func (g *gathering) readBuildings() error {
	g.buildingOf = map[int64]string{}
	rows, err := g.tx.Query(g.ctx, `
		select b.id, b.code, b.name, coalesce(c.code, ''), coalesce(c.name, ''), coalesce(s.name, ''), b.use, b.storeys, b.height_m,
		       b.built_year, b.households::bigint, b.floor_area_m2, b.footprint_m2, b.geom, b.generated, b.source, b.updated_at
		from published_building b
		left join published_community c on c.id = b.community_id
		left join published_subdistrict s on s.district_code = b.district_code and s.code = b.subdistrict_code
		where b.id in (select building_id from published_zone_building where zone_id = any($1::bigint[]))
		  and ($2::text[] is null or case when c.id is null then b.subdistrict_code else c.subdistrict_code end = any($2))
		order by c.name nulls last, c.code, b.code`, g.zoneIDs, g.scope.Subdistricts)
	if err != nil {
		return err
	}
	g.Buildings, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Building, error) {
		var id int64
		var b Building
		var outline postgis.Geom
		err := row.Scan(&id, &b.Code, &b.Name, &b.CommunityCode, &b.CommunityName, &b.SubdistrictName, &b.Use, &b.Storeys, &b.HeightM,
			&b.BuiltYear, &b.Households, &b.FloorAreaM2, &b.FootprintM2, &outline, &b.Generated, &b.Source, &b.UpdatedAt)
		b.UpdatedAt = b.UpdatedAt.UTC()
		b.Outline, _ = outline.Geometry.(orb.MultiPolygon)
		g.buildings = append(g.buildings, id)
		g.buildingOf[id] = b.Code
		return b, err
	})
	return err
}

// readFacilities reads the facilities in and near the zones, and those that the
// scenario proposes there. Whoever is limited to zones reads those inside them.
func (g *gathering) readFacilities() error {
	rows, err := g.tx.Query(g.ctx, `
		with box as materialized (select b.geom from unnest($3::geometry[]) b (geom)),
		found as (
		    select code, name, facility_type, address, capacity, false as proposed, geom, generated, source, subdistrict_code
		    from published_facility f
		    where district_code = $1 and exists (select from box where f.geom && box.geom)
		    union all
		    select code, name, facility_type, note, capacity, true, geom, '{}', '', subdistrict_code
		    from published_proposed_facility f
		    where district_code = $1 and scenario_code = $5 and exists (select from box where f.geom && box.geom)
		)
		select code, name, facility_type, address, capacity, proposed, inside, geom, generated, source
		from found
		cross join lateral (
		    select exists (select from published_zone z where z.id = any($4::bigint[]) and ST_Intersects(z.geom, found.geom)) as inside
		) i
		where ($2::text[] is null or subdistrict_code = any($2)) and (not $6 or inside)
		order by facility_type, proposed, name, code`,
		g.code, g.scope.Subdistricts, g.near, g.zoneIDs, g.Scenario.Code, g.scope.Zones != nil)
	if err != nil {
		return err
	}
	g.Facilities, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Facility, error) {
		var f Facility
		var at postgis.Geom
		err := row.Scan(&f.Code, &f.Name, &f.FacilityType, &f.Address, &f.Capacity, &f.Proposed, &f.Inside, &at, &f.Generated, &f.Source)
		f.Location, _ = at.Geometry.(orb.Point)
		f.TypeName = f.FacilityType
		if kind, known := g.lib.FacilityType(f.FacilityType); known {
			f.TypeName = kind.Name
		}
		return f, err
	})
	return err
}
