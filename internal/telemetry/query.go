package telemetry

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Queries watches the statements of a pool: their time for the figures, and a
// span for each inside a traced request. Their parameters are never looked at.
type Queries struct {
	metrics *Metrics
	tracer  trace.Tracer
	pool    string
}

// Queries makes the watcher of a pool of that name.
func (m *Metrics) Queries(pool string, tracing *Tracing) *Queries {
	return &Queries{metrics: m, tracer: tracing.Tracer("postgis"), pool: pool}
}

type (
	queryKey struct{}
	running  struct {
		began time.Time
		span  trace.Span
	}
)

// TraceQueryStart implements pgx.QueryTracer.
func (q *Queries) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	r := &running{began: time.Now()}
	if trace.SpanFromContext(ctx).IsRecording() {
		ctx, r.span = q.tracer.Start(ctx, "SQL "+verb(data.SQL), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
			attribute.String("db.system.name", "postgresql"), attribute.String("db.query.text", brief(data.SQL)), attribute.String("lianpian.pool", q.pool)))
	}
	return context.WithValue(ctx, queryKey{}, r)
}

// TraceQueryEnd implements pgx.QueryTracer.
func (q *Queries) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	r, ok := ctx.Value(queryKey{}).(*running)
	if !ok {
		return
	}
	ended := outcome(data.Err)
	q.metrics.queries.WithLabelValues(q.pool, ended).Observe(time.Since(r.began).Seconds())
	if r.span == nil {
		return
	}
	if data.Err != nil {
		// The message may quote a value; its code does not.
		var pg *pgconn.PgError
		if errors.As(data.Err, &pg) {
			r.span.SetAttributes(attribute.String("db.response.status_code", pg.Code))
		}
		r.span.SetStatus(codes.Error, ended)
	}
	r.span.SetAttributes(attribute.Int64("db.response.affected_rows", data.CommandTag.RowsAffected()))
	r.span.End()
}

func outcome(err error) string {
	var pg *pgconn.PgError
	switch {
	case err == nil || errors.Is(err, pgx.ErrNoRows):
		return "done"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &pg) && pg.Code == "57014":
		return "cancelled"
	}
	return "failed"
}

// verb is the first word of a statement.
func verb(sql string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	word, _, _ = strings.Cut(word, "\n")
	if len(word) > 12 {
		return "statement"
	}
	return word
}

// brief is a statement in one line, cut where it is long.
func brief(sql string) string {
	const most = 600
	sql = strings.Join(strings.Fields(sql), " ")
	if len(sql) > most {
		return strings.ToValidUTF8(sql[:most], "") + " …"
	}
	return sql
}
