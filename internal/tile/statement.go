package tile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// layer is one whose rows are chosen by a query, and drawn here.
type layer struct {
	info   Info
	text   string // of the query, with names of arguments as @name
	bundle string // of the query from the zoom on at which rows come in bundles
	packed []packedField

	mu         sync.Mutex
	statements map[variant]statement
}

// variant is what a query is written for: what does not change from tile to tile
// stands in its text, so that PostgreSQL plans it without what it does not need.
type variant struct {
	zoom                               uint32
	subdistricts, zones, scenario, run bool // whether there are any limits, a scenario, a run
}

// statement is a query as the database is asked.
type statement struct {
	sql       string
	arguments []string // names, in the order of $1, $2 …
}

// argument is what a layer's query may refer to as @name.
type argument struct {
	sqlType string // the query casts to it, so that PostgreSQL need not guess
	value   func(View) any
	fixed   func(View) (text string, is bool) // where it stands in the text of a variant
}

// orNull writes null where there is nothing.
func orNull(nothing func(View) bool) func(View) (string, bool) {
	return func(v View) (string, bool) { return "null", nothing(v) }
}

var arguments = map[string]argument{
	"district": {sqlType: "text", value: func(v View) any { return v.District }},
	"zoom":     {sqlType: "integer", fixed: func(v View) (string, bool) { return strconv.FormatUint(uint64(v.Zoom), 10), true }},
	"pixel":    {sqlType: "float8", fixed: func(v View) (string, bool) { return strconv.FormatFloat(v.Pixel, 'g', -1, 64), true }},
	"ground":   {sqlType: "float8", value: func(v View) any { return v.Ground }},
	"west":     {sqlType: "float8", value: func(v View) any { return v.Exact.Min[0] }},
	"south":    {sqlType: "float8", value: func(v View) any { return v.Exact.Min[1] }},
	"east":     {sqlType: "float8", value: func(v View) any { return v.Exact.Max[0] }},
	"north":    {sqlType: "float8", value: func(v View) any { return v.Exact.Max[1] }},
	"margin":   {sqlType: "float8", value: func(v View) any { return v.Exact.Min[0] - v.Index.Min[0] }},
	"subdistricts": {
		sqlType: "text[]", value: func(v View) any { return v.Scope.Subdistricts },
		fixed: orNull(func(v View) bool { return v.Scope.Subdistricts == nil }),
	},
	"zones": {
		sqlType: "bigint[]", value: func(v View) any { return v.Scope.Zones },
		fixed: orNull(func(v View) bool { return v.Scope.Zones == nil }),
	},
	"scenario": {
		sqlType: "text", value: func(v View) any { return v.Scenario },
		fixed: orNull(func(v View) bool { return v.Scenario == "" }),
	},
	"run": {
		sqlType: "uuid", value: func(v View) any { return v.Run },
		fixed: orNull(func(v View) bool { return v.Run == "" }),
	},
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

// newLayer wraps the queries of a layer definition, whose contract stands in
// tiles/embed.go; that of bundles is empty where rows never come so.
func newLayer(info Info, rows, bundles string) (*layer, error) {
	columns := []string{"feature.id", "feature.geom"}
	for _, f := range info.Fields {
		columns = append(columns, "feature."+f.Name)
	}
	l := &layer{info: info, statements: map[variant]statement{}}
	// In order, the same rows make the same bytes, whatever the plan.
	l.text = wrap(strings.Join(columns, ", "), rows)
	if bundles != "" {
		l.bundle = wrap("feature.*", bundles)
		packed, err := packedFields(info.Fields)
		if err != nil {
			return nil, err
		}
		l.packed = packed
	}
	for _, m := range mention.FindAllStringSubmatch(l.text+l.bundle, -1) {
		if _, known := arguments[m[1]]; !known {
			return nil, fmt.Errorf("unknown argument %s", m[0])
		}
	}
	return l, nil
}

func wrap(columns, rows string) string {
	return shorthands.Replace(fmt.Sprintf("select %s\nfrom (%s) feature\norder by feature.id",
		columns, strings.TrimSpace(comment.ReplaceAllString(rows, ""))))
}

// bundles tells whether rows come in bundles at a zoom.
func (l *layer) bundles(zoom uint32) bool {
	return l.info.PackedFrom > 0 && zoom >= l.info.PackedFrom
}

// statement is the query for a view, and its arguments.
func (l *layer) statement(v View) (sql string, values []any) {
	k := variant{v.Zoom, v.Scope.Subdistricts != nil, v.Scope.Zones != nil, v.Scenario != "", v.Run != ""}
	l.mu.Lock()
	s, known := l.statements[k]
	if !known {
		s = l.write(v)
		l.statements[k] = s
	}
	l.mu.Unlock()
	values = make([]any, len(s.arguments))
	for i, name := range s.arguments {
		values[i] = arguments[name].value(v)
	}
	return s.sql, values
}

func (l *layer) write(v View) statement {
	var s statement
	text := l.text
	if l.bundles(v.Zoom) {
		text = l.bundle
	}
	s.sql = mention.ReplaceAllStringFunc(text, func(m string) string {
		name := m[1:]
		a := arguments[name]
		if a.fixed != nil {
			if text, is := a.fixed(v); is {
				return fmt.Sprintf("%s::%s", text, a.sqlType)
			}
		}
		at := slices.Index(s.arguments, name)
		if at < 0 {
			at = len(s.arguments)
			s.arguments = append(s.arguments, name)
		}
		return fmt.Sprintf("$%d::%s", at+1, a.sqlType)
	})
	return s
}
