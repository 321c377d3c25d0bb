-- One point for each named patch of water, green or land that is large enough
-- on the screen to carry its name; labelling the patches themselves would
-- repeat a name in every tile.
select row_number() over (order by kind, id) as id, kind, class, name, geom
from (
    select id, 'water' as kind, class, name, ST_PointOnSurface(geom_3857) as geom
    from map_water
    where district_code = @district and geom_3857 && @index and name <> ''
      and area_m2 >= 2500 * @ground * @ground
    union all
    select id, 'green', class, name, ST_PointOnSurface(geom_3857)
    from map_green
    where district_code = @district and geom_3857 && @index and name <> ''
      and area_m2 >= 2500 * @ground * @ground
    union all
    select id, 'land_use', class, name, ST_PointOnSurface(geom_3857)
    from map_land_use
    where district_code = @district and geom_3857 && @index and name <> ''
      and area_m2 >= 2500 * @ground * @ground and @zoom >= 13
) named
