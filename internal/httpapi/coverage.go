package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// CoverageSettings are how coverage is measured and over what.
type CoverageSettings struct {
	Method        string          `json:"method,omitempty" enum:"radius,walk,walk_slope" default:"radius"`
	Limit         coverage.Limit  `json:"limit,omitempty" doc:"metres or minutes; omitted: what the profile says"`
	Walker        string          `json:"walker,omitempty" enum:"adult,elder,frail" doc:"omitted: elder"`
	StepFree      bool            `json:"step_free,omitempty" doc:"without stairs and slopes over 1:12"`
	Profile       string          `json:"profile,omitempty" maxLength:"100" doc:"key of a profile of standards; omitted: the district's"`
	Scenario      string          `json:"scenario,omitempty" maxLength:"100" doc:"code of a scenario whose proposed facilities count, too"`
	UnitsPerHouse float64         `json:"units_per_household,omitempty" minimum:"0" maximum:"1000" doc:"capacity that one household needs; omitted: 1"`
	Area          CoverageAskArea `json:"area,omitempty" doc:"omitted: the whole district"`
}

// CoverageAsk is a request for a coverage run.
type CoverageAsk struct {
	FacilityType string `json:"facility_type" maxLength:"100" doc:"key of a facility type"`
	CoverageSettings
}

// CoverageBatchAsk is a request for a scorecard.
type CoverageBatchAsk struct {
	FacilityTypes []string `json:"facility_types,omitempty" maxItems:"100" doc:"keys; omitted: all of the profile that have a place and a limit"`
	CoverageSettings
}

// CoverageAskArea says which buildings a run looks at.
type CoverageAskArea struct {
	Kind     string   `json:"kind,omitempty" enum:"district,subdistrict,neighborhood,zone,polygon" default:"district"`
	Code     string   `json:"code,omitempty" maxLength:"200" doc:"of the subdistrict, neighborhood or zone"`
	Geometry Geometry `json:"geometry,omitempty" doc:"Polygon or MultiPolygon, for the kind polygon"`
}

func (a CoverageSettings) decode() (coverage.Settings, error) {
	s := coverage.Settings{
		Method: a.Method, Limit: a.Limit, Walker: a.Walker, StepFree: a.StepFree, Profile: a.Profile, Scenario: a.Scenario,
		UnitsPerHouse: a.UnitsPerHouse, Area: coverage.Area{Kind: a.Area.Kind, Code: a.Area.Code},
	}
	if a.Area.Kind == coverage.AreaPolygon {
		shape, err := a.Area.Geometry.decodeArea("body.area.geometry")
		if err != nil {
			return s, err
		}
		s.Area.Geometry = geojson.NewGeometry(shape)
	}
	return s, nil
}

type runList struct {
	Items []coverage.Run `json:"items" doc:"newest first"`
}

type coveredCommunities struct {
	Items []coverage.CommunityCoverage `json:"items"`
}

type coveredParts struct {
	Items []coverage.PartCoverage `json:"items" doc:"the most uncovered households first"`
}

type coveredBuildings struct {
	Items  []coverage.BuildingCoverage `json:"items" doc:"the most households first"`
	Total  int64                       `json:"total"`
	Cursor string                      `json:"cursor" doc:"for the next page; \"\": this is the last"`
}

type isochroneList struct {
	Items []coverage.Isochrone `json:"items" doc:"the nearest limit first"`
}

// OneRun is embedded in requests about a coverage run.
type OneRun struct {
	InDistrict
	ID uuid.UUID `path:"id" format:"uuid"`
}

const (
	coverageRuns = "/districts/{district}/coverage/runs"
	coverageRun  = coverageRuns + "/{id}"
)

func (s *Server) coverageRoutes() {
	s.runRoutes()
	s.runDetailRoutes()
	s.batchRoutes()
	s.trialRoutes()
	s.serviceRoutes()
}

