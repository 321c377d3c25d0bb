package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/registry"
)

// facilityPatch is the register's merge patch with its schema.
type facilityPatch struct{ registry.FacilityPatch }

// TransformSchema implements huma.SchemaTransformer.
func (facilityPatch) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s)
}

type facilityMade struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     registry.Facility
}

type facilityOut struct {
	ETag string `header:"ETag"`
	Body registry.Facility
}

func facilityAnswer(f registry.Facility, err error) (*facilityOut, error) {
	return &facilityOut{etag(f.Version), f}, err
}

func (s *Server) facilityRoutes() {
	const list, one = "/districts/{district}/facilities", "/districts/{district}/facilities/{code}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listFacilities", tag: "facilities",
		summary: "Facilities, filtered and page by page", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Types  []string  `query:"types" maxItems:"100" doc:"keys of facility types"`
		Q      string    `query:"q" maxLength:"200" doc:"part of name or address"`
		BBox   []float64 `query:"bbox" doc:"west,south,east,north"`
		Sort   string    `query:"sort" maxLength:"40" doc:"name, facility_type or code; with - in front descending"`
		Limit  int       `query:"limit" minimum:"1" maximum:"5000" default:"100"`
		Cursor string    `query:"cursor" maxLength:"1000"`
	}) (*struct {
		Body registry.Page[registry.Facility]
	}, error,
	) {
		within, err := box(in.BBox)
		if err != nil {
			return nil, err
		}
		page, err := s.Registry.Facilities(ctx, scopeOf(ctx), in.District, registry.FacilityFilter{
			Types: in.Types, Q: in.Q, BBox: within, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor,
		})
		return &struct {
			Body registry.Page[registry.Facility]
		}{page}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createFacility", tag: "facilities",
		summary: "Add a facility", needs: account.EditRegister, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body registry.NewFacility
	},
	) (*facilityMade, error) {
		f, err := s.Registry.CreateFacility(ctx, scopeOf(ctx), in.District, in.Body)
		if err != nil {
			return nil, err
		}
		return &facilityMade{etag(f.Version), location("/districts/%s/facilities/%s", in.District, f.Code), f}, nil
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getFacility", tag: "facilities",
		summary: "A facility", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*facilityOut, error) {
		return facilityAnswer(s.Registry.Facility(ctx, scopeOf(ctx), in.District, in.Code))
	})

	add(s, route{
		method: http.MethodPatch, path: one, id: "updateFacility", tag: "facilities",
		summary: "Change fields of a facility (merge patch)", needs: account.EditRegister, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body facilityPatch
	},
	) (*facilityOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		f, err := s.Registry.UpdateFacility(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.FacilityPatch)
		return facilityAnswer(f, s.orStaleFacility(ctx, in.OneOf, err))
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "deleteFacility", tag: "facilities",
		summary: "Remove a facility", needs: account.EditRegister, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		err = s.Registry.DeleteFacility(ctx, scopeOf(ctx), in.District, in.Code, version)
		return nil, s.orStaleFacility(ctx, in.OneOf, err)
	})
}

func (s *Server) orStaleFacility(ctx context.Context, of OneOf, err error) error {
	if err == nil {
		return nil
	}
	return orStale(err, func() (registry.Facility, error) {
		return s.Registry.Facility(ctx, scopeOf(ctx), of.District, of.Code)
	})
}
