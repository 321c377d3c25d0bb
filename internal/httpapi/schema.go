package httpapi

import (
	"encoding/json"
	"errors"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/geo"
)

// Geometry is a GeoJSON geometry as it was sent. Nothing has looked at it yet:
// decode does.
type Geometry []byte

// UnmarshalJSON implements json.Unmarshaler.
func (g *Geometry) UnmarshalJSON(data []byte) error {
	*g = append((*g)[:0], data...)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (g Geometry) MarshalJSON() ([]byte, error) {
	if len(g) == 0 {
		return []byte("null"), nil
	}
	return g, nil
}

// given tells whether there is a geometry at all.
func (g Geometry) given() bool { return len(g) > 0 && string(g) != "null" }

// decode returns the geometry, checked, or the problem with the place of its
// first fault. Nothing else may turn what a person sent into a shape.
func (g Geometry) decode(location string) (orb.Geometry, error) {
	if !g.given() {
		return nil, invalid(location, "缺少图形", nil)
	}
	limits := geo.Limits{MaxPoints: geo.MaxDrawnPoints}
	shape, fault := geo.DecodeGeoJSONGeometry(g, limits)
	if fault == nil {
		fault = geo.Check(shape, limits)
	}
	if fault != nil {
		return nil, faultyGeometry(location, fault)
	}
	return shape, nil
}

// decodeArea is decode for what has to be a Polygon or MultiPolygon.
func (g Geometry) decodeArea(location string) (orb.MultiPolygon, error) {
	shape, err := g.decode(location)
	if err != nil {
		return nil, err
	}
	area, fault := geo.AsMultiPolygon(shape)
	if fault != nil {
		return nil, faultyGeometry(location, fault)
	}
	return area, nil
}

// Schema implements huma.SchemaProvider.
func (Geometry) Schema(r huma.Registry) *huma.Schema {
	const name = "Geometry"
	if _, known := r.Map()[name]; !known {
		// The alternatives are for readers of the document. They are kept from
		// the library's validation: geo says better what is wrong, and where.
		position := map[string]any{"type": "array", "items": map[string]any{"type": "number"}, "minItems": 2, "maxItems": 2}
		list := func(of any) map[string]any { return map[string]any{"type": "array", "items": of} }
		kind := func(name string, coordinates any) map[string]any {
			return map[string]any{
				"type": "object", "required": []string{"type", "coordinates"},
				"properties": map[string]any{
					"type":        map[string]any{"type": "string", "const": name},
					"coordinates": coordinates,
				},
			}
		}
		r.Map()[name] = &huma.Schema{
			Description: "GeoJSON geometry (RFC 7946): longitude/latitude in degrees",
			Extensions: map[string]any{"oneOf": []any{
				kind("Point", position),
				kind("LineString", list(position)),
				kind("Polygon", list(list(position))),
				kind("MultiPolygon", list(list(list(position)))),
			}},
		}
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// schemaName names a type in the API's document: the glossary's word, with the
// package in front where two packages have the same word.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if inner, ok := strings.CutPrefix(name, "Page"); ok && strings.HasPrefix(t.Name(), "Page[") {
		return inner + "Page"
	}
	switch noun := path.Base(t.PkgPath()); noun {
	case "zone", "coverage", "tile", "proposal", "phase", "survey", "approval", "works", "progress":
		if t.Name() != "" && !strings.Contains(strings.ToLower(name), noun) {
			return strings.ToUpper(noun[:1]) + noun[1:] + name
		}
	case "policy": // what a plan says of a noun that has a package of its own
		if slices.Contains([]string{"Survey", "Task"}, name) {
			return "Policy" + name
		}
	}
	return name
}

func newRegistry() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", schemaName)
	r.RegisterTypeAlias(reflect.TypeFor[geojson.Geometry](), reflect.TypeFor[Geometry]())
	return r
}

// nullable lets every property of a merge patch be null, which makes the thing
// unknown (RFC 7396).
func nullable(s *huma.Schema, required ...string) *huma.Schema {
	s.Required = required
	for name, property := range s.Properties {
		if property.Ref != "" {
			s.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{property, {Type: "null"}}}
			continue
		}
		property.Nullable = true
		if len(property.Enum) > 0 {
			property.Enum = append(property.Enum, nil)
		}
	}
	return s
}

// patchGeometry reads the geometry out of a merge patch, beside the fields that
// the noun reads by itself.
func patchGeometry(data []byte, noun json.Unmarshaler, into *Geometry) error {
	var beside struct {
		Geometry Geometry `json:"geometry"`
	}
	err := json.Unmarshal(data, &beside)
	*into = beside.Geometry
	return errors.Join(err, noun.UnmarshalJSON(data))
}

// markNullable says in the document what Go's types say and the library's
// reflection drops: a pointer to a list, an array or a struct may be null.
func markNullable(r huma.Registry) {
	for name, schema := range r.Map() {
		if t := r.TypeFromRef("#/components/schemas/" + name); t != nil && t.Kind() == reflect.Struct {
			markFields(t, schema)
		}
	}
}

func markFields(t reflect.Type, schema *huma.Schema) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			if f.Type.Kind() == reflect.Struct {
				markFields(f.Type, schema)
			}
			continue
		}
		property := schema.Properties[tag]
		if property == nil || f.Type.Kind() != reflect.Pointer || strings.Contains(options, "omitempty") {
			continue
		}
		switch {
		case property.Ref != "":
			schema.Properties[tag] = &huma.Schema{AnyOf: []*huma.Schema{property, {Type: "null"}}, Description: property.Description}
		case property.Type == huma.TypeArray:
			property.Nullable = true
		}
	}
}

// filled gives every nil list in a response its empty form, since the document
// promises lists and not null, except where a field's tag says that null is a
// value. Structs are reached through pointers, lists and
// embedding; values that hold no nil list are not written to.
func filled(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			filled(v.Elem())
		}
	case reflect.Struct:
		if !holdsLists(v.Type()) {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("nullable") == "" {
				filled(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			if v.CanSet() && v.Type().Elem().Kind() != reflect.Uint8 {
				v.Set(reflect.MakeSlice(v.Type(), 0, 0))
			}
			return
		}
		if !holdsLists(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			filled(v.Index(i))
		}
	}
}

var listHolders sync.Map // reflect.Type → bool

// holdsLists tells whether values of a type may hold a list that filled reaches.
func holdsLists(t reflect.Type) bool {
	if known, ok := listHolders.Load(t); ok {
		return known.(bool)
	}
	listHolders.Store(t, true) // until known: a type may hold itself
	holds := false
	switch t.Kind() {
	case reflect.Slice:
		holds = t.Elem().Kind() != reflect.Uint8
	case reflect.Pointer:
		holds = holdsLists(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && holdsLists(f.Type) {
				holds = true
				break
			}
		}
	}
	listHolders.Store(t, holds)
	return holds
}
