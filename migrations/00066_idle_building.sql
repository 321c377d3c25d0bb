-- +goose Up
-- Idle buildings (闲置用房): rooms and houses that stand empty and may take in a
-- service facility. It is an outline, or a point where no more is known.
create table idle_building (
    id               bigint generated always as identity primary key,
    district_code    text not null references district (code) on delete cascade,
    code             text not null check (code <> ''),
    name             text not null default '',
    address          text not null default '',
    subdistrict_code text,
    floor_area_m2    double precision check (floor_area_m2 >= 0 and floor_area_m2 < 'infinity'),
    storeys          integer check (storeys between 1 and 300),
    owner_kind       text not null default '' check (owner_kind in ('', 'state', 'collective', 'private', 'mixed')),
    use_before       text not null default '',
    available_from   date,
    remark           text not null default '',
    geom             geometry(MultiPolygon, 4490) check (ST_IsValid(geom) and not ST_IsEmpty(geom)),
    geom_3857        geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    location         geometry(Point, 4490) not null check (ST_IsValid(location)),   -- inside geom where there is one
    location_3857    geometry(Point, 3857) generated always as (ST_Transform(location, 3857)) stored,
    footprint_m2     double precision generated always as (ST_Area(geom::geography)) stored,
    generated        text[] not null default '{}',
    source           text not null default '',
    source_ref       text,
    version          integer not null default 1,
    updated_at       timestamptz not null default now(),
    unique (district_code, code),
    foreign key (district_code, subdistrict_code) references subdistrict (district_code, code)
);
create unique index on idle_building (district_code, source_ref) where source_ref is not null;
create index on idle_building using gist (location);
create index on idle_building using gist (location_3857);
create index on idle_building using gist (geom_3857);

create view published_idle_building as
select id, district_code, code, name, address, subdistrict_code, floor_area_m2, storeys, owner_kind, use_before,
       available_from, remark, footprint_m2, geom, location, generated, source, version, updated_at
from idle_building;

-- Drawn where it is, as a point: most are rooms that no outline tells apart.
create view map_idle_building as
select id, district_code, code, name, owner_kind, floor_area_m2, subdistrict_code,
       location as geom, location_3857 as geom_3857
from idle_building;

-- Imports note what they do to it, as of the other tables of the register.
create trigger import_added after insert on idle_building referencing new table as added
for each statement when (current_setting('lianpian.import_id', true) <> '') execute function note_import_added();
create trigger import_changed after update on idle_building referencing old table as was new table as became
for each statement when (current_setting('lianpian.import_id', true) <> '') execute function note_import_changed();
