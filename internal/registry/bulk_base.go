package registry

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// baseBulk is a bulk upsert into a table of the base map, whose rows are known
// by their source_ref. A row replaces what is stored but for the name, which a
// row without one leaves alone, and for the columns that it does not say.
func baseBulk(table string, columns ...column) bulk {
	return bulk{
		entity: table, table: table, layer: "base", key: "source_ref",
		columns: append([]column{{"source_ref", "text", replace}, {"name", "text", keepText}, {"geom", "geometry", replace}}, columns...),
		place:   "t.geom",
		moved:   "t.geom is distinct from s.geom",
	}
}

// silent makes a bulk upsert leave alone what the rows name in a last value, the
// columns that their source does not say.
func (b bulk) silent() bulk {
	var sets []string
	for _, c := range b.columns {
		if c.name != b.key && c.name != "geom" {
			sets = append(sets, fmt.Sprintf("%[1]s = case when '%[1]s' = any(s.unsaid) then t.%[1]s else s.%[1]s end", c.name))
		}
	}
	b.extra = append(b.extra, column{"unsaid", "text[]", replace})
	b.resolve = append(b.resolve, `
		update stage s
		set `+strings.Join(sets, ", ")+`
		from `+b.table+` t
		where s.unsaid <> '{}' and t.district_code = $1 and t.`+b.key+` = s.`+b.key)
	return b
}

// baseRow stages a row of the base map.
func baseRow(table string, i int, sourceRef, name string, shape orb.Geometry, values ...any) staged {
	v := checker{entity: table, code: sourceRef, row: i}
	v.name("source_ref", sourceRef, true)
	v.name("name", name, table == "place")
	if shape.Bound().IsEmpty() {
		v.refuse("geometry", nil, "缺少图形")
	}
	for _, value := range values {
		if level, ok := value.(int); ok {
			v.level("level", level)
		}
	}
	return staged{append([]any{sourceRef, name, postgis.Geom{Geometry: shape}}, values...), v.fault}
}

// UpsertRoads brings in roads of the base map.
func (s *Store) UpsertRoads(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[RoadRow]) (BulkResult, error) {
	b := baseBulk("road",
		column{"class", "text", replace}, column{"walkable", "boolean", replace}, column{"stairs", "boolean", replace},
		column{"bridge", "boolean", replace}, column{"tunnel", "boolean", replace}, column{"level", "integer", replace},
		column{"oneway", "boolean", replace}, column{"tags", "jsonb", replace}).silent()
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r RoadRow) staged {
		tags := r.Tags
		if tags == nil {
			tags = map[string]string{}
		}
		return baseRow(b.table, i, r.SourceRef, r.Name, r.Geometry, r.Class, r.Walkable, r.Stairs, r.Bridge, r.Tunnel, r.Level, r.Oneway, tags, marks(r.Unsaid))
	}), false)
	return out.BulkResult, err
}

// UpsertWaterways brings in rivers and streams of the base map.
func (s *Store) UpsertWaterways(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[WaterwayRow]) (BulkResult, error) {
	b := baseBulk("waterway", column{"class", "text", replace}, column{"tunnel", "boolean", replace})
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r WaterwayRow) staged {
		return baseRow(b.table, i, r.SourceRef, r.Name, r.Geometry, r.Class, r.Tunnel)
	}), false)
	return out.BulkResult, err
}

// UpsertRailways brings in tracks of the base map.
func (s *Store) UpsertRailways(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[RailwayRow]) (BulkResult, error) {
	b := baseBulk("railway",
		column{"class", "text", replace}, column{"bridge", "boolean", replace}, column{"tunnel", "boolean", replace},
		column{"level", "integer", replace})
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r RailwayRow) staged {
		return baseRow(b.table, i, r.SourceRef, r.Name, r.Geometry, r.Class, r.Bridge, r.Tunnel, r.Level)
	}), false)
	return out.BulkResult, err
}

// UpsertBarriers brings in walls and fences of the base map.
func (s *Store) UpsertBarriers(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[BarrierRow]) (BulkResult, error) {
	b := baseBulk("barrier", column{"class", "text", replace}).silent()
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r BarrierRow) staged {
		return baseRow(b.table, i, r.SourceRef, r.Name, r.Geometry, r.Class, marks(r.Unsaid))
	}), false)
	return out.BulkResult, err
}

// UpsertGates brings in gates and other openings of the base map.
func (s *Store) UpsertGates(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[GateRow]) (BulkResult, error) {
	b := baseBulk("gate", column{"class", "text", replace}, column{"passable", "boolean", replace})
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r GateRow) staged {
		return baseRow(b.table, i, r.SourceRef, r.Name, r.Geometry, r.Class, r.Passable)
	}), false)
	return out.BulkResult, err
}

// UpsertCrossings brings in the crossings of the base map.
func (s *Store) UpsertCrossings(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[CrossingRow]) (BulkResult, error) {
	b := baseBulk("crossing", column{"class", "text", keepText})
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r CrossingRow) staged {
		return baseRow(b.table, i, r.SourceRef, r.Name, r.Geometry, r.Class)
	}), false)
	return out.BulkResult, err
}

// UpsertWater brings in lakes and river areas of the base map.
func (s *Store) UpsertWater(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[AreaRow]) (BulkResult, error) {
	return upsertAreas(ctx, tx, district, "water", rows)
}

// UpsertLandUse brings in land use of the base map.
func (s *Store) UpsertLandUse(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[AreaRow]) (BulkResult, error) {
	return upsertAreas(ctx, tx, district, "land_use", rows)
}

// UpsertGreen brings in parks, woods and grass of the base map.
func (s *Store) UpsertGreen(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[AreaRow]) (BulkResult, error) {
	return upsertAreas(ctx, tx, district, "green", rows)
}

func upsertAreas(ctx context.Context, tx *postgis.Tx, district, table string, rows iter.Seq[AreaRow]) (BulkResult, error) {
	b := baseBulk(table, column{"class", "text", replace})
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r AreaRow) staged {
		return baseRow(table, i, r.SourceRef, r.Name, r.Geometry, r.Class)
	}), false)
	return out.BulkResult, err
}

// UpsertPlaces brings in named places of the base map.
func (s *Store) UpsertPlaces(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[PlaceRow]) (BulkResult, error) {
	b := baseBulk("place", column{"class", "text", replace})
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r PlaceRow) staged {
		return baseRow(b.table, i, r.SourceRef, r.Name, r.Geometry, r.Class)
	}), false)
	return out.BulkResult, err
}

// UpsertAdminAreas brings in administrative areas of the base map.
func (s *Store) UpsertAdminAreas(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[AdminAreaRow]) (BulkResult, error) {
	b := baseBulk("admin_area", column{"level", "integer", replace})
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r AdminAreaRow) staged {
		return baseRow(b.table, i, r.SourceRef, r.Name, r.Geometry, r.Level)
	}), false)
	return out.BulkResult, err
}
