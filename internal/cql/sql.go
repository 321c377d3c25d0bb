package cql

import (
	"fmt"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// within is the one function that CQL2 does not name: S_DWITHIN(a, b, metres).
const within = "S_DWITHIN"

var spatial = map[string]string{
	"S_INTERSECTS": "ST_Intersects", "S_EQUALS": "ST_Equals", "S_DISJOINT": "not ST_Intersects", "S_TOUCHES": "ST_Touches",
	"S_WITHIN": "ST_Within", "S_OVERLAPS": "ST_Overlaps", "S_CROSSES": "ST_Crosses", "S_CONTAINS": "ST_Contains",
	within: "ST_DWithin",
}

// temporal are the relations of two stretches of time, from a to b and from c to d
// (OGC 21-065r2, table 10). An instant begins and ends at once.
var temporal = map[string]string{
	"T_AFTER":        "a > d",
	"T_BEFORE":       "b < c",
	"T_CONTAINS":     "a < c and b > d",
	"T_DISJOINT":     "(b < c or a > d)",
	"T_DURING":       "a > c and b < d",
	"T_EQUALS":       "a = c and b = d",
	"T_FINISHEDBY":   "a < c and b = d",
	"T_FINISHES":     "a > c and b = d",
	"T_INTERSECTS":   "a <= d and b >= c",
	"T_MEETS":        "b = c",
	"T_METBY":        "a = d",
	"T_OVERLAPPEDBY": "a > c and a < d and b > d",
	"T_OVERLAPS":     "a < c and b > c and b < d",
	"T_STARTEDBY":    "a = c and b > d",
	"T_STARTS":       "a = c and b < d",
}

var arrays = map[string]bool{"A_EQUALS": true, "A_CONTAINS": true, "A_CONTAINEDBY": true, "A_OVERLAPS": true}

// SQL writes the filter as a condition of PostgreSQL. Its values are added to
// args: string, float64, bool, time.Time, []string, and orb.Geometry in
// longitude/latitude; they are named by their places there, from $1 on.
func (f *Filter) SQL(args *[]any) string {
	w := writer{args: args}
	return w.write(f.root)
}

type writer struct{ args *[]any }

func (w writer) value(v any, sqlType string) string {
	*w.args = append(*w.args, v)
	return fmt.Sprintf("$%d::%s", len(*w.args), sqlType)
}

func (w writer) each(nodes []*node, between string) string {
	parts := make([]string, 0, len(nodes))
	for _, n := range nodes {
		parts = append(parts, w.write(n))
	}
	return strings.Join(parts, between)
}

func (w writer) write(n *node) string {
	switch n.op {
	case opAnd:
		return "(" + w.each(n.args, " and ") + ")"
	case opOr:
		return "(" + w.each(n.args, " or ") + ")"
	case opNot:
		return "(not " + w.write(n.args[0]) + ")"
	case opEqual:
		return "(" + w.each(n.args, " = ") + ")"
	case opCompare:
		return "(" + w.ordered(n.args[0]) + " " + n.name + " " + w.write(n.args[1]) + ")"
	case opLike:
		return "(" + w.each(n.args, " like ") + ")"
	case opILike:
		return "(" + w.each(n.args, " ilike ") + ")"
	case opBetween:
		return "(" + w.ordered(n.args[0]) + " between " + w.each(n.args[1:], " and ") + ")"
	case opIn:
		return "(" + w.write(n.args[0]) + " in (" + w.each(n.args[1:], ", ") + "))"
	case opNull:
		return "(" + w.write(n.args[0]) + " is null)"
	case opArithmetic:
		return w.arithmetic(n)
	case opNegate:
		return "(-" + w.write(n.args[0]) + ")"
	case opCaseless:
		return "lower(" + w.write(n.args[0]) + ")"
	case opSpatial:
		return w.spatial(n)
	case opTemporal:
		return w.temporal(n)
	case opHolds:
		return "(" + w.each(n.args, " @> ") + ")"
	case opArray:
		return w.array(n)
	case opProperty:
		if n.kind == Number { // whole numbers, too, are compared and divided as numbers
			return "(" + n.property.SQL + ")::double precision"
		}
		return "(" + n.property.SQL + ")"
	}
	return w.literal(n)
}

func (w writer) literal(n *node) string {
	switch v := n.value.(type) {
	case string:
		return w.value(v, "text")
	case float64:
		return w.value(v, "double precision")
	case bool:
		return w.value(v, "boolean")
	case time.Time:
		if n.kind == Date {
			return w.value(v, "date")
		}
		return w.value(v, "timestamptz")
	case []string:
		return w.value(v, "text[]")
	case orb.Geometry:
		return w.value(v, "geometry")
	}
	return "null"
}

// ordered is a text in the order of its characters, whatever the database's
// language is.
func (w writer) ordered(n *node) string {
	if n.kind == Text {
		return w.write(n) + ` collate "C"`
	}
	return w.write(n)
}

// arithmetic: what cannot be calculated is unknown, and passes no filter.
func (w writer) arithmetic(n *node) string {
	a, b := w.write(n.args[0]), w.write(n.args[1])
	switch n.name {
	case "/":
		return "(" + a + " / nullif(" + b + ", 0))"
	case "DIV":
		return "trunc(" + a + " / nullif(" + b + ", 0))"
	case "%":
		return "mod((" + a + ")::numeric, nullif((" + b + ")::numeric, 0))::double precision"
	case "^":
		return "power(" + a + ", " + b + ")"
	}
	return "(" + a + " " + n.name + " " + b + ")"
}

func (w writer) spatial(n *node) string {
	a, b := w.write(n.args[0]), w.write(n.args[1])
	if n.name == within {
		return fmt.Sprintf("ST_DWithin(%s::geography, %s::geography, %s)", a, b, w.write(n.args[2]))
	}
	return fmt.Sprintf("(%s(%s, %s))", spatial[n.name], a, b)
}

func (w writer) array(n *node) string {
	a, b := w.write(n.args[0]), w.write(n.args[1])
	switch n.name {
	case "A_CONTAINS":
		return "(" + a + " @> " + b + ")"
	case "A_CONTAINEDBY":
		return "(" + a + " <@ " + b + ")"
	case "A_OVERLAPS":
		return "(" + a + " && " + b + ")"
	}
	return "(" + a + " @> " + b + " and " + a + " <@ " + b + ")"
}

// temporal puts the ends of both stretches into the relation.
func (w writer) temporal(n *node) string {
	a, b := w.ends(n.args[0])
	c, d := w.ends(n.args[1])
	var out strings.Builder
	for _, word := range strings.FieldsFunc(temporal[n.name], func(r rune) bool { return r == ' ' }) {
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		bare := strings.Trim(word, "()")
		switch bare {
		case "a", "b", "c", "d":
			ends := map[string]string{"a": a, "b": b, "c": c, "d": d}
			out.WriteString(strings.Replace(word, bare, ends[bare], 1))
		default:
			out.WriteString(word)
		}
	}
	return "(" + out.String() + ")"
}

// ends are the beginning and the end of a stretch of time.
func (w writer) ends(n *node) (from, to string) {
	if n.op != opInterval {
		t := w.instant(n, "-infinity")
		return t, t
	}
	return w.instant(n.args[0], "-infinity"), w.instant(n.args[1], "infinity")
}

func (w writer) instant(n *node, open string) string {
	if n.op == opOpen {
		return "'" + open + "'::timestamptz"
	}
	return "(" + w.write(n) + ")::timestamptz"
}
