-- +goose Up
-- A contractor also sees the buildings of no community that stand in their
-- zones; whether one does, its point decides.
create or replace view map_building as
select b.id, b.district_code, b.code, b.subdistrict_code, b.storeys, b.built_year, b.households,
       b.footprint_m2, b.generated <> '{}' as generated,
       b.community_id, c.code as community_code, c.eligibility,
       b.geom_3857, b.point
from building b
left join community c on c.id = b.community_id;

create or replace view map_coverage as
select run.id as run_id, run.district_code, r.covered, r.distance_m,
       b.id, b.code, b.subdistrict_code, b.community_id, b.geom_3857, b.point
from coverage_run run
join coverage_building r on r.run_id = run.id
join building b on b.id = r.building_id and b.district_code = run.district_code;
