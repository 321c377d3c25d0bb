package tile

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// sqlLayer is a Layer whose rows are chosen by a query and encoded by PostGIS.
type sqlLayer struct {
	info      Info
	sql       string
	arguments []string // names, in the order of $1, $2 …
}

// argument is what a layer's query may refer to as @name.
type argument struct {
	sqlType string // the query casts to it, so that PostgreSQL need not guess
	value   func(View) any
}

var arguments = map[string]argument{
	"district":     {"text", func(v View) any { return v.District }},
	"zoom":         {"integer", func(v View) any { return int32(v.Zoom) }},
	"pixel":        {"float8", func(v View) any { return v.Pixel }},
	"ground":       {"float8", func(v View) any { return v.Ground }},
	"west":         {"float8", func(v View) any { return v.Exact.Min[0] }},
	"south":        {"float8", func(v View) any { return v.Exact.Min[1] }},
	"east":         {"float8", func(v View) any { return v.Exact.Max[0] }},
	"north":        {"float8", func(v View) any { return v.Exact.Max[1] }},
	"margin":       {"float8", func(v View) any { return v.Exact.Min[0] - v.Index.Min[0] }},
	"subdistricts": {"text[]", func(v View) any { return v.Scope.Subdistricts }},
	"zones":        {"bigint[]", func(v View) any { return v.Scope.Zones }},
	"scenario": {"text", func(v View) any {
		if v.Scenario == "" {
			return nil
		}
		return v.Scenario
	}},
	"run": {"uuid", func(v View) any {
		if v.Run == "" {
			return nil
		}
		return v.Run
	}},
}

// shorthands stand for the two bounds of a tile.
var shorthands = strings.NewReplacer(
	"@exact", "ST_MakeEnvelope(@west, @south, @east, @north, 3857)",
	"@index", "ST_MakeEnvelope(@west - @margin, @south - @margin, @east + @margin, @north + @margin, 3857)",
)

var (
	comment = regexp.MustCompile(`(?m)--.*$`)
	mention = regexp.MustCompile(`@([a-z_]+)`)
)

// newSQLLayer wraps the query of a layer definition, whose contract stands in
// tiles/embed.go, so that PostGIS clips and encodes its rows.
func newSQLLayer(info Info, rows string) (*sqlLayer, error) {
	columns := make([]string, 0, len(info.Fields))
	for _, f := range info.Fields {
		columns = append(columns, "feature."+f.Name)
	}
	margin := buffer
	if info.Geometry == "point" {
		margin = 0 // circles and labels are not cut at a tile's edge
	}
	text := shorthands.Replace(fmt.Sprintf(`
select ST_AsMVT(encoded, '%s', %d, 'geom', 'id')
from (
    select feature.id, %s,
           ST_AsMVTGeom(feature.geom, @exact::box2d, %d, %d, true) as geom
    from (%s) feature
    order by feature.id -- the same rows make the same bytes, whatever the plan
) encoded
where encoded.geom is not null`,
		info.Name, extent, strings.Join(columns, ", "), extent, margin, strings.TrimSpace(comment.ReplaceAllString(rows, ""))))

	l := &sqlLayer{info: info}
	var unknown []string
	l.sql = mention.ReplaceAllStringFunc(text, func(m string) string {
		name := m[1:]
		a, known := arguments[name]
		if !known {
			unknown = append(unknown, m)
			return m
		}
		at := slices.Index(l.arguments, name)
		if at < 0 {
			at = len(l.arguments)
			l.arguments = append(l.arguments, name)
		}
		return fmt.Sprintf("$%d::%s", at+1, a.sqlType)
	})
	if unknown != nil {
		return nil, fmt.Errorf("unknown arguments %s", strings.Join(unknown, ", "))
	}
	return l, nil
}

func (l *sqlLayer) Info() Info { return l.info }

func (l *sqlLayer) Encode(ctx context.Context, conn Querier, v View) ([]byte, error) {
	values := make([]any, len(l.arguments))
	for i, name := range l.arguments {
		values[i] = arguments[name].value(v)
	}
	var part []byte
	if err := conn.QueryRow(ctx, l.sql, values...).Scan(&part); err != nil {
		return nil, fmt.Errorf("layer %s: %w", l.info.Name, err)
	}
	return part, nil
}
