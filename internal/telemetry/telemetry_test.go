package telemetry_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	traces "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/lianpian/lianpian/internal/telemetry"
)

// read is what Prometheus gets.
func read(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Errorf("the figures answer %d", w.Code)
	}
	return w.Body.String()
}

func wantLines(t *testing.T, got string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(got, line) {
			t.Errorf("the figures lack %q", line)
		}
	}
}

func TestFiguresTellWhatHappened(t *testing.T) {
	m := telemetry.NewMetrics("lianpian 1")
	ended := m.Began()
	m.Answered("GET", "/api/v1/zones/{code}", 200, 12*time.Millisecond)
	m.Answered("BREW", "other", 405, time.Millisecond)
	m.Tile("kept")
	m.TileMade(14, 3000, 20*time.Millisecond)
	m.Job("import", "done", 3*time.Second)
	m.Backlog(func() ([]telemetry.JobsOfKind, error) {
		return []telemetry.JobsOfKind{{Kind: "import", State: "queued", Count: 2, Oldest: 7}}, nil
	})
	wantLines(t, read(t, m),
		`lianpian_build_info{go="`, `version="lianpian 1"} 1`,
		`lianpian_http_in_flight 1`,
		`lianpian_http_request_seconds_bucket{method="GET",route="/api/v1/zones/{code}",status="2xx",le="0.025"} 1`,
		`lianpian_http_request_seconds_bucket{method="GET",route="/api/v1/zones/{code}",status="2xx",le="0.01"} 0`,
		`lianpian_http_request_seconds_count{method="other",route="other",status="4xx"} 1`,
		`lianpian_tiles_total{how="kept"} 1`,
		`lianpian_tile_make_seconds_count{zoom="14"} 1`,
		`lianpian_job_seconds_count{ended="done",kind="import"} 1`,
		`lianpian_jobs{kind="import",state="queued"} 2`,
		`lianpian_job_oldest_seconds{kind="import",state="queued"} 7`,
		`go_goroutines`, `process_resident_memory_bytes`)
	ended()
	wantLines(t, read(t, m), `lianpian_http_in_flight 0`)
}

func TestFiguresComeAlsoWithoutTheDatabase(t *testing.T) {
	m := telemetry.NewMetrics("test")
	m.Backlog(func() ([]telemetry.JobsOfKind, error) { return nil, errors.New("no database") })
	wantLines(t, read(t, m), `lianpian_build_info`)
}

func TestStatementsAreCountedByHowTheyEnded(t *testing.T) {
	m := telemetry.NewMetrics("test")
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TracingConfig{})
	if err != nil {
		t.Fatal(err)
	}
	q := m.Queries("main", tracing)
	for _, err := range []error{nil, pgx.ErrNoRows, context.Canceled, &pgconn.PgError{Code: "57014"}, &pgconn.PgError{Code: "23505"}} {
		ctx := q.TraceQueryStart(t.Context(), nil, pgx.TraceQueryStartData{SQL: "select 1"})
		q.TraceQueryEnd(ctx, nil, pgx.TraceQueryEndData{Err: err})
	}
	wantLines(t, read(t, m),
		`lianpian_db_query_seconds_count{ended="done",pool="main"} 2`,
		`lianpian_db_query_seconds_count{ended="cancelled",pool="main"} 2`,
		`lianpian_db_query_seconds_count{ended="failed",pool="main"} 1`)
	batch := &pgx.Batch{}
	batch.Queue("select $1", 1)
	batch.Queue("select $1", 2)
	q.TraceBatchEnd(q.TraceBatchStart(t.Context(), nil, pgx.TraceBatchStartData{Batch: batch}), nil, pgx.TraceBatchEndData{Err: &pgconn.PgError{Code: "23505"}})
	q.TraceCopyFromEnd(q.TraceCopyFromStart(t.Context(), nil, pgx.TraceCopyFromStartData{TableName: pgx.Identifier{"stage"}}), nil, pgx.TraceCopyFromEndData{})
	wantLines(t, read(t, m),
		`lianpian_db_query_seconds_count{ended="done",pool="main"} 3`,
		`lianpian_db_query_seconds_count{ended="failed",pool="main"} 2`)
}

