select p.id, p.code, p.name, p.project, p.project_name, p.library, p.state, p.phase, p.proposed_phase as proposed, p.year,
       nullif(p.demonstration, false) as demonstration, nullif(p.eligibility = 'out', false) as stray,
       case when @zoom >= 14 then p.geom_3857
            when g.feature_id is not null then g.shape
            else map_simplify(p.geom_3857, @pixel / 2) end as geom
from map_project_community p
left join map_generalised g
    on @zoom < 14 and g.layer = 'communities' and g.zoom = @zoom and g.feature_id = p.id and g.district_code = @district
where p.district_code = @district
  and p.geom_3857 && @index
  and (@subdistricts is null or p.subdistrict_code = any (@subdistricts))
  and (@zones is null
       or p.id in (select zc.community_id from map_zone_community zc where zc.zone_id = any (@zones)))
