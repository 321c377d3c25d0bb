package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// CoverageAsk is a request for a coverage run.
type CoverageAsk struct {
	FacilityType string          `json:"facility_type" maxLength:"100" doc:"key of a facility type"`
	RadiusM      *float64        `json:"radius_m,omitempty" exclusiveMinimum:"0" maximum:"20000" doc:"metres; omitted: what the district's standards say"`
	Method       string          `json:"method,omitempty" enum:"radius" default:"radius"`
	Area         CoverageAskArea `json:"area,omitempty" doc:"omitted: the whole district"`
}

// CoverageAskArea says which buildings a run looks at.
type CoverageAskArea struct {
	Kind     string   `json:"kind,omitempty" enum:"district,subdistrict,zone,polygon" default:"district"`
	Code     string   `json:"code,omitempty" maxLength:"200" doc:"of the subdistrict or zone"`
	Geometry Geometry `json:"geometry,omitempty" doc:"Polygon or MultiPolygon, for the kind polygon"`
}

func (a CoverageAsk) decode() (coverage.Request, error) {
	r := coverage.Request{
		FacilityType: a.FacilityType, RadiusM: a.RadiusM, Method: a.Method,
		Area: coverage.Area{Kind: a.Area.Kind, Code: a.Area.Code},
	}
	if a.Area.Kind == coverage.AreaPolygon {
		shape, err := a.Area.Geometry.decodeArea("body.area.geometry")
		if err != nil {
			return r, err
		}
		r.Area.Geometry = geojson.NewGeometry(shape)
	}
	return r, nil
}

type runList struct {
	Items []coverage.Run `json:"items" doc:"newest first"`
}

type coveredCommunities struct {
	Items []coverage.CommunityCoverage `json:"items"`
}

type OneRun struct {
	InDistrict
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (s *Server) coverageRoutes() {
	const list, one = "/districts/{district}/coverage/runs", "/districts/{district}/coverage/runs/{id}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listCoverageRuns", tag: "coverage",
		summary: "Coverage runs, newest first", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Limit int `query:"limit" minimum:"1" maximum:"500" default:"50"`
	},
	) (*struct{ Body runList }, error) {
		items, err := s.Coverage.List(ctx, scopeOf(ctx), in.District, in.Limit)
		return &struct{ Body runList }{runList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createCoverageRun", tag: "coverage",
		summary: "Compute which buildings a type of facility covers", needs: account.RunCoverage, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body CoverageAsk
	}) (*struct {
		Location string `header:"Location"`
		Body     coverage.Run
	}, error,
	) {
		request, err := in.Body.decode()
		if err != nil {
			return nil, err
		}
		run, err := s.Coverage.Run(ctx, scopeOf(ctx), in.District, request)
		return &struct {
			Location string `header:"Location"`
			Body     coverage.Run
		}{location("/districts/%s/coverage/runs/%s", in.District, run.ID), run}, err
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getCoverageRun", tag: "coverage",
		summary: "A coverage run", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneRun) (*struct{ Body coverage.Run }, error) {
		run, err := s.Coverage.Get(ctx, scopeOf(ctx), in.District, in.ID)
		return &struct{ Body coverage.Run }{run}, err
	})

	add(s, route{
		method: http.MethodGet, path: one + "/communities", id: "listCoverageCommunities", tag: "coverage",
		summary: "A run's answer for every community in its area", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneRun) (*struct{ Body coveredCommunities }, error) {
		items, err := s.Coverage.Communities(ctx, scopeOf(ctx), in.District, in.ID)
		return &struct{ Body coveredCommunities }{coveredCommunities{items}}, err
	})
}
