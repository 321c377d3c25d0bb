package walking

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// roadRef names a road outside the network.
type roadRef struct {
	ID        int64
	SourceRef string
}

// material is what a network is built from, in metres of the plane.
type material struct {
	plane  Plane
	roads  []network.Road // that may be walked
	refs   []roadRef      // of each road
	bars   []orb.LineString
	kinds  []barKind   // of each line of bars
	gates  []orb.Point // that open
	closed []orb.Point // that do not
	models terrain.Mosaic
}

// barKind says what a line is that bars the way on the ground.
type barKind uint8

const (
	firm barKind = iota // water, railway, expressway: no way over it but a road
	wall                // open where there is a gate
)

// querier is what a pool and a transaction have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// versionOf names the state of everything that the network of a district is made
// of, or is postgis.ErrNotFound.
func versionOf(ctx context.Context, q querier, district string) (version string, err error) {
	err = q.QueryRow(ctx, `
		select coalesce((select version from published_base_version where district_code = code), '') || '/'
		    || coalesce((select version from published_elevation_version where district_code = code), '') || '/' || gk_srid
		from published_district where code = $1`, district).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("ask which base map %s has: %w", district, err)
	}
	return version, nil
}

// load reads what the network of a district is made of. The rows come in an
// order that does not depend on when they were imported.
func load(ctx context.Context, q querier, district string) (*material, error) {
	m := &material{}
	var srid int
	var boundary postgis.Geom
	err := q.QueryRow(ctx, `select gk_srid, ST_Envelope(boundary) from published_district where code = $1`, district).Scan(&srid, &boundary)
	if err != nil {
		return nil, fmt.Errorf("read where %s lies: %w", district, err)
	}
	m.plane = planeOf(srid, boundary.Bound().Center())
	for _, step := range []func(context.Context, querier, string) error{m.readRoads, m.readBars, m.readGates} {
		if err := step(ctx, q, district); err != nil {
			return nil, err
		}
	}
	if m.models, err = registry.Heights(ctx, q, district); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *material) readRoads(ctx context.Context, q querier, district string) error {
	rows, err := q.Query(ctx, `
		select id, source_ref, class, name, walkable, stairs, bridge, tunnel, level, tags, geom
		from published_road
		where district_code = $1 and (walkable or class in ('motorway', 'trunk'))
		order by source_ref collate "C"`, district)
	if err != nil {
		return fmt.Errorf("read the roads of %s: %w", district, err)
	}
	var ref roadRef
	var r network.Road
	var tags map[string]string
	var shape postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{
		&ref.ID, &ref.SourceRef, &r.Class, &r.Name, &r.Walkable, &r.Stairs, &r.Bridge, &r.Tunnel, &r.Level, &tags, &shape,
	}, func() error {
		line, _ := shape.Geometry.(orb.LineString)
		r.Line = m.plane.MetresLine(line)
		if r.Walkable {
			m.roads, m.refs = append(m.roads, withTags(r, tags)), append(m.refs, ref)
		}
		if (r.Class == "motorway" || r.Class == "trunk") && !r.Bridge && !r.Tunnel {
			m.bar(r.Line, firm)
		}
		tags = nil
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the roads of %s: %w", district, err)
	}
	return nil
}

func (m *material) bar(line orb.LineString, kind barKind) {
	m.bars, m.kinds = append(m.bars, line), append(m.kinds, kind)
}

// readBars reads what nobody wades, climbs or steps onto. What leads over a
// bridge or through a tunnel bars nobody on the ground.
func (m *material) readBars(ctx context.Context, q querier, district string) error {
	rows, err := q.Query(ctx, fmt.Sprintf(`
		select kind, geom from (
			select 0 as kind, source_ref, geom
			from published_railway
			where district_code = $1 and class in ('rail', 'light_rail', 'narrow_gauge') and not bridge and not tunnel
			union all
			select 0, source_ref, geom
			from published_waterway
			where district_code = $1 and class in ('river', 'canal') and not tunnel
			union all
			select 0, source_ref, ST_Boundary(geom)
			from published_water
			where district_code = $1 and (class in ('river', 'canal')
			   or class in ('lake', 'reservoir', 'lagoon', 'water', 'basin', 'dock') and area_m2 >= %d)
			union all
			select 1, source_ref, geom
			from published_barrier
			where district_code = $1
		) bars order by kind, source_ref collate "C"`, wideWater), district)
	if err != nil {
		return fmt.Errorf("read the barriers of %s: %w", district, err)
	}
	var kind int
	var shape postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&kind, &shape}, func() error {
		switch shape := shape.Geometry.(type) {
		case orb.LineString:
			m.bar(m.plane.MetresLine(shape), barKind(kind))
		case orb.MultiLineString:
			for _, line := range shape {
				m.bar(m.plane.MetresLine(line), barKind(kind))
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the barriers of %s: %w", district, err)
	}
	return nil
}

func (m *material) readGates(ctx context.Context, q querier, district string) error {
	rows, err := q.Query(ctx, `
		select passable, geom from published_gate where district_code = $1 order by source_ref collate "C"`, district)
	if err != nil {
		return fmt.Errorf("read the gates of %s: %w", district, err)
	}
	var passable bool
	var shape postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&passable, &shape}, func() error {
		at, _ := shape.Geometry.(orb.Point)
		if passable {
			m.gates = append(m.gates, m.plane.Metres(at))
		} else {
			m.closed = append(m.closed, m.plane.Metres(at))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the gates of %s: %w", district, err)
	}
	return nil
}
