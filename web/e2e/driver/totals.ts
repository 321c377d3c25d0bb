// What a zone holds, counted by plain SQL and not by the product: the rule is
// written down here a second time on purpose.
import { row } from './database';

export interface Totals {
  area_m2: number;
  communities: number;
  buildings: number;
  households: number;
  floor_area_m2: number;
  eligible_share: number;
}

/**
 * A community belongs to a zone with more than half of its ground, or with its
 * location where no ground is known; a building belongs with its community or,
 * where it has none, with its inner point.
 */
export function totalsOf(zoneCode: string): Promise<Totals> {
  return row<Totals>(
    `with z as (select geom, ST_Area(geom::geography) as area_m2 from zone where code = :'zone'),
     member as (
       select c.* from community c, z
       where case when c.geom is null then ST_Covers(z.geom, c.location)
             else ST_Area(ST_Intersection(c.geom, z.geom)) > ST_Area(c.geom) / 2 end),
     figure as (
       select m.id, m.eligibility = 'in' as eligible,
         coalesce(m.households, sum(b.households), 0) as households,
         coalesce(m.floor_area_m2, sum(b.floor_area_m2), 0) as floor_area_m2,
         count(b.id) as buildings
       from member m left join building b on b.community_id = m.id
       group by m.id, m.eligibility, m.households, m.floor_area_m2),
     loose as (
       select count(*) as buildings, coalesce(sum(households), 0) as households,
         coalesce(sum(floor_area_m2), 0) as floor_area_m2
       from building b, z where b.community_id is null and ST_Covers(z.geom, b.point))
     select z.area_m2,
       (select count(*) from member) as communities,
       (select coalesce(sum(buildings), 0) from figure) + loose.buildings as buildings,
       (select coalesce(sum(households), 0) from figure) + loose.households as households,
       (select coalesce(sum(floor_area_m2), 0) from figure) + loose.floor_area_m2 as floor_area_m2,
       coalesce((select sum(households) filter (where eligible) from figure), 0)
         / nullif((select coalesce(sum(households), 0) from figure) + loose.households, 0)::float8 as eligible_share
     from z, loose`,
    { zone: zoneCode },
  );
}
