package cql_test

import (
	"errors"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/cql"
)

var schema = cql.Schema{Properties: []cql.Property{
	{"name", cql.Text, "t.name"},
	{"code", cql.Text, "t.code"},
	{"built_year", cql.Number, "t.built_year"},
	{"households", cql.Number, "t.households"},
	{"demo", cql.Boolean, "t.demo"},
	{"updated_at", cql.Timestamp, "t.updated_at"},
	{"available_from", cql.Date, "t.available_from"},
	{"tags", cql.Texts, "t.tags"},
	{"geometry", cql.Geometry, "t.geom"},
	{"户数", cql.Number, "t.n"},
}}

func TestFiltersAreWrittenWithParametersOnly(t *testing.T) {
	day := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		filter, sql string
		args        []any
	}{
		{`name = '红旗小区'`, `((t.name) = $1::text)`, []any{"红旗小区"}},
		{`name = 'it''s' or NAME2 = 1`, "", nil},
		{`name = 'it''s'`, `((t.name) = $1::text)`, []any{"it's"}},
		{`name <> 'it\'s'`, `((t.name) collate "C" <> $1::text)`, []any{"it's"}},
		{`"name" LIKE '%\_小区'`, `((t.name) like $1::text)`, []any{`%\_小区`}},
		{`casei(name) like casei('ABC%')`, `(lower((t.name)) like lower($1::text))`, []any{"ABC%"}},
		{`built_year < 2000 AND NOT demo`, `(((t.built_year)::double precision < $1::double precision) and (not (t.demo)))`, []any{2000.0}},
		{
			`built_year < 2000 and households > 5 or demo = true`,
			`((((t.built_year)::double precision < $1::double precision) and ((t.households)::double precision > $2::double precision)) or ((t.demo) = $3::boolean))`,
			[]any{2000.0, 5.0, true},
		},
		{`built_year BETWEEN 1980 AND 2000`, `((t.built_year)::double precision between $1::double precision and $2::double precision)`, []any{1980.0, 2000.0}},
		{`built_year NOT BETWEEN 1980 AND -1e2`, `(not ((t.built_year)::double precision between $1::double precision and (-$2::double precision)))`, []any{1980.0, 100.0}},
		{`code in ('a','b')`, `((t.code) in ($1::text, $2::text))`, []any{"a", "b"}},
		{`code NOT IN ('a')`, `(not ((t.code) in ($1::text)))`, []any{"a"}},
		{`built_year IS NULL`, `((t.built_year)::double precision is null)`, nil},
		{`geometry IS NOT NULL`, `(not ((t.geom) is null))`, nil},
		{`(households + 2) * 3 >= built_year`, `((((t.households)::double precision + $1::double precision) * $2::double precision) >= (t.built_year)::double precision)`, []any{2.0, 3.0}},
		{`2 ^ 3 ^ 2 = 512`, `(power($1::double precision, power($2::double precision, $3::double precision)) = $4::double precision)`, []any{2.0, 3.0, 2.0, 512.0}},
		{`户数 / 0 = 1`, `(((t.n)::double precision / nullif($1::double precision, 0)) = $2::double precision)`, []any{0.0, 1.0}},
		{`updated_at > TIMESTAMP('2024-05-01T08:00:00+08:00')`, `((t.updated_at) > $1::timestamptz)`, []any{day}},
		{`available_from = DATE('2024-05-01')`, `((t.available_from) = $1::date)`, []any{day}},
		{`updated_at >= '2024-05-01T00:00:00Z'`, `((t.updated_at) >= $1::timestamptz)`, []any{day}},
		{`T_AFTER(updated_at, DATE('2024-05-01'))`, `(((t.updated_at))::timestamptz > ($1::date)::timestamptz)`, []any{day}},
		{
			`T_DURING(updated_at, INTERVAL('..', '2024-05-01'))`,
			`(((t.updated_at))::timestamptz > '-infinity'::timestamptz and ((t.updated_at))::timestamptz < ($1::date)::timestamptz)`,
			[]any{day},
		},
		{
			`T_DISJOINT(INTERVAL(available_from, '..'), updated_at)`,
			`(('infinity'::timestamptz < ((t.updated_at))::timestamptz or ((t.available_from))::timestamptz > ((t.updated_at))::timestamptz))`, nil,
		},
		{`A_CONTAINS(tags, ('a','b'))`, `((t.tags) @> $1::text[])`, []any{[]string{"a", "b"}}},
		{`A_EQUALS(tags, ())`, `((t.tags) @> $1::text[] and (t.tags) <@ $1::text[])`, []any{[]string{}}},
		{`S_INTERSECTS(geometry, POINT(106.5 29.5))`, `(ST_Intersects((t.geom), $1::geometry))`, []any{orb.Point{106.5, 29.5}}},
		{`S_DISJOINT(geometry, POINT Z(106.5 29.5 300))`, `(not ST_Intersects((t.geom), $1::geometry))`, []any{orb.Point{106.5, 29.5}}},
		{
			`S_WITHIN(geometry, POLYGON((0 0,1 0,1 1,0 0)))`, `(ST_Within((t.geom), $1::geometry))`,
			[]any{orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		},
		{
			`S_INTERSECTS(BBOX(-1,-2,3,4), geometry)`, `(ST_Intersects($1::geometry, (t.geom)))`,
			[]any{orb.Polygon{{{-1, -2}, {3, -2}, {3, 4}, {-1, 4}, {-1, -2}}}},
		},
		{`S_TOUCHES(geometry, MULTIPOINT((1 2),(3 4)))`, `(ST_Touches((t.geom), $1::geometry))`, []any{orb.MultiPoint{{1, 2}, {3, 4}}}},
		{`S_DWITHIN(geometry, POINT(1 2), 250)`, `ST_DWithin((t.geom)::geography, $1::geometry::geography, $2::double precision)`, []any{orb.Point{1, 2}, 250.0}},
		{`TRUE`, `$1::boolean`, []any{true}},
	} {
		f, err := cql.Parse(c.filter, schema)
		if c.sql == "" {
			if err == nil {
				t.Errorf("%s: no error", c.filter)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		var args []any
		if got := f.SQL(&args); got != c.sql || !reflect.DeepEqual(args, c.args) {
			t.Errorf("%s:\n got %s %v\nwant %s %v", c.filter, got, args, c.sql, c.args)
		}
	}
}

func TestFaultyFiltersAreRefused(t *testing.T) {
	for _, filter := range []string{
		"", " ", "name", "1", "name =", "= 1", "name = 1", "built_year = 'x'", "demo > true", "unknown = 1", "name = 'open", `"open = 1`,
		"name = 'a' AND", "name = 'a' name = 'b'", "(name = 'a'", "name = 'a')", "name LIKE 5", "name LIKE code", `name LIKE 'a\'`, "built_year LIKE 'a'",
		"name ILIKE 'a'", "name IN ()", "name IN ('a'", "name IN (1)", "name BETWEEN 'a'", "name IS 5", "name NOT = 'a'", "NOT name", "name + 1 = 2",
		"geometry = geometry", "tags = 'a'", "S_INTERSECTS(geometry)", "S_INTERSECTS(name, geometry)", "S_INTERSECTS(geometry, POINT(1))",
		"S_INTERSECTS(geometry, POINT(1 2, 3 4))", "S_INTERSECTS(geometry, POINT(200 2))", "S_INTERSECTS(geometry, POLYGON((0 0,1 1,2 2)))",
		"S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "S_INTERSECTS(geometry, BBOX(1,2,3))", "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2)))",
		"S_DWITHIN(geometry, POINT(1 2))", "S_DWITHIN(geometry, POINT(1 2), -5)", "T_AFTER(updated_at, 'x')", "T_AFTER(name, DATE('2024-01-01'))",
		"updated_at > DATE('2024-13-01')", "updated_at > TIMESTAMP('2024-01-01')", "T_DURING(updated_at, INTERVAL('2024-02-01','2024-01-01'))",
		"A_CONTAINS(tags, 'a')", "A_CONTAINS(name, ('a'))", "A_CONTAINS(tags, (1))", "pg_sleep(5) = 1", "name = 'a'; drop table zone", "name = $1", "name = 'a' -- x",
		"built_year = 1e999", "a\x00b = 1", "name = '\xff'", "ACCENTI(name) = 'a'", "name = name.name",
		strings.Repeat("(", 500) + "TRUE" + strings.Repeat(")", 500), strings.Repeat("NOT ", 500) + "TRUE", "built_year = " + strings.Repeat("-", 500) + "1",
		"built_year = " + strings.Repeat("2^", 500) + "1", strings.Repeat("TRUE AND ", 3000) + "TRUE", "name = '" + strings.Repeat("x", 40_000) + "'",
		"S_INTERSECTS(geometry, " + strings.Repeat("GEOMETRYCOLLECTION(", 500) + "POINT(1 2)" + strings.Repeat(")", 500) + ")",
	} {
		_, err := cql.Parse(filter, schema)
		var fault *cql.Error
		if !errors.As(err, &fault) || fault.Chinese == "" || fault.Detail == "" {
			t.Errorf("%.80q: %v", filter, err)
		}
	}
}

