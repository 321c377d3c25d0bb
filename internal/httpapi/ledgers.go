package httpapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/importer"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// ledgerStreams are the ledgers that the service gives out: the empty one, and
// the rows of an import that have to be put right.
func (s *Server) ledgerStreams(r chi.Router) {
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/ledger-template", id: "getLedgerTemplate", tag: "jobs",
		summary: "The empty ledger of communities as a workbook", needs: account.Import, at: ownPart,
	}, s.serveTemplate)
	s.plain(r, route{
		method: http.MethodGet, path: "/jobs/{id}/faulty-rows", id: "getFaultyRows", tag: "jobs",
		summary: "The refused rows of a ledger, to be put right and sent again", needs: account.Import, at: ofJob,
	}, s.serveFaultyRows)
}

func (s *Server) serveTemplate(w http.ResponseWriter, r *http.Request) error {
	district := param(r, "district")
	d, err := s.Registry.District(r.Context(), scopeOf(r.Context()), district)
	if err != nil {
		return err
	}
	return sendFile(w, xlsxType, d.Name+" 小区台账（空表）.xlsx", func(to io.Writer) error {
		return s.Importer.WriteTemplate(r.Context(), district, to)
	})
}

func (s *Server) serveFaultyRows(w http.ResponseWriter, r *http.Request) error {
	format := r.URL.Query().Get("format")
	if format != "xlsx" && format != "csv" {
		return newProblem(http.StatusBadRequest, kindInvalid, "format 应为 xlsx 或 csv", "format has to be xlsx or csv.").
			with("query.format", "应为 xlsx 或 csv", format)
	}
	id, err := uuid.Parse(param(r, "id"))
	if err != nil {
		return notFound()
	}
	made, err := s.Jobs.Get(r.Context(), id)
	if err != nil {
		return err
	}
	var report struct {
		FaultySheet *importer.FaultySheet `json:"faulty_sheet"`
	}
	if len(made.Report) > 0 {
		if err := json.Unmarshal(made.Report, &report); err != nil {
			return fmt.Errorf("read the report of job %s: %w", id, err)
		}
	}
	if report.FaultySheet == nil {
		return notFound()
	}
	faulty, err := s.Importer.Faulty(r.Context(), made.District, report.FaultySheet.ID)
	if err != nil {
		return err
	}
	name := "待更正 " + faulty.At.Format("2006-01-02")
	if format == "csv" {
		return sendFile(w, "text/csv; charset=utf-8", name+".csv", faulty.WriteCSV)
	}
	return sendFile(w, xlsxType, name+".xlsx", faulty.WriteXLSX)
}

// describeLedgers puts these routes into the document.
func (s *Server) describeLedgers(text func(string, ...any) *huma.Schema, of func(string, *huma.Schema) map[string]*huma.MediaType, file *huma.Schema) {
	s.describe("getLedgerTemplate", nil, nil, http.StatusOK, of(xlsxType, file))
	s.describe("getFaultyRows", map[string]*huma.Schema{"format": text("", "xlsx", "csv")}, nil, http.StatusOK, of("application/octet-stream", file))
}
