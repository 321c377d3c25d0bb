package zone

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const (
	// largeWaterM2 is the area from which a pond is a border and no ground.
	largeWaterM2 = 20_000
	// narrowM is the mean width up to which a face between streets is street
	// space, such as the median of a dual carriageway, and no block.
	narrowM = 16
	// nodingGrid is the precision of overlays, in degrees: about 0.1 mm.
	nodingGrid = 1e-9
)

// ensureBlocks builds the blocks of a district where the base map changed since
// they were built. A block is a face between the streets, ground railways and
// waters of the district and its boundary; tunnels bound nothing, and neither do
// the ways inside a block (service roads, footways, paths, tracks). Street space
// belongs to the block with which it shares the longest edge.
func ensureBlocks(ctx context.Context, tx pgx.Tx, district string) error {
	fresh, _, err := blocksFresh(ctx, tx, district)
	if err != nil || fresh {
		return err
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('zone blocks'), hashtext($1))`, district); err != nil {
		return fmt.Errorf("lock the blocks of district %s: %w", district, err)
	}
	fresh, version, err := blocksFresh(ctx, tx, district) // somebody may have built them while we waited
	if err != nil || fresh {
		return err
	}
	if err := buildBlocks(ctx, tx, district); err != nil {
		return fmt.Errorf("build the blocks of district %s: %w", district, err)
	}
	_, err = tx.Exec(ctx, `
		insert into block_build (district_code, base_version) values ($1, $2)
		on conflict (district_code) do update set base_version = excluded.base_version`, district, version)
	if err != nil {
		return fmt.Errorf("note the blocks of district %s: %w", district, err)
	}
	return nil
}

// blocksFresh tells whether the blocks are those of the base map as it is, and
// which version of it that is.
func blocksFresh(ctx context.Context, tx pgx.Tx, district string) (fresh bool, version string, err error) {
	err = tx.QueryRow(ctx, `
		select v.version, coalesce(b.base_version = v.version, false)
		from (select d.code, md5(ST_AsBinary(d.boundary)) || ' ' || coalesce(
		          (select p.version from published_base_version p where p.district_code = d.code), '') as version
		      from published_district d where d.code = $1) v
		left join block_build b on b.district_code = v.code`, district).Scan(&version, &fresh)
	if errors.Is(err, pgx.ErrNoRows) {
		return true, "", nil // no such district: it has no blocks
	}
	if err != nil {
		return false, "", fmt.Errorf("look at the base map of district %s: %w", district, err)
	}
	return fresh, version, nil
}

func buildBlocks(ctx context.Context, tx pgx.Tx, district string) error {
	if _, err := tx.Exec(ctx, `delete from block where district_code = $1`, district); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		with place as materialized (
		    select boundary from published_district where code = $1
		),
		water as materialized (
		    select geom from published_water
		    where district_code = $1 and (class in ('river', 'canal') or area_m2 > $2)
		),
		line as (
		    select r.geom
		    from place p
		    join published_road r on r.district_code = $1 and r.geom && p.boundary
		    where not r.tunnel
		      and r.class in ('motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'unclassified', 'residential', 'living_street',
		                      'motorway_link', 'trunk_link', 'primary_link', 'secondary_link', 'tertiary_link', 'road')
		    union all
		    select r.geom
		    from place p
		    join published_railway r on r.district_code = $1 and r.geom && p.boundary
		    where not r.tunnel and not r.bridge and r.class in ('rail', 'light_rail', 'narrow_gauge')
		    union all
		    select w.geom
		    from place p
		    join published_waterway w on w.district_code = $1 and w.geom && p.boundary
		    where not w.tunnel and w.class in ('river', 'canal')
		    union all
		    select ST_Boundary(w.geom) from place p join water w on w.geom && p.boundary
		    union all
		    select ST_Boundary(boundary) from place
		),
		face as (
		    select (ST_Dump(ST_Polygonize(noded.geom))).geom
		    from (select ST_UnaryUnion(ST_Collect(geom), $3) as geom from line) noded
		),
		ground as (
		    select f.geom, ST_PointOnSurface(f.geom) as inside from face f
		)
		insert into block (district_code, geom, area_m2)
		select $1, g.geom, ST_Area(g.geom::geography)
		from place p
		join ground g on ST_Covers(p.boundary, g.inside)
		where not exists (select from water w where ST_Covers(w.geom, g.inside))`,
		district, largeWaterM2, nodingGrid)
	if err != nil {
		return err
	}
	// Street space is cut where the block beside it ends, so that no block gets a
	// tail along its neighbour's street.
	_, err = tx.Exec(ctx, `
		with place as materialized (
		    select gk_srid from published_district where code = $1
		),
		shaped as materialized (
		    select id, geom, 2 * area_m2 < $2 * ST_Perimeter(geom::geography) as narrow
		    from block where district_code = $1
		),
		edge as materialized (
		    select n.id, b.id as block_id, e.line
		    from shaped n
		    join shaped b on b.geom && n.geom and not b.narrow
		    cross join lateral (
		        select ST_LineMerge(ST_CollectionExtract(ST_Intersection(n.geom, b.geom), 2)) as line) e
		    where n.narrow and ST_Length(e.line::geography) > 2 * $2 -- beside it, not at its end
		),
		side as materialized (
		    select e.id, row_number() over (partition by e.id order by ST_Length(e.line) desc, e.block_id) as rank,
		           ST_Transform(ST_Buffer(ST_Transform(e.line, p.gk_srid), $2 * 1.25, 'endcap=flat join=mitre mitre_limit=2'), 4490) as geom
		    from edge e cross join place p
		),
		part as materialized (
		    select row_number() over () as part, n.id, d.geom, ST_Area(d.geom::geography) < $2 * $2 as small
		    from side s
		    join shaped n on n.id = s.id
		    cross join lateral (select ST_Union(l.geom) as geom from side l where l.id = s.id and l.rank < s.rank) longer
		    cross join lateral ST_Dump(ST_CollectionExtract(
		        ST_Intersection(coalesce(ST_Difference(n.geom, longer.geom, $3), n.geom), s.geom, $3), 3)) d
		    where not ST_IsEmpty(d.geom)
		),
		-- corners, and what lies beside no edge, go with the piece with which they
		-- share most of theirs
		piece as materialized (
		    select part as piece, id, geom from part where not small
		),
		corner as materialized (
		    select -part as corner, id, geom from part where small
		    union all
		    select row_number() over (), n.id, d.geom
		    from shaped n
		    cross join lateral ST_Dump(ST_CollectionExtract(
		        ST_Difference(n.geom, (select ST_Union(s.geom) from side s where s.id = n.id), $3), 3)) d
		    where n.id in (select id from side where rank > 1) and not ST_IsEmpty(d.geom)
		),
		fit as materialized (
		    select distinct on (c.corner) c.corner, c.geom, p.piece
		    from corner c
		    join piece p on p.id = c.id and p.geom && c.geom
		    cross join lateral (select ST_Length(ST_Intersection(p.geom, c.geom, $3)) as shared) e
		    where e.shared > 0
		    order by c.corner, e.shared desc, p.piece
		),
		cut as (
		    insert into block (district_code, geom, area_m2)
		    select $1, d.geom, ST_Area(d.geom::geography)
		    from (select ST_UnaryUnion(ST_Collect(p.geom || array(select f.geom from fit f where f.piece = p.piece)), $3) as geom
		          from piece p
		          where p.id in (select id from side where rank > 1)
		          union all
		          select c.geom from corner c where c.corner not in (select corner from fit)) whole
		    cross join lateral ST_Dump(whole.geom) d
		)
		delete from block where id in (select id from side where rank > 1)`, district, narrowM, nodingGrid)
	if err != nil {
		return err
	}
	// Narrow faces touch narrow faces at crossings: each round brings those to a
	// block that have one for a neighbour by now.
	for range 5 {
		tag, err := tx.Exec(ctx, `
			with shaped as materialized (
			    select id, geom, 2 * area_m2 < $2 * ST_Perimeter(geom::geography) as narrow
			    from block where district_code = $1
			),
			home as (
			    select distinct on (n.id) n.id, b.id as block_id, n.geom
			    from shaped n
			    join shaped b on b.geom && n.geom and not b.narrow
			    cross join lateral (select ST_Length(ST_Intersection(n.geom, b.geom, $3)) as shared) edge
			    where n.narrow and edge.shared > 0
			    order by n.id, edge.shared desc, b.id
			),
			joined as (
			    select h.block_id, ST_UnaryUnion(ST_Collect(array_agg(h.geom) || b.geom), $3) as geom
			    from home h
			    join block b on b.id = h.block_id
			    group by h.block_id, b.geom
			),
			grown as (
			    update block b
			    set geom = j.geom, area_m2 = ST_Area(j.geom::geography)
			    from joined j
			    where j.block_id = b.id and ST_GeometryType(j.geom) = 'ST_Polygon'
			    returning b.id
			)
			delete from block
			where id in (select h.id from home h join grown g on g.id = h.block_id)`, district, narrowM, nodingGrid)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			break
		}
	}
	return nil
}
