select s.id, s.code, s.name,
       case when @zoom >= 14 then s.geom_3857
            when g.feature_id is not null then g.shape
            else map_simplify(s.geom_3857, @pixel / 2) end as geom
from map_subdistrict s
left join map_generalised g
    on @zoom < 14 and g.layer = 'subdistricts' and g.zoom = @zoom and g.feature_id = s.id and g.district_code = @district
where s.district_code = @district
  and s.geom_3857 && @index
