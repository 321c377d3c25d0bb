select z.id, z.code, z.name,
       case when @zoom >= 14 then z.geom_3857
            when g.feature_id is not null then g.shape
            else map_simplify(z.geom_3857, @pixel / 2) end as geom
from map_zone z
left join map_generalised g
    on @zoom < 14 and g.layer = 'zones' and g.zoom = @zoom and g.feature_id = z.id and g.district_code = @district
where z.district_code = @district
  and case when @scenario is null then z.main else z.scenario_code = @scenario end
  and z.geom_3857 && @index
  and (@subdistricts is null or z.subdistrict_codes && @subdistricts)
  and (@zones is null or z.id = any (@zones))
