-- +goose Up
-- What the registry publishes to the floors above it. They read these views and
-- never its tables, so that the tables can change behind them.
create view published_district as
select code, name, boundary, gk_srid, policy_key, policy_version, profile_key, demo, notice
from district;

create view published_subdistrict as
select district_code, code, name, geom
from subdistrict;

create view published_community as
select id, district_code, code, name, address, subdistrict_code, neighborhood_code, unit_kind,
       built_year, households, building_count, floor_area_m2, land_area_m2, management_mode,
       verdict, verdict_proof, verdict_policy, override_verdict, override_reason, override_by, override_at, eligibility,
       geom, location, remark, generated, source, version, updated_at
from community;

create view published_building as
select id, district_code, code, name, community_id, subdistrict_code, use, storeys, height_m,
       built_year, households, floor_area_m2, footprint_m2,
       -- floor area for weighing buildings against each other, known for every building
       coalesce(floor_area_m2, footprint_m2 * coalesce(storeys, 1)) as weight_m2,
       geom, point, generated, source, version, updated_at
from building;

create view published_facility as
select id, district_code, code, facility_type, name, address, capacity, subdistrict_code,
       geom, generated, source, version, updated_at
from facility;

-- What the account package publishes: what was done to a thing.
create view published_audit_entry as
select id, at, account_name, district_code, action, entity, entity_code, before, after
from audit_entry;

-- The one rule of membership: more than half of the community's polygon lies
-- inside the zone or, where it has none, its location. Halves are compared on
-- the longitude/latitude plane, whose scale does not vary over one community.
-- The two cheap questions come first: they use the zone as a prepared geometry.
-- +goose StatementBegin
create function zone_holds(zone geometry, community geometry, location geometry) returns boolean
language sql immutable parallel safe as $$
    select case
        when community is null then coalesce(ST_Intersects(zone, location), false)
        when not ST_Intersects(zone, community) then false
        when ST_Covers(zone, community) then true
        else ST_Area(ST_Intersection(zone, community)) * 2 > ST_Area(community)
    end
$$;
-- +goose StatementEnd

-- What zones publish: the buildings of a zone are those of its communities, and
-- those of no community whose point lies inside.
create view published_zone_building as
select zc.zone_id, b.id as building_id, b.community_id
from zone_community zc
join building b on b.community_id = zc.community_id
union all
select z.id, b.id, null::bigint
from zone z
join building b on b.district_code = z.district_code
               and b.community_id is null
               and b.point && z.geom
               and ST_Intersects(z.geom, b.point);

create view published_zone as
select id, district_code, code, name, geom, area_m2, subdistrict_codes, version, updated_at
from zone;

create view published_zone_community as
select zone_id, community_id
from zone_community;
