-- Below zoom 15 the stored shape is drawn, which shares its edges with the neighbours',
-- where there is a true one that is another than what comes of the area alone.
select a.id, a.class,
       case when @zoom >= 12 then nullif(a.name, '') end as name,
       case when @zoom >= 15 then a.geom_3857
            when g.feature_id is not null then g.shape
            else map_simplify(a.geom_3857, @pixel / 2) end as geom
from map_water a
left join map_generalised g
    on @zoom < 15 and g.layer = 'water' and g.zoom = @zoom and g.feature_id = a.id and g.district_code = @district
where a.district_code = @district
  and a.geom_3857 && @index
  and (@zoom >= 16 or a.area_m2 >= 12 * @ground * @ground)
