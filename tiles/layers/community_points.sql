-- Up to zoom 9 one point stands for the communities of a cell of 16 pixels. The
-- cells divide the tile evenly, so that each lies in one tile only. Up to zoom 13 points
-- say how many buildings they stand for: as stored, or counted where that is not true.
with visible as not materialized (
    select c.id, c.code, c.name, c.eligibility, c.built_year, c.households, c.subdistrict_code,
           c.geom_3857 is not null as has_area,
           case when @zoom < 14 then
               case when c.id in (select group_id from map_building_stale where district_code = @district) then (
                   select count(*) from map_building_place b where b.community_id = c.id and b.district_code = @district)
               else coalesce(k.buildings, 0) end end as buildings,
           c.location_3857 as geom
    from map_community c
    left join map_building_group k on @zoom < 14 and k.group_id = c.id and k.district_code = @district
    where c.district_code = @district
      and c.location_3857 && @exact
      and (@subdistricts is null or c.subdistrict_code = any (@subdistricts))
      and (@zones is null
           or c.id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones)))
)
select min(id) as id,
       case when count(*) = 1 then min(code) end as code,
       null::text as name,
       mode() within group (order by eligibility) as eligibility,
       case when count(*) = 1 then min(built_year) end as built_year,
       sum(households)::bigint as households,
       null::text as subdistrict_code,
       null::boolean as has_area,
       count(*) as count,
       sum(buildings)::bigint as buildings,
       ST_SetSRID(ST_MakePoint(avg(ST_X(geom)), avg(ST_Y(geom))), 3857) as geom
from visible
where @zoom < 10
group by floor(ST_X(geom) / (16 * @pixel)), floor(ST_Y(geom) / (16 * @pixel))
union all
select id, code,
       case when @zoom >= 12 then name end,
       eligibility, built_year, households, subdistrict_code,
       nullif(has_area, false),
       null,
       buildings,
       geom
from visible
where @zoom >= 10
