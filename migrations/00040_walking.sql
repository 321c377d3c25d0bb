-- +goose Up
-- What bars people on foot besides water, railways and expressways: walls and
-- fences, drawn as lines where they stand on the ground.
create table barrier (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,                         -- OpenStreetMap barrier value: wall, fence, hedge …
    name          text not null default '',
    geom          geometry(LineString, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(LineString, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    unique (district_code, source_ref)
);
create index on barrier using gist (geom);
create index on barrier using gist (geom_3857);

-- Where a barrier or a road can be passed, or where a road is closed.
create table gate (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,                         -- OpenStreetMap barrier value: gate, entrance, bollard, stile …
    name          text not null default '',
    passable      boolean not null,                      -- on foot, for those who live there
    geom          geometry(Point, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(Point, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    unique (district_code, source_ref)
);
create index on gate using gist (geom);
create index on gate using gist (geom_3857);

-- Where a street or a railway is crossed on foot.
create table crossing (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null,
    class         text not null,                         -- traffic_signals | marked | unmarked | railway | '' unknown
    name          text not null default '',
    geom          geometry(Point, 4490) not null check (ST_IsValid(geom)),
    geom_3857     geometry(Point, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    unique (district_code, source_ref)
);
create index on crossing using gist (geom);
create index on crossing using gist (geom_3857);

create view published_barrier as
select id, district_code, source_ref, class, name, geom
from barrier;

create view published_gate as
select id, district_code, source_ref, class, name, passable, geom
from gate;

create view published_crossing as
select id, district_code, source_ref, class, name, geom
from crossing;

create or replace view published_base_version as
select district_code, count(*) || ':' || sum(writer) as version
from (
    select district_code, xmin::text::bigint as writer from road
    union all select district_code, xmin::text::bigint from railway
    union all select district_code, xmin::text::bigint from waterway
    union all select district_code, xmin::text::bigint from water
    union all select district_code, xmin::text::bigint from barrier
    union all select district_code, xmin::text::bigint from gate
    union all select district_code, xmin::text::bigint from crossing
) rows_written
group by district_code;

create view map_barrier as
select id, district_code, class, name, geom_3857
from barrier;

create view map_gate as
select id, district_code, class, name, passable, geom_3857
from gate;

-- How high the ground is: one grid of heights for each district and source, cut
-- to the district. The height of column c and row r is that of the point
-- (west + c * step_x, north - r * step_y); in between one interpolates.
create table elevation (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    source_ref    text not null check (source_ref <> ''),
    name          text not null default '',              -- of the file
    format        text not null,                         -- hgt | geotiff
    source_crs    text not null,                         -- what the file's coordinates were, for people
    source_step_m double precision not null check (source_step_m > 0 and source_step_m < 'infinity'),
    west          double precision not null check (west >= -180 and west <= 180),       -- degrees, EPSG:4490
    north         double precision not null check (north >= -90 and north <= 90),
    step_x        double precision not null check (step_x > 0 and step_x < 'infinity'),
    step_y        double precision not null check (step_y > 0 and step_y < 'infinity'),
    cols          integer not null check (cols >= 2),
    rows          integer not null check (rows >= 2),
    voids         bigint not null check (voids >= 0),    -- points of unknown height
    lowest_m      real not null,
    highest_m     real not null,
    digest        text not null,                         -- of the grid and its heights
    imported_at   timestamptz not null default now(),
    unique (district_code, source_ref)
);

-- The heights, in squares of 256 × 256 points (fewer at the right and lower edge)
-- row by row: 32-bit floats in metres, little-endian, NaN for unknown, packed by
-- zlib.
create table elevation_tile (
    elevation_id bigint not null references elevation (id) on delete cascade,
    tile_row     integer not null check (tile_row >= 0),
    tile_col     integer not null check (tile_col >= 0),
    heights      bytea not null,
    primary key (elevation_id, tile_row, tile_col)
);

create view published_elevation as
select id, district_code, source_ref, name, format, source_crs, source_step_m, west, north, step_x, step_y, cols, rows,
       voids, lowest_m, highest_m, imported_at
from elevation;

create view published_elevation_tile as
select e.district_code, t.elevation_id, t.tile_row, t.tile_col, t.heights
from elevation e
join elevation_tile t on t.elevation_id = e.id;

-- A text that is another one after every change of a district's heights.
create view published_elevation_version as
select district_code, count(*) || ':' || sum(xmin::text::bigint) as version
from elevation
group by district_code;
