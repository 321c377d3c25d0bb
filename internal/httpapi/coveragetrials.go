package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// TrialChanges are what is different in a trial, all together.
type TrialChanges struct {
	Changes []coverage.Change `json:"changes" maxItems:"200"`
}

// OneTrial is embedded in requests about a trial.
type OneTrial struct {
	InDistrict
	Trial uuid.UUID `path:"trial" format:"uuid"`
}

func (s *Server) trialRoutes() {
	const one = "/districts/{district}/coverage/trials/{trial}"

	add(s, route{
		method: http.MethodPost, path: coverageRun + "/trials", id: "beginCoverageTrial", tag: "coverage",
		summary: "Begin a what-if on a run; nothing is stored", needs: account.RunCoverage, at: ownPart, status: http.StatusCreated,
		within: computeWithin,
	}, func(ctx context.Context, in *OneRun) (*struct{ Body coverage.Trial }, error) {
		t, err := s.Coverage.BeginTrial(ctx, scopeOf(ctx), in.District, in.ID)
		return &struct{ Body coverage.Trial }{t}, err
	})

	add(s, route{
		method: http.MethodPost, path: one + "/changes", id: "tryCoverageChanges", tag: "coverage",
		summary: "What changes would make of the coverage", needs: account.RunCoverage, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneTrial
		Body TrialChanges
	},
	) (*struct{ Body coverage.TrialAnswer }, error) {
		a, err := s.Coverage.Try(ctx, scopeOf(ctx), in.District, in.Trial, in.Body.Changes)
		return &struct{ Body coverage.TrialAnswer }{a}, err
	})

	add(s, route{
		method: http.MethodPost, path: one + "/paths", id: "rankCoveragePaths", tag: "coverage",
		summary: "What drawn paths gain, each by itself and all together", needs: account.RunCoverage, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneTrial
		Body TrialChanges
	},
	) (*struct{ Body coverage.PathGains }, error) {
		g, err := s.Coverage.RankPaths(ctx, scopeOf(ctx), in.District, in.Trial, in.Body.Changes)
		return &struct{ Body coverage.PathGains }{g}, err
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "endCoverageTrial", tag: "coverage",
		summary: "End a what-if", needs: account.RunCoverage, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *OneTrial) (*struct{}, error) {
		return nil, s.Coverage.EndTrial(ctx, scopeOf(ctx), in.District, in.Trial)
	})
}
