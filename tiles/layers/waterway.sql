-- Streams and ditches come late; below zoom 13 the lines of a kind are one
-- feature.
select min(id) as id, class,
       null::text as name,
       null::boolean as tunnel,
       map_simplify(ST_LineMerge(ST_Collect(geom_3857)), @pixel / 2) as geom
from map_waterway
where district_code = @district
  and geom_3857 && @index
  and @zoom < 13
  and class in ('river', 'canal')
  and not tunnel
group by class
union all
select id, class,
       nullif(name, ''),
       nullif(tunnel, false),
       case when @zoom >= 15 then geom_3857 else map_simplify(geom_3857, @pixel / 2) end
from map_waterway
where district_code = @district
  and geom_3857 && @index
  and @zoom >= 13
  and (@zoom >= 14 or class in ('river', 'canal', 'stream'))
