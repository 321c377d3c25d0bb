package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/link"
)

// TwoCommunities is embedded in requests about a pair.
type TwoCommunities struct {
	InDistrict
	A string `path:"a" maxLength:"200" doc:"code of a community"`
	B string `path:"b" maxLength:"200" doc:"code of another"`
}

func (s *Server) linkRoutes() {
	const list, one = "/districts/{district}/links", "/districts/{district}/links/{a}/{b}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listLinks", tag: "links",
		summary: "Pairs of neighbouring communities, nearest first: gap, walk, barriers", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Community string    `query:"community" maxLength:"200" doc:"code: the links of one community"`
		BBox      []float64 `query:"bbox" maxItems:"4" doc:"west,south,east,north in degrees: the links whose line meets it"`
		Limit     int       `query:"limit" minimum:"1" maximum:"20000" default:"1000"`
	},
	) (*struct{ Body link.Page }, error) {
		within, err := box(in.BBox)
		if err != nil {
			return nil, err
		}
		page, err := s.Links.List(ctx, scopeOf(ctx), in.District, link.Filter{Community: in.Community, Within: (*[4]float64)(within), Limit: in.Limit})
		return &struct{ Body link.Page }{page}, err
	})

	add(s, route{
		method: http.MethodPut, path: one, id: "overrideLink", tag: "links",
		summary: "Say that two communities belong together, or never, with a reason", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		TwoCommunities
		Body struct {
			Verdict link.Verdict `json:"verdict" enum:"together,never"`
			Reason  string       `json:"reason" minLength:"1" maxLength:"2000"`
		} `nameHint:"LinkOverride"`
	},
	) (*struct{ Body link.Link }, error) {
		l, err := s.Links.Override(ctx, scopeOf(ctx), in.District, in.A, in.B, in.Body.Verdict, in.Body.Reason)
		return &struct{ Body link.Link }{l}, err
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "clearLinkOverride", tag: "links",
		summary: "Let what is computed of two communities hold again", needs: account.DrawZone, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *TwoCommunities) (*struct{}, error) {
		return nil, s.Links.ClearOverride(ctx, scopeOf(ctx), in.District, in.A, in.B)
	})
}
