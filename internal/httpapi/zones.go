package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/zone"
)

// ZoneDraft is what a person says about a zone when saving it. What is optional
// and left out stays as it is, or is what a new zone has.
type ZoneDraft struct {
	Name        string    `json:"name" minLength:"1" maxLength:"200"`
	Note        string    `json:"note,omitempty" maxLength:"5000"`
	Geometry    Geometry  `json:"geometry,omitempty" doc:"Polygon or MultiPolygon; omitted: the boundary is made from the communities"`
	Scenario    string    `json:"scenario,omitempty" maxLength:"100" doc:"code; omitted: the main scenario. A saved zone stays in its own"`
	Membership  string    `json:"membership,omitempty" enum:"within,majority,touched,by_hand" doc:"which communities belong to it"`
	Communities *[]string `json:"communities,omitempty" maxItems:"20000" doc:"codes; the membership is by_hand then"`
}

func (d ZoneDraft) decode() (zone.Draft, error) {
	draft := zone.Draft{Name: d.Name, Note: d.Note, Scenario: d.Scenario, Membership: d.Membership}
	if d.Communities != nil {
		draft.Communities = append([]string{}, *d.Communities...)
	}
	if len(draft.Communities) > 0 && !d.Geometry.given() {
		return draft, nil
	}
	shape, err := d.Geometry.decodeArea("body.geometry")
	draft.Geometry = shape
	return draft, err
}

// ZoneMeasurementAsk is a boundary that is being drawn, communities that are
// being chosen, or both.
type ZoneMeasurementAsk struct {
	Geometry    Geometry  `json:"geometry,omitempty" doc:"Polygon or MultiPolygon"`
	Communities *[]string `json:"communities,omitempty" maxItems:"20000" doc:"codes; otherwise the membership finds them in the geometry"`
	Scenario    string    `json:"scenario,omitempty" maxLength:"100" doc:"code of the scenario whose rules say what is contiguous; omitted: the main one"`
	Membership  string    `json:"membership,omitempty" enum:"within,majority,touched,by_hand" doc:"omitted: majority"`
}

func (a ZoneMeasurementAsk) decode() (zone.Question, error) {
	q := zone.Question{Scenario: a.Scenario, Membership: a.Membership}
	if a.Communities != nil {
		q.Communities = append([]string{}, *a.Communities...)
	}
	if q.Communities != nil && !a.Geometry.given() {
		return q, nil
	}
	shape, err := a.Geometry.decodeArea("body.geometry")
	q.Shape = shape
	return q, err
}

type zoneList struct {
	Items []zone.Zone `json:"items"`
}

type zoneCommunityList struct {
	Items []zone.Community `json:"items"`
}

type zoneHistory struct {
	Items []zone.HistoryEntry `json:"items" doc:"newest first"`
}

type zoneMade struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     zone.Zone
}

type zoneOut struct {
	ETag string `header:"ETag"`
	Body zone.Zone
}

func (s *Server) zoneRoutes() {
	s.scenarioRoutes()
	s.zoneEditRoutes()
	const list, one = "/districts/{district}/zones", "/districts/{district}/zones/{code}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listZones", tag: "zones",
		summary: "Renewal zones with their totals, by name", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Scenario string `query:"scenario" maxLength:"100" doc:"code; omitted: the main scenario"`
	},
	) (*struct{ Body zoneList }, error) {
		items, err := s.Zones.List(ctx, scopeOf(ctx), in.District, in.Scenario)
		return &struct{ Body zoneList }{zoneList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createZone", tag: "zones",
		summary: "Save a new zone", needs: account.DrawZone, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body ZoneDraft
	},
	) (*zoneMade, error) {
		draft, err := in.Body.decode()
		if err != nil {
			return nil, err
		}
		z, err := s.Zones.Create(ctx, scopeOf(ctx), in.District, draft)
		if err != nil {
			return nil, err
		}
		return &zoneMade{etag(z.Version), location("/districts/%s/zones/%s", in.District, z.Code), z}, nil
	})

	add(s, route{
		method: http.MethodPost, path: list + "/measure", id: "measureZone", tag: "zones",
		summary: "Totals of a boundary that is being drawn; nothing is saved", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body ZoneMeasurementAsk
	},
	) (*struct{ Body zone.Measurement }, error) {
		question, err := in.Body.decode()
		if err != nil {
			return nil, err
		}
		m, err := s.Zones.Measure(ctx, scopeOf(ctx), in.District, question)
		return &struct{ Body zone.Measurement }{m}, err
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getZone", tag: "zones",
		summary: "A zone", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*zoneOut, error) {
		z, err := s.Zones.Get(ctx, scopeOf(ctx), in.District, in.Code)
		return &zoneOut{etag(z.Version), z}, err
	})

	add(s, route{
		method: http.MethodPut, path: one, id: "updateZone", tag: "zones",
		summary: "Save a changed zone", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body ZoneDraft
	},
	) (*zoneOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		draft, err := in.Body.decode()
		if err != nil {
			return nil, err
		}
		z, err := s.Zones.Update(ctx, scopeOf(ctx), in.District, in.Code, version, draft)
		return &zoneOut{etag(z.Version), z}, s.orStaleZone(ctx, in.OneOf, err)
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "deleteZone", tag: "zones",
		summary: "Remove a zone", needs: account.DrawZone, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		err = s.Zones.Delete(ctx, scopeOf(ctx), in.District, in.Code, version)
		return nil, s.orStaleZone(ctx, in.OneOf, err)
	})

	add(s, route{
		method: http.MethodGet, path: one + "/communities", id: "listZoneCommunities", tag: "zones",
		summary: "The communities of a zone", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body zoneCommunityList }, error) {
		items, err := s.Zones.Communities(ctx, scopeOf(ctx), in.District, in.Code)
		return &struct{ Body zoneCommunityList }{zoneCommunityList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: one + "/history", id: "listZoneHistory", tag: "zones",
		summary: "What was done to a zone, by whom", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body zoneHistory }, error) {
		items, err := s.Zones.History(ctx, scopeOf(ctx), in.District, in.Code)
		return &struct{ Body zoneHistory }{zoneHistory{items}}, err
	})
}

func (s *Server) orStaleZone(ctx context.Context, of OneOf, err error) error {
	if err == nil {
		return nil
	}
	return orStale(err, func() (zone.Zone, error) { return s.Zones.Get(ctx, scopeOf(ctx), of.District, of.Code) })
}