func TestTheDraftsSpellingIsOnlyForThoseWhoAskForIt(t *testing.T) {
	lenient := schema
	lenient.Lenient = true
	f, err := cql.Parse("name ILIKE 'a%'", lenient)
	if err != nil {
		t.Fatal(err)
	}
	var args []any
	if got := f.SQL(&args); got != "((t.name) ilike $1::text)" {
		t.Error(got)
	}
}

func TestPlainParametersAreReadAsTheirProperty(t *testing.T) {
	for _, c := range []struct {
		property int
		value    string
		want     any
	}{
		{0, `it's \ "5"`, `it's \ "5"`}, {2, "-1985", nil}, {2, "1985", 1985.0}, {4, "true", true}, {4, "FALSE", false}, {7, "a", []string{"a"}},
	} {
		f, err := cql.Equal(schema.Properties[c.property], c.value)
		if err != nil {
			t.Errorf("%s: %v", c.value, err)
			continue
		}
		var args []any
		f.SQL(&args)
		if c.want != nil && !reflect.DeepEqual(args, []any{c.want}) {
			t.Errorf("%s: %v", c.value, args)
		}
	}
	for _, c := range []struct {
		property int
		value    string
	}{{2, "x"}, {2, "true"}, {2, "1 2"}, {2, ""}, {4, "1"}, {5, "yesterday"}, {8, "POINT(1 2)"}, {0, "a\x00"}, {0, "\xff"}} {
		if _, err := cql.Equal(schema.Properties[c.property], c.value); err == nil {
			t.Errorf("%q was taken", c.value)
		}
	}
}