func (s *Server) runRoutes() {
	add(s, route{
		method: http.MethodGet, path: coverageRuns, id: "listCoverageRuns", tag: "coverage",
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
		method: http.MethodPost, path: coverageRuns, id: "createCoverageRun", tag: "coverage",
		summary: "Compute which buildings a type of facility covers", needs: account.RunCoverage, at: ownPart, status: http.StatusCreated,
		within: computeWithin,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body CoverageAsk
	}) (*struct {
		Location string `header:"Location"`
		Body     coverage.Run
	}, error,
	) {
		settings, err := in.Body.decode()
		if err != nil {
			return nil, err
		}
		run, err := s.Coverage.Run(ctx, scopeOf(ctx), in.District, coverage.Request{FacilityType: in.Body.FacilityType, Settings: settings})
		return &struct {
			Location string `header:"Location"`
			Body     coverage.Run
		}{location("/districts/%s/coverage/runs/%s", in.District, run.ID), run}, err
	})

	add(s, route{
		method: http.MethodGet, path: coverageRun, id: "getCoverageRun", tag: "coverage",
		summary: "A coverage run", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneRun) (*struct{ Body coverage.Run }, error) {
		run, err := s.Coverage.Get(ctx, scopeOf(ctx), in.District, in.ID)
		return &struct{ Body coverage.Run }{run}, err
	})

	add(s, route{
		method: http.MethodGet, path: coverageRun + "/communities", id: "listCoverageCommunities", tag: "coverage",
		summary: "A run's answer for every community in its area", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneRun) (*struct{ Body coveredCommunities }, error) {
		items, err := s.Coverage.Communities(ctx, scopeOf(ctx), in.District, in.ID)
		return &struct{ Body coveredCommunities }{coveredCommunities{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: coverageRun + "/parts", id: "listCoverageParts", tag: "coverage",
		summary: "A run's answer for every zone, neighborhood or subdistrict in its area", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneRun
		By string `query:"by" enum:"zone,neighborhood,subdistrict" required:"true"`
	},
	) (*struct{ Body coveredParts }, error) {
		items, err := s.Coverage.Parts(ctx, scopeOf(ctx), in.District, in.ID, in.By)
		return &struct{ Body coveredParts }{coveredParts{items}}, err
	})
}

func (s *Server) runDetailRoutes() {
	add(s, route{
		method: http.MethodGet, path: coverageRun + "/buildings", id: "listCoverageBuildings", tag: "coverage",
		summary: "A run's answer for every building, page by page", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneRun
		Status []string `query:"status" maxItems:"5" doc:"covered, spared, uncovered, cut_off, unreached; omitted: all"`
		Limit  int      `query:"limit" minimum:"1" maximum:"5000" default:"100"`
		Cursor string   `query:"cursor" maxLength:"200"`
	},
	) (*struct{ Body coveredBuildings }, error) {
		page, err := s.Coverage.Buildings(ctx, scopeOf(ctx), in.District, in.ID, coverage.BuildingFilter{Status: in.Status, Limit: in.Limit, Cursor: in.Cursor})
		return &struct{ Body coveredBuildings }{coveredBuildings{page.Items, page.Total, page.Cursor}}, err
	})

	add(s, route{
		method: http.MethodGet, path: coverageRun + "/buildings/{code}", id: "proveCoverageBuilding", tag: "coverage",
		summary: "The walk that a building's answer rests on", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneRun
		Code string `path:"code" maxLength:"200"`
	},
	) (*struct{ Body coverage.Proof }, error) {
		proof, err := s.Coverage.Prove(ctx, scopeOf(ctx), in.District, in.ID, in.Code)
		return &struct{ Body coverage.Proof }{proof}, err
	})

	add(s, route{
		method: http.MethodGet, path: coverageRun + "/gaps", id: "listCoverageGaps", tag: "coverage",
		summary: "Patches of uncovered homes, the largest first", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneRun
		NearM float64 `query:"near_m" minimum:"10" maximum:"1000" default:"100" doc:"homes nearer than this to each other are one gap"`
	},
	) (*struct{ Body coverage.Gaps }, error) {
		gaps, err := s.Coverage.Gaps(ctx, scopeOf(ctx), in.District, in.ID, in.NearM)
		return &struct{ Body coverage.Gaps }{gaps}, err
	})

	add(s, route{
		method: http.MethodGet, path: coverageRun + "/isochrones", id: "listCoverageIsochrones", tag: "coverage",
		summary: "The ground from which a facility, or any, is reached", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneRun
		Facility string    `query:"facility" maxLength:"200" doc:"code; omitted: any of the run's"`
		Limits   []float64 `query:"limits" maxItems:"6" doc:"in the unit of the run's limit; omitted: the limit"`
	},
	) (*struct{ Body isochroneList }, error) {
		items, err := s.Coverage.Isochrones(ctx, scopeOf(ctx), in.District, in.ID, in.Facility, in.Limits)
		return &struct{ Body isochroneList }{isochroneList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: coverageRun + "/compare/{other}", id: "compareCoverageRuns", tag: "coverage",
		summary: "What is different from an earlier run", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneRun
		Other uuid.UUID `path:"other" format:"uuid" doc:"the earlier run"`
	},
	) (*struct{ Body coverage.Comparison }, error) {
		c, err := s.Coverage.Compare(ctx, scopeOf(ctx), in.District, in.Other, in.ID)
		return &struct{ Body coverage.Comparison }{c}, err
	})
}
