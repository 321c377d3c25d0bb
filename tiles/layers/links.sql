select l.id, l.a, l.b, l.gap_m, l.walk_m, l.blocked, l.verdict, l.geom_3857 as geom
from map_link l
where l.district_code = @district
  and l.index_3857 && @index
  and (@subdistricts is null or l.a_subdistrict = any (@subdistricts) or l.b_subdistrict = any (@subdistricts))
  and (@zones is null
       or exists (select from map_zone_community zc where zc.zone_id = any (@zones) and zc.community_id in (l.a_id, l.b_id)))
