-- +goose Up
-- What zones and coverage publish to programs of others, besides what they
-- publish already.
create view published_zone_record as
select z.id, z.district_code, z.code, z.name, z.note, z.geom, z.area_m2, z.subdistrict_codes, z.membership,
       z.boundary_rule, z.year, z.year_locked, z.version, z.created_at, z.updated_at,
       s.code as scenario_code, s.main
from zone z
join scenario s on s.id = z.scenario_id;

create view published_coverage_record as
select id, district_code, facility_type, method, radius_m, minutes, created_at, detailed, batch_id,
       subdistrict_codes, area ->> 'kind' as area_kind, area ->> 'code' as area_code,
       coalesce((summary ->> 'households')::numeric, 0) as households
from coverage_run;

-- The homes that a run found without the service: where nobody lives is no gap;
-- where no households are known at all, what people may live in counts.
create view published_gap as
select run.id as run_id, run.district_code, run.facility_type, run.method, run.radius_m, run.minutes as limit_minutes,
       run.created_at, r.status, r.households, r.distance_m, greatest(r.there_s, r.back_s) / 60 as minutes,
       r.building_id, b.code as building_code, b.community_id, b.subdistrict_code, b.geom, b.point
from published_coverage_record run
join coverage_building r on r.run_id = run.id
join building b on b.id = r.building_id and b.district_code = run.district_code
where r.status in ('uncovered', 'cut_off', 'unreached')
  and (r.households > 0 or run.households = 0 and (r.community_id is not null or b.use in ('residential', '')));
