-- At zoom 13 a building is two pixels wide: those of one community are one block,
-- drawn without the small ones and counted with them; those of none are one for each
-- cell of the ground. Deeper, buildings.packed.sql stands for this.
-- Groups of buildings in the tile of which there is no true block.
with near as materialized (
    select distinct b.group_id
    from map_building_place b
    where (@zones is not null or exists (select from map_building_stale where district_code = @district))
      and b.district_code = @district
      and b.geom_3857 && @index
      and (b.group_id in (select group_id from map_building_stale where district_code = @district)
           or @zones is not null and b.community_id is null)
)
-- Blocks that are true.
select k.id,
       null::text as code,
       null::text as community_code,
       null::integer as storeys,
       null::integer as built_year,
       k.households,
       k.eligibility,
       null::boolean as generated,
       k.buildings,
       k.shape as geom
from map_building_block k
where k.district_code = @district
  and k.shape && @index
  and (@subdistricts is null or k.subdistrict_code = any (@subdistricts))
  and (@zones is null
       or k.community_id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones)))
union all
-- The others, and for a person of zones the buildings of no community, which are judged
-- one by one.
select min(b.id), null, null, null, null, sum(b.households)::bigint,
       (select c.eligibility from map_community c where c.id = b.community_id and c.district_code = @district),
       null, count(*)::integer,
       coalesce(ST_Collect(map_simplify(b.geom_3857, @pixel / 2)) filter (where b.footprint_m2 >= 120), ST_Collect(b.geom_3857))
from near
cross join lateral (
    select b.* from map_building_place b
    where near.group_id > 0 and b.community_id = near.group_id and b.district_code = @district
    union all
    select b.* from map_building_place b
    where near.group_id < 0 and b.community_id is null and b.point && building_cell(near.group_id)
      and b.group_id = near.group_id and b.district_code = @district
) b
where (@subdistricts is null or b.subdistrict_code = any (@subdistricts))
  and (@zones is null
       or b.community_id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones))
       or b.community_id is null
          and exists (select from map_zone z where z.id = any (@zones) and z.district_code = @district and ST_Intersects(z.geom, b.point)))
group by b.group_id, b.community_id, b.subdistrict_code
