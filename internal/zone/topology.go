package zone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// slackArea is how much ground, in square degrees (about a square decimetre),
// two zones may share by rounding.
const slackArea = 1e-11

// shapesNear reads the boundaries of the zones of the scenario that meet the
// extents of others, without those.
func (e *edition) shapesNear(ctx context.Context, ids []int64) (map[int64]orb.MultiPolygon, error) {
	return e.shapes(ctx, `
		select n.id, n.geom from zone n
		where n.scenario_id = $1 and n.id <> all($2)
		  and exists (select from zone z where z.id = any($2) and n.geom && ST_Expand(z.geom, $3))`, ids, together)
}

// shapesOf reads the boundaries of zones.
func (e *edition) shapesOf(ctx context.Context, ids []int64) (map[int64]orb.MultiPolygon, error) {
	return e.shapes(ctx, `select id, geom from zone where scenario_id = $1 and id = any($2)`, ids)
}

func (e *edition) shapes(ctx context.Context, sql string, args ...any) (map[int64]orb.MultiPolygon, error) {
	rows, err := e.tx.Query(ctx, sql, append([]any{e.scenario.id}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read the boundaries of zones: %w", err)
	}
	found := map[int64]orb.MultiPolygon{}
	var id int64
	var geom postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&id, &geom}, func() error {
		found[id], _ = geom.Geometry.(orb.MultiPolygon)
		geom = postgis.Geom{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the boundaries of zones: %w", err)
	}
	return found, nil
}

func (e *edition) setShape(ctx context.Context, id int64, shape orb.MultiPolygon) error {
	if _, err := e.tx.Exec(ctx, `update zone set geom = $2 where id = $1`, id, postgis.Geom{Geometry: shape}); err != nil {
		return saveError("", err)
	}
	return nil
}

// boundary makes the boundary of a zone (0: of one that is not there yet) from
// communities. What it would share with other zones by rounding is taken off.
func (e *edition) boundary(ctx context.Context, id int64, communities []int64) (orb.MultiPolygon, error) {
	shape, err := boundaryOf(ctx, e.tx, e.district, e.scenario.id, id, communities)
	if err != nil {
		return nil, err
	}
	var left postgis.Geom
	err = e.tx.QueryRow(ctx, `
		select case when t.geom is null then $3::geometry else zone_ground(ST_Difference($3::geometry, t.geom)) end
		from (select ST_Union(n.geom) as geom from zone n
		      where n.scenario_id = $1 and n.id <> $2 and n.geom && $3::geometry and ST_Area(ST_Intersection(n.geom, $3::geometry)) > 0) t`,
		e.scenario.id, id, postgis.Geom{Geometry: shape}).Scan(&left)
	if err != nil {
		return nil, fmt.Errorf("fit a boundary between the zones of scenario %s: %w", e.scenario.Code, err)
	}
	shape, _ = left.Geometry.(orb.MultiPolygon)
	if len(shape) == 0 {
		return nil, &InvalidError{Field: "communities", Detail: "这些小区全在其他片区之内，无法生成边界"}
	}
	return geo.Rewind(shape), nil
}

// stitch gives written zones and the zones around them the vertices of each
// other where they share an edge, so that the edge is the same one for both. The
// ground of the zones around stays what it is, so that this is no change of
// theirs: nobody's edit is lost by it. Those that the person may not write are
// left alone.
func (e *edition) stitch(ctx context.Context, ids ...int64) error {
	written, err := e.shapesOf(ctx, ids)
	if err != nil {
		return err
	}
	around, err := e.shapesNear(ctx, ids)
	if err != nil {
		return err
	}
	var follow []int64
	for _, n := range slices.Sorted(maps.Keys(around)) {
		changed := false
		for _, id := range slices.Sorted(maps.Keys(written)) {
			if shape, took := stitched(written[id], around[n], exactly); took {
				written[id] = shape
				if err := e.setShape(ctx, id, shape); err != nil {
					return err
				}
			}
			shape, took := stitched(around[n], written[id], exactly)
			around[n], changed = shape, changed || took
		}
		if !changed {
			continue
		}
		var outside *account.OutsideError
		if err := permit(ctx, e.tx, e.district, []int64{n}); errors.As(err, &outside) {
			continue
		} else if err != nil {
			return err
		}
		if err := e.setShape(ctx, n, around[n]); err != nil {
			return err
		}
		// A zone that this edition touches gets a state of its own at its end.
		if e.touched[n] == nil && !slices.Contains(e.added, n) {
			follow = append(follow, n)
		}
	}
	if len(follow) == 0 {
		return nil
	}
	return mirror(ctx, e.tx, follow)
}

// checkApart checks, before an edition ends, that the zones that it wrote share no
// more ground with any zone of the scenario than they, or the zones that they
// were made from, did before. Otherwise it is a *TopologyError about the worst
// place.
func (e *edition) checkApart(ctx context.Context) error {
	var was []int64
	var shapes []postgis.Geom
	var written []int64
	for _, id := range slices.Sorted(maps.Keys(e.touched)) {
		was, shapes = append(was, id), append(shapes, postgis.Geom{Geometry: e.touched[id].shape})
		if !e.removed[id] {
			written = append(written, id)
		}
	}
	written = append(written, e.added...)
	var t TopologyError
	var at postgis.Geom
	err := e.tx.QueryRow(ctx, `
		with was as materialized (
		    select * from unnest($2::bigint[], $3::geometry[]) t (id, geom)
		),
		shared as materialized (
		    select z.id as a, n.id as b, z.code as a_code, n.code as b_code, ST_Intersection(z.geom, n.geom) as ground
		    from zone z
		    join zone n on n.scenario_id = z.scenario_id and n.id <> z.id and n.geom && z.geom
		               and (n.id > z.id or n.id <> all($4)) and ST_Intersects(z.geom, n.geom)
		    where z.id = any($4)
		),
		before as (
		    select s.a, s.b, coalesce(max(ST_Area(ST_Intersection(p.geom, q.geom))), 0) as area
		    from shared s
		    join was p on p.id = s.a or s.a not in (select id from was)
		    join (select id, geom from was union all select id, geom from zone where scenario_id = $1 and id not in (select id from was)) q
		      on q.id = s.b or s.b not in (select id from was) and s.b = any($4) and q.id in (select id from was)
		    where p.id <> q.id and p.geom && q.geom
		    group by s.a, s.b
		)
		select ST_PointOnSurface(s.ground), ST_Area(s.ground::geography), array[s.a_code, s.b_code]
		from shared s
		left join before f using (a, b)
		where ST_Area(s.ground) > coalesce(f.area, 0) + $5
		order by ST_Area(s.ground) - coalesce(f.area, 0) desc
		limit 1`, e.scenario.id, was, shapes, written, slackArea).Scan(&at, &t.AreaM2, &t.Zones)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("check the topology of scenario %s: %w", e.scenario.Code, err)
	}
	t.At, _ = at.Geometry.(orb.Point)
	t.Detail = fmt.Sprintf("片区之间将重叠约 %.1f 平方米", t.AreaM2)
	return &t
}
