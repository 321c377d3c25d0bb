package zone

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Reshape replaces a piece of the boundary of the first zone by a line that
// begins and ends on it. Of the two pieces between the ends the one goes whose
// loss leaves the larger zone (or hole, on the boundary of a hole). The
// neighbours that are named give or take the ground; where none is named, all do
// that share the piece or lie under the line. Ground that the zone leaves at no
// neighbour becomes nobody's. Errors: *InvalidError for the line, *VersionError,
// *TopologyError, and those of Create for every zone that gives or takes.
func (s *Store) Reshape(ctx context.Context, scope account.Scope, district string, seen []Seen, line orb.LineString) (Edit, error) {
	if len(seen) == 0 {
		return Edit{}, &InvalidError{Field: "zones", Detail: "请指定要调整边界的片区"}
	}
	if err := soundLine(line); err != nil {
		return Edit{}, err
	}
	first, err := find(ctx, s.db.Pool, scope, district, seen[0].Code, "")
	if err != nil {
		return Edit{}, err
	}
	return s.edit(ctx, scope, district, first.Scenario, act{"zone.reshape", "调整边界"}, func(ctx context.Context, e *edition) error {
		zones, err := e.claim(ctx, seen...)
		if err != nil {
			return err
		}
		bent, err := bend(zones[0].shape, line)
		if err != nil {
			return err
		}
		want, err := e.bentGround(ctx, bent)
		if err != nil {
			return err
		}
		var neighbours []int64
		for _, z := range zones[1:] {
			neighbours = append(neighbours, z.id)
		}
		if len(neighbours) == 0 {
			if neighbours, err = e.followers(ctx, zones[0].id, bent, want); err != nil {
				return err
			}
		}
		return e.reshape(ctx, zones[0].id, neighbours, bent, want)
	})
}

// bending is what a line makes of a shape.
type bending struct {
	shape      orb.MultiPolygon // with vertices where the line begins and ends
	line       orb.LineString
	gone       orb.LineString // the piece of boundary that the line replaces
	part, ring int
	bent       orb.Ring // instead of that ring
}

// bend finds the piece of boundary that a line replaces.
func bend(shape orb.MultiPolygon, line orb.LineString) (bending, error) {
	refuse := func(detail string, at orb.Point) (bending, error) {
		return bending{}, &InvalidError{Field: "line", Detail: detail, At: &at}
	}
	line = line.Clone()
	first, last := line[0], line[len(line)-1]
	best, found := onRing{metres: math.Inf(1)}, false
	for i, polygon := range shape {
		for j := range polygon {
			only := func(part, ring int) bool { return part == i && ring == j }
			p, _ := nearest(shape, first, only)
			q, _ := nearest(shape, last, only)
			if p.metres <= reachM && q.metres <= reachM && p.metres+q.metres < best.metres {
				best, found = p, true
				best.metres += q.metres
			}
		}
	}
	if !found {
		for _, end := range []orb.Point{first, last} {
			if near, ok := nearest(shape, end, nil); !ok || near.metres > reachM {
				return refuse("线的起点和终点应落在片区的边界上", end)
			}
		}
		return refuse("线的起点和终点应落在片区的同一条边界上", last)
	}
	only := func(part, ring int) bool { return part == best.part && ring == best.ring }
	shape, _ = withVertex(shape, best)
	place, _ := nearest(shape, last, only)
	shape, j := withVertex(shape, place)
	ring := shape[best.part][best.ring]
	i := slices.Index(ring, best.at)
	if i == j || best.at == place.at {
		return refuse("线的起点和终点重合，没有可替换的边界", last)
	}
	line[0], line[len(line)-1] = best.at, place.at
	b := bending{shape: shape, line: line, part: best.part, ring: best.ring}
	onward, back := between(ring, i, j)
	area := -1.0
	var crossed *geo.Fault
	for _, way := range []struct{ stays, gone orb.LineString }{{onward, back}, {back, onward}} {
		candidate := append(orb.Ring(line.Clone()), reversed(way.stays)[1:]...)
		if fault := geo.Check(orb.Polygon{candidate}, geo.Limits{MaxPoints: geo.MaxDrawnPoints}); fault != nil {
			if crossed == nil || planar.Length(way.stays) > planar.Length(way.gone) {
				crossed = fault
			}
			continue
		}
		if a := math.Abs(planar.Area(candidate)); a > area {
			area, b.gone, b.bent = a, way.gone, candidate
		}
	}
	// A line through the whole zone leaves only its lesser piece in order: that is
	// no correction of the boundary.
	if b.bent == nil || crossed != nil && area < math.Abs(planar.Area(ring))/2 {
		return refuse("线与片区其余的边界相交", crossed.At)
	}
	return b, nil
}

func reversed(line orb.LineString) orb.LineString {
	line = line.Clone()
	line.Reverse()
	return line
}

