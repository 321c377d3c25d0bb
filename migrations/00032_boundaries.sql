-- +goose Up
-- The blocks of a district: the faces between its streets, ground railways,
-- waters and its own boundary. Package zone builds them when somebody needs them
-- and the base map has changed since.
create table block (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    geom          geometry(Polygon, 4490) not null,
    area_m2       double precision not null
);
create index on block (district_code);
create index on block using gist (geom);
create table block_build (
    district_code text primary key references district (code) on delete cascade,
    base_version  text not null                         -- of what the blocks were built from
);

-- Communities whose links are out of date, as those see it who count on links.
create view published_link_stale as
select distinct district_code, community_id
from link_stale;

-- The strings of a zone: for each link of its minimal tree the way along real
-- streets. Written with the zone's membership, and when links change.
create table zone_string (
    id        bigint generated always as identity unique,   -- for maps; the pair is the key
    zone_id   bigint not null references zone (id) on delete cascade,
    a_id      bigint not null references community (id) on delete cascade,
    b_id      bigint not null references community (id) on delete cascade,
    geom      geometry(LineString, 4490) not null,
    geom_3857 geometry(LineString, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    name      text not null default '',                 -- of the street that most of it follows
    length_m  double precision not null check (length_m >= 0),
    streets   jsonb not null default '[]',              -- [{name, length_m}], longest first
    straight  boolean not null default false,           -- no way along streets is known
    primary key (zone_id, a_id, b_id)
);
create index on zone_string (a_id);
create index on zone_string (b_id);
create index on zone_string using gist (geom_3857);

-- What the zones publish of strings for maps.
create view map_string as
select s.id, z.district_code, z.id as zone_id, z.code as zone, z.scenario_code, z.main,
       a.code as a, b.code as b, a.subdistrict_code as a_subdistrict, b.subdistrict_code as b_subdistrict,
       s.name, s.length_m, s.straight, s.geom_3857
from zone_string s
join map_zone z on z.id = s.zone_id
join community a on a.id = s.a_id
join community b on b.id = s.b_id;
