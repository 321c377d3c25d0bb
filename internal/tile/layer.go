package tile

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Layer draws one layer of a tile. The first kind lets PostGIS encode; another
// kind may read rows and encode them here.
type Layer interface {
	Info() Info
	// Encode returns the layer's part of a tile: one MVT layer message as a
	// field of a tile, so that parts joined end to end are a tile. It is empty
	// where the layer has nothing. Feature ids are row ids.
	Encode(ctx context.Context, conn Querier, v View) ([]byte, error)
}

// Querier is the part of a database connection that a layer uses.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Info describes a layer, as tiles/layers.yaml does.
type Info struct {
	Name     string   `yaml:"name"`
	Group    string   `yaml:"group"` // base, or empty
	Title    string   `yaml:"title"`
	Geometry string   `yaml:"geometry"` // point, line or area
	MinZoom  uint32   `yaml:"min_zoom"`
	MaxZoom  uint32   `yaml:"max_zoom"` // where a map should stop asking; deeper tiles are still made
	Scoped   bool     `yaml:"scoped"`   // shows less to a person with a narrower scope
	Follows  []string `yaml:"follows"`  // layers of postgis.Change whose changes show in it
	Anywhere []string `yaml:"anywhere"` // the same, for changes that show outside their bound
	Fields   []Field  `yaml:"fields"`
}

// Field is one attribute of a layer's features. A feature leaves out what is
// unknown, and flags that are false.
type Field struct {
	Name        string `yaml:"name"`
	Type        string `yaml:"type"` // Number, String or Boolean, as TileJSON says it
	Description string `yaml:"description"`
}

func (i Info) shownAt(zoom uint32) bool { return zoom >= i.MinZoom }

// sqlLayer is a Layer whose rows are chosen by a query and encoded by PostGIS.
type sqlLayer struct {
	info Info
	sql  string
}

// newSQLLayer wraps the query of a layer definition. The query yields id, geom
// (EPSG:3857, generalised for the zoom, not clipped) and the fields; what it
// may refer to is said in tiles/embed.go.
func newSQLLayer(info Info, rows string) *sqlLayer {
	columns := make([]string, 0, len(info.Fields))
	for _, f := range info.Fields {
		columns = append(columns, "feature."+f.Name)
	}
	margin := buffer
	if info.Geometry == "point" {
		margin = 0 // circles and labels are not cut at a tile's edge
	}
	sql := fmt.Sprintf(`
select ST_AsMVT(encoded, '%s', %d, 'geom', 'id')
from (
    select feature.id, %s,
           ST_AsMVTGeom(feature.geom, ST_MakeEnvelope(@west, @south, @east, @north, 3857)::box2d, %d, %d, true) as geom
    from (%s) feature
) encoded
where encoded.geom is not null`,
		info.Name, extent, strings.Join(columns, ", "), extent, margin, strings.TrimRight(strings.TrimSpace(rows), ";"))
	sql = strings.ReplaceAll(sql, "@index", "ST_MakeEnvelope(@index_west, @index_south, @index_east, @index_north, 3857)")
	return &sqlLayer{info: info, sql: sql}
}

func (l *sqlLayer) Info() Info { return l.info }

func (l *sqlLayer) Encode(ctx context.Context, conn Querier, v View) ([]byte, error) {
	var part []byte
	if err := conn.QueryRow(ctx, l.sql, arguments(v)).Scan(&part); err != nil {
		return nil, fmt.Errorf("layer %s: %w", l.info.Name, err)
	}
	return part, nil
}

// arguments are the names that a layer's query may use.
func arguments(v View) pgx.NamedArgs {
	var run *string
	if v.Run != "" {
		run = &v.Run
	}
	return pgx.NamedArgs{
		"district": v.District,
		"zoom":     int32(v.Zoom),
		"pixel":    v.Pixel,
		"ground":   v.Ground,
		"west":     v.Exact.Min[0], "south": v.Exact.Min[1], "east": v.Exact.Max[0], "north": v.Exact.Max[1],
		"index_west": v.Index.Min[0], "index_south": v.Index.Min[1], "index_east": v.Index.Max[0], "index_north": v.Index.Max[1],
		"subdistricts": v.Scope.Subdistricts,
		"zones":        v.Scope.Zones,
		"run":          run,
	}
}
