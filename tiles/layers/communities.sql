select c.id, c.code,
       case when @zoom >= 13 then c.name end as name,
       c.eligibility, c.built_year, c.households, c.subdistrict_code,
       case when @zoom >= 14 then c.geom_3857 else map_simplify(c.geom_3857, @pixel / 2) end as geom
from map_community c
where c.district_code = @district
  and c.geom_3857 && @index
  and (@subdistricts is null or c.subdistrict_code = any (@subdistricts))
  and (@zones is null
       or c.id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones)))
