-- +goose Up
-- A zone's boundary cut into pieces of few points: what lies inside is asked of
-- the pieces near it, so that a boundary of 10,000 points that winds through a
-- whole district costs about as much as a simple one. Written with the boundary.
create table zone_piece (
    zone_id bigint not null references zone (id) on delete cascade,
    geom    geometry(Polygon, 4490) not null
);
create index on zone_piece (zone_id);
insert into zone_piece (zone_id, geom)
select id, ST_Subdivide(geom, 128) from zone;

drop function zone_holds (geometry, geometry, geometry);

-- How much of a shape lies inside a piece of a zone, in square degrees. The
-- cheap questions come first. A community belongs to a zone when the sum over
-- the pieces is more than half of it: halves are compared on the
-- longitude/latitude plane, whose scale does not vary over one community.
-- +goose StatementBegin
create function area_inside(piece geometry, shape geometry) returns double precision
language sql immutable parallel safe as $$
    select case
        when not ST_Intersects(piece, shape) then 0
        when ST_Covers(piece, shape) then ST_Area(shape)
        else ST_Area(ST_Intersection(piece, shape))
    end
$$;
-- +goose StatementEnd

create or replace view published_zone_building as
select zc.zone_id, b.id as building_id, b.community_id
from zone_community zc
join building b on b.community_id = zc.community_id
union all
select distinct p.zone_id, b.id, null::bigint    -- a point on a cut lies in two pieces
from zone_piece p
join zone z on z.id = p.zone_id
join building b on b.district_code = z.district_code
               and b.community_id is null
               and b.point && p.geom
               and ST_Intersects(p.geom, b.point);