func TestRefusesAnAddressThatIsNoCollector(t *testing.T) {
	for _, c := range []telemetry.TracingConfig{
		{Endpoint: "collector:4318", Ratio: 1},
		{Endpoint: "ftp://collector", Ratio: 1},
		{Endpoint: "http://", Ratio: 1},
		{Endpoint: "http://collector:4318", Ratio: 1.5},
		{Endpoint: "http://collector:4318", Ratio: -1},
	} {
		if _, err := telemetry.NewTracing(t.Context(), c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// A collector as far as OTLP over HTTP goes.
func startCollector(t *testing.T) (address string, received func() []*traces.Span) {
	t.Helper()
	spans := make(chan *traces.Span, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/traces" {
			t.Errorf("spans came to %s", r.URL.Path)
		}
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			unpacked, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body = unpacked
		}
		raw, err := io.ReadAll(body)
		if err != nil {
			t.Error(err)
		}
		var request collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(raw, &request); err != nil {
			t.Error(err)
		}
		for _, of := range request.ResourceSpans {
			for _, in := range of.ScopeSpans {
				for _, span := range in.Spans {
					spans <- span
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []*traces.Span {
		var all []*traces.Span
		for len(spans) > 0 {
			all = append(all, <-spans)
		}
		return all
	}
}

func TestSpansReachTheCollectorWithoutParameters(t *testing.T) {
	address, received := startCollector(t)
	m := telemetry.NewMetrics("test")
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TracingConfig{Endpoint: address, Ratio: 1, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, request := tracing.Tracer("httpapi").Start(t.Context(), "GET /api/v1/me")
	q := m.Queries("main", tracing)
	statement := q.TraceQueryStart(ctx, nil, pgx.TraceQueryStartData{SQL: "select id\n  from account where name = $1", Args: []any{"王小明 13800138000"}})
	q.TraceQueryEnd(statement, nil, pgx.TraceQueryEndData{Err: &pgconn.PgError{Code: "23505", Message: "duplicate", Detail: "Key (name)=(王小明)"}})
	batch := &pgx.Batch{}
	batch.Queue("insert into resident values ($1)", "王小明 13800138000")
	q.TraceBatchEnd(q.TraceBatchStart(ctx, nil, pgx.TraceBatchStartData{Batch: batch}), nil, pgx.TraceBatchEndData{})
	request.End()
	if err := tracing.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	spans := received()
	if len(spans) != 3 {
		t.Fatalf("%d spans came, not 3", len(spans))
	}
	sql, together, parent := spans[0], spans[1], spans[2]
	if together.Name != "SQL batch" || !strings.Contains(together.String(), "batch of 1: insert into resident values ($1)") {
		t.Errorf("the span of what was sent together is %s", together)
	}
	if sql.Name != "SQL select" || string(sql.ParentSpanId) != string(parent.SpanId) || string(sql.TraceId) != string(parent.TraceId) {
		t.Errorf("the statement's span %q is not part of the request's", sql.Name)
	}
	text := sql.String() + together.String()
	if !strings.Contains(text, "select id from account where name = $1") || !strings.Contains(text, "23505") {
		t.Errorf("the statement's span does not say what was asked: %s", text)
	}
	if strings.Contains(text, "138") || strings.Contains(text, "Key (name)") {
		t.Errorf("a value went out with a span: %s", text)
	}
}

func TestACallerDecidesNotHowMuchIsTraced(t *testing.T) {
	address, received := startCollector(t)
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TracingConfig{Endpoint: address, Ratio: 0})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tracing.Tracer("x").Start(remoteSampled(t), "asked for from outside")
	span.End()
	if err := tracing.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := received(); len(got) != 0 {
		t.Errorf("a caller's sampled flag had %d spans recorded at ratio 0", len(got))
	}
}
