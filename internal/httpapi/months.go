package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/progress"
)

func (s *Server) monthRoutes() {
	const month = "/districts/{district}/months/{month}"

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/months", id: "listMonths", tag: "months",
		summary: "The months of a year with their reports and deadlines", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Year int `query:"year" minimum:"1990" maximum:"2200" doc:"missing: this year"`
	},
	) (*struct{ Body []progress.MonthState }, error) {
		year := in.Year
		if year == 0 {
			year = s.now().Year()
		}
		list, err := s.Progress.Months(ctx, scopeOf(ctx), in.District, year)
		return &struct{ Body []progress.MonthState }{list}, err
	})

	add(s, route{
		method: http.MethodGet, path: month, id: "getMonth", tag: "months",
		summary: "How the monthly reports of a month stand, unit by unit", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InMonth) (*struct{ Body progress.MonthBoard }, error) {
		m, err := in.month()
		if err != nil {
			return nil, err
		}
		board, err := s.Progress.Board(ctx, scopeOf(ctx), in.District, m)
		return &struct{ Body progress.MonthBoard }{board}, err
	})

	add(s, route{
		method: http.MethodGet, path: month + "/rollup/{form}", id: "getRollUp", tag: "months",
		summary: "The district's report of a month: the union of what its units have handed in", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InMonth
		Form string `path:"form" enum:"annex6,annex7"`
	},
	) (*reportOut, error) {
		m, err := in.month()
		if err != nil {
			return nil, err
		}
		r, err := s.Progress.RollUp(ctx, scopeOf(ctx), in.District, m, progress.Form(in.Form))
		return &reportOut{etag(r.Version), r}, err
	})

	add(s, route{
		method: http.MethodPost, path: month + "/close", id: "closeMonth", tag: "months",
		summary: "Freeze a month for good", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		InMonth
		Body progress.MonthClosing
	},
	) (*struct{ Body []progress.MonthReport }, error) {
		m, err := in.month()
		if err != nil {
			return nil, err
		}
		closed, err := s.Progress.CloseMonth(ctx, scopeOf(ctx), in.District, m, in.Body)
		return &struct{ Body []progress.MonthReport }{closed}, err
	})
}

func (s *Server) reportRoutes() {
	const reports = "/districts/{district}/months/{month}/reports"

	add(s, route{
		method: http.MethodPost, path: reports, id: "createReport", tag: "months", status: http.StatusCreated,
		summary: "Draft a unit's report from the district's data and the month before", needs: account.FillProgress, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InMonth
		Body progress.NewMonthReport
	},
	) (*reportOut, error) {
		m, err := in.month()
		if err != nil {
			return nil, err
		}
		r, err := s.Progress.CreateReport(ctx, scopeOf(ctx), in.District, m, in.Body)
		return &reportOut{etag(r.Version), r}, err
	})

	add(s, route{
		method: http.MethodGet, path: reports + "/{id}", id: "getReport", tag: "months",
		summary: "A monthly report with what is wrong with it", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneReport) (*reportOut, error) {
		m, id, err := in.which()
		if err != nil {
			return nil, err
		}
		r, err := s.Progress.Report(ctx, scopeOf(ctx), in.District, m, id)
		return &reportOut{etag(r.Version), r}, err
	})

	add(s, route{
		method: http.MethodPut, path: reports + "/{id}", id: "saveReport", tag: "months",
		summary: "Save the rows of a report that has not been handed in", needs: account.FillProgress, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneReport
		Seen
		Body progress.MonthReportDraft
	},
	) (*reportOut, error) {
		return s.onReport(ctx, in.OneReport, in.Seen, func(m progress.Month, id uuid.UUID, version int) (progress.MonthReport, error) {
			return s.Progress.SaveReport(ctx, scopeOf(ctx), in.District, m, id, version, in.Body)
		})
	})

	add(s, route{
		method: http.MethodPost, path: reports + "/{id}/submit", id: "submitReport", tag: "months", status: http.StatusOK,
		summary: "Hand a report in to the bureau", needs: account.FillProgress, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneReport
		Seen
	},
	) (*reportOut, error) {
		return s.onReport(ctx, in.OneReport, in.Seen, func(m progress.Month, id uuid.UUID, version int) (progress.MonthReport, error) {
			return s.Progress.SubmitReport(ctx, scopeOf(ctx), in.District, m, id, version)
		})
	})

	add(s, route{
		method: http.MethodPost, path: reports + "/{id}/return", id: "returnReport", tag: "months", status: http.StatusOK,
		summary: "Send a report back to be corrected", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		OneReport
		Seen
		Body struct {
			Reason string `json:"reason" maxLength:"500"`
		} `nameHint:"ReportReturn"`
	},
	) (*reportOut, error) {
		return s.onReport(ctx, in.OneReport, in.Seen, func(m progress.Month, id uuid.UUID, version int) (progress.MonthReport, error) {
			return s.Progress.ReturnReport(ctx, scopeOf(ctx), in.District, m, id, version, in.Body.Reason)
		})
	})
}