// bentGround is the ground of the zone after a bending. A part that now reaches
// into another one takes it in; a hole that the line opens becomes a bay.
func (e *edition) bentGround(ctx context.Context, b bending) (postgis.Geom, error) {
	var rest, holes orb.MultiPolygon
	for i, polygon := range b.shape {
		if i != b.part {
			rest = append(rest, polygon)
			continue
		}
		for j, ring := range polygon[1:] {
			if b.ring == j+1 {
				ring = b.bent
			}
			holes = append(holes, orb.Polygon{ring})
		}
	}
	outer := b.shape[b.part][0]
	if b.ring == 0 {
		outer = b.bent
	}
	var ground postgis.Geom
	err := e.tx.QueryRow(ctx, `
		select zone_ground(ST_Union(case when $2::geometry is null then $1::geometry
		                                 else ST_Difference($1::geometry, ST_UnaryUnion($2::geometry)) end,
		                            coalesce($3::geometry, 'SRID=4490;POLYGON EMPTY'::geometry)))`,
		postgis.Geom{Geometry: orb.MultiPolygon{{outer}}}, orNull(holes), orNull(rest)).Scan(&ground)
	if err != nil {
		return ground, fmt.Errorf("bend a boundary: %w", err)
	}
	if ground.Geometry == nil {
		return ground, &InvalidError{Field: "line", Detail: "调整后片区没有剩余的范围", At: &b.line[0]}
	}
	return ground, nil
}

func orNull(shape orb.MultiPolygon) postgis.Geom {
	if len(shape) == 0 {
		return postgis.Geom{}
	}
	return postgis.Geom{Geometry: shape}
}

