package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/registry"
)

// communityPatch is a merge patch with an outline that has yet to be checked.
type communityPatch struct {
	registry.CommunityPatch
	Geometry Geometry `json:"geometry,omitempty" doc:"outline: Polygon or MultiPolygon"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *communityPatch) UnmarshalJSON(data []byte) error {
	return patchGeometry(data, &p.CommunityPatch, &p.Geometry)
}

// TransformSchema implements huma.SchemaTransformer.
func (communityPatch) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s)
}

func (p *communityPatch) decode() (registry.CommunityPatch, error) {
	if p.Geometry.given() {
		area, err := p.Geometry.decodeArea("body.geometry")
		if err != nil {
			return registry.CommunityPatch{}, err
		}
		p.CommunityPatch.Geometry = area
	}
	return p.CommunityPatch, nil
}

// newCommunity is a community to be, with an outline that has yet to be checked.
type newCommunity struct {
	registry.NewCommunity
	Geometry Geometry `json:"geometry,omitempty" doc:"outline: Polygon or MultiPolygon"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *newCommunity) UnmarshalJSON(data []byte) error {
	return patchGeometry(data, &n.NewCommunity, &n.Geometry)
}

// TransformSchema implements huma.SchemaTransformer.
func (newCommunity) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "name")
}

type communityMade struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     registry.Community
}

type communityOut struct {
	ETag string `header:"ETag"`
	Body registry.Community
}

func communityAnswer(c registry.Community, err error) (*communityOut, error) {
	return &communityOut{etag(c.Version), c}, err
}

// location is the address of what was made.
func location(format string, codes ...any) string {
	for i, code := range codes {
		codes[i] = url.PathEscape(fmt.Sprint(code))
	}
	return root + fmt.Sprintf(format, codes...)
}

// OneOf is embedded in requests about one thing of a district.
type OneOf struct {
	InDistrict
	Code string `path:"code" maxLength:"200"`
}

// box is west,south,east,north of a query; nothing is everywhere.
func box(numbers []float64) (*registry.BBox, error) {
	switch len(numbers) {
	case 0:
		return nil, nil
	case 4:
		b := registry.BBox(numbers)
		if b[0] <= b[2] && b[1] <= b[3] {
			return &b, nil
		}
	}
	return nil, newProblem(http.StatusBadRequest, kindInvalid, "范围应为：西,南,东,北", "bbox has to be west,south,east,north.").
		with("query.bbox", "应为四个数：西,南,东,北", nil)
}

