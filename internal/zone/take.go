package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Take copies zones of another scenario into this one. The zones here that hold
// their communities, or lie on their ground, give both up; one that has no
// community or no ground left is removed. Names that are taken here get a number.
// Errors: *InvalidError, postgis.ErrNotFound and those of Create.
func (s *Store) Take(ctx context.Context, scope account.Scope, district, scenario, from string, zones []string) (Edit, error) {
	zones = sorted(zones)
	if len(zones) == 0 {
		return Edit{}, &InvalidError{Field: "zones", Detail: "请选择要并入的片区"}
	}
	return s.edit(ctx, scope, district, scenario, act{"zone.take", "并入其他方案的片区"}, func(ctx context.Context, e *edition) error {
		source, err := findScenario(ctx, e.tx, scope, district, from, "")
		if err != nil {
			return err
		}
		if source.id == e.scenario.id {
			return &InvalidError{Field: "from", Detail: "请选择另一个方案"}
		}
		ids := make([]int64, len(zones))
		names := make([]string, len(zones))
		for i, code := range zones {
			z, err := find(ctx, e.tx, scope, district, code, "")
			if err != nil {
				return err
			}
			if z.scenarioID != source.id {
				return &InvalidError{Field: "zones", Detail: fmt.Sprintf("片区“%s”不属于所选方案", z.Name)}
			}
			ids[i], names[i] = z.id, z.Name
		}
		communities, ground, err := e.holdings(ctx, ids)
		if err != nil {
			return err
		}
		derived, err := e.release(ctx, communities, ground)
		if err != nil {
			return err
		}
		taken := make([]int64, len(ids))
		for i, id := range ids {
			if taken[i], err = e.copy(ctx, id, names[i]); err != nil {
				return err
			}
		}
		if err := e.derive(ctx, derived); err != nil {
			return err
		}
		return e.stitch(ctx, append(derived, taken...)...)
	})
}

// Found makes new zones in a scenario, as one revision with a label for people.
// Zones that hold their communities give them and their ground up; one that has
// none left is removed. Names that are taken get a number. Errors: those of Create.
func (s *Store) Found(ctx context.Context, scope account.Scope, district, scenario, label string, drafts []Draft) (Edit, error) {
	shapes := make([]orb.MultiPolygon, len(drafts))
	var ground orb.MultiPolygon
	var codes []string
	for i := range drafts {
		var err error
		if drafts[i], shapes[i], err = drafts[i].sound(); err != nil {
			return Edit{}, err
		}
		ground = append(ground, shapes[i]...)
		codes = append(codes, drafts[i].Communities...)
	}
	return s.edit(ctx, scope, district, scenario, act{"zone.accept", label}, func(ctx context.Context, e *edition) error {
		communities, err := communityIDs(ctx, e.tx, district, sorted(codes))
		if err != nil {
			return err
		}
		var onto postgis.Geom
		if len(ground) > 0 {
			err := e.tx.QueryRow(ctx, `select ST_UnaryUnion(ST_Collect(p.geom)) from ST_Dump($1::geometry) p`,
				postgis.Geom{Geometry: ground}).Scan(&onto)
			if err != nil {
				return fmt.Errorf("join the ground of new zones: %w", err)
			}
		}
		derived, err := e.release(ctx, communities, onto)
		if err != nil {
			return err
		}
		var founded []int64
		for i, d := range drafts {
			if d.Name, err = e.freeName(ctx, d.Name); err != nil {
				return err
			}
			id, err := e.add(ctx, d, shapes[i])
			if err != nil {
				return err
			}
			founded = append(founded, id)
		}
		if err := e.derive(ctx, derived); err != nil {
			return err
		}
		return e.stitch(ctx, append(derived, founded...)...)
	})
}

// holdings are the communities and the ground of zones.
func (e *edition) holdings(ctx context.Context, ids []int64) (communities []int64, ground postgis.Geom, err error) {
	err = e.tx.QueryRow(ctx, `
		select array(select distinct community_id from zone_community where zone_id = any($1) order by community_id),
		       (select ST_Union(geom) from zone where id = any($1))`, ids).Scan(&communities, &ground)
	if err != nil {
		return nil, ground, fmt.Errorf("read what zones hold: %w", err)
	}
	return communities, ground, nil
}

// copy copies a zone of another scenario, with its communities.
func (e *edition) copy(ctx context.Context, id int64, name string) (int64, error) {
	name, err := e.freeName(ctx, name)
	if err != nil {
		return 0, err
	}
	var made int64
	err = e.tx.QueryRow(ctx, `
		with made as (
		    insert into zone (district_code, scenario_id, code, name, note, geom, membership, boundary_rule, year, year_locked, created_by, updated_by)
		    select district_code, $2, gen_random_uuid()::text, $3, note, geom, membership, boundary_rule, year, year_locked, $4, $4
		    from zone where id = $1
		    returning id
		),
		members as (
		    insert into zone_community (zone_id, community_id, district_code)
		    select made.id, community_id, district_code from made, zone_community where zone_id = $1
		)
		select id from made`, id, e.scenario.id, name, account.Name(ctx)).Scan(&made)
	if err != nil {
		return 0, saveError(name, err)
	}
	e.added = append(e.added, made)
	return made, nil
}

