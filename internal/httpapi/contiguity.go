package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/zone"
)

// CommunitySet is what a question about communities is asked with.
type CommunitySet struct {
	Communities []string `json:"communities" minItems:"1" maxItems:"20000" doc:"codes"`
	Scenario    string   `json:"scenario,omitempty" doc:"code of the scenario whose rules and zones count; the main one where it is missing"`
}

// derivedBoundary is a boundary that nobody has saved.
type derivedBoundary struct {
	Geometry     *geojson.Geometry `json:"geometry" doc:"MultiPolygon"`
	Totals       zone.Totals       `json:"totals"`
	WithoutPlace []zone.Named      `json:"without_place" doc:"communities that are not part of it: they have no place"`
}

// contiguityRoutes tell how communities hang together, what ties them, and what
// boundary they have.
func (s *Server) contiguityRoutes(r chi.Router) {
	const list, one = "/districts/{district}/zones", "/districts/{district}/zones/{code}"

	add(s, route{
		method: http.MethodGet, path: one + "/contiguity", id: "getZoneContiguity", tag: "zones",
		summary: "Whether a zone is contiguous, and what would make it so", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body zone.Contiguity }, error) {
		c, err := s.Zones.Contiguity(ctx, scopeOf(ctx), in.District, in.Code)
		return &struct{ Body zone.Contiguity }{c}, err
	})

	add(s, route{
		method: http.MethodPost, path: list + "/contiguity", id: "measureContiguity", tag: "zones",
		summary: "Whether communities are contiguous; nothing is saved", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body CommunitySet `nameHint:"ContiguityQuestion"`
	},
	) (*struct{ Body zone.Contiguity }, error) {
		c, err := s.Zones.ContiguityOf(ctx, scopeOf(ctx), in.District, in.Body.Scenario, in.Body.Communities)
		return &struct{ Body zone.Contiguity }{c}, err
	})

	add(s, route{
		method: http.MethodPost, path: list + "/boundary", id: "deriveBoundary", tag: "zones",
		summary: "The boundary of a set of communities, with its totals; nothing is saved", needs: account.DrawZone, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body struct {
			CommunitySet
			Zone string `json:"zone,omitempty" doc:"code of the zone that is being edited: its ground is free"`
		} `nameHint:"BoundaryQuestion"`
	},
	) (*struct{ Body derivedBoundary }, error) {
		b, err := s.Zones.Boundary(ctx, scopeOf(ctx), in.District, in.Body.Scenario, in.Body.Zone, in.Body.Communities)
		if err != nil {
			return nil, err
		}
		return &struct{ Body derivedBoundary }{derivedBoundary{geojson.NewGeometry(b.Shape), b.Totals, b.WithoutPlace}}, nil
	})

	s.plain(r, route{
		method: http.MethodGet, path: one + "/strings", id: "listZoneStrings", tag: "zones",
		summary: "The strings of a zone: the streets that tie its communities together", needs: account.ReadRegister, at: district,
	}, s.serveStrings)
}

// serveStrings answers with GeoJSON for the map or, where a format is named,
// with a file.
func (s *Server) serveStrings(w http.ResponseWriter, r *http.Request) error {
	format := r.URL.Query().Get("format")
	if format != "" && format != "geojson" && format != "csv" {
		return newProblem(http.StatusBadRequest, kindInvalid, "format 应为 geojson 或 csv", "format has to be geojson or csv.").
			with("query.format", "应为 geojson 或 csv", format)
	}
	ctx, district, code := r.Context(), param(r, "district"), param(r, "code")
	lines, err := s.Zones.Strings(ctx, scopeOf(ctx), district, code)
	if err != nil {
		return err
	}
	body, err := json.Marshal(zone.CollectStrings(lines))
	if err != nil {
		return fmt.Errorf("encode strings: %w", err)
	}
	if format == "" {
		w.Header().Set("Content-Type", "application/geo+json")
		_, _ = w.Write(body)
		return nil
	}
	z, err := s.Zones.Get(ctx, scopeOf(ctx), district, code)
	if err != nil {
		return err
	}
	name := z.Name + " 串线 " + s.now().Format("2006-01-02")
	if format == "csv" {
		return sendFile(w, "text/csv; charset=utf-8", name+".csv", func(to io.Writer) error { return exporter.StringsCSV(to, lines) })
	}
	return sendFile(w, "application/geo+json", name+".geojson", func(to io.Writer) error {
		_, err := to.Write(body)
		return err
	})
}