// onReport changes a report that the person saw; a lost race says how it is now.
func (s *Server) onReport(ctx context.Context, in OneReport, seen Seen, change func(progress.Month, uuid.UUID, int) (progress.MonthReport, error)) (*reportOut, error) {
	m, id, err := in.which()
	if err != nil {
		return nil, err
	}
	version, err := seen.version()
	if err != nil {
		return nil, err
	}
	r, err := change(m, id, version)
	return &reportOut{etag(r.Version), r}, orStale(err, func() (progress.MonthReport, error) {
		return s.Progress.Report(ctx, scopeOf(ctx), in.District, m, id)
	})
}

func (s *Server) monthFileRoutes(r chi.Router) {
	const one = "/districts/{district}/months/{month}/reports/{id}"
	s.plain(r, route{
		method: http.MethodGet, path: one + "/print", id: "printReport", tag: "months",
		summary: "A monthly report as its form is printed; of a frozen one always the same bytes", needs: account.ReadRegister, at: district,
	}, s.servePrint)
	s.plain(r, route{
		method: http.MethodGet, path: one + "/export", id: "exportReport", tag: "months",
		summary: "A monthly report as a file", needs: account.Export, at: ownPart,
	}, s.serveReportFile)
}

func whichReport(r *http.Request) (progress.Month, uuid.UUID, error) {
	return OneReport{InMonth: InMonth{Month: param(r, "month")}, ID: param(r, "id")}.which()
}

func (s *Server) servePrint(w http.ResponseWriter, r *http.Request) error {
	m, id, err := whichReport(r)
	if err != nil {
		return err
	}
	page, err := s.Progress.Print(r.Context(), scopeOf(r.Context()), param(r, "district"), m, id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+strings.Join(hashes(inlineStyle, page), " ")+
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	_, _ = w.Write(page)
	return nil
}

func (s *Server) serveReportFile(w http.ResponseWriter, r *http.Request) error {
	format := r.URL.Query().Get("format")
	if format != "csv" && format != "xlsx" {
		return newProblem(http.StatusBadRequest, kindInvalid, "format 应为 xlsx 或 csv", "format has to be xlsx or csv.").
			with("query.format", "应为 xlsx 或 csv", format)
	}
	m, id, err := whichReport(r)
	if err != nil {
		return err
	}
	snapshot, digest, err := s.Progress.Snapshot(r.Context(), scopeOf(r.Context()), param(r, "district"), m, id)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s %s", snapshot.Title, snapshot.Unit.Name)
	if format == "csv" {
		return sendFile(w, "text/csv; charset=utf-8", name+".csv", func(to io.Writer) error { return exporter.MonthCSV(to, snapshot) })
	}
	return sendFile(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name+".xlsx",
		func(to io.Writer) error { return exporter.MonthXLSX(to, snapshot, digest) })
}

// describeMonthFiles puts the files of monthly reports into the document.
func (s *Server) describeMonthFiles() {
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	format := &huma.Schema{Type: huma.TypeString, Enum: []any{"xlsx", "csv"}}
	s.describe("printReport", nil, nil, http.StatusOK, map[string]*huma.MediaType{"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}})
	s.describe("exportReport", map[string]*huma.Schema{"format": format}, nil, http.StatusOK,
		map[string]*huma.MediaType{"application/octet-stream": {Schema: file}})
}
