package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/zone"
)

// ZoneDraft is what a person says about a zone when saving it.
type ZoneDraft struct {
	Name     string   `json:"name" minLength:"1" maxLength:"200"`
	Note     string   `json:"note,omitempty" maxLength:"5000"`
	Geometry Geometry `json:"geometry" doc:"Polygon or MultiPolygon"`
}

func (d ZoneDraft) decode() (zone.Draft, error) {
	shape, err := d.Geometry.decodeArea("body.geometry")
	if err != nil {
		return zone.Draft{}, err
	}
	return zone.Draft{Name: d.Name, Note: d.Note, Geometry: shape}, nil
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
	const list, one = "/districts/{district}/zones", "/districts/{district}/zones/{code}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listZones", tag: "zones",
		summary: "Renewal zones with their totals, by name", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body zoneList }, error) {
		items, err := s.Zones.List(ctx, scopeOf(ctx), in.District)
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
		Body struct {
			Geometry Geometry `json:"geometry" doc:"Polygon or MultiPolygon"`
		} `nameHint:"ZoneMeasurement"`
	},
	) (*struct{ Body zone.Totals }, error) {
		shape, err := in.Body.Geometry.decodeArea("body.geometry")
		if err != nil {
			return nil, err
		}
		totals, err := s.Zones.Measure(ctx, scopeOf(ctx), in.District, shape)
		return &struct{ Body zone.Totals }{totals}, err
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
