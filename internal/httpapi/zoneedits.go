package httpapi

import (
	"context"
	"net/http"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/zone"
)

// decodeLine is decode for what has to be a LineString.
func (g Geometry) decodeLine(location string) (orb.LineString, error) {
	shape, err := g.decode(location)
	if err != nil {
		return nil, err
	}
	line, ok := shape.(orb.LineString)
	if !ok {
		return nil, invalid(location, "应为一条折线", nil)
	}
	return line, nil
}

// ZonePaint is communities put into a zone and taken out of it.
type ZonePaint struct {
	Add      []string `json:"add,omitempty" maxItems:"20000" doc:"codes of communities"`
	Remove   []string `json:"remove,omitempty" maxItems:"20000"`
	Boundary string   `json:"boundary,omitempty" enum:"derive,keep" default:"derive" doc:"make the boundary from the communities, or let it be"`
	Take     bool     `json:"take,omitempty" doc:"take the added ones out of the other zones of the scenario"`
}

// zoneEditRoutes are the tools of the map that the database does.
func (s *Server) zoneEditRoutes() {
	const list, one = "/districts/{district}/zones", "/districts/{district}/zones/{code}"

	add(s, route{
		method: http.MethodPost, path: one + "/paint", id: "paintZone", tag: "zones",
		summary: "Put communities into a zone and take others out", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body ZonePaint
	},
	) (*editOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		edit, err := s.Zones.Paint(ctx, scopeOf(ctx), in.District, zone.Seen{Code: in.Code, Version: version}, zone.Paint{
			Add: in.Body.Add, Remove: in.Body.Remove, Derive: in.Body.Boundary != "keep", Take: in.Body.Take,
		})
		return &editOut{edit}, s.zoneProblem(ctx, in.District, err)
	})

	add(s, route{
		method: http.MethodPost, path: one + "/split", id: "splitZone", tag: "zones",
		summary: "Cut a zone in two along a line", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body struct {
			Line Geometry `json:"line" doc:"LineString from side to side of the zone"`
			Name string   `json:"name,omitempty" maxLength:"200" doc:"of the new part; omitted: the zone's name with a number"`
		} `nameHint:"ZoneSplit"`
	},
	) (*editOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		line, err := in.Body.Line.decodeLine("body.line")
		if err != nil {
			return nil, err
		}
		edit, err := s.Zones.Split(ctx, scopeOf(ctx), in.District, zone.Seen{Code: in.Code, Version: version}, line, in.Body.Name)
		return &editOut{edit}, s.zoneProblem(ctx, in.District, err)
	})

	add(s, route{
		method: http.MethodPost, path: list + "/merge", id: "mergeZones", tag: "zones",
		summary: "Make one zone of several; the first one stays", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body struct {
			Zones []zone.Seen `json:"zones" minItems:"2" maxItems:"1000"`
			Name  string      `json:"name,omitempty" maxLength:"200" doc:"omitted: that of the first"`
			Note  *string     `json:"note,omitempty" maxLength:"5000" doc:"omitted: that of the first"`
		} `nameHint:"ZoneMerge"`
	},
	) (*editOut, error) {
		edit, err := s.Zones.Merge(ctx, scopeOf(ctx), in.District, in.Body.Zones, in.Body.Name, in.Body.Note)
		return &editOut{edit}, s.zoneProblem(ctx, in.District, err)
	})

	add(s, route{
		method: http.MethodPost, path: list + "/reshape", id: "reshapeZones", tag: "zones",
		summary: "Draw a piece of a zone's boundary anew; its neighbours give or take the ground", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body struct {
			Zones []zone.Seen `json:"zones" minItems:"1" maxItems:"1000" doc:"the zone, then the neighbours that follow; without any, all that share the piece of boundary do"`
			Line  Geometry    `json:"line" doc:"LineString that begins and ends on the boundary of the first zone"`
		} `nameHint:"ZoneReshape"`
	},
	) (*editOut, error) {
		line, err := in.Body.Line.decodeLine("body.line")
		if err != nil {
			return nil, err
		}
		edit, err := s.Zones.Reshape(ctx, scopeOf(ctx), in.District, in.Body.Zones, line)
		return &editOut{edit}, s.zoneProblem(ctx, in.District, err)
	})
}
