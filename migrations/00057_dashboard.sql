-- +goose Up
-- What the board compares of coverage runs: how, over what, and what came of it.
-- Runs of one measure differ in nothing but when they were made, and which
-- proposed facilities they counted.
create or replace view published_coverage_run as
select id, district_code, facility_type, area ->> 'kind' as area_kind, created_at,
       coalesce(area ->> 'code', '') as area_code,
       method, radius_m, minutes,
       coalesce(concat_ws(' ', standard ->> 'source', standard ->> 'clause'), '') as standard,
       coalesce(settings ->> 'scenario', '') as scenario,
       md5(concat_ws('|', method, radius_m, minutes, walker ->> 'key', walker ->> 'step_free', area ->> 'kind', area ->> 'code')) as measure,
       coalesce((summary ->> 'households')::double precision, 0) as households,
       coalesce((summary ->> 'covered_households')::double precision, 0)
           + coalesce((summary ->> 'spared_households')::double precision, 0) as covered_households
from coverage_run;

-- Which accounts a district has for the roles of its plan: no names.
create view published_account_role as
select a.district_code, a.role,
       array(select s.subdistrict_code from account_subdistrict s where s.account_id = a.id order by 1) as subdistrict_codes,
       (select count(*) from account_zone z where z.account_id = a.id)::integer as zones
from account a;
