select z.id, z.code, z.name,
       case when @zoom >= 14 then z.geom_3857 else map_simplify(z.geom_3857, @pixel / 2) end as geom
from map_zone z
where z.district_code = @district
  and case when @scenario is null then z.main else z.scenario_code = @scenario end
  and z.geom_3857 && @index
  and (@subdistricts is null or z.subdistrict_codes && @subdistricts)
  and (@zones is null or z.id = any (@zones))
