-- +goose Up
-- Areas as maps of a small scale draw them: with fewer points, in such a way that
-- what neighbours share stays shared (package generalisation). A shape is true for as
-- long as its feature is not marked as stale. The marks are set by triggers, in the
-- transaction of the edit: who sees the edit sees the mark.

-- What shapes are stored of, and where it lay then.
create table generalised_feature (
    layer         text not null check (layer in ('subdistricts', 'communities', 'zones')),
    feature_id    bigint not null,
    district_code text not null references district (code) on delete cascade,
    extent        geometry(Polygon, 3857) not null,
    primary key (layer, feature_id, district_code)
);
create index on generalised_feature (district_code);
-- Those that are not what map_simplify makes of the feature with half a pixel: where no
-- edge is shared and none is bent, there are none.
create table generalised_shape (
    layer         text not null,
    zoom          smallint not null,
    feature_id    bigint not null,
    district_code text not null,
    shape         geometry(MultiPolygon, 3857),             -- null: too small to be drawn
    primary key (layer, zoom, feature_id, district_code),
    foreign key (layer, feature_id, district_code) references generalised_feature (layer, feature_id, district_code) on delete cascade
);
create index on generalised_shape (district_code);
create index on generalised_shape (layer, feature_id, district_code);

-- The buildings of a community, or those of no community that stand in one cell.
create function building_group(community bigint, place geometry) returns bigint
language sql immutable parallel safe as $$
    -- cells of 0.005 degrees (some 500 m) are counted below zero
    select coalesce(community, -1 - 100000 * floor((ST_X(place) + 180) * 200)::bigint - floor((ST_Y(place) + 90) * 200)::bigint)
$$;
create function building_cell(group_id bigint) returns geometry
language sql immutable parallel safe as $$
    -- a little larger, because of rounding
    select ST_Expand(ST_MakeEnvelope(x / 200.0 - 180, y / 200.0 - 90, (x + 1) / 200.0 - 180, (y + 1) / 200.0 - 90, 4490), 1e-9)
    from (select (-1 - group_id) / 100000 as x, (-1 - group_id) % 100000 as y) cell
$$;
create table generalised_group (
    group_id      bigint not null,
    district_code text not null references district (code) on delete cascade,
    buildings     integer not null,                         -- also those that are too small to be drawn
    primary key (group_id, district_code)
);
create index on generalised_group (district_code);
-- One block is what of a group stands in one subdistrict, so that people who see only
-- one see what is theirs.
create table generalised_block (
    id               bigint not null,                       -- the least of its buildings
    district_code    text not null,
    group_id         bigint not null,
    subdistrict_code text,
    buildings        integer not null,
    households       bigint,                                -- null: of none is it known
    shape            geometry(Geometry, 3857) not null,
    primary key (id, district_code),
    foreign key (group_id, district_code) references generalised_group (group_id, district_code) on delete cascade
);
create index on generalised_block (group_id, district_code);
create index on generalised_block (district_code);
create index on generalised_block using gist (shape);

-- Rows are only added and taken away, so that an edit never waits for the drawing.
create table generalised_stale (
    id            bigint generated always as identity,
    district_code text not null references district (code) on delete cascade,
    layer         text not null check (layer in ('subdistricts', 'communities', 'zones', 'blocks')),
    feature_id    bigint not null,                          -- of blocks: the group
    primary key (id, district_code)
);
create index on generalised_stale (district_code, layer, feature_id);

-- Where a district goes as a whole there is nothing to mark.
-- +goose StatementBegin
create function mark_added_shapes() returns trigger language plpgsql as $$
begin
    insert into generalised_stale (district_code, layer, feature_id)
    select district_code, tg_argv[0], id from became where geom is not null;
    return null;
end
$$;
-- A plan is kept from the first edit that a connection made, and that may have been of
-- one row: no nested loops, which many rows would pay for with their square.
create function mark_changed_shapes() returns trigger language plpgsql set enable_nestloop = off as $$
begin
    insert into generalised_stale (district_code, layer, feature_id)
    select n.district_code, tg_argv[0], n.id
    from was o join became n on n.id = o.id
    where n.geom is distinct from o.geom;
    return null;
