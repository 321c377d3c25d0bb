package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/registry"
)

// buildingPatch is the register's merge patch with its schema.
type buildingPatch struct{ registry.BuildingPatch }

// TransformSchema implements huma.SchemaTransformer.
func (buildingPatch) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s)
}

type buildingList struct {
	Items []registry.Building `json:"items"`
}

type buildingOut struct {
	ETag string `header:"ETag"`
	Body registry.Building
}

func buildingAnswer(b registry.Building, err error) (*buildingOut, error) {
	return &buildingOut{etag(b.Version), b}, err
}

func (s *Server) buildingRoutes() {
	const list, one = "/districts/{district}/buildings", "/districts/{district}/buildings/{code}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listBuildings", tag: "buildings",
		summary: "Buildings, page by page", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Community string `query:"community" maxLength:"200" doc:"code"`
		Sort      string `query:"sort" maxLength:"40" doc:"code, name, built_year, households, storeys or floor_area_m2; with - in front descending"`
		Limit     int    `query:"limit" minimum:"1" maximum:"5000" default:"100"`
		Cursor    string `query:"cursor" maxLength:"1000"`
	}) (*struct {
		Body registry.Page[registry.Building]
	}, error,
	) {
		page, err := s.Registry.Buildings(ctx, scopeOf(ctx), in.District, registry.BuildingFilter{
			Community: in.Community, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor,
		})
		return &struct {
			Body registry.Page[registry.Building]
		}{page}, err
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getBuilding", tag: "buildings",
		summary: "A building", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*buildingOut, error) {
		return buildingAnswer(s.Registry.Building(ctx, scopeOf(ctx), in.District, in.Code))
	})

	add(s, route{
		method: http.MethodPatch, path: one, id: "updateBuilding", tag: "buildings",
		summary: "Change fields of a building (merge patch)", needs: account.EditRegister, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body buildingPatch
	},
	) (*buildingOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		b, err := s.Registry.UpdateBuilding(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.BuildingPatch)
		if err != nil {
			return nil, orStale(err, func() (registry.Building, error) {
				return s.Registry.Building(ctx, scopeOf(ctx), in.District, in.Code)
			})
		}
		return buildingAnswer(b, nil)
	})
}
