select id, code, name, ST_PointOnSurface(geom_3857) as geom
from map_subdistrict
where district_code = @district
  and geom_3857 && @index
