-- +goose Up
-- Buildings for tiles without what their communities say of them: a tile looks each of
-- its few communities up once, and not once for every building.
create view map_footprint as
select id, district_code, code, subdistrict_code, community_id, storeys, built_year, households,
       footprint_m2, generated <> '{}' as generated, geom_3857, point
from building;

-- +goose Down
drop view map_footprint;
