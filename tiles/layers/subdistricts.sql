select id, code, name,
       case when @zoom >= 14 then geom_3857 else map_simplify(geom_3857, @pixel / 2) end as geom
from map_subdistrict
where district_code = @district
  and geom_3857 && @index
