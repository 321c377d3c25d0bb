-- At zoom 13 a building is two pixels wide: those of one community are one
-- feature, without the small ones. At zoom 14 the small ones are left out. From
-- zoom 15 nothing is.
with visible as materialized (
    select b.id, b.code, b.community_id, b.storeys, b.built_year, b.households, b.generated, b.geom_3857
    from map_footprint b
    where b.district_code = @district
      and b.geom_3857 && @index
      and (@zoom >= 15 or b.footprint_m2 >= case @zoom when 14 then 40 else 120 end)
      and (@subdistricts is null or b.subdistrict_code = any (@subdistricts))
      and (@zones is null
           or b.community_id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones))
           or b.community_id is null
              and exists (select from map_zone z where z.id = any (@zones) and z.district_code = @district and ST_Intersects(z.geom, b.point)))
), home as materialized (
    select id, code, eligibility
    from map_community
    where district_code = @district
      and id = any (array(select distinct community_id from visible))
)
select min(visible.id) as id,
       null::text as code,
       null::text as community_code,
       null::integer as storeys,
       null::integer as built_year,
       null::integer as households,
       eligibility,
       null::boolean as generated,
       ST_Collect(map_simplify(geom_3857, @pixel / 2)) as geom
from visible
left join home on home.id = visible.community_id
where @zoom < 14
group by community_id, eligibility
union all
select visible.id, visible.code, home.code, storeys,
       case when @zoom >= 15 then built_year end,
       case when @zoom >= 15 then households end,
       eligibility,
       nullif(generated, false),
       geom_3857
from visible
left join home on home.id = visible.community_id
where @zoom >= 14
