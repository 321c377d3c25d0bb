-- +goose Up
-- A run is a record of what was: it must not shrink when a building or a
-- facility is deleted later, and deleting one must not search every run for it.
alter table coverage_building
    drop constraint coverage_building_building_id_fkey,
    drop constraint coverage_building_facility_id_fkey;

alter table coverage_run
    drop column standard,
    add column standard jsonb,                                  -- the row that the radius was taken from; null where a person gave it
    add column subdistrict_codes text[] not null default '{}',  -- where its buildings lie; '' stands for buildings of no known subdistrict
    add column notes text[] not null default '{}';              -- what the reader of the figures must know

-- The answer for each community as far as it lies in the area, kept as it was.
create table coverage_community (
    run_id                uuid not null references coverage_run (id) on delete cascade,
    community_id          bigint not null,
    code                  text not null,
    name                  text not null,
    subdistrict_code      text not null default '',
    subdistrict_name      text not null default '',
    buildings             bigint not null,
    covered_buildings     bigint not null check (covered_buildings <= buildings),
    households            bigint not null,
    covered_households    bigint not null check (covered_households <= households),
    floor_area_m2         double precision not null,
    covered_floor_area_m2 double precision not null check (covered_floor_area_m2 <= floor_area_m2),
    primary key (run_id, community_id)
);
