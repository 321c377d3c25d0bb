package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/registry"
)

// idlePatch is the register's merge patch with its schema.
type idlePatch struct{ registry.IdleBuildingPatch }

// TransformSchema implements huma.SchemaTransformer.
func (idlePatch) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s)
}

type idleMade struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     registry.IdleBuilding
}

type idleOut struct {
	ETag string `header:"ETag"`
	Body registry.IdleBuilding
}

func idleAnswer(b registry.IdleBuilding, err error) (*idleOut, error) {
	return &idleOut{etag(b.Version), b}, err
}

func (s *Server) idleRoutes() {
	const list, one = "/districts/{district}/idle-buildings", "/districts/{district}/idle-buildings/{code}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listIdleBuildings", tag: "idle buildings",
		summary: "Idle buildings (闲置用房), filtered and page by page", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Q      string    `query:"q" maxLength:"200" doc:"part of name, address or former use"`
		BBox   []float64 `query:"bbox" doc:"west,south,east,north"`
		Sort   string    `query:"sort" maxLength:"40" doc:"name, floor_area_m2 or code; with - in front descending"`
		Limit  int       `query:"limit" minimum:"1" maximum:"5000" default:"100"`
		Cursor string    `query:"cursor" maxLength:"1000"`
	}) (*struct {
		Body registry.Page[registry.IdleBuilding]
	}, error,
	) {
		within, err := box(in.BBox)
		if err != nil {
			return nil, err
		}
		page, err := s.Registry.IdleBuildings(ctx, scopeOf(ctx), in.District, registry.IdleBuildingFilter{
			Q: in.Q, BBox: within, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor,
		})
		return &struct {
			Body registry.Page[registry.IdleBuilding]
		}{page}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createIdleBuilding", tag: "idle buildings",
		summary: "Add an idle building", needs: account.EditRegister, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body registry.NewIdleBuilding
	},
	) (*idleMade, error) {
		b, err := s.Registry.CreateIdleBuilding(ctx, scopeOf(ctx), in.District, in.Body)
		if err != nil {
			return nil, err
		}
		return &idleMade{etag(b.Version), location("/districts/%s/idle-buildings/%s", in.District, b.Code), b}, nil
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getIdleBuilding", tag: "idle buildings",
		summary: "An idle building", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*idleOut, error) {
		return idleAnswer(s.Registry.IdleBuilding(ctx, scopeOf(ctx), in.District, in.Code))
	})

	add(s, route{
		method: http.MethodPatch, path: one, id: "updateIdleBuilding", tag: "idle buildings",
		summary: "Change fields of an idle building (merge patch)", needs: account.EditRegister, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body idlePatch
	},
	) (*idleOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		b, err := s.Registry.UpdateIdleBuilding(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.IdleBuildingPatch)
		return idleAnswer(b, s.orStaleIdle(ctx, in.OneOf, err))
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "deleteIdleBuilding", tag: "idle buildings",
		summary: "Remove an idle building", needs: account.EditRegister, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		err = s.Registry.DeleteIdleBuilding(ctx, scopeOf(ctx), in.District, in.Code, version)
		return nil, s.orStaleIdle(ctx, in.OneOf, err)
	})
}

func (s *Server) orStaleIdle(ctx context.Context, of OneOf, err error) error {
	if err == nil {
		return nil
	}
	return orStale(err, func() (registry.IdleBuilding, error) {
		return s.Registry.IdleBuilding(ctx, scopeOf(ctx), of.District, of.Code)
	})
}
