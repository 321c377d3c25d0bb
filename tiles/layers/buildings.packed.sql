-- From zoom 14 every building is itself: a bundle is those of one community, which says
-- the rest of them. At zoom 14 the small ones are left out.
select b.community_id as id, b.records, c.code as community_code, c.eligibility
from (
    select b.community_id, string_agg(b.tile_record, '') as records
    from map_footprint b
    where b.district_code = @district
      and b.geom_3857 && @index
      and (@zoom >= 15 or b.footprint_m2 >= 40)
      and (@subdistricts is null or b.subdistrict_code = any (@subdistricts))
      and (@zones is null
           or b.community_id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones))
           or b.community_id is null
              and exists (select from map_zone z where z.id = any (@zones) and z.district_code = @district and ST_Intersects(z.geom, b.point)))
    group by b.community_id
) b
left join map_community c on c.district_code = @district and c.id = b.community_id
