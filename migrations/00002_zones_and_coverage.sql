-- +goose Up
create table zone (
    id                bigint generated always as identity primary key,
    district_code     text not null references district (code) on delete cascade,
    code              text not null check (code <> ''),         -- UUIDv7, what outsiders keep
    name              text not null check (name <> ''),
    note              text not null default '',
    geom              geometry(MultiPolygon, 4490) not null check (ST_IsValid(geom) and not ST_IsEmpty(geom)),
    geom_3857         geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    area_m2           double precision generated always as (ST_Area(geom::geography)) stored,
    subdistrict_codes text[] not null default '{}',             -- subdistricts of its communities or, without any, of its ground
    version           integer not null default 1,
    created_by        text not null default '',
    created_at        timestamptz not null default now(),
    updated_by        text not null default '',
    updated_at        timestamptz not null default now(),
    unique (district_code, code)
);
create unique index zone_name_once on zone (district_code, name);
create index on zone using gist (geom);
create index on zone using gist (geom_3857);

create table zone_community (
    zone_id      bigint not null references zone (id) on delete cascade,
    community_id bigint not null references community (id) on delete cascade,
    primary key (zone_id, community_id)
);
create index on zone_community (community_id);

create table coverage_run (
    id            uuid primary key,
    district_code text not null references district (code) on delete cascade,
    facility_type text not null,
    method        text not null check (method in ('radius')),
    radius_m      double precision not null check (radius_m > 0 and radius_m <= 20000),
    standard      text not null default '',                     -- source and clause of the radius; '' where a person typed it
    area          jsonb not null,                               -- {"kind":"district"} | {"kind":"subdistrict","code":…} | {"kind":"zone","code":…} | {"kind":"polygon","geometry":…}
    inputs        jsonb not null,                               -- counts and latest change of what went in
    summary       jsonb not null,
    created_by    text not null default '',
    created_at    timestamptz not null default now()
);
create index on coverage_run (district_code, created_at desc);

create table coverage_building (
    run_id      uuid not null references coverage_run (id) on delete cascade,
    building_id bigint not null references building (id) on delete cascade,
    covered     boolean not null,
    facility_id bigint references facility (id) on delete set null,  -- the nearest one, also where it is too far
    distance_m  double precision,
    primary key (run_id, building_id)
);