// followers are the zones that share the piece of boundary that goes, and those
// whose ground the zone takes.
func (e *edition) followers(ctx context.Context, id int64, b bending, want postgis.Geom) ([]int64, error) {
	rows, err := e.tx.Query(ctx, `
		with gained as (
		    select ST_Difference($4::geometry, $3::geometry) as geom
		)
		select n.id
		from zone n, gained g
		where n.scenario_id = $1 and n.id <> $2
		  and (n.geom && ST_Expand($5::geometry, $6)
		       and ST_Length(ST_Intersection(ST_Boundary(n.geom), ST_Buffer($5, $6))) > 10 * $6
		       or n.geom && g.geom and ST_Area(ST_Intersection(n.geom, g.geom)) > $7)
		order by n.id`,
		e.scenario.id, id, postgis.Geom{Geometry: b.shape}, want, postgis.Geom{Geometry: b.gone}, together, slackArea)
	if err != nil {
		return nil, fmt.Errorf("find the neighbours at a boundary: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("find the neighbours at a boundary: %w", err)
	}
	return ids, nil
}

// reshape shares the ground out anew. The boundaries of the zone, of its
// neighbours and the line are noded together; each face between them goes to
// one zone, so that what two zones have in common are the very same edges.
func (e *edition) reshape(ctx context.Context, id int64, neighbours []int64, b bending, want postgis.Geom) error {
	// Those who follow have to be what they are, or to be changed by this: ask
	// before, since they may lie where the person may not write.
	shapes, err := e.shapesOf(ctx, neighbours)
	if err != nil {
		return err
	}
	own := b.shape
	for _, n := range neighbours {
		shapes[n], _ = aligned(shapes[n], own)
		shapes[n], _ = stitched(shapes[n], own, together)
		own, _ = stitched(own, shapes[n], together)
	}
	ids, geoms := []int64{id}, []postgis.Geom{{Geometry: own}}
	for _, n := range slices.Sorted(maps.Keys(shapes)) {
		ids, geoms = append(ids, n), append(geoms, postgis.Geom{Geometry: shapes[n]})
	}
	rows, err := e.tx.Query(ctx, reshapeSQL, id, ids, geoms, postgis.Geom{Geometry: b.line}, want)
	if err != nil {
		return fmt.Errorf("reshape zones: %w", err)
	}
	var changed []int64
	var n int64
	var ground postgis.Geom
	grounds := map[int64]orb.MultiPolygon{}
	_, err = pgx.ForEachRow(rows, []any{&n, &ground}, func() error {
		changed, grounds[n] = append(changed, n), dusted(ground.Geometry)
		ground = postgis.Geom{}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reshape zones: %w", err)
	}
	if err := e.touch(ctx, changed...); err != nil {
		return err
	}
	for _, n := range slices.Collect(maps.Keys(e.touched)) {
		if !slices.Contains(changed, n) {
			delete(e.touched, n) // it neither gave nor took
		}
	}
	if len(changed) == 0 {
		return &InvalidError{Field: "line", Detail: "这条线没有改变片区的边界", At: &b.line[0]}
	}
	for _, n := range changed {
		if grounds[n] == nil {
			return &TopologyError{Detail: "调整后片区没有剩余的范围", Zones: []string{e.touched[n].code}, At: b.line[0]}
		}
		if _, err := e.tx.Exec(ctx, `update zone set geom = $2, boundary_rule = 'drawn' where id = $1`, n, postgis.Geom{Geometry: grounds[n]}); err != nil {
			return saveError(e.touched[n].Name, err)
		}
	}
	if err := e.stitch(ctx, changed...); err != nil {
		return err
	}
	if err := e.checkApart(ctx); err != nil {
		return err
	}
	return e.checkGapless(ctx, id, changed, want)
}

// reshapeSQL yields the zones whose ground changes, with it. $1 is the zone, $2
// and $3 the zones and their ground, $4 the line, $5 the ground that the zone
// shall have. A face that the zone leaves goes to the neighbour with which it
// has most boundary in common.
const reshapeSQL = `
with zones as materialized (
    select * from unnest($2::bigint[], $3::geometry[]) t (id, geom)
),
face as materialized (
    select d.path[1] as face, d.geom, ST_PointOnSurface(d.geom) as at
    from (select ST_UnaryUnion(ST_Collect(line)) as lines
          from (select ST_Boundary(geom) as line from zones
                union all select $4::geometry
                union all select ST_Boundary($5::geometry)) l) noded
    cross join lateral ST_Dump(ST_Polygonize(array[noded.lines])) d
),
before as materialized (
    select f.face, z.id from face f join zones z on ST_Intersects(z.geom, f.at)
),
wanted as materialized (
    select face from face where ST_Intersects($5, at)
),
kept as (
    select face, id from before
    where id <> $1 and not (face in (select face from wanted) and face not in (select face from before where id = $1))
    union
    select face, $1 from wanted
),
left_over as (
    select f.face, f.geom from face f
    where f.face in (select face from before where id = $1) and f.face not in (select face from kept)
),
given as (
    select distinct on (l.face) l.face, b.id
    from left_over l
    join face g on g.geom && l.geom and g.face <> l.face
    join before b on b.face = g.face and b.id <> $1
    cross join lateral ST_Length(ST_CollectionExtract(ST_Intersection(ST_Boundary(l.geom), ST_Boundary(g.geom)), 2)) common
    where common > 0
    group by l.face, b.id
    order by l.face, sum(common) desc, b.id
),
after as (
    select face, id from kept union select face, id from given
),
changed as (
    select distinct id
    from (select face, id from before full join after using (face, id) where before.face is null or after.face is null) c
)
select c.id, (select ST_Union(f.geom) from after a join face f using (face) where a.id = c.id)
from changed c
order by c.id`

// checkGapless checks that of the ground that touched zones had in common
// nothing is lost but what the zone gave up at no neighbour, and that the zone
// has the ground that it shall have.
func (e *edition) checkGapless(ctx context.Context, id int64, written []int64, want postgis.Geom) error {
	var shapes []postgis.Geom
	for _, n := range written {
		shapes = append(shapes, postgis.Geom{Geometry: e.touched[n].shape})
	}
	var area float64
	var at postgis.Geom
	err := e.tx.QueryRow(ctx, `
		with after as (
		    select ST_Union(geom) as geom from zone where id = any($1)
		),
		lost as (
		    select (ST_Dump(ST_Difference(ST_Union(b.geom), ST_Union(ST_Buffer(a.geom, $5), ST_Buffer($4::geometry, $5))))).geom as geom
		    from unnest($2::geometry[]) b (geom), after a
		    group by a.geom
		),
		hole as (
		    -- a piece that lay between the zone and a neighbour, and still does
		    select l.geom from lost l
		    where (select count(*) from zone z where z.id = any($1) and z.id <> $3 and ST_Length(ST_Intersection(ST_Boundary(z.geom), ST_Buffer(l.geom, 2 * $5))) > 0.00001) > 0
		),
		astray as (
		    select ST_SymDifference(z.geom, $4) as geom from zone z where z.id = $3
		)
		select coalesce(sum(ST_Area(geom::geography)), 0), ST_PointOnSurface(ST_Collect(geom))
		from (select geom from hole where ST_Area(geom) > $6
		      union all
		      select geom from astray where ST_Area(ST_Buffer(ST_Buffer(geom, -$5), $5)) > $6) f`,
		written, shapes, id, want, 2*together, slackArea).Scan(&area, &at)
	if err != nil {
		return fmt.Errorf("check the topology of scenario %s: %w", e.scenario.Code, err)
	}
	if area == 0 {
		return nil
	}
	t := &TopologyError{Detail: fmt.Sprintf("片区之间将留下约 %.1f 平方米的空隙", area), AreaM2: area}
	t.At, _ = at.Geometry.(orb.Point)
	for _, n := range written {
		t.Zones = append(t.Zones, e.touched[n].code)
	}
	return t
}
