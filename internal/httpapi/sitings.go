package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/site"
)

// OneSiting is embedded in requests about a siting.
type OneSiting struct {
	InDistrict
	Siting uuid.UUID `path:"siting" format:"uuid"`
}

// InScenario is embedded in requests about what belongs to a scenario.
type InScenario struct {
	InDistrict
	Scenario string `path:"code" maxLength:"100" doc:"code of the scenario"`
}

type sitingList struct {
	Items []site.Siting `json:"items" doc:"newest first"`
}

type proposedList struct {
	Items []site.Proposed `json:"items" doc:"by facility type and name"`
}

func (s *Server) sitingRoutes() {
	const list, one = "/districts/{district}/sitings", "/districts/{district}/sitings/{siting}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listSitings", tag: "sites",
		summary: "Questions for new sites, newest first", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Limit int `query:"limit" minimum:"1" maximum:"100" default:"20"`
	},
	) (*struct{ Body sitingList }, error) {
		items, err := s.Sites.List(ctx, scopeOf(ctx), in.District, in.Limit)
		return &struct{ Body sitingList }{sitingList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createSiting", tag: "sites",
		summary: "Have the best new sites found", needs: account.RunCoverage, at: ownPart, status: http.StatusAccepted,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body site.Request
	}) (*struct {
		Location string `header:"Location"`
		Body     site.Siting
	}, error,
	) {
		q, err := s.Sites.Ask(ctx, scopeOf(ctx), in.District, in.Body, func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (uuid.UUID, error) {
			facility, _ := s.Policies.FacilityType(in.Body.FacilityType)
			return s.Jobs.EnqueueIn(ctx, tx, job.Request{
				District: in.District, Kind: site.JobKind, Title: "选址：" + facility.Name, CreatedBy: account.Name(ctx),
				Args: site.JobArgs{Siting: id, District: in.District, Subdistricts: scopeOf(ctx).Subdistricts},
			})
		})
		if err != nil {
			return nil, err
		}
		return &struct {
			Location string `header:"Location"`
			Body     site.Siting
		}{location("/districts/%s/sitings/%s", in.District, q.ID), q}, nil
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getSiting", tag: "sites",
		summary: "A question for new sites with its answer", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneSiting) (*struct{ Body site.Siting }, error) {
		q, err := s.Sites.Get(ctx, scopeOf(ctx), in.District, in.Siting)
		return &struct{ Body site.Siting }{q}, err
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "cancelSiting", tag: "sites",
		summary: "Stop looking for better sites; the best so far stays", needs: account.RunCoverage, at: ownPart,
	}, s.stopSiting)

	add(s, route{
		method: http.MethodPost, path: one + "/accept", id: "acceptSiting", tag: "sites",
		summary: "Make proposed facilities of the sites", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneSiting
		Body site.Acceptance
	},
	) (*struct{ Body proposedList }, error) {
		items, err := s.Sites.Accept(ctx, scopeOf(ctx), in.District, in.Siting, in.Body)
		return &struct{ Body proposedList }{proposedList{items}}, err
	})
	s.proposedRoutes()
}

func (s *Server) stopSiting(ctx context.Context, in *OneSiting) (*struct{ Body site.Siting }, error) {
	q, err := s.Sites.Get(ctx, scopeOf(ctx), in.District, in.Siting)
	if err != nil {
		return nil, err
	}
	if id := q.Job(); id != nil {
		if _, err := s.Jobs.Cancel(ctx, *id); err != nil {
			return nil, err
		}
	}
	err = s.Accounts.Note(ctx, account.Entry{
		Action: "siting.cancel", Entity: "siting", Code: q.ID.String(), District: in.District,
		Before: map[string]any{"state": q.State},
	})
	if err != nil {
		return nil, err
	}
	q, err = s.Sites.Get(ctx, scopeOf(ctx), in.District, in.Siting)
	return &struct{ Body site.Siting }{q}, err
}

func (s *Server) proposedRoutes() {
	const list, one = "/districts/{district}/scenarios/{code}/facilities", "/districts/{district}/scenarios/{code}/facilities/{facility}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listProposedFacilities", tag: "sites",
		summary: "The proposed facilities of a scenario", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InScenario) (*struct{ Body proposedList }, error) {
		items, err := s.Sites.Proposed(ctx, scopeOf(ctx), in.District, in.Scenario)
		return &struct{ Body proposedList }{proposedList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "proposeFacility", tag: "sites",
		summary: "Propose a facility in a scenario", needs: account.DrawZone, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InScenario
		Body site.NewProposed
	},
	) (*struct{ Body site.Proposed }, error) {
		p, err := s.Sites.Propose(ctx, scopeOf(ctx), in.District, in.Scenario, in.Body)
		return &struct{ Body site.Proposed }{p}, err
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "withdrawFacility", tag: "sites",
		summary: "Take a proposed facility back", needs: account.DrawZone, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		InScenario
		Seen
		Facility string `path:"facility" maxLength:"200"`
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		return nil, s.Sites.Withdraw(ctx, scopeOf(ctx), in.District, in.Scenario, in.Facility, version)
	})
}
