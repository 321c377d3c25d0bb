-- Roads come by class. Below zoom 14 the pieces of one name (or, below zoom 12,
-- of one class) are joined, which makes labels longer and tiles smaller.
select min(id) as id, class,
       case when @zoom >= 12 then nullif(name, '') end as name,
       null::boolean as walkable,
       null::boolean as stairs,
       null::boolean as bridge,
       null::boolean as tunnel,
       null::integer as level,
       map_simplify(ST_LineMerge(ST_Collect(geom_3857)), @pixel / 2) as geom
from map_road
where district_code = @district
  and geom_3857 && @index
  and @zoom < 14
  and class = any (case
      when @zoom <= 7 then '{motorway,trunk}'::text[]
      when @zoom <= 9 then '{motorway,motorway_link,trunk,trunk_link,primary}'
      when @zoom <= 10 then '{motorway,motorway_link,trunk,trunk_link,primary,primary_link,secondary}'
      when @zoom <= 12 then '{motorway,motorway_link,trunk,trunk_link,primary,primary_link,secondary,secondary_link,tertiary,tertiary_link}'
      else '{motorway,motorway_link,trunk,trunk_link,primary,primary_link,secondary,secondary_link,tertiary,tertiary_link,unclassified,residential,living_street,pedestrian,busway}'
      end)
group by class, case when @zoom >= 12 then nullif(name, '') end
union all
select id, class,
       nullif(name, ''),
       walkable,
       nullif(stairs, false),
       nullif(bridge, false),
       nullif(tunnel, false),
       nullif(level, 0),
       case when @zoom >= 15 then geom_3857 else map_simplify(geom_3857, @pixel / 4) end
from map_road
where district_code = @district
  and geom_3857 && @index
  and @zoom >= 14
  and (@zoom >= 15 or class not in ('footway', 'path', 'steps', 'track', 'cycleway', 'bridleway', 'corridor', 'platform', 'proposed', 'construction'))
