package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/walking"
)

// OneBatch is embedded in requests about a batch of runs.
type OneBatch struct {
	InDistrict
	Batch uuid.UUID `path:"batch" format:"uuid"`
}

// ServiceAsk is embedded in requests for what is within reach.
type ServiceAsk struct {
	Method   string `query:"method" enum:"radius,walk,walk_slope" default:"radius"`
	Walker   string `query:"walker" enum:"adult,elder,frail" default:"elder"`
	StepFree bool   `query:"step_free"`
	Profile  string `query:"profile" maxLength:"100" doc:"omitted: the district's"`
	Scenario string `query:"scenario" maxLength:"100" doc:"its proposed facilities count, too"`
}

func (a ServiceAsk) settings(kind, code string) coverage.Settings {
	return coverage.Settings{
		Method: a.Method, Walker: a.Walker, StepFree: a.StepFree, Profile: a.Profile, Scenario: a.Scenario,
		Area: coverage.Area{Kind: kind, Code: code},
	}
}

type batchList struct {
	Items []coverage.Batch `json:"items" doc:"newest first, without the runs"`
}

type elevationList struct {
	Items []registry.Elevation `json:"items"`
}

func (s *Server) batchRoutes() {
	const list, one = "/districts/{district}/coverage/batches", "/districts/{district}/coverage/batches/{batch}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listCoverageBatches", tag: "coverage",
		summary: "Scorecards, newest first", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Limit int `query:"limit" minimum:"1" maximum:"100" default:"20"`
	},
	) (*struct{ Body batchList }, error) {
		items, err := s.Coverage.Batches(ctx, scopeOf(ctx), in.District, in.Limit)
		return &struct{ Body batchList }{batchList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createCoverageBatch", tag: "coverage",
		summary: "Run all facility types of a profile", needs: account.RunCoverage, at: ownPart, status: http.StatusCreated,
		within: computeWithin,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body CoverageBatchAsk
	}) (*struct {
		Location string `header:"Location"`
		Body     coverage.Batch
	}, error,
	) {
		settings, err := in.Body.decode()
		if err != nil {
			return nil, err
		}
		batch, err := s.Coverage.RunBatch(ctx, scopeOf(ctx), in.District, coverage.BatchRequest{FacilityTypes: in.Body.FacilityTypes, Settings: settings})
		return &struct {
			Location string `header:"Location"`
			Body     coverage.Batch
		}{location("/districts/%s/coverage/batches/%s", in.District, batch.ID), batch}, err
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getCoverageScorecard", tag: "coverage",
		summary: "What every community has within reach, the worst first", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneBatch) (*struct{ Body coverage.Scorecard }, error) {
		card, err := s.Coverage.Scorecard(ctx, scopeOf(ctx), in.District, in.Batch)
		return &struct{ Body coverage.Scorecard }{card}, err
	})
}

func (s *Server) serviceRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/zones/{code}/services", id: "getZoneServices", tag: "coverage",
		summary: "Which services reach a zone", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Code string `path:"code" maxLength:"200"`
		ServiceAsk
	},
	) (*struct{ Body coverage.Services }, error) {
		services, err := s.Coverage.Services(ctx, scopeOf(ctx), in.District, in.settings(coverage.AreaZone, in.Code))
		return &struct{ Body coverage.Services }{services}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/communities/{code}/services", id: "getCommunityServices", tag: "coverage",
		summary: "Which services reach a community", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Code string `path:"code" maxLength:"200"`
		ServiceAsk
	},
	) (*struct{ Body coverage.Services }, error) {
		services, err := s.Coverage.Services(ctx, scopeOf(ctx), in.District, in.settings(coverage.AreaCommunity, in.Code))
		return &struct{ Body coverage.Services }{services}, err
	})

	const models = "/districts/{district}/elevations"
	add(s, route{
		method: http.MethodGet, path: models, id: "listElevations", tag: "coverage",
		summary: "Elevation models, the finest first", needs: account.ReadMap, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body elevationList }, error) {
		items, err := s.Registry.Elevations(ctx, scopeOf(ctx), in.District)
		return &struct{ Body elevationList }{elevationList{items}}, err
	})

	add(s, route{
		method: http.MethodDelete, path: models + "/{source}", id: "deleteElevation", tag: "coverage",
		summary: "Remove an elevation model", needs: account.ImportBase, at: district, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Source string `path:"source" maxLength:"300" doc:"source_ref of the model"`
	},
	) (*struct{}, error) {
		return nil, s.Registry.DeleteElevation(ctx, scopeOf(ctx), in.District, in.Source)
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/network", id: "getWalkingNetwork", tag: "coverage",
		summary: "The walking network as it stands", needs: account.ReadMap, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body walking.Status }, error) {
		snap, err := s.Walking.Snapshot(ctx, in.District)
		if err != nil {
			return nil, err
		}
		return &struct{ Body walking.Status }{snap.Status}, nil
	})
}
