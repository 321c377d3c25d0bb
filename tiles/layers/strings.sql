select s.id, s.zone, s.name, round(s.length_m)::integer as length_m, nullif(s.straight, false) as straight,
       case when @zoom >= 14 then s.geom_3857 else map_simplify(s.geom_3857, @pixel / 2) end as geom
from map_string s
where s.district_code = @district
  and case when @scenario is null then s.main else s.scenario_code = @scenario end
  and s.geom_3857 && @index
  and (@subdistricts is null or s.a_subdistrict = any (@subdistricts) and s.b_subdistrict = any (@subdistricts))
  and (@zones is null or s.zone_id = any (@zones))
