package httpapi

import (
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/tile"
	"github.com/lianpian/lianpian/internal/zone"
)

// streamRoutes are those whose request or response takes as long as it takes.
func (s *Server) streamRoutes(r chi.Router) {
	s.plain(r, route{
		method: http.MethodPost, path: "/districts/{district}/imports", id: "createImport", tag: "jobs",
		summary: "Upload a file and import it in the background", needs: account.Import, at: imported,
	}, s.serveImport)
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/events", id: "watchDistrict", tag: "events",
		summary: "Server-sent events: what changes on the map", needs: account.ReadMap, at: district,
	}, s.watchDistrict)
	s.plain(r, route{
		method: http.MethodGet, path: "/jobs/{id}/events", id: "watchJob", tag: "events",
		summary: "Server-sent events: a job's progress, until it ends", needs: account.Import, at: ofJob, asker: true,
	}, s.watchJob)
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/zones/{code}/export", id: "exportZone", tag: "zones",
		summary: "The zone's area plan as a file", needs: account.Export, at: ownPart,
	}, s.serveExport)
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/coverage/batches/{batch}/export", id: "exportScorecard", tag: "coverage",
		summary: "A scorecard as a file", needs: account.Export, at: ownPart,
	}, s.serveScorecard)
	s.registerStreams(r)
	s.attachmentStreams(r)
	s.ledgerStreams(r)
	s.packageStreams(r)
	s.inspectionStreams(r)
	s.auditStreams(r)
}

// exportWithin bounds the making and the sending of an export.
const exportWithin = 5 * time.Minute

func (s *Server) serveScorecard(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := within(r.Context(), exportWithin)
	defer cancel()
	allow(w, exportWithin)
	format := r.URL.Query().Get("format")
	if format != "csv" && format != "xlsx" {
		return newProblem(http.StatusBadRequest, kindInvalid, "format 应为 xlsx 或 csv", "format has to be xlsx or csv.").
			with("query.format", "应为 xlsx 或 csv", format)
	}
	id, err := uuid.Parse(param(r, "batch"))
	if err != nil {
		return notFound()
	}
	card, err := s.Coverage.Scorecard(ctx, scopeOf(ctx), param(r, "district"), id)
	if err != nil {
		return err
	}
	name := "生活圈设施体检 " + card.Batch.CreatedAt.Format("2006-01-02")
	if format == "csv" {
		return sendFile(w, "text/csv; charset=utf-8", name+".csv", func(to io.Writer) error { return exporter.ScorecardCSV(to, card) })
	}
	return sendFile(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name+".xlsx",
		func(to io.Writer) error { return exporter.ScorecardXLSX(to, card, account.Name(ctx), s.now()) })
}

// describePlainRoutes puts the routes that read and write HTTP by themselves
// into the document.
func (s *Server) describePlainRoutes() {
	text := func(description string, values ...any) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: description, Enum: values}
	}
	of := func(content string, schema *huma.Schema) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{content: {Schema: schema}}
	}
	s.describeMonthFiles()
	s.describeProvider(text)
	enumerate(s, "Job", "state", job.Queued, job.Running, job.Done, job.Failed, job.Cancelled)
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}

	s.describe("createImport", nil, of("multipart/form-data", &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{
			"file":      file,
			"layer":     text("what the file holds", "auto", "ledger", "communities", "buildings", "facilities", "osm", "base", "elevation"),
			"crs":       text("coordinates of a ledger", "wgs84", "cgcs2000", "gcj02", "bd09"),
			"area_unit": text("answer to the question what the areas of a ledger are in", "m2", "wan_m2"),
		},
	}), http.StatusAccepted, of("application/json", schemaFor[job.Job](s)))
	s.describe("watchDistrict", nil, nil, http.StatusOK, of("text/event-stream", schemaFor[MapChange](s)))
	s.describe("watchJob", nil, nil, http.StatusOK, of("text/event-stream", schemaFor[job.Job](s)))
	s.describePackages(text, of, file)
	s.describe("exportScorecard", map[string]*huma.Schema{"format": text("", "xlsx", "csv")}, nil, http.StatusOK, of("application/octet-stream", file))
	s.describe("listZoneStrings", map[string]*huma.Schema{"format": text("as a file; GeoJSON for maps where it is missing", "geojson", "csv")}, nil, http.StatusOK,
		of("application/geo+json", schemaFor[zone.StringCollection](s)))
	s.describe("getTile", map[string]*huma.Schema{"run": text("id of the run that the coverage layer shows")}, nil, http.StatusOK,
		of("application/vnd.mapbox-vector-tile", file))
	s.describeRegister(text, file)
	s.describeAudit(text, file)
	s.describeLedgers(text, of, file)
	s.describeInspections(text, of, file)
	s.describeAttachments(text, of, file)
	s.describe("getTileJSON", nil, nil, http.StatusOK, of("application/json", schemaFor[tile.TileJSON](s)))
	s.describe("getStyle", map[string]*huma.Schema{"theme": text("", "light", "dark")}, nil, http.StatusOK,
		of("application/json", &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}))
}
