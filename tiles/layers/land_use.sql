-- Below zoom 13 the patches of a kind are one feature, without names.
select min(id) as id, class,
       null::text as name,
       ST_Collect(map_simplify(geom_3857, @pixel / 2)) as geom
from map_land_use
where district_code = @district
  and geom_3857 && @index
  and @zoom < 13
  and area_m2 >= 24 * @ground * @ground
group by class
union all
select id, class,
       case when @zoom >= 14 then nullif(name, '') end,
       case when @zoom >= 15 then geom_3857 else map_simplify(geom_3857, @pixel / 2) end
from map_land_use
where district_code = @district
  and geom_3857 && @index
  and @zoom >= 13
  and (@zoom >= 16 or area_m2 >= 12 * @ground * @ground)
