-- +goose Up
-- A map that knows the rules of a scenario tells by these which links count:
-- what lies between, and what of it the walking path gets over.
create or replace view map_link as
select l.id, l.district_code, a.code as a, b.code as b, l.gap_m, l.walk_m,
       l.crossed <> '{}' as blocked, coalesce(o.verdict, '') as verdict,
       l.a_id, l.b_id, a.subdistrict_code as a_subdistrict, b.subdistrict_code as b_subdistrict,
       case when l.gap_m >= 5 or a.location is null or b.location is null or a.location = b.location then l.geom_3857
            else ST_MakeLine(
                ST_LineInterpolatePoint(ST_MakeLine(ST_StartPoint(l.geom_3857), a.location_3857),
                    least(1, 10 / greatest(10, ST_Distance(ST_StartPoint(l.geom_3857), a.location_3857)))),
                ST_LineInterpolatePoint(ST_MakeLine(ST_EndPoint(l.geom_3857), b.location_3857),
                    least(1, 10 / greatest(10, ST_Distance(ST_EndPoint(l.geom_3857), b.location_3857)))))
       end as geom_3857,
       l.geom_3857 as index_3857,
       array_to_string(l.crossed, ' ') as crossed,
       (select string_agg(distinct c ->> 'barrier', ' ' order by c ->> 'barrier') from jsonb_array_elements(l.crossings) c) as bridged
from link l
join community a on a.id = l.a_id
join community b on b.id = l.b_id
left join link_override o on o.a_id = l.a_id and o.b_id = l.b_id;
