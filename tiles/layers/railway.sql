-- Below zoom 13 the lines of a kind are one feature; tramways, sidings and
-- whatever runs underground come later.
select min(id) as id, class,
       null::text as name,
       null::boolean as bridge,
       null::boolean as tunnel,
       map_simplify(ST_LineMerge(ST_Collect(geom_3857)), @pixel / 2) as geom
from map_railway
where district_code = @district
  and geom_3857 && @index
  and @zoom < 13
  and class in ('rail', 'light_rail', 'subway', 'monorail')
  and (@zoom >= 11 or class = 'rail')
  and not (tunnel and @zoom < 12)
group by class
union all
select id, class,
       case when @zoom >= 14 then nullif(name, '') end,
       nullif(bridge, false),
       nullif(tunnel, false),
       case when @zoom >= 15 then geom_3857 else map_simplify(geom_3857, @pixel / 2) end
from map_railway
where district_code = @district
  and geom_3857 && @index
  and @zoom >= 13
