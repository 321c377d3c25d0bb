package telemetry

import (
	"context"
	"errors"
	"fmt"
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
	return q.begin(ctx, data.SQL)
}

// TraceQueryEnd implements pgx.QueryTracer.
func (q *Queries) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	q.end(ctx, data.CommandTag, data.Err)
}

// TraceBatchStart implements pgx.BatchTracer: statements that are sent together
// are one.
func (q *Queries) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	first := ""
	if len(data.Batch.QueuedQueries) > 0 {
		first = data.Batch.QueuedQueries[0].SQL
	}
	return q.begin(ctx, fmt.Sprintf("batch of %d: %s", len(data.Batch.QueuedQueries), first))
}

// TraceBatchQuery implements pgx.BatchTracer.
func (q *Queries) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (q *Queries) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	q.end(ctx, pgconn.CommandTag{}, data.Err)
}

// TraceCopyFromStart implements pgx.CopyFromTracer.
func (q *Queries) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromStartData) context.Context {
	return q.begin(ctx, "copy "+data.TableName.Sanitize()+" from stdin")
}

// TraceCopyFromEnd implements pgx.CopyFromTracer.
func (q *Queries) TraceCopyFromEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromEndData) {
	q.end(ctx, data.CommandTag, data.Err)
}

func (q *Queries) begin(ctx context.Context, sql string) context.Context {
	r := &running{began: time.Now()}
	if trace.SpanFromContext(ctx).IsRecording() {
		ctx, r.span = q.tracer.Start(ctx, "SQL "+verb(sql), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
			attribute.String("db.system.name", "postgresql"), attribute.String("db.query.text", brief(sql)), attribute.String("lianpian.pool", q.pool)))
	}
	return context.WithValue(ctx, queryKey{}, r)
}

func (q *Queries) end(ctx context.Context, tag pgconn.CommandTag, err error) {
	r, ok := ctx.Value(queryKey{}).(*running)
	if !ok {
		return
	}
	ended := outcome(err)
	q.metrics.queries.WithLabelValues(q.pool, ended).Observe(time.Since(r.began).Seconds())
	if r.span == nil {
		return
	}
	if err != nil {
		// The message may quote a value; its code does not.
		var pg *pgconn.PgError
		if errors.As(err, &pg) {
			r.span.SetAttributes(attribute.String("db.response.status_code", pg.Code))
		}
		r.span.SetStatus(codes.Error, ended)
	}
	r.span.SetAttributes(attribute.Int64("db.response.affected_rows", tag.RowsAffected()))
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
