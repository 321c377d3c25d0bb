-- +goose Up
-- What the registry, the zones and coverage publish for maps: rows in the
-- projection that vector tiles are cut in. Tiles read these views and no table.
create view map_subdistrict as
select id, district_code, code, name, geom_3857
from subdistrict;

create view map_community as
select id, district_code, code, name, eligibility, built_year, households, subdistrict_code,
       geom_3857, location_3857
from community;

create view map_building as
select b.id, b.district_code, b.code, b.subdistrict_code, b.storeys, b.built_year, b.households,
       b.footprint_m2, b.generated <> '{}' as generated,
       b.community_id, c.code as community_code, c.eligibility,
       b.geom_3857
from building b
left join community c on c.id = b.community_id;

create view map_facility as
select id, district_code, code, facility_type, name, subdistrict_code, geom, geom_3857
from facility;

create view map_zone as
select id, district_code, code, name, subdistrict_codes, geom, geom_3857
from zone;

create view map_zone_community as
select zone_id, community_id
from zone_community;

create view map_coverage as
select run.id as run_id, run.district_code, r.covered, r.distance_m,
       b.id, b.code, b.subdistrict_code, b.community_id, b.geom_3857
from coverage_run run
join coverage_building r on r.run_id = run.id
join building b on b.id = r.building_id and b.district_code = run.district_code;

create view map_road as
select id, district_code, class, name, walkable, stairs, bridge, tunnel, level, geom_3857
from road;

create view map_railway as
select id, district_code, class, name, bridge, tunnel, level, geom_3857
from railway;

create view map_waterway as
select id, district_code, class, name, tunnel, geom_3857
from waterway;

create view map_water as
select id, district_code, class, name, area_m2, geom_3857
from water;

create view map_green as
select id, district_code, class, name, area_m2, geom_3857
from green;

create view map_land_use as
select id, district_code, class, name, area_m2, geom_3857
from land_use;

create view map_place as
select id, district_code, class, name, geom_3857
from place;

create view map_admin_area as
select id, district_code, level, name, geom_3857
from admin_area;
