select id, class,
       case when @zoom >= 12 then nullif(name, '') end as name,
       case when @zoom >= 15 then geom_3857 else map_simplify(geom_3857, @pixel / 2) end as geom
from map_water
where district_code = @district
  and geom_3857 && @index
  and (@zoom >= 16 or area_m2 >= 12 * @ground * @ground)
