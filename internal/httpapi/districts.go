package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/registry"
)

type districtList struct {
	Items []registry.District `json:"items"`
}

type subdistrictList struct {
	Items []registry.Subdistrict `json:"items"`
}

type neighborhoodList struct {
	Items []registry.Neighborhood `json:"items"`
}

type hitList struct {
	Items []registry.Hit `json:"items"`
}

type districtDraft struct {
	Code     string   `json:"code" doc:"administrative code of 6 or 9 digits" minLength:"6" maxLength:"9"`
	Name     string   `json:"name" minLength:"1" maxLength:"100"`
	Geometry Geometry `json:"geometry" doc:"boundary: Polygon or MultiPolygon"`
	Policy   string   `json:"policy_key,omitempty" doc:"renewal plan that the district follows"`
	Profile  string   `json:"profile_key,omitempty" doc:"profile of facility standards; the plan's own when absent"`
}

type districtMade struct {
	Location string `header:"Location"`
	Body     registry.District
}

func (s *Server) districtRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/districts", id: "listDistricts", tag: "districts",
		summary: "The districts that the person reaches", needs: account.ReadMap, at: ownDistrict,
	}, func(ctx context.Context, _ *struct{}) (*struct{ Body districtList }, error) {
		items, err := s.Registry.Districts(ctx, scopeOf(ctx))
		return &struct{ Body districtList }{districtList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: "/districts", id: "createDistrict", tag: "districts",
		summary: "Found a district", needs: account.FoundDistrict, at: service, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		Body districtDraft `nameHint:"DistrictDraft"`
	},
	) (*districtMade, error) {
		boundary, err := in.Body.Geometry.decodeArea("body.geometry")
		if err != nil {
			return nil, err
		}
		d, err := s.Registry.CreateDistrict(ctx, registry.NewDistrict{
			Code: in.Body.Code, Name: in.Body.Name, Boundary: boundary,
			PolicyKey: in.Body.Policy, ProfileKey: in.Body.Profile,
		})
		if err != nil {
			return nil, err
		}
		return &districtMade{location("/districts/%s", d.Code), d}, nil
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}", id: "getDistrict", tag: "districts",
		summary: "A district", needs: account.ReadMap, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body registry.District }, error) {
		d, err := s.Registry.District(ctx, scopeOf(ctx), in.District)
		return &struct{ Body registry.District }{d}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/subdistricts", id: "listSubdistricts", tag: "districts",
		summary: "The subdistricts of a district", needs: account.ReadMap, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body subdistrictList }, error) {
		items, err := s.Registry.Subdistricts(ctx, scopeOf(ctx), in.District)
		return &struct{ Body subdistrictList }{subdistrictList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/neighborhoods", id: "listNeighborhoods", tag: "districts",
		summary: "The neighborhoods of a district", needs: account.ReadMap, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body neighborhoodList }, error) {
		items, err := s.Registry.Neighborhoods(ctx, scopeOf(ctx), in.District)
		return &struct{ Body neighborhoodList }{neighborhoodList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/search", id: "search", tag: "districts",
		summary: "Find a community, facility, place or coordinate by what a person types", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Q     string `query:"q" required:"true" maxLength:"200"`
		Limit int    `query:"limit" minimum:"1" maximum:"50" default:"12"`
	},
	) (*struct{ Body hitList }, error) {
		items, err := s.Registry.Search(ctx, scopeOf(ctx), in.District, in.Q, in.Limit)
		return &struct{ Body hitList }{hitList{items}}, err
	})
}
