-- Below zoom 14 the stored shape is drawn, which shares its edges with the neighbours',
-- where there is a true one that is another than what comes of the area alone.
select c.id, c.code,
       case when @zoom >= 13 then c.name end as name,
       c.eligibility, c.built_year, c.households, c.subdistrict_code,
       case when @zoom >= 14 then c.geom_3857
            when g.feature_id is not null then g.shape
            else map_simplify(c.geom_3857, @pixel / 2) end as geom
from map_community c
left join map_generalised g
    on @zoom < 14 and g.layer = 'communities' and g.zoom = @zoom and g.feature_id = c.id and g.district_code = @district
where c.district_code = @district
  and c.geom_3857 && @index
  and (@subdistricts is null or c.subdistrict_code = any (@subdistricts))
  and (@zones is null
       or c.id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones)))
