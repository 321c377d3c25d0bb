package zone

import "fmt"

// The boundary of communities, in one query. Its parameters are
//
//	$1 district  $2 ids of the communities  $3 scenario  $4 own zone
//	$5 SRID of the district's Gauss-Krüger zone
//	$6, $7 the pairs between which a corridor may be needed
//
// Distances are measured in the Gauss-Krüger zone, the overlays are made in
// longitude/latitude, where outlines and blocks keep their vertices.
var boundarySQL = fmt.Sprintf(`
with member as materialized (
    select c.id, c.land_area_m2 >= %[9]d as outlined,
           case when c.land_area_m2 >= %[9]d then c.geom
                else ST_Multi(ST_Transform(ST_Buffer(ST_Transform(p.at, $5::integer), %[3]d, 'quad_segs=4'), 4490))
           end as geom
    from published_community c
    cross join lateral (select coalesce(c.location, ST_Centroid(c.geom)) as at) p
    where c.district_code = $1 and c.id = any($2::bigint[]) and not ST_IsEmpty(p.at)
),

-- 1. Blocks whose communities are all members, and that members fill well enough.
touched as materialized (
    select b.id, b.geom, b.area_m2
    from (select distinct b.id
          from member m
          join block b on b.district_code = $1 and b.geom && m.geom and ST_Intersects(b.geom, m.geom)) near
    join block b using (id)
),
filled as materialized (
    select b.id
    from touched b
    join member m on m.geom && b.geom
    group by b.id, b.geom
    having sum(area_inside(b.geom, m.geom)) >= %[1]g * ST_Area(b.geom)
),
taken as materialized (
    select b.id, b.geom
    from touched b
    join filled using (id)
    where not exists (
        select from published_community c
        where c.district_code = $1 and c.geom && b.geom and c.land_area_m2 >= %[9]d
          and c.id <> all($2) and area_inside(b.geom, c.geom) * 2 > ST_Area(c.geom))
      and not exists (
        select from published_community c
        where c.district_code = $1 and c.location && b.geom and coalesce(c.land_area_m2, 0) < %[9]d
          and c.id <> all($2) and ST_Intersects(b.geom, c.location))
),
of_block as materialized (
    select m.id, t.id as block_id, t.geom, ST_Covers(t.geom, m.geom) as whole
    from member m
    join taken t on t.geom && m.geom and ST_Intersects(t.geom, m.geom)
),

-- 2. Members that stand alone get an envelope: gaps between them, and to a taken
-- block beside them, are closed.
alone as materialized (
    select m.id, m.geom, ST_Transform(ST_Expand(ST_Envelope(ST_Transform(m.geom, $5::integer)), %[2]d * 2), 4490) as around,
           ST_ClusterDBSCAN(ST_Transform(m.geom, $5::integer), %[2]d * 4, 1) over () as cluster
    from member m
    where not exists (select from of_block o where o.id = m.id and o.whole)
),
beside as materialized (
    select a.id, a.cluster, ST_CollectionExtract(ST_Intersection(t.geom, a.around), 3) as geom
    from alone a
    join taken t on t.geom && a.around and ST_Intersects(t.geom, a.around)
),
envelope as materialized (
    select ST_Snap(ST_Transform(%[10]s, 4490), ST_Collect(k.geoms), 1e-8) as geom
    from (select cluster, array_agg(geom) as geoms
          from (select cluster, geom from alone union all select cluster, geom from beside) g
          group by cluster) k
    cross join lateral (select ST_Transform(ST_Union(k.geoms), $5::integer) as geom) u
),

-- 3. Corridors along the strings between members whose ground does not meet. Two
-- grounds meet where they share an edge, or the envelope closes the gap.
pair as materialized (
    select p.a_id, p.b_id from unnest($6::bigint[], $7::bigint[]) as p (a_id, b_id)
    where not exists (
        select from of_block oa join of_block ob on ob.block_id = oa.block_id
        where oa.id = p.a_id and ob.id = p.b_id)
),
unit as materialized (
    select m.id, ST_UnaryUnion(ST_Collect(array[m.geom] || array(select o.geom from of_block o where o.id = m.id)), %[4]g) as geom
    from member m
    where m.id in (select a_id from pair union all select b_id from pair)
),
apart as materialized (
    select p.a_id, p.b_id, a.geom as a_geom, b.geom as b_geom
    from pair p
    join unit a on a.id = p.a_id
    join unit b on b.id = p.b_id
    where case
        when not ST_DWithin(a.geom::geography, b.geom::geography, %[2]d * 2) then true
        when ST_Intersects(a.geom, b.geom) and ST_Dimension(ST_Intersection(a.geom, b.geom)) >= 1 then false
        when p.a_id not in (select id from alone) and p.b_id not in (select id from alone) then true
        else ST_NumGeometries((
            select ST_UnaryUnion(ST_Collect(array[a.geom, b.geom, ST_Transform(%[10]s, 4490)]), %[4]g)
            from (select ST_Transform(ST_Collect(array(
                      select geom from alone where id in (p.a_id, p.b_id)
                      union all
                      select ST_CollectionExtract(ST_Intersection(n.other, w.around), 3)
                      from alone w
                      cross join lateral (select case when w.id = p.a_id then b.geom else a.geom end as other) n
                      where w.id in (p.a_id, p.b_id))), $5::integer) as geom) u)) > 1
    end
),
corridor as materialized (
    select ST_Transform(ST_Buffer(way.geom, %[5]d / 2.0, 'quad_segs=2'), 4490) as geom,
           ST_Transform(ST_Buffer(way.geom, %[12]g / 2.0, 'quad_segs=2'), 4490) as passage
    from apart p
    join published_link l on l.district_code = $1 and l.a_id = p.a_id and l.b_id = p.b_id
    cross join lateral (select coalesce(l.path, l.line) as line) w
    cross join lateral (
        -- the part of the way that runs on neither ground, how to get onto it, and
        -- the corner where the grounds touch
        select ST_Transform(ST_Collect(array(
            select s.geom
            from unnest(array[
                ST_Difference(w.line, ST_Buffer(ST_Collect(p.a_geom, p.b_geom), 1e-8, 'join=mitre')),
                ST_ShortestLine(p.a_geom, w.line),
                ST_ShortestLine(w.line, p.b_geom)]) as s (geom)
            where ST_Length(s.geom) > 0
            union all
            select ST_StartPoint(ST_ShortestLine(p.a_geom, p.b_geom))
            where ST_DWithin(p.a_geom, p.b_geom, 1e-8))), $5::integer) as geom
    ) way
),

-- 4. All of it as one shape. It follows the outlines of members that reach the
-- edge of a taken block.
joined as materialized (
    select ST_Union(geom, %[4]g) as geom
    from (select geom from taken
          union all select geom from member
          union all select geom from envelope
          union all select geom from corridor) piece
),
edge as materialized (
    select ST_Collect(m.geom) as geom
    from member m
    where m.outlined and exists (
        select from of_block o
        where o.id = m.id and ST_DWithin(ST_Boundary(o.geom)::geography, ST_Boundary(m.geom)::geography, %[6]d))
),
snapped as materialized (
    select case when ST_IsValid(s.geom) then s.geom else j.geom end as geom
    from joined j
    cross join edge e
    cross join lateral (
        select case when e.geom is null then j.geom else ST_Snap(j.geom, e.geom, %[6]d / 111320.0) end as geom) s
),

-- 5. Holes with nobody in them are closed; then other communities and the other
-- zones of the scenario get their ground back, but for what is a member's too.
closed as materialized (
    select ST_Union(hole.geom, %[4]g) as geom
    from (select s.geom from snapped s
          union all
          select ST_MakePolygon(ST_ExteriorRing(ring.geom))
          from snapped s
          cross join lateral ST_Dump(s.geom) part
          cross join lateral ST_DumpRings(part.geom) ring
          where ring.path[1] > 0 and ST_Area(ring.geom::geography) < %[7]d) hole
),
zones as materialized (
    select ST_Union(z.geom, %[4]g) as geom
    from closed s
    join zone z on z.district_code = $1 and z.scenario_id = $3::bigint and z.id <> $4::bigint and z.geom && s.geom
),
-- A way through a stranger's ground stays open, as narrow as a way may be,
-- except where there is hardly more ground than that.
stranger as materialized (
    select ST_Union(c.geom, %[4]g) filter (where c.wide) as wide, ST_Union(c.geom, %[4]g) filter (where not c.wide) as geom
    from closed s
    cross join lateral (
        select c.geom, c.land_area_m2 >= 100 as wide
        from published_community c
        where c.district_code = $1 and c.id <> all($2) and c.geom && s.geom and c.land_area_m2 >= %[9]d
          and ST_Intersects(s.geom, c.geom)
        union all
        select ST_Transform(ST_Buffer(ST_Transform(c.location, $5::integer), 3, 'quad_segs=2'), 4490), false
        from published_community c
        where c.district_code = $1 and c.id <> all($2) and c.location && s.geom and coalesce(c.land_area_m2, 0) < %[9]d
          and ST_Intersects(s.geom, c.location)) c
),
ours as materialized (
    select ST_Union(m.geom, %[4]g) as geom from member m
),
lessened as materialized (
    select case when k.geom is null then s.geom else ST_Difference(s.geom, k.geom, %[4]g) end as geom
    from closed s
    cross join ours o
    cross join stranger x
    cross join zones z
    cross join lateral (
        select ST_UnaryUnion(ST_Collect(array_remove(array[
            case when x.wide is not null then ST_Difference(x.wide, ST_UnaryUnion(
                ST_Collect(o.geom, (select ST_Union(passage, %[4]g) from corridor)), %[4]g), %[4]g) end,
            case when x.geom is not null then ST_Difference(x.geom, o.geom, %[4]g) end,
            z.geom], null)), %[4]g) as geom) k
),

-- 6. Slivers and necks go, but no member's ground.
opened as materialized (
    select ST_Difference(l.geom, ST_Transform(ST_Buffer(ST_Buffer(g.geom,
               %[8]g / -2.0, 'join=mitre mitre_limit=5'), %[8]g / 2.0 + 0.05, 'join=mitre mitre_limit=5'), 4490), %[4]g) as sliver,
           l.geom
    from lessened l
    cross join lateral (select ST_Transform(l.geom, $5::integer) as geom) g
),
clean as materialized (
    select case
        when ST_IsEmpty(o.sliver) then o.geom
        else ST_Difference(o.geom, ST_Difference(o.sliver, u.geom, %[4]g), %[4]g)
    end as geom
    from opened o cross join ours u
)
select ST_Multi(ST_CollectionExtract(ST_SimplifyPreserveTopology(ST_Collect(part.geom), %[11]g), 3))
from clean c
cross join lateral ST_Dump(ST_CollectionExtract(c.geom, 3)) part
where exists (
    select from member m
    where m.geom && part.geom and area_inside(part.geom, m.geom) * 1.0e10 > 1)`,
	blockShare, envelopeM, discM, nodingGrid, corridorM, snapM, holeM2, float64(neckM), leastOutlineM2,
	closing("u.geom"), straightGrid, float64(passageM))

// closing is SQL that closes the gaps of a metric geometry that are narrower
// than twice envelopeM: dilation and erosion with square corners.
func closing(geom string) string {
	return fmt.Sprintf(`ST_Buffer(ST_Buffer(%s, %d, 'join=mitre mitre_limit=2'), -%d, 'join=mitre mitre_limit=2')`,
		geom, envelopeM, envelopeM)
}