func (s *Server) communityRoutes() {
	const list, one = "/districts/{district}/communities", "/districts/{district}/communities/{code}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listCommunities", tag: "communities",
		summary: "Communities, filtered and page by page", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Q            string    `query:"q" maxLength:"200" doc:"part of name, address or code"`
		Eligibility  []string  `query:"eligibility" maxItems:"3" enum:"in,out,borderline"`
		Subdistricts []string  `query:"subdistricts" maxItems:"200"`
		YearFrom     int       `query:"year_from" minimum:"0" maximum:"9999" doc:"inclusive"`
		YearTo       int       `query:"year_to" minimum:"0" maximum:"9999" doc:"inclusive"`
		BBox         []float64 `query:"bbox" doc:"west,south,east,north"`
		Sort         string    `query:"sort" maxLength:"40" doc:"name, built_year, households, floor_area_m2, updated_at or code; with - in front descending"`
		Limit        int       `query:"limit" minimum:"1" maximum:"5000" default:"100"`
		Cursor       string    `query:"cursor" maxLength:"1000" doc:"next_cursor of the page before"`
	}) (*struct {
		Body registry.Page[registry.Community]
	}, error,
	) {
		within, err := box(in.BBox)
		if err != nil {
			return nil, err
		}
		f := registry.CommunityFilter{Q: in.Q, Subdistricts: in.Subdistricts, BBox: within, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor}
		for _, e := range in.Eligibility {
			f.Eligibility = append(f.Eligibility, policy.Verdict(e))
		}
		if in.YearFrom != 0 {
			f.YearFrom = &in.YearFrom
		}
		if in.YearTo != 0 {
			f.YearTo = &in.YearTo
		}
		page, err := s.Registry.Communities(ctx, scopeOf(ctx), in.District, f)
		return &struct {
			Body registry.Page[registry.Community]
		}{page}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createCommunity", tag: "communities",
		summary: "Add a community", needs: account.EditRegister, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body newCommunity
	},
	) (*communityMade, error) {
		if in.Body.Geometry.given() {
			area, err := in.Body.Geometry.decodeArea("body.geometry")
			if err != nil {
				return nil, err
			}
			in.Body.NewCommunity.Geometry = area
		}
		c, err := s.Registry.CreateCommunity(ctx, scopeOf(ctx), in.District, in.Body.NewCommunity)
		if err != nil {
			return nil, err
		}
		return &communityMade{etag(c.Version), location("/districts/%s/communities/%s", in.District, c.Code), c}, nil
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getCommunity", tag: "communities",
		summary: "A community with the proof of its verdict", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*communityOut, error) {
		return communityAnswer(s.Registry.Community(ctx, scopeOf(ctx), in.District, in.Code))
	})

	add(s, route{
		method: http.MethodPatch, path: one, id: "updateCommunity", tag: "communities",
		summary: "Change fields of a community (merge patch)", needs: account.EditRegister, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body communityPatch
	},
	) (*communityOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		patch, err := in.Body.decode()
		if err != nil {
			return nil, err
		}
		c, err := s.Registry.UpdateCommunity(ctx, scopeOf(ctx), in.District, in.Code, version, patch)
		return communityAnswer(c, s.orStaleCommunity(ctx, in.OneOf, err))
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "deleteCommunity", tag: "communities",
		summary: "Remove a community; its buildings stay", needs: account.EditRegister, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		err = s.Registry.DeleteCommunity(ctx, scopeOf(ctx), in.District, in.Code, version)
		return nil, s.orStaleCommunity(ctx, in.OneOf, err)
	})

	add(s, route{
		method: http.MethodPut, path: one + "/eligibility", id: "overrideEligibility", tag: "communities",
		summary: "Decide otherwise than the rules do, with a reason (原则上)", needs: account.EditRegister, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body struct {
			Verdict policy.Verdict `json:"verdict" enum:"in,out,borderline"`
			Reason  string         `json:"reason" minLength:"1" maxLength:"2000"`
		} `nameHint:"EligibilityOverride"`
	},
	) (*communityOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		c, err := s.Registry.OverrideEligibility(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Verdict, in.Body.Reason)
		return communityAnswer(c, s.orStaleCommunity(ctx, in.OneOf, err))
	})

	add(s, route{
		method: http.MethodDelete, path: one + "/eligibility", id: "clearEligibilityOverride", tag: "communities",
		summary: "Let the computed verdict hold again", needs: account.EditRegister, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
	},
	) (*communityOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		c, err := s.Registry.ClearOverride(ctx, scopeOf(ctx), in.District, in.Code, version)
		return communityAnswer(c, s.orStaleCommunity(ctx, in.OneOf, err))
	})

	add(s, route{
		method: http.MethodGet, path: one + "/buildings", id: "listCommunityBuildings", tag: "communities",
		summary: "The buildings of a community", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body buildingList }, error) {
		items, err := s.Registry.CommunityBuildings(ctx, scopeOf(ctx), in.District, in.Code)
		return &struct{ Body buildingList }{buildingList{items}}, err
	})
}

func (s *Server) orStaleCommunity(ctx context.Context, of OneOf, err error) error {
	if err == nil {
		return nil
	}
	return orStale(err, func() (registry.Community, error) {
		return s.Registry.Community(ctx, scopeOf(ctx), of.District, of.Code)
	})
}
