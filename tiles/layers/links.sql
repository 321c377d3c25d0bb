select l.id,
       case when @zoom >= 14 then l.a end as a,
       case when @zoom >= 14 then l.b end as b,
       ceil(l.gap_m * 10) / 10 as gap_m, ceil(l.walk_m * 10) / 10 as walk_m,
       nullif(l.crossed, '') as crossed, nullif(l.bridged, '') as bridged, nullif(l.verdict, '') as verdict,
       l.geom_3857 as geom
from map_link l
where l.district_code = @district
  and l.index_3857 && @index
  and (@subdistricts is null or l.a_subdistrict = any (@subdistricts) or l.b_subdistrict = any (@subdistricts))
  and (@zones is null
       or exists (select from map_zone_community zc where zc.zone_id = any (@zones) and zc.community_id in (l.a_id, l.b_id)))
