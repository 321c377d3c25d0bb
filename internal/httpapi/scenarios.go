package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/zone"
)

// ScenarioDraft is what a person says about a new scenario.
type ScenarioDraft struct {
	Name   string `json:"name" minLength:"1" maxLength:"200"`
	Note   string `json:"note,omitempty" maxLength:"5000"`
	CopyOf string `json:"copy_of,omitempty" maxLength:"100" doc:"code of the scenario whose zones and rules it begins with; omitted: it begins empty"`
}

// ScenarioPatch is what changes of a scenario; what is left out stays.
type ScenarioPatch struct {
	Name  *string     `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Note  *string     `json:"note,omitempty" maxLength:"5000"`
	Rules *zone.Rules `json:"rules,omitempty"`
	Main  *bool       `json:"main,omitempty" doc:"true: who names no scenario means this one from now on"`
}

// RevisionNumber names a revision.
type RevisionNumber struct {
	Revision int `json:"revision" minimum:"1"`
}

type scenarioList struct {
	Items []zone.Scenario `json:"items" doc:"the main one first"`
}

type revisionList struct {
	Items []zone.Revision `json:"items" doc:"newest first"`
}

type scenarioOut struct {
	ETag string `header:"ETag"`
	Body zone.Scenario
}

type scenarioMade struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     zone.Scenario
}

type editOut struct{ Body zone.Edit }

func (s *Server) scenarioRoutes() {
	const list, one = "/districts/{district}/scenarios", "/districts/{district}/scenarios/{code}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listScenarios", tag: "scenarios",
		summary: "Scenarios with the totals of their zones", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body scenarioList }, error) {
		items, err := s.Zones.Scenarios(ctx, scopeOf(ctx), in.District)
		return &struct{ Body scenarioList }{scenarioList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createScenario", tag: "scenarios",
		summary: "Begin a scenario, empty or as a copy", needs: account.DrawZone, at: district, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body ScenarioDraft
	},
	) (*scenarioMade, error) {
		sc, err := s.Zones.CreateScenario(ctx, scopeOf(ctx), in.District, zone.ScenarioDraft(in.Body))
		if err != nil {
			return nil, s.zoneProblem(ctx, in.District, err)
		}
		return &scenarioMade{etag(sc.Version), location("/districts/%s/scenarios/%s", in.District, sc.Code), sc}, nil
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getScenario", tag: "scenarios",
		summary: "A scenario", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*scenarioOut, error) {
		sc, err := s.Zones.Scenario(ctx, scopeOf(ctx), in.District, in.Code)
		return &scenarioOut{etag(sc.Version), sc}, err
	})

	add(s, route{
		method: http.MethodPatch, path: one, id: "updateScenario", tag: "scenarios",
		summary: "Rename a scenario, change its rules, or make it the main one", needs: account.DrawZone, at: district,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body ScenarioPatch
	},
	) (*scenarioOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		sc, err := s.Zones.UpdateScenario(ctx, scopeOf(ctx), in.District, in.Code, version, zone.ScenarioPatch(in.Body))
		return &scenarioOut{etag(sc.Version), sc}, s.orStaleScenario(ctx, in.OneOf, err)
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "deleteScenario", tag: "scenarios",
		summary: "Remove a scenario with its zones", needs: account.DrawZone, at: district, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		err = s.Zones.DeleteScenario(ctx, scopeOf(ctx), in.District, in.Code, version)
		return nil, s.orStaleScenario(ctx, in.OneOf, err)
	})

	add(s, route{
		method: http.MethodGet, path: one + "/revisions", id: "listRevisions", tag: "scenarios",
		summary: "What was done to the zones of a scenario, by whom", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneOf
		Before int `query:"before" minimum:"0" doc:"older than this revision; 0: the newest"`
		Limit  int `query:"limit" minimum:"1" maximum:"500" default:"100"`
	},
	) (*struct{ Body revisionList }, error) {
		items, err := s.Zones.Revisions(ctx, scopeOf(ctx), in.District, in.Code, in.Before, in.Limit)
		return &struct{ Body revisionList }{revisionList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: one + "/zones", id: "listScenarioZones", tag: "scenarios",
		summary: "The zones of a scenario as they were at a revision, with today's figures", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneOf
		Revision int `query:"revision" minimum:"0" doc:"0: as they are now"`
	},
	) (*struct{ Body zoneList }, error) {
		if in.Revision == 0 {
			items, err := s.Zones.List(ctx, scopeOf(ctx), in.District, in.Code)
			return &struct{ Body zoneList }{zoneList{items}}, err
		}
		items, err := s.Zones.ZonesAt(ctx, scopeOf(ctx), in.District, in.Code, in.Revision)
		return &struct{ Body zoneList }{zoneList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: one + "/compare", id: "compareScenarios", tag: "scenarios",
		summary: "What two scenarios, or two revisions of one, have different", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		OneOf
		With         string `query:"with" required:"true" maxLength:"100" doc:"code of the other scenario, or of the same"`
		Revision     int    `query:"revision" minimum:"0" doc:"0: as it is now"`
		WithRevision int    `query:"with_revision" minimum:"0" doc:"0: as it is now"`
	},
	) (*struct{ Body zone.Comparison }, error) {
		c, err := s.Zones.Compare(ctx, scopeOf(ctx), in.District,
			zone.At{Scenario: in.Code, Revision: in.Revision}, zone.At{Scenario: in.With, Revision: in.WithRevision})
		return &struct{ Body zone.Comparison }{c}, err
	})

	s.scenarioEditRoutes(one)
}

// scenarioEditRoutes write many zones of a scenario at once.
func (s *Server) scenarioEditRoutes(one string) {
	add(s, route{
		method: http.MethodPost, path: one + "/undo", id: "undoRevision", tag: "scenarios",
		summary: "Take a revision back; undoing that again is redo", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body RevisionNumber
	},
	) (*editOut, error) {
		edit, err := s.Zones.Undo(ctx, scopeOf(ctx), in.District, in.Code, in.Body.Revision)
		return &editOut{edit}, s.zoneProblem(ctx, in.District, err)
	})

	add(s, route{
		method: http.MethodPost, path: one + "/restore", id: "restoreRevision", tag: "scenarios",
		summary: "Make the zones what they were at a revision", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body RevisionNumber
	},
	) (*editOut, error) {
		edit, err := s.Zones.Restore(ctx, scopeOf(ctx), in.District, in.Code, in.Body.Revision)
		return &editOut{edit}, s.zoneProblem(ctx, in.District, err)
	})

	add(s, route{
		method: http.MethodPatch, path: one + "/years", id: "setYears", tag: "scenarios",
		summary: "Say in which years zones are done", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body struct {
			Revision int         `json:"revision" minimum:"1" doc:"of the scenario, that the person saw"`
			Zones    []zone.Year `json:"zones" minItems:"1" maxItems:"5000"`
		} `nameHint:"YearsPatch"`
	},
	) (*editOut, error) {
		edit, err := s.Zones.SetYears(ctx, scopeOf(ctx), in.District, in.Code, in.Body.Revision, in.Body.Zones)
		return &editOut{edit}, s.zoneProblem(ctx, in.District, err)
	})

	add(s, route{
		method: http.MethodPost, path: one + "/take", id: "takeZones", tag: "scenarios",
		summary: "Copy zones of another scenario in; the zones that hold their communities here give them up", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body struct {
			From  string   `json:"from" minLength:"1" maxLength:"100" doc:"code of the other scenario"`
			Zones []string `json:"zones" minItems:"1" maxItems:"5000" doc:"codes of its zones"`
		} `nameHint:"ScenarioTake"`
	},
	) (*editOut, error) {
		edit, err := s.Zones.Take(ctx, scopeOf(ctx), in.District, in.Code, in.Body.From, in.Body.Zones)
		return &editOut{edit}, s.zoneProblem(ctx, in.District, err)
	})
}

// zoneProblem says of what the zones refuse: which zone changed, as it is now;
// where zones would overlap; which zones stand in the way of an undo.
func (s *Server) zoneProblem(ctx context.Context, district string, err error) error {
	var lost *zone.VersionError
	var topology *zone.TopologyError
	var since *zone.ChangedSinceError
	var nameTaken *zone.ScenarioNameTakenError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &lost):
		return s.orStaleZone(ctx, OneOf{InDistrict: InDistrict{district}, Code: lost.Code}, err)
	case errors.As(err, &topology):
		p := newProblem(http.StatusConflict, "topology", topology.Detail,
			fmt.Sprintf("Zones would overlap or come apart by %.2f m² at %.6f, %.6f.", topology.AreaM2, topology.At[0], topology.At[1]))
		p.Errors = []ProblemPart{{
			Location: "body.line", Message: topology.Detail, english: p.english,
			Value: map[string]any{"at": topology.At, "area_m2": topology.AreaM2, "zones": topology.Zones},
		}}
		return p
	case errors.As(err, &since):
		p := newProblem(http.StatusConflict, "changed-since", since.Error(), "Zones have changed since; their latest changes have to be taken back first.")
		for i, name := range since.Zones {
			p.Errors = append(p.Errors, ProblemPart{Location: "body.revision", Message: name, english: name, Value: since.Codes[i]})
		}
		return p
	case errors.As(err, &nameTaken):
		return newProblem(http.StatusConflict, kindConflict, nameTaken.Error(), "The district has a scenario of this name already.").
			with("body.name", nameTaken.Error(), nameTaken.Name)
	case errors.Is(err, zone.ErrMainScenario):
		return newProblem(http.StatusConflict, kindConflict, "现行方案不能删除，请先将另一个方案设为现行方案", "The main scenario cannot be deleted; make another one the main one first.")
	}
	return err
}

func (s *Server) orStaleScenario(ctx context.Context, of OneOf, err error) error {
	if err = s.zoneProblem(ctx, of.District, err); err == nil {
		return nil
	}
	return orStale(err, func() (zone.Scenario, error) { return s.Zones.Scenario(ctx, scopeOf(ctx), of.District, of.Code) })
}
