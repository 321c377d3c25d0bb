package tile

import (
	"context"

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
	Scenario bool     `yaml:"scenario"` // shows the zones of one scenario
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