// release takes communities and ground (null: only that of the communities) out
// of the zones of the scenario, except some. Zones without ground, or without
// the communities that they had, go. It returns those that stay and whose
// boundary was made from their communities: it has to be made again when the
// ground has its new holder.
func (e *edition) release(ctx context.Context, communities []int64, ground postgis.Geom, except ...int64) ([]int64, error) {
	if except == nil {
		except = []int64{}
	}
	rows, err := e.tx.Query(ctx, `
		select z.id from zone z
		where z.scenario_id = $1 and z.id <> all($4)
		  and (exists (select from zone_community zc where zc.zone_id = z.id and zc.community_id = any($2))
		       or z.geom && $3::geometry and ST_Intersects(z.geom, $3::geometry)
		          and ST_Area(ST_Intersection(z.geom, $3::geometry)) > $5)
		order by z.id`, e.scenario.id, communities, ground, except, slackArea)
	if err != nil {
		return nil, fmt.Errorf("find the zones that give up communities: %w", err)
	}
	holders, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("find the zones that give up communities: %w", err)
	}
	if len(holders) == 0 {
		return nil, nil
	}
	if err := e.touch(ctx, holders...); err != nil {
		return nil, err
	}
	if _, err := e.tx.Exec(ctx, `
		delete from zone_community where zone_id = any($1) and community_id = any($2)`, holders, communities); err != nil {
		return nil, fmt.Errorf("take communities out of zones: %w", err)
	}
	// Five metres around a community, fifteen around one without an outline, so
	// that no rule of membership finds it again.
	rows, err = e.tx.Query(ctx, `
		with spot as materialized (
		    select ST_Transform(ST_Buffer(ST_Transform(coalesce(c.geom, c.location), d.gk_srid), case when c.geom is null then 15 else 5 end,
		                                  'quad_segs=2 join=mitre mitre_limit=2'), 4490) as geom
		    from published_community c
		    join published_district d on d.code = c.district_code
		    where c.id = any($2) and coalesce(c.geom, c.location) is not null
		),
		lost as materialized (
		    select z.id, ST_UnaryUnion(ST_Collect(g.geom)) as geom
		    from zone z
		    join (select geom from spot union all select $3::geometry where $3::geometry is not null) g
		      on g.geom && z.geom and ST_Intersects(g.geom, z.geom)
		    where z.id = any($1)
		    group by z.id
		)
		select l.id, zone_ground(ST_Difference(z.geom, l.geom)) from lost l join zone z using (id) order by l.id`,
		holders, communities, ground)
	if err != nil {
		return nil, fmt.Errorf("take ground out of zones: %w", err)
	}
	left := map[int64]postgis.Geom{}
	var id int64
	var geom postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&id, &geom}, func() error {
		left[id], geom = geom, postgis.Geom{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("take ground out of zones: %w", err)
	}
	var gone, stay []int64
	for _, id := range holders {
		ground, lost := left[id]
		switch {
		case lost && ground.Geometry == nil:
			gone = append(gone, id)
			continue
		case lost:
			if _, err := e.tx.Exec(ctx, `update zone set geom = $2 where id = $1`, id, ground); err != nil {
				return nil, saveError(e.touched[id].Name, err)
			}
		}
		stay = append(stay, id)
	}
	derived, empty, err := e.sift(ctx, stay)
	if err != nil {
		return nil, err
	}
	return derived, e.remove(ctx, append(gone, empty...)...)
}

// sift finds, among zones that gave something up, those whose boundary was made
// from their communities, and those that have lost all of them.
func (e *edition) sift(ctx context.Context, ids []int64) (derived, empty []int64, err error) {
	if err := cut(ctx, e.tx, ids); err != nil {
		return nil, nil, err
	}
	if _, err := settle(ctx, e.tx, ids); err != nil {
		return nil, nil, err
	}
	rows, err := e.tx.Query(ctx, `
		select z.id, z.boundary_rule = 'derived', exists (select from zone_community zc where zc.zone_id = z.id)
		from zone z where z.id = any($1) order by z.id`, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("look what zones have left: %w", err)
	}
	var id int64
	var made, holds bool
	_, err = pgx.ForEachRow(rows, []any{&id, &made, &holds}, func() error {
		switch {
		case !holds && len(e.touched[id].Communities) > 0:
			empty = append(empty, id)
		case made && holds:
			derived = append(derived, id)
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("look what zones have left: %w", err)
	}
	return derived, empty, nil
}

// derive makes the boundaries of zones from their communities again.
func (e *edition) derive(ctx context.Context, ids []int64) error {
	for _, id := range ids {
		var members []int64
		err := e.tx.QueryRow(ctx, `
			select array(select community_id from zone_community where zone_id = $1 order by community_id)`, id).Scan(&members)
		if err != nil {
			return fmt.Errorf("read the communities of a zone: %w", err)
		}
		shape, err := e.boundary(ctx, id, members)
		if err != nil {
			return err
		}
		if err := e.setShape(ctx, id, shape); err != nil {
			return err
		}
	}
	return nil
}
