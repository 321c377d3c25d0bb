package httpapi

import (
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// schemaFor puts the schema of a type into the document and refers to it.
func schemaFor[T any](s *Server) *huma.Schema {
	return s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}

// enumerate lists the values of a property whose Go type is a plain string.
func enumerate[T ~string](s *Server, schema, property string, values ...T) {
	p := s.api.OpenAPI().Components.Schemas.Map()[schema].Properties[property]
	for _, v := range values {
		p.Enum = append(p.Enum, string(v))
	}
}

var parameterShape = regexp.MustCompile(`\{(\w+)\}`)

// describe adds the plain route with an operation id to the document.
func (s *Server) describe(id string, query map[string]*huma.Schema, request map[string]*huma.MediaType, status int, response map[string]*huma.MediaType) {
	for _, rt := range s.routes {
		if rt.id != id {
			continue
		}
		op := &huma.Operation{
			OperationID: id, Method: rt.method, Path: rt.path, Summary: rt.summary, Tags: []string{rt.tag},
			Security: rt.security(),
			Responses: map[string]*huma.Response{
				strconv.Itoa(status): {Description: http.StatusText(status), Content: response},
				"default": {Description: "Error", Content: map[string]*huma.MediaType{
					"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}},
				}},
			},
		}
		for _, name := range parameterShape.FindAllStringSubmatch(rt.path, -1) {
			op.Parameters = append(op.Parameters, &huma.Param{Name: name[1], In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
		names := make([]string, 0, len(query))
		for name := range query {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Schema: query[name]})
		}
		if request != nil {
			op.RequestBody = &huma.RequestBody{Required: true, Content: request}
		}
		s.api.OpenAPI().AddOperation(op)
		return
	}
	panic("no plain route has the operation id " + id)
}
