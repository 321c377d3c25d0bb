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

type hitList struct {
	Items []registry.Hit `json:"items"`
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
		method: http.MethodGet, path: "/districts/{district}/search", id: "search", tag: "districts",
		summary: "Find a community, facility, place or coordinate by what a person types", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Q     string `query:"q" required:"true" maxLength:"200"`
		Limit int    `query:"limit" minimum:"1" maximum:"50" default:"12"`
	}) (*struct{ Body hitList }, error) {
		items, err := s.Registry.Search(ctx, scopeOf(ctx), in.District, in.Q, in.Limit)
		return &struct{ Body hitList }{hitList{items}}, err
	})
}