end
$$;
create function mark_gone_shapes() returns trigger language plpgsql as $$
begin
    insert into generalised_stale (district_code, layer, feature_id)
    select o.district_code, tg_argv[0], o.id
    from was o
    where o.geom is not null and exists (select from district d where d.code = o.district_code);
    return null;
end
$$;
create function mark_added_buildings() returns trigger language plpgsql as $$
begin
    insert into generalised_stale (district_code, layer, feature_id)
    select distinct district_code, 'blocks', building_group(community_id, point) from became;
    return null;
end
$$;
create function mark_changed_buildings() returns trigger language plpgsql set enable_nestloop = off as $$
begin
    insert into generalised_stale (district_code, layer, feature_id)
    select distinct n.district_code, 'blocks', g.group_id
    from was o join became n on n.id = o.id
    cross join lateral (values (building_group(o.community_id, o.point)), (building_group(n.community_id, n.point))) g (group_id)
    where (n.community_id, n.subdistrict_code, n.households) is distinct from (o.community_id, o.subdistrict_code, o.households)
       or n.geom is distinct from o.geom;
    return null;
end
$$;
create function mark_gone_buildings() returns trigger language plpgsql as $$
begin
    insert into generalised_stale (district_code, layer, feature_id)
    select distinct o.district_code, 'blocks', building_group(o.community_id, o.point)
    from was o
    where exists (select from district d where d.code = o.district_code);
    return null;
end
$$;
do $$
declare
    made record;
begin
    for made in select * from (values ('subdistrict', 'subdistricts'), ('community', 'communities'), ('zone', 'zones')) t (source, layer) loop
        execute format('create trigger mark_added after insert on %I referencing new table as became for each statement execute function mark_added_shapes(%L)', made.source, made.layer);
        execute format('create trigger mark_changed after update on %I referencing old table as was new table as became for each statement execute function mark_changed_shapes(%L)', made.source, made.layer);
        execute format('create trigger mark_gone after delete on %I referencing old table as was for each statement execute function mark_gone_shapes(%L)', made.source, made.layer);
        execute format('insert into generalised_stale (district_code, layer, feature_id) select district_code, %L, id from %I where geom is not null', made.layer, made.source);
    end loop;
end
$$;
-- +goose StatementEnd
create trigger mark_added after insert on building referencing new table as became
for each statement execute function mark_added_buildings();
create trigger mark_changed after update on building referencing old table as was new table as became
for each statement execute function mark_changed_buildings();
create trigger mark_gone after delete on building referencing old table as was
for each statement execute function mark_gone_buildings();
insert into generalised_stale (district_code, layer, feature_id)
select distinct district_code, 'blocks', building_group(community_id, point) from building;

-- What generalisation publishes for maps: only what is true.
create view map_generalised as
select s.district_code, s.layer, s.feature_id, s.zoom, s.shape
from generalised_shape s
where not exists (
    select from generalised_stale t where t.district_code = s.district_code and t.layer = s.layer and t.feature_id = s.feature_id);

-- True of the groups that are not in map_building_stale.
create view map_building_group as
select district_code, group_id, buildings
from generalised_group;

create view map_building_block as
select k.id, k.district_code, k.group_id, c.id as community_id, c.eligibility, k.subdistrict_code, k.buildings, k.households, k.shape
from generalised_block k
left join community c on c.id = k.group_id and c.district_code = k.district_code
where not exists (
    select from generalised_stale t where t.district_code = k.district_code and t.layer = 'blocks' and t.feature_id = k.group_id);

-- Groups whose blocks are not true at the moment, and their buildings.
create view map_building_stale as
select distinct district_code, feature_id as group_id
from generalised_stale
where layer = 'blocks';

-- Buildings without what has to be looked up elsewhere.
create view map_building_place as
select id, district_code, community_id, subdistrict_code, households, footprint_m2, point, geom_3857,
       building_group(community_id, point) as group_id
from building;
