-- +goose Up
-- What a tile shows of a building beside what its community says, packed when it is
-- written: reading shapes and columns of a thousand rows is most of what a tile costs.
-- The format is that of engine/mvt: records behind their length (4 bytes), each the id
-- (8 bytes), the layer's own fields in the order of tiles/layers.yaml, and the shape in
-- EPSG:3857 as TWKB to a millimetre.

-- A text behind its length in bytes, -1 where there is none. Texts are UTF-8 in every
-- database of this schema, so that this never depends on a setting.
-- +goose StatementBegin
create function tile_text(said text) returns bytea
language plpgsql immutable parallel safe as $$
begin
    return int4send(coalesce(octet_length(said), -1)) || coalesce(convert_to(said, 'UTF8'), '');
end $$;
-- +goose StatementEnd

-- A whole number, the least one where there is none.
create function tile_number(n integer) returns bytea
language sql immutable parallel safe return int4send(coalesce(n, -2147483648));

-- +goose StatementBegin
create function tile_framed(packed bytea) returns bytea
language plpgsql immutable parallel safe as $$
begin
    return int4send(octet_length(packed)) || packed;
end $$;
-- +goose StatementEnd

alter table building add column tile_record bytea generated always as (tile_framed(
    int8send(id)
    || tile_text(code)
    || tile_number(storeys)
    || tile_number(built_year)
    || tile_number(households)
    || boolsend(generated <> '{}')
    || ST_AsTWKB(ST_Transform(geom, 3857), 3)
)) stored;

create or replace view map_footprint as
select id, district_code, code, subdistrict_code, community_id, storeys, built_year, households,
       footprint_m2, generated <> '{}' as generated, geom_3857, point, tile_record
from building;

-- +goose Down
drop view map_footprint;
create view map_footprint as
select id, district_code, code, subdistrict_code, community_id, storeys, built_year, households,
       footprint_m2, generated <> '{}' as generated, geom_3857, point
from building;
alter table building drop column tile_record;
drop function tile_framed(bytea);
drop function tile_number(integer);
drop function tile_text(text);
