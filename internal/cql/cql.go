// Package cql reads filters in CQL2 text (OGC 21-065r2), checks them against the
// properties that may be asked about, and writes them as SQL whose every value
// is a parameter. It knows no database: shapes in the arguments are orb
// geometries in longitude/latitude. It must never put a character that a person
// sent into the SQL.
package cql

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"
)

// Bounds of a filter. A person's filter has a dozen nodes.
const (
	maxText  = 32 << 10 // bytes
	maxDepth = 64       // of nested expressions
	maxNodes = 2000     // of the tree
)

// Kind is the type of a value.
type Kind int

// The kinds of values. A Date has no time of day; Texts is a set of texts.
const (
	Text Kind = iota + 1
	Number
	Boolean
	Timestamp
	Date
	Texts
	Geometry
	interval // of two instants, only inside temporal functions
)

func (k Kind) String() string {
	switch k {
	case Text:
		return "text"
	case Number:
		return "number"
	case Boolean:
		return "boolean"
	case Timestamp:
		return "timestamp"
	case Date:
		return "date"
	case Texts:
		return "array of texts"
	case Geometry:
		return "geometry"
	case interval:
		return "interval"
	}
	return "nothing"
}

func (k Kind) temporal() bool { return k == Timestamp || k == Date }

// Property is something that a filter may ask about. SQL is the expression that
// stands for it; it comes from the program, never from a person.
type Property struct {
	Name string
	Kind Kind
	SQL  string
}

// Schema says what a filter may mention and how it is to be read.
type Schema struct {
	Properties []Property
	// Point takes a position of the filter's coordinate reference system, in the
	// order in which it is written, to longitude and latitude; nil leaves it.
	Point func(orb.Point) orb.Point
	// Lenient also takes ILIKE, which clients of the drafts send.
	Lenient bool
}

func (s Schema) property(name string) (Property, bool) {
	for _, p := range s.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// Error says what is wrong with a filter, in both languages of the product, and
// at which byte.
type Error struct {
	At              int
	Chinese, Detail string
}

func (e *Error) Error() string { return fmt.Sprintf("filter, at byte %d: %s", e.At, e.Detail) }

// Filter is a filter that has been read and checked.
type Filter struct{ root *node }

// Parse reads a filter. The error is an *Error.
func Parse(text string, s Schema) (*Filter, error) {
	p := &parser{schema: s}
	if len(text) > maxText {
		return nil, &Error{0, fmt.Sprintf("筛选条件过长，最多 %d 字节", maxText), fmt.Sprintf("the filter is too long; at most %d bytes", maxText)}
	}
	var fault *Error
	if p.tokens, fault = scan(text); fault != nil {
		return nil, fault
	}
	root, fault := p.whole()
	if fault != nil {
		return nil, fault
	}
	return &Filter{root}, nil
}

// Equal is the filter that a property has a value, as the plain query parameters
// of OGC API Features ask. Boolean, number and time are read from their text; a
// set of texts has to hold the value. The error is an *Error.
func Equal(p Property, value string) (*Filter, error) {
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return nil, &Error{0, "含有不能识别的字符", "some characters can't be read"}
	}
	property := &node{op: opProperty, kind: p.Kind, property: p}
	literal := &node{op: opText, kind: Text, value: value}
	var fault *Error
	switch p.Kind {
	case Text:
	case Texts:
		return &Filter{&node{op: opHolds, kind: Boolean, args: []*node{property, {op: opTexts, kind: Texts, value: []string{value}}}}}, nil
	case Timestamp, Date:
		literal, fault = new(parser).instant("", value, 0)
	case Number, Boolean:
		literal, fault = new(parser).scalar(value)
		if fault == nil && literal.kind != p.Kind {
			fault = wrongKind(0, literal.kind, p.Kind)
		}
	default:
		fault = &Error{0, "不能按此属性筛选", "this property can't be asked for a value"}
	}
	if fault != nil {
		return nil, fault
	}
	return &Filter{&node{op: opEqual, kind: Boolean, args: []*node{property, literal}}}, nil
}

// Bound is a box in longitude/latitude outside of which nothing passes the
// filter, for those who have an index of boxes. ok is false where the filter
// promises none.
func (f *Filter) Bound() (b orb.Bound, ok bool) { return f.root.bound() }

func (n *node) bound() (orb.Bound, bool) {
	switch n.op {
	case opAnd:
		for _, a := range n.args { // the first is as good as any
			if b, ok := a.bound(); ok {
				return b, true
			}
		}
	case opSpatial:
		if n.name == "S_DISJOINT" || n.name == within {
			return orb.Bound{}, false
		}
		for i, a := range n.args[:2] {
			if shape, is := a.value.(orb.Geometry); is && n.args[1-i].op == opProperty {
				return shape.Bound(), true
			}
		}
	}
	return orb.Bound{}, false
}
