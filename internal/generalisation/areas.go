package generalisation

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/project"

	"github.com/lianpian/lianpian/internal/engine/generalise"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// beside is how far apart the boxes of areas may be, in metres of EPSG:3857, that
	// have to do with each other: more than the engine takes for rounding.
	beside = 0.1
)

// pixel is the side of a screen pixel in metres of EPSG:3857, where a tile has 512.
func pixel(zoom int) float64 {
	return 2 * math.Pi * 6378137 / 512 / math.Exp2(float64(zoom))
}

// layer is one whose areas are stored with fewer points.
type layer struct {
	name, change string // of its features' changes, and of those of its shapes
	shallowest   int    // zoom from which it is drawn
	deepest      int    // zoom up to which shapes are stored; beyond it they are drawn as they are
	source       string // a query of all features: id, plane (which areas lie side by side), subdistricts, zones, shape; $1 is the district
}

var layers = []layer{
	{
		name: "subdistricts", change: "subdistrict_shapes", shallowest: 5, deepest: 13,
		source: `select id, '' as plane, null::text[] as subdistricts, null::bigint[] as zones, geom_3857 as shape
			from map_subdistrict where district_code = $1`,
	},
	{
		name: "communities", change: "community_shapes", shallowest: 9, deepest: 13, // from 9 on projects show them
		source: `select id, '' as plane, array_remove(array[subdistrict_code], null) as subdistricts, null::bigint[] as zones, geom_3857 as shape
			from map_community where district_code = $1`,
	},
	{
		name: "zones", change: "zone_shapes", shallowest: 5, deepest: 13,
		source: `select id, scenario_code as plane, subdistrict_codes as subdistricts, array[id] as zones, geom_3857 as shape
			from map_zone where district_code = $1`,
	},
	baseAreas("water", 5), baseAreas("green", 7), baseAreas("land_use", 10),
}

// baseAreas is a layer of the base map, which is simplified up to zoom 14.
func baseAreas(name string, shallowest int) layer {
	return layer{
		name: name, change: "base_shapes", shallowest: shallowest, deepest: 14,
		source: `select id, '' as plane, null::text[] as subdistricts, null::bigint[] as zones, geom_3857 as shape
			from map_` + name + ` where district_code = $1`,
	}
}

// area is a feature that is drawn, or a neighbour of one.
type area struct {
	id           int64
	shape        orb.MultiPolygon
	drawn        bool
	subdistricts []string
	zones        []int64
}

// refresh draws the areas that are out of date and those beside them.
func (l layer) refresh(ctx context.Context, tx *postgis.Tx, district string) error {
	edited, marks, err := marked(ctx, tx, district, l.name, math.MaxInt32)
	if err != nil || len(marks) == 0 {
		return err
	}
	planes, err := l.read(ctx, tx, district, edited)
	if err != nil {
		return err
	}
	// Those that are gone or have no shape any more had one, perhaps.
	if err := l.forget(ctx, tx, district, edited); err != nil {
		return err
	}
	for _, areas := range planes {
		if err := l.draw(ctx, tx, district, areas, edited); err != nil {
			return err
		}
	}
	return unmark(ctx, tx, district, marks)
}

