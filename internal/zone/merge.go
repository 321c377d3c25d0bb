package zone

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// streetM is the width of a street in metres: gaps that are narrower belong to
// the zone that two neighbours become.
const streetM = 20.0

// Merge makes one zone of several: the first one stays and takes the ground and
// the communities of the others, and the gaps between them that are narrower
// than a street, as far as they are no other zone's. Zones that lie apart become
// parts of it. Zones of the same rule of membership keep it; otherwise the
// communities of all are chosen by hand. A name of "" and a note of nil are the
// first zone's. Errors: *InvalidError, *VersionError, *TopologyError and those of
// Create.
func (s *Store) Merge(ctx context.Context, scope account.Scope, district string, seen []Seen, name string, note *string) (Edit, error) {
	if len(seen) < 2 {
		return Edit{}, &InvalidError{Field: "zones", Detail: "合并至少需要两个片区"}
	}
	name = strings.TrimSpace(name)
	if err := text("name", "片区名称", name, maxName, false); err != nil {
		return Edit{}, err
	}
	if note != nil {
		if err := text("note", "备注", *note, maxNote, true); err != nil {
			return Edit{}, err
		}
	}
	first, err := find(ctx, s.db.Pool, scope, district, seen[0].Code, "")
	if err != nil {
		return Edit{}, err
	}
	return s.edit(ctx, scope, district, first.Scenario, act{"zone.merge", "合并片区"}, func(ctx context.Context, e *edition) error {
		zones, err := e.claim(ctx, seen...)
		if err != nil {
			return err
		}
		first := zones[0]
		if name == "" {
			name = first.Name
		}
		if note == nil {
			note = &first.Note
		}
		rule := first.Membership
		ids := make([]int64, len(zones))
		for i, z := range zones {
			ids[i] = z.id
			if z.Membership != rule {
				rule = ByHand
			}
		}
		ground, err := e.mergedGround(ctx, ids)
		if err != nil {
			return err
		}
		_, err = e.tx.Exec(ctx, `
			insert into zone_community (zone_id, community_id, district_code)
			select $1, community_id, district_code from zone_community where zone_id = any($2)
			on conflict do nothing`, first.id, ids)
		if err != nil {
			return fmt.Errorf("merge the communities of zones: %w", err)
		}
		if err := e.remove(ctx, ids[1:]...); err != nil {
			return err
		}
		_, err = e.tx.Exec(ctx, `
			update zone set name = $2, note = $3, geom = $4, membership = $5, boundary_rule = 'drawn' where id = $1`,
			first.id, name, strings.TrimSpace(*note), ground, rule)
		if err != nil {
			return saveError(name, err)
		}
		if err := e.stitch(ctx, first.id); err != nil {
			return err
		}
		return e.checkApart(ctx)
	})
}

// mergedGround is the ground of zones and of the narrow gaps between them.
// Growing and shrinking again by half a street closes what is narrower; of that
// counts what lies at two zones or more and is no other zone's. A millimetre of
// the same takes off what only rounding left. Two centimetres of overlap into
// the zones keep hairlines from staying open, and vertices that came back from
// metres a little moved are put where they were.
func (e *edition) mergedGround(ctx context.Context, ids []int64) (postgis.Geom, error) {
	const mitre = `, 'join=mitre mitre_limit=2')`
	var ground postgis.Geom
	err := e.tx.QueryRow(ctx, `
		with own as materialized (
		    select z.id, z.geom, ST_MakeValid(ST_Transform(z.geom, d.gk_srid)) as metric
		    from zone z
		    join published_district d on d.code = z.district_code
		    where z.id = any($1)
		),
		every as materialized (
		    select ST_Union(metric) as metric, ST_Union(geom) as geom from own
		),
		gap as materialized (
		    select d.geom
		    from every v
		    cross join lateral ST_Buffer(ST_Buffer(v.metric, $2 / 2`+mitre+`, -$2 / 2`+mitre+` closed
		    cross join lateral ST_Dump(ST_Difference(closed, v.metric)) d
		    where ST_Area(d.geom) > 0.5
		      and (select count(*) from own o where ST_DWithin(o.metric, d.geom, 0.05)) > 1
		),
		filling as (
		    select ST_Buffer(ST_Buffer(case when t.geom is null then g.geom else ST_Difference(g.geom, t.geom) end,
		                               -0.001`+mitre+`, 0.001`+mitre+` as geom
		    from (select ST_Union(geom) as geom from gap) g
		    cross join (select ST_Union(ST_MakeValid(ST_Transform(n.geom, d.gk_srid))) as geom
		                from zone n
		                join published_district d on d.code = n.district_code
		                where n.scenario_id = $3 and n.id <> all($1)
		                  and exists (select from own o where n.geom && ST_Expand(o.geom, 0.001))) t
		),
		lapping as (
		    select ST_MakeValid(ST_Transform(ST_Union(f.geom, ST_Intersection(ST_Buffer(f.geom, 0.02`+mitre+`, v.metric)), 4490)) as geom
		    from filling f cross join every v
		    where not ST_IsEmpty(f.geom)
		)
		select zone_ground(case when l.geom is null then v.geom else ST_Union(v.geom, l.geom) end)
		from every v left join lapping l on true`, ids, streetM, e.scenario.id).Scan(&ground)
	if err != nil {
		return ground, fmt.Errorf("merge the ground of zones: %w", err)
	}
	shape, _ := ground.Geometry.(orb.MultiPolygon)
	own, err := e.shapesOf(ctx, ids)
	if err != nil {
		return ground, err
	}
	around, err := e.shapesNear(ctx, ids)
	if err != nil {
		return ground, err
	}
	for _, model := range []map[int64]orb.MultiPolygon{around, own} {
		for _, id := range slices.Sorted(maps.Keys(model)) {
			shape, _ = aligned(shape, model[id])
		}
	}
	return postgis.Geom{Geometry: shape}, nil
}
