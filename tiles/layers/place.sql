select id, class, name, geom_3857 as geom
from map_place
where district_code = @district
  and geom_3857 && @index
  and (@zoom >= 13 or class = any (case
      when @zoom <= 7 then '{city}'::text[]
      when @zoom <= 9 then '{city,town,county,district}'
      when @zoom <= 11 then '{city,town,county,district,borough,suburb,township,village,island}'
      else '{city,town,county,district,borough,suburb,township,village,island,quarter,neighbourhood,hamlet,locality}'
      end))
