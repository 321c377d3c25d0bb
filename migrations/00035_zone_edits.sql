-- +goose Up
-- What is left of a zone after an overlay: its polygons, without those of less
-- than a square metre, which are where two lines nearly ran together. Null where
-- nothing is left.
-- +goose StatementBegin
create function zone_ground(shape geometry) returns geometry
language sql immutable parallel safe as $$
    select ST_Multi(ST_Collect(part.geom order by part.path))
    from ST_Dump(ST_CollectionExtract(ST_MakeValid(shape), 3)) part
    where ST_Area(part.geom::geography) >= 1
$$;
-- +goose StatementEnd
