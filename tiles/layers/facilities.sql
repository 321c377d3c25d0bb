select f.id, f.code, f.facility_type,
       case when @zoom >= 14 then nullif(f.name, '') end as name,
       f.geom_3857 as geom
from facility f
where f.district_code = @district
  and f.geom_3857 && ST_MakeEnvelope(@west, @south, @east, @north, 3857)
  and (@subdistricts::text[] is null or f.subdistrict_code = any (@subdistricts))
  and (@zones::bigint[] is null
       or exists (select from zone z where z.id = any (@zones) and ST_Intersects(z.geom, f.geom)))
