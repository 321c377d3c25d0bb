package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/proposal"
	"github.com/lianpian/lianpian/internal/zone"
)

// OneProposal is embedded in requests about a proposal.
type OneProposal struct {
	InDistrict
	ID uuid.UUID `path:"id" format:"uuid"`
}

// ProposalAcceptance says which zones of a proposal become zones, and where.
type ProposalAcceptance struct {
	Scenario    string `json:"scenario,omitempty" maxLength:"100" doc:"code of the scenario that takes them; omitted: the one asked about"`
	NewScenario string `json:"new_scenario,omitempty" maxLength:"200" doc:"name of a copy of the scenario asked about, which takes them instead"`
	Zones       []int  `json:"zones,omitempty" maxItems:"5000" doc:"indexes of the zones; omitted: all"`
}

type proposalList struct {
	Items []proposal.Proposal `json:"items" doc:"newest first, without the communities of their zones"`
}

type explanationList struct {
	Items []proposal.Explanation `json:"items" doc:"by code"`
}

func (s *Server) proposalRoutes() {
	const list, one = "/districts/{district}/proposals", "/districts/{district}/proposals/{id}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listProposals", tag: "proposals",
		summary: "Proposals of zones, newest first", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Limit int `query:"limit" minimum:"1" maximum:"100" default:"20"`
	},
	) (*struct{ Body proposalList }, error) {
		items, err := s.Proposals.List(ctx, scopeOf(ctx), in.District, in.Limit)
		return &struct{ Body proposalList }{proposalList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createProposal", tag: "proposals",
		summary: "Have contiguous zones proposed", needs: account.DrawZone, at: ownPart, status: http.StatusAccepted,
	}, s.propose)

	add(s, route{
		method: http.MethodGet, path: one, id: "getProposal", tag: "proposals",
		summary: "A proposal with its best answer so far", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneProposal) (*struct{ Body proposal.Proposal }, error) {
		p, err := s.Proposals.Get(ctx, scopeOf(ctx), in.District, in.ID)
		return &struct{ Body proposal.Proposal }{p}, err
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "cancelProposal", tag: "proposals",
		summary: "Stop looking for better answers; the best so far stays", needs: account.DrawZone, at: ownPart,
	}, s.stopProposal)

	add(s, route{
		method: http.MethodGet, path: one + "/explanations", id: "listExplanations", tag: "proposals",
		summary: "Why each community is in its zone, or in none", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneProposal
		Community string `query:"community" maxLength:"200" doc:"code; omitted: all"`
	},
	) (*struct{ Body explanationList }, error) {
		items, err := s.Proposals.Explanations(ctx, scopeOf(ctx), in.District, in.ID, in.Community)
		return &struct{ Body explanationList }{explanationList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: one + "/accept", id: "acceptProposal", tag: "proposals",
		summary: "Make zones of an answer", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneProposal
		Body ProposalAcceptance
	},
	) (*struct{ Body zone.Edit }, error) {
		edit, err := s.Proposals.Accept(ctx, scopeOf(ctx), in.District, in.ID, proposal.Acceptance{
			Scenario: in.Body.Scenario, NewScenario: in.Body.NewScenario, Zones: in.Body.Zones,
		})
		return &struct{ Body zone.Edit }{edit}, s.zoneProblem(ctx, in.District, err)
	})
}

// proposed is a proposal that is being worked on.
type proposed struct {
	Location string `header:"Location"`
	Body     proposal.Proposal
}

func (s *Server) propose(ctx context.Context, in *struct {
	InDistrict
	Body proposal.Request
},
) (*proposed, error) {
	p, err := s.Proposals.Ask(ctx, scopeOf(ctx), in.District, in.Body, func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (uuid.UUID, error) {
		return s.Jobs.EnqueueIn(ctx, tx, proposal.Work(in.District, id, account.Name(ctx)))
	})
	if err != nil {
		return nil, err
	}
	return &proposed{location("/districts/%s/proposals/%s", in.District, p.ID), p}, nil
}

func (s *Server) stopProposal(ctx context.Context, in *OneProposal) (*struct{ Body proposal.Proposal }, error) {
	p, err := s.Proposals.Get(ctx, scopeOf(ctx), in.District, in.ID)
	if err != nil {
		return nil, err
	}
	if id := p.Job(); id != nil {
		if _, err := s.Jobs.Cancel(ctx, *id); err != nil {
			return nil, err
		}
	}
	err = s.Accounts.Note(ctx, account.Entry{
		Action: "proposal.cancel", Entity: "proposal", Code: p.ID.String(), District: in.District,
		Before: map[string]any{"state": p.State},
	})
	if err != nil {
		return nil, err
	}
	p, err = s.Proposals.Get(ctx, scopeOf(ctx), in.District, in.ID)
	return &struct{ Body proposal.Proposal }{p}, err
}
