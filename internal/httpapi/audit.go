package httpapi

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// AuditQuery is embedded in requests for the audit trail.
type AuditQuery struct {
	District string    `query:"district" maxLength:"20"`
	Person   string    `query:"person" maxLength:"64" doc:"name"`
	Action   string    `query:"action" maxLength:"64" doc:"zone.update, or zone for every act on zones"`
	Entity   string    `query:"entity" maxLength:"64" doc:"e.g. zone"`
	Code     string    `query:"code" maxLength:"200" doc:"of the thing"`
	From     time.Time `query:"from" doc:"inclusive"`
	Until    time.Time `query:"until" doc:"exclusive"`
}

func (q AuditQuery) filter(ctx context.Context) account.AuditFilter {
	f := account.AuditFilter{
		District: q.District, Person: q.Person, Action: q.Action, Entity: q.Entity, Code: q.Code, From: q.From, Until: q.Until,
	}
	if f.District == "" {
		f.District = scopeOf(ctx).District
	}
	return f
}

func (s *Server) auditStreams(r chi.Router) {
	s.plain(r, route{
		method: http.MethodGet, path: "/audit/export", id: "exportAudit", tag: "accounts",
		summary: "The audit trail as a file; that it was taken is an entry, too", needs: account.ReadAudit, at: inQuery,
	}, s.serveAudit)
}

func (s *Server) describeAudit(text func(string, ...any) *huma.Schema, file *huma.Schema) {
	s.describe("exportAudit", map[string]*huma.Schema{
		"format": text("JSON lines where it is missing", "jsonl", "csv"), "district": text(""), "person": text("name"),
		"action": text("zone.update, or zone for every act on zones"), "entity": text(""), "code": text(""),
		"from": text("RFC 3339, inclusive"), "until": text("RFC 3339, exclusive"),
	}, nil, http.StatusOK, map[string]*huma.MediaType{"application/jsonl": {Schema: file}, "text/csv": {Schema: file}})
}

func (s *Server) serveAudit(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), exportWithin)
	defer cancel()
	allow(w, exportWithin)
	given := r.URL.Query()
	q := AuditQuery{District: given.Get("district"), Person: given.Get("person"), Action: given.Get("action"), Entity: given.Get("entity"), Code: given.Get("code")}
	for name, into := range map[string]*time.Time{"from": &q.From, "until": &q.Until} {
		if given.Get(name) == "" {
			continue
		}
		var err error
		if *into, err = time.Parse(time.RFC3339, given.Get(name)); err != nil {
			return newProblem(http.StatusBadRequest, kindInvalid, "时间应为 RFC 3339 格式", "Times have the form of RFC 3339.").with("query."+name, "应为 RFC 3339 格式的时间", given.Get(name))
		}
	}
	format := given.Get("format")
	if format != "" && format != "jsonl" && format != "csv" {
		return newProblem(http.StatusBadRequest, kindInvalid, "format 应为 jsonl 或 csv", "format has to be jsonl or csv.").with("query.format", "应为 jsonl 或 csv", format)
	}
	f := q.filter(ctx)
	// The entry comes first: a trail that was taken in part was taken, too.
	if err := s.Accounts.Note(ctx, account.Entry{Action: "audit.export", Entity: "audit", Code: "audit", District: f.District, After: f}); err != nil {
		return err
	}
	kind, ending, write := "application/jsonl", ".jsonl", s.auditLines
	if format == "csv" {
		kind, ending, write = "text/csv; charset=utf-8", ".csv", s.auditCSV
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="audit`+ending+`"; filename*=UTF-8''`+url.PathEscape("操作记录 "+s.now().Format("2006-01-02 1504")+ending))
	if err := write(ctx, w, f); err != nil {
		if ctx.Err() == nil {
			s.log.WarnContext(ctx, "the audit trail could not be exported to its end", "request", requestID(ctx), "error", err)
		}
		panic(http.ErrAbortHandler) // half a trail must not look like a whole one
	}
	return nil
}

func (s *Server) auditLines(ctx context.Context, to io.Writer, f account.AuditFilter) error {
	lines := json.NewEncoder(to)
	return s.Accounts.EachAudit(ctx, f, func(e account.AuditEntry) error { return lines.Encode(e) })
}

func (s *Server) auditCSV(ctx context.Context, to io.Writer, f account.AuditFilter) error {
	if _, err := io.WriteString(to, "\uFEFF"); err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	table := csv.NewWriter(to)
	if err := table.Write([]string{"编号", "时间", "人员", "令牌", "区", "操作", "对象", "对象编号", "之前", "之后"}); err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	if err := s.Accounts.EachAudit(ctx, f, func(e account.AuditEntry) error {
		return table.Write([]string{
			strconv.FormatInt(e.ID, 10), e.At.Format(time.RFC3339Nano), plainCell(e.Person), plainCell(e.Via), e.District,
			e.Action, e.Entity, plainCell(e.Code), string(e.Before), string(e.After),
		})
	}); err != nil {
		return err
	}
	table.Flush()
	return table.Error()
}

// plainCell keeps a spreadsheet from taking a text for a formula.
func plainCell(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@' || text[0] == '\t' || text[0] == '\r') {
		return "'" + text
	}
	return text
}
