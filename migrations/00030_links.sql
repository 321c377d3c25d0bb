-- +goose Up
-- What the register publishes of the base map, for walking and for barriers.
create view published_road as
select id, district_code, source_ref, class, name, walkable, stairs, bridge, tunnel, level, oneway, tags, geom
from road;

create view published_railway as
select id, district_code, source_ref, class, name, bridge, tunnel, level, geom
from railway;

create view published_waterway as
select id, district_code, source_ref, class, name, tunnel, geom
from waterway;

create view published_water as
select id, district_code, source_ref, class, name, area_m2, geom
from water;

-- A text that is another one after every change of the base map that walking or
-- barriers depend on: how many rows there are and which transactions wrote them.
create view published_base_version as
select district_code, count(*) || ':' || sum(writer) as version
from (
    select district_code, xmin::text::numeric as writer from road
    union all select district_code, xmin::text::numeric from railway
    union all select district_code, xmin::text::numeric from waterway
    union all select district_code, xmin::text::numeric from water
) rows_written
group by district_code;

-- Two communities of a district that are near enough to count as neighbours,
-- with what lies between them. Computed; what a person says stands beside it.
create table link (
    id            bigint generated always as identity unique,       -- for maps; the pair is the key
    district_code text not null references district (code) on delete cascade,
    a_id          bigint not null references community (id) on delete cascade,
    b_id          bigint not null references community (id) on delete cascade,
    gap_m         double precision not null check (gap_m >= 0),     -- between the footprints
    shared_edge_m double precision not null default 0 check (shared_edge_m >= 0),
    shared_street text not null default '',                         -- name, else class, of a street that both stand at
    walk_m        double precision check (walk_m >= 0),             -- null: no walking path within reach
    crossed       text[] not null default '{}'
                  check (crossed <@ array['river', 'railway', 'expressway', 'primary']),  -- by the line
    crossings     jsonb not null default '[]',                      -- [{barrier, kind, name}]: how the path gets over what the line crosses
    streets       jsonb not null default '[]',                      -- [{name, length_m}] of the path
    line          geometry(LineString, 4490) not null,              -- the shortest between the footprints
    path          geometry(LineString, 4490),                       -- null where walk_m is
    geom_3857     geometry(LineString, 3857) generated always as (ST_Transform(line, 3857)) stored,
    primary key (a_id, b_id),
    check (a_id < b_id),
    check ((walk_m is null) = (path is null))
);
create index on link (b_id);
create index on link (district_code);
create index on link using gist (line);
create index on link using gist (geom_3857);

-- What a person says about a pair: a bridge or a gate that no map knows makes
-- them belong together; never keeps them apart.
create table link_override (
    district_code text not null references district (code) on delete cascade,
    a_id          bigint not null references community (id) on delete cascade,
    b_id          bigint not null references community (id) on delete cascade,
    verdict       text not null check (verdict in ('together', 'never')),
    reason        text not null check (reason <> ''),
    by            text not null,
    at            timestamptz not null default now(),
    version       integer not null default 1,
    primary key (a_id, b_id),
    check (a_id < b_id)
);
create index on link_override (b_id);
create index on link_override (district_code);

-- The ground that a community stands on, as its links see it, in metres of the
-- district's Gauss-Krüger zone and without an SRID: one index for all zones.
create table link_footprint (
    community_id  bigint primary key references community (id) on delete cascade,
    district_code text not null references district (code) on delete cascade,
    basis         text not null check (basis in ('outline', 'buildings', 'location', 'none')),
    mark          text not null,                                    -- of what it was made from: another one says that it is out of date
    metric        geometry check (ST_SRID(metric) = 0),             -- null: no place, so no links
    streets       text[] not null default '{}',                     -- that it stands at, nearest first
    check ((metric is null) = (basis = 'none'))
);
create index on link_footprint (district_code);
create index on link_footprint using gist (metric);

-- Communities whose links are out of date. Rows are only added and taken away,
-- so that an edit never waits for a computation.
create table link_stale (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    community_id  bigint not null references community (id) on delete cascade
);
create index on link_stale (district_code, community_id);
create index on link_stale (community_id);

-- The base map that a district's links were computed on.
create table link_district (
    district_code text primary key references district (code) on delete cascade,
    base_version  text not null
);

-- How far the outline of one area runs within a distance of the outline of
-- another. A piece of it begins and ends with up to that distance of a side that
-- leads away, so twice the distance is taken off.
-- +goose StatementBegin
create function along(area geometry, other geometry, distance double precision) returns double precision
language sql immutable parallel safe as $$
    select greatest(0, ST_Length(piece) - 2 * distance * ST_NumGeometries(ST_LineMerge(piece)))
    from ST_CollectionExtract(ST_Intersection(ST_Boundary(area), ST_Buffer(ST_Boundary(other), distance)), 2) piece
$$;
-- +goose StatementEnd

create view published_link as
select l.district_code, l.a_id, l.b_id, a.code as a_code, b.code as b_code,
       l.gap_m, l.walk_m, l.shared_edge_m, l.shared_street, l.crossed, l.crossings,
       coalesce(o.verdict, '') as verdict, coalesce(o.reason, '') as reason,
       l.line, l.path, l.streets
from link l
join community a on a.id = l.a_id
join community b on b.id = l.b_id
left join link_override o on o.a_id = l.a_id and o.b_id = l.b_id;

-- A line between communities that touch has no length: it is drawn 10 m into
-- each of them.
create view map_link as
select l.id, l.district_code, a.code as a, b.code as b, l.gap_m, l.walk_m,
       l.crossed <> '{}' as blocked, coalesce(o.verdict, '') as verdict,
       l.a_id, l.b_id, a.subdistrict_code as a_subdistrict, b.subdistrict_code as b_subdistrict,
       case when l.gap_m >= 5 or a.location is null or b.location is null or a.location = b.location then l.geom_3857
            else ST_MakeLine(
                ST_LineInterpolatePoint(ST_MakeLine(ST_StartPoint(l.geom_3857), a.location_3857),
                    least(1, 10 / greatest(10, ST_Distance(ST_StartPoint(l.geom_3857), a.location_3857)))),
                ST_LineInterpolatePoint(ST_MakeLine(ST_EndPoint(l.geom_3857), b.location_3857),
                    least(1, 10 / greatest(10, ST_Distance(ST_EndPoint(l.geom_3857), b.location_3857)))))
       end as geom_3857,
       l.geom_3857 as index_3857
from link l
join community a on a.id = l.a_id
join community b on b.id = l.b_id
left join link_override o on o.a_id = l.a_id and o.b_id = l.b_id;
