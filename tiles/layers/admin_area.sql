select id, level,
       nullif(name, '') as name,
       case when @zoom >= 14 then geom_3857 else map_simplify(geom_3857, @pixel / 2) end as geom
from map_admin_area
where district_code = @district
  and geom_3857 && @index
  and level <= case when @zoom < 7 then 4 when @zoom < 10 then 6 when @zoom < 12 then 8 else 10 end
