-- +goose Up
create extension if not exists postgis;

-- A district is the authority that runs a renewal programme. Every row of
-- content below belongs to one, and its code comes first in every key, so that
-- the schema can be distributed by it.
create table district (
    code           text primary key check (code ~ '^[0-9]{6}([0-9]{3})?$'),
    name           text not null check (name <> ''),
    boundary       geometry(MultiPolygon, 4490) not null check (ST_IsValid(boundary)),
    gk_srid        integer not null,                    -- EPSG code of the district's CGCS2000 3-degree Gauss-Krüger zone
    policy_key     text not null,
    policy_version text not null,
    policy_params  jsonb not null default '{}',         -- overrides of the policy's parameters
    profile_key    text not null,                       -- profile of facility standards
    demo           boolean not null default false,
    notice         text not null default '',            -- attribution and what is generated, shown to people
    version        integer not null default 1,
    created_at     timestamptz not null default now()
);

create table subdistrict (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    code          text not null check (code <> ''),
    name          text not null check (name <> ''),
    geom          geometry(MultiPolygon, 4490) check (ST_IsValid(geom)),
    geom_3857     geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    generated     text[] not null default '{}',         -- columns whose values are generated demo data
    source        text not null default '',
    unique (district_code, code)
);
create index on subdistrict using gist (geom);
create index on subdistrict using gist (geom_3857);

create table neighborhood (
    id               bigint generated always as identity primary key,
    district_code    text not null references district (code) on delete cascade,
    code             text not null check (code <> ''),
    name             text not null check (name <> ''),
    subdistrict_code text,
    geom             geometry(MultiPolygon, 4490) check (ST_IsValid(geom)),
    geom_3857        geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    generated        text[] not null default '{}',
    source           text not null default '',
    unique (district_code, code),
    foreign key (district_code, subdistrict_code) references subdistrict (district_code, code)
);
create index on neighborhood using gist (geom);
create index on neighborhood using gist (geom_3857);

create table community (
    id                    bigint generated always as identity primary key,
    district_code         text not null references district (code) on delete cascade,
    code                  text not null check (code <> ''),
    name                  text not null check (name <> ''),
    address               text not null default '',
    subdistrict_code      text,
    neighborhood_code     text,
    unit_kind             text not null default 'compound' check (unit_kind in ('compound', 'single_building', 'community')),
    built_year            integer check (built_year between 1900 and 2100),
    households            integer check (households >= 0),
    building_count        integer check (building_count >= 0),
    floor_area_m2         double precision check (floor_area_m2 >= 0 and floor_area_m2 < 'infinity'),
    management_mode       text not null default '',     -- professional | service_centre | self_managed | '' unknown
    -- the facts that eligibility is judged by; null is unknown
    neglected             boolean,
    municipal_missing     text[],
    service_missing       text[],
    households_agreed     integer check (households_agreed >= 0),
    floor_area_agreed_m2  double precision check (floor_area_agreed_m2 >= 0),
    prior_works           text check (prior_works in ('none', 'single_item', 'partial', 'full')),
    in_shantytown_plan    boolean,
    demolish_rebuild      boolean,
    self_built_majority   boolean,
    urban_village         boolean,
    poor_conditions       boolean,
    -- the verdict and its proof, written by the registry whenever a fact or the policy changes
    verdict               text not null default 'borderline' check (verdict in ('in', 'out', 'borderline')),
    verdict_proof         jsonb not null default '[]',
    verdict_policy        text not null default '',     -- policy key@version that produced it
    override_verdict      text check (override_verdict in ('in', 'out', 'borderline')),
    override_reason       text check ((override_verdict is null) = (override_reason is null) and override_reason <> ''),
    override_by           text,
    override_at           timestamptz,
    eligibility           text generated always as (coalesce(override_verdict, verdict)) stored,
    -- where it is: a polygon, or a point where the ledger knows no more, or nothing
    geom                  geometry(MultiPolygon, 4490) check (ST_IsValid(geom)),
    geom_3857             geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    location              geometry(Point, 4490),        -- inside geom where there is one; labels and distances start here
    location_3857         geometry(Point, 3857) generated always as (ST_Transform(location, 3857)) stored,
    land_area_m2          double precision generated always as (ST_Area(geom::geography)) stored,
    remark                text not null default '',
    generated             text[] not null default '{}',
    source                text not null default '',
    source_ref            text,                         -- e.g. osm:w123; identity within the source
    version               integer not null default 1,
    updated_at            timestamptz not null default now(),
    unique (district_code, code),
    foreign key (district_code, subdistrict_code) references subdistrict (district_code, code),
    foreign key (district_code, neighborhood_code) references neighborhood (district_code, code)
);
create unique index on community (district_code, source_ref) where source_ref is not null;
create index on community (district_code, name, id);
create index on community (district_code, built_year);
create index on community (district_code, eligibility);
create index on community (district_code, subdistrict_code);
create index on community using gist (geom);
create index on community using gist (geom_3857);
create index on community using gist (location);
create index on community using gist (location_3857);

