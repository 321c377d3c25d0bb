package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/phase"
)

type phasingOut struct {
	ETag string `header:"ETag"`
	Body phase.Stored
}

type planOut struct{ Body phase.Plan }

// ScheduleAsk asks for years for the zones of a scenario.
type ScheduleAsk struct {
	Settings *phase.Settings   `json:"settings,omitempty" doc:"omitted: the scenario's own"`
	Zones    []phase.Placement `json:"zones,omitempty" maxItems:"5000" doc:"zones that are to be locked or unlocked for this"`
	Seed     uint64            `json:"seed,omitempty"`
}

// ScheduleTrial is a placing by hand whose consequences are asked for.
type ScheduleTrial struct {
	Settings *phase.Settings   `json:"settings,omitempty" doc:"omitted: the scenario's own"`
	Zones    []phase.Placement `json:"zones" maxItems:"5000" doc:"zones that are not named keep their years"`
}

func (s *Server) phaseRoutes() {
	const one = "/districts/{district}/scenarios/{code}"

	add(s, route{
		method: http.MethodGet, path: one + "/phasing", id: "getPhasing", tag: "phases",
		summary: "Years, budgets and targets that a scenario's phasing is planned by", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneOf
		First int `query:"first" minimum:"0" maximum:"2200" doc:"suggest from the district's policy, from this year on"`
	},
	) (*phasingOut, error) {
		stored, err := s.Phases.Settings(ctx, scopeOf(ctx), in.District, in.Code, in.First)
		return &phasingOut{etag(stored.Version), stored}, err
	})

	add(s, route{
		method: http.MethodPut, path: one + "/phasing", id: "savePhasing", tag: "phases",
		summary: "Save what a phasing is planned by", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body phase.Settings
	},
	) (*phasingOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		stored, err := s.Phases.Save(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body)
		return &phasingOut{etag(stored.Version), stored}, orStale(err, func() (phase.Stored, error) {
			return s.Phases.Settings(ctx, scopeOf(ctx), in.District, in.Code, 0)
		})
	})

	add(s, route{
		method: http.MethodGet, path: one + "/schedule", id: "getSchedule", tag: "phases",
		summary: "The years that a scenario's zones have now, and what they break", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*planOut, error) {
		plan, err := s.Phases.Current(ctx, scopeOf(ctx), in.District, in.Code)
		return &planOut{plan}, err
	})

	add(s, route{
		method: http.MethodPost, path: one + "/schedule", id: "proposeSchedule", tag: "phases",
		summary: "Put the zones into years; nothing is saved", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body ScheduleAsk
	},
	) (*planOut, error) {
		plan, err := s.Phases.Propose(ctx, scopeOf(ctx), in.District, in.Code, in.Body.Settings, in.Body.Zones, in.Body.Seed)
		return &planOut{plan}, err
	})

	add(s, route{
		method: http.MethodPost, path: one + "/schedule/judge", id: "judgeSchedule", tag: "phases",
		summary: "What a placing by hand breaks; nothing is saved", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body ScheduleTrial
	},
	) (*planOut, error) {
		plan, err := s.Phases.Judge(ctx, scopeOf(ctx), in.District, in.Code, in.Body.Settings, in.Body.Zones)
		return &planOut{plan}, err
	})
}
