select i.id, i.code, nullif(i.owner_kind, '') as owner_kind,
       case when @zoom >= 14 then nullif(i.name, '') end as name,
       i.geom_3857 as geom
from map_idle_building i
where i.district_code = @district
  and i.geom_3857 && @exact
  and (@subdistricts is null or i.subdistrict_code = any (@subdistricts))
  and (@zones is null
       or exists (select from map_zone z where z.id = any (@zones) and z.district_code = @district and ST_Intersects(z.geom, i.geom)))
