select f.id, f.code, f.facility_type,
       case when @zoom >= 14 then nullif(f.name, '') end as name,
       f.geom_3857 as geom
from map_facility f
where f.district_code = @district
  and f.geom_3857 && @exact
  and (@subdistricts is null or f.subdistrict_code = any (@subdistricts))
  and (@zones is null
       or exists (select from map_zone z where z.id = any (@zones) and z.district_code = @district and ST_Intersects(z.geom, f.geom)))