func TestABoundIsPromisedOnlyWhereItHolds(t *testing.T) {
	box := orb.Bound{Min: orb.Point{1, 2}, Max: orb.Point{3, 4}}
	for filter, want := range map[string]bool{
		"S_INTERSECTS(geometry, BBOX(1,2,3,4))":                         true,
		"S_WITHIN(BBOX(1,2,3,4), geometry)":                             true,
		"name = 'a' AND S_INTERSECTS(geometry, BBOX(1,2,3,4)) AND demo": true,
		"name = 'a' OR S_INTERSECTS(geometry, BBOX(1,2,3,4))":           false,
		"NOT S_INTERSECTS(geometry, BBOX(1,2,3,4))":                     false,
		"S_DISJOINT(geometry, BBOX(1,2,3,4))":                           false,
		"S_DWITHIN(geometry, BBOX(1,2,3,4), 5)":                         false,
		"S_INTERSECTS(POINT(1 2), BBOX(1,2,3,4))":                       false,
		"name = 'a'": false,
		"(demo AND (demo AND S_CONTAINS(geometry, BBOX(1, 2, 3, 4))))":      true,
		"S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(1 2),POINT(3 4)))": true,
	} {
		f, err := cql.Parse(filter, schema)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got, ok := f.Bound(); ok != want || ok && got != box {
			t.Errorf("%s: %v %v", filter, got, ok)
		}
	}
}

func TestPositionsAreTakenFromTheFiltersSystem(t *testing.T) {
	turned := schema
	turned.Point = func(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} }
	f, err := cql.Parse("S_INTERSECTS(geometry, POINT(29 106))", turned)
	if err != nil {
		t.Fatal(err)
	}
	var args []any
	f.SQL(&args)
	if !reflect.DeepEqual(args, []any{orb.Point{106, 29}}) {
		t.Errorf("%v", args)
	}
}

var (
	parameter = regexp.MustCompile(`\$(\d+)::`)
	harmless  = regexp.MustCompile(`^[-a-z_A-Z0-9$:.,()<>=+*/@&'"\[\] ]*$`)
)

// FuzzParse: whatever is sent, the SQL is made of the writer's own words, and
// every argument is named.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"name = 'a' AND built_year > 5", "NOT (demo OR S_INTERSECTS(geometry, POLYGON((0 0,1 0,1 1,0 0))))", "T_DURING(updated_at, INTERVAL('..','2024-01-01'))",
		"A_OVERLAPS(tags, ('a','''b'))", "casei(name) LIKE casei('%x')", "built_year * -2 ^ 3 DIV 4 % 5 <> 1e-7", "name IN ('a','b') AND code IS NOT NULL", "\"name\" = 'x\\'y'",
		"S_DWITHIN(geometry, MULTIPOINT((1 2),(3 4)), 5)", "built_year NOT BETWEEN 1 AND 2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := cql.Parse(text, schema)
		if err != nil {
			return
		}
		args := []any{"first"}
		sql := filter.SQL(&args)
		if !harmless.MatchString(sql) {
			t.Fatalf("%q became %q", text, sql)
		}
		seen := map[int]bool{}
		for _, m := range parameter.FindAllStringSubmatch(sql, -1) {
			n, _ := strconv.Atoi(m[1])
			seen[n] = true
		}
		for i := 2; i <= len(args); i++ {
			if !seen[i] {
				t.Fatalf("%q: argument %d is not used in %q", text, i, sql)
			}
		}
		for _, a := range args {
			if v, is := a.(float64); is && (math.IsNaN(v) || math.IsInf(v, 0)) {
				t.Fatalf("%q has the number %v", text, v)
			}
		}
	})
}
