-- Below zoom 13 the buildings of a cell of 8 pixels are drawn as the cell, in
-- the colour of the majority; who is spared lacks nothing. Cells divide the tile evenly (512 / 8).
with visible as not materialized (
    select b.*,
           floor((ST_XMin(b.geom_3857) + ST_XMax(b.geom_3857)) / 2 / (8 * @pixel)) as cell_x,
           floor((ST_YMin(b.geom_3857) + ST_YMax(b.geom_3857)) / 2 / (8 * @pixel)) as cell_y
    from map_coverage b
    where b.run_id = @run
      and b.district_code = @district
      and b.geom_3857 && @index
      and (@subdistricts is null or b.subdistrict_code = any (@subdistricts))
      and (@zones is null
           or b.community_id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones))
           or b.community_id is null
              and exists (select from map_zone z where z.id = any (@zones) and z.district_code = @district and ST_Intersects(z.geom, b.point)))
)
select min(id) as id,
       null::text as code,
       count(*) filter (where status in ('covered', 'spared')) * 2 >= count(*) as covered,
       null::integer as distance_m,
       null::text as status,
       null::double precision as minutes,
       ST_MakeEnvelope(cell_x * 8 * @pixel, cell_y * 8 * @pixel, (cell_x + 1) * 8 * @pixel, (cell_y + 1) * 8 * @pixel, 3857) as geom
from visible
where @zoom < 13
group by cell_x, cell_y
union all
select id,
       case when @zoom >= 14 then code end,
       covered,
       case when @zoom >= 14 then round(distance_m)::integer end,
       status,
       case when @zoom >= 14 then round(minutes::numeric, 1)::double precision end,
       geom_3857
from visible
where @zoom >= 13
