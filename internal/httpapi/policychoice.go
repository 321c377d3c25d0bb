package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

type policyChoiceOut struct {
	ETag string `header:"ETag"`
	Body registry.PolicyChoice
}

// PolicySaved is what a decision about the plan has changed.
type PolicySaved struct {
	registry.PolicyChoice
	Rejudged int64 `json:"rejudged" doc:"communities whose verdict or proof changed"`
}

type policySavedOut struct {
	ETag string `header:"ETag"`
	Body PolicySaved
}

type readingsList struct {
	Items []registry.ParameterEffect `json:"items"`
}

type strayList struct {
	Items []program.Stray `json:"items"`
}

func (s *Server) policyChoiceRoutes() {
	const path = "/districts/{district}/policy"

	add(s, route{
		method: http.MethodGet, path: path, id: "getPolicyChoice", tag: "policies",
		summary: "The plan that a district follows and how it reads it", needs: account.ReadMap, at: district,
	}, func(ctx context.Context, in *InDistrict) (*policyChoiceOut, error) {
		c, err := s.Registry.PolicyChoice(ctx, scopeOf(ctx), in.District)
		return &policyChoiceOut{etag(c.Version), c}, err
	})

	add(s, route{
		method: http.MethodPut, path: path, id: "savePolicyChoice", tag: "policies",
		summary: "Follow a plan with readings; all communities are judged anew", needs: account.ChoosePolicy, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Seen
		Body registry.PolicyDraft
	},
	) (*policySavedOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		c, changed, err := s.Registry.SavePolicy(ctx, scopeOf(ctx), in.District, version, in.Body)
		return &policySavedOut{etag(c.Version), PolicySaved{c, changed}}, orStale(err, func() (registry.PolicyChoice, error) {
			return s.Registry.PolicyChoice(ctx, scopeOf(ctx), in.District)
		})
	})

	add(s, route{
		method: http.MethodPost, path: path + "/diff", id: "diffPolicy", tag: "policies",
		summary: "Which communities another plan or other readings would let in or out, and why; nothing is saved",
		needs:   account.SeeCounts, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body registry.PolicyDraft
	},
	) (*struct{ Body program.PolicyDiff }, error) {
		diff, err := s.Program.DiffPolicy(ctx, scopeOf(ctx), in.District, in.Body)
		return &struct{ Body program.PolicyDiff }{diff}, err
	})

	add(s, route{
		method: http.MethodGet, path: path + "/readings", id: "listReadings", tag: "policies",
		summary: "The readings of each parameter side by side: what each would make of the communities", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body readingsList }, error) {
		items, err := s.Registry.Readings(ctx, scopeOf(ctx), in.District)
		return &struct{ Body readingsList }{readingsList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: path + "/strays", id: "listStrays", tag: "policies",
		summary: "Communities of live projects that are out of the plan's scope or borderline", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body strayList }, error) {
		items, err := s.Program.Strays(ctx, scopeOf(ctx), in.District)
		return &struct{ Body strayList }{strayList{items}}, err
	})
}
