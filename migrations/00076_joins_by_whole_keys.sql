-- +goose Up
-- A left join is left out where nothing of it is asked for, if the key that it goes
-- by is whole: these name the district, too.
create or replace view map_building as
select b.id, b.district_code, b.code, b.subdistrict_code, b.storeys, b.built_year, b.households,
       b.footprint_m2, b.generated <> '{}' as generated,
       b.community_id, c.code as community_code, c.eligibility,
       b.geom_3857, b.point
from building b
left join community c on c.id = b.community_id and c.district_code = b.district_code;

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
left join link_override o on o.a_id = l.a_id and o.b_id = l.b_id and o.district_code = l.district_code;

create or replace view published_link as
select l.district_code, l.a_id, l.b_id, a.code as a_code, b.code as b_code,
       l.gap_m, l.walk_m, l.shared_edge_m, l.shared_street, l.crossed, l.crossings,
       coalesce(o.verdict, '') as verdict, coalesce(o.reason, '') as reason,
       l.line, l.path, l.streets
from link l
join community a on a.id = l.a_id
join community b on b.id = l.b_id
left join link_override o on o.a_id = l.a_id and o.b_id = l.b_id and o.district_code = l.district_code;

create or replace view published_community_file as
select c.id as community_id, coalesce(f.version, 1) as version
from community c
left join community_file f on f.community_id = c.id and f.district_code = c.district_code;