create table building (
    id               bigint generated always as identity primary key,
    district_code    text not null references district (code) on delete cascade,
    code             text not null check (code <> ''),
    name             text not null default '',
    community_id     bigint references community (id) on delete set null,
    subdistrict_code text,
    use              text not null default '',          -- residential | commercial | public | … | '' unknown
    storeys          integer check (storeys between 1 and 300),
    height_m         double precision check (height_m > 0 and height_m < 1500),
    built_year       integer check (built_year between 1900 and 2100),
    households       integer check (households >= 0),
    floor_area_m2    double precision check (floor_area_m2 >= 0 and floor_area_m2 < 'infinity'),
    geom             geometry(MultiPolygon, 4490) not null check (ST_IsValid(geom) and not ST_IsEmpty(geom)),
    geom_3857        geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    point            geometry(Point, 4490) generated always as (ST_PointOnSurface(geom)) stored,
    footprint_m2     double precision generated always as (ST_Area(geom::geography)) stored,
    named            text[] not null default '{}',      -- of community_code, subdistrict_code: those that a person or a file named; the others follow the place
    generated        text[] not null default '{}',
    source           text not null default '',
    source_ref       text,
    version          integer not null default 1,
    updated_at       timestamptz not null default now(),
    unique (district_code, code),
    foreign key (district_code, subdistrict_code) references subdistrict (district_code, code)
);
create unique index on building (district_code, source_ref) where source_ref is not null;
create index on building (community_id);
create index on building (district_code, subdistrict_code);
create index on building using gist (geom_3857);
create index on building using gist (point);

create table facility (
    id               bigint generated always as identity primary key,
    district_code    text not null references district (code) on delete cascade,
    code             text not null check (code <> ''),
    facility_type    text not null check (facility_type <> ''),
    name             text not null default '',
    address          text not null default '',
    capacity         integer check (capacity >= 0),
    subdistrict_code text,
    geom             geometry(Point, 4490) not null check (ST_IsValid(geom)),
    geom_3857        geometry(Point, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    generated        text[] not null default '{}',
    source           text not null default '',
    source_ref       text,
    version          integer not null default 1,
    updated_at       timestamptz not null default now(),
    unique (district_code, code),
    foreign key (district_code, subdistrict_code) references subdistrict (district_code, code)
);
create unique index on facility (district_code, source_ref, facility_type) where source_ref is not null;
create index on facility (district_code, facility_type);
create index on facility using gist (geom);
create index on facility using gist (geom_3857);

-- The base map: what OpenStreetMap or a survey gives, drawn under the plan.
create table road (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,                         -- OpenStreetMap highway value
    name          text not null default '',
    walkable      boolean not null,
    stairs        boolean not null default false,
    bridge        boolean not null default false,
    tunnel        boolean not null default false,
    level         integer not null default 0,
    oneway        boolean not null default false,
    tags          jsonb not null default '{}',           -- the tags that walking needs later (access, foot, surface, incline …)
    geom          geometry(LineString, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(LineString, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    unique (district_code, source_ref)
);
create index on road using gist (geom);
create index on road using gist (geom_3857);

create table waterway (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,
    name          text not null default '',
    tunnel        boolean not null default false,
    geom          geometry(LineString, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(LineString, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    unique (district_code, source_ref)
);
create index on waterway using gist (geom);
create index on waterway using gist (geom_3857);

create table railway (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,
    name          text not null default '',
    bridge        boolean not null default false,
    tunnel        boolean not null default false,
    level         integer not null default 0,
    geom          geometry(LineString, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(LineString, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    unique (district_code, source_ref)
);
create index on railway using gist (geom);
create index on railway using gist (geom_3857);

create table water (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,
    name          text not null default '',
    geom          geometry(MultiPolygon, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    area_m2       double precision generated always as (ST_Area(geom::geography)) stored,
    unique (district_code, source_ref)
);
create index on water using gist (geom);
create index on water using gist (geom_3857);

create table land_use (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,                         -- residential, commercial, industrial, education …
    name          text not null default '',
    geom          geometry(MultiPolygon, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    area_m2       double precision generated always as (ST_Area(geom::geography)) stored,
    unique (district_code, source_ref)
);
create index on land_use using gist (geom);
create index on land_use using gist (geom_3857);

create table green (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,                         -- park, forest, grass, scrub …
    name          text not null default '',
    geom          geometry(MultiPolygon, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    area_m2       double precision generated always as (ST_Area(geom::geography)) stored,
    unique (district_code, source_ref)
);
create index on green using gist (geom);
create index on green using gist (geom_3857);

create table place (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,                         -- city, town, suburb, neighbourhood …
    name          text not null,
    geom          geometry(Point, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(Point, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    unique (district_code, source_ref)
);
create index on place using gist (geom_3857);

create table admin_area (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    level         integer not null,                      -- OpenStreetMap admin_level
    name          text not null default '',
    geom          geometry(MultiPolygon, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    unique (district_code, source_ref)
);
create index on admin_area using gist (geom);
create index on admin_area using gist (geom_3857);