// read reads what has to be drawn anew, by planes, and after it in each what lies beside
// it: an area depends on nothing but those whose boxes meet its own.
func (l layer) read(ctx context.Context, tx pgx.Tx, district string, edited []int64) ([][]area, error) {
	rows, err := tx.Query(ctx, `
		with moved as materialized (
		    select ST_Expand(shape, $3) as box from (`+l.source+`) f where id = any($2)
		    union all
		    select ST_Expand(extent, $3) from generalised_feature where district_code = $1 and layer = $4 and feature_id = any($2)
		), drawn as materialized (
		    select distinct f.id, f.plane, ST_Expand(f.shape, $3) as box
		    from moved m
		    join (`+l.source+`) f on f.shape && m.box
		), beside as materialized (
		    select distinct f.id
		    from drawn d
		    join (`+l.source+`) f on f.shape && d.box and f.plane = d.plane
		)
		select f.id, f.plane, f.subdistricts, f.zones, ST_AsBinary(f.shape), f.id in (select id from drawn)
		from (`+l.source+`) f
		where f.id in (select id from beside)
		order by f.plane, f.id in (select id from drawn) desc, f.id`, district, edited, beside, l.name)
	if err != nil {
		return nil, fmt.Errorf("read the areas: %w", err)
	}
	var planes [][]area
	var a area
	var plane, last string
	var shape []byte
	_, err = pgx.ForEachRow(rows, []any{&a.id, &plane, &a.subdistricts, &a.zones, &shape, &a.drawn}, func() error {
		g, err := wkb.Unmarshal(shape)
		if err != nil {
			return fmt.Errorf("area %d: %w", a.id, err)
		}
		a.shape, _ = g.(orb.MultiPolygon)
		if planes == nil || plane != last {
			planes, last = append(planes, nil), plane
		}
		planes[len(planes)-1] = append(planes[len(planes)-1], area{a.id, a.shape, a.drawn, slices.Clone(a.subdistricts), slices.Clone(a.zones)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the areas: %w", err)
	}
	return planes, nil
}

// forget drops what is stored of features that have no shape any more.
func (l layer) forget(ctx context.Context, tx *postgis.Tx, district string, edited []int64) error {
	_, err := tx.Exec(ctx, `
		delete from generalised_feature
		where district_code = $1 and layer = $2 and feature_id = any($3)
		  and feature_id not in (select id from (`+l.source+`) f where shape is not null)`, district, l.name, edited)
	if err != nil {
		return fmt.Errorf("drop the shapes of what is gone: %w", err)
	}
	return nil
}

// draw stores the areas that are to be drawn, and tells of those that look different now.
func (l layer) draw(ctx context.Context, tx *postgis.Tx, district string, areas []area, edited []int64) error {
	n := 0
	shapes := make([]orb.MultiPolygon, len(areas))
	for i, a := range areas {
		shapes[i] = a.shape
		if a.drawn {
			n = i + 1
		}
	}
	var ids []int64
	var zooms []int16
	var drawn [][]byte
	mosaic := generalise.New(shapes)
	for zoom := l.shallowest; zoom <= l.deepest; zoom++ {
		tolerance := pixel(zoom) / 2
		for i, shape := range mosaic.Simplify(n, tolerance, tolerance*tolerance) {
			var encoded []byte
			if shape != nil {
				var err error
				if encoded, err = wkb.Marshal(shape); err != nil {
					return fmt.Errorf("area %d: %w", areas[i].id, err)
				}
			}
			ids, zooms, drawn = append(ids, areas[i].id), append(zooms, int16(zoom)), append(drawn, encoded)
		}
	}
	changed, err := l.store(ctx, tx, district, areas[:n], edited, ids, zooms, drawn)
	if err != nil {
		return err
	}
	for _, a := range areas[:n] {
		if changed[a.id] {
			tx.Changed(postgis.Change{
				District: district, Layer: l.change, Bound: degrees(a.shape.Bound()),
				Everybody: a.subdistricts == nil && a.zones == nil, Subdistricts: a.subdistricts, Zones: a.zones,
			})
		}
	}
	return nil
}

// store writes the shapes that are not what a map makes of the area alone, and returns
// the features of which maps showed another one until now.
func (l layer) store(ctx context.Context, tx pgx.Tx, district string, areas []area, edited, ids []int64, zooms []int16, drawn [][]byte) (map[int64]bool, error) {
	features := make([]int64, len(areas))
	tolerances := make([]float64, len(zooms))
	for i, zoom := range zooms {
		tolerances[i] = pixel(int(zoom)) / 2
	}
	sides := [4][]float64{}
	for i, a := range areas {
		b := a.shape.Bound()
		features[i] = a.id
		for j, side := range []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]} {
			sides[j] = append(sides[j], side)
		}
	}
	_, err := tx.Exec(ctx, `
		insert into generalised_feature as f (layer, feature_id, district_code, extent)
		select $1, id, $2, ST_MakeEnvelope(w, s, e, n, 3857)
		from unnest($3::bigint[], $4::float8[], $5::float8[], $6::float8[], $7::float8[]) v (id, w, s, e, n)
		on conflict (layer, feature_id, district_code) do update set extent = excluded.extent
		where not f.extent ~= excluded.extent`, l.name, district, features, sides[0], sides[1], sides[2], sides[3])
	if err != nil {
		return nil, fmt.Errorf("note where the areas lie: %w", err)
	}
	rows, err := tx.Query(ctx, `
		with feature as materialized (
		    select id, shape from (`+l.source+`) f where id = any($2)
		), drawn as materialized (
		    select v.id, v.zoom, ST_GeomFromWKB(v.shape, 3857) as shape, map_simplify(f.shape, v.tolerance) as alone
		    from unnest($3::bigint[], $4::smallint[], $5::float8[], $6::bytea[]) v (id, zoom, tolerance, shape)
		    join feature f on f.id = v.id
		), gone as (
		    delete from generalised_shape s
		    using drawn d
		    where s.layer = $7 and s.zoom = d.zoom and s.feature_id = d.id and s.district_code = $1
		      and d.shape is not distinct from d.alone
		    returning s.feature_id
		), stored as (
		    insert into generalised_shape as s (layer, feature_id, zoom, district_code, shape)
		    select $7, id, zoom, $1, shape from drawn where shape is distinct from alone
		    on conflict (layer, zoom, feature_id, district_code) do update set shape = excluded.shape
		    where s.shape is distinct from excluded.shape or s.feature_id = any($8)
		    returning s.feature_id
		)
		select feature_id from gone union select feature_id from stored`,
		district, features, ids, zooms, tolerances, drawn, l.name, edited)
	if err != nil {
		return nil, fmt.Errorf("store the shapes: %w", err)
	}
	changed := map[int64]bool{}
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&id}, func() error { changed[id] = true; return nil }); err != nil {
		return nil, fmt.Errorf("store the shapes: %w", err)
	}
	return changed, nil
}

// degrees is where a box of EPSG:3857 lies, in degrees.
func degrees(b orb.Bound) orb.Bound {
	return orb.Bound{Min: project.Mercator.ToWGS84(b.Min), Max: project.Mercator.ToWGS84(b.Max)}
}
